// SPDX-License-Identifier: GPL-2.0
/* dreamctl: the command line of the dream scheduler. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "dreamctl.h"

static const char usage[] =
	"Usage: dreamctl [OPTIONS] OBJECT [COMMAND [ARGUMENTS]]\n"
	"\n"
	"Objects:\n"
	"  accel     accelerators: state, load, faults\n"
	"  model     profiles of models: add, delete, show\n"
	"  policy    who decides\n"
	"  param     parameters of the scheduler\n"
	"  queue     open queues and what became of their jobs\n"
	"  run       run a scenario on virtual NPUs\n"
	"  stats     counters by model\n"
	"  score     what the policy thinks of each job, and why it decided as it did\n"
	"  monitor   print events as they happen\n"
	"  record    record what comes to the scheduler\n"
	"  tune      replay a recording: which setting would have been better?\n"
	"\n"
	"Options:\n"
	"  -j, --json      JSON; numbers in the units that their keys name\n"
	"  -p, --pretty    indent the JSON\n"
	"  -d, --details   tell more\n"
	"  -h, --help      this text; \"dreamctl OBJECT help\" tells about an object\n"
	"  -V, --version   version\n"
	"\n"
	"Words may be cut short: \"dreamctl po s\" is \"dreamctl policy show\".\n"
	"Exit status: 0 done, 1 the request failed, 2 the command line is wrong.\n";

/* In this order: the first one that a shortened word can be is meant. */
static const struct verb objects[] = {
	{ "accel", cmd_accel },
	{ "model", cmd_model },
	{ "policy", cmd_policy },
	{ "param", cmd_param },
	{ "queue", cmd_queue },
	{ "run", cmd_run },
	{ "stats", cmd_stats },
	{ "score", cmd_score },
	{ "monitor", cmd_monitor },
	{ "record", cmd_record },
	{ "tune", cmd_tune },
	{ NULL, NULL },
};

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "details", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct opts o = { 0 };
	int c;

	/* "+": options of an object come behind its name. */
	while ((c = getopt_long(argc, argv, "+jpdhV", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			o.json = true;
			break;
		case 'p':
			o.pretty = true;
			break;
		case 'd':
			o.details = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_DONE;
		case 'V':
			puts("dreamctl " VERSION);
			return EXIT_DONE;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	return dispatch(objects, usage, argc - optind, argv + optind, &o);
}
