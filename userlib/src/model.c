// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Model profiles. Tables of any size travel in messages of at most
 * DNL_REQUEST_MAX bytes and DREAM_ROWS_MAX rows of a kind: a message takes rows
 * until the next one does not fit.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"

#define DNL_ITEM	struct dream_layer_row

static const struct dnl_field layer_fields[] = {
	[DREAM_A_LAYER_VARIANT] = FIELD_U32("variant", variant),
	[DREAM_A_LAYER_INDEX] = FIELD_U32("index", index),
	[DREAM_A_LAYER_WEIGHT_BYTES] = FIELD_U64("weight-bytes", weight_bytes),
	[DREAM_A_LAYER_IN_BYTES] = FIELD_U64("in-bytes", in_bytes),
	[DREAM_A_LAYER_OUT_BYTES] = FIELD_U64("out-bytes", out_bytes),
};

#undef DNL_ITEM
#define DNL_ITEM	struct dream_cost_row

static const struct dnl_field cost_fields[] = {
	[DREAM_A_COST_VARIANT] = FIELD_U32("variant", variant),
	[DREAM_A_COST_INDEX] = FIELD_U32("index", index),
	[DREAM_A_COST_CLASS] = FIELD_NAME("class", class_name),
	[DREAM_A_COST_LATENCY_NS] = FIELD_U64("latency-ns", latency_ns),
	[DREAM_A_COST_ENERGY_NJ] = FIELD_U64("energy-nj", energy_nj),
	[DREAM_A_COST_MEASURED_NS] = FIELD_U64_RO("measured-ns", measured_ns),
	[DREAM_A_COST_MEASURED_NJ] = FIELD_U64_RO("measured-nj", measured_nj),
	[DREAM_A_COST_SAMPLES] = FIELD_U32_RO("samples", samples),
};

#undef DNL_ITEM
#define DNL_ITEM	struct dream_gate_row

static const struct dnl_field gate_fields[] = {
	[DREAM_A_GATE_VARIANT] = FIELD_U32("variant", variant),
	[DREAM_A_GATE_INDEX] = FIELD_U32("index", index),
	[DREAM_A_GATE_TARGET] = FIELD_U32("target", target),
	[DREAM_A_GATE_PROBABILITY] = FIELD_U32("probability", probability),
	[DREAM_A_GATE_MEASURED] = FIELD_U32_RO("measured", measured),
	[DREAM_A_GATE_SAMPLES] = FIELD_U32_RO("samples", samples),
};

#undef DNL_ITEM

static const struct dnl_set layer_set = {
	.fields = layer_fields,
	.count = ARRAY_SIZE(layer_fields),
};

static const struct dnl_set cost_set = {
	.fields = cost_fields,
	.count = ARRAY_SIZE(cost_fields),
};

static const struct dnl_set gate_set = {
	.fields = gate_fields,
	.count = ARRAY_SIZE(gate_fields),
};

#define DNL_ITEM	struct dream_model

static const struct dnl_field model_fields[] = {
	[DREAM_A_MODEL_ID] = FIELD_U32("id", id),
	[DREAM_A_MODEL_NAME] = FIELD_NAME("name", name),
	[DREAM_A_MODEL_FLAGS] = FIELD_U32("flags", flags),
	[DREAM_A_MODEL_STATE] = FIELD_U32("state", state),
	[DREAM_A_MODEL_OWNER] = FIELD_U32("owner", owner),
	[DREAM_A_MODEL_GENERATION] = FIELD_U32("generation", generation),
	[DREAM_A_MODEL_VARIANT_LAYERS] = FIELD_MULTI("variant-layers", NULL),
	[DREAM_A_MODEL_LAYER] = FIELD_MULTI("layer", &layer_set),
	[DREAM_A_MODEL_COST] = FIELD_MULTI("cost", &cost_set),
	[DREAM_A_MODEL_GATE] = FIELD_MULTI("gate", &gate_set),
	[DREAM_A_MODEL_ROWS] = FIELD_U32("rows", rows),
	[DREAM_A_MODEL_QUEUES] = FIELD_U32("queues", queues),
};

#undef DNL_ITEM

/* Rows come in replies of cost-get only, which read_costs() takes apart. */
static void read_variant(const struct nlattr *attr, void *item)
{
	struct dream_model *model = item;

	if (nla_type(attr) == DREAM_A_MODEL_VARIANT_LAYERS &&
	    model->variant_count < DREAM_VARIANTS_MAX)
		model->variant_layers[model->variant_count++] =
			(uint32_t)dnl_get_int(attr);
}

static const struct dnl_set model_set = {
	.fields = model_fields,
	.count = ARRAY_SIZE(model_fields),
	.multi = read_variant,
};

/* The last reply holds. */
static int read_model(const struct nlattr *attrs, int len, void *model)
{
	dnl_read(&model_set, attrs, len, model);
	return 0;
}

/* ------------------------------------------------------------------- rows */

static int put_row(struct nl_msg *msg, int type, const struct dnl_set *set,
		   const void *row)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, type);
	if (!nest)
		return -NLE_NOMEM;
	if (dnl_put(msg, set, row) < 0) {
		nla_nest_cancel(msg, nest);
		return -NLE_NOMEM;
	}
	nla_nest_end(msg, nest);
	return 0;
}

/* Put as many of the rows as fit. Returns how many. */
static size_t put_rows(struct nl_msg *msg, int type, const struct dnl_set *set,
		       const void *rows, size_t size, size_t count)
{
	size_t i;

	if (count > DREAM_ROWS_MAX)
		count = DREAM_ROWS_MAX;
	for (i = 0; i < count; i++) {
		if (put_row(msg, type, set, (const char *)rows + i * size) < 0)
			break;
	}
	return i;
}

/*
 * Put the rows that follow those of the messages before, of which @next[type] of
 * a type have gone, and count them. Returns 0 if none is left for another
 * message.
 */
int dnl_put_chunk(struct nl_msg *msg, const struct dream_rows *rows,
		  size_t *next)
{
	size_t *layer = &next[DREAM_A_MODEL_LAYER];
	size_t *cost = &next[DREAM_A_MODEL_COST];
	size_t *gate = &next[DREAM_A_MODEL_GATE];

	if (*layer < rows->layer_count)
		*layer += put_rows(msg, DREAM_A_MODEL_LAYER, &layer_set,
				   rows->layers + *layer, sizeof(*rows->layers),
				   rows->layer_count - *layer);
	if (*cost < rows->cost_count)
		*cost += put_rows(msg, DREAM_A_MODEL_COST, &cost_set,
				  rows->costs + *cost, sizeof(*rows->costs),
				  rows->cost_count - *cost);
	if (*gate < rows->gate_count)
		*gate += put_rows(msg, DREAM_A_MODEL_GATE, &gate_set,
				  rows->gates + *gate, sizeof(*rows->gates),
				  rows->gate_count - *gate);
	return *layer < rows->layer_count || *cost < rows->cost_count ||
	       *gate < rows->gate_count;
}

static int check_rows(struct dream_nl *nl, const struct dream_rows *rows)
{
	char text[64];
	size_t i;

	for (i = 0; i < rows->cost_count; i++) {
		if (memchr(rows->costs[i].class_name, '\0', DREAM_NAME_LEN))
			continue;
		snprintf(text, sizeof(text), "not terminated [cost[%zu].class]",
			 i);
		return dnl_fail(nl, -EINVAL, text);
	}
	return 0;
}

/* ----------------------------------------------------------------- models */

int dream_nl_model_new(struct dream_nl *nl, const char *name, uint32_t flags,
		       const uint32_t *variant_layers, uint32_t variant_count,
		       uint32_t *id, uint32_t *generation)
{
	struct dream_model model = { 0 };
	const struct dnl_call call = {
		.cmd = DREAM_CMD_MODEL_NEW,
		.set = &model_set,
		.reply = read_model,
		.arg = &model,
	};
	struct nl_msg *msg;
	uint32_t i;
	int err;

	err = dnl_check_name(nl, name);
	if (err)
		return err;
	if (variant_count > DREAM_VARIANTS_MAX)
		return dnl_fail(nl, -EINVAL, "more than 8 variants");
	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	nla_put_string(msg, DREAM_A_MODEL_NAME, name);
	if (flags)
		nla_put_u32(msg, DREAM_A_MODEL_FLAGS, flags);
	for (i = 0; i < variant_count; i++)
		nla_put_u32(msg, DREAM_A_MODEL_VARIANT_LAYERS,
			    variant_layers[i]);
	err = dnl_talk(nl, &call, msg);
	if (err)
		return err;
	*id = model.id;
	*generation = model.generation;
	return 0;
}

int dream_nl_model_load(struct dream_nl *nl, uint32_t id, uint32_t generation,
			const struct dream_rows *rows, uint32_t *loaded)
{
	size_t first[DREAM_A_MODEL_MAX + 1] = { 0 };
	size_t next[DREAM_A_MODEL_MAX + 1] = { 0 };
	struct dream_model model = { 0 };
	const struct dnl_call call = {
		.cmd = DREAM_CMD_MODEL_LOAD,
		.set = &model_set,
		.first = first,
		.reply = read_model,
		.arg = &model,
	};
	struct nl_msg *msg;
	int more, err;

	err = check_rows(nl, rows);
	if (err)
		return err;
	do {
		msg = dnl_request(nl, &call);
		if (!msg)
			return -ENOMEM;
		nla_put_u32(msg, DREAM_A_MODEL_ID, id);
		nla_put_u32(msg, DREAM_A_MODEL_GENERATION, generation);
		memcpy(first, next, sizeof(first));
		more = dnl_put_chunk(msg, rows, next);
		err = dnl_talk(nl, &call, msg);
	} while (more && !err);
	if (!err && loaded)
		*loaded = model.rows;
	return err;
}

int dream_nl_model_commit(struct dream_nl *nl, uint32_t id,
			  uint32_t *generation, uint32_t rows)
{
	struct dream_model model = { 0 };
	const struct dnl_call call = {
		.cmd = DREAM_CMD_MODEL_COMMIT,
		.set = &model_set,
		.reply = read_model,
		.arg = &model,
	};
	struct nl_msg *msg;
	int err;

	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	nla_put_u32(msg, DREAM_A_MODEL_ID, id);
	nla_put_u32(msg, DREAM_A_MODEL_GENERATION, *generation);
	nla_put_u32(msg, DREAM_A_MODEL_ROWS, rows);
	err = dnl_talk(nl, &call, msg);
	if (!err)
		*generation = model.generation;
	return err;
}

int dream_nl_model_del(struct dream_nl *nl, uint32_t id)
{
	const struct dnl_call call = {
		.cmd = DREAM_CMD_MODEL_DEL,
		.set = &model_set,
	};
	struct nl_msg *msg;

	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	nla_put_u32(msg, DREAM_A_MODEL_ID, id);
	return dnl_talk(nl, &call, msg);
}

/* Every row counts once: a row that comes twice makes the commit fail. */
static uint32_t rows_expected(const struct dream_rows *rows)
{
	return (uint32_t)(rows->layer_count + rows->cost_count +
			  rows->gate_count);
}

int dream_nl_model_upload(struct dream_nl *nl,
			  const struct dream_profile *profile, uint32_t *id)
{
	char error[sizeof(nl->error)];
	uint32_t model, generation;
	int err;

	err = dream_nl_model_new(nl, profile->name, profile->flags,
				 profile->variant_layers,
				 profile->variant_count, &model, &generation);
	if (err)
		return err;
	err = dream_nl_model_load(nl, model, generation, &profile->rows, NULL);
	if (!err)
		err = dream_nl_model_commit(nl, model, &generation,
					    rows_expected(&profile->rows));
	if (err) {
		memcpy(error, nl->error, sizeof(error));
		dream_nl_model_del(nl, model);
		memcpy(nl->error, error, sizeof(error));
		return err;
	}
	*id = model;
	return 0;
}

int dream_nl_model(struct dream_nl *nl, uint32_t id, struct dream_model *model)
{
	return dnl_get(nl, DREAM_CMD_MODEL_GET, &model_set, DREAM_A_MODEL_ID,
		       &id, model, sizeof(*model));
}

int dream_nl_models(struct dream_nl *nl, struct dream_model **items)
{
	struct dnl_list list = DNL_LIST(struct dream_model, &model_set);

	return dnl_dump(nl, DREAM_CMD_MODEL_GET, &list, items);
}

/* ------------------------------------------------------------------ costs */

struct costs {
	struct dnl_list layers;
	struct dnl_list costs;
	struct dnl_list gates;
};

static int read_costs(const struct nlattr *attr, int len, void *arg)
{
	struct costs *costs = arg;
	struct dnl_list *list;
	int err = 0;

	for (; !err && nla_ok(attr, len); attr = nla_next(attr, &len)) {
		switch (nla_type(attr)) {
		case DREAM_A_MODEL_LAYER:
			list = &costs->layers;
			break;
		case DREAM_A_MODEL_COST:
			list = &costs->costs;
			break;
		case DREAM_A_MODEL_GATE:
			list = &costs->gates;
			break;
		default:
			continue;
		}
		err = dnl_list_reply(nla_data(attr), nla_len(attr), list);
	}
	return err;
}

static void restart_costs(void *arg)
{
	struct costs *costs = arg;

	dnl_list_restart(&costs->layers);
	dnl_list_restart(&costs->costs);
	dnl_list_restart(&costs->gates);
}

int dream_nl_costs(struct dream_nl *nl, uint32_t id, struct dream_rows *rows)
{
	struct costs costs = {
		.layers = DNL_LIST(struct dream_layer_row, &layer_set),
		.costs = DNL_LIST(struct dream_cost_row, &cost_set),
		.gates = DNL_LIST(struct dream_gate_row, &gate_set),
	};
	const struct dnl_call call = {
		.cmd = DREAM_CMD_COST_GET,
		.set = &model_set,
		.reply = read_costs,
		.restart = restart_costs,
		.arg = &costs,
	};
	struct nl_msg *msg;
	int err;

	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	nla_put_u32(msg, DREAM_A_MODEL_ID, id);
	err = dnl_talk(nl, &call, msg);
	if (err) {
		free(costs.layers.items);
		free(costs.costs.items);
		free(costs.gates.items);
		return err;
	}
	rows->layers = costs.layers.items;
	rows->costs = costs.costs.items;
	rows->gates = costs.gates.items;
	rows->layer_count = costs.layers.count;
	rows->cost_count = costs.costs.count;
	rows->gate_count = costs.gates.count;
	return 0;
}

void dream_rows_free(struct dream_rows *rows)
{
	free((void *)rows->layers);
	free((void *)rows->costs);
	free((void *)rows->gates);
	memset(rows, 0, sizeof(*rows));
}
