// SPDX-License-Identifier: LGPL-2.1-or-later
/* Queues of all processes, and statistics: what became of jobs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"

/* An entry of a table in the counters: what is counted, and how often. */
struct entry {
	uint64_t count;
	uint32_t index;
};

#define DNL_ITEM	struct entry

static const struct dnl_field reason_fields[] = {
	[DREAM_A_REASON_REASON] = FIELD_U32("reason", index),
	[DREAM_A_REASON_COUNT] = FIELD_U64("count", count),
};

static const struct dnl_field variant_fields[] = {
	[DREAM_A_VARIANT_COUNT_VARIANT] = FIELD_U32("variant", index),
	[DREAM_A_VARIANT_COUNT_COUNT] = FIELD_U64("count", count),
};

#undef DNL_ITEM

static const struct dnl_set reason_set = {
	.fields = reason_fields,
	.count = ARRAY_SIZE(reason_fields),
};

static const struct dnl_set variant_set = {
	.fields = variant_fields,
	.count = ARRAY_SIZE(variant_fields),
};

static void read_entry(const struct dnl_set *set, const struct nlattr *attr,
		       uint64_t *table, uint32_t count)
{
	struct entry entry = { 0 };

	dnl_read(set, nla_data(attr), nla_len(attr), &entry);
	if (entry.index < count)
		table[entry.index] = entry.count;
}

/* The attributes of the counters that come several times. */
static void read_entries(const struct nlattr *attr, void *item)
{
	struct dream_counters *counters = item;

	if (nla_type(attr) == DREAM_A_COUNTERS_REASON)
		read_entry(&reason_set, attr, counters->reasons,
			   DREAM_REASONS_MAX);
	else
		read_entry(&variant_set, attr, counters->variants,
			   DREAM_VARIANTS_MAX);
}

#define DNL_ITEM	struct dream_counters

static const struct dnl_field counters_fields[] = {
	[DREAM_A_COUNTERS_SUBMITTED] = FIELD_U64("submitted", submitted),
	[DREAM_A_COUNTERS_RELEASED] = FIELD_U64("released", released),
	[DREAM_A_COUNTERS_MET] = FIELD_U64("met", met),
	[DREAM_A_COUNTERS_MISSED] = FIELD_U64("missed", missed),
	[DREAM_A_COUNTERS_DROPPED] = FIELD_U64("dropped", dropped),
	[DREAM_A_COUNTERS_CANCELLED] = FIELD_U64("cancelled", cancelled),
	[DREAM_A_COUNTERS_FAILED] = FIELD_U64("failed", failed),
	[DREAM_A_COUNTERS_UNWANTED] = FIELD_U64("unwanted", unwanted),
	[DREAM_A_COUNTERS_LAYERS] = FIELD_U64("layers", layers),
	[DREAM_A_COUNTERS_ACCEL_NS] = FIELD_U64("accel-ns", accel_ns),
	[DREAM_A_COUNTERS_ENERGY_NJ] = FIELD_U64("energy-nj", energy_nj),
	[DREAM_A_COUNTERS_ENERGY_MAX_NJ] =
		FIELD_U64("energy-max-nj", energy_max_nj),
	[DREAM_A_COUNTERS_LATENCY_NS] = FIELD_U64("latency-ns", latency_ns),
	[DREAM_A_COUNTERS_VARIANT_SUM] = FIELD_U64("variant-sum", variant_sum),
	[DREAM_A_COUNTERS_REASON] = FIELD_MULTI("reason", &reason_set),
	[DREAM_A_COUNTERS_SKIPPED] = FIELD_U64("skipped", skipped),
	[DREAM_A_COUNTERS_VARIANT] = FIELD_MULTI("variant", &variant_set),
};

#undef DNL_ITEM

static const struct dnl_set counters_set = {
	.fields = counters_fields,
	.count = ARRAY_SIZE(counters_fields),
	.multi = read_entries,
};

#define DNL_ITEM	struct dream_queue

static const struct dnl_field queue_fields[] = {
	[DREAM_A_QUEUE_ID] = FIELD_U32("id", id),
	[DREAM_A_QUEUE_NAME] = FIELD_NAME("name", name),
	[DREAM_A_QUEUE_MODEL] = FIELD_U32("model", model),
	[DREAM_A_QUEUE_PID] = FIELD_U32("pid", pid),
	[DREAM_A_QUEUE_OWNER] = FIELD_U32("owner", owner),
	[DREAM_A_QUEUE_PARENT] = FIELD_U32("parent", parent),
	[DREAM_A_QUEUE_PERIOD_NS] = FIELD_U64("period-ns", period_ns),
	[DREAM_A_QUEUE_DEADLINE_NS] = FIELD_U64("deadline-ns", deadline_ns),
	[DREAM_A_QUEUE_WEIGHT] = FIELD_U32("weight", weight),
	[DREAM_A_QUEUE_DEPTH] = FIELD_U32("depth", depth),
	[DREAM_A_QUEUE_WAITING] = FIELD_U32("waiting", waiting),
	[DREAM_A_QUEUE_READY] = FIELD_U32("ready", ready),
	[DREAM_A_QUEUE_COUNTERS] =
		FIELD_NEST("counters", counters, &counters_set),
	[DREAM_A_QUEUE_DROP_CAP] = FIELD_U32("drop-cap", drop_cap),
	[DREAM_A_QUEUE_VARIANT_MAX] = FIELD_U32("variant-max", variant_max),
};

#undef DNL_ITEM

static const struct dnl_set queue_set = {
	.fields = queue_fields,
	.count = ARRAY_SIZE(queue_fields),
};

/* A reply of stats-get: the first one tells of the whole, too. */
struct stats_reply {
	struct dream_model_stats model;
	struct dream_sched_stats sched;
	struct dream_window window;
};

#define DNL_ITEM	struct stats_reply

static const struct dnl_field stats_fields[] = {
	[DREAM_A_STATS_MODEL] = FIELD_U32("model", model.model),
	[DREAM_A_STATS_NAME] = FIELD_NAME("name", model.name),
	[DREAM_A_STATS_COUNTERS] =
		FIELD_NEST("counters", model.counters, &counters_set),
	[DREAM_A_STATS_DECISIONS] = FIELD_U64("decisions", sched.decisions),
	[DREAM_A_STATS_DECISION_NS] =
		FIELD_U64("decision-ns", sched.decision_ns),
	[DREAM_A_STATS_EVALUATIONS] =
		FIELD_U64("evaluations", sched.evaluations),
	[DREAM_A_STATS_SINCE_NS] = FIELD_U64("since-ns", sched.since_ns),
	[DREAM_A_STATS_WINDOW] = FIELD_U64("window", window.number),
	[DREAM_A_STATS_BEGIN_NS] = FIELD_U64("begin-ns", window.begin_ns),
	[DREAM_A_STATS_END_NS] = FIELD_U64("end-ns", window.end_ns),
	[DREAM_A_STATS_UXCOST] = FIELD_U64("uxcost", window.uxcost),
	[DREAM_A_STATS_UXC] = FIELD_U64("uxc", window.uxc),
};

#undef DNL_ITEM

static const struct dnl_set stats_set = {
	.fields = stats_fields,
	.count = ARRAY_SIZE(stats_fields),
};

int dream_nl_queues(struct dream_nl *nl, struct dream_queue **items)
{
	struct dnl_list list = DNL_LIST(struct dream_queue, &queue_set);

	return dnl_dump(nl, DREAM_CMD_QUEUE_GET, &list, items);
}

int dream_nl_queue(struct dream_nl *nl, uint32_t id, struct dream_queue *queue)
{
	return dnl_get(nl, DREAM_CMD_QUEUE_GET, &queue_set, DREAM_A_QUEUE_ID,
		       &id, queue, sizeof(*queue));
}

/*
 * Dump counters; @first receives the first reply, zero if there is none. Returns
 * the number of elements at @items, or an error.
 */
static int dump_stats(struct dream_nl *nl, int last_window,
		      struct stats_reply *first,
		      struct dream_model_stats **items)
{
	struct dnl_list list = DNL_LIST(struct stats_reply, &stats_set);
	const struct dnl_call call = {
		.cmd = DREAM_CMD_STATS_GET,
		.set = &stats_set,
		.reply = dnl_list_reply,
		.restart = dnl_list_restart,
		.arg = &list,
	};
	struct dream_model_stats *models;
	struct stats_reply *replies;
	struct nl_msg *msg;
	int i, count;

	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	if (last_window)
		nla_put_flag(msg, DREAM_A_STATS_LAST_WINDOW);
	count = dnl_list_take(&list, dnl_talk(nl, &call, msg), &replies);
	if (count < 0)
		return count;
	memset(first, 0, sizeof(*first));
	*items = NULL;
	if (!count)
		return 0;
	models = calloc((size_t)count, sizeof(*models));
	for (i = 0; models && i < count; i++)
		models[i] = replies[i].model;
	*first = replies[0];
	free(replies);
	*items = models;
	return models ? count : dnl_fail(nl, -ENOMEM, NULL);
}

int dream_nl_stats(struct dream_nl *nl, struct dream_sched_stats *sched,
		   struct dream_model_stats **items)
{
	struct stats_reply first;
	int count;

	count = dump_stats(nl, 0, &first, items);
	if (count >= 0 && sched)
		*sched = first.sched;
	return count;
}

int dream_nl_last_window(struct dream_nl *nl, struct dream_window *window,
			 struct dream_model_stats **items)
{
	struct stats_reply first;
	int count;

	count = dump_stats(nl, 1, &first, items);
	if (count >= 0 && window)
		*window = first.window;
	return count;
}

/* A message of the group of windows; @window->number is 0 unless it is the first. */
void dnl_read_window(const struct nlattr *attrs, int len,
		     struct dream_model_stats *stats,
		     struct dream_window *window)
{
	struct stats_reply reply = { 0 };

	dnl_read(&stats_set, attrs, len, &reply);
	*stats = reply.model;
	*window = reply.window;
}

int dream_nl_stats_reset(struct dream_nl *nl, uint32_t model)
{
	const struct dnl_call call = {
		.cmd = DREAM_CMD_STATS_RESET,
		.set = &stats_set,
	};
	struct nl_msg *msg;

	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	if (model != DREAM_STATS_ALL)
		nla_put_u32(msg, DREAM_A_STATS_MODEL, model);
	return dnl_talk(nl, &call, msg);
}
