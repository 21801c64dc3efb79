// SPDX-License-Identifier: GPL-2.0
/* Recordings: from a file and to JSON. */
#include <math.h>

#include "document.h"
#include "loader.h"
#include "memory.h"
#include "recording.h"
#include "schema.h"

/* Version of the format. */
#define VERSION_OF_FORMAT	1
/* Longest chain of parents that the kernel takes. */
#define ANCESTORS_MAX		8

static const char * const end_names[FRAME_ENDS] = {
	[FRAME_MET] = "met",
	[FRAME_MISSED] = "missed",
	[FRAME_DROPPED] = "dropped",
	[FRAME_CANCELLED] = "cancelled",
	[FRAME_FAILED] = "failed",
};

const char *frame_end_name(enum frame_end end)
{
	return end_names[end];
}

static enum frame_end end_of(const char *name)
{
	enum frame_end end = 0;

	while (strcmp(end_names[end], name))
		end++;
	return end;
}

static int compare_seqnos(const void *one, const void *other)
{
	const struct recording_frame * const *a = one, * const *b = other;

	return ((*a)->seqno > (*b)->seqno) - ((*a)->seqno < (*b)->seqno);
}

/**
 * recording_index() - prepare recording_find()
 * @queue: queue with all its frames
 *
 * Return: 0, or a number that two frames have.
 */
uint64_t recording_index(struct recording_queue *queue)
{
	size_t i;

	queue->by_seqno = must_calloc(queue->count, sizeof(queue->frames));
	for (i = 0; i < queue->count; i++)
		queue->by_seqno[i] = &queue->frames[i];
	qsort(queue->by_seqno, queue->count, sizeof(queue->frames),
	      compare_seqnos);
	for (i = 1; i < queue->count; i++)
		if (queue->by_seqno[i]->seqno == queue->by_seqno[i - 1]->seqno)
			return queue->by_seqno[i]->seqno;
	return 0;
}

/**
 * recording_find() - look a frame up
 * @queue: queue
 * @seqno: number of its job
 *
 * Return: the frame, or NULL.
 */
struct recording_frame *recording_find(const struct recording_queue *queue,
				       uint64_t seqno)
{
	const struct recording_frame wanted = { .seqno = seqno };
	const struct recording_frame *key = &wanted;
	struct recording_frame **found;

	found = bsearch(&key, queue->by_seqno, queue->count,
			sizeof(queue->frames), compare_seqnos);
	return found ? *found : NULL;
}

/**
 * recording_add_models() - make room for models
 * @recording: recording without any
 * @count: number of models
 */
void recording_add_models(struct recording *recording, uint32_t count)
{
	struct scenario *scenario = &recording->scenario;

	scenario->model_count = count;
	scenario->models = must_calloc(count, sizeof(*scenario->models));
	recording->model_ids = must_calloc(count, sizeof(uint32_t));
	recording->costs = must_calloc(count, sizeof(*recording->costs));
}

/**
 * recording_add_costs() - make room for what the layers of a model have cost
 * @recording: recording; the classes and the layers of the model are known
 * @model: index of the model
 */
void recording_add_costs(struct recording *recording, uint32_t model)
{
	const struct scenario *scenario = &recording->scenario;
	const struct scenario_model *m = &scenario->models[model];
	uint32_t v;

	for (v = 0; v < m->variant_count; v++)
		recording->costs[model][v] =
			must_calloc((size_t)m->variants[v].layer_count *
				    scenario->class_count,
				    sizeof(struct recording_cost));
}

static void free_queue(struct recording_queue *queue)
{
	size_t i;

	for (i = 0; i < queue->count; i++)
		free(queue->frames[i].gates);
	free(queue->frames);
	free(queue->by_seqno);
}

/**
 * recording_free() - forget a recording
 * @recording: it, or NULL
 */
void recording_free(struct recording *recording)
{
	struct scenario *scenario;
	uint32_t i, v;

	if (!recording)
		return;
	scenario = &recording->scenario;
	for (i = 0; i < scenario->model_count; i++) {
		for (v = 0; v < DREAM_VARIANTS_MAX; v++)
			free(recording->costs[i][v]);
		free_model(&scenario->models[i]);
	}
	for (i = 0; i < scenario->stream_count; i++)
		free_queue(&recording->queues[i]);
	free(scenario->models);
	free(scenario->streams);
	free(scenario->npus);
	free(scenario->classes);
	free(scenario->params);
	free(recording->model_ids);
	free(recording->queues);
	free(recording->costs);
	free(recording);
}

/* ------------------------------------------------------------- accelerators */

static void load_settings(struct recording *recording, const json_t *document)
{
	struct scenario *scenario = &recording->scenario;
	json_t *params = json_object_get(document, "params");
	struct scenario_param *param;
	const char *name;
	json_t *value;

	recording->begin_ns = document_integer(document, "begin_ns", 0);
	recording->overhead_ns = document_integer(document, "overhead_ns", 0);
	scenario->duration_ns = document_integer(document, "duration_ns", 0);
	scenario->seed = 1;
	scenario->load = 1;
	scenario->slow = 1;
	snprintf(scenario->policy, sizeof(scenario->policy), "%s",
		 document_string(document, "policy", NULL));
	scenario->params = must_calloc(json_object_size(params),
				       sizeof(*scenario->params));
	json_object_foreach(params, name, value) {
		param = &scenario->params[scenario->param_count++];
		snprintf(param->name, sizeof(param->name), "%s", name);
		param->value = json_number_value(value);
	}
}

/* Index of the class of an accelerator, which is new if nobody has had it yet. */
static uint32_t class_of(struct scenario *scenario, const json_t *accel)
{
	const char *name = document_string(accel, "class", NULL);
	struct scenario_class *class;
	uint32_t i;

	for (i = 0; i < scenario->class_count; i++)
		if (!strcmp(scenario->classes[i].name, name))
			return i;
	scenario->classes = must_grow(scenario->classes, i, sizeof(*class));
	class = &scenario->classes[scenario->class_count++];
	memset(class, 0, sizeof(*class));
	snprintf(class->name, sizeof(class->name), "%s", name);
	class->array.sram_bytes =
		document_integer(accel, "local_mem_bytes", 0);
	class->array.bandwidth_mbps =
		document_integer(accel, "bandwidth_mbps", 0);
	return i;
}

static void load_accels(struct scenario *scenario, const json_t *accels)
{
	const json_t *accel;
	size_t i;

	scenario->npu_count = json_array_size(accels);
	scenario->npus = must_calloc(scenario->npu_count,
				     sizeof(*scenario->npus));
	json_array_foreach(accels, i, accel) {
		snprintf(scenario->npus[i].name, DREAM_NAME_LEN, "%s",
			 document_string(accel, "name", NULL));
		scenario->npus[i].slots = document_integer(accel, "slots", 1);
		scenario->npus[i].class = class_of(scenario, accel);
	}
}

/* ------------------------------------------------------------------- models */

static void load_costs(struct recording *recording, struct faults *faults,
		       const struct place *place, const json_t *costs,
		       struct scenario_layer *layer,
		       struct recording_cost *measured)
{
	const struct scenario *scenario = &recording->scenario;
	bool known = false;
	const json_t *cost;
	uint32_t c;

	layer->costs = must_calloc(scenario->class_count,
				   sizeof(*layer->costs));
	for (c = 0; c < scenario->class_count; c++) {
		cost = json_object_get(costs, scenario->classes[c].name);
		layer->costs[c].latency_ns =
			document_integer(cost, "latency_ns", 0);
		layer->costs[c].energy_nj =
			document_integer(cost, "energy_nj", 0);
		measured[c].runs = document_integer(cost, "runs", 0);
		measured[c].mean_ns = document_integer(cost, "mean_ns", 0);
		measured[c].mean_nj = document_integer(cost, "mean_nj", 0);
		if (cost)
			known = true;
	}
	if (!known)
		fault_at(faults, place,
			 "no cost for the class of any accelerator");
}

static void load_gate(struct faults *faults, const struct place *place,
		      const json_t *json, uint32_t layer,
		      struct scenario_variant *variant)
{
	struct scenario_gate *gate;

	variant->layers[layer].gate = SCENARIO_NO_GATE;
	if (!json)
		return;
	variant->gates = must_grow(variant->gates, variant->gate_count,
				   sizeof(*gate));
	gate = &variant->gates[variant->gate_count];
	gate->layer = layer;
	gate->target = document_integer(json, "target", 0);
	gate->probability = lround(SCENARIO_CERTAIN *
				   document_number(json, "probability", 0));
	variant->layers[layer].gate = variant->gate_count++;
	if (gate->target <= layer + 1 || gate->target > variant->layer_count)
		fault_at(faults, place,
			 "a gate behind layer %u of %u leads to a layer from %u on, or to %u for the end",
			 layer, variant->layer_count, layer + 2,
			 variant->layer_count);
}

static void load_variant(struct recording *recording, struct faults *faults,
			 const struct place *place, const json_t *layers,
			 uint32_t m, uint32_t v)
{
	struct scenario *scenario = &recording->scenario;
	struct scenario_variant *variant = &scenario->models[m].variants[v];
	struct scenario_layer *layer;
	struct place costs, gate;
	const json_t *json;
	uint32_t l;

	for (l = 0; l < variant->layer_count; l++) {
		json = json_array_get(layers, l);
		layer = &variant->layers[l];
		layer->weight_bytes = document_integer(json, "weight_bytes", 0);
		layer->in_bytes = document_integer(json, "in_bytes", 0);
		layer->out_bytes = document_integer(json, "out_bytes", 0);
		costs = place_at(place, "/layers/%u/costs", l);
		load_costs(recording, faults, &costs,
			   json_object_get(json, "costs"), layer,
			   &recording->costs[m][v][l * scenario->class_count]);
		gate = place_at(place, "/layers/%u/gate/target", l);
		load_gate(faults, &gate, json_object_get(json, "gate"), l,
			  variant);
	}
}

static uint32_t find_model(const struct recording *recording, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < recording->scenario.model_count; i++)
		if (recording->model_ids[i] == id)
			break;
	return i;
}

static void read_model(struct recording *recording, struct faults *faults,
		       const struct place *place, const json_t *json, uint32_t m)
{
	struct scenario_model *model = &recording->scenario.models[m];
	const json_t *variants = json_object_get(json, "variants");
	struct scenario_variant *variant;
	struct place variant_place;
	const json_t *layers;
	uint32_t v;

	recording->model_ids[m] = document_integer(json, "id", 0);
	if (find_model(recording, recording->model_ids[m]) < m)
		fault_at(faults, place, "another model has the id %u",
			 recording->model_ids[m]);
	snprintf(model->name, sizeof(model->name), "%s",
		 document_string(json, "name", NULL));
	model->variant_count = json_array_size(variants);
	model->variants = must_calloc(model->variant_count,
				      sizeof(*model->variants));
	for (v = 0; v < model->variant_count; v++) {
		layers = json_object_get(json_array_get(variants, v), "layers");
		variant = &model->variants[v];
		variant->layer_count = json_array_size(layers);
		variant->layers = must_calloc(variant->layer_count,
					      sizeof(*variant->layers));
	}
	recording_add_costs(recording, m);
	for (v = 0; v < model->variant_count; v++) {
		layers = json_object_get(json_array_get(variants, v), "layers");
		variant_place = place_at(place, "/variants/%u", v);
		load_variant(recording, faults, &variant_place, layers, m, v);
	}
}

static void load_models(struct recording *recording, struct faults *faults,
			const struct place *root, const json_t *models)
{
	struct place place;
	uint32_t i;

	recording_add_models(recording, json_array_size(models));
	for (i = 0; i < recording->scenario.model_count; i++) {
		place = place_at(root, "/models/%u", i);
		read_model(recording, faults, &place, json_array_get(models, i),
			   i);
	}
}

/* ------------------------------------------------------------------- frames */

static void load_gates(struct faults *faults, const struct place *place,
		       const json_t *layers, bool taken,
		       const struct scenario_variant *variant,
		       struct recording_frame *frame)
{
	struct recording_gate *gate;
	const json_t *layer;
	size_t i;

	json_array_foreach(layers, i, layer) {
		frame->gates = must_grow(frame->gates, frame->gate_count,
					 sizeof(*gate));
		gate = &frame->gates[frame->gate_count++];
		gate->layer = json_integer_value(layer);
		gate->taken = taken;
		if (gate->layer >= variant->layer_count ||
		    variant->layers[gate->layer].gate == SCENARIO_NO_GATE)
			fault_at(faults, place, "layer %u has no gate",
				 gate->layer);
	}
}

static void load_end(struct faults *faults, const struct place *place,
		     const json_t *json, const struct scenario_model *model,
		     struct recording_frame *frame)
{
	const struct scenario_variant *variant;
	struct place member;

	if (!json_object_get(json, "end"))
		return;
	frame->ended = true;
	frame->end = end_of(document_string(json, "end", NULL));
	frame->end_ns = document_integer(json, "end_ns", 0);
	frame->variant = document_integer(json, "variant", 0);
	if (frame->variant >= model->variant_count) {
		member = place_at(place, "/variant");
		fault_at(faults, &member, "the model has the variants 0 to %u",
			 model->variant_count - 1);
		return;
	}
	variant = &model->variants[frame->variant];
	member = place_at(place, "/taken");
	load_gates(faults, &member, json_object_get(json, "taken"), true,
		   variant, frame);
	member = place_at(place, "/passed");
	load_gates(faults, &member, json_object_get(json, "passed"), false,
		   variant, frame);
}

static void load_frames(struct recording *recording, struct faults *faults,
			const struct place *place, const json_t *frames,
			uint32_t index)
{
	const struct scenario *scenario = &recording->scenario;
	const struct scenario_stream *stream = &scenario->streams[index];
	struct recording_queue *queue = &recording->queues[index];
	struct recording_frame *frame;
	struct place frame_place;
	const json_t *json;
	uint64_t twice;
	size_t i;

	queue->count = json_array_size(frames);
	queue->frames = must_calloc(queue->count, sizeof(*queue->frames));
	json_array_foreach(frames, i, json) {
		frame = &queue->frames[i];
		frame_place = place_at(place, "/frames/%zu", i);
		frame->seqno = document_integer(json, "seqno", 0);
		frame->parent = document_integer(json, "parent", 0);
		frame->arrival_ns = document_integer(json, "arrival_ns", 0);
		frame->late_ns = document_integer(json, "late_ns", 0);
		frame->deadline_ns = document_integer(json, "deadline_ns", 0);
		if (i && frame->arrival_ns < frame[-1].arrival_ns)
			fault_at(faults, &frame_place,
				 "arrives before the frame in front of it");
		load_end(faults, &frame_place, json,
			 &scenario->models[stream->model], frame);
	}
	twice = recording_index(queue);
	if (twice)
		fault_at(faults, place, "two frames have the number %llu",
			 (unsigned long long)twice);
}

/* ------------------------------------------------------------------- queues */

static uint32_t find_queue(const struct recording *recording, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < recording->scenario.stream_count; i++)
		if (recording->queues[i].id == id)
			break;
	return i;
}

static void load_queue(struct recording *recording, struct faults *faults,
		       const struct place *place, const json_t *json, uint32_t index)
{
	struct scenario *scenario = &recording->scenario;
	struct scenario_stream *stream = &scenario->streams[index];
	struct place member;

	recording->queues[index].id = document_integer(json, "id", 0);
	member = place_at(place, "/id");
	if (find_queue(recording, recording->queues[index].id) < index)
		fault_at(faults, &member, "another queue has the id %u",
			 recording->queues[index].id);
	snprintf(stream->name, sizeof(stream->name), "%s",
		 document_string(json, "name", NULL));
	stream->parent = SCENARIO_NO_PARENT;
	stream->root = index;
	stream->period_ns = document_integer(json, "period_ns", 0);
	stream->deadline_ns = document_integer(json, "deadline_ns", 0);
	stream->weight = document_integer(json, "weight", 0);
	stream->depth = document_integer(json, "depth", 0);
	stream->drop_cap = document_integer(json, "drop_cap",
					    DREAM_DROP_CAP_DEFAULT);
	stream->variant_max = document_integer(json, "variant_max",
					       DREAM_VARIANT_ANY);
	stream->model = find_model(recording,
				   document_integer(json, "model", 0));
	member = place_at(place, "/model");
	if (stream->model == scenario->model_count)
		fault_at(faults, &member, "there is no model %u",
			 (uint32_t)document_integer(json, "model", 0));
	else
		load_frames(recording, faults, place,
			    json_object_get(json, "frames"), index);
}

static void load_parent(struct recording *recording, struct faults *faults,
			const struct place *place, const json_t *json,
			uint32_t index)
{
	struct scenario_stream *streams = recording->scenario.streams;
	const json_t *id = json_object_get(json, "parent");
	uint32_t parent, depth = 0;

	if (!id)
		return;
	parent = find_queue(recording, json_integer_value(id));
	if (parent == recording->scenario.stream_count) {
		fault_at(faults, place, "there is no queue %u",
			 (uint32_t)json_integer_value(id));
		return;
	}
	streams[index].parent = parent;
	for (; parent != SCENARIO_NO_PARENT; parent = streams[parent].parent) {
		if (parent == index || ++depth > ANCESTORS_MAX) {
			fault_at(faults, place,
				 parent == index ? "is its own ancestor" :
				 "has more than 8 ancestors");
			streams[index].parent = SCENARIO_NO_PARENT;
			return;
		}
	}
}

static uint32_t root_of(const struct scenario *scenario, uint32_t stream)
{
	while (scenario->streams[stream].parent != SCENARIO_NO_PARENT)
		stream = scenario->streams[stream].parent;
	return stream;
}

/* A frame of a queue with a parent; each of the parent's asks for one at most. */
static void check_asked(const struct recording_queue *parent,
			const struct recording_frame *frame, bool *has_asked,
			struct faults *faults, const struct place *place)
{
	const struct recording_frame *by;

	by = recording_find(parent, frame->parent);
	if (!by)
		fault_at(faults, place, "the parent has no frame %llu",
			 (unsigned long long)frame->parent);
	else if (has_asked[by - parent->frames])
		fault_at(faults, place,
			 "frame %llu of the parent has asked for another one",
			 (unsigned long long)frame->parent);
	else
		has_asked[by - parent->frames] = true;
}

/* The frames of a queue with a parent, and no others, name a parent's frame. */
static void check_parents(const struct recording *recording,
			  struct faults *faults, const struct place *place,
			  uint32_t index)
{
	uint32_t parent = recording->scenario.streams[index].parent;
	const struct recording_queue *queue = &recording->queues[index];
	const struct recording_frame *frame;
	struct place member;
	bool *has_asked;
	size_t i;

	has_asked = must_calloc(parent == SCENARIO_NO_PARENT ? 0 :
				recording->queues[parent].count, 1);
	for (i = 0; i < queue->count; i++) {
		frame = &queue->frames[i];
		member = place_at(place, "/frames/%zu/parent", i);
		if (frame->parent && parent == SCENARIO_NO_PARENT)
			fault_at(faults, &member, "the queue has no parent");
		else if (!frame->parent && parent != SCENARIO_NO_PARENT)
			fault_at(faults, &member,
				 "which frame of the parent has asked for it?");
		else if (frame->parent)
			check_asked(&recording->queues[parent], frame,
				    has_asked, faults, &member);
	}
	free(has_asked);
}

static void load_queues(struct recording *recording, struct faults *faults,
			const struct place *root, const json_t *queues)
{
	struct scenario *scenario = &recording->scenario;
	unsigned int before = faults->count;
	struct place place;
	uint32_t i;

	scenario->stream_count = json_array_size(queues);
	scenario->streams = must_calloc(scenario->stream_count,
					sizeof(*scenario->streams));
	recording->queues = must_calloc(scenario->stream_count,
					sizeof(*recording->queues));
	for (i = 0; i < scenario->stream_count; i++) {
		place = place_at(root, "/queues/%u", i);
		load_queue(recording, faults, &place, json_array_get(queues, i),
			   i);
	}
	for (i = 0; i < scenario->stream_count; i++) {
		place = place_at(root, "/queues/%u/parent", i);
		load_parent(recording, faults, &place,
			    json_array_get(queues, i), i);
	}
	if (faults->count > before)
		return;
	for (i = 0; i < scenario->stream_count; i++) {
		scenario->streams[i].root = root_of(scenario, i);
		place = place_at(root, "/queues/%u", i);
		check_parents(recording, faults, &place, i);
	}
}

/**
 * recording_load() - read a recording
 * @file: file
 * @faults: where faults go
 *
 * Return: the recording, for recording_free(); NULL after a fault.
 */
struct recording *recording_load(const char *file, struct faults *faults)
{
	struct place root = { .file = file };
	unsigned int before = faults->count;
	struct recording *recording;
	json_t *document;

	document = document_load(file, recording_schema, NULL, faults);
	if (!document)
		return NULL;
	recording = must_calloc(1, sizeof(*recording));
	load_settings(recording, document);
	load_accels(&recording->scenario, json_object_get(document, "accels"));
	load_models(recording, faults, &root,
		    json_object_get(document, "models"));
	if (faults->count == before)
		load_queues(recording, faults, &root,
			    json_object_get(document, "queues"));
	json_decref(document);
	if (faults->count == before)
		return recording;
	recording_free(recording);
	return NULL;
}

/* ------------------------------------------------------------------ to JSON */

/* Members that are left out are 0. */
static void set_number(json_t *object, const char *key, uint64_t value)
{
	if (value)
		json_object_set_new(object, key,
				    json_integer((json_int_t)value));
}

static json_t *accels_json(const struct scenario *scenario)
{
	json_t *accels = must_have(json_array());
	const struct scenario_class *class;
	const struct scenario_npu *npu;
	json_t *accel;
	uint32_t i;

	for (i = 0; i < scenario->npu_count; i++) {
		npu = &scenario->npus[i];
		class = &scenario->classes[npu->class];
		accel = must_have(json_pack("{sssssi}", "name", npu->name,
					    "class", class->name,
					    "slots", (int)npu->slots));
		set_number(accel, "local_mem_bytes", class->array.sram_bytes);
		set_number(accel, "bandwidth_mbps",
			   class->array.bandwidth_mbps);
		json_array_append_new(accels, accel);
	}
	return accels;
}

static json_t *cost_json(const struct scenario_cost *expected,
			 const struct recording_cost *measured)
{
	json_t *cost, *mean;

	cost = json_pack("{sIsI}",
			 "latency_ns", (json_int_t)expected->latency_ns,
			 "energy_nj", (json_int_t)expected->energy_nj);
	must_have(cost);
	if (!measured->runs)
		return cost;
	mean = json_pack("{sIsIsI}", "runs", (json_int_t)measured->runs,
			 "mean_ns", (json_int_t)measured->mean_ns,
			 "mean_nj", (json_int_t)measured->mean_nj);
	json_object_update_new(cost, must_have(mean));
	return cost;
}

static json_t *layer_json(const struct scenario *scenario,
			  const struct scenario_variant *variant, uint32_t index,
			  const struct recording_cost *measured)
{
	const struct scenario_layer *layer = &variant->layers[index];
	json_t *costs = must_have(json_object());
	const struct scenario_gate *gate;
	json_t *json;
	uint32_t c;

	for (c = 0; c < scenario->class_count; c++)
		if (layer->costs[c].latency_ns || measured[c].runs)
			json_object_set_new(costs, scenario->classes[c].name,
					    cost_json(&layer->costs[c],
						      &measured[c]));
	json = must_have(json_pack("{so}", "costs", costs));
	set_number(json, "weight_bytes", layer->weight_bytes);
	set_number(json, "in_bytes", layer->in_bytes);
	set_number(json, "out_bytes", layer->out_bytes);
	if (layer->gate == SCENARIO_NO_GATE)
		return json;
	gate = &variant->gates[layer->gate];
	json_object_set_new(json, "gate",
			    json_pack("{sisf}", "target", (int)gate->target,
				      "probability",
				      (double)gate->probability /
				      SCENARIO_CERTAIN));
	return json;
}

static json_t *model_json(const struct recording *recording, uint32_t m)
{
	const struct scenario *scenario = &recording->scenario;
	const struct scenario_model *model = &scenario->models[m];
	json_t *variants = must_have(json_array());
	const struct scenario_variant *variant;
	const struct recording_cost *measured;
	json_t *layers, *layer;
	uint32_t v, l;

	for (v = 0; v < model->variant_count; v++) {
		variant = &model->variants[v];
		measured = recording->costs[m][v];
		layers = must_have(json_array());
		for (l = 0; l < variant->layer_count; l++) {
			layer = layer_json(scenario, variant, l, measured);
			json_array_append_new(layers, layer);
			measured += scenario->class_count;
		}
		json_array_append_new(variants,
				      json_pack("{so}", "layers", layers));
	}
	return must_have(json_pack("{sIssso}",
				   "id", (json_int_t)recording->model_ids[m],
				   "name", model->name, "variants", variants));
}

static void set_gates(json_t *json, const char *key,
		      const struct recording_frame *frame, bool taken)
{
	json_t *layers = must_have(json_array());
	json_t *layer;
	uint32_t i;

	for (i = 0; i < frame->gate_count; i++) {
		if (frame->gates[i].taken != taken)
			continue;
		layer = json_integer(frame->gates[i].layer);
		json_array_append_new(layers, layer);
	}
	if (json_array_size(layers))
		json_object_set(json, key, layers);
	json_decref(layers);
}

static json_t *frame_json(const struct recording_frame *frame)
{
	json_t *json;

	json = json_pack("{sIsIsI}", "seqno", (json_int_t)frame->seqno,
			 "arrival_ns", (json_int_t)frame->arrival_ns,
			 "deadline_ns", (json_int_t)frame->deadline_ns);
	must_have(json);
	set_number(json, "parent", frame->parent);
	set_number(json, "late_ns", frame->late_ns);
	if (!frame->ended)
		return json;
	json_object_set_new(json, "end",
			    json_string(frame_end_name(frame->end)));
	json_object_set_new(json, "end_ns",
			    json_integer((json_int_t)frame->end_ns));
	set_number(json, "variant", frame->variant);
	set_gates(json, "taken", frame, true);
	set_gates(json, "passed", frame, false);
	return json;
}

static json_t *queue_json(const struct recording *recording, uint32_t index)
{
	const struct scenario_stream *stream =
		&recording->scenario.streams[index];
	const struct recording_queue *queue = &recording->queues[index];
	json_t *frames = must_have(json_array());
	json_t *json;
	size_t i;

	for (i = 0; i < queue->count; i++)
		json_array_append_new(frames, frame_json(&queue->frames[i]));
	json = json_pack("{sIsssIsIsIsisiso}", "id", (json_int_t)queue->id,
			 "name", stream->name,
			 "model", (json_int_t)recording->model_ids[stream->model],
			 "period_ns", (json_int_t)stream->period_ns,
			 "deadline_ns", (json_int_t)stream->deadline_ns,
			 "weight", (int)stream->weight,
			 "depth", (int)stream->depth,
			 "frames", frames);
	must_have(json);
	if (stream->parent != SCENARIO_NO_PARENT)
		set_number(json, "parent",
			   recording->queues[stream->parent].id);
	if (stream->drop_cap != DREAM_DROP_CAP_DEFAULT)
		json_object_set_new(json, "drop_cap",
				    json_integer(stream->drop_cap));
	if (stream->variant_max != DREAM_VARIANT_ANY)
		json_object_set_new(json, "variant_max",
				    json_integer(stream->variant_max));
	return json;
}

/**
 * recording_json() - write a recording down
 * @recording: recording
 *
 * Return: JSON that recording_load() reads.
 */
json_t *recording_json(const struct recording *recording)
{
	const struct scenario *scenario = &recording->scenario;
	json_t *params = must_have(json_object());
	json_t *models = must_have(json_array());
	json_t *queues = must_have(json_array());
	json_t *json;
	uint32_t i;

	for (i = 0; i < scenario->param_count; i++)
		json_object_set_new(params, scenario->params[i].name,
				    json_real(scenario->params[i].value));
	for (i = 0; i < scenario->model_count; i++)
		json_array_append_new(models, model_json(recording, i));
	for (i = 0; i < scenario->stream_count; i++)
		json_array_append_new(queues, queue_json(recording, i));
	json = json_pack("{sisIsIsIsssosososo}",
			 "recording", VERSION_OF_FORMAT,
			 "begin_ns", (json_int_t)recording->begin_ns,
			 "duration_ns", (json_int_t)scenario->duration_ns,
			 "overhead_ns", (json_int_t)recording->overhead_ns,
			 "policy", scenario->policy, "params", params,
			 "accels", accels_json(scenario), "models", models,
			 "queues", queues);
	return must_have(json);
}
