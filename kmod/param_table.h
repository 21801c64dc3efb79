/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Table of parameters
 *
 * What can be set while the arbiter runs: the kernel keeps the values, the simulator
 * has the same names, bounds and defaults.
 */
#ifndef _DREAM_PARAM_TABLE_H
#define _DREAM_PARAM_TABLE_H

#include "pure.h"

struct dream_params;

/**
 * struct dream_param_desc - a parameter
 * @name: name on netlink
 * @doc: what it does, one line
 * @unit: unit after division by @scale, may be ""
 * @scale: what the value is divided by for people
 * @min: smallest value
 * @max: largest value
 * @def: value at load
 */
struct dream_param_desc {
	const char *name;
	const char *doc;
	const char *unit;
	u32 scale;
	u64 min;
	u64 max;
	u64 def;
};

/* Index of each parameter in dream_param_descs. */
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

extern const struct dream_param_desc dream_param_descs[DREAM_PARAM_COUNT];

u32 dream_param_lookup(const char *name);
bool dream_params_apply(struct dream_params *p, enum dream_param_id id, u64 value);

#endif
