/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints. They are an interface: a field keeps its name and its meaning, new
 * fields come at the end. A job is queue:seqno; no pointer is ever recorded. All
 * times are CLOCK_MONOTONIC in ns, status and reason are the numbers of
 * uapi/linux/dream.h, scores are in 1/65536.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM dream

#if !defined(_DREAM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _DREAM_TRACE_H

#include <linux/tracepoint.h>

#include "log.h"

/* A job was accepted. */
TRACE_EVENT(dream_job_submit,
	    TP_PROTO(u32 queue, u64 seqno),
	    TP_ARGS(queue, seqno),

	    TP_STRUCT__entry(__field(u32, queue)
			     __field(u64, seqno)),

	    TP_fast_assign(__entry->queue = queue;
			   __entry->seqno = seqno;),

	    TP_printk("queue=%u seqno=%llu", __entry->queue, __entry->seqno)
);

/* Its dependencies have ended: from here on it is a frame with a deadline. */
TRACE_EVENT(dream_job_release,
	    TP_PROTO(u32 queue, u64 seqno, u32 model, u64 release_ns,
		     u64 deadline_ns),
	    TP_ARGS(queue, seqno, model, release_ns, deadline_ns),

	    TP_STRUCT__entry(__field(u32, queue)
			     __field(u32, model)
			     __field(u64, seqno)
			     __field(u64, release_ns)
			     __field(u64, deadline_ns)),

	    TP_fast_assign(__entry->queue = queue;
			   __entry->model = model;
			   __entry->seqno = seqno;
			   __entry->release_ns = release_ns;
			   __entry->deadline_ns = deadline_ns;),

	    TP_printk("queue=%u seqno=%llu model=%u release_ns=%llu deadline_ns=%llu",
		      __entry->queue, __entry->seqno, __entry->model,
		      __entry->release_ns, __entry->deadline_ns)
);

/* An accelerator has taken a layer. */
TRACE_EVENT(dream_layer_start,
	    TP_PROTO(u32 accel, u32 queue, u64 seqno, u32 variant, u32 layer,
		     s64 score),
	    TP_ARGS(accel, queue, seqno, variant, layer, score),

	    TP_STRUCT__entry(__field(u32, accel)
			     __field(u32, queue)
			     __field(u64, seqno)
			     __field(u32, variant)
			     __field(u32, layer)
			     __field(s64, score)),

	    TP_fast_assign(__entry->accel = accel;
			   __entry->queue = queue;
			   __entry->seqno = seqno;
			   __entry->variant = variant;
			   __entry->layer = layer;
			   __entry->score = score;),

	    TP_printk("accel=%u queue=%u seqno=%llu variant=%u layer=%u score=%lld",
		      __entry->accel, __entry->queue, __entry->seqno,
		      __entry->variant, __entry->layer, __entry->score)
);

/* A layer is no longer with its accelerator. */
TRACE_EVENT(dream_layer_end,
	    TP_PROTO(u32 accel, u32 queue, u64 seqno, u32 layer, int error,
		     u64 busy_ns, u64 energy_nj),
	    TP_ARGS(accel, queue, seqno, layer, error, busy_ns, energy_nj),

	    TP_STRUCT__entry(__field(u32, accel)
			     __field(u32, queue)
			     __field(u64, seqno)
			     __field(u32, layer)
			     __field(int, error)
			     __field(u64, busy_ns)
			     __field(u64, energy_nj)),

	    TP_fast_assign(__entry->accel = accel;
			   __entry->queue = queue;
			   __entry->seqno = seqno;
			   __entry->layer = layer;
			   __entry->error = error;
			   __entry->busy_ns = busy_ns;
			   __entry->energy_nj = energy_nj;),

	    TP_printk("accel=%u queue=%u seqno=%llu layer=%u error=%d busy_ns=%llu energy_nj=%llu",
		      __entry->accel, __entry->queue, __entry->seqno, __entry->layer,
		      __entry->error, __entry->busy_ns, __entry->energy_nj)
);

/* A job is over; its record is about to be delivered. */
TRACE_EVENT(dream_job_end,
	    TP_PROTO(u32 queue, u64 seqno, u32 status, u32 reason, u64 release_ns,
		     u64 deadline_ns, u32 variant),
	    TP_ARGS(queue, seqno, status, reason, release_ns, deadline_ns, variant),

	    TP_STRUCT__entry(__field(u32, queue)
			     __field(u32, variant)
			     __field(u64, seqno)
			     __field(u32, status)
			     __field(u32, reason)
			     __field(u64, release_ns)
			     __field(u64, deadline_ns)),

	    TP_fast_assign(__entry->queue = queue;
			   __entry->variant = variant;
			   __entry->seqno = seqno;
			   __entry->status = status;
			   __entry->reason = reason;
			   __entry->release_ns = release_ns;
			   __entry->deadline_ns = deadline_ns;),

	    TP_printk("queue=%u seqno=%llu status=%u reason=%u release_ns=%llu deadline_ns=%llu variant=%u",
		      __entry->queue, __entry->seqno, __entry->status,
		      __entry->reason, __entry->release_ns, __entry->deadline_ns,
		      __entry->variant)
);

/* The policy has chosen a pair: why, term by term. */
TRACE_EVENT(dream_decision,
	    TP_PROTO(const struct dream_decision *d),
	    TP_ARGS(d),

	    TP_STRUCT__entry(__field(u64, number)
			     __string(policy, d->policy->name)
			     __field(u32, accel)
			     __field(u32, queue)
			     __field(u64, seqno)
			     __field(u32, variant)
			     __field(u32, layer)
			     __field(u32, candidates)
			     __field(u32, idle)
			     __field(s64, score)
			     __field(u64, urgency)
			     __field(u64, lat_pref)
			     __field(u64, starvation)
			     __field(u64, en_pref)
			     __field(u64, switch_cost)
			     __field(s64, map_score)
			     __field(u64, to_go_ns)
			     __field(s64, slack_ns)),

	    TP_fast_assign(__entry->number = d->number;
			   __assign_str(policy);
			   __entry->accel = d->chosen.accel;
			   __entry->queue = d->chosen.queue;
			   __entry->seqno = d->chosen.seqno;
			   __entry->variant = d->chosen.variant;
			   __entry->layer = d->chosen.layer;
			   __entry->candidates = d->candidates;
			   __entry->idle = d->idle;
			   __entry->score = d->chosen.score;
			   __entry->urgency = d->chosen.terms.urgency;
			   __entry->lat_pref = d->chosen.terms.lat_pref;
			   __entry->starvation = d->chosen.terms.starvation;
			   __entry->en_pref = d->chosen.terms.en_pref;
			   __entry->switch_cost = d->chosen.terms.switch_cost;
			   __entry->map_score = d->chosen.terms.map_score;
			   __entry->to_go_ns = d->chosen.to_go_ns;
			   __entry->slack_ns = d->chosen.slack_ns;),

	    TP_printk("number=%llu policy=%s accel=%u queue=%u seqno=%llu variant=%u layer=%u candidates=%u idle=%u score=%lld urgency=%llu lat_pref=%llu starvation=%llu en_pref=%llu switch_cost=%llu map_score=%lld to_go_ns=%llu slack_ns=%lld",
		      __entry->number, __get_str(policy), __entry->accel,
		      __entry->queue, __entry->seqno, __entry->variant,
		      __entry->layer, __entry->candidates, __entry->idle,
		      __entry->score, __entry->urgency, __entry->lat_pref,
		      __entry->starvation, __entry->en_pref, __entry->switch_cost,
		      __entry->map_score, __entry->to_go_ns, __entry->slack_ns)
);

/* An accelerator made no progress, was reset or went out of service. */
TRACE_EVENT(dream_accel_fault,
	    TP_PROTO(u32 accel, int error),
	    TP_ARGS(accel, error),

	    TP_STRUCT__entry(__field(u32, accel)
			     __field(int, error)),

	    TP_fast_assign(__entry->accel = accel;
			   __entry->error = error;),

	    TP_printk("accel=%u error=%d", __entry->accel, __entry->error)
);

#endif /* _DREAM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

#include <trace/define_trace.h>
