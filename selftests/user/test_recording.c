// SPDX-License-Identifier: GPL-2.0
/*
 * Recordings: what is read from their files and what is wrong with bad ones, how they
 * are made from a trace, and what comes of replaying them.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dream/dream.h>

#include "kselftest_harness.h"
#include "tools/dreamctl/capture.h"
#include "tools/dreamctl/recording.h"
#include "tools/dreamctl/search.h"

#define MS		1000000ULL
#define TEXT_MAX	65536
#define FRAMES		10

/*
 * recording.json: two models on one accelerator. Every 20 ms comes a frame of 5 layers
 * of 2 ms, and 1 ms later one of 2 ms that has 3.5 ms. By first come, first served the
 * latter waits for the whole of the former and is late; by deadline it waits for a
 * layer.
 */
#define GOOD	TOP "/selftests/user/recording.json"

static void read_good(char *text)
{
	FILE *in = fopen(GOOD, "r");
	size_t len = fread(text, 1, TEXT_MAX / 2, in);

	text[len] = '\0';
	fclose(in);
}

/* A copy with " for '. */
static char *quoted(const char *text)
{
	char *copy = strdup(text), *c;

	for (c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	return copy;
}

/* Replaces the first @from by @to, with " for '; false if there is none. */
static bool replace(char *text, const char *from, const char *to)
{
	char *old = quoted(from), *new = quoted(to);
	char *at = strstr(text, old);
	char *rest = at ? strdup(at + strlen(old)) : NULL;

	if (at) {
		strcpy(at, new);
		strcat(at, rest);
	}
	free(rest);
	free(new);
	free(old);
	return at;
}

FIXTURE(recording) {
	char file[32];
	char text[TEXT_MAX];
	char said[4096];
	struct faults faults;
	struct recording *recording;
};

FIXTURE_SETUP(recording)
{
	int fd;

	strcpy(self->file, "/tmp/recording.XXXXXX");
	fd = mkstemp(self->file);
	ASSERT_LE(0, fd);
	close(fd);
	read_good(self->text);
}

FIXTURE_TEARDOWN(recording)
{
	recording_free(self->recording);
	unlink(self->file);
}

static void load(struct _test_data_recording *self)
{
	FILE *out = fopen(self->file, "w");

	fputs(self->text, out);
	fclose(out);
	recording_free(self->recording);
	self->faults.count = 0;
	self->faults.out = fmemopen(self->said, sizeof(self->said), "w");
	self->recording = recording_load(self->file, &self->faults);
	fclose(self->faults.out);
}

TEST_F(recording, is_read)
{
	const struct recording_frame *frame;
	const struct scenario *s;

	load(self);
	ASSERT_NE(NULL, self->recording) {
		TH_LOG("%s", self->said);
	}
	s = &self->recording->scenario;
	EXPECT_EQ(5, self->recording->begin_ns);
	EXPECT_EQ(200 * MS, s->duration_ns);
	EXPECT_STREQ("fifo", s->policy);
	EXPECT_EQ(6, s->param_count);
	EXPECT_EQ(1, s->npu_count);
	EXPECT_EQ(2, s->model_count);
	EXPECT_EQ(5, s->models[0].variants[0].layer_count);
	EXPECT_EQ(1, s->models[0].variants[0].gate_count);
	EXPECT_EQ(3, self->recording->costs[0][0][4].runs);
	EXPECT_EQ(2 * MS, self->recording->costs[0][0][4].mean_ns);
	EXPECT_EQ(1 * MS, s->models[0].variants[0].layers[4].costs[0].latency_ns);
	ASSERT_EQ(2, s->stream_count);
	EXPECT_EQ(DREAM_DROP_CAP_DEFAULT, s->streams[0].drop_cap);
	EXPECT_EQ(FRAMES, self->recording->queues[1].count);
	frame = recording_find(&self->recording->queues[1], 3);
	ASSERT_NE(NULL, frame);
	EXPECT_EQ(41 * MS, frame->arrival_ns);
	EXPECT_EQ(FRAME_MISSED, frame->end);
	EXPECT_EQ(NULL, recording_find(&self->recording->queues[1], 11));
}

TEST_F(recording, is_written_as_it_was_read)
{
	json_t *first, *second;

	ASSERT_TRUE(replace(self->text, "'end':'met'",
			    "'end':'met','taken':[0]"));
	ASSERT_TRUE(replace(self->text, "'weight':100",
			    "'drop_cap':0,'variant_max':0,'weight':100"));
	load(self);
	ASSERT_NE(NULL, self->recording) {
		TH_LOG("%s", self->said);
	}
	first = recording_json(self->recording);
	ASSERT_EQ(0, json_dump_file(first, self->file, 0));
	recording_free(self->recording);
	self->recording = recording_load(self->file, &self->faults);
	ASSERT_NE(NULL, self->recording);
	second = recording_json(self->recording);
	EXPECT_TRUE(json_equal(first, second));
	json_decref(first);
	json_decref(second);
}

#define FIRST	"{'seqno':1,'arrival_ns':0,"

/* A change to the good recording, and what is wrong then: the place, the reason. */
static const struct bad {
	const char *from;
	const char *to;
	const char *fault;
} bad[] = {
	{ "{'recording':1", "{'recording':2", "/recording: " },
	{ "{'recording':1,", "{", "/: Missing required property 'recording'" },
	{ "'begin_ns':5", "'begin_ns':-5", "/begin_ns: Expected number" },
	{ "'policy':'fifo'", "'policy':''", "/policy: String should" },
	{ "'alpha':1", "'alpha':'x'", "/params/alpha: Value type" },
	{ "'slots':1", "'slots':0", "/accels/0/slots: Expected number" },
	{ "[{'name':'npu','class':'c','slots':1}]", "[]",
	  "/accels: Array should" },
	{ "{'c':{", "{'d':{",
	  "/models/0/variants/0/layers/0/costs: no cost for the class" },
	{ "'target':3", "'target':1",
	  "/models/0/variants/0/layers/0/gate/target: a gate behind layer 0" },
	{ "'target':3", "'target':6",
	  "/models/0/variants/0/layers/0/gate/target: a gate behind layer 0" },
	{ "'runs':3,", "",
	  "/models/0/variants/0/layers/4/costs/c: " },
	{ "'id':8", "'id':7", "/models/1: another model has the id 7" },
	{ "'id':2", "'id':1", "/queues/1/id: another queue has the id 1" },
	{ "'model':8", "'model':9", "/queues/1/model: there is no model 9" },
	{ "'weight':100", "'weight':0", "/queues/0/weight: Expected number" },
	{ "'weight':100", "'weight':100,'parent':9",
	  "/queues/0/parent: there is no queue 9" },
	{ "'weight':100", "'weight':100,'parent':1",
	  "/queues/0/parent: is its own ancestor" },
	{ "'weight':100", "'weight':100,'parent':2",
	  "/queues/0/frames/0/parent: which frame of the parent" },
	{ FIRST, "{'seqno':1,'parent':1,'arrival_ns':0,",
	  "/queues/0/frames/0/parent: the queue has no parent" },
	{ "'seqno':2,", "'seqno':1,", "/queues/0: two frames have the number 1" },
	{ "'seqno':2,'arrival_ns':20000000", "'seqno':2,'arrival_ns':50000000",
	  "/queues/0/frames/2: arrives before" },
	{ "'end':'met'", "'end':'lost'", "/queues/0/frames/0/end: " },
	{ "'end':'met',", "", "/queues/0/frames/0: " },
	{ "'end':'met'", "'end':'met','variant':1",
	  "/queues/0/frames/0/variant: the model has the variants 0 to 0" },
	{ "'end':'met'", "'end':'met','taken':[1]",
	  "/queues/0/frames/0/taken: layer 1 has no gate" },
	{ "'end':'met'", "'end':'met','passed':[9]",
	  "/queues/0/frames/0/passed: layer 9 has no gate" },
	{ "'end':'met'", "'end':'met','colour':1", "/queues/0/frames/0: " },
};

TEST_F(recording, bad_ones_are_refused_with_the_place)
{
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		read_good(self->text);
		ASSERT_TRUE(replace(self->text, bad[i].from, bad[i].to)) {
			TH_LOG("%zu: no %s", i, bad[i].from);
		}
		load(self);
		EXPECT_EQ(NULL, self->recording) {
			TH_LOG("%zu: %s was taken", i, bad[i].to);
		}
		EXPECT_NE(NULL, strstr(self->said, bad[i].fault)) {
			TH_LOG("%zu: said \"%s\", not \"%s\"", i, self->said,
			       bad[i].fault);
		}
	}
}

TEST_F(recording, no_file_and_no_json)
{
	strcpy(self->text, "[");
	load(self);
	EXPECT_EQ(NULL, self->recording);
	EXPECT_EQ(1, self->faults.count);
	EXPECT_EQ(NULL, recording_load("/nonexistent", &self->faults));
}

/* ------------------------------------------------------------------- replay */

TEST_F(recording, the_present_setting_is_reproduced)
{
	struct search search;

	load(self);
	ASSERT_NE(NULL, self->recording);
	ASSERT_EQ(0, search_init(&search, self->recording));
	search_present(&search);
	EXPECT_EQ(2 * FRAMES, search.match.frames);
	EXPECT_EQ(0, search.match.differing);
	EXPECT_TRUE(replay_matches(&search.match));
	EXPECT_EQ(FRAMES, search.replayed[FRAME_MET]);
	EXPECT_EQ(FRAMES, search.replayed[FRAME_MISSED]);
	EXPECT_EQ(1, search.settings[0].uxcost_ratio);
	/* Means of what was measured, not what was expected. */
	EXPECT_EQ(FRAMES * 60, search.settings[0].energy_nj);
	search_free(&search);
}

TEST_F(recording, a_false_one_is_noticed)
{
	struct search search;
	int i;

	for (i = 0; i < 5; i++)
		ASSERT_TRUE(replace(self->text, "'end':'missed'",
				    "'end':'met'"));
	load(self);
	ASSERT_NE(NULL, self->recording);
	ASSERT_EQ(0, search_init(&search, self->recording));
	search_present(&search);
	EXPECT_EQ(5, search.match.differing);
	EXPECT_FALSE(replay_matches(&search.match));
	search_free(&search);
}

TEST_F(recording, the_best_policy_is_found)
{
	const struct search_setting *best;
	struct search search;
	size_t i;

	load(self);
	ASSERT_NE(NULL, self->recording);
	ASSERT_EQ(0, search_init(&search, self->recording));
	search_present(&search);
	search_policy(&search, &dream_policy_fifo);
	EXPECT_EQ(NULL, search_best(&search));
	search_policy(&search, &dream_policy_edf);
	best = search_best(&search);
	ASSERT_NE(NULL, best);
	EXPECT_EQ(&dream_policy_edf, best->policy);
	EXPECT_EQ(0, best->figures.violated);
	EXPECT_GT(0.2, best->uxcost_ratio);
	EXPECT_GT(0.2, best->uxc_ratio);
	search_sort(&search);
	EXPECT_EQ(&dream_policy_fifo, search.settings[0].policy);
	EXPECT_EQ(1, search.settings[0].uxcost_ratio);
	EXPECT_EQ(search_best(&search), &search.settings[1]);
	for (i = 2; i < search.setting_count; i++)
		EXPECT_LE(search.settings[i - 1].figures.uxcost,
			  search.settings[i].figures.uxcost);
	search_free(&search);
}

/* By first come, first served, what is dropped would have been late anyway. */
TEST_F(recording, a_gain_by_dropping_is_none)
{
	const double drops[] = { 2 };
	struct search search;
	size_t i;

	load(self);
	ASSERT_NE(NULL, self->recording);
	ASSERT_EQ(0, search_init(&search, self->recording));
	ASSERT_EQ(0, search_add_values(&search, "drop", drops, 1));
	search_present(&search);
	search_policy(&search, &dream_policy_fifo);
	ASSERT_LE(2, search.setting_count);
	for (i = 1; i < search.setting_count; i++) {
		EXPECT_EQ(FRAMES, search.settings[i].figures.dropped);
		EXPECT_GT(0.9, search.settings[i].uxcost_ratio);
		EXPECT_LE(1, search.settings[i].uxc_ratio);
	}
	EXPECT_EQ(NULL, search_best(&search));
	search_free(&search);
}

TEST_F(recording, values_have_to_be_possible)
{
	const double high[] = { 1, 3 }, good[] = { 0.5, 0.25 };
	struct search search;

	load(self);
	ASSERT_NE(NULL, self->recording);
	ASSERT_EQ(0, search_init(&search, self->recording));
	EXPECT_EQ(-ERANGE, search_add_values(&search, "alpha", high, 2));
	EXPECT_EQ(-ENOENT, search_add_values(&search, "colour", good, 2));
	EXPECT_EQ(0, search_add_values(&search, "alpha", good, 2));
	search_present(&search);
	search_policy(&search, &dream_policy_dream);
	/* alpha by drop, and those with the present alpha. */
	EXPECT_EQ(1 + 1 + 2 * 3, search.setting_count);
	search_free(&search);
}

TEST_F(recording, an_unknown_policy_is_noticed)
{
	struct search search;

	ASSERT_TRUE(replace(self->text, "'policy':'fifo'", "'policy':'best'"));
	load(self);
	ASSERT_NE(NULL, self->recording);
	EXPECT_EQ(-ENOENT, search_init(&search, self->recording));
	search_free(&search);
}

/* ------------------------------------------------------------------- traces */

/*
 * What recording_trace.txt tells. Queue 2 is asked by queue 1. Job 1 skips from layer 0
 * to 2, job 2 does not; only job 1 asks for one. The third frame of queue 1 is given
 * up. Queue 9 is unknown.
 */
static void fill_capture(struct capture *capture)
{
	static const struct dream_layer_row layers[] = {
		{ .index = 0 }, { .index = 1 }, { .index = 2 },
	};
	static const struct dream_cost_row costs[] = {
		{ .index = 0, .class_name = "c", .latency_ns = 5 * MS,
		  .energy_nj = 20, .measured_ns = 6 * MS, .measured_nj = 24,
		  .samples = 2 },
		{ .index = 1, .class_name = "c", .latency_ns = 5 * MS,
		  .energy_nj = 20 },
		{ .index = 2, .class_name = "other", .latency_ns = 5 * MS,
		  .energy_nj = 20 },
	};
	static const struct dream_gate_row gates[] = {
		{ .index = 0, .target = 2, .probability = 500000 },
	};
	static struct dream_queue queues[] = {
		{ .id = 1, .name = "p", .model = 7, .weight = 100, .depth = 2,
		  .period_ns = 100 * MS, .deadline_ns = 100 * MS,
		  .drop_cap = DREAM_DROP_CAP_DEFAULT,
		  .variant_max = DREAM_VARIANT_ANY },
		{ .id = 2, .name = "c", .model = 7, .weight = 100, .depth = 2,
		  .parent = 1, .period_ns = 100 * MS, .deadline_ns = 100 * MS,
		  .drop_cap = 1, .variant_max = 0 },
	};
	static struct dream_accel accel = {
		.id = 4, .name = "npu", .class_name = "c", .slots = 1,
	};
	static struct dream_param params[] = {
		{ .name = "alpha", .scale = 1000, .value = 500 },
		{ .name = "beta", .scale = 1000 },
		{ .name = "drop", .scale = 1 },
		{ .name = "supernet", .scale = 1 },
		{ .name = "watchdog", .scale = 1, .value = 2000 },
	};
	static struct capture_model model = {
		.model = { .id = 7, .name = "m", .variant_count = 1,
			   .variant_layers = { 3 } },
		.rows = { layers, costs, gates, 3, 3, 1 },
	};
	FILE *in = fopen(TOP "/selftests/user/recording_trace.txt", "r");

	*capture = (struct capture) {
		.begin_ns = 1000 * MS,
		.end_ns = 1300 * MS,
		.policy = "edf",
		.params = params,
		.param_count = 5,
		.accels = &accel,
		.accel_count = 1,
		.models = &model,
		.model_count = 1,
		.queues = queues,
		.queue_count = 2,
	};
	timeline_parse(&capture->timeline, in);
	fclose(in);
}

TEST_F(recording, is_made_from_a_trace)
{
	const struct recording_queue *p, *c;
	struct capture_losses losses;
	struct capture capture;
	struct recording *r;

	fill_capture(&capture);
	r = capture_recording(&capture, &losses);
	self->recording = r;
	timeline_free(&capture.timeline);
	EXPECT_EQ(1, losses.unknown);
	EXPECT_EQ(0, losses.orphans);
	EXPECT_EQ(1000 * MS, r->begin_ns);
	EXPECT_EQ(300 * MS, r->scenario.duration_ns);
	EXPECT_EQ(0.5, r->scenario.params[0].value);
	/* 5 us from a reason to the start, 10 us around the execution. */
	EXPECT_EQ(15000, r->overhead_ns);

	p = &r->queues[0];
	ASSERT_EQ(3, p->count);
	EXPECT_EQ(0, p->frames[0].arrival_ns);
	EXPECT_EQ(1 * MS, p->frames[0].late_ns);
	EXPECT_EQ(100 * MS, p->frames[0].deadline_ns);
	EXPECT_EQ(FRAME_MET, p->frames[0].end);
	EXPECT_EQ(FRAME_MISSED, p->frames[1].end);
	EXPECT_EQ(FRAME_DROPPED, p->frames[2].end);
	ASSERT_EQ(1, p->frames[0].gate_count);
	EXPECT_TRUE(p->frames[0].gates[0].taken);
	ASSERT_EQ(1, p->frames[1].gate_count);
	EXPECT_FALSE(p->frames[1].gates[0].taken);
	EXPECT_EQ(0, p->frames[2].gate_count);

	c = &r->queues[1];
	EXPECT_EQ(0, r->scenario.streams[1].parent);
	EXPECT_EQ(1, r->scenario.streams[1].drop_cap);
	ASSERT_EQ(1, c->count);
	EXPECT_EQ(1, c->frames[0].parent);
	EXPECT_FALSE(c->frames[0].ended);

	/* Measured before: expected; measured in the recording: the mean. */
	EXPECT_EQ(6 * MS, r->scenario.models[0].variants[0].layers[0]
				.costs[0].latency_ns);
	EXPECT_EQ(3, r->costs[0][0][0].runs);
	EXPECT_EQ(13333333, r->costs[0][0][0].mean_ns);
	EXPECT_EQ(53, r->costs[0][0][0].mean_nj);
	EXPECT_EQ(0, r->scenario.models[0].variants[0].layers[2]
				.costs[0].latency_ns);
	EXPECT_EQ(2, r->costs[0][0][2].runs);
}

/* The parent's second frame is known not to ask; the third one might have. */
TEST_F(recording, a_cascade_asks_as_it_did)
{
	struct capture_losses losses;
	struct capture capture;
	struct search search;

	fill_capture(&capture);
	self->recording = capture_recording(&capture, &losses);
	timeline_free(&capture.timeline);
	ASSERT_EQ(0, search_init(&search, self->recording));
	search_present(&search);
	EXPECT_EQ(500000, self->recording->scenario.streams[1].probability);
	EXPECT_EQ(3, search.match.frames);
	/* Of queue 1: one skips and is in time, two are late. */
	EXPECT_EQ(1, search.match.recorded[FRAME_DROPPED]);
	EXPECT_LE(4, search.settings[0].figures.frames);
	EXPECT_GE(5, search.settings[0].figures.frames);
	EXPECT_EQ(1, search.match.differing);
	search_free(&search);
}

TEST_F(recording, without_dependencies_frames_come_as_they_came)
{
	struct capture_losses losses;
	struct capture capture;
	size_t i;

	fill_capture(&capture);
	/* As if the child's frame had come before anybody could have asked. */
	for (i = 0; i < capture.timeline.frame_count; i++)
		if (capture.timeline.frames[i].queue == 2)
			capture.timeline.frames[i].seen_ns = 1001 * MS;
	self->recording = capture_recording(&capture, &losses);
	timeline_free(&capture.timeline);
	EXPECT_EQ(SCENARIO_NO_PARENT,
		  self->recording->scenario.streams[1].parent);
	ASSERT_EQ(1, self->recording->queues[1].count);
	EXPECT_EQ(0, self->recording->queues[1].frames[0].parent);
	EXPECT_EQ(1 * MS, self->recording->queues[1].frames[0].arrival_ns);
	EXPECT_EQ(0, losses.orphans);
}

TEST_HARNESS_MAIN
