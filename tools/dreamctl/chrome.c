// SPDX-License-Identifier: GPL-2.0
/*
 * Timelines in the JSON trace format that Perfetto and Chrome open: one process
 * for the accelerators, one for the streams, a thread for each of them.
 */
#include <jansson.h>

#include "memory.h"
#include "timeline.h"

#define PID_ACCELS	1
#define PID_STREAMS	2

/* The events go out one by one: a run can have millions. */
struct writer {
	FILE *out;
	unsigned long count;
	uint64_t origin_ns;
};

static void put_event(struct writer *writer, json_t *event)
{
	must_have(event);
	fputs(writer->count++ ? ",\n" : "\n", writer->out);
	json_dumpf(event, writer->out, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(event);
}

/* Microseconds since the origin. */
static double us_of(const struct writer *writer, uint64_t time_ns)
{
	return ((double)time_ns - (double)writer->origin_ns) / 1000;
}

static void put_name(struct writer *writer, const char *kind, int pid, int tid,
		     const char *name, const char *detail)
{
	put_event(writer,
		  json_pack("{ss,ss,si,si,s{so}}", "name", kind, "ph", "M",
			    "pid", pid, "tid", tid, "args", "name",
			    json_sprintf(detail[0] ? "%s (%s)" : "%s", name,
					 detail)));
}

static void put_names(struct writer *writer, const struct timeline_scene *scene)
{
	size_t i;

	put_name(writer, "process_name", PID_ACCELS, 0, "accelerators", "");
	put_name(writer, "process_name", PID_STREAMS, 0, "streams", "");
	for (i = 0; i < scene->accel_count; i++)
		put_name(writer, "thread_name", PID_ACCELS, i + 1,
			 scene->accels[i].name, scene->accels[i].detail);
	for (i = 0; i < scene->stream_count; i++)
		put_name(writer, "thread_name", PID_STREAMS, i + 1,
			 scene->streams[i].name, scene->streams[i].detail);
}

static void put_span(struct writer *writer, const struct timeline_scene *scene,
		     const struct timeline_span *span)
{
	size_t accel = timeline_lane_of(scene->accels, scene->accel_count,
					span->accel);
	size_t stream = timeline_lane_of(scene->streams, scene->stream_count,
					 span->queue);

	if (accel == scene->accel_count || stream == scene->stream_count ||
	    !span->end_ns)
		return;
	put_event(writer,
		  json_pack("{ss,ss,ss,sf,sf,si,si,s{sI,sI,sI,si,sf}}",
			    "name", scene->streams[stream].name, "cat", "layer",
			    "ph", "X", "ts", us_of(writer, span->start_ns),
			    "dur", (span->end_ns - span->start_ns) / 1000.0,
			    "pid", PID_ACCELS, "tid", (int)accel + 1, "args",
			    "frame", (json_int_t)span->seqno,
			    "variant", (json_int_t)span->variant,
			    "layer", (json_int_t)span->layer,
			    "error", span->error,
			    "score", span->score / 65536.0));
}

static const char *end_name(const struct timeline_frame *frame)
{
	static const char * const names[] = {
		[DREAM_STATUS_DONE] = "met",
		[DREAM_STATUS_DROPPED] = "dropped",
		[DREAM_STATUS_CANCELLED] = "cancelled",
		[DREAM_STATUS_FAILED] = "failed",
	};

	if (timeline_late(frame))
		return "missed";
	if (frame->status < sizeof(names) / sizeof(names[0]))
		return names[frame->status];
	return "unknown";
}

/* Frames of a stream overlap: an asynchronous slice, then its deadline. */
static void put_frame(struct writer *writer, const struct timeline_scene *scene,
		      const struct timeline_frame *frame)
{
	size_t stream = timeline_lane_of(scene->streams, scene->stream_count,
					 frame->queue);
	int tid = stream + 1;
	json_int_t id = writer->count;

	if (stream == scene->stream_count || !frame->end_ns)
		return;
	put_event(writer,
		  json_pack("{ss,ss,ss,sI,sf,si,si,s{sI,ss,sI,sf}}",
			    "name", scene->streams[stream].name,
			    "cat", "frame", "ph", "b", "id", id,
			    "ts", us_of(writer, frame->release_ns),
			    "pid", PID_STREAMS, "tid", tid, "args",
			    "frame", (json_int_t)frame->seqno,
			    "end", end_name(frame),
			    "variant", (json_int_t)frame->variant,
			    "deadline_us", us_of(writer, frame->deadline_ns)));
	put_event(writer,
		  json_pack("{ss,ss,ss,sI,sf,si,si}",
			    "name", scene->streams[stream].name,
			    "cat", "frame", "ph", "e", "id", id,
			    "ts", us_of(writer, frame->end_ns),
			    "pid", PID_STREAMS, "tid", tid));
	put_event(writer,
		  json_pack("{ss,ss,ss,ss,sf,si,si,s{sI}}",
			    "name", end_name(frame), "cat", "frame",
			    "ph", "i", "s", "t",
			    "ts", us_of(writer, frame->end_ns),
			    "pid", PID_STREAMS, "tid", tid, "args",
			    "frame", (json_int_t)frame->seqno));
}

/**
 * timeline_chrome() - write a timeline for a trace viewer
 * @timeline: timeline
 * @scene: what its ids mean
 * @out: where the JSON goes
 *
 * Return: 0, or -1 if it could not be written.
 */
int timeline_chrome(const struct timeline *timeline,
		    const struct timeline_scene *scene, FILE *out)
{
	struct writer writer = { .out = out, .origin_ns = scene->origin_ns };
	size_t i;

	fputs("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[", out);
	put_names(&writer, scene);
	for (i = 0; i < timeline->span_count; i++)
		put_span(&writer, scene, &timeline->spans[i]);
	for (i = 0; i < timeline->frame_count; i++)
		put_frame(&writer, scene, &timeline->frames[i]);
	fputs("\n]}\n", out);
	return ferror(out) ? -1 : 0;
}
