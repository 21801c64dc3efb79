/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual NPUs, as far as time goes: what they execute, and until when.
 */
#ifndef DREAMSIM_NPU_H
#define DREAMSIM_NPU_H

#include <stdbool.h>
#include <stdint.h>

#include "scenario.h"

/* Nothing will happen. */
#define NPU_NEVER	UINT64_MAX

struct npus;

/**
 * struct npu_command - a command that an NPU is given
 * @tag: the caller's
 * @ns: duration when it has the memory for itself
 * @dram_bytes: bytes that compete for the memory bandwidth
 */
struct npu_command {
	void *tag;
	uint64_t ns;
	uint64_t dram_bytes;
};

/**
 * struct npu_done - a command that has ended
 * @npu: index of the NPU
 * @tag: as given
 * @end_ns: when it ended
 * @busy_ns: how long it was executed
 */
struct npu_done {
	uint32_t npu;
	void *tag;
	uint64_t end_ns;
	uint64_t busy_ns;
};

struct npus *npus_new(const struct scenario *scenario, uint64_t overhead_ns);
void npus_free(struct npus *npus);

void npus_start(struct npus *npus, uint32_t npu,
		const struct npu_command *command, uint64_t now);
uint64_t npus_next(const struct npus *npus);
bool npus_step(struct npus *npus, uint64_t now, struct npu_done *done);

#endif
