// SPDX-License-Identifier: GPL-2.0
/*
 * Variation of durations that can be repeated. Pure: no kernel service.
 */
#include "jitter.h"

/**
 * DOC: Jitter
 *
 * The duration of a command is multiplied by a random factor, evenly distributed
 * between 1 - permille / 1000 and 1 + permille / 1000. The numbers come from
 * SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
 * generators, 2014), one for each command in the order in which the device takes
 * them. The state starts from the seed and the name of the device: the same
 * seed, name and order of commands give the same durations, and two devices
 * with one seed differ.
 */

/* One step of SplitMix64. */
static u64 next_random(u64 *state)
{
	u64 z = *state += 0x9E3779B97F4A7C15ULL;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
	return z ^ (z >> 31);
}

/**
 * vnpu_jitter_seed() - initial state
 * @seed: seed
 * @name: name of the device
 *
 * Return: a state for vnpu_jitter().
 */
u64 vnpu_jitter_seed(u64 seed, const char *name)
{
	u64 state = next_random(&seed);

	for (; *name; name++) {
		state ^= (unsigned char)*name;
		state = next_random(&state);
	}
	return state;
}

/**
 * vnpu_jitter() - vary a duration
 * @state: state of the generator
 * @ns: duration; one above VNPU_JITTER_NS_MAX is returned as it is
 * @permille: largest deviation, at most VNPU_JITTER_PERMILLE_MAX
 *
 * The span of 2 x deviation + 1 is below 2^41 and is multiplied by a random
 * number of 22 bits. A number is drawn even when @permille is 0.
 *
 * Return: the varied duration, in ns; at least 1 if @ns was.
 */
u64 vnpu_jitter(u64 *state, u64 ns, u32 permille)
{
	u64 random = next_random(state) >> (64 - 22);
	u64 deviation;

	if (!permille || ns > VNPU_JITTER_NS_MAX)
		return ns;
	deviation = div64_u64(ns * permille, 1000);
	return ns - deviation + (((2 * deviation + 1) * random) >> 22);
}
