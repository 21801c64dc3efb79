/* SPDX-License-Identifier: GPL-2.0 */
/* What the handlers of the netlink family share. */
#ifndef _DREAM_NETLINK_PRIV_H
#define _DREAM_NETLINK_PRIV_H

#include <linux/uidgid.h>

#include "netlink-gen.h"

struct dream_counters;

/**
 * struct dream_nl_id - where a dump of objects with ids goes on
 * @next: first id that has not been told
 * @begun: the first message, which is about no object, has been told
 */
struct dream_nl_id {
	u32 next;
	bool begun;
};

static inline struct dream_nl_id *dream_nl_id(struct netlink_callback *cb)
{
	NL_ASSERT_DUMP_CTX_FITS(struct dream_nl_id);
	return (struct dream_nl_id *)cb->ctx;
}

bool dream_nl_put_counters(struct sk_buff *skb, int attr,
			   const struct dream_counters *c);
bool dream_nl_capable(const struct sk_buff *skb);
int dream_nl_require_cap(const struct sk_buff *skb,
			 struct netlink_ext_ack *extack);
int dream_nl_require(const struct genl_info *info, int attr, const char *name);
int dream_nl_check_name(const struct nlattr *attr,
			struct netlink_ext_ack *extack);
u32 dream_nl_uid(const struct sk_buff *request, kuid_t uid);
struct sk_buff *dream_nl_msg_new(void);
void *dream_nl_put(struct sk_buff *skb, const struct genl_info *info, int flags);
int dream_nl_end(struct sk_buff *skb, void *hdr, bool bad);
int dream_nl_reply(struct sk_buff *msg, struct genl_info *info, int ret);

static inline int dream_nl_put_u64(struct sk_buff *skb, int attr, u64 value)
{
	/* The pad is attribute 1 in every set. */
	BUILD_BUG_ON(DREAM_A_ACCEL_PAD != 1 || DREAM_A_PARAM_PAD != 1 ||
		     DREAM_A_REASON_PAD != 1 || DREAM_A_COUNTERS_PAD != 1 ||
		     DREAM_A_QUEUE_PAD != 1 || DREAM_A_STATS_PAD != 1);
	return nla_put_u64_64bit(skb, attr, value, 1);
}

#endif
