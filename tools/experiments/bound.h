/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: A lower bound of the violations
 *
 * No schedule of a scenario's frames, by whichever policy, has fewer violated
 * frames than this. It is relaxed: what it leaves out can only add violations.
 *
 * First, a frame is violated if even the variant and the accelerators that suit it
 * best need more time than its deadline allows:
 *
 *   sum over its layers l of min over a of L(l, a) > D
 *
 * Second, the frames due within a window of time need more than there is. With a
 * price y(c) on each class c of accelerators, n(c) of them, a frame that is met
 * takes at least
 *
 *   w = min over the variants of sum over the layers l of min over c of y(c) L(l, c)
 *
 * from the budget of T * sum over c of n(c) y(c) that a window of length T has,
 * whatever the prices are. In it count the frames without a parent that arrive and
 * are due inside; each together with the frames that it asks for and that are due
 * inside as well if it is met in time; those are done from their parent's end on. A
 * frame that is not met takes nothing, nor do its children. So as many have to be
 * violated as have to be removed, the largest first, until the others fit. The
 * prices that say most are taken, for each window anew, from a few.
 *
 * Windows that do not overlap add up; the best division of the time into windows,
 * among those that begin and end when frames arrive, is found by dynamic
 * programming. Frames that are violated by the first rule take nothing and are
 * counted once. Times are exact; gates and cascades turn out as in the simulation.
 *
 * Left out: a frame runs on one accelerator at a time, a layer is not interrupted,
 * what runs across the border of a window, queues that are full, the time that a
 * decision takes, ignorance of the future.
 */
#ifndef EXPERIMENTS_BOUND_H
#define EXPERIMENTS_BOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "scenario.h"

uint64_t bound_violations(const struct scenario *scenario, bool variants);

#endif
