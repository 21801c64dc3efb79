// SPDX-License-Identifier: GPL-2.0
/*
 * Policy dream-reserve: MapScore decides who comes first; each job in turn takes
 * the accelerator that is best for it, busy ones included, and waits for it.
 *
 *   order:	the largest MapScore(j, a) over all accelerators a, largest first
 *   place:	b = argmin over all a of fin(j, a)
 *		fin(j, a) = avail(a) + L(nl, a)			[ns]
 *   b has a free slot: start there. Else: avail(b) = fin(j, b), next job.
 *
 * avail(a) is when a is predicted to be idle, behind the jobs that have reserved it.
 * DREAM looks at idle accelerators only: it puts a layer on a slow one although the
 * good one is free in a moment. Reserving what is better although it is busy is
 * the difference to policy dream, and the only one.
 *
 * A job waits only for an accelerator that is busy, so that a completion asks
 * again: there is no standstill. On a chip of equal accelerators the earliest idle
 * one is always best, and the policy is DREAM's order on it.
 *
 * Cost: jobs * accelerators evaluations, and a sort. Predicted times saturate.
 */
#include "policy.h"

static bool reserve_score(const struct dream_state *st,
			  const struct dream_pjob *job,
			  const struct dream_paccel *accel, s64 *score)
{
	struct dream_terms terms;

	dream_job_terms(st, job, accel, &terms);
	*score = terms.map_score;
	return true;
}

static s64 best_score(struct dream_state *st, const struct dream_pjob *job)
{
	s64 best = S64_MIN, score;
	u32 a;

	for (a = 0; a < st->accel_count; a++) {
		reserve_score(st, job, st->accels[a], &score);
		best = max(best, score);
	}
	st->evaluations += st->accel_count;
	return best;
}

static u32 place(struct dream_state *st, const struct dream_sort *entry, u64 *end_ns)
{
	const struct dream_pjob *job = st->jobs[entry->job];
	u32 a = dream_earliest_finish(st, job);

	*end_ns = dream_finish(job, st->accels[a]);
	return a;
}

static int reserve_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 i;

	for (i = 0; i < st->job_count; i++)
		st->scratch[i].key = -best_score(st, st->jobs[i]);
	return dream_pick_reserving(&dream_policy_reserve, st, place, pick);
}

const struct dream_policy_ops dream_policy_reserve = {
	.name = "dream-reserve",
	.doc = "MapScore's order; each job waits for the accelerator that ends it first",
	.pick = reserve_pick,
	.score = reserve_score,
};
