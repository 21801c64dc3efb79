/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Expected path
 *
 * A path is one variant of a model as the policies see it: the expected cost of
 * every layer on every class, and what remains after each layer. Layers lie on
 * the path in order of execution. A gate behind layer l, taken with probability
 * p, leads to layer g instead of l + 1; so what remains from layer l on, for any
 * cost c of a layer, is
 *
 *   rest(l) = c(l) + (1 - p) * rest(l + 1) + p * rest(g),	rest(layers) = 0
 *
 * which is the sum over the expected path, as DREAM defines ToGo, with the
 * frequency of the gate that has been measured. Once a gate's result is known,
 * the job stands at the layer behind it and the same table corrects its ToGo.
 *
 * All times are ns, at most DREAM_TIME_MAX; all energies nJ.
 */
#ifndef _DREAM_PATH_H
#define _DREAM_PATH_H

#include "pure.h"

/* Probabilities are in 10^-6. */
#define DREAM_PPM		1000000U
/* What a layer costs of which nothing is known, in ns: 1 ms. */
#define DREAM_LAT_UNKNOWN	1000000ULL

/**
 * struct dream_path_layer - one layer on a path
 * @in_bytes: activations that it reads
 * @out_bytes: activations that it writes
 * @weight_bytes: weights
 * @gate_target: layer with which the job goes on if the gate is taken; 0: there
 *	is no gate
 * @gate_ppm: how often it is taken, 10^-6
 * @lat_sum: sum of the latencies over all accelerators
 * @lat_mean: mean of the latencies, at least 1
 * @lat_min: smallest latency, at least 1
 * @energy_sum: sum of the energies over all accelerators
 * @energy_max: largest energy
 * @rest_mean: what remains from this layer on, mean over the accelerators (ToGo)
 * @rest_min: what remains on the fastest accelerators (minToGo)
 */
struct dream_path_layer {
	u64 in_bytes;
	u64 out_bytes;
	u64 weight_bytes;
	u32 gate_target;
	u32 gate_ppm;
	u64 lat_sum;
	u64 lat_mean;
	u64 lat_min;
	u64 energy_sum;
	u64 energy_max;
	u64 rest_mean;
	u64 rest_min;
};

/**
 * struct dream_path - one variant of a model
 * @layers: number of layers
 * @classes: number of classes, the stride of @lat and @energy
 * @layer: the layers, and one more behind the last whose rest is 0
 * @lat: expected latency of layer l on class c at [l * classes + c]; 0: unknown
 * @energy: expected energy, likewise; 0 may be unknown or none
 * @energy_max: sum over all layers of the largest energy, the denominator of
 *	NormEnergy
 *
 * The owner sets everything but the sums; dream_path_derive() computes those.
 */
struct dream_path {
	u32 layers;
	u32 classes;
	struct dream_path_layer *layer;
	u64 *lat;
	u64 *energy;
	u64 energy_max;
};

static inline u64 dream_path_lat(const struct dream_path *p, u32 layer, u32 cls)
{
	return p->lat[(size_t)layer * p->classes + cls];
}

static inline u64 dream_path_energy(const struct dream_path *p, u32 layer,
				    u32 cls)
{
	return p->energy[(size_t)layer * p->classes + cls];
}

void dream_path_derive(struct dream_path *p, const u32 *accels_of_class);

#endif
