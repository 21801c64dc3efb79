// SPDX-License-Identifier: GPL-2.0
/* dreamctl accel */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "output.h"

static const char usage[] =
	"Usage: dreamctl [-j] [-p] [-d] accel show [NAME | ID]\n"
	"\n"
	"Accelerators with their state, the share of time that they have executed,\n"
	"and their faults: commands that failed, that made no progress, completions\n"
	"that nobody waited for, resets.\n"
	"-d tells everything about each.\n";

static json_t *accel_json(const struct dream_accel *accel)
{
	json_t *json;

	json = json_pack("{sIsssssIsIsIsssIsIsIsIsIsIsIsIsIsIsI}",
			 "id", (json_int_t)accel->id,
			 "name", accel->name,
			 "class", accel->class_name,
			 "class_id", (json_int_t)accel->class_id,
			 "slots", (json_int_t)accel->slots,
			 "running", (json_int_t)accel->running,
			 "state", dream_accel_state_name(accel->state),
			 "local_mem_bytes", (json_int_t)accel->local_mem_bytes,
			 "bandwidth_mbps", (json_int_t)accel->bandwidth_mbps,
			 "clock_khz", (json_int_t)accel->clock_khz,
			 "up_ns", (json_int_t)accel->up_ns,
			 "busy_ns", (json_int_t)accel->busy_ns,
			 "energy_nj", (json_int_t)accel->energy_nj,
			 "commands", (json_int_t)accel->commands,
			 "errors", (json_int_t)accel->errors,
			 "spurious", (json_int_t)accel->spurious,
			 "timeouts", (json_int_t)accel->timeouts,
			 "resets", (json_int_t)accel->resets);
	must_have(json);
	if (accel->up_ns)
		json_object_set_new(json, "utilization",
				    json_real((double)accel->busy_ns /
					      (double)accel->up_ns));
	return json;
}

static const struct column brief[] = {
	{ "ID", "id", F_NUMBER },
	{ "NAME", "name", F_TEXT },
	{ "CLASS", "class", F_TEXT },
	{ "STATE", "state", F_TEXT },
	{ "RUNNING", "running", F_NUMBER },
	{ "SLOTS", "slots", F_NUMBER },
	{ "LOAD", "utilization", F_PERCENT },
	{ "ENERGY", "energy_nj", F_ENERGY },
	{ "COMMANDS", "commands", F_NUMBER },
	{ "ERRORS", "errors", F_NUMBER },
	{ "TIMEOUTS", "timeouts", F_NUMBER },
	{ "RESETS", "resets", F_NUMBER },
};

static const struct column full[] = {
	{ "accelerator", "name", F_TEXT },
	{ "id", "id", F_NUMBER },
	{ "class", "class", F_TEXT },
	{ "class id", "class_id", F_NUMBER },
	{ "state", "state", F_TEXT },
	{ "running", "running", F_NUMBER },
	{ "slots", "slots", F_NUMBER },
	{ "local memory", "local_mem_bytes", F_BYTES },
	{ "bandwidth", "bandwidth_mbps", F_RATE },
	{ "clock", "clock_khz", F_CLOCK },
	{ "registered for", "up_ns", F_TIME },
	{ "busy", "busy_ns", F_TIME },
	{ "load", "utilization", F_PERCENT },
	{ "energy", "energy_nj", F_ENERGY },
	{ "commands", "commands", F_NUMBER },
	{ "errors", "errors", F_NUMBER },
	{ "spurious completions", "spurious", F_NUMBER },
	{ "timeouts", "timeouts", F_NUMBER },
	{ "resets", "resets", F_NUMBER },
};

static bool is_wanted(const struct dream_accel *accel, const char *name)
{
	uint32_t id;

	return !name || !strcmp(accel->name, name) ||
	       (parse_u32(name, &id) && accel->id == id);
}

static int accel_show(int argc, char **argv, const struct opts *o)
{
	const char *name = argc ? *argv : NULL;
	struct dream_accel *accels;
	struct dream_nl *nl;
	json_t *list;
	int i, count;

	if (argc && no_more(argc - 1, argv + 1))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	count = dream_nl_accels(nl, &accels);
	if (count < 0)
		request_failed(nl, count, "accelerators");
	dream_nl_close(nl);
	if (count < 0)
		return EXIT_FAILED;

	list = must_have(json_array());
	for (i = 0; i < count; i++) {
		if (is_wanted(&accels[i], name))
			json_array_append_new(list, accel_json(&accels[i]));
	}
	free(accels);
	if (name && !json_array_size(list)) {
		json_decref(list);
		return failed("there is no accelerator %s", name);
	}
	if (o->json)
		print_json(o, list);
	else if (o->details)
		print_records(list, COLUMNS(full), NO_COLUMNS);
	else
		print_table(list, COLUMNS(brief));
	json_decref(list);
	return EXIT_DONE;
}

int cmd_accel(int argc, char **argv, const struct opts *o)
{
	static const struct verb verbs[] = {
		{ "show", accel_show },
		{ "list", accel_show },
		{ NULL, NULL },
	};

	return dispatch(verbs, usage, argc, argv, o);
}
