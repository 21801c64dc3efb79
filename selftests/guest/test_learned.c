// SPDX-License-Identifier: GPL-2.0
/*
 * Costs are measured: a job without a profile runs and is known afterwards; a
 * profile that is wrong is corrected, and the scheduler acts on what it knows.
 */
#include "kselftest_harness.h"
#include "netlink.h"

FIXTURE(learned) {
	struct nlk nl;
	struct bed bed;
	struct dream_completion record;
	struct nlk_cost cost;
};

typedef FIXTURE_DATA(learned) fixture;

FIXTURE_SETUP(learned)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 60000));
	ASSERT_EQ(0, bed_open(&self->bed));
}

FIXTURE_TEARDOWN(learned)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* Runs a job of one layer. */
static int run(fixture *self, uint32_t queue, uint64_t ns, uint64_t energy)
{
	struct work work = { .ns = ns, .energy = energy };
	struct request r;

	bed_command(&self->bed, 0, &work);
	request_init(&r, &self->bed, queue, 0, 1);
	if (request_submit(self->bed.fd, &r) ||
	    reap(self->bed.fd, &self->record, 1) != 1)
		return -1;
	return self->record.status == DREAM_STATUS_DONE ? 0 : -1;
}

static int queue_with(fixture *self, uint32_t model)
{
	struct dream_queue_create attr = {
		.deadline_ns = RELAXED, .model = model,
	};

	return queue_create(self->bed.fd, &attr) ? -1 : (int)attr.handle;
}

/*
 * The score of a job that waits behind a command that hangs on @name, the only
 * accelerator.
 */
static int score_behind(fixture *self, const char *name, uint32_t queue,
			struct nlk_score *score)
{
	struct work work = { .ns = 1 };
	struct request r;
	int blocker = queue_make(self->bed.fd);

	bed_command(&self->bed, 1, &work);
	request_init(&r, &self->bed, blocker, 1, 1);
	if (vnpu_set(name, "hang", "1") || request_submit(self->bed.fd, &r))
		return -1;
	r.job.queue = queue;
	if (request_submit(self->bed.fd, &r))
		return -1;
	return nlk_scores(&self->nl, 0, 0, false, score, 1);
}

/* The first measurement is the estimate. */
TEST_F(learned, without_a_profile)
{
	struct nlk_score score;

	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, run(self, self->bed.queue, 3 * MS, 777));
	ASSERT_EQ(1, score_behind(self, "a", self->bed.queue, &score));
	EXPECT_EQ(self->record.accel_ns, score.latency_ns);
	EXPECT_EQ(777, score.energy_nj);
	EXPECT_EQ(self->record.accel_ns, score.to_go_ns);
	EXPECT_EQ(self->record.accel_ns, score.min_to_go_ns);
}

/* Of what has never run, nothing is known, and it can run. */
TEST_F(learned, nothing_known)
{
	struct nlk_score score;

	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(1, score_behind(self, "a", self->bed.queue, &score));
	EXPECT_LT(0, score.latency_ns);
	EXPECT_LT(0, score.to_go_ns);
	EXPECT_EQ(0, score.energy_nj);
}

/* A profile that says 50 ms for a layer of 1 ms comes down with each run. */
TEST_F(learned, wrong_profile_is_corrected)
{
	int model = nlk_model_simple(&self->nl, "slow", "x", 1, 50 * MS, 1000);
	int queue = queue_with(self, model);
	uint64_t last = 50 * MS;

	ASSERT_LT(0, model);
	ASSERT_LT(0, queue);
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, nlk_cost_get(&self->nl, model, 0, 0, "x", &self->cost));
	EXPECT_EQ(50 * MS, self->cost.latency_ns);
	EXPECT_EQ(1000, self->cost.energy_nj);
	EXPECT_EQ(0, self->cost.samples);
	for (int i = 1; i <= 12; i++) {
		ASSERT_EQ(0, run(self, queue, MS, 10));
		ASSERT_EQ(0, nlk_cost_get(&self->nl, model, 0, 0, "x",
					  &self->cost));
		EXPECT_EQ(i, self->cost.samples);
		EXPECT_GT(last, self->cost.measured_ns);
		last = self->cost.measured_ns;
	}
	/* 49 ms * (7/8)^12 are 10 ms. */
	EXPECT_GT(20 * MS, last);
	EXPECT_LE(MS, last);
	EXPECT_GT(250, self->cost.measured_nj);
	/* What was loaded is still told. */
	EXPECT_EQ(50 * MS, self->cost.latency_ns);
	EXPECT_EQ(1000, self->cost.energy_nj);
}

/* One step: the estimate moves by 1/2^n of the difference, as the parameter says. */
TEST_F(learned, step_of_the_average)
{
	int model, queue;

	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "ewma-shift", 0));
	model = nlk_model_simple(&self->nl, "one", "x", 1, 50 * MS, 1000);
	queue = queue_with(self, model);
	ASSERT_LT(0, queue);
	ASSERT_EQ(0, run(self, queue, MS, 40));
	ASSERT_EQ(0, nlk_cost_get(&self->nl, model, 0, 0, "x", &self->cost));
	EXPECT_EQ(self->record.accel_ns, self->cost.measured_ns);
	EXPECT_EQ(40, self->cost.measured_nj);

	ASSERT_EQ(0, nlk_param_set(&self->nl, "ewma-shift", 2));
	ASSERT_EQ(0, run(self, queue, MS, 80));
	ASSERT_EQ(0, nlk_cost_get(&self->nl, model, 0, 0, "x", &self->cost));
	EXPECT_EQ(50, self->cost.measured_nj);
	ASSERT_EQ(0, run(self, queue, MS, 10));
	ASSERT_EQ(0, nlk_cost_get(&self->nl, model, 0, 0, "x", &self->cost));
	EXPECT_EQ(40, self->cost.measured_nj);
}

/* A class that the profile does not know gets a row of its own. */
TEST_F(learned, class_unknown_to_the_profile)
{
	int model = nlk_model_simple(&self->nl, "m", "elsewhere", 1, 50 * MS, 9);
	int queue = queue_with(self, model);

	ASSERT_LT(0, queue);
	ASSERT_EQ(0, vnpu_make("a", "class=here"));
	EXPECT_EQ(-ENOENT, nlk_cost_get(&self->nl, model, 0, 0, "here",
					&self->cost));
	ASSERT_EQ(0, run(self, queue, 2 * MS, 5));
	ASSERT_EQ(0, nlk_cost_get(&self->nl, model, 0, 0, "here", &self->cost));
	EXPECT_EQ(0, self->cost.latency_ns);
	EXPECT_EQ(1, self->cost.samples);
	EXPECT_EQ(self->record.accel_ns, self->cost.measured_ns);
	ASSERT_EQ(0, nlk_cost_get(&self->nl, model, 0, 0, "elsewhere",
				  &self->cost));
	EXPECT_EQ(0, self->cost.samples);
}

/* Errors and what was taken back teach nothing. */
TEST_F(learned, failures_do_not_count)
{
	int model = nlk_model_simple(&self->nl, "m", "x", 1, 5 * MS, 9);
	int queue = queue_with(self, model);

	ASSERT_LT(0, queue);
	ASSERT_EQ(0, vnpu_make("a", "class=x fail=1"));
	EXPECT_EQ(-1, run(self, queue, 2 * MS, 5));
	ASSERT_EQ(0, nlk_cost_get(&self->nl, model, 0, 0, "x", &self->cost));
	EXPECT_EQ(0, self->cost.samples);
}

/*
 * The profile is upside down: it calls the slow accelerator fast. Under edf the
 * first jobs go there; what is measured turns them around.
 */
TEST_F(learned, scheduler_acts_on_it)
{
	struct dream_vnpu_cost_entry *cost;
	struct dream_vnpu_cmd *cmd;
	uint64_t fast = 0;
	uint32_t layers = 1;
	struct nlk_model model;
	struct work work = { .ns = 8 * MS };
	struct request r;
	struct nl_msg *msg;
	int queue;

	ASSERT_EQ(0, nlk_policy_set(&self->nl, "edf"));
	ASSERT_EQ(0, vnpu_make("slow", "class=slow"));
	ASSERT_EQ(0, vnpu_make("fast", "class=fast"));
	ASSERT_EQ(0, nlk_model_new(&self->nl, "m", 0, &layers, 1, &model));
	msg = nlk_model_load(&self->nl, &model);
	nlk_add_cost(msg, 0, 0, "slow", MS, 1);
	nlk_add_cost(msg, 0, 0, "fast", 3 * MS, 1);
	ASSERT_EQ(0, nlk_do(&self->nl, msg, NULL, NULL));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &model, 2));
	queue = queue_with(self, model.id);
	ASSERT_LT(0, queue);

	/* In truth 8 ms on the slow one and 1 us on the fast one. */
	bed_command(&self->bed, 0, &work);
	cmd = (void *)self->bed.commands;
	cost = (void *)(cmd + 1);
	_Static_assert(sizeof(*cmd) + 2 * sizeof(*cost) <= BED_COMMAND, "room");
	cmd->cost_count = 2;
	cost[1] = cost[0];
	cost[1].cycles = 1000;
	strcpy(cost[1].class_name, "fast");
	for (int i = 0; i < 20; i++) {
		request_init(&r, &self->bed, queue, 0, 1);
		r.layers[0].size = sizeof(*cmd) + 2 * sizeof(*cost);
		ASSERT_EQ(0, request_submit(self->bed.fd, &r));
		ASSERT_EQ(1, reap(self->bed.fd, &self->record, 1));
		ASSERT_EQ(DREAM_STATUS_DONE, self->record.status);
		fast = fast << 1 | (self->record.accel_mask ==
				    1ULL << accel_id(self->bed.fd, "fast"));
	}
	/* The first ones on the slow accelerator, the last ten on the fast one. */
	EXPECT_EQ(0, fast >> 19);
	EXPECT_EQ(0x3ff, fast & 0x3ff);
}

TEST_HARNESS_MAIN
