/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From what netlink and the tracepoints have told to a recording.
 */
#ifndef DREAMCTL_CAPTURE_H
#define DREAMCTL_CAPTURE_H

#include "recording.h"
#include "timeline.h"

/**
 * struct capture_model - a model when its first frame was seen
 * @model: model
 * @rows: its tables, with what had been measured
 */
struct capture_model {
	struct dream_model model;
	struct dream_rows rows;
};

/**
 * struct capture - what has been told
 * @begin_ns: begin, CLOCK_MONOTONIC
 * @end_ns: end
 * @policy: who decided when the first queue was seen
 * @params: parameters at that time
 * @param_count: their number
 * @accels: accelerators
 * @accel_count: their number
 * @models: models of the queues
 * @model_count: their number
 * @queues: queues that have had jobs
 * @queue_count: their number
 * @timeline: what happened
 */
struct capture {
	uint64_t begin_ns;
	uint64_t end_ns;
	char policy[DREAM_NAME_LEN];
	struct dream_param *params;
	size_t param_count;
	struct dream_accel *accels;
	size_t accel_count;
	struct capture_model *models;
	size_t model_count;
	struct dream_queue *queues;
	size_t queue_count;
	struct timeline timeline;
};

/**
 * struct capture_losses - frames that are not in the recording
 * @unknown: of queues without a profile, or of which nothing is known
 * @orphans: asked for by frames from before the begin
 */
struct capture_losses {
	uint64_t unknown;
	uint64_t orphans;
};

struct recording *capture_recording(struct capture *capture,
				    struct capture_losses *losses);
void capture_free(struct capture *capture);

#endif
