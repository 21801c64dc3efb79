// SPDX-License-Identifier: GPL-2.0
/*
 * Estimates, kept by the rules of kmod/model.c: an average that moves by 1/2^n of
 * the difference, and a path that is derived again, before it is next needed, when
 * an estimate has moved by more than 1/64 or a gate's frequency by more than 0.02.
 */
#include "estimate.h"
#include "memory.h"

/* Change of a cost that makes its path stale, as a shift: 1/64. */
#define STALE_SHIFT	6
/* Change of a gate's frequency that does, 10^-6. */
#define STALE_PPM	20000
/* A gate's outcome moves its frequency by 1/2^4 of the difference. */
#define GATE_SHIFT	4

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

static u64 moved_towards(u64 average, u64 sample, u32 shift)
{
	u64 step = distance(average, sample) >> shift;

	return sample > average ? average + step : average - step;
}

static void load_layer(struct estimate *est, u32 v, u32 l,
		       const struct scenario_variant *variant)
{
	const struct scenario_layer *layer = &variant->layers[l];
	struct dream_path_layer *pl = &est->path[v].layer[l];
	struct estimate_variant *ev = &est->variant[v];
	u32 c;

	pl->in_bytes = layer->in_bytes;
	pl->out_bytes = layer->out_bytes;
	pl->weight_bytes = layer->weight_bytes;
	if (layer->gate != SCENARIO_NO_GATE) {
		pl->gate_target = variant->gates[layer->gate].target;
		ev->ppm[l] = variant->gates[layer->gate].probability;
	}
	ev->energy_min[l] = U64_MAX;
	for (c = 0; c < est->classes; c++) {
		const struct scenario_cost *cost = &layer->costs[c];
		struct estimate_cost *to = &ev->costs[l * est->classes + c];

		to->lat = cost->latency_ns;
		to->energy = cost->energy_nj;
		ev->energy_min[l] = min(ev->energy_min[l], to->energy);
	}
}

static void load_variant(struct estimate *est, u32 v,
			 const struct scenario_variant *variant)
{
	struct estimate_variant *ev = &est->variant[v];
	struct dream_path *path = &est->path[v];
	size_t cells = (size_t)variant->layer_count * est->classes;
	u32 l;

	path->layers = variant->layer_count;
	path->classes = est->classes;
	path->layer = must_calloc(path->layers + 1, sizeof(*path->layer));
	path->lat = must_calloc(cells, sizeof(*path->lat));
	path->energy = must_calloc(cells, sizeof(*path->energy));
	ev->costs = must_calloc(cells, sizeof(*ev->costs));
	ev->ppm = must_calloc(path->layers, sizeof(*ev->ppm));
	ev->energy_min = must_calloc(path->layers, sizeof(*ev->energy_min));
	for (l = 0; l < path->layers; l++)
		load_layer(est, v, l, variant);
	est->stale |= 1U << v;
}

/**
 * estimate_init() - begin with what a scenario states
 * @est: out, for estimate_free()
 * @scenario: scenario
 * @model: one of its models
 * @accels_of_class: number of accelerators of each class; kept
 */
void estimate_init(struct estimate *est, const struct scenario *scenario,
		   const struct scenario_model *model,
		   const u32 *accels_of_class)
{
	u32 v;

	est->variants = model->variant_count;
	est->classes = scenario->class_count;
	est->accels_of_class = accels_of_class;
	for (v = 0; v < est->variants; v++)
		load_variant(est, v, &model->variants[v]);
}

/**
 * estimate_free() - free what estimates have
 * @est: estimates
 */
void estimate_free(struct estimate *est)
{
	u32 v;

	for (v = 0; v < est->variants; v++) {
		free(est->path[v].layer);
		free(est->path[v].lat);
		free(est->path[v].energy);
		free(est->variant[v].costs);
		free(est->variant[v].ppm);
		free(est->variant[v].energy_min);
	}
}

/**
 * estimate_refresh() - derive the path of a variant, if it is stale
 * @est: estimates
 * @variant: variant
 */
void estimate_refresh(struct estimate *est, u32 variant)
{
	const struct estimate_variant *ev = &est->variant[variant];
	struct dream_path *path = &est->path[variant];
	size_t i;
	u32 l;

	if (!(est->stale >> variant & 1))
		return;
	est->stale &= ~(1U << variant);
	for (i = 0; i < (size_t)path->layers * path->classes; i++) {
		path->lat[i] = ev->costs[i].lat;
		path->energy[i] = ev->costs[i].energy;
	}
	for (l = 0; l < path->layers; l++)
		path->layer[l].gate_ppm = ev->ppm[l];
	dream_path_derive(path, est->accels_of_class);
}

static bool moved(u64 used, u64 now)
{
	return distance(used, now) > used >> STALE_SHIFT;
}

/**
 * estimate_sample() - a layer has been measured
 * @est: estimates
 * @variant: variant
 * @layer: layer
 * @cls: class that it ran on
 * @sample: what it cost
 * @shift: the estimate moves by 1/2^@shift of the difference
 */
void estimate_sample(struct estimate *est, u32 variant, u32 layer, u32 cls,
		     const struct estimate_cost *sample, u32 shift)
{
	const struct dream_path *path = &est->path[variant];
	struct estimate_cost *cost =
		&est->variant[variant].costs[layer * est->classes + cls];

	cost->lat = moved_towards(cost->lat, max(sample->lat, 1UL), shift);
	cost->energy = moved_towards(cost->energy, sample->energy, shift);
	if (moved(dream_path_lat(path, layer, cls), cost->lat) ||
	    moved(dream_path_energy(path, layer, cls), cost->energy))
		est->stale |= 1U << variant;
}

/**
 * estimate_gate() - a gate has been decided
 * @est: estimates
 * @variant: variant
 * @layer: layer in front of the gate
 * @taken: whether it was taken
 */
void estimate_gate(struct estimate *est, u32 variant, u32 layer, bool taken)
{
	u32 *ppm = &est->variant[variant].ppm[layer];

	*ppm = moved_towards(*ppm, taken ? DREAM_PPM : 0, GATE_SHIFT);
	if (distance(*ppm, est->path[variant].layer[layer].gate_ppm) > STALE_PPM)
		est->stale |= 1U << variant;
}
