// SPDX-License-Identifier: GPL-2.0
/*
 * Policy rr: round robin over the queues; a turn is one layer.
 *
 *   score(j, a) = -turn(queue of j); the accelerator is the fastest idle one
 *
 * Turns are numbered as they end. The queue whose last turn lies farthest back
 * goes next, one that never had a turn before all others, and among those the job
 * released first. So between two turns of a queue every other queue that stays
 * ready gets one turn at least, and none starves.
 *
 * Fair in turns, not in time: a queue with long layers gets more of the
 * accelerators. No deadline, no weight, no energy. To be chosen where nothing is
 * known of the models, and as the plainest opponent of the others.
 */
#include "policy.h"

static bool rr_score(const struct dream_state *st, const struct dream_pjob *job,
		     const struct dream_paccel *accel, s64 *score)
{
	*score = dream_order_score(job->queue->turn);
	return true;
}

static int rr_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 j;

	for (j = 0; j < st->job_count; j++)
		st->scratch[j].key = dream_order_score(st->jobs[j]->queue->turn);
	return dream_pick_job(st, pick);
}

/* A queue in its turn is not ready: the end of the turn is soon enough. */
static void rr_layer_done(struct dream_state *st, struct dream_pjob *job,
			  struct dream_paccel *accel, u64 ns)
{
	job->queue->turn = ++st->turns;
}

const struct dream_policy_ops dream_policy_rr = {
	.name = "rr",
	.doc = "round robin over the queues, on the fastest idle accelerator",
	.pick = rr_pick,
	.score = rr_score,
	.layer_done = rr_layer_done,
};
