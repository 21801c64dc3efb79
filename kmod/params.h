/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters that can be set while the arbiter runs. */
#ifndef _DREAM_PARAMS_H
#define _DREAM_PARAMS_H

#include <linux/types.h>

struct netlink_ext_ack;

/**
 * struct dream_param - a parameter
 * @name: name on netlink
 * @doc: what it does, one line
 * @unit: unit after division by @scale, may be ""
 * @scale: what the value is divided by for people
 * @min: smallest value
 * @max: largest value
 * @def: value at load
 * @value: present value; arbiter's lock
 */
struct dream_param {
	const char *name;
	const char *doc;
	const char *unit;
	u32 scale;
	u64 min;
	u64 max;
	u64 def;
	u64 value;
};

/* Index of each parameter in dream_param_table. */
enum dream_param_id {
	DREAM_PARAM_ALPHA,
	DREAM_PARAM_BETA,
	DREAM_PARAM_STARV_CAP,
	DREAM_PARAM_SLACK_FLOOR,
	DREAM_PARAM_SWITCH_PJ,
	DREAM_PARAM_DROP,
	DREAM_PARAM_DROP_CAP,
	DREAM_PARAM_SUPERNET,
	DREAM_PARAM_GATES,
	DREAM_PARAM_CASCADES,
	DREAM_PARAM_TUNE,
	DREAM_PARAM_WINDOW,
	DREAM_PARAM_EWMA,
	DREAM_PARAM_WATCHDOG,
	DREAM_PARAM_WATCHDOG_MAX,
	DREAM_PARAM_COUNT
};

extern struct dream_param dream_param_table[DREAM_PARAM_COUNT];

struct dream_param *dream_param_find(const char *name);
int dream_param_set(struct dream_param *p, u64 value,
		    struct netlink_ext_ack *extack);
void dream_params_tune(u32 alpha, u32 beta);
void dream_params_init(void);

static inline u64 dream_param(enum dream_param_id id)
{
	return READ_ONCE(dream_param_table[id].value);
}

#endif
