// SPDX-License-Identifier: GPL-2.0
/* dreamctl score */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "memory.h"
#include "output.h"

static const char usage[] =
	"Usage: dreamctl [-j] [-p] score { show | history } [queue ID [seqno NUMBER]]\n"
	"\n"
	"What the policy thinks of running each ready job on each accelerator, with\n"
	"every term; the largest score wins. history tells the decisions that have\n"
	"been made, layer by layer, and why they came out as they did; \"show history\"\n"
	"is the same.\n"
	"\n"
	"  MapScore = urgency x latency preference + alpha x starvation\n"
	"           + beta x (energy preference - switch cost)\n";

static const struct column columns[] = {
	{ "QUEUE", "queue", F_NUMBER },
	{ "JOB", "seqno", F_NUMBER },
	{ "LAYER", "layer", F_NUMBER },
	{ "VARIANT", "variant", F_NUMBER },
	{ "ACCEL", "accel_name", F_TEXT },
	{ "STATE", "state", F_TEXT },
	{ "SCORE", "score", F_REAL },
	{ "URGENCY", "urgency", F_REAL },
	{ "LAT-PREF", "lat_pref", F_REAL },
	{ "STARVATION", "starvation", F_REAL },
	{ "EN-PREF", "en_pref", F_REAL },
	{ "SWITCH", "switch_cost", F_REAL },
	{ "MAPSCORE", "map_score", F_REAL },
	{ "TO GO", "to_go_ns", F_TIME },
	{ "SLACK", "slack_ns", F_TIME },
	{ "LATENCY", "latency_ns", F_TIME },
	{ "ENERGY", "energy_nj", F_ENERGY },
};

/**
 * struct scores - what has been asked and answered
 * @filter: the question
 * @items: scores
 * @accels: accelerators, for their names
 * @rules: what decides
 * @count: length of @items
 * @accel_count: length of @accels
 */
struct scores {
	struct dream_score_filter filter;
	struct dream_score *items;
	struct dream_accel *accels;
	struct rules rules;
	int count;
	int accel_count;
};

/* Name of an accelerator; one with its id, in @cell, if it has gone. */
static const char *accel_name(const struct scores *scores, uint32_t id,
			      char *cell)
{
	int i;

	for (i = 0; i < scores->accel_count; i++) {
		if (scores->accels[i].id == id)
			return scores->accels[i].name;
	}
	snprintf(cell, CELL_LEN, "accelerator %u", id);
	return cell;
}

static double real(double fixed)
{
	return fixed / DREAM_SCORE_ONE;
}

static json_t *score_json(const struct scores *scores,
			  const struct dream_score *s)
{
	char cell[CELL_LEN];
	json_t *json;

	json = json_pack("{sIsIsIsIsIsssssIsfsfsfsfsfsfsfsIsIsIsIsIss}",
			 "queue", (json_int_t)s->queue,
			 "seqno", (json_int_t)s->seqno,
			 "layer", (json_int_t)s->layer,
			 "variant", (json_int_t)s->variant,
			 "accel", (json_int_t)s->accel,
			 "accel_name", accel_name(scores, s->accel, cell),
			 "state", dream_pick_state_name(s->state),
			 "time_ns", (json_int_t)s->time_ns,
			 "score", real((double)s->score),
			 "urgency", real((double)s->urgency),
			 "lat_pref", real((double)s->lat_pref),
			 "starvation", real((double)s->starvation),
			 "en_pref", real((double)s->en_pref),
			 "switch_cost", real((double)s->switch_cost),
			 "map_score", real((double)s->map_score),
			 "to_go_ns", (json_int_t)s->to_go_ns,
			 "min_to_go_ns", (json_int_t)s->min_to_go_ns,
			 "slack_ns", (json_int_t)s->slack_ns,
			 "latency_ns", (json_int_t)s->latency_ns,
			 "energy_nj", (json_int_t)s->energy_nj,
			 "policy", s->policy);
	must_have(json);
	if (scores->filter.history) {
		json_object_set_new(json, "candidates",
				    json_u64(s->candidates));
		json_object_set_new(json, "idle", json_u64(s->idle));
	}
	if (s->start_ns)
		json_object_set_new(json, "start_ns", json_u64(s->start_ns));
	if (s->end_ns)
		json_object_set_new(json, "end_ns", json_u64(s->end_ns));
	return json;
}

/* The pair that lost against the @i-th, which was chosen; NULL if there is none. */
static const struct dream_score *second_to(const struct scores *scores, int i)
{
	if (i + 1 < scores->count &&
	    scores->items[i + 1].state == DREAM_PICK_STATE_RUNNER_UP)
		return &scores->items[i + 1];
	return NULL;
}

static json_t *scores_json(const struct scores *scores)
{
	json_t *list = must_have(json_array());
	char why[EXPLANATION_LEN];
	json_t *json;
	int i;

	for (i = 0; i < scores->count; i++) {
		json = score_json(scores, &scores->items[i]);
		json_array_append_new(list, json);
		if (scores->items[i].state != DREAM_PICK_STATE_CHOSEN)
			continue;
		explain(why, &scores->items[i], second_to(scores, i),
			&scores->rules);
		json_object_set_new(json, "why", json_string(why));
	}
	return list;
}

/* ---------------------------------------------------------------- history */

static void print_terms(const struct scores *scores, const char *title,
			const struct dream_score *s)
{
	char accel[CELL_LEN];

	printf("    %-9s  queue %u job %" PRIu64 " on %s: score %.3f, MapScore %.3f =\n"
	       "               %.3f x %.3f + alpha x %.3f + beta x (%.3f - %.3f)\n",
	       title, s->queue, s->seqno, accel_name(scores, s->accel, accel),
	       real((double)s->score), real((double)s->map_score),
	       real((double)s->urgency), real((double)s->lat_pref),
	       real((double)s->starvation), real((double)s->en_pref),
	       real((double)s->switch_cost));
}

static void print_decision(const struct scores *scores, int i)
{
	const struct dream_score *chosen = &scores->items[i];
	const struct dream_score *second = second_to(scores, i);
	char why[EXPLANATION_LEN], accel[CELL_LEN], cell[CELL_LEN];

	explain(why, chosen, second, &scores->rules);
	printf("%" PRIu64 ".%09u  queue %u job %" PRIu64
	       " layer %u variant %u on %s",
	       chosen->time_ns / 1000000000,
	       (unsigned int)(chosen->time_ns % 1000000000), chosen->queue,
	       chosen->seqno, chosen->layer, chosen->variant,
	       accel_name(scores, chosen->accel, accel));
	if (chosen->end_ns)
		printf(", which took %s\n",
		       format_number(cell, (double)(chosen->end_ns -
						    chosen->start_ns), F_TIME));
	else
		puts(", which has not ended");
	printf("    Policy %s, ready jobs: %u, accelerators with a free slot: %u.\n"
	       "    Chosen because %s.\n",
	       chosen->policy, chosen->candidates, chosen->idle, why);
	print_terms(scores, "chosen", chosen);
	if (second)
		print_terms(scores, "runner-up", second);
}

static void print_history(const struct scores *scores)
{
	int i;

	printf("alpha is %.3f, beta is %.3f\n", scores->rules.alpha,
	       scores->rules.beta);
	for (i = 0; i < scores->count; i++) {
		if (scores->items[i].state == DREAM_PICK_STATE_CHOSEN)
			print_decision(scores, i);
	}
}

/* ------------------------------------------------------------------- show */

static void print_scores(const struct opts *o, const struct scores *scores)
{
	json_t *list;

	if (!o->json && scores->filter.history) {
		print_history(scores);
		return;
	}
	list = scores_json(scores);
	if (o->json) {
		print_json(o, list);
	} else {
		if (scores->count)
			printf("Policy %s\n", scores->items[0].policy);
		print_table(list, COLUMNS(columns));
	}
	json_decref(list);
}

static double read_weight(struct dream_nl *nl, const char *name)
{
	struct dream_param param;

	if (dream_nl_param(nl, name, &param))
		return 0;
	return (double)param.value / param.scale;
}

/* Words behind "show". Returns an exit status. */
static int read_filter(int argc, char **argv, struct dream_score_filter *filter)
{
	for (; argc; argc--, argv++) {
		if (is_prefix(*argv, "queue") && argc > 1) {
			argc--;
			if (!parse_u32(*++argv, &filter->queue))
				return bad_usage("\"%s\" is not the id of a queue",
						 *argv);
		} else if (is_prefix(*argv, "seqno") && argc > 1) {
			argc--;
			if (!parse_u64(*++argv, &filter->seqno))
				return bad_usage("\"%s\" is not the number of a job",
						 *argv);
		} else if (is_prefix(*argv, "history")) {
			filter->history = 1;
		} else {
			return bad_usage("score show: \"%s\" is not known here",
					 *argv);
		}
	}
	if (filter->seqno && !filter->queue)
		return bad_usage("score show: a job is named by queue and seqno");
	return EXIT_DONE;
}

static int tell_scores(int argc, char **argv, const struct opts *o,
		       bool history)
{
	struct scores scores = { .filter.history = history };
	struct dream_nl *nl;
	int status;

	status = read_filter(argc, argv, &scores.filter);
	if (status)
		return status;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	scores.count = dream_nl_scores(nl, &scores.filter, &scores.items);
	if (scores.count < 0) {
		status = request_failed(nl, scores.count, "scores");
		dream_nl_close(nl);
		return status;
	}
	scores.accel_count = dream_nl_accels(nl, &scores.accels);
	scores.rules.alpha = read_weight(nl, "alpha");
	scores.rules.beta = read_weight(nl, "beta");
	scores.rules.policy_count =
		dream_nl_policies(nl, &scores.rules.policies);
	dream_nl_close(nl);
	print_scores(o, &scores);
	free(scores.rules.policies);
	free(scores.accels);
	free(scores.items);
	return EXIT_DONE;
}

static int score_show(int argc, char **argv, const struct opts *o)
{
	return tell_scores(argc, argv, o, false);
}

static int score_history(int argc, char **argv, const struct opts *o)
{
	return tell_scores(argc, argv, o, true);
}

int cmd_score(int argc, char **argv, const struct opts *o)
{
	static const struct verb verbs[] = {
		{ "show", score_show },
		{ "list", score_show },
		{ "history", score_history },
		{ NULL, NULL },
	};

	return dispatch(verbs, usage, argc, argv, o);
}
