// SPDX-License-Identifier: GPL-2.0
/*
 * What the policies share: the table of them, the search for the best pair, and
 * MapScore of a pair of structures. Pure.
 */
#include "policy.h"

const struct dream_policy_ops *const dream_policies[] = {
	&dream_policy_dream,
	&dream_policy_edf,
	&dream_policy_fifo,
	&dream_policy_fifo_static,
	&dream_policy_rr,
	&dream_policy_llf,
	&dream_policy_fair,
	&dream_policy_planaria,
	&dream_policy_prema,
	&dream_policy_veltair,
	&dream_policy_compass,
	&dream_policy_terastal,
	&dream_policy_reserve,
	&dream_policy_lbe,
	NULL
};

/**
 * dream_policy_find() - look a policy up
 * @name: its name
 *
 * Context: any. Pure.
 * Return: the policy, or NULL.
 */
const struct dream_policy_ops *dream_policy_find(const char *name)
{
	const struct dream_policy_ops *const *p;

	for (p = dream_policies; *p; p++)
		if (!strcmp((*p)->name, name))
			return *p;
	return NULL;
}

/**
 * dream_order_score() - score that prefers the smaller number
 * @order: a place in an order, or a time
 *
 * Context: any. Pure.
 * Return: -@order, saturating.
 */
s64 dream_order_score(u64 order)
{
	return -(s64)min_t(u64, order, S64_MAX);
}

/*
 * Does pair a beat pair b? The larger score wins; among equals the job released
 * first, then the accelerator with the smaller index: the result must not depend
 * on the order in which jobs are listed.
 */
static bool beats(const struct dream_state *st, const struct dream_pair *a,
		  const struct dream_pair *b)
{
	u64 oa = st->jobs[a->job]->order, ob = st->jobs[b->job]->order;

	if (a->score != b->score)
		return a->score > b->score;
	if (oa != ob)
		return oa < ob;
	return a->accel < b->accel;
}

/**
 * dream_pick_best() - find the pair with the largest score
 * @ops: policy, whose @score is used
 * @st: state
 * @pick: decision
 *
 * Looks at every ready job and every accelerator with a free slot.
 *
 * Context: any. Pure.
 * Return: 0, or -EAGAIN if there is no pair.
 */
int dream_pick_best(const struct dream_policy_ops *ops, struct dream_state *st,
		    struct dream_pick *pick)
{
	struct dream_pair cand;
	bool any = false;

	pick->has_second = false;
	for (cand.job = 0; cand.job < st->job_count; cand.job++) {
		for (cand.accel = 0; cand.accel < st->accel_count; cand.accel++) {
			if (!st->accels[cand.accel]->free)
				continue;
			if (!ops->score(st, st->jobs[cand.job],
					st->accels[cand.accel], &cand.score))
				continue;
			st->evaluations++;
			if (!any || beats(st, &cand, &pick->best)) {
				if (any) {
					pick->second = pick->best;
					pick->has_second = true;
				}
				pick->best = cand;
				any = true;
			} else if (!pick->has_second ||
				   beats(st, &cand, &pick->second)) {
				pick->second = cand;
				pick->has_second = true;
			}
		}
	}
	return any ? 0 : -EAGAIN;
}

/**
 * dream_policy_pick() - ask a policy, and check the answer
 * @ops: policy
 * @st: state
 * @pick: decision
 *
 * Context: any. Pure but for the policy's own fields.
 * Return: 0; -EAGAIN if nothing is to be started now; -EPROTO if the answer names
 * a pair that does not exist; any other error of the policy as it is.
 */
int dream_policy_pick(const struct dream_policy_ops *ops, struct dream_state *st,
		      struct dream_pick *pick)
{
	int ret = ops->pick ? ops->pick(st, pick) : dream_pick_best(ops, st, pick);

	if (ret)
		return ret;
	if (pick->best.job >= st->job_count ||
	    pick->best.accel >= st->accel_count ||
	    !st->accels[pick->best.accel]->free)
		return -EPROTO;
	if (pick->has_second && (pick->second.job >= st->job_count ||
				 pick->second.accel >= st->accel_count))
		return -EPROTO;
	return 0;
}

/* Energy to move @bytes at @pj per byte, in nJ. */
static u64 move_nj(u64 bytes, u64 pj)
{
	return div64_u64(dream_sat_mul(bytes, pj), 1000);
}

/**
 * dream_switch_nj() - energy to change the job on an accelerator
 * @st: state
 * @job: job
 * @accel: accelerator, idle or not
 *
 * The switch writes the activations back that the last layer on @accel has left
 * there, and fetches those that the next layer of @job reads.
 *
 * Context: any. Pure.
 * Return: energy in nJ; 0 if @job ran there last.
 */
u64 dream_switch_nj(const struct dream_state *st, const struct dream_pjob *job,
		    const struct dream_paccel *accel)
{
	if (accel->last_order == job->order)
		return 0;
	return move_nj(dream_sat_add(accel->last_out_bytes,
				     job->path->layer[job->layer].in_bytes),
		       st->params->switch_pj);
}

/**
 * dream_job_terms() - MapScore of a job on an accelerator
 * @st: state
 * @job: job
 * @accel: accelerator, idle or not
 * @terms: the score and its terms
 *
 * Context: any. Pure.
 */
void dream_job_terms(const struct dream_state *st, const struct dream_pjob *job,
		     const struct dream_paccel *accel, struct dream_terms *terms)
{
	const struct dream_path_layer *pl = &job->path->layer[job->layer];
	struct dream_score_in in = {
		.now_ns = st->now_ns,
		.deadline_ns = job->deadline_ns,
		.prev_end_ns = job->prev_end_ns,
		.to_go_ns = pl->rest_mean,
		.lat_ns = dream_path_lat(job->path, job->layer, accel->cls),
		.lat_sum_ns = pl->lat_sum,
		.lat_mean_ns = pl->lat_mean,
		.energy_nj = dream_path_energy(job->path, job->layer, accel->cls),
		.energy_sum_nj = pl->energy_sum,
		.switch_nj = dream_switch_nj(st, job, accel),
		.alpha = st->params->alpha,
		.beta = st->params->beta,
		.starv_cap = st->params->starv_cap,
		.slack_floor_ns = st->params->slack_floor_ns,
	};

	dream_map_score(&in, terms);
}

/* ------------------------------------------ policies that choose a job first */

/**
 * dream_fastest_idle() - where a job's next layer is fastest now
 * @st: state
 * @job: job
 *
 * Context: any. Pure.
 * Return: index of the accelerator with a free slot on which the next layer is
 * fastest, the smaller one among equals; DREAM_NO_ACCEL if there is none.
 */
u32 dream_fastest_idle(const struct dream_state *st, const struct dream_pjob *job)
{
	u32 a, best = DREAM_NO_ACCEL;
	u64 lat, best_lat = 0;

	for (a = 0; a < st->accel_count; a++) {
		if (!st->accels[a]->free)
			continue;
		lat = dream_path_lat(job->path, job->layer, st->accels[a]->cls);
		if (best == DREAM_NO_ACCEL || lat < best_lat) {
			best_lat = lat;
			best = a;
		}
	}
	return best;
}

/* Does job a, by its key, come before job b? Order of release among equals. */
static bool job_beats(const struct dream_state *st, u32 a, u32 b)
{
	const struct dream_sort *v = st->scratch;

	if (v[a].key != v[b].key)
		return v[a].key > v[b].key;
	return st->jobs[a]->order < st->jobs[b]->order;
}

static void fill_pair(const struct dream_state *st, u32 j, struct dream_pair *pair)
{
	pair->job = j;
	pair->accel = dream_fastest_idle(st, st->jobs[j]);
	pair->score = st->scratch[j].key;
}

/**
 * dream_pick_job() - take the job with the largest key, where it is fastest
 * @st: state; &dream_sort.key of @scratch entry n is the score of ready job n
 * @pick: decision
 *
 * For policies that order jobs, whatever the accelerator. Of equal jobs the one
 * released first goes; it runs on the fastest idle accelerator.
 *
 * Context: any. Pure.
 * Return: 0, or -EAGAIN if there is no idle accelerator.
 */
int dream_pick_job(struct dream_state *st, struct dream_pick *pick)
{
	u32 j, first = 0, second = U32_MAX;

	for (j = 1; j < st->job_count; j++) {
		if (job_beats(st, j, first)) {
			second = first;
			first = j;
		} else if (second == U32_MAX || job_beats(st, j, second)) {
			second = j;
		}
	}
	st->evaluations += st->job_count;

	fill_pair(st, first, &pick->best);
	if (pick->best.accel == DREAM_NO_ACCEL)
		return -EAGAIN;
	pick->has_second = second != U32_MAX;
	if (pick->has_second)
		fill_pair(st, second, &pick->second);
	return 0;
}

/* ------------------------- policies that wait for an accelerator that is busy */

/**
 * dream_avail() - when an accelerator can take a layer
 * @st: state
 * @accel: accelerator
 *
 * CHOICE: one that should have ended x ns ago is expected to take x ns more, so
 * that nobody waits for ever for a device that hangs.
 *
 * Context: any. Pure.
 * Return: predicted time in ns, not before now.
 */
u64 dream_avail(const struct dream_state *st, const struct dream_paccel *accel)
{
	if (accel->free_at_ns >= st->now_ns)
		return accel->free_at_ns;
	if (accel->free)
		return st->now_ns;
	return dream_sat_add(st->now_ns, st->now_ns - accel->free_at_ns);
}

/**
 * dream_avail_start() - forget all reservations
 * @st: state; sets &dream_paccel.avail_ns of its accelerators
 *
 * Context: any. Pure but for that field.
 */
void dream_avail_start(struct dream_state *st)
{
	u32 a;

	for (a = 0; a < st->accel_count; a++)
		st->accels[a]->avail_ns = dream_avail(st, st->accels[a]);
}

/**
 * dream_pick_pair() - decide for a pair
 * @ops: policy, whose @score is used
 * @st: state
 * @j: index of the job
 * @a: index of the accelerator
 * @pick: decision; the second one is the same job on its next best accelerator,
 *	busy ones included
 *
 * Context: any. Pure.
 */
void dream_pick_pair(const struct dream_policy_ops *ops,
		     const struct dream_state *st, u32 j, u32 a,
		     struct dream_pick *pick)
{
	struct dream_pair cand = { .job = j };

	pick->best.job = j;
	pick->best.accel = a;
	if (!ops->score(st, st->jobs[j], st->accels[a], &pick->best.score))
		pick->best.score = 0;
	pick->has_second = false;
	for (cand.accel = 0; cand.accel < st->accel_count; cand.accel++) {
		if (cand.accel == a || !ops->score(st, st->jobs[j],
						   st->accels[cand.accel],
						   &cand.score))
			continue;
		if (pick->has_second && cand.score <= pick->second.score)
			continue;
		pick->second = cand;
		pick->has_second = true;
	}
}

/**
 * dream_finish() - when a job's next layer would end on an accelerator
 * @job: job
 * @accel: accelerator; dream_avail_start() has been called
 *
 * Context: any. Pure.
 * Return: predicted time in ns, saturating.
 */
u64 dream_finish(const struct dream_pjob *job, const struct dream_paccel *accel)
{
	return dream_sat_add(accel->avail_ns,
			     dream_path_lat(job->path, job->layer, accel->cls));
}

/**
 * dream_earliest_finish() - where a job's next layer would end first
 * @st: state; dream_avail_start() has been called
 * @job: job
 *
 * Context: any. Pure.
 * Return: index of the accelerator, idle or not; the smallest one among equals.
 */
u32 dream_earliest_finish(const struct dream_state *st, const struct dream_pjob *job)
{
	u32 a, best = 0;

	for (a = 1; a < st->accel_count; a++)
		if (dream_finish(job, st->accels[a]) <
		    dream_finish(job, st->accels[best]))
			best = a;
	return best;
}

/**
 * dream_pick_reserving() - place one job after the other, busy accelerators included
 * @ops: policy, whose @score is used
 * @st: state; &dream_sort.key of @scratch entry n says when ready job n has its turn
 * @place: where the job of an entry goes; @end_ns is when it would end there.
 *	DREAM_NO_ACCEL: it waits.
 * @pick: decision
 *
 * Jobs go by rising key, by order of release among equals. The first one whose
 * accelerator has a free slot starts there. A job whose accelerator is busy
 * reserves it: &dream_paccel.avail_ns moves to the end of the job. Waiting is only
 * for accelerators that are busy, so that a completion asks again: there is no
 * standstill.
 *
 * Context: any. Pure but for @avail_ns.
 * Return: 0, or -EAGAIN if every job waits.
 */
int dream_pick_reserving(const struct dream_policy_ops *ops, struct dream_state *st,
			 dream_place_fn place, struct dream_pick *pick)
{
	struct dream_sort *v = st->scratch;
	u64 end_ns;
	u32 i, a;

	for (i = 0; i < st->job_count; i++) {
		v[i].order = st->jobs[i]->order;
		v[i].job = i;
	}
	dream_sort(v, st->job_count);

	dream_avail_start(st);
	for (i = 0; i < st->job_count; i++) {
		a = place(st, &v[i], &end_ns);
		if (a == DREAM_NO_ACCEL)
			continue;
		if (st->accels[a]->free) {
			dream_pick_pair(ops, st, v[i].job, a, pick);
			return 0;
		}
		st->accels[a]->avail_ns = end_ns;
	}
	return -EAGAIN;
}

/* ------------------------------------------------------------------ sorting */

static bool sorts_after(const struct dream_sort *a, const struct dream_sort *b)
{
	return a->key != b->key ? a->key > b->key : a->order > b->order;
}

/* Let entry @i sink in the heap of @n entries; the last in the order is on top. */
static void sink(struct dream_sort *v, u32 i, u32 n)
{
	struct dream_sort top = v[i];
	u32 child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && sorts_after(&v[child + 1], &v[child]))
			child++;
		if (!sorts_after(&v[child], &top))
			break;
		v[i] = v[child];
		i = child;
	}
	v[i] = top;
}

/**
 * dream_sort() - sort by rising key
 * @v: entries
 * @n: their number
 *
 * Equal keys come by rising order of release, so that the result does not depend on
 * the order of the entries before. n log n steps, no memory.
 *
 * Context: any. Pure.
 */
void dream_sort(struct dream_sort *v, u32 n)
{
	u32 i;

	for (i = n / 2; i-- > 0;)
		sink(v, i, n);
	while (n > 1) {
		struct dream_sort last = v[--n];

		v[n] = v[0];
		v[0] = last;
		sink(v, 0, n);
	}
}
