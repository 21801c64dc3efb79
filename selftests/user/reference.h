/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MapScore in floating point, from the formula alone. A long double holds every
 * 64-bit integer exactly; its own rounding, 2^-63, is far below every bound
 * used here.
 */
#ifndef _TEST_REFERENCE_H
#define _TEST_REFERENCE_H

#include "kmod/policy.h"

/* MapScore and its terms as real numbers: 1.0 is 1.0. */
struct reference {
	long double urgency;
	long double lat_pref;
	long double starvation;
	long double en_pref;
	long double switch_cost;
	long double map_score;
};

/* The largest value of a ratio, and of Urgency * LatPref. */
#define REF_RATIO_MAX	0x1p24L
#define REF_PRODUCT_MAX	0x1p44L
/* Smallest slack, in ns: 1 us. */
#define REF_SLACK_MIN	1000.0L

/*
 * How far a term in fixed point may be from the real one: it is rounded down to
 * 1/65536, and a division with a numerator above 47 bits has a relative error
 * below 2^-22.
 */
#define REF_STEP	0x1p-16L
#define REF_ERROR	0x1p-22L

long double reference_ratio(long double num, long double den);
void reference_map_score(const struct dream_score_in *in,
			 struct reference *ref);
void reference_job_terms(const struct dream_state *st,
			 const struct dream_pjob *job,
			 const struct dream_paccel *accel,
			 struct reference *ref);

long double fixed_to_real(s64 fixed);
long double term_error(long double term);
long double map_score_error(const struct reference *ref,
			    const struct dream_score_in *in);

#endif
