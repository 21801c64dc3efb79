// SPDX-License-Identifier: GPL-2.0
/* Policy terastal: budgets of layers, and the device that keeps them. */
#include "kselftest_harness.h"
#include "handmade.h"

/* Means 2 and 6 ms: budgets are a quarter and three quarters of the deadline. */
static const u64 lat[] = { 1000000, 3000000, 4000000, 8000000 };

FIXTURE(terastal) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(terastal)
{
	self->random.state = 39;
	hand_begin(&self->s, 2);
}

FIXTURE_TEARDOWN(terastal)
{
}

static int pick(struct state *s, struct dream_pick *pick)
{
	return dream_policy_pick(&dream_policy_terastal, &s->st, pick);
}

static s64 score(const struct state *s, u32 job, u32 accel)
{
	s64 score = 0;

	dream_policy_terastal.score(&s->st, &s->job[job], &s->accel[accel], &score);
	return score;
}

/* Due after a quarter of the deadline, then at its end; less the time on @accel. */
TEST_F(terastal, budgets_by_mean_latency)
{
	struct state *s = &self->s;

	hand_job(s, 16 * HAND_MS, 2, lat);
	EXPECT_EQ(-(4 - 1) * HAND_MS, score(s, 0, 0));
	EXPECT_EQ(-(4 - 3) * HAND_MS, score(s, 0, 1));
	s->job[0].layer = 1;
	EXPECT_EQ(-(16 - 4) * HAND_MS, score(s, 0, 0));
	EXPECT_EQ(-(16 - 8) * HAND_MS, score(s, 0, 1));
}

/* The least energy among those in time: 1 does it in 3 of 4 ms, for less. */
TEST_F(terastal, least_energy_in_time)
{
	static const u64 energy[] = { 2000, 1000 };
	struct state *s = &self->s;

	hand_job(s, 16 * HAND_MS, 2, lat);
	hand_energy(s, &s->job[0], 0, energy);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	/* With a budget of 2.5 ms, it does not keep it. */
	s->job[0].deadline_ns = HAND_NOW + 10 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
	/* The switch is part of the energy. */
	s->job[0].deadline_ns = HAND_NOW + 16 * HAND_MS;
	s->params.switch_pj = 1000;
	s->accel[1].last_out_bytes = 999;
	s->accel[1].last_order = 77;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	s->accel[1].last_out_bytes = 1001;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
}

/* Nobody idle is in time: the earliest end, and that is on the busy one. */
TEST_F(terastal, waits_for_the_earliest_end)
{
	struct state *s = &self->s;

	hand_job(s, 10 * HAND_MS, 2, lat);
	hand_busy(s, 0, HAND_MS);
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
	hand_busy(s, 0, 5 * HAND_MS / 2);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	/* In time on the idle one: there is no reason to wait. */
	hand_busy(s, 0, HAND_MS);
	s->job[0].deadline_ns = HAND_NOW + 16 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
}

/* The job that reserves the busy one lets the next take the idle one. */
TEST_F(terastal, least_laxity_first)
{
	struct state *s = &self->s;

	hand_job(s, 16 * HAND_MS, 2, lat);
	hand_job(s, 9 * HAND_MS, 2, lat);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	EXPECT_EQ(0, self->pick.best.accel);
	hand_busy(s, 0, HAND_MS / 2);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
	EXPECT_EQ(1, self->pick.best.accel);
}

/* Late, or with a deadline before the release: still an answer, and the fastest. */
TEST_F(terastal, late_jobs)
{
	static const u64 energy[] = { 2000, 1000 };
	struct state *s = &self->s;

	hand_job(s, -5 * HAND_MS, 2, lat);
	hand_energy(s, &s->job[0], 0, energy);
	s->job[0].release_ns = HAND_NOW - 10 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
	s->job[0].release_ns = HAND_NOW;
	EXPECT_EQ((5 + 1) * HAND_MS, score(s, 0, 0));
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
}

/* The same budgets; the one that executes longer has less laxity. */
TEST_F(terastal, own_time_counts)
{
	static const u64 one[] = { 3000000, 3000000 };
	static const u64 other[] = { 5000000, 5000000 };
	struct state *s = &self->s;

	hand_job(s, 16 * HAND_MS, 1, one);
	hand_job(s, 17 * HAND_MS, 1, other);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
}

/* Out of time for both: the second one ends no sooner on the busy one. */
TEST_F(terastal, reservations_add_up)
{
	struct state *s = &self->s;

	hand_job(s, HAND_MS, 2, lat);
	hand_job(s, 2 * HAND_MS, 2, lat);
	hand_busy(s, 0, 3 * HAND_MS / 2);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	EXPECT_EQ(1, self->pick.best.accel);
}

/*
 * A gate that ends the job nine times of ten: once it has gone on, more is left than
 * was to be expected of the whole. The budget of the middle layer is nothing, not
 * less.
 */
TEST_F(terastal, more_left_than_expected)
{
	static const u64 three[] = { 1000, 1000, 1000, 1000, 9000, 9000 };
	struct state *s = &self->s;

	hand_job(s, 16 * HAND_MS, 3, three);
	hand_gate(s, &s->job[0], 0, 3, 900000);
	s->job[0].layer = 1;
	EXPECT_EQ(1000, score(s, 0, 0));
}

TEST_F(terastal, is_sound)
{
	int waits = 0;

	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(&self->s, &self->random);
		if (i % 2)
			state_extreme(&self->s, &self->random);
		wrong = unsound(&dream_policy_terastal, &self->s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
		waits += pick(&self->s, &self->pick) == -EAGAIN;
	}
	EXPECT_LT(100, waits);
}

TEST_HARNESS_MAIN
