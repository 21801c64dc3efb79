// SPDX-License-Identifier: GPL-2.0
/*
 * Scenarios: what is read from their files and what is wrong with bad ones, what
 * chance decides, how frames are tallied, and whether a frame's data tells what
 * has happened to it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include <dream/vnpu.h>

#include "kselftest_harness.h"
#include "tools/dreamctl/draws.h"
#include "tools/dreamctl/metrics.h"
#include "tools/dreamctl/scenario.h"
#include "tools/dreamctl/slots.h"
#include "tools/dreamctl/timeline.h"

/* --------------------------------------------------------------- test files */

/*
 * bad_scenarios.json has a good scenario, the tables beside it, and cases: members
 * to set and to unset, by JSON pointer, or a whole text or table to take instead,
 * and how the line begins that says what is wrong then.
 */
FIXTURE(files)
{
	json_t *tests;
	char dir[32];
	char *said;
	size_t said_len;
	struct faults faults;
	struct scenario *scenario;
};

FIXTURE_SETUP(files)
{
	self->tests = json_load_file(TOP "/selftests/user/bad_scenarios.json",
				     0, NULL);
	ASSERT_NE(NULL, self->tests);
	strcpy(self->dir, "/tmp/scenario-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	ASSERT_EQ(0, chdir(self->dir));
	self->scenario = NULL;
	self->faults.count = 0;
	self->faults.out = open_memstream(&self->said, &self->said_len);
	ASSERT_NE(NULL, self->faults.out);
}

FIXTURE_TEARDOWN(files)
{
	json_decref(self->tests);
	scenario_free(self->scenario);
	fclose(self->faults.out);
	free(self->said);
	unlink("s.json");
	unlink("layers.csv");
	unlink("costs.csv");
	rmdir(self->dir);
}

static void write_text(const char *file, const char *text)
{
	FILE *out = fopen(file, "w");

	if (!out || fputs(text, out) < 0 || fclose(out))
		abort();
}

static json_t *member(json_t *of, const char *step)
{
	if (json_is_array(of))
		return json_array_get(of, strtoul(step, NULL, 10));
	return json_object_get(of, step);
}

/* Set a member, or unset it if there is no value. */
static void patch(json_t *document, const char *pointer, json_t *value)
{
	char path[128], *step, *next;

	snprintf(path, sizeof(path), "%s", pointer + 1);
	step = path;
	while ((next = strchr(step, '/'))) {
		*next++ = '\0';
		document = member(document, step);
		step = next;
	}
	if (!value)
		json_object_del(document, step);
	else if (json_is_object(document))
		json_object_set(document, step, value);
	else if (member(document, step))
		json_array_set(document, strtoul(step, NULL, 10), value);
	else
		json_array_append(document, value);
}

/* The text of a case's scenario. */
static char *case_text(const json_t *base, json_t *test)
{
	json_t *document = json_deep_copy(base);
	const char *pointer;
	json_t *value;
	size_t i;
	char *text;

	if (json_object_get(test, "text")) {
		json_decref(document);
		return strdup(json_string_value(json_object_get(test, "text")));
	}
	json_object_foreach(json_object_get(test, "set"), pointer, value)
		patch(document, pointer, value);
	json_array_foreach(json_object_get(test, "unset"), i, value)
		patch(document, json_string_value(value), NULL);
	text = json_dumps(document, 0);
	json_decref(document);
	return text;
}

/* A table of a case, or the good one. */
static const char *case_table(const json_t *tests, const json_t *test,
			      const char *name)
{
	const json_t *table = json_object_get(test, name);

	return json_string_value(table ? table : json_object_get(tests, name));
}

static struct scenario *load(struct faults *faults, const char *text,
			     const char *layers, const char *costs)
{
	struct scenario_overrides none = { 0 };

	write_text("s.json", text);
	write_text("layers.csv", layers);
	write_text("costs.csv", costs);
	return scenario_load("s.json", &none, faults);
}

TEST_F(files, bad_ones_get_file_place_and_reason)
{
	const json_t *base = json_object_get(self->tests, "base");
	json_t *test;
	size_t i;

	json_array_foreach(json_object_get(self->tests, "cases"), i, test) {
		const char *fault = json_string_value(json_object_get(test,
								      "fault"));
		char *text = case_text(base, test);

		rewind(self->faults.out);
		self->faults.count = 0;
		EXPECT_EQ(NULL, load(&self->faults, text,
				     case_table(self->tests, test, "layers"),
				     case_table(self->tests, test, "costs")));
		EXPECT_NE(0, self->faults.count);
		fputc('\0', self->faults.out);
		fflush(self->faults.out);
		EXPECT_EQ(0, strncmp(self->said, fault, strlen(fault))) {
			TH_LOG("%s", text);
			TH_LOG("wanted: %s", fault);
			TH_LOG("got:    %s", self->said);
		}
		free(text);
	}
	EXPECT_LE(25, i);
}

/* What all of them start from is good. */
TEST_F(files, the_base_is_good)
{
	char *text = json_dumps(json_object_get(self->tests, "base"), 0);

	self->scenario = load(&self->faults, text,
			      case_table(self->tests, NULL, "layers"),
			      case_table(self->tests, NULL, "costs"));
	free(text);
	EXPECT_NE(NULL, self->scenario);
	EXPECT_EQ(0, self->faults.count);
}

/* ------------------------------------------------------------ good scenarios */

TEST_F(files, resolved)
{
	const struct scenario_layer *layer;
	struct scenario *s;
	char *text;

	text = json_dumps(json_object_get(self->tests, "good"), 0);
	s = load(&self->faults, text, case_table(self->tests, NULL, "layers"),
		 case_table(self->tests, NULL, "costs"));
	free(text);
	self->scenario = s;
	ASSERT_NE(NULL, s);
	EXPECT_EQ(2, s->npu_count);
	ASSERT_EQ(1, s->class_count);
	EXPECT_STREQ("ws-64", s->classes[0].name);
	EXPECT_EQ(350000, s->classes[0].array.clock_khz);
	EXPECT_EQ(45000, s->classes[0].array.bandwidth_mbps);
	EXPECT_STREQ("dream", s->policy);
	EXPECT_EQ(2000000000, s->duration_ns);

	ASSERT_EQ(3, s->models[0].variants[0].layer_count);
	layer = &s->models[0].variants[0].layers[1];
	EXPECT_EQ(16 * 3 * 9, layer->weight_bytes);
	EXPECT_EQ(3 * 64, layer->in_bytes);
	EXPECT_EQ(16 * 64, layer->out_bytes);
	EXPECT_EQ(10, layer->costs[0].cycles);
	EXPECT_EQ(20, layer->costs[0].energy_nj);
	/* 10 cycles at 350 MHz, rounded up. */
	EXPECT_EQ(29, layer->costs[0].latency_ns);
	EXPECT_EQ(40 + 20 + 40,
		  scenario_worst_energy(s, &s->models[0]));

	EXPECT_EQ(33333333, s->streams[0].period_ns);
	EXPECT_EQ(33333333, s->streams[0].deadline_ns);
	EXPECT_EQ(1500000, s->streams[0].phase_ns);
	EXPECT_EQ(2, s->streams[0].depth);
	EXPECT_EQ(0, s->streams[1].parent);
	EXPECT_EQ(0, s->streams[1].root);
	EXPECT_EQ(33333333, s->streams[1].period_ns);
	EXPECT_EQ(5000000, s->streams[1].deadline_ns);
	EXPECT_EQ(250000, s->streams[1].probability);
	EXPECT_EQ(60, scenario_frames(s, &s->streams[0]));
	EXPECT_EQ(60, scenario_frames(s, &s->streams[1]));
}

/* A rate that is no whole number of ns does not gain or lose a frame. */
TEST_F(files, frames_in_the_duration)
{
	static const struct {
		double fps;
		uint64_t phase_ns;
		uint64_t duration_ns;
		uint64_t frames;
	} cases[] = {
		{ 60, 0, 2000000000, 120 },
		{ 30, 0, 2000000000, 60 },
		{ 15, 0, 10000000000, 150 },
		{ 7, 0, 1000000000, 7 },
		{ 29.97, 0, 10000000000, 300 },
		{ 60, 1, 1000000000, 60 },
		{ 60, 16666667, 1000000000, 59 },
		{ 60, 0, 1, 1 },
		{ 1, 1000000000, 1000000000, 0 },
		{ 0.5, 0, 2000000000, 1 },
		{ 0.5, 0, 2000000001, 2 },
	};
	struct scenario_stream stream = { 0 };
	struct scenario s = { .slow = 1, .streams = &stream };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		stream.fps = cases[i].fps;
		stream.phase_ns = cases[i].phase_ns;
		s.duration_ns = cases[i].duration_ns;
		EXPECT_EQ(cases[i].frames, scenario_frames(&s, &stream)) {
			TH_LOG("case %zu", i);
		}
	}
}

/* Names of the JSON files in a directory, up to a NULL. */
static char **json_files(const char *dir)
{
	char **names = calloc(64, sizeof(*names));
	struct dirent *entry;
	size_t count = 0;
	DIR *d = opendir(dir);

	while (d && names && (entry = readdir(d)) && count < 63)
		if (strstr(entry->d_name, ".json") &&
		    asprintf(&names[count++], "%s/%s", dir, entry->d_name) < 0)
			abort();
	if (d)
		closedir(d);
	return names;
}

static void free_files(char **files)
{
	size_t i;

	for (i = 0; files[i]; i++)
		free(files[i]);
	free(files);
}

TEST(shipped_scenarios_on_all_platforms)
{
	char **scenarios = json_files(TOP "/scenarios");
	char **platforms = json_files(TOP "/scenarios/platforms");
	size_t i, j;

	for (i = 0; scenarios[i]; i++) {
		for (j = 0; platforms[j]; j++) {
			struct scenario_overrides overrides = {
				.platform = platforms[j],
			};
			struct faults faults = { .out = stderr };
			struct scenario *s;

			s = scenario_load(scenarios[i], &overrides, &faults);
			EXPECT_NE(NULL, s) {
				TH_LOG("%s on %s", scenarios[i], platforms[j]);
			}
			EXPECT_EQ(0, faults.count);
			scenario_free(s);
		}
		EXPECT_EQ(8, j);
	}
	EXPECT_EQ(5, i);
	free_files(scenarios);
	free_files(platforms);
}

/* ------------------------------------------------------------------- draws */

static struct scenario *load_shipped(const char *name)
{
	struct scenario_overrides none = { 0 };
	struct faults faults = { .out = stderr };

	return scenario_load(name, &none, &faults);
}

TEST(draws_are_what_they_are)
{
	/* Computed independently from the definition of SplitMix64. */
	EXPECT_EQ(0x2130748aaac80268ULL, draw(0, 0, 0, DRAW_JITTER, 0));
	EXPECT_EQ(0x6b4216d7329048d7ULL,
		  draw(1, 2, 3, DRAW_GATE, draw_layer(1, 5)));
}

/* The share of cases in which chance says yes, and how often it is asked. */
TEST(draws_have_their_probability)
{
	struct scenario *s = load_shipped(TOP "/scenarios/ar_call.json");
	unsigned int asked = 0, ran = 0, frame;
	struct path path;

	ASSERT_NE(NULL, s);
	for (frame = 0; frame < 10000; frame++) {
		asked += draw_asked(s, 1, frame);
		EXPECT_EQ(draw_asked(s, 1, frame), draw_exists(s, 1, frame));
		EXPECT_TRUE(draw_exists(s, 0, frame));
		/* SkipNet: 16 gates and two layers always run. */
		draw_path(s, 2, frame, 0, &path);
		EXPECT_EQ(53, path.count + path.skipped);
		EXPECT_FALSE(path.exits);
		ran += path.count;
	}
	EXPECT_GT(5150, asked);
	EXPECT_LT(4850, asked);
	/* On average 18 and half of the other 35. */
	EXPECT_GT(357000, ran);
	EXPECT_LT(353000, ran);
	s->streams[1].probability = 0;
	EXPECT_FALSE(draw_asked(s, 1, 17));
	s->streams[1].probability = SCENARIO_CERTAIN;
	for (frame = 0; frame < 1000; frame++)
		EXPECT_TRUE(draw_asked(s, 1, frame));
	scenario_free(s);
}

TEST(early_exits_are_equally_likely)
{
	struct scenario *s = load_shipped(TOP "/scenarios/drone_indoor.json");
	unsigned int ends[7] = { 0 }, frame;
	struct path path;

	ASSERT_NE(NULL, s);
	for (frame = 0; frame < 9000; frame++) {
		draw_path(s, 1, frame, 0, &path);
		ASSERT_LE(path.count, 6);
		EXPECT_EQ(path.exits, path.count < 6);
		EXPECT_EQ(6, path.count + path.skipped);
		ends[path.count]++;
	}
	EXPECT_EQ(9000, ends[2] + ends[4] + ends[6]);
	for (frame = 2; frame <= 6; frame += 2) {
		EXPECT_GT(3150, ends[frame]);
		EXPECT_LT(2850, ends[frame]);
	}
	scenario_free(s);
}

TEST(jitter_stays_within_its_bounds)
{
	struct scenario_stream stream = {
		.fps = 10,
		.period_ns = 100000000,
		.jitter_ns = 50000000,
	};
	struct scenario s = { .seed = 3, .slow = 1, .streams = &stream };
	uint64_t frame, nominal, due, last = 0;
	bool early = false, late = false;

	for (frame = 0; frame < 1000; frame++) {
		nominal = scenario_arrival(&stream, frame);
		due = draw_arrival(&s, 0, frame);
		EXPECT_LE(due, nominal + stream.jitter_ns);
		EXPECT_LE(nominal, due + stream.jitter_ns);
		EXPECT_LE(last, due);
		early |= due + 40000000 < nominal;
		late |= due > nominal + 40000000;
		last = due;
	}
	EXPECT_TRUE(early && late);
}

/* In slow motion everything takes longer, and nothing else changes. */
TEST(slow_motion)
{
	struct scenario_overrides slow = { .slow = 8 }, normal = { .slow = 1 };
	struct faults faults = { .out = stderr };
	const char *file = TOP "/scenarios/vr_gaming.json";
	struct scenario *s = scenario_load(file, &slow, &faults);
	struct scenario *n = scenario_load(file, &normal, &faults);
	uint64_t frame;

	ASSERT_NE(NULL, s);
	ASSERT_NE(NULL, n);
	s->streams[0].jitter_ns = 8000;
	n->streams[0].jitter_ns = 1000;
	EXPECT_EQ(8 * n->duration_ns, s->duration_ns);
	for (uint32_t i = 0; i < n->stream_count; i++) {
		EXPECT_EQ(8 * n->streams[i].deadline_ns,
			  s->streams[i].deadline_ns);
		EXPECT_EQ(scenario_frames(n, &n->streams[i]),
			  scenario_frames(s, &s->streams[i]));
	}
	for (frame = 0; frame < 100; frame++) {
		uint64_t here = 8 * draw_arrival(n, 0, frame);
		uint64_t there = draw_arrival(s, 0, frame);

		/* Nominal arrivals are rounded to a ns. */
		EXPECT_LE(here, there + 4);
		EXPECT_LE(there, here + 4);
	}
	scenario_free(s);
	scenario_free(n);
}

/* ------------------------------------------------------------------- metrics */

static void add(struct tally *tally, enum frame_end end,
		enum drop_reason reason, uint32_t variant, uint64_t latency_ns,
		uint64_t energy_nj)
{
	struct frame_result result = {
		.end = end,
		.reason = reason,
		.variant = variant,
		.latency_ns = latency_ns,
		.energy_nj = energy_nj,
	};

	tally->frames++;
	tally_add(tally, &result);
}

/*
 * By hand. Model a: 4 frames, 1 missed, 1 dropped: DLV = 2/4; energy 30+50+20 of
 * 4 x 100: 0.25, of 2 done: 0.5. Model b: 2 frames met: DLV = 1/4; energy 60 of
 * 2 x 40: 0.75. UXCost = (0.5 + 0.25) x (0.25 + 0.75), UXc = 0.75 x (0.5 + 0.75).
 */
TEST(figures_as_by_hand)
{
	struct tally models[2] = {
		{ .variants = 3, .worst_nj = 100 },
		{ .variants = 1, .worst_nj = 40 },
	};
	struct figures figures;

	add(&models[0], FRAME_MET, 0, 0, 10, 30);
	add(&models[0], FRAME_MISSED, 0, 2, 40, 50);
	add(&models[0], FRAME_DROPPED, DROP_HOPELESS, 1, 0, 20);
	models[0].frames++;
	EXPECT_FALSE(tally_adds_up(&models[0]));
	models[0].frames--;
	add(&models[0], FRAME_MET, 0, 1, 20, 0);
	EXPECT_TRUE(tally_adds_up(&models[0]));
	add(&models[1], FRAME_MET, 0, 0, 5, 20);
	add(&models[1], FRAME_MET, 0, 0, 5, 40);

	EXPECT_EQ(0.5, tally_dlv(&models[0]));
	EXPECT_EQ(0.25, tally_norm_energy(&models[0]));
	EXPECT_EQ(100.0 / 300, tally_norm_energy_done(&models[0]));
	EXPECT_EQ(0.25, tally_dlv(&models[1]));
	EXPECT_EQ(0.75, tally_norm_energy(&models[1]));
	EXPECT_EQ(1, tally_mean_variant(&models[0]));

	figures_of(models, 2, &figures);
	EXPECT_EQ(0.75, figures.uxcost);
	EXPECT_EQ(0.75 * (100.0 / 300 + 0.75), figures.uxc);
	EXPECT_EQ(6, figures.frames);
	EXPECT_EQ(2, figures.violated);
	EXPECT_EQ(1, figures.dropped);
	EXPECT_EQ(2.0 / 6, figures.violation_rate);
	EXPECT_EQ(1.0 / 6, figures.drop_rate);
	EXPECT_EQ(1, figures.mean_variant);
	tally_free(&models[0]);
	tally_free(&models[1]);
}

/* Whatever does not end as met is violated, and each end is counted once. */
TEST(every_end_counts)
{
	struct tally tally = { .variants = 1, .worst_nj = 10 };
	struct figures figures;

	add(&tally, FRAME_DROPPED, DROP_QUEUE_FULL, 0, 0, 0);
	add(&tally, FRAME_DROPPED, DROP_PARENT, 0, 0, 0);
	add(&tally, FRAME_CANCELLED, 0, 0, 0, 0);
	add(&tally, FRAME_FAILED, 0, 0, 0, 0);
	EXPECT_TRUE(tally_adds_up(&tally));
	EXPECT_EQ(4, tally_violated(&tally));
	EXPECT_EQ(1, tally.drops[DROP_QUEUE_FULL]);
	EXPECT_EQ(1, tally.drops[DROP_PARENT]);
	/* Nothing was done: no energy does not make it good. */
	figures_of(&tally, 1, &figures);
	EXPECT_EQ(0, figures.uxcost);
	EXPECT_EQ(1, figures.uxc);
	EXPECT_EQ(0, tally_percentile(&tally, 99));
	tally_free(&tally);
}

TEST(a_model_without_frames_is_left_out)
{
	struct tally models[2] = {
		{ .variants = 1, .worst_nj = 10 },
		{ .variants = 1, .worst_nj = 10 },
	};
	struct figures figures;

	add(&models[0], FRAME_MISSED, 0, 0, 1, 10);
	figures_of(models, 2, &figures);
	EXPECT_EQ(1, figures.uxcost);
	EXPECT_EQ(1, figures.uxc);
	tally_free(&models[0]);
}

TEST(percentiles_by_nearest_rank)
{
	struct tally tally = { .variants = 1 }, sum = { 0 };
	uint64_t i;

	for (i = 200; i; i--)
		add(&tally, FRAME_MET, 0, 0, i, 0);
	EXPECT_EQ(100, tally_percentile(&tally, 50));
	EXPECT_EQ(198, tally_percentile(&tally, 99));
	EXPECT_EQ(200, tally_percentile(&tally, 100));
	EXPECT_EQ(2, tally_percentile(&tally, 1));
	tally_merge(&sum, &tally);
	tally_merge(&sum, &tally);
	EXPECT_EQ(400, sum.frames);
	EXPECT_EQ(198, tally_percentile(&sum, 99));
	EXPECT_TRUE(tally_adds_up(&sum));
	tally_free(&tally);
	tally_free(&sum);
}

/* --------------------------------------------------------------------- slots */

/* What a device does with the command of a layer. */
static void execute(const struct slots *slots, uint32_t slot,
		    const struct dream_job_layer *layers,
		    const struct dream_job_range *ranges, uint32_t layer)
{
	struct dream_vnpu_cmd cmd;

	(void)slot;
	memcpy(&cmd, slots->memory + layers[layer].offset, sizeof(cmd));
	if (dream_vnpu_expect(&cmd,
			      slots->memory + ranges[cmd.in_range].offset,
			      ranges[cmd.in_range].length,
			      slots->memory + ranges[cmd.out_range].offset,
			      ranges[cmd.out_range].length))
		abort();
}

/* A frame of SkipNet in the second of three slots. */
struct frame {
	struct scenario *scenario;
	struct slots slots;
	struct dream_job_layer *layers;
	struct dream_job_range ranges[SLOT_RANGES];
	struct path path;
};

FIXTURE(slots)
{
	struct frame frame;
};

FIXTURE_SETUP(slots)
{
	struct frame *f = &self->frame;

	f->scenario = load_shipped(TOP "/scenarios/ar_call.json");
	ASSERT_NE(NULL, f->scenario);
	slots_init(&f->slots, f->scenario, 2, 3);
	ASSERT_EQ(53, f->slots.layer_count);
	f->slots.memory = calloc(3, f->slots.size);
	f->slots.buffer = 7;
	f->layers = calloc(53, sizeof(*f->layers));
	slots_prepare(&f->slots, 1, 42, true);
	slots_job(&f->slots, 1, f->layers, f->ranges);
	draw_path(f->scenario, 2, 42, 0, &f->path);
	ASSERT_LT(4, f->path.count);
}

FIXTURE_TEARDOWN(slots)
{
	struct frame *f = &self->frame;

	free(f->slots.memory);
	free(f->layers);
	scenario_free(f->scenario);
}

static void execute_path(struct frame *f, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		execute(&f->slots, 1, f->layers, f->ranges,
			f->path.layers[i]);
}

static bool check(const struct frame *f, uint32_t layers_run)
{
	return slots_check(&f->slots, 1, 42, 0, &f->path, layers_run);
}

TEST_F(slots, every_step_is_as_expected)
{
	struct frame *f = &self->frame;

	EXPECT_TRUE(check(f, 0));
	for (uint32_t i = 0; i < f->path.count; i++) {
		execute_path(f, i, 1);
		EXPECT_TRUE(check(f, i + 1));
		EXPECT_FALSE(check(f, i));
	}
}

TEST_F(slots, a_lost_layer_shows)
{
	struct frame *f = &self->frame;

	execute_path(f, 0, 2);
	execute_path(f, 3, f->path.count - 3);
	EXPECT_FALSE(check(f, f->path.count));
}

TEST_F(slots, a_repeated_layer_shows)
{
	struct frame *f = &self->frame;

	execute_path(f, 0, 3);
	execute_path(f, 2, f->path.count - 2);
	EXPECT_FALSE(check(f, f->path.count));
}

TEST_F(slots, exchanged_layers_show)
{
	struct frame *f = &self->frame;

	execute_path(f, 0, 2);
	execute_path(f, 3, 1);
	execute_path(f, 2, 1);
	execute_path(f, 4, f->path.count - 4);
	EXPECT_FALSE(check(f, f->path.count));
}

TEST_F(slots, a_wrong_byte_shows)
{
	struct frame *f = &self->frame;

	execute_path(f, 0, f->path.count);
	f->slots.memory[f->ranges[1].offset + 255] ^= 1;
	EXPECT_FALSE(check(f, f->path.count));
}

/* Another frame's data or commands are not mistaken for this one's. */
TEST_F(slots, frames_differ)
{
	struct frame *f = &self->frame;

	execute_path(f, 0, f->path.count);
	EXPECT_TRUE(check(f, f->path.count));
	EXPECT_FALSE(slots_check(&f->slots, 1, 43, 0, &f->path,
				 f->path.count));
	slots_prepare(&f->slots, 1, 43, true);
	execute_path(f, 0, f->path.count);
	EXPECT_FALSE(check(f, f->path.count));
}

TEST_F(slots, commands_say_what_was_drawn)
{
	struct frame *f = &self->frame;
	const struct scenario_class *classes = f->scenario->classes;
	const struct scenario_variant *v = f->scenario->models[2].variants;

	for (uint32_t i = 0; i < 53; i++) {
		struct dream_vnpu_cost_entry costs[2];
		struct dream_vnpu_cmd cmd;
		void *at = f->slots.memory + f->layers[i].offset;

		memcpy(&cmd, at, sizeof(cmd));
		memcpy(costs, (char *)at + sizeof(cmd), sizeof(costs));
		EXPECT_EQ(DREAM_VNPU_CMD_MAGIC, cmd.magic);
		EXPECT_EQ(DREAM_VNPU_COST_EXPLICIT, cmd.cost);
		ASSERT_EQ(2, cmd.cost_count);
		EXPECT_EQ(sizeof(cmd) + sizeof(costs), f->layers[i].size);
		EXPECT_EQ(i == 52 || draw_gate(f->scenario, 2, 42, 0, i),
			  cmd.result);
		for (uint32_t c = 0; c < 2; c++) {
			EXPECT_STREQ(classes[c].name, costs[c].class_name);
			EXPECT_EQ(v->layers[i].costs[c].cycles,
				  costs[c].cycles);
			EXPECT_EQ(v->layers[i].costs[c].energy_nj,
				  costs[c].energy_nj);
		}
	}
}

/* ------------------------------------------------------------------ timeline */

TEST(timeline_of_a_trace)
{
	struct timeline_lane accel = { .name = "npu<0>", .detail = "ws-64" };
	struct timeline_lane stream = { .id = 1, .name = "a & b" };
	struct timeline_scene scene = {
		.title = "a test",
		.origin_ns = 1000000000,
		.accels = &accel,
		.accel_count = 1,
		.streams = &stream,
		.stream_count = 1,
	};
	struct timeline_window window = { .len_ns = 100000000 };
	struct timeline timeline = { 0 };
	char *text;
	size_t len;
	FILE *file;

	file = fopen(TOP "/selftests/user/trace.txt", "r");
	ASSERT_NE(NULL, file);
	timeline_parse(&timeline, file);
	fclose(file);
	ASSERT_EQ(1, timeline.span_count);
	EXPECT_EQ(1000200000, timeline.spans[0].start_ns);
	EXPECT_EQ(1020000000, timeline.spans[0].end_ns);
	EXPECT_EQ(2, timeline.spans[0].variant);
	EXPECT_EQ(-65536, timeline.spans[0].score);
	EXPECT_EQ(-5, timeline.spans[0].error);
	ASSERT_EQ(1, timeline.frame_count);
	EXPECT_EQ(1000000000, timeline.frames[0].release_ns);
	EXPECT_EQ(1060001000, timeline.frames[0].end_ns);
	EXPECT_EQ(2, timeline.frames[0].variant);
	EXPECT_EQ(1, timeline_late(&timeline.frames[0]));

	file = open_memstream(&text, &len);
	EXPECT_EQ(0, timeline_svg(&timeline, &scene, &window, file));
	fclose(file);
	EXPECT_NE(NULL, strstr(text, ">npu&lt;0&gt;</text>"));
	EXPECT_NE(NULL, strstr(text, "a &amp; b #1: missed"));
	free(text);
	file = open_memstream(&text, &len);
	EXPECT_EQ(0, timeline_chrome(&timeline, &scene, file));
	fclose(file);
	EXPECT_NE(NULL, strstr(text, "\"ph\":\"X\",\"ts\":200.0,\"dur\":19800.0"));
	free(text);
	timeline_free(&timeline);
}

TEST_HARNESS_MAIN
