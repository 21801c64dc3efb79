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

#endif
