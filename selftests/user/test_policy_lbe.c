// SPDX-License-Identifier: GPL-2.0
/*
 * Policy lbe: the order, the price of time, reservations, late frames, and the
 * background.
 */
#include <math.h>

#include "kselftest_harness.h"
#include "handmade.h"

/* Where calm ends. */
#define CALM		(DREAM_ONE / 10)
/* The largest ratio. */
#define MOST		16777216.0

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

/* A job of 1 ms on the fastest, with a period of 10 ms, that ends @late_ns too late. */
static struct dream_pjob *add_late(struct state *s, s64 late_ns)
{
	struct dream_pjob *job = add(s, 10 * HAND_MS);

	job->deadline_ns = HAND_NOW + HAND_MS - late_ns;
	return job;
}

static int pick(struct state *s, struct dream_pick *pick)
{
	return dream_policy_pick(&dream_policy_lbe, &s->st, pick);
}

/* Index of the job that is picked, or -1. */
static int first(struct state *s)
{
	struct dream_pick p;

	return pick(s, &p) ? -1 : (int)p.best.job;
}

/* Index of the accelerator that is picked, or -1. */
static int where(struct state *s)
{
	struct dream_pick p;

	return pick(s, &p) ? -1 : (int)p.best.accel;
}

/* ----------------------------------------------------------- the definition */

static const struct dream_path_layer *next_layer(const struct dream_pjob *job)
{
	return &job->path->layer[job->layer];
}

static bool calm(const struct state *s)
{
	return s->st.violations < CALM;
}

/* due(j) - now - minToGo; negative in the background. */
static double laxity(const struct state *s, const struct dream_pjob *job)
{
	double whole = job->path->layer[0].rest_min;
	double period = job->queue->period_ns;
	double own = (double)job->deadline_ns - s->st.now_ns -
		     next_layer(job)->rest_min;

	if (own >= 0 || whole >= period)
		return own;
	if (own + period - whole >= 0)
		return own + period - whole;
	return calm(s) && own + period > 0 ? 0 : own;
}

static double period_of(const struct dream_pqueue *q)
{
	return q->period_ns ? q->period_ns : q->deadline_ns;
}

/* The smaller number goes first. */
static double place_in_order(const struct state *s, const struct dream_pjob *job)
{
	double lax = laxity(s, job);

	if (lax >= 0 && !calm(s))
		lax = floor(fmin(lax / period_of(job->queue), MOST) * 65536);
	if (lax >= 0)
		return floor(lax * 100 / job->queue->weight);
	return 1e12 - floor(-lax * job->queue->weight / 100);
}

static double price(const struct state *s, const struct dream_pjob *job)
{
	const struct dream_path_layer *pl = next_layer(job);
	double load = (s->st.job_count + s->st.running_count) /
		      (double)s->st.accel_count;
	double waited = (double)s->st.now_ns - job->prev_end_ns;
	double period = period_of(job->queue);
	double whole = job->path->layer[0].rest_min;
	double spare = laxity(s, job) - floor(period / 20) -
		       floor(((double)pl->rest_min - pl->lat_min) / 10);

	if (laxity(s, job) < 0)
		return (calm(s) ? 8 : 0) + fmin(waited / whole, MOST);
	if (spare <= 0)
		return INFINITY;
	return fmin(fmax(load, 1) * fmax(pl->lat_mean, whole) / spare, MOST);
}

/* @rounding is how much the policy may be below, as each ratio is rounded down. */
static double cost(const struct state *s, const struct dream_pjob *job, u32 accel,
		   double end, double *rounding)
{
	const struct dream_path_layer *pl = next_layer(job);
	double took = end - s->st.now_ns, time = took / pl->lat_mean;
	double p = price(s, job), e = dream_path_energy(job->path, job->layer,
							s->accels[accel]->cls);

	*rounding = 0;
	if (isinf(p))
		return took;
	*rounding = (p + time + 3) / 65536;
	return (pl->energy_sum ? e * s->st.accel_count / pl->energy_sum : 0) +
	       p * time;
}

static double finish(const struct state *s, const struct dream_pjob *job, u32 accel,
		     const double *avail)
{
	return avail[accel] + dream_path_lat(job->path, job->layer,
					     s->accels[accel]->cls);
}

/* Where the cost is least; U32_MAX if two are too close to say. */
static u32 cheapest(const struct state *s, const struct dream_pjob *job,
		    const double *avail)
{
	double least, rounding, c, r;
	u32 best = 0;

	least = cost(s, job, 0, finish(s, job, 0, avail), &rounding);
	for (u32 a = 1; a < s->st.accel_count; a++) {
		c = cost(s, job, a, finish(s, job, a, avail), &r);
		if (c == least)
			continue;
		if (fabs(c - least) <= r + rounding)
			return U32_MAX;
		if (c < least) {
			best = a;
			least = c;
			rounding = r;
		}
	}
	return best;
}

static u32 fastest_idle(const struct state *s, const struct dream_pjob *job)
{
	u64 least = U64_MAX, l;
	u32 best = 0;

	for (u32 a = 0; a < s->st.accel_count; a++) {
		l = dream_path_lat(job->path, job->layer, s->accels[a]->cls);
		if (!s->accels[a]->free || l >= least)
			continue;
		best = a;
		least = l;
	}
	return best;
}

/* 0, -EAGAIN, or 1 if two costs are too close to say. */
static int by_definition(const struct state *s, u32 *job, u32 *accel)
{
	double avail[STATE_ACCELS], key[STATE_JOBS];
	bool placed[STATE_JOBS] = { false };

	for (u32 a = 0; a < s->st.accel_count; a++)
		avail[a] = dream_avail(&s->st, s->accels[a]);
	for (u32 j = 0; j < s->st.job_count; j++)
		key[j] = place_in_order(s, s->jobs[j]);
	for (u32 i = 0; i < s->st.job_count; i++) {
		const struct dream_pjob *p;
		u32 next = U32_MAX, a;

		for (u32 j = 0; j < s->st.job_count; j++)
			if (!placed[j] &&
			    (next == U32_MAX || key[j] < key[next] ||
			     (key[j] == key[next] &&
			      s->jobs[j]->order < s->jobs[next]->order)))
				next = j;
		placed[next] = true;
		p = s->jobs[next];
		a = cheapest(s, p, avail);
		if (a == U32_MAX)
			return 1;
		if (!s->accels[a]->free && laxity(s, p) < 0 && price(s, p) >= 8)
			a = fastest_idle(s, p);
		if (s->accels[a]->free) {
			*job = next;
			*accel = a;
			return 0;
		}
		if (laxity(s, p) >= 0)
			avail[a] = finish(s, p, a, avail);
	}
	return -EAGAIN;
}

TEST_F(lbe, decides_by_definition)
{
	int waits = 0, late = 0, background = 0, any = 0, close = 0;
	struct state *s = &self->s;

	for (int i = 0; i < 40000; i++) {
		const struct dream_pjob *p;
		u32 job, accel;
		int want;

		state_random(s, &self->random);
		want = by_definition(s, &job, &accel);
		if (want > 0) {
			close++;
			continue;
		}
		ASSERT_EQ(want, pick(s, &self->pick));
		waits += want == -EAGAIN;
		if (want)
			continue;
		ASSERT_EQ(job, self->pick.best.job);
		ASSERT_EQ(accel, self->pick.best.accel);
		p = s->jobs[job];
		late += laxity(s, p) >= 0 &&
			p->deadline_ns < s->st.now_ns + next_layer(p)->rest_min;
		background += laxity(s, p) < 0;
		any += laxity(s, p) < 0 && price(s, p) >= 8;
	}
	EXPECT_LT(1000, waits);
	EXPECT_LT(1000, late);
	EXPECT_LT(500, background);
	EXPECT_LT(500, any);
	EXPECT_GT(1000, close);
}

TEST_F(lbe, scores_by_definition)
{
	struct state *s = &self->s;

	for (int i = 0; i < 20000; i++) {
		const struct dream_pjob *job;
		double want, rounding, unit;
		s64 score;

		state_random(s, &self->random);
		job = s->jobs[0];
		/* Without time to spare it is ns, else energy. */
		unit = isinf(price(s, job)) ? 1 : 65536;
		for (u32 a = 0; a < s->st.accel_count; a++) {
			double end = (double)dream_avail(&s->st, s->accels[a]) +
				     dream_path_lat(job->path, job->layer,
						    s->accels[a]->cls);

			want = cost(s, job, a, end, &rounding);
			ASSERT_TRUE(dream_policy_lbe.score(&s->st, job,
							   s->accels[a], &score));
			ASSERT_GE(want * (1 + 1e-9), -score / unit);
			ASSERT_LE(want * (1 - 1e-9) - rounding, -score / unit);
		}
	}
}

/* ------------------------------------------------------------ price of time */

/* Let job 0 have @spare_ms, beside the 0.5 ms that are kept of a period of 10. */
static void give(struct state *s, double spare_ms)
{
	s->queue[0].period_ns = 10 * HAND_MS;
	s->job[0].deadline_ns = HAND_NOW + next_layer(&s->job[0])->rest_min +
				(u64)((spare_ms + 0.5) * HAND_MS);
}

/*
 * With much time energy decides, with little the time does. Both cost the same at
 * 1.5 + 0.4 x = 0.5 + 1.6 x: at a price of 2.5 / 3, with 3 ms to spare.
 */
TEST_F(lbe, price_grows_as_time_shrinks)
{
	struct state *s = &self->s;

	add(s, 100 * HAND_MS);
	EXPECT_EQ(1, where(s));
	give(s, 3.001);
	EXPECT_EQ(1, where(s));
	give(s, 2.999);
	EXPECT_EQ(0, where(s));
}

/* Without any to spare it goes where it ends first, by 100 ns and whatever it costs. */
TEST_F(lbe, nothing_to_spare)
{
	static const u64 alike[] = { 1000000, 1000100 };
	struct state *s = &self->s;

	hand_job(s, 100 * HAND_MS, 1, alike);
	hand_energy(s, &s->job[0], 0, energy);
	give(s, 0.001);
	EXPECT_EQ(1, where(s));
	give(s, 0);
	EXPECT_EQ(0, where(s));
}

/* A twentieth of the period is kept, of the relative deadline if there is none. */
TEST_F(lbe, margin_of_the_period)
{
	struct state *s = &self->s;

	add(s, 4 * HAND_MS + 1000);
	s->queue[0].period_ns = 0;
	EXPECT_EQ(0, where(s));
	s->queue[0].deadline_ns = 1;
	EXPECT_EQ(1, where(s));
	s->queue[0].period_ns = 3 * HAND_MS;
	EXPECT_EQ(0, where(s));
}

/* Four jobs for two accelerators: time is worth twice as much. */
TEST_F(lbe, price_grows_with_the_load)
{
	struct state *s = &self->s;

	add(s, 100 * HAND_MS);
	give(s, 5.999);
	add(s, 1000 * HAND_MS);
	EXPECT_EQ(0, first(s));
	EXPECT_EQ(1, where(s));
	add(s, 1000 * HAND_MS);
	add(s, 1000 * HAND_MS);
	EXPECT_EQ(0, first(s));
	EXPECT_EQ(0, where(s));
	give(s, 6.001);
	EXPECT_EQ(1, where(s));
	/* Those that are running count, too. */
	give(s, 5.999);
	hand_run(s, &s->job[3]);
	hand_run(s, &s->job[2]);
	EXPECT_EQ(0, where(s));
	s->st.running_count = 0;
	EXPECT_EQ(1, where(s));
}

/* 6 ms in all, of which 5 have been done: the same at 6 / 7.2. */
TEST_F(lbe, price_is_that_of_the_whole_job)
{
	static const u64 two[] = { 5000000, 5000000, 1000000, 4000000 };
	struct state *s = &self->s;

	hand_job(s, 100 * HAND_MS, 2, two)->layer = 1;
	hand_energy(s, &s->job[0], 1, energy);
	give(s, 7.201);
	EXPECT_EQ(1, where(s));
	give(s, 7.199);
	EXPECT_EQ(0, where(s));
}

/* A tenth of the 10 ms behind the next layer is kept, too: 11 / 13.2. */
TEST_F(lbe, margin_of_what_is_behind)
{
	static const u64 two[] = { 1000000, 4000000, 10000000, 10000000 };
	struct state *s = &self->s;

	hand_job(s, 100 * HAND_MS, 2, two);
	hand_energy(s, &s->job[0], 0, energy);
	give(s, 14.201);
	EXPECT_EQ(1, where(s));
	give(s, 14.199);
	EXPECT_EQ(0, where(s));
}

/* A device that is busy for a day is no better because the product is too large. */
TEST_F(lbe, price_of_a_long_wait)
{
	static const u64 two[] = { 1000000000, 1000000000, 1000000, 4000000 };
	struct state *s = &self->s;

	hand_job(s, 100 * HAND_MS, 2, two)->layer = 1;
	give(s, 0);
	s->job[0].deadline_ns++;
	hand_busy(s, 0, 1LL << 46);
	EXPECT_EQ(1, where(s));
}

/* What a layer is measured to need contains the move of its activations. */
TEST_F(lbe, switch_is_not_charged)
{
	struct state *s = &self->s;
	s64 before, after;

	add(s, 100 * HAND_MS);
	dream_policy_lbe.score(&s->st, &s->job[0], &s->accel[1], &before);
	s->params.switch_pj = 1000000;
	s->layer[0][0].in_bytes = 1000000;
	s->accel[1].last_order = 77;
	s->accel[1].last_out_bytes = 1000000;
	s->accel[0].last_order = s->job[0].order;
	dream_policy_lbe.score(&s->st, &s->job[0], &s->accel[1], &after);
	EXPECT_EQ(before, after);
	EXPECT_EQ(1, where(s));
}

/* ------------------------------------------------------------- reservations */

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

/* -------------------------------------------------------------------- order */

/* It is the time that counts, not its part of the period. */
TEST_F(lbe, least_laxity_first)
{
	struct state *s = &self->s;

	add(s, 21 * HAND_MS);
	add(s, 20 * HAND_MS)->queue->period_ns = 1000 * HAND_MS;
	EXPECT_EQ(1, first(s));
	/* Its own time counts, too: 20 ms are left for both, then less for one. */
	s->lat[0][0] = 2000000;
	dream_path_derive(&s->path[0], s->accels_of_class);
	EXPECT_EQ(0, first(s));
	s->job[0].deadline_ns++;
	EXPECT_EQ(1, first(s));
}

/* Laxities of 20 and 40 ms; the second one is worth twice as much, or more. */
TEST_F(lbe, weight_counts)
{
	struct state *s = &self->s;

	add(s, 21 * HAND_MS);
	add(s, 41 * HAND_MS);
	EXPECT_EQ(0, first(s));
	s->queue[1].weight = 200;
	EXPECT_EQ(0, first(s));
	s->queue[1].weight = 201;
	EXPECT_EQ(1, first(s));
	s->queue[0].weight = 101;
	EXPECT_EQ(0, first(s));
}

/* Among equals the one released first, wherever it is in the list. */
TEST_F(lbe, order_of_release_among_equals)
{
	struct state *s = &self->s;

	add(s, 20 * HAND_MS);
	add(s, 20 * HAND_MS);
	EXPECT_EQ(0, first(s));
	s->job[0].order = 3;
	EXPECT_EQ(1, first(s));
}

/* -------------------------------------------------------------- late frames */

/* Late by up to 9 ms, the next one is met behind it: it is done in 1 ms, before 10. */
TEST_F(lbe, next_one_can_be_met)
{
	struct state *s = &self->s;

	s->st.violations = CALM;
	add_late(s, 9 * HAND_MS);
	add(s, HAND_MS + 1);
	/* No time to lose: before all others, on the fastest. */
	EXPECT_EQ(0, first(s));
	EXPECT_EQ(0, where(s));
	/* A ns more and it has nothing to win. */
	s->job[0].deadline_ns--;
	EXPECT_EQ(1, first(s));
	s->st.job_count = 1;
	EXPECT_EQ(1, where(s));
}

/* Late by 1 ms, it has 8: time to go where it needs little energy. */
TEST_F(lbe, late_frames_have_time_until_the_next)
{
	struct state *s = &self->s;

	add_late(s, HAND_MS);
	EXPECT_EQ(1, where(s));
	add(s, 9 * HAND_MS + 1);
	EXPECT_EQ(0, first(s));
	s->job[1].deadline_ns -= 2;
	EXPECT_EQ(1, first(s));
	/* 3 ms to spare, as in the example above. */
	s->st.job_count = 1;
	s->job[0].deadline_ns = HAND_NOW + HAND_MS - (9000 - 3501) * 1000LL;
	EXPECT_EQ(1, where(s));
	s->job[0].deadline_ns = HAND_NOW + HAND_MS - (9000 - 3499) * 1000LL;
	EXPECT_EQ(0, where(s));
}

/* It is the whole of the next one that has to be met, not the rest of this one. */
TEST_F(lbe, next_one_is_a_whole_job)
{
	static const u64 two[] = { 5000000, 5000000, 1000000, 4000000 };
	struct state *s = &self->s;

	s->st.violations = CALM;
	hand_job(s, 10 * HAND_MS, 2, two)->layer = 1;
	s->job[0].deadline_ns = HAND_NOW + HAND_MS - 4 * HAND_MS;
	add(s, HAND_MS + 1);
	EXPECT_EQ(0, first(s));
	s->job[0].deadline_ns--;
	EXPECT_EQ(1, first(s));
}

/* In calm it is in time until a period has passed, but without a ns to lose. */
TEST_F(lbe, catches_up_in_calm)
{
	struct state *s = &self->s;

	add_late(s, 10 * HAND_MS - 1);
	add(s, HAND_MS + 1);
	s->st.violations = CALM - 1;
	EXPECT_EQ(0, first(s));
	EXPECT_EQ(0, where(s));
	/* Not before one that has no time either and came first. */
	s->job[1].deadline_ns--;
	EXPECT_EQ(0, first(s));
	s->job[0].order = 3;
	EXPECT_EQ(1, first(s));
	/* Not if many are late. */
	s->job[0].order = 1;
	s->st.violations = CALM;
	EXPECT_EQ(1, first(s));
	/* Not if it is later than that. */
	s->st.violations = 0;
	s->job[0].deadline_ns -= 2;
	EXPECT_EQ(1, first(s));
}

/* A queue whose frames take as long as its period cannot catch up. */
TEST_F(lbe, too_long_to_catch_up)
{
	struct state *s = &self->s;

	add_late(s, 1);
	add(s, 2 * HAND_MS);
	s->queue[0].period_ns = HAND_MS + 1;
	EXPECT_EQ(0, first(s));
	s->queue[0].period_ns = HAND_MS;
	EXPECT_EQ(1, first(s));
}

/* The next one is far away: there is time, and no overflow. */
TEST_F(lbe, longest_period)
{
	struct state *s = &self->s;

	add_late(s, 1);
	add_late(s, 2)->queue->period_ns = 0;
	s->queue[0].period_ns = U64_MAX;
	EXPECT_EQ(0, first(s));
	add(s, 1000 * HAND_MS);
	EXPECT_EQ(2, first(s));
}

/* Nobody knows when the next one would come. */
TEST_F(lbe, no_period_nothing_to_catch_up)
{
	struct state *s = &self->s;

	add_late(s, 1);
	add(s, 1000 * HAND_MS);
	EXPECT_EQ(0, first(s));
	s->queue[0].period_ns = 0;
	EXPECT_EQ(1, first(s));
	/* In time, it is as good as the others. */
	s->job[0].deadline_ns++;
	EXPECT_EQ(0, first(s));
}

/* --------------------------------------------------------------- background */

/* What is hopelessly late goes behind all others, to where it needs little energy. */
TEST_F(lbe, background_comes_last)
{
	struct state *s = &self->s;

	s->st.violations = CALM;
	add_late(s, 1000 * HAND_MS)->queue->weight = 10000;
	EXPECT_EQ(1, where(s));
	add(s, 100000 * HAND_MS)->queue->weight = 1;
	EXPECT_EQ(1, first(s));
}

/* As early and as late as can be: the weights do not make one out of the other. */
TEST_F(lbe, background_is_behind_whatever_weighs)
{
	struct state *s = &self->s;

	s->st.now_ns = 1ULL << 48;
	s->st.violations = CALM;
	add_late(s, 0)->queue->weight = 10000;
	add(s, 0)->queue->weight = 1;
	s->job[0].deadline_ns = 0;
	s->job[1].deadline_ns = U64_MAX;
	EXPECT_EQ(1, first(s));
	s->st.violations = 0;
	EXPECT_EQ(1, first(s));
	s->st.violations = CALM;
	/* It has all the time, although it has waited for long. */
	EXPECT_EQ(1, where(s));
}

/* Late by 100 and 50 ms; the second one is worth twice as much, or more. */
TEST_F(lbe, latest_first_in_the_background)
{
	struct state *s = &self->s;

	add_late(s, 50 * HAND_MS);
	add_late(s, 100 * HAND_MS);
	EXPECT_EQ(1, first(s));
	s->queue[0].weight = 199;
	EXPECT_EQ(1, first(s));
	/* As much: the one that was released first. */
	s->queue[0].weight = 200;
	EXPECT_EQ(0, first(s));
	s->queue[1].weight = 101;
	EXPECT_EQ(1, first(s));
}

/*
 * The first one waits for the cheap one, which is busy for 1 ms. The other has waited
 * for half of what it takes, 1.5 + 0.5 x 0.4 > 0.5 + 0.5 x 2: it waits, too, which it
 * would not behind a reservation.
 */
TEST_F(lbe, background_reserves_nothing)
{
	struct state *s = &self->s;

	s->st.violations = CALM;
	add_late(s, 200 * HAND_MS);
	add_late(s, 100 * HAND_MS)->prev_end_ns -= HAND_MS / 2;
	hand_busy(s, 1, HAND_MS);
	EXPECT_EQ(-1, first(s));
	/* For 5 ms it does not wait: 1.7 < 0.5 + 0.5 x 3.6. */
	hand_busy(s, 1, 5 * HAND_MS);
	EXPECT_EQ(1, first(s));
	EXPECT_EQ(0, where(s));
}

/* Once it has waited for 8 times what it takes, the fastest idle one is good enough. */
TEST_F(lbe, background_waits_not_for_ever)
{
	static const u64 three[] = { 1000000, 6000000, 5000000 };
	struct state *s = &self->s;

	hand_begin(s, 3);
	s->st.violations = CALM;
	hand_job(s, 10 * HAND_MS, 1, three)->deadline_ns = HAND_NOW - HAND_MS * 100;
	hand_busy(s, 0, HAND_MS / 10);
	s->job[0].prev_end_ns = HAND_NOW - 8 * HAND_MS + 1;
	EXPECT_EQ(-1, where(s));
	s->job[0].prev_end_ns--;
	EXPECT_EQ(2, where(s));
	/* If what is best is idle, that is taken. */
	s->accel[0].free = 1;
	s->accel[0].free_at_ns = 0;
	EXPECT_EQ(0, where(s));
}

/* Few are late: there is room for those, and no reason to wait. */
TEST_F(lbe, background_hurries_in_calm)
{
	struct state *s = &self->s;

	add_late(s, 100 * HAND_MS);
	hand_busy(s, 1, HAND_MS);
	s->st.violations = CALM;
	EXPECT_EQ(-1, where(s));
	s->st.violations = CALM - 1;
	EXPECT_EQ(0, where(s));
	hand_busy(s, 0, HAND_MS / 10);
	s->accel[1].free = 1;
	s->accel[1].free_at_ns = 0;
	EXPECT_EQ(1, where(s));
	/* Both idle: the time counts 8 times. */
	s->accel[0].free = 1;
	s->accel[0].free_at_ns = 0;
	EXPECT_EQ(0, where(s));
	s->st.violations = CALM;
	EXPECT_EQ(1, where(s));
}

/* ------------------------------------------------------------------ always */

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
