/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a pair of job and accelerator was chosen, in words.
 */
#ifndef DREAMCTL_EXPLAIN_H
#define DREAMCTL_EXPLAIN_H

#include <stddef.h>

#include <dream/dream.h>

/* Longest explanation, with the final NUL. */
#define EXPLANATION_LEN	512

/**
 * struct rules - what decides
 * @alpha: weight of starvation in MapScore
 * @beta: weight of energy
 * @policies: policies that there are
 * @policy_count: length of @policies
 */
struct rules {
	double alpha;
	double beta;
	struct dream_policy *policies;
	int policy_count;
};

void explain(char *text, const struct dream_score *chosen,
	     const struct dream_score *second, const struct rules *rules);

#endif
