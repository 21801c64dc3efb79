/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Commands of the virtual NPU, dream_vnpu.ko.
 *
 * A command is what a runtime writes into a buffer for one layer. Scheduling
 * does not look into it. Sizes are fixed, padding must be zero, all numbers are
 * in host byte order.
 */
#ifndef _UAPI_LINUX_DREAM_VNPU_H
#define _UAPI_LINUX_DREAM_VNPU_H

#include <linux/types.h>

#define DREAM_VNPU_CMD_MAGIC	0x55504e56	/* "VNPU" */

/**
 * enum dream_vnpu_cost - where the cost of a command comes from
 * @DREAM_VNPU_COST_SHAPE: the device computes time and energy from the layer's
 *	shape and its own dataflow, array size, clock and memory
 * @DREAM_VNPU_COST_EXPLICIT: the command states cycles and energy for each
 *	class of device
 */
enum dream_vnpu_cost {
	DREAM_VNPU_COST_SHAPE = 0,
	DREAM_VNPU_COST_EXPLICIT = 1,
};

/* Most entries of the cost table of one command. */
#define DREAM_VNPU_COSTS_MAX	16
/* Longest class name, with the final NUL: as DREAM_NAME_LEN in dream.h. */
#define DREAM_VNPU_CLASS_LEN	32

/**
 * struct dream_vnpu_shape - shape of a layer
 * @k: output channels, at least 1
 * @c: input channels, at least 1
 * @y: input height
 * @x: input width
 * @r: kernel height
 * @s: kernel width
 * @stride: 1 or more
 * @groups: 1 for a dense layer; @c for a depthwise one. Divides @k and @c.
 */
struct dream_vnpu_shape {
	__u32 k;
	__u32 c;
	__u32 y;
	__u32 x;
	__u32 r;
	__u32 s;
	__u32 stride;
	__u32 groups;
};

/**
 * struct dream_vnpu_cmd - a command, followed by @cost_count costs
 * @magic: DREAM_VNPU_CMD_MAGIC
 * @cost: enum dream_vnpu_cost
 * @shape: shape of the layer; zero with DREAM_VNPU_COST_EXPLICIT
 * @in_range: index of the job's range that is read
 * @out_range: index of the job's range that is read and written
 * @in_offset: first byte that is read, from the start of the range; multiple of 8
 * @out_offset: first byte that is written; multiple of 8
 * @in_len: bytes to read; multiple of 8, not 0
 * @out_len: bytes to write; multiple of 8, not 0
 * @key: key of the transformation, see dream_vnpu_transform()
 * @result: what the device reports as the result of this layer. It stands for
 *	what a real network finds in its data (a gate, a detection)
 * @cost_count: entries of the cost table that follows; 0 with
 *	DREAM_VNPU_COST_SHAPE
 * @pad: must be zero
 */
struct dream_vnpu_cmd {
	__u32 magic;
	__u32 cost;
	struct dream_vnpu_shape shape;
	__u32 in_range;
	__u32 out_range;
	__u64 in_offset;
	__u64 out_offset;
	__u64 in_len;
	__u64 out_len;
	__u64 key;
	__u32 result;
	__u32 cost_count;
	__u64 pad;
};

/**
 * struct dream_vnpu_cost_entry - cost of a command on one class of device
 * @class_name: class that the entry is for, NUL-terminated; "" is for every class
 *	that has no entry of its own
 * @cycles: cycles of the array, at least 1
 * @energy_nj: energy in nJ
 * @dram_bytes: bytes moved to and from shared memory; 0 if the command does
 *	not compete for bandwidth
 */
struct dream_vnpu_cost_entry {
	char class_name[DREAM_VNPU_CLASS_LEN];
	__u64 cycles;
	__u64 energy_nj;
	__u64 dram_bytes;
};

#endif
