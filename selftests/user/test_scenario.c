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

#include <dream/vnpu.h>

#include "kselftest_harness.h"
#include "tools/dreamctl/draws.h"
#include "tools/dreamctl/metrics.h"
#include "tools/dreamctl/scenario.h"
#include "tools/dreamctl/slots.h"
#include "tools/dreamctl/timeline.h"

/* ------------------------------------------------------------ bad scenarios */

#define NPU	"{'name':'a','dataflow':'ws','pes':64}"
#define PLATFORM(npus)	"{'name':'p','npus':[" npus "]}"
#define COSTS	"'costs':{'ws-64':{'cycles':100,'energy_nj':5}}"
#define LAYER	"{" COSTS "}"
#define MODEL(variants)	"{'name':'m','variants':[" variants "]}"
#define GOOD_MODEL	MODEL("{'layers':[" LAYER "," LAYER "," LAYER "]}")
#define GATED(gates)	MODEL("{'layers':[" LAYER "," LAYER "," LAYER \
			      "],'gates':[" gates "]}")
#define TABLED(more, layers) \
	"{'name':'m'," more "'variants':[{'layers':" layers "}]}"
#define TABLES	"'layer_table':'layers.csv','cost_table':'costs.csv',"
#define STREAM	"{'model':'m','fps':10}"
#define SCENARIO(platform, models, streams, more) \
	"{'name':'s','platform':" platform ",'models':[" models \
	"],'streams':[" streams "]" more "}"
#define WITH_NPUS(npus)	\
	SCENARIO(PLATFORM(npus), GOOD_MODEL, STREAM, "")
#define WITH_MODELS(models) \
	SCENARIO(PLATFORM(NPU), models, STREAM, "")
#define WITH_STREAMS(streams) \
	SCENARIO(PLATFORM(NPU), GOOD_MODEL, streams, "")
#define WITH(more) \
	SCENARIO(PLATFORM(NPU), GOOD_MODEL, STREAM, "," more)

#define LAYERS_HEADER	"model,layer,K,C,Y_in,X_in,R,S,stride,groups\n"
#define COSTS_HEADER	"model,layer,pes,dataflow,cycles,energy_nJ\n"
#define GOOD_LAYERS	LAYERS_HEADER "t,0,16,3,8,8,3,3,1,1\n" \
			"t,1,16,16,8,8,1,1,1,1\n"
#define GOOD_COSTS	COSTS_HEADER "t,0,64,WS,10,20\nt,1,64,WS,30,40\n"

/*
 * A scenario, with tables beside it, and the line that says what is wrong: the
 * file, the place, and the beginning of the reason. ' stands for ".
 */
static const struct bad {
	const char *scenario;
	const char *fault;
	const char *layers;
	const char *costs;
} bad[] = {
	/* The schema. */
	{ .scenario = "{'name':'s'",
	  .fault = "s.json: 1: " },
	{ .scenario = "{'name':'s','name':'t'}",
	  .fault = "s.json: 1: duplicate" },
	{ .scenario = "[]",
	  .fault = "s.json: /: Value type" },
	{ .scenario = "{'name':'s','platform':'p.json','models':['m.json']}",
	  .fault = "s.json: /: Missing required property 'streams'" },
	{ .scenario = WITH("'polcy':'edf'"),
	  .fault = "s.json: /: Object contains a property" },
	{ .scenario = WITH("'policy':'a b'"),
	  .fault = "s.json: /policy: Failed to match" },
	{ .scenario = WITH("'load':0"),
	  .fault = "s.json: /load: Expected number" },
	{ .scenario = WITH("'load':'2'"),
	  .fault = "s.json: /load: Value type" },
	{ .scenario = WITH("'seed':1.5"),
	  .fault = "s.json: /seed: Value type" },
	{ .scenario = WITH("'duration_ms':-1"),
	  .fault = "s.json: /duration_ms: Expected number" },
	{ .scenario = WITH("'params':{'alpha':'x'}"),
	  .fault = "s.json: /params/alpha: Value type" },
	{ .scenario = WITH_STREAMS(""),
	  .fault = "s.json: /streams: Array should contain" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':0}"),
	  .fault = "s.json: /streams/0/fps: Expected number" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':10,'depth':0}"),
	  .fault = "s.json: /streams/0/depth: Expected number" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':10,'name':' x'}"),
	  .fault = "s.json: /streams/0/name: Failed to match" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':10,'name':"
		       "'01234567890123456789012345678901'}"),
	  .fault = "s.json: /streams/0/name: String should be" },
	{ .scenario = WITH_NPUS("{'name':'a','dataflow':'xs','pes':64}"),
	  .fault = "s.json: /platform/npus/0/dataflow: Failed to match" },
	{ .scenario = WITH_NPUS("{'name':'../a','dataflow':'ws','pes':64}"),
	  .fault = "s.json: /platform/npus/0/name: Failed to match" },
	{ .scenario = WITH_MODELS(GATED("{'layer':0,'target':2,'probability':1.5}")),
	  .fault = "s.json: /models/0/variants/0/gates/0/probability: Expected" },
	/* Files. */
	{ .scenario = SCENARIO("'none.json'", GOOD_MODEL, STREAM, ""),
	  .fault = "none.json: 0: No such file" },
	{ .scenario = WITH_MODELS("'none.json'"),
	  .fault = "none.json: 0: No such file" },
	{ .scenario = WITH_MODELS("'.'"),
	  .fault = ".: 0: not a file" },
	{ .scenario = SCENARIO("'s.json'", GOOD_MODEL, STREAM, ""),
	  .fault = "s.json: /: Object contains a property" },
	/* NPUs. */
	{ .scenario = WITH_NPUS(NPU "," NPU),
	  .fault = "s.json: /platform/npus/1/name: another NPU has the name \"a\"" },
	{ .scenario = WITH_NPUS(NPU ",{'name':'b','dataflow':'ws','pes':64,"
		    "'clock_mhz':500}"),
	  .fault = "s.json: /platform/npus/1: differs from the NPUs before it" },
	{ .scenario = WITH_NPUS("{'name':'a','dataflow':'ws','pes':64,'domain':'d'},"
		    "{'name':'b','class':'x','dataflow':'ws','pes':64,"
		    "'domain':'d','bandwidth_mbps':5}"),
	  .fault = "s.json: /platform/npus/1/domain: a shares the domain" },
	{ .scenario = SCENARIO(PLATFORM("{'name':'a','dataflow':'ws','pes':64,"
			    "'clock_mhz':2}"), GOOD_MODEL, STREAM,
		   ",'load':100"),
	  .fault = "s.json: /platform/npus/0/clock_mhz: the clock divided by the load factor 100" },
	/* Models. */
	{ .scenario = WITH_MODELS(GOOD_MODEL "," GOOD_MODEL),
	  .fault = "s.json: /models/1/name: another model has the name \"m\"" },
	{ .scenario = WITH_MODELS(MODEL("{'layers':[{'costs':{'os-64':"
			    "{'cycles':1,'energy_nj':1}}}]}")),
	  .fault = "s.json: /models/0/variants/0/layers/0: has no cost for the class \"ws-64\"" },
	{ .scenario = WITH_MODELS(MODEL("{'layers':[{}]}")),
	  .fault = "s.json: /models/0/variants/0/layers/0: has no cost" },
	{ .scenario = WITH_MODELS(MODEL("{'layers':[{'costs':{'ws-64':"
			    "{'cycles':9000000000000000,'energy_nj':1}}}]}")),
	  .fault = "s.json: /models/0/variants/0/layers/0: takes longer than an hour" },
	{ .scenario = WITH_MODELS("{'name':'m','costs':'shape','variants':"
		      "[{'layers':[" LAYER "]}]}"),
	  .fault = "s.json: /models/0/variants/0/layers/0: has no shape" },
	{ .scenario = WITH_MODELS("{'name':'m','costs':'shape','variants':"
		      "[{'layers':[{'k':4,'y':2}]}]}"),
	  .fault = "s.json: /models/0/variants/0/layers/0: a shape needs" },
	{ .scenario = WITH_MODELS("{'name':'m','costs':'shape','variants':"
		      "[{'layers':[{'k':4,'c':4,'y':2,'x':2,'groups':3}]}]}"),
	  .fault = "s.json: /models/0/variants/0/layers/0: 3 groups do not divide" },
	{ .scenario = WITH_MODELS("{'name':'m','costs':'shape','variants':"
		      "[{'layers':[{'k':4294967295,'c':4294967295,"
		      "'y':4294967295,'x':2}]}]}"),
	  .fault = "s.json: /models/0/variants/0/layers/0: weights or activations are larger" },
	{ .scenario = WITH_MODELS(TABLED("", "'t'")),
	  .fault = "s.json: /models/0/variants/0/layers: the model names no layer_table" },
	{ .scenario = WITH_MODELS(TABLED("'layer_table':'layers.csv',", "'t'")),
	  .fault = "s.json: /models/0/variants/0/layers: the model names no cost_table" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'u'")),
	  .fault = "s.json: /models/0/variants/0/layers: layers.csv has no layers of \"u\"" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "[{'table':'t','first':1,'last':2}]")),
	  .fault = "s.json: /models/0/variants/0/layers/0: rows 1 to 2 of \"t\", which has the rows 0 to 1" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "[{'table':'t','k':2}]")),
	  .fault = "s.json: /models/0/variants/0/layers/0: is either rows of a table or a layer" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "[{'first':2," COSTS "}]")),
	  .fault = "s.json: /models/0/variants/0/layers/0: first and last are rows" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .fault = "s.json: /models/0/variants/0/layers: costs.csv has no cost of layer 1 of \"t\" for ws with 64 PEs",
	  .costs = COSTS_HEADER "t,0,64,WS,10,20\nt,1,64,OS,30,40\n" },
	/* Gates. */
	{ .scenario = WITH_MODELS(GATED("{'layer':3,'target':5,'probability':1}")),
	  .fault = "s.json: /models/0/variants/0/gates/0/layer: the variant has 3 layers" },
	{ .scenario = WITH_MODELS(GATED("{'layer':0,'target':4,'probability':1}")),
	  .fault = "s.json: /models/0/variants/0/gates/0/target: a gate behind layer 0 of 3 leads to" },
	{ .scenario = WITH_MODELS(GATED("{'layer':1,'target':2,'probability':1}")),
	  .fault = "s.json: /models/0/variants/0/gates/0/target: a gate behind layer 1 of 3" },
	{ .scenario = WITH_MODELS(GATED("{'layer':0,'target':2,'probability':1},"
			    "{'layer':0,'target':3,'probability':1}")),
	  .fault = "s.json: /models/0/variants/0/gates/1/layer: layer 0 has a gate already" },
	/* Streams. */
	{ .scenario = WITH_STREAMS("{'model':'x','fps':10}"),
	  .fault = "s.json: /streams/0/model: there is no model \"x\"" },
	{ .scenario = WITH_STREAMS(STREAM "," STREAM),
	  .fault = "s.json: /streams/1: another stream has the name \"m\"" },
	{ .scenario = WITH_STREAMS("{'model':'m'}"),
	  .fault = "s.json: /streams/0: a stream without a parent needs fps" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':10,'probability':0.5}"),
	  .fault = "s.json: /streams/0/probability: a stream without a parent has none" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':10,'parent':'x'}"),
	  .fault = "s.json: /streams/0/parent: there is no stream \"x\"" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':10,'parent':'m'}"),
	  .fault = "s.json: /streams/0/parent: is its own ancestor" },
	{ .scenario = WITH_STREAMS(STREAM ",{'name':'a','model':'m','parent':'b'},"
		       "{'name':'b','model':'m','parent':'a'}"),
	  .fault = "s.json: /streams/1/parent: is its own ancestor" },
	{ .scenario = WITH_STREAMS(STREAM ",{'name':'a','model':'m','parent':'m',"
		       "'phase_ms':1}"),
	  .fault = "s.json: /streams/1/phase_ms: a frame of a child arrives" },
	{ .scenario = WITH_STREAMS(STREAM ",{'name':'1','model':'m','parent':'m'},"
		       "{'name':'2','model':'m','parent':'1'},"
		       "{'name':'3','model':'m','parent':'2'},"
		       "{'name':'4','model':'m','parent':'3'},"
		       "{'name':'5','model':'m','parent':'4'},"
		       "{'name':'6','model':'m','parent':'5'},"
		       "{'name':'7','model':'m','parent':'6'},"
		       "{'name':'8','model':'m','parent':'7'}"),
	  .fault = "s.json: /streams/8/parent: a cascade of more than 8" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':10,'jitter_ms':51}"),
	  .fault = "s.json: /streams/0/jitter_ms: more than half the period of 100 ms" },
	{ .scenario = WITH_STREAMS("{'model':'m','fps':10,'variant_max':1}"),
	  .fault = "s.json: /streams/0/variant_max: the model has the variants 0 to 0" },
	{ .scenario = SCENARIO(PLATFORM(NPU), GOOD_MODEL, "{'model':'m','fps':100000}",
		   ",'duration_ms':3600000"),
	  .fault = "s.json: /streams/0: more than 1000000 frames" },
	/* Tables. */
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")), .layers = "",
	  .fault = "layers.csv: 0: the header is not" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .layers = "# words\nmodel,layer\n",
	  .fault = "layers.csv: 2: the header is not" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .layers = LAYERS_HEADER "t,0,16,3,8,8,3,3,1\n",
	  .fault = "layers.csv: 2: 9 fields instead of 10" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .layers = LAYERS_HEADER "t,0,16,-3,8,8,3,3,1,1\n",
	  .fault = "layers.csv: 2: field 4, \"-3\", is not a number from 1" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .layers = GOOD_LAYERS "t,3,16,16,8,8,1,1,1,1\n",
	  .fault = "layers.csv: 4: layer 3 of t instead of layer 2" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .layers = GOOD_LAYERS "u,0,1,1,1,1,1,1,1,1\nt,2,1,1,1,1,1,1,1,1\n",
	  .fault = "layers.csv: 5: the rows of t do not stand together" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .layers = LAYERS_HEADER "t,0,16,3,8,8,3,3,1,2\n",
	  .fault = "layers.csv: 2: 2 groups do not divide 16 and 3" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .costs = GOOD_COSTS "t,1,64,ws,50,60\n",
	  .fault = "costs.csv: 4: the same row as in line 3" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .costs = GOOD_COSTS "t,1,64,XS,50,60\n",
	  .fault = "costs.csv: 4: \"XS\" is not a dataflow" },
	{ .scenario = WITH_MODELS(TABLED(TABLES, "'t'")),
	  .costs = GOOD_COSTS "t,1,128,WS,99999999999999999999,60\n",
	  .fault = "costs.csv: 4: field 5, \"99999999999999999999\", is not" },
};

static void write_text(const char *file, const char *text)
{
	FILE *out = fopen(file, "w");

	if (!out)
		abort();
	for (; *text; text++)
		fputc(*text == '\'' ? '"' : *text, out);
	fclose(out);
}

FIXTURE(files)
{
	char dir[32];
	char *said;
	size_t said_len;
	struct faults faults;
	struct scenario *scenario;
};

FIXTURE_SETUP(files)
{
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
	scenario_free(self->scenario);
	fclose(self->faults.out);
	free(self->said);
	unlink("s.json");
	unlink("layers.csv");
	unlink("costs.csv");
	rmdir(self->dir);
}

/* Load a scenario that stands in a string, with the tables beside it. */
static struct scenario *load(struct faults *faults, const char *scenario,
			     const char *layers, const char *costs)
{
	struct scenario_overrides none = { 0 };

	write_text("s.json", scenario);
	write_text("layers.csv", layers ? layers : GOOD_LAYERS);
	write_text("costs.csv", costs ? costs : GOOD_COSTS);
	return scenario_load("s.json", &none, faults);
}

TEST_F(files, bad_ones_get_file_place_and_reason)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char fault[256];
		char *c;

		snprintf(fault, sizeof(fault), "%s", bad[i].fault);
		rewind(self->faults.out);
		self->faults.count = 0;
		EXPECT_EQ(NULL, load(&self->faults, bad[i].scenario,
				     bad[i].layers, bad[i].costs));
		EXPECT_NE(0, self->faults.count);
		fputc('\0', self->faults.out);
		fflush(self->faults.out);
		/* valijson's own texts have ' as well. */
		for (c = self->said; *c; c++)
			if (*c == '\n')
				*c = '|';
		EXPECT_EQ(0, strncmp(self->said, fault, strlen(fault))) {
			TH_LOG("%s", bad[i].scenario);
			TH_LOG("wanted: %s", fault);
			TH_LOG("got:    %s", self->said);
		}
	}
}

/* ------------------------------------------------------------ good scenarios */

TEST_F(files, resolved)
{
	const struct scenario_layer *layer;
	struct scenario *s;

	s = load(&self->faults,
		 SCENARIO(PLATFORM("{'name':'a','dataflow':'ws','pes':64,"
				   "'clock_mhz':700},"
				   "{'name':'b','dataflow':'ws','pes':64,"
				   "'clock_mhz':700}"),
			  TABLED(TABLES, "[{'table':'t','first':1,'last':1},"
				 "{'table':'t'}]"),
			  "{'model':'m','fps':30,'phase_ms':1.5},"
			  "{'name':'c','model':'m','parent':'m',"
			  "'probability':0.25,'deadline_ms':5}",
			  ",'load':2"), NULL, NULL);
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
	struct scenario s = { .streams = &stream };

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
	char **scenarios = json_files(SCENARIOS);
	char **platforms = json_files(SCENARIOS "/platforms");
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
	struct scenario *s = load_shipped(SCENARIOS "/ar_call.json");
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
	struct scenario *s = load_shipped(SCENARIOS "/drone_indoor.json");
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
	struct scenario s = { .seed = 3, .streams = &stream };
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

FIXTURE(slots)
{
	struct scenario *scenario;
	struct slots slots;
	struct dream_job_layer *layers;
	struct dream_job_range ranges[SLOT_RANGES];
	struct path path;
};

/* A frame of SkipNet in the second of three slots. */
FIXTURE_SETUP(slots)
{
	self->scenario = load_shipped(SCENARIOS "/ar_call.json");
	ASSERT_NE(NULL, self->scenario);
	slots_init(&self->slots, self->scenario, 2, 3);
	ASSERT_EQ(53, self->slots.layer_count);
	self->slots.memory = calloc(3, self->slots.size);
	self->slots.buffer = 7;
	self->layers = calloc(53, sizeof(*self->layers));
	slots_prepare(&self->slots, 1, 42, true);
	slots_job(&self->slots, 1, self->layers, self->ranges);
	draw_path(self->scenario, 2, 42, 0, &self->path);
	ASSERT_LT(4, self->path.count);
}

FIXTURE_TEARDOWN(slots)
{
	free(self->slots.memory);
	free(self->layers);
	scenario_free(self->scenario);
}

static void execute_path(FIXTURE_DATA(slots) *self, uint32_t first,
			 uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		execute(&self->slots, 1, self->layers, self->ranges,
			self->path.layers[i]);
}

static bool check(FIXTURE_DATA(slots) *self, uint32_t layers_run)
{
	return slots_check(&self->slots, 1, 42, 0, &self->path, layers_run);
}

TEST_F(slots, every_step_is_as_expected)
{
	EXPECT_TRUE(check(self, 0));
	for (uint32_t i = 0; i < self->path.count; i++) {
		execute_path(self, i, 1);
		EXPECT_TRUE(check(self, i + 1));
		EXPECT_FALSE(check(self, i));
	}
}

TEST_F(slots, a_lost_layer_shows)
{
	execute_path(self, 0, 2);
	execute_path(self, 3, self->path.count - 3);
	EXPECT_FALSE(check(self, self->path.count));
}

TEST_F(slots, a_repeated_layer_shows)
{
	execute_path(self, 0, 3);
	execute_path(self, 2, self->path.count - 2);
	EXPECT_FALSE(check(self, self->path.count));
}

TEST_F(slots, exchanged_layers_show)
{
	execute_path(self, 0, 2);
	execute_path(self, 3, 1);
	execute_path(self, 2, 1);
	execute_path(self, 4, self->path.count - 4);
	EXPECT_FALSE(check(self, self->path.count));
}

TEST_F(slots, a_wrong_byte_shows)
{
	execute_path(self, 0, self->path.count);
	self->slots.memory[self->ranges[1].offset + 255] ^= 1;
	EXPECT_FALSE(check(self, self->path.count));
}

/* Another frame's data or commands are not mistaken for this one's. */
TEST_F(slots, frames_differ)
{
	execute_path(self, 0, self->path.count);
	EXPECT_TRUE(check(self, self->path.count));
	EXPECT_FALSE(slots_check(&self->slots, 1, 43, 0, &self->path,
				 self->path.count));
	slots_prepare(&self->slots, 1, 43, true);
	execute_path(self, 0, self->path.count);
	EXPECT_FALSE(check(self, self->path.count));
}

TEST_F(slots, commands_say_what_was_drawn)
{
	const struct scenario_class *classes = self->scenario->classes;
	const struct scenario_variant *v =
		&self->scenario->models[2].variants[0];

	for (uint32_t i = 0; i < 53; i++) {
		struct dream_vnpu_cost_entry costs[2];
		struct dream_vnpu_cmd cmd;
		void *at = self->slots.memory + self->layers[i].offset;

		memcpy(&cmd, at, sizeof(cmd));
		memcpy(costs, (char *)at + sizeof(cmd), sizeof(costs));
		EXPECT_EQ(DREAM_VNPU_CMD_MAGIC, cmd.magic);
		EXPECT_EQ(DREAM_VNPU_COST_EXPLICIT, cmd.cost);
		ASSERT_EQ(2, cmd.cost_count);
		EXPECT_EQ(sizeof(cmd) + sizeof(costs), self->layers[i].size);
		EXPECT_EQ(i == 52 || draw_gate(self->scenario, 2, 42, 0, i),
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

static const char trace_text[] =
	"# tracer: nop\n"
	"   dreamctl-93 [000] .....  1.000100: dream_job_release: queue=1 seqno=1 model=2 release_ns=1000000000 deadline_ns=1050000000\n"
	"   dream_arbiter-9 [000] d..1.  1.000200: dream_layer_start: accel=0 queue=1 seqno=1 variant=2 layer=0 score=-65536\n"
	"   dream_arbiter-9 [000] d..1.  1.000300: dream_decision: number=1 policy=edf\n"
	"   dream_arbiter-9 [000] d..1.  1.020000: dream_layer_end: accel=0 queue=1 seqno=1 layer=0 error=-5 busy_ns=9 energy_nj=8\n"
	"   dream_arbiter-9 [001] d..1.  1.060001: dream_job_end: queue=1 seqno=1 status=0 reason=0 release_ns=1000000000 deadline_ns=1050000000 variant=2\n"
	"   dream_arbiter-9 [001] d..1.  1.060002: dream_job_end: queue=2 seqno=1 status=2 reason=6 release_ns=0 deadline_ns=0 variant=0\n";

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

	file = fmemopen((void *)trace_text, strlen(trace_text), "r");
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
