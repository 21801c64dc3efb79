// SPDX-License-Identifier: GPL-2.0
/*
 * Shares of a memory bandwidth. Pure: no kernel service.
 */
#include "share.h"

/**
 * DOC: Shares of the bandwidth
 *
 * A command that moves B bytes in T ns when it is alone asks for B / T of the
 * bandwidth. If the demands together exceed what there is, the bandwidth is
 * divided max-min fairly, as water fills vessels: nobody gets more than he asks
 * for, and whoever gets less than he asks for gets no less than anybody else.
 * A command that gets a part of its demand proceeds at that part of its speed.
 */

#define NS_PER_S	1000000000ULL

/**
 * vnpu_share_demand() - bandwidth that a command asks for
 * @bytes: bytes that it moves
 * @ns: time that it takes when it is alone
 * @capacity: bandwidth that there is, in bytes per second
 *
 * Exact to one byte per second while bytes <= 2^34 (2^34 x 10^9 < 2^64).
 *
 * Return: bytes per second, at least 1 if @bytes is not 0, at most @capacity.
 */
u64 vnpu_share_demand(u64 bytes, u64 ns, u64 capacity)
{
	if (!bytes)
		return 0;
	if (!ns)
		return capacity;
	return vnpu_min(vnpu_div_up(vnpu_mul(bytes, NS_PER_S), ns), capacity);
}

/**
 * vnpu_share() - divide a bandwidth max-min fairly
 * @demand: bandwidth that each one asks for
 * @grant: where its share goes
 * @count: length of both arrays
 * @capacity: bandwidth that there is
 *
 * In each round everybody who asks for no more than an equal part of the rest
 * gets what he asks for; when nobody is left who does, the others get equal
 * parts. Each round but the last settles somebody: at most @count rounds. The sum
 * of the grants is at most @capacity and misses it by less than @count units.
 */
void vnpu_share(const u64 *demand, u64 *grant, unsigned int count, u64 capacity)
{
	u64 left = capacity;
	u64 part = 0;
	unsigned int open = 0;
	unsigned int settled, i;

	for (i = 0; i < count; i++) {
		grant[i] = 0;
		if (demand[i])
			open++;
	}
	do {
		settled = 0;
		part = open ? div64_u64(left, open) : 0;
		for (i = 0; i < count; i++) {
			if (!demand[i] || grant[i] || demand[i] > part)
				continue;
			grant[i] = demand[i];
			left -= demand[i];
			settled++;
		}
		open -= settled;
	} while (settled && open);

	for (i = 0; i < count; i++) {
		if (demand[i] && !grant[i])
			grant[i] = part;
	}
}

/**
 * vnpu_share_rate() - speed of a command
 * @demand: bandwidth that it asks for
 * @grant: bandwidth that it gets
 *
 * A grant of 2^44 and more is divided by 2^20 first, with its demand, so that
 * the shift by 20 fits 64 bits; the relative error is below 2^-23.
 *
 * Return: grant / demand in Q20, at least 1 so that every command ends, at most
 * VNPU_RATE_FULL.
 */
u32 vnpu_share_rate(u64 demand, u64 grant)
{
	if (grant >= demand)
		return VNPU_RATE_FULL;
	if (grant >> (64 - VNPU_RATE_SHIFT)) {
		grant >>= VNPU_RATE_SHIFT;
		demand >>= VNPU_RATE_SHIFT;
	}
	return vnpu_max(1, div64_u64(grant << VNPU_RATE_SHIFT, demand));
}
