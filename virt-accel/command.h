/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _VNPU_COMMAND_H
#define _VNPU_COMMAND_H

#include <dream_accel.h>

#include "cost.h"

/* Longest command when it is alone, in ns: 18 minutes. */
#define VNPU_COMMAND_NS_MAX	BIT_ULL(40)
/* Most bytes that a command moves to and from memory: 16 GiB. */
#define VNPU_COMMAND_DRAM_MAX	BIT_ULL(34)

/**
 * struct vnpu_command - a command that has been checked
 * @cookie: names it towards the arbiter
 * @out: first word to write
 * @out_words: words to write, not 0
 * @in: first word to read
 * @in_words: words to read, not 0
 * @key: key of the transformation
 * @result: what the layer finds
 * @ns: duration when it is alone
 * @dram_bytes: bytes to and from shared memory
 * @energy_nj: energy
 * @faults: bit mask of enum vnpu_fault that hit this command; set by the device
 */
struct vnpu_command {
	u64 cookie;
	u64 *out;
	u64 out_words;
	const u64 *in;
	u64 in_words;
	u64 key;
	u32 result;
	u32 faults;
	u64 ns;
	u64 dram_bytes;
	u64 energy_nj;
};

int vnpu_command_parse(struct vnpu_command *command, const struct dream_cmd *cmd,
		       const struct vnpu_array *array, const char *class);

#endif
