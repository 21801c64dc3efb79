/* SPDX-License-Identifier: GPL-2.0 */
/* Multicast events of the netlink family. */
#ifndef _DREAM_EVENT_H
#define _DREAM_EVENT_H

#include <linux/types.h>
#include <uapi/linux/dream_netlink.h>

struct dream_accel;
struct dream_job;

/* The caller holds the arbiter's lock. */
void dream_event_job(enum dream_event_type type, const struct dream_job *job,
		     u32 reason, s64 value);
void dream_event_accel(enum dream_event_type type, const struct dream_accel *accel,
		       s64 value);
void dream_event_name(enum dream_event_type type, const char *name, s64 value);
void dream_event_window(void);

int dream_netlink_init(void);
void dream_netlink_exit(void);

#endif
