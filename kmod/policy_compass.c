// SPDX-License-Identifier: GPL-2.0
/*
 * Policy compass: earliest finish, with the fetch of a model's weights counted
 * (Compass, Yang et al., 2024).
 *
 *   finish(j, a) = avail(a) + fetch(j, a) + L(nl, a)		[ns]
 *   fetch(j, a)  = 0			if a holds the weights of j's model
 *		    bytes / BW		if it has room for them
 *		    2 * bytes / BW	if something must be evicted
 *   score(j, a)  = -(fetch(j, a) + L(nl, a))
 *
 * Jobs are planned by rising order of release: each on the accelerator where it
 * finishes first, busy ones included; avail(a) counts the jobs planned before. A
 * plan is kept while it is worth waiting for:
 *
 *   avail(plan) - now <= 1.5 * R, R = fetch + L on the planned accelerator
 *
 * else the job is planned again. It starts when the planned accelerator has a free
 * slot. With each layer the model of its job comes to be resident; to make room, the
 * model goes whose next use among the queued jobs lies farthest ahead (among unused
 * ones the one used least recently), never that of a running job.
 *
 * CHOICE: a task of Compass is a layer here, and the weights are those of the whole
 * model (of its heaviest variant), fetched together; a job is a chain, so that the
 * upward rank orders its layers as they stand, and jobs go by order of release. An
 * accelerator that does not say how large its memory is, or how fast, fetches in no
 * time. A model larger than the memory is never resident.
 *
 * It waits only for accelerators that are busy. All times saturate. To be chosen
 * where models are larger than the memory close to an accelerator, and loading them
 * costs more than executing them. No deadline, no energy.
 */
#include "policy.h"

static bool holds(const struct dream_paccel *accel, u32 model)
{
	u32 i;

	for (i = 0; i < accel->resident_count; i++)
		if (accel->resident[i].model == model)
			return true;
	return false;
}

static u64 resident_bytes(const struct dream_paccel *accel)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < accel->resident_count; i++)
		sum = dream_sat_add(sum, accel->resident[i].bytes);
	return sum;
}

static bool has_room(const struct dream_paccel *accel, u64 bytes)
{
	return accel->resident_count < DREAM_RESIDENT_MAX &&
	       dream_sat_add(resident_bytes(accel), bytes) <=
	       accel->local_mem_bytes;
}

/* Time to bring the weights of the job's model to @accel, in ns. */
static u64 fetch(const struct dream_pjob *job, const struct dream_paccel *accel)
{
	u64 ns;

	if (!accel->local_mem_bytes || !accel->bandwidth_mbps ||
	    holds(accel, job->queue->model))
		return 0;
	/* 10^6 bytes per second are a byte in 1000 ns. */
	ns = div64_u64(dream_sat_mul(job->weight_bytes, 1000),
		       accel->bandwidth_mbps);
	return has_room(accel, job->weight_bytes) ? ns : dream_sat_mul(ns, 2);
}

/* R: what the next layer occupies @accel for, in ns. */
static u64 run_time(const struct dream_pjob *job, const struct dream_paccel *accel)
{
	return dream_sat_add(fetch(job, accel),
			     dream_path_lat(job->path, job->layer, accel->cls));
}

static u64 finish(const struct dream_pjob *job, const struct dream_paccel *accel)
{
	return dream_sat_add(accel->avail_ns, run_time(job, accel));
}

static bool compass_score(const struct dream_state *st,
			  const struct dream_pjob *job,
			  const struct dream_paccel *accel, s64 *score)
{
	*score = dream_order_score(run_time(job, accel));
	return true;
}

/* Index of the planned accelerator if the plan is still good, or DREAM_NO_ACCEL. */
static u32 kept_plan(const struct dream_state *st, const struct dream_pjob *job)
{
	u64 run;
	u32 a;

	if (job->plan == DREAM_NO_ACCEL)
		return DREAM_NO_ACCEL;
	for (a = 0; a < st->accel_count; a++)
		if (st->accels[a]->id == job->plan)
			break;
	if (a == st->accel_count)
		return DREAM_NO_ACCEL;
	run = run_time(job, st->accels[a]);
	if (st->accels[a]->avail_ns - st->now_ns > dream_sat_add(run, run / 2))
		return DREAM_NO_ACCEL;
	return a;
}

static u32 plan(struct dream_state *st, struct dream_pjob *job)
{
	u32 a, best = kept_plan(st, job);

	if (best != DREAM_NO_ACCEL)
		return best;
	best = 0;
	for (a = 1; a < st->accel_count; a++)
		if (finish(job, st->accels[a]) < finish(job, st->accels[best]))
			best = a;
	st->evaluations += st->accel_count;
	job->plan = st->accels[best]->id;
	return best;
}

static u32 place(struct dream_state *st, const struct dream_sort *entry, u64 *end_ns)
{
	struct dream_pjob *job = st->jobs[entry->job];
	u32 a = plan(st, job);

	*end_ns = finish(job, st->accels[a]);
	return a;
}

static int compass_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 i;

	for (i = 0; i < st->job_count; i++)
		st->scratch[i].key = 0;
	return dream_pick_reserving(&dream_policy_compass, st, place, pick);
}

static void compass_prepare(struct dream_state *st, struct dream_pjob *job)
{
	const struct dream_path *p = &job->paths[0];
	u32 l;

	job->plan = DREAM_NO_ACCEL;
	job->weight_bytes = 0;
	if (!job->queue->model)
		return;
	for (l = 0; l < p->layers; l++)
		job->weight_bytes = dream_sat_add(job->weight_bytes,
						  p->layer[l].weight_bytes);
}

/* --------------------------------------------------------------- residency */

/* When a model is used next: 0 now, else by order of release; U64_MAX: unknown. */
static u64 next_use(const struct dream_state *st, u32 model)
{
	u64 next = U64_MAX;
	u32 i;

	for (i = 0; i < st->running_count; i++)
		if (st->running[i]->queue->model == model)
			return 0;
	for (i = 0; i < st->job_count; i++)
		if (st->jobs[i]->queue->model == model)
			next = min(next, st->jobs[i]->order);
	return next;
}

/* Evict a model. Returns false if all of them are in use. */
static bool evict(const struct dream_state *st, struct dream_paccel *accel)
{
	u64 next, farthest = 0;
	u32 i, victim = 0;

	for (i = 0; i < accel->resident_count; i++) {
		next = next_use(st, accel->resident[i].model);
		if (next < farthest)
			continue;
		if (next == farthest && accel->resident[i].used_ns >=
					accel->resident[victim].used_ns)
			continue;
		farthest = next;
		victim = i;
	}
	if (!farthest)
		return false;
	accel->resident[victim] = accel->resident[--accel->resident_count];
	return true;
}

static void compass_layer_done(struct dream_state *st, struct dream_pjob *job,
			       struct dream_paccel *accel, u64 ns)
{
	u32 i, model = job->queue->model;

	job->plan = DREAM_NO_ACCEL;
	for (i = 0; i < accel->resident_count; i++) {
		if (accel->resident[i].model == model) {
			accel->resident[i].used_ns = accel->free_at_ns;
			return;
		}
	}
	if (!job->weight_bytes || job->weight_bytes > accel->local_mem_bytes)
		return;
	while (!has_room(accel, job->weight_bytes))
		if (!evict(st, accel))
			return;
	accel->resident[accel->resident_count++] = (struct dream_resident){
		.model = model,
		.bytes = job->weight_bytes,
		.used_ns = accel->free_at_ns,
	};
}

const struct dream_policy_ops dream_policy_compass = {
	.name = "compass",
	.doc = "earliest finish, the fetch of a model's weights counted",
	.pick = compass_pick,
	.score = compass_score,
	.prepare = compass_prepare,
	.layer_done = compass_layer_done,
};
