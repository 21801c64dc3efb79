/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * dream: scheduling class for machine-learning accelerators, ioctl interface.
 *
 * DOC: Rules of this interface
 *
 * /dev/dream carries the work: buffers, queues, jobs, completions. What the
 * scheduler knows about models and how it decides travels over the generic
 * netlink family "dream" (dream_netlink.h).
 *
 * 1. Every structure has a fixed layout: fixed-size members at their natural
 *    alignment, explicit padding, a size that is a multiple of 8. There are no
 *    unions and no pointers; addresses travel as __u64.
 * 2. A structure grows at its end only. The size that user space was compiled
 *    with is part of the ioctl number, and of the stride of an array. A shorter
 *    structure than the kernel's is extended with zeroes; a longer one is
 *    accepted if the part that the kernel does not know is zero, and refused
 *    with -E2BIG otherwise. Zero therefore always means "as before".
 * 3. Padding and flags that the kernel does not know must be zero: -EINVAL.
 * 4. Arrays are given by address, count and stride. A stride below the first
 *    published size of the element, or not a multiple of 8, is -EINVAL.
 * 5. Flags are only added. A number that has had a meaning is never reused.
 * 6. Points in time are CLOCK_MONOTONIC in ns, durations are ns, energy is nJ.
 * 7. Handles are per open file, start at 1 and are never valid in another file;
 *    an unknown handle is -ENOENT. 0 is never a handle. Numbers are used again only
 *    after 2^31 others.
 * 8. A call that fails has changed nothing.
 * 9. Every job that a submit has accepted ends exactly once and leaves exactly
 *    one completion record, which says how and why.
 * 10. Each addition raises DREAM_UAPI_MINOR; DREAM_IOCTL_QUERY tells it.
 */
#ifndef _UAPI_LINUX_DREAM_H
#define _UAPI_LINUX_DREAM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define DREAM_UAPI_MAJOR	1
#define DREAM_UAPI_MINOR	0

/* Longest name, with the final NUL. */
#define DREAM_NAME_LEN		32
/* Most jobs in one submit. */
#define DREAM_SUBMIT_JOBS_MAX	256
/* Most layers in one variant of a job. */
#define DREAM_LAYERS_MAX	1024
/* Most variants of a model. */
#define DREAM_VARIANTS_MAX	8
/* Most ranges of a job. */
#define DREAM_RANGES_MAX	64
/* Most dependencies of a job. */
#define DREAM_DEPS_MAX		64
/* Longest command of one layer, in bytes. */
#define DREAM_CMD_SIZE_MAX	4096
/* How far back a dependency can reach: jobs of a queue that ended earlier than
 * this many sequence numbers ago are forgotten.
 */
#define DREAM_DEP_HISTORY	64

/* ------------------------------------------------------------------ query */

/**
 * enum dream_query_type - what DREAM_IOCTL_QUERY tells
 * @DREAM_QUERY_INFO: one &struct dream_info
 * @DREAM_QUERY_ACCELS: an array of &struct dream_accel_info, by id
 */
enum dream_query_type {
	DREAM_QUERY_INFO = 0,
	DREAM_QUERY_ACCELS = 1,
};

/* Capabilities in &dream_info.caps. */
#define DREAM_CAP_GATES		(1ULL << 0)	/* layer gates */
#define DREAM_CAP_CASCADES	(1ULL << 1)	/* DREAM_DEP_IF_RESULT */
#define DREAM_CAP_VARIANTS	(1ULL << 2)	/* jobs with several variants */

/**
 * struct dream_info - version, capabilities, limits
 * @uapi_major: DREAM_UAPI_MAJOR of the kernel
 * @uapi_minor: DREAM_UAPI_MINOR of the kernel
 * @caps: DREAM_CAP_*
 * @accel_count: accelerators registered now
 * @queues_max: most queues of one user
 * @jobs_max: most jobs of one user that have not ended or whose record has not
 *	been read
 * @pad: zero
 * @buffer_bytes_max: most buffer memory of one user, in bytes
 */
struct dream_info {
	__u32 uapi_major;
	__u32 uapi_minor;
	__u64 caps;
	__u32 accel_count;
	__u32 queues_max;
	__u32 jobs_max;
	__u32 pad;
	__u64 buffer_bytes_max;
};

/* State of an accelerator in &dream_accel_info.state. */
enum dream_accel_state {
	DREAM_ACCEL_IDLE = 0,		/* every slot is free */
	DREAM_ACCEL_BUSY = 1,		/* it executes */
	DREAM_ACCEL_FAULTY = 2,		/* reset failed, out of service */
};

/**
 * struct dream_accel_info - an accelerator
 * @name: NUL-terminated
 * @class_name: NUL-terminated
 * @id: accelerator id, as in the records and on netlink
 * @class_id: id of the class
 * @slots: commands that it takes at a time
 * @state: enum dream_accel_state
 * @local_mem_bytes: size of its local memory
 * @bandwidth_mbps: memory bandwidth in 10^6 bytes per second
 * @clock_khz: clock
 * @busy_ns: time spent executing since it was registered
 * @energy_nj: energy used since then
 * @commands: commands that ended since then
 */
struct dream_accel_info {
	__u8 name[DREAM_NAME_LEN];
	__u8 class_name[DREAM_NAME_LEN];
	__u32 id;
	__u32 class_id;
	__u32 slots;
	__u32 state;
	__u64 local_mem_bytes;
	__u32 bandwidth_mbps;
	__u32 clock_khz;
	__u64 busy_ns;
	__u64 energy_nj;
	__u64 commands;
};

/**
 * struct dream_query - DREAM_IOCTL_QUERY
 * @type: in: enum dream_query_type
 * @flags: in: must be zero
 * @data: in: address of the array to fill
 * @stride: in: size of an element in user space
 * @count: in: elements that fit; out: elements that there are. The smaller of
 *	the two has been written.
 *
 * Errors: EINVAL (type, flags, stride), EFAULT.
 */
struct dream_query {
	__u32 type;
	__u32 flags;
	__u64 data;
	__u32 stride;
	__u32 count;
};

/* ---------------------------------------------------------------- buffers */

/**
 * struct dream_buffer_create - DREAM_IOCTL_BUFFER_CREATE
 * @size: in: bytes, not 0; rounded up to whole pages; out: the rounded size
 * @flags: in: must be zero
 * @handle: out: handle. Must be zero on entry.
 * @mmap_offset: out: offset for mmap() of this file. Must be zero on entry.
 *
 * The memory is zero and lives until the handle is freed, the last mapping is
 * gone and the last job that names it has ended.
 *
 * Errors: EINVAL (size 0, flags, out fields), E2BIG (size above
 * &dream_info.buffer_bytes_max), EDQUOT (user's limit), ENOMEM.
 */
struct dream_buffer_create {
	__u64 size;
	__u32 flags;
	__u32 handle;
	__u64 mmap_offset;
};

/**
 * struct dream_buffer_free - DREAM_IOCTL_BUFFER_FREE
 * @handle: in: buffer
 * @pad: must be zero
 *
 * Jobs in flight keep the memory, and so do mappings.
 *
 * Errors: EINVAL, ENOENT.
 */
struct dream_buffer_free {
	__u32 handle;
	__u32 pad;
};

/* ----------------------------------------------------------------- queues */

/* Every variant of the model may be chosen. */
#define DREAM_VARIANT_ANY	0xffffffffU
/* The scheduler's parameter drop-cap holds. */
#define DREAM_DROP_CAP_DEFAULT	0xffffffffU

/**
 * struct dream_queue_create - DREAM_IOCTL_QUEUE_CREATE
 * @model: in: id of a committed model profile, or 0: no profile, costs are
 *	learned. The caller's own model, one that is marked as shared, or any with
 *	CAP_SYS_NICE.
 * @flags: in: must be zero
 * @period_ns: in: time between two frames, 0 if there is none; at most 3600 s
 * @deadline_ns: in: relative deadline of a job that states none, not 0; at most
 *	3600 s
 * @parent: in: handle of the queue whose frames ask for this queue's (cascade),
 *	or 0
 * @depth: in: most released jobs that have not ended, 1 to 4096; 0 is 64.
 *	Submitting one more fails with EAGAIN; a cascade's job that becomes due
 *	while the queue is full is dropped, with DREAM_REASON_QUEUE_FULL
 * @weight: in: importance, 1 to 10000; 0 is 100. More than 100 needs CAP_SYS_NICE.
 * @drop_cap: in: most frames dropped by the scheduler among the last 10, 0 to 10,
 *	or DREAM_DROP_CAP_DEFAULT: the scheduler's parameter drop-cap, which holds for
 *	drop 1 only
 * @variant_max: in: lightest variant allowed, an index; DREAM_VARIANT_ANY for the
 *	model's last. 0 forbids every variant but the first.
 * @handle: out: handle. Must be zero on entry.
 * @id: out: system-wide id, as on netlink and in traces. Must be zero on entry.
 * @pad: must be zero
 * @name: in: name for people, NUL-terminated, may be empty
 *
 * Errors: EINVAL (flags, out fields, range of a value, name not terminated, or
 * it would have more than 8 ancestors), ENOENT (model or parent), EACCES (somebody
 * else's model, or weight), EDQUOT (user's limit), ENOMEM.
 */
struct dream_queue_create {
	__u32 model;
	__u32 flags;
	__u64 period_ns;
	__u64 deadline_ns;
	__u32 parent;
	__u32 depth;
	__u32 weight;
	__u32 drop_cap;
	__u32 variant_max;
	__u32 handle;
	__u32 id;
	__u32 pad;
	__u8 name[DREAM_NAME_LEN];
};

/**
 * struct dream_queue_destroy - DREAM_IOCTL_QUEUE_DESTROY
 * @handle: in: queue
 * @pad: must be zero
 *
 * Its jobs are cancelled as by DREAM_IOCTL_CANCEL; their records can still be
 * read. A child queue loses its parent.
 *
 * Errors: EINVAL, ENOENT.
 */
struct dream_queue_destroy {
	__u32 handle;
	__u32 pad;
};

/* ------------------------------------------------------------------- jobs */

/* The device may read, may write. At least one of them. */
#define DREAM_RANGE_IN		(1U << 0)
#define DREAM_RANGE_OUT		(1U << 1)

/**
 * struct dream_job_range - a part of a buffer that the job's commands may touch
 * @buffer: buffer handle
 * @flags: DREAM_RANGE_IN, DREAM_RANGE_OUT
 * @offset: first byte, a multiple of 8
 * @length: bytes, a multiple of 8, not 0
 */
struct dream_job_range {
	__u32 buffer;
	__u32 flags;
	__u64 offset;
	__u64 length;
};

/**
 * struct dream_job_layer - the command of one layer
 * @buffer: buffer that holds the command
 * @size: bytes of the command, 1 to DREAM_CMD_SIZE_MAX
 * @offset: its first byte, a multiple of 8
 * @variant: variant that the layer belongs to. The layers of variant 0 come
 *	first, then those of variant 1, and so on, each in order of execution
 * @pad: must be zero
 *
 * The command is copied when the job is submitted.
 */
struct dream_job_layer {
	__u32 buffer;
	__u32 size;
	__u64 offset;
	__u32 variant;
	__u32 pad;
};

/* The dependency names a job of this call: &dream_job_dep.seqno is the job's
 * index in the array, and smaller than that of the job that depends on it.
 */
#define DREAM_DEP_IN_CALL	(1U << 0)
/* The job is wanted only if the other job's last layer has delivered a result
 * other than 0; otherwise it ends as cancelled, with DREAM_REASON_NOT_WANTED.
 */
#define DREAM_DEP_IF_RESULT	(1U << 1)

/**
 * struct dream_job_dep - a job that has to end first
 * @queue: queue handle; 0 with DREAM_DEP_IN_CALL
 * @flags: DREAM_DEP_*
 * @seqno: job in that queue
 *
 * A job whose dependency did not end as done is cancelled, with
 * DREAM_REASON_DEPENDENCY.
 */
struct dream_job_dep {
	__u32 queue;
	__u32 flags;
	__u64 seqno;
};

/**
 * struct dream_job_submit - a job: one frame of a model
 * @queue: in: queue handle
 * @flags: in: must be zero
 * @deadline_ns: in: absolute deadline; 0: the time of release plus the queue's
 *	relative deadline. It may lie in the past, but not before @release_ns.
 * @release_ns: in: when the frame became due, for latency and deadline; 0: when
 *	it is released. Not in the future. Must be 0 for a job with dependencies.
 * @user_data: in: comes back in the record
 * @layers: in: address of an array of &struct dream_job_layer
 * @layer_count: in: its length, 1 to DREAM_LAYERS_MAX for each variant
 * @layer_stride: in: size of an element
 * @ranges: in: address of an array of &struct dream_job_range
 * @range_count: in: its length, 0 to DREAM_RANGES_MAX; with 0, address and stride
 *	are 0
 * @range_stride: in: size of an element
 * @deps: in: address of an array of &struct dream_job_dep
 * @dep_count: in: its length, 0 to DREAM_DEPS_MAX; with 0, address and stride are 0
 * @dep_stride: in: size of an element
 * @seqno: out: number of the job in its queue, counted from 1. Must be zero on
 *	entry.
 *
 * A job is released when it has been submitted and all its dependencies have
 * ended. The jobs of a queue run in the order of their numbers.
 *
 * If the queue has a model, the number of layers of each variant must be the
 * model's.
 */
struct dream_job_submit {
	__u32 queue;
	__u32 flags;
	__u64 deadline_ns;
	__u64 release_ns;
	__u64 user_data;
	__u64 layers;
	__u32 layer_count;
	__u32 layer_stride;
	__u64 ranges;
	__u32 range_count;
	__u32 range_stride;
	__u64 deps;
	__u32 dep_count;
	__u32 dep_stride;
	__u64 seqno;
};

/**
 * struct dream_submit - DREAM_IOCTL_SUBMIT
 * @jobs: in: address of an array of &struct dream_job_submit; @seqno of each is written
 * @job_count: in: 1 to DREAM_SUBMIT_JOBS_MAX
 * @job_stride: in: size of an element
 * @flags: in: must be zero
 * @pad: must be zero
 * @bad_job: out: on an error that concerns one job, its index; otherwise
 *	0xffffffff. Must be zero on entry.
 * @pad2: must be zero
 *
 * All jobs are accepted, or none. The numbers are written before the first job
 * can start; if they cannot be written, the call fails with EFAULT and no job has
 * been accepted.
 *
 * Errors: EINVAL (flags, padding, count, stride, alignment, bad deadline, layers
 * out of variant order or not as the model has them, dependency on itself or on
 * a later job), ENOENT (queue, buffer, or a dependency on a job that never was),
 * ERANGE (a range or a command outside its buffer, or overflow), ESTALE
 * (dependency on a job that ended too long ago), EAGAIN (queue full), EDQUOT
 * (user's limit of jobs), EOPNOTSUPP (DREAM_DEP_IF_RESULT, and the parameter
 * cascades is 0), E2BIG (the unknown part of a structure is not zero),
 * ENOMEM, EFAULT.
 */
struct dream_submit {
	__u64 jobs;
	__u32 job_count;
	__u32 job_stride;
	__u32 flags;
	__u32 pad;
	__u32 bad_job;
	__u32 pad2;
};

/* ------------------------------------------------------------ completions */

/* How a job ended, in &dream_completion.status. */
enum dream_status {
	DREAM_STATUS_DONE = 0,		/* every layer on its path has run */
	DREAM_STATUS_DROPPED = 1,	/* given up by the scheduler */
	DREAM_STATUS_CANCELLED = 2,	/* withdrawn, or not wanted */
	DREAM_STATUS_FAILED = 3,	/* the device or the command failed */
};

/* Why it ended like that, in &dream_completion.reason. */
enum dream_reason {
	DREAM_REASON_NONE = 0,		/* done */
	DREAM_REASON_HOPELESS = 1,	/* dropped: could not make its deadline */
	DREAM_REASON_QUEUE_FULL = 2,	/* dropped: became due in a full queue */
	DREAM_REASON_USER = 3,		/* cancelled by DREAM_IOCTL_CANCEL */
	DREAM_REASON_CLOSED = 4,	/* cancelled: queue destroyed or file closed */
	DREAM_REASON_DEPENDENCY = 5,	/* cancelled: a dependency did not get done */
	DREAM_REASON_NOT_WANTED = 6,	/* cancelled: the parent found nothing */
	DREAM_REASON_COMMAND = 7,	/* failed: the device refused the command */
	DREAM_REASON_DEVICE = 8,	/* failed: the device reported an error */
	DREAM_REASON_TIMEOUT = 9,	/* failed: the device made no progress */
	DREAM_REASON_UNPLUGGED = 10,	/* failed: the accelerator went away */
};

/* The deadline has been missed. Set for every status when the job ended late. */
#define DREAM_COMPLETION_LATE	(1U << 0)

/**
 * struct dream_completion - record of a job that has ended
 * @user_data: as submitted
 * @seqno: number of the job
 * @queue: queue handle
 * @status: enum dream_status
 * @reason: enum dream_reason
 * @flags: DREAM_COMPLETION_*
 * @error: negative errno with DREAM_STATUS_FAILED, else 0
 * @variant: variant that ran, or was to run
 * @layers_run: layers that have run to the end
 * @result: result of the last layer that ran
 * @queued_ns: time of submit
 * @release_ns: time of release, or &dream_job_submit.release_ns
 * @start_ns: start of the first layer, 0 if none has started
 * @end_ns: end of the job
 * @deadline_ns: absolute deadline, 0 if the job was never released
 * @accel_ns: time on accelerators
 * @energy_nj: energy used
 * @accel_mask: bit n: a layer ran on the accelerator with id n
 * @skipped: layers that gates have skipped
 * @pad: zero
 */
struct dream_completion {
	__u64 user_data;
	__u64 seqno;
	__u32 queue;
	__u32 status;
	__u32 reason;
	__u32 flags;
	__s32 error;
	__u32 variant;
	__u32 layers_run;
	__u32 result;
	__u64 queued_ns;
	__u64 release_ns;
	__u64 start_ns;
	__u64 end_ns;
	__u64 deadline_ns;
	__u64 accel_ns;
	__u64 energy_nj;
	__u64 accel_mask;
	__u32 skipped;
	__u32 pad;
};

/**
 * struct dream_reap - DREAM_IOCTL_REAP: read completion records
 * @records: in: address of an array of &struct dream_completion
 * @count: in: records that fit, not 0; out: records written
 * @stride: in: size of an element
 * @min_count: in: wait until that many records are there, at most @count; 0: do
 *	not wait
 * @flags: in: must be zero
 * @timeout_ns: in: absolute time at which waiting ends; 0: no limit. Must be 0
 *	if @min_count is 0.
 *
 * Each record is read once. Poll reports EPOLLIN while there are unread records.
 * After a timeout the records that are there are returned; ETIME if there are
 * none. A signal interrupts the wait with EINTR if no record can be returned;
 * the call can be repeated unchanged. Where the array cannot be written, the call
 * stops, and the records that were not written whole stay unread; it fails with
 * EFAULT if that was the first one.
 *
 * Errors: EINVAL (flags, counts, stride), ETIME, EINTR, EFAULT; ENODATA with
 * @min_count when fewer jobs are in flight than would have to end.
 */
struct dream_reap {
	__u64 records;
	__u32 count;
	__u32 stride;
	__u32 min_count;
	__u32 flags;
	__u64 timeout_ns;
};

/**
 * struct dream_wait - DREAM_IOCTL_WAIT: wait for a job, without its record
 * @queue: in: queue handle
 * @flags: in: must be zero
 * @seqno: in: the job; 0: all jobs that have been submitted to the queue
 * @timeout_ns: in: absolute time at which waiting ends; 0: do not wait
 *
 * Errors: EINVAL (flags), ENOENT (queue, or a number that was never given),
 * ETIME, EINTR.
 */
struct dream_wait {
	__u32 queue;
	__u32 flags;
	__u64 seqno;
	__u64 timeout_ns;
};

/**
 * struct dream_cancel - DREAM_IOCTL_CANCEL: withdraw jobs
 * @queue: in: queue handle
 * @flags: in: must be zero
 * @seqno: in: the job; 0: all jobs of the queue that have not ended
 * @cancelled: out: jobs that will end as cancelled because of this call. Must be
 *	zero on entry.
 * @pad: must be zero
 *
 * A job between two layers ends at once. One whose layer is running ends when
 * the layer has ended. A job that has ended before is left alone and not counted.
 *
 * Errors: EINVAL, ENOENT (queue, or a number that was never given).
 */
struct dream_cancel {
	__u32 queue;
	__u32 flags;
	__u64 seqno;
	__u32 cancelled;
	__u32 pad;
};

/**
 * struct dream_eventfd - DREAM_IOCTL_EVENTFD: signal completions by an eventfd
 * @fd: in: an eventfd, or -1 to remove it. Each record adds 1 to its counter.
 * @flags: in: must be zero
 *
 * One eventfd per open file; a new one takes the place of the former.
 *
 * Errors: EINVAL (flags, not an eventfd), EBADF.
 */
struct dream_eventfd {
	__s32 fd;
	__u32 flags;
};

#define DREAM_IOCTL_BASE		0xBC

#define DREAM_IOCTL_QUERY		_IOWR(DREAM_IOCTL_BASE, 0x00, struct dream_query)
#define DREAM_IOCTL_BUFFER_CREATE	_IOWR(DREAM_IOCTL_BASE, 0x01, struct dream_buffer_create)
#define DREAM_IOCTL_BUFFER_FREE		_IOW(DREAM_IOCTL_BASE, 0x02, struct dream_buffer_free)
#define DREAM_IOCTL_QUEUE_CREATE	_IOWR(DREAM_IOCTL_BASE, 0x03, struct dream_queue_create)
#define DREAM_IOCTL_QUEUE_DESTROY	_IOW(DREAM_IOCTL_BASE, 0x04, struct dream_queue_destroy)
#define DREAM_IOCTL_SUBMIT		_IOWR(DREAM_IOCTL_BASE, 0x05, struct dream_submit)
#define DREAM_IOCTL_REAP		_IOWR(DREAM_IOCTL_BASE, 0x06, struct dream_reap)
#define DREAM_IOCTL_WAIT		_IOW(DREAM_IOCTL_BASE, 0x07, struct dream_wait)
#define DREAM_IOCTL_CANCEL		_IOWR(DREAM_IOCTL_BASE, 0x08, struct dream_cancel)
#define DREAM_IOCTL_EVENTFD		_IOW(DREAM_IOCTL_BASE, 0x09, struct dream_eventfd)

#endif
