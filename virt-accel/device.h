/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VNPU_DEVICE_H
#define _VNPU_DEVICE_H

#include <linux/atomic.h>

#include "config.h"

/**
 * enum vnpu_fault - what can be made to go wrong
 * @VNPU_FAULT_START: a start is refused with -EIO
 * @VNPU_FAULT_HANG: a command never ends
 * @VNPU_FAULT_SLOW: a command takes longer, by &vnpu_faults.slow_factor
 * @VNPU_FAULT_FAIL: a command ends with -EIO, its output half done
 * @VNPU_FAULT_LOST: a command is executed, its completion is not reported
 * @VNPU_FAULT_SPURIOUS: a completion is followed by a repeated and by an invented
 *	one
 * @VNPU_FAULT_ABORT: an abort is answered with -EIO
 * @VNPU_FAULT_RESET: a reset is answered with -EIO
 * @VNPU_FAULT_COUNT: number of faults
 */
enum vnpu_fault {
	VNPU_FAULT_START,
	VNPU_FAULT_HANG,
	VNPU_FAULT_SLOW,
	VNPU_FAULT_FAIL,
	VNPU_FAULT_LOST,
	VNPU_FAULT_SPURIOUS,
	VNPU_FAULT_ABORT,
	VNPU_FAULT_RESET,
	VNPU_FAULT_COUNT,
};

/* Bounds of &vnpu_faults.slow_factor. */
#define VNPU_SLOW_FACTOR_MIN	2
#define VNPU_SLOW_FACTOR_MAX	1000

/**
 * struct vnpu_faults - fault knobs; written at any time, without a lock
 * @left: how many of the next occasions each fault still hits
 * @slow_factor: duration of a slow command, in multiples of the normal one
 */
struct vnpu_faults {
	atomic_t left[VNPU_FAULT_COUNT];
	atomic_t slow_factor;
};

/**
 * enum vnpu_state - what a device does
 * @VNPU_STATE_IDLE: it has no command
 * @VNPU_STATE_BUSY: it executes
 * @VNPU_STATE_HUNG: it has a command that never ends
 */
enum vnpu_state {
	VNPU_STATE_IDLE,
	VNPU_STATE_BUSY,
	VNPU_STATE_HUNG,
};

/**
 * struct vnpu_stats - what a device has done since it was made
 * @executed: commands that have ended, failed ones included
 * @aborted: commands taken back by an abort or a reset
 * @resets: resets
 * @energy_nj: energy of the commands that have ended
 * @busy_ns: time in which the array executed them
 */
struct vnpu_stats {
	u64 executed;
	u64 aborted;
	u64 resets;
	u64 energy_nj;
	u64 busy_ns;
};

struct vnpu;

struct vnpu *vnpu_create(const char *name, const struct vnpu_config *config,
			 struct vnpu_faults *faults);
void vnpu_unplug(struct vnpu *vnpu);
void vnpu_destroy(struct vnpu *vnpu);
enum vnpu_state vnpu_snapshot(struct vnpu *vnpu, struct vnpu_stats *stats);

int vnpu_device_init(void);
void vnpu_device_exit(void);

#endif
