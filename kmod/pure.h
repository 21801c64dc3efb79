/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pure part of dream needs from its surroundings.
 *
 * score.c, path.c and the policies are compiled unchanged in the kernel, in
 * KUnit suites and in user space. They use integer types, a few helpers for
 * arithmetic and nothing else: no locks, no memory, no clock.
 */
#ifndef _DREAM_PURE_H
#define _DREAM_PURE_H

#ifdef __KERNEL__

#include <linux/bits.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#else

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t u64;
typedef int64_t s64;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint16_t u16;
typedef uint8_t u8;

#define U64_MAX	UINT64_MAX
#define S64_MAX	INT64_MAX
#define S64_MIN	INT64_MIN
#define U32_MAX	UINT32_MAX

#define min_t(type, a, b) \
	({ type min_a = (a), min_b = (b); min_a < min_b ? min_a : min_b; })
#define max_t(type, a, b) \
	({ type max_a = (a), max_b = (b); max_a > max_b ? max_a : max_b; })
#define min(a, b)	min_t(__typeof__(a), a, b)
#define max(a, b)	max_t(__typeof__(a), a, b)

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	return (u64)(((__uint128_t)a * b) >> shift);
}

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

#endif /* __KERNEL__ */

/* Times above this are taken for this: 39 hours in ns, so that a time in
 * fixed point of 16 fractional bits fits 63 bits.
 */
#define DREAM_TIME_MAX	(1ULL << 47)

/**
 * dream_sat_add() - add, saturating
 * @a: summand
 * @b: summand
 *
 * Context: any. Pure.
 * Return: @a + @b, or U64_MAX if that does not fit.
 */
static inline u64 dream_sat_add(u64 a, u64 b)
{
	return a > U64_MAX - b ? U64_MAX : a + b;
}

/**
 * dream_sat_mul() - multiply, saturating
 * @a: factor
 * @b: factor
 *
 * Context: any. Pure.
 * Return: @a * @b, or U64_MAX if that does not fit.
 */
static inline u64 dream_sat_mul(u64 a, u64 b)
{
	u64 r;

	return __builtin_mul_overflow(a, b, &r) ? U64_MAX : r;
}

#endif
