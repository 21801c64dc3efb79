/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory of a stream's frames: commands for the device and the data that they
 * transform, a slot for each frame that has not ended.
 */
#ifndef DREAMCTL_SLOTS_H
#define DREAMCTL_SLOTS_H

#include "draws.h"

/* Ranges of a job, which its layers read and write by turns. */
#define SLOT_RANGES	2

/**
 * struct slots - the memory of a stream's frames
 * @scenario: scenario
 * @stream: index of the stream
 * @memory: memory, which the device sees as well
 * @buffer: its buffer handle
 * @count: slots that it has
 * @size: bytes of a slot
 * @command_size: bytes of a command
 * @layer_count: layers of all variants together
 */
struct slots {
	const struct scenario *scenario;
	uint32_t stream;
	unsigned char *memory;
	uint32_t buffer;
	uint32_t count;
	size_t size;
	size_t command_size;
	uint32_t layer_count;
};

void slots_init(struct slots *slots, const struct scenario *scenario,
		uint32_t stream, uint32_t count);
void slots_prepare(const struct slots *slots, uint32_t slot, uint64_t frame,
		   bool result);
void slots_job(const struct slots *slots, uint32_t slot,
	       struct dream_job_layer *layers, struct dream_job_range *ranges);
bool slots_check(const struct slots *slots, uint32_t slot, uint64_t frame,
		 uint32_t variant, const struct path *path,
		 uint32_t layers_run);

#endif
