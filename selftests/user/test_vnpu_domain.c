// SPDX-License-Identifier: GPL-2.0
/*
 * What devices in a memory domain do to each other, and how far their durations
 * vary: shares, progress and jitter, against references in floating point.
 */
#include <math.h>

#include "kselftest_harness.h"
#include "random.h"
#include "virt-accel/jitter.h"
#include "virt-accel/progress.h"
#include "virt-accel/share.h"

#define ROUNDS	20000
#define MOST	64

/* Level of the water: what those get who get less than they ask for. */
static double water_level(const u64 *demand, unsigned int count, double capacity)
{
	double low = 0, high = capacity, sum, level;
	unsigned int step, i;

	for (step = 0; step < 200; step++) {
		level = (low + high) / 2;
		for (sum = 0, i = 0; i < count; i++)
			sum += fmin(demand[i], level);
		if (sum <= capacity)
			low = level;
		else
			high = level;
	}
	return low;
}

static u64 sum_of(const u64 *values, unsigned int count)
{
	u64 sum = 0;

	while (count--)
		sum += *values++;
	return sum;
}

TEST(share_is_max_min_fair)
{
	struct random random = { 5 };
	unsigned int scarce = 0;
	unsigned int round, count, i;
	u64 demand[MOST], grant[MOST], capacity, sum;
	double level;

	for (round = 0; round < ROUNDS; round++) {
		count = random_in(&random, 1, MOST);
		capacity = 1000000 + random_log(&random, 43);
		for (i = 0; i < count; i++)
			demand[i] = vnpu_min(random_log(&random, 43) - 1, capacity);
		vnpu_share(demand, grant, count, capacity);

		sum = sum_of(grant, count);
		ASSERT_LE(sum, capacity);
		if (sum_of(demand, count) <= capacity) {
			ASSERT_EQ(0, memcmp(demand, grant, count * sizeof(*grant)));
			continue;
		}
		scarce++;
		ASSERT_LT(capacity, sum + count);
		level = water_level(demand, count, capacity);
		for (i = 0; i < count; i++)
			ASSERT_LE(fabs(grant[i] - fmin(demand[i], level)),
				  2 + level / 1e12);
	}
	EXPECT_LT(ROUNDS / 10, scarce);
	EXPECT_GT(ROUNDS, scarce);
}

TEST(share_cases)
{
	u64 grant[4];

	vnpu_share((u64[]){ 0, 0 }, grant, 2, 10);
	EXPECT_EQ(0, grant[0]);
	EXPECT_EQ(0, grant[1]);
	vnpu_share((u64[]){ 10, 10 }, grant, 2, 10);
	EXPECT_EQ(5, grant[0]);
	EXPECT_EQ(5, grant[1]);
	vnpu_share((u64[]){ 10, 2, 10, 0 }, grant, 4, 10);
	EXPECT_EQ(4, grant[0]);
	EXPECT_EQ(2, grant[1]);
	EXPECT_EQ(4, grant[2]);
	EXPECT_EQ(0, grant[3]);
	/* more of them than units */
	vnpu_share((u64[]){ 9, 9, 9 }, grant, 3, 2);
	EXPECT_EQ(0, sum_of(grant, 3));
	vnpu_share(NULL, NULL, 0, 10);
}

TEST(demand)
{
	/* 90 GB in a second, 1 byte in an hour, more than there is, nothing */
	EXPECT_EQ(90000000000, vnpu_share_demand(9000000000, 100000000, 1ULL << 43));
	EXPECT_EQ(1, vnpu_share_demand(1, 3600000000000, 1000));
	EXPECT_EQ(1000, vnpu_share_demand(2, 1, 1000));
	EXPECT_EQ(1000, vnpu_share_demand(U64_MAX, 1, 1000));
	EXPECT_EQ(1000, vnpu_share_demand(1, 0, 1000));
	EXPECT_EQ(0, vnpu_share_demand(0, 1, 1000));
	/* the most that a command moves, in the least time */
	EXPECT_EQ((1ULL << 34) * 1000000000,
		  vnpu_share_demand(1ULL << 34, 1, U64_MAX));
}

TEST(rate)
{
	struct random random = { 6 };
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		u64 d = random_extreme(&random), g = random_extreme(&random);
		u32 rate = vnpu_share_rate(d, g);
		double expected = ldexp(g >= d ? 1 : (double)g / d, 20);

		ASSERT_LE(1, rate);
		ASSERT_GE(VNPU_RATE_FULL, rate);
		ASSERT_LE(fabs(expected - rate), 1.2);
	}
	EXPECT_EQ(VNPU_RATE_FULL, vnpu_share_rate(0, 0));
	EXPECT_EQ(VNPU_RATE_FULL, vnpu_share_rate(7, 7));
	EXPECT_EQ(VNPU_RATE_FULL / 2, vnpu_share_rate(8, 4));
	EXPECT_EQ(1, vnpu_share_rate(U64_MAX, 0));
}

TEST(progress_alone)
{
	struct vnpu_progress progress;

	vnpu_progress_start(&progress, 1000, 5000);
	EXPECT_EQ(6000, vnpu_progress_end(&progress));
	vnpu_progress_start(&progress, 0, 5000);
	EXPECT_EQ(5000, vnpu_progress_end(&progress));
	/* half speed after half of the work */
	vnpu_progress_start(&progress, 1000, 5000);
	vnpu_progress_set_rate(&progress, VNPU_RATE_FULL / 2, 5500);
	EXPECT_EQ(6500, vnpu_progress_end(&progress));
	/* a time before the last change is the last change */
	vnpu_progress_set_rate(&progress, VNPU_RATE_FULL, 100);
	EXPECT_EQ(6000, vnpu_progress_end(&progress));
	/* after the end nothing is left */
	vnpu_progress_set_rate(&progress, 1, 7000);
	EXPECT_EQ(7000, vnpu_progress_end(&progress));
}

TEST(progress_at_its_bounds)
{
	struct vnpu_progress progress;
	u64 late = 1ULL << 62;

	vnpu_progress_start(&progress, U64_MAX, late);
	EXPECT_EQ(late + VNPU_PROGRESS_NS_MAX, vnpu_progress_end(&progress));
	vnpu_progress_set_rate(&progress, 1, late);
	EXPECT_EQ(late + (1ULL << 63), vnpu_progress_end(&progress));
	vnpu_progress_set_rate(&progress, VNPU_RATE_FULL, late + (1ULL << 61));
	EXPECT_EQ(late + (1ULL << 61) + (1ULL << 43) - (1ULL << 41),
		  vnpu_progress_end(&progress));
}

/* However often the speed changes, the end is exact to the last ns. */
TEST(progress_through_changes)
{
	struct random random = { 7 };
	unsigned int round, changes;

	for (round = 0; round < ROUNDS / 10; round++) {
		unsigned __int128 work;
		struct vnpu_progress progress;
		u64 ns = 1 + random_log(&random, 40);
		u64 now = random_log(&random, 60);
		u32 rate = VNPU_RATE_FULL;

		work = (unsigned __int128)ns << 20;
		vnpu_progress_start(&progress, ns, now);
		for (changes = 0; changes < 100; changes++) {
			u64 step = random_log(&random, 38);

			if ((unsigned __int128)step * rate >= work)
				break;
			work -= (unsigned __int128)step * rate;
			now += step;
			rate = random_in(&random, 1, VNPU_RATE_FULL);
			vnpu_progress_set_rate(&progress, rate, now);
		}
		ASSERT_EQ((u64)(now + (work + rate - 1) / rate),
			  vnpu_progress_end(&progress));
	}
}

/*
 * A whole domain in small: commands that begin together and divide the bandwidth
 * anew whenever one of them ends. Bytes cannot flow faster than the memory allows.
 */
TEST(contention)
{
	const u64 capacity = 90000000000;
	struct vnpu_progress run[3];
	u64 demand[3], grant[3], now = 0, end = 0;
	unsigned int i, left = 3, first;
	u64 ns[3] = { 1000000, 2000000, 3000000 };
	u64 bytes[3] = { 90000000, 90000000, 0 };
	u64 ended[3];

	for (i = 0; i < 3; i++) {
		vnpu_progress_start(&run[i], ns[i], 0);
		demand[i] = vnpu_share_demand(bytes[i], ns[i], capacity);
	}
	while (left) {
		vnpu_share(demand, grant, 3, capacity);
		first = 3;
		for (i = 0; i < 3; i++) {
			if (!ns[i])
				continue;
			vnpu_progress_set_rate(&run[i], vnpu_share_rate(demand[i],
									grant[i]),
					       now);
			if (first == 3 || vnpu_progress_end(&run[i]) < end) {
				first = i;
				end = vnpu_progress_end(&run[i]);
			}
		}
		now = end;
		ended[first] = end;
		ns[first] = 0;
		demand[first] = 0;
		left--;
	}
	/*
	 * The first asks for everything, the second for half of it. Each gets a
	 * half: the second runs at full speed and ends after 2 ms; the first has
	 * half of its work done in 1 ms, and all of it in 2 ms. The third does
	 * not use memory.
	 */
	EXPECT_EQ(2000000, ended[0]);
	EXPECT_EQ(2000000, ended[1]);
	EXPECT_EQ(3000000, ended[2]);
}

TEST(jitter)
{
	struct random random = { 8 };
	u64 state = vnpu_jitter_seed(1, "a"), again = state;
	double sum = 0;
	u64 low = U64_MAX, high = 0, ns;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		ns = vnpu_jitter(&state, 1000000, 100);
		ASSERT_EQ(ns, vnpu_jitter(&again, 1000000, 100));
		low = vnpu_min(low, ns);
		high = vnpu_max(high, ns);
		sum += ns;
	}
	/* evenly between 0.9 and 1.1: the mean of 20000 is within 5 sigma */
	EXPECT_LE(900000, low);
	EXPECT_GT(900100, low);
	EXPECT_GE(1100000, high);
	EXPECT_LT(1099900, high);
	EXPECT_LT(fabs(sum / ROUNDS - 1000000), 2100);

	for (round = 0; round < ROUNDS; round++) {
		u64 most = random_log(&random, 40) + 1;

		ns = vnpu_jitter(&state, most, VNPU_JITTER_PERMILLE_MAX);
		ASSERT_LE(most - most * 9 / 10, ns);
		ASSERT_GE(most + most * 9 / 10, ns);
		ASSERT_LE(1, ns);
	}
}

TEST(jitter_differs)
{
	u64 a = vnpu_jitter_seed(1, "a"), b = vnpu_jitter_seed(1, "b");
	u64 c = vnpu_jitter_seed(2, "a");

	EXPECT_NE(a, b);
	EXPECT_NE(a, c);
	EXPECT_NE(b, c);
	/* none, but a number is drawn; too long to be varied */
	EXPECT_EQ(5000, vnpu_jitter(&a, 5000, 0));
	EXPECT_NE(vnpu_jitter_seed(1, "a"), a);
	EXPECT_EQ(U64_MAX, vnpu_jitter(&a, U64_MAX, 900));
}

TEST_HARNESS_MAIN
