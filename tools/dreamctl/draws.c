// SPDX-License-Identifier: GPL-2.0
/*
 * What chance decides in a scenario.
 */
#include "draws.h"

/* The finalizer of SplitMix64, a permutation of the 64-bit numbers. */
static uint64_t mix(uint64_t z)
{
	z += 0x9E3779B97F4A7C15ULL;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
	return z ^ (z >> 31);
}

/**
 * draw() - a random number
 * @seed: seed of the run
 * @stream: index of the stream
 * @frame: number of the frame
 * @kind: what is drawn
 * @index: which one of that kind
 *
 * Return: evenly distributed over 64 bits, always the same for the same
 * arguments.
 */
uint64_t draw(uint64_t seed, uint32_t stream, uint64_t frame,
	      enum draw_kind kind, uint32_t index)
{
	uint64_t z = mix(seed);

	z = mix(z ^ stream);
	z = mix(z ^ frame);
	return mix(z ^ ((uint64_t)kind << 32 | index));
}

/**
 * draw_layer() - index of a draw that is made for a layer
 * @variant: variant
 * @layer: layer of it
 *
 * Return: index for draw().
 */
uint32_t draw_layer(uint32_t variant, uint32_t layer)
{
	return variant << 16 | layer;
}

/* True in @probability of 10^6 cases: the upper half, scaled to 10^6. */
static bool chance(uint64_t number, uint32_t probability)
{
	return (number >> 32) * SCENARIO_CERTAIN >> 32 < probability;
}

/**
 * draw_arrival() - when a frame is due
 * @scenario: scenario
 * @stream: index of a stream without a parent
 * @frame: number of the frame
 *
 * The nominal arrival, moved by at most the jitter to either side; not before the
 * start of the run.
 *
 * Return: ns since the start of the run.
 */
uint64_t draw_arrival(const struct scenario *scenario, uint32_t stream,
		      uint64_t frame)
{
	const struct scenario_stream *s = &scenario->streams[stream];
	uint64_t nominal = scenario_arrival(s, frame);
	uint64_t late;

	if (!s->jitter_ns)
		return nominal;
	/* The same draw in slow motion. */
	late = draw(scenario->seed, stream, frame, DRAW_JITTER, 0) %
	       (2 * s->jitter_ns / scenario->slow + 1) * scenario->slow;
	return nominal + late > s->jitter_ns ? nominal + late - s->jitter_ns : 0;
}

/**
 * draw_asked() - whether a frame is asked for by its parent's
 * @scenario: scenario
 * @stream: index of a stream with a parent
 * @frame: number of the frame, which is its parent's
 *
 * Return: true if it is, provided that the parent's frame exists.
 */
bool draw_asked(const struct scenario *scenario, uint32_t stream,
		uint64_t frame)
{
	return chance(draw(scenario->seed, stream, frame, DRAW_ASKED, 0),
		      scenario->streams[stream].probability);
}

/**
 * draw_exists() - whether a frame exists
 * @scenario: scenario
 * @stream: index of the stream
 * @frame: number of a frame of the root of its cascade
 *
 * Return: true if each frame on the way from the root asks for the next.
 */
bool draw_exists(const struct scenario *scenario, uint32_t stream,
		 uint64_t frame)
{
	while (scenario->streams[stream].parent != SCENARIO_NO_PARENT) {
		if (!draw_asked(scenario, stream, frame))
			return false;
		stream = scenario->streams[stream].parent;
	}
	return true;
}

/**
 * draw_gate() - whether the gate behind a layer is taken
 * @scenario: scenario
 * @stream: index of the stream
 * @frame: number of the frame
 * @variant: variant that runs
 * @layer: layer of it
 *
 * Return: true if there is a gate, and it is taken.
 */
bool draw_gate(const struct scenario *scenario, uint32_t stream, uint64_t frame,
	       uint32_t variant, uint32_t layer)
{
	const struct scenario_model *model =
		&scenario->models[scenario->streams[stream].model];
	const struct scenario_variant *v = &model->variants[variant];
	uint32_t gate = v->layers[layer].gate;

	if (gate == SCENARIO_NO_GATE)
		return false;
	return chance(draw(scenario->seed, stream, frame, DRAW_GATE,
			   draw_layer(variant, layer)),
		      v->gates[gate].probability);
}

/**
 * draw_path() - the layers that a frame runs
 * @scenario: scenario
 * @stream: index of the stream
 * @frame: number of the frame
 * @variant: variant that runs
 * @path: out
 */
void draw_path(const struct scenario *scenario, uint32_t stream, uint64_t frame,
	       uint32_t variant, struct path *path)
{
	const struct scenario_model *model =
		&scenario->models[scenario->streams[stream].model];
	const struct scenario_variant *v = &model->variants[variant];
	uint32_t layer = 0, target;

	path->count = 0;
	path->skipped = 0;
	path->exits = false;
	while (layer < v->layer_count) {
		path->layers[path->count++] = layer;
		if (!draw_gate(scenario, stream, frame, variant, layer)) {
			layer++;
			continue;
		}
		target = v->gates[v->layers[layer].gate].target;
		path->skipped += target - layer - 1;
		path->exits = target == v->layer_count;
		layer = target;
	}
}
