// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Counters on netlink
 *
 * stats-get tells the counters of every model, since the last reset or in the last
 * window of accounting; at the end of each window the same is sent to the multicast
 * group "windows" of the initial network namespace.
 */
#include <linux/ktime.h>
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "arbiter.h"
#include "event.h"
#include "model.h"
#include "netlink.h"
#include "stats.h"
#include "window.h"

/* --------------------------------------------------------------- counters */

#define COUNTER(attr, field) \
	{ DREAM_A_COUNTERS_##attr, offsetof(struct dream_counters, field) }

static const struct {
	int attr;
	size_t offset;
} counter_table[] = {
	COUNTER(SUBMITTED, submitted),
	COUNTER(RELEASED, released),
	COUNTER(MET, met),
	COUNTER(MISSED, missed),
	COUNTER(DROPPED, dropped),
	COUNTER(CANCELLED, cancelled),
	COUNTER(FAILED, failed),
	COUNTER(UNWANTED, unwanted),
	COUNTER(LAYERS, layers),
	COUNTER(ACCEL_NS, accel_ns),
	COUNTER(ENERGY_NJ, energy_nj),
	COUNTER(ENERGY_MAX_NJ, energy_max_nj),
	COUNTER(LATENCY_NS, latency_ns),
	COUNTER(VARIANT_SUM, variant_sum),
	COUNTER(SKIPPED, skipped),
};

static bool put_reason(struct sk_buff *skb, u32 reason, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, DREAM_A_COUNTERS_REASON);

	if (!nest || nla_put_u32(skb, DREAM_A_REASON_REASON, reason) ||
	    dream_nl_put_u64(skb, DREAM_A_REASON_COUNT, count))
		return true;
	nla_nest_end(skb, nest);
	return false;
}

static bool put_variant(struct sk_buff *skb, u32 variant, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, DREAM_A_COUNTERS_VARIANT);

	if (!nest || nla_put_u32(skb, DREAM_A_VARIANT_COUNT_VARIANT, variant) ||
	    dream_nl_put_u64(skb, DREAM_A_VARIANT_COUNT_COUNT, count))
		return true;
	nla_nest_end(skb, nest);
	return false;
}

/**
 * dream_nl_put_counters() - add counters to a message
 * @skb: message
 * @attr: attribute that they are nested in
 * @c: counters
 *
 * Context: any; arbiter's lock held.
 * Return: true if there is no room; the caller takes the message back.
 */
bool dream_nl_put_counters(struct sk_buff *skb, int attr,
			   const struct dream_counters *c)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	u32 i;

	if (!nest)
		return true;
	for (i = 0; i < ARRAY_SIZE(counter_table); i++)
		if (dream_nl_put_u64(skb, counter_table[i].attr,
				     *(const u64 *)((const u8 *)c +
						    counter_table[i].offset)))
			return true;
	for (i = 0; i < DREAM_REASON_COUNT; i++)
		if (c->reason[i] && put_reason(skb, i, c->reason[i]))
			return true;
	for (i = 0; i < DREAM_VARIANTS_MAX; i++)
		if (c->variant[i] && put_variant(skb, i, c->variant[i]))
			return true;
	nla_nest_end(skb, nest);
	return false;
}

/* ------------------------------------------------------------- statistics */

/* What is told of the window that has ended last. */
static bool put_window(struct sk_buff *skb)
{
	const struct dream_window_info *w = dream_window_last();

	return dream_nl_put_u64(skb, DREAM_A_STATS_WINDOW, w->number) ||
	       dream_nl_put_u64(skb, DREAM_A_STATS_BEGIN_NS, w->begin_ns) ||
	       dream_nl_put_u64(skb, DREAM_A_STATS_END_NS, w->end_ns) ||
	       dream_nl_put_u64(skb, DREAM_A_STATS_UXCOST, w->uxcost) ||
	       dream_nl_put_u64(skb, DREAM_A_STATS_UXC, w->uxc);
}

static bool put_decisions(struct sk_buff *skb)
{
	return dream_nl_put_u64(skb, DREAM_A_STATS_DECISIONS,
				dream_arb.decisions) ||
	       dream_nl_put_u64(skb, DREAM_A_STATS_DECISION_NS,
				dream_arb.decision_ns) ||
	       dream_nl_put_u64(skb, DREAM_A_STATS_EVALUATIONS,
				dream_arb.evaluations) ||
	       dream_nl_put_u64(skb, DREAM_A_STATS_SINCE_NS,
				ktime_get_ns() - dream_arb.reset_ns);
}

/* The jobs without a model, and what is known of the whole. */
static bool put_total(struct sk_buff *skb, bool window)
{
	const struct dream_stats *st = &dream_arb.no_model;

	return nla_put_u32(skb, DREAM_A_STATS_MODEL, 0) ||
	       dream_nl_put_counters(skb, DREAM_A_STATS_COUNTERS,
				     window ? &st->window : &st->total) ||
	       (window ? put_window(skb) : put_decisions(skb));
}

static bool put_model(struct sk_buff *skb, const struct dream_model *m,
		      bool window)
{
	return nla_put_u32(skb, DREAM_A_STATS_MODEL, m->id) ||
	       nla_put_string(skb, DREAM_A_STATS_NAME, m->name) ||
	       dream_nl_put_counters(skb, DREAM_A_STATS_COUNTERS,
				     window ? &m->stats.window : &m->stats.total);
}

static bool has_jobs(const struct dream_model *m, bool window)
{
	return window ? dream_frames_ended(&m->stats.window) :
			m->stats.total.submitted;
}

/* One message of a dump: model @m, or the whole. */
static int fill_stats(struct sk_buff *skb, const struct genl_info *info,
		      const struct dream_model *m, bool window)
{
	void *hdr = dream_nl_put(skb, info, NLM_F_MULTI);

	if (!hdr)
		return -EMSGSIZE;
	return dream_nl_end(skb, hdr, m ? put_model(skb, m, window) :
					  put_total(skb, window));
}

/**
 * dream_nl_stats_get_dumpit() - stats-get: counters of all models
 * @skb: reply
 * @cb: state of the dump
 *
 * The first message is for the jobs without a model and has the counters of
 * decisions, or what is known of the window; it comes always.
 *
 * Context: process context, may sleep.
 * Return: 0 at the end, -EMSGSIZE to go on.
 */
int dream_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	bool window = info->attrs[DREAM_A_STATS_LAST_WINDOW];
	struct dream_nl_id *ctx = dream_nl_id(cb);
	u32 id = ctx->next;
	struct dream_model *m;
	int ret = 0;

	dream_lock();
	if (!ctx->begun) {
		ret = fill_stats(skb, info, NULL, window);
		if (ret)
			goto out;
		ctx->begun = true;
	}
	for (; (m = dream_model_next(&id)); ctx->next = ++id) {
		if (!has_jobs(m, window))
			continue;
		ret = fill_stats(skb, info, m, window);
		if (ret)
			break;
	}
out:
	dream_unlock();
	return ret;
}

/* Tell the listeners of model @m in the window, or of the whole. */
static void notify(const struct dream_model *m)
{
	struct sk_buff *skb = dream_nl_msg_new();
	void *hdr;

	if (!skb)
		return;
	hdr = genlmsg_put(skb, 0, 0, &dream_nl_family, 0, DREAM_CMD_WINDOW_NTF);
	if (!hdr || dream_nl_end(skb, hdr, m ? put_model(skb, m, true) :
					       put_total(skb, true))) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_multicast_netns(&dream_nl_family, &init_net, skb, 0,
				DREAM_NLGRP_WINDOWS, GFP_KERNEL);
}

/**
 * dream_event_window() - tell the counters of the window that has ended
 *
 * Context: process context, arbiter's lock held.
 */
void dream_event_window(void)
{
	struct dream_model *m;
	u32 id;

	dream_assert_locked();
	if (!genl_has_listeners(&dream_nl_family, &init_net, DREAM_NLGRP_WINDOWS))
		return;
	notify(NULL);
	for (id = 0; (m = dream_model_next(&id)); id++)
		if (has_jobs(m, true))
			notify(m);
}

static void reset_all(void)
{
	struct dream_model *m;
	u32 id;

	memset(&dream_arb.no_model, 0, sizeof(dream_arb.no_model));
	for (id = 0; (m = dream_model_next(&id)); id++)
		memset(&m->stats, 0, sizeof(m->stats));
	dream_arb.decisions = 0;
	dream_arb.decision_ns = 0;
	dream_arb.evaluations = 0;
	dream_arb.reset_ns = ktime_get_ns();
}

static int reset_model(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u32 id = nla_get_u32(attr);
	struct dream_model *m;

	if (!id) {
		memset(&dream_arb.no_model, 0, sizeof(dream_arb.no_model));
		return 0;
	}
	m = dream_model_by_id(id);
	if (!m) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "no model %u", id);
		return -ENOENT;
	}
	memset(&m->stats, 0, sizeof(m->stats));
	return 0;
}

/**
 * dream_nl_stats_reset_doit() - stats-reset: set counters to zero
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_stats_reset_doit(struct sk_buff *skb, struct genl_info *info)
{
	int ret;

	ret = dream_nl_require_cap(skb, info->extack);
	if (ret)
		return ret;
	dream_lock();
	if (info->attrs[DREAM_A_STATS_MODEL])
		ret = reset_model(info->attrs[DREAM_A_STATS_MODEL],
				  info->extack);
	else
		reset_all();
	dream_unlock();
	return ret;
}
