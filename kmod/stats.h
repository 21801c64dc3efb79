/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a queue or a model. */
#ifndef _DREAM_STATS_H
#define _DREAM_STATS_H

#include <linux/types.h>
#include <uapi/linux/dream.h>

#define DREAM_REASON_COUNT	(DREAM_REASON_UNPLUGGED + 1)

/**
 * struct dream_counters - what has become of jobs
 * @submitted: accepted
 * @released: released; a released job is a frame
 * @met: done by the deadline
 * @missed: done after it
 * @dropped: given up by the scheduler
 * @cancelled: withdrawn after the release
 * @failed: failed after the release
 * @unwanted: ended without having been released
 * @layers: layers that have run
 * @accel_ns: time on accelerators
 * @energy_nj: energy used
 * @energy_max_nj: energy of the ended frames on the worst accelerators
 * @latency_ns: sum of release to end over the jobs done
 * @variant_sum: sum of the variant indices of the jobs done
 * @skipped: layers that gates have skipped
 * @reason: ended jobs by reason
 * @variant: jobs done by variant
 *
 * At any time released = met + missed + dropped + cancelled + failed + those that
 * have not ended. The arbiter's lock protects all of it.
 */
struct dream_counters {
	u64 submitted;
	u64 released;
	u64 met;
	u64 missed;
	u64 dropped;
	u64 cancelled;
	u64 failed;
	u64 unwanted;
	u64 layers;
	u64 accel_ns;
	u64 energy_nj;
	u64 energy_max_nj;
	u64 latency_ns;
	u64 variant_sum;
	u64 skipped;
	u64 reason[DREAM_REASON_COUNT];
	u64 variant[DREAM_VARIANTS_MAX];
};

/**
 * struct dream_stats - counters of a model, and of its last window
 * @total: since the reset
 * @base: @total when the present window began
 * @window: the last window that has ended
 *
 * The arbiter's lock protects all of it.
 */
struct dream_stats {
	struct dream_counters total;
	struct dream_counters base;
	struct dream_counters window;
};

/**
 * dream_frames_ended() - frames that have ended
 * @n: counters
 *
 * Return: their number.
 */
static inline u64 dream_frames_ended(const struct dream_counters *n)
{
	return n->met + n->missed + n->dropped + n->cancelled + n->failed;
}

#endif
