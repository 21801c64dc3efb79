// SPDX-License-Identifier: GPL-2.0
/*
 * Policy llf: the job with the least laxity, on the idle accelerator that executes
 * its next layer fastest.
 *
 *   laxity(j)   = slack(j) - minToGo(j)		[ns]
 *   score(j, a) = -laxity(j)
 *
 * Laxity is how long the job can still wait and meet its deadline on the fastest
 * accelerators. Both terms are at most 2^47 in size (DREAM_TIME_MAX), so the score
 * is below 2^48.
 *
 * Least laxity is optimal where edf is (one accelerator, preemption, no overload)
 * and sees what edf does not: of two jobs with one deadline the longer one is in
 * more of a hurry. In overload it shares the fate of edf: jobs that are late
 * already come first. No energy. To be chosen where jobs differ much in length
 * and the load is moderate.
 */
#include "policy.h"

/* -laxity, in ns */
static s64 urgency(const struct dream_state *st, const struct dream_pjob *job)
{
	return (s64)job->path->layer[job->layer].rest_min -
	       dream_slack(st->now_ns, job->deadline_ns);
}

static bool llf_score(const struct dream_state *st, const struct dream_pjob *job,
		      const struct dream_paccel *accel, s64 *score)
{
	*score = urgency(st, job);
	return true;
}

static int llf_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 j;

	for (j = 0; j < st->job_count; j++)
		st->scratch[j].key = urgency(st, st->jobs[j]);
	return dream_pick_job(st, pick);
}

const struct dream_policy_ops dream_policy_llf = {
	.name = "llf",
	.doc = "least laxity first, on the fastest idle accelerator",
	.pick = llf_pick,
	.score = llf_score,
};
