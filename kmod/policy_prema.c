// SPDX-License-Identifier: GPL-2.0
/*
 * Policy prema: waiting earns tokens; among the jobs that have enough of them, the
 * shortest goes first (PREMA, Choi and Rhu, HPCA 2020).
 *
 *   tokens(j)  = priority * (1 + waited / isolated)	[1/65536]
 *   priority   = weight / 100
 *   waited     = now - release - time that its layers have run
 *   isolated   = minToGo of the whole job: its time alone, on the fastest
 *   threshold  = the largest power of 3 up to the largest tokens
 *   score(j)   = -ToGo(j)		if tokens(j) >= threshold
 *                tokens(j) - 2^62	else
 *
 * It runs on the idle accelerator that executes the next layer fastest.
 *
 * CHOICE: PREMA knows the priorities 1, 3 and 9 and rounds the largest tokens down
 * to one of them; as weights are free here, the powers of 3 go on in both
 * directions. Its tokens grow at each decision by the slowdown since the last one;
 * the sum of that is the slowdown of the whole wait, which is what stands above.
 *
 * Bounds: waited / isolated is a ratio, at most 2^40, and weight at most 2^14;
 * tokens stay below 2^55. ToGo is at most 2^47, so that each job above the threshold
 * beats each one below.
 *
 * Short mean turnaround, and nobody starves: tokens grow without end until the job
 * is above the threshold, alone in the limit. No deadline, no energy. To be
 * chosen where the response time counts and frames have no deadlines of their own.
 */
#include "policy.h"

#define WEIGHT_ONE	100
/* What puts jobs below the threshold behind all others. */
#define BELOW		(S64_MAX / 2)

/* Tokens of a job, 1/65536. */
static u64 tokens(const struct dream_state *st, const struct dream_pjob *job)
{
	u64 isolated = job->path->layer[0].rest_min;
	u64 waited = 0, slowdown;

	if (st->now_ns > job->release_ns)
		waited = st->now_ns - job->release_ns;
	waited -= min(waited, job->ran_ns);
	slowdown = dream_ratio(waited, isolated);
	return div64_u64((DREAM_ONE + slowdown) * job->queue->weight, WEIGHT_ONE);
}

/* The largest power of 3 up to the largest tokens of a ready job, 1/65536. */
static u64 threshold(const struct dream_state *st)
{
	u64 most = 0, power = DREAM_ONE;
	u32 j;

	for (j = 0; j < st->job_count; j++)
		most = max(most, tokens(st, st->jobs[j]));
	while (power <= most / 3)
		power *= 3;
	while (power > most)
		power /= 3;
	return power;
}

static s64 rank(const struct dream_state *st, const struct dream_pjob *job,
		u64 enough)
{
	u64 have = tokens(st, job);

	if (have < enough)
		return (s64)have - BELOW;
	return dream_order_score(job->path->layer[job->layer].rest_mean);
}

static bool prema_score(const struct dream_state *st, const struct dream_pjob *job,
			const struct dream_paccel *accel, s64 *score)
{
	*score = rank(st, job, threshold(st));
	return true;
}

static int prema_pick(struct dream_state *st, struct dream_pick *pick)
{
	u64 enough = threshold(st);
	u32 j;

	for (j = 0; j < st->job_count; j++)
		st->scratch[j].key = rank(st, st->jobs[j], enough);
	return dream_pick_job(st, pick);
}

static void prema_layer_done(struct dream_state *st, struct dream_pjob *job,
			     struct dream_paccel *accel, u64 ns)
{
	job->ran_ns = dream_sat_add(job->ran_ns, ns);
}

const struct dream_policy_ops dream_policy_prema = {
	.name = "prema",
	.doc = "shortest job among those with enough tokens, which waiting earns",
	.pick = prema_pick,
	.score = prema_score,
	.layer_done = prema_layer_done,
};
