/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VNPU_JITTER_H
#define _VNPU_JITTER_H

#include "pure.h"

/* Largest deviation, in 1/1000 of the duration. */
#define VNPU_JITTER_PERMILLE_MAX	900U
/* Longest duration that is varied, in ns: 18 minutes. */
#define VNPU_JITTER_NS_MAX		BIT_ULL(40)

u64 vnpu_jitter_seed(u64 seed, const char *name);
u64 vnpu_jitter(u64 *state, u64 ns, u32 permille);

#endif
