// SPDX-License-Identifier: GPL-2.0
/* Policy lbe: the order, the price of time, reservations, and the background. */
#include "kselftest_harness.h"
#include "handmade.h"

static const u64 lat[] = { 1000000, 4000000 };
/* The slow one needs less energy. */
static const u64 energy[] = { 3000, 1000 };

FIXTURE(lbe) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(lbe)
{
	self->random.state = 40;
	hand_begin(&self->s, 2);
}

FIXTURE_TEARDOWN(lbe)
{
}

static struct dream_pjob *add(struct state *s, s64 slack)
{
	struct dream_pjob *job = hand_job(s, slack, 1, lat);

	hand_energy(s, job, 0, energy);
	return job;
}

static int pick(struct state *s, struct dream_pick *pick)
{
	return dream_policy_pick(&dream_policy_lbe, &s->st, pick);
}

static double ratio(double num, double den)
{
	return den ? num / den : 0;
}

/* Cost of a timely job by definition; < 0: with hardly any laxity, where ns count. */
static double timely_cost(const struct state *s, const struct dream_pjob *job,
			  const struct dream_paccel *accel, double avail)
{
	const struct dream_path_layer *pl = &job->path->layer[job->layer];
	double period = job->queue->period_ns ? job->queue->period_ns :
			job->queue->deadline_ns;
	double slack = (double)(s64)(job->deadline_ns - s->st.now_ns);
	double behind = (double)pl->rest_min - pl->lat_min;
	double laxity = slack - 1.1 * behind - period / 20 - pl->lat_min;
	double need = pl->rest_min > pl->lat_mean ? pl->rest_min : pl->lat_mean;
	double took = avail - s->st.now_ns +
		      dream_path_lat(job->path, job->layer, accel->cls);
	double e = dream_path_energy(job->path, job->layer, accel->cls) +
		   (double)dream_switch_nj(&s->st, job, accel);

	if (laxity <= 10000)
		return -1;
	return ratio(e * s->st.accel_count, pl->energy_sum) +
	       need / laxity * took / pl->lat_mean;
}

TEST_F(lbe, cost_by_definition)
{
	struct state *s = &self->s;
	int compared = 0;

	for (int i = 0; i < 20000; i++) {
		const struct dream_pjob *job;
		const struct dream_paccel *accel;
		double want, got, error;
		u64 avail;
		s64 score;

		state_random(s, &self->random);
		job = s->jobs[0];
		accel = s->accels[0];
		avail = dream_avail(&s->st, accel);
		want = timely_cost(s, job, accel, avail);
		if (want < 0)
			continue;
		compared++;
		ASSERT_TRUE(dream_policy_lbe.score(&s->st, job, accel, &score));
		got = -score / 65536.0;
		/* The price is rounded down to 1/65536, as is each ratio. */
		error = want / 1000 + 0.001 +
			(avail - s->st.now_ns + 3000000.0) /
			job->path->layer[job->layer].lat_mean / 65536;
		ASSERT_GE(want + error, got);
		ASSERT_LE(want - error, got);
	}
	EXPECT_LT(5000, compared);
}

/* With much time energy decides, with little the time does. */
TEST_F(lbe, price_grows_as_laxity_shrinks)
{
	struct state *s = &self->s;

	add(s, 100 * HAND_MS);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	/* Both cost 2.3 at a laxity of 3 ms: 1.5 + 0.4 x = 0.5 + 1.6 x, x = 2.5 / 3. */
	s->queue[0].period_ns = 0;
	s->queue[0].deadline_ns = 20 * HAND_MS;
	s->job[0].deadline_ns = HAND_NOW + (3 + 1 + 1) * HAND_MS + 1000;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	s->job[0].deadline_ns = HAND_NOW + (3 + 1 + 1) * HAND_MS - 1000;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
	/* Slack for the fastest and for nothing else. */
	s->job[0].deadline_ns = HAND_NOW + HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
}

/* It waits for the fast one rather than miss on the slow one. */
TEST_F(lbe, reserves_and_waits)
{
	struct state *s = &self->s;

	add(s, 3 * HAND_MS);
	hand_busy(s, 0, HAND_MS / 2);
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
	/* The one behind it, with time, takes the slow one. */
	add(s, 100 * HAND_MS);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	EXPECT_EQ(1, self->pick.best.accel);
	EXPECT_TRUE(self->pick.has_second);
	EXPECT_EQ(1, self->pick.second.job);
	EXPECT_EQ(0, self->pick.second.accel);
}

/* Free in 1 ms, each takes 1 ms there, 4 ms on the slow one: the fourth goes there. */
TEST_F(lbe, reservations_add_up)
{
	static const u64 equal[] = { 1000, 1000 };
	struct state *s = &self->s;

	for (int i = 0; i < 4; i++) {
		struct dream_pjob *job = hand_job(s, (41 + i) * HAND_MS / 10, 1, lat);

		hand_energy(s, job, 0, equal);
		s->queue[i].period_ns = 60 * HAND_MS;
	}
	hand_busy(s, 0, HAND_MS + 1);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(3, self->pick.best.job);
	EXPECT_EQ(1, self->pick.best.accel);
	s->st.job_count = 3;
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
}

/* The same laxity is less of a period for one than for the other. */
TEST_F(lbe, laxity_relative_to_the_period)
{
	struct state *s = &self->s;

	add(s, 20 * HAND_MS);
	add(s, 20 * HAND_MS)->queue->period_ns = 40 * HAND_MS;
	hand_busy(s, 0, 100 * HAND_MS);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	/* Without a period, the relative deadline stands for it. */
	s->queue[0].period_ns = 0;
	s->queue[0].deadline_ns = 80 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
}

/* A late job goes behind all others, to where it needs the least energy. */
TEST_F(lbe, late_jobs_run_in_the_background)
{
	struct state *s = &self->s;

	add(s, HAND_MS - 1);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
	add(s, 100 * HAND_MS);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
}

/* It waits for the cheap one without reserving it, but not for ever. */
TEST_F(lbe, background_yields)
{
	struct state *s = &self->s;

	add(s, HAND_MS - 1);
	hand_busy(s, 1, HAND_MS);
	EXPECT_EQ(-EAGAIN, pick(s, &self->pick));
	s->job[0].prev_end_ns -= 100 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.accel);
	/* Once it has waited long, whatever is idle is good enough. */
	s->accel[1].free = 1;
	hand_busy(s, 0, HAND_MS / 10);
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.accel);
}

/*
 * One accelerator, 3 ms each, deadlines after 4, 5 and 9: two fit. Of the first two,
 * the one that is less of a burden to what it is worth stays.
 */
TEST_F(lbe, sets_aside_what_is_too_much)
{
	static const u64 three[] = { 3000000 };
	struct state *s = &self->s;

	hand_begin(s, 1);
	hand_job(s, 4 * HAND_MS, 1, three);
	hand_job(s, 5 * HAND_MS, 1, three);
	hand_job(s, 9 * HAND_MS, 1, three);
	for (int i = 0; i < 3; i++)
		s->queue[i].period_ns = 10 * HAND_MS;
	/* The later one of equals is set aside: 0 comes first anyway. */
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
	/* Another is worth more: its weight, or its stream is slower. */
	s->queue[1].weight = 101;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	s->queue[1].weight = 100;
	s->queue[1].period_ns = 11 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
	/* With time for both, nothing is set aside. */
	s->job[1].deadline_ns = HAND_NOW + 6 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
}

/* Two accelerators have twice the time. */
TEST_F(lbe, all_accelerators_count)
{
	static const u64 three[] = { 3000000, 3000000 };
	struct state *s = &self->s;

	hand_job(s, 4 * HAND_MS, 1, three)->queue->weight = 100;
	hand_job(s, 5 * HAND_MS, 1, three)->queue->weight = 200;
	for (int i = 0; i < 2; i++)
		s->queue[i].period_ns = 10 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(0, self->pick.best.job);
	hand_job(s, 6 * HAND_MS, 1, three)->queue->weight = 200;
	hand_job(s, 6 * HAND_MS, 1, three)->queue->weight = 200;
	hand_job(s, 5 * HAND_MS, 1, three)->queue->weight = 200;
	for (int i = 2; i < 5; i++)
		s->queue[i].period_ns = 10 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
}

/* Set aside before hopeless: it may still make it. */
TEST_F(lbe, set_aside_comes_before_late)
{
	static const u64 three[] = { 3000000 };
	struct state *s = &self->s;

	hand_begin(s, 1);
	hand_job(s, 2 * HAND_MS, 1, three);
	hand_job(s, 4 * HAND_MS, 1, three);
	hand_job(s, 5 * HAND_MS, 1, three)->queue->weight = 200;
	for (int i = 0; i < 3; i++)
		s->queue[i].period_ns = 10 * HAND_MS;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(2, self->pick.best.job);
	/* The third one runs elsewhere: only the late and the other are left. */
	s->st.job_count = 2;
	ASSERT_EQ(0, pick(s, &self->pick));
	EXPECT_EQ(1, self->pick.best.job);
}

/*
 * Admission by definition: in order of deadlines, the largest burden leaves. What
 * is picked on one accelerator is then the least relative laxity of those that stay.
 */
TEST_F(lbe, admission_by_definition)
{
	struct state *s = &self->s;
	int aside = 0;

	for (int i = 0; i < 20000; i++) {
		u32 by_due[STATE_JOBS], n, best = U32_MAX;
		bool in[STATE_JOBS] = { false };
		u64 work = 0;
		double least = 0;

		state_random(s, &self->random);
		s->st.accel_count = 1;
		s->accel[0].free = 1;
		n = s->st.job_count;
		for (u32 j = 0; j < n; j++) {
			u32 at = j;

			for (; at && (s->jobs[by_due[at - 1]]->deadline_ns >
				      s->jobs[j]->deadline_ns ||
				      (s->jobs[by_due[at - 1]]->deadline_ns ==
				       s->jobs[j]->deadline_ns &&
				       s->jobs[by_due[at - 1]]->order >
				       s->jobs[j]->order)); at--)
				by_due[at] = by_due[at - 1];
			by_due[at] = j;
		}
		for (u32 k = 0; k < n; k++) {
			const struct dream_pjob *job = s->jobs[by_due[k]];
			s64 slack = job->deadline_ns - s->st.now_ns;
			u64 rest = job->path->layer[job->layer].rest_min;
			u32 most = U32_MAX;
			double worst = 0;

			if (slack < (s64)rest)
				continue;
			in[by_due[k]] = true;
			work += rest;
			if (work <= (u64)slack)
				continue;
			for (u32 j = 0; j < n; j++) {
				const struct dream_pjob *p = s->jobs[j];
				const struct dream_pqueue *q = p->queue;
				u64 period = q->period_ns ? q->period_ns :
							    q->deadline_ns;
				u64 left = p->path->layer[p->layer].rest_min;
				double b;

				if (!in[j])
					continue;
				/* In the precision of the policy: ties count. */
				b = dream_ratio(left, period) * 100 / q->weight;
				if (most == U32_MAX || b > worst ||
				    (b == worst &&
				     p->order > s->jobs[most]->order)) {
					worst = b;
					most = j;
				}
			}
			in[most] = false;
			work -= s->jobs[most]->path->layer[s->jobs[most]->layer]
					.rest_min;
			aside++;
		}
		for (u32 j = 0; j < n; j++) {
			const struct dream_pjob *p = s->jobs[j];
			const struct dream_pqueue *q = p->queue;
			u64 period = q->period_ns ? q->period_ns : q->deadline_ns;
			double lax = dream_ratio(p->deadline_ns - s->st.now_ns -
						 p->path->layer[p->layer].rest_min,
						 period);

			if (in[j] && (best == U32_MAX || lax < least ||
				      (lax == least &&
				       p->order < s->jobs[best]->order))) {
				best = j;
				least = lax;
			}
		}
		ASSERT_EQ(0, pick(s, &self->pick));
		if (best != U32_MAX)
			ASSERT_EQ(best, self->pick.best.job);
	}
	EXPECT_LT(500, aside);
}

TEST_F(lbe, is_sound)
{
	int waits = 0;

	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(&self->s, &self->random);
		if (i % 2)
			state_extreme(&self->s, &self->random);
		wrong = unsound(&dream_policy_lbe, &self->s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
		waits += pick(&self->s, &self->pick) == -EAGAIN;
	}
	EXPECT_LT(100, waits);
}

TEST_HARNESS_MAIN
