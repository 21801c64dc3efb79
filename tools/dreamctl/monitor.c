// SPDX-License-Identifier: GPL-2.0
/* dreamctl monitor */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "memory.h"
#include "output.h"

static const char usage[] =
	"Usage: dreamctl [-j] [-p] monitor [-n NUMBER]\n"
	"\n"
	"Print what happens until an interrupt, or for NUMBER events: missed and\n"
	"dropped frames, failures, lighter variants, changes of policy and parameters,\n"
	"steps of the tuner, accelerators that come, go or fail, and the counters of each\n"
	"window of accounting. Each line has the time in seconds (CLOCK_MONOTONIC). With\n"
	"-j, one JSON object on a line.\n";

/**
 * struct monitor - what is being listened to
 * @nl: for the scale of parameters
 * @events: events
 * @windows: windows
 * @o: options
 * @wanted: how many events; UINT64_MAX: no limit
 * @seen: how many there have been
 * @window: window that is being told, its number is 0 if none is
 */
struct monitor {
	struct dream_nl *nl;
	struct dream_events *events;
	struct dream_windows *windows;
	const struct opts *o;
	uint64_t wanted;
	uint64_t seen;
	struct dream_window window;
};

static void print_event_json(const struct opts *o,
			     const struct dream_event *event)
{
	json_t *json;

	json = must_have(json_pack("{sIss}",
				   "time_ns", (json_int_t)event->time_ns,
				   "event", dream_event_type_name(event->type)));
	if (event->has & DREAM_EVENT_HAS_QUEUE)
		json_object_set_new(json, "queue", json_u64(event->queue));
	if (event->has & DREAM_EVENT_HAS_SEQNO)
		json_object_set_new(json, "seqno", json_u64(event->seqno));
	if (event->has & DREAM_EVENT_HAS_MODEL)
		json_object_set_new(json, "model", json_u64(event->model));
	if (event->has & DREAM_EVENT_HAS_ACCEL)
		json_object_set_new(json, "accel", json_u64(event->accel));
	if (event->has & DREAM_EVENT_HAS_REASON)
		json_object_set_new(json, "reason",
				    json_string(dream_reason_name(event->reason)));
	if (event->has & DREAM_EVENT_HAS_VALUE)
		json_object_set_new(json, "value", json_integer(event->value));
	if (event->has & DREAM_EVENT_HAS_NAME)
		json_object_set_new(json, "name", json_string(event->name));
	print_json(o, json);
	json_decref(json);
}

static void print_param(struct dream_nl *nl, const struct dream_event *event)
{
	struct dream_param param;
	char text[PARAM_LEN];

	if (dream_nl_param(nl, event->name, &param))
		return;
	printf(" = %s%s%s",
	       param_text(text, (uint64_t)event->value, param.scale),
	       *param.unit ? " " : "", param.unit);
}

/* What the value of an event means, which depends on its type. */
static void print_value(struct dream_nl *nl, const struct dream_event *event)
{
	char cell[CELL_LEN];

	switch (event->type) {
	case DREAM_EVENT_TYPE_MISS:
		printf(", %s late",
		       format_number(cell, (double)event->value, F_TIME));
		break;
	case DREAM_EVENT_TYPE_DROP:
		printf(", %s", dream_reason_name(event->reason));
		break;
	case DREAM_EVENT_TYPE_FAIL:
		printf(", %s: %s", dream_reason_name(event->reason),
		       strerror((int)llabs(event->value)));
		break;
	case DREAM_EVENT_TYPE_VARIANT:
		printf(", variant %" PRIi64, event->value);
		break;
	case DREAM_EVENT_TYPE_PARAM:
		print_param(nl, event);
		break;
	case DREAM_EVENT_TYPE_TUNE:
		printf(" UXCost %.6f", (double)event->value / 1e6);
		break;
	case DREAM_EVENT_TYPE_ACCEL_FAULT:
		printf(", %s", event->value ?
		       strerror((int)llabs(event->value)) : "works again");
		break;
	case DREAM_EVENT_TYPE_POLICY_FAULT:
		printf(", replaced by the default");
		break;
	}
}

static void print_head(uint64_t time_ns, const char *what)
{
	printf("%" PRIu64 ".%09u  %-12s", time_ns / 1000000000,
	       (unsigned int)(time_ns % 1000000000), what);
}

static void print_event_text(struct dream_nl *nl,
			     const struct dream_event *event)
{
	print_head(event->time_ns, dream_event_type_name(event->type));
	if (event->has & DREAM_EVENT_HAS_NAME)
		printf(" %s", event->name);
	if (event->has & DREAM_EVENT_HAS_ACCEL)
		printf(" accel %u", event->accel);
	if (event->has & DREAM_EVENT_HAS_QUEUE)
		printf(" queue %u", event->queue);
	if (event->has & DREAM_EVENT_HAS_SEQNO)
		printf(" job %" PRIu64, event->seqno);
	if (event->model)
		printf(" model %u", event->model);
	print_value(nl, event);
	putchar('\n');
}

static void on_event(const struct dream_event *event, void *arg)
{
	struct monitor *monitor = arg;

	/* The group of windows tells more of them. */
	if (monitor->seen == monitor->wanted ||
	    event->type == DREAM_EVENT_TYPE_WINDOW)
		return;
	monitor->seen++;
	if (monitor->o->json)
		print_event_json(monitor->o, event);
	else
		print_event_text(monitor->nl, event);
	fflush(stdout);
}

/* ------------------------------------------------------------------ windows */

static void print_window_json(const struct opts *o,
			      const struct dream_window *window,
			      const struct dream_model_stats *stats)
{
	json_t *json, *counters;

	json = json_pack("{sIsssIsIsIsfsfsIss}",
			 "time_ns", (json_int_t)window->end_ns,
			 "event", "window",
			 "window", (json_int_t)window->number,
			 "begin_ns", (json_int_t)window->begin_ns,
			 "end_ns", (json_int_t)window->end_ns,
			 "uxcost", (double)window->uxcost / 1e6,
			 "uxc", (double)window->uxc / 1e6,
			 "model", (json_int_t)stats->model,
			 "name", stats->name);
	counters = json_counters(&stats->counters);
	json_object_update_new(must_have(json), counters);
	print_json(o, json);
	json_decref(json);
}

static void print_window_text(const struct dream_window *window)
{
	char cell[CELL_LEN];

	print_head(window->end_ns, "window");
	printf(" %" PRIu64 ", %s, UXCost %.6f, UXc %.6f\n", window->number,
	       format_number(cell, (double)(window->end_ns - window->begin_ns),
			     F_TIME),
	       (double)window->uxcost / 1e6, (double)window->uxc / 1e6);
}

static void print_counters_text(const struct dream_window *window,
				const struct dream_model_stats *stats)
{
	const struct dream_counters *c = &stats->counters;

	print_head(window->end_ns, "window");
	printf(" %" PRIu64 ", %s: %" PRIu64 " met, %" PRIu64 " missed, %" PRIu64
	       " dropped, %" PRIu64 " failed, %" PRIu64 " cancelled\n",
	       window->number, stats->model ? stats->name : "no profile",
	       c->met, c->missed, c->dropped, c->failed, c->cancelled);
}

/* A window is an event, with its models. */
static void on_window(const struct dream_window *window,
		      const struct dream_model_stats *stats, void *arg)
{
	struct monitor *monitor = arg;

	if (window) {
		memset(&monitor->window, 0, sizeof(monitor->window));
		if (monitor->seen == monitor->wanted)
			return;
		monitor->seen++;
		monitor->window = *window;
	}
	/* The begin of this one was lost, or there have been enough. */
	if (!monitor->window.number)
		return;
	if (monitor->o->json) {
		print_window_json(monitor->o, &monitor->window, stats);
	} else {
		if (window)
			print_window_text(window);
		if (frames_ended(&stats->counters))
			print_counters_text(&monitor->window, stats);
	}
	fflush(stdout);
}

/* Say whether reading went wrong; returns an exit status. */
static int check_read(int ret)
{
	if (ret == -ENOBUFS)
		failed("events came faster than they could be printed, some are lost");
	else if (ret < 0)
		return failed("events: %s", strerror(-ret));
	return EXIT_DONE;
}

/* Print events until there have been enough, or a signal. Returns an exit status. */
static int listen_to(struct monitor *monitor, int signals)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = dream_events_fd(monitor->events), .events = POLLIN },
		{ .fd = dream_windows_fd(monitor->windows), .events = POLLIN },
	};
	int ret = EXIT_DONE;

	while (!ret && monitor->seen < monitor->wanted) {
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return failed("poll: %s", strerror(errno));
		if (fds[0].revents)
			break;
		ret = check_read(dream_events_read(monitor->events, on_event,
						   monitor));
		if (!ret)
			ret = check_read(dream_windows_read(monitor->windows,
							    on_window, monitor));
	}
	return ret;
}

static int read_options(int argc, char **argv, struct monitor *monitor)
{
	if (!argc)
		return EXIT_DONE;
	if (strcmp(*argv, "-n"))
		return bad_usage("monitor: \"%s\" is not known here", *argv);
	if (argc < 2 || !parse_u64(argv[1], &monitor->wanted))
		return bad_usage("monitor -n: how many events?");
	return no_more(argc - 2, argv + 2);
}

int cmd_monitor(int argc, char **argv, const struct opts *o)
{
	struct monitor monitor = { .o = o, .wanted = UINT64_MAX };
	int signals, err, status;
	sigset_t set;

	if (argc && wants_help(*argv)) {
		fputs(usage, stdout);
		return EXIT_DONE;
	}
	status = read_options(argc, argv, &monitor);
	if (status)
		return status;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		return failed("signalfd: %s", strerror(errno));
	status = connect_netlink(&monitor.nl);
	if (status)
		goto out_signals;
	err = dream_events_open(&monitor.events);
	if (err) {
		status = failed("events: %s", strerror(-err));
		goto out_nl;
	}
	err = dream_windows_open(&monitor.windows);
	if (err) {
		status = failed("windows: %s", strerror(-err));
		goto out_events;
	}
	status = listen_to(&monitor, signals);
	dream_windows_close(monitor.windows);
out_events:
	dream_events_close(monitor.events);
out_nl:
	dream_nl_close(monitor.nl);
out_signals:
	close(signals);
	return status;
}
