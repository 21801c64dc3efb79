// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink family from below.
 */
#include <linux/genetlink.h>
#include <sys/socket.h>

#include "netlink.h"

#define REPLY_SIZE	65536

/* ----------------------------------------------------------------- socket */

static struct nl_msg *request(struct nlk *nl, uint16_t type, int command,
			      int version)
{
	struct genlmsghdr head = { .cmd = command, .version = version };
	struct nl_msg *msg = nlmsg_alloc_size(REPLY_SIZE);

	if (!msg)
		abort();
	nlmsg_put(msg, 0, ++nl->seq, type, 0, NLM_F_REQUEST);
	nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	return msg;
}

struct nl_msg *nlk_request(struct nlk *nl, int command)
{
	return request(nl, nl->family, command, DREAM_FAMILY_VERSION);
}

static void parse(struct nlmsghdr *head, nlk_attrs attrs)
{
	struct nlattr *first = (void *)head + NLMSG_HDRLEN + GENL_HDRLEN;
	int left = head->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;

	nla_parse(attrs, NL_ATTRS - 1, first, left, NULL);
}

/* An error or the end of a dump, with the kernel's words. */
static int verdict(struct nlk *nl, const struct nlmsghdr *head)
{
	const int *code = (const void *)head + NLMSG_HDRLEN;
	struct nlattr *attrs[NLMSGERR_ATTR_MAX + 1] = { NULL };
	size_t fixed = NLMSG_HDRLEN + sizeof(*code);

	if (head->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *err = (const void *)code;

		fixed = NLMSG_HDRLEN + sizeof(*err);
		if (!(head->nlmsg_flags & NLM_F_CAPPED))
			fixed += err->msg.nlmsg_len - sizeof(err->msg);
	}
	if (head->nlmsg_flags & NLM_F_ACK_TLVS)
		nla_parse(attrs, NLMSGERR_ATTR_MAX,
			  (struct nlattr *)((char *)head + fixed),
			  head->nlmsg_len - fixed, NULL);
	if (attrs[NLMSGERR_ATTR_MSG])
		snprintf(nl->error, sizeof(nl->error), "%s",
			 nlk_string(attrs[NLMSGERR_ATTR_MSG]));
	return *code;
}

/*
 * Sends a request and reads what comes, until an acknowledgment, an error, or
 * the end of the dump.
 */
static int exchange(struct nlk *nl, struct nl_msg *msg, int flags, nlk_fn fn,
		    void *arg)
{
	struct nlmsghdr *head = nlmsg_hdr(msg);
	char *reply = malloc(REPLY_SIZE);
	int count = 0, ret = 0;
	bool more = true;

	nl->error[0] = '\0';
	head->nlmsg_flags |= flags | NLM_F_ACK;
	if (!reply || send(nl->fd, head, head->nlmsg_len, 0) < 0)
		abort();
	while (more) {
		ssize_t len = recv(nl->fd, reply, REPLY_SIZE, 0);
		int left = len;

		if (len < 0) {
			ret = -errno;
			break;
		}
		for (head = (void *)reply; nlmsg_ok(head, left);
		     head = nlmsg_next(head, &left)) {
			nlk_attrs attrs = { NULL };

			if (head->nlmsg_seq != nlmsg_hdr(msg)->nlmsg_seq)
				continue;
			if (head->nlmsg_type == NLMSG_ERROR ||
			    head->nlmsg_type == NLMSG_DONE) {
				ret = verdict(nl, head);
				more = false;
				break;
			}
			count++;
			parse(head, attrs);
			if (fn)
				fn(head, attrs, arg);
		}
	}
	free(reply);
	nlmsg_free(msg);
	return ret ? ret : count;
}

int nlk_do(struct nlk *nl, struct nl_msg *msg, nlk_fn fn, void *arg)
{
	int ret = exchange(nl, msg, 0, fn, arg);

	return ret < 0 ? ret : 0;
}

int nlk_dump(struct nlk *nl, struct nl_msg *msg, nlk_fn fn, void *arg)
{
	return exchange(nl, msg, NLM_F_DUMP, fn, arg);
}

static void note_family(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct nlk *nl = arg;
	nlk_attrs group = { NULL };
	struct nlattr *nest;
	int left;

	nl->family = nla_get_u16(attrs[CTRL_ATTR_FAMILY_ID]);
	if (!attrs[CTRL_ATTR_MCAST_GROUPS])
		return;
	nla_for_each_nested(nest, attrs[CTRL_ATTR_MCAST_GROUPS], left) {
		nlk_parse_nest(nest, group);
		if (!strcmp(nlk_string(group[CTRL_ATTR_MCAST_GRP_NAME]),
			    DREAM_MCGRP_EVENTS))
			nl->group = nlk_u32(group[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

int nlk_open(struct nlk *nl)
{
	struct timeval patience = { .tv_sec = PATIENCE / SECOND };
	int one = 1, buffer = 4 << 20;
	struct nl_msg *msg;

	memset(nl, 0, sizeof(*nl));
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (nl->fd < 0)
		return -errno;
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	/* Strict checking: what a request must not have is refused. */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one,
		   sizeof(one));
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	msg = request(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, DREAM_FAMILY_NAME);
	return nlk_do(nl, msg, note_family, nl);
}

void nlk_close(struct nlk *nl)
{
	if (nl->fd > 0)
		close(nl->fd);
	nl->fd = -1;
}

int nlk_listen(struct nlk *nl)
{
	return setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &nl->group,
			  sizeof(nl->group)) ? -errno : 0;
}

/* ------------------------------------------------------------- attributes */

uint32_t nlk_u32(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

uint64_t nlk_u64(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

const char *nlk_string(struct nlattr *attr)
{
	return attr ? nla_get_string(attr) : "";
}

static void copy_string(char *to, size_t size, struct nlattr *attr)
{
	snprintf(to, size, "%s", nlk_string(attr));
}

void nlk_parse_nest(struct nlattr *nest, nlk_attrs attrs)
{
	memset(attrs, 0, sizeof(nlk_attrs));
	nla_parse(attrs, NL_ATTRS - 1, nla_data(nest), nla_len(nest), NULL);
}

/* -------------------------------------------------- policy and parameters */

int nlk_policy_set(struct nlk *nl, const char *name)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_POLICY_SET);

	nla_put_string(msg, DREAM_A_POLICY_NAME, name);
	return nlk_do(nl, msg, NULL, NULL);
}

static void note_active(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	if (attrs[DREAM_A_POLICY_ACTIVE])
		copy_string(arg, DREAM_NAME_LEN, attrs[DREAM_A_POLICY_NAME]);
}

int nlk_policy_get(struct nlk *nl, char *name, size_t size)
{
	char active[DREAM_NAME_LEN] = "";
	int ret = nlk_dump(nl, nlk_request(nl, DREAM_CMD_POLICY_GET), note_active,
			  active);

	if (ret < 0)
		return ret;
	snprintf(name, size, "%s", active);
	return active[0] ? 0 : -ENOENT;
}

int nlk_param_set(struct nlk *nl, const char *name, uint64_t value)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_PARAM_SET);

	nla_put_string(msg, DREAM_A_PARAM_NAME, name);
	nla_put_u64(msg, DREAM_A_PARAM_VALUE, value);
	return nlk_do(nl, msg, NULL, NULL);
}

static void note_value(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	*(uint64_t *)arg = nlk_u64(attrs[DREAM_A_PARAM_VALUE]);
}

int nlk_param_get(struct nlk *nl, const char *name, uint64_t *value)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_PARAM_GET);

	nla_put_string(msg, DREAM_A_PARAM_NAME, name);
	return nlk_do(nl, msg, note_value, value);
}

#define PARAMS_MAX	64

struct params {
	int count;
	struct {
		char name[DREAM_NAME_LEN];
		uint64_t initial;
	} param[PARAMS_MAX];
};

static void note_param(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct params *params = arg;

	if (params->count == PARAMS_MAX)
		return;
	copy_string(params->param[params->count].name, DREAM_NAME_LEN,
		    attrs[DREAM_A_PARAM_NAME]);
	params->param[params->count++].initial =
		nlk_u64(attrs[DREAM_A_PARAM_DEFAULT]);
}

#define MODELS_MAX	256

struct models {
	int count;
	uint32_t id[MODELS_MAX];
};

static void note_id(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct models *models = arg;

	if (models->count < MODELS_MAX)
		models->id[models->count++] = nlk_u32(attrs[DREAM_A_MODEL_ID]);
}

void nlk_defaults(struct nlk *nl)
{
	struct params params = { .count = 0 };
	struct models models = { .count = 0 };
	int i;

	nlk_dump(nl, nlk_request(nl, DREAM_CMD_PARAM_GET), note_param, &params);
	for (i = 0; i < params.count; i++)
		nlk_param_set(nl, params.param[i].name, params.param[i].initial);
	nlk_policy_set(nl, "dream");
	nlk_dump(nl, nlk_request(nl, DREAM_CMD_MODEL_GET), note_id, &models);
	for (i = 0; i < models.count; i++)
		nlk_model_del(nl, models.id[i]);
	vnpu_remove_all();
}

/* ----------------------------------------------------- queues, accelerators */

void nlk_parse_counters(struct nlattr *nest, struct nlk_counters *c)
{
	struct nlattr *reason;
	nlk_attrs attrs;
	int left;

	memset(c, 0, sizeof(*c));
	if (!nest)
		return;
	nlk_parse_nest(nest, attrs);
	c->submitted = nlk_u64(attrs[DREAM_A_COUNTERS_SUBMITTED]);
	c->released = nlk_u64(attrs[DREAM_A_COUNTERS_RELEASED]);
	c->met = nlk_u64(attrs[DREAM_A_COUNTERS_MET]);
	c->missed = nlk_u64(attrs[DREAM_A_COUNTERS_MISSED]);
	c->dropped = nlk_u64(attrs[DREAM_A_COUNTERS_DROPPED]);
	c->cancelled = nlk_u64(attrs[DREAM_A_COUNTERS_CANCELLED]);
	c->failed = nlk_u64(attrs[DREAM_A_COUNTERS_FAILED]);
	c->unwanted = nlk_u64(attrs[DREAM_A_COUNTERS_UNWANTED]);
	c->layers = nlk_u64(attrs[DREAM_A_COUNTERS_LAYERS]);
	c->accel_ns = nlk_u64(attrs[DREAM_A_COUNTERS_ACCEL_NS]);
	c->energy_nj = nlk_u64(attrs[DREAM_A_COUNTERS_ENERGY_NJ]);
	c->energy_max_nj = nlk_u64(attrs[DREAM_A_COUNTERS_ENERGY_MAX_NJ]);
	c->latency_ns = nlk_u64(attrs[DREAM_A_COUNTERS_LATENCY_NS]);
	c->variant_sum = nlk_u64(attrs[DREAM_A_COUNTERS_VARIANT_SUM]);
	nla_for_each_nested(reason, nest, left) {
		uint32_t number;

		if (nla_type(reason) != DREAM_A_COUNTERS_REASON)
			continue;
		nlk_parse_nest(reason, attrs);
		number = nlk_u32(attrs[DREAM_A_REASON_REASON]);
		if (number < 32)
			c->reason[number] = nlk_u64(attrs[DREAM_A_REASON_COUNT]);
	}
}

struct queues {
	struct nlk_queue *queue;
	int count, max;
};

static void note_queue(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct queues *queues = arg;
	struct nlk_queue *q;

	if (queues->count++ >= queues->max)
		return;
	q = &queues->queue[queues->count - 1];
	q->id = nlk_u32(attrs[DREAM_A_QUEUE_ID]);
	q->model = nlk_u32(attrs[DREAM_A_QUEUE_MODEL]);
	q->pid = nlk_u32(attrs[DREAM_A_QUEUE_PID]);
	q->owner = nlk_u32(attrs[DREAM_A_QUEUE_OWNER]);
	q->parent = nlk_u32(attrs[DREAM_A_QUEUE_PARENT]);
	q->weight = nlk_u32(attrs[DREAM_A_QUEUE_WEIGHT]);
	q->depth = nlk_u32(attrs[DREAM_A_QUEUE_DEPTH]);
	q->waiting = nlk_u32(attrs[DREAM_A_QUEUE_WAITING]);
	q->ready = nlk_u32(attrs[DREAM_A_QUEUE_READY]);
	q->period_ns = nlk_u64(attrs[DREAM_A_QUEUE_PERIOD_NS]);
	q->deadline_ns = nlk_u64(attrs[DREAM_A_QUEUE_DEADLINE_NS]);
	copy_string(q->name, sizeof(q->name), attrs[DREAM_A_QUEUE_NAME]);
	nlk_parse_counters(attrs[DREAM_A_QUEUE_COUNTERS], &q->counters);
}

int nlk_queue_get(struct nlk *nl, uint32_t id, struct nlk_queue *queue)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_QUEUE_GET);
	struct queues queues = { .queue = queue, .max = 1 };

	nla_put_u32(msg, DREAM_A_QUEUE_ID, id);
	return nlk_do(nl, msg, note_queue, &queues);
}

int nlk_queues(struct nlk *nl, struct nlk_queue *queue, int max)
{
	struct queues queues = { .queue = queue, .max = max };

	return nlk_dump(nl, nlk_request(nl, DREAM_CMD_QUEUE_GET), note_queue,
		       &queues);
}

static void note_accel(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct nlk_accel *a = arg;

	a->id = nlk_u32(attrs[DREAM_A_ACCEL_ID]);
	a->class_id = nlk_u32(attrs[DREAM_A_ACCEL_CLASS_ID]);
	a->slots = nlk_u32(attrs[DREAM_A_ACCEL_SLOTS]);
	a->running = nlk_u32(attrs[DREAM_A_ACCEL_RUNNING]);
	a->state = nlk_u32(attrs[DREAM_A_ACCEL_STATE]);
	a->bandwidth_mbps = nlk_u32(attrs[DREAM_A_ACCEL_BANDWIDTH_MBPS]);
	a->clock_khz = nlk_u32(attrs[DREAM_A_ACCEL_CLOCK_KHZ]);
	a->local_mem_bytes = nlk_u64(attrs[DREAM_A_ACCEL_LOCAL_MEM_BYTES]);
	a->busy_ns = nlk_u64(attrs[DREAM_A_ACCEL_BUSY_NS]);
	a->energy_nj = nlk_u64(attrs[DREAM_A_ACCEL_ENERGY_NJ]);
	a->commands = nlk_u64(attrs[DREAM_A_ACCEL_COMMANDS]);
	a->errors = nlk_u64(attrs[DREAM_A_ACCEL_ERRORS]);
	a->spurious = nlk_u64(attrs[DREAM_A_ACCEL_SPURIOUS]);
	a->timeouts = nlk_u64(attrs[DREAM_A_ACCEL_TIMEOUTS]);
	a->resets = nlk_u64(attrs[DREAM_A_ACCEL_RESETS]);
	a->up_ns = nlk_u64(attrs[DREAM_A_ACCEL_UP_NS]);
	copy_string(a->name, sizeof(a->name), attrs[DREAM_A_ACCEL_NAME]);
	copy_string(a->class, sizeof(a->class), attrs[DREAM_A_ACCEL_CLASS]);
}

int nlk_accel_get(struct nlk *nl, const char *name, struct nlk_accel *accel)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_ACCEL_GET);

	nla_put_string(msg, DREAM_A_ACCEL_NAME, name);
	return nlk_do(nl, msg, note_accel, accel);
}

/* ----------------------------------------------------------------- models */

static void note_model(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct nlk_model *model = arg;

	model->id = nlk_u32(attrs[DREAM_A_MODEL_ID]);
	model->generation = nlk_u32(attrs[DREAM_A_MODEL_GENERATION]);
}

int nlk_model_new(struct nlk *nl, const char *name, uint32_t flags,
		  const uint32_t *layers, unsigned int variants,
		 struct nlk_model *model)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_MODEL_NEW);
	unsigned int v;

	nla_put_string(msg, DREAM_A_MODEL_NAME, name);
	nla_put_u32(msg, DREAM_A_MODEL_FLAGS, flags);
	for (v = 0; v < variants; v++)
		nla_put_u32(msg, DREAM_A_MODEL_VARIANT_LAYERS, layers[v]);
	return nlk_do(nl, msg, note_model, model);
}

struct nl_msg *nlk_model_load(struct nlk *nl, const struct nlk_model *model)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_MODEL_LOAD);

	nla_put_u32(msg, DREAM_A_MODEL_ID, model->id);
	nla_put_u32(msg, DREAM_A_MODEL_GENERATION, model->generation);
	return msg;
}

void nlk_add_layer(struct nl_msg *msg, uint32_t variant, uint32_t index,
		   uint64_t weight, uint64_t in, uint64_t out)
{
	struct nlattr *nest = nla_nest_start(msg, DREAM_A_MODEL_LAYER);

	nla_put_u32(msg, DREAM_A_LAYER_VARIANT, variant);
	nla_put_u32(msg, DREAM_A_LAYER_INDEX, index);
	nla_put_u64(msg, DREAM_A_LAYER_WEIGHT_BYTES, weight);
	nla_put_u64(msg, DREAM_A_LAYER_IN_BYTES, in);
	nla_put_u64(msg, DREAM_A_LAYER_OUT_BYTES, out);
	nla_nest_end(msg, nest);
}

void nlk_add_cost(struct nl_msg *msg, uint32_t variant, uint32_t index,
		  const char *class, uint64_t latency_ns, uint64_t energy_nj)
{
	struct nlattr *nest = nla_nest_start(msg, DREAM_A_MODEL_COST);

	nla_put_u32(msg, DREAM_A_COST_VARIANT, variant);
	nla_put_u32(msg, DREAM_A_COST_INDEX, index);
	nla_put_string(msg, DREAM_A_COST_CLASS, class);
	nla_put_u64(msg, DREAM_A_COST_LATENCY_NS, latency_ns);
	nla_put_u64(msg, DREAM_A_COST_ENERGY_NJ, energy_nj);
	nla_nest_end(msg, nest);
}

void nlk_add_gate(struct nl_msg *msg, uint32_t variant, uint32_t index,
		  uint32_t target, uint32_t probability)
{
	struct nlattr *nest = nla_nest_start(msg, DREAM_A_MODEL_GATE);

	nla_put_u32(msg, DREAM_A_GATE_VARIANT, variant);
	nla_put_u32(msg, DREAM_A_GATE_INDEX, index);
	nla_put_u32(msg, DREAM_A_GATE_TARGET, target);
	nla_put_u32(msg, DREAM_A_GATE_PROBABILITY, probability);
	nla_nest_end(msg, nest);
}

int nlk_model_commit(struct nlk *nl, struct nlk_model *model, uint32_t rows)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_MODEL_COMMIT);

	nla_put_u32(msg, DREAM_A_MODEL_ID, model->id);
	nla_put_u32(msg, DREAM_A_MODEL_GENERATION, model->generation);
	nla_put_u32(msg, DREAM_A_MODEL_ROWS, rows);
	return nlk_do(nl, msg, note_model, model);
}

int nlk_model_del(struct nlk *nl, uint32_t id)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_MODEL_DEL);

	nla_put_u32(msg, DREAM_A_MODEL_ID, id);
	return nlk_do(nl, msg, NULL, NULL);
}

int nlk_model_simple(struct nlk *nl, const char *name, const char *class,
		     unsigned int layers, uint64_t ns, uint64_t nj)
{
	uint32_t count = layers;
	struct nlk_model model;
	struct nl_msg *msg;
	unsigned int l;
	int ret;

	ret = nlk_model_new(nl, name, 0, &count, 1, &model);
	if (ret)
		return ret;
	msg = nlk_model_load(nl, &model);
	for (l = 0; l < layers; l++) {
		nlk_add_layer(msg, 0, l, 1000, 0, 0);
		nlk_add_cost(msg, 0, l, class, ns, nj);
	}
	ret = nlk_do(nl, msg, NULL, NULL);
	ret = ret ? ret : nlk_model_commit(nl, &model, 2 * layers);
	return ret ? ret : (int)model.id;
}

struct find_cost {
	uint32_t variant, index;
	const char *class;
	struct nlk_cost *cost;
	bool found;
};

static void note_cost(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct find_cost *find = arg;
	struct nlk_cost *c = find->cost;
	struct nlattr *nest;
	int left;

	/* The rows are repeated attributes, of which @attrs has the last. */
	nlmsg_for_each_attr(nest, head, GENL_HDRLEN, left) {
		nlk_attrs row;

		if (nla_type(nest) != DREAM_A_MODEL_COST)
			continue;
		nlk_parse_nest(nest, row);
		if (nlk_u32(row[DREAM_A_COST_VARIANT]) != find->variant ||
		    nlk_u32(row[DREAM_A_COST_INDEX]) != find->index ||
		    strcmp(nlk_string(row[DREAM_A_COST_CLASS]), find->class))
			continue;
		c->variant = find->variant;
		c->index = find->index;
		c->latency_ns = nlk_u64(row[DREAM_A_COST_LATENCY_NS]);
		c->energy_nj = nlk_u64(row[DREAM_A_COST_ENERGY_NJ]);
		c->measured_ns = nlk_u64(row[DREAM_A_COST_MEASURED_NS]);
		c->measured_nj = nlk_u64(row[DREAM_A_COST_MEASURED_NJ]);
		c->samples = nlk_u32(row[DREAM_A_COST_SAMPLES]);
		copy_string(c->class, sizeof(c->class), row[DREAM_A_COST_CLASS]);
		find->found = true;
	}
}

int nlk_cost_get(struct nlk *nl, uint32_t model, uint32_t variant, uint32_t index,
		 const char *class, struct nlk_cost *cost)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_COST_GET);
	struct find_cost find = {
		.variant = variant, .index = index, .class = class, .cost = cost,
	};
	int ret;

	nla_put_u32(msg, DREAM_A_MODEL_ID, model);
	ret = nlk_dump(nl, msg, note_cost, &find);
	if (ret < 0)
		return ret;
	return find.found ? 0 : -ENOENT;
}

/* ----------------------------------------------------------------- events */

static void fill_event(nlk_attrs attrs, struct nlk_event *e)
{
	memset(e, 0, sizeof(*e));
	e->type = nlk_u32(attrs[DREAM_A_EVENT_TYPE]);
	e->time_ns = nlk_u64(attrs[DREAM_A_EVENT_TIME_NS]);
	e->queue = nlk_u32(attrs[DREAM_A_EVENT_QUEUE]);
	e->seqno = nlk_u64(attrs[DREAM_A_EVENT_SEQNO]);
	e->model = nlk_u32(attrs[DREAM_A_EVENT_MODEL]);
	e->accel = nlk_u32(attrs[DREAM_A_EVENT_ACCEL]);
	e->reason = nlk_u32(attrs[DREAM_A_EVENT_REASON]);
	e->value = nlk_u64(attrs[DREAM_A_EVENT_VALUE]);
	e->has_queue = attrs[DREAM_A_EVENT_QUEUE];
	e->has_model = attrs[DREAM_A_EVENT_MODEL];
	e->has_accel = attrs[DREAM_A_EVENT_ACCEL];
	e->has_reason = attrs[DREAM_A_EVENT_REASON];
	e->has_value = attrs[DREAM_A_EVENT_VALUE];
	copy_string(e->name, sizeof(e->name), attrs[DREAM_A_EVENT_NAME]);
}

int nlk_next_event(struct nlk *nl, uint32_t type, struct nlk_event *event)
{
	/* A multicast message stands alone in its datagram. */
	char datagram[4096];

	for (;;) {
		struct nlmsghdr *head = (void *)datagram;
		ssize_t len = recv(nl->fd, datagram, sizeof(datagram), 0);
		nlk_attrs attrs = { NULL };

		if (len < 0)
			return errno == EAGAIN ? -ETIME : -errno;
		if (!nlmsg_ok(head, len) || head->nlmsg_type != nl->family)
			continue;
		parse(head, attrs);
		fill_event(attrs, event);
		if (event->type == type)
			return 0;
	}
}

/* ----------------------------------------------------------------- scores */

struct scores {
	struct nlk_score *score;
	int count, max;
};

static void note_score(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct scores *scores = arg;
	struct nlk_score *s;

	if (scores->count++ >= scores->max)
		return;
	s = &scores->score[scores->count - 1];
	s->queue = nlk_u32(attrs[DREAM_A_SCORE_QUEUE]);
	s->seqno = nlk_u64(attrs[DREAM_A_SCORE_SEQNO]);
	s->accel = nlk_u32(attrs[DREAM_A_SCORE_ACCEL]);
	s->layer = nlk_u32(attrs[DREAM_A_SCORE_LAYER]);
	s->variant = nlk_u32(attrs[DREAM_A_SCORE_VARIANT]);
	s->state = nlk_u32(attrs[DREAM_A_SCORE_STATE]);
	s->time_ns = nlk_u64(attrs[DREAM_A_SCORE_TIME_NS]);
	s->score = nlk_u64(attrs[DREAM_A_SCORE_SCORE]);
	s->urgency = nlk_u64(attrs[DREAM_A_SCORE_URGENCY]);
	s->lat_pref = nlk_u64(attrs[DREAM_A_SCORE_LAT_PREF]);
	s->starvation = nlk_u64(attrs[DREAM_A_SCORE_STARVATION]);
	s->en_pref = nlk_u64(attrs[DREAM_A_SCORE_EN_PREF]);
	s->switch_cost = nlk_u64(attrs[DREAM_A_SCORE_SWITCH_COST]);
	s->map_score = nlk_u64(attrs[DREAM_A_SCORE_MAP_SCORE]);
	s->to_go_ns = nlk_u64(attrs[DREAM_A_SCORE_TO_GO_NS]);
	s->min_to_go_ns = nlk_u64(attrs[DREAM_A_SCORE_MIN_TO_GO_NS]);
	s->slack_ns = nlk_u64(attrs[DREAM_A_SCORE_SLACK_NS]);
	s->latency_ns = nlk_u64(attrs[DREAM_A_SCORE_LATENCY_NS]);
	s->energy_nj = nlk_u64(attrs[DREAM_A_SCORE_ENERGY_NJ]);
	s->candidates = nlk_u32(attrs[DREAM_A_SCORE_CANDIDATES]);
	s->idle = nlk_u32(attrs[DREAM_A_SCORE_IDLE]);
	s->start_ns = nlk_u64(attrs[DREAM_A_SCORE_START_NS]);
	s->end_ns = nlk_u64(attrs[DREAM_A_SCORE_END_NS]);
	copy_string(s->policy, sizeof(s->policy), attrs[DREAM_A_SCORE_POLICY]);
}

int nlk_scores(struct nlk *nl, uint32_t queue, uint64_t seqno, bool history,
	       struct nlk_score *score, int max)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_SCORE_GET);
	struct scores scores = { .score = score, .max = max };

	if (queue)
		nla_put_u32(msg, DREAM_A_SCORE_QUEUE, queue);
	if (seqno)
		nla_put_u64(msg, DREAM_A_SCORE_SEQNO, seqno);
	if (history)
		nla_put_flag(msg, DREAM_A_SCORE_HISTORY);
	return nlk_dump(nl, msg, note_score, &scores);
}
