/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What became of the frames of a run, in numbers. Pure arithmetic.
 */
#ifndef DREAMCTL_METRICS_H
#define DREAMCTL_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum frame_end - how a frame ended; each ends in one way
 * @FRAME_MET: done by its deadline
 * @FRAME_MISSED: done after it
 * @FRAME_DROPPED: given up
 * @FRAME_CANCELLED: withdrawn because the run was stopped
 * @FRAME_FAILED: the device or the command failed
 * @FRAME_ENDS: number of ends
 */
enum frame_end {
	FRAME_MET,
	FRAME_MISSED,
	FRAME_DROPPED,
	FRAME_CANCELLED,
	FRAME_FAILED,
	FRAME_ENDS,
};

/**
 * enum drop_reason - why a frame was dropped
 * @DROP_HOPELESS: the scheduler saw that it would miss
 * @DROP_QUEUE_FULL: it became due in a full queue
 * @DROP_PARENT: its parent's frame asked for it, but did not get done
 * @DROP_REASONS: number of reasons
 */
enum drop_reason {
	DROP_HOPELESS,
	DROP_QUEUE_FULL,
	DROP_PARENT,
	DROP_REASONS,
};

/**
 * struct frame_result - what became of a frame
 * @end: how it ended
 * @reason: why, if it was dropped
 * @variant: variant that ran, if it was done
 * @latency_ns: from its arrival to its end, if it was done
 * @energy_nj: energy that it used, however it ended
 * @cheapest_nj: what the layers of a frame done would have used where they need the
 *	least; 0 if nobody knows
 */
struct frame_result {
	enum frame_end end;
	enum drop_reason reason;
	uint32_t variant;
	uint64_t latency_ns;
	uint64_t energy_nj;
	uint64_t cheapest_nj;
};

/**
 * struct tally - the frames of a stream or of a model
 * @variants: variants that the model has
 * @worst_nj: energy of a frame with each layer on the worst accelerator
 * @frames: frames that exist
 * @ends: frames by enum frame_end
 * @drops: dropped frames by enum drop_reason
 * @energy_nj: energy of all frames
 * @cheapest_nj: &frame_result.cheapest_nj of all frames
 * @variant_sum: sum of the variants of the frames done
 * @latencies: of the frames done
 * @latency_count: their number
 */
struct tally {
	uint32_t variants;
	double worst_nj;
	uint64_t frames;
	uint64_t ends[FRAME_ENDS];
	uint64_t drops[DROP_REASONS];
	uint64_t energy_nj;
	uint64_t cheapest_nj;
	uint64_t variant_sum;
	uint64_t *latencies;
	size_t latency_count;
};

/**
 * struct figures - figures of merit of a run
 * @frames: frames of all models
 * @violated: frames that were not done by their deadline
 * @dropped: frames that were dropped
 * @uxcost: UXCost
 * @uxc: the same with the energy per frame that was done
 * @violation_rate: violated per frame
 * @drop_rate: dropped per frame
 * @mean_variant: mean variant of the frames done, of the models that have
 *	several
 */
struct figures {
	uint64_t frames;
	uint64_t violated;
	uint64_t dropped;
	double uxcost;
	double uxc;
	double violation_rate;
	double drop_rate;
	double mean_variant;
};

void tally_add(struct tally *tally, const struct frame_result *result);
void tally_merge(struct tally *into, const struct tally *from);
void tally_free(struct tally *tally);

bool tally_adds_up(const struct tally *tally);
uint64_t tally_done(const struct tally *tally);
uint64_t tally_violated(const struct tally *tally);
double tally_dlv(const struct tally *tally);
double tally_norm_energy(const struct tally *tally);
double tally_norm_energy_done(const struct tally *tally);
double tally_mean_variant(const struct tally *tally);
uint64_t tally_percentile(struct tally *tally, unsigned int percent);

void figures_of(const struct tally *models, size_t count,
		struct figures *figures);

#endif
