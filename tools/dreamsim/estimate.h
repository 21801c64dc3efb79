/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the scheduler takes a model's layers to cost and its gates to do: as loaded,
 * corrected by what has been measured.
 */
#ifndef DREAMSIM_ESTIMATE_H
#define DREAMSIM_ESTIMATE_H

#include "scenario.h"

#include "kmod/path.h"

/**
 * struct estimate_cost - estimated cost of a layer on a class
 * @lat: latency, ns
 * @energy: energy, nJ
 */
struct estimate_cost {
	u64 lat;
	u64 energy;
};

/**
 * struct estimate_variant - estimates of a variant
 * @costs: of layer l on class c at [l * classes + c]
 * @ppm: how often the gate behind each layer is taken
 * @energy_min: smallest energy of each layer, over all classes, as loaded
 */
struct estimate_variant {
	struct estimate_cost *costs;
	u32 *ppm;
	u64 *energy_min;
};

/**
 * struct estimate - estimates of a model
 * @variants: number of variants
 * @classes: number of classes
 * @accels_of_class: number of accelerators of each class
 * @stale: variants whose path is to be derived again, a bit each
 * @variant: the variants
 * @path: the variants as policies see them
 */
struct estimate {
	u32 variants;
	u32 classes;
	const u32 *accels_of_class;
	u32 stale;
	struct estimate_variant variant[DREAM_VARIANTS_MAX];
	struct dream_path path[DREAM_VARIANTS_MAX];
};

void estimate_init(struct estimate *est, const struct scenario *scenario,
		   const struct scenario_model *model,
		   const u32 *accels_of_class);
void estimate_free(struct estimate *est);
void estimate_refresh(struct estimate *est, u32 variant);
void estimate_sample(struct estimate *est, u32 variant, u32 layer, u32 cls,
		     const struct estimate_cost *sample, u32 shift);
void estimate_gate(struct estimate *est, u32 variant, u32 layer, bool taken);

#endif
