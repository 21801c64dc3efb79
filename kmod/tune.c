// SPDX-License-Identifier: GPL-2.0
/*
 * Online tuning of alpha and beta by local search. Pure: see tune.h.
 */
#include "tune.h"

/* A gain has to exceed 1/10 of the centre's UXCost. */
#define GAIN_PART	10

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

/*
 * Where the trial in the present direction lies. Less starvation and more energy
 * come first: small alpha and large beta are more often better than not.
 */
static void locate(const struct dream_tuner *t, u32 *alpha, u32 *beta)
{
	*alpha = t->centre_alpha;
	*beta = t->centre_beta;
	switch (t->direction) {
	case 0:
		*alpha = step(*alpha, t->radius, false);
		break;
	case 1:
		*beta = step(*beta, t->radius, true);
		break;
	case 2:
		*beta = step(*beta, t->radius, false);
		break;
	default:
		*alpha = step(*alpha, t->radius, true);
	}
}

static void go_to_centre(struct dream_tuner *t)
{
	t->alpha = t->centre_alpha;
	t->beta = t->centre_beta;
}

/* The trial was no better: another direction, or a closer look. */
static void fail(struct dream_tuner *t)
{
	t->direction = (t->direction + 1) % DREAM_TUNE_TRIALS;
	if (++t->failed < DREAM_TUNE_TRIALS)
		return;
	t->failed = 0;
	t->radius /= 2;
}

/* The centre's cost has to exceed the trial's by more than 1 / GAIN_PART of it. */
static bool is_better(u64 trial, u64 centre)
{
	return trial < centre && centre - trial > centre / GAIN_PART;
}

static void move(struct dream_tuner *t, u64 old_cost)
{
	t->old_alpha = t->centre_alpha;
	t->old_beta = t->centre_beta;
	t->old_cost = old_cost;
	locate(t, &t->centre_alpha, &t->centre_beta);
	t->moved = true;
	t->failed = 0;
	t->moves++;
}

static void move_back(struct dream_tuner *t)
{
	t->centre_alpha = t->old_alpha;
	t->centre_beta = t->old_beta;
	fail(t);
}

/*
 * Compare the trial with the better one of the centre's windows before and after it: a
 * load that has changed meanwhile is no gain.
 */
static void judge(struct dream_tuner *t, u64 after)
{
	u64 centre = min(t->before, after);

	if (is_better(t->trial_cost, centre))
		move(t, centre);
	else
		fail(t);
}

/* Try the next neighbour that is not the centre itself, at a bound. */
static void begin_trial(struct dream_tuner *t)
{
	while (!dream_tuner_done(t)) {
		locate(t, &t->alpha, &t->beta);
		if (t->alpha != t->centre_alpha || t->beta != t->centre_beta) {
			t->trying = true;
			return;
		}
		fail(t);
	}
	go_to_centre(t);
}

static void centre_window(struct dream_tuner *t, u64 uxcost, bool violated)
{
	bool back = t->moved && uxcost >= t->old_cost;
	bool pending = t->pending;

	t->moved = false;
	t->pending = false;
	if (back)
		move_back(t);
	else if (pending)
		judge(t, uxcost);
	go_to_centre(t);
	/* Where it stands now has to be measured first. */
	if (back || t->moved)
		return;
	t->before = uxcost;
	if (violated)
		begin_trial(t);
}

/**
 * dream_tuner_window() - a window has ended
 * @t: tuner; @alpha and @beta are set for the next window
 * @uxcost: UXCost of the window, at most S64_MAX; 0, in which no frame ended, says
 *	nothing about the weights
 * @violated: frames of the window that were not met
 *
 * Context: any. Pure.
 * Return: true if @alpha or @beta have changed.
 */
bool dream_tuner_window(struct dream_tuner *t, u64 uxcost, u64 violated)
{
	u32 alpha = t->alpha, beta = t->beta;

	if (t->trying || !uxcost) {
		/* Back to the centre, whatever came out. */
		t->pending = t->trying && uxcost;
		t->trying = false;
		t->trial_cost = uxcost;
		go_to_centre(t);
	} else {
		centre_window(t, uxcost, violated);
	}
	return t->alpha != alpha || t->beta != beta;
}
