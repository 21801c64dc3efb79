// SPDX-License-Identifier: GPL-2.0
/*
 * Online tuning of alpha and beta by local search. Pure: see tune.h.
 */
#include "tune.h"

/* A gain has to exceed this many 1/1024 of the centre's UXCost: 1/32. */
#define GAIN_MIN	32

/**
 * dream_tuner_start() - start the search
 * @t: tuner
 * @alpha: starting point, thousandths, at most DREAM_TUNE_MAX
 * @beta: starting point, thousandths, at most DREAM_TUNE_MAX
 *
 * Context: any. Pure.
 */
void dream_tuner_start(struct dream_tuner *t, u32 alpha, u32 beta)
{
	*t = (struct dream_tuner){
		.alpha = alpha,
		.beta = beta,
		.centre_alpha = alpha,
		.centre_beta = beta,
		.radius = DREAM_TUNE_RADIUS,
		.best_trial = DREAM_TUNE_TRIALS,
	};
}

/**
 * dream_tuner_done() - has the search come to its end?
 * @t: tuner
 *
 * Context: any. Pure.
 * Return: true if it stays at the centre until it is started again.
 */
bool dream_tuner_done(const struct dream_tuner *t)
{
	return t->radius < DREAM_TUNE_RADIUS_MIN;
}

static u32 step(u32 value, u32 radius, bool up)
{
	if (up)
		return min(value + radius, (u32)DREAM_TUNE_MAX);
	return value - min(value, radius);
}

/* Where neighbour @n of the centre lies. */
static void locate(const struct dream_tuner *t, u32 n, u32 *alpha, u32 *beta)
{
	*alpha = t->centre_alpha;
	*beta = t->centre_beta;
	if (n < 2)
		*alpha = step(*alpha, t->radius, n == 0);
	else if (n < DREAM_TUNE_TRIALS)
		*beta = step(*beta, t->radius, n == 2);
}

static bool at_centre(const struct dream_tuner *t)
{
	return t->alpha == t->centre_alpha && t->beta == t->centre_beta;
}

/* All neighbours have been tried: move, or look closer. */
static void end_round(struct dream_tuner *t)
{
	u32 alpha, beta;

	if (t->best_trial < DREAM_TUNE_TRIALS) {
		locate(t, t->best_trial, &alpha, &beta);
		t->centre_alpha = alpha;
		t->centre_beta = beta;
		t->moves++;
		/* Its mean is not known yet: the next window measures it. */
		t->known = false;
	} else {
		t->radius /= 2;
	}
	t->trial = 0;
	t->best_trial = DREAM_TUNE_TRIALS;
	t->best_gain = 0;
}

/* Compare the trial with the centre before and after it. */
static void judge(struct dream_tuner *t, u64 after)
{
	u64 centre = t->before / 2 + after / 2;
	u64 gain;

	t->pending = false;
	if (centre && t->trial_cost < centre) {
		gain = div64_u64(dream_sat_mul(centre - t->trial_cost, 1024),
				 centre);
		if (gain > GAIN_MIN && gain > t->best_gain) {
			t->best_gain = (u32)min(gain, 1024ULL);
			t->best_trial = t->trial;
		}
	}
	t->trial++;
}

/* The next neighbour that is not the centre itself, at a bound. */
static void next_trial(struct dream_tuner *t)
{
	for (;;) {
		if (t->trial >= DREAM_TUNE_TRIALS)
			end_round(t);
		t->alpha = t->centre_alpha;
		t->beta = t->centre_beta;
		if (!t->known || dream_tuner_done(t))
			return;
		locate(t, t->trial, &t->alpha, &t->beta);
		if (!at_centre(t))
			break;
		t->trial++;
	}
	t->trying = true;
}

/**
 * dream_tuner_window() - a window has ended
 * @t: tuner; @alpha and @beta are set for the next window
 * @uxcost: UXCost of the window, at most S64_MAX
 *
 * Context: any. Pure.
 * Return: true if @alpha or @beta have changed.
 */
bool dream_tuner_window(struct dream_tuner *t, u64 uxcost)
{
	u32 alpha = t->alpha, beta = t->beta;

	if (t->trying) {
		/* Back to the centre, whatever came out. */
		t->trying = false;
		t->trial_cost = uxcost;
		t->pending = true;
		t->alpha = t->centre_alpha;
		t->beta = t->centre_beta;
	} else {
		if (t->pending)
			judge(t, uxcost);
		t->before = uxcost;
		t->known = true;
		next_trial(t);
	}
	return t->alpha != alpha || t->beta != beta;
}
