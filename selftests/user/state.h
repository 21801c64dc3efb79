/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random states for policies: accelerators of some classes, models, queues and
 * ready jobs in every situation.
 */
#ifndef _TEST_STATE_H
#define _TEST_STATE_H

#include "kmod/policy.h"
#include "random.h"

#define STATE_CLASSES	3
#define STATE_ACCELS	6
#define STATE_PATHS	5
#define STATE_LAYERS	5
#define STATE_QUEUES	6
#define STATE_JOBS	10

struct state {
	struct dream_state st;
	struct dream_params params;
	u32 accels_of_class[STATE_CLASSES];

	struct dream_path path[STATE_PATHS];
	struct dream_path_layer layer[STATE_PATHS][STATE_LAYERS + 1];
	u64 lat[STATE_PATHS][STATE_LAYERS * STATE_CLASSES];
	u64 energy[STATE_PATHS][STATE_LAYERS * STATE_CLASSES];

	struct dream_pqueue queue[STATE_QUEUES];
	struct dream_pjob job[STATE_JOBS];
	struct dream_paccel accel[STATE_ACCELS];
	struct dream_pjob run[STATE_ACCELS];
	struct dream_pjob *jobs[STATE_JOBS];
	struct dream_pjob *running[STATE_ACCELS];
	struct dream_sort scratch[STATE_JOBS];
	struct dream_paccel *accels[STATE_ACCELS];
};

void state_random(struct state *s, struct random *r);
void state_shuffle_jobs(struct state *s, struct random *r);
u32 state_idle(const struct state *s);

#endif
