// SPDX-License-Identifier: GPL-2.0
/* dreamctl record */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "capture.h"
#include "memory.h"
#include "output.h"
#include "run.h"
#include "trace.h"

static const char usage[] =
	"Usage: dreamctl [-p] record [--duration TIME] [-o FILE]\n"
	"\n"
	"Record what comes to the scheduler until an interrupt, or for TIME: which frames\n"
	"were released when, what their layers cost, what became of them, and what the\n"
	"scheduler had to decide with. The recording goes to FILE or to standard output;\n"
	"\"dreamctl tune\" replays it. Standard error says when it begins. Needs root.\n"
	"\n"
	"  --duration TIME   2, 2s or 2000ms\n"
	"  -o, --output FILE where to\n";

/* Files that the recorder waits for, before the alarms of the trace. */
enum {
	ON_SIGNAL,
	ON_TIMER,
	ON_QUEUE,
	ON_ALARM,
};

/**
 * struct recorder - a recording in progress
 * @nl: for questions
 * @trace: what happens
 * @new_queues: the first job of each new queue
 * @text: events that have been drained
 * @capture: what has been told
 */
struct recorder {
	struct dream_nl *nl;
	struct trace *trace;
	struct trace *new_queues;
	FILE *text;
	struct capture capture;
};

/* ------------------------------------------------------------ what is asked */

/* Accelerators may come with the programs that use them. */
static int note_accels(struct recorder *recorder)
{
	struct capture *capture = &recorder->capture;
	struct dream_accel *accels;
	int i, count;
	size_t j;

	count = dream_nl_accels(recorder->nl, &accels);
	if (count < 0)
		return request_failed(recorder->nl, count, "accelerators");
	for (i = 0; i < count; i++) {
		for (j = 0; j < capture->accel_count; j++)
			if (capture->accels[j].id == accels[i].id)
				break;
		if (j < capture->accel_count)
			continue;
		capture->accels = must_grow(capture->accels, j,
					    sizeof(*accels));
		capture->accels[capture->accel_count++] = accels[i];
	}
	free(accels);
	return EXIT_DONE;
}

static int note_policy(struct recorder *recorder)
{
	struct dream_policy *policies;
	int i, count;

	count = dream_nl_policies(recorder->nl, &policies);
	if (count < 0)
		return request_failed(recorder->nl, count, "policies");
	for (i = 0; i < count; i++)
		if (policies[i].active)
			memcpy(recorder->capture.policy, policies[i].name,
			       DREAM_NAME_LEN);
	free(policies);
	return EXIT_DONE;
}

/* Those count that hold when the first queue is there. */
static int note_settings(struct recorder *recorder)
{
	struct capture *capture = &recorder->capture;
	int count;

	if (capture->param_count)
		return EXIT_DONE;
	if (note_policy(recorder))
		return EXIT_FAILED;
	count = dream_nl_params(recorder->nl, &capture->params);
	if (count < 0)
		return request_failed(recorder->nl, count, "parameters");
	capture->param_count = count;
	return EXIT_DONE;
}

static bool knows_model(const struct capture *capture, uint32_t id)
{
	size_t i;

	for (i = 0; i < capture->model_count; i++)
		if (capture->models[i].model.id == id)
			return true;
	return false;
}

/* A model that has gone in the meantime is left out; so are its queues. */
static void note_model(struct recorder *recorder, uint32_t id)
{
	struct capture *capture = &recorder->capture;
	struct capture_model model;

	if (!id || knows_model(capture, id))
		return;
	if (dream_nl_model(recorder->nl, id, &model.model) ||
	    dream_nl_costs(recorder->nl, id, &model.rows))
		return;
	capture->models = must_grow(capture->models, capture->model_count,
				    sizeof(model));
	capture->models[capture->model_count++] = model;
}

static int note_queue(struct recorder *recorder, const struct dream_queue *queue)
{
	struct capture *capture = &recorder->capture;
	size_t i;

	for (i = 0; i < capture->queue_count; i++)
		if (capture->queues[i].id == queue->id)
			return EXIT_DONE;
	if (note_settings(recorder) || note_accels(recorder))
		return EXIT_FAILED;
	note_model(recorder, queue->model);
	capture->queues = must_grow(capture->queues, capture->queue_count,
				    sizeof(*queue));
	capture->queues[capture->queue_count++] = *queue;
	return EXIT_DONE;
}

static int note_queues(struct recorder *recorder)
{
	struct dream_queue *queues;
	int i, count, ret = EXIT_DONE;

	count = dream_nl_queues(recorder->nl, &queues);
	if (count < 0)
		return request_failed(recorder->nl, count, "queues");
	for (i = 0; i < count && !ret; i++)
		ret = note_queue(recorder, &queues[i]);
	free(queues);
	return ret;
}

/* Ask about the queues whose first job was submitted. */
static int note_new_queues(struct recorder *recorder)
{
	FILE *text = must_have(tmpfile());
	struct dream_queue queue;
	char line[256], *at;
	uint32_t id;
	int ret;

	ret = trace_drain(recorder->new_queues, text);
	rewind(text);
	while (!ret && fgets(line, sizeof(line), text)) {
		at = strstr(line, "dream_job_submit: queue=");
		if (at && sscanf(at, "dream_job_submit: queue=%" SCNu32,
				 &id) == 1 &&
		    !dream_nl_queue(recorder->nl, id, &queue))
			ret = note_queue(recorder, &queue);
	}
	fclose(text);
	return ret ? EXIT_FAILED : EXIT_DONE;
}

/* -------------------------------------------------------------- what happens */

/* Record until the time is over, or a signal. */
static int follow(struct recorder *recorder, int signal_fd, int timer_fd)
{
	const int *alarms;
	size_t i, count = trace_alarms(recorder->trace, &alarms);
	struct pollfd *fds = must_calloc(ON_ALARM + count, sizeof(*fds));
	int ret = EXIT_DONE;

	fds[ON_SIGNAL].fd = signal_fd;
	fds[ON_TIMER].fd = timer_fd;
	fds[ON_QUEUE].fd = trace_fd(recorder->new_queues);
	for (i = 0; i < count; i++)
		fds[ON_ALARM + i].fd = alarms[i];
	for (i = 0; i < ON_ALARM + count; i++)
		fds[i].events = POLLIN;
	while (!ret && !fds[ON_SIGNAL].revents && !fds[ON_TIMER].revents) {
		if (poll(fds, ON_ALARM + count, -1) < 0) {
			if (errno != EINTR)
				ret = failed("poll: %s", strerror(errno));
			continue;
		}
		if (fds[ON_QUEUE].revents)
			ret = note_new_queues(recorder);
		for (i = 0; i < count && !fds[ON_ALARM + i].revents;)
			i++;
		if (i < count && trace_drain(recorder->trace, recorder->text))
			ret = EXIT_FAILED;
	}
	free(fds);
	return ret;
}

static int record_events(struct recorder *recorder, int signal_fd, int timer_fd)
{
	struct capture *capture = &recorder->capture;
	int ret;

	/* Queues that come while the others are listed come twice, not never. */
	capture->begin_ns = dream_now();
	ret = note_queues(recorder);
	if (ret)
		return ret;
	fputs("recording\n", stderr);
	ret = follow(recorder, signal_fd, timer_fd);
	capture->end_ns = dream_now();
	if (ret)
		return ret;
	if (trace_end(recorder->trace, recorder->text) ||
	    note_new_queues(recorder))
		return EXIT_FAILED;
	if (!capture->queue_count)
		return failed("there was no queue");
	rewind(recorder->text);
	timeline_parse(&capture->timeline, recorder->text);
	return EXIT_DONE;
}

/* ------------------------------------------------------------------- command */

static void print_summary(const struct recording *recording,
			  const struct capture_losses *losses)
{
	const struct scenario *scenario = &recording->scenario;
	uint64_t frames = 0;
	char cell[CELL_LEN];
	uint32_t i;

	for (i = 0; i < scenario->stream_count; i++)
		frames += recording->queues[i].count;
	fprintf(stderr, "%" PRIu64 " frames of %u queues in %s\n", frames,
		scenario->stream_count,
		format_number(cell, (double)scenario->duration_ns, F_TIME));
	if (losses->unknown)
		fprintf(stderr,
			"left out: %" PRIu64 " frames of queues that are gone or have no profile\n",
			losses->unknown);
	if (losses->orphans)
		fprintf(stderr,
			"left out: %" PRIu64 " frames that were asked for before the begin\n",
			losses->orphans);
}

static int write_recording(struct capture *capture, const struct opts *o,
			   const char *file)
{
	struct capture_losses losses;
	struct recording *recording;
	FILE *out = stdout;
	json_t *json;
	int ret = 0;

	if (file)
		out = fopen(file, "we");
	if (!out)
		return failed("%s: %s", file, strerror(errno));
	recording = capture_recording(capture, &losses);
	json = recording_json(recording);
	ret = json_dumpf(json, out, JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9) |
			 (o->pretty ? JSON_INDENT(2) : JSON_COMPACT));
	fputc('\n', out);
	json_decref(json);
	print_summary(recording, &losses);
	recording_free(recording);
	if (fflush(out) || ferror(out))
		ret = -1;
	if (file && fclose(out))
		ret = -1;
	return ret ? failed("%s: %s", file ? file : "standard output",
			    strerror(errno)) : EXIT_DONE;
}

/* A timer that ends the recording; without a duration it never does. */
static int open_timer(uint64_t duration_ns)
{
	const struct itimerspec end = {
		.it_value = {
			.tv_sec = duration_ns / 1000000000,
			.tv_nsec = duration_ns % 1000000000,
		},
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (fd >= 0 && timerfd_settime(fd, 0, &end, NULL)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		failed("timerfd: %s", strerror(errno));
	return fd;
}

static int carry_out(const struct opts *o, uint64_t duration_ns,
		     const char *file)
{
	struct recorder recorder = { 0 };
	int signal_fd, timer_fd = -1;
	int ret = EXIT_FAILED;

	signal_fd = run_signals_open();
	if (signal_fd < 0)
		return EXIT_FAILED;
	if (connect_netlink(&recorder.nl))
		goto out_signals;
	recorder.text = tmpfile();
	if (!recorder.text) {
		failed("temporary file: %s", strerror(errno));
		goto out_nl;
	}
	recorder.new_queues = trace_new_queues();
	if (!recorder.new_queues)
		goto out_text;
	recorder.trace = trace_follow();
	if (!recorder.trace)
		goto out_trace;
	timer_fd = open_timer(duration_ns);
	if (timer_fd < 0)
		goto out_trace;
	ret = record_events(&recorder, signal_fd, timer_fd);
	close(timer_fd);
out_trace:
	trace_free(recorder.trace);
	trace_free(recorder.new_queues);
out_text:
	fclose(recorder.text);
out_nl:
	dream_nl_close(recorder.nl);
out_signals:
	close(signal_fd);
	if (!ret)
		ret = write_recording(&recorder.capture, o, file);
	capture_free(&recorder.capture);
	return ret;
}

int cmd_record(int argc, char **argv, const struct opts *o)
{
	static const struct option options[] = {
		{ "duration", required_argument, NULL, 'd' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *file = NULL;
	uint64_t duration = 0;
	int option;

	if (argc && wants_help(*argv)) {
		fputs(usage, stdout);
		return EXIT_DONE;
	}
	/* getopt_long() expects the name of the program in front. */
	optind = 0;
	while ((option = getopt_long(argc + 1, argv - 1, "o:h", options,
				     NULL)) != -1) {
		switch (option) {
		case 'd':
			if (!parse_time(optarg, &duration))
				return bad_usage("%s is not a duration",
						 optarg);
			break;
		case 'o':
			file = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_DONE;
		default:
			return EXIT_USAGE;
		}
	}
	/* argv - 1 is what getopt_long() has counted in. */
	if (optind != argc + 1)
		return bad_usage("\"%s\" is too much", argv[optind - 1]);
	return carry_out(o, duration, file);
}
