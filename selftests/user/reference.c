// SPDX-License-Identifier: GPL-2.0
/*
 * MapScore in floating point.
 *
 *   ToGo(j)        sum over the remaining layers of mean_a L(l, a)
 *   Slack(j)       d(j) - t, at least 1 us
 *   Urgency(j)     ToGo / Slack
 *   LatPref(j, a)  (sum_a' L(nl, a')) / L(nl, a)
 *   Starv(j)       (t - end of the previous layer) / mean_a L(nl, a), capped
 *   EnPref(j, a)   (sum_a' E(nl, a')) / E(nl, a)
 *   Switch(j, a)   0 if a last ran j, else (energy to write back what the last
 *                  job left on a + energy to fetch j's) / E(nl, a)
 *   MapScore(j, a) Urgency LatPref + alpha Starv + beta (EnPref - Switch)
 */
#include <math.h>

#include "reference.h"

/* A ratio saturates; something over nothing is the largest one. */
long double reference_ratio(long double num, long double den)
{
	if (num == 0)
		return 0;
	if (den == 0)
		return REF_RATIO_MAX;
	return fminl(num / den, REF_RATIO_MAX);
}

static long double weight(u64 fixed)
{
	return fminl((long double)fixed / 65536, 2);
}

void reference_map_score(const struct dream_score_in *in, struct reference *ref)
{
	long double slack = (long double)in->deadline_ns - in->now_ns;
	long double waited = (long double)in->now_ns - in->prev_end_ns;
	long double cap = (long double)in->starv_cap / 65536;

	/* Times end at 2^47 ns. */
	slack = fminl(fmaxl(slack, REF_SLACK_MIN), 0x1p47L);
	waited = fmaxl(waited, 0);

	ref->urgency = reference_ratio(in->to_go_ns, slack);
	ref->lat_pref = reference_ratio(in->lat_sum_ns, in->lat_ns);
	ref->starvation = fminl(reference_ratio(waited, in->lat_mean_ns), cap);
	/* An energy that is not known has no part in the score. */
	ref->en_pref = in->energy_nj ?
		       reference_ratio(in->energy_sum_nj, in->energy_nj) : 0;
	ref->switch_cost = in->energy_nj ?
			   reference_ratio(in->switch_nj, in->energy_nj) : 0;
	ref->map_score = fminl(ref->urgency * ref->lat_pref, REF_PRODUCT_MAX) +
			 weight(in->alpha) * ref->starvation +
			 weight(in->beta) * (ref->en_pref - ref->switch_cost);
}

/* From the structures that a policy sees; for costs of usual size only. */
void reference_job_terms(const struct dream_state *st,
			 const struct dream_pjob *job,
			 const struct dream_paccel *accel,
			 struct reference *ref)
{
	const struct dream_path *path = job->path;
	const struct dream_path_layer *next = &path->layer[job->layer];
	const u64 *lat = &path->lat[job->layer * path->classes];
	const u64 *energy = &path->energy[job->layer * path->classes];
	struct dream_score_in in = {
		.now_ns = st->now_ns,
		.deadline_ns = job->deadline_ns,
		.prev_end_ns = job->prev_end_ns,
		.to_go_ns = next->rest_mean,
		.lat_ns = lat[accel->cls],
		.energy_nj = energy[accel->cls],
		.alpha = st->params->alpha,
		.beta = st->params->beta,
		.starv_cap = st->params->starv_cap,
	};
	u32 a;

	for (a = 0; a < st->accel_count; a++) {
		in.lat_sum_ns += lat[st->accels[a]->cls];
		in.energy_sum_nj += energy[st->accels[a]->cls];
	}
	in.lat_mean_ns = in.lat_sum_ns / st->accel_count;
	if (accel->last_order != job->order)
		in.switch_nj = (accel->last_out_bytes + next->in_bytes) *
			       st->params->switch_pj / 1000;
	reference_map_score(&in, ref);
}

long double fixed_to_real(s64 fixed)
{
	return (long double)fixed / 65536;
}

long double term_error(long double term)
{
	return term * REF_ERROR + REF_STEP;
}

/*
 * Errors of the terms, carried through the sum:
 * |(u + du)(l + dl) - u l| <= u dl + l du + du dl, and one step of rounding for
 * each of the four summands.
 */
long double map_score_error(const struct reference *ref,
			    const struct dream_score_in *in)
{
	long double du = term_error(ref->urgency);
	long double dl = term_error(ref->lat_pref);

	return ref->urgency * dl + ref->lat_pref * du + du * dl +
	       weight(in->alpha) * term_error(ref->starvation) +
	       weight(in->beta) * (term_error(ref->en_pref) +
				   term_error(ref->switch_cost)) +
	       4 * REF_STEP;
}
