// SPDX-License-Identifier: GPL-2.0
/*
 * Progress of a command whose speed changes. Pure: no kernel service.
 */
#include "progress.h"

/**
 * DOC: Progress of a command
 *
 * A command is an amount of work, counted in the ns that it takes at full speed.
 * Whenever its speed changes, the work done since the last change is subtracted,
 * and what is left, divided by the new speed, says when it will end. Work is kept
 * in Q20, the scale of the speed, so that time x speed is exact and changes of
 * speed, however many, lose nothing.
 *
 * Bounds: work is at most 2^43 ns, 2^63 in Q20. The slowest speed is 2^-20, the
 * longest command thus 2^63 ns; points in time are CLOCK_MONOTONIC ns, below
 * 2^62 for the next 146 years, so that the end stays below 2^64.
 */

/**
 * vnpu_progress_start() - begin to work at full speed
 * @progress: of the command
 * @ns: work; more than VNPU_PROGRESS_NS_MAX counts as that
 * @at: now
 */
void vnpu_progress_start(struct vnpu_progress *progress, u64 ns, u64 at)
{
	progress->left = vnpu_min(ns, VNPU_PROGRESS_NS_MAX) << VNPU_RATE_SHIFT;
	progress->updated = at;
	progress->rate = VNPU_RATE_FULL;
}

/**
 * vnpu_progress_set_rate() - go on at another speed
 * @progress: of the command
 * @rate: new speed, Q20, not 0
 * @at: when; a time before the last change counts as the last change
 *
 * Before the end, elapsed time x speed < left + speed, which fits 64 bits.
 */
void vnpu_progress_set_rate(struct vnpu_progress *progress, u32 rate, u64 at)
{
	if (at > progress->updated) {
		if (at >= vnpu_progress_end(progress))
			progress->left = 0;
		else
			progress->left -= (at - progress->updated) * progress->rate;
		progress->updated = at;
	}
	progress->rate = rate;
}

/**
 * vnpu_progress_end() - when the command ends at its present speed
 * @progress: of the command
 *
 * Return: the first ns at which no work is left.
 */
u64 vnpu_progress_end(const struct vnpu_progress *progress)
{
	return vnpu_add(progress->updated,
			vnpu_div_up(progress->left, progress->rate));
}
