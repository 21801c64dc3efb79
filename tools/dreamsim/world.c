// SPDX-License-Identifier: GPL-2.0
/* The world of a scenario, in which chance decides. */
#include "draws.h"
#include "sim.h"

static u64 frames(const struct sim_setup *setup, u32 stream)
{
	return scenario_frames(setup->scenario,
			       &setup->scenario->streams[stream]);
}

static void arrival(const struct sim_setup *setup, u32 stream, u64 frame,
		    struct sim_arrival *arrival)
{
	const struct scenario_stream *s = &setup->scenario->streams[stream];

	*arrival = (struct sim_arrival) { .deadline_ns = s->deadline_ns };
	if (s->parent == SCENARIO_NO_PARENT)
		arrival->at_ns = draw_arrival(setup->scenario, stream, frame);
}

static bool asked(const struct sim_setup *setup, u32 stream, u64 frame)
{
	return draw_asked(setup->scenario, stream, frame);
}

static bool gate(const struct sim_setup *setup, u32 stream, u64 frame,
		 u32 variant, u32 layer)
{
	return draw_gate(setup->scenario, stream, frame, variant, layer);
}

static const struct scenario_cost *cost(const struct sim_setup *setup, u32 model,
					u32 variant, u32 layer, u32 cls)
{
	return &setup->scenario->models[model].variants[variant].layers[layer]
			.costs[cls];
}

const struct sim_world sim_drawn_world = {
	.frames = frames,
	.arrival = arrival,
	.asked = asked,
	.gate = gate,
	.cost = cost,
};
