// SPDX-License-Identifier: GPL-2.0
/*
 * Policy lbe: laxity, budgeted energy, reservation.
 *
 *   due(j)     = d					if now + minToGo <= d
 *		= d + T - C			late, the next frame of its queue not yet
 *		= now + minToGo			late by T at most, in calm
 *   laxity(j)  = due(j) - now - minToGo				[ns]
 *   order:	timely jobs by rising laxity / weight, when it is not calm by
 *		laxity / (T * weight); then those in the background by falling
 *		lateness * weight
 *   fin(j, a)  = avail(a) + L(nl, a)					[ns]
 *   cost(j, a) = E(nl, a) / mean E + price * (fin(j, a) - now) / mean L
 *
 *   timely, all that have a due(j):
 *	spare = laxity - (minToGo - min L) / 10 - T / 20		[ns]
 *	load  = max(1, (ready + running) / N)
 *	price = load * max(mean L, C) / spare; infinite if spare <= 0
 *	b = argmin over all a of cost(j, a), busy ones included
 *	b has a free slot: start there. Else reserve it: avail(b) = fin(j, b), wait.
 *   in the background:
 *	price = time since the job's previous layer / C, plus 8 in calm
 *	b = argmin over all a of cost(j, a)
 *	b has a free slot: start there. Else wait without a reservation; from a price
 *	of 8 on, take the fastest idle one.
 *
 * with the period T (for a queue without one the relative deadline, but not in due), the
 * time C that the whole job takes on the fastest accelerators, and N accelerators.
 * Calm is when less than 1/10 of the frames are violated that could be met
 * (&dream_state.violations).
 *
 * A job with time to spare goes where it costs little energy; the less time it has,
 * and the more others want some, the more a moment is worth. C, not what is left of it:
 * time that was won early is not given away later. avail(a) is when a is predicted
 * to be idle, behind the jobs that have reserved it: nobody takes a slow accelerator
 * because the good one is busy for a moment. Of two jobs with the same time to spare
 * the one with the larger weight goes first, and when not all can be met the one of the
 * slower stream, of which a frame is a larger part. The energy of moving activations is part
 * of what a layer is measured to need and is not charged again.
 *
 * A frame that cannot make its deadline and has not been dropped is late anyway, but
 * the next one of its queue waits for it, and would be late, too, and so on. So it is
 * timely still as long as the next one can be met behind it, and in calm as long as
 * it is no more than a period behind, if C < T: a stream that a disturbance has thrown
 * back catches up. The others run in the background.
 *
 * Fixed point with 16 fractional bits: a ratio is at most 2^40 (dream_ratio()), price
 * times a ratio saturates at 2^60, the cost is below 2^61. Laxities are within 2^48;
 * weighted ones are cut off at 2^49, and the background lies 2^50 behind.
 *
 * Timely jobs wait only for accelerators that are busy, so that a completion asks
 * again: there is no standstill. Background jobs may wait for ever while timely ones
 * take all the time. To be chosen where accelerators differ, deadlines matter and
 * energy does, too; the rules for dropped frames and for variants should be on.
 */
#include "policy.h"

/* Part of the feasible frames that is violated in calm at most, 1/65536. */
#define CALM		(DREAM_ONE / 10)
/* How far the background lies behind timely jobs in the order. */
#define BACKGROUND	((s64)1 << 50)
/* Price from which a background job takes any idle accelerator, 1/65536. */
#define PRICE_ANY	(8 * DREAM_ONE)
/* Price of a job without time to spare: time is all that counts. */
#define PRICE_INFINITE	U64_MAX
#define WEIGHT_ONE	100

static const struct dream_path_layer *next_layer(const struct dream_pjob *job)
{
	return &job->path->layer[job->layer];
}

/* T, in ns. */
static u64 period_of(const struct dream_pqueue *q)
{
	return q->period_ns ? q->period_ns : q->deadline_ns;
}

/* C, in ns. */
static u64 whole(const struct dream_pjob *job)
{
	return job->path->layer[0].rest_min;
}

static bool calm(const struct dream_state *st)
{
	return st->violations < CALM;
}

/* --------------------------------------------------------------- deadlines */

/*
 * How late a job may be and count as timely, in ns. The deadline of the next frame is
 * a period away.
 */
static s64 grace(const struct dream_state *st, const struct dream_pjob *job)
{
	u64 period = min(job->queue->period_ns, DREAM_TIME_MAX);

	if (whole(job) >= period)
		return 0;
	return (s64)(calm(st) ? period : period - whole(job));
}

/* due(j) - now - minToGo, in ns, within +-2^48; negative in the background only. */
static s64 laxity(const struct dream_state *st, const struct dream_pjob *job)
{
	s64 lax = dream_slack(st->now_ns, job->deadline_ns) -
		  (s64)next_layer(job)->rest_min;
	u64 period = min(job->queue->period_ns, DREAM_TIME_MAX);

	if (lax >= 0 || lax + grace(st, job) < 0)
		return lax;
	return max(lax + (s64)(period - whole(job)), 0LL);
}

/* --------------------------------------------------------------- placement */

/* What time costs a timely job, in energy; 1/65536. */
static u64 price_timely(const struct dream_state *st, const struct dream_pjob *job)
{
	const struct dream_path_layer *pl = next_layer(job);
	s64 spare = laxity(st, job) - (s64)((pl->rest_min - pl->lat_min) / 10) -
		    (s64)min(period_of(job->queue) / 20, DREAM_TIME_MAX);
	u64 jobs = max((u64)st->job_count + st->running_count,
		       (u64)st->accel_count);

	if (spare <= 0)
		return PRICE_INFINITE;
	return dream_ratio(dream_sat_mul(max(pl->lat_mean, whole(job)), jobs),
			   dream_sat_mul((u64)spare, st->accel_count));
}

/* What it costs a job in the background; 1/65536. It grows while the job waits. */
static u64 price_background(const struct dream_state *st,
			    const struct dream_pjob *job)
{
	u64 waited = st->now_ns - min(job->prev_end_ns, st->now_ns);

	return (calm(st) ? PRICE_ANY : 0) +
	       dream_ratio(waited, whole(job));
}

static u64 price_of_time(const struct dream_state *st, const struct dream_pjob *job,
			 bool timely)
{
	return timely ? price_timely(st, job) : price_background(st, job);
}

/* Cost of the next layer of @job on @accel, where it ends at @end_ns; below 2^61. */
static u64 cost(const struct dream_state *st, const struct dream_pjob *job,
		const struct dream_paccel *accel, u64 end_ns, u64 price)
{
	const struct dream_path_layer *pl = next_layer(job);
	u64 energy = dream_path_energy(job->path, job->layer, accel->cls);
	u64 took = end_ns - st->now_ns;
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
	u64 end_ns = dream_sat_add(dream_avail(st, accel),
				   dream_path_lat(job->path, job->layer,
						  accel->cls));
	u64 price = price_of_time(st, job, laxity(st, job) >= 0);

	*score = dream_order_score(cost(st, job, accel, end_ns, price));
	return true;
}

static u32 cheapest(struct dream_state *st, const struct dream_pjob *job, u64 price)
{
	u64 c, least = U64_MAX;
	u32 a, best = 0;

	for (a = 0; a < st->accel_count; a++) {
		c = cost(st, job, st->accels[a],
			 dream_finish(job, st->accels[a]), price);
		if (c < least) {
			least = c;
			best = a;
		}
	}
	st->evaluations += st->accel_count;
	return best;
}

static u32 place(struct dream_state *st, const struct dream_sort *entry, u64 *end_ns)
{
	const struct dream_pjob *job = st->jobs[entry->job];
	bool timely = entry->key < BACKGROUND / 2;
	u64 price = price_of_time(st, job, timely);
	u32 a = cheapest(st, job, price);

	*end_ns = dream_finish(job, st->accels[a]);
	if (timely || st->accels[a]->free)
		return a;
	return price >= PRICE_ANY ? dream_fastest_idle(st, job) : DREAM_NO_ACCEL;
}

/* Place in the order, within +-2^49 of its class. */
static s64 place_in_order(const struct dream_state *st, const struct dream_pjob *job)
{
	s64 lax = laxity(st, job);
	u64 weight = max(job->queue->weight, 1U);
	u64 key;

	if (lax < 0)
		return BACKGROUND -
		       (s64)min(div64_u64(dream_sat_mul((u64)-lax, weight), WEIGHT_ONE),
				(u64)BACKGROUND / 2);
	key = calm(st) ? (u64)lax : dream_ratio((u64)lax, period_of(job->queue));
	return (s64)min(div64_u64(key * WEIGHT_ONE, weight),
			(u64)BACKGROUND / 2 - 1);
}

static int lbe_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 i;

	for (i = 0; i < st->job_count; i++)
		st->scratch[i].key = place_in_order(st, st->jobs[i]);
	return dream_pick_reserving(&dream_policy_lbe, st, place, pick);
}

const struct dream_policy_ops dream_policy_lbe = {
	.name = "lbe",
	.doc = "laxity, budgeted energy, reservation of accelerators that are busy",
	.pick = lbe_pick,
	.score = lbe_score,
};
