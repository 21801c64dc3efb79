// SPDX-License-Identifier: GPL-2.0
/*
 * The simulator's engine: no input, no output. sim.h says what it is.
 */
#include <errno.h>

#include "estimate.h"
#include "memory.h"
#include "npu.h"
#include "sim.h"
#include "window.h"

/**
 * struct job - a frame that has been released and has not ended
 * @p: what policies see
 * @stream: its stream
 * @frame: its number
 * @index: place in the table of ready jobs, or of running ones
 * @ready: it is in the table of ready jobs
 * @prepared: &sim.epoch in which the policy has seen it
 * @energy_nj: energy that it has used
 * @cheapest_nj: the same, had each layer run where it needs the least
 */
struct job {
	struct dream_pjob p;
	struct stream *stream;
	u64 frame;
	u32 index;
	bool ready;
	u32 prepared;
	u64 energy_nj;
	u64 cheapest_nj;
};

/**
 * struct stream - a stream and its queue
 * @q: what policies see
 * @desc: the scenario's
 * @index: its index
 * @est: estimates of its model
 * @tally: what became of its frames
 * @jobs: ring of @desc->depth jobs; the first one is ready or running
 * @first: index of the first one
 * @released: number of jobs
 * @next: next frame to arrive by the clock
 * @frames: frames that arrive by the clock
 * @due_ns: when the next one does, NPU_NEVER if there is none
 */
struct stream {
	struct dream_pqueue q;
	const struct scenario_stream *desc;
	u32 index;
	struct estimate *est;
	struct tally *tally;
	struct job *jobs;
	u32 first;
	u32 released;
	u64 next;
	u64 frames;
	u64 due_ns;
};

/**
 * struct accel - an accelerator
 * @p: what policies see
 * @slots: commands that it takes
 * @running: commands that it has
 */
struct accel {
	struct dream_paccel p;
	u32 slots;
	u32 running;
};

/**
 * struct sim - a simulation
 * @setup: what is simulated
 * @scenario: its scenario
 * @policy: who decides now
 * @epoch: changes with @policy
 * @st: what the policy is asked about
 * @ready: ready jobs
 * @running: running jobs
 * @view: accelerators
 * @streams: streams
 * @accels: accelerators
 * @accels_of_class: number of accelerators of each class
 * @estimates: estimates of each model
 * @npus: the devices
 * @params: parameters, as the tuner has set them
 * @window: the present window
 * @now: present time
 * @order: place of the job released last
 * @last_ns: end of the last frame
 * @result: what comes of it
 */
struct sim {
	const struct sim_setup *setup;
	const struct scenario *scenario;
	const struct dream_policy_ops *policy;
	u32 epoch;
	struct dream_state st;
	struct dream_pjob **ready;
	struct dream_pjob **running;
	struct dream_paccel **view;
	struct stream *streams;
	struct accel *accels;
	u32 *accels_of_class;
	struct estimate *estimates;
	struct npus *npus;
	struct dream_params params;
	struct window window;
	u64 now;
	u64 order;
	u64 last_ns;
	struct sim_result *result;
};

static struct job *job_of(struct dream_pjob *p)
{
	return (struct job *)((char *)p - offsetof(struct job, p));
}

static void release(struct sim *sim, struct stream *s, u64 frame);

static bool asked(const struct sim *sim, u32 stream, u64 frame)
{
	return sim->setup->world->asked(sim->setup, stream, frame);
}

/* Does each frame on the way from the root ask for the next? */
static bool exists(const struct sim *sim, u32 stream, u64 frame)
{
	for (; sim->scenario->streams[stream].parent != SCENARIO_NO_PARENT;
	     stream = sim->scenario->streams[stream].parent)
		if (!asked(sim, stream, frame))
			return false;
	return true;
}

/* --------------------------------------------------- ready, running, ended */

static void make_ready(struct sim *sim, struct job *job)
{
	job->ready = true;
	job->index = sim->st.job_count++;
	sim->ready[job->index] = &job->p;
}

static void make_running(struct sim *sim, struct job *job)
{
	job->ready = false;
	job->index = sim->st.running_count++;
	sim->running[job->index] = &job->p;
}

/* Take entry @index from a table whose last entry is @last. */
static void remove_entry(struct dream_pjob **table, u32 last, u32 index)
{
	table[index] = table[last];
	job_of(table[index])->index = index;
}

static void unready(struct sim *sim, struct job *job)
{
	remove_entry(sim->ready, --sim->st.job_count, job->index);
}

static void not_running(struct sim *sim, struct job *job)
{
	remove_entry(sim->running, --sim->st.running_count, job->index);
}

/* Could the frame have been met, with all accelerators to itself? */
static bool feasible(const struct dream_pjob *p)
{
	const struct dream_path *lightest =
		&p->paths[min(p->variants - 1, p->queue->variant_max)];

	return p->release_ns + lightest->layer[0].rest_min <= p->deadline_ns;
}

static void lose(struct stream *s, enum drop_reason reason)
{
	struct frame_result result = {
		.end = FRAME_DROPPED,
		.reason = reason,
	};

	tally_add(s->tally, &result);
}

/* A frame will not be done: neither will those be that it asks for. */
static void lose_children(struct sim *sim, const struct stream *parent,
			  u64 frame)
{
	struct stream *s;
	u32 i;

	for (i = 0; i < sim->scenario->stream_count; i++) {
		s = &sim->streams[i];
		if (s->desc->parent != parent->index ||
		    !asked(sim, i, frame))
			continue;
		lose(s, DROP_PARENT);
		lose_children(sim, s, frame);
	}
}

static void release_children(struct sim *sim, const struct stream *parent,
			     u64 frame)
{
	struct stream *s;
	u32 i;

	for (i = 0; i < sim->scenario->stream_count; i++) {
		s = &sim->streams[i];
		if (s->desc->parent == parent->index &&
		    asked(sim, i, frame))
			release(sim, s, frame);
	}
}

static void count_in_window(struct sim *sim, const struct job *job,
			    enum frame_end end)
{
	struct window_counts *n = &sim->window.counts[job->stream->desc->model];

	n->ended++;
	n->met += end == FRAME_MET;
	n->done += end != FRAME_DROPPED;
	n->energy_nj += job->energy_nj;
	n->energy_max_nj += job->p.paths[0].energy_max;
}

static void count_end(struct sim *sim, const struct job *job,
		      const struct frame_result *result)
{
	struct dream_pqueue *q = &job->stream->q;
	bool dropped = result->end == FRAME_DROPPED;

	count_in_window(sim, job, result->end);
	tally_add(job->stream->tally, result);
	sim->result->jobs++;
	sim->last_ns = sim->now;
	q->drop_history = q->drop_history << 1 | dropped;
	if (feasible(&job->p))
		sim->st.violations = dream_violation(sim->st.violations,
						     result->end != FRAME_MET);
}

/* The first job of a stream has ended, which is neither ready nor running. */
static void end_job(struct sim *sim, struct job *job, enum frame_end end)
{
	struct stream *s = job->stream;
	struct frame_result result = {
		.end = end,
		.reason = DROP_HOPELESS,
		.variant = job->p.variant,
		.latency_ns = sim->now - job->p.release_ns,
		.energy_nj = job->energy_nj,
		.cheapest_nj = end == FRAME_DROPPED ? 0 : job->cheapest_nj,
	};

	s->first = (s->first + 1) % s->desc->depth;
	s->released--;
	sim->st.active--;
	count_end(sim, job, &result);
	if (end == FRAME_DROPPED)
		lose_children(sim, s, job->frame);
	else
		release_children(sim, s, job->frame);
	if (s->released)
		make_ready(sim, &s->jobs[s->first]);
}

/* ------------------------------------------------------------------ releases */

static void init_job(struct sim *sim, struct job *job, struct stream *s,
		     u64 frame)
{
	struct sim_arrival arrival;

	sim->setup->world->arrival(sim->setup, s->index, frame, &arrival);
	memset(job, 0, sizeof(*job));
	job->stream = s;
	job->frame = frame;
	job->p.queue = &s->q;
	job->p.order = ++sim->order;
	job->p.release_ns = sim->now - min(arrival.late_ns, sim->now);
	job->p.deadline_ns = job->p.release_ns + arrival.deadline_ns;
	job->p.prev_end_ns = job->p.release_ns;
	job->p.last_accel = DREAM_NO_ACCEL;
	job->p.plan = DREAM_NO_ACCEL;
	job->p.paths = s->est->path;
	job->p.variants = s->est->variants;
	dream_set_variant(&job->p, 0);
	estimate_refresh(s->est, 0);
	window_open(&sim->window, sim->now);
}

/* A frame has become due in a full queue, that of a child. */
static void drop_at_release(struct sim *sim, struct stream *s, u64 frame)
{
	struct frame_result result = {
		.end = FRAME_DROPPED,
		.reason = DROP_QUEUE_FULL,
	};
	struct job job;

	init_job(sim, &job, s, frame);
	count_end(sim, &job, &result);
	lose_children(sim, s, frame);
}

static void release(struct sim *sim, struct stream *s, u64 frame)
{
	struct job *job;

	if (s->released == s->desc->depth) {
		drop_at_release(sim, s, frame);
		return;
	}
	job = &s->jobs[(s->first + s->released++) % s->desc->depth];
	init_job(sim, job, s, frame);
	sim->st.active++;
	if (s->released == 1)
		make_ready(sim, job);
}

/* The frames that exist are counted when the first of them is due. */
static void count_frames(struct sim *sim, const struct stream *root)
{
	struct stream *s;
	u32 i;

	for (i = 0; i < sim->scenario->stream_count; i++) {
		s = &sim->streams[i];
		if (s->desc->root == root->index &&
		    exists(sim, i, root->next))
			s->tally->frames++;
	}
}

static void set_due(struct sim *sim, struct stream *s)
{
	struct sim_arrival arrival;

	s->due_ns = NPU_NEVER;
	if (s->next == s->frames)
		return;
	sim->setup->world->arrival(sim->setup, s->index, s->next, &arrival);
	s->due_ns = max(arrival.at_ns, sim->now);
}

/* The next frame of a stream without a parent is due. */
static void arrive(struct sim *sim, struct stream *s)
{
	count_frames(sim, s);
	if (s->released == s->desc->depth) {
		lose(s, DROP_QUEUE_FULL);
		lose_children(sim, s, s->next);
	} else {
		release(sim, s, s->next);
	}
	s->next++;
	set_due(sim, s);
}

/* ----------------------------------------------------------------- decisions */

/* What waits behind the first job of each queue. */
static void note_behind(struct sim *sim)
{
	struct stream *s;
	u32 i;

	for (i = 0; i < sim->scenario->stream_count; i++) {
		s = &sim->streams[i];
		s->q.behind = s->released < 2 ? NULL :
			      &s->jobs[(s->first + 1) % s->desc->depth].p;
	}
}

/* Bring what the policy sees of a ready job up to date. */
static void prepare(struct sim *sim, struct job *job)
{
	u32 v;

	for (v = 0; v < job->p.variants; v++)
		if (v == job->p.variant || !job->p.started)
			estimate_refresh(job->stream->est, v);
	job->p.wanted = job->stream->q.has_children;
	if (job->prepared == sim->epoch)
		return;
	job->prepared = sim->epoch;
	if (sim->policy->prepare)
		sim->policy->prepare(&sim->st, &job->p);
}

static void eject_policy(struct sim *sim, int error)
{
	sim->result->error = error;
	sim->policy = &dream_policy_fifo;
	sim->epoch++;
}

static const struct scenario_cost *cost_of(const struct sim *sim,
					   const struct job *job,
					   const struct accel *accel)
{
	return sim->setup->world->cost(sim->setup, job->stream->desc->model,
				       job->p.variant, job->p.layer,
				       accel->p.cls);
}

static void start(struct sim *sim, const struct dream_pair *pair)
{
	struct job *job = job_of(sim->ready[pair->job]);
	struct accel *accel = &sim->accels[pair->accel];
	const struct scenario_cost *cost = cost_of(sim, job, accel);
	struct npu_command command = {
		.tag = job,
		.ns = cost->latency_ns,
		.dram_bytes = cost->dram_bytes,
	};

	unready(sim, job);
	make_running(sim, job);
	job->p.started = true;
	accel->running++;
	accel->p.free--;
	accel->p.free_at_ns = max(accel->p.free_at_ns, sim->now) +
			      dream_path_lat(job->p.path, job->p.layer,
					     accel->p.cls);
	npus_start(sim->npus, pair->accel, &command, sim->now);
}

static void drop(struct sim *sim, u32 index)
{
	struct job *job = job_of(sim->ready[index]);

	unready(sim, job);
	end_job(sim, job, FRAME_DROPPED);
}

/* Decide until there is nothing to do. */
static void dispatch(struct sim *sim)
{
	struct dream_action action;
	int ret;
	u32 i;

	sim->st.now_ns = sim->now;
	while (sim->st.job_count) {
		note_behind(sim);
		for (i = 0; i < sim->st.job_count; i++)
			prepare(sim, job_of(sim->ready[i]));
		ret = dream_decide(sim->policy, &sim->st, &action);
		if (ret == -EAGAIN)
			break;
		if (ret) {
			eject_policy(sim, ret);
			continue;
		}
		sim->result->decisions++;
		if (action.type == DREAM_ACTION_DROP)
			drop(sim, action.drop);
		else
			start(sim, &action.pick.best);
	}
}

/* --------------------------------------------------------------- completions */

/* Where the job goes on behind the layer that has ended. */
static u32 next_layer(struct sim *sim, struct job *job)
{
	u32 layer = job->p.layer;
	u32 target = job->p.path->layer[layer].gate_target;
	bool taken;

	if (!target || !sim->setup->gates)
		return layer + 1;
	taken = sim->setup->world->gate(sim->setup, job->stream->index,
					job->frame, job->p.variant, layer);
	estimate_gate(job->stream->est, job->p.variant, layer, taken);
	return taken ? target : layer + 1;
}

/* An NPU has executed the next layer of a job. */
static void complete(struct sim *sim, const struct npu_done *done)
{
	struct accel *accel = &sim->accels[done->npu];
	struct sim_accel *work = &sim->result->accels[done->npu];
	struct job *job = done->tag;
	const struct scenario_cost *cost = cost_of(sim, job, accel);
	const struct estimate_variant *ev =
		&job->stream->est->variant[job->p.variant];
	struct estimate_cost sample = {
		.lat = done->busy_ns,
		.energy = cost->energy_nj,
	};

	not_running(sim, job);
	accel->p.free++;
	if (!--accel->running)
		accel->p.free_at_ns = sim->now;
	accel->p.last_order = job->p.order;
	accel->p.last_out_bytes = job->p.path->layer[job->p.layer].out_bytes;
	work->commands++;
	work->busy_ns += done->busy_ns;
	work->energy_nj += cost->energy_nj;
	job->p.last_accel = accel->p.id;
	job->energy_nj += cost->energy_nj;
	job->cheapest_nj += ev->energy_min[job->p.layer];
	estimate_sample(job->stream->est, job->p.variant, job->p.layer,
			accel->p.cls, &sample, sim->setup->ewma_shift);
	if (sim->policy->layer_done)
		sim->policy->layer_done(&sim->st, &job->p, &accel->p,
					done->busy_ns);

	job->p.layer = next_layer(sim, job);
	job->p.prev_end_ns = sim->now;
	if (job->p.layer < job->p.path->layers)
		make_ready(sim, job);
	else
		end_job(sim, job, sim->now > job->p.deadline_ns ? FRAME_MISSED :
								  FRAME_MET);
}

/* -------------------------------------------------------------------- events */

/* A window ends only if something else is still to come. */
static u64 next_event(const struct sim *sim)
{
	u64 next = npus_next(sim->npus);
	u32 i;

	for (i = 0; i < sim->scenario->stream_count; i++)
		next = min(next, sim->streams[i].due_ns);
	return next == NPU_NEVER ? next : min(next, sim->window.close_ns);
}

static void step(struct sim *sim)
{
	struct npu_done done;
	bool completed = false;
	u32 i;

	while (npus_step(sim->npus, sim->now, &done)) {
		complete(sim, &done);
		completed = true;
	}
	if (completed)
		dispatch(sim);
	for (i = 0; i < sim->scenario->stream_count; i++) {
		while (sim->streams[i].due_ns == sim->now) {
			arrive(sim, &sim->streams[i]);
			dispatch(sim);
		}
	}
	if (sim->window.close_ns > sim->now)
		return;
	window_close(&sim->window, &sim->params);
	if (sim->st.active)
		window_open(&sim->window, sim->now);
}

/* Frames that the policy has left waiting when nothing could happen any more. */
static void cancel_rest(struct sim *sim)
{
	struct frame_result result = { .end = FRAME_CANCELLED };
	struct stream *s;
	u32 i;

	for (i = 0; i < sim->scenario->stream_count; i++) {
		s = &sim->streams[i];
		for (; s->released; s->released--) {
			tally_add(s->tally, &result);
			lose_children(sim, s, s->jobs[s->first].frame);
			s->first = (s->first + 1) % s->desc->depth;
			sim->result->error = -EDEADLK;
		}
	}
}

/* -------------------------------------------------------------------- set-up */

static bool has_children(const struct scenario *scenario, u32 stream)
{
	u32 i;

	for (i = 0; i < scenario->stream_count; i++)
		if (scenario->streams[i].parent == stream)
			return true;
	return false;
}

static void init_stream(struct sim *sim, u32 index)
{
	const struct scenario_stream *desc = &sim->scenario->streams[index];
	const struct scenario_model *model =
		&sim->scenario->models[desc->model];
	struct stream *s = &sim->streams[index];

	s->desc = desc;
	s->index = index;
	s->est = &sim->estimates[desc->model];
	s->jobs = must_calloc(desc->depth, sizeof(*s->jobs));
	s->tally = &sim->result->streams[index];
	s->tally->variants = model->variant_count;
	s->tally->worst_nj = scenario_worst_energy(sim->scenario, model);
	s->q = (struct dream_pqueue) {
		.id = index + 1,
		.model = desc->model + 1,
		.weight = desc->weight,
		.period_ns = desc->period_ns,
		.deadline_ns = desc->deadline_ns,
		.has_children = has_children(sim->scenario, index),
		.drop_cap = desc->drop_cap,
		.variant_max = desc->variant_max,
		.pin = DREAM_NO_ACCEL,
	};
	if (desc->parent == SCENARIO_NO_PARENT)
		s->frames = sim->setup->world->frames(sim->setup, index);
	set_due(sim, s);
}

static void init_accel(struct sim *sim, u32 index)
{
	const struct scenario_npu *npu = &sim->scenario->npus[index];
	const struct scenario_class *class =
		&sim->scenario->classes[npu->class];
	struct accel *accel = &sim->accels[index];

	accel->slots = npu->slots;
	accel->p = (struct dream_paccel) {
		.id = index,
		.cls = npu->class,
		.free = npu->slots,
		.local_mem_bytes = class->array.sram_bytes,
		.bandwidth_mbps = class->array.bandwidth_mbps,
	};
	sim->view[index] = &accel->p;
	sim->accels_of_class[npu->class]++;
}

static u32 all_slots(const struct scenario *scenario)
{
	u32 i, slots = 0;

	for (i = 0; i < scenario->npu_count; i++)
		slots += scenario->npus[i].slots;
	return slots;
}

static void init_result(struct sim *sim)
{
	const struct scenario *scenario = sim->scenario;
	struct sim_result *result = sim->result;

	memset(result, 0, sizeof(*result));
	result->streams = must_calloc(scenario->stream_count,
				      sizeof(*result->streams));
	result->models = must_calloc(scenario->model_count,
				     sizeof(*result->models));
	result->accels = must_calloc(scenario->npu_count,
				     sizeof(*result->accels));
}

static void init(struct sim *sim)
{
	const struct scenario *scenario = sim->scenario;
	u32 streams = scenario->stream_count;
	u32 i;

	init_result(sim);
	sim->params = sim->setup->params;
	window_init(&sim->window,
		    sim->setup->tune ? sim->setup->window_ms * 1000000 : 0,
		    scenario->model_count);
	sim->npus = npus_new(scenario, sim->setup->overhead_ns);
	sim->ready = must_calloc(streams, sizeof(struct dream_pjob *));
	sim->running = must_calloc(all_slots(scenario),
				   sizeof(struct dream_pjob *));
	sim->view = must_calloc(scenario->npu_count,
				sizeof(struct dream_paccel *));
	sim->accels = must_calloc(scenario->npu_count, sizeof(*sim->accels));
	sim->accels_of_class = must_calloc(scenario->class_count,
					   sizeof(*sim->accels_of_class));
	sim->estimates = must_calloc(scenario->model_count,
				     sizeof(*sim->estimates));
	sim->streams = must_calloc(streams, sizeof(*sim->streams));
	for (i = 0; i < scenario->npu_count; i++)
		init_accel(sim, i);
	for (i = 0; i < scenario->model_count; i++)
		estimate_init(&sim->estimates[i], scenario,
			      &scenario->models[i], sim->accels_of_class);
	for (i = 0; i < streams; i++)
		init_stream(sim, i);

	sim->st.params = &sim->params;
	sim->st.jobs = sim->ready;
	sim->st.running = sim->running;
	sim->st.accels = sim->view;
	sim->st.accel_count = scenario->npu_count;
	sim->st.scratch = must_calloc(streams, sizeof(*sim->st.scratch));
}

static void destroy(struct sim *sim)
{
	u32 i;

	for (i = 0; i < sim->scenario->stream_count; i++)
		free(sim->streams[i].jobs);
	for (i = 0; i < sim->scenario->model_count; i++)
		estimate_free(&sim->estimates[i]);
	free(sim->st.scratch);
	free(sim->streams);
	free(sim->estimates);
	free(sim->accels_of_class);
	free(sim->accels);
	free(sim->view);
	free(sim->running);
	free(sim->ready);
	npus_free(sim->npus);
	window_free(&sim->window);
}

static void sum_up(struct sim *sim)
{
	const struct scenario *scenario = sim->scenario;
	struct sim_result *result = sim->result;
	u32 i;

	for (i = 0; i < scenario->stream_count; i++) {
		tally_merge(&result->models[scenario->streams[i].model],
			    &result->streams[i]);
		result->cheapest_nj += result->streams[i].cheapest_nj;
	}
	figures_of(result->models, scenario->model_count, &result->figures);
	result->evaluations = sim->st.evaluations;
	result->alpha = window_thousandths(sim->params.alpha);
	result->beta = window_thousandths(sim->params.beta);
	result->window_ns = max(scenario->duration_ns, sim->last_ns);
}

/**
 * sim_run() - simulate
 * @setup: what
 * @result: out, for sim_result_free()
 */
void sim_run(const struct sim_setup *setup, struct sim_result *result)
{
	struct sim sim = {
		.setup = setup,
		.scenario = setup->scenario,
		.policy = setup->policy,
		.epoch = 1,
		.result = result,
	};

	init(&sim);
	for (sim.now = next_event(&sim); sim.now != NPU_NEVER;
	     sim.now = next_event(&sim))
		step(&sim);
	cancel_rest(&sim);
	sum_up(&sim);
	destroy(&sim);
}

/**
 * sim_result_free() - forget what came of a simulation
 * @scenario: its scenario
 * @result: it
 */
void sim_result_free(const struct scenario *scenario,
		     struct sim_result *result)
{
	u32 i;

	for (i = 0; i < scenario->stream_count; i++)
		tally_free(&result->streams[i]);
	for (i = 0; i < scenario->model_count; i++)
		tally_free(&result->models[i]);
	free(result->streams);
	free(result->models);
	free(result->accels);
}
