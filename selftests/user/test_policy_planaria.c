// SPDX-License-Identifier: GPL-2.0
/* Policy planaria: accelerators needed, and who comes first for it. */
#include "kselftest_harness.h"
#include "handmade.h"

/* Mean 2 ms, least 1 ms on two accelerators. */
static const u64 lat[] = { 1000000, 3000000 };

FIXTURE(planaria) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(planaria)
{
	self->random.state = 34;
	hand_begin(&self->s, 2);
}

FIXTURE_TEARDOWN(planaria)
{
}

static s64 score(const struct state *s, u32 job)
{
	s64 score = 0;

	dream_policy_planaria.score(&s->st, &s->job[job], &s->accel[0], &score);
	return score;
}

static u32 picked(struct state *s, struct dream_pick *pick)
{
	return dream_policy_pick(&dream_policy_planaria, &s->st, pick) ? U32_MAX :
	       s->jobs[pick->best.job] - s->job;
}

/* weight / time, in 2^-47; by definition, not by the code's order of operations */
static s64 value(double weight, double ns)
{
	return (s64)(weight / ns * (double)(1ULL << 47));
}

static bool close_to(s64 a, s64 b)
{
	s64 diff = a > b ? a - b : b - a;

	return diff <= 1 + b / 1000000;
}

/* One device each: both fit, and what takes less time gets its choice first. */
TEST_F(planaria, all_fit)
{
	static const u64 brief[] = { 100000, 300000 };
	struct state *s = &self->s;

	hand_job(s, 10 * HAND_MS, 1, lat);
	hand_job(s, 20 * HAND_MS, 1, brief);
	EXPECT_TRUE(close_to(score(s, 0), value(100, 2000000)));
	EXPECT_TRUE(close_to(score(s, 1), value(100, 200000)));
	EXPECT_EQ(1, picked(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
}

/* Three jobs on two devices: weight over slack. */
TEST_F(planaria, do_not_fit)
{
	struct state *s = &self->s;

	hand_job(s, 30 * HAND_MS, 1, lat);
	hand_job(s, 20 * HAND_MS, 1, lat);
	hand_job(s, 25 * HAND_MS, 1, lat);
	EXPECT_TRUE(close_to(score(s, 1), value(100, 20000000)));
	EXPECT_EQ(1, picked(s, &self->pick));
	s->queue[0].weight = 200;
	EXPECT_TRUE(close_to(score(s, 0), value(200, 30000000)));
	EXPECT_EQ(0, picked(s, &self->pick));
}

/* Slack between least and mean time: it needs both devices, and comes later. */
TEST_F(planaria, two_devices_needed)
{
	struct state *s = &self->s;

	hand_job(s, 3 * HAND_MS / 2, 1, lat);
	EXPECT_TRUE(close_to(score(s, 0), value(100, 2000000)));
	hand_job(s, 2 * HAND_MS, 1, lat);
	EXPECT_TRUE(close_to(score(s, 0), value(100, 2 * 1500000)));
	EXPECT_TRUE(close_to(score(s, 1), value(100, 2000000)));
	EXPECT_EQ(1, picked(s, &self->pick));
}

/* The boundaries: Slack = ToGo needs one device, Slack = minToGo needs all. */
TEST_F(planaria, boundaries)
{
	struct state *s = &self->s;

	hand_job(s, 2000000, 1, lat);
	hand_job(s, 1999999, 1, lat);
	hand_job(s, 1000000, 1, lat);
	hand_job(s, 999999, 1, lat);
	EXPECT_TRUE(close_to(score(s, 0), value(100, 2000000)));
	EXPECT_TRUE(close_to(score(s, 1), value(100, 2 * 1999999)));
	EXPECT_TRUE(close_to(score(s, 2), value(100, 2 * 1000000)));
	EXPECT_EQ(-1, score(s, 3));
}

TEST_F(planaria, running_jobs_need_devices_too)
{
	struct state *s = &self->s;

	hand_job(s, 20 * HAND_MS, 1, lat);
	hand_job(s, 20 * HAND_MS, 1, lat);
	hand_job(s, 20 * HAND_MS, 1, lat);
	hand_run(s, &s->job[2]);
	EXPECT_TRUE(close_to(score(s, 0), value(100, 20000000)));
}

/* Those that cannot make it go last, by order of release, and still go. */
TEST_F(planaria, hopeless_go_last)
{
	struct state *s = &self->s;

	hand_job(s, HAND_MS / 2, 1, lat);
	hand_job(s, -HAND_MS, 1, lat);
	EXPECT_EQ(0, picked(s, &self->pick));
	hand_job(s, 1000 * HAND_MS, 1, lat);
	EXPECT_EQ(2, picked(s, &self->pick));
	s->queue[0].weight = 10000;
	EXPECT_EQ(2, picked(s, &self->pick));
}

/* minDevices by trying every number, in long double. */
static u32 devices_needed(const struct state *s, const struct dream_pjob *job)
{
	const struct dream_path_layer *pl = &job->path->layer[job->layer];
	long double slack = job->deadline_ns - (long double)s->st.now_ns;
	u32 n = s->st.accel_count;

	for (u32 k = 1; k <= n; k++) {
		long double t = pl->rest_min;

		if (n > 1)
			t += ((long double)pl->rest_mean - pl->rest_min) *
			     (n - k) / (n - 1);
		else
			t = pl->rest_mean;
		if (t <= slack)
			return k;
	}
	return 0;
}

TEST_F(planaria, value_by_definition)
{
	struct state *s = &self->s;
	int fits = 0, cannot = 0, several = 0;

	for (int i = 0; i < 20000; i++) {
		u32 sum = 0;

		state_random(s, &self->random);
		for (u32 j = 0; j < s->st.job_count; j++)
			sum += devices_needed(s, s->jobs[j]);
		for (u32 j = 0; j < s->st.running_count; j++)
			sum += devices_needed(s, s->running[j]);
		for (u32 j = 0; j < s->st.job_count; j++) {
			const struct dream_pjob *job = s->jobs[j];
			u32 k = devices_needed(s, job);
			s64 got = score(s, job - s->job);
			double ns;

			if (!k) {
				ASSERT_EQ(-1, got);
				cannot++;
				continue;
			}
			several += k > 1;
			fits += sum <= s->st.accel_count;
			ns = sum <= s->st.accel_count ?
			     job->path->layer[job->layer].rest_mean :
			     (job->deadline_ns - s->st.now_ns) * k;
			ASSERT_TRUE(close_to(got, value(job->queue->weight,
							max(ns, 1000))));
		}
	}
	EXPECT_LT(100, fits);
	EXPECT_LT(100, cannot);
	EXPECT_LT(100, several);
}

TEST_F(planaria, is_sound)
{
	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(&self->s, &self->random);
		if (i % 2)
			state_extreme(&self->s, &self->random);
		wrong = unsound(&dream_policy_planaria, &self->s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
	}
}

TEST_HARNESS_MAIN
