// SPDX-License-Identifier: GPL-2.0
/* dreamctl tune */
#include <errno.h>
#include <getopt.h>
#include <math.h>

#include "memory.h"
#include "output.h"
#include "search.h"

/* Settings that are printed, but for -d. */
#define ROWS	12
/* Columns of the table, but for the parameters. */
#define COLUMNS_FIXED	9

static const char usage[] =
	"Usage: dreamctl [-j] [-p] [-d] tune [OPTIONS] FILE\n"
	"\n"
	"Replay a recording of \"dreamctl record\" under other policies and parameters, and\n"
	"tell what would have been better. The present setting comes first, RATIO is in\n"
	"proportion to it. A setting is recommended only if UXCost and UXc are both\n"
	"lower: a frame that is dropped costs no energy, so UXCost alone can be gamed.\n"
	"-d tells all settings.\n"
	"\n"
	"  --policy A[,B...]     try these policies (all of them)\n"
	"  --param NAME=A[,B...] try these values of a parameter; repeat. By itself,\n"
	"                        drop, supernet, alpha and beta vary.\n"
	"  --apply               set what is recommended; needs CAP_SYS_NICE or\n"
	"                        CAP_NET_ADMIN\n";

/**
 * struct request - what the command line asks for
 * @file: recording
 * @policies: names with commas between them, or NULL
 * @params: NAME=A[,B...]
 * @param_count: their number
 * @apply: set what is recommended
 * @o: options
 */
struct request {
	const char *file;
	char *policies;
	char **params;
	size_t param_count;
	bool apply;
	struct opts o;
};

/* ------------------------------------------------------------- command line */

static const struct option options[] = {
	{ "policy", required_argument, NULL, 'P' },
	{ "param", required_argument, NULL, 'a' },
	{ "apply", no_argument, NULL, 'A' },
	{ "json", no_argument, NULL, 'j' },
	{ "details", no_argument, NULL, 'd' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void take_option(int option, struct request *request)
{
	switch (option) {
	case 'P':
		request->policies = optarg;
		break;
	case 'a':
		request->params = must_grow(request->params,
					    request->param_count,
					    sizeof(char *));
		request->params[request->param_count++] = optarg;
		break;
	case 'A':
		request->apply = true;
		break;
	case 'j':
		request->o.json = true;
		break;
	case 'd':
		request->o.details = true;
		break;
	}
}

/* Returns an exit status, -1 if the command is to be carried out. */
static int parse_request(int argc, char **argv, struct request *request)
{
	int option;

	/* getopt_long() expects the name of the program in front. */
	argc++;
	argv--;
	optind = 0;
	while ((option = getopt_long(argc, argv, "jdh", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return EXIT_DONE;
		}
		if (option == '?')
			return EXIT_USAGE;
		take_option(option, request);
	}
	if (optind + 1 != argc)
		return bad_usage(optind == argc ? "tune: which recording?" :
						  "tune: one recording, please");
	request->file = argv[optind];
	return -1;
}

/* Values of a parameter, with commas between them. */
static int parse_values(const char *text, double *values, uint32_t *count)
{
	char *end;

	for (*count = 0; *count < SEARCH_VALUES_MAX; text = end + 1) {
		values[*count] = strtod(text, &end);
		if (end == text || !isfinite(values[*count]))
			return -EINVAL;
		++*count;
		if (!*end)
			return 0;
		if (*end != ',')
			return -EINVAL;
	}
	return -E2BIG;
}

static int add_values(struct search *search, const char *text)
{
	double values[SEARCH_VALUES_MAX];
	const char *equals = strchr(text, '=');
	char name[DREAM_NAME_LEN];
	uint32_t count;
	int err;

	if (!equals || equals == text ||
	    equals - text >= (ptrdiff_t)sizeof(name))
		return bad_usage("--param %s: NAME=VALUE, please", text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	err = parse_values(equals + 1, values, &count);
	if (!err)
		err = search_add_values(search, name, values, count);
	switch (err) {
	case 0:
		return EXIT_DONE;
	case -ENOENT:
		return bad_usage("there is no parameter %s to vary", name);
	case -E2BIG:
		return bad_usage("--param %s: too many", text);
	case -ERANGE:
		return bad_usage("--param %s: out of range", text);
	default:
		return bad_usage("--param %s: not numbers", text);
	}
}

/* ------------------------------------------------------------------- search */

static int try_policies(struct search *search, char *list)
{
	const struct dream_policy_ops *policy;
	char *name;

	while ((name = strsep(&list, ","))) {
		policy = dream_policy_find(name);
		if (!policy)
			return bad_usage("there is no policy \"%s\"", name);
		search_policy(search, policy);
	}
	return EXIT_DONE;
}

static int run_search(struct search *search, const struct request *request)
{
	const struct dream_policy_ops *const *policy;
	size_t i;

	for (i = 0; i < request->param_count; i++)
		if (add_values(search, request->params[i]))
			return EXIT_USAGE;
	search_present(search);
	if (search->settings[0].error)
		return failed("the policy %s fails in the replay",
			      search->base.policy->name);
	if (request->policies)
		return try_policies(search, request->policies);
	for (policy = dream_policies; *policy; policy++)
		search_policy(search, *policy);
	return EXIT_DONE;
}

/* ------------------------------------------------------------------- report */

static const char *verdict(const struct search *search,
			   const struct search_setting *setting,
			   const struct search_setting *best)
{
	if (setting == search->settings)
		return "present";
	if (setting->error)
		return "fails";
	if (best && setting == best)
		return "recommended";
	if (search_is_better(setting))
		return "better";
	return setting->uxcost_ratio < 1 - SEARCH_GAIN_MIN ? "not by UXc" : "";
}

static json_t *setting_json(const struct search *search,
			    const struct search_setting *setting,
			    const struct search_setting *best)
{
	const struct figures *f = &setting->figures;
	json_t *params = must_have(json_object());
	uint32_t i;

	for (i = 0; i < search->param_count; i++)
		json_object_set_new(params, search->params[i].name,
				    json_real(setting->values[i]));
	return must_have(json_pack("{sssosfsfsfsfsfsfsfsIssss*}",
				   "policy", setting->policy->name,
				   "params", params,
				   "uxcost", f->uxcost,
				   "uxcost_ratio", setting->uxcost_ratio,
				   "uxc", f->uxc,
				   "uxc_ratio", setting->uxc_ratio,
				   "violation_rate", f->violation_rate,
				   "drop_rate", f->drop_rate,
				   "mean_variant", f->mean_variant,
				   "energy_nj", (json_int_t)setting->energy_nj,
				   "verdict", verdict(search, setting, best),
				   "error", setting->error ?
				   strerror(-setting->error) : NULL));
}

static json_t *ends_json(const uint64_t *ends)
{
	json_t *json = must_have(json_object());
	enum frame_end end;

	for (end = 0; end < FRAME_ENDS; end++)
		json_object_set_new(json, frame_end_name(end),
				    json_u64(ends[end]));
	return json;
}

static json_t *report_of(const struct search *search)
{
	const struct search_setting *best = search_best(search);
	json_t *settings = must_have(json_array());
	const struct replay_match *match = &search->match;
	json_t *json, *setting;
	size_t i;

	for (i = 0; i < search->setting_count; i++) {
		setting = setting_json(search, &search->settings[i], best);
		json_array_append_new(settings, setting);
	}
	json = json_pack("{sIsososIsIsbsosO?}",
			 "duration_ns",
			 (json_int_t)search->recording->scenario.duration_ns,
			 "recorded", ends_json(match->recorded),
			 "replayed", ends_json(search->replayed),
			 "frames", (json_int_t)match->frames,
			 "differing", (json_int_t)match->differing,
			 "reproduced", replay_matches(match),
			 "settings", settings,
			 "recommended", best ?
			 json_array_get(settings, best - search->settings) :
			 NULL);
	return must_have(json);
}

static void print_ends(const char *what, const uint64_t *ends)
{
	printf("%s %llu met, %llu missed, %llu dropped", what,
	       (unsigned long long)ends[FRAME_MET],
	       (unsigned long long)ends[FRAME_MISSED],
	       (unsigned long long)ends[FRAME_DROPPED]);
}

static void print_match(const struct search *search)
{
	const struct replay_match *match = &search->match;
	char cell[CELL_LEN];

	print_ends("Recorded:", match->recorded);
	print_ends(". Replayed:", search->replayed);
	printf(". %llu frames differ",
	       (unsigned long long)match->differing);
	if (match->frames)
		printf(", %s", format_number(cell, (double)match->differing /
					     (double)match->frames, F_PERCENT));
	puts(".");
	if (!replay_matches(match))
		puts("This is not what was recorded: do not trust what follows.");
	putchar('\n');
}

/* Parameters move from their object into the row, where the table looks for them. */
static json_t *table_rows(const json_t *settings, bool all)
{
	json_t *rows = must_have(json_array());
	const json_t *setting;
	json_t *row;
	size_t i;

	json_array_foreach(settings, i, setting) {
		if (i > ROWS && !all)
			break;
		row = must_have(json_copy((json_t *)setting));
		json_object_update(row, json_object_get(row, "params"));
		json_array_append_new(rows, row);
	}
	return rows;
}

static void print_settings(const struct search *search, const json_t *settings,
			   bool all)
{
	static const struct column fixed[COLUMNS_FIXED] = {
		{ "UXCOST", "uxcost", F_REAL },
		{ "RATIO", "uxcost_ratio", F_REAL },
		{ "UXC", "uxc", F_REAL },
		{ "RATIO", "uxc_ratio", F_REAL },
		{ "VIOLATED", "violation_rate", F_PERCENT },
		{ "DROPPED", "drop_rate", F_PERCENT },
		{ "VARIANT", "mean_variant", F_REAL },
		{ "ENERGY", "energy_nj", F_ENERGY },
		{ "", "verdict", F_TEXT },
	};
	struct column columns[1 + SEARCH_PARAMS_MAX + COLUMNS_FIXED] = {
		{ "POLICY", "policy", F_TEXT },
	};
	json_t *rows = table_rows(settings, all);
	size_t count = 1;
	uint32_t i;

	for (i = 0; i < search->param_count; i++)
		columns[count++] = (struct column) {
			search->params[i].name, search->params[i].name, F_SHORT,
		};
	for (i = 0; i < COLUMNS_FIXED; i++)
		columns[count++] = fixed[i];
	print_table(rows, (struct columns) { columns, count });
	if (json_array_size(rows) < json_array_size(settings))
		printf("... and %zu more; -d tells them.\n",
		       json_array_size(settings) - json_array_size(rows));
	json_decref(rows);
}

static void print_advice(const struct search *search)
{
	const struct search_setting *best = search_best(search);
	const struct search_setting *least = &search->settings[1];
	char cell[CELL_LEN], other[CELL_LEN];

	putchar('\n');
	if (search->setting_count > 1 && !least->error && least != best &&
	    least->uxcost_ratio < 1 - SEARCH_GAIN_MIN &&
	    !search_is_better(least))
		printf("%s has the lowest UXCost by giving frames up: no gain in UXc.\n",
		       least->policy->name);
	if (best)
		printf("Better: the policy %s as recommended above, UXCost by %s and UXc by %s.\n",
		       best->policy->name,
		       format_number(cell, 1 - best->uxcost_ratio, F_PERCENT),
		       format_number(other, 1 - best->uxc_ratio, F_PERCENT));
	else
		puts("Nothing that was tried is better by UXCost and UXc.");
}

/* -------------------------------------------------------------------- apply */

static int set_param(struct dream_nl *nl, const char *name, double value,
		     bool quiet)
{
	struct dream_param param;
	uint64_t scaled;
	int err;

	err = dream_nl_param(nl, name, &param);
	if (err)
		return request_failed(nl, err, "%s", name);
	scaled = llround(value * param.scale);
	if (scaled == param.value)
		return EXIT_DONE;
	err = dream_nl_param_set(nl, name, scaled);
	if (err)
		return request_failed(nl, err, "%s = %g", name, value);
	if (!quiet)
		printf("Set %s to %g.\n", name, value);
	return EXIT_DONE;
}

static int apply(const struct search *search, const struct request *request)
{
	const struct search_setting *best = search_best(search);
	struct dream_nl *nl;
	int err, ret = EXIT_DONE;
	uint32_t i;

	if (!replay_matches(&search->match))
		return failed("nothing is set: the replay is not what was recorded");
	if (!best)
		return failed("nothing is set: nothing is better");
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	for (i = 0; i < search->param_count && !ret; i++)
		ret = set_param(nl, search->params[i].name, best->values[i],
				request->o.json);
	if (!ret && best->policy != search->base.policy) {
		err = dream_nl_policy_set(nl, best->policy->name);
		if (err)
			ret = request_failed(nl, err, "policy %s",
					     best->policy->name);
		else if (!request->o.json)
			printf("Set the policy to %s.\n", best->policy->name);
	}
	dream_nl_close(nl);
	return ret;
}

/* ------------------------------------------------------------------- command */

static int report(struct search *search, const struct request *request)
{
	json_t *json;

	search_sort(search);
	json = report_of(search);
	if (request->o.json) {
		print_json(&request->o, json);
	} else {
		print_match(search);
		print_settings(search, json_object_get(json, "settings"),
			       request->o.details);
		print_advice(search);
	}
	json_decref(json);
	return request->apply ? apply(search, request) : EXIT_DONE;
}

static int carry_out(const struct request *request)
{
	struct faults faults = { .out = stderr };
	struct recording *recording;
	struct search search;
	int ret;

	recording = recording_load(request->file, &faults);
	if (!recording)
		return EXIT_USAGE;
	ret = search_init(&search, recording);
	if (ret == -ENOENT)
		ret = failed("%s: the policy, or a parameter, is not known here",
			     request->file);
	else if (ret)
		ret = failed("%s: a parameter is out of range", request->file);
	else
		ret = run_search(&search, request);
	if (!ret)
		ret = report(&search, request);
	search_free(&search);
	recording_free(recording);
	return ret;
}

int cmd_tune(int argc, char **argv, const struct opts *o)
{
	struct request request = { .o = *o };
	int ret;

	if (argc && wants_help(*argv)) {
		fputs(usage, stdout);
		return EXIT_DONE;
	}
	ret = parse_request(argc, argv, &request);
	if (ret < 0)
		ret = carry_out(&request);
	free(request.params);
	return ret;
}
