// SPDX-License-Identifier: LGPL-2.1-or-later
/* Scores: what the policy thinks, and what it thought. */
#include <errno.h>

#include "nl.h"

#define DNL_ITEM	struct dream_score

static const struct dnl_field score_fields[] = {
	[DREAM_A_SCORE_QUEUE] = FIELD_U32("queue", queue),
	[DREAM_A_SCORE_SEQNO] = FIELD_U64("seqno", seqno),
	[DREAM_A_SCORE_ACCEL] = FIELD_U32("accel", accel),
	[DREAM_A_SCORE_LAYER] = FIELD_U32("layer", layer),
	[DREAM_A_SCORE_VARIANT] = FIELD_U32("variant", variant),
	[DREAM_A_SCORE_STATE] = FIELD_U32("state", state),
	[DREAM_A_SCORE_TIME_NS] = FIELD_U64("time-ns", time_ns),
	[DREAM_A_SCORE_SCORE] = FIELD_U64("score", score),
	[DREAM_A_SCORE_URGENCY] = FIELD_U64("urgency", urgency),
	[DREAM_A_SCORE_LAT_PREF] = FIELD_U64("lat-pref", lat_pref),
	[DREAM_A_SCORE_STARVATION] = FIELD_U64("starvation", starvation),
	[DREAM_A_SCORE_EN_PREF] = FIELD_U64("en-pref", en_pref),
	[DREAM_A_SCORE_SWITCH_COST] = FIELD_U64("switch-cost", switch_cost),
	[DREAM_A_SCORE_MAP_SCORE] = FIELD_U64("map-score", map_score),
	[DREAM_A_SCORE_TO_GO_NS] = FIELD_U64("to-go-ns", to_go_ns),
	[DREAM_A_SCORE_MIN_TO_GO_NS] = FIELD_U64("min-to-go-ns", min_to_go_ns),
	[DREAM_A_SCORE_SLACK_NS] = FIELD_U64("slack-ns", slack_ns),
	[DREAM_A_SCORE_LATENCY_NS] = FIELD_U64("latency-ns", latency_ns),
	[DREAM_A_SCORE_ENERGY_NJ] = FIELD_U64("energy-nj", energy_nj),
	[DREAM_A_SCORE_POLICY] = FIELD_NAME("policy", policy),
	[DREAM_A_SCORE_CANDIDATES] = FIELD_U32("candidates", candidates),
	[DREAM_A_SCORE_IDLE] = FIELD_U32("idle", idle),
	[DREAM_A_SCORE_START_NS] = FIELD_U64("start-ns", start_ns),
	[DREAM_A_SCORE_END_NS] = FIELD_U64("end-ns", end_ns),
};

#undef DNL_ITEM

static const struct dnl_set score_set = {
	.fields = score_fields,
	.count = ARRAY_SIZE(score_fields),
};

int dream_nl_scores(struct dream_nl *nl,
		    const struct dream_score_filter *filter,
		    struct dream_score **items)
{
	struct dnl_list list = DNL_LIST(struct dream_score, &score_set);
	const struct dnl_call call = {
		.cmd = DREAM_CMD_SCORE_GET,
		.set = &score_set,
		.reply = dnl_list_reply,
		.restart = dnl_list_restart,
		.arg = &list,
	};
	struct nl_msg *msg;

	msg = dnl_request(nl, &call);
	if (!msg)
		return -ENOMEM;
	if (filter && filter->queue)
		nla_put_u32(msg, DREAM_A_SCORE_QUEUE, filter->queue);
	if (filter && filter->seqno)
		nla_put_u64(msg, DREAM_A_SCORE_SEQNO, filter->seqno);
	if (filter && filter->history)
		nla_put_flag(msg, DREAM_A_SCORE_HISTORY);
	return dnl_list_take(&list, dnl_talk(nl, &call, msg), items);
}
