/* SPDX-License-Identifier: GPL-2.0 */
/* Why every layer ran where and when it did: the log of decisions. */
#ifndef _DREAM_LOG_H
#define _DREAM_LOG_H

#include "policy.h"

struct dream_job;

/**
 * struct dream_line - a pair of job and accelerator with its score
 * @queue: queue id
 * @seqno: job
 * @accel: accelerator id
 * @layer: next layer
 * @variant: variant of the job
 * @score: score under the policy
 * @terms: MapScore
 * @to_go_ns: expected time to go
 * @min_to_go_ns: expected time to go on the fastest accelerators
 * @slack_ns: time to the deadline
 * @lat_ns: expected latency
 * @energy_nj: expected energy
 */
struct dream_line {
	u32 queue;
	u64 seqno;
	u32 accel;
	u32 layer;
	u32 variant;
	s64 score;
	struct dream_terms terms;
	u64 to_go_ns;
	u64 min_to_go_ns;
	s64 slack_ns;
	u64 lat_ns;
	u64 energy_nj;
};

/**
 * struct dream_decision - an entry of the log
 * @number: number of the decision, from 1; 0: the entry is empty
 * @now_ns: when it was made
 * @end_ns: when the layer ended, 0 if it has not
 * @policy: who made it
 * @candidates: ready jobs
 * @idle: accelerators with a free slot
 * @chosen: the pair
 * @second: the best pair that was not chosen
 * @has_second: there was one
 */
struct dream_decision {
	u64 number;
	u64 now_ns;
	u64 end_ns;
	const struct dream_policy_ops *policy;
	u32 candidates;
	u32 idle;
	struct dream_line chosen;
	struct dream_line second;
	bool has_second;
};

int dream_log_init(void);
void dream_log_exit(void);
u64 dream_log_add(const struct dream_state *st, const struct dream_pick *pick);
void dream_log_end(u64 number, u64 end_ns);
const struct dream_decision *dream_log_next(u64 *number);
void dream_line_fill(struct dream_line *line, const struct dream_state *st,
		     u32 job, u32 accel, s64 score);

#endif
