// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events and windows. They come on sockets of their own: a reply never waits behind
 * them, and their loss, which the kernel tells by ENOBUFS, spoils no request.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "nl.h"

/* What a socket can hold while nobody reads: some thousand events. */
#define LISTENER_BUFFER	(1 << 20)
/* Longest message; an event is an order of magnitude shorter. */
#define MESSAGE_MAX	4096

/* A member of a multicast group. */
struct listener {
	struct nl_sock *sock;
	int family;
};

struct dream_events {
	struct listener listener;
};

struct dream_windows {
	struct listener listener;
};

/* Called for each message: 1 if it was one for the caller, else 0. */
typedef int (*message_fn)(struct nlmsghdr *hdr, void *arg);

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

static int listener_open(struct listener *listener, const char *name)
{
	int group, err;

	err = dnl_connect(&listener->sock, &listener->family);
	if (err)
		return err;
	group = genl_ctrl_resolve_grp(listener->sock, DREAM_FAMILY_NAME, name);
	if (group < 0) {
		err = dnl_errno(group);
		goto err_socket;
	}
	nl_socket_set_buffer_size(listener->sock, LISTENER_BUFFER, 0);
	err = nl_socket_add_membership(listener->sock, group);
	if (err < 0) {
		err = dnl_errno(err);
		goto err_socket;
	}
	return 0;

err_socket:
	nl_socket_free(listener->sock);
	return err;
}

static int listener_read(const struct listener *listener, message_fn fn,
			 void *arg)
{
	union {
		struct nlmsghdr hdr;
		char data[MESSAGE_MAX];
	} buffer;
	struct nlmsghdr *hdr;
	int count = 0;
	int len;

	for (;;) {
		len = (int)recv(nl_socket_get_fd(listener->sock), &buffer,
				sizeof(buffer), MSG_DONTWAIT);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return errno == EAGAIN ? count : -errno;
		for (hdr = &buffer.hdr; nlmsg_ok(hdr, len);
		     hdr = nlmsg_next(hdr, &len))
			count += fn(hdr, arg);
	}
}

/* ------------------------------------------------------------------- events */

int dream_events_open(struct dream_events **out)
{
	struct dream_events *events;
	int err;

	events = malloc(sizeof(*events));
	if (!events)
		return -ENOMEM;
	err = listener_open(&events->listener, DREAM_MCGRP_EVENTS);
	if (err) {
		free(events);
		return err;
	}
	*out = events;
	return 0;
}

void dream_events_close(struct dream_events *events)
{
	if (!events)
		return;
	nl_socket_free(events->listener.sock);
	free(events);
}

int dream_events_fd(const struct dream_events *events)
{
	return nl_socket_get_fd(events->listener.sock);
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

/* Who hears events. */
struct event_hearer {
	int family;
	dream_event_fn fn;
	void *arg;
};

static int hear_event(struct nlmsghdr *hdr, void *arg)
{
	const struct event_hearer *hearer = arg;
	struct dream_event event;

	if (!dnl_read_event(hdr, hearer->family, &event))
		return 0;
	hearer->fn(&event, hearer->arg);
	return 1;
}

int dream_events_read(struct dream_events *events, dream_event_fn fn, void *arg)
{
	struct event_hearer hearer = { events->listener.family, fn, arg };

	return listener_read(&events->listener, hear_event, &hearer);
}

/* ------------------------------------------------------------------ windows */

int dream_windows_open(struct dream_windows **out)
{
	struct dream_windows *windows;
	int err;

	windows = malloc(sizeof(*windows));
	if (!windows)
		return -ENOMEM;
	err = listener_open(&windows->listener, DREAM_MCGRP_WINDOWS);
	if (err) {
		free(windows);
		return err;
	}
	*out = windows;
	return 0;
}

void dream_windows_close(struct dream_windows *windows)
{
	if (!windows)
		return;
	nl_socket_free(windows->listener.sock);
	free(windows);
}

int dream_windows_fd(const struct dream_windows *windows)
{
	return nl_socket_get_fd(windows->listener.sock);
}

/* Who hears windows. */
struct window_hearer {
	int family;
	dream_window_fn fn;
	void *arg;
};

static int hear_window(struct nlmsghdr *hdr, void *arg)
{
	const struct window_hearer *hearer = arg;
	struct genlmsghdr *genl = nlmsg_data(hdr);
	struct dream_model_stats stats;
	struct dream_window window;

	if (hdr->nlmsg_type != hearer->family || !genlmsg_valid_hdr(hdr, 0) ||
	    genl->cmd != DREAM_CMD_WINDOW_NTF)
		return 0;
	dnl_read_window(genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0),
			&stats, &window);
	hearer->fn(window.number ? &window : NULL, &stats, hearer->arg);
	return 1;
}

int dream_windows_read(struct dream_windows *windows, dream_window_fn fn,
		       void *arg)
{
	struct window_hearer hearer = { windows->listener.family, fn, arg };

	return listener_read(&windows->listener, hear_window, &hearer);
}
