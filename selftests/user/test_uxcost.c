// SPDX-License-Identifier: GPL-2.0
/*
 * UXCost and UXc in fixed point against the formula in floating point, over random
 * and extreme windows.
 */
#include <math.h>

#include "kmod/uxcost.h"
#include "kselftest_harness.h"
#include "random.h"

#define MILLION		1e6L
#define MODELS_MAX	40
/* What a sum is kept in, and the relative error of a product. */
#define EXACT		(1 / 4294967296.0L)
#define RELATIVE	(1 / 1048576.0L)
/* A ratio saturates. */
#define RATIO_MAX	256

struct model {
	u64 frames;
	u64 violated;
	u64 completed;
	u64 energy;
	u64 energy_max;
};

struct reference {
	long double dlv;
	long double energy;
	long double energy_done;
};

static void reference_add(struct reference *ref, const struct model *m)
{
	long double norm, done;

	if (!m->frames)
		return;
	ref->dlv += (m->violated ? m->violated : 0.5L) / m->frames;
	if (!m->energy_max)
		return;
	norm = (long double)m->energy / m->energy_max;
	ref->energy += norm;
	done = (long double)m->frames / (m->completed ? m->completed : 1);
	ref->energy_done += fminl(norm * fminl(done, RATIO_MAX), RATIO_MAX);
}

static void add(struct dream_ux *ux, const struct model *m)
{
	dream_ux_add(ux, m->frames, m->violated, m->completed, m->energy,
		     m->energy_max);
}

/* Of a product of two sums, each of terms that are exact to 2^-22 and 2^-32. */
static long double tolerance(long double a, long double b)
{
	long double step = MODELS_MAX * EXACT;

	return (a * b * RELATIVE + (a + b) * step + step * step) * MILLION + 1;
}

#define EXPECT_NEAR(real, fixed, error) do {				\
	long double _real = real, _fixed = fixed;			\
									\
	EXPECT_LE(fabsl(_fixed - _real), error) {			\
		TH_LOG("%s: %.0Lf, should be %.6Lf", #fixed, _fixed,	\
		       _real);						\
	}								\
} while (0)

TEST(by_hand)
{
	struct dream_ux ux = { 0 };

	/* A quarter violated, half of the worst energy. */
	dream_ux_add(&ux, 100, 25, 80, 500, 1000);
	EXPECT_EQ(125000, dream_uxcost(&ux));
	EXPECT_NEAR(0.25L * 0.5L * 100 / 80 * MILLION, dream_uxc(&ux), 1);
	/* None violated counts as half a frame. */
	dream_ux_add(&ux, 50, 0, 50, 250, 1000);
	EXPECT_NEAR(0.26L * 0.75L * MILLION, dream_uxcost(&ux), 1);
	EXPECT_NEAR(0.26L * (0.625L + 0.25L) * MILLION, dream_uxc(&ux), 1);
}

TEST(without_frames_nothing_counts)
{
	struct dream_ux ux = { 0 };

	dream_ux_add(&ux, 0, 0, 0, 1000, 1000);
	EXPECT_EQ(0, dream_uxcost(&ux));
	EXPECT_EQ(0, dream_uxc(&ux));
	EXPECT_EQ(0, ux.dlv);
	/* No profile, no energy. */
	dream_ux_add(&ux, 10, 10, 0, 1000, 0);
	EXPECT_EQ(0, dream_uxcost(&ux));
	EXPECT_NE(0, ux.dlv);
}

TEST(dropping_pays_by_uxcost_alone)
{
	struct dream_ux all = { 0 }, half = { 0 };

	dream_ux_add(&all, 100, 50, 100, 800, 1000);
	dream_ux_add(&half, 100, 50, 50, 400, 1000);
	EXPECT_GT(dream_uxcost(&all), dream_uxcost(&half));
	EXPECT_NEAR(dream_uxc(&all), dream_uxc(&half), 2);
}

TEST(random_windows)
{
	struct random r = { 1 };
	int round, i, models;

	for (round = 0; round < 20000; round++) {
		struct reference ref = { 0 };
		struct dream_ux ux = { 0 };

		models = random_in(&r, 1, MODELS_MAX);
		for (i = 0; i < models; i++) {
			struct model m = { .frames = random_log(&r, 20) };

			m.violated = random_below(&r, m.frames + 1);
			m.completed = random_below(&r, m.frames + 1);
			m.energy_max = random_log(&r, 60);
			m.energy = random_below(&r, m.energy_max + 1);
			add(&ux, &m);
			reference_add(&ref, &m);
		}
		EXPECT_NEAR(ref.dlv * ref.energy * MILLION, dream_uxcost(&ux),
			    tolerance(ref.dlv, ref.energy));
		EXPECT_NEAR(ref.dlv * ref.energy_done * MILLION,
			    dream_uxc(&ux),
			    tolerance(ref.dlv, ref.energy_done));
	}
}

/* Whatever comes, the result is a number that fits, and more harm is not less. */
TEST(extreme_windows)
{
	struct random r = { 2 };
	u64 before_cost, before_c;
	int round, i;

	for (round = 0; round < 20000; round++) {
		struct dream_ux ux = { 0 };

		before_cost = 0;
		before_c = 0;
		for (i = 0; i < 20; i++) {
			struct model m = {
				random_extreme(&r), random_extreme(&r),
				random_extreme(&r), random_extreme(&r),
				random_extreme(&r),
			};

			add(&ux, &m);
			EXPECT_LE(dream_uxcost(&ux), (u64)S64_MAX);
			EXPECT_LE(dream_uxc(&ux), (u64)S64_MAX);
			EXPECT_LE(before_cost, dream_uxcost(&ux));
			EXPECT_LE(before_c, dream_uxc(&ux));
			before_cost = dream_uxcost(&ux);
			before_c = dream_uxc(&ux);
		}
	}
}

TEST_HARNESS_MAIN
