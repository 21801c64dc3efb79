/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/dream.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_DREAM_GEN_H
#define _LINUX_DREAM_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/dream_netlink.h>

/* Common nested types */
extern const struct nla_policy dream_cost_nl_policy[DREAM_A_COST_SAMPLES + 1];
extern const struct nla_policy dream_gate_nl_policy[DREAM_A_GATE_SAMPLES + 1];
extern const struct nla_policy dream_layer_nl_policy[DREAM_A_LAYER_OUT_BYTES + 1];

int dream_nl_cost_get_start(struct netlink_callback *cb);
int dream_nl_score_get_start(struct netlink_callback *cb);

int dream_nl_accel_get_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_accel_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dream_nl_model_new_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_model_load_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_model_commit_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_model_del_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_model_get_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_model_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dream_nl_cost_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dream_nl_policy_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int dream_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_param_get_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_param_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dream_nl_param_set_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_queue_get_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_queue_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dream_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dream_nl_stats_reset_doit(struct sk_buff *skb, struct genl_info *info);
int dream_nl_score_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	DREAM_NLGRP_EVENTS,
	DREAM_NLGRP_WINDOWS,
};

extern struct genl_family dream_nl_family;

#endif /* _LINUX_DREAM_GEN_H */
