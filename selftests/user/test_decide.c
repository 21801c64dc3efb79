// SPDX-License-Identifier: GPL-2.0
/*
 * What lies under every policy: variants by load, frames given up, the average of
 * violations; each by brute force on random states.
 */
#include <math.h>

#include "kselftest_harness.h"
#include "state.h"

#define STATES	20000

FIXTURE(decide) {
	struct random random;
	struct state s;
	struct dream_action action;
};

typedef FIXTURE_DATA(decide) fixture;

FIXTURE_SETUP(decide)
{
	self->random.state = 31;
}

FIXTURE_TEARDOWN(decide)
{
}

/* Variants, drop caps and waiters, which other states do not need. */
static void random_state(fixture *self)
{
	struct random *r = &self->random;
	struct state *s = &self->s;

	state_random(s, r);
	s->params.drop = random_below(r, 3);
	s->params.drop_cap = random_below(r, 5);
	s->params.supernet = random_below(r, 2);
	for (u32 q = 0; q < STATE_QUEUES; q++) {
		s->queue[q].drop_cap = random_below(r, 2) ? U32_MAX :
				       random_below(r, 11);
		s->queue[q].drop_history = random_u64(r) & random_u64(r);
		s->queue[q].variant_max = random_below(r, 2) ? U32_MAX :
					  random_below(r, 3);
		if (random_below(r, 3) == 0)
			s->queue[q].behind = &s->job[random_below(r,
							s->st.job_count)];
	}
	for (u32 j = 0; j < s->st.job_count; j++) {
		struct dream_pjob *job = &s->job[j];
		u32 first = job->paths - s->path;

		job->variants = random_in(r, 1, STATE_PATHS - first);
		job->started = random_below(r, 2);
		job->wanted = random_below(r, 4) == 0;
		/* Close to the edge, where the rules differ. */
		if (random_below(r, 2))
			job->deadline_ns = s->st.now_ns +
				job->path->layer[job->layer].rest_min +
				random_below(r, 3) - 1;
	}
}

/* ---------------------------------------------------------------- variants */

/* The heaviest that fits when the load shares the accelerators, else the lightest. */
static u32 expected_variant(const struct state *s, const struct dream_pjob *job)
{
	long double slack = (long double)job->deadline_ns - s->st.now_ns;
	long double load = fmaxl(1, (long double)s->st.active /
				 s->st.accel_count);
	u32 last = job->variants - 1;

	if (last > job->queue->variant_max)
		last = job->queue->variant_max;
	for (u32 v = 0; v < last; v++)
		if (slack > 0 &&
		    job->paths[v].layer[0].rest_mean * load <= slack * (1 + 1e-15L))
			return v;
	return last;
}

TEST_F(decide, variant_by_load)
{
	struct state *s = &self->s;
	int count[STATE_PATHS] = { 0 };

	for (int i = 0; i < STATES; i++) {
		struct dream_pjob *job;

		random_state(self);
		job = s->jobs[0];
		job->paths = s->path;
		job->variants = random_in(&self->random, 1, STATE_PATHS);
		job->deadline_ns += random_below(&self->random, 6000000);
		dream_choose_variant(&s->st, job);
		ASSERT_EQ(expected_variant(s, job), job->variant);
		ASSERT_EQ(&job->paths[job->variant], job->path);
		count[job->variant]++;
	}
	for (int v = 0; v < STATE_PATHS; v++)
		EXPECT_LT(100, count[v]);
}

/* Just fits is fits. Three accelerators, six frames: twice the time. */
TEST_F(decide, variant_at_the_edge)
{
	struct state *s = &self->s;
	struct dream_pjob *job = &s->job[0];
	u64 need;

	random_state(self);
	s->st.accel_count = 3;
	s->st.active = 6;
	job->paths = s->path;
	job->variants = 2;
	job->queue->variant_max = U32_MAX;
	need = 2 * s->path[0].layer[0].rest_mean;
	job->deadline_ns = s->st.now_ns + need;
	dream_choose_variant(&s->st, job);
	EXPECT_EQ(0, job->variant);
	job->deadline_ns--;
	dream_choose_variant(&s->st, job);
	EXPECT_EQ(1, job->variant);
	/* A frame less makes room again; fewer than accelerators is no bonus. */
	s->st.active = 5;
	dream_choose_variant(&s->st, job);
	EXPECT_EQ(0, job->variant);
	s->st.active = 1;
	job->deadline_ns = s->st.now_ns + need / 2 - 1;
	dream_choose_variant(&s->st, job);
	EXPECT_EQ(1, job->variant);
	/* What the queue forbids is not chosen; a late job takes the lightest. */
	job->queue->variant_max = 0;
	dream_choose_variant(&s->st, job);
	EXPECT_EQ(0, job->variant);
	job->queue->variant_max = U32_MAX;
	job->deadline_ns = s->st.now_ns - 1;
	dream_choose_variant(&s->st, job);
	EXPECT_EQ(1, job->variant);
}

/* ------------------------------------------------------------------- drops */

static long double slack_of(const struct state *s, const struct dream_pjob *job)
{
	return (long double)job->deadline_ns - s->st.now_ns;
}

static bool cannot_make_it(const struct state *s, const struct dream_pjob *job)
{
	return slack_of(s, job) <= 0 ||
	       job->path->layer[job->layer].rest_min > slack_of(s, job);
}

static bool expected_to_miss(const struct state *s, const struct dream_pjob *job)
{
	return slack_of(s, job) <= 0 ||
	       job->path->layer[job->layer].rest_mean > slack_of(s, job);
}

static u32 drops_of_nine(u32 history)
{
	u32 n = 0;

	for (u32 bit = 1; bit < 1U << 9; bit <<= 1)
		n += (history & bit) != 0;
	return n;
}

/* Somebody else: another frame that is ready or runs, or the one behind any. */
static bool another_misses(const struct state *s, const struct dream_pjob *self)
{
	for (u32 i = 0; i < s->st.job_count + s->st.running_count; i++) {
		const struct dream_pjob *job = i < s->st.job_count ? s->jobs[i] :
					       s->running[i - s->st.job_count];
		const struct dream_pjob *behind = job->queue->behind;

		if ((job != self && expected_to_miss(s, job)) ||
		    (behind && expected_to_miss(s, behind)))
			return true;
	}
	return false;
}

/*
 * All of DREAM's conditions; or only that it is hopeless and nobody waits, and the
 * cap of a queue that has one of its own.
 */
static bool may_be_dropped(const struct state *s, const struct dream_pjob *job)
{
	u32 cap = job->queue->drop_cap;
	bool own_cap = cap != U32_MAX;

	if (!own_cap)
		cap = s->params.drop_cap;
	if (s->params.drop == DREAM_DROP_OFF || job->wanted ||
	    !cannot_make_it(s, job))
		return false;
	if (s->params.drop == DREAM_DROP_HOPELESS && !own_cap)
		return true;
	if (drops_of_nine(job->queue->drop_history) >= cap)
		return false;
	return s->params.drop == DREAM_DROP_HOPELESS || another_misses(s, job);
}

/* minToGo over slack, in fixed point as it is compared; then the first released. */
static bool more_hopeless(const struct state *s, const struct dream_pjob *a,
			  const struct dream_pjob *b)
{
	u64 key[2];

	for (int i = 0; i < 2; i++) {
		const struct dream_pjob *job = i ? b : a;
		long double slack = fmaxl(slack_of(s, job), 1000);

		key[i] = floorl(fminl(job->path->layer[job->layer].rest_min /
				      slack, 0x1p24L) * 65536);
	}
	return key[0] != key[1] ? key[0] > key[1] : a->order < b->order;
}

TEST_F(decide, drop_what_the_rule_allows)
{
	struct state *s = &self->s;
	int dropped[3] = { 0 }, kept[3] = { 0 };

	for (int i = 0; i < STATES; i++) {
		const struct dream_pjob *want = NULL;
		u32 index = U32_MAX;
		bool found;

		random_state(self);
		for (u32 j = 0; j < s->st.job_count; j++)
			if (may_be_dropped(s, s->jobs[j]) &&
			    (!want || more_hopeless(s, s->jobs[j], want)))
				want = s->jobs[j];
		found = dream_find_drop(&s->st, &index);
		ASSERT_EQ(!!want, found);
		if (found) {
			ASSERT_EQ(want, s->jobs[index]);
			dropped[s->params.drop]++;
		} else {
			kept[s->params.drop]++;
		}
	}
	EXPECT_EQ(0, dropped[DREAM_DROP_OFF]);
	for (int rule = DREAM_DROP_DREAM; rule <= DREAM_DROP_HOPELESS; rule++) {
		EXPECT_LT(1000, dropped[rule]);
		EXPECT_LT(1000, kept[rule]);
	}
}

/* ----------------------------------------------------------------- average */

TEST_F(decide, violations_average)
{
	u64 average = 0, last;
	int steps;

	/* 1/32 of the difference at each frame. */
	EXPECT_EQ(65536 / 32, dream_violation(0, true));
	EXPECT_EQ(65536 - 65536 / 32, dream_violation(65536, false));
	EXPECT_EQ(0, dream_violation(0, false));
	EXPECT_EQ(65536, dream_violation(65536, true));
	for (int i = 0; i < 10000; i++) {
		bool violated = random_below(&self->random, 3) == 0;
		long double real;

		last = average;
		average = dream_violation(average, violated);
		real = last + ((violated ? 65536.0L : 0) - last) / 32;
		ASSERT_GE(1, fabsl(real - average));
		ASSERT_GE(65536, average);
	}
	/* It reaches both ends. */
	for (steps = 0; average && steps < 1000; steps++)
		average = dream_violation(average, false);
	EXPECT_EQ(0, average);
	for (steps = 0; average < 65536 && steps < 1000; steps++)
		average = dream_violation(average, true);
	EXPECT_EQ(65536, average);
}

/* ---------------------------------------------------------------- together */

TEST_F(decide, variants_then_drops_then_the_policy)
{
	struct state *s = &self->s;
	int types[2] = { 0 }, nothing = 0;

	for (int i = 0; i < STATES; i++) {
		u32 variant[STATE_JOBS], drop;
		struct dream_pick pick;
		struct state before;
		bool idle;
		int ret;

		random_state(self);
		for (u32 j = 0; j < s->st.job_count; j++)
			if (s->job[j].started)
				s->job[j].variant = 0;
		if (random_below(&self->random, 8) == 0)
			for (u32 a = 0; a < s->st.accel_count; a++)
				s->accel[a].free = 0;
		idle = state_idle(s);
		before = *s;

		ret = dream_decide(&dream_policy_fifo, &s->st, &self->action);
		for (u32 j = 0; j < s->st.job_count; j++) {
			struct dream_pjob *job = &s->job[j];

			variant[j] = 0;
			if (!job->started && s->params.supernet)
				variant[j] = expected_variant(&before,
							      &before.job[j]);
			ASSERT_EQ(variant[j], job->variant);
			ASSERT_EQ(&job->paths[variant[j]], job->path);
		}
		/* What follows is decided with the variants in place. */
		if (dream_find_drop(&s->st, &drop)) {
			ASSERT_EQ(0, ret);
			ASSERT_EQ(DREAM_ACTION_DROP, self->action.type);
			ASSERT_EQ(drop, self->action.drop);
			types[DREAM_ACTION_DROP]++;
		} else if (idle) {
			ASSERT_EQ(0, ret);
			ASSERT_EQ(DREAM_ACTION_START, self->action.type);
			ASSERT_EQ(0, dream_policy_pick(&dream_policy_fifo,
						       &s->st, &pick));
			ASSERT_EQ(pick.best.job, self->action.pick.best.job);
			ASSERT_EQ(pick.best.accel, self->action.pick.best.accel);
			types[DREAM_ACTION_START]++;
		} else {
			ASSERT_EQ(-EAGAIN, ret);
			nothing++;
		}
	}
	EXPECT_LT(1000, types[DREAM_ACTION_START]);
	EXPECT_LT(1000, types[DREAM_ACTION_DROP]);
	EXPECT_LT(100, nothing);
}

static int fail_pick(struct dream_state *st, struct dream_pick *pick)
{
	return -EIO;
}

TEST_F(decide, nothing_to_do)
{
	static const struct dream_policy_ops failing = { .pick = fail_pick };
	struct state *s = &self->s;

	random_state(self);
	s->params.drop = DREAM_DROP_OFF;
	EXPECT_EQ(-EIO, dream_decide(&failing, &s->st, &self->action));
	/* Without a job, or without accelerators, nobody is asked. */
	s->st.accel_count = 0;
	EXPECT_EQ(-EAGAIN, dream_decide(&failing, &s->st, &self->action));
	random_state(self);
	s->st.job_count = 0;
	EXPECT_EQ(-EAGAIN, dream_decide(&failing, &s->st, &self->action));
}

TEST_HARNESS_MAIN
