// SPDX-License-Identifier: GPL-2.0
/*
 * Frames given up and variants chosen, by hand: a frame that all of DREAM's
 * conditions allow to drop, and then each condition alone taken away.
 */
#include "kselftest_harness.h"
#include "handmade.h"

/* minToGo 2 ms, ToGo 3 ms. */
static const u64 lat[] = { 2000000, 4000000 };

FIXTURE(drop) {
	struct state s;
	struct dream_pjob *job;
	struct dream_pjob *other;
	u32 index;
};

typedef FIXTURE_DATA(drop) drop_fixture;

/* Job 0 needs 2 ms and has 1; job 1 will take 3 ms and has 2.5. */
FIXTURE_SETUP(drop)
{
	struct state *s = &self->s;

	hand_begin(s, 2);
	s->params.drop = DREAM_DROP_DREAM;
	s->params.drop_cap = 2;
	self->job = hand_job(s, HAND_MS, 1, lat);
	self->other = hand_job(s, 5 * HAND_MS / 2, 1, lat);
	/* Two of the last ten, but with this frame the second is the eleventh. */
	self->job->queue->drop_history = 1 << 9 | 1;
}

FIXTURE_TEARDOWN(drop)
{
}

static bool drops(drop_fixture *self)
{
	self->index = U32_MAX;
	return dream_find_drop(&self->s.st, &self->index);
}

TEST_F(drop, all_conditions_hold)
{
	ASSERT_TRUE(drops(self));
	EXPECT_EQ(0, self->index);
}

TEST_F(drop, off)
{
	self->s.params.drop = DREAM_DROP_OFF;
	EXPECT_FALSE(drops(self));
}

/* 1: it cannot finish even on the fastest accelerators. */
TEST_F(drop, not_if_it_can_finish)
{
	self->job->deadline_ns = HAND_NOW + 2 * HAND_MS;
	EXPECT_FALSE(drops(self));
	self->job->deadline_ns--;
	EXPECT_TRUE(drops(self));
}

/* 2: another one is expected to miss; itself does not count. */
TEST_F(drop, not_if_nobody_is_helped)
{
	self->other->deadline_ns = HAND_NOW + 3 * HAND_MS;
	EXPECT_FALSE(drops(self));
	self->other->deadline_ns--;
	EXPECT_TRUE(drops(self));
}

TEST_F(drop, running_frames_can_be_helped)
{
	hand_run(&self->s, self->other);
	EXPECT_TRUE(drops(self));
	self->other->deadline_ns = HAND_NOW + 3 * HAND_MS;
	EXPECT_FALSE(drops(self));
}

/* 3: drops stay under the cap, the parameter's or the queue's own. */
TEST_F(drop, not_beyond_the_cap)
{
	self->job->queue->drop_history = 1 << 8 | 1;
	EXPECT_FALSE(drops(self));
	self->s.params.drop_cap = 3;
	EXPECT_TRUE(drops(self));
	self->job->queue->drop_cap = 2;
	EXPECT_FALSE(drops(self));
	self->job->queue->drop_history = 0;
	self->job->queue->drop_cap = 0;
	EXPECT_FALSE(drops(self));
	self->s.params.drop_cap = 0;
	self->job->queue->drop_cap = 1;
	EXPECT_TRUE(drops(self));
}

/* 4: nobody waits for it. */
TEST_F(drop, not_if_it_is_wanted)
{
	self->job->wanted = true;
	EXPECT_FALSE(drops(self));
	self->s.params.drop = DREAM_DROP_HOPELESS;
	EXPECT_FALSE(drops(self));
}

/* The rule "hopeless" asks neither whether it helps nor for the parameter's cap. */
TEST_F(drop, hopeless_rule)
{
	self->s.params.drop = DREAM_DROP_HOPELESS;
	self->s.params.drop_cap = 0;
	self->other->deadline_ns = HAND_NOW + 30 * HAND_MS;
	EXPECT_TRUE(drops(self));
	self->job->deadline_ns = HAND_NOW + 2 * HAND_MS;
	EXPECT_FALSE(drops(self));
	self->job->deadline_ns = HAND_NOW - 30 * HAND_MS;
	EXPECT_TRUE(drops(self));
}

/* Of several, the one with the largest minToGo / Slack, then the first released. */
TEST_F(drop, most_hopeless_first)
{
	self->other->deadline_ns = HAND_NOW + HAND_MS / 2;
	ASSERT_TRUE(drops(self));
	EXPECT_EQ(1, self->index);
	self->other->deadline_ns = HAND_NOW + HAND_MS;
	ASSERT_TRUE(drops(self));
	EXPECT_EQ(0, self->index);
	/* Of two that are late, the longer one. */
	self->job->deadline_ns = HAND_NOW - HAND_MS;
	self->other->deadline_ns = HAND_NOW - 9 * HAND_MS;
	ASSERT_TRUE(drops(self));
	EXPECT_EQ(0, self->index);
}

FIXTURE(variant) {
	struct state s;
	struct dream_pjob *job;
};

typedef FIXTURE_DATA(variant) variant_fixture;

/* Three variants, of 9, 6 and 3 ms, on one accelerator. */
FIXTURE_SETUP(variant)
{
	static const u64 ms[] = { 9000000, 6000000, 3000000 };

	hand_begin(&self->s, 1);
	for (int v = 2; v >= 0; v--)
		hand_job(&self->s, 9 * HAND_MS, 1, &ms[v]);
	/* Paths lie behind each other, heaviest first. */
	for (int v = 0; v < 3; v++) {
		self->s.lat[v][0] = ms[v];
		dream_path_derive(&self->s.path[v], self->s.accels_of_class);
	}
	self->job = &self->s.job[0];
	self->job->paths = self->s.path;
	self->job->variants = 3;
	self->s.st.job_count = 1;
	self->s.st.active = 1;
}

FIXTURE_TEARDOWN(variant)
{
}

static u32 chosen(variant_fixture *self, s64 slack, u32 active)
{
	self->job->deadline_ns = HAND_NOW + slack;
	self->s.st.active = active;
	dream_choose_variant(&self->s.st, self->job);
	if (self->job->path != &self->s.path[self->job->variant])
		return U32_MAX;
	return self->job->variant;
}

TEST_F(variant, heaviest_that_fits)
{
	EXPECT_EQ(0, chosen(self, 9 * HAND_MS, 1));
	EXPECT_EQ(1, chosen(self, 9 * HAND_MS - 1, 1));
	EXPECT_EQ(1, chosen(self, 6 * HAND_MS, 1));
	EXPECT_EQ(2, chosen(self, 6 * HAND_MS - 1, 1));
	EXPECT_EQ(2, chosen(self, 3 * HAND_MS - 1, 1));
	EXPECT_EQ(2, chosen(self, -HAND_MS, 1));
}

TEST_F(variant, load_stretches_the_time)
{
	EXPECT_EQ(0, chosen(self, 18 * HAND_MS, 2));
	EXPECT_EQ(1, chosen(self, 18 * HAND_MS - 1, 2));
	EXPECT_EQ(2, chosen(self, 18 * HAND_MS, 4));
	/* Less than one frame for each accelerator is no better than one. */
	EXPECT_EQ(1, chosen(self, 9 * HAND_MS - 1, 0));
}

TEST_F(variant, no_lighter_than_allowed)
{
	self->job->queue->variant_max = 1;
	EXPECT_EQ(1, chosen(self, -HAND_MS, 1));
	self->job->queue->variant_max = 0;
	EXPECT_EQ(0, chosen(self, -HAND_MS, 1));
}

/* Before the first layer only, and only if it is asked for. */
TEST_F(variant, never_in_mid_frame)
{
	struct dream_action action;

	self->s.params.supernet = true;
	self->job->deadline_ns = HAND_NOW + HAND_MS;
	ASSERT_EQ(0, dream_decide(&dream_policy_fifo, &self->s.st, &action));
	EXPECT_EQ(2, self->job->variant);
	self->job->deadline_ns = HAND_NOW + 100 * HAND_MS;
	self->job->started = true;
	ASSERT_EQ(0, dream_decide(&dream_policy_fifo, &self->s.st, &action));
	EXPECT_EQ(2, self->job->variant);
	self->job->started = false;
	self->job->deadline_ns = HAND_NOW + HAND_MS;
	self->s.params.supernet = false;
	ASSERT_EQ(0, dream_decide(&dream_policy_fifo, &self->s.st, &action));
	EXPECT_EQ(0, self->job->variant);
}

TEST_HARNESS_MAIN
