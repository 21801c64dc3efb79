/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recording: what came to the scheduler in a span of time, what it had to decide
 * with, and what became of it. Documentation/recording.rst describes the file.
 *
 * Most of it has the form of a scenario, so that the simulator can run it: queues
 * are streams, accelerators are NPUs.
 */
#ifndef DREAMCTL_RECORDING_H
#define DREAMCTL_RECORDING_H

#include <jansson.h>

#include "faults.h"
#include "metrics.h"
#include "scenario.h"

/**
 * struct recording_gate - a gate that has been decided
 * @layer: layer whose result has decided
 * @taken: whether it was taken
 */
struct recording_gate {
	uint32_t layer;
	bool taken;
};

/**
 * struct recording_frame - a frame
 * @seqno: number of the job in its queue
 * @parent: number of the parent's job that has asked for it; 0 in a queue without a
 *	parent
 * @arrival_ns: when the scheduler saw it, since the begin
 * @late_ns: how long it had been due then
 * @deadline_ns: from when it was due to its deadline
 * @ended: the end was seen; the following are set
 * @end: what became of it
 * @end_ns: when, since the begin
 * @variant: variant that ran, or was to run
 * @gates: gates of @variant that were decided
 * @gate_count: their number
 */
struct recording_frame {
	uint64_t seqno;
	uint64_t parent;
	uint64_t arrival_ns;
	uint64_t late_ns;
	uint64_t deadline_ns;
	bool ended;
	enum frame_end end;
	uint64_t end_ns;
	uint32_t variant;
	struct recording_gate *gates;
	uint32_t gate_count;
};

/**
 * struct recording_queue - the frames of a queue
 * @id: system-wide id
 * @frames: frames, in the order in which they arrived
 * @count: their number
 * @by_seqno: the same frames in the order of their numbers
 */
struct recording_queue {
	uint32_t id;
	struct recording_frame *frames;
	size_t count;
	struct recording_frame **by_seqno;
};

/**
 * struct recording_cost - what a layer has cost on a class
 * @runs: how often it has run there
 * @mean_ns: mean time on the accelerator
 * @mean_nj: mean energy
 */
struct recording_cost {
	uint64_t runs;
	uint64_t mean_ns;
	uint64_t mean_nj;
};

/**
 * struct recording - a recording
 * @scenario: accelerators, models with the costs that the scheduler expected at the
 *	begin (0: unknown), queues, policy and parameters
 * @begin_ns: when it began, CLOCK_MONOTONIC
 * @overhead_ns: mean time from a decision to the begin of what it starts
 * @model_ids: ids of the models
 * @queues: frames of each stream
 * @costs: of model m, variant v, layer l on class c at [m][v][l * classes + c]
 */
struct recording {
	struct scenario scenario;
	uint64_t begin_ns;
	uint64_t overhead_ns;
	uint32_t *model_ids;
	struct recording_queue *queues;
	struct recording_cost *(*costs)[DREAM_VARIANTS_MAX];
};

struct recording *recording_load(const char *file, struct faults *faults);
json_t *recording_json(const struct recording *recording);
void recording_free(struct recording *recording);

const char *frame_end_name(enum frame_end end);
uint64_t recording_index(struct recording_queue *queue);
struct recording_frame *recording_find(const struct recording_queue *queue,
				       uint64_t seqno);
void recording_add_models(struct recording *recording, uint32_t count);
void recording_add_costs(struct recording *recording, uint32_t model);

#endif
