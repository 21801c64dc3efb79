/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernel versions: everything that asks for a version is
 * here, so that the code itself is written for the newest kernel.
 */
#ifndef _DREAM_COMPAT_H
#define _DREAM_COMPAT_H

#include <linux/export.h>
#include <linux/module.h>
#include <linux/version.h>

/* The namespace of a symbol is a string literal since 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define EXPORT_SYMBOL_DREAM(sym)	EXPORT_SYMBOL_NS_GPL(sym, DREAM)
#define IMPORT_DREAM()			MODULE_IMPORT_NS(DREAM)
#else
#define EXPORT_SYMBOL_DREAM(sym)	EXPORT_SYMBOL_NS_GPL(sym, "DREAM")
#define IMPORT_DREAM()			MODULE_IMPORT_NS("DREAM")
#endif

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
