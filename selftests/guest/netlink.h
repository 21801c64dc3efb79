/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netlink family from below: messages are put together attribute by
 * attribute, so that tests can send what a library would not.
 */
#ifndef _TEST_NETLINK_H
#define _TEST_NETLINK_H

#include <linux/dream_netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "common.h"

#define NL_TEXT	256

/**
 * struct nlk - a socket
 * @fd: socket
 * @family: id of the family
 * @group: id of the group of events
 * @seq: number of the last request
 * @error: what the kernel said about the last refusal, or ""
 */
struct nlk {
	int fd;
	uint16_t family;
	uint32_t group;
	uint32_t seq;
	char error[NL_TEXT];
};

int nlk_open(struct nlk *nl);
void nlk_close(struct nlk *nl);
/* Hears the events from now on. */
int nlk_listen(struct nlk *nl);

/* A request to which attributes can be added; the send functions free it. */
struct nl_msg *nlk_request(struct nlk *nl, int command);

/* Attributes of a message, by number. */
#define NL_ATTRS	64
typedef struct nlattr *nlk_attrs[NL_ATTRS];

/* Called for each message of a reply; of a repeated attribute @attrs has the last. */
typedef void (*nlk_fn)(struct nlmsghdr *head, nlk_attrs attrs, void *arg);

/* One request, one reply or acknowledgment. */
int nlk_do(struct nlk *nl, struct nl_msg *msg, nlk_fn fn, void *arg);
/* Returns the number of messages. */
int nlk_dump(struct nlk *nl, struct nl_msg *msg, nlk_fn fn, void *arg);

/* A refusal: the error, and a message that is not empty. Counted. */
#define EXPECT_NL_REFUSED(code, nl, expression) do {			\
	int _nlk_error = (expression);					\
									\
	count_negative();						\
	EXPECT_EQ(-(code), _nlk_error) {					\
		TH_LOG("%s (%s)", #expression, (nl)->error);		\
	}								\
	EXPECT_NE('\0', (nl)->error[0]) {				\
		TH_LOG("%s: no message", #expression);			\
	}								\
} while (0)

uint32_t nlk_u32(struct nlattr *attr);
uint64_t nlk_u64(struct nlattr *attr);
const char *nlk_string(struct nlattr *attr);
void nlk_parse_nest(struct nlattr *nest, nlk_attrs attrs);

/* ------------------------------------------------------ frequent requests */

int nlk_policy_set(struct nlk *nl, const char *name);
/* Name of the active policy; 0 or -ENOENT. */
int nlk_policy_get(struct nlk *nl, char *name, size_t size);
int nlk_param_set(struct nlk *nl, const char *name, uint64_t value);
int nlk_param_get(struct nlk *nl, const char *name, uint64_t *value);

/* Default policy and parameters again, no accelerator, no model. */
void nlk_defaults(struct nlk *nl);

struct nlk_counters {
	uint64_t submitted, released, met, missed, dropped, cancelled, failed,
		 unwanted, layers, accel_ns, energy_nj, energy_max_nj,
		 latency_ns, variant_sum;
	uint64_t reason[32];
};

void nlk_parse_counters(struct nlattr *nest, struct nlk_counters *counters);

struct nlk_queue {
	uint32_t id, model, pid, owner, parent, weight, depth, waiting, ready;
	uint64_t period_ns, deadline_ns;
	char name[DREAM_NAME_LEN];
	struct nlk_counters counters;
};

int nlk_queue_get(struct nlk *nl, uint32_t id, struct nlk_queue *queue);
/* Returns how many there are; the first @max are written. */
int nlk_queues(struct nlk *nl, struct nlk_queue *queues, int max);

struct nlk_accel {
	uint32_t id, class_id, slots, running, state, bandwidth_mbps, clock_khz;
	uint64_t local_mem_bytes, busy_ns, energy_nj, commands, errors, spurious,
		 timeouts, resets, up_ns;
	char name[DREAM_NAME_LEN], class[DREAM_NAME_LEN];
};

int nlk_accel_get(struct nlk *nl, const char *name, struct nlk_accel *accel);

/* ----------------------------------------------------------------- models */

struct nlk_model {
	uint32_t id, generation;
};

int nlk_model_new(struct nlk *nl, const char *name, uint32_t flags,
		  const uint32_t *layers, unsigned int variants,
		 struct nlk_model *model);
struct nl_msg *nlk_model_load(struct nlk *nl, const struct nlk_model *model);
void nlk_add_layer(struct nl_msg *msg, uint32_t variant, uint32_t index,
		   uint64_t weight, uint64_t in, uint64_t out);
void nlk_add_cost(struct nl_msg *msg, uint32_t variant, uint32_t index,
		  const char *class, uint64_t latency_ns, uint64_t energy_nj);
void nlk_add_gate(struct nl_msg *msg, uint32_t variant, uint32_t index,
		  uint32_t target, uint32_t probability);
int nlk_model_commit(struct nlk *nl, struct nlk_model *model, uint32_t rows);
int nlk_model_del(struct nlk *nl, uint32_t id);

/* A model of one variant; @ns and @nj per layer on the class. Returns its id. */
int nlk_model_simple(struct nlk *nl, const char *name, const char *class,
		     unsigned int layers, uint64_t ns, uint64_t nj);

struct nlk_cost {
	uint32_t variant, index, samples;
	uint64_t latency_ns, energy_nj, measured_ns, measured_nj;
	char class[DREAM_NAME_LEN];
};

/* The row of a layer on a class, as cost-get tells it. */
int nlk_cost_get(struct nlk *nl, uint32_t model, uint32_t variant, uint32_t index,
		 const char *class, struct nlk_cost *cost);

/* ----------------------------------------------------------------- events */

struct nlk_event {
	uint32_t type, queue, model, accel, reason;
	uint64_t time_ns, seqno;
	int64_t value;
	bool has_queue, has_model, has_accel, has_reason, has_value;
	char name[DREAM_NAME_LEN];
};

/* The next event of that type, others are passed over; 0 or -ETIME. */
int nlk_next_event(struct nlk *nl, uint32_t type, struct nlk_event *event);

/* ----------------------------------------------------------------- scores */

struct nlk_score {
	uint32_t queue, accel, layer, variant, state, candidates, idle;
	uint64_t seqno, time_ns, urgency, lat_pref, starvation, en_pref,
		 switch_cost, to_go_ns, min_to_go_ns, latency_ns, energy_nj,
		 start_ns, end_ns;
	int64_t score, map_score, slack_ns;
	char policy[DREAM_NAME_LEN];
};

/* Scores of a queue; returns how many there are. */
int nlk_scores(struct nlk *nl, uint32_t queue, uint64_t seqno, bool history,
	       struct nlk_score *scores, int max);

#endif
