/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DOC: Policies
 *
 * A policy answers one question: given the jobs that are ready and the
 * accelerators, which job's next layer runs on which accelerator now? It sees
 * plain structures and keeps no state but the fields that are marked as its own;
 * it takes no lock, allocates nothing, reads no clock. The arbiter asks whenever a
 * job became ready or a slot became free, starts what is answered, and asks again
 * until the answer is "nothing". The simulator, the KUnit suites and the tests in
 * user space ask in the same way.
 *
 * A policy that answers with a pair that does not exist, or with an unexpected
 * error, is ejected: the arbiter puts &dream_policy_fifo in its place and
 * sends an event.
 */
#ifndef _DREAM_POLICY_H
#define _DREAM_POLICY_H

#include "path.h"
#include "score.h"

/* No accelerator. */
#define DREAM_NO_ACCEL		U32_MAX

/**
 * struct dream_params - parameters of the policies
 * @alpha: weight of starvation in MapScore, 1/65536
 * @beta: weight of energy in MapScore, 1/65536
 * @starv_cap: largest starvation in MapScore, 1/65536
 * @switch_pj: energy to move one byte of activations to or from shared memory, pJ
 */
struct dream_params {
	u64 alpha;
	u64 beta;
	u64 starv_cap;
	u64 switch_pj;
};

/**
 * struct dream_pqueue - a queue, as policies see it
 * @id: system-wide id
 * @weight: importance, 1 to 10000
 * @period_ns: period, 0 if there is none
 * @deadline_ns: relative deadline, not 0
 * @has_children: another queue's jobs wait for this queue's
 * @pin: accelerator id that fifo-static has chosen, or DREAM_NO_ACCEL. The
 *	policy's own.
 * @pin_load: load that fifo-static has put on @pin, 1/65536. The policy's own.
 */
struct dream_pqueue {
	u32 id;
	u32 weight;
	u64 period_ns;
	u64 deadline_ns;
	bool has_children;
	u32 pin;
	u64 pin_load;
};

/**
 * struct dream_pjob - a job, as policies see it
 * @queue: its queue
 * @path: the variant that it runs
 * @order: place in the order of release, system-wide; never equal for two jobs
 * @release_ns: when it was released, or became due
 * @deadline_ns: absolute deadline
 * @prev_end_ns: when its previous layer ended; its release before the first
 * @layer: next layer, below @path->layers
 */
struct dream_pjob {
	struct dream_pqueue *queue;
	const struct dream_path *path;
	u64 order;
	u64 release_ns;
	u64 deadline_ns;
	u64 prev_end_ns;
	u32 layer;
};

/**
 * struct dream_paccel - an accelerator, as policies see it
 * @id: accelerator id
 * @cls: class, an index into the costs of a path
 * @free: free slots
 * @free_at_ns: when it is expected to be idle; in the past if it is
 * @last_order: &dream_pjob.order of the job that ran last; 0: none
 * @last_out_bytes: activations that the last layer wrote
 * @pin_load: load of the queues that fifo-static has pinned here, 1/65536. The
 *	policy's own.
 */
struct dream_paccel {
	u32 id;
	u32 cls;
	u32 free;
	u64 free_at_ns;
	u64 last_order;
	u64 last_out_bytes;
	u64 pin_load;
};

/**
 * struct dream_state - what a policy decides on
 * @now_ns: present time
 * @params: parameters
 * @jobs: ready jobs, in no particular order
 * @accels: accelerators in service, by rising id
 * @job_count: number of ready jobs
 * @accel_count: number of accelerators
 * @evaluations: pairs that have been scored; policies add to it
 */
struct dream_state {
	u64 now_ns;
	const struct dream_params *params;
	struct dream_pjob **jobs;
	struct dream_paccel **accels;
	u32 job_count;
	u32 accel_count;
	u64 evaluations;
};

/**
 * struct dream_pair - a pair of job and accelerator
 * @job: index into &dream_state.jobs
 * @accel: index into &dream_state.accels
 * @score: score of the pair under the policy; the larger one wins
 */
struct dream_pair {
	u32 job;
	u32 accel;
	s64 score;
};

/**
 * struct dream_pick - a decision
 * @best: the pair to start
 * @second: the best pair that was not chosen
 * @has_second: there is one
 */
struct dream_pick {
	struct dream_pair best;
	struct dream_pair second;
	bool has_second;
};

/**
 * struct dream_policy_ops - a policy
 * @name: its name, for netlink
 * @doc: what it does, one line
 * @pick: choose the next pair.
 *	When: there is at least one ready job and at least one accelerator with a
 *	free slot. Context: process context, arbiter's lock held. Returns 0 and fills
 *	the pick; -EAGAIN to start nothing now, because every ready job had better
 *	wait (a completion will ask again). Any other error ejects the policy.
 *	May be left out if @score is there: then the arbiter takes the pair with the
 *	largest score (dream_pick_best()).
 * @score: score of a pair.
 *	When: for each candidate, by dream_pick_best(), and for score-get, there for
 *	busy accelerators too. Returns false if the job may not run there. It must
 *	not change anything. Mandatory.
 * @prepare: a job is about to be considered for the first time.
 *	When: once after its release, and again when the set of accelerators has
 *	changed or the policy has. It may set the policy's own fields. May be left
 *	out.
 * @queue_gone: a queue goes away, or its accelerator has.
 *	It takes back what @prepare has put on the accelerators. May be left out.
 */
struct dream_policy_ops {
	const char *name;
	const char *doc;
	int (*pick)(struct dream_state *st, struct dream_pick *pick);
	bool (*score)(const struct dream_state *st, const struct dream_pjob *job,
		      const struct dream_paccel *accel, s64 *score);
	void (*prepare)(struct dream_state *st, struct dream_pjob *job);
	void (*queue_gone)(struct dream_state *st, struct dream_pqueue *queue);
};

extern const struct dream_policy_ops dream_policy_fifo;
extern const struct dream_policy_ops dream_policy_fifo_static;
extern const struct dream_policy_ops dream_policy_edf;
extern const struct dream_policy_ops dream_policy_dream;

/* All policies, ended by NULL; the first one is the default. */
extern const struct dream_policy_ops *const dream_policies[];

const struct dream_policy_ops *dream_policy_find(const char *name);
int dream_pick_best(const struct dream_policy_ops *ops, struct dream_state *st,
		    struct dream_pick *pick);
int dream_policy_pick(const struct dream_policy_ops *ops, struct dream_state *st,
		      struct dream_pick *pick);
void dream_job_terms(const struct dream_state *st, const struct dream_pjob *job,
		     const struct dream_paccel *accel, struct dream_terms *terms);
s64 dream_order_score(u64 order);

#endif
