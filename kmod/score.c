// SPDX-License-Identifier: GPL-2.0
/*
 * MapScore, the arithmetic. Pure: see score.h for the formula and the bounds.
 */
#include "score.h"

/**
 * dream_ratio() - quotient of two numbers in fixed point
 * @num: numerator
 * @den: denominator, in the same unit
 *
 * A numerator above 47 bits is scaled down together with the denominator. Where
 * the result is below the bound, the denominator then has 23 bits or more left,
 * so that the relative error stays below 2^-22.
 *
 * Context: any. Pure.
 * Return: @num / @den, 1/65536, at most DREAM_RATIO_MAX; that, too, if @den is 0
 * and @num is not; 0 for 0 / 0.
 */
u64 dream_ratio(u64 num, u64 den)
{
	int excess = fls64(num) - 47;

	if (!num)
		return 0;
	if (excess > 0) {
		num >>= excess;
		den >>= excess;
	}
	if (!den)
		return DREAM_RATIO_MAX;
	return min(div64_u64(num << DREAM_Q, den), DREAM_RATIO_MAX);
}

/**
 * dream_slack() - time to the deadline
 * @now_ns: present time
 * @deadline_ns: absolute deadline
 *
 * Context: any. Pure.
 * Return: @deadline_ns - @now_ns, in ns, within +-DREAM_TIME_MAX.
 */
s64 dream_slack(u64 now_ns, u64 deadline_ns)
{
	if (deadline_ns >= now_ns)
		return (s64)min(deadline_ns - now_ns, DREAM_TIME_MAX);
	return -(s64)min(now_ns - deadline_ns, DREAM_TIME_MAX);
}

/* @weight times @term; both 1/65536, the bounds of score.h hold. */
static u64 weigh(u64 weight, u64 term)
{
	return mul_u64_u64_shr(min(weight, DREAM_WEIGHT_MAX), term, DREAM_Q);
}

/**
 * dream_map_score() - MapScore of a pair of job and accelerator
 * @in: what it depends on
 * @out: the score and its terms
 *
 * Source: DREAM, ASPLOS 2023, section on MapScore; score.h.
 *
 * Context: any. Pure.
 */
void dream_map_score(const struct dream_score_in *in, struct dream_terms *out)
{
	s64 floor = min(max(in->slack_floor_ns, DREAM_SLACK_MIN), DREAM_TIME_MAX);
	s64 slack = dream_slack(in->now_ns, in->deadline_ns);
	u64 waited = in->now_ns > in->prev_end_ns ?
		     in->now_ns - in->prev_end_ns : 0;
	u64 urgent;

	if (slack < floor)
		slack = floor;

	out->urgency = dream_ratio(in->to_go_ns, (u64)slack);
	out->lat_pref = dream_ratio(in->lat_sum_ns, in->lat_ns);
	out->starvation = min(dream_ratio(waited, in->lat_mean_ns),
			      min(in->starv_cap, DREAM_RATIO_MAX));
	/* An energy that is not known speaks neither for nor against. */
	out->en_pref = in->energy_nj ?
		       dream_ratio(in->energy_sum_nj, in->energy_nj) : 0;
	out->switch_cost = in->energy_nj ?
			   dream_ratio(in->switch_nj, in->energy_nj) : 0;

	/* 40 + 40 bits do not fit; the high half tells. */
	if (mul_u64_u64_shr(out->urgency, out->lat_pref, 60 + DREAM_Q))
		urgent = DREAM_PRODUCT_MAX;
	else
		urgent = mul_u64_u64_shr(out->urgency, out->lat_pref, DREAM_Q);

	out->map_score = (s64)urgent +
			 (s64)weigh(in->alpha, out->starvation) +
			 (s64)weigh(in->beta, out->en_pref) -
			 (s64)weigh(in->beta, out->switch_cost);
}
