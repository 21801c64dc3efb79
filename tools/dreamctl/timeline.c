// SPDX-License-Identifier: GPL-2.0
/*
 * Timelines: reading the text of tracefs.
 *
 * A line is "task-pid [cpu] flags seconds.micros: event: key=value ...". The times
 * within it are exact to a microsecond, those that travel as fields to a
 * nanosecond.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "memory.h"
#include "timeline.h"

#define EVENT_PREFIX	": dream_"

/* Time stamp that ends at @end. */
static uint64_t stamp_before(const char *line, const char *end)
{
	unsigned long long seconds, micros;
	const char *start = end;

	while (start > line && start[-1] != ' ')
		start--;
	if (sscanf(start, "%llu.%6llu", &seconds, &micros) != 2)
		return 0;
	return (seconds * 1000000 + micros) * 1000;
}

static void parse_layer_start(struct timeline *timeline, const char *fields,
			      uint64_t time_ns)
{
	struct timeline_span span = { .start_ns = time_ns };

	if (sscanf(fields,
		   "accel=%" SCNu32 " queue=%" SCNu32 " seqno=%" SCNu64
		   " variant=%" SCNu32 " layer=%" SCNu32 " score=%" SCNd64,
		   &span.accel, &span.queue, &span.seqno, &span.variant,
		   &span.layer, &span.score) != 6)
		return;
	timeline->spans = must_grow(timeline->spans, timeline->span_count,
				    sizeof(span));
	timeline->spans[timeline->span_count++] = span;
}

static bool is_open(const struct timeline_span *span,
		    const struct timeline_span *end)
{
	return !span->end_ns && span->accel == end->accel &&
	       span->queue == end->queue && span->seqno == end->seqno &&
	       span->layer == end->layer;
}

/* The start is among the last ones: look back from the end. */
static void parse_layer_end(struct timeline *timeline, const char *fields,
			    uint64_t time_ns)
{
	struct timeline_span end;
	size_t i;

	if (sscanf(fields,
		   "accel=%" SCNu32 " queue=%" SCNu32 " seqno=%" SCNu64
		   " layer=%" SCNu32 " error=%" SCNd32 " busy_ns=%" SCNu64
		   " energy_nj=%" SCNu64,
		   &end.accel, &end.queue, &end.seqno, &end.layer, &end.error,
		   &end.busy_ns, &end.energy_nj) != 7)
		return;
	for (i = timeline->span_count; i--;) {
		if (!is_open(&timeline->spans[i], &end))
			continue;
		timeline->spans[i].end_ns = time_ns;
		timeline->spans[i].error = end.error;
		timeline->spans[i].busy_ns = end.busy_ns;
		timeline->spans[i].energy_nj = end.energy_nj;
		return;
	}
}

static void parse_release(struct timeline *timeline, const char *fields,
			  uint64_t time_ns)
{
	struct timeline_frame frame = { .seen_ns = time_ns };

	if (sscanf(fields,
		   "queue=%" SCNu32 " seqno=%" SCNu64 " model=%*u release_ns=%"
		   SCNu64 " deadline_ns=%" SCNu64,
		   &frame.queue, &frame.seqno, &frame.release_ns,
		   &frame.deadline_ns) == 4)
		timeline_add_frame(timeline, &frame);
}

/* A job that was never released is not a frame. */
static void parse_job_end(struct timeline *timeline, const char *fields,
			  uint64_t time_ns)
{
	struct timeline_frame end;
	size_t i;

	if (sscanf(fields,
		   "queue=%" SCNu32 " seqno=%" SCNu64 " status=%" SCNu32
		   " reason=%" SCNu32 " release_ns=%" SCNu64 " deadline_ns=%"
		   SCNu64 " variant=%" SCNu32,
		   &end.queue, &end.seqno, &end.status, &end.reason,
		   &end.release_ns, &end.deadline_ns, &end.variant) != 7)
		return;
	for (i = timeline->frame_count; i--;) {
		struct timeline_frame *frame = &timeline->frames[i];

		if (frame->queue != end.queue || frame->seqno != end.seqno)
			continue;
		end.release_ns = frame->release_ns;
		end.deadline_ns = frame->deadline_ns;
		end.seen_ns = frame->seen_ns;
		end.end_ns = time_ns;
		*frame = end;
		return;
	}
}

/**
 * timeline_parse() - read the text of a trace
 * @timeline: is added to
 * @in: text; lines that are not events of the scheduler are skipped
 */
void timeline_parse(struct timeline *timeline, FILE *in)
{
	char *event, *fields, *line = NULL;
	size_t size = 0;
	uint64_t time_ns;

	while (getline(&line, &size, in) > 0) {
		event = strstr(line, EVENT_PREFIX);
		fields = event ? strstr(event + 2, ": ") : NULL;
		if (line[0] == '#' || !fields)
			continue;
		time_ns = stamp_before(line, event);
		event += 2;
		*fields = '\0';
		fields += 2;
		if (!strcmp(event, "dream_layer_start"))
			parse_layer_start(timeline, fields, time_ns);
		else if (!strcmp(event, "dream_layer_end"))
			parse_layer_end(timeline, fields, time_ns);
		else if (!strcmp(event, "dream_job_release"))
			parse_release(timeline, fields, time_ns);
		else if (!strcmp(event, "dream_job_end"))
			parse_job_end(timeline, fields, time_ns);
	}
	free(line);
}

/**
 * timeline_add_frame() - add a frame
 * @timeline: timeline
 * @frame: it
 */
void timeline_add_frame(struct timeline *timeline,
			const struct timeline_frame *frame)
{
	timeline->frames = must_grow(timeline->frames, timeline->frame_count,
				     sizeof(*frame));
	timeline->frames[timeline->frame_count++] = *frame;
}

void timeline_free(struct timeline *timeline)
{
	free(timeline->spans);
	free(timeline->frames);
	memset(timeline, 0, sizeof(*timeline));
}

/**
 * timeline_lane_of() - lane of an id
 * @lanes: lanes
 * @count: their number
 * @id: accelerator id or queue id
 *
 * Return: index, @count if there is none.
 */
size_t timeline_lane_of(const struct timeline_lane *lanes, size_t count,
			uint32_t id)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (lanes[i].id == id)
			break;
	return i;
}

/**
 * timeline_late() - whether a frame was done after its deadline
 * @frame: frame
 *
 * Return: 1 if it was, else 0.
 */
int timeline_late(const struct timeline_frame *frame)
{
	return frame->status == DREAM_STATUS_DONE &&
	       frame->end_ns > frame->deadline_ns;
}
