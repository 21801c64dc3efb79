/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdream: the dream scheduler for C and C++ programs.
 *
 * DOC: Overview
 *
 * There are four handles, all opaque:
 *
 *  - &struct dream_device, an open /dev/dream: buffers, queues, jobs and their
 *    completion records. Structures that the kernel reads and writes are the
 *    kernel's own, from linux/dream.h; this header adds inline functions that
 *    fill them.
 *  - &struct dream_nl, a netlink socket: accelerators, model profiles, policy,
 *    parameters, statistics, scores.
 *  - &struct dream_events, a netlink socket that hears the scheduler's events, and
 *    &struct dream_windows, one that hears the counters of each window.
 *
 * dream/vnpu.h adds virtual NPUs and their commands.
 *
 * Results. A function that can fail returns an int: 0 or a count on success, a
 * negative errno otherwise. errno itself is not used. After a netlink call has
 * failed, dream_nl_error() says why, in the kernel's words. A function that
 * fails has changed nothing and leaves its out parameters alone, unless it says
 * otherwise.
 *
 * Units. Points in time are CLOCK_MONOTONIC in ns, as dream_now() tells;
 * durations are ns, energy is nJ, memory is bytes.
 *
 * Threads. The library has no state of its own. A &struct dream_device may be
 * used by any number of threads at once: every call on it is one system call,
 * and a thread that waits in dream_reap() or dream_wait() holds nobody up. A
 * &struct dream_nl, a &struct dream_events and a &struct dream_windows may be used by
 * one thread at a time. No handle may be closed while another thread uses it.
 *
 * Signals. A wait that a signal interrupts returns -EINTR and can be repeated
 * unchanged.
 *
 * Binary compatibility. Symbols are versioned (LIBDREAM_1.0). If a structure
 * grows, the functions that take it get a new version, and programs that were
 * built before keep the former one.
 */
#ifndef DREAM_DREAM_H
#define DREAM_DREAM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/dream.h>
#include <linux/dream_netlink.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dream_device;
struct dream_nl;
struct dream_events;
struct dream_windows;

/* A point in time that never comes: wait without limit. */
#define DREAM_FOREVER	UINT64_MAX

/**
 * dream_now() - the clock of the scheduler
 *
 * Return: CLOCK_MONOTONIC in ns.
 */
uint64_t dream_now(void);

/* ----------------------------------------------------------------- device */

/**
 * dream_open() - open the device
 * @path: device file, NULL for /dev/dream
 * @dev: out: handle, for dream_close()
 *
 * Return: 0; -ENOENT if there is no such file (the module is not loaded);
 * -EACCES; -ENOTTY if it is not a dream device; -EPROTONOSUPPORT if the kernel
 * speaks another major version of the interface; -ENOMEM; -EMFILE, or what else
 * open(2) says.
 */
int dream_open(const char *path, struct dream_device **dev);

/**
 * dream_close() - close the device
 * @dev: handle, or NULL
 *
 * Queues of the handle go away; their jobs are cancelled. Mapped buffers stay
 * mapped until dream_buffer_unmap().
 */
void dream_close(struct dream_device *dev);

/**
 * dream_fd() - file descriptor of the device
 * @dev: handle
 *
 * It polls readable (POLLIN) while there are completion records to read. It
 * belongs to the handle.
 *
 * Return: the file descriptor.
 */
int dream_fd(const struct dream_device *dev);

/**
 * dream_info() - version, capabilities and limits of the kernel's side
 * @dev: handle
 * @info: out
 *
 * Return: 0 or a negative errno.
 */
int dream_info(struct dream_device *dev, struct dream_info *info);

/**
 * dream_accels() - accelerators that are registered
 * @dev: handle
 * @accels: out: array of @count elements; may be NULL if @count is 0
 * @count: elements that fit
 *
 * Return: how many accelerators there are, which may be more than @count; the
 * smaller of the two has been written. Or a negative errno.
 */
int dream_accels(struct dream_device *dev, struct dream_accel_info *accels,
		 unsigned int count);

/* ---------------------------------------------------------------- buffers */

/**
 * struct dream_buffer - memory that accelerators can use
 * @data: where it is mapped, readable and writable
 * @size: bytes, whole pages
 * @handle: buffer handle, for ranges and layers of jobs
 */
struct dream_buffer {
	void *data;
	size_t size;
	uint32_t handle;
};

/**
 * dream_buffer_create() - make a buffer and map it
 * @dev: handle
 * @size: bytes, not 0; rounded up to whole pages
 * @buffer: out. The memory is zero.
 *
 * Return: 0; -EINVAL (size 0); -E2BIG (size above dream_info.buffer_bytes_max);
 * -EDQUOT (the user's limit is reached); -ENOMEM.
 */
int dream_buffer_create(struct dream_device *dev, size_t size,
			struct dream_buffer *buffer);

/**
 * dream_buffer_free() - unmap a buffer and free its handle
 * @dev: handle
 * @buffer: buffer; zeroed on return
 *
 * Jobs in flight keep the memory until they end. A buffer that is zero is left
 * alone, so that freeing twice is harmless.
 *
 * Return: 0; -ENOENT if the handle is unknown. The memory is unmapped and
 * @buffer is zeroed in either case.
 */
int dream_buffer_free(struct dream_device *dev, struct dream_buffer *buffer);

/**
 * dream_buffer_unmap() - unmap a buffer whose device has been closed
 * @buffer: buffer; zeroed on return
 *
 * Not needed after dream_buffer_free().
 */
void dream_buffer_unmap(struct dream_buffer *buffer);

/* ----------------------------------------------------------------- queues */

/**
 * dream_queue_create() - make a queue
 * @dev: handle
 * @attr: in: what linux/dream.h says about &struct dream_queue_create;
 *	@deadline_ns is the only member that cannot be 0. out: @handle names the
 *	queue in this file, @id in the whole system. Their values on entry do not
 *	matter.
 *
 * Return: 0; -EINVAL (a value is out of range, name not terminated, more than 8
 * ancestors); -ENOENT (model or parent); -EACCES (somebody else's model);
 * -EDQUOT (the user's limit is reached); -ENOMEM.
 */
int dream_queue_create(struct dream_device *dev,
		       struct dream_queue_create *attr);

/**
 * dream_queue_destroy() - cancel the jobs of a queue and forget it
 * @dev: handle
 * @queue: queue handle
 *
 * The records of its jobs can still be read.
 *
 * Return: 0; -ENOENT.
 */
int dream_queue_destroy(struct dream_device *dev, uint32_t queue);

/* ------------------------------------------------------------------- jobs */

/**
 * dream_job_init() - begin a job: zero, but for its queue
 * @job: out
 * @queue: queue handle
 *
 * A job as it stands after dream_job_init() and dream_job_layers() is complete:
 * its deadline is its release plus the queue's relative deadline. Set
 * &dream_job_submit.deadline_ns, &dream_job_submit.release_ns and &dream_job_submit.user_data by
 * assignment.
 */
static inline void dream_job_init(struct dream_job_submit *job, uint32_t queue)
{
	memset(job, 0, sizeof(*job));
	job->queue = queue;
}

/**
 * dream_job_layers() - state the layers of a job
 * @job: job
 * @layers: array, which must stay in place until dream_submit() returns
 * @count: its length, for all variants together
 */
static inline void dream_job_layers(struct dream_job_submit *job,
				    const struct dream_job_layer *layers,
				    uint32_t count)
{
	job->layers = (uintptr_t)layers;
	job->layer_count = count;
	job->layer_stride = sizeof(*layers);
}

/**
 * dream_job_ranges() - state the memory that the commands of a job may touch
 * @job: job
 * @ranges: array, which must stay in place until dream_submit() returns
 * @count: its length, at most DREAM_RANGES_MAX
 */
static inline void dream_job_ranges(struct dream_job_submit *job,
				    const struct dream_job_range *ranges,
				    uint32_t count)
{
	job->ranges = count ? (uintptr_t)ranges : 0;
	job->range_count = count;
	job->range_stride = count ? sizeof(*ranges) : 0;
}

/**
 * dream_job_deps() - state the jobs that have to end before a job
 * @job: job
 * @deps: array, which must stay in place until dream_submit() returns
 * @count: its length, at most DREAM_DEPS_MAX
 */
static inline void dream_job_deps(struct dream_job_submit *job,
				  const struct dream_job_dep *deps,
				  uint32_t count)
{
	job->deps = count ? (uintptr_t)deps : 0;
	job->dep_count = count;
	job->dep_stride = count ? sizeof(*deps) : 0;
}

/**
 * dream_layer() - a layer's command
 * @buffer: buffer handle
 * @offset: first byte of the command in it, a multiple of 8
 * @size: bytes of the command, 1 to DREAM_CMD_SIZE_MAX
 * @variant: variant that the layer belongs to
 *
 * Return: the element for dream_job_layers().
 */
static inline struct dream_job_layer dream_layer(uint32_t buffer,
						 uint64_t offset, uint32_t size,
						 uint32_t variant)
{
	struct dream_job_layer layer;

	memset(&layer, 0, sizeof(layer));
	layer.buffer = buffer;
	layer.offset = offset;
	layer.size = size;
	layer.variant = variant;
	return layer;
}

/**
 * dream_range() - a part of a buffer that a job uses
 * @buffer: buffer handle
 * @flags: DREAM_RANGE_IN, DREAM_RANGE_OUT, or both
 * @offset: first byte, a multiple of 8
 * @length: bytes, a multiple of 8, not 0
 *
 * Return: the element for dream_job_ranges().
 */
static inline struct dream_job_range dream_range(uint32_t buffer,
						 uint32_t flags,
						 uint64_t offset,
						 uint64_t length)
{
	struct dream_job_range range;

	memset(&range, 0, sizeof(range));
	range.buffer = buffer;
	range.flags = flags;
	range.offset = offset;
	range.length = length;
	return range;
}

/**
 * dream_dep() - a dependency on a job that has been submitted before
 * @queue: handle of its queue
 * @seqno: its number in that queue
 * @flags: 0 or DREAM_DEP_IF_RESULT
 *
 * Return: the element for dream_job_deps().
 */
static inline struct dream_job_dep dream_dep(uint32_t queue, uint64_t seqno,
					     uint32_t flags)
{
	struct dream_job_dep dep;

	memset(&dep, 0, sizeof(dep));
	dep.queue = queue;
	dep.seqno = seqno;
	dep.flags = flags;
	return dep;
}

/**
 * dream_dep_in_call() - a dependency on an earlier job of the same submit
 * @index: its index in the array given to dream_submit()
 * @flags: 0 or DREAM_DEP_IF_RESULT
 *
 * Return: the element for dream_job_deps().
 */
static inline struct dream_job_dep dream_dep_in_call(uint32_t index,
						     uint32_t flags)
{
	return dream_dep(0, index, flags | DREAM_DEP_IN_CALL);
}

/**
 * dream_submit() - submit jobs, all or none
 * @dev: handle
 * @jobs: in: jobs; out: their numbers, in &dream_job_submit.seqno, whose value on entry
 *	does not matter
 * @count: 1 to DREAM_SUBMIT_JOBS_MAX
 * @bad: out: on an error that concerns one job, its index, else UINT32_MAX. May
 *	be NULL.
 *
 * Commands are copied: their memory can be used again when the call returns.
 *
 * Return: 0; -EINVAL, -ENOENT (queue, buffer, or a dependency that never was),
 * -ERANGE (a range or command outside its buffer), -ESTALE (dependency on a job
 * that ended too long ago), -EAGAIN (queue full), -EDQUOT (the user's limit is
 * reached), -EOPNOTSUPP (DREAM_DEP_IF_RESULT, and the parameter cascades is 0),
 * -ENOMEM.
 */
int dream_submit(struct dream_device *dev, struct dream_job_submit *jobs,
		 unsigned int count, uint32_t *bad);

/**
 * dream_reap() - read the records of jobs that have ended
 * @dev: handle
 * @records: out: array of @count elements
 * @count: elements that fit, not 0
 * @min: wait until that many records are there, at most @count; 0: do not wait
 * @timeout_ns: when waiting ends, CLOCK_MONOTONIC; DREAM_FOREVER: no limit. 0, or
 *	any time that has passed: do not wait.
 *
 * Each record is read once, by one thread. After a timeout the records that are
 * there are returned, even if they are fewer than @min.
 *
 * Return: number of records written, 0 only if @min is 0; -ETIME (timeout and
 * not one record); -ENODATA (fewer jobs are in flight than would have to end);
 * -EINTR; -EINVAL.
 */
int dream_reap(struct dream_device *dev, struct dream_completion *records,
	       unsigned int count, unsigned int min, uint64_t timeout_ns);

/**
 * dream_wait() - wait until a job has ended, without reading its record
 * @dev: handle
 * @queue: queue handle
 * @seqno: number of the job; 0: all jobs that have been submitted to the queue
 * @timeout_ns: as for dream_reap()
 *
 * Return: 0; -ETIME; -ENOENT (queue, or a number that was never given); -EINTR.
 */
int dream_wait(struct dream_device *dev, uint32_t queue, uint64_t seqno,
	       uint64_t timeout_ns);

/**
 * dream_cancel() - withdraw jobs
 * @dev: handle
 * @queue: queue handle
 * @seqno: number of the job; 0: all jobs of the queue that have not ended
 *
 * A layer that is running still runs to its end.
 *
 * Return: number of jobs that will end as cancelled because of this call;
 * -ENOENT (queue, or a number that was never given).
 */
int dream_cancel(struct dream_device *dev, uint32_t queue, uint64_t seqno);

/**
 * dream_set_eventfd() - have completions signalled by an eventfd
 * @dev: handle
 * @fd: an eventfd, to whose counter each record adds 1; -1 removes it
 *
 * Return: 0; -EINVAL (not an eventfd); -EBADF.
 */
int dream_set_eventfd(struct dream_device *dev, int fd);

/* ---------------------------------------------------------------- netlink */

/**
 * dream_nl_open() - open a netlink socket to the scheduler
 * @nl: out: handle, for dream_nl_close()
 *
 * Return: 0; -ENOENT if the kernel has no family "dream" (the module is not
 * loaded); -ENOMEM, or what else socket(2) says.
 */
int dream_nl_open(struct dream_nl **nl);

/**
 * dream_nl_close() - close the socket
 * @nl: handle, or NULL
 *
 * Models made through it go away, unless they are persistent. Open queues keep
 * their tables.
 */
void dream_nl_close(struct dream_nl *nl);

/**
 * dream_nl_error() - why the last call on this handle failed
 * @nl: handle
 *
 * One line without a full stop: what the kernel says, and in brackets the
 * attribute that it objects to, for example
 * "latency must not be 0 [cost[17].latency-ns]". A row's index is the one in the
 * caller's array.
 *
 * Return: text, valid until the next call on the handle; "" if the last call
 * succeeded.
 */
const char *dream_nl_error(const struct dream_nl *nl);

/*
 * Lists. A function that takes a pointer to a pointer, `struct x **list`,
 * allocates an array: it stores its address, which is to be given to free(3), and
 * returns the number of elements, or a negative errno and stores nothing. If
 * there is no element, the address is NULL.
 */

/* Longest text of a policy's or parameter's description, with the final NUL;
 * longer ones are cut.
 */
#define DREAM_DOC_LEN		256

/* ----------------------------------------------------------- accelerators */

/**
 * struct dream_accel - an accelerator
 * @id: accelerator id
 * @class_id: id of its class
 * @name: name given by its driver
 * @class_name: class; accelerators of a class have the same costs
 * @slots: commands that it takes at a time
 * @running: commands that it has now
 * @state: enum dream_accel_state
 * @bandwidth_mbps: memory bandwidth in 10^6 bytes per second
 * @clock_khz: clock
 * @local_mem_bytes: size of its local memory
 * @up_ns: time since it was registered; the following counters start there
 * @busy_ns: time spent executing
 * @energy_nj: energy used
 * @commands: commands that have ended
 * @errors: commands that the device ended with an error
 * @spurious: completions for commands that the device did not have
 * @timeouts: commands taken back because the device made no progress
 * @resets: resets
 */
struct dream_accel {
	uint32_t id;
	uint32_t class_id;
	char name[DREAM_NAME_LEN];
	char class_name[DREAM_NAME_LEN];
	uint32_t slots;
	uint32_t running;
	uint32_t state;
	uint32_t bandwidth_mbps;
	uint32_t clock_khz;
	uint64_t local_mem_bytes;
	uint64_t up_ns;
	uint64_t busy_ns;
	uint64_t energy_nj;
	uint64_t commands;
	uint64_t errors;
	uint64_t spurious;
	uint64_t timeouts;
	uint64_t resets;
};

/**
 * dream_nl_accels() - all accelerators, by id
 * @nl: handle
 * @list: out: array, for free(3)
 *
 * Return: number of elements or a negative errno.
 */
int dream_nl_accels(struct dream_nl *nl, struct dream_accel **list);

/* ----------------------------------------------------------------- models */

/**
 * struct dream_layer_row - sizes of a layer
 * @variant: variant
 * @index: index of the layer in the variant
 * @weight_bytes: weights
 * @in_bytes: activations that it reads
 * @out_bytes: activations that it writes
 */
struct dream_layer_row {
	uint32_t variant;
	uint32_t index;
	uint64_t weight_bytes;
	uint64_t in_bytes;
	uint64_t out_bytes;
};

/**
 * struct dream_cost_row - cost of a layer on a class of accelerators
 * @variant: variant
 * @index: index of the layer in the variant
 * @class_name: class of accelerators, NUL-terminated; it need not exist yet
 * @latency_ns: expected latency, 1 ns to 3600 s
 * @energy_nj: expected energy, at most 10^15
 * @measured_ns: latency as measured; read only
 * @measured_nj: energy as measured; read only
 * @samples: number of measurements; the measured values are 0 without; read only
 */
struct dream_cost_row {
	uint32_t variant;
	uint32_t index;
	char class_name[DREAM_NAME_LEN];
	uint64_t latency_ns;
	uint64_t energy_nj;
	uint64_t measured_ns;
	uint64_t measured_nj;
	uint32_t samples;
};

/**
 * struct dream_gate_row - a layer whose result decides where the job goes on
 * @variant: variant
 * @index: layer whose result decides
 * @target: layer with which the job goes on if the gate is taken, more than
 *	@index + 1; the number of layers: the job ends
 * @probability: how often it is expected to be taken, in 10^-6
 * @measured: how often it has been taken, in 10^-6; read only
 * @samples: number of measurements; read only
 */
struct dream_gate_row {
	uint32_t variant;
	uint32_t index;
	uint32_t target;
	uint32_t probability;
	uint32_t measured;
	uint32_t samples;
};

/**
 * struct dream_rows - rows of a model's tables
 * @layers: layer rows, any number
 * @costs: cost rows
 * @gates: gate rows
 * @layer_count: length of @layers
 * @cost_count: length of @costs
 * @gate_count: length of @gates
 */
struct dream_rows {
	const struct dream_layer_row *layers;
	const struct dream_cost_row *costs;
	const struct dream_gate_row *gates;
	size_t layer_count;
	size_t cost_count;
	size_t gate_count;
};

/**
 * struct dream_profile - a whole model
 * @name: not empty, shorter than DREAM_NAME_LEN
 * @flags: DREAM_MODEL_FLAGS_*
 * @variant_count: length of @variant_layers, 1 to DREAM_VARIANTS_MAX
 * @variant_layers: number of layers of each variant, heaviest variant first
 * @rows: a layer row for each layer, a cost row for each layer and class, and the
 *	gates
 */
struct dream_profile {
	const char *name;
	uint32_t flags;
	uint32_t variant_count;
	const uint32_t *variant_layers;
	struct dream_rows rows;
};

/**
 * struct dream_model - a model that the scheduler knows
 * @id: model id, never 0
 * @name: name
 * @flags: DREAM_MODEL_FLAGS_*
 * @state: enum dream_model_state
 * @owner: user id
 * @generation: version of the tables
 * @rows: rows loaded since the last commit
 * @queues: open queues that use it
 * @variant_count: number of variants
 * @variant_layers: number of layers of each
 */
struct dream_model {
	uint32_t id;
	char name[DREAM_NAME_LEN];
	uint32_t flags;
	uint32_t state;
	uint32_t owner;
	uint32_t generation;
	uint32_t rows;
	uint32_t queues;
	uint32_t variant_count;
	uint32_t variant_layers[DREAM_VARIANTS_MAX];
};

/**
 * dream_nl_model_upload() - make a model, load its rows and commit it
 * @nl: handle; the model lives as long as it, unless it is persistent
 * @profile: what to load
 * @id: out: model id, for &dream_queue_create.model
 *
 * If a step fails, the model is deleted again.
 *
 * Return: 0; -EEXIST (a model of the same user has that name); -EPERM (persistent
 * without CAP_SYS_NICE or CAP_NET_ADMIN); -EDQUOT (the user's limit is reached);
 * -ERANGE (a value out of bounds); -ENODATA (a layer has no cost, or a row comes
 * twice); -EINVAL; -ENOMEM. dream_nl_error() says which.
 */
int dream_nl_model_upload(struct dream_nl *nl,
			  const struct dream_profile *profile, uint32_t *id);

/**
 * dream_nl_model_new() - make an empty model
 * @nl: handle; the model lives as long as it, unless it is persistent
 * @name: as in &struct dream_profile, and so the following
 * @flags: DREAM_MODEL_FLAGS_*
 * @variant_layers: number of layers of each variant
 * @variant_count: length of @variant_layers
 * @id: out: model id
 * @generation: out: version of its tables, for dream_nl_model_load()
 *
 * Return: 0; -EEXIST, -EPERM, -EDQUOT, -EINVAL, -ENOMEM as above.
 */
int dream_nl_model_new(struct dream_nl *nl, const char *name, uint32_t flags,
		       const uint32_t *variant_layers, uint32_t variant_count,
		       uint32_t *id, uint32_t *generation);

/**
 * dream_nl_model_load() - load rows into the staged tables of a model
 * @nl: handle
 * @id: model id
 * @generation: version that the tables replace
 * @rows: any number of rows; measured values are not looked at
 * @loaded: out: number of different rows loaded since the last commit, for
 *	dream_nl_model_commit(). May be NULL.
 *
 * The rows travel in as many messages as are needed. If one is refused, the rows
 * of the messages before it stay loaded; a row loaded again replaces the former,
 * so the call can be repeated.
 *
 * Return: 0; -ENOENT (model); -EPERM (another user's model, without CAP_SYS_NICE
 * or CAP_NET_ADMIN); -ESTALE (another loader has committed); -ERANGE (a layer that
 * the model has not, or a value out of bounds); -EINVAL; -EDQUOT; -ENOMEM.
 */
int dream_nl_model_load(struct dream_nl *nl, uint32_t id, uint32_t generation,
			const struct dream_rows *rows, uint32_t *loaded);

/**
 * dream_nl_model_commit() - put the staged tables in force
 * @nl: handle
 * @id: model id
 * @generation: in: version that the tables replace; out: version in force
 * @rows: number of different rows that must have been loaded
 *
 * They hold for jobs submitted from now on.
 *
 * Return: 0; -ENOENT, -EPERM, -ESTALE as above; -ENODATA if rows are missing or a
 * layer has no cost.
 */
int dream_nl_model_commit(struct dream_nl *nl, uint32_t id,
			  uint32_t *generation, uint32_t rows);

/**
 * dream_nl_model_del() - forget a model
 * @nl: handle
 * @id: model id
 *
 * Open queues keep their tables until they are closed.
 *
 * Return: 0; -ENOENT; -EPERM (another user's model, without CAP_SYS_NICE or
 * CAP_NET_ADMIN).
 */
int dream_nl_model_del(struct dream_nl *nl, uint32_t id);

/**
 * dream_nl_model() - tell about a model
 * @nl: handle
 * @id: model id
 * @model: out
 *
 * Return: 0; -ENOENT.
 */
int dream_nl_model(struct dream_nl *nl, uint32_t id, struct dream_model *model);

/**
 * dream_nl_models() - all models, by id
 * @nl: handle
 * @list: out: array, for free(3)
 *
 * Return: number of elements or a negative errno.
 */
int dream_nl_models(struct dream_nl *nl, struct dream_model **list);

/**
 * dream_nl_costs() - the committed rows of a model, with what has been measured
 * @nl: handle
 * @id: model id
 * @rows: out: for dream_rows_free()
 *
 * Return: 0; -ENOENT.
 */
int dream_nl_costs(struct dream_nl *nl, uint32_t id, struct dream_rows *rows);

/**
 * dream_rows_free() - free the rows that dream_nl_costs() has returned
 * @rows: zeroed on return
 */
void dream_rows_free(struct dream_rows *rows);

/* --------------------------------------------------- policy and parameters */

/**
 * struct dream_policy - a policy
 * @name: name
 * @doc: what it does, one line
 * @active: 1 if it decides now, else 0
 */
struct dream_policy {
	char name[DREAM_NAME_LEN];
	char doc[DREAM_DOC_LEN];
	uint32_t active;
};

/**
 * dream_nl_policies() - all policies
 * @nl: handle
 * @list: out: array, for free(3)
 *
 * Return: number of elements or a negative errno.
 */
int dream_nl_policies(struct dream_nl *nl, struct dream_policy **list);

/**
 * dream_nl_policy_set() - let another policy decide
 * @nl: handle
 * @name: its name
 *
 * Return: 0; -ENOENT (no such policy); -EPERM (needs CAP_SYS_NICE or
 * CAP_NET_ADMIN).
 */
int dream_nl_policy_set(struct dream_nl *nl, const char *name);

/**
 * struct dream_param - a parameter of the scheduler
 * @name: name
 * @unit: unit of value / scale, may be empty
 * @doc: what it does, one line
 * @scale: what @value, @minimum, @maximum and @initial are divided by for people
 * @value: value in force
 * @minimum: smallest value
 * @maximum: largest value
 * @initial: value when the module was loaded
 */
struct dream_param {
	char name[DREAM_NAME_LEN];
	char unit[DREAM_NAME_LEN];
	char doc[DREAM_DOC_LEN];
	uint32_t scale;
	uint64_t value;
	uint64_t minimum;
	uint64_t maximum;
	uint64_t initial;
};

/**
 * dream_nl_params() - all parameters
 * @nl: handle
 * @list: out: array, for free(3)
 *
 * Return: number of elements or a negative errno.
 */
int dream_nl_params(struct dream_nl *nl, struct dream_param **list);

/**
 * dream_nl_param() - tell a parameter
 * @nl: handle
 * @name: its name
 * @param: out
 *
 * Return: 0; -ENOENT.
 */
int dream_nl_param(struct dream_nl *nl, const char *name,
		   struct dream_param *param);

/**
 * dream_nl_param_set() - set a parameter
 * @nl: handle
 * @name: its name
 * @value: new value, in units of 1 / &dream_param.scale
 *
 * Return: 0; -ENOENT; -ERANGE (outside its bounds); -EPERM (needs CAP_SYS_NICE or
 * CAP_NET_ADMIN).
 */
int dream_nl_param_set(struct dream_nl *nl, const char *name, uint64_t value);

/* ------------------------------------------------------ queues, statistics */

/* Number of entries in &dream_counters.reasons. */
#define DREAM_REASONS_MAX	32

/**
 * struct dream_counters - what became of jobs
 * @submitted: jobs accepted
 * @released: jobs released; a frame is a released job
 * @met: jobs done by their deadline
 * @missed: jobs done after it
 * @dropped: jobs that the scheduler gave up
 * @cancelled: jobs withdrawn after their release
 * @failed: jobs that failed
 * @unwanted: jobs that ended without having been released
 * @layers: layers that have run
 * @accel_ns: time on accelerators
 * @energy_nj: energy used
 * @energy_max_nj: energy that the frames that have ended would have used on the
 *	worst accelerator for each layer
 * @latency_ns: sum of the latencies of the jobs done, release to end
 * @variant_sum: sum of the variant indices of the jobs done
 * @skipped: layers that gates have skipped
 * @reasons: jobs by enum dream_reason
 * @variants: jobs done by variant
 */
struct dream_counters {
	uint64_t submitted;
	uint64_t released;
	uint64_t met;
	uint64_t missed;
	uint64_t dropped;
	uint64_t cancelled;
	uint64_t failed;
	uint64_t unwanted;
	uint64_t layers;
	uint64_t accel_ns;
	uint64_t energy_nj;
	uint64_t energy_max_nj;
	uint64_t latency_ns;
	uint64_t variant_sum;
	uint64_t skipped;
	uint64_t reasons[DREAM_REASONS_MAX];
	uint64_t variants[DREAM_VARIANTS_MAX];
};

/**
 * struct dream_queue - a queue of any process
 * @id: system-wide id, as in &dream_queue_create.id
 * @name: name given by its owner
 * @model: model id, 0 without a profile
 * @pid: process that opened the file; 0 if it is not visible here
 * @owner: user id
 * @parent: id of the parent queue, 0 if there is none
 * @weight: importance
 * @depth: most released jobs
 * @waiting: jobs not yet released
 * @ready: jobs released that have not ended
 * @period_ns: period
 * @deadline_ns: relative deadline
 * @drop_cap: most frames dropped by the scheduler among the last 10, or
 *	DREAM_DROP_CAP_DEFAULT
 * @variant_max: lightest variant allowed, or DREAM_VARIANT_ANY
 * @counters: since the queue was made
 */
struct dream_queue {
	uint32_t id;
	char name[DREAM_NAME_LEN];
	uint32_t model;
	uint32_t pid;
	uint32_t owner;
	uint32_t parent;
	uint32_t weight;
	uint32_t depth;
	uint32_t waiting;
	uint32_t ready;
	uint64_t period_ns;
	uint64_t deadline_ns;
	uint32_t drop_cap;
	uint32_t variant_max;
	struct dream_counters counters;
};

/**
 * dream_nl_queues() - all queues, by id
 * @nl: handle
 * @list: out: array, for free(3)
 *
 * Return: number of elements or a negative errno.
 */
int dream_nl_queues(struct dream_nl *nl, struct dream_queue **list);

/**
 * dream_nl_queue() - tell about a queue
 * @nl: handle
 * @id: system-wide queue id
 * @queue: out
 *
 * Return: 0; -ENOENT.
 */
int dream_nl_queue(struct dream_nl *nl, uint32_t id, struct dream_queue *queue);

/**
 * struct dream_model_stats - counters of a model
 * @model: model id, 0 for the jobs without a profile
 * @name: its name
 * @counters: since the module was loaded or the last reset
 */
struct dream_model_stats {
	uint32_t model;
	char name[DREAM_NAME_LEN];
	struct dream_counters counters;
};

/**
 * struct dream_sched_stats - work of the scheduler itself
 * @decisions: decisions of the policy
 * @decision_ns: time that they took
 * @evaluations: pairs of job and accelerator that were scored
 * @since_ns: time since the module was loaded or the last reset
 */
struct dream_sched_stats {
	uint64_t decisions;
	uint64_t decision_ns;
	uint64_t evaluations;
	uint64_t since_ns;
};

/**
 * dream_nl_stats() - counters of all models that have had jobs
 * @nl: handle
 * @sched: out: counters of the scheduler. May be NULL.
 * @list: out: array, for free(3). The first element is for the jobs without a
 *	profile, even if there are none.
 *
 * Return: number of elements or a negative errno.
 */
int dream_nl_stats(struct dream_nl *nl, struct dream_sched_stats *sched,
		   struct dream_model_stats **list);

/**
 * struct dream_window - a window of accounting
 * @number: windows that have ended, with this one; 0: none has, and the other
 *	members are 0
 * @begin_ns: when it began
 * @end_ns: when it ended
 * @uxcost: UXCost of the window, 10^-6
 * @uxc: UXCost by the energy for each completed frame, 10^-6
 */
struct dream_window {
	uint64_t number;
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t uxcost;
	uint64_t uxc;
};

/**
 * dream_nl_last_window() - counters of the window that has ended last
 * @nl: handle
 * @window: out: the window. May be NULL.
 * @list: out: array, for free(3), of the models that had frames. The first element
 *	is for the jobs without a profile, even if there are none.
 *
 * An event DREAM_EVENT_TYPE_WINDOW tells when there is another one.
 *
 * Return: number of elements or a negative errno.
 */
int dream_nl_last_window(struct dream_nl *nl, struct dream_window *window,
			 struct dream_model_stats **list);

/* Every model, for dream_nl_stats_reset(). */
#define DREAM_STATS_ALL	UINT32_MAX

/**
 * dream_nl_stats_reset() - set counters to zero
 * @nl: handle
 * @model: model id; 0: the jobs without a profile; DREAM_STATS_ALL: everything
 *
 * Return: 0; -ENOENT; -EPERM (needs CAP_SYS_NICE or CAP_NET_ADMIN).
 */
int dream_nl_stats_reset(struct dream_nl *nl, uint32_t model);

/* ----------------------------------------------------------------- scores */

/* What 1 is in a score or in a term of it. */
#define DREAM_SCORE_ONE		65536

/**
 * struct dream_score - what a policy thinks of running a job on an accelerator
 * @queue: system-wide queue id
 * @accel: accelerator id
 * @seqno: job
 * @layer: layer that would run, or has run
 * @variant: variant of the job
 * @state: enum dream_pick_state
 * @candidates: ready jobs at the time of the decision (history)
 * @idle: accelerators with a free slot at the time of the decision (history)
 * @time_ns: when the score was computed
 * @score: score of the active policy, in 1 / DREAM_SCORE_ONE as the following;
 *	the largest wins
 * @urgency: time to go over slack
 * @lat_pref: latency preference
 * @starvation: starvation
 * @en_pref: energy preference
 * @switch_cost: switch cost
 * @map_score: MapScore with the present alpha and beta
 * @to_go_ns: expected time to go, mean over the accelerators
 * @min_to_go_ns: expected time to go on the fastest accelerators
 * @slack_ns: time to the deadline; negative when it has passed
 * @latency_ns: expected latency of the layer on this accelerator
 * @energy_nj: expected energy of the layer on this accelerator
 * @start_ns: when the layer was given to the accelerator (history)
 * @end_ns: when it ended, 0 if it has not (history)
 * @policy: policy that decided
 */
struct dream_score {
	uint32_t queue;
	uint32_t accel;
	uint64_t seqno;
	uint32_t layer;
	uint32_t variant;
	uint32_t state;
	uint32_t candidates;
	uint32_t idle;
	uint64_t time_ns;
	int64_t score;
	uint64_t urgency;
	uint64_t lat_pref;
	uint64_t starvation;
	uint64_t en_pref;
	uint64_t switch_cost;
	int64_t map_score;
	uint64_t to_go_ns;
	uint64_t min_to_go_ns;
	int64_t slack_ns;
	uint64_t latency_ns;
	uint64_t energy_nj;
	uint64_t start_ns;
	uint64_t end_ns;
	char policy[DREAM_NAME_LEN];
};

/**
 * struct dream_score_filter - which scores to tell
 * @queue: system-wide queue id, 0 for all queues
 * @history: 0: scores of the jobs that are ready now; 1: decisions that have been
 *	made, layer by layer, each with the best pair that was not chosen, as far
 *	as the log reaches back
 * @seqno: job of that queue, 0 for all jobs
 */
struct dream_score_filter {
	uint32_t queue;
	uint32_t history;
	uint64_t seqno;
};

/**
 * dream_nl_scores() - scores, with each of their terms
 * @nl: handle
 * @filter: which; NULL for everything that is ready
 * @list: out: array, for free(3)
 *
 * Return: number of elements; -ENOENT (queue); another negative errno.
 */
int dream_nl_scores(struct dream_nl *nl,
		    const struct dream_score_filter *filter,
		    struct dream_score **list);

/* ----------------------------------------------------------------- events */

/* Members of &struct dream_event that an event has. */
#define DREAM_EVENT_HAS_QUEUE	(1U << 0)
#define DREAM_EVENT_HAS_SEQNO	(1U << 1)
#define DREAM_EVENT_HAS_MODEL	(1U << 2)
#define DREAM_EVENT_HAS_ACCEL	(1U << 3)
#define DREAM_EVENT_HAS_REASON	(1U << 4)
#define DREAM_EVENT_HAS_VALUE	(1U << 5)
#define DREAM_EVENT_HAS_NAME	(1U << 6)

/**
 * struct dream_event - something that has happened
 * @type: enum dream_event_type
 * @has: DREAM_EVENT_HAS_*; the other members are zero
 * @time_ns: when
 * @queue: system-wide queue id
 * @model: model id
 * @seqno: job
 * @accel: accelerator id
 * @reason: enum dream_reason
 * @value: depends on the type, see enum dream_event_type
 * @name: depends on the type
 */
struct dream_event {
	uint32_t type;
	uint32_t has;
	uint64_t time_ns;
	uint32_t queue;
	uint32_t model;
	uint64_t seqno;
	uint32_t accel;
	uint32_t reason;
	int64_t value;
	char name[DREAM_NAME_LEN];
};

/**
 * typedef dream_event_fn - called by dream_events_read() for each event
 * @event: valid during the call
 * @arg: as given to dream_events_read()
 */
typedef void (*dream_event_fn)(const struct dream_event *event, void *arg);

/**
 * dream_events_open() - listen to the scheduler's events
 * @events: out: handle, for dream_events_close()
 *
 * Events from now on are delivered. Needs no privilege.
 *
 * Return: 0; -ENOENT if the kernel has no family "dream"; -ENOMEM, or what else
 * socket(2) says.
 */
int dream_events_open(struct dream_events **events);

/**
 * dream_events_close() - stop listening
 * @events: handle, or NULL
 */
void dream_events_close(struct dream_events *events);

/**
 * dream_events_fd() - file descriptor to poll
 * @events: handle
 *
 * It polls readable (POLLIN) while there are events to read. It belongs to the
 * handle.
 *
 * Return: the file descriptor.
 */
int dream_events_fd(const struct dream_events *events);

/**
 * dream_events_read() - take the events that are there
 * @events: handle
 * @fn: called for each, in order
 * @arg: passed to @fn
 *
 * Does not wait; poll dream_events_fd() for that.
 *
 * Return: number of events; -ENOBUFS if events have been lost because they were
 * not read in time, the next call goes on with what came after; another negative
 * errno. @fn may have been called for events before the error.
 */
int dream_events_read(struct dream_events *events, dream_event_fn fn,
		      void *arg);

/* ---------------------------------------------------------------- windows */

/**
 * typedef dream_window_fn - called by dream_windows_read() for each message
 * @window: in the first message of a window: the window; else NULL
 * @stats: counters in the window: first those of the jobs without a profile, then
 *	those of each model that had frames
 * @arg: as given to dream_windows_read()
 *
 * Both are valid during the call.
 */
typedef void (*dream_window_fn)(const struct dream_window *window,
				const struct dream_model_stats *stats,
				void *arg);

/**
 * dream_windows_open() - listen to the windows of accounting as they end
 * @windows: out: handle, for dream_windows_close()
 *
 * Needs no privilege.
 *
 * Return: 0; -ENOENT if the kernel has no family "dream"; -ENOMEM, or what else
 * socket(2) says.
 */
int dream_windows_open(struct dream_windows **windows);

/**
 * dream_windows_close() - stop listening
 * @windows: handle, or NULL
 */
void dream_windows_close(struct dream_windows *windows);

/**
 * dream_windows_fd() - file descriptor to poll
 * @windows: handle
 *
 * It polls readable (POLLIN) while there are messages to read. It belongs to the
 * handle.
 *
 * Return: the file descriptor.
 */
int dream_windows_fd(const struct dream_windows *windows);

/**
 * dream_windows_read() - take what there is
 * @windows: handle
 * @fn: called for each message, in order
 * @arg: passed to @fn
 *
 * Does not wait; poll dream_windows_fd() for that.
 *
 * Return: number of messages; -ENOBUFS if some have been lost because they were not
 * read in time, the next call goes on with what came after; another negative errno.
 * @fn may have been called before the error.
 */
int dream_windows_read(struct dream_windows *windows, dream_window_fn fn,
		       void *arg);

/* ------------------------------------------------------------------ names */

/*
 * Names of the values of an enum, in lower case, as dreamctl prints them;
 * "unknown" for a value that this version does not know.
 */
const char *dream_status_name(uint32_t status);
const char *dream_reason_name(uint32_t reason);
const char *dream_accel_state_name(uint32_t state);
const char *dream_model_state_name(uint32_t state);
const char *dream_event_type_name(uint32_t type);
const char *dream_pick_state_name(uint32_t state);

#ifdef __cplusplus
}
#endif

#endif
