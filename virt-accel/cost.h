/* SPDX-License-Identifier: GPL-2.0 OR LGPL-2.1-or-later */
#ifndef _VNPU_COST_H
#define _VNPU_COST_H

#include <linux/dream_vnpu.h>

#include "pure.h"

/* Bounds of an array. The arithmetic of cost.c relies on them. */
#define VNPU_PES_MIN		1U
#define VNPU_PES_MAX		1048576U
#define VNPU_CLOCK_KHZ_MIN	1000U
#define VNPU_CLOCK_KHZ_MAX	10000000U
#define VNPU_SRAM_BYTES_MIN	1024ULL
#define VNPU_SRAM_BYTES_MAX	BIT_ULL(40)
#define VNPU_BANDWIDTH_MBPS_MIN	1U
#define VNPU_BANDWIDTH_MBPS_MAX	10000000U

/* Cycles from the start of a command to the first multiplication. */
#define VNPU_LAUNCH_CYCLES	1000U
/* PEs per byte and cycle of the network on chip. */
#define VNPU_NOC_PES_PER_BYTE	4U

/**
 * enum vnpu_dataflow - which operand stays in the array
 * @VNPU_DATAFLOW_WS: weight stationary, as NVDLA
 * @VNPU_DATAFLOW_OS: output stationary, as ShiDianNao
 * @VNPU_DATAFLOW_RS: row stationary, as Eyeriss
 */
enum vnpu_dataflow {
	VNPU_DATAFLOW_WS,
	VNPU_DATAFLOW_OS,
	VNPU_DATAFLOW_RS,
};

/**
 * struct vnpu_array - what the cost of a layer depends on
 * @dataflow: which operand stays in the array
 * @pes: number of processing elements
 * @clock_khz: clock of array and network on chip, in kHz
 * @bandwidth_mbps: memory bandwidth, in 10^6 bytes per second
 * @sram_bytes: local memory, in bytes
 */
struct vnpu_array {
	enum vnpu_dataflow dataflow;
	u32 pes;
	u32 clock_khz;
	u32 bandwidth_mbps;
	u64 sram_bytes;
};

/**
 * struct vnpu_cost - cost of a layer on an array that has the memory for itself
 * @macs: multiplications
 * @compute_cycles: cycles of the array when data never has to be waited for
 * @l2_bytes: bytes between local memory and array
 * @dram_bytes: bytes between shared and local memory
 * @cycles: cycles from start to end
 * @energy_nj: energy in nJ
 *
 * A member that does not fit 64 bits is U64_MAX.
 */
struct vnpu_cost {
	u64 macs;
	u64 compute_cycles;
	u64 l2_bytes;
	u64 dram_bytes;
	u64 cycles;
	u64 energy_nj;
};

bool vnpu_array_valid(const struct vnpu_array *array);
bool vnpu_shape_valid(const struct dream_vnpu_shape *shape);
int vnpu_cost_of_shape(const struct vnpu_array *array,
		       const struct dream_vnpu_shape *shape,
		       struct vnpu_cost *cost);
u64 vnpu_cycles_to_ns(u64 cycles, u32 clock_khz);
u64 vnpu_ns_to_cycles(u64 ns, u32 clock_khz);
u64 vnpu_dram_ns(u64 bytes, u32 bandwidth_mbps);

#endif
