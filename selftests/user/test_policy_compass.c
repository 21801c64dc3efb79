// SPDX-License-Identifier: GPL-2.0
/* Policy compass: fetches, plans that are kept, and what is evicted. */
#include "kselftest_harness.h"
#include "handmade.h"

#define KB	1000

FIXTURE(compass) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

static const u64 lat[] = { 1000000, 2000000 };

/* Memories of 10000 bytes, 1 byte per microsecond. */
FIXTURE_SETUP(compass)
{
	self->random.state = 37;
	hand_begin(&self->s, 2);
	for (u32 a = 0; a < 2; a++) {
		self->s.accel[a].local_mem_bytes = 10 * KB;
		self->s.accel[a].bandwidth_mbps = 1;
	}
}

FIXTURE_TEARDOWN(compass)
{
}

static struct dream_pjob *add(struct state *s, u64 bytes)
{
	struct dream_pjob *job = hand_job(s, HAND_MS, 1, lat);
	u32 n = job - s->job;

	s->layer[n][0].weight_bytes = bytes;
	dream_policy_compass.prepare(&s->st, job);
	return job;
}

static void put(struct state *s, u32 accel, u32 model, u64 bytes, u64 used_ns)
{
	struct dream_paccel *a = &s->accel[accel];

	a->resident[a->resident_count++] = (struct dream_resident){
		.model = model, .bytes = bytes, .used_ns = used_ns,
	};
}

static bool holds(const struct state *s, u32 accel, u32 model)
{
	const struct dream_paccel *a = &s->accel[accel];

	for (u32 i = 0; i < a->resident_count; i++)
		if (a->resident[i].model == model)
			return true;
	return false;
}

static s64 score(const struct state *s, u32 job, u32 accel)
{
	s64 score = 0;

	dream_policy_compass.score(&s->st, &s->job[job], &s->accel[accel], &score);
	return score;
}

static int pick(struct state *s, struct dream_pick *pick)
{
	return dream_policy_pick(&dream_policy_compass, &s->st, pick);
}

TEST_F(compass, fetch_none_once_or_twice)
{
	struct state *s = &self->s;

	add(s, 3 * KB);
	EXPECT_EQ(-(1000000 + 3000000), score(s, 0, 0));
	put(s, 0, 77, 7 * KB, 1);
	EXPECT_EQ(-(1000000 + 3000000), score(s, 0, 0));
	s->accel[0].resident[0].bytes++;
	EXPECT_EQ(-(1000000 + 6000000), score(s, 0, 0));
	put(s, 0, 1, 3 * KB, 1);
	EXPECT_EQ(-1000000, score(s, 0, 0));
	/* An accelerator that tells nothing of its memory. */
	EXPECT_EQ(-(2000000 + 3000000), score(s, 0, 1));
	s->accel[1].local_mem_bytes = 0;
	EXPECT_EQ(-2000000, score(s, 0, 1));
}

/* The faster accelerator would have to fetch first. */
TEST_F(compass, goes_where_its_model_is)
{
	struct state *s = &self->s;

	add(s, 3 * KB);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
	put(s, 1, 1, 3 * KB, 1);
	s->job[0].plan = DREAM_NO_ACCEL;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	EXPECT_EQ(11, s->job[0].plan);
}

/* Without weights: 1 ms on 0, 2 ms on 1. It waits for 0 up to 1 ms. */
TEST_F(compass, busy_ones_included)
{
	struct state *s = &self->s;

	add(s, 0);
	hand_busy(s, 0, HAND_MS - 1);
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
	EXPECT_EQ(10, s->job[0].plan);
	s->job[0].plan = DREAM_NO_ACCEL;
	hand_busy(s, 0, HAND_MS + 1);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
}

/* A plan is kept until the wait exceeds 1.5 R. */
TEST_F(compass, plan_is_kept)
{
	struct state *s = &self->s;

	add(s, 0);
	s->job[0].plan = 10;
	hand_busy(s, 0, 3 * HAND_MS / 2);
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
	hand_busy(s, 0, 3 * HAND_MS / 2 + 1);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	EXPECT_EQ(11, s->job[0].plan);
	/* What has gone cannot be kept. */
	s->job[0].plan = 99;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
}

/* Jobs planned before count: the third one is better off on the slow one. */
TEST_F(compass, plans_add_up)
{
	struct state *s = &self->s;

	add(s, 0);
	add(s, 0);
	add(s, 0);
	hand_busy(s, 0, 0);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(2, self->pick.best.job);
	EXPECT_EQ(1, self->pick.best.accel);
	EXPECT_EQ(10, s->job[0].plan);
	EXPECT_EQ(10, s->job[1].plan);
}

TEST_F(compass, layer_brings_its_model)
{
	struct state *s = &self->s;

	add(s, 4 * KB)->plan = 10;
	dream_policy_compass.layer_done(&s->st, &s->job[0], &s->accel[0], 1);
	EXPECT_EQ(1, s->accel[0].resident_count);
	EXPECT_TRUE(holds(s, 0, 1));
	EXPECT_EQ(DREAM_NO_ACCEL, s->job[0].plan);
	s->accel[0].free_at_ns = 5;
	dream_policy_compass.layer_done(&s->st, &s->job[0], &s->accel[0], 1);
	EXPECT_EQ(1, s->accel[0].resident_count);
	EXPECT_EQ(5, s->accel[0].resident[0].used_ns);
	/* Too large: never, and nothing is evicted for it. */
	add(s, 10 * KB + 1);
	put(s, 1, 77, KB, 1);
	dream_policy_compass.layer_done(&s->st, &s->job[1], &s->accel[1], 1);
	EXPECT_EQ(1, s->accel[1].resident_count);
	EXPECT_TRUE(holds(s, 1, 77));
}

/* 1 runs, 2 and 3 are queued, 8 and 9 are not: 9 was used before 8. */
TEST_F(compass, evicts_what_is_used_last)
{
	struct state *s = &self->s;

	for (int i = 0; i < 4; i++)
		add(s, 4 * KB);
	/* Job 0 runs, job 3 brings its model. */
	s->running[0] = &s->job[0];
	s->st.running_count = 1;
	s->jobs[0] = &s->job[1];
	s->jobs[1] = &s->job[2];
	s->st.job_count = 2;
	put(s, 0, 3, 2 * KB, 1);
	put(s, 0, 8, 2 * KB, 5);
	put(s, 0, 1, 2 * KB, 0);
	put(s, 0, 9, 2 * KB, 4);
	put(s, 0, 2, 2 * KB, 1);
	dream_policy_compass.layer_done(&s->st, &s->job[3], &s->accel[0], 1);
	EXPECT_TRUE(holds(s, 0, 4));
	EXPECT_TRUE(holds(s, 0, 1));
	EXPECT_TRUE(holds(s, 0, 2));
	EXPECT_TRUE(holds(s, 0, 3));
	EXPECT_FALSE(holds(s, 0, 8));
	EXPECT_FALSE(holds(s, 0, 9));

	/* 6 are free below 10: 3, the later one of the queued, has to go. */
	s->job[3].queue->model = 5;
	dream_policy_compass.layer_done(&s->st, &s->job[3], &s->accel[0], 1);
	EXPECT_TRUE(holds(s, 0, 5));
	EXPECT_FALSE(holds(s, 0, 4));
	EXPECT_TRUE(holds(s, 0, 3));

	/* Nothing but what runs: it stays, the newcomer does not. */
	s->accel[0].resident_count = 0;
	put(s, 0, 1, 8 * KB, 0);
	dream_policy_compass.layer_done(&s->st, &s->job[3], &s->accel[0], 1);
	EXPECT_TRUE(holds(s, 0, 1));
	EXPECT_FALSE(holds(s, 0, 5));
}

TEST_F(compass, least_recently_used_goes_first)
{
	struct state *s = &self->s;

	add(s, 4 * KB);
	put(s, 0, 7, 3 * KB, 5);
	put(s, 0, 8, 3 * KB, 4);
	put(s, 0, 9, 3 * KB, 6);
	dream_policy_compass.layer_done(&s->st, &s->job[0], &s->accel[0], 1);
	EXPECT_TRUE(holds(s, 0, 7));
	EXPECT_FALSE(holds(s, 0, 8));
	EXPECT_TRUE(holds(s, 0, 9));
}

TEST_F(compass, queued_later_goes_first)
{
	struct state *s = &self->s;

	for (int i = 0; i < 3; i++)
		add(s, 4 * KB);
	s->st.job_count = 2;
	put(s, 0, 2, 5 * KB, 9);
	put(s, 0, 1, 5 * KB, 1);
	dream_policy_compass.layer_done(&s->st, &s->job[2], &s->accel[0], 1);
	EXPECT_FALSE(holds(s, 0, 2));
	EXPECT_TRUE(holds(s, 0, 1));
	EXPECT_TRUE(holds(s, 0, 3));
}

TEST_F(compass, number_of_models_is_bounded)
{
	struct state *s = &self->s;

	add(s, 1);
	for (u32 m = 1; m < 100; m++) {
		s->queue[0].model = m;
		dream_policy_compass.layer_done(&s->st, &s->job[0], &s->accel[0], 1);
		ASSERT_TRUE(holds(s, 0, m));
		ASSERT_GE(DREAM_RESIDENT_MAX, s->accel[0].resident_count);
	}
}

TEST_F(compass, is_sound)
{
	struct state *s = &self->s;
	int waits = 0;

	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(s, &self->random);
		if (i % 2)
			state_extreme(s, &self->random);
		state_prepare(&dream_policy_compass, s);
		for (u32 j = 0; j < s->st.job_count; j++) {
			u32 a = random_below(&self->random, s->st.accel_count);

			dream_policy_compass.layer_done(&s->st, s->jobs[j],
							s->accels[a], 1);
			ASSERT_GE(DREAM_RESIDENT_MAX, s->accels[a]->resident_count);
		}
		wrong = unsound(&dream_policy_compass, s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
		waits += dream_policy_pick(&dream_policy_compass, &s->st,
					   &self->pick) == -EAGAIN;
	}
	EXPECT_LT(100, waits);
}

TEST_HARNESS_MAIN
