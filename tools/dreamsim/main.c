// SPDX-License-Identifier: GPL-2.0
/* dreamsim: what "dreamctl run" does, simulated. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>

#include "memory.h"
#include "output.h"
#include "report.h"
#include "sim.h"

#define SEED_MAX	9007199254740991.0
#define SLOW_MAX	64

static const char usage[] =
	"Usage: dreamsim [OPTIONS] SCENARIO\n"
	"\n"
	"Simulate a scenario of \"dreamctl run\": the same frames, decided upon by the\n"
	"scheduler's own code, without kernel, devices and waiting.\n"
	"\n"
	"  --policy A[,B...]   simulate these policies, one after the other, or \"all\"\n"
	"  --param NAME=VALUE  set a parameter of the scheduler, or \"overhead\": ns\n"
	"                      from a decision to the begin of a layer; repeat\n"
	"  --platform FILE     other NPUs\n"
	"  --duration TIME     2, 2s or 2000ms\n"
	"  --load FACTOR       every layer takes so many times as long\n"
	"  --seed NUMBER       seed of jitter, cascades and gates\n"
	"  --slow-motion N     let the whole run take N times as long, and tell its times\n"
	"                      divided by N: simulate a run that did so\n"
	"  -j, --json          JSON; an array if there are several policies\n"
	"  -p, --pretty        indent the JSON\n"
	"  -h, --help          this text\n"
	"  -V, --version       version\n"
	"\n"
	"Exit status: 0 done, 1 a policy failed, 2 the scenario or the command line is\n"
	"wrong, 3 frames are missing in the count.\n";

/**
 * struct request - what the command line asks for
 * @file: scenario
 * @policies: list of policies, or NULL for the scenario's
 * @params: parameters, which come before the scenario's
 * @param_count: their number
 * @overrides: what else it says instead of the scenario
 * @opts: how to print
 */
struct request {
	const char *file;
	char *policies;
	char **params;
	uint32_t param_count;
	struct scenario_overrides overrides;
	struct opts opts;
};

static int __attribute__((format(printf, 2, 3)))
complain(int status, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("dreamsim: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

/* ------------------------------------------------------------- command line */

static bool parse_real(const char *text, double min, double max, double *value,
		       char **end)
{
	*value = strtod(text, end);
	return *end != text && *value >= min && *value <= max;
}

static bool parse_duration(const char *text, struct scenario_overrides *to)
{
	double value, unit = 1e9;
	char *end;

	if (!parse_real(text, 0, 3.6e6, &value, &end))
		return false;
	if (!strcmp(end, "ms"))
		unit = 1e6;
	else if (*end && strcmp(end, "s"))
		return false;
	to->has_duration = true;
	to->duration_ns = llround(value * unit);
	return to->duration_ns >= 1000000 && to->duration_ns <= 3600000000000;
}

static bool parse_load(const char *text, struct scenario_overrides *to)
{
	char *end;

	to->has_load = true;
	return parse_real(text, 0.001, 1000, &to->load, &end) && !*end;
}

static bool parse_seed(const char *text, struct scenario_overrides *to)
{
	double value;
	char *end;

	if (!parse_real(text, 0, SEED_MAX, &value, &end) || *end)
		return false;
	to->has_seed = true;
	to->seed = (uint64_t)value;
	return value == floor(value);
}

static bool parse_slow(const char *text, struct scenario_overrides *to)
{
	double value;
	char *end;

	if (!parse_real(text, 1, SLOW_MAX, &value, &end) || *end)
		return false;
	to->slow = (uint32_t)value;
	return value == floor(value);
}

static bool add_param(char *text, struct request *request)
{
	request->params = must_grow(request->params, request->param_count,
				    sizeof(char *));
	request->params[request->param_count++] = text;
	return strchr(text, '=');
}

static const struct option options[] = {
	{ "policy", required_argument, NULL, 'P' },
	{ "param", required_argument, NULL, 'a' },
	{ "platform", required_argument, NULL, 'f' },
	{ "duration", required_argument, NULL, 'd' },
	{ "load", required_argument, NULL, 'l' },
	{ "seed", required_argument, NULL, 's' },
	{ "slow-motion", required_argument, NULL, 'm' },
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* Take an option; false if its value is not one that it takes. */
static bool take_option(int option, struct request *request)
{
	switch (option) {
	case 'P':
		request->policies = optarg;
		return true;
	case 'a':
		return add_param(optarg, request);
	case 'f':
		request->overrides.platform = optarg;
		return true;
	case 'd':
		return parse_duration(optarg, &request->overrides);
	case 'l':
		return parse_load(optarg, &request->overrides);
	case 's':
		return parse_seed(optarg, &request->overrides);
	case 'm':
		return parse_slow(optarg, &request->overrides);
	case 'j':
		request->opts.json = true;
		return true;
	default:
		request->opts.pretty = true;
		return true;
	}
}

/* Returns an exit status, -1 if the command is to be carried out. */
static int parse_request(int argc, char **argv, struct request *request)
{
	int option;

	while ((option = getopt_long(argc, argv, "jphV", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_DONE;
		}
		if (option == 'V') {
			puts("dreamsim " VERSION);
			return EXIT_DONE;
		}
		if (option == '?')
			return EXIT_USAGE;
		if (!take_option(option, request))
			return complain(EXIT_USAGE,
					"%s: not a value that the option takes",
					optarg);
	}
	if (optind + 1 != argc)
		return complain(EXIT_USAGE, "one scenario, please");
	request->file = argv[optind];
	return -1;
}

/* ---------------------------------------------------------------- simulation */

static int set_param(struct sim_setup *setup, const char *name, double value)
{
	switch (sim_setup_param(setup, name, value)) {
	case 0:
		return 0;
	case -ENOENT:
		return complain(EXIT_USAGE, "there is no parameter %s", name);
	default:
		return complain(EXIT_USAGE, "%s cannot be %g", name, value);
	}
}

/* Parameters of the command line come behind those of the scenario. */
static int set_params(const struct request *request, struct sim_setup *setup)
{
	const struct scenario *scenario = setup->scenario;
	char name[DREAM_NAME_LEN];
	const char *equal;
	double value;
	char *end;
	uint32_t i;
	int ret = 0;

	for (i = 0; i < scenario->param_count && !ret; i++)
		ret = set_param(setup, scenario->params[i].name,
				scenario->params[i].value);
	for (i = 0; i < request->param_count && !ret; i++) {
		equal = strchr(request->params[i], '=');
		snprintf(name, sizeof(name), "%.*s",
			 (int)(equal - request->params[i]), request->params[i]);
		value = strtod(equal + 1, &end);
		if (end == equal + 1 || *end)
			return complain(EXIT_USAGE, "%s: not a number",
					request->params[i]);
		ret = set_param(setup, name, value);
	}
	return ret;
}

/* Times as they would have been. */
static void undo_slow_motion(struct tally *tallies, uint32_t count,
			     uint32_t slow)
{
	uint32_t i;
	size_t j;

	for (i = 0; i < count; i++)
		for (j = 0; j < tallies[i].latency_count; j++)
			tallies[i].latencies[j] /= slow;
}

/* What "dreamctl run" reports, as far as it makes sense here. */
static void to_run_result(const struct sim_setup *setup,
			  const struct sim_result *from, struct run_result *to)
{
	const struct scenario *scenario = setup->scenario;
	struct dream_accel *accel;
	uint32_t i;

	memset(to, 0, sizeof(*to));
	to->scenario = scenario;
	snprintf(to->policy, sizeof(to->policy), "%s", setup->policy->name);
	to->streams = from->streams;
	to->models = from->models;
	to->figures = from->figures;
	to->window_ns = from->window_ns / scenario->slow;
	to->jobs = from->jobs;
	to->accel_count = scenario->npu_count;
	to->accels = must_calloc(scenario->npu_count, sizeof(*to->accels));
	for (i = 0; i < scenario->npu_count; i++) {
		const struct scenario_npu *npu = &scenario->npus[i];

		accel = &to->accels[i];
		memcpy(accel->name, npu->name, sizeof(npu->name));
		memcpy(accel->class_name, scenario->classes[npu->class].name,
		       DREAM_NAME_LEN);
		accel->busy_ns = from->accels[i].busy_ns / scenario->slow;
		accel->energy_nj = from->accels[i].energy_nj;
		accel->commands = from->accels[i].commands;
	}
}

static json_t *make_report(const struct sim_setup *setup,
			   const struct sim_result *result)
{
	const struct scenario *scenario = setup->scenario;
	struct run_result run;
	json_t *report, *more;

	to_run_result(setup, result, &run);
	undo_slow_motion(run.streams, scenario->stream_count, scenario->slow);
	undo_slow_motion(run.models, scenario->model_count, scenario->slow);
	report = report_json(&run);
	free(run.accels);
	more = json_pack("{sfsfsIsIsI}",
			 "alpha", result->alpha / 1000.0,
			 "beta", result->beta / 1000.0,
			 "decisions", (json_int_t)result->decisions,
			 "evaluations", (json_int_t)result->evaluations,
			 "energy_cheapest_nj",
			 (json_int_t)result->cheapest_nj);
	json_object_update_new(report, must_have(more));
	return report;
}

static int check(const struct sim_setup *setup,
		 const struct sim_result *result)
{
	uint32_t i;

	for (i = 0; i < setup->scenario->stream_count; i++)
		if (!tally_adds_up(&result->streams[i]))
			return complain(EXIT_INTERNAL,
					"internal error: the frames of %s do not add up",
					setup->scenario->streams[i].name);
	if (result->error)
		return complain(EXIT_FAILED, "policy %s failed: %s",
				setup->policy->name,
				strerror(-result->error));
	return EXIT_DONE;
}

static int simulate(const struct request *request,
		    const struct scenario *scenario,
		    const struct dream_policy_ops *policy, json_t *reports)
{
	struct sim_result result;
	struct sim_setup setup;
	json_t *report;
	int ret;

	sim_setup_init(&setup, scenario, policy);
	ret = set_params(request, &setup);
	if (ret)
		return ret;
	sim_run(&setup, &result);
	ret = check(&setup, &result);
	report = make_report(&setup, &result);
	json_array_append_new(reports, report);
	if (!request->opts.json) {
		if (json_array_size(reports) > 1)
			putchar('\n');
		report_print(report);
	}
	sim_result_free(scenario, &result);
	return ret;
}

static int simulate_all(const struct request *request,
			const struct scenario *scenario, json_t *reports)
{
	const struct dream_policy_ops *const *policy;
	int ret = EXIT_DONE;

	for (policy = dream_policies; *policy && !ret; policy++)
		ret = simulate(request, scenario, *policy, reports);
	return ret;
}

static int simulate_list(const struct request *request,
			 const struct scenario *scenario, char *list,
			 json_t *reports)
{
	const struct dream_policy_ops *policy;
	char *name, *rest = NULL;
	int ret = EXIT_DONE;

	for (name = strtok_r(list, ",", &rest); name && !ret;
	     name = strtok_r(NULL, ",", &rest)) {
		policy = dream_policy_find(name);
		if (!policy)
			return complain(EXIT_USAGE, "there is no policy %s",
					name);
		ret = simulate(request, scenario, policy, reports);
	}
	return ret;
}

static int carry_out(struct request *request)
{
	struct faults faults = { .out = stderr };
	json_t *reports = must_have(json_array());
	struct scenario *scenario;
	char *list;
	int ret;

	scenario = scenario_load(request->file, &request->overrides, &faults);
	if (!scenario)
		return EXIT_USAGE;
	list = request->policies ? request->policies : scenario->policy;
	if (strcmp(list, "all"))
		ret = simulate_list(request, scenario, list, reports);
	else
		ret = simulate_all(request, scenario, reports);
	if (request->opts.json && json_array_size(reports)) {
		print_json(&request->opts, json_array_size(reports) > 1 ?
			   reports : json_array_get(reports, 0));
	} else if (json_array_size(reports) > 1) {
		putchar('\n');
		report_compare(reports);
	}
	json_decref(reports);
	scenario_free(scenario);
	return ret;
}

int main(int argc, char **argv)
{
	struct request request = { 0 };
	int ret = parse_request(argc, argv, &request);

	if (ret < 0)
		ret = carry_out(&request);
	free(request.params);
	return ret;
}
