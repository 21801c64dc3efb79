/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters that can be set while the arbiter runs. */
#ifndef _DREAM_PARAMS_H
#define _DREAM_PARAMS_H

#include <linux/types.h>

#include "param_table.h"

struct netlink_ext_ack;

/**
 * struct dream_param - a parameter
 * @desc: what it is
 * @value: present value; arbiter's lock
 */
struct dream_param {
	const struct dream_param_desc *desc;
	u64 value;
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
