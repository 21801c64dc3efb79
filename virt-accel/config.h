/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VNPU_CONFIG_H
#define _VNPU_CONFIG_H

#include <dream_accel.h>

#include "cost.h"
#include "jitter.h"

/**
 * struct vnpu_config - what a virtual NPU is
 * @array: array, clock and memory
 * @slots: commands that it takes at a time
 * @jitter_permille: largest deviation of a duration, in 1/1000
 * @seed: seed of the jitter
 * @domain: name of the memory domain; empty: memory of its own
 * @class: class name; empty: made of dataflow and number of PEs
 */
struct vnpu_config {
	struct vnpu_array array;
	u32 slots;
	u32 jitter_permille;
	u64 seed;
	char domain[DREAM_ACCEL_NAME_LEN];
	char class[DREAM_ACCEL_NAME_LEN];
};

void vnpu_config_init(struct vnpu_config *config);
bool vnpu_config_valid(const struct vnpu_config *config);
void vnpu_config_class(const struct vnpu_config *config,
		       char class[DREAM_ACCEL_NAME_LEN]);
int vnpu_config_set_dataflow(struct vnpu_config *config, const char *text);
int vnpu_config_set_name(char name[DREAM_ACCEL_NAME_LEN], const char *text);
const char *vnpu_dataflow_name(enum vnpu_dataflow dataflow);

#endif
