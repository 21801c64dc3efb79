/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VNPU_DOMAIN_H
#define _VNPU_DOMAIN_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include <dream_accel.h>

#include "progress.h"

/**
 * struct vnpu_domain - a memory whose bandwidth is shared
 * @lock: protects the fields below that say so, and the state of the devices in
 *	the domain. Taken in hard interrupts. No other lock of this module is
 *	taken inside it.
 * @link: in the list of named domains; protected by the list's mutex
 * @users: devices in the domain; protected by the list's mutex
 * @name: name; empty if it belongs to one device
 * @bandwidth_mbps: bandwidth in 10^6 bytes per second; constant
 * @capacity: bandwidth in bytes per second; constant
 * @runs: commands in execution that use the memory; protected by @lock
 * @run_count: length of @runs; protected by @lock
 * @demand: sum of their demands, in bytes per second; protected by @lock
 * @scarce: at the last change they asked for more than there is; protected by
 *	@lock
 * @demands: room to divide the bandwidth; protected by @lock
 * @grants: room to divide the bandwidth; protected by @lock
 */
struct vnpu_domain {
	raw_spinlock_t lock;
	struct list_head link;
	unsigned int users;
	char name[DREAM_ACCEL_NAME_LEN];
	u32 bandwidth_mbps;
	u64 capacity;
	struct list_head runs;
	unsigned int run_count;
	u64 demand;
	bool scarce;
	u64 demands[DREAM_ACCEL_MAX];
	u64 grants[DREAM_ACCEL_MAX];
};

/**
 * struct vnpu_run - execution of one command; every device has one
 * @timer: fires when the command ends
 * @link: in &vnpu_domain.runs if @demand is not 0; protected by the domain's lock
 * @progress: how far it is; protected by the domain's lock
 * @demand: bandwidth that it asks for, in bytes per second; protected by the
 *	domain's lock
 */
struct vnpu_run {
	struct hrtimer timer;
	struct list_head link;
	struct vnpu_progress progress;
	u64 demand;
};

struct vnpu_domain *vnpu_domain_get(const char *name, u32 bandwidth_mbps);
void vnpu_domain_put(struct vnpu_domain *domain);
void vnpu_domain_begin(struct vnpu_domain *domain, struct vnpu_run *run,
		       u64 ns, u64 dram_bytes, u64 at);
void vnpu_domain_end(struct vnpu_domain *domain, struct vnpu_run *run, u64 at);

#endif
