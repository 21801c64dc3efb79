// SPDX-License-Identifier: GPL-2.0
/* Policy fair: time in proportion to weights; no credit for having been idle. */
#include "kselftest_harness.h"
#include "handmade.h"

static const u64 lat[] = { 1000 };

FIXTURE(fair) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(fair)
{
	self->random.state = 33;
	hand_begin(&self->s, 1);
}

FIXTURE_TEARDOWN(fair)
{
}

/* Ask, and let the layer that is chosen take @ns. Returns the queue's index. */
static u32 turn(struct state *s, struct dream_pick *pick, u64 ns)
{
	struct dream_pjob *job;

	if (dream_policy_pick(&dream_policy_fair, &s->st, pick))
		return U32_MAX;
	job = s->jobs[pick->best.job];
	dream_policy_fair.layer_done(&s->st, job, s->accels[0], ns);
	return job->queue - s->queue;
}

TEST_F(fair, time_goes_by_weight)
{
	struct state *s = &self->s;
	u64 ran[3] = { 0 };

	for (int i = 0; i < 3; i++)
		hand_job(s, HAND_MS, 1, lat);
	s->queue[0].weight = 100;
	s->queue[1].weight = 200;
	s->queue[2].weight = 700;
	/* Layers of random length: time counts, not turns. */
	for (int i = 0; i < 100000; i++) {
		u64 ns = random_in(&self->random, 1000, 100000);
		u32 q = turn(s, &self->pick, ns);

		ASSERT_GT(3, q);
		ran[q] += ns;
	}
	EXPECT_LE(ran[0] * 2 - ran[0] / 50, ran[1]);
	EXPECT_GE(ran[0] * 2 + ran[0] / 50, ran[1]);
	EXPECT_LE(ran[0] * 7 - ran[0] / 50, ran[2]);
	EXPECT_GE(ran[0] * 7 + ran[0] / 50, ran[2]);
}

/* A queue that comes back after a long time does not take everything. */
TEST_F(fair, idle_time_earns_nothing)
{
	struct state *s = &self->s;
	int late = 0;

	hand_job(s, HAND_MS, 1, lat);
	for (int i = 0; i < 1000; i++)
		ASSERT_EQ(0, turn(s, &self->pick, 1000));
	dream_policy_fair.prepare(&s->st, hand_job(s, HAND_MS, 1, lat));
	for (int i = 0; i < 100; i++)
		late += turn(s, &self->pick, 1000) == 1;
	EXPECT_LE(50, late);
	EXPECT_GE(51, late);
}

/* ... nor does one whose job comes while the only other one runs. */
TEST_F(fair, running_queues_count)
{
	struct state *s = &self->s;

	hand_job(s, HAND_MS, 1, lat);
	hand_job(s, HAND_MS, 1, lat);
	s->queue[0].vruntime = 7000;
	s->queue[1].vruntime = 5000;
	hand_run(s, &s->job[1]);
	ASSERT_EQ(0, dream_policy_pick(&dream_policy_fair, &s->st, &self->pick));
	EXPECT_EQ(5000, s->st.min_vruntime);
}

/* A queue that stays active keeps what it has run. */
TEST_F(fair, no_amnesty)
{
	struct state *s = &self->s;

	hand_job(s, HAND_MS, 1, lat);
	s->queue[0].vruntime = 7000;
	s->st.min_vruntime = 5000;
	dream_policy_fair.prepare(&s->st, &s->job[0]);
	EXPECT_EQ(7000, s->queue[0].vruntime);
}

TEST_F(fair, saturates)
{
	struct state *s = &self->s;

	hand_job(s, HAND_MS, 1, lat);
	s->queue[0].weight = 1;
	s->queue[0].vruntime = U64_MAX - 5;
	dream_policy_fair.layer_done(&s->st, &s->job[0], s->accels[0], 6);
	EXPECT_EQ(U64_MAX, s->queue[0].vruntime);
	/* 100 times that is just above 2^64. */
	s->queue[0].vruntime = 0;
	dream_policy_fair.layer_done(&s->st, &s->job[0], s->accels[0],
				     U64_MAX / 100 + 1);
	EXPECT_EQ(U64_MAX, s->queue[0].vruntime);
}

TEST_F(fair, is_sound)
{
	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(&self->s, &self->random);
		if (i % 2)
			state_extreme(&self->s, &self->random);
		state_prepare(&dream_policy_fair, &self->s);
		wrong = unsound(&dream_policy_fair, &self->s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
	}
}

TEST_HARNESS_MAIN
