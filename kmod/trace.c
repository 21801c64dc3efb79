// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Tracepoints
 *
 * The definitions behind trace.h, in a file of their own, so that the rest of the
 * module sees the declarations only. trace.h is read again from
 * <trace/define_trace.h>; the folder must be in the include path for that.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
