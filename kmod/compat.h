/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernel versions: everything that asks for a version is
 * here, so that the code itself is written for the newest kernel.
 */
#ifndef _DREAM_COMPAT_H
#define _DREAM_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#include <linux/hrtimer.h>

static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}
#endif

#endif
