// SPDX-License-Identifier: GPL-2.0
/* dreamctl model */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "output.h"
#include "profile.h"

static const char usage[] =
	"Usage: dreamctl [-j] [-p] [-d] model show [NAME | ID]\n"
	"       dreamctl model add { FILE | - }\n"
	"       dreamctl model del { NAME | ID }\n"
	"\n"
	"A model profile tells what each layer costs on each class of accelerators.\n"
	"show tells which models there are; with -d, what each layer is expected to\n"
	"cost and what has been measured. The output of -j -d can be added again.\n"
	"\n"
	"add takes a profile, or an array of profiles, and puts it in force for all\n"
	"processes that ask for it; it stays until it is deleted or the module is\n"
	"unloaded, which needs CAP_SYS_NICE or CAP_NET_ADMIN. A profile looks so:\n"
	"\n"
	"  {\n"
	"    \"name\": \"hands\",               at most 31 characters\n"
	"    \"shared\": true,                other users may use it; default false\n"
	"    \"variants\": [                  heaviest first, 1 to 8\n"
	"      { \"layers\": [                in order of execution, 1 to 1024\n"
	"        { \"weight_bytes\": 4096,    sizes, default 0\n"
	"          \"in_bytes\": 1024,\n"
	"          \"out_bytes\": 1024,\n"
	"          \"costs\": {               by class, at least one\n"
	"            \"ws-2048\": { \"latency_ns\": 250000, \"energy_nj\": 90000 }\n"
	"          },\n"
	"          \"gate\": {                may be left out\n"
	"            \"target\": 2,           layer that it leads to; the number of\n"
	"                                   layers ends the job\n"
	"            \"probability\": 0.5 } } ] } ]\n"
	"  }\n";

static const struct column models_table[] = {
	{ "ID", "id", F_NUMBER },
	{ "NAME", "name", F_TEXT },
	{ "STATE", "state", F_TEXT },
	{ "OWNER", "owner", F_NUMBER },
	{ "SHARED", "shared", F_TEXT },
	{ "PERSISTENT", "persistent", F_TEXT },
	{ "GENERATION", "generation", F_NUMBER },
	{ "QUEUES", "queues", F_NUMBER },
	{ "LAYERS", "layers", F_TEXT },
};

static const struct column costs_table[] = {
	{ "VARIANT", "variant", F_NUMBER },
	{ "LAYER", "layer", F_NUMBER },
	{ "CLASS", "class", F_TEXT },
	{ "LATENCY", "latency_ns", F_TIME },
	{ "ENERGY", "energy_nj", F_ENERGY },
	{ "MEASURED", "measured_ns", F_TIME },
	{ "ENERGY", "measured_nj", F_ENERGY },
	{ "SAMPLES", "samples", F_NUMBER },
};

static const struct column layers_table[] = {
	{ "VARIANT", "variant", F_NUMBER },
	{ "LAYER", "layer", F_NUMBER },
	{ "WEIGHTS", "weight_bytes", F_BYTES },
	{ "IN", "in_bytes", F_BYTES },
	{ "OUT", "out_bytes", F_BYTES },
};

static const struct column gates_table[] = {
	{ "VARIANT", "variant", F_NUMBER },
	{ "LAYER", "layer", F_NUMBER },
	{ "GOES TO", "target", F_NUMBER },
	{ "EXPECTED", "probability", F_PERCENT },
	{ "MEASURED", "measured", F_PERCENT },
	{ "SAMPLES", "samples", F_NUMBER },
};

/* ------------------------------------------------------------------- show */

static json_t *variant_layers(const struct dream_model *model)
{
	json_t *list = must_have(json_array());
	uint32_t i;

	for (i = 0; i < model->variant_count; i++)
		json_array_append_new(list, json_u64(model->variant_layers[i]));
	return list;
}

static json_t *model_json(const struct dream_model *model)
{
	json_t *json;

	json = json_pack("{sIsssssIsbsbsIsIsIso}",
			 "id", (json_int_t)model->id,
			 "name", model->name,
			 "state", dream_model_state_name(model->state),
			 "owner", (json_int_t)model->owner,
			 "shared", !!(model->flags & DREAM_MODEL_FLAGS_SHARED),
			 "persistent",
			 !!(model->flags & DREAM_MODEL_FLAGS_PERSISTENT),
			 "generation", (json_int_t)model->generation,
			 "rows", (json_int_t)model->rows,
			 "queues", (json_int_t)model->queues,
			 "layers", variant_layers(model));
	return must_have(json);
}

/* Put the rows of a kind into a flat list, with their variant and layer. */
static void add_row(json_t *list, uint32_t variant, size_t layer,
		    const json_t *members)
{
	json_t *row;

	row = must_have(json_pack("{sIsI}", "variant", (json_int_t)variant,
				  "layer", (json_int_t)layer));
	json_object_update(row, (json_t *)members);
	json_array_append_new(list, row);
}

static void add_costs(json_t *list, uint32_t variant, size_t layer,
		      json_t *costs)
{
	const char *class_name;
	json_t *cost;

	json_object_foreach(costs, class_name, cost) {
		json_object_set_new(cost, "class", json_string(class_name));
		add_row(list, variant, layer, cost);
	}
}

/* Three tables of a model: sizes, costs, gates. */
static void print_model(const json_t *model)
{
	json_t *layers = must_have(json_array());
	json_t *costs = must_have(json_array());
	json_t *gates = must_have(json_array());
	const json_t *variant, *gate;
	json_t *layer;
	size_t i, j;

	json_array_foreach(json_object_get(model, "variants"), i, variant) {
		json_array_foreach(json_object_get(variant, "layers"), j, layer) {
			add_row(layers, (uint32_t)i, j, layer);
			add_costs(costs, (uint32_t)i, j,
				  json_object_get(layer, "costs"));
			gate = json_object_get(layer, "gate");
			if (gate)
				add_row(gates, (uint32_t)i, j, gate);
		}
	}
	printf("\nModel %" JSON_INTEGER_FORMAT ", %s\n",
	       json_integer_value(json_object_get(model, "id")),
	       json_string_value(json_object_get(model, "name")));
	print_table(layers, COLUMNS(layers_table));
	putchar('\n');
	print_table(costs, COLUMNS(costs_table));
	if (json_array_size(gates)) {
		putchar('\n');
		print_table(gates, COLUMNS(gates_table));
	}
	json_decref(layers);
	json_decref(costs);
	json_decref(gates);
}

/* Add what -d tells. Returns an exit status. */
static int add_details(struct dream_nl *nl, const struct dream_model *model,
		       json_t *json)
{
	struct dream_rows rows;
	int err;

	if (model->state != DREAM_MODEL_STATE_COMMITTED)
		return EXIT_DONE;
	err = dream_nl_costs(nl, model->id, &rows);
	if (err)
		return request_failed(nl, err, "costs of model %s", model->name);
	json_object_set_new(json, "variants", profile_write(model, &rows));
	dream_rows_free(&rows);
	return EXIT_DONE;
}

static void print_models(const struct opts *o, const json_t *list)
{
	const json_t *model;
	size_t i;

	if (o->json) {
		print_json(o, list);
		return;
	}
	print_table(list, COLUMNS(models_table));
	json_array_foreach(list, i, model) {
		if (json_object_get(model, "variants"))
			print_model(model);
	}
}

static int show_models(struct dream_nl *nl, const struct opts *o,
		       const struct dream_model *models, int count)
{
	json_t *list = must_have(json_array());
	int i, status = EXIT_DONE;
	json_t *json;

	for (i = 0; i < count && !status; i++) {
		json = model_json(&models[i]);
		json_array_append_new(list, json);
		if (o->details)
			status = add_details(nl, &models[i], json);
	}
	if (!status)
		print_models(o, list);
	json_decref(list);
	return status;
}

static int show_one(struct dream_nl *nl, const struct opts *o, const char *name)
{
	struct dream_model model;
	uint32_t id;
	int err;

	if (find_model(nl, name, &id))
		return EXIT_FAILED;
	err = dream_nl_model(nl, id, &model);
	if (err)
		return request_failed(nl, err, "model %s", name);
	return show_models(nl, o, &model, 1);
}

static int show_all(struct dream_nl *nl, const struct opts *o)
{
	struct dream_model *models;
	int count, status;

	count = dream_nl_models(nl, &models);
	if (count < 0)
		return request_failed(nl, count, "models");
	status = show_models(nl, o, models, count);
	free(models);
	return status;
}

static int model_show(int argc, char **argv, const struct opts *o)
{
	struct dream_nl *nl;
	int status;

	if (argc && no_more(argc - 1, argv + 1))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	status = argc ? show_one(nl, o, *argv) : show_all(nl, o);
	dream_nl_close(nl);
	return status;
}

/* ------------------------------------------------------------ add, delete */

/* A row is named by its number; tell which layer that is. */
static int add_failed(const struct dream_nl *nl, int err,
		      const struct profile *profile)
{
	const struct dream_rows *rows = &profile->upload.rows;
	const char *bad = strstr(dream_nl_error(nl), "[cost[");
	const struct dream_cost_row *row;
	size_t index;

	if (bad) {
		index = strtoul(bad + strlen("[cost["), NULL, 10);
		row = &rows->costs[index < rows->cost_count ? index : 0];
		return request_failed(nl, err,
				      "model %s, variant %u, layer %u, class %s",
				      profile->name, row->variant, row->index,
				      row->class_name);
	}
	return request_failed(nl, err, "model %s", profile->name);
}

static const struct column added_table[] = {
	{ "ID", "id", F_NUMBER },
	{ "NAME", "name", F_TEXT },
};

/* Add profiles, and tell which have been added. Returns an exit status. */
static int upload_profiles(const struct opts *o, struct profile *profiles,
			   size_t count)
{
	json_t *added = must_have(json_array());
	int err, status = EXIT_DONE;
	struct dream_nl *nl;
	json_t *json;
	uint32_t id;
	size_t i;

	if (connect_netlink(&nl)) {
		json_decref(added);
		return EXIT_FAILED;
	}
	for (i = 0; i < count; i++) {
		profiles[i].upload.flags |= DREAM_MODEL_FLAGS_PERSISTENT;
		err = dream_nl_model_upload(nl, &profiles[i].upload, &id);
		if (err) {
			status = add_failed(nl, err, &profiles[i]);
			break;
		}
		json = json_pack("{sIss}", "id", (json_int_t)id,
				 "name", profiles[i].name);
		json_array_append_new(added, must_have(json));
	}
	dream_nl_close(nl);
	if (o->json)
		print_json(o, added);
	else if (json_array_size(added))
		print_table(added, COLUMNS(added_table));
	json_decref(added);
	return status;
}

/* Read all profiles before the first one is added. */
static int add_profiles(const char *file, const json_t *list,
			const struct opts *o)
{
	size_t i, count = json_array_size(list);
	struct faults faults = { .out = stderr };
	struct profile *profiles;
	struct place place, root = { .file = file };
	int status;

	profiles = must_calloc(count, sizeof(*profiles));
	for (i = 0; i < count; i++) {
		place = count > 1 ? place_at(&root, "/%zu", i) : root;
		profile_read(&profiles[i], json_array_get(list, i), &place,
			     &faults);
	}
	if (faults.count)
		status = failed("%u faults in %s", faults.count, file);
	else
		status = upload_profiles(o, profiles, count);
	for (i = 0; i < count; i++)
		profile_free(&profiles[i]);
	free(profiles);
	return status;
}

static int model_add(int argc, char **argv, const struct opts *o)
{
	json_t *document, *list;
	const char *file;
	json_error_t error;
	int status;

	if (!argc)
		return bad_usage("model add: which file?");
	if (no_more(argc - 1, argv + 1))
		return EXIT_USAGE;
	file = strcmp(*argv, "-") ? *argv : "standard input";
	if (file == *argv)
		document = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
	else
		document = json_loadf(stdin, JSON_REJECT_DUPLICATES, &error);
	if (!document && error.line > 0)
		return failed("%s:%d: %s", file, error.line, error.text);
	if (!document)
		return failed("%s", error.text);
	list = json_is_array(document) ? json_incref(document) :
		must_have(json_pack("[O]", document));
	json_decref(document);
	status = add_profiles(file, list, o);
	json_decref(list);
	return status;
}

static int model_del(int argc, char **argv, const struct opts *o)
{
	struct dream_nl *nl;
	int err, status;
	uint32_t id;

	(void)o;
	if (!argc)
		return bad_usage("model del: which one?");
	if (no_more(argc - 1, argv + 1))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	status = find_model(nl, *argv, &id);
	if (!status) {
		err = dream_nl_model_del(nl, id);
		if (err)
			status = request_failed(nl, err, "model %s", *argv);
	}
	dream_nl_close(nl);
	return status;
}

int cmd_model(int argc, char **argv, const struct opts *o)
{
	static const struct verb verbs[] = {
		{ "show", model_show },
		{ "list", model_show },
		{ "add", model_add },
		{ "del", model_del },
		{ "delete", model_del },
		{ NULL, NULL },
	};

	return dispatch(verbs, usage, argc, argv, o);
}
