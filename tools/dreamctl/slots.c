// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of a stream's frames.
 *
 * A slot begins with two ranges of data; behind them are the commands of all
 * variants, those of variant 0 first. A layer with an even index reads the first
 * range and works on the second, one with an odd index the other way round. Each
 * command has a key of its own and the transformation forgets nothing, so the data
 * shows in the end which layers have run, in which order, and whether each has
 * run once and in whole.
 */
#include "memory.h"
#include "slots.h"

/* Bytes of a range. */
#define RANGE_SIZE	256U
#define RANGE_WORDS	(RANGE_SIZE / sizeof(uint64_t))

static const struct scenario_model *model_of(const struct slots *slots)
{
	const struct scenario *scenario = slots->scenario;

	return &scenario->models[scenario->streams[slots->stream].model];
}

static unsigned char *range_of(const struct slots *slots, uint32_t slot,
			       uint32_t range)
{
	return slots->memory + slot * slots->size + range * RANGE_SIZE;
}

/* The command of a layer that is the @index-th of all variants. */
static unsigned char *command_of(const struct slots *slots, uint32_t slot,
				 uint32_t index)
{
	return range_of(slots, slot, SLOT_RANGES) +
	       index * slots->command_size;
}

/* Where the layers of a variant begin among those of all variants. */
static uint32_t first_layer(const struct scenario_model *model,
			    uint32_t variant)
{
	uint32_t i, first = 0;

	for (i = 0; i < variant; i++)
		first += model->variants[i].layer_count;
	return first;
}

/**
 * slots_init() - plan the memory of a stream
 * @slots: out; the caller sets @memory, zeroed, and @buffer
 * @scenario: scenario
 * @stream: index of the stream
 * @count: slots that are needed
 */
void slots_init(struct slots *slots, const struct scenario *scenario,
		uint32_t stream, uint32_t count)
{
	uint32_t costs;

	memset(slots, 0, sizeof(*slots));
	slots->scenario = scenario;
	slots->stream = stream;
	slots->count = count;
	costs = model_of(slots)->by_shape ? 0 : scenario->class_count;
	slots->command_size = sizeof(struct dream_vnpu_cmd) +
			      costs * sizeof(struct dream_vnpu_cost_entry);
	slots->layer_count = first_layer(model_of(slots),
					 model_of(slots)->variant_count);
	slots->size = SLOT_RANGES * RANGE_SIZE +
		      slots->layer_count * slots->command_size;
}

/* What a layer does to the data of a frame. */
static void begin_command(const struct slots *slots, uint64_t frame,
			  uint32_t variant, uint32_t layer,
			  struct dream_vnpu_cmd *cmd)
{
	dream_vnpu_cmd_init(cmd);
	dream_vnpu_cmd_input(cmd, layer & 1, 0, RANGE_SIZE);
	dream_vnpu_cmd_output(cmd, !(layer & 1), 0, RANGE_SIZE);
	cmd->key = draw(slots->scenario->seed, slots->stream, frame, DRAW_KEY,
			draw_layer(variant, layer));
}

static void write_command(const struct slots *slots, unsigned char *to,
			  const struct scenario_layer *layer,
			  struct dream_vnpu_cmd *cmd)
{
	const struct scenario *scenario = slots->scenario;
	struct dream_vnpu_cost_entry costs[DREAM_VNPU_COSTS_MAX];
	uint32_t i;

	if (model_of(slots)->by_shape) {
		cmd->cost = DREAM_VNPU_COST_SHAPE;
		cmd->shape = layer->shape;
	} else {
		cmd->cost = DREAM_VNPU_COST_EXPLICIT;
		cmd->cost_count = scenario->class_count;
	}
	memset(costs, 0, sizeof(costs));
	for (i = 0; i < cmd->cost_count; i++) {
		memcpy(costs[i].class_name, scenario->classes[i].name,
		       sizeof(costs[i].class_name));
		costs[i].cycles = layer->costs[i].cycles;
		costs[i].energy_nj = layer->costs[i].energy_nj;
		costs[i].dram_bytes = layer->costs[i].dram_bytes;
	}
	dream_vnpu_cmd_write(to, slots->command_size, cmd, costs);
}

/* What a range holds before the first layer. */
static void fill_range(const struct slots *slots, uint64_t frame,
		       uint32_t range, void *to)
{
	uint64_t *words = to;
	uint32_t i;

	for (i = 0; i < RANGE_WORDS; i++)
		words[i] = draw(slots->scenario->seed, slots->stream, frame,
				DRAW_DATA, range * RANGE_WORDS + i);
}

/**
 * slots_prepare() - write a frame's data and commands
 * @slots: memory
 * @slot: slot
 * @frame: number of the frame
 * @result: what its last layer reports
 */
void slots_prepare(const struct slots *slots, uint32_t slot, uint64_t frame,
		   bool result)
{
	const struct scenario_model *model = model_of(slots);
	uint32_t variant, layer, index = 0;
	struct dream_vnpu_cmd cmd;

	for (layer = 0; layer < SLOT_RANGES; layer++)
		fill_range(slots, frame, layer, range_of(slots, slot, layer));
	for (variant = 0; variant < model->variant_count; variant++) {
		const struct scenario_variant *v = &model->variants[variant];

		for (layer = 0; layer < v->layer_count; layer++, index++) {
			begin_command(slots, frame, variant, layer, &cmd);
			if (layer + 1 == v->layer_count)
				cmd.result = result;
			else
				cmd.result = draw_gate(slots->scenario,
						       slots->stream, frame,
						       variant, layer);
			write_command(slots, command_of(slots, slot, index),
				      &v->layers[layer], &cmd);
		}
	}
}

/**
 * slots_job() - describe a slot to the kernel
 * @slots: memory
 * @slot: slot
 * @layers: out: @slots->layer_count elements
 * @ranges: out: SLOT_RANGES elements
 */
void slots_job(const struct slots *slots, uint32_t slot,
	       struct dream_job_layer *layers, struct dream_job_range *ranges)
{
	const struct scenario_model *model = model_of(slots);
	uint32_t variant, i, index = 0;

	for (i = 0; i < SLOT_RANGES; i++)
		ranges[i] = dream_range(slots->buffer,
					DREAM_RANGE_IN | DREAM_RANGE_OUT,
					range_of(slots, slot, i) -
					slots->memory, RANGE_SIZE);
	for (variant = 0; variant < model->variant_count; variant++)
		for (i = 0; i < model->variants[variant].layer_count;
		     i++, index++)
			layers[index] = dream_layer(slots->buffer,
						    command_of(slots, slot,
							       index) -
						    slots->memory,
						    slots->command_size,
						    variant);
}

/**
 * slots_check() - compare a frame's data with what it should be
 * @slots: memory
 * @slot: slot
 * @frame: number of the frame
 * @variant: variant that ran
 * @path: layers that it should have run, in order
 * @layers_run: how many of them have run
 *
 * Return: true if every byte is as expected.
 */
bool slots_check(const struct slots *slots, uint32_t slot, uint64_t frame,
		 uint32_t variant, const struct path *path,
		 uint32_t layers_run)
{
	uint64_t expected[SLOT_RANGES][RANGE_WORDS];
	struct dream_vnpu_cmd cmd;
	uint32_t i;

	for (i = 0; i < SLOT_RANGES; i++)
		fill_range(slots, frame, i, expected[i]);
	for (i = 0; i < layers_run; i++) {
		begin_command(slots, frame, variant, path->layers[i], &cmd);
		if (dream_vnpu_expect(&cmd, expected[cmd.in_range], RANGE_SIZE,
				      expected[cmd.out_range], RANGE_SIZE))
			return false;
	}
	return !memcmp(expected, range_of(slots, slot, 0), sizeof(expected));
}
