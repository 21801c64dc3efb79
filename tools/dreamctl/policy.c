// SPDX-License-Identifier: GPL-2.0
/* dreamctl policy */
#include <stdlib.h>

#include "memory.h"
#include "output.h"

static const char usage[] =
	"Usage: dreamctl [-j] [-p] policy show\n"
	"       dreamctl policy set NAME\n"
	"\n"
	"The policy decides which job runs its next layer on which accelerator.\n"
	"Setting it needs CAP_SYS_NICE or CAP_NET_ADMIN and holds from the next\n"
	"decision on.\n";

static const struct column columns[] = {
	{ "POLICY", "name", F_TEXT },
	{ "ACTIVE", "active", F_TEXT },
	{ "WHAT IT DOES", "doc", F_TEXT },
};

static json_t *policy_json(const struct dream_policy *policy)
{
	json_t *json;

	json = json_pack("{sssbss}",
			 "name", policy->name,
			 "active", (int)policy->active,
			 "doc", policy->doc);
	return must_have(json);
}

static int policy_show(int argc, char **argv, const struct opts *o)
{
	struct dream_policy *policies;
	struct dream_nl *nl;
	json_t *list;
	int i, count;

	if (no_more(argc, argv))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	count = dream_nl_policies(nl, &policies);
	if (count < 0)
		request_failed(nl, count, "policies");
	dream_nl_close(nl);
	if (count < 0)
		return EXIT_FAILED;

	list = must_have(json_array());
	for (i = 0; i < count; i++)
		json_array_append_new(list, policy_json(&policies[i]));
	free(policies);
	if (o->json)
		print_json(o, list);
	else
		print_table(list, COLUMNS(columns));
	json_decref(list);
	return EXIT_DONE;
}

static int policy_set(int argc, char **argv, const struct opts *o)
{
	struct dream_nl *nl;
	int err, status = EXIT_DONE;

	(void)o;
	if (!argc)
		return bad_usage("policy set: which one?");
	if (no_more(argc - 1, argv + 1))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	err = dream_nl_policy_set(nl, *argv);
	if (err)
		status = request_failed(nl, err, "policy %s", *argv);
	dream_nl_close(nl);
	return status;
}

int cmd_policy(int argc, char **argv, const struct opts *o)
{
	static const struct verb verbs[] = {
		{ "show", policy_show },
		{ "list", policy_show },
		{ "set", policy_set },
		{ NULL, NULL },
	};

	return dispatch(verbs, usage, argc, argv, o);
}
