/* SPDX-License-Identifier: GPL-2.0 */
/* Windows of accounting, and the tuner that lives on them. */
#ifndef _DREAM_WINDOW_H
#define _DREAM_WINDOW_H

#include <linux/types.h>

/**
 * struct dream_window_info - the last window
 * @number: windows that have ended
 * @begin_ns: when it began
 * @end_ns: when it ended
 * @uxcost: UXCost, 10^-6
 * @uxc: UXCost by the energy for each completed frame, 10^-6
 */
struct dream_window_info {
	u64 number;
	u64 begin_ns;
	u64 end_ns;
	u64 uxcost;
	u64 uxc;
};

/* The caller holds the arbiter's lock. */
void dream_window_open(void);
const struct dream_window_info *dream_window_last(void);

void dream_window_params_changed(void);
void dream_window_init(void);
void dream_window_exit(void);

#endif
