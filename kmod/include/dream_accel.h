/* SPDX-License-Identifier: GPL-2.0 */
/*
 * dream: the driver interface. This is the only header that an accelerator
 * driver includes; Documentation/driver.rst walks through it with an example.
 *
 * DOC: Driver interface
 *
 * A driver registers each of its accelerators with a class name, a number of
 * slots and a table of operations. The arbiter starts one command in a free
 * slot when the policy has granted it; the driver reports the end of each
 * command, once, by its cookie. The driver owns the hardware, the arbiter owns
 * the decision, and the queue owns the job: a &struct dream_cmd is valid from
 * &dream_accel_ops.start until dream_accel_complete() has been called for its
 * cookie or until &dream_accel_ops.abort has returned, and never afterwards.
 *
 * Commands are named by cookies, not by pointers, so that a completion that
 * comes twice, too late or for no command at all can be recognised, counted
 * and ignored.
 */
#ifndef _DREAM_ACCEL_H
#define _DREAM_ACCEL_H

#include <linux/types.h>

struct device;
struct module;
struct dream_accel;

/* Longest name of an accelerator or a class, with the final NUL. */
#define DREAM_ACCEL_NAME_LEN	32
/* Most slots that one accelerator can have. */
#define DREAM_ACCEL_SLOTS_MAX	16
/* Most accelerators that can be registered at one time. */
#define DREAM_ACCEL_MAX		64
/* Most classes that exist at one time. */
#define DREAM_ACCEL_CLASS_MAX	16

/**
 * struct dream_range - a part of a buffer that a job declared
 * @vaddr: kernel address of the first byte, 8-byte aligned
 * @len: length in bytes, a multiple of 8
 * @flags: DREAM_RANGE_IN and DREAM_RANGE_OUT of uapi/linux/dream.h: what the
 *	device may do with it
 *
 * The memory stays in place until the command has ended. User space can write
 * to it at any time: a driver reads each word once.
 */
struct dream_range {
	void *vaddr;
	u64 len;
	u32 flags;
};

/**
 * struct dream_cmd - one layer of one job, as the device gets it
 * @cookie: names the command in dream_accel_complete(); never 0, never reused
 * @queue_id: queue that the job belongs to, for traces
 * @seqno: number of the job in its queue, for traces
 * @layer: index of the layer in the job's variant
 * @data: the command as the runtime wrote it; a private copy, which user space
 *	cannot change any more
 * @size: length of @data in bytes
 * @ranges: ranges of the job, as declared at submit
 * @range_count: number of entries of @ranges
 */
struct dream_cmd {
	u64 cookie;
	u32 queue_id;
	u64 seqno;
	u32 layer;
	const void *data;
	u32 size;
	const struct dream_range *ranges;
	u32 range_count;
};

/**
 * struct dream_cmd_result - how a command ended
 * @error: 0, or a negative errno; an error ends the job as failed
 * @result: what the layer found, as the device delivers it: non-zero means that
 *	the gate behind this layer is taken, or (last layer) that the frames
 *	which depend on the result are wanted
 * @energy_nj: energy used by the command, in nJ
 * @busy_ns: time for which the command occupied the array, in ns; 0 lets the
 *	arbiter use the time between start and completion
 */
struct dream_cmd_result {
	int error;
	u32 result;
	u64 energy_nj;
	u64 busy_ns;
};

/**
 * struct dream_accel_ops - what a driver provides
 * @owner: module of the driver, pinned while a command is with the device
 * @start: give @cmd to the device.
 *	Process context; the arbiter's lock is held, so it must not sleep for
 *	longer than an allocation and must not call dream_accel_register() or
 *	dream_accel_unregister(). dream_accel_complete() may be called before it
 *	returns. Returns 0 if the device has taken the command. A negative errno
 *	means that it has not: -EBUSY, the slot is not free yet and the arbiter
 *	tries again after the next completion of the device; -ENODEV, the device
 *	has gone and the driver is about to unregister it: the job goes elsewhere,
 *	and nothing is started here any more; -EINVAL, the command is malformed
 *	and the job fails; anything else, the job fails.
 *	Mandatory.
 * @abort: take the command @cookie back.
 *	Process context, arbiter's lock held, may sleep shortly. When it
 *	returns 0, the device no longer touches the command's memory, and no
 *	completion follows for this cookie (one that does is ignored). -EIO: the
 *	device does not answer, the arbiter calls @reset. Mandatory.
 * @reset: bring the device back to its initial state; every command in it is
 *	lost. Process context, arbiter's lock held, may sleep. When it returns 0
 *	the device accepts commands again and touches no memory of earlier ones;
 *	an error takes the accelerator out of service for good. After an error
 *	too, the device must not touch memory any more. Mandatory.
 */
struct dream_accel_ops {
	struct module *owner;
	int (*start)(struct dream_accel *accel, const struct dream_cmd *cmd);
	int (*abort)(struct dream_accel *accel, u64 cookie);
	int (*reset)(struct dream_accel *accel);
};

/**
 * struct dream_accel_desc - an accelerator to be registered
 * @name: unique name, for example "vnpu0"
 * @class: class name, for example "ws-2048"; accelerators of one class have the
 *	same costs for the same layer
 * @slots: number of commands that the device takes at a time, 1 to
 *	DREAM_ACCEL_SLOTS_MAX; it executes them in any order
 * @local_mem_bytes: size of the memory next to the array, for information
 * @bandwidth_mbps: memory bandwidth in MB/s (10^6 bytes per second), for
 *	information
 * @clock_khz: clock in kHz, for information
 * @parent: parent device for sysfs, or NULL
 */
struct dream_accel_desc {
	const char *name;
	const char *class;
	u32 slots;
	u64 local_mem_bytes;
	u32 bandwidth_mbps;
	u32 clock_khz;
	struct device *parent;
};

/**
 * dream_accel_register() - make an accelerator available for scheduling
 * @desc: what it is; copied
 * @ops: operations; must stay valid until dream_accel_unregister() returns
 * @priv: the driver's own pointer, returned by dream_accel_priv()
 *
 * The device may get commands before this function returns.
 *
 * Context: process context, may sleep.
 * Return: the accelerator, or an ERR_PTR: -EINVAL (empty or long name, slots out
 * of range, a missing operation), -EEXIST (the name is taken), -ENOSPC (too many
 * accelerators or classes), -ENOMEM.
 */
struct dream_accel *dream_accel_register(const struct dream_accel_desc *desc,
					 const struct dream_accel_ops *ops,
					 void *priv);

/**
 * dream_accel_unregister() - take an accelerator away
 * @accel: what dream_accel_register() returned
 *
 * Commands that are with the device are aborted (reset, if it does not answer)
 * and their jobs fail with -ENODEV; other jobs go on elsewhere. When it
 * returns, no operation of the driver is running or will be called, and
 * dream_accel_complete() must not be called any more.
 *
 * Context: process context, may sleep.
 */
void dream_accel_unregister(struct dream_accel *accel);

/**
 * dream_accel_complete() - report that a command has ended
 * @accel: the accelerator
 * @cookie: &dream_cmd.cookie of the command
 * @res: how it ended; copied
 *
 * The end time is taken here. A cookie that the device does not hold (repeated,
 * late or invented) is counted as spurious and otherwise ignored.
 *
 * Context: any, hard interrupts included.
 */
void dream_accel_complete(struct dream_accel *accel, u64 cookie,
			  const struct dream_cmd_result *res);

/**
 * dream_accel_priv() - the driver's own pointer
 * @accel: the accelerator
 *
 * Context: any.
 * Return: @priv of dream_accel_register(). Valid in @start during
 * registration too.
 */
void *dream_accel_priv(const struct dream_accel *accel);

#endif
