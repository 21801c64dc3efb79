// SPDX-License-Identifier: GPL-2.0
/*
 * Recordings in the making.
 *
 * Tracepoints say which layer ran when, but not which frame of a parent has asked
 * for a frame, and not which gates were taken. The former is the last one of the
 * parent that was done, within a period, before the frame was released: the
 * scheduler releases it at that moment. The latter follows from the layers that
 * ran.
 */
#include <math.h>

#include "capture.h"
#include "memory.h"

/* Without a period, a frame that comes so long after its parent's is not its. */
#define ASKED_WITHIN_NS		1000000000ULL
/* Jobs of a queue are released in order, but for this many. */
#define DISORDER		64

/**
 * struct maker - a recording in the making
 * @capture: what it is made of
 * @recording: it
 * @losses: frames that have no place in it
 */
struct maker {
	const struct capture *capture;
	struct recording *recording;
	struct capture_losses *losses;
};

/* ------------------------------------------------- accelerators and settings */

static uint32_t add_class(struct scenario *scenario,
			  const struct dream_accel *accel)
{
	struct scenario_class *class;
	uint32_t i;

	for (i = 0; i < scenario->class_count; i++)
		if (!strcmp(scenario->classes[i].name, accel->class_name))
			return i;
	scenario->classes = must_grow(scenario->classes, i, sizeof(*class));
	class = &scenario->classes[scenario->class_count++];
	memset(class, 0, sizeof(*class));
	memcpy(class->name, accel->class_name, sizeof(class->name));
	class->array.sram_bytes = accel->local_mem_bytes;
	class->array.bandwidth_mbps = accel->bandwidth_mbps;
	return i;
}

static void add_accels(struct maker *maker)
{
	struct scenario *scenario = &maker->recording->scenario;
	const struct capture *capture = maker->capture;
	struct scenario_npu *npu;
	uint32_t i;

	scenario->npu_count = capture->accel_count;
	scenario->npus = must_calloc(scenario->npu_count, sizeof(*npu));
	for (i = 0; i < scenario->npu_count; i++) {
		npu = &scenario->npus[i];
		memcpy(npu->name, capture->accels[i].name, sizeof(npu->name));
		npu->slots = capture->accels[i].slots;
		npu->class = add_class(scenario, &capture->accels[i]);
	}
}

static void add_settings(struct maker *maker)
{
	struct scenario *scenario = &maker->recording->scenario;
	const struct capture *capture = maker->capture;
	uint32_t i;

	maker->recording->begin_ns = capture->begin_ns;
	scenario->duration_ns = capture->end_ns - capture->begin_ns;
	scenario->seed = 1;
	scenario->load = 1;
	scenario->slow = 1;
	memcpy(scenario->policy, capture->policy, sizeof(scenario->policy));
	scenario->param_count = capture->param_count;
	scenario->params = must_calloc(capture->param_count,
				       sizeof(*scenario->params));
	for (i = 0; i < scenario->param_count; i++) {
		memcpy(scenario->params[i].name, capture->params[i].name,
		       DREAM_NAME_LEN);
		scenario->params[i].value = (double)capture->params[i].value /
					    capture->params[i].scale;
	}
}

/* ------------------------------------------------------------------- models */

static void add_cost(const struct scenario *scenario,
		     struct scenario_model *model,
		     const struct dream_cost_row *row)
{
	struct scenario_cost *cost;
	uint32_t c;

	for (c = 0; c < scenario->class_count; c++)
		if (!strcmp(scenario->classes[c].name, row->class_name))
			break;
	if (c == scenario->class_count)
		return;
	cost = &model->variants[row->variant].layers[row->index].costs[c];
	cost->latency_ns = row->samples ? row->measured_ns : row->latency_ns;
	cost->energy_nj = row->samples ? row->measured_nj : row->energy_nj;
}

static void add_gate(struct scenario_model *model,
		     const struct dream_gate_row *row)
{
	struct scenario_variant *variant = &model->variants[row->variant];
	struct scenario_gate *gate;

	variant->gates = must_grow(variant->gates, variant->gate_count,
				   sizeof(*gate));
	gate = &variant->gates[variant->gate_count];
	gate->layer = row->index;
	gate->target = row->target;
	gate->probability = row->samples ? row->measured : row->probability;
	variant->layers[row->index].gate = variant->gate_count++;
}

static void add_layers(const struct scenario *scenario,
		       struct scenario_model *model,
		       const struct dream_model *from)
{
	struct scenario_variant *variant;
	struct scenario_layer *layer;
	uint32_t v, l;

	model->variant_count = from->variant_count;
	model->variants = must_calloc(model->variant_count,
				      sizeof(*model->variants));
	for (v = 0; v < model->variant_count; v++) {
		variant = &model->variants[v];
		variant->layer_count = from->variant_layers[v];
		variant->layers = must_calloc(variant->layer_count,
					      sizeof(*layer));
		for (l = 0; l < variant->layer_count; l++) {
			layer = &variant->layers[l];
			layer->gate = SCENARIO_NO_GATE;
			layer->costs = must_calloc(scenario->class_count,
						   sizeof(*layer->costs));
		}
	}
}

static void add_model(struct maker *maker, uint32_t m)
{
	const struct capture_model *from = &maker->capture->models[m];
	struct scenario *scenario = &maker->recording->scenario;
	struct scenario_model *model = &scenario->models[m];
	const struct dream_layer_row *row;
	struct scenario_layer *layer;
	size_t i;

	memcpy(model->name, from->model.name, sizeof(model->name));
	maker->recording->model_ids[m] = from->model.id;
	add_layers(scenario, model, &from->model);
	for (i = 0; i < from->rows.layer_count; i++) {
		row = &from->rows.layers[i];
		layer = &model->variants[row->variant].layers[row->index];
		layer->weight_bytes = row->weight_bytes;
		layer->in_bytes = row->in_bytes;
		layer->out_bytes = row->out_bytes;
	}
	for (i = 0; i < from->rows.cost_count; i++)
		add_cost(scenario, model, &from->rows.costs[i]);
	for (i = 0; i < from->rows.gate_count; i++)
		add_gate(model, &from->rows.gates[i]);
	recording_add_costs(maker->recording, m);
}

static void add_models(struct maker *maker)
{
	uint32_t m;

	recording_add_models(maker->recording, maker->capture->model_count);
	for (m = 0; m < maker->capture->model_count; m++)
		add_model(maker, m);
}

/* ------------------------------------------------------------------- queues */

static uint32_t find_model(const struct recording *recording, uint32_t id)
{
	uint32_t m;

	for (m = 0; m < recording->scenario.model_count; m++)
		if (recording->model_ids[m] == id)
			break;
	return m;
}

static uint32_t find_queue(const struct recording *recording, uint32_t id)
{
	uint32_t q;

	for (q = 0; q < recording->scenario.stream_count; q++)
		if (recording->queues[q].id == id)
			break;
	return q;
}

static void add_queue(struct maker *maker, const struct dream_queue *from)
{
	struct recording *recording = maker->recording;
	struct scenario *scenario = &recording->scenario;
	uint32_t model = find_model(recording, from->model);
	uint32_t index = scenario->stream_count;

	if (model == scenario->model_count)
		return;
	recording->queues[index].id = from->id;
	scenario->streams[index] = (struct scenario_stream) {
		.model = model,
		.parent = SCENARIO_NO_PARENT,
		.root = index,
		.period_ns = from->period_ns,
		.deadline_ns = from->deadline_ns,
		.depth = from->depth,
		.weight = from->weight,
		.drop_cap = from->drop_cap,
		.variant_max = from->variant_max,
	};
	memcpy(scenario->streams[index].name, from->name, sizeof(from->name));
	scenario->stream_count++;
}

static void add_queues(struct maker *maker)
{
	const struct capture *capture = maker->capture;
	struct recording *recording = maker->recording;
	struct scenario *scenario = &recording->scenario;
	uint32_t i, q, parent;

	scenario->streams = must_calloc(capture->queue_count,
					sizeof(*scenario->streams));
	recording->queues = must_calloc(capture->queue_count,
					sizeof(*recording->queues));
	for (i = 0; i < capture->queue_count; i++)
		add_queue(maker, &capture->queues[i]);
	for (i = 0; i < capture->queue_count; i++) {
		q = find_queue(recording, capture->queues[i].id);
		parent = find_queue(recording, capture->queues[i].parent);
		if (q < scenario->stream_count &&
		    parent < scenario->stream_count)
			scenario->streams[q].parent = parent;
	}
}

/* ------------------------------------------------------------------- frames */

static enum frame_end end_of(const struct timeline_frame *frame)
{
	switch (frame->status) {
	case DREAM_STATUS_DONE:
		return timeline_late(frame) ? FRAME_MISSED : FRAME_MET;
	case DREAM_STATUS_DROPPED:
		return FRAME_DROPPED;
	case DREAM_STATUS_CANCELLED:
		return FRAME_CANCELLED;
	default:
		return FRAME_FAILED;
	}
}

static uint64_t since(uint64_t begin, uint64_t time)
{
	return time > begin ? time - begin : 0;
}

static void add_frame(struct maker *maker, const struct timeline_frame *from)
{
	struct recording *recording = maker->recording;
	uint32_t index = find_queue(recording, from->queue);
	struct recording_queue *queue = &recording->queues[index];
	struct recording_frame *frame;

	if (!from->seen_ns || from->seen_ns > maker->capture->end_ns)
		return;
	if (index == recording->scenario.stream_count) {
		maker->losses->unknown++;
		return;
	}
	queue->frames = must_grow(queue->frames, queue->count, sizeof(*frame));
	frame = &queue->frames[queue->count++];
	*frame = (struct recording_frame) {
		.seqno = from->seqno,
		.arrival_ns = since(recording->begin_ns, from->seen_ns),
		.late_ns = since(from->release_ns, from->seen_ns),
		.deadline_ns = since(from->release_ns, from->deadline_ns),
	};
	if (!from->end_ns || from->end_ns > maker->capture->end_ns)
		return;
	frame->ended = true;
	frame->end = end_of(from);
	frame->end_ns = since(recording->begin_ns, from->end_ns);
	frame->variant = from->variant;
}

static bool is_done(const struct recording_frame *frame)
{
	return frame->ended &&
	       (frame->end == FRAME_MET || frame->end == FRAME_MISSED);
}

/*
 * Which frame of the parent has asked for @frame? @from is one before which nobody
 * has to be looked at; it moves on.
 */
static uint64_t asked_by(const struct recording_queue *parent, size_t *from,
			 uint64_t within, const struct recording_frame *frame)
{
	const struct recording_frame *by, *best = NULL;
	size_t i;

	for (i = *from; i < parent->count; i++) {
		by = &parent->frames[i];
		if (by->arrival_ns > frame->arrival_ns)
			break;
		if (is_done(by) && by->end_ns <= frame->arrival_ns &&
		    frame->arrival_ns - by->end_ns <= within &&
		    (!best || by->end_ns > best->end_ns))
			best = by;
	}
	if (!best)
		return 0;
	*from = best - parent->frames > DISORDER ?
		best - parent->frames - DISORDER : 0;
	return best->seqno;
}

/* Say which frames have asked for those of a queue; returns for how many. */
static size_t find_parents(struct recording *recording, uint32_t index)
{
	const struct scenario_stream *stream =
		&recording->scenario.streams[index];
	const struct recording_queue *parent =
		&recording->queues[stream->parent];
	struct recording_queue *queue = &recording->queues[index];
	uint64_t within = stream->period_ns ? stream->period_ns :
					      ASKED_WITHIN_NS;
	size_t i, from = 0, found = 0;
	struct recording_frame *frame;
	uint64_t before = 0;

	for (i = 0; i < queue->count; i++) {
		frame = &queue->frames[i];
		frame->parent = asked_by(parent, &from, within, frame);
		if (frame->parent == before)
			frame->parent = 0;
		if (!frame->parent)
			continue;
		before = frame->parent;
		found++;
	}
	return found;
}

/* Leave out the frames that nobody in the recording has asked for. */
static void leave_orphans_out(struct maker *maker,
			      struct recording_queue *queue)
{
	size_t i, kept = 0;

	for (i = 0; i < queue->count; i++)
		if (queue->frames[i].parent)
			queue->frames[kept++] = queue->frames[i];
	maker->losses->orphans += queue->count - kept;
	queue->count = kept;
}

/*
 * Parents come before their children, of which those stay whose parent's frame has
 * stayed. A program that does not use dependencies submits a child's frames by
 * itself, some time later: if most of them cannot be linked, they are taken as they
 * come.
 */
static void link_queue(struct maker *maker, uint32_t index, bool *linked)
{
	struct scenario_stream *streams = maker->recording->scenario.streams;
	struct recording_queue *queue = &maker->recording->queues[index];
	struct scenario_stream *stream = &streams[index];
	size_t i;

	if (linked[index])
		return;
	linked[index] = true;
	if (stream->parent == SCENARIO_NO_PARENT)
		return;
	link_queue(maker, stream->parent, linked);
	if (find_parents(maker->recording, index) > queue->count / 2) {
		stream->root = streams[stream->parent].root;
		leave_orphans_out(maker, queue);
		return;
	}
	stream->parent = SCENARIO_NO_PARENT;
	for (i = 0; i < queue->count; i++)
		queue->frames[i].parent = 0;
}

/* -------------------------------------------------------------------- layers */

static int compare_spans(const void *one, const void *other)
{
	const struct timeline_span *a = one, *b = other;

	if (a->queue != b->queue)
		return a->queue < b->queue ? -1 : 1;
	if (a->seqno != b->seqno)
		return a->seqno < b->seqno ? -1 : 1;
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns ? -1 : 1;
	return (a->layer > b->layer) - (a->layer < b->layer);
}

static void decide_gate(struct recording_frame *frame,
			const struct scenario_variant *variant, uint32_t layer,
			uint32_t next)
{
	const struct scenario_gate *gate;
	uint32_t index;

	index = variant->layers[layer].gate;
	if (index == SCENARIO_NO_GATE)
		return;
	gate = &variant->gates[index];
	if (next != layer + 1 && next != gate->target)
		return;
	frame->gates = must_grow(frame->gates, frame->gate_count,
				 sizeof(*frame->gates));
	frame->gates[frame->gate_count++] = (struct recording_gate) {
		.layer = layer,
		.taken = next == gate->target,
	};
}

/* What the layers that a frame has run say about its gates. */
static void find_gates(struct recording_frame *frame,
		       const struct scenario_model *model,
		       const struct timeline_span *spans, size_t count)
{
	const struct scenario_variant *variant;
	size_t i;

	if (!frame || !frame->ended)
		return;
	variant = &model->variants[frame->variant];
	for (i = 0; i < count; i++) {
		if (spans[i].error || spans[i].layer >= variant->layer_count)
			continue;
		if (i + 1 < count)
			decide_gate(frame, variant, spans[i].layer,
				    spans[i + 1].layer);
		else if (is_done(frame))
			decide_gate(frame, variant, spans[i].layer,
				    variant->layer_count);
	}
}

static void add_measurement(struct maker *maker, uint32_t m,
			    const struct timeline_span *span)
{
	const struct scenario *scenario = &maker->recording->scenario;
	const struct scenario_model *model = &scenario->models[m];
	struct recording_cost *cost;
	uint32_t a;

	for (a = 0; a < maker->capture->accel_count; a++)
		if (maker->capture->accels[a].id == span->accel)
			break;
	if (a == maker->capture->accel_count || span->error || !span->end_ns ||
	    span->variant >= model->variant_count ||
	    span->layer >= model->variants[span->variant].layer_count)
		return;
	cost = &maker->recording->costs[m][span->variant]
		[span->layer * scenario->class_count + scenario->npus[a].class];
	cost->runs++;
	/* Sums; they become means when all is counted. */
	cost->mean_ns += span->busy_ns;
	cost->mean_nj += span->energy_nj;
}

static void add_spans(struct maker *maker, const struct timeline_span *spans,
		      size_t count)
{
	struct recording *recording = maker->recording;
	const struct scenario *scenario = &recording->scenario;
	uint32_t index = find_queue(recording, spans->queue);
	uint32_t m;
	size_t i;

	if (index == scenario->stream_count)
		return;
	m = scenario->streams[index].model;
	for (i = 0; i < count; i++)
		add_measurement(maker, m, &spans[i]);
	find_gates(recording_find(&recording->queues[index], spans->seqno),
		   &scenario->models[m], spans, count);
}

static void divide_model(struct recording *recording, uint32_t m)
{
	const struct scenario *scenario = &recording->scenario;
	const struct scenario_model *model = &scenario->models[m];
	struct recording_cost *cost;
	uint32_t v, i;

	for (v = 0; v < model->variant_count; v++) {
		cost = recording->costs[m][v];
		for (i = model->variants[v].layer_count * scenario->class_count;
		     i--; cost++) {
			if (!cost->runs)
				continue;
			cost->mean_ns /= cost->runs;
			cost->mean_nj /= cost->runs;
		}
	}
}

/* ------------------------------------------------------------------ overhead */

static int compare_starts(const void *one, const void *other)
{
	const struct timeline_span *a = one, *b = other;

	if (a->accel != b->accel)
		return a->accel < b->accel ? -1 : 1;
	return (a->start_ns > b->start_ns) - (a->start_ns < b->start_ns);
}

/*
 * Of the layers that an accelerator has taken when it was idle: the time with it in
 * which they were not executed. @spans are in order, one accelerator after the other.
 * A time stamp is exact to a microsecond, the mean of many is better.
 */
static double mean_latency(const struct timeline_span *spans, size_t count)
{
	const struct timeline_span *span, *last = NULL;
	double sum = 0, runs = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		span = &spans[i];
		if (!span->end_ns || span->error)
			continue;
		if (!last || last->accel != span->accel ||
		    last->end_ns <= span->start_ns) {
			sum += (double)(span->end_ns - span->start_ns) -
			       (double)span->busy_ns;
			runs++;
		}
		last = span;
	}
	return runs ? sum / runs : 0;
}

static int compare_times(const void *one, const void *other)
{
	const uint64_t *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

/* From what gave a reason to decide, a frame or the end of a layer, to a start. */
static double mean_decision(const struct timeline *timeline)
{
	size_t i, low, high, middle, count = 0;
	double sum = 0, starts = 0;
	uint64_t *reasons;

	reasons = must_calloc(timeline->span_count + timeline->frame_count,
			      sizeof(*reasons));
	for (i = 0; i < timeline->span_count; i++)
		if (timeline->spans[i].end_ns)
			reasons[count++] = timeline->spans[i].end_ns;
	for (i = 0; i < timeline->frame_count; i++)
		if (timeline->frames[i].seen_ns)
			reasons[count++] = timeline->frames[i].seen_ns;
	qsort(reasons, count, sizeof(*reasons), compare_times);
	for (i = 0; i < timeline->span_count; i++) {
		for (low = 0, high = count; low < high;) {
			middle = low + (high - low) / 2;
			if (reasons[middle] <= timeline->spans[i].start_ns)
				low = middle + 1;
			else
				high = middle;
		}
		if (!low)
			continue;
		sum += (double)(timeline->spans[i].start_ns - reasons[low - 1]);
		starts++;
	}
	free(reasons);
	return starts ? sum / starts : 0;
}

/* All that passes while nothing is executed, of which the simulator knows nothing. */
static uint64_t mean_overhead(struct timeline *timeline)
{
	double overhead;

	qsort(timeline->spans, timeline->span_count, sizeof(*timeline->spans),
	      compare_starts);
	overhead = mean_latency(timeline->spans, timeline->span_count) +
		   mean_decision(timeline);
	return overhead > 0 ? llround(overhead) : 0;
}

/**
 * capture_recording() - make a recording
 * @capture: what has been told; its layers are put in another order
 * @losses: out: frames that have no place in it
 *
 * Return: the recording, for recording_free().
 */
struct recording *capture_recording(struct capture *capture,
				    struct capture_losses *losses)
{
	struct recording *recording = must_calloc(1, sizeof(*recording));
	struct timeline *timeline = &capture->timeline;
	struct maker maker = { capture, recording, losses };
	size_t i, j;
	bool *linked;
	uint32_t q;

	memset(losses, 0, sizeof(*losses));
	add_settings(&maker);
	add_accels(&maker);
	add_models(&maker);
	add_queues(&maker);
	for (i = 0; i < timeline->frame_count; i++)
		add_frame(&maker, &timeline->frames[i]);
	linked = must_calloc(recording->scenario.stream_count, sizeof(*linked));
	for (q = 0; q < recording->scenario.stream_count; q++)
		link_queue(&maker, q, linked);
	free(linked);
	for (q = 0; q < recording->scenario.stream_count; q++)
		recording_index(&recording->queues[q]);

	recording->overhead_ns = mean_overhead(timeline);
	qsort(timeline->spans, timeline->span_count, sizeof(*timeline->spans),
	      compare_spans);
	for (i = 0; i < timeline->span_count; i = j) {
		for (j = i + 1; j < timeline->span_count; j++)
			if (timeline->spans[j].queue != timeline->spans[i].queue ||
			    timeline->spans[j].seqno != timeline->spans[i].seqno)
				break;
		add_spans(&maker, &timeline->spans[i], j - i);
	}
	for (i = 0; i < recording->scenario.model_count; i++)
		divide_model(recording, i);
	return recording;
}

/**
 * capture_free() - forget what has been told
 * @capture: it
 */
void capture_free(struct capture *capture)
{
	size_t i;

	for (i = 0; i < capture->model_count; i++)
		dream_rows_free(&capture->models[i].rows);
	free(capture->models);
	free(capture->queues);
	free(capture->accels);
	free(capture->params);
	timeline_free(&capture->timeline);
}
