// SPDX-License-Identifier: GPL-2.0
/*
 * What a parameter turns on or off, under every policy: frames given up, variants by
 * load, gates, cascades.
 */
#include "kselftest_harness.h"
#include "netlink.h"

#define LAYERS	2

FIXTURE(mechanisms) {
	struct nlk nl;
	struct bed bed;
	struct dream_queue_create queue;
	struct dream_completion record;
	struct nlk_queue state;
};

typedef FIXTURE_DATA(mechanisms) fixture;

FIXTURE_SETUP(mechanisms)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, bed_open(&self->bed));
}

FIXTURE_TEARDOWN(mechanisms)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* A queue with a model of two layers of 10 ms each, which take 1 us in truth. */
static int make_queue(fixture *self, const char *name, uint32_t parent,
		      uint32_t drop_cap)
{
	int model = nlk_model_simple(&self->nl, name, "x", LAYERS, 10 * MS, 5);

	self->queue = (struct dream_queue_create){
		.model = model, .deadline_ns = RELAXED, .drop_cap = drop_cap,
		.parent = parent, .variant_max = DREAM_VARIANT_ANY,
	};
	return model < 0 ? model : queue_create(self->bed.fd, &self->queue);
}

static struct request job_for(fixture *self, uint32_t queue, uint64_t slack)
{
	struct work work = { .ns = 1000 };
	struct request r;

	bed_command(&self->bed, 0, &work);
	request_init(&r, &self->bed, queue, 0, LAYERS);
	r.layers[1] = r.layers[0];
	r.job.deadline_ns = now_ns() + slack;
	return r;
}

/* Submits a job; its record is in @self. */
static int run(fixture *self, uint32_t queue, uint64_t slack)
{
	struct request r = job_for(self, queue, slack);

	return request_submit(self->bed.fd, &r) ?:
	       reap(self->bed.fd, &self->record, 1) - 1;
}

#define EXPECT_HOPELESS(record) do {					\
	EXPECT_EQ(DREAM_STATUS_DROPPED, (record)->status);		\
	EXPECT_EQ(DREAM_REASON_HOPELESS, (record)->reason);		\
	EXPECT_EQ(0, (record)->start_ns);				\
	EXPECT_EQ(0, (record)->layers_run);				\
	EXPECT_NE(0, (record)->deadline_ns);				\
} while (0)

/* ------------------------------------------------------------------- drops */

TEST_F(mechanisms, nothing_is_dropped_by_default)
{
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, make_queue(self, "m", 0, DREAM_DROP_CAP_DEFAULT));
	ASSERT_EQ(0, run(self, self->queue.handle, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, self->record.status);
	EXPECT_EQ(DREAM_COMPLETION_LATE, self->record.flags);
}

/* 20 ms on the fastest accelerators: 15 ms are hopeless, an hour is not. */
TEST_F(mechanisms, hopeless_frames_are_dropped)
{
	struct nlk_event event;
	struct nlk events;

	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, make_queue(self, "m", 0, DREAM_DROP_CAP_DEFAULT));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "drop", 2));
	ASSERT_EQ(0, nlk_open(&events));
	ASSERT_EQ(0, nlk_listen(&events));
	ASSERT_EQ(0, run(self, self->queue.handle, 15 * MS));
	EXPECT_HOPELESS(&self->record);
	ASSERT_EQ(0, nlk_next_event(&events, DREAM_EVENT_TYPE_DROP, &event));
	EXPECT_EQ(self->queue.id, event.queue);
	EXPECT_EQ(1, event.seqno);
	EXPECT_EQ(DREAM_REASON_HOPELESS, event.reason);
	ASSERT_EQ(0, run(self, self->queue.handle, RELAXED));
	EXPECT_EQ(DREAM_STATUS_DONE, self->record.status);
	ASSERT_EQ(0, nlk_queue_get(&self->nl, self->queue.id, &self->state));
	EXPECT_EQ(2, self->state.counters.released);
	EXPECT_EQ(1, self->state.counters.dropped);
	EXPECT_EQ(1, self->state.counters.met);
	EXPECT_EQ(1, self->state.counters.reason[DREAM_REASON_HOPELESS]);
	nlk_close(&events);
}

/* Every policy has the mechanism. */
TEST_F(mechanisms, under_every_policy)
{
	static const char * const policies[] = { "fifo", "edf", "fifo-static", "dream" };

	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, make_queue(self, "m", 0, DREAM_DROP_CAP_DEFAULT));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "drop", 2));
	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(0, nlk_policy_set(&self->nl, policies[i]));
		ASSERT_EQ(0, run(self, self->queue.handle, 1));
		EXPECT_HOPELESS(&self->record);
	}
}

/* Somebody waits for the frames of a parent. */
TEST_F(mechanisms, parents_are_not_dropped)
{
	uint32_t parent;

	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, make_queue(self, "parent", 0, DREAM_DROP_CAP_DEFAULT));
	parent = self->queue.handle;
	ASSERT_EQ(0, make_queue(self, "child", parent, DREAM_DROP_CAP_DEFAULT));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "drop", 2));
	ASSERT_EQ(0, run(self, parent, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, self->record.status);
	ASSERT_EQ(0, run(self, self->queue.handle, 1));
	EXPECT_HOPELESS(&self->record);
}

/* DREAM's rule: it must help somebody. */
TEST_F(mechanisms, alone_a_frame_is_not_dropped)
{
	struct dream_completion records[2];
	uint32_t other;

	ASSERT_EQ(0, nlk_param_set(&self->nl, "drop", 1));
	ASSERT_EQ(0, make_queue(self, "m", 0, DREAM_DROP_CAP_DEFAULT));
	other = self->queue.handle;
	ASSERT_EQ(0, make_queue(self, "n", 0, DREAM_DROP_CAP_DEFAULT));
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, run(self, other, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, self->record.status);
	/* Two that miss: the one goes, the other stays. */
	ASSERT_EQ(0, vnpu_remove("a"));
	for (int i = 0; i < 2; i++) {
		struct request r = job_for(self, i ? self->queue.handle : other, 1);

		ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	}
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(2, reap(self->bed.fd, records, 2));
	EXPECT_HOPELESS(&records[0]);
	EXPECT_EQ(DREAM_STATUS_DONE, records[1].status);
}

/* Two of the last ten, or what the queue says. */
TEST_F(mechanisms, drops_are_capped)
{
	static const struct { uint32_t cap; int drops; } caps[] = {
		{ DREAM_DROP_CAP_DEFAULT, 2 }, { 0, 0 }, { 5, 5 },
	};
	uint32_t always_late;

	ASSERT_EQ(0, nlk_param_set(&self->nl, "drop", 1));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 60000));
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	/* A late frame hangs on an accelerator of its own: there is one to help. */
	ASSERT_EQ(0, make_queue(self, "late", 0, 0));
	always_late = self->queue.handle;
	ASSERT_EQ(0, vnpu_set("a", "hang", "1"));
	ASSERT_EQ(0, ({
		struct request r = job_for(self, always_late, 1);

		request_submit(self->bed.fd, &r);
	}));
	ASSERT_EQ(0, vnpu_make("b", "class=x"));
	for (int i = 0; i < 3; i++) {
		int dropped = 0;
		char name[2] = { 'a' + i };

		ASSERT_EQ(0, make_queue(self, name, 0, caps[i].cap));
		for (int n = 0; n < 10; n++) {
			ASSERT_EQ(0, run(self, self->queue.handle, 1));
			dropped += self->record.status == DREAM_STATUS_DROPPED;
		}
		EXPECT_EQ(caps[i].drops, dropped);
	}
}

/* ---------------------------------------------------------------- variants */

/* Three variants of one layer: 4, 2 and 1 s as the profile has it. */
static int make_supernet(fixture *self, uint32_t variant_max)
{
	uint32_t layers[3] = { 1, 1, 1 };
	struct nlk_model model;
	struct nl_msg *msg;
	int ret;

	ret = nlk_model_new(&self->nl, "supernet", 0, layers, 3, &model);
	if (ret)
		return ret;
	msg = nlk_model_load(&self->nl, &model);
	for (int v = 0; v < 3; v++)
		nlk_add_cost(msg, v, 0, "x", (4 * SECOND) >> v, 100 >> v);
	ret = nlk_do(&self->nl, msg, NULL, NULL) ?:
	      nlk_model_commit(&self->nl, &model, 3);
	if (ret)
		return ret;
	self->queue = (struct dream_queue_create){
		.model = model.id, .deadline_ns = RELAXED,
		.variant_max = variant_max,
	};
	return queue_create(self->bed.fd, &self->queue);
}

/* Each variant has a command of its own, which the data shows. */
static int run_variant(fixture *self, uint64_t slack, uint32_t *in_data)
{
	struct request r;

	self->bed.data[0] = 0;
	for (int v = 0; v < 3; v++) {
		struct work work = { .ns = 1000, .key = 100 + v };

		bed_command(&self->bed, v, &work);
	}
	request_init(&r, &self->bed, self->queue.handle, 0, 3);
	for (int v = 0; v < 3; v++)
		r.layers[v].variant = v;
	r.job.deadline_ns = now_ns() + slack;
	if (request_submit(self->bed.fd, &r) ||
	    reap(self->bed.fd, &self->record, 1) != 1)
		return -1;
	*in_data = self->bed.data[0] - 100;
	return self->record.status == DREAM_STATUS_DONE ? 0 : -1;
}

TEST_F(mechanisms, variant_fits_the_slack)
{
	static const struct { uint64_t slack; uint32_t variant; } cases[] = {
		{ 60 * SECOND, 0 }, { 3 * SECOND, 1 }, { 1500 * MS, 2 }, { 1, 2 },
	};
	struct nlk_event event;
	struct nlk events;
	uint32_t in_data;

	ASSERT_EQ(0, nlk_param_set(&self->nl, "supernet", 1));
	/* What is measured would move the costs. */
	ASSERT_EQ(0, nlk_param_set(&self->nl, "ewma-shift", 10));
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, make_supernet(self, DREAM_VARIANT_ANY));
	ASSERT_EQ(0, nlk_open(&events));
	ASSERT_EQ(0, nlk_listen(&events));
	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(0, run_variant(self, cases[i].slack, &in_data));
		EXPECT_EQ(cases[i].variant, self->record.variant);
		EXPECT_EQ(cases[i].variant, in_data);
		EXPECT_EQ(1, self->record.layers_run);
		if (!cases[i].variant)
			continue;
		ASSERT_EQ(0, nlk_next_event(&events, DREAM_EVENT_TYPE_VARIANT,
					    &event));
		EXPECT_EQ(i + 1, event.seqno);
		EXPECT_EQ(cases[i].variant, event.value);
	}
	ASSERT_EQ(0, nlk_queue_get(&self->nl, self->queue.id, &self->state));
	EXPECT_EQ(0 + 1 + 2 + 2, self->state.counters.variant_sum);
	nlk_close(&events);
}

TEST_F(mechanisms, variants_are_off_by_default)
{
	uint32_t in_data;

	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, make_supernet(self, DREAM_VARIANT_ANY));
	ASSERT_EQ(0, run_variant(self, 1, &in_data));
	EXPECT_EQ(0, self->record.variant);
	EXPECT_EQ(0, in_data);
}

TEST_F(mechanisms, lightest_variant_allowed)
{
	uint32_t in_data;

	ASSERT_EQ(0, nlk_param_set(&self->nl, "supernet", 1));
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, make_supernet(self, 1));
	ASSERT_EQ(0, run_variant(self, 1, &in_data));
	EXPECT_EQ(1, self->record.variant);
	EXPECT_EQ(1, in_data);
}

/* ------------------------------------------------------ gates and cascades */

TEST_F(mechanisms, gates_can_be_turned_off)
{
	struct work work = { .ns = 1000, .result = 1 };
	struct dream_queue_create attr = { .deadline_ns = RELAXED };
	uint32_t layers = 3;
	struct nlk_model model;
	struct request r;
	struct nl_msg *msg;

	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, nlk_model_new(&self->nl, "gated", 0, &layers, 1, &model));
	msg = nlk_model_load(&self->nl, &model);
	for (int l = 0; l < 3; l++)
		nlk_add_cost(msg, 0, l, "x", 1000, 1);
	nlk_add_gate(msg, 0, 0, 3, 500000);
	ASSERT_EQ(0, nlk_do(&self->nl, msg, NULL, NULL));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &model, 4));
	attr.model = model.id;
	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));
	bed_command(&self->bed, 0, &work);
	request_init(&r, &self->bed, attr.handle, 0, 3);
	r.layers[1] = r.layers[0];
	r.layers[2] = r.layers[0];
	for (int gates = 1; gates >= 0; gates--) {
		ASSERT_EQ(0, nlk_param_set(&self->nl, "gates", gates));
		ASSERT_EQ(0, request_submit(self->bed.fd, &r));
		ASSERT_EQ(1, reap(self->bed.fd, &self->record, 1));
		EXPECT_EQ(gates ? 1 : 3, self->record.layers_run);
		EXPECT_EQ(gates ? 2 : 0, self->record.skipped);
	}
}

TEST_F(mechanisms, cascades_can_be_turned_off)
{
	struct request r[2];

	ASSERT_EQ(0, make_queue(self, "m", 0, DREAM_DROP_CAP_DEFAULT));
	r[0] = job_for(self, self->queue.handle, RELAXED);
	r[1] = r[0];
	request_dep(&r[1], 0, 0, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "cascades", 0));
	EXPECT_REFUSED(EOPNOTSUPP, request_submit_all(self->bed.fd, r, 2));
	/* A dependency without a result is another thing. */
	r[1].deps[0].flags = DREAM_DEP_IN_CALL;
	EXPECT_EQ(0, request_submit_all(self->bed.fd, r, 2));
}

TEST_HARNESS_MAIN
