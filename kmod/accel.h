/* SPDX-License-Identifier: GPL-2.0 */
/* Accelerators as the arbiter keeps them. */
#ifndef _DREAM_ACCEL_PRIV_H
#define _DREAM_ACCEL_PRIV_H

#include <linux/kthread.h>
#include <linux/spinlock.h>

#include "dream_accel.h"
#include "policy.h"

struct dream_job;

/**
 * struct dream_slot - a place for one command in an accelerator
 * @cookie: command that the device holds, 0 if the slot is free; slot lock
 * @ended: the device has reported the end; slot lock
 * @end_ns: when; slot lock
 * @res: how; slot lock
 * @job: job of the command; arbiter's lock
 * @start_ns: when it was given to the device; arbiter's lock
 * @expected_ns: how long it was expected to take; arbiter's lock
 * @decision: number of the decision in the log; arbiter's lock
 * @cmd: the command; constant while the device holds it
 */
struct dream_slot {
	u64 cookie;
	bool ended;
	u64 end_ns;
	struct dream_cmd_result res;
	struct dream_job *job;
	u64 start_ns;
	u64 expected_ns;
	u64 decision;
	struct dream_cmd cmd;
};

/**
 * struct dream_accel - a registered accelerator
 * @p: what policies see; arbiter's lock
 * @name: name; constant
 * @desc: the driver's description; constant, its strings are not kept
 * @ops: the driver's operations; constant
 * @priv: the driver's pointer; constant
 * @watchdog: looks for commands without progress
 * @slot_lock: protects the slots' cookie, ended, end_ns, res, and @spurious; taken
 *	in hard interrupts, on PREEMPT_RT too, inside of every other lock
 * @slots: @desc.slots slots
 * @running: commands that the device holds; arbiter's lock
 * @progress_ns: when the device took its only command, or ended one last;
 *	arbiter's lock
 * @up_ns: when it was registered; constant
 * @watch_ns: when @watchdog looks, 0 if it is not armed; arbiter's lock
 * @blocked: the device was busy, wait for its next completion; arbiter's lock
 * @gone: the device has gone, wait for its driver to unregister; arbiter's lock
 * @faulty: out of service; arbiter's lock
 * @busy_ns: time spent executing; arbiter's lock
 * @energy_nj: energy used; arbiter's lock
 * @commands: commands that ended; arbiter's lock
 * @errors: commands that ended with an error; arbiter's lock
 * @timeouts: commands taken back by the watchdog; arbiter's lock
 * @resets: resets; arbiter's lock
 * @spurious: completions for commands that the device did not hold; slot lock
 */
struct dream_accel {
	struct dream_paccel p;
	char name[DREAM_ACCEL_NAME_LEN];
	struct dream_accel_desc desc;
	const struct dream_accel_ops *ops;
	void *priv;
	struct kthread_delayed_work watchdog;
	raw_spinlock_t slot_lock;	/* see above */
	struct dream_slot slots[DREAM_ACCEL_SLOTS_MAX];
	u32 running;
	u64 progress_ns;
	u64 up_ns;
	u64 watch_ns;
	bool blocked;
	bool gone;
	bool faulty;
	u64 busy_ns;
	u64 energy_nj;
	u64 commands;
	u64 errors;
	u64 timeouts;
	u64 resets;
	u64 spurious;
};

struct dream_accel_info;

struct dream_accel *dream_accel_by_id(u32 id);
struct dream_accel *dream_accel_by_name(const char *name);
void dream_accel_fill_info(struct dream_accel *accel,
			   struct dream_accel_info *info);
u64 dream_accel_spurious(struct dream_accel *accel);
int dream_accel_start(struct dream_accel *accel, struct dream_job *job,
		      u64 decision);
void dream_accel_collect(struct dream_accel *accel);

#endif
