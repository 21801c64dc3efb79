// SPDX-License-Identifier: GPL-2.0
/*
 * Windows of accounting: they are told as they end, add up to the counters, and have
 * the UXCost of the formula. The tuner that lives on them moves within bounds, begins
 * anew with other models, and stays where it was best when it is switched off.
 */
#include <limits.h>
#include <math.h>
#include <poll.h>

#include <dream/dream.h>

#include "kselftest_harness.h"
#include "netlink.h"

#define FRAMES		60
#define WINDOW_MS	40
#define MODELS_MAX	8
/* More windows than a search needs. */
#define WINDOWS_MAX	200

/**
 * struct sums - what windows have told
 * @windows: how many
 * @last: the last one
 * @models: models in it, with those without a profile
 * @count: their number
 * @total: sums over all windows, of each model that was told
 * @total_count: their number
 * @off: largest difference of UXCost or UXc from the formula, 10^-6
 */
struct sums {
	unsigned int windows;
	struct dream_window last;
	struct dream_model_stats models[MODELS_MAX];
	unsigned int count;
	struct dream_model_stats total[MODELS_MAX];
	unsigned int total_count;
	double off;
};

FIXTURE(window) {
	struct nlk nl;
	struct dream_nl *lib;
	struct dream_windows *windows;
	struct dream_events *events;
	struct bed bed;
	struct dream_queue_create good;
	struct dream_queue_create late;
	struct sums sums;
};

static int make_queue(struct _test_data_window *self, const char *name,
		      uint64_t deadline, struct dream_queue_create *queue)
{
	int model = nlk_model_simple(&self->nl, name, "ws-64", 1, MS, 1000);

	if (model < 0)
		return model;
	*queue = (struct dream_queue_create) {
		.model = model, .deadline_ns = deadline,
	};
	return queue_create(self->bed.fd, queue);
}

FIXTURE_SETUP(window)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, dream_nl_open(&self->lib));
	ASSERT_EQ(0, vnpu_make("a", "class=ws-64"));
	ASSERT_EQ(0, bed_open(&self->bed));
	ASSERT_EQ(0, make_queue(self, "good", RELAXED, &self->good));
	ASSERT_EQ(0, make_queue(self, "late", 1, &self->late));
	ASSERT_EQ(0, dream_nl_stats_reset(self->lib, DREAM_STATS_ALL));
	ASSERT_EQ(0, dream_windows_open(&self->windows));
	ASSERT_EQ(0, dream_events_open(&self->events));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "window", WINDOW_MS));
}

FIXTURE_TEARDOWN(window)
{
	dream_windows_close(self->windows);
	dream_events_close(self->events);
	bed_close(&self->bed);
	vnpu_remove_all();
	dream_nl_close(self->lib);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* A frame of 1 ms, until it has ended. */
static int run_frame(struct _test_data_window *self, uint32_t queue)
{
	struct work work = { .ns = MS, .energy = 700 };
	struct dream_completion record;
	struct request r;
	int ret;

	bed_command(&self->bed, 0, &work);
	request_init(&r, &self->bed, queue, 0, 1);
	ret = request_submit(self->bed.fd, &r);
	if (ret < 0)
		return ret;
	ret = reap(self->bed.fd, &record, 1);
	return ret < 0 ? ret : 0;
}

static uint64_t ended(const struct dream_counters *c)
{
	return c->met + c->missed + c->dropped + c->cancelled + c->failed;
}

static void add(struct dream_counters *to, const struct dream_counters *from)
{
	uint64_t *a = (uint64_t *)to;
	const uint64_t *b = (const uint64_t *)from;
	size_t i;

	for (i = 0; i < sizeof(*to) / sizeof(*a); i++)
		a[i] += b[i];
}

/* The sums of a model, which are zero at first. */
static struct dream_counters *total_of(struct sums *sums, uint32_t model)
{
	unsigned int i;

	for (i = 0; i < sums->total_count; i++)
		if (sums->total[i].model == model)
			return &sums->total[i].counters;
	if (i == MODELS_MAX)
		abort();
	sums->total[sums->total_count++].model = model;
	return &sums->total[i].counters;
}

/* The formula, in floating point; by completed frames for UXc. */
static double uxcost(const struct sums *sums, bool completed)
{
	double dlv = 0, energy = 0, frames, done;
	const struct dream_counters *c;
	unsigned int i;

	for (i = 0; i < sums->count; i++) {
		c = &sums->models[i].counters;
		frames = ended(c);
		if (!ended(c))
			continue;
		dlv += (ended(c) == c->met ? 0.5 : frames - c->met) / frames;
		if (!c->energy_max_nj)
			continue;
		done = c->met + c->missed ? c->met + c->missed : 1;
		energy += (double)c->energy_nj / c->energy_max_nj *
			  (completed ? frames / done : 1);
	}
	return dlv * energy * 1e6;
}

static void note_off(struct sums *sums, double off)
{
	if (!(off <= sums->off))
		sums->off = off;
}

/* All of a window has been told: how far is what it says from the formula? */
static void settle(struct sums *sums)
{
	if (!sums->windows)
		return;
	note_off(sums, fabs(uxcost(sums, false) - sums->last.uxcost));
	note_off(sums, fabs(uxcost(sums, true) - sums->last.uxc));
	if (sums->last.begin_ns >= sums->last.end_ns)
		sums->off = INFINITY;
}

static void on_window(const struct dream_window *window,
		      const struct dream_model_stats *stats, void *arg)
{
	struct sums *sums = arg;

	if (window) {
		settle(sums);
		sums->windows++;
		sums->last = *window;
		sums->count = 0;
	}
	if (sums->count < MODELS_MAX)
		sums->models[sums->count++] = *stats;
	add(total_of(sums, stats->model), &stats->counters);
}

static uint64_t frames_told(const struct _test_data_window *self)
{
	uint64_t frames = 0;
	unsigned int i;

	for (i = 0; i < self->sums.total_count; i++)
		frames += ended(&self->sums.total[i].counters);
	return frames;
}

TEST_F(window, they_add_up_to_the_counters)
{
	struct dream_model_stats *stats;
	struct pollfd fd = { .events = POLLIN };
	uint64_t i, half;
	int m, count;

	fd.fd = dream_windows_fd(self->windows);
	/* The second half comes when the window of the first one has ended. */
	for (i = 0, half = FRAMES / 2; frames_told(self) < FRAMES;) {
		for (; i < half; i++)
			ASSERT_EQ(0, run_frame(self, i % 3 ? self->good.handle :
						     self->late.handle));
		if (frames_told(self) == half)
			half = FRAMES;
		if (i < half)
			continue;
		ASSERT_EQ(1, poll(&fd, 1, PATIENCE / MS));
		ASSERT_LE(0, dream_windows_read(self->windows, on_window,
						&self->sums));
	}
	/* Each window, once the next one, or the last frame, has been told. */
	settle(&self->sums);
	EXPECT_GE(1.5, self->sums.off);
	EXPECT_LE(2, self->sums.windows);
	count = dream_nl_stats(self->lib, NULL, &stats);
	ASSERT_EQ(3, count);
	for (m = 1; m < count; m++)
		EXPECT_EQ(0, memcmp(&stats[m].counters,
				    total_of(&self->sums, stats[m].model),
				    sizeof(stats[m].counters)));
	EXPECT_EQ(FRAMES / 3,
		  total_of(&self->sums, self->late.model)->missed);
	EXPECT_EQ(FRAMES - FRAMES / 3,
		  total_of(&self->sums, self->good.model)->met);
	free(stats);
}

TEST_F(window, the_last_one_can_be_asked_for)
{
	struct pollfd fd = { .events = POLLIN };
	struct dream_model_stats *stats;
	struct dream_window window;
	int i, count;

	fd.fd = dream_windows_fd(self->windows);
	ASSERT_EQ(0, run_frame(self, self->good.handle));
	while (frames_told(self) < 1) {
		ASSERT_EQ(1, poll(&fd, 1, PATIENCE / MS));
		ASSERT_LE(0, dream_windows_read(self->windows, on_window,
						&self->sums));
	}
	/* Without frames no other one begins. */
	count = dream_nl_last_window(self->lib, &window, &stats);
	ASSERT_EQ(self->sums.count, count);
	EXPECT_EQ(0, memcmp(&window, &self->sums.last, sizeof(window)));
	for (i = 0; i < count; i++)
		EXPECT_EQ(0, memcmp(&stats[i].counters,
				    &self->sums.models[i].counters,
				    sizeof(stats[i].counters)));
	free(stats);
}

TEST_F(window, none_without_a_length)
{
	struct dream_model_stats *stats;
	struct dream_window before, after;

	ASSERT_EQ(0, nlk_param_set(&self->nl, "window", 0));
	ASSERT_LE(0, dream_nl_last_window(self->lib, &before, &stats));
	free(stats);
	ASSERT_EQ(0, run_frame(self, self->good.handle));
	ASSERT_LE(0, dream_nl_last_window(self->lib, &after, &stats));
	free(stats);
	EXPECT_EQ(before.number, after.number);
}

/* -------------------------------------------------------------------- tuner */

/* So long that a frame ends in each, on a slow machine too. */
#define TUNER_WINDOW_MS	200

/**
 * struct steps - what events tell of the tuner
 * @windows: windows that have ended
 * @steps: times that it has moved
 */
struct steps {
	unsigned int windows;
	unsigned int steps;
};

static void on_event(const struct dream_event *event, void *arg)
{
	struct steps *steps = arg;

	steps->windows += event->type == DREAM_EVENT_TYPE_WINDOW;
	steps->steps += event->type == DREAM_EVENT_TYPE_TUNE;
}

/*
 * Frames, until the tuner has moved so often or so many windows have ended. All of them
 * are late: each window costs the same, so that no trial is better, and gives reason
 * for the next one.
 */
static int run_at_most(struct _test_data_window *self, struct steps *steps,
		       unsigned int moves, unsigned int windows)
{
	int ret;

	while (steps->steps < moves && steps->windows < windows) {
		ret = run_frame(self, self->late.handle);
		if (!ret)
			ret = dream_events_read(self->events, on_event, steps);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Until the tuner has moved so often. */
static int run_until(struct _test_data_window *self, struct steps *steps,
		     unsigned int wanted)
{
	int ret = run_at_most(self, steps, wanted, WINDOWS_MAX);

	return !ret && steps->steps < wanted ? -ETIME : ret;
}

static bool weights_are(struct _test_data_window *self, uint64_t alpha, uint64_t beta)
{
	uint64_t a, b;

	return !nlk_param_get(&self->nl, "alpha", &a) &&
	       !nlk_param_get(&self->nl, "beta", &b) && a == alpha && b == beta;
}

/* From alpha = 0.7, beta = 0.3 until the first trial, half a unit of alpha below. */
static void begin_trial(struct __test_metadata *_metadata,
			struct _test_data_window *self, struct steps *steps)
{
	ASSERT_EQ(0, nlk_param_set(&self->nl, "window", TUNER_WINDOW_MS));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "alpha", 700));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "beta", 300));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "tune", 1));
	ASSERT_EQ(0, run_until(self, steps, 1));
	ASSERT_TRUE(weights_are(self, 200, 300));
}

TEST_F(window, the_tuner_moves_and_begins_anew_with_other_models)
{
	struct dream_queue_create other;
	struct steps steps = { 0 };

	begin_trial(_metadata, self, &steps);
	ASSERT_EQ(0, run_until(self, &steps, 2));
	EXPECT_TRUE(weights_are(self, 700, 300));
	ASSERT_EQ(0, run_until(self, &steps, 3));
	EXPECT_TRUE(weights_are(self, 700, 800));
	/* From here it would go on with less beta; anew, it begins with less alpha. */
	ASSERT_EQ(0, make_queue(self, "other", RELAXED, &other));
	ASSERT_EQ(0, run_until(self, &steps, 4));
	EXPECT_TRUE(weights_are(self, 200, 300));
}

/* Until so many windows have ended; returns how often the tuner has moved. */
static int run_windows(struct _test_data_window *self, unsigned int count)
{
	struct steps steps = { 0 };
	int ret = run_at_most(self, &steps, UINT_MAX, count);

	return ret ? ret : (int)steps.steps;
}

TEST_F(window, the_tuner_can_be_switched_off)
{
	struct steps steps = { 0 };

	begin_trial(_metadata, self, &steps);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "tune", 0));
	EXPECT_TRUE(weights_are(self, 700, 300));
	EXPECT_EQ(0, run_windows(self, 3));
	EXPECT_TRUE(weights_are(self, 700, 300));
}

/* Without windows no trial would end. */
TEST_F(window, no_windows_no_trial)
{
	struct steps steps = { 0 };

	begin_trial(_metadata, self, &steps);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "window", 0));
	EXPECT_TRUE(weights_are(self, 700, 300));
}

/* What somebody sets in the middle of a trial stays. */
TEST_F(window, switching_off_leaves_what_others_have_set)
{
	struct steps steps = { 0 };

	begin_trial(_metadata, self, &steps);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "beta", 1234));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "alpha", 111));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "tune", 0));
	EXPECT_TRUE(weights_are(self, 111, 1234));
	EXPECT_EQ(0, run_windows(self, 2));
	EXPECT_TRUE(weights_are(self, 111, 1234));
}

TEST_HARNESS_MAIN
