// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Events
 *
 * What happens is told to the multicast group "events" of the initial network
 * namespace, to everybody who listens; nothing is built if nobody does. Events
 * come from the middle of a decision, so they must not wait for memory: if there
 * is none, the event is lost and the listeners get -ENOBUFS, as they do when they
 * read too slowly. Who must not miss anything reads the counters as well.
 */
#include <linux/ktime.h>
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "accel.h"
#include "arbiter.h"
#include "event.h"
#include "job.h"
#include "model.h"
#include "netlink-gen.h"
#include "queue.h"

#define EVENT_GFP	(GFP_NOWAIT | __GFP_NOWARN)

/**
 * struct event - an event while it is being built
 * @skb: message
 * @hdr: its header
 */
struct event {
	struct sk_buff *skb;
	void *hdr;
};

/* Returns false if nobody listens or there is no memory. */
static bool begin(struct event *ev, enum dream_event_type type, s64 value)
{
	dream_assert_locked();
	if (!genl_has_listeners(&dream_nl_family, &init_net, DREAM_NLGRP_EVENTS))
		return false;
	ev->skb = genlmsg_new(NLMSG_DEFAULT_SIZE - GENL_HDRLEN, EVENT_GFP);
	if (!ev->skb) {
		genl_set_err(&dream_nl_family, &init_net, 0, DREAM_NLGRP_EVENTS,
			     -ENOBUFS);
		return false;
	}
	ev->hdr = genlmsg_put(ev->skb, 0, 0, &dream_nl_family, 0,
			      DREAM_CMD_EVENT_NTF);
	if (nla_put_u32(ev->skb, DREAM_A_EVENT_TYPE, type) ||
	    nla_put_u64_64bit(ev->skb, DREAM_A_EVENT_TIME_NS, ktime_get_ns(),
			      DREAM_A_EVENT_PAD) ||
	    nla_put_s64(ev->skb, DREAM_A_EVENT_VALUE, value, DREAM_A_EVENT_PAD)) {
		nlmsg_free(ev->skb);
		return false;
	}
	return true;
}

/* An event is far smaller than its message: @bad cannot happen. */
static void send(struct event *ev, bool bad)
{
	if (WARN_ON_ONCE(bad)) {
		nlmsg_free(ev->skb);
		return;
	}
	genlmsg_end(ev->skb, ev->hdr);
	genlmsg_multicast_netns(&dream_nl_family, &init_net, ev->skb, 0,
				DREAM_NLGRP_EVENTS, EVENT_GFP);
}

/**
 * dream_event_job() - tell what has happened to a job
 * @type: DREAM_EVENT_TYPE_MISS, _DROP, _FAIL or _VARIANT
 * @job: job
 * @reason: DREAM_REASON_*
 * @value: see enum dream_event_type
 *
 * Context: process context, arbiter's lock held.
 */
void dream_event_job(enum dream_event_type type, const struct dream_job *job,
		     u32 reason, s64 value)
{
	const struct dream_queue *q = job->queue;
	struct event ev;
	bool bad;

	if (!begin(&ev, type, value))
		return;
	bad = nla_put_u32(ev.skb, DREAM_A_EVENT_QUEUE, q->p.id) ||
	      nla_put_u64_64bit(ev.skb, DREAM_A_EVENT_SEQNO, job->seqno,
				DREAM_A_EVENT_PAD) ||
	      nla_put_u32(ev.skb, DREAM_A_EVENT_MODEL,
			  q->model ? q->model->id : 0) ||
	      nla_put_u32(ev.skb, DREAM_A_EVENT_REASON, reason);
	send(&ev, bad);
}

/**
 * dream_event_accel() - tell what has happened to an accelerator
 * @type: DREAM_EVENT_TYPE_ACCEL_NEW, _ACCEL_DEL or _ACCEL_FAULT
 * @accel: accelerator
 * @value: see enum dream_event_type
 *
 * Context: process context, arbiter's lock held.
 */
void dream_event_accel(enum dream_event_type type, const struct dream_accel *accel,
		       s64 value)
{
	struct event ev;
	bool bad;

	if (!begin(&ev, type, value))
		return;
	bad = nla_put_u32(ev.skb, DREAM_A_EVENT_ACCEL, accel->p.id) ||
	      nla_put_string(ev.skb, DREAM_A_EVENT_NAME, accel->name);
	send(&ev, bad);
}

/**
 * dream_event_name() - tell what has happened to something that has a name
 * @type: any other type
 * @name: its name, for example that of a policy or a parameter
 * @value: see enum dream_event_type
 *
 * Context: process context, arbiter's lock held.
 */
void dream_event_name(enum dream_event_type type, const char *name, s64 value)
{
	struct event ev;

	if (begin(&ev, type, value))
		send(&ev, nla_put_string(ev.skb, DREAM_A_EVENT_NAME, name));
}
