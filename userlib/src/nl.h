/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests to the netlink family: attributes described by tables, one exchange
 * with the kernel, and the text of its refusal. Private to the library.
 */
#ifndef DREAM_NL_H
#define DREAM_NL_H

#include <stddef.h>
#include <stdint.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <dream/dream.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* Longest request that the library sends, in bytes. */
#define DNL_REQUEST_MAX		32000

/**
 * enum dnl_kind - what an attribute holds and what its member is
 * @DNL_U32: 32 bits
 * @DNL_U64: 64 bits, signed or not
 * @DNL_STRING: text, in an array of char
 * @DNL_FLAG: present or not, in a uint32_t
 * @DNL_NEST: one nest, in a structure
 * @DNL_MULTI: an attribute that comes several times, left to &dnl_set.multi
 */
enum dnl_kind {
	DNL_U32,
	DNL_U64,
	DNL_STRING,
	DNL_FLAG,
	DNL_NEST,
	DNL_MULTI,
};

/**
 * struct dnl_field - an attribute
 * @name: name in the specification of the family; NULL: no such attribute
 * @kind: enum dnl_kind
 * @read_only: the kernel tells it and does not take it
 * @offset: where its member is in the structure
 * @size: room for a text
 * @set: attributes inside, for nests
 */
struct dnl_field {
	const char *name;
	uint8_t kind;
	uint8_t read_only;
	uint16_t offset;
	uint16_t size;
	const struct dnl_set *set;
};

/**
 * struct dnl_set - an attribute set, and the structure that holds it
 * @fields: indexed by attribute type
 * @count: length of @fields
 * @multi: read an attribute of kind DNL_MULTI into the structure
 */
struct dnl_set {
	const struct dnl_field *fields;
	int count;
	void (*multi)(const struct nlattr *attr, void *item);
};

/* An entry of a field table whose structure is called DNL_ITEM. */
#define DNL_FIELD(name_, kind_, member_, size_, ro_, set_)		\
	{								\
		.name = name_,						\
		.kind = kind_,						\
		.read_only = ro_,					\
		.offset = offsetof(DNL_ITEM, member_),			\
		.size = size_,						\
		.set = set_,						\
	}
#define FIELD_U32(name, member)						\
	DNL_FIELD(name, DNL_U32, member, 0, 0, NULL)
#define FIELD_U64(name, member)						\
	DNL_FIELD(name, DNL_U64, member, 0, 0, NULL)
#define FIELD_U32_RO(name, member)					\
	DNL_FIELD(name, DNL_U32, member, 0, 1, NULL)
#define FIELD_U64_RO(name, member)					\
	DNL_FIELD(name, DNL_U64, member, 0, 1, NULL)
#define FIELD_NAME(name, member)					\
	DNL_FIELD(name, DNL_STRING, member, DREAM_NAME_LEN, 0, NULL)
#define FIELD_DOC(name, member)						\
	DNL_FIELD(name, DNL_STRING, member, DREAM_DOC_LEN, 0, NULL)
#define FIELD_FLAG(name, member)					\
	DNL_FIELD(name, DNL_FLAG, member, 0, 0, NULL)
#define FIELD_NEST(name, member, set)					\
	DNL_FIELD(name, DNL_NEST, member, 0, 0, set)
#define FIELD_MULTI(name_, set_)					\
	{ .name = name_, .kind = DNL_MULTI, .set = set_ }

uint64_t dnl_get_int(const struct nlattr *attr);
void dnl_read(const struct dnl_set *set, const struct nlattr *attrs, int len,
	      void *item);
int dnl_put(struct nl_msg *msg, const struct dnl_set *set, const void *item);

/**
 * struct dnl_call - a request, and what becomes of its replies
 * @cmd: DREAM_CMD_*
 * @set: attributes of the request, for error messages
 * @first: index that the first attribute of each type has in the caller's array,
 *	by attribute type; NULL: 0
 * @reply: called for each reply; 0 or a negative errno. May be NULL.
 * @restart: forget the replies: the dump begins again. NULL: not a dump.
 * @arg: passed to both
 */
struct dnl_call {
	uint8_t cmd;
	const struct dnl_set *set;
	const size_t *first;
	int (*reply)(const struct nlattr *attrs, int len, void *arg);
	void (*restart)(void *arg);
	void *arg;
};

/**
 * struct dream_nl - a socket and the exchange that is going on
 * @sock: socket
 * @family: id of the family
 * @error: why the last call failed, for dream_nl_error()
 * @call: what is asked
 * @request: the message that asks it
 * @err: how the kernel has answered
 * @done: it has answered
 * @torn: what is dumped has changed meanwhile
 */
struct dream_nl {
	struct nl_sock *sock;
	int family;
	char error[256];
	const struct dnl_call *call;
	const struct nlmsghdr *request;
	int err;
	int done;
	int torn;
};

int dnl_connect(struct nl_sock **sock, int *family);
int dnl_new(struct nl_sock *sock, int family, struct dream_nl **nl);
int dnl_errno(int nlerr);
int dnl_fail(struct dream_nl *nl, int err, const char *text);
struct nl_msg *dnl_request(struct dream_nl *nl, const struct dnl_call *call);
int dnl_check_name(struct dream_nl *nl, const char *name);
int dnl_talk(struct dream_nl *nl, const struct dnl_call *call,
	     struct nl_msg *msg);

/**
 * struct dnl_list - an array that grows
 * @items: elements, NULL if there is none
 * @count: elements in use
 * @room: elements that fit
 * @size: size of an element
 * @set: attributes of an element
 */
struct dnl_list {
	void *items;
	size_t count;
	size_t room;
	size_t size;
	const struct dnl_set *set;
};

#define DNL_LIST(type, set_)	{ .size = sizeof(type), .set = set_ }

void *dnl_list_add(struct dnl_list *list);
int dnl_list_reply(const struct nlattr *attrs, int len, void *list);
void dnl_list_restart(void *list);
int dnl_list_take(struct dnl_list *list, int err, void *items);

int dnl_dump(struct dream_nl *nl, uint8_t cmd, struct dnl_list *list,
	     void *items);
int dnl_get(struct dream_nl *nl, uint8_t cmd, const struct dnl_set *set,
	    int type, const void *key, void *item, size_t size);

int dnl_put_chunk(struct nl_msg *msg, const struct dream_rows *rows,
		  size_t *next);
int dnl_read_event(struct nlmsghdr *hdr, int family,
		   struct dream_event *event);
void dnl_read_window(const struct nlattr *attrs, int len,
		     struct dream_model_stats *stats,
		     struct dream_window *window);

#endif
