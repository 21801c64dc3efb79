/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VNPU_PROGRESS_H
#define _VNPU_PROGRESS_H

#include "share.h"

/* Longest work, in ns at full speed: 2.4 hours. */
#define VNPU_PROGRESS_NS_MAX	BIT_ULL(43)

/**
 * struct vnpu_progress - how far a command is
 * @left: work left at @updated, in ns at full speed, Q20
 * @updated: time of the last change, in ns
 * @rate: speed since @updated, Q20, 1 to VNPU_RATE_FULL
 */
struct vnpu_progress {
	u64 left;
	u64 updated;
	u32 rate;
};

void vnpu_progress_start(struct vnpu_progress *progress, u64 ns, u64 at);
void vnpu_progress_set_rate(struct vnpu_progress *progress, u32 rate, u64 at);
u64 vnpu_progress_end(const struct vnpu_progress *progress);

#endif
