// SPDX-License-Identifier: GPL-2.0
/*
 * Gates: a layer's result skips what lies between it and the target, or ends the
 * job; the data shows which layers have run.
 */
#include "kselftest_harness.h"
#include "netlink.h"

#define LAYERS	6

FIXTURE(gates) {
	struct nlk nl;
	struct bed bed;
	struct nlk_model model;
	uint32_t queue;
	struct work work[LAYERS];
	struct dream_completion record;
};

typedef FIXTURE_DATA(gates) fixture;

/* A gate behind layer 1 leads to layer 4; one behind layer 4 ends the job. */
FIXTURE_SETUP(gates)
{
	struct dream_queue_create attr = { .deadline_ns = RELAXED };
	uint32_t layers = LAYERS;
	struct nl_msg *msg;

	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, nlk_model_new(&self->nl, "gated", 0, &layers, 1,
				   &self->model));
	msg = nlk_model_load(&self->nl, &self->model);
	for (int l = 0; l < LAYERS; l++)
		nlk_add_cost(msg, 0, l, "x", 1000 * (l + 1), 10);
	nlk_add_gate(msg, 0, 1, 4, 250000);
	nlk_add_gate(msg, 0, 4, LAYERS, 500000);
	ASSERT_EQ(0, nlk_do(&self->nl, msg, NULL, NULL));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &self->model, LAYERS + 2));

	ASSERT_EQ(0, bed_open(&self->bed));
	attr.model = self->model.id;
	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));
	self->queue = attr.handle;
	for (int l = 0; l < LAYERS; l++)
		self->work[l] = (struct work){
			.ns = 1000, .energy = 1, .key = l + 1,
			.in = 8, .in_words = 4, .out_words = 8,
		};
}

FIXTURE_TEARDOWN(gates)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* Runs one job and checks that exactly the layers in @path have run. */
static int run(struct __test_metadata *_metadata, fixture *self, const int *path)
{
	uint64_t want[BED_WORDS];
	struct request r;
	int layers = 0;

	for (int l = 0; l < LAYERS; l++)
		bed_command(&self->bed, l, &self->work[l]);
	memcpy(want, self->bed.data, sizeof(want));
	for (; *path >= 0; path++, layers++)
		transform(want, &self->work[*path]);
	request_init(&r, &self->bed, self->queue, 0, LAYERS);
	if (request_submit(self->bed.fd, &r) ||
	    reap(self->bed.fd, &self->record, 1) != 1)
		return -1;
	EXPECT_EQ(DREAM_STATUS_DONE, self->record.status);
	EXPECT_EQ(layers, self->record.layers_run);
	EXPECT_EQ(LAYERS - layers, self->record.skipped);
	EXPECT_EQ(layers, self->record.energy_nj);
	EXPECT_EQ(0, memcmp(want, self->bed.data, sizeof(want)));
	return 0;
}

TEST_F(gates, none_taken)
{
	static const int path[] = { 0, 1, 2, 3, 4, 5, -1 };

	ASSERT_EQ(0, run(_metadata, self, path));
}

TEST_F(gates, block_is_skipped)
{
	static const int path[] = { 0, 1, 4, 5, -1 };

	self->work[1].result = 1;
	self->work[5].result = 99;
	ASSERT_EQ(0, run(_metadata, self, path));
	EXPECT_EQ(99, self->record.result);
}

TEST_F(gates, early_exit)
{
	static const int path[] = { 0, 1, 2, 3, 4, -1 };

	self->work[4].result = 7;
	ASSERT_EQ(0, run(_metadata, self, path));
	EXPECT_EQ(7, self->record.result);
}

TEST_F(gates, both)
{
	static const int path[] = { 0, 1, 4, -1 };

	self->work[1].result = UINT32_MAX;
	self->work[4].result = 1U << 31;
	ASSERT_EQ(0, run(_metadata, self, path));
}

/* A result of a layer without a gate means nothing. */
TEST_F(gates, results_elsewhere)
{
	static const int path[] = { 0, 1, 2, 3, 4, 5, -1 };

	self->work[0].result = 1;
	self->work[2].result = 1;
	self->work[3].result = 1;
	ASSERT_EQ(0, run(_metadata, self, path));
}

struct gate {
	uint32_t target, probability, measured, samples;
};

static void note_gate(struct nlmsghdr *head, nlk_attrs attrs, void *arg)
{
	struct gate *gates = arg;
	nlk_attrs row;
	uint32_t index;

	if (!attrs[DREAM_A_MODEL_GATE])
		return;
	nlk_parse_nest(attrs[DREAM_A_MODEL_GATE], row);
	index = nlk_u32(row[DREAM_A_GATE_INDEX]);
	if (index >= LAYERS)
		return;
	gates[index].target = nlk_u32(row[DREAM_A_GATE_TARGET]);
	gates[index].probability = nlk_u32(row[DREAM_A_GATE_PROBABILITY]);
	gates[index].measured = nlk_u32(row[DREAM_A_GATE_MEASURED]);
	gates[index].samples = nlk_u32(row[DREAM_A_GATE_SAMPLES]);
}

static int get_gates(fixture *self, struct gate *gates)
{
	struct nl_msg *msg = nlk_request(&self->nl, DREAM_CMD_COST_GET);

	memset(gates, 0, LAYERS * sizeof(*gates));
	nla_put_u32(msg, DREAM_A_MODEL_ID, self->model.id);
	return nlk_dump(&self->nl, msg, note_gate, gates);
}

TEST_F(gates, frequency_is_measured)
{
	static const int path[] = { 0, 1, 4, 5, -1 };
	struct gate gates[LAYERS];
	uint32_t last = 250000;

	ASSERT_EQ(LAYERS, get_gates(self, gates));
	EXPECT_EQ(4, gates[1].target);
	EXPECT_EQ(250000, gates[1].probability);
	EXPECT_EQ(0, gates[1].samples);
	EXPECT_EQ(LAYERS, gates[4].target);

	/* Taken each time: the average rises, and the profile stays. */
	self->work[1].result = 1;
	for (int i = 1; i <= 10; i++) {
		ASSERT_EQ(0, run(_metadata, self, path));
		ASSERT_EQ(LAYERS, get_gates(self, gates));
		EXPECT_EQ(i, gates[1].samples);
		EXPECT_LT(last, gates[1].measured);
		last = gates[1].measured;
		EXPECT_EQ(i, gates[4].samples);
		EXPECT_GT(500000, gates[4].measured);
	}
	EXPECT_LT(500000, gates[1].measured);
	EXPECT_EQ(250000, gates[1].probability);
}

/*
 * The expected path: ToGo counts a layer behind a gate as often as it is expected
 * to run. 1 + 2 + 3/4 (3 + 4) + 5 + 1/2 6 us.
 */
TEST_F(gates, time_to_go_expects_gates)
{
	struct nlk_score score;
	struct nlk_queue q;
	struct request r;

	for (int l = 0; l < LAYERS; l++)
		bed_command(&self->bed, l, &self->work[l]);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 60000));
	ASSERT_EQ(0, vnpu_set("a", "hang", "1"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 10, MS));
	request_init(&r, &self->bed, self->queue, 0, LAYERS);
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(2, nlk_queues(&self->nl, &q, 1));
	ASSERT_EQ(1, nlk_scores(&self->nl, 0, 0, false, &score, 1));
	EXPECT_EQ(16250, score.to_go_ns);
	EXPECT_EQ(16250, score.min_to_go_ns);
	EXPECT_EQ(1000, score.latency_ns);
	EXPECT_EQ(10, score.energy_nj);
}

TEST_HARNESS_MAIN
