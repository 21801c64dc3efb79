/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What chance decides in a scenario. A draw depends on the seed, the stream and the
 * number of the frame and on nothing else, so that every policy sees the same
 * world.
 */
#ifndef DREAMCTL_DRAWS_H
#define DREAMCTL_DRAWS_H

#include "scenario.h"

/**
 * enum draw_kind - what is drawn; each has numbers of its own
 * @DRAW_JITTER: deviation of an arrival
 * @DRAW_ASKED: whether the parent's frame asks for this one
 * @DRAW_GATE: whether a gate is taken, by variant and layer
 * @DRAW_KEY: key of a command, by variant and layer
 * @DRAW_DATA: word of a frame's data, by index
 */
enum draw_kind {
	DRAW_JITTER,
	DRAW_ASKED,
	DRAW_GATE,
	DRAW_KEY,
	DRAW_DATA,
};

/**
 * struct path - the layers of a variant that a frame runs
 * @layers: their indices, in order
 * @count: their number
 * @skipped: layers that gates skip
 * @exits: the last one has a gate, which ends the frame
 */
struct path {
	uint16_t layers[DREAM_LAYERS_MAX];
	uint32_t count;
	uint32_t skipped;
	bool exits;
};

uint64_t draw(uint64_t seed, uint32_t stream, uint64_t frame,
	      enum draw_kind kind, uint32_t index);
uint32_t draw_layer(uint32_t variant, uint32_t layer);

uint64_t draw_arrival(const struct scenario *scenario, uint32_t stream,
		      uint64_t frame);
bool draw_asked(const struct scenario *scenario, uint32_t stream,
		uint64_t frame);
bool draw_exists(const struct scenario *scenario, uint32_t stream,
		 uint64_t frame);
bool draw_gate(const struct scenario *scenario, uint32_t stream, uint64_t frame,
	       uint32_t variant, uint32_t layer);
void draw_path(const struct scenario *scenario, uint32_t stream, uint64_t frame,
	       uint32_t variant, struct path *path);

#endif
