// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events. They come on a socket of their own: a reply never waits behind them,
 * and their loss, which the kernel tells by ENOBUFS, spoils no request.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "nl.h"

/* What the socket can hold while nobody reads: some thousand events. */
#define EVENTS_BUFFER	(1 << 20)
/* Longest message; an event is an order of magnitude shorter. */
#define MESSAGE_MAX	4096

struct dream_events {
	struct nl_sock *sock;
	int family;
};

#define DNL_ITEM	struct dream_event

static const struct dnl_field event_fields[] = {
	[DREAM_A_EVENT_TYPE] = FIELD_U32("type", type),
	[DREAM_A_EVENT_TIME_NS] = FIELD_U64("time-ns", time_ns),
	[DREAM_A_EVENT_QUEUE] = FIELD_U32("queue", queue),
	[DREAM_A_EVENT_SEQNO] = FIELD_U64("seqno", seqno),
	[DREAM_A_EVENT_MODEL] = FIELD_U32("model", model),
	[DREAM_A_EVENT_ACCEL] = FIELD_U32("accel", accel),
	[DREAM_A_EVENT_REASON] = FIELD_U32("reason", reason),
	[DREAM_A_EVENT_VALUE] = FIELD_U64("value", value),
	[DREAM_A_EVENT_NAME] = FIELD_NAME("name", name),
};

#undef DNL_ITEM

static const struct dnl_set event_set = {
	.fields = event_fields,
	.count = ARRAY_SIZE(event_fields),
};

/* DREAM_EVENT_HAS_* by attribute type. */
static const uint32_t event_has[] = {
	[DREAM_A_EVENT_QUEUE] = DREAM_EVENT_HAS_QUEUE,
	[DREAM_A_EVENT_SEQNO] = DREAM_EVENT_HAS_SEQNO,
	[DREAM_A_EVENT_MODEL] = DREAM_EVENT_HAS_MODEL,
	[DREAM_A_EVENT_ACCEL] = DREAM_EVENT_HAS_ACCEL,
	[DREAM_A_EVENT_REASON] = DREAM_EVENT_HAS_REASON,
	[DREAM_A_EVENT_VALUE] = DREAM_EVENT_HAS_VALUE,
	[DREAM_A_EVENT_NAME] = DREAM_EVENT_HAS_NAME,
};

int dream_events_open(struct dream_events **out)
{
	struct dream_events *events;
	int group, err;

	events = malloc(sizeof(*events));
	if (!events)
		return -ENOMEM;
	err = dnl_connect(&events->sock, &events->family);
	if (err)
		goto err_free;
	group = genl_ctrl_resolve_grp(events->sock, DREAM_FAMILY_NAME,
				      DREAM_MCGRP_EVENTS);
	if (group < 0) {
		err = dnl_errno(group);
		goto err_socket;
	}
	nl_socket_set_buffer_size(events->sock, EVENTS_BUFFER, 0);
	err = nl_socket_add_membership(events->sock, group);
	if (err < 0) {
		err = dnl_errno(err);
		goto err_socket;
	}
	*out = events;
	return 0;

err_socket:
	nl_socket_free(events->sock);
err_free:
	free(events);
	return err;
}

void dream_events_close(struct dream_events *events)
{
	if (!events)
		return;
	nl_socket_free(events->sock);
	free(events);
}

int dream_events_fd(const struct dream_events *events)
{
	return nl_socket_get_fd(events->sock);
}

/* Read one message; 0 if it is not an event. */
int dnl_read_event(struct nlmsghdr *hdr, int family,
		   struct dream_event *event)
{
	const struct genlmsghdr *genl = nlmsg_data(hdr);
	const struct nlattr *attr;
	int len, type;

	if (hdr->nlmsg_type != family || !genlmsg_valid_hdr(hdr, 0) ||
	    genl->cmd != DREAM_CMD_EVENT_NTF)
		return 0;
	attr = genlmsg_attrdata(genl, 0);
	len = genlmsg_attrlen(genl, 0);
	memset(event, 0, sizeof(*event));
	dnl_read(&event_set, attr, len, event);
	for (; nla_ok(attr, len); attr = nla_next(attr, &len)) {
		type = nla_type(attr);
		if (type < (int)ARRAY_SIZE(event_has))
			event->has |= event_has[type];
	}
	return 1;
}

int dream_events_read(struct dream_events *events, dream_event_fn fn, void *arg)
{
	union {
		struct nlmsghdr hdr;
		char data[MESSAGE_MAX];
	} buffer;
	struct dream_event event;
	struct nlmsghdr *hdr;
	int count = 0;
	int len;

	for (;;) {
		len = (int)recv(dream_events_fd(events), &buffer,
				sizeof(buffer), MSG_DONTWAIT);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return errno == EAGAIN ? count : -errno;
		for (hdr = &buffer.hdr; nlmsg_ok(hdr, len);
		     hdr = nlmsg_next(hdr, &len)) {
			if (dnl_read_event(hdr, events->family, &event)) {
				fn(&event, arg);
				count++;
			}
		}
	}
}
