// SPDX-License-Identifier: GPL-2.0
/*
 * Commands of a virtual NPU: check and resolve.
 */
#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/dream.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include "command.h"

/**
 * DOC: Commands
 *
 * A command comes from user space, in a private copy. It is checked whole, and
 * turned into addresses, a duration and an energy, before the device takes it;
 * afterwards nothing can go wrong with it any more. Whatever is wrong with it,
 * the answer is -EINVAL, and the device is as before.
 */

static_assert(sizeof(struct dream_vnpu_shape) == 32);
static_assert(sizeof(struct dream_vnpu_cmd) == 104);
static_assert(sizeof(struct dream_vnpu_cost_entry) == 56);
static_assert(DREAM_VNPU_CLASS_LEN == DREAM_ACCEL_NAME_LEN);

/* The words at @offset of range @index, if the device may use them like that. */
static u64 *find_words(const struct dream_cmd *cmd, u32 index, u64 offset,
		       u64 len, u32 flags)
{
	const struct dream_range *range;

	if (index >= cmd->range_count)
		return NULL;
	range = &cmd->ranges[array_index_nospec(index, cmd->range_count)];
	if ((range->flags & flags) != flags)
		return NULL;
	if (!len || !IS_ALIGNED(len | offset, sizeof(u64)))
		return NULL;
	if (offset > range->len || len > range->len - offset)
		return NULL;
	return range->vaddr + offset;
}

static bool entry_name_valid(const struct dream_vnpu_cost_entry *entry)
{
	return strnlen(entry->class_name, sizeof(entry->class_name)) <
	       sizeof(entry->class_name);
}

/* Finds the entry for @class, else the one for every class. */
static int find_entry(const struct dream_vnpu_cost_entry *entries, u32 count,
		      const char *class, struct dream_vnpu_cost_entry *found)
{
	const struct dream_vnpu_cost_entry *best = NULL;
	u32 i, j;

	for (i = 0; i < count; i++) {
		if (!entry_name_valid(&entries[i]))
			return -EINVAL;
		for (j = 0; j < i; j++) {
			if (!strcmp(entries[i].class_name, entries[j].class_name))
				return -EINVAL;
		}
		if (!strcmp(entries[i].class_name, class) ||
		    (!best && !entries[i].class_name[0]))
			best = &entries[i];
	}
	if (!best)
		return -EINVAL;
	memcpy(found, best, sizeof(*found));
	return 0;
}

static int resolve_explicit(struct vnpu_command *command,
			    const struct dream_vnpu_cmd *head,
			    const struct dream_vnpu_cost_entry *entries,
			    const struct vnpu_array *array, const char *class)
{
	struct dream_vnpu_cost_entry entry;
	int err;

	if (memchr_inv(&head->shape, 0, sizeof(head->shape)))
		return -EINVAL;
	err = find_entry(entries, head->cost_count, class, &entry);
	if (err)
		return err;
	if (!entry.cycles)
		return -EINVAL;
	/* The array waits for memory, if that takes longer. */
	command->ns = max(vnpu_cycles_to_ns(entry.cycles, array->clock_khz),
			  vnpu_dram_ns(entry.dram_bytes, array->bandwidth_mbps));
	command->dram_bytes = entry.dram_bytes;
	command->energy_nj = entry.energy_nj;
	return 0;
}

static int resolve_shape(struct vnpu_command *command,
			 const struct dream_vnpu_cmd *head,
			 const struct vnpu_array *array)
{
	struct vnpu_cost cost;
	int err;

	if (head->cost_count)
		return -EINVAL;
	err = vnpu_cost_of_shape(array, &head->shape, &cost);
	if (err)
		return err;
	command->ns = vnpu_cycles_to_ns(cost.cycles, array->clock_khz);
	command->dram_bytes = cost.dram_bytes;
	command->energy_nj = cost.energy_nj;
	return 0;
}

static int resolve_cost(struct vnpu_command *command,
			const struct dream_vnpu_cmd *head, const void *entries,
			const struct vnpu_array *array, const char *class)
{
	int err;

	switch (head->cost) {
	case DREAM_VNPU_COST_SHAPE:
		err = resolve_shape(command, head, array);
		break;
	case DREAM_VNPU_COST_EXPLICIT:
		err = resolve_explicit(command, head, entries, array, class);
		break;
	default:
		err = -EINVAL;
	}
	if (err)
		return err;
	if (command->ns > VNPU_COMMAND_NS_MAX ||
	    command->dram_bytes > VNPU_COMMAND_DRAM_MAX)
		return -EINVAL;
	return 0;
}

/**
 * vnpu_command_parse() - check a command and resolve what it names
 * @command: where the result goes; undefined on error
 * @cmd: the command as the arbiter gives it
 * @array: array of the device
 * @class: class of the device
 *
 * Return: 0, or -EINVAL if anything is wrong with the command.
 */
int vnpu_command_parse(struct vnpu_command *command, const struct dream_cmd *cmd,
		       const struct vnpu_array *array, const char *class)
{
	struct dream_vnpu_cmd head;

	if (cmd->size < sizeof(head))
		return -EINVAL;
	memcpy(&head, cmd->data, sizeof(head));
	if (head.magic != DREAM_VNPU_CMD_MAGIC || head.pad)
		return -EINVAL;
	if (head.cost_count > DREAM_VNPU_COSTS_MAX)
		return -EINVAL;
	if (cmd->size != sizeof(head) +
	    head.cost_count * sizeof(struct dream_vnpu_cost_entry))
		return -EINVAL;

	command->cookie = cmd->cookie;
	command->in = find_words(cmd, head.in_range, head.in_offset,
				 head.in_len, DREAM_RANGE_IN);
	command->in_words = head.in_len / sizeof(u64);
	/* The output's old contents go into the new. */
	command->out = find_words(cmd, head.out_range, head.out_offset,
				  head.out_len, DREAM_RANGE_IN | DREAM_RANGE_OUT);
	command->out_words = head.out_len / sizeof(u64);
	if (!command->in || !command->out)
		return -EINVAL;
	command->key = head.key;
	command->result = head.result;
	command->faults = 0;
	return resolve_cost(command, &head, cmd->data + sizeof(head), array, class);
}
