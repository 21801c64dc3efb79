// SPDX-License-Identifier: GPL-2.0
/*
 * Timelines as pictures: a lane for each accelerator with the layers that it ran,
 * a lane for each stream with what became of its frames.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "memory.h"
#include "timeline.h"

/* Sizes, in pixels. */
#define WIDTH		1400.0
#define LEFT		200.0
#define RIGHT		20.0
#define TOP		84.0
#define PLOT		(WIDTH - LEFT - RIGHT)
#define ACCEL_LANE	44.0
#define STREAM_LANE	40.0
#define GAP		8.0
#define SECTION		34.0
#define BOTTOM		40.0
#define FRAME_BAR	9.0
/* Width of a character of the labels, roughly. */
#define CHARACTER	6.6
/* A layer below this width has no line around it. */
#define BORDERED	4.0
/* Pauses within a frame below this do not split its label. */
#define PAUSE_NS	50000

/*
 * The palette of Okabe and Ito, made for every kind of colour vision, then some of
 * Tol's; with the colour of text upon it.
 */
static const struct {
	const char *fill;
	const char *text;
} palette[] = {
	{ "#0072b2", "#ffffff" },
	{ "#e69f00", "#000000" },
	{ "#009e73", "#ffffff" },
	{ "#cc79a7", "#000000" },
	{ "#56b4e9", "#000000" },
	{ "#d55e00", "#ffffff" },
	{ "#f0e442", "#000000" },
	{ "#332288", "#ffffff" },
	{ "#882255", "#ffffff" },
	{ "#44aa99", "#000000" },
	{ "#999933", "#000000" },
	{ "#ddcc77", "#000000" },
};

struct picture {
	const struct timeline *timeline;
	const struct timeline_scene *scene;
	const struct timeline_window *window;
	FILE *out;
	double height;
};

static const char *fill_of(size_t stream)
{
	return palette[stream % (sizeof(palette) / sizeof(palette[0]))].fill;
}

static const char *text_of(size_t stream)
{
	return palette[stream % (sizeof(palette) / sizeof(palette[0]))].text;
}

static void put_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

/* ------------------------------------------------------------------- scale */

static double ms_of(const struct picture *picture, uint64_t time_ns)
{
	return ((double)time_ns - (double)picture->scene->origin_ns) / 1e6;
}

static double x_of(const struct picture *picture, uint64_t time_ns)
{
	double since = (double)time_ns - (double)picture->scene->origin_ns -
		       (double)picture->window->start_ns;

	return LEFT + since / picture->window->len_ns * PLOT;
}

static double clamp_x(double x)
{
	return fmin(fmax(x, LEFT), LEFT + PLOT);
}

static bool visible(const struct picture *picture, uint64_t start_ns,
		    uint64_t end_ns)
{
	return x_of(picture, end_ns) >= LEFT &&
	       x_of(picture, start_ns) <= LEFT + PLOT;
}

static double accel_y(size_t lane)
{
	return TOP + SECTION + lane * (ACCEL_LANE + GAP);
}

static double stream_y(const struct picture *picture, size_t lane)
{
	return accel_y(picture->scene->accel_count) + SECTION +
	       lane * (STREAM_LANE + GAP);
}

static double axis_y(const struct picture *picture)
{
	return stream_y(picture, picture->scene->stream_count);
}

/* 1, 2 or 5 times a power of ten, so that there are 8 to 20 steps. */
static double tick_step(double len_ms)
{
	double step = pow(10, floor(log10(len_ms / 8)));

	if (len_ms / step >= 40)
		return 5 * step;
	if (len_ms / step >= 20)
		return 2 * step;
	return step;
}

/* ------------------------------------------------------------------- parts */

static void put_head(const struct picture *picture)
{
	FILE *out = picture->out;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" viewBox=\"0 0 %g %g\" font-family=\"DejaVu Sans, Verdana, Helvetica, sans-serif\" font-size=\"12\">\n",
		WIDTH, picture->height, WIDTH, picture->height);
	fprintf(out, "<title>");
	put_text(out, picture->scene->title);
	fprintf(out, "</title>\n");
	fprintf(out,
		"<defs><clipPath id=\"plot\"><rect x=\"%g\" y=\"0\" width=\"%g\" height=\"%g\"/></clipPath></defs>\n",
		LEFT, PLOT, picture->height);
	fprintf(out, "<rect width=\"%g\" height=\"%g\" fill=\"#ffffff\"/>\n",
		WIDTH, picture->height);
	fprintf(out, "<text x=\"%g\" y=\"28\" font-size=\"18\" font-weight=\"bold\">",
		16.0);
	put_text(out, picture->scene->title);
	fprintf(out, "</text>\n");
}

/* The shapes that say how a frame ended; none depends on colour alone. */
static void put_mark(FILE *out, double x, double y,
		     const struct timeline_frame *frame)
{
	if (frame->status == DREAM_STATUS_DONE && !timeline_late(frame))
		fprintf(out,
			"<path d=\"M%.1f %.1fl3 4l6 -8\" fill=\"none\" stroke=\"#000000\" stroke-width=\"2\"/>",
			x - 4, y);
	else if (frame->status == DREAM_STATUS_DONE)
		fprintf(out,
			"<path d=\"M%.1f %.1fl8 8m0 -8l-8 8\" fill=\"none\" stroke=\"#b00020\" stroke-width=\"2.4\"/>",
			x - 4, y - 4);
	else if (frame->status == DREAM_STATUS_DROPPED)
		fprintf(out,
			"<path d=\"M%.1f %.1fa4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0m1.4 3.2l6.2 -6.4\" fill=\"#ffffff\" stroke=\"#b00020\" stroke-width=\"1.8\"/>",
			x - 4.5, y);
	else
		fprintf(out,
			"<rect x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\" fill=\"#ffffff\" stroke=\"#000000\" stroke-width=\"1.8\"/>",
			x - 4, y - 4);
}

static void put_legend(const struct picture *picture)
{
	static const struct {
		const char *text;
		struct timeline_frame frame;
	} marks[] = {
		{ "met", { .status = DREAM_STATUS_DONE } },
		{ "missed", { .status = DREAM_STATUS_DONE, .end_ns = 1 } },
		{ "dropped", { .status = DREAM_STATUS_DROPPED } },
		{ "cancelled, failed", { .status = DREAM_STATUS_FAILED } },
	};
	FILE *out = picture->out;
	double x = LEFT, y = 52;
	size_t i;

	fprintf(out,
		"<path d=\"M%g %gv12\" stroke=\"#000000\" stroke-width=\"2\"/><text x=\"%g\" y=\"%g\">arrival</text>\n",
		x, y - 6, x + 8, y + 4);
	x += 80;
	fprintf(out,
		"<path d=\"M%g %gv9m-4 0h8l-4 5z\" fill=\"#555555\" stroke=\"#555555\"/><text x=\"%g\" y=\"%g\">deadline</text>\n",
		x, y - 7, x + 10, y + 4);
	x += 94;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		put_mark(out, x, y, &marks[i].frame);
		fprintf(out, "<text x=\"%g\" y=\"%g\">%s</text>\n", x + 12,
			y + 4, marks[i].text);
		x += 40 + 7.5 * strlen(marks[i].text);
	}
	fprintf(out,
		"<text x=\"%g\" y=\"%g\" fill=\"#555555\">boxes are layers, in the colour of their stream; #n is the frame, v1 a lighter variant</text>\n",
		x + 8, y + 4);
}

static void put_axis(const struct picture *picture)
{
	double start = picture->window->start_ns / 1e6;
	double len = picture->window->len_ns / 1e6;
	double step = tick_step(len);
	double bottom = axis_y(picture);
	double tick, x;
	FILE *out = picture->out;

	for (tick = ceil(start / step) * step; tick <= start + len + step / 1e6;
	     tick += step) {
		x = LEFT + (tick - start) / len * PLOT;
		fprintf(out,
			"<path d=\"M%.1f %gV%g\" stroke=\"#dddddd\"/><text x=\"%.1f\" y=\"%g\" text-anchor=\"middle\">%g</text>\n",
			x, TOP + SECTION - 6, bottom, x, bottom + 18, tick);
	}
	fprintf(out,
		"<path d=\"M%g %gH%g\" stroke=\"#000000\"/><text x=\"%g\" y=\"%g\" text-anchor=\"end\">ms</text>\n",
		LEFT, bottom, LEFT + PLOT, LEFT - 28, bottom + 18);
}

static void put_section(const struct picture *picture, double y,
			const char *text)
{
	fprintf(picture->out,
		"<text x=\"16\" y=\"%g\" font-weight=\"bold\" fill=\"#555555\">%s</text>\n",
		y - 12, text);
}

static void put_label(const struct picture *picture, double y, double height,
		      const struct timeline_lane *lane, const char *fill)
{
	FILE *out = picture->out;
	double middle = y + height / 2;

	fprintf(out,
		"<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"#f5f5f5\"/>\n",
		LEFT, y, PLOT, height);
	fprintf(out,
		"<rect x=\"16\" y=\"%g\" width=\"6\" height=\"%g\" fill=\"%s\"/>\n",
		y, height, fill);
	fprintf(out, "<text x=\"30\" y=\"%g\">", middle - (lane->detail[0] ? 2 : -4));
	put_text(out, lane->name);
	fprintf(out, "</text>\n");
	if (!lane->detail[0])
		return;
	fprintf(out, "<text x=\"30\" y=\"%g\" font-size=\"11\" fill=\"#555555\">",
		middle + 13);
	put_text(out, lane->detail);
	fprintf(out, "</text>\n");
}

/* ------------------------------------------------------------------ layers */

static void put_layer(const struct picture *picture, double y, size_t stream,
		      const struct timeline_span *span)
{
	double x = clamp_x(x_of(picture, span->start_ns));
	double end = clamp_x(x_of(picture, span->end_ns));
	const struct timeline_lane *lane = &picture->scene->streams[stream];
	FILE *out = picture->out;

	fprintf(out,
		"<rect x=\"%.2f\" y=\"%g\" width=\"%.2f\" height=\"%g\" fill=\"%s\"%s><title>",
		x, y, fmax(end - x, 0.3), ACCEL_LANE, fill_of(stream),
		end - x >= BORDERED ? " stroke=\"#ffffff\" stroke-width=\"0.8\"" : "");
	put_text(out, lane->name);
	fprintf(out, " #%" PRIu64 ", variant %" PRIu32 ", layer %" PRIu32 "\n",
		span->seqno, span->variant, span->layer);
	fprintf(out, "%.3f to %.3f ms (%.3f ms)\n",
		ms_of(picture, span->start_ns), ms_of(picture, span->end_ns),
		(span->end_ns - span->start_ns) / 1e6);
	fprintf(out, "queue %" PRIu32 ", score %.3f%s</title></rect>\n",
		span->queue, span->score / 65536.0,
		span->error ? ", error" : "");
}

/* A stretch in which an accelerator ran one frame. */
struct stretch {
	const struct timeline_span *first;
	uint64_t end_ns;
	size_t stream;
};

static void put_stretch(const struct picture *picture, double y,
			const struct stretch *stretch)
{
	const struct timeline_span *first = stretch->first;
	const struct timeline_lane *lane;
	char text[DREAM_NAME_LEN + 32];
	double x, end;
	int len = 0, i;

	if (!first)
		return;
	lane = &picture->scene->streams[stretch->stream];
	x = clamp_x(x_of(picture, first->start_ns));
	end = clamp_x(x_of(picture, stretch->end_ns));
	fprintf(picture->out,
		"<path d=\"M%.2f %gv%g\" stroke=\"#ffffff\" stroke-width=\"0.8\"/>",
		x, y, ACCEL_LANE);
	/* The longest label that fits: name and number, number, nothing. */
	for (i = 0; i < 2; i++) {
		len = snprintf(text, sizeof(text), "%s%s#%" PRIu64,
			       i ? "" : lane->name, i ? "" : " ", first->seqno);
		if (first->variant)
			len += snprintf(text + len, sizeof(text) - len,
					" v%" PRIu32, first->variant);
		if (len * CHARACTER + 4 <= end - x)
			break;
	}
	if (i == 2)
		return;
	fprintf(picture->out,
		"<text x=\"%.1f\" y=\"%g\" font-size=\"11\" text-anchor=\"middle\" fill=\"%s\" pointer-events=\"none\">",
		(x + end) / 2, y + ACCEL_LANE / 2 + 4,
		text_of(stretch->stream));
	put_text(picture->out, text);
	fprintf(picture->out, "</text>\n");
}

/* Layers in the order of their starts: one lane, then its labels above it. */
static void put_layers(const struct picture *picture, size_t lane, bool labels)
{
	const struct timeline *timeline = picture->timeline;
	const struct timeline_scene *scene = picture->scene;
	double y = accel_y(lane);
	struct stretch stretch = { 0 };
	size_t i, stream;

	for (i = 0; i < timeline->span_count; i++) {
		const struct timeline_span *span = &timeline->spans[i];

		stream = timeline_lane_of(scene->streams, scene->stream_count,
					  span->queue);
		if (span->accel != scene->accels[lane].id || !span->end_ns ||
		    stream == scene->stream_count ||
		    !visible(picture, span->start_ns, span->end_ns))
			continue;
		if (!labels) {
			put_layer(picture, y, stream, span);
			continue;
		}
		if (stretch.first && stretch.first->queue == span->queue &&
		    stretch.first->seqno == span->seqno &&
		    span->start_ns < stretch.end_ns + PAUSE_NS) {
			stretch.end_ns = span->end_ns;
			continue;
		}
		put_stretch(picture, y, &stretch);
		stretch.first = span;
		stretch.end_ns = span->end_ns;
		stretch.stream = stream;
	}
	put_stretch(picture, y, &stretch);
}

/* ------------------------------------------------------------------ frames */

static const char *end_text(const struct timeline_frame *frame)
{
	switch (frame->status) {
	case DREAM_STATUS_DONE:
		return timeline_late(frame) ? "missed" : "met";
	case DREAM_STATUS_DROPPED:
		return "dropped";
	case DREAM_STATUS_CANCELLED:
		return "cancelled";
	default:
		return "failed";
	}
}

static void put_frame(const struct picture *picture, size_t stream,
		      const struct timeline_frame *frame)
{
	double top = stream_y(picture, stream);
	double y = top + (frame->seqno & 1 ? 7 : 23);
	uint64_t end_ns = frame->end_ns ? frame->end_ns : frame->deadline_ns;
	double release = x_of(picture, frame->release_ns);
	double deadline = x_of(picture, frame->deadline_ns);
	double end = x_of(picture, end_ns);
	double late = fmin(fmax(deadline, release), end);
	FILE *out = picture->out;

	fprintf(out, "<g><title>");
	put_text(out, picture->scene->streams[stream].name);
	fprintf(out, " #%" PRIu64 ": %s\n", frame->seqno, end_text(frame));
	fprintf(out, "arrival %.3f, deadline %.3f, end %.3f ms\n",
		ms_of(picture, frame->release_ns),
		ms_of(picture, frame->deadline_ns), ms_of(picture, end_ns));
	fprintf(out, "variant %" PRIu32 "</title>\n", frame->variant);
	fprintf(out,
		"<rect x=\"%.2f\" y=\"%g\" width=\"%.2f\" height=\"%g\" fill=\"%s\"/>",
		release, y, fmax(late - release, 0.5), FRAME_BAR,
		fill_of(stream));
	if (end > late)
		fprintf(out,
			"<rect x=\"%.2f\" y=\"%g\" width=\"%.2f\" height=\"%g\" fill=\"%s\" fill-opacity=\"0.35\" stroke=\"%s\" stroke-dasharray=\"3 2\"/>",
			late, y, end - late, FRAME_BAR, fill_of(stream),
			fill_of(stream));
	fprintf(out,
		"<path d=\"M%.2f %gv%g\" stroke=\"#000000\" stroke-width=\"2\"/>",
		release, y - 2, FRAME_BAR + 4);
	fprintf(out,
		"<path d=\"M%.2f %gv7m-3 0h6l-3 4z\" fill=\"#555555\" stroke=\"#555555\"/>",
		deadline, y - 2);
	put_mark(out, end, y + FRAME_BAR / 2, frame);
	fprintf(out, "</g>\n");
}

static void put_frames(const struct picture *picture)
{
	const struct timeline *timeline = picture->timeline;
	const struct timeline_scene *scene = picture->scene;
	size_t i, stream;

	for (i = 0; i < timeline->frame_count; i++) {
		const struct timeline_frame *frame = &timeline->frames[i];
		uint64_t last = frame->end_ns > frame->deadline_ns ?
			frame->end_ns : frame->deadline_ns;

		stream = timeline_lane_of(scene->streams, scene->stream_count,
					  frame->queue);
		if (stream < scene->stream_count &&
		    visible(picture, frame->release_ns, last))
			put_frame(picture, stream, frame);
	}
}

/**
 * timeline_svg() - draw a part of a timeline
 * @timeline: timeline
 * @scene: what its ids mean
 * @window: the part
 * @out: where the SVG goes
 *
 * Return: 0, or -1 if it could not be written.
 */
int timeline_svg(const struct timeline *timeline,
		 const struct timeline_scene *scene,
		 const struct timeline_window *window, FILE *out)
{
	struct picture picture = {
		.timeline = timeline,
		.scene = scene,
		.window = window,
		.out = out,
	};
	size_t i;

	picture.height = axis_y(&picture) + BOTTOM;
	put_head(&picture);
	put_legend(&picture);
	put_section(&picture, accel_y(0), "accelerators");
	for (i = 0; i < scene->accel_count; i++)
		put_label(&picture, accel_y(i), ACCEL_LANE, &scene->accels[i],
			  "#777777");
	put_section(&picture, stream_y(&picture, 0), "streams");
	for (i = 0; i < scene->stream_count; i++)
		put_label(&picture, stream_y(&picture, i), STREAM_LANE,
			  &scene->streams[i], fill_of(i));
	put_axis(&picture);
	fprintf(out, "<g clip-path=\"url(#plot)\">\n");
	for (i = 0; i < scene->accel_count; i++) {
		put_layers(&picture, i, false);
		put_layers(&picture, i, true);
	}
	put_frames(&picture);
	fprintf(out, "</g>\n</svg>\n");
	return ferror(out) ? -1 : 0;
}
