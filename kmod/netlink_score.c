// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Scores by netlink
 *
 * The answer to "why did it run there, and then?". Without history: each ready job
 * on each accelerator, scored by the policy at this moment with the arbiter's own
 * state, so that the numbers are those on which the next decision would rest. With
 * history: the log of decisions, with the numbers on which they did rest.
 *
 * A dump over several messages scores each part at its own time, which it tells:
 * scores of one time would need the lock all along, and the reader would stop the
 * scheduler.
 */
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "arbiter.h"
#include "job.h"
#include "log.h"
#include "netlink.h"
#include "queue.h"

/**
 * struct score_ctx - where score-get goes on
 * @queue: id of the queue that is being told
 * @accel: smallest id of an accelerator that has not been told for @queue
 * @number: decision that is being told
 * @second: the chosen pair of @number has been told, the other has not
 */
struct score_ctx {
	u32 queue;
	u32 accel;
	u64 number;
	bool second;
};

/**
 * struct filter - what has been asked for
 * @queue: the queue, if @has_queue
 * @seqno: the job, if @has_seqno
 * @has_queue: of one queue
 * @has_seqno: of one job of it
 */
struct filter {
	u32 queue;
	u64 seqno;
	bool has_queue;
	bool has_seqno;
};

static struct score_ctx *score_ctx(struct netlink_callback *cb)
{
	NL_ASSERT_DUMP_CTX_FITS(struct score_ctx);
	return (struct score_ctx *)cb->ctx;
}

static void get_filter(const struct genl_info *info, struct filter *f)
{
	const struct nlattr *queue = info->attrs[DREAM_A_SCORE_QUEUE];
	const struct nlattr *seqno = info->attrs[DREAM_A_SCORE_SEQNO];

	f->has_queue = queue;
	f->queue = queue ? nla_get_u32(queue) : 0;
	f->has_seqno = seqno;
	f->seqno = seqno ? nla_get_u64(seqno) : 0;
}

static bool wanted(const struct filter *f, u32 queue, u64 seqno)
{
	return (!f->has_queue || f->queue == queue) &&
	       (!f->has_seqno || f->seqno == seqno);
}

static bool put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, DREAM_A_SCORE_PAD);
}

static bool put_s64(struct sk_buff *skb, int attr, s64 value)
{
	return nla_put_s64(skb, attr, value, DREAM_A_SCORE_PAD);
}

static bool put_line(struct sk_buff *skb, enum dream_pick_state state, u64 now,
		     const struct dream_policy_ops *policy,
		     const struct dream_line *l)
{
	return nla_put_u32(skb, DREAM_A_SCORE_QUEUE, l->queue) ||
	       put_u64(skb, DREAM_A_SCORE_SEQNO, l->seqno) ||
	       nla_put_u32(skb, DREAM_A_SCORE_ACCEL, l->accel) ||
	       nla_put_u32(skb, DREAM_A_SCORE_LAYER, l->layer) ||
	       nla_put_u32(skb, DREAM_A_SCORE_VARIANT, l->variant) ||
	       nla_put_u32(skb, DREAM_A_SCORE_STATE, state) ||
	       put_u64(skb, DREAM_A_SCORE_TIME_NS, now) ||
	       put_s64(skb, DREAM_A_SCORE_SCORE, l->score) ||
	       put_u64(skb, DREAM_A_SCORE_URGENCY, l->terms.urgency) ||
	       put_u64(skb, DREAM_A_SCORE_LAT_PREF, l->terms.lat_pref) ||
	       put_u64(skb, DREAM_A_SCORE_STARVATION, l->terms.starvation) ||
	       put_u64(skb, DREAM_A_SCORE_EN_PREF, l->terms.en_pref) ||
	       put_u64(skb, DREAM_A_SCORE_SWITCH_COST, l->terms.switch_cost) ||
	       put_s64(skb, DREAM_A_SCORE_MAP_SCORE, l->terms.map_score) ||
	       put_u64(skb, DREAM_A_SCORE_TO_GO_NS, l->to_go_ns) ||
	       put_u64(skb, DREAM_A_SCORE_MIN_TO_GO_NS, l->min_to_go_ns) ||
	       put_s64(skb, DREAM_A_SCORE_SLACK_NS, l->slack_ns) ||
	       put_u64(skb, DREAM_A_SCORE_LATENCY_NS, l->lat_ns) ||
	       put_u64(skb, DREAM_A_SCORE_ENERGY_NJ, l->energy_nj) ||
	       nla_put_string(skb, DREAM_A_SCORE_POLICY, policy->name);
}

/* ---------------------------------------------------------- present scores */

static int fill_pair(struct sk_buff *skb, const struct genl_info *info,
		     const struct dream_state *st, u32 job, u32 accel)
{
	const struct dream_policy_ops *policy = dream_arb.policy;
	struct dream_line line;
	void *hdr;
	s64 score;

	if (!policy->score(st, st->jobs[job], st->accels[accel], &score))
		return 0;
	dream_line_fill(&line, st, job, accel, score);
	hdr = dream_nl_put(skb, info, NLM_F_MULTI);
	if (!hdr)
		return -EMSGSIZE;
	return dream_nl_end(skb, hdr,
			    put_line(skb, st->accels[accel]->free ?
				     DREAM_PICK_STATE_CANDIDATE :
				     DREAM_PICK_STATE_BUSY,
				     st->now_ns, policy, &line));
}

static int dump_job(struct sk_buff *skb, const struct genl_info *info,
		    struct score_ctx *ctx, const struct dream_state *st,
		    const struct dream_job *job)
{
	u32 a;
	int ret;

	for (a = 0; a < st->accel_count; a++) {
		if (st->accels[a]->id < ctx->accel)
			continue;
		ret = fill_pair(skb, info, st, job->index, a);
		if (ret)
			return ret;
		ctx->accel = st->accels[a]->id + 1;
	}
	return 0;
}

static int dump_present(struct sk_buff *skb, const struct genl_info *info,
			struct score_ctx *ctx, const struct filter *f)
{
	const struct dream_state *st = dream_arbiter_state(ktime_get_ns());
	const struct dream_job *job;
	struct dream_queue *q;
	u32 id = ctx->queue;
	int ret;

	for (; (q = dream_queue_next(&id)); id++) {
		if (id != ctx->queue) {
			ctx->queue = id;
			ctx->accel = 0;
		}
		job = list_first_entry_or_null(&q->jobs, struct dream_job, node);
		if (!job || job->state != DREAM_JOB_READY ||
		    !wanted(f, id, job->seqno))
			continue;
		ret = dump_job(skb, info, ctx, st, job);
		if (ret)
			return ret;
	}
	return 0;
}

/* ---------------------------------------------------------------- history */

static int fill_chosen(struct sk_buff *skb, const struct genl_info *info,
		       const struct dream_decision *d)
{
	void *hdr = dream_nl_put(skb, info, NLM_F_MULTI);
	bool bad;

	if (!hdr)
		return -EMSGSIZE;
	bad = put_line(skb, DREAM_PICK_STATE_CHOSEN, d->now_ns, d->policy,
		       &d->chosen) ||
	      nla_put_u32(skb, DREAM_A_SCORE_CANDIDATES, d->candidates) ||
	      nla_put_u32(skb, DREAM_A_SCORE_IDLE, d->idle) ||
	      put_u64(skb, DREAM_A_SCORE_START_NS, d->now_ns) ||
	      put_u64(skb, DREAM_A_SCORE_END_NS, d->end_ns);
	return dream_nl_end(skb, hdr, bad);
}

static int fill_second(struct sk_buff *skb, const struct genl_info *info,
		       const struct dream_decision *d)
{
	void *hdr = dream_nl_put(skb, info, NLM_F_MULTI);
	bool bad;

	if (!hdr)
		return -EMSGSIZE;
	bad = put_line(skb, DREAM_PICK_STATE_RUNNER_UP, d->now_ns, d->policy,
		       &d->second) ||
	      nla_put_u32(skb, DREAM_A_SCORE_CANDIDATES, d->candidates) ||
	      nla_put_u32(skb, DREAM_A_SCORE_IDLE, d->idle);
	return dream_nl_end(skb, hdr, bad);
}

static int dump_decision(struct sk_buff *skb, const struct genl_info *info,
			 struct score_ctx *ctx, const struct dream_decision *d)
{
	int ret;

	if (!ctx->second) {
		ret = fill_chosen(skb, info, d);
		if (ret)
			return ret;
		ctx->second = true;
	}
	return d->has_second ? fill_second(skb, info, d) : 0;
}

static int dump_history(struct sk_buff *skb, const struct genl_info *info,
			struct score_ctx *ctx, const struct filter *f)
{
	const struct dream_decision *d;
	u64 number = ctx->number;
	int ret;

	for (; (d = dream_log_next(&number)); number++) {
		if (number != ctx->number) {
			ctx->number = number;
			ctx->second = false;
		}
		if (!wanted(f, d->chosen.queue, d->chosen.seqno))
			continue;
		ret = dump_decision(skb, info, ctx, d);
		if (ret)
			return ret;
	}
	return 0;
}

/* --------------------------------------------------------------- handlers */

static int check_queue(const struct genl_info *info, const struct filter *f)
{
	bool known;

	dream_lock();
	known = dream_queue_by_id(f->queue);
	dream_unlock();
	if (known)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[DREAM_A_SCORE_QUEUE],
				"no queue %u", f->queue);
	return -ENOENT;
}

/**
 * dream_nl_score_get_start() - score-get: look at the request
 * @cb: state of the dump
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_score_get_start(struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct filter f;

	get_filter(info, &f);
	if (f.has_seqno && !f.has_queue) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[DREAM_A_SCORE_SEQNO],
				    "seqno needs queue");
		return -EINVAL;
	}
	/* History reaches back to queues that are closed by now. */
	if (f.has_queue && !info->attrs[DREAM_A_SCORE_HISTORY])
		return check_queue(info, &f);
	return 0;
}

/**
 * dream_nl_score_get_dumpit() - score-get: scores, or decisions
 * @skb: reply
 * @cb: state of the dump
 *
 * Context: process context, may sleep.
 * Return: 0 at the end, -EMSGSIZE to go on.
 */
int dream_nl_score_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct score_ctx *ctx = score_ctx(cb);
	struct filter f;
	int ret;

	get_filter(info, &f);
	dream_lock();
	if (info->attrs[DREAM_A_SCORE_HISTORY])
		ret = dump_history(skb, info, ctx, &f);
	else
		ret = dump_present(skb, info, ctx, &f);
	dream_unlock();
	return ret;
}
