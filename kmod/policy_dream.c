// SPDX-License-Identifier: GPL-2.0
/*
 * Policy dream: the pair of ready job and idle accelerator with the largest
 * MapScore (DREAM, Kim et al., ASPLOS 2023).
 *
 *   score(j, a) = Urgency * LatPref + alpha * Starv + beta * (EnPref - Switch)
 *
 * Every ready job is scored against every accelerator with a free slot, at every
 * decision: jobs * accelerators evaluations. The policy never waits for an
 * accelerator that is busy. score.h has the terms, their scale and their bounds.
 */
#include "policy.h"

static bool dream_score(const struct dream_state *st, const struct dream_pjob *job,
			const struct dream_paccel *accel, s64 *score)
{
	struct dream_terms terms;

	dream_job_terms(st, job, accel, &terms);
	*score = terms.map_score;
	return true;
}

const struct dream_policy_ops dream_policy_dream = {
	.name = "dream",
	.doc = "largest MapScore: urgency, latency, starvation, energy, switch cost",
	.score = dream_score,
};
