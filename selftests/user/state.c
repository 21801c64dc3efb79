// SPDX-License-Identifier: GPL-2.0
/*
 * Random states for policies. Costs and deadlines come from few values in half
 * of the states, so that ties are common.
 */
#include "state.h"

static void random_paths(struct state *s, struct random *r, bool few)
{
	for (u32 p = 0; p < STATE_PATHS; p++) {
		struct dream_path *path = &s->path[p];

		path->layers = random_in(r, 1, STATE_LAYERS);
		path->classes = STATE_CLASSES;
		path->layer = s->layer[p];
		path->lat = s->lat[p];
		path->energy = s->energy[p];
		for (u32 i = 0; i < STATE_LAYERS * STATE_CLASSES; i++) {
			path->lat[i] = few ? 1000 * random_in(r, 1, 3) :
				       random_in(r, 1, 3000000);
			path->energy[i] = few ? 100 * random_in(r, 1, 3) :
					  random_in(r, 1, 10000000);
		}
		for (u32 l = 0; l < path->layers; l++) {
			s->layer[p][l].in_bytes = few ? 4096 : random_log(r, 22);
			s->layer[p][l].out_bytes = few ? 4096 : random_log(r, 22);
			s->layer[p][l].weight_bytes = random_log(r, 22);
		}
		dream_path_derive(path, s->accels_of_class);
	}
}

static void random_accels(struct state *s, struct random *r)
{
	u32 id = random_below(r, 3);

	s->st.accel_count = random_in(r, 1, STATE_ACCELS);
	for (u32 a = 0; a < s->st.accel_count; a++) {
		s->accel[a].id = id;
		s->accel[a].cls = random_below(r, STATE_CLASSES);
		s->accel[a].free = random_below(r, 3);
		s->accel[a].pin_load = 0;
		s->accel[a].free_at_ns = s->st.now_ns +
					 random_below(r, 4000000) - 1000000;
		s->accel[a].local_mem_bytes = random_below(r, 3) << 20;
		s->accel[a].bandwidth_mbps = random_below(r, 3) * 45000;
		s->accels[a] = &s->accel[a];
		s->accels_of_class[s->accel[a].cls]++;
		id += random_in(r, 1, 3);
	}
	/* Policies are asked only if there is a free slot. */
	if (!state_idle(s))
		s->accel[random_below(r, s->st.accel_count)].free = 1;
}

static void random_job(struct state *s, struct random *r, struct dream_pjob *job,
		       bool few)
{
	s64 slack = few ? 1000000 * (s64)random_below(r, 3) :
		    (s64)random_below(r, 40000000) - 5000000;

	job->queue = &s->queue[random_below(r, STATE_QUEUES)];
	job->path = &s->path[random_below(r, STATE_PATHS)];
	job->paths = job->path;
	job->variants = 1;
	job->layer = random_below(r, job->path->layers);
	job->release_ns = s->st.now_ns - random_below(r, 20000000);
	job->deadline_ns = s->st.now_ns + slack;
	job->prev_end_ns = few ? s->st.now_ns :
			   random_in(r, job->release_ns, s->st.now_ns);
	job->plan = DREAM_NO_ACCEL;
}

static void random_jobs(struct state *s, struct random *r, bool few)
{
	u64 order = random_below(r, 1000);

	s->st.job_count = random_in(r, 1, STATE_JOBS);
	for (u32 j = 0; j < s->st.job_count; j++) {
		random_job(s, r, &s->job[j], few);
		s->job[j].order = order;
		s->jobs[j] = &s->job[j];
		order += random_in(r, 1, 9);
	}
	s->st.running_count = s->st.accel_count - state_idle(s);
	for (u32 j = 0; j < s->st.running_count; j++) {
		random_job(s, r, &s->run[j], few);
		s->run[j].order = order++;
		s->running[j] = &s->run[j];
	}
	s->st.active = s->st.job_count + s->st.running_count +
		       random_below(r, 4);
	for (u32 a = 0; a < s->st.accel_count; a++) {
		struct dream_paccel *accel = &s->accel[a];

		accel->last_order = random_below(r, 2) ? 0 :
			s->job[random_below(r, s->st.job_count)].order;
		accel->last_out_bytes = few ? 4096 : random_log(r, 22);
	}
	state_shuffle_jobs(s, r);
}

void state_random(struct state *s, struct random *r)
{
	bool few = random_below(r, 2);

	memset(s, 0, sizeof(*s));
	s->st.now_ns = 1000000000 + random_log(r, 40);
	s->st.params = &s->params;
	s->st.jobs = s->jobs;
	s->st.running = s->running;
	s->st.accels = s->accels;
	s->st.scratch = s->scratch;
	/* Little is as common as much. */
	s->st.violations = random_log(r, 16);
	s->params.alpha = random_below(r, 2 * 65536 + 1);
	s->params.beta = random_below(r, 2 * 65536 + 1);
	s->params.starv_cap = random_log(r, 30);
	s->params.switch_pj = random_below(r, 1000);

	random_accels(s, r);
	random_paths(s, r, few);
	for (u32 q = 0; q < STATE_QUEUES; q++) {
		s->queue[q].id = q + 1;
		s->queue[q].model = random_below(r, STATE_QUEUES);
		s->queue[q].weight = random_below(r, 2) ? 100 :
				     random_in(r, 1, 10000);
		s->queue[q].period_ns = random_below(r, 3) ?
					random_in(r, 1000000, 50000000) : 0;
		s->queue[q].deadline_ns = random_in(r, 1000000, 50000000);
		s->queue[q].pin = DREAM_NO_ACCEL;
	}
	random_jobs(s, r, few);
}

void state_shuffle_jobs(struct state *s, struct random *r)
{
	for (u32 j = s->st.job_count - 1; j > 0; j--) {
		u32 other = random_below(r, j + 1);
		struct dream_pjob *job = s->jobs[j];

		s->jobs[j] = s->jobs[other];
		s->jobs[other] = job;
	}
}

/* Number of accelerators with a free slot. */
u32 state_idle(const struct state *s)
{
	u32 idle = 0;

	for (u32 a = 0; a < s->st.accel_count; a++)
		idle += s->accels[a]->free != 0;
	return idle;
}
