// SPDX-License-Identifier: GPL-2.0
/*
 * Policy lbe: laxity, budgeted energy, reservation.
 *
 *   order: by class, then by (Slack - minToGo) / period, then by release
 *   fin(j, a)  = avail(a) + L(nl, a)					[ns]
 *   cost(j, a) = (E(nl, a) + switch) / mean E + price * (fin(j, a) - now) / mean L
 *
 *   class 0, timely:
 *	laxity = Slack - 1.1 * (minToGo - min L) - period / 20 - min L	[ns]
 *	price  = max(mean L, minToGo) / laxity; infinite if laxity <= 0
 *	b = argmin over all a of cost(j, a), busy ones included
 *	b has a free slot: start there. Else reserve it: avail(b) = fin(j, b), wait.
 *   class 1, set aside, and class 2, hopeless:
 *	price = time since the job's previous layer / mean L
 *	b = argmin over all a of cost(j, a)
 *	b has a free slot: start there. Else wait without a reservation; from a price
 *	of 8 on, take the fastest idle one.
 *
 * A job with time to spare goes where it costs little energy; the less time it has,
 * the more a moment is worth. avail(a) is when a is predicted to be idle, behind the
 * jobs that have reserved it: nobody takes a slow accelerator because the good one is
 * busy for a moment.
 *
 * Frames that cannot make their deadlines (minToGo > Slack) and have not been dropped
 * run in the background, where they need the least energy: they are late anyway.
 * Others are set aside if there is too much work for all: looking at the timely
 * jobs in order of deadlines, where
 *
 *   sum of minToGo of those admitted so far > N * Slack
 *
 * the admitted one with the largest minToGo / (weight * period) is set aside (the
 * rule of Moore and Hodgson, weighted: a frame of a slow stream counts for more).
 *
 * Fixed point with 16 fractional bits: a ratio is at most 2^40 (dream_ratio()), price
 * times a ratio saturates at 2^60, the cost is below 2^61. Keys: the relative laxity
 * is within 2^40, classes are 2^42 apart.
 *
 * It waits only for accelerators that are busy, so that a completion asks again: there
 * is no standstill. Background jobs may wait for ever while timely ones take all the
 * time. To be chosen where accelerators differ, deadlines matter and energy does, too;
 * the rules for dropped frames and for variants should be on.
 */
#include "policy.h"

enum lbe_class {
	CLASS_TIMELY,
	CLASS_SET_ASIDE,
	CLASS_BACKGROUND
};

/* Classes are that far apart in the key. */
#define CLASS_SHIFT	42
/* Price from which a background job takes any idle accelerator, 1/65536. */
#define PRICE_ANY	(8 * DREAM_ONE)
/* Price of a job without laxity: time is all that counts. */
#define PRICE_INFINITE	U64_MAX
#define WEIGHT_ONE	100

static const struct dream_path_layer *next_layer(const struct dream_pjob *job)
{
	return &job->path->layer[job->layer];
}

static u64 period_of(const struct dream_pqueue *q)
{
	return q->period_ns ? q->period_ns : q->deadline_ns;
}

/* Slack - minToGo, in ns. */
static s64 laxity(const struct dream_state *st, const struct dream_pjob *job)
{
	return dream_slack(st->now_ns, job->deadline_ns) -
	       (s64)next_layer(job)->rest_min;
}

static enum lbe_class plain_class(const struct dream_state *st,
				  const struct dream_pjob *job)
{
	return laxity(st, job) < 0 ? CLASS_BACKGROUND : CLASS_TIMELY;
}

/* Laxity over period, 1/65536, within +-2^40. */
static s64 relative_laxity(const struct dream_state *st, const struct dream_pjob *job)
{
	s64 lax = laxity(st, job);

	if (lax < 0)
		return -(s64)dream_ratio((u64)-lax, period_of(job->queue));
	return (s64)dream_ratio((u64)lax, period_of(job->queue));
}

/* -------------------------------------------------------------- admission */

/* What setting the job aside saves for what it loses, 1/65536 and below 2^47. */
static s64 burden(const struct dream_pjob *job)
{
	u64 ratio = dream_ratio(next_layer(job)->rest_min, period_of(job->queue));

	return (s64)div64_u64(ratio * WEIGHT_ONE, max(job->queue->weight, 1U));
}

static void swap_entries(struct dream_sort *a, struct dream_sort *b)
{
	struct dream_sort tmp = *a;

	*a = *b;
	*b = tmp;
}

/*
 * Sort by deadline; then walk along. Entries [0, n) are the admitted ones, a heap with
 * the heaviest burden on top; entries [n, i) are the others, and the rest has not
 * been looked at.
 */
static void admit(struct dream_state *st)
{
	struct dream_sort *v = st->scratch;
	u64 work = 0;
	u32 i, n = 0;

	for (i = 0; i < st->job_count; i++)
		v[i].key = dream_slack(st->now_ns, st->jobs[v[i].job]->deadline_ns);
	dream_sort(v, st->job_count);

	for (i = 0; i < st->job_count; i++) {
		s64 slack = v[i].key;

		if (v[i].cls != CLASS_TIMELY)
			continue;
		work = dream_sat_add(work, next_layer(st->jobs[v[i].job])->rest_min);
		v[i].key = burden(st->jobs[v[i].job]);
		swap_entries(&v[i], &v[n]);
		dream_heap_push(v, n++);
		if (work <= dream_sat_mul((u64)slack, st->accel_count))
			continue;
		dream_heap_pop(v, n--);
		v[n].cls = CLASS_SET_ASIDE;
		work -= next_layer(st->jobs[v[n].job])->rest_min;
	}
}

static void classify(struct dream_state *st)
{
	u32 j;

	for (j = 0; j < st->job_count; j++) {
		st->scratch[j].job = j;
		st->scratch[j].order = st->jobs[j]->order;
		st->scratch[j].cls = plain_class(st, st->jobs[j]);
	}
	admit(st);
}

static void sort_jobs(struct dream_state *st)
{
	struct dream_sort *v = st->scratch;
	u32 i;

	for (i = 0; i < st->job_count; i++)
		v[i].key = ((s64)v[i].cls << CLASS_SHIFT) +
			   relative_laxity(st, st->jobs[v[i].job]);
	dream_sort(v, st->job_count);
}

/* -------------------------------------------------------------- placement */

/* What time costs a timely job, in energy; 1/65536. */
static u64 price_timely(const struct dream_state *st, const struct dream_pjob *job)
{
	const struct dream_path_layer *pl = next_layer(job);
	u64 behind = pl->rest_min - pl->lat_min;
	s64 lax = dream_slack(st->now_ns, job->deadline_ns) -
		  (s64)(behind + behind / 10 + pl->lat_min) -
		  (s64)min(period_of(job->queue) / 20, DREAM_TIME_MAX);

	if (lax <= 0)
		return PRICE_INFINITE;
	return dream_ratio(max(pl->lat_mean, pl->rest_min), (u64)lax);
}

/* What it costs a job in the background; 1/65536. It grows while the job waits. */
static u64 price_background(const struct dream_state *st,
			    const struct dream_pjob *job)
{
	u64 waited = st->now_ns - min(job->prev_end_ns, st->now_ns);

	return dream_ratio(waited, next_layer(job)->lat_mean);
}

static u64 price_of_time(const struct dream_state *st, const struct dream_pjob *job,
			 u32 cls)
{
	return cls == CLASS_TIMELY ? price_timely(st, job) :
				     price_background(st, job);
}

static u64 finish(const struct dream_pjob *job, const struct dream_paccel *accel,
		  u64 avail)
{
	return dream_sat_add(avail, dream_path_lat(job->path, job->layer,
						   accel->cls));
}

/* Cost of the next layer of @job on @accel that is idle at @avail; below 2^62. */
static u64 cost(const struct dream_state *st, const struct dream_pjob *job,
		const struct dream_paccel *accel, u64 avail, u64 price)
{
	const struct dream_path_layer *pl = next_layer(job);
	u64 energy = dream_sat_add(dream_path_energy(job->path, job->layer,
						     accel->cls),
				   dream_switch_nj(st, job, accel));
	u64 took = finish(job, accel, avail) - st->now_ns;
	u64 time = dream_ratio(took, pl->lat_mean);

	if (price == PRICE_INFINITE)
		return min(took, DREAM_PRODUCT_MAX);
	if (mul_u64_u64_shr(price, time, 60 + DREAM_Q))
		time = DREAM_PRODUCT_MAX;
	else
		time = mul_u64_u64_shr(price, time, DREAM_Q);
	return time + dream_ratio(dream_sat_mul(energy, st->accel_count),
				  pl->energy_sum);
}

static bool lbe_score(const struct dream_state *st, const struct dream_pjob *job,
		      const struct dream_paccel *accel, s64 *score)
{
	u64 price = price_of_time(st, job, plain_class(st, job));

	*score = dream_order_score(cost(st, job, accel, dream_avail(st, accel),
					price));
	return true;
}

static u32 cheapest(struct dream_state *st, const struct dream_pjob *job, u64 price)
{
	u64 least = U64_MAX;
	u32 a, best = 0;

	for (a = 0; a < st->accel_count; a++) {
		u64 c = cost(st, job, st->accels[a], st->accels[a]->avail_ns, price);

		if (c < least) {
			least = c;
			best = a;
		}
	}
	st->evaluations += st->accel_count;
	return best;
}

/* Where the job goes: an accelerator with a free slot, or DREAM_NO_ACCEL to wait. */
static u32 place(struct dream_state *st, const struct dream_pjob *job, u32 cls)
{
	u64 price = price_of_time(st, job, cls);
	u32 a = cheapest(st, job, price);
	struct dream_paccel *accel = st->accels[a];

	if (accel->free)
		return a;
	if (cls == CLASS_TIMELY)
		accel->avail_ns = finish(job, accel, accel->avail_ns);
	else if (price >= PRICE_ANY)
		return dream_fastest_idle(st, job);
	return DREAM_NO_ACCEL;
}

static int lbe_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 i, a;

	classify(st);
	sort_jobs(st);
	dream_avail_start(st);
	for (i = 0; i < st->job_count; i++) {
		u32 j = st->scratch[i].job;

		a = place(st, st->jobs[j], st->scratch[i].cls);
		if (a == DREAM_NO_ACCEL)
			continue;
		dream_pick_pair(&dream_policy_lbe, st, j, a, pick);
		return 0;
	}
	return -EAGAIN;
}

const struct dream_policy_ops dream_policy_lbe = {
	.name = "lbe",
	.doc = "laxity, budgeted energy, reservation of accelerators that are busy",
	.pick = lbe_pick,
	.score = lbe_score,
};
