// SPDX-License-Identifier: GPL-2.0
/*
 * Recording tracepoints: a tracefs instance of this process, read once when the run
 * is over, or drained whenever the buffer of a CPU is half full.
 *
 * A second instance can tell of new queues: it is left the first job of each, and
 * wakes its reader at once.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dreamctl.h"
#include "memory.h"
#include "trace.h"

#define INSTANCES	"/sys/kernel/tracing/instances"
/* Bytes of an event in the ring buffer, with room to spare. */
#define EVENT_BYTES	96
/* Most memory for the events of each CPU, in KiB. */
#define BUFFER_KIB_MAX	(256 << 10)

static const char * const events[] = {
	"dream_job_release", "dream_job_end",
	"dream_layer_start", "dream_layer_end",
};

/* Memory for the events of each CPU if they are drained, and from when on. */
#define FOLLOW_KIB	"8192"
#define FOLLOW_PERCENT	"50"

/**
 * struct trace - an instance
 * @dir: its directory
 * @pipe: where its events come out, or -1
 * @alarms: for each CPU, a file that becomes readable when its buffer is half full
 * @alarm_count: their number
 */
struct trace {
	char dir[64];
	int pipe;
	int *alarms;
	size_t alarm_count;
};

static int write_file(const struct trace *trace, const char *name,
		      const char *value)
{
	char path[160];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/%s", trace->dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	if (err)
		failed("%s: %s", path, strerror(err));
	return err ? -1 : 0;
}

static int enable_events(const struct trace *trace)
{
	char name[96];
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		snprintf(name, sizeof(name), "events/dream/%s/enable",
			 events[i]);
		if (write_file(trace, name, "1"))
			return -1;
	}
	return 0;
}

/* An instance without events yet, that nobody reads as they come. */
static struct trace *new_instance(const char *suffix)
{
	struct trace *trace = must_calloc(1, sizeof(*trace));

	trace->pipe = -1;
	snprintf(trace->dir, sizeof(trace->dir), INSTANCES "/dream-%d%s",
		 (int)getpid(), suffix);
	if (!mkdir(trace->dir, 0700))
		return trace;
	failed("%s: %s; is tracefs mounted?", trace->dir, strerror(errno));
	free(trace);
	return NULL;
}

/**
 * trace_start() - begin to record
 * @events: how many events to expect; any CPU may see all of them
 *
 * Return: the recording, for trace_free(); NULL after a complaint.
 */
struct trace *trace_start(uint64_t events)
{
	uint64_t kib = events * EVENT_BYTES / 1024 + 1024;
	struct trace *trace = new_instance("");
	char size[32];

	if (!trace)
		return NULL;
	snprintf(size, sizeof(size), "%llu",
		 (unsigned long long)(kib < BUFFER_KIB_MAX ? kib :
							      BUFFER_KIB_MAX));
	if (write_file(trace, "trace_clock", "mono") ||
	    write_file(trace, "buffer_size_kb", size) ||
	    enable_events(trace)) {
		trace_free(trace);
		return NULL;
	}
	return trace;
}

static int open_file(const struct trace *trace, const char *name)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", trace->dir, name);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		failed("%s: %s", path, strerror(errno));
	return fd;
}

static int open_alarms(struct trace *trace)
{
	long cpu, cpus = sysconf(_SC_NPROCESSORS_CONF);
	char name[64];
	int fd;

	trace->alarms = must_calloc(TRACE_CPUS_MAX, sizeof(*trace->alarms));
	for (cpu = 0; cpu < cpus && cpu < TRACE_CPUS_MAX; cpu++) {
		snprintf(name, sizeof(name), "per_cpu/cpu%ld/trace_pipe_raw",
			 cpu);
		fd = open_file(trace, name);
		if (fd < 0)
			return -1;
		trace->alarms[trace->alarm_count++] = fd;
	}
	return 0;
}

/**
 * trace_follow() - begin to record for a time that is not known
 *
 * The caller drains the buffer whenever one of trace_alarms() is readable.
 *
 * Return: the recording, for trace_free(); NULL after a complaint.
 */
struct trace *trace_follow(void)
{
	struct trace *trace = new_instance("");

	if (!trace)
		return NULL;
	if (write_file(trace, "trace_clock", "mono") ||
	    write_file(trace, "buffer_size_kb", FOLLOW_KIB) ||
	    write_file(trace, "buffer_percent", FOLLOW_PERCENT))
		goto err_free;
	trace->pipe = open_file(trace, "trace_pipe");
	if (trace->pipe < 0 || open_alarms(trace) || enable_events(trace))
		goto err_free;
	return trace;

err_free:
	trace_free(trace);
	return NULL;
}

/**
 * trace_new_queues() - listen to the first job of each new queue
 *
 * Return: what trace_fd() and trace_drain() are for; NULL after a complaint.
 */
struct trace *trace_new_queues(void)
{
	struct trace *trace = new_instance("-new");

	if (!trace)
		return NULL;
	trace->pipe = open_file(trace, "trace_pipe");
	if (trace->pipe >= 0 &&
	    !write_file(trace, "events/dream/dream_job_submit/filter",
			"seqno == 1") &&
	    !write_file(trace, "events/dream/dream_job_submit/enable", "1"))
		return trace;
	trace_free(trace);
	return NULL;
}

/**
 * trace_fd() - file that becomes readable when there are events
 * @trace: from trace_new_queues()
 *
 * Return: file descriptor.
 */
int trace_fd(const struct trace *trace)
{
	return trace->pipe;
}

/**
 * trace_alarms() - files that become readable when it is time to drain
 * @trace: from trace_follow()
 * @fds: out: file descriptors
 *
 * Return: their number.
 */
size_t trace_alarms(const struct trace *trace, const int **fds)
{
	*fds = trace->alarms;
	return trace->alarm_count;
}

/**
 * trace_drain() - take the events that there are
 * @trace: from trace_follow() or trace_new_queues()
 * @to: their text goes there
 *
 * Return: 0, or -1 after a complaint.
 */
int trace_drain(struct trace *trace, FILE *to)
{
	char text[4096];
	ssize_t len;

	for (;;) {
		len = read(trace->pipe, text, sizeof(text));
		if (!len || (len < 0 && errno == EAGAIN))
			return 0;
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0 || fwrite(text, len, 1, to) != 1) {
			failed("%s: %s", trace->dir, strerror(errno));
			return -1;
		}
	}
}

/* Events that a CPU had no room for. */
static unsigned long lost_events(const char *stats)
{
	unsigned long lost = 0, n;
	char line[128];
	FILE *in = fopen(stats, "re");

	if (!in)
		return 0;
	while (fgets(line, sizeof(line), in))
		if (sscanf(line, "overrun: %lu", &n) == 1 ||
		    sscanf(line, "dropped events: %lu", &n) == 1)
			lost += n;
	fclose(in);
	return lost;
}

static void complain_about_loss(const struct trace *trace)
{
	unsigned long lost = 0;
	struct dirent *entry;
	char path[352];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/per_cpu", trace->dir);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/per_cpu/%s/stats", trace->dir,
			 entry->d_name);
		lost += lost_events(path);
	}
	closedir(dir);
	if (lost)
		failed("the trace has lost %lu events", lost);
}

/**
 * trace_end() - end a recording that was followed
 * @trace: from trace_follow()
 * @to: the text of the remaining events goes there
 *
 * Return: 0, or -1 after a complaint.
 */
int trace_end(struct trace *trace, FILE *to)
{
	if (write_file(trace, "tracing_on", "0"))
		return -1;
	complain_about_loss(trace);
	return trace_drain(trace, to);
}

/**
 * trace_stop() - end a recording and read it
 * @trace: recording
 * @timeline: what happened is added
 *
 * Return: 0, or -1 after a complaint.
 */
int trace_stop(struct trace *trace, struct timeline *timeline)
{
	char path[80];
	FILE *in;

	if (write_file(trace, "tracing_on", "0"))
		return -1;
	complain_about_loss(trace);
	snprintf(path, sizeof(path), "%s/trace", trace->dir);
	in = fopen(path, "re");
	if (!in) {
		failed("%s: %s", path, strerror(errno));
		return -1;
	}
	timeline_parse(timeline, in);
	fclose(in);
	return 0;
}

/**
 * trace_free() - remove a recording
 * @trace: recording, or NULL
 */
void trace_free(struct trace *trace)
{
	size_t i;

	if (!trace)
		return;
	for (i = 0; i < trace->alarm_count; i++)
		close(trace->alarms[i]);
	if (trace->pipe >= 0)
		close(trace->pipe);
	rmdir(trace->dir);
	free(trace->alarms);
	free(trace);
}
