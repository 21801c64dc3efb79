// SPDX-License-Identifier: GPL-2.0
/*
 * Model profiles as JSON.
 *
 * Only the form is checked here: members that are missing, unknown or of another
 * type, and numbers that the library's structures cannot hold. What a number may
 * be is the kernel's business, and it says so itself.
 */
#include <math.h>
#include <string.h>

#include "memory.h"
#include "output.h"
#include "profile.h"

/**
 * struct reader - a profile in the making
 * @faults: where faults go
 * @layers: layer rows
 * @costs: cost rows
 * @gates: gate rows
 * @layer_count: length of @layers
 * @cost_count: length of @costs
 * @gate_count: length of @gates
 */
struct reader {
	struct faults *faults;
	struct dream_layer_row *layers;
	struct dream_cost_row *costs;
	struct dream_gate_row *gates;
	size_t layer_count;
	size_t cost_count;
	size_t gate_count;
};

/* Complain about members that are not among @known, which ends with NULL. */
static void check_members(struct reader *reader, const struct place *place,
			  const json_t *object, const char *const *known)
{
	const char *const *name;
	struct place member;
	const char *key;
	void *iter;

	for (iter = json_object_iter((json_t *)object); iter;
	     iter = json_object_iter_next((json_t *)object, iter)) {
		key = json_object_iter_key(iter);
		for (name = known; *name && strcmp(*name, key); name++)
			;
		if (*name)
			continue;
		member = place_at(place, "/%s", key);
		fault_at(reader->faults, &member, "there is no such member");
	}
}

/* An integer; @initial if it is missing, unless that is negative. */
static uint64_t read_integer(struct reader *reader, const struct place *place,
			     const json_t *object, const char *key,
			     int64_t initial, uint64_t max)
{
	const json_t *value = json_object_get(object, key);
	struct place member = place_at(place, "/%s", key);

	if (!value && initial >= 0)
		return (uint64_t)initial;
	if (!value)
		fault_at(reader->faults, &member, "is missing");
	else if (!json_is_integer(value) || json_integer_value(value) < 0)
		fault_at(reader->faults, &member, "not an integer from 0 on");
	else if ((uint64_t)json_integer_value(value) > max)
		fault_at(reader->faults, &member, "too large");
	else
		return (uint64_t)json_integer_value(value);
	return 0;
}

static bool read_name(struct reader *reader, const struct place *place,
		      const char *text, char *name)
{
	if (!text)
		fault_at(reader->faults, place, "a name is missing");
	else if (!*text || strlen(text) >= DREAM_NAME_LEN)
		fault_at(reader->faults, place,
			 "a name has 1 to %d characters", DREAM_NAME_LEN - 1);
	else
		return strcpy(name, text);
	return false;
}

static void read_cost(struct reader *reader, const struct place *place,
		      const char *class_name, const json_t *json,
		      uint32_t variant, uint32_t index)
{
	static const char *const members[] = {
		"latency_ns", "energy_nj", "measured_ns", "measured_nj",
		"samples", NULL,
	};
	struct dream_cost_row *row;

	if (!json_is_object(json)) {
		fault_at(reader->faults, place, "not an object");
		return;
	}
	check_members(reader, place, json, members);
	reader->costs = must_grow(reader->costs, reader->cost_count,
				  sizeof(*row));
	row = &reader->costs[reader->cost_count++];
	memset(row, 0, sizeof(*row));
	row->variant = variant;
	row->index = index;
	read_name(reader, place, class_name, row->class_name);
	row->latency_ns = read_integer(reader, place, json, "latency_ns", -1,
				       INT64_MAX);
	row->energy_nj = read_integer(reader, place, json, "energy_nj", -1,
				      INT64_MAX);
}

static void read_costs(struct reader *reader, const struct place *layer,
		       const json_t *costs, uint32_t variant, uint32_t index)
{
	struct place place = place_at(layer, "/costs"), member;
	const char *key;
	void *iter;

	if (!json_is_object(costs) || !json_object_size(costs)) {
		fault_at(reader->faults, &place,
			 "not an object with at least one class");
		return;
	}
	for (iter = json_object_iter((json_t *)costs); iter;
	     iter = json_object_iter_next((json_t *)costs, iter)) {
		key = json_object_iter_key(iter);
		member = place_at(&place, "/%s", key);
		read_cost(reader, &member, key, json_object_iter_value(iter),
			  variant, index);
	}
}

static void read_gate(struct reader *reader, const struct place *layer,
		      const json_t *gate, uint32_t variant, uint32_t index)
{
	static const char *const members[] = {
		"target", "probability", "measured", "samples", NULL,
	};
	const json_t *probability = json_object_get(gate, "probability");
	struct place place = place_at(layer, "/gate");
	double share = json_number_value(probability);
	struct dream_gate_row *row;

	if (!json_is_object(gate)) {
		fault_at(reader->faults, &place, "not an object");
		return;
	}
	check_members(reader, &place, gate, members);
	reader->gates = must_grow(reader->gates, reader->gate_count,
				  sizeof(*row));
	row = &reader->gates[reader->gate_count++];
	memset(row, 0, sizeof(*row));
	row->variant = variant;
	row->index = index;
	row->target = (uint32_t)read_integer(reader, &place, gate, "target", -1,
					     UINT32_MAX);
	if (!json_is_number(probability) || share < 0 || share > 1) {
		place = place_at(&place, "/probability");
		fault_at(reader->faults, &place, "not a number from 0 to 1");
		return;
	}
	row->probability = (uint32_t)lround(1e6 * share);
}

static void read_layer(struct reader *reader, const struct place *place,
		       const json_t *json, uint32_t variant, uint32_t index)
{
	static const char *const members[] = {
		"weight_bytes", "in_bytes", "out_bytes", "costs", "gate", NULL,
	};
	struct dream_layer_row *row;

	if (!json_is_object(json)) {
		fault_at(reader->faults, place, "not an object");
		return;
	}
	check_members(reader, place, json, members);
	reader->layers = must_grow(reader->layers, reader->layer_count,
				   sizeof(*row));
	row = &reader->layers[reader->layer_count++];
	memset(row, 0, sizeof(*row));
	row->variant = variant;
	row->index = index;
	row->weight_bytes = read_integer(reader, place, json, "weight_bytes", 0,
					 INT64_MAX);
	row->in_bytes = read_integer(reader, place, json, "in_bytes", 0,
				     INT64_MAX);
	row->out_bytes = read_integer(reader, place, json, "out_bytes", 0,
				      INT64_MAX);
	read_costs(reader, place, json_object_get(json, "costs"), variant,
		   index);
	if (json_object_get(json, "gate"))
		read_gate(reader, place, json_object_get(json, "gate"), variant,
			  index);
}

static void read_variant(struct reader *reader, const struct place *place,
			 const json_t *json, uint32_t variant,
			 uint32_t *layer_count)
{
	static const char *const members[] = { "layers", NULL };
	const json_t *layers = json_object_get(json, "layers");
	struct place member = place_at(place, "/layers");
	size_t count = json_array_size(layers);
	uint32_t i;

	if (!json_is_object(json)) {
		fault_at(reader->faults, place, "not an object");
		return;
	}
	check_members(reader, place, json, members);
	if (!count || count > DREAM_LAYERS_MAX) {
		fault_at(reader->faults, &member, "not an array of 1 to %d layers",
			 DREAM_LAYERS_MAX);
		return;
	}
	*layer_count = (uint32_t)count;
	for (i = 0; i < count; i++) {
		member = place_at(place, "/layers/%u", i);
		read_layer(reader, &member, json_array_get(layers, i), variant,
			   i);
	}
}

static void read_variants(struct profile *profile, struct reader *reader,
			  const struct place *place, const json_t *variants)
{
	struct place member = place_at(place, "/variants");
	size_t count = json_array_size(variants);
	uint32_t i;

	if (!count || count > DREAM_VARIANTS_MAX) {
		fault_at(reader->faults, &member,
			 "not an array of 1 to %d variants", DREAM_VARIANTS_MAX);
		return;
	}
	profile->upload.variant_count = (uint32_t)count;
	for (i = 0; i < count; i++) {
		member = place_at(place, "/variants/%u", i);
		read_variant(reader, &member, json_array_get(variants, i), i,
			     &profile->variant_layers[i]);
	}
}

/**
 * profile_read() - read a profile
 * @profile: out, for profile_free(); of use if there was no fault
 * @json: profile
 * @place: where it stands
 * @faults: where faults go
 */
void profile_read(struct profile *profile, const json_t *json,
		  const struct place *place, struct faults *faults)
{
	/* Those behind "variants" are written and not read. */
	static const char *const members[] = {
		"name", "shared", "persistent", "variants", "id", "state",
		"owner", "generation", "rows", "queues", "layers", NULL,
	};
	const json_t *shared = json_object_get(json, "shared");
	struct reader reader = { .faults = faults };
	struct place name = place_at(place, "/name");

	memset(profile, 0, sizeof(*profile));
	if (!json_is_object(json)) {
		fault_at(faults, place, "not an object");
		return;
	}
	check_members(&reader, place, json, members);
	read_name(&reader, &name, json_string_value(json_object_get(json, "name")),
		  profile->name);
	if (shared && !json_is_boolean(shared))
		fault_at(faults, place, "shared is neither true nor false");
	if (json_is_true(shared))
		profile->upload.flags = DREAM_MODEL_FLAGS_SHARED;
	read_variants(profile, &reader, place, json_object_get(json, "variants"));

	profile->upload.name = profile->name;
	profile->upload.variant_layers = profile->variant_layers;
	profile->upload.rows = (struct dream_rows) {
		.layers = reader.layers,
		.costs = reader.costs,
		.gates = reader.gates,
		.layer_count = reader.layer_count,
		.cost_count = reader.cost_count,
		.gate_count = reader.gate_count,
	};
}

void profile_free(struct profile *profile)
{
	dream_rows_free(&profile->upload.rows);
}

/* ---------------------------------------------------------------- writing */

static json_t *layer_of(const json_t *variants, uint32_t variant,
			uint32_t index)
{
	const json_t *object = json_array_get(variants, variant);

	return json_array_get(json_object_get(object, "layers"), index);
}

static json_t *write_variants(const struct dream_model *model)
{
	json_t *variants = must_have(json_array());
	json_t *layers;
	uint32_t i, j;

	for (i = 0; i < model->variant_count; i++) {
		layers = must_have(json_array());
		for (j = 0; j < model->variant_layers[i]; j++)
			json_array_append_new(layers, json_object());
		json_array_append_new(variants,
				      json_pack("{so}", "layers", layers));
	}
	return variants;
}

static void write_layer(json_t *layer, const struct dream_layer_row *row)
{
	json_object_set_new(layer, "weight_bytes", json_u64(row->weight_bytes));
	json_object_set_new(layer, "in_bytes", json_u64(row->in_bytes));
	json_object_set_new(layer, "out_bytes", json_u64(row->out_bytes));
}

static void write_cost(json_t *layer, const struct dream_cost_row *row)
{
	json_t *costs = json_object_get(layer, "costs");
	json_t *cost = must_have(json_object());

	if (!costs) {
		costs = must_have(json_object());
		json_object_set_new(layer, "costs", costs);
	}
	json_object_set_new(cost, "latency_ns", json_u64(row->latency_ns));
	json_object_set_new(cost, "energy_nj", json_u64(row->energy_nj));
	if (row->samples) {
		json_object_set_new(cost, "measured_ns",
				    json_u64(row->measured_ns));
		json_object_set_new(cost, "measured_nj",
				    json_u64(row->measured_nj));
		json_object_set_new(cost, "samples", json_u64(row->samples));
	}
	json_object_set_new(costs, row->class_name, cost);
}

static void write_gate(json_t *layer, const struct dream_gate_row *row)
{
	json_t *gate = must_have(json_object());

	json_object_set_new(gate, "target", json_u64(row->target));
	json_object_set_new(gate, "probability",
			    json_real(row->probability / 1e6));
	if (row->samples) {
		json_object_set_new(gate, "measured",
				    json_real(row->measured / 1e6));
		json_object_set_new(gate, "samples", json_u64(row->samples));
	}
	json_object_set_new(layer, "gate", gate);
}

/* Variants with their layers, costs and gates, as profile_read() takes them. */
json_t *profile_write(const struct dream_model *model,
		      const struct dream_rows *rows)
{
	json_t *variants = write_variants(model);
	const struct dream_layer_row *layer;
	const struct dream_cost_row *cost;
	const struct dream_gate_row *gate;
	json_t *object;
	size_t i;

	for (i = 0; i < rows->layer_count; i++) {
		layer = &rows->layers[i];
		object = layer_of(variants, layer->variant, layer->index);
		if (object)
			write_layer(object, layer);
	}
	for (i = 0; i < rows->cost_count; i++) {
		cost = &rows->costs[i];
		object = layer_of(variants, cost->variant, cost->index);
		if (object)
			write_cost(object, cost);
	}
	for (i = 0; i < rows->gate_count; i++) {
		gate = &rows->gates[i];
		object = layer_of(variants, gate->variant, gate->index);
		if (object)
			write_gate(object, gate);
	}
	return variants;
}
