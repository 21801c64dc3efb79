// SPDX-License-Identifier: GPL-2.0
/*
 * Policy fifo: the job that was released first, on any idle accelerator.
 *
 *   score(j, a) = -order(j)
 *
 * Layers of one job follow each other; a job that was released earlier always
 * goes first. The accelerator is the idle one with the smallest id, whatever the
 * job costs there. No deadline, no cost, no energy. It needs nothing from a
 * profile and cannot err, so it takes over from a policy that has failed.
 */
#include "policy.h"

static bool fifo_score(const struct dream_state *st, const struct dream_pjob *job,
		       const struct dream_paccel *accel, s64 *score)
{
	*score = dream_order_score(job->order);
	return true;
}

const struct dream_policy_ops dream_policy_fifo = {
	.name = "fifo",
	.doc = "first released first, on any idle accelerator",
	.score = fifo_score,
};
