/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cascade: a stream that is due by the clock, and the streams that its frames
 * ask for. It has an open file and a thread of its own.
 */
#ifndef DREAMCTL_CASCADE_H
#define DREAMCTL_CASCADE_H

#include <stdatomic.h>

#include "metrics.h"
#include "scenario.h"
#include "timeline.h"

struct cascade;

/**
 * struct cascade_shared - what the cascades of a run share
 * @scenario: scenario
 * @models: model ids of its models
 * @ahead: jobs may be submitted ahead, for the kernel to run or to forget; else a
 *	child is submitted when its parent's record has been read
 * @origin_ns: start of the run; set before cascade_start()
 * @stop_fd: eventfd that becomes readable when no more frames are to come
 * @done_fd: eventfd to which each cascade adds 1 when it is done
 * @resolved: frames that have ended so far, of all cascades
 * @keep_drops: remember the frames that the kernel has never seen
 */
struct cascade_shared {
	const struct scenario *scenario;
	const uint32_t *models;
	bool ahead;
	uint64_t origin_ns;
	int stop_fd;
	int done_fd;
	atomic_ullong resolved;
	bool keep_drops;
};

/**
 * struct cascade_totals - what the run makes of a cascade's work
 * @tallies: by index of the stream; those of other cascades are left alone
 * @queues: queue ids by index of the stream, likewise
 * @jobs: records that have been read
 * @checked: jobs whose output bytes were compared
 * @wrong: jobs that were not as they should be
 * @last_ns: end of the last job
 * @drops: frames that the kernel has never seen are added, if wanted
 */
struct cascade_totals {
	struct tally *tallies;
	uint32_t *queues;
	uint64_t jobs;
	uint64_t checked;
	uint64_t wrong;
	uint64_t last_ns;
	struct timeline *drops;
};

struct cascade *cascade_new(struct cascade_shared *shared, uint32_t root);
int cascade_start(struct cascade *cascade);
int cascade_join(struct cascade *cascade, struct cascade_totals *totals);
void cascade_free(struct cascade *cascade);

#endif
