// SPDX-License-Identifier: GPL-2.0
/*
 * UXCost of a window. Pure: see uxcost.h for the formula and the bounds.
 */
#include "pure.h"
#include "uxcost.h"

#define UX_Q		32
#define UX_RATIO_MAX	(1ULL << 40)
#define UX_SUM_MAX	(1ULL << 56)

/* @num / @den in 2^-32; relative error below 2^-22 where it does not saturate. */
static u64 ratio(u64 num, u64 den)
{
	int excess = fls64(num) - (63 - UX_Q);

	if (!num)
		return 0;
	if (excess > 0) {
		num >>= excess;
		den >>= excess;
	}
	if (!den)
		return UX_RATIO_MAX;
	return min(div64_u64(num << UX_Q, den), UX_RATIO_MAX);
}

static void accumulate(u64 *sum, u64 value)
{
	*sum = min(*sum + value, UX_SUM_MAX);
}

/**
 * dream_ux_add() - add a model to a window
 * @ux: sums, zero before the first model
 * @frames: frames that have ended; without any, the model counts for nothing
 * @violated: those that were not met
 * @completed: those that were done, in time or not
 * @energy_nj: energy used, nJ
 * @energy_max_nj: energy of all @frames on the worst accelerator for each layer, nJ
 *
 * Without a completed frame, UXc takes the energy as that of one.
 *
 * Context: any. Pure.
 */
void dream_ux_add(struct dream_ux *ux, u64 frames, u64 violated, u64 completed,
		  u64 energy_nj, u64 energy_max_nj)
{
	u64 norm;

	if (!frames)
		return;
	accumulate(&ux->dlv, violated ? ratio(violated, frames) :
					ratio(1, dream_sat_mul(frames, 2)));
	if (!energy_max_nj)
		return;
	norm = ratio(energy_nj, energy_max_nj);
	accumulate(&ux->energy, norm);
	/* energy / completed over energy_max / frames; 2^40 * 2^-32 * 2^32 fits. */
	accumulate(&ux->energy_done,
		   min(mul_u64_u64_shr(norm, ratio(frames, max(completed, 1ULL)),
				       UX_Q), UX_RATIO_MAX));
}

/* The product of two sums, 10^-6. */
static u64 product(u64 a, u64 b)
{
	u64 high = mul_u64_u64_shr(a, b, 63);

	/* a * b >> 32 in 2^-32 has to fit 64 bits; scaled, it is below 2^52. */
	if (high >> 33)
		return S64_MAX;
	return mul_u64_u64_shr(mul_u64_u64_shr(a, b, UX_Q), 1000000, UX_Q);
}

/**
 * dream_uxcost() - UXCost of a window
 * @ux: sums over its models
 *
 * Source: DREAM, ASPLOS 2023.
 *
 * Context: any. Pure.
 * Return: UXCost, 10^-6, at most S64_MAX.
 */
u64 dream_uxcost(const struct dream_ux *ux)
{
	return product(ux->dlv, ux->energy);
}

/**
 * dream_uxc() - UXCost of a window by the energy for each completed frame
 * @ux: sums over its models
 *
 * Context: any. Pure.
 * Return: UXc, 10^-6, at most S64_MAX.
 */
u64 dream_uxc(const struct dream_ux *ux)
{
	return product(ux->dlv, ux->energy_done);
}
