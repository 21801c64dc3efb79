/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdream: virtual NPUs, the accelerators of dream_vnpu.ko.
 *
 * DOC: Overview
 *
 * A runtime for a virtual NPU writes a &struct dream_vnpu_cmd for each layer into
 * a buffer (dream_vnpu_cmd_write()), submits jobs that name these commands, and
 * computes with dream_vnpu_expect() what the device must have made of the data.
 * dream_vnpu_cost() tells what a layer costs on an array, by the formula that the
 * device itself uses, for model profiles. dream_vnpu_create() makes a device.
 *
 * All functions are safe to call from any thread; return values are as in
 * dream/dream.h.
 */
#ifndef DREAM_VNPU_H
#define DREAM_VNPU_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/dream_vnpu.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --------------------------------------------------------------- commands */

/**
 * dream_vnpu_cmd_init() - begin a command: zero, but for its magic number
 * @cmd: out
 *
 * What follows: its input and output, then either &dream_vnpu_cmd.shape or
 * DREAM_VNPU_COST_EXPLICIT with a table of costs; @key and @result by assignment.
 */
static inline void dream_vnpu_cmd_init(struct dream_vnpu_cmd *cmd)
{
	memset(cmd, 0, sizeof(*cmd));
	cmd->magic = DREAM_VNPU_CMD_MAGIC;
}

/**
 * dream_vnpu_cmd_input() - what a command reads
 * @cmd: command
 * @range: index of the job's range
 * @offset: first byte, from the start of the range; a multiple of 8
 * @len: bytes, a multiple of 8, not 0
 */
static inline void dream_vnpu_cmd_input(struct dream_vnpu_cmd *cmd,
					uint32_t range, uint64_t offset,
					uint64_t len)
{
	cmd->in_range = range;
	cmd->in_offset = offset;
	cmd->in_len = len;
}

/**
 * dream_vnpu_cmd_output() - what a command writes
 * @cmd: command
 * @range: index of the job's range, which has both DREAM_RANGE_IN and
 *	DREAM_RANGE_OUT: the device reads a word before it writes it
 * @offset: first byte, from the start of the range; a multiple of 8
 * @len: bytes, a multiple of 8, not 0
 */
static inline void dream_vnpu_cmd_output(struct dream_vnpu_cmd *cmd,
					 uint32_t range, uint64_t offset,
					 uint64_t len)
{
	cmd->out_range = range;
	cmd->out_offset = offset;
	cmd->out_len = len;
}

/**
 * dream_vnpu_cmd_size() - size of a command with its table of costs
 * @cmd: command
 *
 * Return: bytes, for &dream_job_layer.size.
 */
static inline size_t dream_vnpu_cmd_size(const struct dream_vnpu_cmd *cmd)
{
	return sizeof(*cmd) +
	       cmd->cost_count * sizeof(struct dream_vnpu_cost_entry);
}

/**
 * dream_vnpu_cmd_write() - write a command with its table of costs
 * @to: where to, in a buffer; 8-byte aligned
 * @room: bytes that fit there
 * @cmd: command
 * @costs: &dream_vnpu_cmd.cost_count entries; may be NULL if there are none
 *
 * Return: bytes written; -EINVAL (not aligned, or more than DREAM_VNPU_COSTS_MAX
 * costs); -ENOSPC.
 */
int dream_vnpu_cmd_write(void *to, size_t room,
			 const struct dream_vnpu_cmd *cmd,
			 const struct dream_vnpu_cost_entry *costs);

/**
 * dream_vnpu_expect() - do to memory what a command makes the device do
 * @cmd: command
 * @in: first byte of the job's range that it reads
 * @in_size: size of that range
 * @out: first byte of the job's range that it writes; it may be the same one
 * @out_size: size of that range
 *
 * Call it for the commands of a job in their order, on a copy of the data taken
 * before the submit; then the copy and the job's memory are equal, unless a
 * command was lost, repeated, reordered or torn.
 *
 * Return: 0; -EINVAL if an offset, a length or an address is not a multiple of 8
 * or a length is 0; -ERANGE if the command reaches outside a range.
 */
int dream_vnpu_expect(const struct dream_vnpu_cmd *cmd, const void *in,
		      size_t in_size, void *out, size_t out_size);

/* ------------------------------------------------------------------ costs */

/**
 * enum dream_vnpu_dataflow - which operand stays in the array
 * @DREAM_VNPU_WS: weight stationary
 * @DREAM_VNPU_OS: output stationary
 * @DREAM_VNPU_RS: row stationary
 */
enum dream_vnpu_dataflow {
	DREAM_VNPU_WS = 0,
	DREAM_VNPU_OS = 1,
	DREAM_VNPU_RS = 2,
};

/**
 * dream_vnpu_dataflow_name() - "ws", "os" or "rs"
 * @dataflow: enum dream_vnpu_dataflow
 *
 * Return: name as the attribute dataflow has it; NULL for another value.
 */
const char *dream_vnpu_dataflow_name(uint32_t dataflow);

/**
 * struct dream_vnpu_array - what the cost of a layer depends on
 * @dataflow: enum dream_vnpu_dataflow
 * @pes: processing elements
 * @clock_khz: clock
 * @bandwidth_mbps: memory bandwidth in 10^6 bytes per second
 * @sram_bytes: local memory
 */
struct dream_vnpu_array {
	uint32_t dataflow;
	uint32_t pes;
	uint32_t clock_khz;
	uint32_t bandwidth_mbps;
	uint64_t sram_bytes;
};

/**
 * struct dream_vnpu_layer_cost - cost of a layer on an array that has the memory
 * for itself
 * @latency_ns: time from start to end
 * @energy_nj: energy
 * @cycles: cycles from start to end
 * @macs: multiplications
 * @dram_bytes: bytes between shared and local memory
 */
struct dream_vnpu_layer_cost {
	uint64_t latency_ns;
	uint64_t energy_nj;
	uint64_t cycles;
	uint64_t macs;
	uint64_t dram_bytes;
};

/**
 * dream_vnpu_cost() - cost of a layer by its shape, as the device computes it
 * @array: array
 * @shape: shape of the layer
 * @cost: out; a value that does not fit is UINT64_MAX
 *
 * Return: 0; -EINVAL if a value of @array or @shape is out of bounds.
 */
int dream_vnpu_cost(const struct dream_vnpu_array *array,
		    const struct dream_vnpu_shape *shape,
		    struct dream_vnpu_layer_cost *cost);

/**
 * dream_vnpu_cycles_to_ns() - duration of cycles, as the device computes it
 * @cycles: cycles
 * @clock_khz: clock, not 0
 *
 * Return: ns, rounded up, at most UINT64_MAX.
 */
uint64_t dream_vnpu_cycles_to_ns(uint64_t cycles, uint32_t clock_khz);

/* ---------------------------------------------------------------- devices */

/**
 * struct dream_vnpu_config - a virtual NPU
 * @dataflow: enum dream_vnpu_dataflow
 * @pes: processing elements
 * @clock_khz: clock
 * @bandwidth_mbps: memory bandwidth in 10^6 bytes per second
 * @sram_bytes: local memory
 * @slots: commands that it takes at a time
 * @jitter_permille: how far the time of a command varies to either side
 * @seed: of the jitter
 * @domain: devices that name the same domain share its bandwidth; NULL: as the
 *	module has it
 * @class_name: class of accelerators; NULL: made of dataflow and PEs
 *
 * 0 in a number other than @dataflow leaves the module's default.
 */
struct dream_vnpu_config {
	uint32_t dataflow;
	uint32_t pes;
	uint32_t clock_khz;
	uint32_t bandwidth_mbps;
	uint64_t sram_bytes;
	uint32_t slots;
	uint32_t jitter_permille;
	uint64_t seed;
	const char *domain;
	const char *class_name;
};

/**
 * dream_vnpu_create() - make a virtual NPU and power it on
 * @name: name, of the device and of the accelerator
 * @config: what it is like
 * @bad: out: on an error that concerns an attribute, its name, else NULL. May be
 *	NULL.
 *
 * Through configfs, at /sys/kernel/config/dream_vnpu; needs root. If a step
 * fails, the device is removed again.
 *
 * Return: 0; -ENOENT (dream_vnpu.ko is not loaded or configfs not mounted);
 * -EEXIST (the name is in use); -EINVAL (a value is refused); -EACCES.
 */
int dream_vnpu_create(const char *name, const struct dream_vnpu_config *config,
		      const char **bad);

/**
 * dream_vnpu_destroy() - power a virtual NPU off and remove it
 * @name: name
 *
 * Return: 0; -ENOENT; -EACCES.
 */
int dream_vnpu_destroy(const char *name);

/**
 * dream_vnpu_set() - write an attribute of a virtual NPU
 * @name: device
 * @attr: attribute, for example "power" or a fault knob
 * @value: value, without a newline
 *
 * Return: 0; -ENOENT (device or attribute); -EINVAL (the value is refused);
 * -EBUSY (not while it is powered); -EACCES.
 */
int dream_vnpu_set(const char *name, const char *attr, const char *value);

/**
 * dream_vnpu_get() - read an attribute of a virtual NPU
 * @name: device
 * @attr: attribute
 * @value: out: value, without the newline, NUL-terminated
 * @size: bytes that fit, not 0; a longer value is cut
 *
 * Return: length of the value; -ENOENT (device or attribute); -EACCES.
 */
int dream_vnpu_get(const char *name, const char *attr, char *value,
		   size_t size);

#ifdef __cplusplus
}
#endif

#endif
