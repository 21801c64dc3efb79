/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VNPU_SHARE_H
#define _VNPU_SHARE_H

#include "pure.h"

/* Speeds are in Q20. */
#define VNPU_RATE_SHIFT	20
/* Speed of a command that gets all the bandwidth that it asks for: 1. */
#define VNPU_RATE_FULL	0x100000U

u64 vnpu_share_demand(u64 bytes, u64 ns, u64 capacity);
void vnpu_share(const u64 *demand, u64 *grant, unsigned int count, u64 capacity);
u32 vnpu_share_rate(u64 demand, u64 grant);

#endif
