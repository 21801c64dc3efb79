// SPDX-License-Identifier: GPL-2.0
/* dreamctl stats */
#include <inttypes.h>
#include <stdlib.h>

#include "memory.h"
#include "output.h"

static const char usage[] =
	"Usage: dreamctl [-j] [-p] [-d] stats { show | window }\n"
	"       dreamctl stats reset [MODEL]\n"
	"\n"
	"What became of the jobs of each model since the module was loaded or the last\n"
	"reset, or in the window of accounting that has ended last. VIOLATED is the\n"
	"share of the ended frames that were not done by their deadline; NORM-E the\n"
	"energy used over the worst that it could have been. UXCost is the sum of the\n"
	"former times the sum of the latter, where a model without a violation counts\n"
	"as half a violation. -d tells everything about each model.\n"
	"reset needs CAP_SYS_NICE or CAP_NET_ADMIN.\n";

static const struct column brief[] = {
	{ "MODEL", "name", F_TEXT },
	{ "FRAMES", "released", F_NUMBER },
	{ "MET", "met", F_NUMBER },
	{ "MISSED", "missed", F_NUMBER },
	{ "DROPPED", "dropped", F_NUMBER },
	{ "FAILED", "failed", F_NUMBER },
	{ "VIOLATED", "violation_rate", F_PERCENT },
	{ "LATENCY", "mean_latency_ns", F_TIME },
	{ "BUSY", "accel_ns", F_TIME },
	{ "ENERGY", "energy_nj", F_ENERGY },
	{ "NORM-E", "norm_energy", F_REAL },
	{ "VARIANT", "mean_variant", F_REAL },
};

static const struct column full[] = {
	{ "model", "name", F_TEXT },
	{ "id", "model", F_NUMBER },
};

static json_t *model_json(const struct dream_model_stats *stats)
{
	json_t *json, *counters;

	json = must_have(json_pack("{sIss}",
				   "model", (json_int_t)stats->model,
				   "name", stats->model ? stats->name :
				   "(no profile)"));
	counters = json_counters(&stats->counters);
	json_object_update(json, counters);
	json_decref(counters);
	return json;
}

static json_t *models_json(const struct dream_model_stats *models, int count)
{
	json_t *list = must_have(json_array());
	int i;

	for (i = 0; i < count; i++) {
		if (models[i].counters.submitted ||
		    frames_ended(&models[i].counters))
			json_array_append_new(list, model_json(&models[i]));
	}
	return list;
}

static void print_models(const struct opts *o, const json_t *json)
{
	const json_t *models = json_object_get(json, "models");

	if (o->details)
		print_records(models, COLUMNS(full), counter_lines);
	else
		print_table(models, COLUMNS(brief));
}

/* What a model adds to the first factor of UXCost. */
static double dlv(const struct dream_counters *c)
{
	uint64_t ended = frames_ended(c);
	uint64_t violated = ended - c->met;

	return (violated ? (double)violated : 0.5) / (double)ended;
}

static double uxcost(const struct dream_model_stats *models, int count)
{
	double dlvs = 0, energies = 0;
	const struct dream_counters *c;
	int i;

	for (i = 0; i < count; i++) {
		c = &models[i].counters;
		if (frames_ended(c))
			dlvs += dlv(c);
		if (c->energy_max_nj)
			energies += (double)c->energy_nj /
				    (double)c->energy_max_nj;
	}
	return dlvs * energies;
}

static void print_stats(const struct opts *o,
			const struct dream_sched_stats *sched,
			const json_t *json)
{
	double decisions = (double)sched->decisions;
	char cell[CELL_LEN];

	printf("In %s: %" PRIu64 " decisions",
	       format_number(cell, (double)sched->since_ns, F_TIME),
	       sched->decisions);
	if (sched->decisions)
		printf(", each %s and %.1f pairs",
		       format_number(cell, (double)sched->decision_ns / decisions,
				     F_TIME),
		       (double)sched->evaluations / decisions);
	printf("; UXCost %.4g\n",
	       json_real_value(json_object_get(json, "uxcost")));
	print_models(o, json);
}

static int stats_show(int argc, char **argv, const struct opts *o)
{
	struct dream_model_stats *models;
	struct dream_sched_stats sched;
	struct dream_nl *nl;
	json_t *json;
	int count;

	if (no_more(argc, argv))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	count = dream_nl_stats(nl, &sched, &models);
	if (count < 0)
		request_failed(nl, count, "statistics");
	dream_nl_close(nl);
	if (count < 0)
		return EXIT_FAILED;

	json = json_pack("{sIsIsIsIsfso}",
			 "since_ns", (json_int_t)sched.since_ns,
			 "decisions", (json_int_t)sched.decisions,
			 "decision_ns", (json_int_t)sched.decision_ns,
			 "evaluations", (json_int_t)sched.evaluations,
			 "uxcost", uxcost(models, count),
			 "models", models_json(models, count));
	must_have(json);
	free(models);
	if (o->json)
		print_json(o, json);
	else
		print_stats(o, &sched, json);
	json_decref(json);
	return EXIT_DONE;
}

static void print_window(const struct opts *o, const struct dream_window *window,
			 const json_t *json)
{
	char cell[CELL_LEN];

	if (!window->number) {
		puts("No window has ended.");
		return;
	}
	printf("Window %" PRIu64 " of %s: UXCost %.6f, UXc %.6f\n",
	       window->number,
	       format_number(cell, (double)(window->end_ns - window->begin_ns),
			     F_TIME),
	       (double)window->uxcost / 1e6, (double)window->uxc / 1e6);
	print_models(o, json);
}

static int stats_window(int argc, char **argv, const struct opts *o)
{
	struct dream_model_stats *models;
	struct dream_window window;
	struct dream_nl *nl;
	json_t *json;
	int count;

	if (no_more(argc, argv))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	count = dream_nl_last_window(nl, &window, &models);
	if (count < 0)
		request_failed(nl, count, "window");
	dream_nl_close(nl);
	if (count < 0)
		return EXIT_FAILED;

	json = json_pack("{sIsIsIsfsfso}",
			 "window", (json_int_t)window.number,
			 "begin_ns", (json_int_t)window.begin_ns,
			 "end_ns", (json_int_t)window.end_ns,
			 "uxcost", (double)window.uxcost / 1e6,
			 "uxc", (double)window.uxc / 1e6,
			 "models", models_json(models, count));
	must_have(json);
	free(models);
	if (o->json)
		print_json(o, json);
	else
		print_window(o, &window, json);
	json_decref(json);
	return EXIT_DONE;
}

static int stats_reset(int argc, char **argv, const struct opts *o)
{
	uint32_t model = DREAM_STATS_ALL;
	int err, status = EXIT_DONE;
	struct dream_nl *nl;

	(void)o;
	if (argc && no_more(argc - 1, argv + 1))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	if (argc)
		status = find_model(nl, *argv, &model);
	if (!status) {
		err = dream_nl_stats_reset(nl, model);
		if (err)
			status = request_failed(nl, err, "stats reset");
	}
	dream_nl_close(nl);
	return status;
}

int cmd_stats(int argc, char **argv, const struct opts *o)
{
	static const struct verb verbs[] = {
		{ "show", stats_show },
		{ "list", stats_show },
		{ "window", stats_window },
		{ "reset", stats_reset },
		{ NULL, NULL },
	};

	return dispatch(verbs, usage, argc, argv, o);
}
