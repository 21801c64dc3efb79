/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: MapScore in fixed point
 *
 * DREAM (Kim et al., ASPLOS 2023) scores a pair of ready job j and accelerator
 * a by
 *
 *   MapScore = Urgency * LatPref + alpha * Starv + beta * (EnPref - Switch)
 *
 *   Urgency = ToGo / Slack
 *   LatPref = sum over a' of L(nl, a') / L(nl, a)
 *   Starv   = (t - end of the previous layer) / mean over a' of L(nl, a')
 *   EnPref  = sum over a' of E(nl, a') / E(nl, a)
 *   Switch  = energy to change the job on a / E(nl, a)
 *
 * where nl is the next layer of j. The kernel has no floating point; every term
 * is a number with 16 fractional bits (65536 is 1.0) that saturates:
 *
 *   term              bound          because
 *   a ratio           2^40           DREAM_RATIO_MAX, 16.7 million in real terms
 *   Urgency*LatPref   2^60           DREAM_PRODUCT_MAX; 2^40 * 2^40 >> 16 is 2^64
 *   alpha, beta       2^17           2.0
 *   alpha * Starv     2^41           2^17 * 2^40 >> 16
 *   beta * (...)      2^41 in size   likewise
 *   MapScore          < 2^61         the sum; fits s64
 *
 * Choices of this project, which the paper leaves open: Slack is floored, by default at
 * DREAM_SLACK_MIN, so that a late job stays urgent until it is dropped; Starv is
 * capped by a parameter, so that it cannot drown the other terms; EnPref and Switch
 * are 0 while the energy is not known, so that a job without a profile is not put
 * behind all others.
 */
#ifndef _DREAM_SCORE_H
#define _DREAM_SCORE_H

#include "pure.h"

#define DREAM_Q			16
#define DREAM_ONE		(1ULL << DREAM_Q)
#define DREAM_RATIO_MAX		(1ULL << 40)
#define DREAM_PRODUCT_MAX	(1ULL << 60)
#define DREAM_WEIGHT_MAX	(2ULL << DREAM_Q)
/* Smallest slack, in ns, and the smallest value of the parameter for it. */
#define DREAM_SLACK_MIN		1000ULL

/**
 * struct dream_score_in - what MapScore depends on
 * @now_ns: present time
 * @deadline_ns: absolute deadline of the job
 * @prev_end_ns: when the job's previous layer ended, or its release
 * @to_go_ns: expected time to go, mean over the accelerators
 * @lat_ns: latency of the next layer on this accelerator, not 0
 * @lat_sum_ns: sum of its latencies over all accelerators
 * @lat_mean_ns: mean of its latencies over all accelerators, not 0
 * @energy_nj: energy of the next layer on this accelerator; 0: not known, and no
 *	part of the score
 * @energy_sum_nj: sum of its energies over all accelerators
 * @switch_nj: energy to change the job on this accelerator, 0 if it ran this job
 *	last
 * @alpha: weight of starvation, 1/65536, at most DREAM_WEIGHT_MAX
 * @beta: weight of energy, 1/65536, at most DREAM_WEIGHT_MAX
 * @starv_cap: largest starvation, 1/65536
 * @slack_floor_ns: smallest slack, if it is above DREAM_SLACK_MIN
 */
struct dream_score_in {
	u64 now_ns;
	u64 deadline_ns;
	u64 prev_end_ns;
	u64 to_go_ns;
	u64 lat_ns;
	u64 lat_sum_ns;
	u64 lat_mean_ns;
	u64 energy_nj;
	u64 energy_sum_nj;
	u64 switch_nj;
	u64 alpha;
	u64 beta;
	u64 starv_cap;
	u64 slack_floor_ns;
};

/**
 * struct dream_terms - MapScore and its terms, 1/65536
 * @urgency: ToGo / Slack
 * @lat_pref: latency preference
 * @starvation: starvation, capped
 * @en_pref: energy preference
 * @switch_cost: switch cost
 * @map_score: the sum
 */
struct dream_terms {
	u64 urgency;
	u64 lat_pref;
	u64 starvation;
	u64 en_pref;
	u64 switch_cost;
	s64 map_score;
};

u64 dream_ratio(u64 num, u64 den);
s64 dream_slack(u64 now_ns, u64 deadline_ns);
void dream_map_score(const struct dream_score_in *in, struct dream_terms *out);

#endif
