// SPDX-License-Identifier: GPL-2.0
/*
 * Expected path of a model variant: sums over accelerators and over the rest of
 * the layers. Pure: see path.h for the formula.
 */
#include "path.h"

static u64 cap(u64 ns)
{
	return min(ns, DREAM_TIME_MAX);
}

/* (1 - p) * go_on + p * jump; 47 bits times 20 bits fit 128. */
static u64 expect(u64 go_on, u64 jump, u32 ppm)
{
	u64 stay = DREAM_PPM - ppm;

	/* Each product is below 2^67: divide first where it would not fit. */
	if (go_on < (1ULL << 43) && jump < (1ULL << 43))
		return div64_u64(go_on * stay + jump * ppm, DREAM_PPM);
	return div64_u64(go_on, DREAM_PPM) * stay +
	       div64_u64(jump, DREAM_PPM) * ppm;
}

/*
 * Fill in what is not known of a layer: a class without a latency gets the mean of
 * the classes that have one, so that nothing speaks for or against it until it
 * has been tried; likewise the energy.
 */
static void fill_unknown(u64 *val, const u32 *accels, u32 classes, u64 unknown)
{
	u64 sum = 0;
	u32 known = 0, c;

	for (c = 0; c < classes; c++) {
		if (val[c]) {
			sum = dream_sat_add(sum, val[c]);
			known++;
		}
	}
	if (known == classes)
		return;
	if (known)
		unknown = div64_u64(sum, known);
	for (c = 0; c < classes; c++)
		if (accels[c] && !val[c])
			val[c] = unknown;
}

static void derive_layer(struct dream_path *p, u32 l, const u32 *accels)
{
	struct dream_path_layer *pl = &p->layer[l];
	u64 *lat = &p->lat[(size_t)l * p->classes];
	u64 *energy = &p->energy[(size_t)l * p->classes];
	u32 c, n = 0;

	fill_unknown(lat, accels, p->classes, DREAM_LAT_UNKNOWN);
	fill_unknown(energy, accels, p->classes, 0);

	pl->lat_sum = 0;
	pl->lat_min = DREAM_TIME_MAX;
	pl->energy_sum = 0;
	pl->energy_max = 0;
	for (c = 0; c < p->classes; c++) {
		if (!accels[c])
			continue;
		n += accels[c];
		pl->lat_sum = dream_sat_add(pl->lat_sum,
					    dream_sat_mul(lat[c], accels[c]));
		pl->energy_sum = dream_sat_add(pl->energy_sum,
					       dream_sat_mul(energy[c],
							     accels[c]));
		pl->lat_min = min(pl->lat_min, lat[c]);
		pl->energy_max = max(pl->energy_max, energy[c]);
	}
	if (!n) {
		pl->lat_sum = DREAM_LAT_UNKNOWN;
		pl->lat_min = DREAM_LAT_UNKNOWN;
		n = 1;
	}
	pl->lat_min = max(pl->lat_min, 1ULL);
	pl->lat_mean = cap(max(div64_u64(pl->lat_sum, n), 1ULL));
}

/**
 * dream_path_derive() - compute the sums of a path
 * @p: path; @lat, @energy, gates and bytes are set, and unknown costs of classes
 *	that exist are filled in
 * @accels_of_class: number of accelerators of each class, @p->classes entries; a
 *	class without accelerators counts for nothing
 *
 * Takes time in proportion to layers * classes.
 *
 * Context: any. Pure. The caller keeps others from using @p meanwhile.
 */
void dream_path_derive(struct dream_path *p, const u32 *accels_of_class)
{
	struct dream_path_layer *end = &p->layer[p->layers];
	u32 l;

	memset(end, 0, sizeof(*end));
	p->energy_max = 0;
	for (l = p->layers; l-- > 0;) {
		struct dream_path_layer *pl = &p->layer[l];
		const struct dream_path_layer *next = &p->layer[l + 1];
		const struct dream_path_layer *jump = next;

		derive_layer(p, l, accels_of_class);
		if (pl->gate_target > l && pl->gate_target <= p->layers)
			jump = &p->layer[pl->gate_target];
		pl->rest_mean = cap(pl->lat_mean +
				    expect(next->rest_mean, jump->rest_mean,
					   pl->gate_ppm));
		pl->rest_min = cap(pl->lat_min +
				   expect(next->rest_min, jump->rest_min,
					  pl->gate_ppm));
		p->energy_max = dream_sat_add(p->energy_max, pl->energy_max);
	}
}
