/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ran where and when, from the scheduler's tracepoints, and pictures of it.
 */
#ifndef DREAMCTL_TIMELINE_H
#define DREAMCTL_TIMELINE_H

#include <stdint.h>
#include <stdio.h>

#include <linux/dream.h>

/**
 * struct timeline_span - a layer on an accelerator
 * @accel: accelerator id
 * @queue: queue id
 * @seqno: job
 * @variant: variant of the job
 * @layer: layer
 * @error: negative errno with which it ended, or 0
 * @start_ns: when the accelerator took it
 * @end_ns: when it had left the accelerator, 0 if that was not seen
 * @score: score that it was chosen with
 * @busy_ns: time that it was executed
 * @energy_nj: energy that it used
 */
struct timeline_span {
	uint32_t accel;
	uint32_t queue;
	uint64_t seqno;
	uint32_t variant;
	uint32_t layer;
	int32_t error;
	uint64_t start_ns;
	uint64_t end_ns;
	int64_t score;
	uint64_t busy_ns;
	uint64_t energy_nj;
};

/**
 * struct timeline_frame - a frame
 * @queue: queue id
 * @seqno: job, 0 if the frame was never submitted
 * @release_ns: when it was due
 * @deadline_ns: deadline
 * @end_ns: when it ended, 0 if that was not seen
 * @status: enum dream_status
 * @reason: enum dream_reason
 * @variant: variant that ran
 * @seen_ns: when the scheduler saw it, 0 if it never did
 */
struct timeline_frame {
	uint32_t queue;
	uint64_t seqno;
	uint64_t release_ns;
	uint64_t deadline_ns;
	uint64_t end_ns;
	uint32_t status;
	uint32_t reason;
	uint32_t variant;
	uint64_t seen_ns;
};

struct timeline {
	struct timeline_span *spans;
	size_t span_count;
	struct timeline_frame *frames;
	size_t frame_count;
};

/**
 * struct timeline_lane - an accelerator or a stream
 * @id: accelerator id or queue id
 * @name: what to call it
 * @detail: said in smaller letters, may be empty
 */
struct timeline_lane {
	uint32_t id;
	char name[DREAM_NAME_LEN];
	char detail[64];
};

/**
 * struct timeline_scene - what the ids of a timeline mean
 * @title: title
 * @origin_ns: time 0 of the picture
 * @accels: accelerators
 * @accel_count: their number
 * @streams: streams
 * @stream_count: their number
 */
struct timeline_scene {
	char title[160];
	uint64_t origin_ns;
	struct timeline_lane *accels;
	size_t accel_count;
	struct timeline_lane *streams;
	size_t stream_count;
};

/**
 * struct timeline_window - part of a run
 * @start_ns: since the origin
 * @len_ns: length, not 0
 */
struct timeline_window {
	uint64_t start_ns;
	uint64_t len_ns;
};

void timeline_parse(struct timeline *timeline, FILE *in);
void timeline_add_frame(struct timeline *timeline,
			const struct timeline_frame *frame);
void timeline_free(struct timeline *timeline);

size_t timeline_lane_of(const struct timeline_lane *lanes, size_t count,
			uint32_t id);
int timeline_late(const struct timeline_frame *frame);

int timeline_svg(const struct timeline *timeline,
		 const struct timeline_scene *scene,
		 const struct timeline_window *window, FILE *out);
int timeline_chrome(const struct timeline *timeline,
		    const struct timeline_scene *scene, FILE *out);

#endif
