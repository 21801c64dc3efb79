// SPDX-License-Identifier: GPL-2.0
/*
 * libdream without a kernel that knows dream: this program answers the library's
 * system calls itself. It defines ioctl() and what libnl calls on a socket; a
 * program's own functions come before the C library's. The messages are made and
 * taken apart with nothing but linux/netlink.h, so that the library is held
 * against the wire format and not against its own idea of it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <dream/dream.h>
#include <dream/vnpu.h>

#include "kselftest_harness.h"

#define FAMILY		0x21
#define GROUP		7
#define PORT		4711

/* ---------------------------------------------------------- fake netlink */

/* A datagram under construction, or waiting to be received. */
struct packet {
	struct packet *next;
	size_t len;
	unsigned char data[32768];
};

static int fake_fd = -1;
static struct packet *waiting;
static int lost;
/* What the kernel does with a request. */
static void (*answer)(const struct nlmsghdr *request);

static struct packet *packet_new(int type, int flags, uint32_t seq)
{
	struct packet *packet = calloc(1, sizeof(*packet));
	struct nlmsghdr *hdr = (void *)packet->data;

	hdr->nlmsg_type = type;
	hdr->nlmsg_flags = flags;
	hdr->nlmsg_seq = seq;
	hdr->nlmsg_pid = PORT;
	packet->len = NLMSG_HDRLEN;
	return packet;
}

static void put_raw(struct packet *packet, const void *data, size_t len)
{
	memcpy(packet->data + packet->len, data, len);
	packet->len += NLMSG_ALIGN(len);
}

static void put(struct packet *packet, int type, const void *data, size_t len)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + len, .nla_type = type };

	put_raw(packet, &attr, sizeof(attr));
	put_raw(packet, data, len);
}

static void put_u32(struct packet *packet, int type, uint32_t value)
{
	put(packet, type, &value, sizeof(value));
}

static void put_u64(struct packet *packet, int type, uint64_t value)
{
	put(packet, type, &value, sizeof(value));
}

static void put_text(struct packet *packet, int type, const char *text)
{
	put(packet, type, text, strlen(text) + 1);
}

static size_t nest_begin(struct packet *packet, int type)
{
	size_t at = packet->len;

	put(packet, type | NLA_F_NESTED, "", 0);
	return at;
}

static void nest_end(struct packet *packet, size_t at)
{
	((struct nlattr *)(packet->data + at))->nla_len = packet->len - at;
}

/* Hand a packet to the receiver. */
static void deliver(struct packet *packet)
{
	struct packet **last = &waiting;

	((struct nlmsghdr *)packet->data)->nlmsg_len = packet->len;
	while (*last)
		last = &(*last)->next;
	*last = packet;
}

/* A reply to a request, without attributes yet. */
static struct packet *reply(const struct nlmsghdr *request, int flags)
{
	struct genlmsghdr genl = { .cmd = 1, .version = 1 };
	struct packet *packet = packet_new(request->nlmsg_type, flags,
					   request->nlmsg_seq);

	put_raw(packet, &genl, sizeof(genl));
	return packet;
}

/* An acknowledgment, or an error with a text and an attribute. */
static struct packet *error_packet(const struct nlmsghdr *request, int error)
{
	struct nlmsgerr body = { .error = error, .msg = *request };
	struct packet *packet = packet_new(NLMSG_ERROR,
					   NLM_F_CAPPED | NLM_F_ACK_TLVS,
					   request->nlmsg_seq);

	put_raw(packet, &body, sizeof(body));
	return packet;
}

static void ack(const struct nlmsghdr *request)
{
	deliver(error_packet(request, 0));
}

/* The end of a dump. */
static struct packet *done_packet(const struct nlmsghdr *request, int error)
{
	struct packet *packet = packet_new(NLMSG_DONE,
					   NLM_F_MULTI | NLM_F_ACK_TLVS,
					   request->nlmsg_seq);

	put_raw(packet, &error, sizeof(error));
	return packet;
}

static void tell_family(const struct nlmsghdr *request)
{
	struct packet *packet = reply(request, 0);
	struct genlmsghdr *genl = (void *)(packet->data + NLMSG_HDRLEN);
	uint16_t id = FAMILY;
	size_t groups, group;

	genl->cmd = CTRL_CMD_NEWFAMILY;
	put(packet, CTRL_ATTR_FAMILY_ID, &id, sizeof(id));
	put_text(packet, CTRL_ATTR_FAMILY_NAME, DREAM_FAMILY_NAME);
	groups = nest_begin(packet, CTRL_ATTR_MCAST_GROUPS);
	group = nest_begin(packet, 1);
	put_text(packet, CTRL_ATTR_MCAST_GRP_NAME, DREAM_MCGRP_EVENTS);
	put_u32(packet, CTRL_ATTR_MCAST_GRP_ID, GROUP);
	nest_end(packet, group);
	group = nest_begin(packet, 2);
	put_text(packet, CTRL_ATTR_MCAST_GRP_NAME, DREAM_MCGRP_WINDOWS);
	put_u32(packet, CTRL_ATTR_MCAST_GRP_ID, GROUP + 1);
	nest_end(packet, group);
	nest_end(packet, groups);
	deliver(packet);
	ack(request);
}

static const struct nlattr *first_attr(const struct nlmsghdr *hdr)
{
	return (const void *)((const char *)hdr + NLMSG_HDRLEN + GENL_HDRLEN);
}

static const struct nlattr *next_attr(const struct nlattr *attr)
{
	return (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len));
}

static int is_end(const struct nlmsghdr *hdr, const struct nlattr *attr)
{
	return (const char *)attr >= (const char *)hdr + hdr->nlmsg_len;
}

static int type_of(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

/* The @index-th attribute of a type in the request; NULL if there is none. */
static const struct nlattr *find(const struct nlmsghdr *hdr, int type, int index)
{
	const struct nlattr *attr;

	for (attr = first_attr(hdr); !is_end(hdr, attr); attr = next_attr(attr)) {
		if (type_of(attr) == type && index-- == 0)
			return attr;
	}
	return NULL;
}

/* The attribute of a type inside a nest. */
static const struct nlattr *find_in(const struct nlattr *nest, int type)
{
	const char *end = (const char *)nest + nest->nla_len;
	const struct nlattr *attr = nest + 1;

	for (; (const char *)attr < end; attr = next_attr(attr)) {
		if (type_of(attr) == type)
			return attr;
	}
	return NULL;
}

static uint32_t get_u32(const struct nlattr *attr)
{
	uint32_t value;

	memcpy(&value, attr + 1, sizeof(value));
	return value;
}

static uint64_t get_u64(const struct nlattr *attr)
{
	uint64_t value;

	memcpy(&value, attr + 1, sizeof(value));
	return value;
}

static int command_of(const struct nlmsghdr *hdr)
{
	return ((const struct genlmsghdr *)(hdr + 1))->cmd;
}

int socket(int domain, int type, int protocol)
{
	if (domain != AF_NETLINK)
		return syscall(SYS_socket, domain, type, protocol);
	fake_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fake_fd;
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return fd == fake_fd ? 0 : syscall(SYS_bind, fd, addr, len);
}

int getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_pid = PORT };

	if (fd != fake_fd)
		return syscall(SYS_getsockname, fd, addr, len);
	memcpy(addr, &name, sizeof(name));
	*len = sizeof(name);
	return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	return fd == fake_fd ? 0 :
		syscall(SYS_setsockopt, fd, level, name, value, len);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	const struct nlmsghdr *request = msg->msg_iov[0].iov_base;

	if (fd != fake_fd)
		return syscall(SYS_sendmsg, fd, msg, flags);
	if (request->nlmsg_type == GENL_ID_CTRL)
		tell_family(request);
	else
		answer(request);
	return request->nlmsg_len;
}

static ssize_t take(void *buffer, size_t size, int flags)
{
	struct packet *packet = waiting;
	size_t len;

	if (lost) {
		lost = 0;
		errno = ENOBUFS;
		return -1;
	}
	if (!packet) {
		errno = EAGAIN;
		return -1;
	}
	len = packet->len;
	memcpy(buffer, packet->data, len < size ? len : size);
	if (!(flags & MSG_PEEK)) {
		waiting = packet->next;
		free(packet);
	}
	return flags & MSG_TRUNC || len < size ? len : size;
}

ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
	if (fd != fake_fd)
		return syscall(SYS_recvfrom, fd, buffer, size, flags, 0, 0);
	return take(buffer, size, flags);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct sockaddr_nl from = { .nl_family = AF_NETLINK };
	ssize_t len;

	if (fd != fake_fd)
		return syscall(SYS_recvmsg, fd, msg, flags);
	len = take(msg->msg_iov[0].iov_base, msg->msg_iov[0].iov_len, flags);
	memcpy(msg->msg_name, &from, sizeof(from));
	msg->msg_namelen = sizeof(from);
	msg->msg_controllen = 0;
	msg->msg_flags = len > (ssize_t)msg->msg_iov[0].iov_len ? MSG_TRUNC : 0;
	return len;
}

/* ----------------------------------------------------------- fake device */

#define DEVICE	"/dev/zero"

/* The last request, its argument as it came in, and what to do with it. */
static struct {
	unsigned long request;
	unsigned char arg[128];
	int error;
	uint32_t major;
	uint32_t count;
} fake_ioctl = { .major = DREAM_UAPI_MAJOR };

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (_IOC_TYPE(request) != DREAM_IOCTL_BASE)
		return syscall(SYS_ioctl, fd, request, arg);

	fake_ioctl.request = request;
	memcpy(fake_ioctl.arg, arg, _IOC_SIZE(request));
	if (request == DREAM_IOCTL_QUERY) {
		struct dream_query *query = arg;
		struct dream_info *info = (void *)(uintptr_t)query->data;

		if (query->type == DREAM_QUERY_INFO)
			info->uapi_major = fake_ioctl.major;
		query->count = fake_ioctl.count;
	} else if (request == DREAM_IOCTL_SUBMIT) {
		((struct dream_submit *)arg)->bad_job = 2;
	} else if (request == DREAM_IOCTL_REAP) {
		((struct dream_reap *)arg)->count = fake_ioctl.count;
	} else if (request == DREAM_IOCTL_CANCEL) {
		((struct dream_cancel *)arg)->cancelled = fake_ioctl.count;
	} else if (request == DREAM_IOCTL_QUEUE_CREATE) {
		((struct dream_queue_create *)arg)->handle = 5;
		((struct dream_queue_create *)arg)->id = 50;
	}
	errno = fake_ioctl.error;
	return fake_ioctl.error ? -1 : 0;
}

/* --------------------------------------------------------------- library */

TEST(symbols_have_a_version)
{
	EXPECT_NE(NULL, dlvsym(RTLD_DEFAULT, "dream_open", "LIBDREAM_1.0"));
	EXPECT_NE(NULL, dlvsym(RTLD_DEFAULT, "dream_nl_open", "LIBDREAM_1.0"));
	EXPECT_NE(NULL, dlvsym(RTLD_DEFAULT, "dream_vnpu_cost", "LIBDREAM_1.0"));
}

TEST(internal_symbols_are_hidden)
{
	EXPECT_EQ(NULL, dlsym(RTLD_DEFAULT, "dnl_talk"));
	EXPECT_EQ(NULL, dlsym(RTLD_DEFAULT, "dream_vnpu_transform"));
	EXPECT_EQ(NULL, dlsym(RTLD_DEFAULT, "vnpu_cost_of_shape"));
}

TEST(unknown_values_have_a_name)
{
	EXPECT_STREQ("dropped", dream_status_name(DREAM_STATUS_DROPPED));
	EXPECT_STREQ("window", dream_event_type_name(DREAM_EVENT_TYPE_WINDOW));
	EXPECT_STREQ("unknown", dream_status_name(4));
	EXPECT_STREQ("unknown", dream_reason_name(UINT32_MAX));
	EXPECT_STREQ("unknown", dream_accel_state_name(3));
	EXPECT_STREQ("unknown", dream_model_state_name(2));
	EXPECT_STREQ("unknown", dream_event_type_name(100));
	EXPECT_STREQ("unknown", dream_pick_state_name(4));
}

/* ---------------------------------------------------------------- device */

TEST(open_says_what_is_wrong)
{
	struct dream_device *dev = NULL;

	EXPECT_EQ(-ENOENT, dream_open("/nonexistent/dream", &dev));
	fake_ioctl.error = ENOTTY;
	EXPECT_EQ(-ENOTTY, dream_open(DEVICE, &dev));
	fake_ioctl.error = 0;
	fake_ioctl.major = DREAM_UAPI_MAJOR + 1;
	EXPECT_EQ(-EPROTONOSUPPORT, dream_open(DEVICE, &dev));
	EXPECT_EQ(NULL, dev);
	dream_close(NULL);
}

FIXTURE(device) {
	struct dream_device *dev;
};

FIXTURE_SETUP(device)
{
	ASSERT_EQ(0, dream_open(DEVICE, &self->dev));
}

FIXTURE_TEARDOWN(device)
{
	dream_close(self->dev);
}

TEST_F(device, submit_begins_with_zero_numbers)
{
	struct dream_submit *submit = (void *)fake_ioctl.arg;
	struct dream_job_submit jobs[3];
	uint32_t bad = 0;
	int i;

	for (i = 0; i < 3; i++) {
		dream_job_init(&jobs[i], 1);
		jobs[i].seqno = 99;
	}
	EXPECT_EQ(0, dream_submit(self->dev, jobs, 3, &bad));
	EXPECT_EQ(UINT32_MAX, bad);
	EXPECT_EQ(DREAM_IOCTL_SUBMIT, fake_ioctl.request);
	EXPECT_EQ(3, submit->job_count);
	EXPECT_EQ(sizeof(struct dream_job_submit), submit->job_stride);
	EXPECT_EQ((uintptr_t)jobs, submit->jobs);
	EXPECT_EQ(0, submit->bad_job);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, jobs[i].seqno);

	fake_ioctl.error = EAGAIN;
	EXPECT_EQ(-EAGAIN, dream_submit(self->dev, jobs, 3, &bad));
	EXPECT_EQ(2, bad);
	EXPECT_EQ(-EAGAIN, dream_submit(self->dev, jobs, 3, NULL));
}

TEST_F(device, one_meaning_of_timeouts)
{
	struct dream_reap *reap = (void *)fake_ioctl.arg;
	struct dream_wait *wait = (void *)fake_ioctl.arg;
	struct dream_completion records[4];

	fake_ioctl.count = 2;
	EXPECT_EQ(2, dream_reap(self->dev, records, 4, 1, DREAM_FOREVER));
	EXPECT_EQ(0, reap->timeout_ns);
	EXPECT_EQ(4, reap->count);
	EXPECT_EQ(sizeof(records[0]), reap->stride);
	dream_reap(self->dev, records, 4, 1, 0);
	EXPECT_EQ(1, reap->timeout_ns);
	dream_reap(self->dev, records, 4, 1, 12345);
	EXPECT_EQ(12345, reap->timeout_ns);
	dream_reap(self->dev, records, 4, 0, 12345);
	EXPECT_EQ(0, reap->timeout_ns);

	EXPECT_EQ(0, dream_wait(self->dev, 1, 2, 0));
	EXPECT_EQ(0, wait->timeout_ns);
	dream_wait(self->dev, 1, 2, DREAM_FOREVER);
	EXPECT_EQ(INT64_MAX, wait->timeout_ns);
	dream_wait(self->dev, 1, 2, 12345);
	EXPECT_EQ(12345, wait->timeout_ns);
}

TEST_F(device, queue_tells_handle_and_id)
{
	struct dream_queue_create *sent = (void *)fake_ioctl.arg;
	struct dream_queue_create attr = {
		.deadline_ns = 1000, .handle = 77, .id = 78,
	};

	EXPECT_EQ(0, dream_queue_create(self->dev, &attr));
	EXPECT_EQ(0, sent->handle);
	EXPECT_EQ(0, sent->id);
	EXPECT_EQ(5, attr.handle);
	EXPECT_EQ(50, attr.id);
	fake_ioctl.error = ENOENT;
	attr.handle = 0;
	EXPECT_EQ(-ENOENT, dream_queue_create(self->dev, &attr));
	EXPECT_EQ(0, attr.handle);
}

TEST_F(device, counts_and_errors_come_back)
{
	struct dream_accel_info accels[2];
	struct dream_buffer buffer = { 0 };

	fake_ioctl.count = 9;
	EXPECT_EQ(9, dream_accels(self->dev, accels, 2));
	EXPECT_EQ(9, dream_cancel(self->dev, 1, 0));
	fake_ioctl.error = EBADF;
	EXPECT_EQ(-EBADF, dream_set_eventfd(self->dev, 100));
	EXPECT_EQ(-EBADF, dream_accels(self->dev, accels, 2));
	EXPECT_EQ(-EBADF, dream_buffer_create(self->dev, 1, &buffer));
	EXPECT_EQ(0, buffer.handle);
	fake_ioctl.request = 0;
	EXPECT_EQ(0, dream_buffer_free(self->dev, &buffer));
	EXPECT_EQ(0, fake_ioctl.request);
}

TEST(jobs_are_put_together)
{
	struct dream_job_layer layer = dream_layer(3, 64, 128, 1);
	struct dream_job_range range = dream_range(4, DREAM_RANGE_OUT, 8, 16);
	struct dream_job_dep dep = dream_dep_in_call(6, DREAM_DEP_IF_RESULT);
	struct dream_job_submit job;

	dream_job_init(&job, 2);
	dream_job_layers(&job, &layer, 1);
	dream_job_ranges(&job, &range, 1);
	dream_job_deps(&job, &dep, 1);
	EXPECT_EQ(2, job.queue);
	EXPECT_EQ((uintptr_t)&layer, job.layers);
	EXPECT_EQ(sizeof(layer), job.layer_stride);
	EXPECT_EQ((uintptr_t)&range, job.ranges);
	EXPECT_EQ(sizeof(range), job.range_stride);
	EXPECT_EQ((uintptr_t)&dep, job.deps);
	EXPECT_EQ(sizeof(dep), job.dep_stride);
	EXPECT_EQ(0, job.deadline_ns);
	dream_job_ranges(&job, &range, 0);
	dream_job_deps(&job, &dep, 0);
	EXPECT_EQ(0, job.ranges);
	EXPECT_EQ(0, job.range_stride);
	EXPECT_EQ(0, job.deps);
	EXPECT_EQ(0, job.dep_stride);
	EXPECT_EQ(1, layer.variant);
	EXPECT_EQ(16, range.length);
	EXPECT_EQ(0, dep.queue);
	EXPECT_EQ(6, dep.seqno);
	EXPECT_EQ(DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT, dep.flags);
}

/* --------------------------------------------------------------- netlink */

FIXTURE(netlink) {
	struct dream_nl *nl;
};

FIXTURE_SETUP(netlink)
{
	ASSERT_EQ(0, dream_nl_open(&self->nl));
	EXPECT_STREQ("", dream_nl_error(self->nl));
}

FIXTURE_TEARDOWN(netlink)
{
	dream_nl_close(self->nl);
	EXPECT_EQ(NULL, waiting);
}

static struct nlmsghdr last_request;

static void answer_ack(const struct nlmsghdr *request)
{
	last_request = *request;
	ack(request);
}

TEST_F(netlink, simple_requests)
{
	answer = answer_ack;
	EXPECT_EQ(0, dream_nl_policy_set(self->nl, "edf"));
	EXPECT_EQ(FAMILY, last_request.nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST | NLM_F_ACK, last_request.nlmsg_flags);
	EXPECT_EQ(0, dream_nl_param_set(self->nl, "alpha", 500));
	EXPECT_EQ(0, dream_nl_model_del(self->nl, 3));
	EXPECT_EQ(0, dream_nl_stats_reset(self->nl, DREAM_STATS_ALL));
	EXPECT_STREQ("", dream_nl_error(self->nl));
}

TEST_F(netlink, long_names_are_refused_here)
{
	const char *name = "a-name-that-is-longer-than-31-bytes";
	uint32_t layers = 1, id, generation;

	EXPECT_EQ(-EINVAL, dream_nl_policy_set(self->nl, name));
	EXPECT_STREQ("longer than 31 bytes [name]", dream_nl_error(self->nl));
	EXPECT_EQ(-EINVAL, dream_nl_param_set(self->nl, name, 1));
	EXPECT_EQ(-EINVAL, dream_nl_model_new(self->nl, name, 0, &layers, 1,
					      &id, &generation));
	EXPECT_EQ(-EINVAL, dream_nl_model_new(self->nl, "many", 0, &layers, 9,
					      &id, &generation));
}

static void answer_perm(const struct nlmsghdr *request)
{
	struct packet *packet = error_packet(request, -EPERM);

	put_text(packet, NLMSGERR_ATTR_MSG, "needs CAP_SYS_NICE");
	deliver(packet);
}

TEST_F(netlink, refusal_has_the_kernels_words)
{
	answer = answer_perm;
	EXPECT_EQ(-EPERM, dream_nl_stats_reset(self->nl, 0));
	EXPECT_STREQ("needs CAP_SYS_NICE", dream_nl_error(self->nl));
	answer = answer_ack;
	EXPECT_EQ(0, dream_nl_stats_reset(self->nl, 0));
	EXPECT_STREQ("", dream_nl_error(self->nl));
}

static void answer_wrong_value(const struct nlmsghdr *request)
{
	const struct nlattr *value = find(request, DREAM_A_PARAM_VALUE, 0);
	struct packet *packet = error_packet(request, -ERANGE);

	put_text(packet, NLMSGERR_ATTR_MSG, "above the maximum");
	put_u32(packet, NLMSGERR_ATTR_OFFS,
		(const char *)value - (const char *)request);
	deliver(packet);
}

TEST_F(netlink, refusal_names_the_attribute)
{
	answer = answer_wrong_value;
	EXPECT_EQ(-ERANGE, dream_nl_param_set(self->nl, "alpha", 9000));
	EXPECT_STREQ("above the maximum [value]", dream_nl_error(self->nl));
}

static void answer_missing(const struct nlmsghdr *request)
{
	struct packet *packet = error_packet(request, -EINVAL);

	put_u32(packet, NLMSGERR_ATTR_MISS_TYPE, DREAM_A_POLICY_NAME);
	deliver(packet);
}

TEST_F(netlink, refusal_names_what_is_missing)
{
	answer = answer_missing;
	EXPECT_EQ(-EINVAL, dream_nl_policy_set(self->nl, ""));
	EXPECT_STREQ("an attribute is missing [name]",
		     dream_nl_error(self->nl));
}

/* An older kernel: the whole request comes back and no text. */
static void answer_bare(const struct nlmsghdr *request)
{
	struct nlmsgerr body = { .error = -ENOENT, .msg = *request };
	struct packet *packet = packet_new(NLMSG_ERROR, 0, request->nlmsg_seq);

	put_raw(packet, &body, sizeof(body));
	put_raw(packet, request + 1, request->nlmsg_len - NLMSG_HDRLEN);
	deliver(packet);
}

TEST_F(netlink, refusal_without_words)
{
	answer = answer_bare;
	EXPECT_EQ(-ENOENT, dream_nl_policy_set(self->nl, "none"));
	EXPECT_STREQ("No such file or directory", dream_nl_error(self->nl));
}

/* The text comes behind the request if that is not cut off. */
static void answer_whole(const struct nlmsghdr *request)
{
	struct nlmsgerr body = { .error = -ENOENT, .msg = *request };
	struct packet *packet = packet_new(NLMSG_ERROR, NLM_F_ACK_TLVS,
					   request->nlmsg_seq);

	put_raw(packet, &body, sizeof(body));
	put_raw(packet, request + 1, request->nlmsg_len - NLMSG_HDRLEN);
	put_text(packet, NLMSGERR_ATTR_MSG, "no such policy");
	deliver(packet);
}

TEST_F(netlink, refusal_behind_the_request)
{
	answer = answer_whole;
	EXPECT_EQ(-ENOENT, dream_nl_policy_set(self->nl, "none"));
	EXPECT_STREQ("no such policy", dream_nl_error(self->nl));
}

static int dumps;

static void tell_accel(const struct nlmsghdr *request, int flags, uint32_t id)
{
	struct packet *packet = reply(request, NLM_F_MULTI | flags);

	put_u32(packet, DREAM_A_ACCEL_ID, id);
	put_text(packet, DREAM_A_ACCEL_NAME, "vnpu0");
	put_text(packet, DREAM_A_ACCEL_CLASS,
		 "a class name that no driver may have: it is too long");
	put_u64(packet, DREAM_A_ACCEL_BUSY_NS, 1ULL << 40);
	/* An integer may come in the other size, and a newer kernel tells more. */
	put_u32(packet, DREAM_A_ACCEL_ENERGY_NJ, 17);
	put_u64(packet, DREAM_A_ACCEL_SLOTS, 2);
	put_u64(packet, 100, 1);
	deliver(packet);
}

/* The first dump is torn. */
static void answer_accels(const struct nlmsghdr *request)
{
	tell_accel(request, dumps ? 0 : NLM_F_DUMP_INTR, 0);
	tell_accel(request, 0, 1);
	deliver(done_packet(request, 0));
	dumps++;
}

TEST_F(netlink, torn_dump_is_repeated)
{
	struct dream_accel *accels = NULL;

	answer = answer_accels;
	ASSERT_EQ(2, dream_nl_accels(self->nl, &accels));
	EXPECT_EQ(2, dumps);
	EXPECT_EQ(1, accels[1].id);
	EXPECT_STREQ("vnpu0", accels[1].name);
	EXPECT_STREQ("a class name that no driver may", accels[1].class_name);
	EXPECT_EQ(1ULL << 40, accels[1].busy_ns);
	EXPECT_EQ(17, accels[1].energy_nj);
	EXPECT_EQ(2, accels[1].slots);
	EXPECT_EQ(0, accels[1].commands);
	free(accels);
}

static void answer_always_torn(const struct nlmsghdr *request)
{
	tell_accel(request, NLM_F_DUMP_INTR, 0);
	deliver(done_packet(request, 0));
	dumps++;
}

TEST_F(netlink, dump_that_stays_torn_fails)
{
	struct dream_accel *accels = NULL;

	answer = answer_always_torn;
	EXPECT_EQ(-EAGAIN, dream_nl_accels(self->nl, &accels));
	EXPECT_STRNE("", dream_nl_error(self->nl));
	EXPECT_EQ(NULL, accels);
	EXPECT_LT(1, dumps);
}

static void answer_empty(const struct nlmsghdr *request)
{
	deliver(done_packet(request, 0));
}

TEST_F(netlink, empty_dump)
{
	struct dream_accel *accels = (void *)1;

	answer = answer_empty;
	EXPECT_EQ(0, dream_nl_accels(self->nl, &accels));
	EXPECT_EQ(NULL, accels);
}

static void answer_late_error(const struct nlmsghdr *request)
{
	struct packet *packet;

	tell_accel(request, 0, 0);
	packet = done_packet(request, -ENOENT);
	put_text(packet, NLMSGERR_ATTR_MSG, "no such queue");
	put_u32(packet, NLMSGERR_ATTR_OFFS,
		(const char *)find(request, DREAM_A_SCORE_QUEUE, 0) -
		(const char *)request);
	deliver(packet);
}

TEST_F(netlink, error_at_the_end_of_a_dump)
{
	struct dream_score_filter filter = { .queue = 4, .history = 1 };
	struct dream_score *scores = NULL;

	answer = answer_late_error;
	EXPECT_EQ(-ENOENT, dream_nl_scores(self->nl, &filter, &scores));
	EXPECT_STREQ("no such queue [queue]", dream_nl_error(self->nl));
	EXPECT_EQ(NULL, scores);
}

static void answer_scores(const struct nlmsghdr *request)
{
	struct packet *packet = reply(request, NLM_F_MULTI);

	put_u64(packet, DREAM_A_SCORE_SLACK_NS, (uint64_t)-5);
	put_u64(packet, DREAM_A_SCORE_SCORE, (uint64_t)-65536);
	put_text(packet, DREAM_A_SCORE_POLICY, "dream");
	deliver(packet);
	deliver(done_packet(request, 0));
}

TEST_F(netlink, scores_have_a_sign)
{
	struct dream_score *scores;

	answer = answer_scores;
	ASSERT_EQ(1, dream_nl_scores(self->nl, NULL, &scores));
	EXPECT_EQ(-5, scores[0].slack_ns);
	EXPECT_EQ(-DREAM_SCORE_ONE, scores[0].score);
	EXPECT_STREQ("dream", scores[0].policy);
	free(scores);
}

static void answer_queue(const struct nlmsghdr *request)
{
	struct packet *packet = reply(request, 0);
	size_t counters, reason;

	put_u32(packet, DREAM_A_QUEUE_ID,
		get_u32(find(request, DREAM_A_QUEUE_ID, 0)));
	put_text(packet, DREAM_A_QUEUE_NAME, "eyes");
	counters = nest_begin(packet, DREAM_A_QUEUE_COUNTERS);
	put_u64(packet, DREAM_A_COUNTERS_MET, 7);
	reason = nest_begin(packet, DREAM_A_COUNTERS_REASON);
	put_u32(packet, DREAM_A_REASON_REASON, DREAM_REASON_TIMEOUT);
	put_u64(packet, DREAM_A_REASON_COUNT, 3);
	nest_end(packet, reason);
	reason = nest_begin(packet, DREAM_A_COUNTERS_REASON);
	put_u32(packet, DREAM_A_REASON_REASON, DREAM_REASONS_MAX);
	put_u64(packet, DREAM_A_REASON_COUNT, 4);
	nest_end(packet, reason);
	nest_end(packet, counters);
	deliver(packet);
	ack(request);
}

TEST_F(netlink, nests_and_reasons)
{
	struct dream_queue queue;

	answer = answer_queue;
	ASSERT_EQ(0, dream_nl_queue(self->nl, 12, &queue));
	EXPECT_EQ(12, queue.id);
	EXPECT_STREQ("eyes", queue.name);
	EXPECT_EQ(7, queue.counters.met);
	EXPECT_EQ(3, queue.counters.reasons[DREAM_REASON_TIMEOUT]);
	EXPECT_EQ(0, queue.counters.reasons[0]);
}

static void answer_stats(const struct nlmsghdr *request)
{
	struct packet *packet = reply(request, NLM_F_MULTI);
	size_t counters, variant;

	put_u32(packet, DREAM_A_STATS_MODEL, 1);
	if (find(request, DREAM_A_STATS_LAST_WINDOW, 0)) {
		put_u64(packet, DREAM_A_STATS_WINDOW, 3);
		put_u64(packet, DREAM_A_STATS_UXCOST, 1500000);
	}
	put_u64(packet, DREAM_A_STATS_DECISIONS, 100);
	put_u64(packet, DREAM_A_STATS_SINCE_NS, 1000);
	deliver(packet);
	packet = reply(request, NLM_F_MULTI);
	put_u32(packet, DREAM_A_STATS_MODEL, 2);
	counters = nest_begin(packet, DREAM_A_STATS_COUNTERS);
	put_u64(packet, DREAM_A_COUNTERS_MISSED, 9);
	variant = nest_begin(packet, DREAM_A_COUNTERS_VARIANT);
	put_u32(packet, DREAM_A_VARIANT_COUNT_VARIANT, 1);
	put_u64(packet, DREAM_A_VARIANT_COUNT_COUNT, 6);
	nest_end(packet, variant);
	nest_end(packet, counters);
	deliver(packet);
	deliver(done_packet(request, 0));
}

TEST_F(netlink, statistics)
{
	struct dream_sched_stats sched;
	struct dream_model_stats *stats;

	answer = answer_stats;
	ASSERT_EQ(2, dream_nl_stats(self->nl, &sched, &stats));
	EXPECT_EQ(100, sched.decisions);
	EXPECT_EQ(1000, sched.since_ns);
	EXPECT_EQ(2, stats[1].model);
	EXPECT_EQ(9, stats[1].counters.missed);
	EXPECT_EQ(6, stats[1].counters.variants[1]);
	free(stats);
}

TEST_F(netlink, last_window)
{
	struct dream_model_stats *stats;
	struct dream_window window;

	answer = answer_stats;
	ASSERT_EQ(2, dream_nl_last_window(self->nl, &window, &stats));
	EXPECT_EQ(3, window.number);
	EXPECT_EQ(1500000, window.uxcost);
	free(stats);
	answer = answer_empty;
	EXPECT_EQ(0, dream_nl_last_window(self->nl, NULL, &stats));
	EXPECT_EQ(NULL, stats);
}

/* ---------------------------------------------------------------- models */

#define LAYERS	1000
#define CLASSES	3
#define GATES	700

/* What the fake kernel knows of the one model. */
static struct {
	unsigned int layers;
	unsigned int costs;
	unsigned int gates;
	unsigned int messages;
	unsigned int deleted;
	uint32_t committed_rows;
	int bad_cost;
	int wrong;
} store;

/* Rows have to come in order, each once, and whole. */
static void check_row(const struct nlattr *row, int type)
{
	unsigned int *seen = type == DREAM_A_MODEL_LAYER ? &store.layers :
			     type == DREAM_A_MODEL_COST ? &store.costs :
			     &store.gates;
	unsigned int index = *seen;

	if (type == DREAM_A_MODEL_COST) {
		index /= CLASSES;
		if (get_u64(find_in(row, DREAM_A_COST_LATENCY_NS)) !=
		    *seen + 1 || find_in(row, DREAM_A_COST_SAMPLES))
			store.wrong++;
	}
	if (get_u32(find_in(row, DREAM_A_LAYER_INDEX)) != index &&
	    type != DREAM_A_MODEL_GATE)
		store.wrong++;
	if (type == DREAM_A_MODEL_GATE &&
	    get_u32(find_in(row, DREAM_A_GATE_INDEX)) != index)
		store.wrong++;
	(*seen)++;
}

static void answer_load(const struct nlmsghdr *request)
{
	unsigned int count[DREAM_A_MODEL_MAX + 1] = { 0 };
	const struct nlattr *attr;
	struct packet *packet;
	int type;

	store.messages++;
	if (request->nlmsg_len >= 32768)
		store.wrong++;
	for (attr = first_attr(request); !is_end(request, attr);
	     attr = next_attr(attr)) {
		type = type_of(attr);
		if (++count[type] > DREAM_ROWS_MAX)
			store.wrong++;
		if (type != DREAM_A_MODEL_LAYER && type != DREAM_A_MODEL_COST &&
		    type != DREAM_A_MODEL_GATE)
			continue;
		if (type == DREAM_A_MODEL_COST &&
		    (int)store.costs == store.bad_cost)
			goto bad;
		check_row(attr, type);
	}
	packet = reply(request, 0);
	put_u32(packet, DREAM_A_MODEL_ID, 8);
	put_u32(packet, DREAM_A_MODEL_ROWS,
		store.layers + store.costs + store.gates);
	deliver(packet);
	ack(request);
	return;

bad:
	packet = error_packet(request, -EINVAL);
	put_text(packet, NLMSGERR_ATTR_MSG, "latency must not be 0");
	put_u32(packet, NLMSGERR_ATTR_OFFS,
		(const char *)find_in(attr, DREAM_A_COST_LATENCY_NS) -
		(const char *)request);
	deliver(packet);
}

static void answer_model(const struct nlmsghdr *request)
{
	struct packet *packet;

	switch (command_of(request)) {
	case DREAM_CMD_MODEL_LOAD:
		answer_load(request);
		return;
	case DREAM_CMD_MODEL_NEW:
	case DREAM_CMD_MODEL_COMMIT:
		packet = reply(request, 0);
		put_u32(packet, DREAM_A_MODEL_ID, 8);
		put_u32(packet, DREAM_A_MODEL_GENERATION, 2);
		deliver(packet);
		if (command_of(request) == DREAM_CMD_MODEL_COMMIT)
			store.committed_rows =
				get_u32(find(request, DREAM_A_MODEL_ROWS, 0));
		break;
	case DREAM_CMD_MODEL_DEL:
		store.deleted = get_u32(find(request, DREAM_A_MODEL_ID, 0));
		break;
	}
	ack(request);
}

static struct dream_layer_row layers[LAYERS];
static struct dream_cost_row costs[LAYERS * CLASSES];
static struct dream_gate_row gates[GATES];

static struct dream_profile big_profile(void)
{
	static const uint32_t variant_layers = LAYERS;
	struct dream_profile profile = {
		.name = "big",
		.flags = DREAM_MODEL_FLAGS_SHARED,
		.variant_count = 1,
		.variant_layers = &variant_layers,
		.rows = {
			.layers = layers, .layer_count = LAYERS,
			.costs = costs, .cost_count = LAYERS * CLASSES,
			.gates = gates, .gate_count = GATES,
		},
	};
	unsigned int i;

	for (i = 0; i < LAYERS; i++)
		layers[i].index = i;
	for (i = 0; i < LAYERS * CLASSES; i++) {
		costs[i].index = i / CLASSES;
		costs[i].latency_ns = i + 1;
		costs[i].samples = 5;
		snprintf(costs[i].class_name, sizeof(costs[i].class_name),
			 "class-with-a-rather-long-name-%u", i % CLASSES);
	}
	for (i = 0; i < GATES; i++)
		gates[i].index = i;
	store.bad_cost = -1;
	return profile;
}

TEST_F(netlink, upload_splits_the_rows)
{
	struct dream_profile profile = big_profile();
	uint32_t id = 0;

	answer = answer_model;
	ASSERT_EQ(0, dream_nl_model_upload(self->nl, &profile, &id));
	EXPECT_EQ(8, id);
	EXPECT_EQ(LAYERS, store.layers);
	EXPECT_EQ(LAYERS * CLASSES, store.costs);
	EXPECT_EQ(GATES, store.gates);
	EXPECT_EQ(LAYERS + LAYERS * CLASSES + GATES, store.committed_rows);
	EXPECT_EQ(0, store.wrong);
	EXPECT_LT(LAYERS * CLASSES / DREAM_ROWS_MAX, store.messages);
	EXPECT_EQ(0, store.deleted);
}

TEST_F(netlink, refused_row_is_named_by_the_callers_index)
{
	struct dream_profile profile = big_profile();
	uint32_t id = 0;

	answer = answer_model;
	store.bad_cost = 2345;
	EXPECT_EQ(-EINVAL, dream_nl_model_upload(self->nl, &profile, &id));
	EXPECT_STREQ("latency must not be 0 [cost[2345].latency-ns]",
		     dream_nl_error(self->nl));
	EXPECT_EQ(8, store.deleted);
	EXPECT_EQ(0, id);
}

TEST_F(netlink, class_name_without_end_is_refused)
{
	struct dream_profile profile = big_profile();
	uint32_t id;

	memset(costs[1].class_name, 'x', sizeof(costs[1].class_name));
	answer = answer_model;
	EXPECT_EQ(-EINVAL, dream_nl_model_upload(self->nl, &profile, &id));
	EXPECT_STREQ("not terminated [cost[1].class]", dream_nl_error(self->nl));
	EXPECT_EQ(8, store.deleted);
}

static void answer_costs(const struct nlmsghdr *request)
{
	struct packet *packet;
	size_t nest;
	uint32_t i;

	for (i = 0; i < 2; i++) {
		packet = reply(request, NLM_F_MULTI);
		nest = nest_begin(packet, DREAM_A_MODEL_LAYER);
		put_u32(packet, DREAM_A_LAYER_INDEX, i);
		put_u64(packet, DREAM_A_LAYER_WEIGHT_BYTES, 100);
		nest_end(packet, nest);
		nest = nest_begin(packet, DREAM_A_MODEL_COST);
		put_text(packet, DREAM_A_COST_CLASS, "ws-2048");
		put_u64(packet, DREAM_A_COST_MEASURED_NS, 55);
		put_u32(packet, DREAM_A_COST_SAMPLES, 4);
		nest_end(packet, nest);
		deliver(packet);
	}
	deliver(done_packet(request, 0));
}

TEST_F(netlink, costs_with_measurements)
{
	struct dream_rows rows;

	answer = answer_costs;
	ASSERT_EQ(0, dream_nl_costs(self->nl, 1, &rows));
	ASSERT_EQ(2, rows.layer_count);
	ASSERT_EQ(2, rows.cost_count);
	EXPECT_EQ(0, rows.gate_count);
	EXPECT_EQ(1, rows.layers[1].index);
	EXPECT_STREQ("ws-2048", rows.costs[1].class_name);
	EXPECT_EQ(55, rows.costs[1].measured_ns);
	EXPECT_EQ(4, rows.costs[1].samples);
	dream_rows_free(&rows);
	EXPECT_EQ(NULL, rows.layers);
}

static void answer_models(const struct nlmsghdr *request)
{
	struct packet *packet = reply(request, NLM_F_MULTI);
	uint32_t i;

	put_text(packet, DREAM_A_MODEL_NAME, "ofa");
	for (i = 0; i < DREAM_VARIANTS_MAX + 1; i++)
		put_u32(packet, DREAM_A_MODEL_VARIANT_LAYERS, 10 - i);
	deliver(packet);
	deliver(done_packet(request, 0));
}

TEST_F(netlink, models_have_variants)
{
	struct dream_model *models;

	answer = answer_models;
	ASSERT_EQ(1, dream_nl_models(self->nl, &models));
	EXPECT_EQ(DREAM_VARIANTS_MAX, models[0].variant_count);
	EXPECT_EQ(10, models[0].variant_layers[0]);
	EXPECT_EQ(3, models[0].variant_layers[DREAM_VARIANTS_MAX - 1]);
	free(models);
}

/* ---------------------------------------------------------------- events */

static struct dream_event seen[4];
static int seen_count;

static void on_event(const struct dream_event *event, void *arg)
{
	*(int *)arg += 1;
	if (seen_count < 4)
		seen[seen_count++] = *event;
}

static void tell_event(int family, int cmd)
{
	struct genlmsghdr genl = { .cmd = cmd, .version = 1 };
	struct packet *packet = packet_new(family, 0, 0);

	put_raw(packet, &genl, sizeof(genl));
	put_u32(packet, DREAM_A_EVENT_TYPE, DREAM_EVENT_TYPE_MISS);
	put_u64(packet, DREAM_A_EVENT_TIME_NS, 123);
	put_u32(packet, DREAM_A_EVENT_QUEUE, 0);
	put_u64(packet, DREAM_A_EVENT_VALUE, (uint64_t)-7);
	deliver(packet);
}

TEST(events)
{
	struct dream_events *events;
	int calls = 0;

	ASSERT_EQ(0, dream_events_open(&events));
	EXPECT_EQ(fake_fd, dream_events_fd(events));
	EXPECT_EQ(0, dream_events_read(events, on_event, &calls));

	tell_event(FAMILY, DREAM_CMD_EVENT_NTF);
	tell_event(FAMILY + 1, DREAM_CMD_EVENT_NTF);
	tell_event(FAMILY, DREAM_CMD_ACCEL_GET);
	tell_event(FAMILY, DREAM_CMD_EVENT_NTF);
	EXPECT_EQ(2, dream_events_read(events, on_event, &calls));
	EXPECT_EQ(2, calls);
	EXPECT_EQ(DREAM_EVENT_TYPE_MISS, seen[1].type);
	EXPECT_EQ(DREAM_EVENT_HAS_QUEUE | DREAM_EVENT_HAS_VALUE, seen[1].has);
	EXPECT_EQ(123, seen[1].time_ns);
	EXPECT_EQ(-7, seen[1].value);

	lost = 1;
	tell_event(FAMILY, DREAM_CMD_EVENT_NTF);
	EXPECT_EQ(-ENOBUFS, dream_events_read(events, on_event, &calls));
	EXPECT_EQ(1, dream_events_read(events, on_event, &calls));
	dream_events_close(events);
}

static struct dream_window seen_window;
static struct dream_model_stats seen_stats;

static void on_window(const struct dream_window *window,
		      const struct dream_model_stats *stats, void *arg)
{
	*(int *)arg += window ? 1 : 10;
	if (window)
		seen_window = *window;
	seen_stats = *stats;
}

static void tell_window(int cmd, uint32_t model, uint64_t number)
{
	struct genlmsghdr genl = { .cmd = cmd, .version = 1 };
	struct packet *packet = packet_new(FAMILY, 0, 0);
	size_t counters;

	put_raw(packet, &genl, sizeof(genl));
	put_u32(packet, DREAM_A_STATS_MODEL, model);
	counters = nest_begin(packet, DREAM_A_STATS_COUNTERS);
	put_u64(packet, DREAM_A_COUNTERS_MET, 7);
	nest_end(packet, counters);
	if (number) {
		put_u64(packet, DREAM_A_STATS_WINDOW, number);
		put_u64(packet, DREAM_A_STATS_UXC, 1500000);
	}
	deliver(packet);
}

TEST(windows)
{
	struct dream_windows *windows;
	int calls = 0;

	ASSERT_EQ(0, dream_windows_open(&windows));
	EXPECT_EQ(fake_fd, dream_windows_fd(windows));
	EXPECT_EQ(0, dream_windows_read(windows, on_window, &calls));

	tell_window(DREAM_CMD_WINDOW_NTF, 0, 3);
	tell_window(DREAM_CMD_EVENT_NTF, 0, 4);
	tell_window(DREAM_CMD_WINDOW_NTF, 5, 0);
	EXPECT_EQ(2, dream_windows_read(windows, on_window, &calls));
	EXPECT_EQ(11, calls);
	EXPECT_EQ(3, seen_window.number);
	EXPECT_EQ(1500000, seen_window.uxc);
	EXPECT_EQ(5, seen_stats.model);
	EXPECT_EQ(7, seen_stats.counters.met);

	lost = 1;
	tell_window(DREAM_CMD_WINDOW_NTF, 0, 4);
	EXPECT_EQ(-ENOBUFS, dream_windows_read(windows, on_window, &calls));
	EXPECT_EQ(1, dream_windows_read(windows, on_window, &calls));
	dream_windows_close(windows);
	dream_windows_close(NULL);
}

/* ----------------------------------------------------------- virtual NPU */

TEST(vnpu_command_is_written_whole)
{
	_Alignas(8) unsigned char memory[512];
	struct dream_vnpu_cost_entry costs[2] = {
		{ .class_name = "ws-2048", .cycles = 10 },
		{ .class_name = "", .cycles = 20 },
	};
	struct dream_vnpu_cmd cmd, *copy = (void *)memory;
	int size = sizeof(cmd) + sizeof(costs);

	dream_vnpu_cmd_init(&cmd);
	dream_vnpu_cmd_input(&cmd, 1, 8, 16);
	dream_vnpu_cmd_output(&cmd, 2, 24, 32);
	cmd.cost = DREAM_VNPU_COST_EXPLICIT;
	cmd.cost_count = 2;
	EXPECT_EQ(size, dream_vnpu_cmd_size(&cmd));
	EXPECT_EQ(size, dream_vnpu_cmd_write(memory, size, &cmd, costs));
	EXPECT_EQ(DREAM_VNPU_CMD_MAGIC, copy->magic);
	EXPECT_EQ(1, copy->in_range);
	EXPECT_EQ(16, copy->in_len);
	EXPECT_EQ(24, copy->out_offset);
	EXPECT_EQ(0, memcmp(copy + 1, costs, sizeof(costs)));

	EXPECT_EQ(-ENOSPC, dream_vnpu_cmd_write(memory, size - 1, &cmd, costs));
	EXPECT_EQ(-EINVAL, dream_vnpu_cmd_write(memory + 4, size, &cmd, costs));
	cmd.cost_count = DREAM_VNPU_COSTS_MAX + 1;
	EXPECT_EQ(-EINVAL, dream_vnpu_cmd_write(memory, 512, &cmd, costs));
}

TEST(vnpu_expectation_follows_the_formula)
{
	uint64_t in[4] = { 9, 8, 7, 6 };
	uint64_t out[4] = { 1, 2, 3, 4 };
	uint64_t want[4] = { 1, 2, 3, 4 };
	struct dream_vnpu_cmd cmd;
	int i;

	dream_vnpu_cmd_init(&cmd);
	dream_vnpu_cmd_input(&cmd, 0, 8, 16);
	dream_vnpu_cmd_output(&cmd, 1, 8, 24);
	cmd.key = 42;
	for (i = 0; i < 3; i++) {
		uint64_t word = want[i + 1] ^ in[1 + i % 2];

		want[i + 1] = (word << 23 | word >> 41) *
			      0x9E3779B97F4A7C15ULL + 42 + i;
	}
	EXPECT_EQ(0, dream_vnpu_expect(&cmd, in, sizeof(in), out, sizeof(out)));
	EXPECT_EQ(0, memcmp(want, out, sizeof(out)));
}

TEST(vnpu_expectation_keeps_its_bounds)
{
	uint64_t memory[8] = { 0 };
	struct dream_vnpu_cmd cmd;

	dream_vnpu_cmd_init(&cmd);
	EXPECT_EQ(-EINVAL, dream_vnpu_expect(&cmd, memory, 64, memory, 64));
	dream_vnpu_cmd_input(&cmd, 0, 0, 64);
	dream_vnpu_cmd_output(&cmd, 0, 0, 64);
	EXPECT_EQ(0, dream_vnpu_expect(&cmd, memory, 64, memory, 64));
	EXPECT_EQ(-ERANGE, dream_vnpu_expect(&cmd, memory, 56, memory, 64));
	EXPECT_EQ(-ERANGE, dream_vnpu_expect(&cmd, memory, 64, memory, 56));
	cmd.out_offset = -8;
	EXPECT_EQ(-ERANGE, dream_vnpu_expect(&cmd, memory, 64, memory, 64));
	cmd.out_offset = 4;
	EXPECT_EQ(-EINVAL, dream_vnpu_expect(&cmd, memory, 64, memory, 64));
	cmd.out_offset = 0;
	EXPECT_EQ(-EINVAL, dream_vnpu_expect(&cmd, (char *)memory + 1, 64,
					     memory, 64));
}

/*
 * A dense layer on a weight-stationary array of 1024 PEs. Compute: 1 x 1 x 16
 * rows x c(16,4) x 9 = 576 cycles. L2: 2304 + 4096 + 4096 = 10496 bytes at 256
 * per cycle = 41. DRAM: the same bytes at 10^9/s, 1 MHz: 11. So 1576 us.
 */
TEST(vnpu_cost_of_a_layer)
{
	struct dream_vnpu_array array = {
		.dataflow = DREAM_VNPU_WS, .pes = 1024, .clock_khz = 1000,
		.bandwidth_mbps = 1000, .sram_bytes = 1 << 20,
	};
	struct dream_vnpu_shape shape = {
		.k = 16, .c = 16, .y = 16, .x = 16, .r = 3, .s = 3,
		.stride = 1, .groups = 1,
	};
	struct dream_vnpu_layer_cost cost;

	ASSERT_EQ(0, dream_vnpu_cost(&array, &shape, &cost));
	EXPECT_EQ(16 * 16 * 9 * 256, cost.macs);
	EXPECT_EQ(10496, cost.dram_bytes);
	EXPECT_EQ(1576, cost.cycles);
	EXPECT_EQ(1576000, cost.latency_ns);
	EXPECT_EQ(1576000, dream_vnpu_cycles_to_ns(1576, 1000));

	array.dataflow = 3;
	EXPECT_EQ(-EINVAL, dream_vnpu_cost(&array, &shape, &cost));
	array.dataflow = DREAM_VNPU_OS;
	shape.stride = 0;
	EXPECT_EQ(-EINVAL, dream_vnpu_cost(&array, &shape, &cost));
	EXPECT_STREQ("os", dream_vnpu_dataflow_name(DREAM_VNPU_OS));
	EXPECT_EQ(NULL, dream_vnpu_dataflow_name(3));
}

TEST(vnpu_devices_need_the_module)
{
	struct dream_vnpu_config config = { .pes = 1024 };
	const char *bad = "";
	char text[8];

	EXPECT_EQ(-ENOENT, dream_vnpu_create("test", &config, &bad));
	EXPECT_EQ(NULL, bad);
	EXPECT_EQ(-ENOENT, dream_vnpu_destroy("test"));
	EXPECT_EQ(-ENOENT, dream_vnpu_get("test", "pes", text, sizeof(text)));
	EXPECT_EQ(-EINVAL, dream_vnpu_create("a/b", &config, NULL));
	EXPECT_EQ(-EINVAL, dream_vnpu_create("..", &config, NULL));
	EXPECT_EQ(-EINVAL, dream_vnpu_set("test", "../x", "1"));
}

TEST_HARNESS_MAIN
