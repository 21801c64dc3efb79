/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Online tuning of alpha and beta
 *
 * DREAM's local search: measure UXCost over a window at the centre and at +-r in
 * each of the two directions, move to the best, halve r when the centre stays
 * best, stop at a small r, start again when the set of models changes.
 *
 * Windows differ in what arrives in them, so a trial is compared with the mean
 * of the centre's windows before and after it, and every second window is the
 * centre's. That gives the promise of this tuner: it is never away from a point
 * that was measured at least as good as where it started for longer than one
 * window. A move is taken only for a gain of more than 1/32.
 */
#ifndef _DREAM_TUNE_H
#define _DREAM_TUNE_H

#include "pure.h"

/* Neighbours of the centre: +-r in alpha, +-r in beta. */
#define DREAM_TUNE_TRIALS	4
/* alpha and beta in thousandths: bounds, first and last radius. */
#define DREAM_TUNE_MAX		2000
#define DREAM_TUNE_RADIUS	500
#define DREAM_TUNE_RADIUS_MIN	62

/**
 * struct dream_tuner - state of the search
 * @alpha: to be used in the next window, thousandths
 * @beta: to be used in the next window, thousandths
 * @centre_alpha: best point so far
 * @centre_beta: best point so far
 * @radius: distance of the trials; below DREAM_TUNE_RADIUS_MIN the search is over
 * @trial: neighbour that is tried, or to be tried next
 * @trying: the window that runs now is a trial's
 * @before: UXCost of the centre's last window
 * @trial_cost: UXCost of the trial's window
 * @pending: a trial waits for the centre's window after it
 * @known: @before has been measured
 * @best_trial: best neighbour of this round, DREAM_TUNE_TRIALS: none
 * @best_gain: its gain, 1/1024 of the centre's UXCost
 * @moves: moves of the centre
 */
struct dream_tuner {
	u32 alpha;
	u32 beta;
	u32 centre_alpha;
	u32 centre_beta;
	u32 radius;
	u32 trial;
	bool trying;
	u64 before;
	u64 trial_cost;
	bool pending;
	bool known;
	u32 best_trial;
	u32 best_gain;
	u32 moves;
};

void dream_tuner_start(struct dream_tuner *t, u32 alpha, u32 beta);
bool dream_tuner_window(struct dream_tuner *t, u64 uxcost);
bool dream_tuner_done(const struct dream_tuner *t);

#endif
