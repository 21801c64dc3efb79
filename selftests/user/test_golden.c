// SPDX-License-Identifier: GPL-2.0
/*
 * The golden vectors that the KUnit suites check in the kernel, in user space.
 */
#include "kselftest_harness.h"
#include "selftests/kunit/golden.h"

TEST(scores)
{
	for (size_t i = 0; i < GOLDEN_COUNT(golden_scores); i++) {
		const struct golden_score *g = &golden_scores[i];
		struct dream_terms got;

		dream_map_score(&g->in, &got);
		TH_LOG("%s", g->name);
		EXPECT_EQ(g->want.urgency, got.urgency);
		EXPECT_EQ(g->want.lat_pref, got.lat_pref);
		EXPECT_EQ(g->want.starvation, got.starvation);
		EXPECT_EQ(g->want.en_pref, got.en_pref);
		EXPECT_EQ(g->want.switch_cost, got.switch_cost);
		EXPECT_EQ(g->want.map_score, got.map_score);
	}
}

TEST(path)
{
	struct golden_bed bed = { 0 };

	golden_path_init(&bed);
	for (u32 l = 0; l < GOLDEN_LAYERS; l++) {
		EXPECT_EQ(0, memcmp(&golden_layers[l], &bed.layer[l],
				    sizeof(bed.layer[l]))) {
			TH_LOG("layer %u", l);
		}
	}
	EXPECT_EQ(GOLDEN_ENERGY_MAX, bed.path.energy_max);
	EXPECT_EQ(6000, dream_path_lat(&bed.path, 2, 0));
	EXPECT_EQ(500, dream_path_energy(&bed.path, 2, 0));
	EXPECT_EQ(0, dream_path_lat(&bed.path, 2, 2));
}

TEST(picks)
{
	for (size_t i = 0; i < GOLDEN_COUNT(golden_picks); i++) {
		const struct golden_pick *g = &golden_picks[i];
		struct golden_bed bed;
		struct dream_pick pick;

		TH_LOG("%s, %s", g->policy, g->name);
		ASSERT_EQ(0, golden_ask(&bed, g, &pick));
		EXPECT_EQ(g->job, pick.best.job);
		EXPECT_EQ(g->accel, pick.best.accel);
	}
}

TEST_HARNESS_MAIN
