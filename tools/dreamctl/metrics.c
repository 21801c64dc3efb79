// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics.
 *
 * Over a run and its models m:
 *
 *	DLV(m) = violated / frames, or 1 / (2 x frames) where none was violated
 *	NormEnergy(m) = energy used / (frames x worst energy of a frame)
 *	UXCost = (sum of DLV(m)) x (sum of NormEnergy(m))
 *
 * A frame is violated unless it was done by its deadline. UXCost can be gamed: a
 * frame that is dropped costs no energy. UXc, with
 *
 *	NormEnergy'(m) = energy used / (frames done x worst energy of a frame)
 *
 * cannot. A model of which no frame was done has a NormEnergy' of 1, as if all its
 * layers had run on the worst accelerator; a model without frames is left out.
 */
#include "memory.h"
#include "metrics.h"

/**
 * tally_add() - count a frame that has ended
 * @tally: the frame's stream; the frame is in @tally->frames already
 * @result: what became of it
 */
void tally_add(struct tally *tally, const struct frame_result *result)
{
	tally->ends[result->end]++;
	tally->energy_nj += result->energy_nj;
	tally->cheapest_nj += result->cheapest_nj;
	if (result->end == FRAME_DROPPED)
		tally->drops[result->reason]++;
	if (result->end != FRAME_MET && result->end != FRAME_MISSED)
		return;
	tally->variant_sum += result->variant;
	tally->latencies = must_grow(tally->latencies, tally->latency_count,
				     sizeof(*tally->latencies));
	tally->latencies[tally->latency_count++] = result->latency_ns;
}

/**
 * tally_merge() - add the frames of another tally of the same model
 * @into: is added to
 * @from: what is added
 */
void tally_merge(struct tally *into, const struct tally *from)
{
	size_t i;

	into->variants = from->variants;
	into->worst_nj = from->worst_nj;
	into->frames += from->frames;
	for (i = 0; i < FRAME_ENDS; i++)
		into->ends[i] += from->ends[i];
	for (i = 0; i < DROP_REASONS; i++)
		into->drops[i] += from->drops[i];
	into->energy_nj += from->energy_nj;
	into->cheapest_nj += from->cheapest_nj;
	into->variant_sum += from->variant_sum;
	for (i = 0; i < from->latency_count; i++) {
		into->latencies = must_grow(into->latencies,
					    into->latency_count,
					    sizeof(*into->latencies));
		into->latencies[into->latency_count++] = from->latencies[i];
	}
}

void tally_free(struct tally *tally)
{
	free(tally->latencies);
	tally->latencies = NULL;
	tally->latency_count = 0;
}

/**
 * tally_adds_up() - whether every frame is counted exactly once
 * @tally: tally of frames that have all ended
 *
 * Return: true if they are.
 */
bool tally_adds_up(const struct tally *tally)
{
	uint64_t ends = 0, drops = 0;
	size_t i;

	for (i = 0; i < FRAME_ENDS; i++)
		ends += tally->ends[i];
	for (i = 0; i < DROP_REASONS; i++)
		drops += tally->drops[i];
	return ends == tally->frames && drops == tally->ends[FRAME_DROPPED] &&
	       tally->latency_count == tally_done(tally);
}

uint64_t tally_done(const struct tally *tally)
{
	return tally->ends[FRAME_MET] + tally->ends[FRAME_MISSED];
}

uint64_t tally_violated(const struct tally *tally)
{
	return tally->frames - tally->ends[FRAME_MET];
}

double tally_dlv(const struct tally *tally)
{
	if (!tally->frames)
		return 0;
	if (!tally_violated(tally))
		return 0.5 / tally->frames;
	return (double)tally_violated(tally) / tally->frames;
}

static double norm_energy(const struct tally *tally, uint64_t frames)
{
	if (!tally->worst_nj)
		return 0;
	return tally->energy_nj / (frames * tally->worst_nj);
}

double tally_norm_energy(const struct tally *tally)
{
	return tally->frames ? norm_energy(tally, tally->frames) : 0;
}

double tally_norm_energy_done(const struct tally *tally)
{
	if (!tally->frames)
		return 0;
	return tally_done(tally) ? norm_energy(tally, tally_done(tally)) : 1;
}

double tally_mean_variant(const struct tally *tally)
{
	uint64_t done = tally_done(tally);

	return done ? (double)tally->variant_sum / done : 0;
}

static int compare_latencies(const void *one, const void *other)
{
	const uint64_t *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

/**
 * tally_percentile() - latency that so many frames do not exceed
 * @tally: tally; its latencies are sorted
 * @percent: 1 to 100
 *
 * The nearest rank: the smallest latency that at least @percent of the frames
 * done have not exceeded.
 *
 * Return: ns, 0 if no frame was done.
 */
uint64_t tally_percentile(struct tally *tally, unsigned int percent)
{
	size_t rank = (tally->latency_count * percent + 99) / 100;

	if (!tally->latency_count)
		return 0;
	qsort(tally->latencies, tally->latency_count,
	      sizeof(*tally->latencies), compare_latencies);
	return tally->latencies[rank - 1];
}

/**
 * figures_of() - figures of merit
 * @models: tallies of all models
 * @count: their number
 * @figures: out
 */
void figures_of(const struct tally *models, size_t count,
		struct figures *figures)
{
	double dlv = 0, energy = 0, energy_done = 0, variants = 0;
	uint64_t done = 0;
	size_t i;

	*figures = (struct figures) { 0 };
	for (i = 0; i < count; i++) {
		dlv += tally_dlv(&models[i]);
		energy += tally_norm_energy(&models[i]);
		energy_done += tally_norm_energy_done(&models[i]);
		figures->frames += models[i].frames;
		figures->violated += tally_violated(&models[i]);
		figures->dropped += models[i].ends[FRAME_DROPPED];
		if (models[i].variants < 2)
			continue;
		variants += models[i].variant_sum;
		done += tally_done(&models[i]);
	}
	figures->uxcost = dlv * energy;
	figures->uxc = dlv * energy_done;
	if (done)
		figures->mean_variant = variants / done;
	if (!figures->frames)
		return;
	figures->violation_rate = (double)figures->violated / figures->frames;
	figures->drop_rate = (double)figures->dropped / figures->frames;
}
