// SPDX-License-Identifier: GPL-2.0
/*
 * The simulator: small scenarios whose outcome can be computed by hand, and what must
 * hold in every scenario under every policy: each frame ends once, energy and time
 * add up, the same seed gives the same result.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dream/dream.h>

#include "kmod/param_table.h"
#include "kselftest_harness.h"
#include "tools/dreamsim/sim.h"

#define MS	1000000ULL
#define MANY	4

/* A scenario that is written down in the test; every layer costs 7 nJ a ms. */
struct world {
	struct scenario scenario;
	struct scenario_class classes[MANY];
	struct scenario_npu npus[MANY];
	struct scenario_model models[MANY];
	struct scenario_variant variants[MANY][MANY];
	struct scenario_layer layers[MANY][MANY][MANY];
	struct scenario_cost costs[MANY][MANY][MANY][MANY];
	struct scenario_gate gates[MANY];
	struct scenario_stream streams[MANY];
};

FIXTURE(sim) {
	struct world w;
	struct sim_setup setup;
	struct sim_result result;
	bool ran;
};

FIXTURE_SETUP(sim)
{
	struct scenario *s = &self->w.scenario;

	s->name = "test";
	s->platform = "test";
	s->seed = 1;
	s->load = 1;
	s->classes = self->w.classes;
	s->npus = self->w.npus;
	s->models = self->w.models;
	s->streams = self->w.streams;
	sim_setup_init(&self->setup, s, &dream_policy_fifo);
}

static void forget(struct _test_data_sim *self)
{
	if (self->ran)
		sim_result_free(&self->w.scenario, &self->result);
	self->ran = false;
}

FIXTURE_TEARDOWN(sim)
{
	forget(self);
}

/* One class for each NPU. */
static void add_npu(struct world *w, const char *domain)
{
	uint32_t i = w->scenario.npu_count++;

	w->scenario.class_count++;
	snprintf(w->classes[i].name, sizeof(w->classes[i].name), "c%u", i);
	snprintf(w->npus[i].name, sizeof(w->npus[i].name), "n%u", i);
	snprintf(w->npus[i].domain, sizeof(w->npus[i].domain), "%s", domain);
	w->classes[i].array.bandwidth_mbps = 1000;
	w->npus[i].class = i;
	w->npus[i].slots = 1;
}

static void add_layer(struct world *w, uint32_t m, uint32_t v, uint64_t ms)
{
	struct scenario_variant *variant = &w->variants[m][v];
	uint32_t l = variant->layer_count++;
	struct scenario_layer *layer = &w->layers[m][v][l];
	uint32_t c;

	variant->layers = w->layers[m][v];
	layer->gate = SCENARIO_NO_GATE;
	layer->costs = w->costs[m][v][l];
	for (c = 0; c < MANY; c++)
		layer->costs[c] = (struct scenario_cost) {
			.latency_ns = ms * MS,
			.energy_nj = ms * 7,
		};
}

/* A model of layers that take so many ms, ended by 0. */
static uint32_t add_model(struct world *w, const uint64_t *ms)
{
	uint32_t m = w->scenario.model_count++;

	w->models[m].variants = w->variants[m];
	w->models[m].variant_count = 1;
	for (; *ms; ms++)
		add_layer(w, m, 0, *ms);
	return m;
}

#define MODEL(w, ...)	add_model(w, (const uint64_t[]) { __VA_ARGS__, 0 })

static struct scenario_stream *add_stream(struct world *w, uint32_t model,
					  uint64_t period_ms,
					  uint64_t deadline_ms)
{
	uint32_t i = w->scenario.stream_count++;

	w->streams[i] = (struct scenario_stream) {
		.model = model,
		.parent = SCENARIO_NO_PARENT,
		.root = i,
		.fps = 1000.0 / period_ms,
		.period_ns = period_ms * MS,
		.deadline_ns = deadline_ms * MS,
		.depth = 2,
		.weight = 100,
		.drop_cap = DREAM_DROP_CAP_DEFAULT,
		.variant_max = DREAM_VARIANT_ANY,
	};
	return &w->streams[i];
}

static void add_child(struct world *w, uint32_t model, uint32_t parent,
		      uint64_t deadline_ms, uint32_t probability)
{
	struct scenario_stream *s = add_stream(w, model, 10, deadline_ms);

	s->parent = parent;
	s->root = w->streams[parent].root;
	s->fps = w->streams[parent].fps;
	s->probability = probability;
}

static void run(struct _test_data_sim *self, uint64_t duration_ms)
{
	forget(self);
	self->w.scenario.duration_ns = duration_ms * MS;
	sim_run(&self->setup, &self->result);
	self->ran = true;
}

#define EXPECT_ENDS(stream, n_met, n_missed, n_dropped) do {		\
	const struct tally *_t = &self->result.streams[stream];		\
									\
	EXPECT_TRUE(tally_adds_up(_t));					\
	EXPECT_EQ(n_met, _t->ends[FRAME_MET]);				\
	EXPECT_EQ(n_missed, _t->ends[FRAME_MISSED]);			\
	EXPECT_EQ(n_dropped, _t->ends[FRAME_DROPPED]);			\
} while (0)

#define EXPECT_LATENCY(stream, frame, ms)				\
	EXPECT_EQ((ms) * MS,						\
		  self->result.streams[stream].latencies[frame])

/* ---------------------------------------------------------- time and energy */

TEST_F(sim, a_frame_alone_takes_what_its_layers_take)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 1, 2), 100, 5);
	run(self, 50);
	EXPECT_ENDS(0, 1, 0, 0);
	EXPECT_LATENCY(0, 0, 3);
	EXPECT_EQ(21, self->result.streams[0].energy_nj);
	EXPECT_EQ(21, self->result.cheapest_nj);
	EXPECT_EQ(2, self->result.decisions);
	EXPECT_EQ(2, self->result.accels[0].commands);
	EXPECT_EQ(3 * MS, self->result.accels[0].busy_ns);
	EXPECT_EQ(50 * MS, self->result.window_ns);
}

TEST_F(sim, the_window_goes_to_the_end_of_the_last_frame)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 70), 100, 5);
	run(self, 50);
	EXPECT_ENDS(0, 0, 1, 0);
	EXPECT_EQ(70 * MS, self->result.window_ns);
}

TEST_F(sim, a_deadline_is_met_at_its_very_end)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 2, 3), 100, 5);
	run(self, 50);
	EXPECT_ENDS(0, 1, 0, 0);
}

TEST_F(sim, an_overhead_lies_before_each_layer)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 1, 2), 100, 50);
	ASSERT_EQ(0, sim_setup_param(&self->setup, "overhead", 1e6));
	run(self, 50);
	EXPECT_LATENCY(0, 0, 5);
	EXPECT_EQ(3 * MS, self->result.accels[0].busy_ns);
}

/* -------------------------------------------------------------------- order */

TEST_F(sim, fifo_runs_a_job_to_its_end_first)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 1, 1), 100, 50);
	add_stream(&self->w, MODEL(&self->w, 1), 100, 50);
	run(self, 50);
	EXPECT_LATENCY(0, 0, 2);
	EXPECT_LATENCY(1, 0, 3);
}

TEST_F(sim, edf_changes_over_between_layers)
{
	/* 1 arrives while the first layer of 0 runs: [0 0 0] [1] [0]. */
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 3, 2), 100, 50);
	add_stream(&self->w, MODEL(&self->w, 1), 100, 4)->phase_ns = MS;
	self->setup.policy = &dream_policy_edf;
	run(self, 50);
	EXPECT_LATENCY(0, 0, 6);
	EXPECT_LATENCY(1, 0, 3);
	EXPECT_ENDS(1, 1, 0, 0);
}

TEST_F(sim, two_accelerators_work_at_the_same_time)
{
	add_npu(&self->w, "");
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 4), 100, 50);
	add_stream(&self->w, MODEL(&self->w, 3), 100, 50);
	run(self, 50);
	EXPECT_LATENCY(0, 0, 4);
	EXPECT_LATENCY(1, 0, 3);
}

TEST_F(sim, edf_takes_the_faster_accelerator)
{
	struct world *w = &self->w;
	uint32_t m = MODEL(w, 4);

	add_npu(w, "");
	add_npu(w, "");
	add_stream(w, m, 100, 50);
	w->costs[m][0][0][1].latency_ns = 2 * MS;
	w->costs[m][0][0][1].energy_nj = 50;
	self->setup.policy = &dream_policy_edf;
	run(self, 50);
	EXPECT_LATENCY(0, 0, 2);
	EXPECT_EQ(50, self->result.streams[0].energy_nj);
	/* The cheapest would have been the other one. */
	EXPECT_EQ(28, self->result.cheapest_nj);
}

/* ------------------------------------------------------------------- queues */

TEST_F(sim, a_frame_that_arrives_in_a_full_queue_is_dropped)
{
	/* 0: 0-25; 10: 25-50; 20: full; 30: 50-75; 40: full. */
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 25), 10, 30);
	run(self, 50);
	EXPECT_ENDS(0, 1, 2, 2);
	EXPECT_EQ(2, self->result.streams[0].drops[DROP_QUEUE_FULL]);
	EXPECT_LATENCY(0, 0, 25);
	EXPECT_LATENCY(0, 1, 40);
	EXPECT_LATENCY(0, 2, 45);
	EXPECT_EQ(3, self->result.jobs);
}

TEST_F(sim, jobs_of_a_queue_run_one_at_a_time)
{
	add_npu(&self->w, "");
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 8), 5, 30);
	run(self, 10);
	EXPECT_LATENCY(0, 0, 8);
	EXPECT_LATENCY(0, 1, 11);
}

/* ----------------------------------------------------------------- cascades */

TEST_F(sim, a_child_arrives_when_its_parent_is_done)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 4), 100, 50);
	add_child(&self->w, MODEL(&self->w, 3), 0, 3, SCENARIO_CERTAIN);
	run(self, 50);
	EXPECT_ENDS(0, 1, 0, 0);
	EXPECT_ENDS(1, 1, 0, 0);
	EXPECT_LATENCY(1, 0, 3);
}

TEST_F(sim, a_child_that_nobody_asks_for_does_not_exist)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 4), 10, 50);
	add_child(&self->w, MODEL(&self->w, 3), 0, 3, 0);
	run(self, 50);
	EXPECT_EQ(0, self->result.streams[1].frames);
	EXPECT_EQ(5, self->result.jobs);
}

TEST_F(sim, a_child_is_lost_with_its_parent)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 25), 10, 30);
	add_child(&self->w, MODEL(&self->w, 1), 0, 90, SCENARIO_CERTAIN);
	run(self, 50);
	EXPECT_EQ(5, self->result.streams[1].frames);
	EXPECT_ENDS(1, 3, 0, 2);
	EXPECT_EQ(2, self->result.streams[1].drops[DROP_PARENT]);
}

TEST_F(sim, a_child_that_arrives_in_a_full_queue_is_dropped)
{
	/* The parent ends at 1, 11, 21; the child runs 1-26 and 26-51. */
	add_npu(&self->w, "");
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 1), 10, 30);
	add_child(&self->w, MODEL(&self->w, 25), 0, 30, SCENARIO_CERTAIN);
	run(self, 30);
	EXPECT_ENDS(0, 3, 0, 0);
	EXPECT_ENDS(1, 1, 1, 1);
	EXPECT_EQ(1, self->result.streams[1].drops[DROP_QUEUE_FULL]);
	EXPECT_LATENCY(1, 1, 40);
}

/* --------------------------------------------------------- gates, mechanisms */

static void add_gate(struct world *w, uint32_t model, uint32_t layer,
		     uint32_t target, uint32_t probability)
{
	struct scenario_variant *v = &w->variants[model][0];

	v->gates = w->gates;
	v->gate_count = 1;
	w->gates[0] = (struct scenario_gate) { layer, target, probability };
	v->layers[layer].gate = 0;
}

TEST_F(sim, a_gate_skips_layers)
{
	uint32_t m = MODEL(&self->w, 1, 10, 2);

	add_npu(&self->w, "");
	add_gate(&self->w, m, 0, 2, SCENARIO_CERTAIN);
	add_stream(&self->w, m, 100, 50);
	run(self, 50);
	EXPECT_LATENCY(0, 0, 3);
	ASSERT_EQ(0, sim_setup_param(&self->setup, "gates", 0));
	run(self, 50);
	EXPECT_LATENCY(0, 0, 13);
}

TEST_F(sim, a_gate_ends_a_frame)
{
	uint32_t m = MODEL(&self->w, 1, 10, 2);

	add_npu(&self->w, "");
	add_gate(&self->w, m, 0, 3, SCENARIO_CERTAIN);
	add_stream(&self->w, m, 100, 50);
	run(self, 50);
	EXPECT_LATENCY(0, 0, 1);
}

TEST_F(sim, the_frequency_of_a_gate_is_measured)
{
	/*
	 * 56 ms are expected at first. When the gate has often not been taken it
	 * is more than 70, and no frame is let through any more.
	 */
	uint32_t m = MODEL(&self->w, 10, 90);

	add_npu(&self->w, "");
	add_layer(&self->w, m, 0, 1);
	add_gate(&self->w, m, 0, 2, SCENARIO_CERTAIN / 2);
	add_stream(&self->w, m, 200, 70);
	ASSERT_EQ(0, sim_setup_param(&self->setup, "drop", 2));
	run(self, 100000);
	EXPECT_LT(0, tally_done(&self->result.streams[0]));
	EXPECT_LT(100, self->result.streams[0].drops[DROP_HOPELESS]);
}

TEST_F(sim, hopeless_frames_are_dropped_only_by_the_rule)
{
	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 6), 10, 5);
	run(self, 50);
	EXPECT_ENDS(0, 0, 5, 0);
	ASSERT_EQ(0, sim_setup_param(&self->setup, "drop", 2));
	run(self, 50);
	EXPECT_ENDS(0, 0, 0, 5);
	EXPECT_EQ(5, self->result.streams[0].drops[DROP_HOPELESS]);
	EXPECT_EQ(0, self->result.streams[0].energy_nj);
}

TEST_F(sim, a_lighter_variant_is_taken_if_it_fits)
{
	uint32_t m = MODEL(&self->w, 8);

	add_npu(&self->w, "");
	add_layer(&self->w, m, 1, 3);
	self->w.models[m].variant_count = 2;
	add_stream(&self->w, m, 10, 5);
	run(self, 50);
	EXPECT_ENDS(0, 0, 5, 0);
	ASSERT_EQ(0, sim_setup_param(&self->setup, "supernet", 1));
	run(self, 50);
	EXPECT_ENDS(0, 5, 0, 0);
	EXPECT_EQ(5, self->result.streams[0].variant_sum);
}

/* -------------------------------------------------------------------- devices */

TEST_F(sim, a_shared_memory_halves_the_speed)
{
	struct world *w = &self->w;
	uint32_t m = MODEL(w, 10), c;

	/* Each wants the whole bandwidth, 10^9 bytes per second. */
	for (c = 0; c < MANY; c++)
		w->costs[m][0][0][c].dram_bytes = 10000000;
	add_npu(w, "memory");
	add_npu(w, "memory");
	add_stream(w, m, 100, 50);
	add_stream(w, m, 100, 50)->phase_ns = 4 * MS;
	run(self, 50);
	/* 0-4 alone, 4-16 both, 16-20 alone. */
	EXPECT_LATENCY(0, 0, 16);
	EXPECT_LATENCY(1, 0, 16);
}

TEST_F(sim, a_memory_of_ones_own_is_not_shared)
{
	struct world *w = &self->w;
	uint32_t m = MODEL(w, 10), c;

	for (c = 0; c < MANY; c++)
		w->costs[m][0][0][c].dram_bytes = 10000000;
	add_npu(w, "");
	add_npu(w, "");
	add_stream(w, m, 100, 50);
	add_stream(w, m, 100, 50);
	run(self, 50);
	EXPECT_LATENCY(0, 0, 10);
	EXPECT_LATENCY(1, 0, 10);
}

TEST_F(sim, a_second_slot_hides_the_overhead)
{
	add_npu(&self->w, "");
	self->w.npus[0].slots = 2;
	add_stream(&self->w, MODEL(&self->w, 4), 100, 50);
	add_stream(&self->w, MODEL(&self->w, 4), 100, 50);
	ASSERT_EQ(0, sim_setup_param(&self->setup, "overhead", 1e6));
	run(self, 50);
	EXPECT_LATENCY(0, 0, 5);
	EXPECT_LATENCY(1, 0, 9);
}

TEST_F(sim, jitter_varies_with_the_seed_alone)
{
	uint64_t first, again;

	add_npu(&self->w, "");
	self->w.npus[0].jitter_permille = 100;
	add_stream(&self->w, MODEL(&self->w, 5), 10, 50);
	run(self, 1000);
	first = self->result.accels[0].busy_ns;
	run(self, 1000);
	again = self->result.accels[0].busy_ns;
	EXPECT_EQ(first, again);
	self->w.scenario.seed = 2;
	run(self, 1000);
	EXPECT_NE(first, self->result.accels[0].busy_ns);
	EXPECT_LE(100 * 5 * MS * 9 / 10, self->result.accels[0].busy_ns);
	EXPECT_GE(100 * 5 * MS * 11 / 10, self->result.accels[0].busy_ns);
}

/* ------------------------------------------------------------------ failures */

static int pick_fails(struct dream_state *st, struct dream_pick *pick)
{
	return -EIO;
}

static int pick_waits(struct dream_state *st, struct dream_pick *pick)
{
	return -EAGAIN;
}

static bool any_score(const struct dream_state *st, const struct dream_pjob *job,
		      const struct dream_paccel *accel, s64 *score)
{
	return false;
}

TEST_F(sim, fifo_takes_over_from_a_policy_that_fails)
{
	static const struct dream_policy_ops failing = {
		.name = "failing",
		.pick = pick_fails,
		.score = any_score,
	};

	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 4), 100, 50);
	self->setup.policy = &failing;
	run(self, 50);
	EXPECT_EQ(-EIO, self->result.error);
	EXPECT_ENDS(0, 1, 0, 0);
}

TEST_F(sim, a_policy_that_waits_for_ever_is_found_out)
{
	static const struct dream_policy_ops waiting = {
		.name = "waiting",
		.pick = pick_waits,
		.score = any_score,
	};

	add_npu(&self->w, "");
	add_stream(&self->w, MODEL(&self->w, 4), 10, 50);
	add_child(&self->w, MODEL(&self->w, 1), 0, 3, SCENARIO_CERTAIN);
	self->setup.policy = &waiting;
	run(self, 50);
	EXPECT_EQ(-EDEADLK, self->result.error);
	EXPECT_TRUE(tally_adds_up(&self->result.streams[0]));
	EXPECT_TRUE(tally_adds_up(&self->result.streams[1]));
	EXPECT_EQ(2, self->result.streams[0].ends[FRAME_CANCELLED]);
	EXPECT_EQ(3, self->result.streams[0].drops[DROP_QUEUE_FULL]);
}

TEST_F(sim, parameters_have_names_and_bounds)
{
	EXPECT_EQ(0, sim_setup_param(&self->setup, "alpha", 0.1));
	EXPECT_EQ(100 * 65536 / 1000, self->setup.params.alpha);
	EXPECT_EQ(-ERANGE, sim_setup_param(&self->setup, "alpha", 2.1));
	EXPECT_EQ(-ERANGE, sim_setup_param(&self->setup, "drop", -1));
	EXPECT_EQ(-ENOENT, sim_setup_param(&self->setup, "gamma", 1));
	EXPECT_EQ(-ERANGE, sim_setup_param(&self->setup, "slack-floor", 999));
	EXPECT_EQ(-ERANGE, sim_setup_param(&self->setup, "overhead", -1));
}

/* A value that is set is one that is kept, and nothing else changes. */
TEST_F(sim, every_parameter_is_kept)
{
	struct sim_setup other;
	u32 id;

	for (id = 0; id < DREAM_PARAM_COUNT; id++) {
		const struct dream_param_desc *desc = &dream_param_descs[id];

		sim_setup_init(&other, self->setup.scenario, self->setup.policy);
		EXPECT_EQ(0, memcmp(&other, &self->setup, sizeof(other)));
		EXPECT_EQ(0, sim_setup_param(&other, desc->name,
					     (double)desc->max / desc->scale));
		/* Nothing hangs in a simulation. */
		if (desc->max != desc->def && id != DREAM_PARAM_WATCHDOG &&
		    id != DREAM_PARAM_WATCHDOG_MAX)
			EXPECT_NE(0, memcmp(&other, &self->setup, sizeof(other)));
		EXPECT_EQ(0, sim_setup_param(&other, desc->name,
					     (double)desc->def / desc->scale));
		EXPECT_EQ(0, memcmp(&other, &self->setup, sizeof(other)));
	}
}

/* ------------------------------------------------- every scenario and policy */

static struct scenario *load(const char *name, const char *platform,
			     double factor)
{
	char file[512], platform_file[512];
	struct faults faults = { .out = stderr };
	struct scenario_overrides overrides = {
		.platform = platform_file,
		.has_duration = true,
		.duration_ns = 1000 * MS,
		.has_load = true,
		.load = factor,
	};

	snprintf(file, sizeof(file), TOP "/scenarios/%s.json", name);
	snprintf(platform_file, sizeof(platform_file),
		 TOP "/scenarios/platforms/%s.json", platform);
	return scenario_load(file, &overrides, &faults);
}

/* What must hold, whatever the policy has done. */
static const char *find_fault(const struct sim_setup *setup,
			      const struct sim_result *r)
{
	const struct scenario *s = setup->scenario;
	uint64_t energy = 0, done = 0, used = 0;
	uint32_t i;

	if (r->error)
		return "the policy failed";
	for (i = 0; i < s->stream_count; i++) {
		if (!tally_adds_up(&r->streams[i]))
			return "frames do not add up";
		if (s->streams[i].parent == SCENARIO_NO_PARENT &&
		    r->streams[i].frames != scenario_frames(s, &s->streams[i]))
			return "frames are missing";
		if (r->streams[i].ends[FRAME_CANCELLED])
			return "a frame was cancelled";
		energy += r->streams[i].energy_nj;
		done += tally_done(&r->streams[i]);
	}
	for (i = 0; i < s->npu_count; i++) {
		used += r->accels[i].energy_nj;
		if (r->accels[i].busy_ns > r->window_ns)
			return "busier than there is time";
	}
	if (used != energy)
		return "energy does not add up";
	if (done && energy < r->cheapest_nj)
		return "cheaper than possible";
	return NULL;
}

static void each_policy(struct __test_metadata *_metadata,
			const struct scenario *scenario)
{
	const struct dream_policy_ops *const *policy;
	struct sim_result result, again;
	struct sim_setup setup;
	const char *fault;
	double rule;

	for (policy = dream_policies; *policy; policy++) {
		for (rule = 0; rule <= 2; rule++) {
			sim_setup_init(&setup, scenario, *policy);
			sim_setup_param(&setup, "drop", rule);
			sim_setup_param(&setup, "supernet", rule > 0);
			sim_setup_param(&setup, "tune", rule > 0);
			sim_setup_param(&setup, "window", 100);
			sim_run(&setup, &result);
			sim_run(&setup, &again);
			fault = find_fault(&setup, &result);
			EXPECT_EQ(NULL, fault) {
				TH_LOG("%s on %s, %s, drop %g: %s",
				       scenario->name, scenario->platform,
				       (*policy)->name, rule, fault);
			}
			EXPECT_EQ(result.figures.uxcost, again.figures.uxcost);
			EXPECT_EQ(result.evaluations, again.evaluations);
			EXPECT_GE(2000, result.alpha);
			EXPECT_GE(2000, result.beta);
			sim_result_free(scenario, &result);
			sim_result_free(scenario, &again);
		}
	}
}

TEST(every_policy_accounts_for_every_frame)
{
	static const char *const names[] = {
		"vr_gaming", "ar_call", "drone_outdoor", "drone_indoor",
		"ar_social",
	};
	static const char *const platforms[] = {
		"4k-ws2048-2os1024", "4k-2ws2048",
	};
	struct scenario *scenario;
	size_t i, j;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (j = 0; j < 2; j++) {
			scenario = load(names[i], platforms[j], j ? 0.5 : 2);
			ASSERT_NE(NULL, scenario);
			each_policy(_metadata, scenario);
			scenario_free(scenario);
		}
	}
}

TEST_HARNESS_MAIN
