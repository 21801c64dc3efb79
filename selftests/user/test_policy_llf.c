// SPDX-License-Identifier: GPL-2.0
/* Policy llf: least laxity first, on the fastest idle accelerator. */
#include "kselftest_harness.h"
#include "handmade.h"

FIXTURE(llf) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(llf)
{
	self->random.state = 32;
}

FIXTURE_TEARDOWN(llf)
{
}

/* The same deadline: the longer one is in more of a hurry, which edf cannot see. */
TEST_F(llf, longer_job_goes_first)
{
	static const u64 shorter[] = { 1000, 1000 };
	static const u64 longer[] = { 1000, 1000, 9000, 9000 };
	struct state *s = &self->s;

	hand_begin(s, 2);
	hand_job(s, HAND_MS, 1, shorter);
	hand_job(s, HAND_MS, 2, longer);
	ASSERT_EQ(0, dream_policy_pick(&dream_policy_llf, &s->st, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	ASSERT_EQ(0, dream_policy_pick(&dream_policy_edf, &s->st, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
}

/* Laxity by the definition, in signed 128 bits. */
static __int128 laxity(const struct state *s, const struct dream_pjob *job)
{
	const struct dream_path *p = job->path;
	__int128 lax = (__int128)job->deadline_ns - s->st.now_ns;

	for (u32 l = job->layer; l < p->layers; l++) {
		u64 least = U64_MAX;

		for (u32 a = 0; a < s->st.accel_count; a++)
			least = min(least, dream_path_lat(p, l, s->accels[a]->cls));
		lax -= least;
	}
	return lax;
}

TEST_F(llf, takes_the_least_laxity_and_the_fastest_idle)
{
	struct state *s = &self->s;

	for (int i = 0; i < 20000; i++) {
		const struct dream_pjob *job;
		const struct dream_paccel *accel;

		state_random(s, &self->random);
		ASSERT_EQ(0, dream_policy_pick(&dream_policy_llf, &s->st,
					       &self->pick));
		job = s->jobs[self->pick.best.job];
		accel = s->accels[self->pick.best.accel];
		ASSERT_EQ(-(s64)laxity(s, job), self->pick.best.score);
		for (u32 j = 0; j < s->st.job_count; j++) {
			ASSERT_LE(laxity(s, job), laxity(s, s->jobs[j]));
			if (laxity(s, job) == laxity(s, s->jobs[j]))
				ASSERT_LE(job->order, s->jobs[j]->order);
		}
		for (u32 a = 0; a < s->st.accel_count; a++)
			if (s->accels[a]->free)
				ASSERT_LE(dream_path_lat(job->path, job->layer,
							 accel->cls),
					  dream_path_lat(job->path, job->layer,
							 s->accels[a]->cls));
	}
}

TEST_F(llf, is_sound)
{
	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(&self->s, &self->random);
		if (i % 2)
			state_extreme(&self->s, &self->random);
		wrong = unsound(&dream_policy_llf, &self->s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
	}
}

TEST_HARNESS_MAIN
