// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters that can be set while the arbiter runs, by netlink.
 */
#include <linux/kernel.h>
#include <net/netlink.h>

#include "arbiter.h"
#include "event.h"
#include "params.h"
#include "window.h"

struct dream_param dream_param_table[DREAM_PARAM_COUNT];

/* Values that policies see are kept in their unit. */
static void publish(void)
{
	u32 id;

	for (id = 0; id < DREAM_PARAM_COUNT; id++)
		dream_params_apply(&dream_arb.params, id,
				   dream_param_table[id].value);
}

/**
 * dream_params_tune() - set the weights of MapScore from the tuner
 * @alpha: alpha, thousandths, in range
 * @beta: beta, thousandths, in range
 *
 * Context: process context, arbiter's lock held.
 */
void dream_params_tune(u32 alpha, u32 beta)
{
	dream_assert_locked();
	dream_param_table[DREAM_PARAM_ALPHA].value = alpha;
	dream_param_table[DREAM_PARAM_BETA].value = beta;
	publish();
}

/**
 * dream_params_init() - set every parameter to its default
 *
 * Context: process context, at load.
 */
void dream_params_init(void)
{
	u32 i;

	for (i = 0; i < DREAM_PARAM_COUNT; i++) {
		dream_param_table[i].desc = &dream_param_descs[i];
		dream_param_table[i].value = dream_param_descs[i].def;
	}
	publish();
}

/**
 * dream_param_find() - look a parameter up
 * @name: its name
 *
 * Context: any.
 * Return: the parameter, or NULL.
 */
struct dream_param *dream_param_find(const char *name)
{
	u32 id = dream_param_lookup(name);

	return id < DREAM_PARAM_COUNT ? &dream_param_table[id] : NULL;
}

/**
 * dream_param_set() - set a parameter
 * @p: parameter
 * @value: new value
 * @extack: where the reason for a refusal goes
 *
 * Context: process context, arbiter's lock held.
 * Return: 0, or -ERANGE.
 */
int dream_param_set(struct dream_param *p, u64 value,
		    struct netlink_ext_ack *extack)
{
	const struct dream_param_desc *desc = p->desc;

	dream_assert_locked();
	if (value < desc->min || value > desc->max) {
		NL_SET_ERR_MSG_FMT(extack, "%s must be %llu to %llu", desc->name,
				   desc->min, desc->max);
		return -ERANGE;
	}
	WRITE_ONCE(p->value, value);
	publish();
	/* Paths have gates, or have not. */
	if (p == &dream_param_table[DREAM_PARAM_GATES])
		dream_arb.epoch++;
	dream_window_params_changed();
	dream_event_name(DREAM_EVENT_TYPE_PARAM, desc->name, value);
	return 0;
}
