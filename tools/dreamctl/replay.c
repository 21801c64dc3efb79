// SPDX-License-Identifier: GPL-2.0
/* Replaying a recording. */
#include <errno.h>

#include "draws.h"
#include "memory.h"
#include "replay.h"

/* What a layer costs of which nobody knows anything, as the scheduler takes it. */
#define UNKNOWN_NS	DREAM_LAT_UNKNOWN

/**
 * struct replay_stream - the frames of a stream
 * @frames: by the number of the frame at the root of the cascade; NULL: there is none
 * @count: number of frames of the root
 * @numbers: that number for each frame of the queue
 */
struct replay_stream {
	const struct recording_frame **frames;
	size_t count;
	size_t *numbers;
};

/**
 * struct replay - a recording that can be replayed
 * @recording: recording
 * @streams: its queues
 * @costs: what its layers cost, indexed as the recording's
 */
struct replay {
	struct recording *recording;
	struct replay_stream *streams;
	struct scenario_cost *(*costs)[DREAM_VARIANTS_MAX];
};

/* -------------------------------------------------------------------- world */

static const struct replay *replay_of(const struct sim_setup *setup)
{
	return setup->world_data;
}

static const struct recording_frame *frame_of(const struct replay *replay,
					      u32 stream, u64 frame)
{
	return replay->streams[stream].frames[frame];
}

static bool is_done(const struct recording_frame *frame)
{
	return frame->ended &&
	       (frame->end == FRAME_MET || frame->end == FRAME_MISSED);
}

static u64 frames(const struct sim_setup *setup, u32 stream)
{
	return replay_of(setup)->streams[stream].count;
}

static void arrival(const struct sim_setup *setup, u32 stream, u64 frame,
		    struct sim_arrival *arrival)
{
	const struct scenario_stream *s = &setup->scenario->streams[stream];
	const struct recording_frame *f;

	f = frame_of(replay_of(setup), stream, frame);
	*arrival = (struct sim_arrival) { .deadline_ns = s->deadline_ns };
	if (!f)
		return;
	arrival->deadline_ns = f->deadline_ns;
	if (s->parent != SCENARIO_NO_PARENT)
		return;
	arrival->at_ns = f->arrival_ns;
	arrival->late_ns = f->late_ns;
}

/* Only a parent's frame that was done has said whether it asks. */
static bool asked(const struct sim_setup *setup, u32 stream, u64 frame)
{
	u32 parent = setup->scenario->streams[stream].parent;
	const struct replay *replay = replay_of(setup);
	const struct recording_frame *by;

	if (frame_of(replay, stream, frame))
		return true;
	by = frame_of(replay, parent, frame);
	return !(by && is_done(by)) &&
	       draw_asked(setup->scenario, stream, frame);
}

static bool gate(const struct sim_setup *setup, u32 stream, u64 frame,
		 u32 variant, u32 layer)
{
	const struct recording_frame *f;
	u32 i;

	f = frame_of(replay_of(setup), stream, frame);
	for (i = 0; f && f->variant == variant && i < f->gate_count; i++)
		if (f->gates[i].layer == layer)
			return f->gates[i].taken;
	return draw_gate(setup->scenario, stream, frame, variant, layer);
}

static const struct scenario_cost *cost(const struct sim_setup *setup, u32 model,
					u32 variant, u32 layer, u32 cls)
{
	return &replay_of(setup)->costs[model][variant]
			[layer * setup->scenario->class_count + cls];
}

static const struct sim_world world = {
	.frames = frames,
	.arrival = arrival,
	.asked = asked,
	.gate = gate,
	.cost = cost,
};

/* ------------------------------------------------------------------- set-up */

/* Number the frames of a stream like those of the root of its cascade. */
static void number_frames(struct replay *replay, u32 stream)
{
	const struct scenario *scenario = &replay->recording->scenario;
	const struct scenario_stream *s = &scenario->streams[stream];
	const struct recording_queue *queues = replay->recording->queues;
	const struct recording_queue *queue = &queues[stream];
	struct replay_stream *to = &replay->streams[stream];
	const struct recording_frame *by;
	size_t i;

	if (to->frames)
		return;
	to->count = queues[s->root].count;
	to->frames = must_calloc(to->count, sizeof(queue->frames));
	to->numbers = must_calloc(queue->count, sizeof(*to->numbers));
	if (s->parent != SCENARIO_NO_PARENT)
		number_frames(replay, s->parent);
	for (i = 0; i < queue->count; i++) {
		to->numbers[i] = i;
		if (s->parent != SCENARIO_NO_PARENT) {
			by = recording_find(&queues[s->parent],
					    queue->frames[i].parent);
			to->numbers[i] = replay->streams[s->parent]
				.numbers[by - queues[s->parent].frames];
		}
		to->frames[to->numbers[i]] = &queue->frames[i];
	}
}

/* How often the parent's frames have asked for one, of those that could. */
static uint32_t asked_share(const struct replay *replay, u32 stream)
{
	const struct scenario *scenario = &replay->recording->scenario;
	u32 parent = scenario->streams[stream].parent;
	const struct recording_frame *by;
	u64 could = 0, did = 0, i;

	if (parent == SCENARIO_NO_PARENT)
		return 0;
	for (i = 0; i < replay->streams[stream].count; i++) {
		by = frame_of(replay, parent, i);
		if (!by || !is_done(by))
			continue;
		could++;
		did += !!frame_of(replay, stream, i);
	}
	return could ? did * SCENARIO_CERTAIN / could : 0;
}

/* Mean over the classes of which something is known. */
static struct scenario_cost mean_cost(const struct scenario_cost *costs,
				      uint32_t classes)
{
	struct scenario_cost mean = { 0 };
	uint32_t c, known = 0;

	for (c = 0; c < classes; c++) {
		if (!costs[c].latency_ns)
			continue;
		known++;
		mean.latency_ns += costs[c].latency_ns;
		mean.energy_nj += costs[c].energy_nj;
	}
	if (!known)
		return (struct scenario_cost) { .latency_ns = UNKNOWN_NS };
	mean.latency_ns /= known;
	mean.energy_nj /= known;
	return mean;
}

/* As measured; where nothing was, as expected; where nothing is known, a mean. */
static void set_costs(const struct scenario_layer *layer,
		      const struct recording_cost *measured,
		      struct scenario_cost *costs, uint32_t classes)
{
	struct scenario_cost mean;
	uint32_t c;

	for (c = 0; c < classes; c++) {
		costs[c] = layer->costs[c];
		if (!measured[c].runs)
			continue;
		costs[c].latency_ns = max(measured[c].mean_ns, 1UL);
		costs[c].energy_nj = measured[c].mean_nj;
	}
	mean = mean_cost(costs, classes);
	for (c = 0; c < classes; c++)
		if (!costs[c].latency_ns)
			costs[c] = mean;
}

static void set_model_costs(struct replay *replay, uint32_t m)
{
	const struct scenario *scenario = &replay->recording->scenario;
	const struct scenario_model *model = &scenario->models[m];
	uint32_t classes = scenario->class_count;
	const struct scenario_variant *variant;
	struct scenario_cost *costs;
	uint32_t v, l;

	for (v = 0; v < model->variant_count; v++) {
		variant = &model->variants[v];
		costs = must_calloc((size_t)variant->layer_count * classes,
				    sizeof(*costs));
		replay->costs[m][v] = costs;
		for (l = 0; l < variant->layer_count; l++)
			set_costs(&variant->layers[l],
				  &replay->recording->costs[m][v][l * classes],
				  &costs[l * classes], classes);
	}
}

/**
 * replay_new() - prepare the replay of a recording
 * @recording: recording; kept, the probabilities of its cascades are set
 *
 * Return: what can be replayed, for replay_free().
 */
struct replay *replay_new(struct recording *recording)
{
	struct scenario *scenario = &recording->scenario;
	struct replay *replay = must_calloc(1, sizeof(*replay));
	u32 i;

	replay->recording = recording;
	replay->streams = must_calloc(scenario->stream_count,
				      sizeof(*replay->streams));
	replay->costs = must_calloc(scenario->model_count,
				    sizeof(*replay->costs));
	for (i = 0; i < scenario->stream_count; i++)
		number_frames(replay, i);
	for (i = 0; i < scenario->stream_count; i++)
		scenario->streams[i].probability = asked_share(replay, i);
	for (i = 0; i < scenario->model_count; i++)
		set_model_costs(replay, i);
	return replay;
}

/**
 * replay_free() - forget a replay, not its recording
 * @replay: it
 */
void replay_free(struct replay *replay)
{
	const struct scenario *scenario = &replay->recording->scenario;
	u32 i, v;

	for (i = 0; i < scenario->stream_count; i++) {
		free(replay->streams[i].frames);
		free(replay->streams[i].numbers);
	}
	for (i = 0; i < scenario->model_count; i++)
		for (v = 0; v < scenario->models[i].variant_count; v++)
			free(replay->costs[i][v]);
	free(replay->streams);
	free(replay->costs);
	free(replay);
}

/**
 * replay_setup() - what to simulate for the setting that was recorded
 * @replay: replay
 * @setup: out
 *
 * Parameters that decide nothing in a simulation are passed over.
 *
 * Return: 0; -ENOENT: there is no such policy; -ERANGE: a parameter is out of range.
 */
int replay_setup(const struct replay *replay, struct sim_setup *setup)
{
	const struct scenario *scenario = &replay->recording->scenario;
	const struct dream_policy_ops *policy;
	u32 i;

	policy = dream_policy_find(scenario->policy);
	if (!policy)
		return -ENOENT;
	sim_setup_init(setup, scenario, policy);
	setup->world = &world;
	setup->world_data = replay;
	setup->overhead_ns = replay->recording->overhead_ns;
	for (i = 0; i < scenario->param_count; i++)
		if (sim_setup_param(setup, scenario->params[i].name,
				    scenario->params[i].value) == -ERANGE)
			return -ERANGE;
	return 0;
}

/**
 * replay_compare() - compare what a replay has made of the frames with the recording
 * @recording: recording
 * @result: result of the replay
 * @match: out
 *
 * Of each queue, how many frames fewer than in the recording have ended in each way.
 * Frames that were withdrawn or have failed say nothing about the scheduler.
 */
void replay_compare(const struct recording *recording,
		    const struct sim_result *result,
		    struct replay_match *match)
{
	static const enum frame_end decided[] = {
		FRAME_MET, FRAME_MISSED, FRAME_DROPPED,
	};
	const struct recording_queue *queue;
	u64 recorded[FRAME_ENDS], replayed;
	size_t i, q;

	memset(match, 0, sizeof(*match));
	for (q = 0; q < recording->scenario.stream_count; q++) {
		queue = &recording->queues[q];
		memset(recorded, 0, sizeof(recorded));
		for (i = 0; i < queue->count; i++)
			if (queue->frames[i].ended)
				recorded[queue->frames[i].end]++;
		for (i = 0; i < FRAME_ENDS; i++)
			match->recorded[i] += recorded[i];
		for (i = 0; i < sizeof(decided) / sizeof(decided[0]); i++) {
			replayed = result->streams[q].ends[decided[i]];
			match->frames += recorded[decided[i]];
			if (recorded[decided[i]] > replayed)
				match->differing +=
					recorded[decided[i]] - replayed;
		}
	}
}

/**
 * replay_matches() - whether a replay is what was recorded
 * @match: from replay_compare()
 *
 * Return: true if it is, but for a few frames.
 */
bool replay_matches(const struct replay_match *match)
{
	return match->frames &&
	       match->differing <= REPLAY_TOLERANCE * match->frames;
}
