// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of enum values, for people. */
#include <dream/dream.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

static const char *name_of(const char *const *names, size_t count,
			   uint32_t value)
{
	return value < count ? names[value] : "unknown";
}

const char *dream_status_name(uint32_t status)
{
	static const char *const names[] = {
		[DREAM_STATUS_DONE] = "done",
		[DREAM_STATUS_DROPPED] = "dropped",
		[DREAM_STATUS_CANCELLED] = "cancelled",
		[DREAM_STATUS_FAILED] = "failed",
	};

	return name_of(names, ARRAY_SIZE(names), status);
}

const char *dream_reason_name(uint32_t reason)
{
	static const char *const names[] = {
		[DREAM_REASON_NONE] = "none",
		[DREAM_REASON_HOPELESS] = "hopeless",
		[DREAM_REASON_QUEUE_FULL] = "queue-full",
		[DREAM_REASON_USER] = "user",
		[DREAM_REASON_CLOSED] = "closed",
		[DREAM_REASON_DEPENDENCY] = "dependency",
		[DREAM_REASON_NOT_WANTED] = "not-wanted",
		[DREAM_REASON_COMMAND] = "command",
		[DREAM_REASON_DEVICE] = "device",
		[DREAM_REASON_TIMEOUT] = "timeout",
		[DREAM_REASON_UNPLUGGED] = "unplugged",
	};

	return name_of(names, ARRAY_SIZE(names), reason);
}

const char *dream_accel_state_name(uint32_t state)
{
	static const char *const names[] = {
		[DREAM_ACCEL_IDLE] = "idle",
		[DREAM_ACCEL_BUSY] = "busy",
		[DREAM_ACCEL_FAULTY] = "faulty",
	};

	return name_of(names, ARRAY_SIZE(names), state);
}

const char *dream_model_state_name(uint32_t state)
{
	static const char *const names[] = {
		[DREAM_MODEL_STATE_STAGED] = "staged",
		[DREAM_MODEL_STATE_COMMITTED] = "committed",
	};

	return name_of(names, ARRAY_SIZE(names), state);
}

const char *dream_event_type_name(uint32_t type)
{
	static const char *const names[] = {
		[DREAM_EVENT_TYPE_MISS] = "miss",
		[DREAM_EVENT_TYPE_DROP] = "drop",
		[DREAM_EVENT_TYPE_FAIL] = "fail",
		[DREAM_EVENT_TYPE_VARIANT] = "variant",
		[DREAM_EVENT_TYPE_POLICY] = "policy",
		[DREAM_EVENT_TYPE_PARAM] = "param",
		[DREAM_EVENT_TYPE_TUNE] = "tune",
		[DREAM_EVENT_TYPE_ACCEL_NEW] = "accel-new",
		[DREAM_EVENT_TYPE_ACCEL_DEL] = "accel-del",
		[DREAM_EVENT_TYPE_ACCEL_FAULT] = "accel-fault",
		[DREAM_EVENT_TYPE_POLICY_FAULT] = "policy-fault",
		[DREAM_EVENT_TYPE_WINDOW] = "window",
	};

	return name_of(names, ARRAY_SIZE(names), type);
}

const char *dream_pick_state_name(uint32_t state)
{
	static const char *const names[] = {
		[DREAM_PICK_STATE_CANDIDATE] = "candidate",
		[DREAM_PICK_STATE_BUSY] = "busy",
		[DREAM_PICK_STATE_CHOSEN] = "chosen",
		[DREAM_PICK_STATE_RUNNER_UP] = "runner-up",
	};

	return name_of(names, ARRAY_SIZE(names), state);
}
