// SPDX-License-Identifier: GPL-2.0
/* Policy rr: turns go round; the fastest idle accelerator. */
#include "kselftest_harness.h"
#include "handmade.h"

static const u64 even[] = { 1000, 1000, 1000 };

FIXTURE(rr) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(rr)
{
	self->random.state = 31;
}

FIXTURE_TEARDOWN(rr)
{
}

/* Four queues that are always ready, one accelerator: 1 2 3 4 1 2 3 4 ... */
TEST_F(rr, turns_go_round)
{
	struct state *s = &self->s;

	hand_begin(s, 1);
	for (int i = 0; i < 4; i++)
		hand_job(s, 10 * HAND_MS, 1, even);
	for (int turn = 0; turn < 40; turn++) {
		state_shuffle_jobs(s, &self->random);
		ASSERT_EQ(0, dream_policy_pick(&dream_policy_rr, &s->st,
					       &self->pick));
		ASSERT_EQ(turn % 4 + 1,
			  s->jobs[self->pick.best.job]->queue->id);
		dream_policy_rr.layer_done(&s->st, s->jobs[self->pick.best.job],
					   s->accels[0], 1000);
	}
}

/* Between two turns of a queue, each other one that is ready has one. */
TEST_F(rr, nobody_waits_longer_than_a_round)
{
	struct state *s = &self->s;

	for (int i = 0; i < 200; i++) {
		u32 since[STATE_QUEUES] = { 0 };

		do {
			state_random(s, &self->random);
		} while (s->st.job_count < STATE_QUEUES);
		/* One ready job for each queue. */
		s->st.job_count = STATE_QUEUES;
		for (u32 j = 0; j < STATE_QUEUES; j++)
			s->jobs[j]->queue = &s->queue[j];
		for (int turn = 0; turn < 50; turn++) {
			struct dream_pjob *job;

			ASSERT_EQ(0, dream_policy_pick(&dream_policy_rr, &s->st,
						       &self->pick));
			job = s->jobs[self->pick.best.job];
			for (u32 q = 0; q < STATE_QUEUES; q++)
				ASSERT_GE(STATE_QUEUES, ++since[q]);
			since[job->queue - s->queue] = 0;
			dream_policy_rr.layer_done(&s->st, job, s->accels[0], 1);
		}
	}
}

TEST_F(rr, takes_the_fastest_idle)
{
	static const u64 lat[] = { 3000, 1000, 2000 };
	struct state *s = &self->s;

	hand_begin(s, 3);
	hand_job(s, 10 * HAND_MS, 1, lat);
	ASSERT_EQ(0, dream_policy_pick(&dream_policy_rr, &s->st, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	hand_busy(s, 1, 10);
	ASSERT_EQ(0, dream_policy_pick(&dream_policy_rr, &s->st, &self->pick));
	EXPECT_EQ(2, self->pick.best.accel);
}

TEST_F(rr, scores_by_turn)
{
	s64 first, second;

	hand_begin(&self->s, 1);
	hand_job(&self->s, 10 * HAND_MS, 1, even)->queue->turn = 7;
	hand_job(&self->s, 10 * HAND_MS, 1, even)->queue->turn = 6;
	dream_policy_rr.score(&self->s.st, &self->s.job[0], &self->s.accel[0],
			      &first);
	dream_policy_rr.score(&self->s.st, &self->s.job[1], &self->s.accel[0],
			      &second);
	EXPECT_LT(first, second);
}

TEST_F(rr, is_sound)
{
	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(&self->s, &self->random);
		if (i % 2)
			state_extreme(&self->s, &self->random);
		wrong = unsound(&dream_policy_rr, &self->s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
	}
}

TEST_HARNESS_MAIN
