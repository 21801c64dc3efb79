// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Netlink family
 *
 * The work comes by ioctl, the knowledge by netlink: the family "dream" tells of
 * accelerators, queues, models, counters and scores, and takes models, policy and
 * parameters. The specification, the policies of the attributes and the table of
 * operations are generated; here are the handlers.
 *
 * Every handler holds the arbiter's lock while it looks at objects, so that a
 * message is a consistent picture of one object. A dump that needs several
 * messages gives the lock back between them and goes on behind the last id that
 * it told: ids rise and an object keeps its own, so nothing comes twice and what
 * is there all the time is not left out. A table of the whole dump was not taken,
 * for its memory would be held for as long as the reader pleases.
 *
 * Who may do what is decided by the sender of the message, not by the task that
 * runs: the capability counts only if the opener of the socket had it too.
 */
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/ktime.h>
#include <linux/netlink.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "accel.h"
#include "arbiter.h"
#include "client.h"
#include "event.h"
#include "model.h"
#include "netlink.h"
#include "params.h"
#include "queue.h"
#include "stats.h"
#include "user.h"

/**
 * dream_nl_capable() - has the sender the capability to change global state?
 * @skb: request
 *
 * Context: any.
 * Return: true if so.
 */
bool dream_nl_capable(const struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_SYS_NICE) ||
	       netlink_capable(skb, CAP_NET_ADMIN);
}

/**
 * dream_nl_require_cap() - refuse a sender without the capability
 * @skb: request
 * @extack: for the message
 *
 * Context: any.
 * Return: 0, or -EPERM.
 */
int dream_nl_require_cap(const struct sk_buff *skb,
			 struct netlink_ext_ack *extack)
{
	if (dream_nl_capable(skb))
		return 0;
	NL_SET_ERR_MSG(extack, "needs CAP_SYS_NICE or CAP_NET_ADMIN");
	return -EPERM;
}

/**
 * dream_nl_require() - refuse a request without an attribute
 * @info: request
 * @attr: attribute
 * @name: its name
 *
 * Context: any.
 * Return: 0, or -EINVAL.
 */
int dream_nl_require(const struct genl_info *info, int attr, const char *name)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;
	NL_SET_ERR_MSG_FMT(info->extack, "attribute %s is missing", name);
	return -EINVAL;
}

/**
 * dream_nl_check_name() - refuse a name that would confuse people or tools
 * @attr: attribute, a string with its NUL
 * @extack: for the message
 *
 * Context: any.
 * Return: 0, or -EINVAL.
 */
int dream_nl_check_name(const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const char *c = nla_data(attr);

	if (!*c) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "the name is empty");
		return -EINVAL;
	}
	for (; *c; c++) {
		if (!isascii(*c) || !isprint(*c) || *c == '/') {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a name has printable ASCII characters, no '/'");
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * dream_nl_uid() - a user id, as the reader knows it
 * @request: the reader's request
 * @uid: user id
 *
 * Context: any.
 * Return: the number in the user namespace of the reader's socket.
 */
u32 dream_nl_uid(const struct sk_buff *request, kuid_t uid)
{
	return from_kuid_munged(sk_user_ns(NETLINK_CB(request).sk), uid);
}

/**
 * dream_nl_msg_new() - make room for a reply
 *
 * Handlers call it before they take the arbiter's lock.
 *
 * Context: process context, may sleep.
 * Return: the message, or NULL without memory.
 */
struct sk_buff *dream_nl_msg_new(void)
{
	return genlmsg_new(NLMSG_DEFAULT_SIZE - GENL_HDRLEN, GFP_KERNEL);
}

/**
 * dream_nl_put() - begin a message
 * @skb: where
 * @info: request that it answers
 * @flags: NLM_F_MULTI in a dump, else 0
 *
 * Context: any.
 * Return: the header, or NULL if there is no room.
 */
void *dream_nl_put(struct sk_buff *skb, const struct genl_info *info, int flags)
{
	return __genlmsg_iput(skb, info, flags);
}

/**
 * dream_nl_end() - end a message, or take it back
 * @skb: where
 * @hdr: what dream_nl_put() returned, not NULL
 * @bad: an attribute found no room
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE.
 */
int dream_nl_end(struct sk_buff *skb, void *hdr, bool bad)
{
	if (bad) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * dream_nl_reply() - send a reply, or give it up
 * @msg: reply; it is gone afterwards
 * @info: request
 * @ret: an error, if there is nothing to send, else 0
 *
 * Context: any.
 * Return: @ret, or the error of sending.
 */
int dream_nl_reply(struct sk_buff *msg, struct genl_info *info, int ret)
{
	if (!ret)
		return genlmsg_reply(msg, info);
	nlmsg_free(msg);
	return ret;
}

/* ----------------------------------------------------------- accelerators */

static int fill_accel(struct sk_buff *skb, const struct genl_info *info,
		      int flags, struct dream_accel *accel)
{
	void *hdr = dream_nl_put(skb, info, flags);
	struct dream_accel_info ai = {};
	bool bad;

	if (!hdr)
		return -EMSGSIZE;
	dream_accel_fill_info(accel, &ai);
	bad = nla_put_u32(skb, DREAM_A_ACCEL_ID, ai.id) ||
	      nla_put_string(skb, DREAM_A_ACCEL_NAME, ai.name) ||
	      nla_put_string(skb, DREAM_A_ACCEL_CLASS, ai.class_name) ||
	      nla_put_u32(skb, DREAM_A_ACCEL_CLASS_ID, ai.class_id) ||
	      nla_put_u32(skb, DREAM_A_ACCEL_SLOTS, ai.slots) ||
	      nla_put_u32(skb, DREAM_A_ACCEL_RUNNING, accel->running) ||
	      nla_put_u32(skb, DREAM_A_ACCEL_STATE, ai.state) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_LOCAL_MEM_BYTES, ai.local_mem_bytes) ||
	      nla_put_u32(skb, DREAM_A_ACCEL_BANDWIDTH_MBPS, ai.bandwidth_mbps) ||
	      nla_put_u32(skb, DREAM_A_ACCEL_CLOCK_KHZ, ai.clock_khz) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_BUSY_NS, ai.busy_ns) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_ENERGY_NJ, ai.energy_nj) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_COMMANDS, ai.commands) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_ERRORS, accel->errors) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_SPURIOUS,
			       dream_accel_spurious(accel)) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_TIMEOUTS, accel->timeouts) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_RESETS, accel->resets) ||
	      dream_nl_put_u64(skb, DREAM_A_ACCEL_UP_NS, ktime_get_ns() - accel->up_ns);
	return dream_nl_end(skb, hdr, bad);
}

/* By id or by name. */
static struct dream_accel *find_accel(struct genl_info *info)
{
	const struct nlattr *id = info->attrs[DREAM_A_ACCEL_ID];
	const struct nlattr *name = info->attrs[DREAM_A_ACCEL_NAME];
	struct dream_accel *accel;

	if (!id == !name) {
		GENL_SET_ERR_MSG(info, "either id or name is needed");
		return ERR_PTR(-EINVAL);
	}
	accel = id ? dream_accel_by_id(nla_get_u32(id)) :
		dream_accel_by_name(nla_data(name));
	if (!accel) {
		NL_SET_ERR_MSG_ATTR(info->extack, id ? id : name,
				    "no such accelerator");
		return ERR_PTR(-ENOENT);
	}
	return accel;
}

/**
 * dream_nl_accel_get_doit() - accel-get: one accelerator
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_accel_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg = dream_nl_msg_new();
	struct dream_accel *accel;
	int ret;

	if (!msg)
		return -ENOMEM;
	dream_lock();
	accel = find_accel(info);
	if (IS_ERR(accel))
		ret = PTR_ERR(accel);
	else
		ret = fill_accel(msg, info, 0, accel);
	dream_unlock();
	return dream_nl_reply(msg, info, ret);
}

/**
 * dream_nl_accel_get_dumpit() - accel-get: all accelerators
 * @skb: reply
 * @cb: state of the dump
 *
 * Context: process context, may sleep.
 * Return: 0 at the end, -EMSGSIZE to go on.
 */
int dream_nl_accel_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct dream_nl_id *ctx = dream_nl_id(cb);
	struct dream_accel *accel;
	int ret = 0;

	dream_lock();
	for (; ctx->next < DREAM_ACCEL_MAX; ctx->next++) {
		accel = dream_accel_by_id(ctx->next);
		if (!accel)
			continue;
		ret = fill_accel(skb, info, NLM_F_MULTI, accel);
		if (ret)
			break;
	}
	dream_unlock();
	return ret;
}

/* --------------------------------------------------------------- policies */

static int fill_policy(struct sk_buff *skb, const struct genl_info *info,
		       const struct dream_policy_ops *ops)
{
	void *hdr = dream_nl_put(skb, info, NLM_F_MULTI);
	bool bad;

	if (!hdr)
		return -EMSGSIZE;
	bad = nla_put_string(skb, DREAM_A_POLICY_NAME, ops->name) ||
	      (ops == dream_arb.policy &&
	       nla_put_flag(skb, DREAM_A_POLICY_ACTIVE)) ||
	      nla_put_string(skb, DREAM_A_POLICY_DOC, ops->doc);
	return dream_nl_end(skb, hdr, bad);
}

/**
 * dream_nl_policy_get_dumpit() - policy-get: all policies
 * @skb: reply
 * @cb: state of the dump
 *
 * Context: process context, may sleep.
 * Return: 0 at the end, -EMSGSIZE to go on.
 */
int dream_nl_policy_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct dream_nl_id *ctx = dream_nl_id(cb);
	int ret = 0;

	dream_lock();
	for (; dream_policies[ctx->next]; ctx->next++) {
		ret = fill_policy(skb, info, dream_policies[ctx->next]);
		if (ret)
			break;
	}
	dream_unlock();
	return ret;
}

/**
 * dream_nl_policy_set_doit() - policy-set: let another policy decide
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	int ret;

	ret = dream_nl_require_cap(skb, info->extack);
	if (ret)
		return ret;
	ret = dream_nl_require(info, DREAM_A_POLICY_NAME, "name");
	if (ret)
		return ret;
	dream_lock();
	ret = dream_policy_set(nla_data(info->attrs[DREAM_A_POLICY_NAME]),
			       info->extack);
	dream_unlock();
	return ret;
}

/* ------------------------------------------------------------- parameters */

static int fill_param(struct sk_buff *skb, const struct genl_info *info,
		      int flags, const struct dream_param *p)
{
	void *hdr = dream_nl_put(skb, info, flags);
	bool bad;

	if (!hdr)
		return -EMSGSIZE;
	bad = nla_put_string(skb, DREAM_A_PARAM_NAME, p->desc->name) ||
	      dream_nl_put_u64(skb, DREAM_A_PARAM_VALUE, p->value) ||
	      dream_nl_put_u64(skb, DREAM_A_PARAM_MINIMUM, p->desc->min) ||
	      dream_nl_put_u64(skb, DREAM_A_PARAM_MAXIMUM, p->desc->max) ||
	      dream_nl_put_u64(skb, DREAM_A_PARAM_DEFAULT, p->desc->def) ||
	      nla_put_u32(skb, DREAM_A_PARAM_SCALE, p->desc->scale) ||
	      nla_put_string(skb, DREAM_A_PARAM_UNIT, p->desc->unit) ||
	      nla_put_string(skb, DREAM_A_PARAM_DOC, p->desc->doc);
	return dream_nl_end(skb, hdr, bad);
}

static struct dream_param *find_param(struct genl_info *info)
{
	const struct nlattr *name = info->attrs[DREAM_A_PARAM_NAME];
	struct dream_param *p = dream_param_find(nla_data(name));

	if (!p)
		NL_SET_ERR_MSG_ATTR(info->extack, name, "no such parameter");
	return p;
}

/**
 * dream_nl_param_get_doit() - param-get: one parameter
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_param_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dream_param *p;
	struct sk_buff *msg;
	int ret;

	ret = dream_nl_require(info, DREAM_A_PARAM_NAME, "name");
	if (ret)
		return ret;
	msg = dream_nl_msg_new();
	if (!msg)
		return -ENOMEM;
	dream_lock();
	p = find_param(info);
	ret = p ? fill_param(msg, info, 0, p) : -ENOENT;
	dream_unlock();
	return dream_nl_reply(msg, info, ret);
}

/**
 * dream_nl_param_get_dumpit() - param-get: all parameters
 * @skb: reply
 * @cb: state of the dump
 *
 * Context: process context, may sleep.
 * Return: 0 at the end, -EMSGSIZE to go on.
 */
int dream_nl_param_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct dream_nl_id *ctx = dream_nl_id(cb);
	int ret = 0;

	dream_lock();
	for (; ctx->next < DREAM_PARAM_COUNT; ctx->next++) {
		ret = fill_param(skb, info, NLM_F_MULTI,
				 &dream_param_table[ctx->next]);
		if (ret)
			break;
	}
	dream_unlock();
	return ret;
}

/**
 * dream_nl_param_set_doit() - param-set: set a parameter
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_param_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dream_param *p;
	int ret;

	ret = dream_nl_require_cap(skb, info->extack);
	if (ret)
		return ret;
	ret = dream_nl_require(info, DREAM_A_PARAM_NAME, "name");
	if (ret)
		return ret;
	ret = dream_nl_require(info, DREAM_A_PARAM_VALUE, "value");
	if (ret)
		return ret;
	dream_lock();
	p = find_param(info);
	ret = p ? dream_param_set(p, nla_get_u64(info->attrs[DREAM_A_PARAM_VALUE]),
				  info->extack) : -ENOENT;
	dream_unlock();
	return ret;
}

/* ----------------------------------------------------------------- queues */

static int fill_queue(struct sk_buff *skb, const struct genl_info *info,
		      int flags, const struct sk_buff *request,
		      const struct dream_queue *q)
{
	void *hdr = dream_nl_put(skb, info, flags);
	bool bad;

	if (!hdr)
		return -EMSGSIZE;
	bad = nla_put_u32(skb, DREAM_A_QUEUE_ID, q->p.id) ||
	      nla_put_string(skb, DREAM_A_QUEUE_NAME, q->name) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_MODEL, q->model ? q->model->id : 0) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_PID,
			  pid_nr_ns(q->client->pid,
				    task_active_pid_ns(current))) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_OWNER,
			  dream_nl_uid(request, q->user->uid)) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_PARENT,
			  q->parent ? q->parent->p.id : 0) ||
	      dream_nl_put_u64(skb, DREAM_A_QUEUE_PERIOD_NS, q->p.period_ns) ||
	      dream_nl_put_u64(skb, DREAM_A_QUEUE_DEADLINE_NS, q->p.deadline_ns) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_WEIGHT, q->p.weight) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_DEPTH, q->depth) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_WAITING, q->waiting) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_READY, q->released) ||
	      dream_nl_put_counters(skb, DREAM_A_QUEUE_COUNTERS, &q->counters) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_DROP_CAP, q->p.drop_cap) ||
	      nla_put_u32(skb, DREAM_A_QUEUE_VARIANT_MAX, q->p.variant_max);
	return dream_nl_end(skb, hdr, bad);
}

/**
 * dream_nl_queue_get_doit() - queue-get: one queue
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_queue_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dream_queue *q;
	struct sk_buff *msg;
	u32 id;
	int ret;

	ret = dream_nl_require(info, DREAM_A_QUEUE_ID, "id");
	if (ret)
		return ret;
	id = nla_get_u32(info->attrs[DREAM_A_QUEUE_ID]);
	msg = dream_nl_msg_new();
	if (!msg)
		return -ENOMEM;
	dream_lock();
	q = dream_queue_by_id(id);
	if (q) {
		ret = fill_queue(msg, info, 0, skb, q);
	} else {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack,
					info->attrs[DREAM_A_QUEUE_ID],
					"no queue %u", id);
		ret = -ENOENT;
	}
	dream_unlock();
	return dream_nl_reply(msg, info, ret);
}

/**
 * dream_nl_queue_get_dumpit() - queue-get: all queues
 * @skb: reply
 * @cb: state of the dump
 *
 * Context: process context, may sleep.
 * Return: 0 at the end, -EMSGSIZE to go on.
 */
int dream_nl_queue_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct dream_nl_id *ctx = dream_nl_id(cb);
	u32 id = ctx->next;
	struct dream_queue *q;
	int ret = 0;

	dream_lock();
	for (; (q = dream_queue_next(&id)); ctx->next = ++id) {
		ret = fill_queue(skb, info, NLM_F_MULTI, cb->skb, q);
		if (ret)
			break;
	}
	dream_unlock();
	return ret;
}

/* ----------------------------------------------------------------- family */

/* A socket was closed: the models that it made go with it. */
static int on_release(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC) {
		dream_lock();
		dream_models_release_port(n->net, n->portid);
		dream_unlock();
	}
	return NOTIFY_DONE;
}

static struct notifier_block release_nb = {
	.notifier_call = on_release,
};

/**
 * dream_netlink_init() - make the family known
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_netlink_init(void)
{
	int ret;

	/* First the notifier: no model may be made whose socket's end is missed. */
	ret = netlink_register_notifier(&release_nb);
	if (ret)
		return ret;
	ret = genl_register_family(&dream_nl_family);
	if (ret)
		netlink_unregister_notifier(&release_nb);
	return ret;
}

/**
 * dream_netlink_exit() - take the family away
 *
 * Afterwards no handler runs, and no event may be sent.
 *
 * Context: process context, may sleep.
 */
void dream_netlink_exit(void)
{
	genl_unregister_family(&dream_nl_family);
	netlink_unregister_notifier(&release_nb);
}
