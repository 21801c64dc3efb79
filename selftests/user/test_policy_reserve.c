// SPDX-License-Identifier: GPL-2.0
/* Policy dream-reserve: MapScore's order, and waiting for what is better. */
#include "kselftest_harness.h"
#include "handmade.h"

static const u64 lat[] = { 1000000, 4000000 };

FIXTURE(reserve) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(reserve)
{
	self->random.state = 38;
	hand_begin(&self->s, 2);
}

FIXTURE_TEARDOWN(reserve)
{
}

static int pick(struct state *s, struct dream_pick *pick)
{
	return dream_policy_pick(&dream_policy_reserve, &s->st, pick);
}

/* DREAM takes the slow one at once; with 3 ms to wait, both are as good. */
TEST_F(reserve, waits_for_the_better_one)
{
	struct state *s = &self->s;

	hand_job(s, 10 * HAND_MS, 1, lat);
	hand_busy(s, 0, 3 * HAND_MS);
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
	EXPECT_EQ(0, dream_policy_pick(&dream_policy_dream, &s->st, &self->pick));
	hand_busy(s, 0, 3 * HAND_MS + 1);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	EXPECT_TRUE(self->pick.has_second);
	EXPECT_EQ(0, self->pick.second.accel);
}

/* Reservations add up: free in 1.5 ms, each takes 1 ms: the third goes elsewhere. */
TEST_F(reserve, reservations_add_up)
{
	struct state *s = &self->s;

	for (int i = 0; i < 3; i++)
		hand_job(s, (10 + i) * HAND_MS, 1, lat);
	hand_busy(s, 0, 3 * HAND_MS / 2);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(2, self->pick.best.job);
	EXPECT_EQ(1, self->pick.best.accel);
	s->st.job_count = 2;
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
}

/* The more urgent one is first in the order, wherever it is in the list. */
TEST_F(reserve, order_is_that_of_map_score)
{
	struct state *s = &self->s;

	hand_job(s, 10 * HAND_MS, 1, lat);
	hand_job(s, 2 * HAND_MS, 1, lat);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	EXPECT_EQ(0, self->pick.best.accel);
}

/* A device that is late is not waited for without end. */
TEST_F(reserve, late_device_is_trusted_less)
{
	struct state *s = &self->s;

	hand_job(s, 10 * HAND_MS, 1, lat);
	hand_busy(s, 0, -HAND_MS);
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
	hand_busy(s, 0, -4 * HAND_MS);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
}

/* Equal accelerators: nobody waits while one is idle. */
TEST_F(reserve, never_waits_among_equals)
{
	struct state *s = &self->s;

	for (int i = 0; i < 20000; i++) {
		state_random(s, &self->random);
		for (u32 a = 0; a < s->st.accel_count; a++) {
			s->accel[a].cls = 0;
			if (s->accel[a].free)
				s->accel[a].free_at_ns = s->st.now_ns;
		}
		ASSERT_EQ(0, pick(s, &self->pick));
	}
}

struct plan {
	u32 job;
	s64 score;
};

/* The first pair to start, by the definition, with another way of sorting. */
static bool by_definition(const struct state *s, u32 *job, u32 *accel)
{
	u64 avail[STATE_ACCELS];
	struct plan plan[STATE_JOBS];
	u32 n = s->st.job_count, m = s->st.accel_count;

	for (u32 j = 0; j < n; j++) {
		struct plan p = { .job = j, .score = S64_MIN };
		u32 at = j;

		for (u32 a = 0; a < m; a++) {
			struct dream_terms t;

			dream_job_terms(&s->st, s->jobs[j], s->accels[a], &t);
			p.score = max(p.score, t.map_score);
		}
		for (; at && (plan[at - 1].score < p.score ||
			      (plan[at - 1].score == p.score &&
			       s->jobs[plan[at - 1].job]->order >
			       s->jobs[j]->order)); at--)
			plan[at] = plan[at - 1];
		plan[at] = p;
	}
	for (u32 a = 0; a < m; a++)
		avail[a] = dream_avail(&s->st, s->accels[a]);
	for (u32 i = 0; i < n; i++) {
		const struct dream_pjob *p = s->jobs[plan[i].job];
		u64 fin[STATE_ACCELS];
		u32 best = 0;

		for (u32 a = 0; a < m; a++) {
			fin[a] = avail[a] + dream_path_lat(p->path, p->layer,
							   s->accels[a]->cls);
			if (fin[a] < fin[best])
				best = a;
		}
		if (s->accels[best]->free) {
			*job = plan[i].job;
			*accel = best;
			return true;
		}
		avail[best] = fin[best];
	}
	return false;
}

TEST_F(reserve, by_definition)
{
	struct state *s = &self->s;
	int waits = 0;

	for (int i = 0; i < 20000; i++) {
		u32 job, accel;

		state_random(s, &self->random);
		if (!by_definition(s, &job, &accel)) {
			ASSERT_EQ(-EAGAIN, pick(s, &self->pick));
			waits++;
			continue;
		}
		ASSERT_EQ(0, pick(s, &self->pick));
		ASSERT_EQ(job, self->pick.best.job);
		ASSERT_EQ(accel, self->pick.best.accel);
	}
	EXPECT_LT(100, waits);
}

TEST_F(reserve, is_sound)
{
	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(&self->s, &self->random);
		if (i % 2)
			state_extreme(&self->s, &self->random);
		wrong = unsound(&dream_policy_reserve, &self->s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
	}
}

TEST_HARNESS_MAIN
