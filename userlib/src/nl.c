// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DOC: One exchange with the kernel
 *
 * A request goes out, replies come in, and one message ends them: an
 * acknowledgment, the end of a dump, or an error. Both of the latter may carry
 * an extended acknowledgment: a sentence, and where in the request the kernel
 * found fault. libnl hands over none of it, so the callbacks here do.
 *
 * A callback never stops libnl: whatever happens, the exchange is read to its
 * end, so that the next one starts with an empty socket.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "nl.h"

/* How often a dump is begun again when what it tells changes meanwhile. */
#define DUMP_ATTEMPTS	16

/* ------------------------------------------------------------- attributes */

/* An integer of 4 or 8 bytes; 0 if it is neither. */
uint64_t dnl_get_int(const struct nlattr *attr)
{
	switch (nla_len(attr)) {
	case sizeof(uint32_t):
		return nla_get_u32(attr);
	case sizeof(uint64_t):
		return nla_get_u64(attr);
	default:
		return 0;
	}
}

/* Text of an attribute, cut to what fits; it need not be terminated there. */
static void get_string(const struct nlattr *attr, char *to, size_t size)
{
	size_t len = strnlen(nla_data(attr), (size_t)nla_len(attr));

	if (len > size - 1)
		len = size - 1;
	memcpy(to, nla_data(attr), len);
	to[len] = '\0';
}

static const struct dnl_field *field_of(const struct dnl_set *set,
					const struct nlattr *attr)
{
	int type = nla_type(attr);

	return type < set->count && set->fields[type].name ?
		&set->fields[type] : NULL;
}

static void read_attr(const struct dnl_set *set, const struct nlattr *attr,
		      void *item)
{
	const struct dnl_field *field = field_of(set, attr);
	uint64_t u64;
	uint32_t u32;
	char *to;

	if (!field)
		return;
	to = (char *)item + field->offset;
	switch (field->kind) {
	case DNL_U32:
		u32 = (uint32_t)dnl_get_int(attr);
		memcpy(to, &u32, sizeof(u32));
		break;
	case DNL_U64:
		u64 = dnl_get_int(attr);
		memcpy(to, &u64, sizeof(u64));
		break;
	case DNL_STRING:
		get_string(attr, to, field->size);
		break;
	case DNL_FLAG:
		u32 = 1;
		memcpy(to, &u32, sizeof(u32));
		break;
	case DNL_NEST:
		dnl_read(field->set, nla_data(attr), nla_len(attr), to);
		break;
	case DNL_MULTI:
		if (set->multi)
			set->multi(attr, item);
		break;
	}
}

/* Read attributes into the members of @item; members without one stay. */
void dnl_read(const struct dnl_set *set, const struct nlattr *attrs, int len,
	      void *item)
{
	const struct nlattr *attr = attrs;

	for (; nla_ok(attr, len); attr = nla_next(attr, &len))
		read_attr(set, attr, item);
}

static int put_field(struct nl_msg *msg, int type,
		     const struct dnl_field *field, const void *from)
{
	uint64_t u64;
	uint32_t u32;

	switch (field->kind) {
	case DNL_U32:
		memcpy(&u32, from, sizeof(u32));
		return nla_put_u32(msg, type, u32);
	case DNL_U64:
		memcpy(&u64, from, sizeof(u64));
		return nla_put_u64(msg, type, u64);
	default:
		return nla_put_string(msg, type, from);
	}
}

/*
 * Put the members of @item that the kernel takes: integers and texts. Returns a
 * negative libnl error if they do not fit.
 */
int dnl_put(struct nl_msg *msg, const struct dnl_set *set, const void *item)
{
	const struct dnl_field *field;
	int type, err;

	for (type = 0; type < set->count; type++) {
		field = &set->fields[type];
		if (!field->name || field->read_only)
			continue;
		err = put_field(msg, type, field,
				(const char *)item + field->offset);
		if (err < 0)
			return err;
	}
	return 0;
}

/* ----------------------------------------------------------------- errors */

int dnl_errno(int nlerr)
{
	switch (abs(nlerr)) {
	case NLE_INTR:
		return -EINTR;
	case NLE_BAD_SOCK:
		return -EBADF;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_MSGSIZE:
		return -EMSGSIZE;
	case NLE_AF_NOSUPPORT:
		return -EAFNOSUPPORT;
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_NOACCESS:
		return -EACCES;
	case NLE_PERM:
		return -EPERM;
	default:
		return -EPROTO;
	}
}

/* Note why a call fails; NULL: what the errno says. Returns @err. */
int dnl_fail(struct dream_nl *nl, int err, const char *text)
{
	snprintf(nl->error, sizeof(nl->error), "%s",
		 text ? text : strerror(-err));
	return err;
}

/* How many attributes of the same type there are before @attr. */
static size_t index_of(const struct nlattr *attrs, int len,
		       const struct nlattr *attr)
{
	size_t index = 0;

	for (; attrs != attr; attrs = nla_next(attrs, &len)) {
		if (nla_type(attrs) == nla_type(attr))
			index++;
	}
	return index;
}

/**
 * name_attr() - name the attribute at an offset of a request
 * @call: the call
 * @request: its message
 * @offset: of the attribute, from the start of the message
 * @path: out: its name behind those of the nests that it is in
 * @size: bytes that fit
 *
 * Return: the set of the attributes inside it; NULL if there are none.
 */
static const struct dnl_set *name_attr(const struct dnl_call *call,
				       const struct nlmsghdr *request,
				       uint32_t offset, char *path, size_t size)
{
	const struct genlmsghdr *genl = nlmsg_data(request);
	const struct nlattr *attrs = genlmsg_attrdata(genl, 0);
	const struct nlattr *attr = attrs;
	const struct dnl_set *set = call->set;
	const size_t *first = call->first;
	const struct dnl_field *field;
	int len = genlmsg_attrlen(genl, 0);
	int rest = len;
	size_t at = 0;
	uint32_t start;

	path[0] = '\0';
	while (set && nla_ok(attr, rest)) {
		start = (uint32_t)((const char *)attr - (const char *)request);
		if (offset >= start + (uint32_t)NLA_ALIGN(attr->nla_len)) {
			attr = nla_next(attr, &rest);
			continue;
		}
		field = field_of(set, attr);
		if (!field)
			return NULL;
		at += (size_t)snprintf(path + at, size - at, "%s%s",
				       at ? "." : "", field->name);
		if (field->kind == DNL_MULTI && at < size)
			at += (size_t)snprintf(path + at, size - at, "[%zu]",
					       index_of(attrs, len, attr) +
					       (first ? first[nla_type(attr)] : 0));
		set = field->set;
		if (offset == start || at >= size)
			return set;
		len = nla_len(attr);
		rest = len;
		attrs = nla_data(attr);
		attr = attrs;
		first = NULL;
	}
	return NULL;
}

/* Name a missing attribute behind the nest in which it is missing. */
static void name_missing(const struct dnl_call *call,
			 const struct nlmsghdr *request,
			 const struct nlattr *nest, int type,
			 char *path, size_t size)
{
	const struct dnl_set *set = call->set;
	size_t at;

	path[0] = '\0';
	if (nest)
		set = name_attr(call, request, nla_get_u32(nest), path, size);
	if (!set || type >= set->count || !set->fields[type].name)
		return;
	at = strlen(path);
	snprintf(path + at, size - at, "%s%s", at ? "." : "",
		 set->fields[type].name);
}

/* Make a text out of an errno and the attributes of an extended acknowledgment. */
static void explain(struct dream_nl *nl, int err, const struct nlattr *attrs,
		    int len)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = { NULL };
	char text[160], path[64] = "";

	for (; nla_ok(attrs, len); attrs = nla_next(attrs, &len)) {
		if (nla_type(attrs) <= NLMSGERR_ATTR_MAX)
			tb[nla_type(attrs)] = attrs;
	}
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		name_missing(nl->call, nl->request, tb[NLMSGERR_ATTR_MISS_NEST],
			     (int)nla_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]),
			     path, sizeof(path));
	else if (tb[NLMSGERR_ATTR_OFFS])
		name_attr(nl->call, nl->request,
			  nla_get_u32(tb[NLMSGERR_ATTR_OFFS]), path, sizeof(path));

	if (tb[NLMSGERR_ATTR_MSG])
		get_string(tb[NLMSGERR_ATTR_MSG], text, sizeof(text));
	else if (tb[NLMSGERR_ATTR_MISS_TYPE])
		snprintf(text, sizeof(text), "an attribute is missing");
	else
		snprintf(text, sizeof(text), "%s", strerror(-err));
	snprintf(nl->error, sizeof(nl->error), path[0] ? "%s [%s]" : "%s", text,
		 path);
}

/* -------------------------------------------------------------- callbacks */

static int on_reply(struct nl_msg *msg, void *arg)
{
	struct dream_nl *nl = arg;
	const struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(msg));
	int err;

	if (nl->err || !nl->call->reply)
		return NL_OK;
	err = nl->call->reply(genlmsg_attrdata(genl, 0),
			      genlmsg_attrlen(genl, 0), nl->call->arg);
	if (err)
		nl->err = dnl_fail(nl, err, NULL);
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct dream_nl *nl = arg;

	(void)msg;
	nl->done = 1;
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	struct dream_nl *nl = arg;
	const struct nlmsghdr *hdr =
		(const void *)((const char *)error - NLMSG_HDRLEN);
	int skip = (int)sizeof(*error);

	(void)from;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skip += (int)NLMSG_ALIGN(error->msg.nlmsg_len - NLMSG_HDRLEN);
	nl->done = 1;
	nl->err = error->error;
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS)
		explain(nl, nl->err, nlmsg_attrdata(hdr, skip),
			nlmsg_attrlen(hdr, skip));
	else
		dnl_fail(nl, nl->err, NULL);
	return NL_SKIP;
}

/* The end of a dump states an errno, like an error. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct dream_nl *nl = arg;
	int err = 0;

	nl->done = 1;
	if (nlmsg_datalen(hdr) >= (int)sizeof(err))
		memcpy(&err, nlmsg_data(hdr), sizeof(err));
	if (err >= 0 || nl->err)
		return NL_OK;
	nl->err = err;
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS)
		explain(nl, err, nlmsg_attrdata(hdr, sizeof(err)),
			nlmsg_attrlen(hdr, sizeof(err)));
	else
		dnl_fail(nl, err, NULL);
	return NL_OK;
}

static int on_torn(struct nl_msg *msg, void *arg)
{
	struct dream_nl *nl = arg;

	(void)msg;
	nl->torn = 1;
	return NL_OK;
}

/* ----------------------------------------------------------------- socket */

/* Connect a socket and look the family up. */
int dnl_connect(struct nl_sock **out, int *family)
{
	const int on = 1;
	struct nl_sock *sock;
	int err;

	sock = nl_socket_alloc();
	if (!sock)
		return -ENOMEM;
	err = genl_connect(sock);
	if (err < 0)
		goto err_free;
	err = genl_ctrl_resolve(sock, DREAM_FAMILY_NAME);
	if (err < 0)
		goto err_free;
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &on,
		   sizeof(on));
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK, &on,
		   sizeof(on));
	*family = err;
	*out = sock;
	return 0;

err_free:
	nl_socket_free(sock);
	return dnl_errno(err);
}

/* Make a handle of a socket, which belongs to it from then on. */
int dnl_new(struct nl_sock *sock, int family, struct dream_nl **out)
{
	struct dream_nl *nl;

	nl = calloc(1, sizeof(*nl));
	if (!nl)
		return -ENOMEM;
	nl->sock = sock;
	nl->family = family;
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_reply, nl);
	nl_socket_modify_cb(sock, NL_CB_ACK, NL_CB_CUSTOM, on_ack, nl);
	nl_socket_modify_cb(sock, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, nl);
	nl_socket_modify_cb(sock, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_torn, nl);
	nl_socket_modify_err_cb(sock, NL_CB_CUSTOM, on_error, nl);
	*out = nl;
	return 0;
}

int dream_nl_open(struct dream_nl **nl)
{
	struct nl_sock *sock;
	int family, err;

	err = dnl_connect(&sock, &family);
	if (err)
		return err;
	err = dnl_new(sock, family, nl);
	if (err)
		nl_socket_free(sock);
	return err;
}

void dream_nl_close(struct dream_nl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sock);
	free(nl);
}

const char *dream_nl_error(const struct dream_nl *nl)
{
	return nl->error;
}

/* --------------------------------------------------------------- exchange */

/* Begin a request, and forget the former error; NULL if there is no memory. */
struct nl_msg *dnl_request(struct dream_nl *nl, const struct dnl_call *call)
{
	struct nl_msg *msg;

	nl->error[0] = '\0';
	msg = nlmsg_alloc_size(DNL_REQUEST_MAX);
	if (!msg) {
		dnl_fail(nl, -ENOMEM, NULL);
		return NULL;
	}
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
		    call->restart ? NLM_F_DUMP : 0, call->cmd,
		    DREAM_FAMILY_VERSION);
	return msg;
}

/* Check a name before it is put into a message. */
int dnl_check_name(struct dream_nl *nl, const char *name)
{
	if (strnlen(name, DREAM_NAME_LEN) < DREAM_NAME_LEN)
		return 0;
	return dnl_fail(nl, -EINVAL, "longer than 31 bytes [name]");
}

static int exchange(struct dream_nl *nl, const struct dnl_call *call,
		    struct nl_msg *msg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	int ret;

	nl->call = call;
	nl->request = hdr;
	nl->err = 0;
	nl->done = 0;
	nl->torn = 0;

	hdr->nlmsg_seq = NL_AUTO_SEQ;
	ret = nl_send_auto(nl->sock, msg);
	while (ret >= 0 && !nl->done)
		ret = nl_recvmsgs_default(nl->sock);
	if (ret < 0)
		return dnl_fail(nl, dnl_errno(ret), nl_geterror(ret));
	return nl->err;
}

/*
 * Send a request and read its replies; a dump of something that changed
 * meanwhile is asked for again. Frees the message.
 */
int dnl_talk(struct dream_nl *nl, const struct dnl_call *call,
	     struct nl_msg *msg)
{
	int attempt, err;

	for (attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
		err = exchange(nl, call, msg);
		if (err || !nl->torn || !call->restart)
			break;
		err = dnl_fail(nl, -EAGAIN,
			       "it changed all the time while it was read");
		call->restart(call->arg);
	}
	if (!err)
		nl->error[0] = '\0';
	nlmsg_free(msg);
	return err;
}

/* ------------------------------------------------------------------ lists */

/* Append a zeroed element; NULL if there is no memory. */
void *dnl_list_add(struct dnl_list *list)
{
	size_t room;
	void *items;

	if (list->count == list->room) {
		room = list->room ? 2 * list->room : 8;
		items = reallocarray(list->items, room, list->size);
		if (!items)
			return NULL;
		list->items = items;
		list->room = room;
	}
	return memset((char *)list->items + list->size * list->count++, 0,
		      list->size);
}

int dnl_list_reply(const struct nlattr *attrs, int len, void *arg)
{
	struct dnl_list *list = arg;
	void *item;

	item = dnl_list_add(list);
	if (!item)
		return -ENOMEM;
	dnl_read(list->set, attrs, len, item);
	return 0;
}

void dnl_list_restart(void *arg)
{
	struct dnl_list *list = arg;

	list->count = 0;
}

/*
 * Hand the array over to the caller, whose pointer is at @items, or free it on
 * error. Returns the number of elements or the error.
 */
int dnl_list_take(struct dnl_list *list, int err, void *items)
{
	if (err || !list->count) {
		free(list->items);
		list->items = NULL;
	}
	if (err)
		return err;
	memcpy(items, &list->items, sizeof(list->items));
	return (int)list->count;
}

/* Dump everything that @cmd tells. */
int dnl_dump(struct dream_nl *nl, uint8_t cmd, struct dnl_list *list,
	     void *items)
{
	const struct dnl_call call = {
		.cmd = cmd,
		.set = list->set,
		.reply = dnl_list_reply,
		.restart = dnl_list_restart,
		.arg = list,
	};
	struct nl_msg *msg;

	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	return dnl_list_take(list, dnl_talk(nl, &call, msg), items);
}

/* Ask for the one thing whose attribute @type has the value at @key. */
int dnl_get(struct dream_nl *nl, uint8_t cmd, const struct dnl_set *set,
	    int type, const void *key, void *item, size_t size)
{
	struct dnl_list list = { .size = size, .set = set };
	const struct dnl_call call = {
		.cmd = cmd,
		.set = set,
		.reply = dnl_list_reply,
		.arg = &list,
	};
	struct nl_msg *msg;
	int err;

	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	put_field(msg, type, &set->fields[type], key);
	err = dnl_talk(nl, &call, msg);
	if (!err && !list.count)
		err = dnl_fail(nl, -EPROTO, NULL);
	if (!err)
		memcpy(item, list.items, size);
	free(list.items);
	return err;
}
