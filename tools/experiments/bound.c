// SPDX-License-Identifier: GPL-2.0
/* The relaxed lower bound of the violations; bound.h derives it. */
#include <stdlib.h>

#include "bound.h"
#include "draws.h"
#include "memory.h"

/* Sets of prices that are tried. */
#define PRICES_MAX	7
/* Rounding of arrivals, in ns. */
#define ROUNDING_NS	16
/* Longest window that is tried at every length, in points. */
#define DENSE_MAX	16

/**
 * struct part - a frame of an item
 * @due_ns: when it is due at the latest, if its parents are met
 * @work: what it takes, by set of prices
 */
struct part {
	uint64_t due_ns;
	double work[PRICES_MAX];
};

/**
 * struct item - a frame without a parent, and those that it asks for
 * @arrival_ns: when it arrives
 * @parts: frames, itself first; none if it cannot be met
 * @count: their number
 */
struct item {
	uint64_t arrival_ns;
	struct part *parts;
	uint32_t count;
};

/**
 * struct bound - a bound in the making
 * @scenario: scenario
 * @variants: lighter variants may be taken
 * @prices: price of each class, by set
 * @price_count: number of sets
 * @budget: accelerator time per ns, by set
 * @items: by arrival
 * @item_count: their number
 * @hopeless: frames that are violated by themselves
 * @points: where windows can begin and end, ascending
 * @first: index of the first item from each point on
 * @point_count: their number
 * @sizes: room for the items of a window
 */
struct bound {
	const struct scenario *scenario;
	bool variants;
	double (*prices)[PRICES_MAX];
	uint32_t price_count;
	double budget[PRICES_MAX];
	struct item *items;
	size_t item_count;
	uint64_t hopeless;
	uint64_t *points;
	size_t *first;
	size_t point_count;
	double *sizes;
};

/* ------------------------------------------------------------------- prices */

/* With two classes their ratio goes from 1/4 to 4; otherwise all prices are 1. */
static void set_prices(struct bound *b)
{
	static const double ratios[PRICES_MAX] = {
		1, 0.25, 0.5, 0.7, 1.4, 2, 4,
	};
	const struct scenario *scenario = b->scenario;
	uint32_t i, k;

	b->price_count = scenario->class_count == 2 ? PRICES_MAX : 1;
	b->prices = must_calloc(scenario->class_count, sizeof(*b->prices));
	for (i = 0; i < scenario->class_count; i++)
		for (k = 0; k < b->price_count; k++)
			b->prices[i][k] = i ? ratios[k] : 1;
	for (i = 0; i < scenario->npu_count; i++)
		for (k = 0; k < b->price_count; k++)
			b->budget[k] += b->prices[scenario->npus[i].class][k];
}

/* -------------------------------------------------------------------- frames */

static uint64_t layer_min(const struct bound *b,
			  const struct scenario_layer *layer)
{
	uint64_t least = UINT64_MAX;
	uint32_t i;

	for (i = 0; i < b->scenario->class_count; i++)
		if (layer->costs[i].latency_ns < least)
			least = layer->costs[i].latency_ns;
	return least;
}

static double layer_work(const struct bound *b,
			 const struct scenario_layer *layer, uint32_t k)
{
	double least = 0, work;
	uint32_t i;

	for (i = 0; i < b->scenario->class_count; i++) {
		work = layer->costs[i].latency_ns * b->prices[i][k];
		if (!i || work < least)
			least = work;
	}
	return least;
}

/* Takes the variant into account; returns whether it can be met in time. */
static bool add_variant(struct bound *b, uint32_t stream, uint64_t frame,
			uint32_t variant, struct part *part, bool is_first)
{
	const struct scenario_stream *s = &b->scenario->streams[stream];
	const struct scenario_variant *v =
		&b->scenario->models[s->model].variants[variant];
	uint64_t alone = 0;
	struct path path;
	uint32_t i, k;
	double work;

	draw_path(b->scenario, stream, frame, variant, &path);
	for (i = 0; i < path.count; i++)
		alone += layer_min(b, &v->layers[path.layers[i]]);
	if (alone > s->deadline_ns)
		return false;
	for (k = 0; k < b->price_count; k++) {
		work = 0;
		for (i = 0; i < path.count; i++)
			work += layer_work(b, &v->layers[path.layers[i]], k);
		if (is_first || work < part->work[k])
			part->work[k] = work;
	}
	return true;
}

static bool make_part(struct bound *b, uint32_t stream, uint64_t frame,
		      uint64_t release_ns, struct part *part)
{
	const struct scenario_stream *s = &b->scenario->streams[stream];
	uint32_t count = b->scenario->models[s->model].variant_count;
	bool possible = false;
	uint32_t v;

	if (s->variant_max < count)
		count = s->variant_max + 1;
	if (!b->variants)
		count = 1;
	for (v = 0; v < count; v++)
		if (add_variant(b, stream, frame, v, part, !possible))
			possible = true;
	part->due_ns = release_ns + s->deadline_ns;
	return possible;
}

/* Every frame below one that cannot be met is looked at by itself. */
static void count_hopeless(struct bound *b, uint32_t parent, uint64_t frame)
{
	struct part part;
	uint32_t i;

	for (i = 0; i < b->scenario->stream_count; i++) {
		if (b->scenario->streams[i].parent != parent ||
		    !draw_asked(b->scenario, i, frame))
			continue;
		if (!make_part(b, i, frame, 0, &part))
			b->hopeless++;
		count_hopeless(b, i, frame);
	}
}

static void add_part(struct bound *b, struct item *item, uint32_t stream,
		     uint64_t frame, uint64_t release_ns)
{
	struct part part;
	uint32_t i;

	if (!make_part(b, stream, frame, release_ns, &part)) {
		b->hopeless++;
		count_hopeless(b, stream, frame);
		return;
	}
	item->parts = must_grow(item->parts, item->count, sizeof(part));
	item->parts[item->count++] = part;
	for (i = 0; i < b->scenario->stream_count; i++)
		if (b->scenario->streams[i].parent == stream &&
		    draw_asked(b->scenario, i, frame))
			add_part(b, item, i, frame, part.due_ns);
}

static int by_arrival(const void *one, const void *other)
{
	const struct item *a = one, *b = other;

	return (a->arrival_ns > b->arrival_ns) -
	       (a->arrival_ns < b->arrival_ns);
}

static void add_items(struct bound *b, uint32_t stream)
{
	const struct scenario_stream *s = &b->scenario->streams[stream];
	uint64_t frame, frames = scenario_frames(b->scenario, s);
	struct item *item;

	for (frame = 0; frame < frames; frame++) {
		b->items = must_grow(b->items, b->item_count, sizeof(*item));
		item = &b->items[b->item_count++];
		memset(item, 0, sizeof(*item));
		item->arrival_ns = draw_arrival(b->scenario, stream, frame);
		add_part(b, item, stream, frame, item->arrival_ns);
	}
}

/* ------------------------------------------------------------------- windows */

static void set_points(struct bound *b)
{
	uint64_t last = 0;
	size_t i;

	b->points = must_calloc(b->item_count + 1, sizeof(*b->points));
	b->first = must_calloc(b->item_count + 1, sizeof(*b->first));
	for (i = 0; i < b->item_count; i++) {
		if (i && b->items[i].arrival_ns <= last + ROUNDING_NS)
			continue;
		last = b->items[i].arrival_ns;
		b->points[b->point_count] = last;
		b->first[b->point_count++] = i;
	}
	b->points[b->point_count] = b->scenario->duration_ns;
	b->first[b->point_count++] = b->item_count;
}

static double size_of(const struct item *item, uint32_t k, uint64_t end)
{
	double size = 0;
	uint32_t i;

	if (!item->count || item->parts[0].due_ns > end)
		return 0;
	for (i = 0; i < item->count; i++)
		if (item->parts[i].due_ns <= end)
			size += item->parts[i].work[k];
	return size;
}

static int descending(const void *one, const void *other)
{
	const double *a = one, *b = other;

	return (*a < *b) - (*a > *b);
}

/* How many items between two points have to go, at the @k-th prices. */
static uint64_t must_go(struct bound *b, size_t from, size_t to, uint32_t k)
{
	uint64_t end = b->points[to] + ROUNDING_NS;
	double room = (end - b->points[from]) * b->budget[k];
	double sum = 0;
	size_t i, count = 0, gone = 0;

	for (i = b->first[from]; i < b->first[to]; i++) {
		b->sizes[count] = size_of(&b->items[i], k, end);
		sum += b->sizes[count++];
	}
	if (sum <= room)
		return 0;
	qsort(b->sizes, count, sizeof(*b->sizes), descending);
	while (sum > room && gone < count)
		sum -= b->sizes[gone++];
	return gone;
}

static uint64_t window_bound(struct bound *b, size_t from, size_t to)
{
	uint64_t most = 0, gone;
	uint32_t k;

	for (k = 0; k < b->price_count; k++) {
		gone = must_go(b, from, to, k);
		if (gone > most)
			most = gone;
	}
	return most;
}

/* The next length of a window, in points. */
static size_t next_length(size_t length)
{
	return length < DENSE_MAX ? length + 1 : length + length / 4;
}

/* best[i]: most violations that windows before point i prove. */
static uint64_t divide(struct bound *b)
{
	uint64_t *best = must_calloc(b->point_count, sizeof(*best));
	uint64_t value;
	size_t i, len;

	for (i = 1; i < b->point_count; i++) {
		best[i] = best[i - 1];
		for (len = 1; len <= i; len = next_length(len)) {
			value = best[i - len] + window_bound(b, i - len, i);
			if (value > best[i])
				best[i] = value;
		}
	}
	value = best[b->point_count - 1];
	free(best);
	return value;
}

/**
 * bound_violations() - fewest frames that have to be violated
 * @scenario: scenario
 * @variants: lighter variants may be taken
 *
 * Return: their number.
 */
uint64_t bound_violations(const struct scenario *scenario, bool variants)
{
	struct bound b = { .scenario = scenario, .variants = variants };
	uint64_t violations;
	size_t i;

	set_prices(&b);
	for (i = 0; i < scenario->stream_count; i++)
		if (scenario->streams[i].parent == SCENARIO_NO_PARENT)
			add_items(&b, i);
	qsort(b.items, b.item_count, sizeof(*b.items), by_arrival);
	b.sizes = must_calloc(b.item_count, sizeof(*b.sizes));
	set_points(&b);
	violations = b.hopeless + divide(&b);

	for (i = 0; i < b.item_count; i++)
		free(b.items[i].parts);
	free(b.items);
	free(b.sizes);
	free(b.points);
	free(b.first);
	free(b.prices);
	return violations;
}
