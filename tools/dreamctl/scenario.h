/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scenario: what runs on what.
 *
 * scenario_load() resolves everything that a file leaves open (other files, tables,
 * defaults, the load factor), so that nobody behind it has to look into JSON.
 */
#ifndef DREAMCTL_SCENARIO_H
#define DREAMCTL_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include <dream/dream.h>
#include <dream/vnpu.h>

#include "faults.h"

/* A stream that no other one asks for frames. */
#define SCENARIO_NO_PARENT	UINT32_MAX
/* A layer without a gate. */
#define SCENARIO_NO_GATE	UINT32_MAX
/* Probabilities are in 10^-6, as the kernel has them. */
#define SCENARIO_CERTAIN	1000000U

/**
 * struct scenario_class - NPUs that have the same costs
 * @name: name of the class
 * @array: what the costs depend on, slowed down by the load factor
 */
struct scenario_class {
	char name[DREAM_NAME_LEN];
	struct dream_vnpu_array array;
};

/**
 * struct scenario_npu - a virtual NPU
 * @name: name, of the device and of the accelerator
 * @class: index of its class
 * @slots: commands that it takes at a time
 * @jitter_permille: how far the time of a layer varies
 * @domain: memory domain, "" for one of its own
 */
struct scenario_npu {
	char name[DREAM_NAME_LEN];
	uint32_t class;
	uint32_t slots;
	uint32_t jitter_permille;
	char domain[DREAM_NAME_LEN];
};

/**
 * struct scenario_cost - cost of a layer on a class
 * @cycles: cycles of the array
 * @energy_nj: energy
 * @dram_bytes: bytes that compete for the memory bandwidth
 * @latency_ns: what that makes with the memory for itself
 */
struct scenario_cost {
	uint64_t cycles;
	uint64_t energy_nj;
	uint64_t dram_bytes;
	uint64_t latency_ns;
};

/**
 * struct scenario_layer - a layer
 * @shaped: it has a shape
 * @shape: its shape
 * @weight_bytes: weights
 * @in_bytes: activations that it reads
 * @out_bytes: activations that it writes
 * @costs: cost on each class
 * @gate: index of the gate behind it, or SCENARIO_NO_GATE
 */
struct scenario_layer {
	bool shaped;
	struct dream_vnpu_shape shape;
	uint64_t weight_bytes;
	uint64_t in_bytes;
	uint64_t out_bytes;
	struct scenario_cost *costs;
	uint32_t gate;
};

/**
 * struct scenario_gate - a layer whose result decides where the frame goes on
 * @layer: layer whose result decides
 * @target: layer that follows if the gate is taken; the number of layers: none
 * @probability: how often it is taken, in 10^-6
 */
struct scenario_gate {
	uint32_t layer;
	uint32_t target;
	uint32_t probability;
};

struct scenario_variant {
	struct scenario_layer *layers;
	uint32_t layer_count;
	struct scenario_gate *gates;
	uint32_t gate_count;
};

/**
 * struct scenario_model - a model
 * @name: name
 * @by_shape: the device computes the costs from the shapes
 * @variants: heaviest first
 * @variant_count: their number
 */
struct scenario_model {
	char name[DREAM_NAME_LEN];
	bool by_shape;
	struct scenario_variant *variants;
	uint32_t variant_count;
};

/**
 * struct scenario_stream - a stream of frames
 * @name: name
 * @model: index of its model
 * @parent: index of the stream that asks for its frames, or SCENARIO_NO_PARENT
 * @root: index of the stream at the top of its cascade; itself without a parent
 * @probability: how often a frame of the parent asks for one, in 10^-6
 * @fps: frames per second; of a child, what its period was made of
 * @period_ns: period
 * @phase_ns: nominal arrival of the first frame
 * @jitter_ns: how far an arrival varies to either side
 * @deadline_ns: from arrival to deadline
 * @depth: most frames that have not ended
 * @weight: importance
 * @drop_cap: most frames dropped among the last 10, or DREAM_DROP_CAP_DEFAULT
 * @variant_max: lightest variant allowed, or DREAM_VARIANT_ANY
 */
struct scenario_stream {
	char name[DREAM_NAME_LEN];
	uint32_t model;
	uint32_t parent;
	uint32_t root;
	uint32_t probability;
	double fps;
	uint64_t period_ns;
	uint64_t phase_ns;
	uint64_t jitter_ns;
	uint64_t deadline_ns;
	uint32_t depth;
	uint32_t weight;
	uint32_t drop_cap;
	uint32_t variant_max;
};

/**
 * struct scenario_param - a parameter of the scheduler
 * @name: name
 * @value: value in the unit in which it is shown
 */
struct scenario_param {
	char name[DREAM_NAME_LEN];
	double value;
};

struct scenario {
	char *name;
	char *platform;
	uint64_t duration_ns;
	uint64_t seed;
	double load;
	uint32_t slow;
	char policy[DREAM_NAME_LEN];

	struct scenario_param *params;
	uint32_t param_count;
	struct scenario_class *classes;
	uint32_t class_count;
	struct scenario_npu *npus;
	uint32_t npu_count;
	struct scenario_model *models;
	uint32_t model_count;
	struct scenario_stream *streams;
	uint32_t stream_count;
};

/**
 * struct scenario_overrides - what the command line says instead of the file
 * @platform: file of a platform, or NULL
 * @has_duration: @duration_ns counts
 * @has_seed: @seed counts
 * @has_load: @load counts
 * @slow: slow motion: every time in the scenario takes so many times as long; 0 is 1
 * @duration_ns: duration
 * @seed: seed
 * @load: load factor
 */
struct scenario_overrides {
	const char *platform;
	bool has_duration;
	bool has_seed;
	bool has_load;
	uint32_t slow;
	uint64_t duration_ns;
	uint64_t seed;
	double load;
};

struct scenario *scenario_load(const char *file,
			       const struct scenario_overrides *overrides,
			       struct faults *faults);
void scenario_free(struct scenario *scenario);

uint64_t scenario_arrival(const struct scenario_stream *stream, uint64_t frame);
uint64_t scenario_frames(const struct scenario *scenario,
			 const struct scenario_stream *stream);
uint64_t scenario_worst_energy(const struct scenario *scenario,
			       const struct scenario_model *model);

#endif
