// SPDX-License-Identifier: GPL-2.0
/*
 * Policy fifo-static: each queue is pinned to one accelerator, which serves its
 * queues first released first.
 *
 * A queue is pinned when its first job is released: to the accelerator whose load
 * is smallest with the queue on it, where
 *
 *   load(a) = sum over the queues q pinned to a of time(q, a) / period(q)
 *   time(q, a) = sum over the layers of the queue's model of L(l, a)
 *
 * with the relative deadline in place of a period that is not known. The fixed
 * assignment is what deployments do that give each network a device; choosing it
 * by load makes it a fair opponent.
 */
#include "policy.h"

/* Load that @job's queue puts on an accelerator of class @cls, 1/65536. */
static u64 queue_load(const struct dream_pjob *job, u32 cls)
{
	const struct dream_pqueue *q = job->queue;
	u64 time = 0;
	u32 l;

	for (l = 0; l < job->path->layers; l++)
		time = dream_sat_add(time, dream_path_lat(job->path, l, cls));
	return dream_ratio(time, q->period_ns ? q->period_ns : q->deadline_ns);
}

static struct dream_paccel *find_accel(struct dream_state *st, u32 id)
{
	u32 a;

	for (a = 0; a < st->accel_count; a++)
		if (st->accels[a]->id == id)
			return st->accels[a];
	return NULL;
}

static void fifo_static_queue_gone(struct dream_state *st, struct dream_pqueue *q)
{
	struct dream_paccel *a;

	if (q->pin == DREAM_NO_ACCEL)
		return;
	a = find_accel(st, q->pin);
	if (a)
		a->pin_load -= min(a->pin_load, q->pin_load);
	q->pin = DREAM_NO_ACCEL;
	q->pin_load = 0;
}

static void fifo_static_prepare(struct dream_state *st, struct dream_pjob *job)
{
	struct dream_pqueue *q = job->queue;
	struct dream_paccel *best = NULL;
	u64 best_load = 0;
	u32 a;

	if (q->pin != DREAM_NO_ACCEL && find_accel(st, q->pin))
		return;
	for (a = 0; a < st->accel_count; a++) {
		u64 load = dream_sat_add(st->accels[a]->pin_load,
					 queue_load(job, st->accels[a]->cls));

		if (!best || load < best_load) {
			best = st->accels[a];
			best_load = load;
		}
	}
	if (!best)
		return;
	q->pin = best->id;
	q->pin_load = best_load - best->pin_load;
	best->pin_load = best_load;
}

static bool fifo_static_score(const struct dream_state *st,
			      const struct dream_pjob *job,
			      const struct dream_paccel *accel, s64 *score)
{
	*score = dream_order_score(job->order);
	return job->queue->pin == accel->id;
}

const struct dream_policy_ops dream_policy_fifo_static = {
	.name = "fifo-static",
	.doc = "each queue pinned to one accelerator, first released first there",
	.score = fifo_static_score,
	.prepare = fifo_static_prepare,
	.queue_gone = fifo_static_queue_gone,
};
