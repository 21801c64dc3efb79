// SPDX-License-Identifier: GPL-2.0
/* dreamctl run */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <unistd.h>

#include "memory.h"
#include "output.h"
#include "report.h"
#include "run.h"

/* Most policies in one call. */
#define POLICIES_MAX	16
#define SEED_MAX	9007199254740991ULL
#define SLOW_MAX	64
/* What a timeline shows if nobody says otherwise: the first 250 ms. */
#define WINDOW_NS	250000000ULL

static const char usage[] =
	"Usage: dreamctl [-j] [-p] run [OPTIONS] SCENARIO\n"
	"\n"
	"Make the scenario's virtual NPUs, submit each frame when it is due, compare\n"
	"the output of each job, and tell what became of the frames. Needs root.\n"
	"\n"
	"  --check             look for faults in the scenario, do not run it\n"
	"  --policy A[,B...]   run under these policies, one after the other\n"
	"  --param NAME=VALUE  set a parameter of the scheduler; repeat\n"
	"  --platform FILE     other NPUs\n"
	"  --duration TIME     2, 2s or 2000ms\n"
	"  --load FACTOR       every layer takes so many times as long\n"
	"  --slow-motion N     let the whole run take N times as long, and tell its times\n"
	"                      divided by N: what the CPU needs weighs less. Default:\n"
	"                      the environment's DREAM_SLOW_MOTION, or 1\n"
	"  --seed NUMBER       seed of jitter, cascades and gates\n"
	"  --trace FILE        write a timeline that Perfetto opens\n"
	"  --svg FILE          draw a timeline\n"
	"  --window START:LEN  what it shows, in ms (0:250)\n"
	"  -j, --json          JSON; an array if there are several policies\n"
	"\n"
	"With several policies, \"-POLICY\" is added to the names of the files.\n"
	"Exit status: 0 done, 1 the run failed, was stopped, or an output was wrong,\n"
	"2 the scenario or the command line is wrong, 3 frames are missing in the\n"
	"count.\n";

/**
 * struct request - what the command line asks for
 * @file: scenario
 * @policies: policies; none means the scenario's
 * @policy_count: their number
 * @params: parameters, which come before the scenario's
 * @param_count: their number
 * @overrides: what else it says instead of the scenario
 * @trace: file for a trace, or NULL
 * @svg: file for a picture, or NULL
 * @window: what the picture shows
 * @check: do not run
 * @json: as JSON
 */
struct request {
	const char *file;
	char *policies[POLICIES_MAX];
	size_t policy_count;
	struct scenario_param *params;
	uint32_t param_count;
	struct scenario_overrides overrides;
	const char *trace;
	const char *svg;
	struct timeline_window window;
	bool check;
	bool json;
};

/* ------------------------------------------------------------- command line */

static bool parse_real(const char *text, double min, double max, double *value,
		       char **end)
{
	errno = 0;
	*value = strtod(text, end);
	return *end != text && !errno && *value >= min && *value <= max;
}

static bool parse_duration(const char *text, struct scenario_overrides *to)
{
	to->has_duration = parse_time(text, &to->duration_ns);
	return to->has_duration;
}

static bool parse_load(const char *text, struct scenario_overrides *to)
{
	char *end;

	to->has_load = parse_real(text, 0.001, 1000, &to->load, &end) && !*end;
	return to->has_load;
}

static bool parse_slow(const char *text, struct scenario_overrides *to)
{
	uint64_t value;

	if (!parse_u64(text, &value) || !value || value > SLOW_MAX)
		return false;
	to->slow = value;
	return true;
}

static bool parse_seed(const char *text, struct scenario_overrides *to)
{
	to->has_seed = parse_u64(text, &to->seed) && to->seed <= SEED_MAX;
	return to->has_seed;
}

static bool parse_window(const char *text, struct timeline_window *window)
{
	double start, len;
	char *end;

	if (!parse_real(text, 0, 3.6e6, &start, &end) || *end != ':' ||
	    !parse_real(end + 1, 0.001, 3.6e6, &len, &end) || *end)
		return false;
	window->start_ns = llround(start * 1e6);
	window->len_ns = llround(len * 1e6);
	return true;
}

static bool parse_param(const char *text, struct request *request)
{
	struct scenario_param param = { 0 };
	const char *equals = strchr(text, '=');
	char *end;

	if (!equals || equals == text ||
	    equals - text >= (ptrdiff_t)sizeof(param.name) ||
	    !parse_real(equals + 1, 0, 1e15, &param.value, &end) || *end)
		return false;
	memcpy(param.name, text, equals - text);
	request->params = must_grow(request->params, request->param_count,
				    sizeof(param));
	request->params[request->param_count++] = param;
	return true;
}

/* Names with commas between them, each one once; @text is cut apart. */
static bool parse_policies(char *text, struct request *request)
{
	char *name;
	size_t i;

	request->policy_count = 0;
	while ((name = strsep(&text, ","))) {
		if (!*name || strlen(name) >= DREAM_NAME_LEN ||
		    request->policy_count == POLICIES_MAX)
			return false;
		for (i = 0; i < request->policy_count; i++)
			if (!strcmp(request->policies[i], name))
				return false;
		request->policies[request->policy_count++] = name;
	}
	return true;
}

enum {
	OPT_CHECK = 256,
	OPT_POLICY,
	OPT_PARAM,
	OPT_PLATFORM,
	OPT_DURATION,
	OPT_LOAD,
	OPT_SEED,
	OPT_SLOW,
	OPT_TRACE,
	OPT_SVG,
	OPT_WINDOW,
};

static const struct option options[] = {
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "param", required_argument, NULL, OPT_PARAM },
	{ "platform", required_argument, NULL, OPT_PLATFORM },
	{ "duration", required_argument, NULL, OPT_DURATION },
	{ "load", required_argument, NULL, OPT_LOAD },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "slow-motion", required_argument, NULL, OPT_SLOW },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "svg", required_argument, NULL, OPT_SVG },
	{ "window", required_argument, NULL, OPT_WINDOW },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Take an option; false if its value is wrong. */
static bool take_option(int option, struct request *request)
{
	switch (option) {
	case OPT_CHECK:
		request->check = true;
		return true;
	case OPT_POLICY:
		return parse_policies(optarg, request);
	case OPT_PARAM:
		return parse_param(optarg, request);
	case OPT_PLATFORM:
		request->overrides.platform = optarg;
		return true;
	case OPT_DURATION:
		return parse_duration(optarg, &request->overrides);
	case OPT_LOAD:
		return parse_load(optarg, &request->overrides);
	case OPT_SEED:
		return parse_seed(optarg, &request->overrides);
	case OPT_SLOW:
		return parse_slow(optarg, &request->overrides);
	case OPT_TRACE:
		request->trace = optarg;
		return true;
	case OPT_SVG:
		request->svg = optarg;
		return true;
	case OPT_WINDOW:
		return parse_window(optarg, &request->window);
	default:
		request->json = true;
		return true;
	}
}

/* Returns an exit status, -1 if the command is to be carried out. */
static int parse_request(int argc, char **argv, struct request *request)
{
	int option, index = 0;

	/* getopt_long() expects the name of the program in front. */
	argc++;
	argv--;
	optind = 0;
	while ((option = getopt_long(argc, argv, "jh", options, &index)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_DONE;
		}
		if (option == '?')
			return EXIT_USAGE;
		if (!take_option(option, request))
			return bad_usage("--%s %s: not a value that it takes",
					 options[index].name, optarg);
	}
	if (optind + 1 != argc) {
		bad_usage(optind == argc ? "run: which scenario?" :
					   "run: one scenario, please");
		return EXIT_USAGE;
	}
	request->file = argv[optind];
	return -1;
}

/* ---------------------------------------------------------------- timelines */

/* dir/name.svg for one policy, dir/name-POLICY.svg for one of several. */
static char *file_for(const char *name, const char *policy, bool several)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;
	const char *dot = strchr(*base ? base + 1 : base, '.');
	int stem = dot ? dot - name : (int)strlen(name);
	char *file;

	if (!several)
		return must_strdup(name);
	if (asprintf(&file, "%.*s-%s%s", stem, name, policy,
		     dot ? dot : "") < 0)
		must_have(NULL);
	return file;
}

static int write_timeline(const struct request *request,
			  const struct run_result *result, bool is_svg)
{
	char *file = file_for(is_svg ? request->svg : request->trace,
			      result->policy, request->policy_count > 1);
	FILE *out = fopen(file, "we");
	int ret = -1;

	if (out) {
		ret = is_svg ? timeline_svg(&result->timeline, &result->scene,
					    &request->window, out) :
			       timeline_chrome(&result->timeline,
					       &result->scene, out);
		if (fclose(out))
			ret = -1;
	}
	if (ret)
		failed("%s: %s", file, strerror(errno));
	free(file);
	return ret ? EXIT_FAILED : EXIT_DONE;
}

static int write_timelines(const struct request *request,
			   const struct run_result *result)
{
	if (request->svg && write_timeline(request, result, true))
		return EXIT_FAILED;
	if (request->trace && write_timeline(request, result, false))
		return EXIT_FAILED;
	return EXIT_DONE;
}

/* ---------------------------------------------------------------------- runs */

static int worse(int status, int other)
{
	return other > status ? other : status;
}

/* Run under a policy; the report is added, and printed if it is for people. */
static int run_one(const struct request *request,
		   const struct scenario *scenario, const char *policy,
		   int signal_fd, json_t *reports, bool *stopped)
{
	struct run_result result;
	json_t *report;
	int ret;

	ret = run_scenario(scenario, policy, signal_fd,
			   request->trace || request->svg, &result);
	*stopped = result.stopped;
	if (result.stopped)
		ret = worse(ret, EXIT_FAILED);
	if (result.complete) {
		report = report_json(&result);
		json_array_append_new(reports, report);
		if (!request->json) {
			if (json_array_size(reports) > 1)
				putchar('\n');
			report_print(report);
			fflush(stdout);
		}
		ret = worse(ret, write_timelines(request, &result));
	}
	run_result_free(&result);
	return ret;
}

static int run_all(const struct request *request, const struct opts *o,
		   const struct scenario *scenario)
{
	json_t *reports = must_have(json_array());
	bool several = request->policy_count > 1;
	int ret = EXIT_DONE, signal_fd;
	bool stopped = false;
	size_t i;

	signal_fd = run_signals_open();
	if (signal_fd < 0)
		return EXIT_FAILED;
	for (i = 0; i < request->policy_count && !stopped &&
	     ret != EXIT_INTERNAL; i++)
		ret = worse(ret, run_one(request, scenario,
					 request->policies[i], signal_fd,
					 reports, &stopped));
	if (request->json && json_array_size(reports)) {
		print_json(o, several ? reports : json_array_get(reports, 0));
	} else if (several && json_array_size(reports)) {
		putchar('\n');
		report_compare(reports);
	}
	close(signal_fd);
	json_decref(reports);
	return ret;
}

/* Parameters of the command line come before those of the scenario. */
static void merge_params(const struct request *request,
			 struct scenario *scenario)
{
	uint32_t i, j;

	for (i = 0; i < request->param_count; i++) {
		const struct scenario_param *param = &request->params[i];

		for (j = 0; j < scenario->param_count; j++)
			if (!strcmp(scenario->params[j].name, param->name))
				break;
		if (j == scenario->param_count) {
			scenario->params = reallocarray(scenario->params, j + 1,
							sizeof(*param));
			must_have(scenario->params);
			scenario->param_count++;
		}
		scenario->params[j] = *param;
	}
}

static void print_summary(const char *file, const struct scenario *scenario)
{
	uint64_t frames = 0;
	uint32_t i;

	for (i = 0; i < scenario->stream_count; i++)
		if (scenario->streams[i].parent == SCENARIO_NO_PARENT)
			frames += scenario_frames(scenario,
						  &scenario->streams[i]);
	printf("%s: good: %s on %s, %u NPUs, %u models, %u streams, %llu frames due by the clock\n",
	       file, scenario->name, scenario->platform, scenario->npu_count,
	       scenario->model_count, scenario->stream_count,
	       (unsigned long long)frames);
}

static int carry_out(struct request *request, const struct opts *o)
{
	struct faults faults = { .out = stderr };
	const char *slow = getenv("DREAM_SLOW_MOTION");
	struct scenario *scenario;
	int ret = EXIT_DONE;

	if (!request->overrides.slow && slow &&
	    !parse_slow(slow, &request->overrides))
		return bad_usage("DREAM_SLOW_MOTION=%s: 1 to %d, please", slow,
				 SLOW_MAX);
	scenario = scenario_load(request->file, &request->overrides, &faults);
	if (!scenario)
		return EXIT_USAGE;
	merge_params(request, scenario);
	if (!request->policy_count)
		request->policies[request->policy_count++] = scenario->policy;
	if (request->check)
		print_summary(request->file, scenario);
	else
		ret = run_all(request, o, scenario);
	scenario_free(scenario);
	return ret;
}

int cmd_run(int argc, char **argv, const struct opts *o)
{
	struct request request = {
		.window = { .len_ns = WINDOW_NS },
		.json = o->json,
	};
	int ret;

	/*
	 * The seed of JSON's hash tables. Left alone, the library asks the kernel
	 * for a random one, which takes a second in a machine that has just booted.
	 */
	json_object_seed(1);
	if (argc && is_prefix(*argv, "help")) {
		fputs(usage, stdout);
		return EXIT_DONE;
	}
	ret = parse_request(argc, argv, &request);
	if (ret < 0)
		ret = carry_out(&request, o);
	free(request.params);
	return ret;
}
