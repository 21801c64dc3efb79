/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pseudo-random numbers for tests: a fixed sequence for each seed, so that a
 * failure can be repeated.
 */
#ifndef _TEST_RANDOM_H
#define _TEST_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

/* Uniform over 64 bits: a counter, scrambled by multiplications and shifts. */
static inline uint64_t random_u64(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* Uniform in [0, n). */
static inline uint64_t random_below(struct random *r, uint64_t n)
{
	return random_u64(r) % n;
}

/* Uniform in [lo, hi]. */
static inline uint64_t random_in(struct random *r, uint64_t lo, uint64_t hi)
{
	return lo + random_below(r, hi - lo + 1);
}

/* Every order of magnitude below 2^bits equally often. */
static inline uint64_t random_log(struct random *r, unsigned int bits)
{
	return random_u64(r) >> (64 - random_in(r, 1, bits));
}

/*
 * What breaks arithmetic: mostly any magnitude, sometimes the ends of the range
 * and the neighbours of powers of two.
 */
static inline uint64_t random_extreme(struct random *r)
{
	switch (random_below(r, 8)) {
	case 0:
		return random_below(r, 3);
	case 1:
		return UINT64_MAX - random_below(r, 3);
	case 2:
		return (1ULL << random_below(r, 64)) + random_below(r, 3) - 1;
	default:
		return random_log(r, 64);
	}
}

#endif
