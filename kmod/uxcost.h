/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: UXCost
 *
 * DREAM's figure of merit over a window, lower is better. With DLV(m), the share
 * of the frames of model m that were violated (1 / (2 * frames) if none was), and
 * the energy in relation to the worst choice for every layer:
 *
 *   NormEnergy(m) = energy(m) / (frames(m) * sum over l of max over a of E(l, a))
 *   UXCost = (sum over m of DLV(m)) * (sum over m of NormEnergy(m))
 *
 * A dropped frame costs no energy, so UXCost can be gamed; UXc is the same with the
 * energy for each frame that was completed. Both depend on the length of the
 * window: compare equal ones only.
 *
 * Sums are kept in 2^-32 and saturate: a ratio at 2^40 (256.0), the sum over 2^16
 * models at 2^56. A product of 2^32 or more is told as S64_MAX.
 */
#ifndef _DREAM_UXCOST_H
#define _DREAM_UXCOST_H

#include "pure.h"

/**
 * struct dream_ux - sums over the models of a window
 * @dlv: sum of DLV, 2^-32
 * @energy: sum of NormEnergy, 2^-32
 * @energy_done: the same with the energy for each completed frame, 2^-32
 */
struct dream_ux {
	u64 dlv;
	u64 energy;
	u64 energy_done;
};

void dream_ux_add(struct dream_ux *ux, u64 frames, u64 violated, u64 completed,
		  u64 energy_nj, u64 energy_max_nj);
u64 dream_uxcost(const struct dream_ux *ux);
u64 dream_uxc(const struct dream_ux *ux);

#endif
