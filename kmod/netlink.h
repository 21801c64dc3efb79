/* SPDX-License-Identifier: GPL-2.0 */
/* What the handlers of the netlink family share. */
#ifndef _DREAM_NETLINK_PRIV_H
#define _DREAM_NETLINK_PRIV_H

#include <linux/uidgid.h>

#include "netlink-gen.h"

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

#endif
