// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Windows
 *
 * A window begins with the release of a frame and ends after the parameter "window".
 * At its end the counters of every model are set against those at its begin, UXCost
 * is computed and sent to whoever listens, and the tuner, if it is on, moves alpha
 * and beta. While no frame is released no timer runs.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>

#include "arbiter.h"
#include "event.h"
#include "model.h"
#include "params.h"
#include "tune.h"
#include "uxcost.h"
#include "window.h"

/* The arbiter's lock protects all of it. */
static struct {
	struct kthread_delayed_work work;
	bool open;
	u64 begin_ns;
	struct dream_window_info last;
	struct dream_tuner tuner;
	bool tuning;
	u64 models_in_use;
} win;

/**
 * dream_window_open() - a frame was released
 *
 * Context: process context, arbiter's lock held.
 */
void dream_window_open(void)
{
	u64 ms = dream_param(DREAM_PARAM_WINDOW);

	dream_assert_locked();
	if (win.open || !ms)
		return;
	win.open = true;
	win.begin_ns = ktime_get_ns();
	kthread_queue_delayed_work(dream_arb.worker, &win.work,
				   msecs_to_jiffies(ms));
}

/**
 * dream_window_last() - tell the last window
 *
 * Context: process context, arbiter's lock held.
 * Return: the window; its number is 0 if there was none.
 */
const struct dream_window_info *dream_window_last(void)
{
	dream_assert_locked();
	return &win.last;
}

/* @a - @b, counter by counter. */
static void subtract(struct dream_counters *out, const struct dream_counters *a,
		     const struct dream_counters *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;
	u64 *z = (u64 *)out;
	size_t i;

	BUILD_BUG_ON(sizeof(*out) % sizeof(u64));
	for (i = 0; i < sizeof(*out) / sizeof(u64); i++)
		z[i] = x[i] - y[i];
}

/* Returns how many frames were violated. */
static u64 close_stats(struct dream_stats *st, struct dream_ux *ux)
{
	const struct dream_counters *w = &st->window;
	u64 violated;

	subtract(&st->window, &st->total, &st->base);
	st->base = st->total;
	violated = dream_frames_ended(w) - w->met;
	dream_ux_add(ux, dream_frames_ended(w), violated, w->met + w->missed,
		     w->energy_nj, w->energy_max_nj);
	return violated;
}

static u32 present(enum dream_param_id id)
{
	return dream_param(id);
}

/* Has nobody set the weights since the tuner did? */
static bool weights_are_tuners(void)
{
	return present(DREAM_PARAM_ALPHA) == win.tuner.alpha &&
	       present(DREAM_PARAM_BETA) == win.tuner.beta;
}

/* In the middle of a trial, back to the centre. */
static void leave_trial(void)
{
	if (win.tuning && weights_are_tuners())
		dream_params_tune(win.tuner.centre_alpha, win.tuner.centre_beta);
}

/* The search begins anew with other models, or when somebody has set the weights. */
static bool must_restart(void)
{
	return !win.tuning || !weights_are_tuners() ||
	       win.models_in_use != dream_arb.models_in_use;
}

static void tune(u64 uxcost, u64 violated)
{
	if (!dream_param(DREAM_PARAM_TUNE) || !dream_param(DREAM_PARAM_WINDOW))
		return;
	if (must_restart()) {
		leave_trial();
		win.tuning = true;
		win.models_in_use = dream_arb.models_in_use;
		dream_tuner_start(&win.tuner, present(DREAM_PARAM_ALPHA),
				  present(DREAM_PARAM_BETA));
		return;
	}
	if (!dream_tuner_window(&win.tuner, uxcost, violated))
		return;
	dream_params_tune(win.tuner.alpha, win.tuner.beta);
	dream_event_name(DREAM_EVENT_TYPE_TUNE, dream_arb.policy->name, uxcost);
}

/**
 * dream_window_params_changed() - somebody has set a parameter
 *
 * Without windows, or without the tuner, no trial would ever end.
 *
 * Context: process context, arbiter's lock held.
 */
void dream_window_params_changed(void)
{
	dream_assert_locked();
	if (dream_param(DREAM_PARAM_TUNE) && dream_param(DREAM_PARAM_WINDOW))
		return;
	leave_trial();
	win.tuning = false;
}

static void close_window(void)
{
	struct dream_ux ux = {};
	struct dream_model *m;
	unsigned long id;
	u64 violated;

	violated = close_stats(&dream_arb.no_model, &ux);
	xa_for_each(&dream_arb.models, id, m)
		violated += close_stats(&m->stats, &ux);

	win.last.number++;
	win.last.begin_ns = win.begin_ns;
	win.last.end_ns = ktime_get_ns();
	win.last.uxcost = dream_uxcost(&ux);
	win.last.uxc = dream_uxc(&ux);
	dream_event_name(DREAM_EVENT_TYPE_WINDOW, dream_arb.policy->name,
			 win.last.uxcost);
	dream_event_window();
	tune(win.last.uxcost, violated);
}

static void window_work(struct kthread_work *work)
{
	dream_lock();
	win.open = false;
	close_window();
	/* Frames in flight belong to the next one. */
	if (dream_arb.state.active)
		dream_window_open();
	dream_unlock();
}

/**
 * dream_window_init() - set windows up
 *
 * Context: process context, at load, before the first frame.
 */
void dream_window_init(void)
{
	kthread_init_delayed_work(&win.work, window_work);
}

/**
 * dream_window_exit() - let no window end any more
 *
 * Context: process context, at unload, after the last frame.
 */
void dream_window_exit(void)
{
	kthread_cancel_delayed_work_sync(&win.work);
}
