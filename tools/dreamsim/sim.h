/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: The simulator
 *
 * What the module does with a scenario, event by event: a frame arrives, or an NPU
 * has executed a layer; then dream_decide() is asked, as the arbiter asks it, until
 * there is nothing to do. Score, paths, mechanisms and policies are the module's
 * own files, compiled unchanged. Arbiter and life of a job are written anew, by the
 * rules of kmod/arbiter.c and kmod/job.c, without what a simulation has no use
 * for: locks, clients, cancelling, faults, hot plugging.
 *
 * Simulated time passes in the NPUs alone: arrivals, completions and decisions take
 * none, unless an overhead is set, which then lies between each decision and the
 * begin of what it starts.
 *
 * Of what happens at the same time, completions come first, by index of the NPU,
 * with one round of decisions for all of them, then arrivals, by index of the
 * stream, with a round of decisions each.
 */
#ifndef DREAMSIM_SIM_H
#define DREAMSIM_SIM_H

#include "metrics.h"
#include "scenario.h"

#include "kmod/policy.h"

struct sim_setup;

/**
 * struct sim_arrival - how a frame comes to the scheduler
 * @at_ns: when, since the start; of no meaning if a parent's frame asks for it
 * @late_ns: how long it has been due then
 * @deadline_ns: from when it was due to its deadline
 */
struct sim_arrival {
	u64 at_ns;
	u64 late_ns;
	u64 deadline_ns;
};

/**
 * struct sim_world - what happens whatever the scheduler does
 * @frames: number of frames of a stream without a parent
 * @arrival: how a frame arrives; those of a stream without a parent come in order
 * @asked: whether a parent's frame asks for one of a stream, which has its number
 * @gate: whether the gate behind a layer is taken
 * @cost: what a layer costs on an NPU that has the memory for itself
 */
struct sim_world {
	u64 (*frames)(const struct sim_setup *setup, u32 stream);
	void (*arrival)(const struct sim_setup *setup, u32 stream, u64 frame,
			struct sim_arrival *arrival);
	bool (*asked)(const struct sim_setup *setup, u32 stream, u64 frame);
	bool (*gate)(const struct sim_setup *setup, u32 stream, u64 frame,
		     u32 variant, u32 layer);
	const struct scenario_cost *(*cost)(const struct sim_setup *setup,
					    u32 model, u32 variant, u32 layer,
					    u32 cls);
};

/* The scenario's: by the clock, by its costs, and by what chance decides. */
extern const struct sim_world sim_drawn_world;

/**
 * struct sim_setup - what to simulate
 * @scenario: scenario; its policy and parameters do not count
 * @world: what happens
 * @world_data: for @world
 * @policy: policy
 * @params: parameters of policies and mechanisms
 * @ewma_shift: a measurement corrects an estimate by 1/2^n of the difference
 * @overhead_ns: time from a decision to the begin of what it starts
 * @gates: the result of a layer can skip layers or end the frame
 * @tune: search alpha and beta, a window at a time
 * @window_ms: length of a window
 */
struct sim_setup {
	const struct scenario *scenario;
	const struct sim_world *world;
	const void *world_data;
	const struct dream_policy_ops *policy;
	struct dream_params params;
	u32 ewma_shift;
	u64 overhead_ns;
	bool gates;
	bool tune;
	u64 window_ms;
};

/**
 * struct sim_accel - work of an accelerator
 * @busy_ns: time that it executed
 * @energy_nj: energy that it used
 * @commands: layers that it executed
 */
struct sim_accel {
	u64 busy_ns;
	u64 energy_nj;
	u64 commands;
};

/**
 * struct sim_result - what came of it
 * @streams: tally of each stream
 * @models: tally of each model
 * @accels: work of each NPU
 * @figures: figures of merit
 * @window_ns: from the start to the last frame's end, at least the duration
 * @jobs: frames that were released and have ended
 * @decisions: starts and drops
 * @evaluations: pairs of job and accelerator that were looked at
 * @cheapest_nj: energy of the layers of the frames done, had each run on the
 *	accelerator that needs the least
 * @alpha: weight of starvation at the end, in thousandths
 * @beta: weight of energy at the end, likewise
 * @error: error with which the policy was ejected; -EDEADLK: it left frames
 *	waiting for ever; 0
 */
struct sim_result {
	struct tally *streams;
	struct tally *models;
	struct sim_accel *accels;
	struct figures figures;
	u64 window_ns;
	u64 jobs;
	u64 decisions;
	u64 evaluations;
	u64 cheapest_nj;
	u32 alpha;
	u32 beta;
	int error;
};

void sim_setup_init(struct sim_setup *setup, const struct scenario *scenario,
		    const struct dream_policy_ops *policy);
int sim_setup_param(struct sim_setup *setup, const char *name, double value);

void sim_run(const struct sim_setup *setup, struct sim_result *result);
void sim_result_free(const struct scenario *scenario,
		     struct sim_result *result);

#endif
