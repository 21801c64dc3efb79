// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of a simulation: those of kmod/params.c, with the same names, bounds and
 * defaults, in the units in which dreamctl shows them.
 */
#include <errno.h>
#include <math.h>

#include "sim.h"

/**
 * enum kind - how a parameter is kept
 * @FIXED: u64, in 1/65536
 * @NUMBER: u64
 * @SMALL: u32
 * @SWITCH: bool
 * @NOTHING: not at all, nothing in a simulation depends on it
 */
enum kind {
	FIXED,
	NUMBER,
	SMALL,
	SWITCH,
	NOTHING,
};

/**
 * struct param - a parameter
 * @name: name
 * @kind: how it is kept
 * @offset: where, in struct sim_setup
 * @max: largest value
 * @initial: default
 */
struct param {
	const char *name;
	enum kind kind;
	size_t offset;
	double max;
	double initial;
};

#define IN_SETUP(member)	offsetof(struct sim_setup, member)
#define IN_PARAMS(member)	offsetof(struct sim_setup, params.member)

static const struct param params[] = {
	{ "alpha", FIXED, IN_PARAMS(alpha), 2, 1 },
	{ "beta", FIXED, IN_PARAMS(beta), 2, 1 },
	{ "starvation-cap", FIXED, IN_PARAMS(starv_cap), 1e6, 10 },
	{ "slack-floor", NUMBER, IN_PARAMS(slack_floor_ns), 1e9, 1000 },
	{ "switch-energy", NUMBER, IN_PARAMS(switch_pj), 1e6, 216 },
	{ "drop", SMALL, IN_PARAMS(drop), DREAM_DROP_HOPELESS, 0 },
	{ "drop-cap", SMALL, IN_PARAMS(drop_cap), 10, 2 },
	{ "supernet", SWITCH, IN_PARAMS(supernet), 1, 0 },
	{ "gates", SWITCH, IN_SETUP(gates), 1, 1 },
	{ "tune", SWITCH, IN_SETUP(tune), 1, 0 },
	{ "window", NUMBER, IN_SETUP(window_ms), 3600000, 1000 },
	{ "ewma-shift", SMALL, IN_SETUP(ewma_shift), 10, 3 },
	{ "watchdog", NOTHING, 0, 3600000, 2000 },
	{ "watchdog-max", NOTHING, 0, 36000000, 60000 },
	/* The simulator's own. */
	{ "overhead", NUMBER, IN_SETUP(overhead_ns), 1e9, 0 },
};

static const struct param *find_param(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		if (!strcmp(params[i].name, name))
			return &params[i];
	return NULL;
}

static void set(struct sim_setup *setup, const struct param *param,
		double value)
{
	void *at = (char *)setup + param->offset;

	switch (param->kind) {
	case FIXED:
		/* As the kernel has it: thousandths, in 1/65536. */
		*(u64 *)at = ((u64)llround(value * 1000) << DREAM_Q) / 1000;
		break;
	case NUMBER:
		*(u64 *)at = llround(value);
		break;
	case SMALL:
		*(u32 *)at = lround(value);
		break;
	case SWITCH:
		*(bool *)at = lround(value);
		break;
	case NOTHING:
		break;
	}
}

/**
 * sim_setup_init() - begin with the defaults
 * @setup: out
 * @scenario: scenario
 * @policy: policy
 */
void sim_setup_init(struct sim_setup *setup, const struct scenario *scenario,
		    const struct dream_policy_ops *policy)
{
	size_t i;

	memset(setup, 0, sizeof(*setup));
	setup->scenario = scenario;
	setup->world = &sim_drawn_world;
	setup->policy = policy;
	for (i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		set(setup, &params[i], params[i].initial);
}

/**
 * sim_setup_param() - set a parameter
 * @setup: what to simulate
 * @name: name of the parameter
 * @value: value, in the unit in which it is shown
 *
 * Return: 0, -ENOENT or -ERANGE.
 */
int sim_setup_param(struct sim_setup *setup, const char *name, double value)
{
	const struct param *param = find_param(name);

	if (!param)
		return -ENOENT;
	if (!(value >= 0 && value <= param->max))
		return -ERANGE;
	set(setup, param, value);
	return 0;
}
