// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters that can be set while the arbiter runs, by netlink.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "arbiter.h"
#include "event.h"
#include "params.h"
#include "policy.h"

struct dream_param dream_param_table[DREAM_PARAM_COUNT] = {
	[DREAM_PARAM_ALPHA] = {
		.name = "alpha",
		.doc = "weight of starvation in MapScore",
		.unit = "", .scale = 1000, .min = 0, .max = 2000, .def = 1000,
	},
	[DREAM_PARAM_BETA] = {
		.name = "beta",
		.doc = "weight of energy in MapScore",
		.unit = "", .scale = 1000, .min = 0, .max = 2000, .def = 1000,
	},
	[DREAM_PARAM_STARV_CAP] = {
		.name = "starvation-cap",
		.doc = "largest starvation in MapScore",
		.unit = "", .scale = 1000, .min = 0, .max = 1000000000, .def = 10000,
	},
	[DREAM_PARAM_SLACK_FLOOR] = {
		.name = "slack-floor",
		.doc = "smallest slack in MapScore: how urgent a late job can be",
		.unit = "ns", .scale = 1, .min = DREAM_SLACK_MIN, .max = NSEC_PER_SEC,
		.def = DREAM_SLACK_MIN,
	},
	[DREAM_PARAM_SWITCH_PJ] = {
		.name = "switch-energy",
		.doc = "energy to move a byte of activations to or from shared memory",
		.unit = "pJ", .scale = 1, .min = 0, .max = 1000000, .def = 216,
	},
	[DREAM_PARAM_DROP] = {
		.name = "drop",
		.doc = "frames given up: 0 none, 1 by DREAM's conditions, 2 hopeless ones",
		.unit = "", .scale = 1, .min = 0, .max = DREAM_DROP_HOPELESS, .def = 0,
	},
	[DREAM_PARAM_DROP_CAP] = {
		.name = "drop-cap",
		.doc = "most frames dropped among the last 10 of a queue, with drop 1",
		.unit = "", .scale = 1, .min = 0, .max = 10, .def = 2,
	},
	[DREAM_PARAM_SUPERNET] = {
		.name = "supernet",
		.doc = "1: choose the variant of a model by the load",
		.unit = "", .scale = 1, .min = 0, .max = 1, .def = 0,
	},
	[DREAM_PARAM_GATES] = {
		.name = "gates",
		.doc = "1: the result of a layer can skip layers or end the job; 0: all run",
		.unit = "", .scale = 1, .min = 0, .max = 1, .def = 1,
	},
	[DREAM_PARAM_CASCADES] = {
		.name = "cascades",
		.doc = "1: jobs can be submitted ahead, subject to their parent's result",
		.unit = "", .scale = 1, .min = 0, .max = 1, .def = 1,
	},
	[DREAM_PARAM_TUNE] = {
		.name = "tune",
		.doc = "1: search alpha and beta online, a window at a time",
		.unit = "", .scale = 1, .min = 0, .max = 1, .def = 0,
	},
	[DREAM_PARAM_WINDOW] = {
		.name = "window",
		.doc = "length of a window of accounting; 0: no windows",
		.unit = "ms", .scale = 1, .min = 0, .max = 3600000, .def = 1000,
	},
	[DREAM_PARAM_EWMA] = {
		.name = "ewma-shift",
		.doc = "a measurement corrects the estimate by 1/2^n of the difference",
		.unit = "", .scale = 1, .min = 0, .max = 10, .def = 3,
	},
	[DREAM_PARAM_WATCHDOG] = {
		.name = "watchdog",
		.doc = "shortest time without progress after which a command is taken back",
		.unit = "ms", .scale = 1, .min = 1, .max = 3600000, .def = 2000,
	},
	[DREAM_PARAM_WATCHDOG_MAX] = {
		.name = "watchdog-max",
		.doc = "longest time without progress, whatever a profile expects",
		.unit = "ms", .scale = 1, .min = 1, .max = 36000000, .def = 60000,
	},
};

/* Values that policies see are kept in their unit. */
static void publish(void)
{
	struct dream_params *p = &dream_arb.params;

	p->alpha = div_u64(dream_param(DREAM_PARAM_ALPHA) << DREAM_Q, 1000);
	p->beta = div_u64(dream_param(DREAM_PARAM_BETA) << DREAM_Q, 1000);
	p->starv_cap = div_u64(dream_param(DREAM_PARAM_STARV_CAP) << DREAM_Q, 1000);
	p->drop = dream_param(DREAM_PARAM_DROP);
	p->drop_cap = dream_param(DREAM_PARAM_DROP_CAP);
	p->supernet = dream_param(DREAM_PARAM_SUPERNET);
	p->slack_floor_ns = dream_param(DREAM_PARAM_SLACK_FLOOR);
	p->switch_pj = dream_param(DREAM_PARAM_SWITCH_PJ);
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

	for (i = 0; i < DREAM_PARAM_COUNT; i++)
		dream_param_table[i].value = dream_param_table[i].def;
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
	u32 i;

	for (i = 0; i < DREAM_PARAM_COUNT; i++)
		if (!strcmp(dream_param_table[i].name, name))
			return &dream_param_table[i];
	return NULL;
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
	dream_assert_locked();
	if (value < p->min || value > p->max) {
		NL_SET_ERR_MSG_FMT(extack, "%s must be %llu to %llu", p->name,
				   p->min, p->max);
		return -ERANGE;
	}
	WRITE_ONCE(p->value, value);
	publish();
	/* Paths have gates, or have not. */
	if (p == &dream_param_table[DREAM_PARAM_GATES])
		dream_arb.epoch++;
	dream_event_name(DREAM_EVENT_TYPE_PARAM, p->name, value);
	return 0;
}
