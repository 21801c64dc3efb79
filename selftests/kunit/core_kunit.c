// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suites of the pure core: the golden vectors, and what user space cannot
 * tell about the kernel's own arithmetic (128-bit products, division).
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "golden.h"

/* ------------------------------------------------------------------ score */

static void name_score(const struct golden_score *g, char *desc)
{
	strscpy(desc, g->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(golden_scores, golden_scores, name_score);

static void score_golden(struct kunit *test)
{
	const struct golden_score *g = test->param_value;
	struct dream_terms got;

	dream_map_score(&g->in, &got);
	KUNIT_EXPECT_EQ(test, got.urgency, g->want.urgency);
	KUNIT_EXPECT_EQ(test, got.lat_pref, g->want.lat_pref);
	KUNIT_EXPECT_EQ(test, got.starvation, g->want.starvation);
	KUNIT_EXPECT_EQ(test, got.en_pref, g->want.en_pref);
	KUNIT_EXPECT_EQ(test, got.switch_cost, g->want.switch_cost);
	KUNIT_EXPECT_EQ(test, got.map_score, g->want.map_score);
}

static void score_ratio(struct kunit *test)
{
	unsigned int bit;

	KUNIT_EXPECT_EQ(test, dream_ratio(0, 0), 0);
	KUNIT_EXPECT_EQ(test, dream_ratio(1, 0), DREAM_RATIO_MAX);
	KUNIT_EXPECT_EQ(test, dream_ratio(U64_MAX, U64_MAX), DREAM_ONE);
	KUNIT_EXPECT_EQ(test, dream_ratio(U64_MAX, 1), DREAM_RATIO_MAX);
	for (bit = 0; bit < 64; bit++)
		KUNIT_EXPECT_EQ(test, dream_ratio(1ULL << bit, 1ULL << bit),
				DREAM_ONE);
	for (bit = 1; bit < 64; bit++)
		KUNIT_EXPECT_EQ(test, dream_ratio(1ULL << bit, 1ULL << (bit - 1)),
				2 * DREAM_ONE);
}

static void score_slack(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, dream_slack(7, 10), 3);
	KUNIT_EXPECT_EQ(test, dream_slack(10, 7), -3);
	KUNIT_EXPECT_EQ(test, dream_slack(0, U64_MAX), (s64)DREAM_TIME_MAX);
	KUNIT_EXPECT_EQ(test, dream_slack(U64_MAX, 0), -(s64)DREAM_TIME_MAX);
}

/* The product needs 128 bits; the sum must keep its sign. */
static void score_saturates(struct kunit *test)
{
	struct dream_score_in in = {
		.to_go_ns = U64_MAX,
		.lat_ns = 1,
		.lat_sum_ns = U64_MAX,
		.energy_nj = 1,
		.alpha = U64_MAX,
		.beta = U64_MAX,
		.starv_cap = U64_MAX,
		.now_ns = U64_MAX,
	};
	struct dream_terms terms;

	dream_map_score(&in, &terms);
	KUNIT_EXPECT_EQ(test, terms.map_score,
			(s64)(DREAM_PRODUCT_MAX + 2 * DREAM_RATIO_MAX));
	in.to_go_ns = 0;
	in.alpha = 0;
	in.switch_nj = U64_MAX;
	dream_map_score(&in, &terms);
	KUNIT_EXPECT_EQ(test, terms.map_score, -(s64)(2 * DREAM_RATIO_MAX));
}

static struct kunit_case score_cases[] = {
	KUNIT_CASE_PARAM(score_golden, golden_scores_gen_params),
	KUNIT_CASE(score_ratio),
	KUNIT_CASE(score_slack),
	KUNIT_CASE(score_saturates),
	{}
};

static struct kunit_suite score_suite = {
	.name = "dream_score",
	.test_cases = score_cases,
};

/* ------------------------------------------------------------------- path */

static void path_golden(struct kunit *test)
{
	struct golden_bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);
	u32 l;

	KUNIT_ASSERT_NOT_NULL(test, bed);
	golden_path_init(bed);
	for (l = 0; l < GOLDEN_LAYERS; l++)
		KUNIT_EXPECT_MEMEQ(test, &bed->layer[l], &golden_layers[l],
				   sizeof(golden_layers[l]));
	KUNIT_EXPECT_EQ(test, bed->path.energy_max, GOLDEN_ENERGY_MAX);
	KUNIT_EXPECT_EQ(test, dream_path_lat(&bed->path, 2, 0), 6000);
	KUNIT_EXPECT_EQ(test, dream_path_energy(&bed->path, 2, 0), 500);
	KUNIT_EXPECT_EQ(test, dream_path_lat(&bed->path, 2, 2), 0);
}

static void path_saturates(struct kunit *test)
{
	struct golden_bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, bed);
	golden_path_init(bed);
	for (i = 0; i < GOLDEN_LAYERS * GOLDEN_CLASSES; i++) {
		bed->lat[i] = U64_MAX;
		bed->energy[i] = U64_MAX;
	}
	dream_path_derive(&bed->path, golden_accels);
	KUNIT_EXPECT_EQ(test, bed->layer[0].rest_mean, DREAM_TIME_MAX);
	KUNIT_EXPECT_EQ(test, bed->layer[0].rest_min, DREAM_TIME_MAX);
	KUNIT_EXPECT_EQ(test, bed->path.energy_max, U64_MAX);
}

static void path_without_accelerators(struct kunit *test)
{
	struct golden_bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);
	u32 none[GOLDEN_CLASSES] = {};

	KUNIT_ASSERT_NOT_NULL(test, bed);
	golden_path_init(bed);
	dream_path_derive(&bed->path, none);
	KUNIT_EXPECT_EQ(test, bed->layer[3].lat_mean, DREAM_LAT_UNKNOWN);
	KUNIT_EXPECT_EQ(test, bed->layer[3].rest_min, DREAM_LAT_UNKNOWN);
	KUNIT_EXPECT_EQ(test, bed->path.energy_max, 0);
}

static struct kunit_case path_cases[] = {
	KUNIT_CASE(path_golden),
	KUNIT_CASE(path_saturates),
	KUNIT_CASE(path_without_accelerators),
	{}
};

static struct kunit_suite path_suite = {
	.name = "dream_path",
	.test_cases = path_cases,
};

/* --------------------------------------------------------------- policies */

static void name_pick(const struct golden_pick *g, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s", g->policy, g->name);
}

KUNIT_ARRAY_PARAM(golden_picks, golden_picks, name_pick);

static void policy_golden(struct kunit *test)
{
	struct golden_bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);
	const struct golden_pick *g = test->param_value;
	struct dream_pick pick = {};

	KUNIT_ASSERT_NOT_NULL(test, bed);
	KUNIT_ASSERT_EQ(test, golden_ask(bed, g, &pick), 0);
	KUNIT_EXPECT_EQ(test, pick.best.job, g->job);
	KUNIT_EXPECT_EQ(test, pick.best.accel, g->accel);
}

static struct dream_pick answer;

static int answer_pick(struct dream_state *st, struct dream_pick *pick)
{
	*pick = answer;
	return 0;
}

static void policy_bogus_answers(struct kunit *test)
{
	static const struct dream_policy_ops ops = { .pick = answer_pick };
	struct golden_bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);
	struct dream_pick pick;

	KUNIT_ASSERT_NOT_NULL(test, bed);
	golden_bed_init(bed);
	bed->accel[0].free = 1;

	answer = (struct dream_pick){};
	KUNIT_EXPECT_EQ(test, dream_policy_pick(&ops, &bed->st, &pick), 0);
	answer.best.accel = 1;	/* busy */
	KUNIT_EXPECT_EQ(test, dream_policy_pick(&ops, &bed->st, &pick), -EPROTO);
	answer.best.accel = GOLDEN_ACCELS;
	KUNIT_EXPECT_EQ(test, dream_policy_pick(&ops, &bed->st, &pick), -EPROTO);
	answer.best.accel = 0;
	answer.best.job = GOLDEN_JOBS;
	KUNIT_EXPECT_EQ(test, dream_policy_pick(&ops, &bed->st, &pick), -EPROTO);
	answer.best.job = 0;
	answer.second.job = GOLDEN_JOBS;
	answer.has_second = true;
	KUNIT_EXPECT_EQ(test, dream_policy_pick(&ops, &bed->st, &pick), -EPROTO);
}

static void policy_names(struct kunit *test)
{
	const struct dream_policy_ops *const *ops;

	for (ops = dream_policies; *ops; ops++)
		KUNIT_EXPECT_PTR_EQ(test, dream_policy_find((*ops)->name), *ops);
	KUNIT_EXPECT_NULL(test, dream_policy_find("none"));
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE_PARAM(policy_golden, golden_picks_gen_params),
	KUNIT_CASE(policy_bogus_answers),
	KUNIT_CASE(policy_names),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "dream_policy",
	.test_cases = policy_cases,
};

kunit_test_suites(&score_suite, &path_suite, &policy_suite);

MODULE_DESCRIPTION("KUnit suites of the dream scheduler's pure core");
MODULE_LICENSE("GPL");
