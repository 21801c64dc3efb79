/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows of accounting, and the tuner of alpha and beta that lives on them.
 */
#ifndef DREAMSIM_WINDOW_H
#define DREAMSIM_WINDOW_H

#include "kmod/policy.h"
#include "kmod/tune.h"

/**
 * struct window_counts - the frames of a model
 * @ended: frames that have ended, of those that the scheduler has seen
 * @met: done by the deadline
 * @done: done
 * @energy_nj: energy that they used
 * @energy_max_nj: energy with each layer on the worst accelerator
 */
struct window_counts {
	u64 ended;
	u64 met;
	u64 done;
	u64 energy_nj;
	u64 energy_max_nj;
};

/**
 * struct window - the present window
 * @len_ns: length; 0: there are no windows
 * @close_ns: when it ends, U64_MAX if none is open
 * @counts: of each model, since the begin of the window
 * @models: number of models
 * @tuner: the search
 * @tuning: it has been started
 */
struct window {
	u64 len_ns;
	u64 close_ns;
	struct window_counts *counts;
	u32 models;
	struct dream_tuner tuner;
	bool tuning;
};

void window_init(struct window *w, u64 len_ns, u32 models);
void window_free(struct window *w);
void window_open(struct window *w, u64 now);
void window_close(struct window *w, struct dream_params *params);
u32 window_thousandths(u64 weight);

#endif
