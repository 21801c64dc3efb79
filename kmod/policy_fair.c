// SPDX-License-Identifier: GPL-2.0
/*
 * Policy fair: the queue that has run least, by its weight; on the idle accelerator
 * that executes the job's next layer fastest.
 *
 *   vruntime(q) += ns * 100 / weight(q)	when a layer of q ran for ns
 *   score(j, a)  = -vruntime(queue of j)
 *
 * as the newest scheduler of drm does for its entities. vruntime is in ns at weight
 * 100 and saturates at 2^64: 5.8 years of one accelerator at weight 1, 584 at
 * weight 100.
 *
 * A queue that was idle gets no credit for that: with its next job it starts at the
 * smallest vruntime among the queues with a ready or running job (min_vruntime,
 * which never falls). A queue that stayed active is above that anyway.
 *
 * Guarantee: two queues that always have a ready job and compete for the same
 * accelerators get time in proportion to their weights, within one layer of each.
 * No deadline, no energy. To be chosen for batch work of several users.
 */
#include "policy.h"

#define WEIGHT_ONE	100

static bool fair_score(const struct dream_state *st, const struct dream_pjob *job,
		       const struct dream_paccel *accel, s64 *score)
{
	*score = dream_order_score(job->queue->vruntime);
	return true;
}

static int fair_pick(struct dream_state *st, struct dream_pick *pick)
{
	u64 least = U64_MAX;
	u32 j;

	for (j = 0; j < st->running_count; j++)
		least = min(least, st->running[j]->queue->vruntime);
	for (j = 0; j < st->job_count; j++) {
		u64 vruntime = st->jobs[j]->queue->vruntime;

		least = min(least, vruntime);
		st->scratch[j].key = dream_order_score(vruntime);
	}
	st->min_vruntime = max(st->min_vruntime, least);
	return dream_pick_job(st, pick);
}

static void fair_prepare(struct dream_state *st, struct dream_pjob *job)
{
	job->queue->vruntime = max(job->queue->vruntime, st->min_vruntime);
}

static void fair_layer_done(struct dream_state *st, struct dream_pjob *job,
			    struct dream_paccel *accel, u64 ns)
{
	struct dream_pqueue *q = job->queue;
	u64 weighted = div64_u64(dream_sat_mul(ns, WEIGHT_ONE), max(q->weight, 1U));

	q->vruntime = dream_sat_add(q->vruntime, weighted);
}

const struct dream_policy_ops dream_policy_fair = {
	.name = "fair",
	.doc = "least weighted run time of its queue, on the fastest idle accelerator",
	.pick = fair_pick,
	.score = fair_score,
	.prepare = fair_prepare,
	.layer_done = fair_layer_done,
};
