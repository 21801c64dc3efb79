/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recording the scheduler's tracepoints, in a buffer that nobody else uses.
 */
#ifndef DREAMCTL_TRACE_H
#define DREAMCTL_TRACE_H

#include <stdint.h>

#include "timeline.h"

struct trace;

struct trace *trace_start(uint64_t events);
int trace_stop(struct trace *trace, struct timeline *timeline);
void trace_free(struct trace *trace);

/* Most CPUs whose buffers trace_follow() watches; of others, events may be lost. */
#define TRACE_CPUS_MAX	1024

struct trace *trace_follow(void);
struct trace *trace_new_queues(void);
int trace_fd(const struct trace *trace);
size_t trace_alarms(const struct trace *trace, const int **fds);
int trace_drain(struct trace *trace, FILE *to);
int trace_end(struct trace *trace, FILE *to);

#endif
