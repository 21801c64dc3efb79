// SPDX-License-Identifier: GPL-2.0
/*
 * Recording tracepoints: a tracefs instance of this process, read once when the run
 * is over.
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

struct trace {
	char dir[64];
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

/**
 * trace_start() - begin to record
 * @events: how many events to expect; any CPU may see all of them
 *
 * Return: the recording, for trace_free(); NULL after a complaint.
 */
struct trace *trace_start(uint64_t events)
{
	struct trace *trace = must_calloc(1, sizeof(*trace));
	uint64_t kib = events * EVENT_BYTES / 1024 + 1024;
	char size[32];

	snprintf(size, sizeof(size), "%llu",
		 (unsigned long long)(kib < BUFFER_KIB_MAX ? kib :
							      BUFFER_KIB_MAX));
	snprintf(trace->dir, sizeof(trace->dir), INSTANCES "/dream-%d",
		 (int)getpid());
	if (mkdir(trace->dir, 0700)) {
		failed("%s: %s; is tracefs mounted?", trace->dir,
		       strerror(errno));
		free(trace);
		return NULL;
	}
	if (write_file(trace, "trace_clock", "mono") ||
	    write_file(trace, "buffer_size_kb", size) ||
	    enable_events(trace)) {
		trace_free(trace);
		return NULL;
	}
	return trace;
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
	if (!trace)
		return;
	rmdir(trace->dir);
	free(trace);
}
