// SPDX-License-Identifier: GPL-2.0
/*
 * Windows, by the rules of kmod/window.c: one begins with the release of a frame; at
 * its end UXCost goes to the tuner, which says with which weights to go on. The
 * tuner starts at the end of the first window, from the weights that are set.
 */
#include "memory.h"
#include "window.h"

#include "kmod/param_table.h"
#include "kmod/uxcost.h"

/**
 * window_init() - no window is open
 * @w: out, for window_free()
 * @len_ns: length of a window, 0 for none
 * @models: number of models
 */
void window_init(struct window *w, u64 len_ns, u32 models)
{
	w->len_ns = len_ns;
	w->close_ns = U64_MAX;
	w->models = models;
	w->counts = must_calloc(models, sizeof(*w->counts));
}

/**
 * window_free() - free what windows have
 * @w: windows
 */
void window_free(struct window *w)
{
	free(w->counts);
}

/**
 * window_open() - a frame is released, or in flight at the end of a window
 * @w: windows
 * @now: present time
 */
void window_open(struct window *w, u64 now)
{
	if (w->len_ns && w->close_ns == U64_MAX)
		w->close_ns = now + w->len_ns;
}

/**
 * window_thousandths() - a weight as people and the tuner have it
 * @weight: weight, 1/65536, that was made of thousandths
 *
 * Return: thousandths.
 */
u32 window_thousandths(u64 weight)
{
	return (weight * 1000 + DREAM_ONE - 1) >> DREAM_Q;
}

/**
 * window_close() - a window ends
 * @w: windows
 * @params: the weights of MapScore are set for the next window
 */
void window_close(struct window *w, struct dream_params *params)
{
	struct dream_ux ux = { 0 };
	u64 violated = 0;
	u32 i;

	for (i = 0; i < w->models; i++) {
		const struct window_counts *n = &w->counts[i];

		violated += n->ended - n->met;
		dream_ux_add(&ux, n->ended, n->ended - n->met, n->done,
			     n->energy_nj, n->energy_max_nj);
	}
	memset(w->counts, 0, w->models * sizeof(*w->counts));
	w->close_ns = U64_MAX;
	if (!w->tuning) {
		w->tuning = true;
		dream_tuner_start(&w->tuner,
				  window_thousandths(params->alpha),
				  window_thousandths(params->beta));
	} else if (dream_tuner_window(&w->tuner, dream_uxcost(&ux),
				      violated)) {
		dream_params_apply(params, DREAM_PARAM_ALPHA, w->tuner.alpha);
		dream_params_apply(params, DREAM_PARAM_BETA, w->tuner.beta);
	}
}
