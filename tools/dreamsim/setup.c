// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of a simulation: those of the arbiter, in the units in which dreamctl
 * shows them, and one of its own.
 */
#include <errno.h>
#include <math.h>

#include "kmod/param_table.h"
#include "sim.h"

/* From a decision to the begin of what it starts, at most: 1 s, in ns. */
#define OVERHEAD_MAX	1e9

static int set_overhead(struct sim_setup *setup, double value)
{
	if (!(value >= 0 && value <= OVERHEAD_MAX))
		return -ERANGE;
	setup->overhead_ns = llround(value);
	return 0;
}

/* @value is in bounds, in the kernel's unit. */
static void set(struct sim_setup *setup, enum dream_param_id id, u64 value)
{
	if (dream_params_apply(&setup->params, id, value))
		return;
	if (id == DREAM_PARAM_GATES)
		setup->gates = value;
	else if (id == DREAM_PARAM_TUNE)
		setup->tune = value;
	else if (id == DREAM_PARAM_WINDOW)
		setup->window_ms = value;
	else if (id == DREAM_PARAM_EWMA)
		setup->ewma_shift = value;
	/*
	 * Nothing hangs here, for a watchdog to find; and without cascades the way
	 * through user space takes no time.
	 */
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
	u32 id;

	memset(setup, 0, sizeof(*setup));
	setup->scenario = scenario;
	setup->world = &sim_drawn_world;
	setup->policy = policy;
	for (id = 0; id < DREAM_PARAM_COUNT; id++)
		set(setup, id, dream_param_descs[id].def);
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
	const struct dream_param_desc *desc;
	u32 id = dream_param_lookup(name);

	if (!strcmp(name, "overhead"))
		return set_overhead(setup, value);
	if (id == DREAM_PARAM_COUNT)
		return -ENOENT;
	desc = &dream_param_descs[id];
	value *= desc->scale;
	if (!(value >= desc->min && value <= desc->max))
		return -ERANGE;
	set(setup, id, llround(value));
	return 0;
}
