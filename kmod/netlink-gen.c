// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dream.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/dream_netlink.h>

/* Integer value ranges */
static const struct netlink_range_validation dream_a_gate_probability_range = {
	.max	= 1000000ULL,
};

/* Common nested types */
const struct nla_policy dream_cost_nl_policy[DREAM_A_COST_SAMPLES + 1] = {
	[DREAM_A_COST_VARIANT] = { .type = NLA_U32, },
	[DREAM_A_COST_INDEX] = { .type = NLA_U32, },
	[DREAM_A_COST_CLASS] = { .type = NLA_NUL_STRING, .len = 31, },
	[DREAM_A_COST_LATENCY_NS] = { .type = NLA_U64, },
	[DREAM_A_COST_ENERGY_NJ] = { .type = NLA_U64, },
	[DREAM_A_COST_MEASURED_NS] = { .type = NLA_U64, },
	[DREAM_A_COST_MEASURED_NJ] = { .type = NLA_U64, },
	[DREAM_A_COST_SAMPLES] = { .type = NLA_U32, },
};

const struct nla_policy dream_gate_nl_policy[DREAM_A_GATE_SAMPLES + 1] = {
	[DREAM_A_GATE_VARIANT] = { .type = NLA_U32, },
	[DREAM_A_GATE_INDEX] = { .type = NLA_U32, },
	[DREAM_A_GATE_TARGET] = { .type = NLA_U32, },
	[DREAM_A_GATE_PROBABILITY] = NLA_POLICY_FULL_RANGE(NLA_U32, &dream_a_gate_probability_range),
	[DREAM_A_GATE_MEASURED] = { .type = NLA_U32, },
	[DREAM_A_GATE_SAMPLES] = { .type = NLA_U32, },
};

const struct nla_policy dream_layer_nl_policy[DREAM_A_LAYER_OUT_BYTES + 1] = {
	[DREAM_A_LAYER_VARIANT] = { .type = NLA_U32, },
	[DREAM_A_LAYER_INDEX] = { .type = NLA_U32, },
	[DREAM_A_LAYER_WEIGHT_BYTES] = { .type = NLA_U64, },
	[DREAM_A_LAYER_IN_BYTES] = { .type = NLA_U64, },
	[DREAM_A_LAYER_OUT_BYTES] = { .type = NLA_U64, },
};

/* DREAM_CMD_ACCEL_GET - do */
static const struct nla_policy dream_accel_get_nl_policy[DREAM_A_ACCEL_NAME + 1] = {
	[DREAM_A_ACCEL_ID] = { .type = NLA_U32, },
	[DREAM_A_ACCEL_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* DREAM_CMD_MODEL_NEW - do */
static const struct nla_policy dream_model_new_nl_policy[DREAM_A_MODEL_VARIANT_LAYERS + 1] = {
	[DREAM_A_MODEL_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
	[DREAM_A_MODEL_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
	[DREAM_A_MODEL_VARIANT_LAYERS] = { .type = NLA_U32, },
};

/* DREAM_CMD_MODEL_LOAD - do */
static const struct nla_policy dream_model_load_nl_policy[DREAM_A_MODEL_GATE + 1] = {
	[DREAM_A_MODEL_ID] = { .type = NLA_U32, },
	[DREAM_A_MODEL_GENERATION] = { .type = NLA_U32, },
	[DREAM_A_MODEL_LAYER] = NLA_POLICY_NESTED(dream_layer_nl_policy),
	[DREAM_A_MODEL_COST] = NLA_POLICY_NESTED(dream_cost_nl_policy),
	[DREAM_A_MODEL_GATE] = NLA_POLICY_NESTED(dream_gate_nl_policy),
};

/* DREAM_CMD_MODEL_COMMIT - do */
static const struct nla_policy dream_model_commit_nl_policy[DREAM_A_MODEL_ROWS + 1] = {
	[DREAM_A_MODEL_ID] = { .type = NLA_U32, },
	[DREAM_A_MODEL_GENERATION] = { .type = NLA_U32, },
	[DREAM_A_MODEL_ROWS] = { .type = NLA_U32, },
};

/* DREAM_CMD_MODEL_DEL - do */
static const struct nla_policy dream_model_del_nl_policy[DREAM_A_MODEL_ID + 1] = {
	[DREAM_A_MODEL_ID] = { .type = NLA_U32, },
};

/* DREAM_CMD_MODEL_GET - do */
static const struct nla_policy dream_model_get_nl_policy[DREAM_A_MODEL_ID + 1] = {
	[DREAM_A_MODEL_ID] = { .type = NLA_U32, },
};

/* DREAM_CMD_COST_GET - dump */
static const struct nla_policy dream_cost_get_nl_policy[DREAM_A_MODEL_ID + 1] = {
	[DREAM_A_MODEL_ID] = { .type = NLA_U32, },
};

/* DREAM_CMD_POLICY_SET - do */
static const struct nla_policy dream_policy_set_nl_policy[DREAM_A_POLICY_NAME + 1] = {
	[DREAM_A_POLICY_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* DREAM_CMD_PARAM_GET - do */
static const struct nla_policy dream_param_get_nl_policy[DREAM_A_PARAM_NAME + 1] = {
	[DREAM_A_PARAM_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* DREAM_CMD_PARAM_SET - do */
static const struct nla_policy dream_param_set_nl_policy[DREAM_A_PARAM_VALUE + 1] = {
	[DREAM_A_PARAM_NAME] = { .type = NLA_NUL_STRING, .len = 31, },
	[DREAM_A_PARAM_VALUE] = { .type = NLA_U64, },
};

/* DREAM_CMD_QUEUE_GET - do */
static const struct nla_policy dream_queue_get_nl_policy[DREAM_A_QUEUE_ID + 1] = {
	[DREAM_A_QUEUE_ID] = { .type = NLA_U32, },
};

/* DREAM_CMD_STATS_GET - dump */
static const struct nla_policy dream_stats_get_nl_policy[DREAM_A_STATS_LAST_WINDOW + 1] = {
	[DREAM_A_STATS_LAST_WINDOW] = { .type = NLA_FLAG, },
};

/* DREAM_CMD_STATS_RESET - do */
static const struct nla_policy dream_stats_reset_nl_policy[DREAM_A_STATS_MODEL + 1] = {
	[DREAM_A_STATS_MODEL] = { .type = NLA_U32, },
};

/* DREAM_CMD_SCORE_GET - dump */
static const struct nla_policy dream_score_get_nl_policy[DREAM_A_SCORE_HISTORY + 1] = {
	[DREAM_A_SCORE_QUEUE] = { .type = NLA_U32, },
	[DREAM_A_SCORE_SEQNO] = { .type = NLA_U64, },
	[DREAM_A_SCORE_HISTORY] = { .type = NLA_FLAG, },
};

/* Ops table for dream */
static const struct genl_split_ops dream_nl_ops[] = {
	{
		.cmd		= DREAM_CMD_ACCEL_GET,
		.doit		= dream_nl_accel_get_doit,
		.policy		= dream_accel_get_nl_policy,
		.maxattr	= DREAM_A_ACCEL_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DREAM_CMD_ACCEL_GET,
		.dumpit	= dream_nl_accel_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DREAM_CMD_MODEL_NEW,
		.doit		= dream_nl_model_new_doit,
		.policy		= dream_model_new_nl_policy,
		.maxattr	= DREAM_A_MODEL_VARIANT_LAYERS,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DREAM_CMD_MODEL_LOAD,
		.doit		= dream_nl_model_load_doit,
		.policy		= dream_model_load_nl_policy,
		.maxattr	= DREAM_A_MODEL_GATE,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DREAM_CMD_MODEL_COMMIT,
		.doit		= dream_nl_model_commit_doit,
		.policy		= dream_model_commit_nl_policy,
		.maxattr	= DREAM_A_MODEL_ROWS,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DREAM_CMD_MODEL_DEL,
		.doit		= dream_nl_model_del_doit,
		.policy		= dream_model_del_nl_policy,
		.maxattr	= DREAM_A_MODEL_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DREAM_CMD_MODEL_GET,
		.doit		= dream_nl_model_get_doit,
		.policy		= dream_model_get_nl_policy,
		.maxattr	= DREAM_A_MODEL_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DREAM_CMD_MODEL_GET,
		.dumpit	= dream_nl_model_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DREAM_CMD_COST_GET,
		.start		= dream_nl_cost_get_start,
		.dumpit		= dream_nl_cost_get_dumpit,
		.policy		= dream_cost_get_nl_policy,
		.maxattr	= DREAM_A_MODEL_ID,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= DREAM_CMD_POLICY_GET,
		.dumpit	= dream_nl_policy_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DREAM_CMD_POLICY_SET,
		.doit		= dream_nl_policy_set_doit,
		.policy		= dream_policy_set_nl_policy,
		.maxattr	= DREAM_A_POLICY_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DREAM_CMD_PARAM_GET,
		.doit		= dream_nl_param_get_doit,
		.policy		= dream_param_get_nl_policy,
		.maxattr	= DREAM_A_PARAM_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DREAM_CMD_PARAM_GET,
		.dumpit	= dream_nl_param_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DREAM_CMD_PARAM_SET,
		.doit		= dream_nl_param_set_doit,
		.policy		= dream_param_set_nl_policy,
		.maxattr	= DREAM_A_PARAM_VALUE,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DREAM_CMD_QUEUE_GET,
		.doit		= dream_nl_queue_get_doit,
		.policy		= dream_queue_get_nl_policy,
		.maxattr	= DREAM_A_QUEUE_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= DREAM_CMD_QUEUE_GET,
		.dumpit	= dream_nl_queue_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DREAM_CMD_STATS_GET,
		.dumpit		= dream_nl_stats_get_dumpit,
		.policy		= dream_stats_get_nl_policy,
		.maxattr	= DREAM_A_STATS_LAST_WINDOW,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= DREAM_CMD_STATS_RESET,
		.doit		= dream_nl_stats_reset_doit,
		.policy		= dream_stats_reset_nl_policy,
		.maxattr	= DREAM_A_STATS_MODEL,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= DREAM_CMD_SCORE_GET,
		.start		= dream_nl_score_get_start,
		.dumpit		= dream_nl_score_get_dumpit,
		.policy		= dream_score_get_nl_policy,
		.maxattr	= DREAM_A_SCORE_HISTORY,
		.flags		= GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group dream_nl_mcgrps[] = {
	[DREAM_NLGRP_EVENTS] = { "events", },
	[DREAM_NLGRP_WINDOWS] = { "windows", },
};

struct genl_family dream_nl_family __ro_after_init = {
	.name		= DREAM_FAMILY_NAME,
	.version	= DREAM_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= dream_nl_ops,
	.n_split_ops	= ARRAY_SIZE(dream_nl_ops),
	.mcgrps		= dream_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(dream_nl_mcgrps),
};
