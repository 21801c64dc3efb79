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

static int edf_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 j;

	for (j = 0; j < st->job_count; j++)
		st->scratch[j].key = dream_order_score(st->jobs[j]->deadline_ns);
	return dream_pick_job(st, pick);
}

const struct dream_policy_ops dream_policy_edf = {
	.name = "edf",
	.doc = "earliest deadline first, on the fastest idle accelerator",
	.pick = edf_pick,
	.score = edf_score,
};
