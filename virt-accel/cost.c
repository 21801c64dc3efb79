// SPDX-License-Identifier: GPL-2.0 OR LGPL-2.1-or-later
/*
 * Cost of a layer: closed form in integers. Pure: no kernel service.
 */
#include "cost.h"

/**
 * DOC: Cost of a layer
 *
 * With K and C = output and input channels *of one group*, G = groups, Yo and
 * Xo = output height and width, R and S = kernel height and width, P = number
 * of PEs and c(a, b) = a / b rounded up, a layer takes so many cycles of an array
 * that never waits for data:
 *
 * ========  ===========================================  =========================
 * dataflow  groups of more than one channel, or dense    depthwise (C = 1, G > 1)
 * ========  ===========================================  =========================
 * ws        G c(K,16) c(C,16) Yo c(Xo,P/256) R S         K c(G,16) Yo c(Xo,P/256) R S
 * os        G K c(C,16) R S c(Yo,P/64) c(Xo,4)           the same
 * rs        G c(K,P/64) Yo c(Xo,16) c(R,4) C S           K c(G,P/64) Yo c(Xo,16) c(R,4) S
 * ========  ===========================================  =========================
 *
 * Elements are 8 bits wide: W = G K C R S weights, I = G C Y X inputs,
 * O = G K Yo Xo outputs. With M = local memory:
 *
 * - DRAM = W + I + O if that fits in M, else the cheaper of reading the inputs
 *   once per half memory of weights, and the weights once per half memory of
 *   inputs: min(W + I c(W,M/2) + O, W c(I,M/2) + I + O).
 * - L2 = ws: W + I c(K,16) + O (2 c(C,16) - 1);
 *   os: W c(Yo,P/64) c(Xo,4) + I K + O;
 *   rs: W c(Yo,16) + I c(K,P/64) + O (2 c(C,4) - 1).
 * - cycles = max(compute, L2 / NoC bandwidth, DRAM / memory bandwidth) + launch.
 * - energy = 2.88 pJ x (MAC (1 + 0.55 L1) + 6 L2 + 75 DRAM), with MAC = G K C R S
 *   Yo Xo and L1 = 3, 2, 3 accesses for ws, os, rs.
 *
 * Choices of this project, where the closed form leaves a point open:
 *
 * - The output has "same" padding: Yo = c(Y, stride), Xo = c(X, stride). A kernel
 *   may be larger than its input.
 * - The network on chip carries P / 4 bytes per cycle, at least one: of the
 *   powers of two between P / 16 and P this one agrees best with the MAESTRO
 *   cost model about which of ws and os is faster (96 % of the dense layers of
 *   the studied models). Depthwise layers come out nearly equal here, where
 *   MAESTRO prefers os.
 * - A launch takes 1000 cycles.
 * - The groups of a layer that is neither dense nor depthwise run one after the
 *   other, and so do the K outputs per channel of a depthwise layer.
 * - An array that is smaller than one tile (256 PEs for ws, 64 for os and rs)
 *   executes a tile in c(tile, P) passes. Where P is not a multiple of the tile,
 *   the rest of the array is idle.
 *
 * Bounds: a shape has any numbers up to 2^32 - 1; every product and sum
 * saturates at U64_MAX, so that a result below U64_MAX is exact. Energy is exact
 * while 265 MAC + 600 L2 + 7500 DRAM < 2^64, and U64_MAX above.
 */

/* PEs that hold one tile: 16 x 16 weights, or 4 x 16 outputs or rows. */
#define WS_TILE_PES	256U
#define OS_TILE_PES	64U
#define RS_TILE_PES	64U

/* The shape with what follows from it; channels are those of one group. */
struct layer {
	u64 groups;
	u64 k;
	u64 c;
	u64 r;
	u64 s;
	u64 y_out;
	u64 x_out;
	u64 weights;
	u64 inputs;
	u64 outputs;
	bool depthwise;
};

static u64 mul3(u64 a, u64 b, u64 c)
{
	return vnpu_mul(vnpu_mul(a, b), c);
}

static u64 add3(u64 a, u64 b, u64 c)
{
	return vnpu_add(vnpu_add(a, b), c);
}

/* Partial sums are written n times and read back but for the last; n <= 2^30. */
static u64 partial_sums(u64 n)
{
	return 2 * n - 1;
}

static void layer_init(struct layer *layer, const struct dream_vnpu_shape *shape)
{
	layer->groups = shape->groups;
	layer->k = shape->k / shape->groups;
	layer->c = shape->c / shape->groups;
	layer->r = shape->r;
	layer->s = shape->s;
	layer->y_out = vnpu_div_up(shape->y, shape->stride);
	layer->x_out = vnpu_div_up(shape->x, shape->stride);
	layer->weights = vnpu_mul(mul3(shape->k, layer->c, shape->r), shape->s);
	layer->inputs = mul3(shape->c, shape->y, shape->x);
	layer->outputs = mul3(shape->k, layer->y_out, layer->x_out);
	layer->depthwise = shape->groups > 1 && shape->groups == shape->c;
}

/* Tiles that fit in the array side by side, at least 1. */
static u64 tiles(u32 pes, u32 tile)
{
	return pes < tile ? 1 : pes / tile;
}

/* Passes that an array takes for a tile that does not fit. */
static u64 passes(u32 pes, u32 tile)
{
	return pes < tile ? vnpu_div_up(tile, pes) : 1;
}

static void cost_ws(const struct layer *layer, u32 pes, struct vnpu_cost *cost)
{
	u64 k_tiles = vnpu_div_up(layer->k, 16);
	u64 c_tiles = vnpu_div_up(layer->c, 16);
	u64 x_tiles = vnpu_div_up(layer->x_out, tiles(pes, WS_TILE_PES));
	u64 channels;

	if (layer->depthwise)
		channels = vnpu_mul(layer->k, vnpu_div_up(layer->groups, 16));
	else
		channels = mul3(layer->groups, k_tiles, c_tiles);

	cost->compute_cycles = mul3(mul3(channels, layer->y_out, x_tiles),
				    vnpu_mul(layer->r, layer->s),
				    passes(pes, WS_TILE_PES));
	cost->l2_bytes = add3(layer->weights,
			      vnpu_mul(layer->inputs, k_tiles),
			      vnpu_mul(layer->outputs, partial_sums(c_tiles)));
}

static void cost_os(const struct layer *layer, u32 pes, struct vnpu_cost *cost)
{
	u64 y_tiles = vnpu_div_up(layer->y_out, tiles(pes, OS_TILE_PES));
	u64 x_tiles = vnpu_div_up(layer->x_out, 4);
	u64 channels = mul3(layer->groups, layer->k, vnpu_div_up(layer->c, 16));

	cost->compute_cycles = mul3(mul3(channels, y_tiles, x_tiles),
				    vnpu_mul(layer->r, layer->s),
				    passes(pes, OS_TILE_PES));
	cost->l2_bytes = add3(mul3(layer->weights, y_tiles, x_tiles),
			      vnpu_mul(layer->inputs, layer->k),
			      layer->outputs);
}

static void cost_rs(const struct layer *layer, u32 pes, struct vnpu_cost *cost)
{
	u64 width = tiles(pes, RS_TILE_PES);
	u64 k_tiles = vnpu_div_up(layer->k, width);
	u64 channels, rows;

	if (layer->depthwise)
		channels = vnpu_mul(layer->k, vnpu_div_up(layer->groups, width));
	else
		channels = mul3(layer->groups, k_tiles, layer->c);
	rows = mul3(layer->y_out, vnpu_div_up(layer->x_out, 16),
		    vnpu_div_up(layer->r, 4));

	cost->compute_cycles = mul3(vnpu_mul(channels, rows), layer->s,
				    passes(pes, RS_TILE_PES));
	cost->l2_bytes = add3(vnpu_mul(layer->weights, vnpu_div_up(layer->y_out, 16)),
			      vnpu_mul(layer->inputs, k_tiles),
			      vnpu_mul(layer->outputs,
				       partial_sums(vnpu_div_up(layer->c, 4))));
}

static u64 dram_bytes(const struct layer *layer, u64 sram_bytes)
{
	u64 once = add3(layer->weights, layer->inputs, layer->outputs);
	u64 half = sram_bytes / 2;
	u64 inputs_again, weights_again;

	if (once <= sram_bytes)
		return once;
	inputs_again = vnpu_mul(layer->inputs, vnpu_div_up(layer->weights, half));
	weights_again = vnpu_mul(layer->weights, vnpu_div_up(layer->inputs, half));
	return vnpu_min(add3(layer->weights, inputs_again, layer->outputs),
			add3(weights_again, layer->inputs, layer->outputs));
}

/* Cycles that the network on chip takes for @bytes. */
static u64 noc_cycles(const struct vnpu_array *array, u64 bytes)
{
	if (bytes == U64_MAX)
		return U64_MAX;
	return vnpu_div_up(bytes,
			   vnpu_max(1, array->pes / VNPU_NOC_PES_PER_BYTE));
}

/*
 * Cycles that memory takes for @bytes: bytes / (MB/s x 1000 bytes per ms) ms,
 * times the cycles per ms. The remainder is below 10^10, times at most 10^7.
 */
static u64 dram_cycles(const struct vnpu_array *array, u64 bytes)
{
	u64 per_ms = (u64)array->bandwidth_mbps * 1000;
	u64 rest, ms;

	if (bytes == U64_MAX)
		return U64_MAX;
	ms = div64_u64_rem(bytes, per_ms, &rest);
	return vnpu_add(vnpu_mul(ms, array->clock_khz),
			vnpu_div_up(rest * array->clock_khz, per_ms));
}

/*
 * 2.88 pJ x (MAC (1 + 0.55 L1) + 6 L2 + 75 DRAM) in nJ, to the nearest:
 * = 288 / 10^7 nJ x (MAC (100 + 55 L1) + 600 L2 + 7500 DRAM)
 * = 9 / 312500 nJ x (...). The remainder is below 312500, times 9.
 */
static u64 energy_nj(enum vnpu_dataflow dataflow, const struct vnpu_cost *cost)
{
	u32 mac = dataflow == VNPU_DATAFLOW_OS ? 210 : 265;
	u64 sum = add3(vnpu_mul(cost->macs, mac),
		       vnpu_mul(cost->l2_bytes, 600),
		       vnpu_mul(cost->dram_bytes, 7500));
	u64 rest, whole;

	if (sum == U64_MAX)
		return U64_MAX;
	whole = div64_u64_rem(sum, 312500, &rest);
	return 9 * whole + div64_u64(9 * rest + 312500 / 2, 312500);
}

/**
 * vnpu_array_valid() - check an array against the bounds of cost.h
 * @array: the array
 *
 * Return: true if every member is within its bounds.
 */
bool vnpu_array_valid(const struct vnpu_array *array)
{
	return (u32)array->dataflow <= VNPU_DATAFLOW_RS &&
	       array->pes >= VNPU_PES_MIN && array->pes <= VNPU_PES_MAX &&
	       array->clock_khz >= VNPU_CLOCK_KHZ_MIN &&
	       array->clock_khz <= VNPU_CLOCK_KHZ_MAX &&
	       array->bandwidth_mbps >= VNPU_BANDWIDTH_MBPS_MIN &&
	       array->bandwidth_mbps <= VNPU_BANDWIDTH_MBPS_MAX &&
	       array->sram_bytes >= VNPU_SRAM_BYTES_MIN &&
	       array->sram_bytes <= VNPU_SRAM_BYTES_MAX;
}

/**
 * vnpu_shape_valid() - check the shape of a layer
 * @shape: the shape
 *
 * Return: true if no member is zero and the groups divide both channel numbers.
 */
bool vnpu_shape_valid(const struct dream_vnpu_shape *shape)
{
	return shape->k && shape->c && shape->y && shape->x && shape->r &&
	       shape->s && shape->stride && shape->groups &&
	       shape->k % shape->groups == 0 && shape->c % shape->groups == 0;
}

/**
 * vnpu_cost_of_shape() - cost of a layer by its shape
 * @array: array that executes it
 * @shape: shape of the layer
 * @cost: where the cost goes; untouched on error
 *
 * Return: 0, or -EINVAL if the array or the shape is not valid.
 */
int vnpu_cost_of_shape(const struct vnpu_array *array,
		       const struct dream_vnpu_shape *shape,
		       struct vnpu_cost *cost)
{
	struct layer layer;

	if (!vnpu_array_valid(array) || !vnpu_shape_valid(shape))
		return -EINVAL;

	layer_init(&layer, shape);
	switch (array->dataflow) {
	case VNPU_DATAFLOW_WS:
		cost_ws(&layer, array->pes, cost);
		break;
	case VNPU_DATAFLOW_OS:
		cost_os(&layer, array->pes, cost);
		break;
	case VNPU_DATAFLOW_RS:
		cost_rs(&layer, array->pes, cost);
		break;
	}
	cost->macs = mul3(layer.weights, layer.y_out, layer.x_out);
	cost->dram_bytes = dram_bytes(&layer, array->sram_bytes);

	cost->cycles = vnpu_max(vnpu_max(cost->compute_cycles,
					 noc_cycles(array, cost->l2_bytes)),
				dram_cycles(array, cost->dram_bytes));
	cost->cycles = vnpu_add(cost->cycles, VNPU_LAUNCH_CYCLES);
	cost->energy_nj = energy_nj(array->dataflow, cost);
	return 0;
}

/**
 * vnpu_cycles_to_ns() - duration of cycles, rounded up
 * @cycles: cycles
 * @clock_khz: clock in kHz, not 0
 *
 * cycles x 10^6 / kHz, in whole multiples of the clock first: the remainder is
 * below 2^32, times 10^6 < 2^52.
 *
 * Return: ns, at most U64_MAX.
 */
u64 vnpu_cycles_to_ns(u64 cycles, u32 clock_khz)
{
	u64 rest;
	u64 ms = div64_u64_rem(cycles, clock_khz, &rest);

	return vnpu_add(vnpu_mul(ms, 1000000),
			vnpu_div_up(rest * 1000000, clock_khz));
}

/**
 * vnpu_ns_to_cycles() - cycles of a duration, rounded down
 * @ns: duration
 * @clock_khz: clock in kHz
 *
 * ns x kHz / 10^6; the remainder is below 10^6, times 2^32 < 2^52.
 *
 * Return: cycles, at most U64_MAX.
 */
u64 vnpu_ns_to_cycles(u64 ns, u32 clock_khz)
{
	u64 rest;
	u64 ms = div64_u64_rem(ns, 1000000, &rest);

	return vnpu_add(vnpu_mul(ms, clock_khz),
			div64_u64(rest * clock_khz, 1000000));
}

/**
 * vnpu_dram_ns() - time that the whole memory bandwidth takes, rounded up
 * @bytes: bytes to move
 * @bandwidth_mbps: bandwidth in 10^6 bytes per second, not 0
 *
 * bytes x 1000 / MB/s; the remainder is below 2^32, times 1000 < 2^42.
 *
 * Return: ns, at most U64_MAX.
 */
u64 vnpu_dram_ns(u64 bytes, u32 bandwidth_mbps)
{
	u64 rest;
	u64 us = div64_u64_rem(bytes, bandwidth_mbps, &rest);

	return vnpu_add(vnpu_mul(us, 1000),
			vnpu_div_up(rest * 1000, bandwidth_mbps));
}
