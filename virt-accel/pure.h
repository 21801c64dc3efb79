/* SPDX-License-Identifier: GPL-2.0 OR LGPL-2.1-or-later */
/*
 * What the pure files of the virtual NPU need from their surroundings. Cost,
 * transformation, share, progress and jitter know no kernel service and are
 * compiled unchanged in the kernel and in user space.
 */
#ifndef _VNPU_PURE_H
#define _VNPU_PURE_H

#ifdef __KERNEL__

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/types.h>

#else /* user space */

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

typedef __u64 u64;
typedef __u32 u32;

#ifndef U64_MAX
#define U64_MAX	(~0ULL)
#endif

#ifndef READ_ONCE
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value)	__atomic_store_n(&(x), value, __ATOMIC_RELAXED)
#endif

#define BIT_ULL(n)		(1ULL << (n))

#define check_add_overflow(a, b, sum)	__builtin_add_overflow(a, b, sum)
#define check_mul_overflow(a, b, prod)	__builtin_mul_overflow(a, b, prod)

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 rol64(u64 word, unsigned int shift)
{
	return word << (shift & 63) | word >> (-shift & 63);
}

#endif

/* a + b, at most U64_MAX. */
static inline u64 vnpu_add(u64 a, u64 b)
{
	u64 sum;

	return check_add_overflow(a, b, &sum) ? U64_MAX : sum;
}

/* a * b, at most U64_MAX. */
static inline u64 vnpu_mul(u64 a, u64 b)
{
	u64 product;

	return check_mul_overflow(a, b, &product) ? U64_MAX : product;
}

/* a / b, rounded up; @b is not 0. Cannot overflow. */
static inline u64 vnpu_div_up(u64 a, u64 b)
{
	u64 remainder;
	u64 quotient = div64_u64_rem(a, b, &remainder);

	return quotient + (remainder ? 1 : 0);
}

static inline u64 vnpu_min(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 vnpu_max(u64 a, u64 b)
{
	return a > b ? a : b;
}

#endif
