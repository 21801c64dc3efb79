// SPDX-License-Identifier: GPL-2.0
/* States made by hand, and what holds for every answer. */
#include "handmade.h"

/* Begin a state: @accels idle accelerators, each of a class of its own. */
void hand_begin(struct state *s, u32 accels)
{
	memset(s, 0, sizeof(*s));
	s->st.now_ns = HAND_NOW;
	s->st.params = &s->params;
	s->st.jobs = s->jobs;
	s->st.running = s->running;
	s->st.accels = s->accels;
	s->st.scratch = s->scratch;
	s->st.accel_count = accels;
	for (u32 a = 0; a < accels; a++) {
		s->accel[a].id = 10 + a;
		s->accel[a].cls = a;
		s->accel[a].free = 1;
		s->accels[a] = &s->accel[a];
		s->accels_of_class[a] = 1;
	}
}

static void derive(struct state *s, u32 path)
{
	dream_path_derive(&s->path[path], s->accels_of_class);
}

/*
 * Add a ready job with a queue and a model of its own; @lat_ns has an entry for each
 * layer and accelerator. Every layer needs 1000 nJ everywhere. Jobs are released in
 * the order in which they are added, now.
 */
struct dream_pjob *hand_job(struct state *s, s64 slack_ns, u32 layers,
			    const u64 *lat_ns)
{
	u32 n = s->st.job_count++, accels = s->st.accel_count;
	struct dream_path *path = &s->path[n];
	struct dream_pjob *job = &s->job[n];

	path->layers = layers;
	path->classes = STATE_CLASSES;
	path->layer = s->layer[n];
	path->lat = s->lat[n];
	path->energy = s->energy[n];
	for (u32 l = 0; l < layers; l++) {
		for (u32 a = 0; a < accels; a++) {
			path->lat[l * STATE_CLASSES + a] = lat_ns[l * accels + a];
			path->energy[l * STATE_CLASSES + a] = 1000;
		}
	}
	derive(s, n);

	s->queue[n].id = n + 1;
	s->queue[n].model = n + 1;
	s->queue[n].weight = 100;
	s->queue[n].period_ns = slack_ns > 0 ? slack_ns : HAND_MS;
	s->queue[n].deadline_ns = s->queue[n].period_ns;
	s->queue[n].drop_cap = U32_MAX;
	s->queue[n].variant_max = U32_MAX;
	s->queue[n].pin = DREAM_NO_ACCEL;

	job->queue = &s->queue[n];
	job->paths = path;
	job->path = path;
	job->variants = 1;
	job->order = n + 1;
	job->release_ns = HAND_NOW;
	job->prev_end_ns = HAND_NOW;
	job->deadline_ns = HAND_NOW + slack_ns;
	job->last_accel = DREAM_NO_ACCEL;
	job->plan = DREAM_NO_ACCEL;
	s->jobs[n] = job;
	s->st.active++;
	return job;
}

/* Set what layer @layer of the job needs on each accelerator. */
void hand_energy(struct state *s, const struct dream_pjob *job, u32 layer,
		 const u64 *energy_nj)
{
	u32 path = job->path - s->path;

	for (u32 a = 0; a < s->st.accel_count; a++)
		s->energy[path][layer * STATE_CLASSES + a] = energy_nj[a];
	derive(s, path);
}

/* Put a gate behind layer @layer of the job. */
void hand_gate(struct state *s, const struct dream_pjob *job, u32 layer,
	       u32 target, u32 ppm)
{
	u32 path = job->path - s->path;

	s->layer[path][layer].gate_target = target;
	s->layer[path][layer].gate_ppm = ppm;
	derive(s, path);
}

/* Accelerator @accel executes something until @free_in_ns from now. */
void hand_busy(struct state *s, u32 accel, s64 free_in_ns)
{
	s->accel[accel].free = 0;
	s->accel[accel].free_at_ns = HAND_NOW + free_in_ns;
}

/* The job that was added last is running instead of ready. */
struct dream_pjob *hand_run(struct state *s, struct dream_pjob *job)
{
	s->st.job_count--;
	s->running[s->st.running_count++] = job;
	/* Its path, queue and number stay taken: add running jobs last. */
	return job;
}

/* Make everything that is a number extreme; what indexes stays as it is. */
void state_extreme(struct state *s, struct random *r)
{
	s->st.now_ns = random_extreme(r);
	s->st.active = random_extreme(r);
	s->st.violations = random_below(r, 65537);
	s->params.starv_cap = random_extreme(r);
	s->params.switch_pj = random_extreme(r);
	for (u32 p = 0; p < STATE_PATHS; p++) {
		struct dream_path *path = &s->path[p];

		for (u32 i = 0; i < STATE_LAYERS * STATE_CLASSES; i++) {
			path->lat[i] = random_extreme(r);
			path->energy[i] = random_extreme(r);
		}
		for (u32 l = 0; l < path->layers; l++) {
			path->layer[l].in_bytes = random_extreme(r);
			path->layer[l].out_bytes = random_extreme(r);
			path->layer[l].weight_bytes = random_extreme(r);
		}
		dream_path_derive(path, s->accels_of_class);
	}
	for (u32 q = 0; q < STATE_QUEUES; q++) {
		s->queue[q].period_ns = random_extreme(r);
		s->queue[q].deadline_ns = random_extreme(r) | 1;
		s->queue[q].weight = random_in(r, 1, 10000);
		s->queue[q].vruntime = random_extreme(r);
		s->queue[q].turn = random_extreme(r);
	}
	for (u32 j = 0; j < STATE_JOBS; j++) {
		s->job[j].release_ns = random_extreme(r);
		s->job[j].deadline_ns = random_extreme(r);
		s->job[j].prev_end_ns = random_extreme(r);
		s->job[j].ran_ns = random_extreme(r);
		s->job[j].block_end = random_below(r, STATE_LAYERS + 1);
	}
	for (u32 a = 0; a < s->st.accel_count; a++) {
		s->accel[a].free_at_ns = random_extreme(r);
		s->accel[a].last_out_bytes = random_extreme(r);
		s->accel[a].local_mem_bytes = random_extreme(r);
		s->accel[a].bandwidth_mbps = random_extreme(r);
	}
}

void state_prepare(const struct dream_policy_ops *ops, struct state *s)
{
	if (!ops->prepare)
		return;
	for (u32 j = 0; j < s->st.job_count; j++)
		ops->prepare(&s->st, s->jobs[j]);
}

static bool any_busy(const struct state *s)
{
	return state_idle(s) < s->st.accel_count;
}

/* What is wrong with the answer, whatever the policy; NULL if nothing is. */
static const char *wrong_answer(struct state *s, int ret,
				const struct dream_pick *pick)
{
	if (ret == -EAGAIN)
		return any_busy(s) ? NULL : "waits for nothing";
	if (ret)
		return "fails";
	if (pick->best.job >= s->st.job_count)
		return "no such job";
	if (pick->best.accel >= s->st.accel_count)
		return "no such accelerator";
	if (!s->accels[pick->best.accel]->free)
		return "accelerator is busy";
	if (!pick->has_second)
		return NULL;
	if (pick->second.job >= s->st.job_count ||
	    pick->second.accel >= s->st.accel_count)
		return "no such second pair";
	if (pick->second.job == pick->best.job &&
	    pick->second.accel == pick->best.accel)
		return "second pair is the best one";
	return NULL;
}

/*
 * Ask twice, about the jobs in another order: the answers must exist and be equal. A
 * job may wait only if an accelerator is busy, whose completion asks again.
 */
const char *unsound(const struct dream_policy_ops *ops, struct state *s,
		    struct random *r)
{
	struct dream_pick one, two;
	const struct dream_pjob *job = NULL;
	const char *wrong;
	int ret, again;

	memset(&one, 0xff, sizeof(one));
	memset(&two, 0xff, sizeof(two));
	ret = dream_policy_pick(ops, &s->st, &one);
	wrong = wrong_answer(s, ret, &one);
	if (wrong)
		return wrong;
	if (!ret)
		job = s->jobs[one.best.job];
	state_shuffle_jobs(s, r);
	again = dream_policy_pick(ops, &s->st, &two);
	if (ret != again)
		return "depends on the order of the list";
	if (!ret && (s->jobs[two.best.job] != job ||
		     one.best.accel != two.best.accel ||
		     one.best.score != two.best.score))
		return "depends on the order of the list";
	return NULL;
}
