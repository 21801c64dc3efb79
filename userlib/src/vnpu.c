// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Commands of virtual NPUs. What the device computes, it computes with the
 * device's own source files.
 */
#include <errno.h>

#include <dream/vnpu.h>

#include "cost.h"
#include "transform.h"

int dream_vnpu_cmd_write(void *to, size_t room,
			 const struct dream_vnpu_cmd *cmd,
			 const struct dream_vnpu_cost_entry *costs)
{
	size_t size = dream_vnpu_cmd_size(cmd);

	if ((uintptr_t)to % 8 || cmd->cost_count > DREAM_VNPU_COSTS_MAX)
		return -EINVAL;
	if (size > room)
		return -ENOSPC;
	memcpy(to, cmd, sizeof(*cmd));
	if (cmd->cost_count)
		memcpy((char *)to + sizeof(*cmd), costs, size - sizeof(*cmd));
	return (int)size;
}

/* 0 if @len bytes at @offset are whole words inside @size bytes. */
static int check_span(uint64_t offset, uint64_t len, uint64_t size)
{
	if (offset % 8 || len % 8 || !len)
		return -EINVAL;
	return offset > size || len > size - offset ? -ERANGE : 0;
}

int dream_vnpu_expect(const struct dream_vnpu_cmd *cmd, const void *in,
		      size_t in_size, void *out, size_t out_size)
{
	int err;

	if ((uintptr_t)in % 8 || (uintptr_t)out % 8)
		return -EINVAL;
	err = check_span(cmd->in_offset, cmd->in_len, in_size);
	if (err)
		return err;
	err = check_span(cmd->out_offset, cmd->out_len, out_size);
	if (err)
		return err;
	dream_vnpu_transform((void *)((char *)out + cmd->out_offset),
			     (const void *)((const char *)in + cmd->in_offset),
			     cmd->in_len / 8, cmd->key, 0, cmd->out_len / 8);
	return 0;
}

const char *dream_vnpu_dataflow_name(uint32_t dataflow)
{
	switch (dataflow) {
	case DREAM_VNPU_WS:
		return "ws";
	case DREAM_VNPU_OS:
		return "os";
	case DREAM_VNPU_RS:
		return "rs";
	default:
		return NULL;
	}
}

int dream_vnpu_cost(const struct dream_vnpu_array *array,
		    const struct dream_vnpu_shape *shape,
		    struct dream_vnpu_layer_cost *out)
{
	const struct vnpu_array device = {
		.dataflow = (enum vnpu_dataflow)array->dataflow,
		.pes = array->pes,
		.clock_khz = array->clock_khz,
		.bandwidth_mbps = array->bandwidth_mbps,
		.sram_bytes = array->sram_bytes,
	};
	struct vnpu_cost cost;
	int err;

	err = vnpu_cost_of_shape(&device, shape, &cost);
	if (err)
		return err;
	out->latency_ns = vnpu_cycles_to_ns(cost.cycles, array->clock_khz);
	out->energy_nj = cost.energy_nj;
	out->cycles = cost.cycles;
	out->macs = cost.macs;
	out->dram_bytes = cost.dram_bytes;
	return 0;
}

uint64_t dream_vnpu_cycles_to_ns(uint64_t cycles, uint32_t clock_khz)
{
	return vnpu_cycles_to_ns(cycles, clock_khz);
}
