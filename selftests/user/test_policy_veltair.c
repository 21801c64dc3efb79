// SPDX-License-Identifier: GPL-2.0
/* Policy veltair: where blocks end, that they hold together, and who may begin one. */
#include "kselftest_harness.h"
#include "handmade.h"

/* Five layers, fastest on accelerator 0 but for the fourth one. */
static const u64 five[] = {
	1000, 3000,
	1000, 3000,
	1000, 3000,
	3000, 1000,
	1000, 3000,
};

FIXTURE(veltair) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(veltair)
{
	self->random.state = 36;
	hand_begin(&self->s, 2);
}

FIXTURE_TEARDOWN(veltair)
{
}

/* The layer of @job has ended on @accel: where does the block end? */
static u32 layer_done(struct state *s, struct dream_pjob *job, u32 accel)
{
	dream_policy_veltair.layer_done(&s->st, job, &s->accel[accel], 1000);
	job->last_accel = s->accel[accel].id;
	job->layer++;
	return job->block_end;
}

static int pick(struct state *s, struct dream_pick *pick)
{
	return dream_policy_pick(&dream_policy_veltair, &s->st, pick);
}

TEST_F(veltair, block_ends_where_the_best_device_changes)
{
	struct dream_pjob *job = hand_job(&self->s, HAND_MS, 5, five);

	EXPECT_EQ(3, layer_done(&self->s, job, 0));
	EXPECT_EQ(3, layer_done(&self->s, job, 0));
	EXPECT_EQ(3, layer_done(&self->s, job, 0));
	EXPECT_EQ(4, layer_done(&self->s, job, 1));
	EXPECT_EQ(5, layer_done(&self->s, job, 0));
}

TEST_F(veltair, block_ends_at_a_gate)
{
	struct dream_pjob *job = hand_job(&self->s, HAND_MS, 5, five);

	hand_gate(&self->s, job, 1, 4, 1);
	EXPECT_EQ(2, layer_done(&self->s, job, 0));
	EXPECT_EQ(2, layer_done(&self->s, job, 0));
	EXPECT_EQ(3, layer_done(&self->s, job, 0));
}

/*
 * Five layers of 1 ms: the limit is 20 ms, times 1 / active. At 4 active frames the
 * block has 5 layers, at 5 it has 4, at 7 it has 2, at 20 and above one.
 */
TEST_F(veltair, block_shrinks_with_the_load)
{
	static const u64 equal[] = { 1000000, 1000000, 1000000, 1000000, 1000000 };
	static const u32 active[] = { 0, 1, 4, 5, 6, 7, 10, 11, 20, 21, 4000 };
	static const u32 layers[] = { 5, 5, 5, 4, 3, 2, 2, 1, 1, 1, 1 };
	struct state *s = &self->s;

	hand_begin(s, 1);
	hand_job(s, HAND_MS, 5, equal);
	for (int i = 0; i < 11; i++) {
		s->job[0].layer = 0;
		s->job[0].block_end = 0;
		s->st.active = active[i];
		EXPECT_EQ(layers[i], layer_done(s, &s->job[0], 0)) {
			TH_LOG("%u active", active[i]);
		}
	}
}

/* A block that has begun is not cut when the load changes. */
TEST_F(veltair, block_is_settled_once)
{
	struct dream_pjob *job = hand_job(&self->s, HAND_MS, 5, five);

	EXPECT_EQ(3, layer_done(&self->s, job, 0));
	self->s.st.active = 4000;
	EXPECT_EQ(3, layer_done(&self->s, job, 0));
}

/* Inside of a block: no other accelerator, and nobody goes first. */
TEST_F(veltair, block_holds_together)
{
	struct state *s = &self->s;
	struct dream_pjob *job;

	hand_job(s, HAND_MS, 5, five);
	job = hand_job(s, 2 * HAND_MS, 5, five);
	layer_done(s, job, 1);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	EXPECT_EQ(1, self->pick.best.accel);
	/* Its accelerator is busy: it waits, the other one begins. */
	hand_busy(s, 1, 1000);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
	EXPECT_EQ(0, self->pick.best.accel);
	/* Alone it waits for it. */
	s->jobs[0] = job;
	s->st.job_count = 1;
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
}

/* A block whose accelerator is out of service goes on elsewhere. */
TEST_F(veltair, block_survives_its_accelerator)
{
	struct state *s = &self->s;
	struct dream_pjob *job = hand_job(s, HAND_MS, 5, five);

	layer_done(s, job, 1);
	s->st.accel_count = 1;
	state_prepare(&dream_policy_veltair, s);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
}

TEST_F(veltair, first_come_first_served)
{
	struct state *s = &self->s;

	hand_job(s, 9 * HAND_MS, 5, five);
	hand_job(s, HAND_MS, 5, five);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
	EXPECT_EQ(0, self->pick.best.accel);
}

/*
 * The fast accelerator is busy. The block takes 9 on the slow one, mean 5 of 5 in
 * all: with a deadline of 9 it may start there, with 8 it waits for the fast one.
 */
TEST_F(veltair, waits_for_its_share)
{
	static const u64 lat[] = { 1000000, 9000000, 1000000, 9000000 };
	struct state *s = &self->s;

	hand_job(s, 18 * HAND_MS, 2, lat);
	hand_busy(s, 0, 1000);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	s->queue[0].deadline_ns = 17 * HAND_MS;
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
	/* Later ones pass. */
	hand_job(s, 36 * HAND_MS, 2, lat);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	/* On the fastest one it may always start. */
	hand_busy(s, 1, 1000);
	s->accel[0].free = 1;
	s->queue[0].deadline_ns = 1;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
	EXPECT_EQ(0, self->pick.best.accel);
}

TEST_F(veltair, is_sound)
{
	int waits = 0;

	for (int i = 0; i < 20000; i++) {
		struct state *s = &self->s;
		const char *wrong;

		state_random(s, &self->random);
		if (i % 2)
			state_extreme(s, &self->random);
		if (i % 3)
			state_prepare(&dream_policy_veltair, s);
		for (u32 j = 0; j < s->st.job_count; j++) {
			u32 a = random_below(&self->random, s->st.accel_count);

			s->jobs[j]->last_accel = s->accels[a]->id;
			if (i % 5 == 0)
				dream_policy_veltair.layer_done(&s->st, s->jobs[j],
								s->accels[a], 1);
			ASSERT_GE(STATE_LAYERS, s->jobs[j]->block_end);
		}
		wrong = unsound(&dream_policy_veltair, s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
		waits += dream_policy_pick(&dream_policy_veltair, &s->st,
					   &self->pick) == -EAGAIN;
	}
	EXPECT_LT(100, waits);
}

TEST_HARNESS_MAIN
