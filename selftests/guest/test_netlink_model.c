// SPDX-License-Identifier: GPL-2.0
/*
 * Models by netlink: made, loaded in chunks, committed by generation, used,
 * forgotten.
 */
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "netlink.h"

FIXTURE(model) {
	struct nlk nl;
	struct nlk_model m;
	uint32_t layers[8];
};

typedef FIXTURE_DATA(model) fixture;

FIXTURE_SETUP(model)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	for (int i = 0; i < 8; i++)
		self->layers[i] = 4;
}

FIXTURE_TEARDOWN(model)
{
	nlk_close(&self->nl);
}

struct state {
	uint32_t id, flags, state, owner, generation, rows, queues;
	uint32_t variants, layers[8];
	char name[DREAM_NAME_LEN];
	int count;
};

static void note_state(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct state *s = arg;
	struct nlattr *attr;
	int left, count = s->count + 1;

	memset(s, 0, sizeof(*s));
	s->count = count;
	s->id = nlk_u32(attrs[DREAM_A_MODEL_ID]);
	s->flags = nlk_u32(attrs[DREAM_A_MODEL_FLAGS]);
	s->state = nlk_u32(attrs[DREAM_A_MODEL_STATE]);
	s->owner = nlk_u32(attrs[DREAM_A_MODEL_OWNER]);
	s->generation = nlk_u32(attrs[DREAM_A_MODEL_GENERATION]);
	s->rows = nlk_u32(attrs[DREAM_A_MODEL_ROWS]);
	s->queues = nlk_u32(attrs[DREAM_A_MODEL_QUEUES]);
	snprintf(s->name, sizeof(s->name), "%s",
		 nlk_string(attrs[DREAM_A_MODEL_NAME]));
	nlmsg_for_each_attr(attr, head, GENL_HDRLEN, left)
		if (nla_type(attr) == DREAM_A_MODEL_VARIANT_LAYERS &&
		    s->variants < 8)
			s->layers[s->variants++] = nla_get_u32(attr);
}

static int get(struct nlk *nl, uint32_t id, struct state *s)
{
	struct nl_msg *msg = nlk_request(nl, DREAM_CMD_MODEL_GET);

	memset(s, 0, sizeof(*s));
	nla_put_u32(msg, DREAM_A_MODEL_ID, id);
	return nlk_do(nl, msg, note_state, s);
}

static int count_models(struct nlk *nl)
{
	return nlk_dump(nl, nlk_request(nl, DREAM_CMD_MODEL_GET), NULL, NULL);
}

static int make(fixture *self, const char *name, unsigned int variants)
{
	return nlk_model_new(&self->nl, name, 0, self->layers, variants, &self->m);
}

/* Sends a load and frees it. */
static int send_load(fixture *self, struct nl_msg *msg)
{
	return nlk_do(&self->nl, msg, NULL, NULL);
}

static int load_all(fixture *self, const char *class, uint64_t ns)
{
	struct nl_msg *msg = nlk_model_load(&self->nl, &self->m);

	for (int l = 0; l < 4; l++)
		nlk_add_cost(msg, 0, l, class, ns, 1);
	return send_load(self, msg);
}

TEST_F(model, life)
{
	struct state s;

	self->layers[1] = 3;
	self->layers[2] = 1024;
	ASSERT_EQ(0, make(self, "supernet", 3));
	EXPECT_NE(0, self->m.id);
	EXPECT_EQ(0, self->m.generation);
	ASSERT_EQ(0, get(&self->nl, self->m.id, &s));
	EXPECT_EQ(self->m.id, s.id);
	EXPECT_STREQ("supernet", s.name);
	EXPECT_EQ(0, s.flags);
	EXPECT_EQ(DREAM_MODEL_STATE_STAGED, s.state);
	EXPECT_EQ(getuid(), s.owner);
	EXPECT_EQ(3, s.variants);
	EXPECT_EQ(4, s.layers[0]);
	EXPECT_EQ(3, s.layers[1]);
	EXPECT_EQ(1024, s.layers[2]);
	EXPECT_EQ(0, s.rows);
	EXPECT_EQ(1, count_models(&self->nl));
	ASSERT_EQ(0, nlk_model_del(&self->nl, self->m.id));
	EXPECT_EQ(0, count_models(&self->nl));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, get(&self->nl, self->m.id, &s));
}

/* In chunks, in any order, rows replaced; the commit counts different ones. */
TEST_F(model, chunks)
{
	struct nl_msg *msg;
	struct nlk_cost cost;
	struct state s;

	ASSERT_EQ(0, make(self, "m", 1));
	for (int l = 3; l >= 0; l--) {
		msg = nlk_model_load(&self->nl, &self->m);
		nlk_add_layer(msg, 0, l, 10 * l, 20 * l, 30 * l);
		nlk_add_cost(msg, 0, l, "x", 1, 1);
		nlk_add_cost(msg, 0, l, "y", 200 + l, 7);
		ASSERT_EQ(0, send_load(self, msg));
	}
	msg = nlk_model_load(&self->nl, &self->m);
	nlk_add_gate(msg, 0, 0, 2, 1000000);
	nlk_add_cost(msg, 0, 2, "x", 100, 3);
	nlk_add_cost(msg, 0, 2, "x", 102, 5);
	ASSERT_EQ(0, send_load(self, msg));
	ASSERT_EQ(0, get(&self->nl, self->m.id, &s));
	EXPECT_EQ(13, s.rows);

	EXPECT_NL_REFUSED(ENODATA, &self->nl,
			  nlk_model_commit(&self->nl, &self->m, 12));
	EXPECT_NL_REFUSED(ENODATA, &self->nl,
			  nlk_model_commit(&self->nl, &self->m, 14));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &self->m, 13));
	EXPECT_EQ(1, self->m.generation);
	ASSERT_EQ(0, get(&self->nl, self->m.id, &s));
	EXPECT_EQ(DREAM_MODEL_STATE_COMMITTED, s.state);
	EXPECT_EQ(1, s.generation);
	EXPECT_EQ(0, s.rows);
	ASSERT_EQ(0, nlk_cost_get(&self->nl, self->m.id, 0, 2, "x", &cost));
	EXPECT_EQ(102, cost.latency_ns);
	EXPECT_EQ(5, cost.energy_nj);
	ASSERT_EQ(0, nlk_cost_get(&self->nl, self->m.id, 0, 3, "y", &cost));
	EXPECT_EQ(203, cost.latency_ns);
}

/* The largest message, and a model of many of them. */
TEST_F(model, large)
{
	struct nlk_cost cost;

	self->layers[0] = 1024;
	ASSERT_EQ(0, make(self, "large", 1));
	for (int first = 0; first < 1024; first += DREAM_ROWS_MAX) {
		struct nl_msg *msg = nlk_model_load(&self->nl, &self->m);

		for (int l = first; l < first + DREAM_ROWS_MAX; l++) {
			nlk_add_layer(msg, 0, l, l, l, l);
			nlk_add_cost(msg, 0, l, "x", l + 1, l);
		}
		ASSERT_EQ(0, send_load(self, msg));
	}
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &self->m, 2048));
	ASSERT_EQ(0, nlk_cost_get(&self->nl, self->m.id, 0, 1023, "x", &cost));
	EXPECT_EQ(1024, cost.latency_ns);
	EXPECT_EQ(1024, nlk_dump(&self->nl, ({
		struct nl_msg *msg = nlk_request(&self->nl, DREAM_CMD_COST_GET);

		nla_put_u32(msg, DREAM_A_MODEL_ID, self->m.id);
		msg;
	}), NULL, NULL));
}

TEST_F(model, new_refused)
{
	uint32_t zero = 0, many = 1025;
	uint32_t nine[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct nlk_model m;
	struct nl_msg *msg;
	char name[64];

	ASSERT_EQ(0, make(self, "taken", 1));
#define REFUSE_NEW(error, name, flags, layers, variants) \
	EXPECT_NL_REFUSED(error, &self->nl, \
			  nlk_model_new(&self->nl, name, flags, layers, variants, &m))

	REFUSE_NEW(EEXIST, "taken", 0, self->layers, 1);
	REFUSE_NEW(EINVAL, "", 0, self->layers, 1);
	REFUSE_NEW(EINVAL, "a/b", 0, self->layers, 1);
	REFUSE_NEW(EINVAL, "a\nb", 0, self->layers, 1);
	REFUSE_NEW(EINVAL, "\xc3\xa4", 0, self->layers, 1);
	memset(name, 'x', 32);
	name[32] = '\0';
	REFUSE_NEW(EINVAL, name, 0, self->layers, 1);
	REFUSE_NEW(EINVAL, "m", 4, self->layers, 1);
	REFUSE_NEW(EINVAL, "m", 1U << 31, self->layers, 1);
	REFUSE_NEW(EINVAL, "m", 0, self->layers, 0);
	REFUSE_NEW(EINVAL, "m", 0, nine, 9);
	REFUSE_NEW(EINVAL, "m", 0, &zero, 1);
	REFUSE_NEW(EINVAL, "m", 0, &many, 1);

	msg = nlk_request(&self->nl, DREAM_CMD_MODEL_NEW);
	nla_put_u32(msg, DREAM_A_MODEL_VARIANT_LAYERS, 1);
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_do(&self->nl, msg, NULL, NULL));
	/* An attribute that the request does not have, one of the wrong size. */
	msg = nlk_request(&self->nl, DREAM_CMD_MODEL_NEW);
	nla_put_string(msg, DREAM_A_MODEL_NAME, "m");
	nla_put_u32(msg, DREAM_A_MODEL_VARIANT_LAYERS, 1);
	nla_put_u32(msg, DREAM_A_MODEL_GENERATION, 0);
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_do(&self->nl, msg, NULL, NULL));
	msg = nlk_request(&self->nl, DREAM_CMD_MODEL_NEW);
	nla_put_string(msg, DREAM_A_MODEL_NAME, "m");
	nla_put_u16(msg, DREAM_A_MODEL_VARIANT_LAYERS, 1);
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_do(&self->nl, msg, NULL, NULL));
	EXPECT_EQ(1, count_models(&self->nl));

	name[31] = '\0';
	EXPECT_EQ(0, nlk_model_new(&self->nl, name, 0, self->layers, 8, &m));
}

/* A row that is wrong: the whole message is refused, no row is loaded. */
TEST_F(model, load_refused)
{
	struct nl_msg *msg;
	struct state s;

	self->layers[1] = 2;
	ASSERT_EQ(0, make(self, "m", 2));
#define REFUSE_LOAD(error, add) do {					\
	msg = nlk_model_load(&self->nl, &self->m);			\
	nlk_add_cost(msg, 0, 0, "good", 1, 1);				\
	add;								\
	EXPECT_NL_REFUSED(error, &self->nl, send_load(self, msg));	\
	ASSERT_EQ(0, get(&self->nl, self->m.id, &s));			\
	EXPECT_EQ(0, s.rows);						\
} while (0)

	REFUSE_LOAD(ERANGE, nlk_add_layer(msg, 2, 0, 0, 0, 0));
	REFUSE_LOAD(ERANGE, nlk_add_layer(msg, UINT32_MAX, 0, 0, 0, 0));
	REFUSE_LOAD(ERANGE, nlk_add_layer(msg, 0, 4, 0, 0, 0));
	REFUSE_LOAD(ERANGE, nlk_add_layer(msg, 1, 2, 0, 0, 0));
	REFUSE_LOAD(ERANGE, nlk_add_layer(msg, 1, UINT32_MAX, 0, 0, 0));
	REFUSE_LOAD(ERANGE, nlk_add_layer(msg, 0, 0, 1ULL << 41, 0, 0));
	REFUSE_LOAD(ERANGE, nlk_add_layer(msg, 0, 0, 0, UINT64_MAX, 0));
	REFUSE_LOAD(ERANGE, nlk_add_layer(msg, 0, 0, 0, 0, UINT64_MAX));

	REFUSE_LOAD(ERANGE, nlk_add_cost(msg, 2, 0, "x", 1, 1));
	REFUSE_LOAD(ERANGE, nlk_add_cost(msg, 1, 2, "x", 1, 1));
	REFUSE_LOAD(EINVAL, nlk_add_cost(msg, 0, 0, "", 1, 1));
	REFUSE_LOAD(EINVAL,
		    nlk_add_cost(msg, 0, 0, "thirty-two characters are one "
				 "more", 1, 1));
	REFUSE_LOAD(ERANGE, nlk_add_cost(msg, 0, 0, "x", 0, 1));
	REFUSE_LOAD(ERANGE, nlk_add_cost(msg, 0, 0, "x", 3600 * SECOND + 1, 1));
	REFUSE_LOAD(ERANGE, nlk_add_cost(msg, 0, 0, "x", UINT64_MAX, 1));
	REFUSE_LOAD(ERANGE, nlk_add_cost(msg, 0, 0, "x", 1, 1000000000000001));
	REFUSE_LOAD(ERANGE, nlk_add_cost(msg, 0, 0, "x", 1, UINT64_MAX));

	REFUSE_LOAD(ERANGE, nlk_add_gate(msg, 2, 0, 2, 0));
	REFUSE_LOAD(ERANGE, nlk_add_gate(msg, 0, 4, 6, 0));
	REFUSE_LOAD(EINVAL, nlk_add_gate(msg, 0, 1, 0, 0));
	REFUSE_LOAD(EINVAL, nlk_add_gate(msg, 0, 1, 1, 0));
	REFUSE_LOAD(EINVAL, nlk_add_gate(msg, 0, 1, 2, 0));
	REFUSE_LOAD(ERANGE, nlk_add_gate(msg, 0, 1, 5, 0));
	REFUSE_LOAD(ERANGE, nlk_add_gate(msg, 0, 1, UINT32_MAX, 0));
	REFUSE_LOAD(ERANGE, nlk_add_gate(msg, 0, 1, 3, 1000001));

	/* Just allowed. */
	msg = nlk_model_load(&self->nl, &self->m);
	nlk_add_layer(msg, 1, 1, 1ULL << 40, 1ULL << 40, 1ULL << 40);
	nlk_add_cost(msg, 0, 3, "thirty-one characters are fine.",
		     3600 * SECOND, 1000000000000000);
	nlk_add_cost(msg, 0, 3, "x", 1, 0);
	nlk_add_gate(msg, 0, 1, 4, 1000000);
	nlk_add_gate(msg, 0, 0, 2, 0);
	ASSERT_EQ(0, send_load(self, msg));
	ASSERT_EQ(0, get(&self->nl, self->m.id, &s));
	EXPECT_EQ(5, s.rows);
}

/* Each row is whole, and states nothing that is measured. */
TEST_F(model, rows_refused)
{
	static const struct { int kind, attrs; } kinds[] = {
		{ DREAM_A_MODEL_LAYER, 5 }, { DREAM_A_MODEL_COST, 5 },
		{ DREAM_A_MODEL_GATE, 4 },
	};
	static const int cost_attrs[] = {
		DREAM_A_COST_VARIANT, DREAM_A_COST_INDEX, DREAM_A_COST_CLASS,
		DREAM_A_COST_LATENCY_NS, DREAM_A_COST_ENERGY_NJ,
		DREAM_A_COST_MEASURED_NS, DREAM_A_COST_MEASURED_NJ,
	};
	struct nl_msg *msg;
	struct nlattr *nest;
	struct state s;

	ASSERT_EQ(0, make(self, "m", 1));
	/* Leave one attribute out. */
	for (int k = 0; k < 3; k++) {
		for (int out = 0; out < kinds[k].attrs; out++) {
			msg = nlk_model_load(&self->nl, &self->m);
			nest = nla_nest_start(msg, kinds[k].kind);
			for (int i = 0; i < kinds[k].attrs; i++) {
				if (i == out)
					continue;
				if (kinds[k].kind == DREAM_A_MODEL_GATE)
					nla_put_u32(msg, DREAM_A_GATE_VARIANT + i,
						    i == 2 ? 2 : 0);
				else if (kinds[k].kind == DREAM_A_MODEL_LAYER)
					i < 2 ? nla_put_u32(msg,
						DREAM_A_LAYER_VARIANT + i, 0) :
						nla_put_u64(msg,
							    DREAM_A_LAYER_VARIANT + i, 0);
				else if (i < 2)
					nla_put_u32(msg, cost_attrs[i], 0);
				else if (i == 2)
					nla_put_string(msg, cost_attrs[i], "x");
				else
					nla_put_u64(msg, cost_attrs[i], 1);
			}
			nla_nest_end(msg, nest);
			EXPECT_NL_REFUSED(EINVAL, &self->nl, send_load(self, msg));
		}
	}
	/* Measurements are the scheduler's. */
	for (int i = 5; i < 7; i++) {
		msg = nlk_model_load(&self->nl, &self->m);
		nest = nla_nest_start(msg, DREAM_A_MODEL_COST);
		nla_put_u32(msg, DREAM_A_COST_VARIANT, 0);
		nla_put_u32(msg, DREAM_A_COST_INDEX, 0);
		nla_put_string(msg, DREAM_A_COST_CLASS, "x");
		nla_put_u64(msg, DREAM_A_COST_LATENCY_NS, 1);
		nla_put_u64(msg, DREAM_A_COST_ENERGY_NJ, 1);
		nla_put_u64(msg, cost_attrs[i], 1);
		nla_nest_end(msg, nest);
		EXPECT_NL_REFUSED(EINVAL, &self->nl, send_load(self, msg));
	}
	ASSERT_EQ(0, get(&self->nl, self->m.id, &s));
	EXPECT_EQ(0, s.rows);
}

TEST_F(model, requests_refused)
{
	struct nlk_model m;
	struct nl_msg *msg;
	struct state s;

	ASSERT_EQ(0, make(self, "m", 1));
	/* Nothing in it, too much in it. */
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  send_load(self, nlk_model_load(&self->nl, &self->m)));
	msg = nlk_model_load(&self->nl, &self->m);
	for (int i = 0; i <= DREAM_ROWS_MAX; i++)
		nlk_add_gate(msg, 0, 0, 2, i);
	EXPECT_NL_REFUSED(E2BIG, &self->nl, send_load(self, msg));
	/* Which model, which generation, how many rows. */
	for (int out = 0; out < 3; out++) {
		msg = nlk_request(&self->nl, DREAM_CMD_MODEL_COMMIT);
		if (out != 0)
			nla_put_u32(msg, DREAM_A_MODEL_ID, self->m.id);
		if (out != 1)
			nla_put_u32(msg, DREAM_A_MODEL_GENERATION, 0);
		if (out != 2)
			nla_put_u32(msg, DREAM_A_MODEL_ROWS, 0);
		EXPECT_NL_REFUSED(EINVAL, &self->nl, send_load(self, msg));
	}
	for (int out = 0; out < 2; out++) {
		msg = nlk_request(&self->nl, DREAM_CMD_MODEL_LOAD);
		if (out != 0)
			nla_put_u32(msg, DREAM_A_MODEL_ID, self->m.id);
		if (out != 1)
			nla_put_u32(msg, DREAM_A_MODEL_GENERATION, 0);
		nlk_add_gate(msg, 0, 0, 2, 0);
		EXPECT_NL_REFUSED(EINVAL, &self->nl, send_load(self, msg));
	}
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  send_load(self, nlk_request(&self->nl,
						      DREAM_CMD_MODEL_DEL)));
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  send_load(self, nlk_request(&self->nl,
						      DREAM_CMD_MODEL_GET)));
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_dump(&self->nl, nlk_request(&self->nl,
							  DREAM_CMD_COST_GET),
				   NULL, NULL));

	/* Models that are not there. */
	m.id = self->m.id + 1;
	m.generation = 0;
	EXPECT_NL_REFUSED(ENOENT, &self->nl, nlk_model_commit(&self->nl, &m, 0));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, nlk_model_del(&self->nl, m.id));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, nlk_model_del(&self->nl, 0));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, get(&self->nl, m.id, &s));
	msg = nlk_model_load(&self->nl, &m);
	nlk_add_gate(msg, 0, 0, 2, 0);
	EXPECT_NL_REFUSED(ENOENT, &self->nl, send_load(self, msg));
	msg = nlk_request(&self->nl, DREAM_CMD_COST_GET);
	nla_put_u32(msg, DREAM_A_MODEL_ID, m.id);
	EXPECT_NL_REFUSED(ENOENT, &self->nl,
			  nlk_dump(&self->nl, msg, NULL, NULL));
	msg = nlk_request(&self->nl, DREAM_CMD_COST_GET);
	nla_put_u32(msg, DREAM_A_MODEL_ID, self->m.id);
	EXPECT_NL_REFUSED(ENODATA, &self->nl,
			  nlk_dump(&self->nl, msg, NULL, NULL));
}

TEST_F(model, commit_with_gaps)
{
	struct nl_msg *msg;

	ASSERT_EQ(0, make(self, "m", 1));
	EXPECT_NL_REFUSED(ENODATA, &self->nl,
			  nlk_model_commit(&self->nl, &self->m, 0));
	/* Each layer has a cost for some class: but not layer 2. */
	msg = nlk_model_load(&self->nl, &self->m);
	nlk_add_cost(msg, 0, 0, "x", 1, 1);
	nlk_add_cost(msg, 0, 1, "y", 1, 1);
	nlk_add_cost(msg, 0, 3, "x", 1, 1);
	nlk_add_layer(msg, 0, 2, 1, 1, 1);
	ASSERT_EQ(0, send_load(self, msg));
	EXPECT_NL_REFUSED(ENODATA, &self->nl,
			  nlk_model_commit(&self->nl, &self->m, 4));
	msg = nlk_model_load(&self->nl, &self->m);
	nlk_add_cost(msg, 0, 2, "z", 1, 1);
	ASSERT_EQ(0, send_load(self, msg));
	EXPECT_EQ(0, nlk_model_commit(&self->nl, &self->m, 5));
	/* Nothing has been loaded since. */
	EXPECT_NL_REFUSED(ENODATA, &self->nl,
			  nlk_model_commit(&self->nl, &self->m, 0));
}

/* Two loaders: who comes later must look first. */
TEST_F(model, generations)
{
	struct nlk_model old;
	struct nlk_cost cost;

	ASSERT_EQ(0, make(self, "m", 1));
	old = self->m;
	ASSERT_EQ(0, load_all(self, "x", 10));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &self->m, 4));
	EXPECT_EQ(1, self->m.generation);

	EXPECT_NL_REFUSED(ESTALE, &self->nl, ({
		struct nl_msg *msg = nlk_model_load(&self->nl, &old);

		nlk_add_cost(msg, 0, 0, "x", 99, 1);
		send_load(self, msg);
	}));
	EXPECT_NL_REFUSED(ESTALE, &self->nl,
			  nlk_model_commit(&self->nl, &old, 4));
	old.generation = 2;
	EXPECT_NL_REFUSED(ESTALE, &self->nl,
			  nlk_model_commit(&self->nl, &old, 4));

	/* The new tables hold when they have been committed, not before. */
	ASSERT_EQ(0, load_all(self, "x", 20));
	ASSERT_EQ(0, nlk_cost_get(&self->nl, self->m.id, 0, 0, "x", &cost));
	EXPECT_EQ(10, cost.latency_ns);
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &self->m, 4));
	EXPECT_EQ(2, self->m.generation);
	ASSERT_EQ(0, nlk_cost_get(&self->nl, self->m.id, 0, 0, "x", &cost));
	EXPECT_EQ(20, cost.latency_ns);
}

/* 16 classes fit; a message that would need more takes none of them. */
TEST_F(model, classes)
{
	struct nl_msg *msg;
	char class[8];

	ASSERT_EQ(0, make(self, "m", 1));
	msg = nlk_model_load(&self->nl, &self->m);
	for (int c = 0; c < 15; c++) {
		snprintf(class, sizeof(class), "c%d", c);
		nlk_add_cost(msg, 0, 0, class, 1, 1);
	}
	ASSERT_EQ(0, send_load(self, msg));
	msg = nlk_model_load(&self->nl, &self->m);
	nlk_add_cost(msg, 0, 0, "one", 1, 1);
	nlk_add_cost(msg, 0, 0, "two", 1, 1);
	EXPECT_NL_REFUSED(ENOSPC, &self->nl, send_load(self, msg));
	msg = nlk_model_load(&self->nl, &self->m);
	nlk_add_cost(msg, 0, 0, "three", 1, 1);
	EXPECT_EQ(0, send_load(self, msg));
	msg = nlk_model_load(&self->nl, &self->m);
	nlk_add_cost(msg, 0, 0, "four", 1, 1);
	EXPECT_NL_REFUSED(ENOSPC, &self->nl, send_load(self, msg));
}

/* A model goes with its socket; a persistent one stays. */
TEST_F(model, socket_closes)
{
	struct nlk other;
	struct nlk_model m, persistent;
	struct state s;

	ASSERT_EQ(0, nlk_open(&other));
	ASSERT_EQ(0, nlk_model_new(&other, "a", 0, self->layers, 1, &m));
	ASSERT_EQ(0, nlk_model_new(&other, "b", DREAM_MODEL_FLAGS_PERSISTENT,
				   self->layers, 1, &persistent));
	ASSERT_EQ(0, make(self, "c", 1));
	EXPECT_EQ(3, count_models(&self->nl));
	nlk_close(&other);
	EXPECT_EQ(2, count_models(&self->nl));
	EXPECT_NL_REFUSED(ENOENT, &self->nl, get(&self->nl, m.id, &s));
	EXPECT_EQ(0, get(&self->nl, persistent.id, &s));
	EXPECT_EQ(DREAM_MODEL_FLAGS_PERSISTENT, s.flags);
	EXPECT_EQ(0, nlk_model_del(&self->nl, persistent.id));
}

static int open_with_port(int protocol, uint32_t port)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_pid = port };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	return bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : fd;
}

/* It is that socket that counts: not one of the same number elsewhere. */
TEST_F(model, another_socket_closes)
{
	struct sockaddr_nl addr;
	socklen_t len = sizeof(addr);
	int fd, status;
	pid_t child;

	ASSERT_EQ(0, make(self, "m", 1));
	ASSERT_EQ(0, getsockname(self->nl.fd, (struct sockaddr *)&addr, &len));
	fd = open_with_port(NETLINK_ROUTE, addr.nl_pid);
	ASSERT_LE(0, fd);
	close(fd);
	EXPECT_EQ(1, count_models(&self->nl));
	/* In another network namespace. */
	child = fork();
	if (!child) {
		if (unshare(CLONE_NEWNET))
			_exit(1);
		fd = open_with_port(NETLINK_GENERIC, addr.nl_pid);
		_exit(fd < 0 ? 2 : close(fd));
	}
	waitpid(child, &status, 0);
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, count_models(&self->nl));
}

/* Open queues keep the tables of a model that is gone. */
TEST_F(model, gone_with_queues_open)
{
	struct dream_queue_create attr = { .deadline_ns = RELAXED };
	struct dream_completion record;
	struct nlk_queue q;
	struct request r;
	struct state s;
	struct bed bed;
	struct work work = { .ns = 1000 };

	ASSERT_EQ(0, make(self, "m", 1));
	attr.model = self->m.id;
	ASSERT_EQ(0, bed_open(&bed));
	/* Not committed yet. */
	EXPECT_REFUSED(ENOENT, queue_create(bed.fd, &attr));
	ASSERT_EQ(0, load_all(self, "x", 1000));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &self->m, 4));
	ASSERT_EQ(0, queue_create(bed.fd, &attr));
	ASSERT_EQ(0, get(&self->nl, self->m.id, &s));
	EXPECT_EQ(1, s.queues);
	ASSERT_EQ(0, nlk_queue_get(&self->nl, attr.id, &q));
	EXPECT_EQ(self->m.id, q.model);

	bed_command(&bed, 0, &work);
	request_init(&r, &bed, attr.handle, 0, 4);
	for (int l = 0; l < 4; l++)
		r.layers[l] = r.layers[0];
	ASSERT_EQ(0, request_submit(bed.fd, &r));
	ASSERT_EQ(0, nlk_model_del(&self->nl, self->m.id));
	attr = (struct dream_queue_create){
		.deadline_ns = RELAXED, .model = self->m.id,
	};
	EXPECT_REFUSED(ENOENT, queue_create(bed.fd, &attr));
	/* Submitted before and after it went. */
	ASSERT_EQ(0, request_submit(bed.fd, &r));
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(1, reap(bed.fd, &record, 1));
		EXPECT_EQ(DREAM_STATUS_DONE, record.status);
	}
	/* The name is free again. */
	EXPECT_EQ(0, make(self, "m", 1));
	bed_close(&bed);
	vnpu_remove_all();
}

/* Jobs that are under way keep the tables that they have started with. */
TEST_F(model, committed_again_with_jobs)
{
	struct dream_queue_create attr = { .deadline_ns = RELAXED };
	struct nlk_score scores[4];
	struct work work = { .ns = 1 };
	struct request r;
	struct bed bed;

	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 60000));
	ASSERT_EQ(0, make(self, "m", 1));
	ASSERT_EQ(0, load_all(self, "x", 1000));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &self->m, 4));
	ASSERT_EQ(0, bed_open(&bed));
	ASSERT_EQ(0, vnpu_make("a", "class=x hang=1"));
	ASSERT_EQ(1, submit_one(&bed, bed.queue, 9, 1));
	bed_command(&bed, 0, &work);
	for (int i = 0; i < 2; i++) {
		attr = (struct dream_queue_create){
			.deadline_ns = RELAXED, .model = self->m.id,
		};
		ASSERT_EQ(0, queue_create(bed.fd, &attr));
		request_init(&r, &bed, attr.handle, 0, 4);
		for (int l = 0; l < 4; l++)
			r.layers[l] = r.layers[0];
		ASSERT_EQ(0, request_submit(bed.fd, &r));
		ASSERT_EQ(0, load_all(self, "x", 3000));
		ASSERT_EQ(0, nlk_model_commit(&self->nl, &self->m, 4));
	}
	ASSERT_EQ(2, nlk_scores(&self->nl, 0, 0, false, scores, 4));
	EXPECT_EQ(4000, scores[0].to_go_ns);
	EXPECT_EQ(12000, scores[1].to_go_ns);
	bed_close(&bed);
	nlk_defaults(&self->nl);
}

TEST_HARNESS_MAIN
