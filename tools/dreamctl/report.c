// SPDX-License-Identifier: GPL-2.0
/*
 * Reports: made once as JSON, printed from that.
 */
#include "memory.h"
#include "output.h"
#include "report.h"

/* --------------------------------------------------------------------- JSON */

static double share(uint64_t part, uint64_t of)
{
	return of ? (double)part / of : 0;
}

static json_t *tally_json(struct tally *tally)
{
	uint64_t p50 = tally_percentile(tally, 50);
	uint64_t p99 = tally_percentile(tally, 99);
	json_t *json, *drops;

	drops = json_pack("{sIsIsI}",
			  "hopeless", (json_int_t)tally->drops[DROP_HOPELESS],
			  "queue_full",
			  (json_int_t)tally->drops[DROP_QUEUE_FULL],
			  "parent", (json_int_t)tally->drops[DROP_PARENT]);
	json = json_pack("{sIsIsIsIsIsIsosIsIsIsfsfsfsf}",
			 "frames", (json_int_t)tally->frames,
			 "met", (json_int_t)tally->ends[FRAME_MET],
			 "missed", (json_int_t)tally->ends[FRAME_MISSED],
			 "dropped", (json_int_t)tally->ends[FRAME_DROPPED],
			 "cancelled", (json_int_t)tally->ends[FRAME_CANCELLED],
			 "failed", (json_int_t)tally->ends[FRAME_FAILED],
			 "dropped_because", must_have(drops),
			 "p50_ns", (json_int_t)p50,
			 "p99_ns", (json_int_t)p99,
			 "energy_nj", (json_int_t)tally->energy_nj,
			 "violation_rate",
			 share(tally_violated(tally), tally->frames),
			 "drop_rate",
			 share(tally->ends[FRAME_DROPPED], tally->frames),
			 "norm_energy", tally_norm_energy(tally),
			 "mean_variant", tally_mean_variant(tally));
	return must_have(json);
}

static json_t *models_json(struct run_result *result)
{
	const struct scenario *scenario = result->scenario;
	json_t *list = must_have(json_array());
	json_t *json;
	uint32_t i;

	for (i = 0; i < scenario->model_count; i++) {
		json = tally_json(&result->models[i]);
		json_object_set_new(json, "model",
				    json_string(scenario->models[i].name));
		json_object_set_new(json, "variants",
				    json_integer(result->models[i].variants));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *streams_json(struct run_result *result)
{
	const struct scenario *scenario = result->scenario;
	json_t *list = must_have(json_array());
	json_t *json;
	uint32_t i;

	for (i = 0; i < scenario->stream_count; i++) {
		const struct scenario_stream *stream = &scenario->streams[i];

		json = tally_json(&result->streams[i]);
		json_object_set_new(json, "stream", json_string(stream->name));
		json_object_set_new(json, "model",
				    json_string(scenario->models[stream->model]
						.name));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *accels_json(const struct run_result *result)
{
	json_t *list = must_have(json_array());
	json_t *json;
	uint32_t i;

	for (i = 0; i < result->accel_count; i++) {
		const struct dream_accel *accel = &result->accels[i];

		json = json_pack("{sssssIsfsIsI}",
				 "accel", accel->name,
				 "class", accel->class_name,
				 "busy_ns", (json_int_t)accel->busy_ns,
				 "busy",
				 share(accel->busy_ns, result->window_ns),
				 "energy_nj", (json_int_t)accel->energy_nj,
				 "commands", (json_int_t)accel->commands);
		json_array_append_new(list, must_have(json));
	}
	return list;
}

static uint64_t energy_of(const struct run_result *result)
{
	uint64_t energy = 0;
	uint32_t i;

	for (i = 0; i < result->scenario->model_count; i++)
		energy += result->models[i].energy_nj;
	return energy;
}

/**
 * report_json() - what came of a run
 * @result: it; its latencies are sorted
 *
 * Return: JSON object.
 */
json_t *report_json(struct run_result *result)
{
	const struct scenario *scenario = result->scenario;
	const struct figures *figures = &result->figures;
	json_t *json, *sums;

	json = json_pack("{sssssssfsIsIsIsIsbsososo}",
			 "scenario", scenario->name,
			 "platform", scenario->platform,
			 "policy", result->policy,
			 "load", scenario->load,
			 "seed", (json_int_t)scenario->seed,
			 "slow_motion", (json_int_t)scenario->slow,
			 "duration_ns",
			 (json_int_t)(scenario->duration_ns / scenario->slow),
			 "window_ns", (json_int_t)result->window_ns,
			 "stopped", result->stopped,
			 "models", models_json(result),
			 "streams", streams_json(result),
			 "accels", accels_json(result));
	sums = json_pack("{sIsIsIsIsfsfsfsfsfsIsIsI}",
			 "frames", (json_int_t)figures->frames,
			 "violated", (json_int_t)figures->violated,
			 "dropped", (json_int_t)figures->dropped,
			 "energy_nj", (json_int_t)energy_of(result),
			 "uxcost", figures->uxcost,
			 "uxc", figures->uxc,
			 "violation_rate", figures->violation_rate,
			 "drop_rate", figures->drop_rate,
			 "mean_variant", figures->mean_variant,
			 "jobs", (json_int_t)result->jobs,
			 "jobs_checked", (json_int_t)result->checked,
			 "jobs_wrong", (json_int_t)result->wrong);
	json_object_update_new(must_have(json), must_have(sums));
	return json;
}

/* --------------------------------------------------------------------- text */

/* Of a stream; a model has no first column. */
static const struct column tally_columns[] = {
	{ "STREAM", "stream", F_TEXT },
	{ "MODEL", "model", F_TEXT },
	{ "FRAMES", "frames", F_NUMBER },
	{ "MET", "met", F_NUMBER },
	{ "MISSED", "missed", F_NUMBER },
	{ "DROPPED", "dropped", F_NUMBER },
	{ "CANCELLED", "cancelled", F_NUMBER },
	{ "FAILED", "failed", F_NUMBER },
	{ "VIOLATED", "violation_rate", F_PERCENT },
	{ "P50", "p50_ns", F_TIME },
	{ "P99", "p99_ns", F_TIME },
	{ "ENERGY", "energy_nj", F_ENERGY },
	{ "VARIANT", "mean_variant", F_REAL },
};

#define COLUMN_COUNT	(sizeof(tally_columns) / sizeof(tally_columns[0]))

static const struct column accel_columns[] = {
	{ "ACCELERATOR", "accel", F_TEXT },
	{ "CLASS", "class", F_TEXT },
	{ "BUSY", "busy", F_PERCENT },
	{ "ENERGY", "energy_nj", F_ENERGY },
	{ "LAYERS", "commands", F_NUMBER },
};

static double number_of(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static const char *string_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* A stream has the name of its model unless it was given one of its own. */
static bool streams_differ(const json_t *report)
{
	const json_t *streams = json_object_get(report, "streams");
	const json_t *stream;
	size_t i;

	json_array_foreach(streams, i, stream)
		if (strcmp(string_of(stream, "stream"),
			   string_of(stream, "model")))
			return true;
	return false;
}

static void print_title(const json_t *report)
{
	char duration[CELL_LEN];

	double slow = number_of(report, "slow_motion");

	printf("%s on %s: policy %s, load %g, seed %.0f, %s",
	       string_of(report, "scenario"), string_of(report, "platform"),
	       string_of(report, "policy"), number_of(report, "load"),
	       number_of(report, "seed"),
	       format_number(duration, number_of(report, "duration_ns"),
			     F_TIME));
	if (slow > 1)
		printf(", slow motion %g", slow);
	puts(json_is_true(json_object_get(report, "stopped")) ?
	     ", stopped before its end\n" : "\n");
}

/**
 * report_print() - print what came of a run
 * @report: from report_json()
 */
void report_print(const json_t *report)
{
	struct columns models = { tally_columns + 1, COLUMN_COUNT - 1 };

	print_title(report);
	print_table(json_object_get(report, "models"), models);
	if (streams_differ(report)) {
		putchar('\n');
		print_table(json_object_get(report, "streams"),
			    COLUMNS(tally_columns));
	}
	putchar('\n');
	print_table(json_object_get(report, "accels"), COLUMNS(accel_columns));
	printf("\nUXCost %.4f   UXc %.4f   violated %.1f %%   ",
	       number_of(report, "uxcost"), number_of(report, "uxc"),
	       100 * number_of(report, "violation_rate"));
	printf("dropped %.1f %%   mean variant %.3f\n",
	       100 * number_of(report, "drop_rate"),
	       number_of(report, "mean_variant"));
	printf("%.0f jobs, the output of %.0f compared, %.0f wrong\n",
	       number_of(report, "jobs"), number_of(report, "jobs_checked"),
	       number_of(report, "jobs_wrong"));
}

/* ------------------------------------------------------------- side by side */

/* A line: the same member of every report. */
static json_t *line(const json_t *reports, const char *title, const char *list,
		    size_t index, const char *key, enum format format)
{
	json_t *object = must_have(json_object());
	const json_t *report;
	char cell[CELL_LEN];
	size_t i;

	json_object_set_new(object, "", json_string(title));
	json_array_foreach(reports, i, report) {
		const json_t *from = report;

		if (list)
			from = json_array_get(json_object_get(report, list),
					      index);
		format_number(cell, number_of(from, key), format);
		json_object_set_new(object, string_of(report, "policy"),
				    json_string(cell));
	}
	return object;
}

/* Lines for each element of a list of the reports. */
static void add_lines(json_t *table, const json_t *reports, const char *list,
		      const char *name, const char *what, const char *key,
		      enum format format)
{
	const json_t *elements = json_object_get(json_array_get(reports, 0),
						 list);
	const json_t *element;
	char title[128];
	size_t i;

	json_array_foreach(elements, i, element) {
		snprintf(title, sizeof(title), "%.80s %.40s",
			 string_of(element, name), what);
		json_array_append_new(table, line(reports, title, list, i, key,
						  format));
	}
}

/**
 * report_compare() - print runs under several policies side by side
 * @reports: array of what report_json() has made of the same scenario
 */
void report_compare(const json_t *reports)
{
	static const struct {
		const char *title;
		const char *key;
		enum format format;
	} figures[] = {
		{ "UXCost", "uxcost", F_REAL },
		{ "UXc", "uxc", F_REAL },
		{ "violated", "violation_rate", F_PERCENT },
		{ "dropped", "drop_rate", F_PERCENT },
		{ "mean variant", "mean_variant", F_REAL },
		{ "energy", "energy_nj", F_ENERGY },
	};
	size_t i, count = json_array_size(reports) + 1;
	struct column *columns = must_calloc(count, sizeof(*columns));
	json_t *table = must_have(json_array());

	columns[0] = (struct column) { "", "", F_TEXT };
	for (i = 1; i < count; i++) {
		columns[i].title = string_of(json_array_get(reports, i - 1),
					     "policy");
		columns[i].key = columns[i].title;
		columns[i].format = F_NUMBER;
	}
	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		json_array_append_new(table, line(reports, figures[i].title,
						  NULL, 0, figures[i].key,
						  figures[i].format));
	add_lines(table, reports, "models", "model", "violated",
		  "violation_rate", F_PERCENT);
	add_lines(table, reports, "models", "model", "P99", "p99_ns", F_TIME);
	add_lines(table, reports, "accels", "accel", "busy", "busy", F_PERCENT);
	print_table(table, (struct columns) { columns, count });
	json_decref(table);
	free(columns);
}
