// SPDX-License-Identifier: GPL-2.0
/*
 * The closed form of the cost against two references of its own: exact, with
 * integers of 128 bits, for layers as models have them; in floating point for
 * shapes up to the ends of the range, where the integers have to saturate.
 */
#include <math.h>

#include "kselftest_harness.h"
#include "random.h"
#include "virt-accel/cost.h"

#define ROUNDS	200000

typedef unsigned __int128 wide;

struct reference {
	wide macs, compute, l2, dram, cycles, energy;
};

static wide up(wide a, wide b)
{
	return (a + b - 1) / b;
}

static wide larger(wide a, wide b)
{
	return a > b ? a : b;
}

/* The table of the documentation, written down once more. */
static struct reference exact(const struct vnpu_array *a,
			      const struct dream_vnpu_shape *s)
{
	struct reference ref;
	wide g = s->groups, k = s->k / g, c = s->c / g, p = a->pes;
	wide yo = up(s->y, s->stride), xo = up(s->x, s->stride);
	wide w = g * k * c * s->r * s->s, i = g * c * s->y * s->x;
	wide o = g * k * yo * xo, m = a->sram_bytes;
	wide p256 = p / 256 ? p / 256 : 1, p64 = p / 64 ? p / 64 : 1;
	wide again256 = p < 256 ? up(256, p) : 1, again64 = p < 64 ? up(64, p) : 1;
	int depthwise = g > 1 && c == 1;
	unsigned int l1 = 3;

	switch (a->dataflow) {
	case VNPU_DATAFLOW_WS:
		ref.compute = (depthwise ? k * up(g, 16) :
					   g * up(k, 16) * up(c, 16)) *
			      yo * up(xo, p256) * s->r * s->s * again256;
		ref.l2 = w + i * up(k, 16) + o * (2 * up(c, 16) - 1);
		break;
	case VNPU_DATAFLOW_OS:
		ref.compute = g * k * up(c, 16) * s->r * s->s * up(yo, p64) *
			      up(xo, 4) * again64;
		ref.l2 = w * up(yo, p64) * up(xo, 4) + i * k + o;
		l1 = 2;
		break;
	case VNPU_DATAFLOW_RS:
		ref.compute = (depthwise ? k * up(g, p64) : g * up(k, p64) * c) *
			      yo * up(xo, 16) * up(s->r, 4) * s->s * again64;
		ref.l2 = w * up(yo, 16) + i * up(k, p64) + o * (2 * up(c, 4) - 1);
		break;
	}
	ref.macs = w * yo * xo;
	ref.dram = w + i + o;
	if (ref.dram > m) {
		wide by_weights = w + i * up(w, m / 2) + o;
		wide by_inputs = w * up(i, m / 2) + i + o;

		ref.dram = by_weights < by_inputs ? by_weights : by_inputs;
	}
	ref.cycles = larger(ref.compute, up(ref.l2, p / 4 ? p / 4 : 1));
	ref.cycles = larger(ref.cycles, up(ref.dram * a->clock_khz,
					   (wide)a->bandwidth_mbps * 1000));
	ref.cycles += 1000;
	/* 2.88 pJ in 1/100, (1 + 0.55 L1) in 1/100, pJ in 1/1000 nJ */
	ref.energy = ref.macs * (100 + 55 * l1) + 600 * ref.l2 + 7500 * ref.dram;
	if (ref.energy >= U64_MAX)
		ref.energy = U64_MAX;
	else
		ref.energy = (288 * ref.energy + 5000000) / 10000000;
	return ref;
}

struct estimate {
	double macs, compute, l2, dram, cycles, energy;
};

static double fup(double a, double b)
{
	return ceil(a / b);
}

static struct estimate estimate(const struct vnpu_array *a,
				const struct dream_vnpu_shape *s)
{
	struct estimate est;
	double g = s->groups, k = s->k / s->groups, c = s->c / s->groups;
	double yo = fup(s->y, s->stride), xo = fup(s->x, s->stride);
	double w = g * k * c * s->r * s->s, i = g * c * s->y * s->x;
	double o = g * k * yo * xo, m = a->sram_bytes, p = a->pes;
	double p256 = fmax(1, floor(p / 256)), p64 = fmax(1, floor(p / 64));
	double rs = (double)s->r * s->s, l1 = 3;
	int depthwise = g > 1 && c == 1;

	switch (a->dataflow) {
	case VNPU_DATAFLOW_WS:
		est.compute = (depthwise ? k * fup(g, 16) :
					   g * fup(k, 16) * fup(c, 16)) *
			      yo * fup(xo, p256) * rs *
			      (p < 256 ? fup(256, p) : 1);
		est.l2 = w + i * fup(k, 16) + o * (2 * fup(c, 16) - 1);
		break;
	case VNPU_DATAFLOW_OS:
		est.compute = g * k * fup(c, 16) * rs * fup(yo, p64) *
			      fup(xo, 4) * (p < 64 ? fup(64, p) : 1);
		est.l2 = w * fup(yo, p64) * fup(xo, 4) + i * k + o;
		l1 = 2;
		break;
	default:
		est.compute = (depthwise ? k * fup(g, p64) : g * fup(k, p64) * c) *
			      yo * fup(xo, 16) * fup(s->r, 4) * s->s *
			      (p < 64 ? fup(64, p) : 1);
		est.l2 = w * fup(yo, 16) + i * fup(k, p64) +
			 o * (2 * fup(c, 4) - 1);
	}
	est.macs = w * yo * xo;
	est.dram = w + i + o;
	if (est.dram > m)
		est.dram = fmin(w + i * fup(w, floor(m / 2)) + o,
				w * fup(i, floor(m / 2)) + i + o);
	est.cycles = fmax(est.compute, est.l2 / fmax(1, floor(p / 4)));
	/* A total that does not fit makes what follows from it not fit. */
	if (est.l2 > 0x1p64 || est.dram > 0x1p64)
		est.cycles = INFINITY;
	est.cycles = fmax(est.cycles, est.dram * a->clock_khz /
				      (a->bandwidth_mbps * 1e3)) + 1000;
	est.energy = est.macs * (100 + 55 * l1) + est.l2 * 600 + est.dram * 7500;
	est.energy = est.energy > 0x1p64 ? INFINITY : est.energy * 288 / 1e7;
	return est;
}

static struct vnpu_array random_array(struct random *r)
{
	return (struct vnpu_array) {
		.dataflow = random_below(r, 3),
		.pes = random_below(r, 2) ? 64ULL << random_below(r, 8) :
					    random_in(r, 1, VNPU_PES_MAX),
		.clock_khz = random_in(r, VNPU_CLOCK_KHZ_MIN, VNPU_CLOCK_KHZ_MAX),
		.bandwidth_mbps = random_in(r, 1, VNPU_BANDWIDTH_MBPS_MAX),
		.sram_bytes = VNPU_SRAM_BYTES_MIN + random_log(r, 30),
	};
}

/* Dense, depthwise or grouped, with numbers that real layers have. */
static struct dream_vnpu_shape random_layer(struct random *r)
{
	u32 groups = random_below(r, 2) ? 1 : random_in(r, 2, 64);
	u32 c = random_below(r, 3) ? random_in(r, 1, 512) : 1;

	return (struct dream_vnpu_shape) {
		.k = groups * random_in(r, 1, random_below(r, 2) ? 1 : 4096),
		.c = groups * c,
		.y = random_in(r, 1, 300),
		.x = random_in(r, 1, 700),
		.r = random_in(r, 1, 7),
		.s = random_in(r, 1, 25),
		.stride = random_in(r, 1, 4),
		.groups = groups,
	};
}

static struct dream_vnpu_shape random_monster(struct random *r)
{
	u32 groups = random_below(r, 2) ? 1 : 1 + random_log(r, 16);

	return (struct dream_vnpu_shape) {
		.k = groups * (u32)(1 + random_log(r, 15)),
		.c = groups * (u32)(1 + random_log(r, 15)),
		.y = random_below(r, 4) ? 1 + random_log(r, 31) : 0xffffffff,
		.x = random_below(r, 4) ? 1 + random_log(r, 31) : 0xffffffff,
		.r = 1 + random_log(r, 31),
		.s = 1 + random_log(r, 31),
		.stride = random_below(r, 4) ? 1 + random_log(r, 31) : 0xffffffff,
		.groups = groups,
	};
}

TEST(layers_exact)
{
	struct random random = { 1 };
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		struct vnpu_array array = random_array(&random);
		struct dream_vnpu_shape shape = random_layer(&random);
		struct reference ref = exact(&array, &shape);
		struct vnpu_cost cost;

		ASSERT_EQ(0, vnpu_cost_of_shape(&array, &shape, &cost));
		ASSERT_EQ(1, ref.macs == cost.macs);
		ASSERT_EQ(1, ref.compute == cost.compute_cycles);
		ASSERT_EQ(1, ref.l2 == cost.l2_bytes);
		ASSERT_EQ(1, ref.dram == cost.dram_bytes);
		ASSERT_EQ(1, ref.cycles == cost.cycles);
		ASSERT_EQ(1, ref.energy == cost.energy_nj);
	}
}

/* Equal but for rounding, or saturated where 64 bits do not suffice. */
static bool agrees(double expected, u64 got)
{
	if (expected >= 0x1p64 * 1.000000001)
		return got == U64_MAX;
	if (expected >= 0x1p64 * 0.999999999)
		return got >= 0xffffff0000000000;
	return fabs(expected - got) <= 2 + expected / 1e9;
}

TEST(extremes_saturate)
{
	struct random random = { 2 };
	unsigned int saturated = 0;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		struct vnpu_array array = random_array(&random);
		struct dream_vnpu_shape shape = random_monster(&random);
		struct estimate est = estimate(&array, &shape);
		struct vnpu_cost cost;

		ASSERT_EQ(0, vnpu_cost_of_shape(&array, &shape, &cost));
		ASSERT_EQ(1, agrees(est.macs, cost.macs));
		ASSERT_EQ(1, agrees(est.compute, cost.compute_cycles));
		ASSERT_EQ(1, agrees(est.l2, cost.l2_bytes));
		ASSERT_EQ(1, agrees(est.dram, cost.dram_bytes));
		ASSERT_EQ(1, agrees(est.cycles, cost.cycles));
		ASSERT_EQ(1, agrees(est.energy, cost.energy_nj));
		saturated += cost.cycles == U64_MAX;
	}
	/* The test would be pointless if it met only one of the two cases. */
	EXPECT_LT(ROUNDS / 100, saturated);
	EXPECT_GT(ROUNDS - ROUNDS / 100, saturated);
}

TEST(everything_at_its_largest)
{
	struct vnpu_array array = {
		.dataflow = VNPU_DATAFLOW_WS, .pes = 1,
		.clock_khz = VNPU_CLOCK_KHZ_MAX, .bandwidth_mbps = 1,
		.sram_bytes = VNPU_SRAM_BYTES_MIN,
	};
	struct dream_vnpu_shape shape;
	struct vnpu_cost cost;

	memset(&shape, 0xff, sizeof(shape));
	shape.stride = 1;
	shape.groups = 1;
	for (; array.dataflow <= VNPU_DATAFLOW_RS; array.dataflow++) {
		ASSERT_EQ(0, vnpu_cost_of_shape(&array, &shape, &cost));
		EXPECT_EQ(U64_MAX, cost.macs);
		EXPECT_EQ(U64_MAX, cost.compute_cycles);
		EXPECT_EQ(U64_MAX, cost.l2_bytes);
		EXPECT_EQ(U64_MAX, cost.dram_bytes);
		EXPECT_EQ(U64_MAX, cost.cycles);
		EXPECT_EQ(U64_MAX, cost.energy_nj);
	}
}

static const struct vnpu_array typical = {
	.dataflow = VNPU_DATAFLOW_WS, .pes = 2048, .clock_khz = 700000,
	.bandwidth_mbps = 90000, .sram_bytes = 8 << 20,
};

/* A first convolution, worked out by hand: 16 x 3 channels, 224 x 224, 3 x 3 / 2. */
TEST(by_hand)
{
	const struct dream_vnpu_shape shape = { 16, 3, 224, 224, 3, 3, 2, 1 };
	struct vnpu_array array = typical;
	struct vnpu_cost cost;

	/* 1 x 1 x 112 x c(112,8) x 9; W 432, I 150528, O 200704 */
	ASSERT_EQ(0, vnpu_cost_of_shape(&array, &shape, &cost));
	EXPECT_EQ(5419008, cost.macs);
	EXPECT_EQ(112 * 14 * 9, cost.compute_cycles);
	EXPECT_EQ(432 + 150528 + 200704, cost.l2_bytes);
	EXPECT_EQ(351664, cost.dram_bytes);
	EXPECT_EQ(112 * 14 * 9 + 1000, cost.cycles);
	/* 2.88 pJ x (5419008 x 2.65 + 6 x 351664 + 75 x 351664) */
	EXPECT_EQ(123394, cost.energy_nj);

	/* 16 x 1 x 9 x c(112,32) x c(112,4) */
	array.dataflow = VNPU_DATAFLOW_OS;
	ASSERT_EQ(0, vnpu_cost_of_shape(&array, &shape, &cost));
	EXPECT_EQ(16 * 9 * 4 * 28, cost.compute_cycles);
	EXPECT_EQ(432 * 4 * 28 + 150528 * 16 + 200704, cost.l2_bytes);

	/* c(16,32) x 112 x c(112,16) x c(3,4) x 3 x 3 */
	array.dataflow = VNPU_DATAFLOW_RS;
	ASSERT_EQ(0, vnpu_cost_of_shape(&array, &shape, &cost));
	EXPECT_EQ(112 * 7 * 3 * 3, cost.compute_cycles);
	EXPECT_EQ(432 * 7 + 150528 + 200704, cost.l2_bytes);
}

/* A layer whose weights do not fit, and which memory holds up. */
TEST(memory_bound)
{
	const struct dream_vnpu_shape shape = { 4096, 4096, 1, 8, 1, 1, 1, 1 };
	struct vnpu_cost cost;
	u64 weights = 4096 * 4096, inputs = 4096 * 8, outputs = 4096 * 8;

	ASSERT_EQ(0, vnpu_cost_of_shape(&typical, &shape, &cost));
	/* weights once per half memory of inputs: once */
	EXPECT_EQ(weights + inputs + outputs, cost.dram_bytes);
	/* 128 4/7 bytes per cycle, in whole cycles upwards */
	EXPECT_EQ((cost.dram_bytes * 7 + 899) / 900 + 1000, cost.cycles);
	EXPECT_LT(cost.compute_cycles, cost.cycles);
}

TEST(bad_input)
{
	const struct dream_vnpu_shape good = { 32, 16, 8, 8, 3, 3, 1, 4 };
	struct dream_vnpu_shape shape;
	struct vnpu_array array;
	struct vnpu_cost cost, before;
	__u32 *member;
	unsigned int i;

	memset(&cost, 0x5a, sizeof(cost));
	before = cost;
	ASSERT_TRUE(vnpu_shape_valid(&good));
	ASSERT_TRUE(vnpu_array_valid(&typical));

	for (i = 0; i < sizeof(shape) / sizeof(*member); i++) {
		shape = good;
		member = (__u32 *)&shape + i;
		*member = 0;
		EXPECT_EQ(-EINVAL, vnpu_cost_of_shape(&typical, &shape, &cost));
	}
	shape = good;
	shape.k = 33;
	EXPECT_EQ(-EINVAL, vnpu_cost_of_shape(&typical, &shape, &cost));
	shape = good;
	shape.c = 18;
	EXPECT_EQ(-EINVAL, vnpu_cost_of_shape(&typical, &shape, &cost));
	shape = good;
	shape.groups = 64;
	EXPECT_EQ(-EINVAL, vnpu_cost_of_shape(&typical, &shape, &cost));

#define EXPECT_BAD_ARRAY(member, value) do {					\
	array = typical;							\
	array.member = value;							\
	EXPECT_EQ(-EINVAL, vnpu_cost_of_shape(&array, &good, &cost));		\
} while (0)
	EXPECT_BAD_ARRAY(dataflow, 3);
	EXPECT_BAD_ARRAY(pes, VNPU_PES_MIN - 1);
	EXPECT_BAD_ARRAY(pes, VNPU_PES_MAX + 1);
	EXPECT_BAD_ARRAY(clock_khz, VNPU_CLOCK_KHZ_MIN - 1);
	EXPECT_BAD_ARRAY(clock_khz, VNPU_CLOCK_KHZ_MAX + 1);
	EXPECT_BAD_ARRAY(bandwidth_mbps, VNPU_BANDWIDTH_MBPS_MIN - 1);
	EXPECT_BAD_ARRAY(bandwidth_mbps, VNPU_BANDWIDTH_MBPS_MAX + 1);
	EXPECT_BAD_ARRAY(sram_bytes, VNPU_SRAM_BYTES_MIN - 1);
	EXPECT_BAD_ARRAY(sram_bytes, VNPU_SRAM_BYTES_MAX + 1);

	EXPECT_EQ(0, memcmp(&cost, &before, sizeof(cost)));
}

/* wide, but no more than 64 bits of it. */
static u64 clip(wide value)
{
	return value > U64_MAX ? U64_MAX : value;
}

TEST(time_and_cycles)
{
	struct random random = { 3 };
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		u64 n = random_extreme(&random);
		u32 rate = 1 + random_below(&random, 0xffffffff);

		ASSERT_EQ(clip(up((wide)n * 1000000, rate)),
			  vnpu_cycles_to_ns(n, rate));
		ASSERT_EQ(clip((wide)n * rate / 1000000),
			  vnpu_ns_to_cycles(n, rate));
		ASSERT_EQ(clip(up((wide)n * 1000, rate)), vnpu_dram_ns(n, rate));
	}
	EXPECT_EQ(0, vnpu_cycles_to_ns(0, 700000));
	EXPECT_EQ(2, vnpu_cycles_to_ns(1, 700000));
	EXPECT_EQ(10, vnpu_cycles_to_ns(7, 700000));
	EXPECT_EQ(1, vnpu_ns_to_cycles(2, 700000));
	EXPECT_EQ(700, vnpu_ns_to_cycles(1000, 700000));
}

TEST_HARNESS_MAIN
