// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policies and parameters. */
#include <errno.h>

#include "nl.h"

#define DNL_ITEM	struct dream_policy

static const struct dnl_field policy_fields[] = {
	[DREAM_A_POLICY_NAME] = FIELD_NAME("name", name),
	[DREAM_A_POLICY_ACTIVE] = FIELD_FLAG("active", active),
	[DREAM_A_POLICY_DOC] = FIELD_DOC("doc", doc),
};

#undef DNL_ITEM
#define DNL_ITEM	struct dream_param

static const struct dnl_field param_fields[] = {
	[DREAM_A_PARAM_NAME] = FIELD_NAME("name", name),
	[DREAM_A_PARAM_VALUE] = FIELD_U64("value", value),
	[DREAM_A_PARAM_MINIMUM] = FIELD_U64("minimum", minimum),
	[DREAM_A_PARAM_MAXIMUM] = FIELD_U64("maximum", maximum),
	[DREAM_A_PARAM_DEFAULT] = FIELD_U64("default", initial),
	[DREAM_A_PARAM_SCALE] = FIELD_U32("scale", scale),
	[DREAM_A_PARAM_UNIT] = FIELD_NAME("unit", unit),
	[DREAM_A_PARAM_DOC] = FIELD_DOC("doc", doc),
};

#undef DNL_ITEM

static const struct dnl_set policy_set = {
	.fields = policy_fields,
	.count = ARRAY_SIZE(policy_fields),
};

static const struct dnl_set param_set = {
	.fields = param_fields,
	.count = ARRAY_SIZE(param_fields),
};

int dream_nl_policies(struct dream_nl *nl, struct dream_policy **items)
{
	struct dnl_list list = DNL_LIST(struct dream_policy, &policy_set);

	return dnl_dump(nl, DREAM_CMD_POLICY_GET, &list, items);
}

int dream_nl_policy_set(struct dream_nl *nl, const char *name)
{
	const struct dnl_call call = {
		.cmd = DREAM_CMD_POLICY_SET,
		.set = &policy_set,
	};
	struct nl_msg *msg;
	int err;

	err = dnl_check_name(nl, name);
	if (err)
		return err;
	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	nla_put_string(msg, DREAM_A_POLICY_NAME, name);
	return dnl_talk(nl, &call, msg);
}

int dream_nl_params(struct dream_nl *nl, struct dream_param **items)
{
	struct dnl_list list = DNL_LIST(struct dream_param, &param_set);

	return dnl_dump(nl, DREAM_CMD_PARAM_GET, &list, items);
}

int dream_nl_param(struct dream_nl *nl, const char *name,
		   struct dream_param *param)
{
	int err;

	err = dnl_check_name(nl, name);
	if (err)
		return err;
	return dnl_get(nl, DREAM_CMD_PARAM_GET, &param_set, DREAM_A_PARAM_NAME,
		       name, param, sizeof(*param));
}

int dream_nl_param_set(struct dream_nl *nl, const char *name, uint64_t value)
{
	const struct dnl_call call = {
		.cmd = DREAM_CMD_PARAM_SET,
		.set = &param_set,
	};
	struct nl_msg *msg;
	int err;

	err = dnl_check_name(nl, name);
	if (err)
		return err;
	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	nla_put_string(msg, DREAM_A_PARAM_NAME, name);
	nla_put_u64(msg, DREAM_A_PARAM_VALUE, value);
	return dnl_talk(nl, &call, msg);
}
