// SPDX-License-Identifier: GPL-2.0
/*
 * Policy terastal: the deadline of a job is split into budgets of its layers; a layer
 * runs on a device that keeps its budget (Terastal, RTCSA 2026).
 *
 *   heterogeneity(l) = mean over a of L(l, a) / min over a of L(l, a)
 *   budget(l) = D * min L(l, a) * heterogeneity(l) / sum over the path of the same
 *	       = D * mean L(l, a) / ToGo(whole job)
 *   due(j)    = d - D * ToGo behind the next layer / ToGo(whole job)	[ns]
 *   laxity(j) = due(j) - now - min L(nl, a)
 *   score(j, a) = -(due(j) - now - L(nl, a))
 *
 * with the relative deadline D = d - release: due(j) is by when the next layer must
 * have ended for the layers behind it to have their budgets. Layers that depend much
 * on where they run get more time, to wait for the device that suits them.
 *
 * Jobs go by rising laxity. Each takes, of the idle accelerators on which it ends by
 * its due time, the one with the least energy; if there is none, the accelerator
 * on which it ends first, busy ones included. If that one is busy, the job reserves it
 * and waits, and avail(a) moves.
 *
 * CHOICE: only a short description was at hand; heterogeneity as the weight of a
 * budget, the order by laxity, energy among the devices that keep the budget and the
 * reservation are this project's reading.
 *
 * Scale: quotients of ToGo are <= 1 with 16 fractional bits, D <= 2^47: the product
 * fits 63 bits and due(j) errs by D / 2^16. Scores are below 2^49. It waits only for
 * accelerators that are busy.
 */
#include "policy.h"

/* By when the next layer of @job is to end, relative to now: ns, below 2^48. */
static s64 budget_left(const struct dream_state *st, const struct dream_pjob *job)
{
	const struct dream_path_layer *pl = &job->path->layer[job->layer];
	s64 span = dream_slack(job->release_ns, job->deadline_ns);
	u64 behind = pl->rest_mean - pl->lat_mean;
	u64 part = min(dream_ratio(behind, job->path->layer[0].rest_mean), DREAM_ONE);

	span = max(span, 0LL);
	return dream_slack(st->now_ns, job->deadline_ns) -
	       (s64)(((u64)span * part) >> DREAM_Q);
}

static s64 time_on(const struct dream_pjob *job, const struct dream_paccel *accel)
{
	return (s64)min(dream_path_lat(job->path, job->layer, accel->cls),
			DREAM_TIME_MAX);
}

static bool terastal_score(const struct dream_state *st,
			   const struct dream_pjob *job,
			   const struct dream_paccel *accel, s64 *score)
{
	*score = time_on(job, accel) - budget_left(st, job);
	return true;
}

static u64 energy_on(const struct dream_state *st, const struct dream_pjob *job,
		     const struct dream_paccel *accel)
{
	return dream_sat_add(dream_path_energy(job->path, job->layer, accel->cls),
			     dream_switch_nj(st, job, accel));
}

/* The idle accelerator with the least energy that keeps the budget. */
static u32 cheapest_in_time(const struct dream_state *st, const struct dream_pjob *job)
{
	s64 left = budget_left(st, job);
	u32 a, best = DREAM_NO_ACCEL;

	for (a = 0; a < st->accel_count; a++) {
		const struct dream_paccel *accel = st->accels[a];

		if (!accel->free || left < 0 ||
		    dream_finish(job, accel) - st->now_ns > (u64)left)
			continue;
		if (best == DREAM_NO_ACCEL ||
		    energy_on(st, job, accel) <
		    energy_on(st, job, st->accels[best]))
			best = a;
	}
	return best;
}

static u32 place(struct dream_state *st, const struct dream_sort *entry, u64 *end_ns)
{
	const struct dream_pjob *job = st->jobs[entry->job];
	u32 a = cheapest_in_time(st, job);

	st->evaluations += st->accel_count;
	if (a == DREAM_NO_ACCEL)
		a = dream_earliest_finish(st, job);
	*end_ns = dream_finish(job, st->accels[a]);
	return a;
}

static int terastal_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 i;

	for (i = 0; i < st->job_count; i++) {
		const struct dream_pjob *job = st->jobs[i];

		st->scratch[i].key = budget_left(st, job) -
				     (s64)job->path->layer[job->layer].lat_min;
	}
	return dream_pick_reserving(&dream_policy_terastal, st, place, pick);
}

const struct dream_policy_ops dream_policy_terastal = {
	.name = "terastal",
	.doc = "least laxity within budgets of the layers, waits for the device in time",
	.pick = terastal_pick,
	.score = terastal_score,
};
