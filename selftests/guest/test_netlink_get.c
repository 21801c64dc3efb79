// SPDX-License-Identifier: GPL-2.0
/*
 * Accelerators, policies, parameters, queues and statistics by netlink: what they
 * tell, what they take, what they refuse.
 */
#include "kselftest_harness.h"
#include "netlink.h"

FIXTURE(get) {
	struct nlk nl;
	struct bed bed;
	struct dream_completion records[8];
};

typedef FIXTURE_DATA(get) fixture;

FIXTURE_SETUP(get)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, bed_open(&self->bed));
}

FIXTURE_TEARDOWN(get)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* ----------------------------------------------------------- accelerators */

TEST_F(get, accel)
{
	struct nlk_accel a;

	ASSERT_EQ(0, vnpu_make("a", "class=x slots=3 bandwidth_mbps=77 "
			       "sram_bytes=4096"));
	ASSERT_EQ(0, nlk_accel_get(&self->nl, "a", &a));
	EXPECT_STREQ("a", a.name);
	EXPECT_STREQ("x", a.class);
	EXPECT_EQ(3, a.slots);
	EXPECT_EQ(77, a.bandwidth_mbps);
	EXPECT_EQ(1000000, a.clock_khz);
	EXPECT_EQ(4096, a.local_mem_bytes);
	EXPECT_EQ(DREAM_ACCEL_IDLE, a.state);
	EXPECT_LT(0, a.up_ns);
	EXPECT_GT(PATIENCE, a.up_ns);
	EXPECT_EQ(0, a.commands + a.errors + a.spurious + a.timeouts + a.resets);

	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	ASSERT_EQ(0, nlk_accel_get(&self->nl, "a", &a));
	EXPECT_EQ(1, a.commands);
	EXPECT_EQ(self->records[0].accel_ns, a.busy_ns);
	EXPECT_EQ(self->records[0].energy_nj, a.energy_nj);
	EXPECT_EQ(1ULL << a.id, self->records[0].accel_mask);
}

static void note_name(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	strcat(arg, nlk_string(attrs[DREAM_A_ACCEL_NAME]));
}

TEST_F(get, accel_dump)
{
	char names[8] = "";

	ASSERT_EQ(0, nlk_dump(&self->nl, nlk_request(&self->nl,
						     DREAM_CMD_ACCEL_GET),
			      NULL, NULL));
	ASSERT_EQ(0, vnpu_make("c", ""));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, vnpu_make("b", ""));
	ASSERT_EQ(3, nlk_dump(&self->nl, nlk_request(&self->nl,
						     DREAM_CMD_ACCEL_GET),
			      note_name, names));
	EXPECT_STREQ("cab", names);
}

static int accel_get(fixture *self, const int *id, const char *name)
{
	struct nl_msg *msg = nlk_request(&self->nl, DREAM_CMD_ACCEL_GET);

	if (id)
		nla_put_u32(msg, DREAM_A_ACCEL_ID, *id);
	if (name)
		nla_put_string(msg, DREAM_A_ACCEL_NAME, name);
	return nlk_do(&self->nl, msg, NULL, NULL);
}

TEST_F(get, accel_refused)
{
	int id, none = 63;

	ASSERT_EQ(0, vnpu_make("a", ""));
	id = accel_id(self->bed.fd, "a");
	EXPECT_EQ(0, accel_get(self, &id, NULL));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, accel_get(self, &none, NULL));
	none = -1;
	EXPECT_NL_REFUSED(ENOENT, &self->nl, accel_get(self, &none, NULL));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, accel_get(self, NULL, "b"));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, accel_get(self, NULL, ""));
	EXPECT_NL_REFUSED(EINVAL, &self->nl, accel_get(self, NULL, NULL));
	EXPECT_NL_REFUSED(EINVAL, &self->nl, accel_get(self, &id, "a"));
}

/* --------------------------------------------------- policy and parameters */

struct policies {
	int active;
	char all[512];
};

static void note_policy(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct policies *p = arg;

	p->active += !!attrs[DREAM_A_POLICY_ACTIVE];
	strcat(p->all, " ");
	strcat(p->all, nlk_string(attrs[DREAM_A_POLICY_NAME]));
	strcat(p->all, *nlk_string(attrs[DREAM_A_POLICY_DOC]) ? " " : "?");
}

TEST_F(get, policies)
{
	struct policies p = { 0 };
	char name[DREAM_NAME_LEN];

	ASSERT_LE(4, nlk_dump(&self->nl, nlk_request(&self->nl,
						     DREAM_CMD_POLICY_GET),
			      note_policy, &p));
	EXPECT_EQ(1, p.active);
	EXPECT_NE(NULL, strstr(p.all, " dream "));
	EXPECT_NE(NULL, strstr(p.all, " edf "));
	EXPECT_NE(NULL, strstr(p.all, " fifo "));
	EXPECT_NE(NULL, strstr(p.all, " fifo-static "));
	EXPECT_EQ(NULL, strchr(p.all, '?'));

	ASSERT_EQ(0, nlk_policy_set(&self->nl, "edf"));
	ASSERT_EQ(0, nlk_policy_set(&self->nl, "edf"));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, nlk_policy_set(&self->nl, "none"));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, nlk_policy_set(&self->nl, ""));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, nlk_policy_set(&self->nl, "edf "));
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_do(&self->nl, nlk_request(&self->nl,
							DREAM_CMD_POLICY_SET),
				 NULL, NULL));
	ASSERT_EQ(0, nlk_policy_get(&self->nl, name, sizeof(name)));
	EXPECT_STREQ("edf", name);
}

struct range {
	char name[DREAM_NAME_LEN];
	uint64_t value, minimum, maximum, initial;
};

struct ranges {
	int count;
	struct range range[32];
};

static void note_range(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct ranges *ranges = arg;
	struct range *r = &ranges->range[ranges->count++ % 32];

	snprintf(r->name, sizeof(r->name), "%s",
		 nlk_string(attrs[DREAM_A_PARAM_NAME]));
	r->value = nlk_u64(attrs[DREAM_A_PARAM_VALUE]);
	r->minimum = nlk_u64(attrs[DREAM_A_PARAM_MINIMUM]);
	r->maximum = nlk_u64(attrs[DREAM_A_PARAM_MAXIMUM]);
	r->initial = nlk_u64(attrs[DREAM_A_PARAM_DEFAULT]);
	if (!nlk_u32(attrs[DREAM_A_PARAM_SCALE]) ||
	    !*nlk_string(attrs[DREAM_A_PARAM_DOC]))
		r->name[0] = '\0';
}

/* Each parameter takes its bounds, and nothing beyond them. */
TEST_F(get, params)
{
	struct ranges ranges = { 0 };
	uint64_t value;

	ASSERT_LE(6, nlk_dump(&self->nl, nlk_request(&self->nl,
						     DREAM_CMD_PARAM_GET),
			      note_range, &ranges));
	ASSERT_GE(32, ranges.count);
	for (int i = 0; i < ranges.count; i++) {
		struct range *r = &ranges.range[i];

		EXPECT_NE('\0', r->name[0]);
		EXPECT_EQ(r->initial, r->value);
		EXPECT_LE(r->minimum, r->initial);
		EXPECT_LE(r->initial, r->maximum);
		ASSERT_EQ(0, nlk_param_set(&self->nl, r->name, r->minimum));
		ASSERT_EQ(0, nlk_param_get(&self->nl, r->name, &value));
		EXPECT_EQ(r->minimum, value);
		ASSERT_EQ(0, nlk_param_set(&self->nl, r->name, r->maximum));
		EXPECT_NL_REFUSED(ERANGE, &self->nl,
				  nlk_param_set(&self->nl, r->name,
						r->maximum + 1));
		if (r->minimum)
			EXPECT_NL_REFUSED(ERANGE, &self->nl,
					  nlk_param_set(&self->nl, r->name,
							r->minimum - 1));
		EXPECT_NL_REFUSED(ERANGE, &self->nl,
				  nlk_param_set(&self->nl, r->name, UINT64_MAX));
		ASSERT_EQ(0, nlk_param_get(&self->nl, r->name, &value));
		EXPECT_EQ(r->maximum, value);
	}
}

TEST_F(get, params_refused)
{
	struct nl_msg *msg;
	uint64_t value;

	EXPECT_NL_REFUSED(ENOENT, &self->nl,
			  nlk_param_get(&self->nl, "none", &value));
	EXPECT_NL_REFUSED(ENOENT, &self->nl,
			  nlk_param_set(&self->nl, "none", 1));
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_do(&self->nl, nlk_request(&self->nl,
							DREAM_CMD_PARAM_GET),
				 NULL, NULL));
	msg = nlk_request(&self->nl, DREAM_CMD_PARAM_SET);
	nla_put_string(msg, DREAM_A_PARAM_NAME, "alpha");
	EXPECT_NL_REFUSED(EINVAL, &self->nl, nlk_do(&self->nl, msg, NULL, NULL));
	msg = nlk_request(&self->nl, DREAM_CMD_PARAM_SET);
	nla_put_u64(msg, DREAM_A_PARAM_VALUE, 1);
	EXPECT_NL_REFUSED(EINVAL, &self->nl, nlk_do(&self->nl, msg, NULL, NULL));
	/* A number of the wrong size is not a number. */
	msg = nlk_request(&self->nl, DREAM_CMD_PARAM_SET);
	nla_put_string(msg, DREAM_A_PARAM_NAME, "alpha");
	nla_put_u32(msg, DREAM_A_PARAM_VALUE, 1);
	EXPECT_NL_REFUSED(EINVAL, &self->nl, nlk_do(&self->nl, msg, NULL, NULL));
	ASSERT_EQ(0, nlk_param_get(&self->nl, "alpha", &value));
	EXPECT_EQ(1000, value);
}

/* ------------------------------------------------------ queues, statistics */

TEST_F(get, queue_refused)
{
	struct nlk_queue q;

	EXPECT_NL_REFUSED(ENOENT, &self->nl, nlk_queue_get(&self->nl, 0, &q));
	EXPECT_NL_REFUSED(ENOENT, &self->nl,
			  nlk_queue_get(&self->nl, UINT32_MAX, &q));
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_do(&self->nl, nlk_request(&self->nl,
							DREAM_CMD_QUEUE_GET),
				 NULL, NULL));
}

TEST_F(get, unknown_command)
{
	EXPECT_EQ(-EOPNOTSUPP,
		  nlk_do(&self->nl, nlk_request(&self->nl, DREAM_CMD_MAX + 1),
			 NULL, NULL));
	EXPECT_EQ(-EOPNOTSUPP,
		  nlk_do(&self->nl, nlk_request(&self->nl, DREAM_CMD_EVENT_NTF),
			 NULL, NULL));
	count_negative();
	count_negative();
}

struct stats {
	uint32_t model;
	struct nlk_counters counters;
	uint64_t decisions, evaluations, since_ns, first;
	int count;
};

static void note_stats(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct stats *s = arg;

	if (!s->count++) {
		s->first = nlk_u32(attrs[DREAM_A_STATS_MODEL]);
		s->decisions = nlk_u64(attrs[DREAM_A_STATS_DECISIONS]);
		s->evaluations = nlk_u64(attrs[DREAM_A_STATS_EVALUATIONS]);
		s->since_ns = nlk_u64(attrs[DREAM_A_STATS_SINCE_NS]);
	}
	if (nlk_u32(attrs[DREAM_A_STATS_MODEL]) == s->model)
		nlk_parse_counters(attrs[DREAM_A_STATS_COUNTERS], &s->counters);
}

static int get_stats(fixture *self, uint32_t model, struct stats *s)
{
	memset(s, 0, sizeof(*s));
	s->model = model;
	return nlk_dump(&self->nl, nlk_request(&self->nl, DREAM_CMD_STATS_GET),
			note_stats, s);
}

static int reset_stats(fixture *self, int64_t model)
{
	struct nl_msg *msg = nlk_request(&self->nl, DREAM_CMD_STATS_RESET);

	if (model >= 0)
		nla_put_u32(msg, DREAM_A_STATS_MODEL, model);
	return nlk_do(&self->nl, msg, NULL, NULL);
}

static bool adds_up(const struct nlk_counters *c)
{
	return c->released == c->met + c->missed + c->dropped + c->cancelled +
			      c->failed;
}

/* One job of each fate, in the counters of the queue and of the model. */
TEST_F(get, counters)
{
	struct dream_queue_create attr = { .deadline_ns = RELAXED };
	uint64_t accel_ns = 0, energy = 0, latency = 0;
	struct work work = { .ns = 1000, .energy = 5 };
	struct nlk_counters *c;
	struct nlk_queue q;
	struct request r;
	struct stats s;
	int model;

	model = nlk_model_simple(&self->nl, "m", "x", 1, MS, 40);
	ASSERT_LT(0, model);
	attr.model = model;
	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));
	ASSERT_EQ(0, reset_stats(self, -1));

	bed_command(&self->bed, 0, &work);
	request_init(&r, &self->bed, attr.handle, 0, 1);
	/* Withdrawn before and after its release. */
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 1, 1));
	request_dep(&r, self->bed.queue, 1, 0);
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	r.job.dep_count = 0;
	r.job.dep_stride = 0;
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(2, cancel(self->bed.fd, attr.handle, 0));
	/* In time; late; failed. */
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	r.job.deadline_ns = now_ns();
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	r.job.deadline_ns = 0;
	ASSERT_EQ(0, wait_job(self->bed.fd, attr.handle, 0));
	ASSERT_EQ(0, vnpu_set("a", "fail", "1"));
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(6, reap(self->bed.fd, self->records, 6));
	for (int i = 0; i < 6; i++) {
		struct dream_completion *rec = &self->records[i];

		if (rec->queue != attr.handle)
			continue;
		accel_ns += rec->accel_ns;
		energy += rec->energy_nj;
		if (rec->status == DREAM_STATUS_DONE)
			latency += rec->end_ns - rec->release_ns;
	}

	ASSERT_EQ(0, nlk_queue_get(&self->nl, attr.id, &q));
	c = &q.counters;
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(5, c->submitted);
		EXPECT_EQ(4, c->released);
		EXPECT_EQ(1, c->met);
		EXPECT_EQ(1, c->missed);
		EXPECT_EQ(0, c->dropped);
		EXPECT_EQ(1, c->cancelled);
		EXPECT_EQ(1, c->failed);
		EXPECT_EQ(1, c->unwanted);
		EXPECT_EQ(2, c->layers);
		EXPECT_EQ(accel_ns, c->accel_ns);
		EXPECT_EQ(energy, c->energy_nj);
		EXPECT_EQ(latency, c->latency_ns);
		EXPECT_EQ(2, c->reason[DREAM_REASON_USER]);
		EXPECT_EQ(2, c->reason[DREAM_REASON_NONE]);
		EXPECT_EQ(1, c->reason[DREAM_REASON_DEVICE]);
		EXPECT_TRUE(adds_up(c));
		ASSERT_EQ(2, get_stats(self, model, &s));
		c = &s.counters;
	}
	EXPECT_EQ(0, s.first);
	EXPECT_LE(4, s.decisions);
	EXPECT_LE(s.decisions, s.evaluations);
	EXPECT_LT(0, s.since_ns);
	/* The queue without a model. */
	ASSERT_EQ(2, get_stats(self, 0, &s));
	EXPECT_EQ(1, s.counters.submitted);
	EXPECT_EQ(1, s.counters.met);
}

TEST_F(get, stats_are_reset)
{
	struct stats s;

	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	ASSERT_LE(1, get_stats(self, 0, &s));
	EXPECT_LE(1, s.counters.met);
	ASSERT_EQ(0, reset_stats(self, 0));
	ASSERT_LE(1, get_stats(self, 0, &s));
	EXPECT_EQ(0, s.counters.met);
	EXPECT_LT(0, s.decisions);
	ASSERT_EQ(0, reset_stats(self, -1));
	ASSERT_LE(1, get_stats(self, 0, &s));
	EXPECT_EQ(0, s.decisions);
	EXPECT_GT(SECOND, s.since_ns);
	EXPECT_NL_REFUSED(ENOENT, &self->nl, reset_stats(self, 12345678));
}

/* Counters are of one moment, while work goes on. */
TEST_F(get, queue_dump_under_load)
{
	enum { QUEUES = 200 };
	static struct nlk_queue queues[QUEUES + 1];
	static struct dream_completion records[QUEUES];

	for (int q = 0; q < QUEUES; q++)
		ASSERT_EQ(1, submit_one(&self->bed, queue_make(self->bed.fd), 0,
					20000));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, vnpu_make("b", ""));
	do {
		ASSERT_EQ(QUEUES + 1, nlk_queues(&self->nl, queues, QUEUES + 1));
		for (int q = 0; q <= QUEUES; q++) {
			struct nlk_counters *c = &queues[q].counters;

			if (q)
				ASSERT_LT(queues[q - 1].id, queues[q].id);
			ASSERT_EQ(c->released, c->met + queues[q].ready);
		}
	} while (reap_now(self->bed.fd, records, QUEUES) > 0);
	ASSERT_EQ(0, wait_job(self->bed.fd, self->bed.queue, 0));
}

TEST_HARNESS_MAIN
