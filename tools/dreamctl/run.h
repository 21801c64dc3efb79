/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running a scenario, and what came of it.
 */
#ifndef DREAMCTL_RUN_H
#define DREAMCTL_RUN_H

#include "metrics.h"
#include "scenario.h"
#include "timeline.h"

/* A frame is not counted exactly once: this program is wrong. */
#define EXIT_INTERNAL	3

/**
 * struct run_result - what came of a run under a policy
 * @scenario: scenario
 * @policy: policy
 * @streams: tally of each stream
 * @models: tally of each model
 * @figures: figures of merit
 * @accels: the scenario's NPUs, as the scheduler has counted their work
 * @accel_count: their number
 * @window_ns: from the start of the run to its last frame's end
 * @jobs: jobs that have ended
 * @checked: jobs whose output bytes were compared
 * @wrong: jobs that were not as they should be
 * @stopped: it was stopped before its end
 * @complete: every frame has ended, the counts are final
 * @timeline: what ran when, if it was traced
 * @scene: what the ids of the timeline mean
 */
struct run_result {
	const struct scenario *scenario;
	char policy[DREAM_NAME_LEN];
	struct tally *streams;
	struct tally *models;
	struct figures figures;
	struct dream_accel *accels;
	uint32_t accel_count;
	uint64_t window_ns;
	uint64_t jobs;
	uint64_t checked;
	uint64_t wrong;
	bool stopped;
	bool complete;
	struct timeline timeline;
	struct timeline_scene scene;
};

int run_signals_open(void);
int run_scenario(const struct scenario *scenario, const char *policy,
		 int signal_fd, bool traced, struct run_result *result);
void run_result_free(struct run_result *result);

#endif
