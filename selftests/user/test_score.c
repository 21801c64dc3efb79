// SPDX-License-Identifier: GPL-2.0
/*
 * The arithmetic of MapScore against the formula in floating point, over random
 * and extreme inputs, and each term of it by itself.
 */
#include <math.h>

#include "kselftest_harness.h"
#include "random.h"
#include "reference.h"

#define ONE	65536ULL

/* Far from every bound, and every term different. */
static const struct dream_score_in plain = {
	.now_ns = 5000000,
	.deadline_ns = 9000000,		/* slack 4 ms */
	.prev_end_ns = 4400000,		/* waited 0.6 ms */
	.to_go_ns = 7000000,		/* urgency 1.75 */
	.lat_ns = 200000,
	.lat_sum_ns = 600000,		/* preference 3 */
	.lat_mean_ns = 300000,		/* starvation 2 */
	.energy_nj = 800,
	.energy_sum_nj = 4000,		/* preference 5 */
	.switch_nj = 500,		/* 0.625 */
	.alpha = ONE / 2,
	.beta = ONE / 4,
	.starv_cap = 100 * ONE,
};

/* 1.75 * 3 + 0.5 * 2 + 0.25 * (5 - 0.625) */
#define PLAIN_SCORE	(5.25 + 1 + 1.09375)

static struct dream_terms terms_of(struct dream_score_in in)
{
	struct dream_terms terms;

	dream_map_score(&in, &terms);
	return terms;
}

/* The score of @plain with one member changed. */
#define SCORE_WITH(member, value) ({					\
	struct dream_score_in _in = plain;				\
									\
	_in.member = value;						\
	terms_of(_in).map_score;					\
})

#define EXPECT_NEAR(real, fixed, error) do {				\
	long double _real = real, _fixed = fixed_to_real(fixed);	\
									\
	EXPECT_LE(fabsl(_fixed - _real), error) {			\
		TH_LOG("%s: %.9Lg, should be %.9Lg", #fixed, _fixed,	\
		       _real);						\
	}								\
} while (0)

TEST(ratio_is_the_rounded_quotient)
{
	struct random r = { 1 };
	int i;

	for (i = 0; i < 200000; i++) {
		u64 num = random_log(&r, 47), den = random_extreme(&r);
		unsigned __int128 exact;

		if (!den)
			continue;
		exact = ((unsigned __int128)num << 16) / den;
		if (exact > 1ULL << 40)
			exact = 1ULL << 40;
		ASSERT_EQ((u64)exact, dream_ratio(num, den));
	}
}

TEST(ratio_of_large_numbers)
{
	struct random r = { 2 };
	int i;

	for (i = 0; i < 200000; i++) {
		u64 num = random_extreme(&r), den = random_extreme(&r);
		long double real = reference_ratio(num, den);

		ASSERT_LE(fabsl(fixed_to_real(dream_ratio(num, den)) - real),
			  term_error(real)) {
			TH_LOG("%llu / %llu", (unsigned long long)num,
			       (unsigned long long)den);
		}
	}
}

TEST(ratio_at_its_bounds)
{
	EXPECT_EQ(0, dream_ratio(0, 0));
	EXPECT_EQ(0, dream_ratio(0, 1));
	EXPECT_EQ(0, dream_ratio(0, U64_MAX));
	EXPECT_EQ(DREAM_RATIO_MAX, dream_ratio(1, 0));
	EXPECT_EQ(DREAM_RATIO_MAX, dream_ratio(U64_MAX, 0));
	EXPECT_EQ(DREAM_RATIO_MAX, dream_ratio(U64_MAX, 1));
	EXPECT_EQ(ONE, dream_ratio(1, 1));
	EXPECT_EQ(ONE, dream_ratio(U64_MAX, U64_MAX));
	EXPECT_EQ(DREAM_RATIO_MAX, dream_ratio(1ULL << 24, 1));
	EXPECT_EQ(DREAM_RATIO_MAX - ONE, dream_ratio((1ULL << 24) - 1, 1));
	EXPECT_EQ(1, dream_ratio(1, ONE));
	EXPECT_EQ(0, dream_ratio(1, ONE + 1));
	/* The first numerator that is scaled, and the last that is not. */
	EXPECT_EQ(1ULL << 40, dream_ratio(1ULL << 47, 1ULL << 23));
	EXPECT_EQ(1ULL << 39, dream_ratio(1ULL << 46, 1ULL << 23));
}

TEST(slack_is_the_difference)
{
	struct random r = { 3 };
	int i;

	EXPECT_EQ(0, dream_slack(7, 7));
	EXPECT_EQ(3, dream_slack(7, 10));
	EXPECT_EQ(-3, dream_slack(10, 7));
	EXPECT_EQ((s64)DREAM_TIME_MAX, dream_slack(0, U64_MAX));
	EXPECT_EQ(-(s64)DREAM_TIME_MAX, dream_slack(U64_MAX, 0));
	for (i = 0; i < 100000; i++) {
		u64 now = random_extreme(&r), deadline = random_extreme(&r);
		long double real = (long double)deadline - now;

		real = fmaxl(fminl(real, 0x1p47L), -0x1p47L);
		ASSERT_EQ((s64)real, dream_slack(now, deadline));
	}
}

static void check_against_reference(struct __test_metadata *_metadata,
				    const struct dream_score_in *in)
{
	struct dream_terms got = terms_of(*in);
	struct reference ref;

	reference_map_score(in, &ref);
	EXPECT_NEAR(ref.urgency, got.urgency, term_error(ref.urgency));
	EXPECT_NEAR(ref.lat_pref, got.lat_pref, term_error(ref.lat_pref));
	EXPECT_NEAR(ref.starvation, got.starvation, term_error(ref.starvation));
	EXPECT_NEAR(ref.en_pref, got.en_pref, term_error(ref.en_pref));
	EXPECT_NEAR(ref.switch_cost, got.switch_cost,
		    term_error(ref.switch_cost));
	EXPECT_NEAR(ref.map_score, got.map_score, map_score_error(&ref, in));
}

TEST(score_of_usual_inputs)
{
	struct random r = { 4 };
	int i;

	for (i = 0; i < 100000 && _metadata->exit_code == KSFT_PASS; i++) {
		u64 now = random_log(&r, 50);
		struct dream_score_in in = {
			.now_ns = now,
			.deadline_ns = now + random_log(&r, 30),
			.prev_end_ns = now - random_below(&r, now + 1),
			.to_go_ns = random_log(&r, 30),
			.lat_ns = random_log(&r, 30),
			.lat_sum_ns = random_log(&r, 32),
			.lat_mean_ns = random_log(&r, 30),
			.energy_nj = random_log(&r, 40),
			.energy_sum_nj = random_log(&r, 42),
			.switch_nj = random_log(&r, 40),
			.alpha = random_in(&r, 0, 2 * ONE),
			.beta = random_in(&r, 0, 2 * ONE),
			.starv_cap = random_log(&r, 40),
		};

		if (random_below(&r, 4) == 0)
			in.deadline_ns = random_below(&r, now + 1);
		check_against_reference(_metadata, &in);
	}
}

TEST(score_of_extreme_inputs)
{
	struct random r = { 5 };
	int i;

	for (i = 0; i < 300000 && _metadata->exit_code == KSFT_PASS; i++) {
		struct dream_score_in in = {
			.now_ns = random_extreme(&r),
			.deadline_ns = random_extreme(&r),
			.prev_end_ns = random_extreme(&r),
			.to_go_ns = random_extreme(&r),
			.lat_ns = random_extreme(&r),
			.lat_sum_ns = random_extreme(&r),
			.lat_mean_ns = random_extreme(&r),
			.energy_nj = random_extreme(&r),
			.energy_sum_nj = random_extreme(&r),
			.switch_nj = random_extreme(&r),
			.alpha = random_extreme(&r),
			.beta = random_extreme(&r),
			.starv_cap = random_extreme(&r),
		};

		check_against_reference(_metadata, &in);
	}
}

TEST(plain_score)
{
	struct dream_terms got = terms_of(plain);

	EXPECT_EQ(7 * ONE / 4, got.urgency);
	EXPECT_EQ(3 * ONE, got.lat_pref);
	EXPECT_EQ(2 * ONE, got.starvation);
	EXPECT_EQ(5 * ONE, got.en_pref);
	EXPECT_EQ(5 * ONE / 8, got.switch_cost);
	EXPECT_EQ((s64)(PLAIN_SCORE * ONE), got.map_score);
}

/* Each term by itself: what a change of one input does to the score. */

TEST(urgency_grows_with_the_time_to_go)
{
	EXPECT_EQ((s64)((PLAIN_SCORE + 5.25) * ONE),
		  SCORE_WITH(to_go_ns, 14000000));
	EXPECT_EQ((s64)((PLAIN_SCORE - 5.25) * ONE), SCORE_WITH(to_go_ns, 0));
}

TEST(urgency_grows_as_the_slack_shrinks)
{
	EXPECT_EQ((s64)((PLAIN_SCORE + 5.25) * ONE),
		  SCORE_WITH(deadline_ns, 7000000));
}

TEST(urgency_is_multiplied_by_latency_preference)
{
	EXPECT_EQ((s64)((PLAIN_SCORE + 5.25) * ONE),
		  SCORE_WITH(lat_sum_ns, 1200000));
	EXPECT_EQ((s64)((PLAIN_SCORE + 5.25) * ONE), SCORE_WITH(lat_ns, 100000));
}

TEST(late_job_has_a_microsecond)
{
	static const u64 deadlines[] = {
		5000999, 5000001, 5000000, 4999999, 4000000, 1, 0,
	};
	s64 want = SCORE_WITH(deadline_ns, 5001000);
	size_t i;

	EXPECT_EQ((s64)((PLAIN_SCORE - 5.25 + 7000.0 * 3) * ONE), want);
	for (i = 0; i < sizeof(deadlines) / sizeof(deadlines[0]); i++)
		EXPECT_EQ(want, SCORE_WITH(deadline_ns, deadlines[i]));
	EXPECT_GT(want, SCORE_WITH(deadline_ns, 5001001));
}

TEST(starvation_is_weighed_by_alpha)
{
	EXPECT_EQ((s64)((PLAIN_SCORE - 1) * ONE), SCORE_WITH(alpha, 0));
	EXPECT_EQ((s64)((PLAIN_SCORE + 1) * ONE), SCORE_WITH(alpha, ONE));
	EXPECT_EQ((s64)((PLAIN_SCORE + 1) * ONE),
		  SCORE_WITH(prev_end_ns, 3800000));
	EXPECT_EQ((s64)((PLAIN_SCORE + 1) * ONE),
		  SCORE_WITH(lat_mean_ns, 150000));
}

TEST(starvation_is_capped)
{
	EXPECT_EQ((s64)((PLAIN_SCORE - 0.5) * ONE), SCORE_WITH(starv_cap, ONE));
	EXPECT_EQ((s64)((PLAIN_SCORE - 1) * ONE), SCORE_WITH(starv_cap, 0));
}

TEST(nobody_starves_before_his_time)
{
	EXPECT_EQ((s64)((PLAIN_SCORE - 1) * ONE),
		  SCORE_WITH(prev_end_ns, 5000000));
	EXPECT_EQ((s64)((PLAIN_SCORE - 1) * ONE),
		  SCORE_WITH(prev_end_ns, 5000001));
	EXPECT_EQ((s64)((PLAIN_SCORE - 1) * ONE),
		  SCORE_WITH(prev_end_ns, U64_MAX));
}

TEST(energy_is_weighed_by_beta)
{
	EXPECT_EQ((s64)((PLAIN_SCORE - 1.09375) * ONE), SCORE_WITH(beta, 0));
	EXPECT_EQ((s64)((PLAIN_SCORE + 1.09375) * ONE),
		  SCORE_WITH(beta, ONE / 2));
	EXPECT_EQ((s64)((PLAIN_SCORE + 1.25) * ONE),
		  SCORE_WITH(energy_sum_nj, 8000));
}

TEST(switching_costs)
{
	EXPECT_EQ((s64)((PLAIN_SCORE + 0.15625) * ONE),
		  SCORE_WITH(switch_nj, 0));
	EXPECT_EQ((s64)((PLAIN_SCORE - 0.15625) * ONE),
		  SCORE_WITH(switch_nj, 1000));
	/* It may outweigh everything else. */
	EXPECT_GT(0, SCORE_WITH(switch_nj, 80000000));
	/* Twice the energy: half the preference, half the cost of a switch. */
	EXPECT_EQ((s64)((PLAIN_SCORE - 1.09375 / 2) * ONE),
		  SCORE_WITH(energy_nj, 1600));
}

TEST(weights_end_at_two)
{
	EXPECT_EQ((s64)((PLAIN_SCORE + 3) * ONE), SCORE_WITH(alpha, 2 * ONE));
	EXPECT_EQ((s64)((PLAIN_SCORE + 3) * ONE), SCORE_WITH(alpha, U64_MAX));
	EXPECT_EQ((s64)((PLAIN_SCORE + 7 * 1.09375) * ONE),
		  SCORE_WITH(beta, 2 * ONE));
	EXPECT_EQ((s64)((PLAIN_SCORE + 7 * 1.09375) * ONE),
		  SCORE_WITH(beta, U64_MAX));
}

TEST(sums_that_do_not_fit_saturate)
{
	struct dream_score_in in = plain;
	struct dream_terms got;

	in.to_go_ns = U64_MAX;
	in.lat_sum_ns = U64_MAX;
	in.lat_ns = 1;
	got = terms_of(in);
	EXPECT_EQ(DREAM_RATIO_MAX, got.urgency);
	EXPECT_EQ(DREAM_RATIO_MAX, got.lat_pref);
	EXPECT_EQ((s64)(DREAM_PRODUCT_MAX + ONE + 7 * ONE / 64 * 10),
		  got.map_score);

	/* Everything at its end, both ways. */
	in.prev_end_ns = 0;
	in.lat_mean_ns = 0;
	in.starv_cap = U64_MAX;
	in.energy_nj = 1;
	in.energy_sum_nj = U64_MAX;
	in.switch_nj = 0;
	in.alpha = U64_MAX;
	in.beta = U64_MAX;
	got = terms_of(in);
	EXPECT_EQ(DREAM_RATIO_MAX, got.starvation);
	EXPECT_EQ((s64)(DREAM_PRODUCT_MAX + 4 * DREAM_RATIO_MAX),
		  got.map_score);
	in.to_go_ns = 0;
	in.alpha = 0;
	in.energy_sum_nj = 0;
	in.switch_nj = U64_MAX;
	EXPECT_EQ(-(s64)(2 * DREAM_RATIO_MAX), terms_of(in).map_score);
}

TEST(slack_has_a_floor_that_can_be_raised)
{
	struct dream_score_in in = plain;

	in.to_go_ns = 8000;
	in.deadline_ns = in.now_ns;
	EXPECT_EQ(8 * ONE, terms_of(in).urgency);
	in.slack_floor_ns = 1;
	EXPECT_EQ(8 * ONE, terms_of(in).urgency);
	in.slack_floor_ns = 4000;
	EXPECT_EQ(2 * ONE, terms_of(in).urgency);
	in.slack_floor_ns = U64_MAX;
	EXPECT_EQ(0, terms_of(in).urgency);
}

TEST(energy_that_is_not_known_has_no_part)
{
	struct dream_score_in in = plain;
	struct dream_terms got;

	in.energy_nj = 0;
	in.switch_nj = U64_MAX;
	got = terms_of(in);
	EXPECT_EQ(0, got.en_pref);
	EXPECT_EQ(0, got.switch_cost);
	in.beta = 0;
	EXPECT_EQ(got.map_score, terms_of(in).map_score);
}

TEST(product_just_below_its_bound)
{
	struct dream_score_in in = plain;

	in.alpha = 0;
	in.beta = 0;
	/* 2^22 * 2^22 is the bound; one step less on one side is not. */
	in.deadline_ns = in.now_ns + 1024;
	in.to_go_ns = 1ULL << 32;
	in.lat_ns = 1;
	in.lat_sum_ns = 1ULL << 22;
	EXPECT_EQ((s64)DREAM_PRODUCT_MAX, terms_of(in).map_score);
	in.lat_sum_ns--;
	EXPECT_EQ((s64)(DREAM_PRODUCT_MAX - (1ULL << 38)),
		  terms_of(in).map_score);
	in.lat_sum_ns += 2;
	EXPECT_EQ((s64)DREAM_PRODUCT_MAX, terms_of(in).map_score);
}

TEST_HARNESS_MAIN
