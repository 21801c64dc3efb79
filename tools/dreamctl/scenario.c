// SPDX-License-Identifier: GPL-2.0
/*
 * Scenarios: the document itself and its streams. load_platform.c and
 * load_model.c resolve the rest.
 */
#include <math.h>

#include "document.h"
#include "loader.h"
#include "memory.h"
#include "schema.h"

/* Longest chain of parents that the kernel takes. */
#define CASCADE_DEPTH_MAX	8
/* Most frames of a stream: their records have to be kept. */
#define FRAMES_MAX		1000000
/* The scheduler's default. */
#define SLACK_FLOOR_NS		1000

static uint64_t ms_to_ns(double ms)
{
	return llround(ms * 1e6);
}

/* ---------------------------------------------------- platform and models */

/*
 * A member that is an object, or names the file of one. *@owned is what the
 * caller has to release, *@path a path that has to live as long as the place.
 */
static const json_t *resolve(struct loader *loader, struct place *place,
			     const json_t *json, const char *definition,
			     json_t **owned, char **path)
{
	*owned = NULL;
	*path = NULL;
	if (!json_is_string(json))
		return json;
	*path = document_path(place->file, json_string_value(json));
	*owned = document_load(*path, scenario_schema, definition,
			       loader->faults);
	place->file = *path;
	place->path[0] = '\0';
	return *owned;
}

static void resolve_platform(struct loader *loader, const struct place *root,
			     const json_t *document, const char *override)
{
	const json_t *json = json_object_get(document, "platform");
	struct place place = place_at(root, "/platform");
	json_t *owned;
	char *path;

	if (override) {
		owned = document_load(override, scenario_schema, "platform",
				      loader->faults);
		place = (struct place) { .file = override };
		path = NULL;
		json = owned;
	} else {
		json = resolve(loader, &place, json, "platform", &owned, &path);
	}
	if (json)
		load_platform(loader, &place, json);
	json_decref(owned);
	free(path);
}

static void resolve_model(struct loader *loader, const struct place *root,
			  const json_t *json, uint32_t index)
{
	struct scenario *scenario = loader->scenario;
	struct scenario_model *model = &scenario->models[index];
	struct place place = place_at(root, "/models/%u", index);
	struct place name_place;
	json_t *owned;
	char *path;
	uint32_t i;

	json = resolve(loader, &place, json, "model", &owned, &path);
	if (json) {
		load_model(loader, &place, json, model);
		name_place = place_at(&place, "/name");
		for (i = 0; i < index; i++)
			if (!strcmp(scenario->models[i].name, model->name))
				fault_at(loader->faults, &name_place,
					 "another model has the name \"%s\"",
					 model->name);
	}
	json_decref(owned);
	free(path);
}

/* ---------------------------------------------------------------- streams */

static uint32_t find_model(const struct scenario *scenario, const char *name)
{
	uint32_t i;

	for (i = 0; i < scenario->model_count; i++)
		if (!strcmp(scenario->models[i].name, name))
			break;
	return i;
}

static uint32_t find_stream(const struct scenario *scenario, const char *name)
{
	uint32_t i;

	for (i = 0; i < scenario->stream_count; i++)
		if (!strcmp(scenario->streams[i].name, name))
			break;
	return i;
}

static void load_period(struct loader *loader, const struct place *place,
			const json_t *json, struct scenario_stream *stream)
{
	struct place member;

	stream->fps = document_number(json, "fps", 0);
	stream->phase_ns = ms_to_ns(document_number(json, "phase_ms", 0));
	stream->jitter_ns = ms_to_ns(document_number(json, "jitter_ms", 0));
	stream->deadline_ns = ms_to_ns(document_number(json, "deadline_ms", 0));
	if (!stream->fps)
		return;
	stream->period_ns = llround(1e9 / stream->fps);
	member = place_at(place, "/jitter_ms");
	if (stream->jitter_ns > stream->period_ns / 2)
		fault_at(loader->faults, &member,
			 "more than half the period of %g ms",
			 stream->period_ns / 1e6);
}

static void load_variant_max(struct loader *loader, const struct place *place,
			     const json_t *json,
			     struct scenario_stream *stream)
{
	struct place member = place_at(place, "/variant_max");
	uint32_t count = loader->scenario->models[stream->model].variant_count;

	stream->variant_max = document_integer(json, "variant_max",
					       DREAM_VARIANT_ANY);
	if (stream->variant_max == DREAM_VARIANT_ANY ||
	    stream->variant_max < count)
		return;
	fault_at(loader->faults, &member, "the model has the variants 0 to %u",
		 count - 1);
}

static void load_stream(struct loader *loader, const struct place *place,
			const json_t *json, struct scenario_stream *stream)
{
	struct scenario *scenario = loader->scenario;
	const char *model = document_string(json, "model", NULL);
	struct place member;

	snprintf(stream->name, sizeof(stream->name), "%s",
		 document_string(json, "name", model));
	stream->weight = document_integer(json, "weight", 100);
	stream->depth = document_integer(json, "depth", 2);
	stream->drop_cap = document_integer(json, "drop_cap",
					    DREAM_DROP_CAP_DEFAULT);
	stream->probability = lround(SCENARIO_CERTAIN *
				     document_number(json, "probability", 1));
	load_period(loader, place, json, stream);
	stream->model = find_model(scenario, model);
	if (stream->model < scenario->model_count) {
		load_variant_max(loader, place, json, stream);
		return;
	}
	member = place_at(place, "/model");
	fault_at(loader->faults, &member, "there is no model \"%s\"", model);
}

static void check_stream_name(struct loader *loader, const struct place *place,
			      uint32_t index)
{
	const struct scenario *scenario = loader->scenario;
	const char *name = scenario->streams[index].name;

	if (find_stream(scenario, name) < index)
		fault_at(loader->faults, place,
			 "another stream has the name \"%s\"; give this one a \"name\" of its own",
			 name);
}

/* What only one of roots and children can have. */
static void check_role(struct loader *loader, const struct place *place,
		       const json_t *json)
{
	static const char * const root_only[] = { "phase_ms", "jitter_ms" };
	struct place member;
	size_t i;

	if (!json_object_get(json, "parent")) {
		member = place_at(place, "/probability");
		if (json_object_get(json, "probability"))
			fault_at(loader->faults, &member,
				 "a stream without a parent has none");
		if (!json_object_get(json, "fps"))
			fault_at(loader->faults, place,
				 "a stream without a parent needs fps");
		return;
	}
	for (i = 0; i < sizeof(root_only) / sizeof(root_only[0]); i++) {
		member = place_at(place, "/%s", root_only[i]);
		if (json_object_get(json, root_only[i]))
			fault_at(loader->faults, &member,
				 "a frame of a child arrives when its parent's is done");
	}
}

static void load_parent(struct loader *loader, const struct place *place,
			const json_t *json, struct scenario_stream *stream)
{
	const char *parent = document_string(json, "parent", NULL);
	struct scenario *scenario = loader->scenario;

	stream->parent = SCENARIO_NO_PARENT;
	if (!parent)
		return;
	stream->parent = find_stream(scenario, parent);
	if (stream->parent < scenario->stream_count)
		return;
	stream->parent = SCENARIO_NO_PARENT;
	fault_at(loader->faults, place, "there is no stream \"%s\"", parent);
}

/* Follow the parents to the root; a cycle never gets there. */
static void find_root(struct loader *loader, const struct place *place,
		      uint32_t index)
{
	struct scenario *scenario = loader->scenario;
	uint32_t root = index;
	unsigned int depth;

	for (depth = 0; depth < scenario->stream_count; depth++) {
		if (scenario->streams[root].parent == SCENARIO_NO_PARENT)
			break;
		root = scenario->streams[root].parent;
	}
	scenario->streams[index].root = root;
	if (depth == scenario->stream_count)
		fault_at(loader->faults, place, "is its own ancestor");
	else if (depth >= CASCADE_DEPTH_MAX)
		fault_at(loader->faults, place,
			 "a cascade of more than %d streams",
			 CASCADE_DEPTH_MAX);
}

/* A child without a rate has its parent's. */
static void inherit_period(struct scenario *scenario, uint32_t index)
{
	struct scenario_stream *stream = &scenario->streams[index];
	uint32_t from = index;

	while (!scenario->streams[from].fps)
		from = scenario->streams[from].parent;
	stream->fps = scenario->streams[from].fps;
	stream->period_ns = scenario->streams[from].period_ns;
	if (!stream->deadline_ns)
		stream->deadline_ns = stream->period_ns;
}

static void load_streams(struct loader *loader, const struct place *root,
			 const json_t *streams)
{
	struct scenario *scenario = loader->scenario;
	unsigned int before = loader->faults->count;
	struct place place, parent_place;
	const json_t *json;
	uint32_t i;

	scenario->stream_count = json_array_size(streams);
	scenario->streams = must_calloc(scenario->stream_count,
					sizeof(*scenario->streams));
	for (i = 0; i < scenario->stream_count; i++) {
		place = place_at(root, "/streams/%u", i);
		json = json_array_get(streams, i);
		load_stream(loader, &place, json, &scenario->streams[i]);
		check_stream_name(loader, &place, i);
		check_role(loader, &place, json);
	}
	for (i = 0; i < scenario->stream_count; i++) {
		parent_place = place_at(root, "/streams/%u/parent", i);
		load_parent(loader, &parent_place, json_array_get(streams, i),
			    &scenario->streams[i]);
	}
	for (i = 0; i < scenario->stream_count; i++) {
		parent_place = place_at(root, "/streams/%u/parent", i);
		find_root(loader, &parent_place, i);
	}
	if (loader->faults->count > before)
		return;
	for (i = 0; i < scenario->stream_count; i++) {
		inherit_period(scenario, i);
		place = place_at(root, "/streams/%u", i);
		if (scenario_frames(scenario, &scenario->streams[i]) >
		    FRAMES_MAX)
			fault_at(loader->faults, &place,
				 "more than %d frames in the duration",
				 FRAMES_MAX);
	}
}

/* ---------------------------------------------------------------- scenario */

static void load_params(struct scenario *scenario, json_t *params)
{
	struct scenario_param *param;
	const char *name;
	json_t *value;

	scenario->params = must_calloc(json_object_size(params),
				       sizeof(*scenario->params));
	json_object_foreach(params, name, value) {
		param = &scenario->params[scenario->param_count++];
		snprintf(param->name, sizeof(param->name), "%s", name);
		param->value = json_number_value(value);
	}
}

static void load_settings(struct scenario *scenario, const json_t *document,
			  const struct scenario_overrides *overrides)
{
	scenario->name = must_strdup(document_string(document, "name", NULL));
	scenario->duration_ns =
		ms_to_ns(document_number(document, "duration_ms", 2000));
	scenario->seed = document_integer(document, "seed", 1);
	scenario->load = document_number(document, "load", 1);
	snprintf(scenario->policy, sizeof(scenario->policy), "%s",
		 document_string(document, "policy", "dream"));
	if (overrides->has_duration)
		scenario->duration_ns = overrides->duration_ns;
	if (overrides->has_seed)
		scenario->seed = overrides->seed;
	if (overrides->has_load)
		scenario->load = overrides->load;
	scenario->slow = overrides->slow ? overrides->slow : 1;
}

static void load_models(struct loader *loader, const struct place *root,
			const json_t *models)
{
	struct scenario *scenario = loader->scenario;
	uint32_t i;

	scenario->model_count = json_array_size(models);
	scenario->models = must_calloc(scenario->model_count,
				       sizeof(*scenario->models));
	for (i = 0; i < scenario->model_count; i++)
		resolve_model(loader, root, json_array_get(models, i), i);
}

/* The smallest slack that the scheduler knows is a time, too. */
static void slow_floor(struct scenario *scenario)
{
	struct scenario_param *floor = NULL;
	uint32_t i;

	for (i = 0; i < scenario->param_count; i++)
		if (!strcmp(scenario->params[i].name, "slack-floor"))
			floor = &scenario->params[i];
	if (!floor) {
		scenario->params =
			must_have(reallocarray(scenario->params,
					       scenario->param_count + 1,
					       sizeof(*scenario->params)));
		floor = &scenario->params[scenario->param_count++];
		snprintf(floor->name, sizeof(floor->name), "slack-floor");
		floor->value = SLACK_FLOOR_NS;
	}
	floor->value *= scenario->slow;
}

/* Let everything that the clock decides take longer; NPUs are slow already. */
static void slow_motion(struct scenario *scenario)
{
	struct scenario_stream *stream;
	uint32_t i;

	if (scenario->slow > 1)
		slow_floor(scenario);
	scenario->duration_ns *= scenario->slow;
	for (i = 0; i < scenario->stream_count; i++) {
		stream = &scenario->streams[i];
		stream->fps /= scenario->slow;
		stream->period_ns *= scenario->slow;
		stream->phase_ns *= scenario->slow;
		stream->jitter_ns *= scenario->slow;
		stream->deadline_ns *= scenario->slow;
	}
}

/**
 * scenario_load() - read a scenario and resolve it
 * @file: file
 * @overrides: what the command line says instead
 * @faults: where faults go
 *
 * Return: the scenario, for scenario_free(); NULL after a fault.
 */
struct scenario *scenario_load(const char *file,
			       const struct scenario_overrides *overrides,
			       struct faults *faults)
{
	struct loader loader = { .faults = faults };
	struct place root = { .file = file };
	unsigned int before = faults->count;
	json_t *document;

	document = document_load(file, scenario_schema, NULL, faults);
	if (!document)
		return NULL;
	loader.scenario = must_calloc(1, sizeof(*loader.scenario));
	load_settings(loader.scenario, document, overrides);
	load_params(loader.scenario, json_object_get(document, "params"));
	resolve_platform(&loader, &root, document, overrides->platform);
	if (faults->count == before)
		load_models(&loader, &root, json_object_get(document, "models"));
	if (faults->count == before)
		load_streams(&loader, &root,
			     json_object_get(document, "streams"));
	free_tables(&loader);
	json_decref(document);
	if (faults->count == before) {
		slow_motion(loader.scenario);
		return loader.scenario;
	}
	scenario_free(loader.scenario);
	return NULL;
}

/**
 * scenario_free() - forget a scenario
 * @scenario: it, or NULL
 */
void scenario_free(struct scenario *scenario)
{
	uint32_t i;

	if (!scenario)
		return;
	for (i = 0; i < scenario->model_count; i++)
		free_model(&scenario->models[i]);
	free(scenario->models);
	free(scenario->streams);
	free(scenario->npus);
	free(scenario->classes);
	free(scenario->params);
	free(scenario->platform);
	free(scenario->name);
	free(scenario);
}

/**
 * scenario_arrival() - when a frame is nominally due
 * @stream: stream without a parent
 * @frame: frame, counted from 0
 *
 * A rate that is not a whole number of ns does not add up an error.
 *
 * Return: ns since the start of the run, without jitter.
 */
uint64_t scenario_arrival(const struct scenario_stream *stream, uint64_t frame)
{
	return stream->phase_ns + llround(frame * 1e9 / stream->fps);
}

/**
 * scenario_frames() - how many frames arrive within the duration
 * @scenario: scenario
 * @stream: one of its streams
 *
 * Return: their number, of a child the number of its root: the most that there
 * can be.
 */
uint64_t scenario_frames(const struct scenario *scenario,
			 const struct scenario_stream *stream)
{
	uint64_t frames = 0;

	stream = &scenario->streams[stream->root];
	if (stream->phase_ns < scenario->duration_ns)
		frames = (scenario->duration_ns - stream->phase_ns) *
			 stream->fps / 1e9;
	while (frames && scenario_arrival(stream, frames - 1) >=
			 scenario->duration_ns)
		frames--;
	while (scenario_arrival(stream, frames) < scenario->duration_ns)
		frames++;
	return frames;
}

/**
 * scenario_worst_energy() - energy of a frame with each layer on the worst NPU
 * @scenario: scenario
 * @model: one of its models
 *
 * Of the first variant, all layers of it. It is what the energy of a frame is
 * measured against.
 *
 * Return: nJ.
 */
uint64_t scenario_worst_energy(const struct scenario *scenario,
			       const struct scenario_model *model)
{
	const struct scenario_variant *variant = &model->variants[0];
	uint64_t sum = 0;
	uint32_t i, j;

	for (i = 0; i < variant->layer_count; i++) {
		uint64_t worst = 0;

		for (j = 0; j < scenario->class_count; j++)
			if (variant->layers[i].costs[j].energy_nj > worst)
				worst = variant->layers[i].costs[j].energy_nj;
		sum += worst;
	}
	return sum;
}
