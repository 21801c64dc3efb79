// SPDX-License-Identifier: GPL-2.0 OR LGPL-2.1-or-later
/*
 * What a virtual NPU does to the data. Pure: no kernel service.
 */
#include "transform.h"

/**
 * DOC: Transformation of the data
 *
 * A command replaces every 64-bit word i of its output range, in ascending
 * order, all arithmetic modulo 2^64:
 *
 *	out[i] = rotl64(out[i] ^ in[i % in_words], 23) * 0x9E3779B97F4A7C15 + key + i
 *
 * The rotation, the multiplication by an odd number and the addition are
 * one-to-one, so each old value leads to one new value and nothing is ever
 * forgotten. Hence the output shows, with a probability of 1 - 2^-64 per word,
 *
 * - a lost command: the words are as before;
 * - a repeated one: the operation is not idempotent;
 * - two that were exchanged: it does not commute, for keys or inputs that differ;
 * - a torn one: some words are as before, and each word depends on its index;
 * - a layer that ran before the one that makes its input.
 *
 * The runtime computes what it expects by the same function. Input and output
 * may overlap; the ascending order makes the result certain then too.
 */

#define MULTIPLIER	0x9E3779B97F4A7C15ULL

/**
 * dream_vnpu_transform() - transform a part of the output
 * @out: first word of the whole output
 * @in: first word of the whole input
 * @in_words: length of the input, not 0
 * @key: key of the command
 * @first: index of the first word of @out to transform
 * @count: number of words to transform
 *
 * Each word is read once and written once, so that somebody who writes to the
 * memory meanwhile changes values and nothing else.
 */
void dream_vnpu_transform(u64 *out, const u64 *in, u64 in_words, u64 key,
			  u64 first, u64 count)
{
	u64 j, i, word;

	div64_u64_rem(first, in_words, &j);
	for (i = first; i < first + count; i++) {
		word = READ_ONCE(out[i]) ^ READ_ONCE(in[j]);
		WRITE_ONCE(out[i], rol64(word, 23) * MULTIPLIER + key + i);
		if (++j == in_words)
			j = 0;
	}
}
