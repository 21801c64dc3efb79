// SPDX-License-Identifier: GPL-2.0
/*
 * Running a scenario.
 *
 * One run under one policy: NPUs, policy, parameters and models are set up, each
 * cascade gets its open file and thread, the clock starts, and when every frame
 * has ended the system is put back as it was. A signal ends the run early, by the
 * same way: no more frames, the ones in flight are cancelled, and what has been
 * counted is reported.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "cascade.h"
#include "dreamctl.h"
#include "memory.h"
#include "platform.h"
#include "run.h"
#include "trace.h"

/* From the last step of the set-up to the first frame. */
#define LEAD_NS		10000000ULL
/* Lines of progress in a run. */
#define PROGRESS_STEPS	10

/* A run that is going on. */
struct run {
	const struct scenario *scenario;
	const char *policy;
	struct dream_nl *nl;
	uint32_t *models;
	struct cascade_shared shared;
	struct cascade **cascades;
	uint32_t cascade_count;
	struct trace *trace;
	int signal_fd;
	int tick_fd;
	struct run_result *result;
};

/**
 * run_signals_open() - have the signals that end a run delivered to a file
 *
 * They stay blocked, in the threads that are made from now on as well.
 *
 * Return: the file, or -1 after a complaint.
 */
int run_signals_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		failed("signalfd: %s", strerror(errno));
	return fd;
}

/* ----------------------------------------------------------------- progress */

static void show_progress(const struct run *run)
{
	uint64_t now = dream_now(), since = 0;
	unsigned int percent;

	if (now > run->shared.origin_ns)
		since = now - run->shared.origin_ns;
	percent = since * 100 / run->scenario->duration_ns;
	fprintf(stderr, "%s%s, %s: %u %%, %llu frames have ended%s",
		isatty(STDERR_FILENO) ? "\r" : "", run->scenario->name,
		run->policy, percent < 100 ? percent : 100,
		run->shared.resolved,
		isatty(STDERR_FILENO) ? "" : "\n");
}

static void end_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
}

static void set_tick(const struct run *run)
{
	uint64_t step = run->scenario->duration_ns / PROGRESS_STEPS;
	struct itimerspec spec = {
		.it_interval = {
			.tv_sec = step / 1000000000,
			.tv_nsec = step % 1000000000,
		},
	};

	spec.it_value = spec.it_interval;
	timerfd_settime(run->tick_fd, 0, &spec, NULL);
}

/* -------------------------------------------------------------------- set-up */

/* Cascades, each with its first frame ready. */
static int open_cascades(struct run *run)
{
	const struct scenario *scenario = run->scenario;
	struct cascade *cascade;
	uint32_t i;

	run->cascades = must_calloc(scenario->stream_count,
				    sizeof(*run->cascades));
	for (i = 0; i < scenario->stream_count; i++) {
		if (scenario->streams[i].parent != SCENARIO_NO_PARENT)
			continue;
		cascade = cascade_new(&run->shared, i);
		if (!cascade)
			return -1;
		run->cascades[run->cascade_count++] = cascade;
	}
	return 0;
}

static int open_events(struct run *run)
{
	run->shared.stop_fd = eventfd(0, EFD_CLOEXEC);
	run->shared.done_fd = eventfd(0, EFD_CLOEXEC);
	run->tick_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (run->shared.stop_fd >= 0 && run->shared.done_fd >= 0 &&
	    run->tick_fd >= 0)
		return 0;
	failed("eventfd: %s", strerror(errno));
	return -1;
}

static void close_events(struct run *run)
{
	if (run->shared.stop_fd >= 0)
		close(run->shared.stop_fd);
	if (run->shared.done_fd >= 0)
		close(run->shared.done_fd);
	if (run->tick_fd >= 0)
		close(run->tick_fd);
}

/* Two events for a layer, two for a frame, of the heaviest variants. */
static uint64_t events_expected(const struct scenario *scenario)
{
	uint64_t events = 0;
	uint32_t i;

	for (i = 0; i < scenario->stream_count; i++) {
		const struct scenario_stream *stream = &scenario->streams[i];
		const struct scenario_model *model =
			&scenario->models[stream->model];

		events += scenario_frames(scenario, stream) *
			  (2 + 2 * model->variants[0].layer_count);
	}
	return events;
}

/* --------------------------------------------------------------------- going */

static void stop(struct run *run)
{
	uint64_t one = 1;

	run->result->stopped = true;
	if (write(run->shared.stop_fd, &one, sizeof(one)) < 0)
		failed("eventfd: %s", strerror(errno));
}

/* Until every cascade is done; a signal makes them come to an end. */
static void wait_for_end(struct run *run, uint32_t started)
{
	struct pollfd fds[3] = {
		{ .fd = run->shared.done_fd, .events = POLLIN },
		{ .fd = run->signal_fd, .events = POLLIN },
		{ .fd = run->tick_fd, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	uint64_t count, done = 0;

	while (done < started) {
		if (poll(fds, 3, -1) < 0) {
			failed("poll: %s", strerror(errno));
			stop(run);
			return;
		}
		if (fds[0].revents &&
		    read(fds[0].fd, &count, sizeof(count)) > 0)
			done += count;
		if (fds[1].revents &&
		    read(fds[1].fd, &info, sizeof(info)) > 0)
			stop(run);
		if (fds[2].revents &&
		    read(fds[2].fd, &count, sizeof(count)) > 0)
			show_progress(run);
	}
}

/* A cascade that cannot start stops the others; cascade_join() knows. */
static void start_cascades(struct run *run)
{
	uint32_t started = 0;

	run->shared.origin_ns = dream_now() + LEAD_NS;
	set_tick(run);
	while (started < run->cascade_count &&
	       !cascade_start(run->cascades[started]))
		started++;
	if (started < run->cascade_count)
		stop(run);
	wait_for_end(run, started);
	end_progress();
}

/* ------------------------------------------------------------------- results */

static void name_lanes(struct run *run, const uint32_t *queues)
{
	const struct scenario *scenario = run->scenario;
	struct timeline_scene *scene = &run->result->scene;
	struct timeline_lane *lane;
	uint32_t i;

	snprintf(scene->title, sizeof(scene->title),
		 "%.48s on %.32s, policy %.16s, load %g", scenario->name,
		 scenario->platform, run->policy, scenario->load);
	scene->origin_ns = run->shared.origin_ns;
	scene->accel_count = run->result->accel_count;
	scene->accels = must_calloc(scene->accel_count, sizeof(*scene->accels));
	for (i = 0; i < scene->accel_count; i++) {
		lane = &scene->accels[i];
		lane->id = run->result->accels[i].id;
		memcpy(lane->name, run->result->accels[i].name,
		       sizeof(lane->name));
		snprintf(lane->detail, sizeof(lane->detail), "%s",
			 run->result->accels[i].class_name);
	}
	scene->stream_count = scenario->stream_count;
	scene->streams = must_calloc(scene->stream_count,
				     sizeof(*scene->streams));
	for (i = 0; i < scene->stream_count; i++) {
		const struct scenario_stream *stream = &scenario->streams[i];

		lane = &scene->streams[i];
		lane->id = queues[i];
		memcpy(lane->name, stream->name, sizeof(lane->name));
		if (stream->parent == SCENARIO_NO_PARENT)
			snprintf(lane->detail, sizeof(lane->detail), "%g fps",
				 stream->fps * run->scenario->slow);
		else
			snprintf(lane->detail, sizeof(lane->detail),
				 "after %.18s, %g",
				 scenario->streams[stream->parent].name,
				 (double)stream->probability /
				 SCENARIO_CERTAIN);
	}
}

static int collect_accels(struct run *run)
{
	int count = dream_nl_accels(run->nl, &run->result->accels);

	if (count < 0) {
		request_failed(run->nl, count, "accelerators");
		return -1;
	}
	run->result->accel_count = count;
	return 0;
}

/* Add the streams up by model; every frame has to be there exactly once. */
static int sum_up(struct run *run)
{
	const struct scenario *scenario = run->scenario;
	struct run_result *result = run->result;
	int ret = 0;
	uint32_t i;

	for (i = 0; i < scenario->stream_count; i++) {
		if (!tally_adds_up(&result->streams[i])) {
			failed("internal error: the frames of %s do not add up",
			       scenario->streams[i].name);
			ret = EXIT_INTERNAL;
		}
		tally_merge(&result->models[scenario->streams[i].model],
			    &result->streams[i]);
	}
	figures_of(result->models, scenario->model_count, &result->figures);
	return ret;
}

static uint64_t speed_up(const struct run *run, uint64_t at)
{
	uint64_t origin = run->shared.origin_ns;

	return at > origin ? origin + (at - origin) / run->scenario->slow : at;
}

/* Slow motion ends here: the times of the result are those of the scenario. */
static void undo_slow_motion(struct run *run)
{
	struct timeline *timeline = &run->result->timeline;
	struct timeline_frame *frame;
	struct timeline_span *span;
	size_t i;

	run->result->window_ns /= run->scenario->slow;
	for (i = 0; i < run->result->accel_count; i++)
		run->result->accels[i].busy_ns /= run->scenario->slow;
	for (i = 0; i < timeline->span_count; i++) {
		span = &timeline->spans[i];
		span->start_ns = speed_up(run, span->start_ns);
		span->end_ns = speed_up(run, span->end_ns);
		span->busy_ns /= run->scenario->slow;
	}
	for (i = 0; i < timeline->frame_count; i++) {
		frame = &timeline->frames[i];
		frame->release_ns = speed_up(run, frame->release_ns);
		frame->deadline_ns = speed_up(run, frame->deadline_ns);
		frame->seen_ns = speed_up(run, frame->seen_ns);
		frame->end_ns = speed_up(run, frame->end_ns);
	}
}

/* What the cascades have counted, once they are done. */
static int collect(struct run *run)
{
	const struct scenario *scenario = run->scenario;
	struct run_result *result = run->result;
	uint32_t *queues = must_calloc(scenario->stream_count, sizeof(*queues));
	struct cascade_totals totals = {
		.tallies = result->streams,
		.queues = queues,
		.drops = &result->timeline,
	};
	bool broken = false;
	int ret = EXIT_FAILED;
	uint32_t i;

	for (i = 0; i < run->cascade_count; i++)
		if (cascade_join(run->cascades[i], &totals))
			broken = true;
	result->jobs = totals.jobs;
	result->checked = totals.checked;
	result->wrong = totals.wrong;
	result->window_ns = scenario->duration_ns;
	if (totals.last_ns > run->shared.origin_ns + result->window_ns)
		result->window_ns = totals.last_ns - run->shared.origin_ns;
	if (!broken && !collect_accels(run)) {
		name_lanes(run, queues);
		ret = sum_up(run);
		result->complete = true;
	}
	free(queues);
	if (!ret && totals.wrong)
		ret = EXIT_FAILED;
	return ret;
}

/* ---------------------------------------------------------------------- run */

static int run_cascades(struct run *run)
{
	int ret = EXIT_FAILED;
	uint32_t i;

	if (run->shared.keep_drops) {
		run->trace = trace_start(events_expected(run->scenario));
		if (!run->trace)
			return ret;
	}
	if (!open_cascades(run)) {
		start_cascades(run);
		ret = collect(run);
		if (run->trace &&
		    trace_stop(run->trace, &run->result->timeline) && !ret)
			ret = EXIT_FAILED;
		undo_slow_motion(run);
	}
	for (i = 0; i < run->cascade_count; i++)
		cascade_free(run->cascades[i]);
	free(run->cascades);
	trace_free(run->trace);
	return ret;
}

static int run_models(struct run *run)
{
	int ret = EXIT_FAILED;

	run->models = must_calloc(run->scenario->model_count,
				  sizeof(*run->models));
	run->shared.models = run->models;
	if (!upload_models(run->scenario, run->nl, run->models)) {
		ret = run_cascades(run);
		delete_models(run->scenario, run->nl, run->models);
	}
	free(run->models);
	return ret;
}

/* May jobs be submitted ahead? */
static int ask_cascades(struct run *run)
{
	struct dream_param param;
	int err = dream_nl_param(run->nl, "cascades", &param);

	if (err) {
		request_failed(run->nl, err, "parameter cascades");
		return -1;
	}
	run->shared.ahead = param.value;
	return 0;
}

static int run_settings(struct run *run)
{
	struct settings settings;
	int ret = EXIT_FAILED;

	if (settings_save(&settings, run->scenario, run->nl))
		return ret;
	if (!settings_apply(&settings, run->scenario, run->policy, run->nl) &&
	    !ask_cascades(run))
		ret = run_models(run);
	if (settings_restore(&settings, run->nl) && !ret)
		ret = EXIT_FAILED;
	return ret;
}

static int run_platform(struct run *run)
{
	struct platform platform;
	int ret;

	if (platform_up(&platform, run->scenario, run->nl))
		return EXIT_FAILED;
	ret = run_settings(run);
	if (platform_down(&platform) && !ret)
		ret = EXIT_FAILED;
	return ret;
}

/**
 * run_scenario() - run a scenario under a policy
 * @scenario: scenario
 * @policy: policy
 * @signal_fd: what run_signals_open() has returned
 * @traced: record a timeline
 * @result: out, for run_result_free(), whatever is returned
 *
 * Return: EXIT_DONE; EXIT_FAILED after a complaint; EXIT_INTERNAL if frames are
 * missing in the count.
 */
int run_scenario(const struct scenario *scenario, const char *policy,
		 int signal_fd, bool traced, struct run_result *result)
{
	struct run run = {
		.scenario = scenario,
		.policy = policy,
		.signal_fd = signal_fd,
		.tick_fd = -1,
		.shared = {
			.scenario = scenario,
			.stop_fd = -1,
			.done_fd = -1,
			.keep_drops = traced,
		},
		.result = result,
	};
	int ret;

	memset(result, 0, sizeof(*result));
	result->scenario = scenario;
	snprintf(result->policy, sizeof(result->policy), "%s", policy);
	result->streams = must_calloc(scenario->stream_count,
				      sizeof(*result->streams));
	result->models = must_calloc(scenario->model_count,
				     sizeof(*result->models));
	ret = connect_netlink(&run.nl);
	if (ret)
		return ret;
	ret = open_events(&run) ? EXIT_FAILED : run_platform(&run);
	close_events(&run);
	dream_nl_close(run.nl);
	return ret;
}

/**
 * run_result_free() - forget what came of a run
 * @result: it
 */
void run_result_free(struct run_result *result)
{
	uint32_t i;

	for (i = 0; i < result->scenario->stream_count; i++)
		tally_free(&result->streams[i]);
	for (i = 0; i < result->scenario->model_count; i++)
		tally_free(&result->models[i]);
	timeline_free(&result->timeline);
	free(result->scene.accels);
	free(result->scene.streams);
	free(result->streams);
	free(result->models);
	free(result->accels);
}
