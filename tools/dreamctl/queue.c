// SPDX-License-Identifier: GPL-2.0
/* dreamctl queue */
#include <stdlib.h>

#include "memory.h"
#include "output.h"

static const char usage[] =
	"Usage: dreamctl [-j] [-p] [-d] queue show [ID]\n"
	"\n"
	"Open queues of all processes: their model, period and deadline, jobs that\n"
	"wait for others (WAITING) or for an accelerator (READY), and what became of\n"
	"the rest. -d tells everything about each, with the reasons why jobs ended.\n";

static const struct column brief[] = {
	{ "ID", "id", F_NUMBER },
	{ "NAME", "name", F_TEXT },
	{ "MODEL", "model_name", F_TEXT },
	{ "PID", "pid", F_NUMBER },
	{ "PERIOD", "period_ns", F_TIME },
	{ "DEADLINE", "deadline_ns", F_TIME },
	{ "WAITING", "waiting", F_NUMBER },
	{ "READY", "ready", F_NUMBER },
	{ "MET", "met", F_NUMBER },
	{ "MISSED", "missed", F_NUMBER },
	{ "DROPPED", "dropped", F_NUMBER },
	{ "FAILED", "failed", F_NUMBER },
};

static const struct column full[] = {
	{ "queue", "id", F_NUMBER },
	{ "name", "name", F_TEXT },
	{ "model", "model", F_NUMBER },
	{ "model name", "model_name", F_TEXT },
	{ "process", "pid", F_NUMBER },
	{ "owner", "owner", F_NUMBER },
	{ "parent", "parent", F_NUMBER },
	{ "period", "period_ns", F_TIME },
	{ "deadline", "deadline_ns", F_TIME },
	{ "weight", "weight", F_NUMBER },
	{ "depth", "depth", F_NUMBER },
	{ "most drops of 10", "drop_cap", F_NUMBER },
	{ "lightest variant", "variant_max", F_NUMBER },
	{ "waiting", "waiting", F_NUMBER },
	{ "ready", "ready", F_NUMBER },
};

static const char *model_name(const struct dream_model *models, int count,
			      uint32_t id)
{
	int i;

	for (i = 0; i < count; i++) {
		if (models[i].id == id)
			return models[i].name;
	}
	return "-";
}

static json_t *queue_json(const struct dream_queue *queue,
			  const struct dream_model *models, int count)
{
	json_t *json, *counters;

	json = json_pack("{sIsssIsssIsIsIsIsIsIsIsIsI}",
			 "id", (json_int_t)queue->id,
			 "name", queue->name,
			 "model", (json_int_t)queue->model,
			 "model_name", model_name(models, count, queue->model),
			 "pid", (json_int_t)queue->pid,
			 "owner", (json_int_t)queue->owner,
			 "parent", (json_int_t)queue->parent,
			 "period_ns", (json_int_t)queue->period_ns,
			 "deadline_ns", (json_int_t)queue->deadline_ns,
			 "weight", (json_int_t)queue->weight,
			 "depth", (json_int_t)queue->depth,
			 "waiting", (json_int_t)queue->waiting,
			 "ready", (json_int_t)queue->ready);
	must_have(json);
	if (queue->drop_cap != DREAM_DROP_CAP_DEFAULT)
		json_object_set_new(json, "drop_cap",
				    json_u64(queue->drop_cap));
	if (queue->variant_max != DREAM_VARIANT_ANY)
		json_object_set_new(json, "variant_max",
				    json_u64(queue->variant_max));
	counters = json_counters(&queue->counters);
	json_object_update(json, counters);
	json_decref(counters);
	return json;
}

/* Read one queue, or all. Returns their number, or negative after a complaint. */
static int read_queues(struct dream_nl *nl, const char *word,
		       struct dream_queue **queues)
{
	uint32_t id;
	int err;

	if (!word) {
		err = dream_nl_queues(nl, queues);
		if (err < 0)
			request_failed(nl, err, "queues");
		return err;
	}
	if (!parse_u32(word, &id)) {
		failed("\"%s\" is not the id of a queue", word);
		return -1;
	}
	*queues = must_calloc(1, sizeof(**queues));
	err = dream_nl_queue(nl, id, *queues);
	if (!err)
		return 1;
	free(*queues);
	request_failed(nl, err, "queue %s", word);
	return err;
}

static int queue_show(int argc, char **argv, const struct opts *o)
{
	struct dream_model *models = NULL;
	struct dream_queue *queues;
	int i, count, model_count;
	struct dream_nl *nl;
	json_t *list;

	if (argc && no_more(argc - 1, argv + 1))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	count = read_queues(nl, argc ? *argv : NULL, &queues);
	if (count < 0) {
		dream_nl_close(nl);
		return EXIT_FAILED;
	}
	model_count = dream_nl_models(nl, &models);
	dream_nl_close(nl);

	list = must_have(json_array());
	for (i = 0; i < count; i++)
		json_array_append_new(list, queue_json(&queues[i], models,
						       model_count));
	free(queues);
	free(models);
	if (o->json)
		print_json(o, list);
	else if (o->details)
		print_records(list, COLUMNS(full), counter_lines);
	else
		print_table(list, COLUMNS(brief));
	json_decref(list);
	return EXIT_DONE;
}

int cmd_queue(int argc, char **argv, const struct opts *o)
{
	static const struct verb verbs[] = {
		{ "show", queue_show },
		{ "list", queue_show },
		{ NULL, NULL },
	};

	return dispatch(verbs, usage, argc, argv, o);
}
