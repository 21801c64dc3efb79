// SPDX-License-Identifier: GPL-2.0
/*
 * Policy veltair: blocks of consecutive layers that run on one accelerator without
 * a decision between them; blocks are admitted first come, first served (VELTAIR,
 * Liu et al., ASPLOS 2022).
 *
 * A block that begins with layer l on the class c where l is fastest goes on until
 *   - the next layer is fastest on another class,
 *   - a gate stands behind the layer, or
 *   - the next layer would take the block's time on c beyond
 *	limit = 20 * mean time of a layer of the model * min(1, N / active)	[ns]
 *
 * Few large blocks mean few conflicts at low load, small blocks a quick reaction at
 * high load. CHOICE: 20 layers are what VELTAIR's blocks have at low load; the limit
 * shrinks with the active frames per accelerator, to one layer in the end.
 *
 * Admission: the block may start on an idle accelerator a if its time there keeps to
 * its share of the deadline, or if no accelerator is faster:
 *
 *   time(block, a) / D <= mean time(block) / ToGo(whole job)
 *
 * with the relative deadline D; the published share goes by multiplications, here it
 * goes by the expected time. A job that may not start on any idle accelerator waits
 * for a fast one; others pass it. First comes the job released first, on the
 * fastest of the accelerators where it may start.
 *
 *   score(j, a) = 2^63 - 1 within a block, -order(j) at its beginning
 *
 * Times are at most 2^47 each and are added and multiplied saturating. It waits only
 * for accelerators that are busy. Low overhead and high throughput; no deadline
 * but through the shares, and no energy.
 */
#include "policy.h"

/* Layers of a block at low load. */
#define BLOCK_LAYERS	20

static bool in_block(const struct dream_pjob *job)
{
	return job->layer < job->block_end;
}

static u64 latency(const struct dream_pjob *job, u32 layer,
		   const struct dream_paccel *accel)
{
	return dream_path_lat(job->path, layer, accel->cls);
}

/* The fastest accelerator for a layer, busy or not; the first among equals. */
static const struct dream_paccel *fastest(const struct dream_state *st,
					  const struct dream_pjob *job, u32 layer)
{
	const struct dream_paccel *best = st->accels[0];
	u32 a;

	for (a = 1; a < st->accel_count; a++)
		if (latency(job, layer, st->accels[a]) < latency(job, layer, best))
			best = st->accels[a];
	return best;
}

static u64 time_limit(const struct dream_state *st, const struct dream_pjob *job)
{
	u64 low = div64_u64(dream_sat_mul(job->path->layer[0].rest_mean,
					  BLOCK_LAYERS), job->path->layers);

	return div64_u64(dream_sat_mul(low, st->accel_count),
			 max(st->active, st->accel_count));
}

/* The first layer behind the block that begins with layer @l. */
static u32 block_end(const struct dream_state *st, const struct dream_pjob *job, u32 l)
{
	const struct dream_path *p = job->path;
	const struct dream_paccel *best = fastest(st, job, l);
	u64 limit = time_limit(st, job), time = latency(job, l, best);

	while (!p->layer[l].gate_target && ++l < p->layers) {
		time = dream_sat_add(time, latency(job, l, best));
		if (time > limit ||
		    latency(job, l, fastest(st, job, l)) < latency(job, l, best))
			return l;
	}
	return min(l + 1, p->layers);
}

static u64 block_time(const struct dream_pjob *job, u32 end,
		      const struct dream_paccel *accel)
{
	u64 time = 0;
	u32 l;

	for (l = job->layer; l < end; l++)
		time = dream_sat_add(time, latency(job, l, accel));
	return time;
}

static u64 block_mean(const struct dream_pjob *job, u32 end)
{
	u64 time = 0;
	u32 l;

	for (l = job->layer; l < end; l++)
		time = dream_sat_add(time, job->path->layer[l].lat_mean);
	return time;
}

/* May the block of @job that ends at @end start on @accel? */
static bool admitted(const struct dream_state *st, const struct dream_pjob *job,
		     u32 end, const struct dream_paccel *accel)
{
	u64 time = block_time(job, end, accel);
	u64 share = dream_ratio(block_mean(job, end), job->path->layer[0].rest_mean);
	u32 a;

	if (dream_ratio(time, job->queue->deadline_ns) <= share)
		return true;
	for (a = 0; a < st->accel_count; a++)
		if (block_time(job, end, st->accels[a]) < time)
			return false;
	return true;
}

/* May the next layer of @job run on @accel? */
static bool may_run(const struct dream_state *st, const struct dream_pjob *job,
		    const struct dream_paccel *accel)
{
	if (in_block(job))
		return job->last_accel == accel->id;
	return admitted(st, job, block_end(st, job, job->layer), accel);
}

static s64 job_score(const struct dream_pjob *job)
{
	return in_block(job) ? S64_MAX : dream_order_score(job->order);
}

static bool veltair_score(const struct dream_state *st,
			  const struct dream_pjob *job,
			  const struct dream_paccel *accel, s64 *score)
{
	*score = job_score(job);
	return may_run(st, job, accel);
}

/* The fastest idle accelerator where the job may start, or DREAM_NO_ACCEL. */
static u32 place(struct dream_state *st, const struct dream_pjob *job)
{
	u32 a, best = DREAM_NO_ACCEL;

	for (a = 0; a < st->accel_count; a++) {
		if (!st->accels[a]->free)
			continue;
		st->evaluations++;
		if (!may_run(st, job, st->accels[a]))
			continue;
		if (best == DREAM_NO_ACCEL ||
		    latency(job, job->layer, st->accels[a]) <
		    latency(job, job->layer, st->accels[best]))
			best = a;
	}
	return best;
}

/* Does job a come before job b? */
static bool before(const struct dream_pjob *a, const struct dream_pjob *b)
{
	if (in_block(a) != in_block(b))
		return in_block(a);
	return a->order < b->order;
}

static int veltair_pick(struct dream_state *st, struct dream_pick *pick)
{
	u32 j, a, first = 0, accel = DREAM_NO_ACCEL;

	for (j = 0; j < st->job_count; j++) {
		if (accel != DREAM_NO_ACCEL &&
		    before(st->jobs[first], st->jobs[j]))
			continue;
		a = place(st, st->jobs[j]);
		if (a == DREAM_NO_ACCEL)
			continue;
		first = j;
		accel = a;
	}
	if (accel == DREAM_NO_ACCEL)
		return -EAGAIN;
	dream_pick_pair(&dream_policy_veltair, st, first, accel, pick);
	return 0;
}

/* The accelerator of a block may have gone, or another policy has run layers. */
static void veltair_prepare(struct dream_state *st, struct dream_pjob *job)
{
	job->block_end = 0;
}

/* The first layer of a block has ended: settle how far the block goes. */
static void veltair_layer_done(struct dream_state *st, struct dream_pjob *job,
			       struct dream_paccel *accel, u64 ns)
{
	if (st->accel_count && !in_block(job))
		job->block_end = block_end(st, job, job->layer);
}

const struct dream_policy_ops dream_policy_veltair = {
	.name = "veltair",
	.doc = "blocks of layers on one accelerator, admitted first come, first served",
	.pick = veltair_pick,
	.score = veltair_score,
	.prepare = veltair_prepare,
	.layer_done = veltair_layer_done,
};
