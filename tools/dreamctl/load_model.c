// SPDX-License-Identifier: GPL-2.0
/*
 * Models: variants, layers, costs, gates.
 */
#include <math.h>

#include "document.h"
#include "loader.h"
#include "memory.h"

/* Longest latency that the kernel takes: an hour. */
#define LATENCY_NS_MAX	3600000000000ULL
/* Largest size of weights or activations that a scenario can state, 1 TiB. */
#define BYTES_MAX	(1ULL << 40)

/* A model in the making. */
struct maker {
	struct loader *loader;
	const struct place *place;
	struct scenario_model *model;
	const struct table_file *layers;
	const struct table_file *costs;
};

/* ----------------------------------------------------------------- tables */

static struct table_file *open_table(struct loader *loader, const char *path,
				     bool has_costs)
{
	struct table_file *table;

	for (table = loader->tables; table; table = table->next)
		if (table->has_costs == has_costs && !strcmp(table->path, path))
			return table;

	table = must_calloc(1, sizeof(*table));
	table->path = must_strdup(path);
	table->has_costs = has_costs;
	if (has_costs)
		table->good = !cost_table_read(&table->costs, path,
					       loader->faults);
	else
		table->good = !layer_table_read(&table->layers, path,
						loader->faults);
	table->next = loader->tables;
	loader->tables = table;
	return table;
}

/* Open the table that a model names, if it names one; -1 if it is a bad one. */
static int model_table(struct maker *maker, const json_t *json,
		       const char *key, bool has_costs,
		       const struct table_file **table)
{
	const char *name = document_string(json, key, NULL);
	char *path;

	if (!name)
		return 0;
	path = document_path(maker->place->file, name);
	*table = open_table(maker->loader, path, has_costs);
	free(path);
	return (*table)->good ? 0 : -1;
}

/**
 * free_tables() - forget the tables that have been read
 * @loader: loader
 */
void free_tables(struct loader *loader)
{
	struct table_file *table;

	while (loader->tables) {
		table = loader->tables;
		loader->tables = table->next;
		layer_table_free(&table->layers);
		cost_table_free(&table->costs);
		free(table->path);
		free(table);
	}
}

/* ----------------------------------------------------------------- layers */

static uint64_t product(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t result;

	if (__builtin_mul_overflow(a, b, &result) ||
	    __builtin_mul_overflow(result, c, &result))
		return UINT64_MAX;
	return result;
}

static uint64_t output_size(uint32_t input, uint32_t stride)
{
	return ((uint64_t)input + stride - 1) / stride;
}

/* One byte for each weight and activation. */
static void set_sizes(struct scenario_layer *layer)
{
	const struct dream_vnpu_shape *shape = &layer->shape;

	layer->weight_bytes = product(product(shape->k,
					      shape->c / shape->groups,
					      shape->r), shape->s, 1);
	layer->in_bytes = product(shape->c, shape->y, shape->x);
	layer->out_bytes = product(shape->k,
				   output_size(shape->y, shape->stride),
				   output_size(shape->x, shape->stride));
}

static struct scenario_layer *add_layer(struct maker *maker,
					struct scenario_variant *variant)
{
	struct scenario_layer *layer;

	variant->layers = must_grow(variant->layers, variant->layer_count,
				    sizeof(*layer));
	layer = &variant->layers[variant->layer_count++];
	memset(layer, 0, sizeof(*layer));
	layer->gate = SCENARIO_NO_GATE;
	layer->costs = must_calloc(maker->loader->scenario->class_count,
				   sizeof(*layer->costs));
	return layer;
}

static void check_layer(struct maker *maker, const struct place *place,
			const struct scenario_layer *layer)
{
	const struct scenario *scenario = maker->loader->scenario;
	uint32_t i;

	if (layer->weight_bytes > BYTES_MAX || layer->in_bytes > BYTES_MAX ||
	    layer->out_bytes > BYTES_MAX)
		fault_at(maker->loader->faults, place,
			 "weights or activations are larger than 2^40 bytes");
	for (i = 0; i < scenario->class_count; i++) {
		if (layer->costs[i].latency_ns <= LATENCY_NS_MAX &&
		    layer->costs[i].energy_nj <= TABLE_ENERGY_MAX)
			continue;
		fault_at(maker->loader->faults, place,
			 "takes longer than an hour or more than 10^15 nJ on %s",
			 scenario->classes[i].name);
		return;
	}
}

/* bytes x 1000 / (10^6 bytes per second), in ns, rounded up; bytes <= 2^40. */
static uint64_t dram_ns(uint64_t bytes, uint32_t bandwidth_mbps)
{
	return (bytes * 1000 + bandwidth_mbps - 1) / bandwidth_mbps;
}

static void set_latency(const struct scenario_class *class,
			struct scenario_cost *cost)
{
	uint64_t compute = dream_vnpu_cycles_to_ns(cost->cycles,
						   class->array.clock_khz);
	uint64_t memory = dram_ns(cost->dram_bytes,
				  class->array.bandwidth_mbps);

	cost->latency_ns = compute > memory ? compute : memory;
}

/* What the device will compute from the shape. */
static void shape_costs(struct maker *maker, const struct place *place,
			struct scenario_layer *layer)
{
	const struct scenario *scenario = maker->loader->scenario;
	struct dream_vnpu_layer_cost cost;
	uint32_t i;

	if (!layer->shaped) {
		fault_at(maker->loader->faults, place,
			 "has no shape, which the model's costs come from");
		return;
	}
	for (i = 0; i < scenario->class_count; i++) {
		if (dream_vnpu_cost(&scenario->classes[i].array, &layer->shape,
				    &cost)) {
			fault_at(maker->loader->faults, place,
				 "has a shape that %s cannot execute",
				 scenario->classes[i].name);
			return;
		}
		layer->costs[i].cycles = cost.cycles;
		layer->costs[i].energy_nj = cost.energy_nj;
		layer->costs[i].dram_bytes = cost.dram_bytes;
		layer->costs[i].latency_ns = cost.latency_ns;
	}
	check_layer(maker, place, layer);
}

/* What the table of costs says about a row of the table of layers. */
static void table_costs(struct maker *maker, const struct place *place,
			const struct table_layer *row,
			struct scenario_layer *layer)
{
	const struct scenario *scenario = maker->loader->scenario;
	const struct scenario_class *class;
	const struct table_cost *cost;
	uint32_t i;

	if (!maker->costs) {
		fault_at(maker->loader->faults, place,
			 "the model names no cost_table");
		return;
	}
	for (i = 0; i < scenario->class_count; i++) {
		class = &scenario->classes[i];
		cost = cost_table_find(&maker->costs->costs, row->model,
				       row->index, class->array.dataflow,
				       class->array.pes);
		if (!cost) {
			fault_at(maker->loader->faults, place,
				 "%s has no cost of layer %u of \"%s\" for %s with %u PEs",
				 maker->costs->path, row->index, row->model,
				 dream_vnpu_dataflow_name(class->array.dataflow),
				 class->array.pes);
			return;
		}
		layer->costs[i].cycles = cost->cycles;
		layer->costs[i].energy_nj = cost->energy_nj;
		set_latency(class, &layer->costs[i]);
	}
	check_layer(maker, place, layer);
}

static void add_rows(struct maker *maker, const struct place *place,
		     const struct table_layer *rows, uint32_t count,
		     struct scenario_variant *variant)
{
	struct scenario_layer *layer;
	unsigned int faults;
	uint32_t i;

	for (i = 0; i < count; i++) {
		faults = maker->loader->faults->count;
		layer = add_layer(maker, variant);
		layer->shaped = true;
		layer->shape = rows[i].shape;
		set_sizes(layer);
		if (maker->model->by_shape)
			shape_costs(maker, place, layer);
		else
			table_costs(maker, place, &rows[i], layer);
		/* One fault is enough; the next rows have the same. */
		if (maker->loader->faults->count > faults)
			return;
	}
}

/* Rows of a table: all of them, or the ones that @json states. */
static void load_rows(struct maker *maker, const struct place *place,
		      const char *name, const json_t *json,
		      struct scenario_variant *variant)
{
	const struct table_layer *rows;
	uint32_t count, first, last;

	if (!maker->layers) {
		fault_at(maker->loader->faults, place,
			 "the model names no layer_table");
		return;
	}
	rows = layer_table_find(&maker->layers->layers, name, &count);
	if (!rows) {
		fault_at(maker->loader->faults, place,
			 "%s has no layers of \"%s\"", maker->layers->path,
			 name);
		return;
	}
	first = document_integer(json, "first", 0);
	last = document_integer(json, "last", count - 1);
	if (first > last || last >= count) {
		fault_at(maker->loader->faults, place,
			 "rows %u to %u of \"%s\", which has the rows 0 to %u",
			 first, last, name, count - 1);
		return;
	}
	add_rows(maker, place, rows + first, last - first + 1, variant);
}

/* Costs that the layer states itself, for each class of the platform. */
static void stated_costs(struct maker *maker, const struct place *place,
			 const json_t *json, struct scenario_layer *layer)
{
	const struct scenario *scenario = maker->loader->scenario;
	const json_t *costs = json_object_get(json, "costs");
	const json_t *cost;
	uint32_t i;

	for (i = 0; i < scenario->class_count; i++) {
		cost = json_object_get(costs, scenario->classes[i].name);
		if (!cost) {
			fault_at(maker->loader->faults, place,
				 "has no cost for the class \"%s\" of the platform",
				 scenario->classes[i].name);
			return;
		}
		layer->costs[i].cycles = document_integer(cost, "cycles", 0);
		layer->costs[i].energy_nj =
			document_integer(cost, "energy_nj", 0);
		layer->costs[i].dram_bytes =
			document_integer(cost, "dram_bytes", 0);
		set_latency(&scenario->classes[i], &layer->costs[i]);
	}
	check_layer(maker, place, layer);
}

static bool has_any(const json_t *json, const char * const *keys)
{
	for (; *keys; keys++)
		if (json_object_get(json, *keys))
			return true;
	return false;
}

static void load_shape(struct maker *maker, const struct place *place,
		       const json_t *json, struct scenario_layer *layer)
{
	struct dream_vnpu_shape *shape = &layer->shape;

	shape->k = document_integer(json, "k", 0);
	shape->c = document_integer(json, "c", 0);
	shape->y = document_integer(json, "y", 0);
	shape->x = document_integer(json, "x", 0);
	shape->r = document_integer(json, "r", 1);
	shape->s = document_integer(json, "s", 1);
	shape->stride = document_integer(json, "stride", 1);
	shape->groups = document_integer(json, "groups", 1);
	if (!shape->k || !shape->c || !shape->y || !shape->x) {
		fault_at(maker->loader->faults, place,
			 "a shape needs k, c, y and x");
	} else if (shape->k % shape->groups || shape->c % shape->groups) {
		fault_at(maker->loader->faults, place,
			 "%u groups do not divide %u and %u channels",
			 shape->groups, shape->k, shape->c);
	} else {
		layer->shaped = true;
		set_sizes(layer);
	}
}

static void load_layer(struct maker *maker, const struct place *place,
		       const json_t *json, struct scenario_variant *variant)
{
	static const char * const shape_keys[] = {
		"k", "c", "y", "x", "r", "s", "stride", "groups", NULL
	};
	static const char * const layer_keys[] = {
		"k", "c", "y", "x", "r", "s", "stride", "groups",
		"weight_bytes", "in_bytes", "out_bytes", "costs", NULL
	};
	static const char * const row_keys[] = { "first", "last", NULL };
	const char *name = document_string(json, "table", NULL);
	struct faults *faults = maker->loader->faults;
	unsigned int before = faults->count;
	struct scenario_layer *layer;

	if (name && has_any(json, layer_keys)) {
		fault_at(faults, place,
			 "is either rows of a table or a layer, not both");
		return;
	}
	if (name) {
		load_rows(maker, place, name, json, variant);
		return;
	}
	if (has_any(json, row_keys)) {
		fault_at(faults, place, "first and last are rows of a table");
		return;
	}
	layer = add_layer(maker, variant);
	if (has_any(json, shape_keys))
		load_shape(maker, place, json, layer);
	layer->weight_bytes = document_integer(json, "weight_bytes",
					       layer->weight_bytes);
	layer->in_bytes = document_integer(json, "in_bytes", layer->in_bytes);
	layer->out_bytes = document_integer(json, "out_bytes",
					    layer->out_bytes);
	if (faults->count > before)
		return;
	if (maker->model->by_shape)
		shape_costs(maker, place, layer);
	else
		stated_costs(maker, place, json, layer);
}

/* ------------------------------------------------------- gates, variants */

static void load_gate(struct maker *maker, const struct place *place,
		      const json_t *json, struct scenario_variant *variant,
		      uint32_t index)
{
	struct scenario_gate *gate = &variant->gates[index];
	struct faults *faults = maker->loader->faults;
	struct place member;

	gate->layer = document_integer(json, "layer", 0);
	gate->target = document_integer(json, "target", 0);
	gate->probability = lround(SCENARIO_CERTAIN *
				   document_number(json, "probability", 0));
	member = place_at(place, "/layer");
	if (gate->layer >= variant->layer_count) {
		fault_at(faults, &member, "the variant has %u layers",
			 variant->layer_count);
		return;
	}
	if (variant->layers[gate->layer].gate != SCENARIO_NO_GATE) {
		fault_at(faults, &member, "layer %u has a gate already",
			 gate->layer);
		return;
	}
	member = place_at(place, "/target");
	if (gate->target <= gate->layer + 1 ||
	    gate->target > variant->layer_count) {
		fault_at(faults, &member,
			 "a gate behind layer %u of %u leads to a layer from %u on, or to %u for the end",
			 gate->layer, variant->layer_count, gate->layer + 2,
			 variant->layer_count);
		return;
	}
	variant->layers[gate->layer].gate = index;
}

static void load_layers(struct maker *maker, const struct place *place,
			const json_t *layers, struct scenario_variant *variant)
{
	struct place layer_place;
	size_t i;

	if (json_is_string(layers)) {
		load_rows(maker, place, json_string_value(layers), NULL,
			  variant);
		return;
	}
	for (i = 0; i < json_array_size(layers); i++) {
		layer_place = place_at(place, "/%zu", i);
		load_layer(maker, &layer_place, json_array_get(layers, i),
			   variant);
	}
}

static void load_variant(struct maker *maker, const struct place *place,
			 const json_t *json, struct scenario_variant *variant)
{
	const json_t *gates = json_object_get(json, "gates");
	struct faults *faults = maker->loader->faults;
	struct place layers_place = place_at(place, "/layers");
	unsigned int before = faults->count;
	struct place gate_place;
	uint32_t i;

	load_layers(maker, &layers_place, json_object_get(json, "layers"),
		    variant);
	if (faults->count > before)
		return;
	if (variant->layer_count > DREAM_LAYERS_MAX) {
		fault_at(faults, &layers_place, "more than %d layers",
			 DREAM_LAYERS_MAX);
		return;
	}
	variant->gate_count = json_array_size(gates);
	variant->gates = must_calloc(variant->gate_count,
				     sizeof(*variant->gates));
	for (i = 0; i < variant->gate_count; i++) {
		gate_place = place_at(place, "/gates/%u", i);
		load_gate(maker, &gate_place, json_array_get(gates, i), variant,
			  i);
	}
}

/**
 * load_model() - resolve a model for the classes of the platform
 * @loader: loader; the platform has been loaded
 * @place: the model
 * @json: it
 * @model: out, for free_model() even after a fault
 */
void load_model(struct loader *loader, const struct place *place,
		const json_t *json, struct scenario_model *model)
{
	const json_t *variants = json_object_get(json, "variants");
	struct maker maker = {
		.loader = loader,
		.place = place,
		.model = model,
	};
	struct place variant_place;
	uint32_t i;

	snprintf(model->name, sizeof(model->name), "%s",
		 document_string(json, "name", NULL));
	model->by_shape = !strcmp(document_string(json, "costs", "table"),
				  "shape");
	if (model_table(&maker, json, "layer_table", false, &maker.layers) ||
	    model_table(&maker, json, "cost_table", true, &maker.costs))
		return;

	model->variant_count = json_array_size(variants);
	model->variants = must_calloc(model->variant_count,
				      sizeof(*model->variants));
	for (i = 0; i < model->variant_count; i++) {
		variant_place = place_at(place, "/variants/%u", i);
		load_variant(&maker, &variant_place,
			     json_array_get(variants, i), &model->variants[i]);
	}
}

static void free_variant(struct scenario_variant *variant)
{
	uint32_t i;

	for (i = 0; i < variant->layer_count; i++)
		free(variant->layers[i].costs);
	free(variant->layers);
	free(variant->gates);
}

/**
 * free_model() - free what a model has
 * @model: model
 */
void free_model(struct scenario_model *model)
{
	uint32_t i;

	for (i = 0; i < model->variant_count; i++)
		free_variant(&model->variants[i]);
	free(model->variants);
}
