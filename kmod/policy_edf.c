// SPDX-License-Identifier: GPL-2.0
/*
 * Policy edf: the job with the earliest absolute deadline, on the idle accelerator
 * that executes its next layer fastest.
 *
 *   score(j, a) = -deadline(j); the accelerator is argmin over idle a of L(nl, a)
 *
 * Optimal on one accelerator that can be preempted and is not overloaded; neither
 * holds here, and energy plays no part. Equal deadlines go by order of release,
 * equal latencies by the smaller id.
 */
#include "policy.h"

static bool edf_score(const struct dream_state *st, const struct dream_pjob *job,
		      const struct dream_paccel *accel, s64 *score)
{
	*score = dream_order_score(job->deadline_ns);
	return true;
}

static bool earlier(const struct dream_pjob *a, const struct dream_pjob *b)
{
	if (a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	return a->order < b->order;
}

/* The idle accelerator on which the next layer of job @j is fastest. */
static u32 fastest_idle(const struct dream_state *st, u32 j)
{
	const struct dream_pjob *job = st->jobs[j];
	u64 best_lat = U64_MAX;
	u32 a, best = DREAM_NO_ACCEL;

	for (a = 0; a < st->accel_count; a++) {
		u64 lat;

		if (!st->accels[a]->free)
			continue;
		lat = dream_path_lat(job->path, job->layer, st->accels[a]->cls);
		if (lat < best_lat) {
			best_lat = lat;
			best = a;
		}
	}
	return best;
}

static int edf_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 j, first = 0, second = U32_MAX;

	for (j = 1; j < st->job_count; j++) {
		if (earlier(st->jobs[j], st->jobs[first])) {
			second = first;
			first = j;
		} else if (second == U32_MAX ||
			   earlier(st->jobs[j], st->jobs[second])) {
			second = j;
		}
	}
	st->evaluations += st->job_count;

	pick->best.job = first;
	pick->best.accel = fastest_idle(st, first);
	if (pick->best.accel == DREAM_NO_ACCEL)
		return -EAGAIN;
	pick->best.score = dream_order_score(st->jobs[first]->deadline_ns);
	pick->has_second = second != U32_MAX;
	if (pick->has_second) {
		pick->second.job = second;
		pick->second.accel = fastest_idle(st, second);
		pick->second.score =
			dream_order_score(st->jobs[second]->deadline_ns);
	}
	return 0;
}

const struct dream_policy_ops dream_policy_edf = {
	.name = "edf",
	.doc = "earliest deadline first, on the fastest idle accelerator",
	.pick = edf_pick,
	.score = edf_score,
};
