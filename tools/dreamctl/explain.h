/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a pair of job and accelerator was chosen, in words.
 */
#ifndef DREAMCTL_EXPLAIN_H
#define DREAMCTL_EXPLAIN_H

#include <stddef.h>

#include <dream/dream.h>

/* Longest explanation, with the final NUL. */
#define EXPLANATION_LEN	256

/**
 * struct weights - weights of MapScore
 * @alpha: of starvation
 * @beta: of energy
 */
struct weights {
	double alpha;
	double beta;
};

void explain(char *text, const struct dream_score *chosen,
	     const struct dream_score *second, const struct weights *weights);

#endif
