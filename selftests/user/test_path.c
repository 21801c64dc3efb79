// SPDX-License-Identifier: GPL-2.0
/*
 * The sums of a path against what follows from their definition when every
 * outcome of every gate is walked through.
 */
#include <math.h>

#include "kselftest_harness.h"
#include "random.h"
#include "kmod/path.h"

#define LAYERS_MAX	14
#define CLASSES_MAX	4

FIXTURE(path) {
	struct random random;
	struct dream_path path;
	struct dream_path_layer layer[LAYERS_MAX + 1];
	u64 lat[LAYERS_MAX * CLASSES_MAX];
	u64 energy[LAYERS_MAX * CLASSES_MAX];
	u32 accels[CLASSES_MAX];
};

FIXTURE_SETUP(path)
{
	self->random.state = 11;
	self->path.layer = self->layer;
	self->path.lat = self->lat;
	self->path.energy = self->energy;
}

FIXTURE_TEARDOWN(path)
{
}

typedef FIXTURE_DATA(path) fixture;

static void begin(fixture *self, u32 layers, u32 classes)
{
	/* Whatever the sums were before must not matter. */
	memset(self->layer, 0xa5, sizeof(self->layer));
	memset(self->lat, 0, sizeof(self->lat));
	memset(self->energy, 0, sizeof(self->energy));
	memset(self->accels, 0, sizeof(self->accels));
	self->path.layers = layers;
	self->path.classes = classes;
	for (u32 l = 0; l < layers; l++) {
		self->layer[l].gate_target = 0;
		self->layer[l].gate_ppm = 0;
	}
}

static void random_path(fixture *self, unsigned int lat_bits, bool unknown)
{
	struct random *r = &self->random;

	begin(self, random_in(r, 1, LAYERS_MAX), random_in(r, 1, CLASSES_MAX));
	for (u32 c = 0; c < self->path.classes; c++)
		self->accels[c] = random_below(r, 4);
	for (u32 l = 0; l < self->path.layers; l++) {
		struct dream_path_layer *pl = &self->layer[l];

		for (u32 c = 0; c < self->path.classes; c++) {
			u32 i = l * self->path.classes + c;

			if (unknown && random_below(r, 3) == 0)
				continue;
			self->lat[i] = random_log(r, lat_bits) + 1;
			self->energy[i] = random_log(r, 40);
		}
		if (l + 2 <= self->path.layers && random_below(r, 2)) {
			pl->gate_target = random_in(r, l + 2, self->path.layers);
			pl->gate_ppm = random_in(r, 0, DREAM_PPM);
		}
	}
}

/*
 * Expected sum of @cost from layer @first on: over each set of gates that are
 * taken, its probability times the sum along the way that it leads.
 */
static long double walk_all(const struct dream_path *p, u32 first,
			    const long double *cost)
{
	u32 gates[LAYERS_MAX], count = 0;
	long double total = 0;

	for (u32 l = first; l < p->layers; l++)
		if (p->layer[l].gate_target)
			gates[count++] = l;
	for (u32 taken = 0; taken < 1U << count; taken++) {
		long double probability = 1, sum = 0;
		u32 next[LAYERS_MAX];

		for (u32 l = first; l < p->layers; l++)
			next[l] = l + 1;
		for (u32 g = 0; g < count; g++) {
			const struct dream_path_layer *pl = &p->layer[gates[g]];
			long double ppm = pl->gate_ppm;

			if (taken & 1U << g) {
				next[gates[g]] = pl->gate_target;
				probability *= ppm / DREAM_PPM;
			} else {
				probability *= 1 - ppm / DREAM_PPM;
			}
		}
		if (probability == 0)
			continue;
		for (u32 l = first; l < p->layers; l = next[l])
			sum += cost[l];
		total += probability * sum;
	}
	return total;
}

/*
 * A layer rounds down by less than 1 ns, or less than 10^6 ns if one of the two
 * ways behind its gate is longer than 2^43 ns, 2.4 hours.
 */
static long double rest_error(const struct dream_path *p)
{
	for (u32 l = 0; l < p->layers; l++)
		if (p->layer[l].rest_mean >= 1ULL << 43)
			return p->layers * 1e6L;
	return p->layers;
}

#define EXPECT_REST(want, got) do {					\
	long double _want = fminl(want, 0x1p47L);			\
	u64 _got = (got);						\
									\
	ASSERT_LE(fabsl(_want - _got), rest_error(p)) {		\
		TH_LOG("%s: %llu, should be %.2Lf", #got,		\
		       (unsigned long long)_got, _want);		\
	}								\
} while (0)

static void check_rests(struct __test_metadata *_metadata,
			const struct dream_path *p)
{
	long double mean[LAYERS_MAX], least[LAYERS_MAX];

	for (u32 l = 0; l < p->layers; l++) {
		mean[l] = p->layer[l].lat_mean;
		least[l] = p->layer[l].lat_min;
	}
	for (u32 l = 0; l < p->layers; l++) {
		EXPECT_REST(walk_all(p, l, mean), p->layer[l].rest_mean);
		EXPECT_REST(walk_all(p, l, least), p->layer[l].rest_min);
	}
	ASSERT_EQ(0, p->layer[p->layers].rest_mean);
	ASSERT_EQ(0, p->layer[p->layers].rest_min);
}

/* The sums of one layer, accelerator by accelerator. */
static void check_layer(struct __test_metadata *_metadata, const fixture *self,
			u32 l)
{
	const struct dream_path *p = &self->path;
	const struct dream_path_layer *pl = &p->layer[l];
	u64 lat_sum = 0, lat_min = U64_MAX, energy_sum = 0, energy_max = 0;
	u32 n = 0;

	for (u32 c = 0; c < p->classes; c++) {
		for (u32 a = 0; a < self->accels[c]; a++, n++) {
			u64 lat = dream_path_lat(p, l, c);
			u64 energy = dream_path_energy(p, l, c);

			lat_sum += lat;
			energy_sum += energy;
			if (lat < lat_min)
				lat_min = lat;
			if (energy > energy_max)
				energy_max = energy;
		}
	}
	ASSERT_EQ(energy_sum, pl->energy_sum);
	ASSERT_EQ(energy_max, pl->energy_max);
	if (!n) {
		ASSERT_EQ(DREAM_LAT_UNKNOWN, pl->lat_mean);
		ASSERT_EQ(DREAM_LAT_UNKNOWN, pl->lat_min);
		return;
	}
	ASSERT_EQ(lat_sum, pl->lat_sum);
	ASSERT_EQ(lat_sum / n, pl->lat_mean);
	ASSERT_EQ(lat_min, pl->lat_min);
}

TEST_F(path, expectation_over_all_outcomes)
{
	for (int i = 0; i < 600; i++) {
		u64 energy_max = 0;

		random_path(self, 41, false);
		dream_path_derive(&self->path, self->accels);
		for (u32 l = 0; l < self->path.layers; l++) {
			check_layer(_metadata, self, l);
			energy_max += self->layer[l].energy_max;
		}
		ASSERT_EQ(energy_max, self->path.energy_max);
		check_rests(_metadata, &self->path);
	}
}

TEST_F(path, long_times)
{
	for (int i = 0; i < 300; i++) {
		random_path(self, 46, false);
		dream_path_derive(&self->path, self->accels);
		check_rests(_metadata, &self->path);
	}
}

/* The known classes speak for the unknown ones, and keep their own costs. */
TEST_F(path, unknown_costs)
{
	for (int i = 0; i < 2000; i++) {
		u64 lat[LAYERS_MAX * CLASSES_MAX];
		u64 energy[LAYERS_MAX * CLASSES_MAX];

		random_path(self, 41, true);
		memcpy(lat, self->lat, sizeof(lat));
		memcpy(energy, self->energy, sizeof(energy));
		dream_path_derive(&self->path, self->accels);

		for (u32 l = 0; l < self->path.layers; l++) {
			u32 first = l * self->path.classes;
			u64 lat_sum = 0, energy_sum = 0;
			u32 lats = 0, energies = 0;

			for (u32 c = 0; c < self->path.classes; c++) {
				lat_sum += lat[first + c];
				lats += lat[first + c] != 0;
				energy_sum += energy[first + c];
				energies += energy[first + c] != 0;
			}
			for (u32 c = 0; c < self->path.classes; c++) {
				u64 want_lat = lat[first + c];
				u64 want_energy = energy[first + c];

				if (self->accels[c] && !want_lat)
					want_lat = lats ? lat_sum / lats :
						   DREAM_LAT_UNKNOWN;
				if (self->accels[c] && !want_energy)
					want_energy = energies ?
						      energy_sum / energies : 0;
				ASSERT_EQ(want_lat, self->lat[first + c]);
				ASSERT_EQ(want_energy, self->energy[first + c]);
			}
			check_layer(_metadata, self, l);
		}
		check_rests(_metadata, &self->path);
	}
}

/* Deriving a second time, with other accelerators, forgets the first. */
TEST_F(path, other_accelerators)
{
	u32 none[CLASSES_MAX] = { 0 };

	for (int i = 0; i < 300; i++) {
		random_path(self, 41, false);
		dream_path_derive(&self->path, none);
		dream_path_derive(&self->path, self->accels);
		for (u32 l = 0; l < self->path.layers; l++)
			check_layer(_metadata, self, l);
		check_rests(_metadata, &self->path);
	}
}

TEST_F(path, skip_a_block)
{
	begin(self, 3, 1);
	self->accels[0] = 1;
	self->lat[0] = 100;
	self->lat[1] = 1000;
	self->lat[2] = 10;
	self->layer[0].gate_target = 2;
	self->layer[0].gate_ppm = 250000;
	dream_path_derive(&self->path, self->accels);
	EXPECT_EQ(100 + 750 + 10, self->layer[0].rest_mean);
	EXPECT_EQ(1010, self->layer[1].rest_mean);
	EXPECT_EQ(10, self->layer[2].rest_mean);
}

TEST_F(path, early_exit)
{
	begin(self, 3, 1);
	self->accels[0] = 1;
	self->lat[0] = 100;
	self->lat[1] = 1000;
	self->lat[2] = 3000;
	self->layer[0].gate_target = 3;
	self->layer[0].gate_ppm = 900000;
	dream_path_derive(&self->path, self->accels);
	EXPECT_EQ(100 + 400, self->layer[0].rest_mean);
	self->layer[0].gate_ppm = DREAM_PPM;
	dream_path_derive(&self->path, self->accels);
	EXPECT_EQ(100, self->layer[0].rest_mean);
	self->layer[0].gate_ppm = 0;
	dream_path_derive(&self->path, self->accels);
	EXPECT_EQ(4100, self->layer[0].rest_mean);
}

/* The fastest accelerator for each layer, whichever it is. */
TEST_F(path, minimum_is_per_layer)
{
	begin(self, 2, 2);
	self->accels[0] = 1;
	self->accels[1] = 2;
	self->lat[0] = 100;	/* layer 0: class 0 is faster */
	self->lat[1] = 400;
	self->lat[2] = 900;	/* layer 1: class 1 is */
	self->lat[3] = 300;
	dream_path_derive(&self->path, self->accels);
	EXPECT_EQ(100 + 300, self->layer[0].rest_min);
	EXPECT_EQ(900 / 3 + 1500 / 3, self->layer[0].rest_mean);
}

/* A class that nobody belongs to is not the fastest one. */
TEST_F(path, absent_class_counts_for_nothing)
{
	begin(self, 1, 2);
	self->accels[0] = 1;
	self->lat[0] = 500;
	self->lat[1] = 1;
	self->energy[0] = 5;
	self->energy[1] = 100;
	dream_path_derive(&self->path, self->accels);
	EXPECT_EQ(500, self->layer[0].lat_sum);
	EXPECT_EQ(500, self->layer[0].lat_mean);
	EXPECT_EQ(500, self->layer[0].lat_min);
	EXPECT_EQ(5, self->layer[0].energy_sum);
	EXPECT_EQ(5, self->layer[0].energy_max);
	EXPECT_EQ(5, self->path.energy_max);
}

TEST_F(path, sums_saturate)
{
	begin(self, 4, 2);
	self->accels[0] = 3;
	self->accels[1] = 1;
	for (u32 i = 0; i < 8; i++) {
		self->lat[i] = U64_MAX / 2;
		self->energy[i] = U64_MAX / 2;
	}
	dream_path_derive(&self->path, self->accels);
	for (u32 l = 0; l < 4; l++) {
		EXPECT_EQ(U64_MAX, self->layer[l].lat_sum);
		EXPECT_EQ(DREAM_TIME_MAX, self->layer[l].lat_mean);
		EXPECT_EQ(DREAM_TIME_MAX, self->layer[l].rest_mean);
		EXPECT_EQ(DREAM_TIME_MAX, self->layer[l].rest_min);
		EXPECT_EQ(U64_MAX, self->layer[l].energy_sum);
	}
	EXPECT_EQ(U64_MAX, self->path.energy_max);
}

TEST_HARNESS_MAIN
