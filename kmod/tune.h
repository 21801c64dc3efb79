/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Online tuning of alpha and beta
 *
 * DREAM's local search: measure UXCost over a window at the centre and at r from
 * it in each direction, move to what is better, halve r when nothing is, stop at a
 * small r, start again when the set of models changes. CHOICE: it moves to the
 * first neighbour that is better and goes on in the same direction.
 *
 * Windows differ in what arrives in them, so a trial is compared with the better of
 * the centre's windows before and after it: behind each trial comes a window of the
 * centre. A move is taken for a gain of more than 1/10, and taken back if the first
 * window at the new centre is not better than the old one was. Where no frame is
 * violated a trial has nothing to win but a little energy, and a deadline to lose:
 * then none begins. That gives the promise of this tuner: it is never for longer than
 * one window away from a point that has been measured, and measured to be better than
 * the one before it, back to where it started.
 */
#ifndef _DREAM_TUNE_H
#define _DREAM_TUNE_H

#include "pure.h"

/* Neighbours of the centre: -r and +r in alpha and in beta. */
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
 * @old_alpha: the centre before the last move
 * @old_beta: the centre before the last move
 * @old_cost: UXCost there
 * @radius: distance of the trials; below DREAM_TUNE_RADIUS_MIN the search is over
 * @direction: neighbour that is tried, or to be tried next
 * @failed: neighbours of this centre that were not better
 * @trying: the window that runs now is a trial's
 * @pending: a trial waits for the centre's window after it
 * @moved: the centre has moved and the new one has not been measured
 * @before: UXCost of the centre's last window
 * @trial_cost: UXCost of the trial's window
 * @moves: moves of the centre
 */
struct dream_tuner {
	u32 alpha;
	u32 beta;
	u32 centre_alpha;
	u32 centre_beta;
	u32 old_alpha;
	u32 old_beta;
	u64 old_cost;
	u32 radius;
	u32 direction;
	u32 failed;
	bool trying;
	bool pending;
	bool moved;
	u64 before;
	u64 trial_cost;
	u32 moves;
};

void dream_tuner_start(struct dream_tuner *t, u32 alpha, u32 beta);
bool dream_tuner_window(struct dream_tuner *t, u64 uxcost, u64 violated);
bool dream_tuner_done(const struct dream_tuner *t);

#endif
