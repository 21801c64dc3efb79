// SPDX-License-Identifier: LGPL-2.1-or-later
/* Accelerators, as netlink tells them. */
#include "nl.h"

#define DNL_ITEM	struct dream_accel

static const struct dnl_field accel_fields[] = {
	[DREAM_A_ACCEL_ID] = FIELD_U32("id", id),
	[DREAM_A_ACCEL_NAME] = FIELD_NAME("name", name),
	[DREAM_A_ACCEL_CLASS] = FIELD_NAME("class", class_name),
	[DREAM_A_ACCEL_CLASS_ID] = FIELD_U32("class-id", class_id),
	[DREAM_A_ACCEL_SLOTS] = FIELD_U32("slots", slots),
	[DREAM_A_ACCEL_RUNNING] = FIELD_U32("running", running),
	[DREAM_A_ACCEL_STATE] = FIELD_U32("state", state),
	[DREAM_A_ACCEL_LOCAL_MEM_BYTES] =
		FIELD_U64("local-mem-bytes", local_mem_bytes),
	[DREAM_A_ACCEL_BANDWIDTH_MBPS] =
		FIELD_U32("bandwidth-mbps", bandwidth_mbps),
	[DREAM_A_ACCEL_CLOCK_KHZ] = FIELD_U32("clock-khz", clock_khz),
	[DREAM_A_ACCEL_BUSY_NS] = FIELD_U64("busy-ns", busy_ns),
	[DREAM_A_ACCEL_ENERGY_NJ] = FIELD_U64("energy-nj", energy_nj),
	[DREAM_A_ACCEL_COMMANDS] = FIELD_U64("commands", commands),
	[DREAM_A_ACCEL_ERRORS] = FIELD_U64("errors", errors),
	[DREAM_A_ACCEL_SPURIOUS] = FIELD_U64("spurious", spurious),
	[DREAM_A_ACCEL_TIMEOUTS] = FIELD_U64("timeouts", timeouts),
	[DREAM_A_ACCEL_RESETS] = FIELD_U64("resets", resets),
	[DREAM_A_ACCEL_UP_NS] = FIELD_U64("up-ns", up_ns),
};

#undef DNL_ITEM

static const struct dnl_set accel_set = {
	.fields = accel_fields,
	.count = ARRAY_SIZE(accel_fields),
};

int dream_nl_accels(struct dream_nl *nl, struct dream_accel **items)
{
	struct dnl_list list = DNL_LIST(struct dream_accel, &accel_set);

	return dnl_dump(nl, DREAM_CMD_ACCEL_GET, &list, items);
}
