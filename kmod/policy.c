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
	return -(s64)min(order, (u64)S64_MAX);
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
 * dream_job_terms() - MapScore of a job on an accelerator
 * @st: state
 * @job: job
 * @accel: accelerator, idle or not
 * @terms: the score and its terms
 *
 * The switch writes the activations back that the last layer on @accel has left
 * there, and fetches those that the next layer of @job reads.
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
		.alpha = st->params->alpha,
		.beta = st->params->beta,
		.starv_cap = st->params->starv_cap,
	};

	if (accel->last_order != job->order)
		in.switch_nj = move_nj(dream_sat_add(accel->last_out_bytes,
						     pl->in_bytes),
				       st->params->switch_pj);
	dream_map_score(&in, terms);
}

/* Let entry @i sink in the heap of @n entries; the largest key is on top. */
static void sink(struct dream_sort *v, u32 i, u32 n)
{
	struct dream_sort top = v[i];
	u32 child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && v[child + 1].key > v[child].key)
			child++;
		if (v[child].key <= top.key)
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
 * Not stable: keys should be different. n log n steps, no memory.
 *
 * Context: any. Pure.
 */
void dream_sort(struct dream_sort *v, u32 n)
{
	struct dream_sort last;
	u32 i;

	for (i = n / 2; i-- > 0;)
		sink(v, i, n);
	while (n > 1) {
		last = v[--n];
		v[n] = v[0];
		v[0] = last;
		sink(v, 0, n);
	}
}
