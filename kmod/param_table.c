// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters, their bounds and defaults. Pure: see param_table.h.
 */
#include "param_table.h"
#include "policy.h"

const struct dream_param_desc dream_param_descs[DREAM_PARAM_COUNT] = {
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
		.unit = "ns", .scale = 1, .min = DREAM_SLACK_MIN, .max = 1000000000,
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

/**
 * dream_param_lookup() - look a parameter up
 * @name: its name
 *
 * Context: any. Pure.
 * Return: its index, DREAM_PARAM_COUNT if there is none.
 */
u32 dream_param_lookup(const char *name)
{
	u32 i;

	for (i = 0; i < DREAM_PARAM_COUNT; i++)
		if (!strcmp(dream_param_descs[i].name, name))
			break;
	return i;
}

/* Thousandths, at most 10^9, in 1/65536. */
static u64 fixed(u64 thousandths)
{
	return div64_u64(thousandths << DREAM_Q, 1000);
}

/**
 * dream_params_apply() - set what policies and mechanisms see of a parameter
 * @p: parameters in the units of policies
 * @id: parameter
 * @value: its value in its own unit, within its bounds
 *
 * Context: any. Pure.
 * Return: false if they see nothing of it; @p is as it was then.
 */
bool dream_params_apply(struct dream_params *p, enum dream_param_id id, u64 value)
{
	switch (id) {
	case DREAM_PARAM_ALPHA:
		p->alpha = fixed(value);
		return true;
	case DREAM_PARAM_BETA:
		p->beta = fixed(value);
		return true;
	case DREAM_PARAM_STARV_CAP:
		p->starv_cap = fixed(value);
		return true;
	case DREAM_PARAM_SLACK_FLOOR:
		p->slack_floor_ns = value;
		return true;
	case DREAM_PARAM_SWITCH_PJ:
		p->switch_pj = value;
		return true;
	case DREAM_PARAM_DROP:
		p->drop = value;
		return true;
	case DREAM_PARAM_DROP_CAP:
		p->drop_cap = value;
		return true;
	case DREAM_PARAM_SUPERNET:
		p->supernet = value;
		return true;
	default:
		return false;
	}
}
