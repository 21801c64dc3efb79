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
/* Models whose weights an accelerator can be thought to hold at a time. */
#define DREAM_RESIDENT_MAX	8

/**
 * enum dream_drop_rule - which frames are given up
 * @DREAM_DROP_OFF: none
 * @DREAM_DROP_DREAM: as DREAM's four conditions allow
 * @DREAM_DROP_HOPELESS: each one that cannot make its deadline and that nobody
 *	waits for
 */
enum dream_drop_rule {
	DREAM_DROP_OFF,
	DREAM_DROP_DREAM,
	DREAM_DROP_HOPELESS
};

/**
 * struct dream_params - parameters of the policies and mechanisms
 * @alpha: weight of starvation in MapScore, 1/65536
 * @beta: weight of energy in MapScore, 1/65536
 * @starv_cap: largest starvation in MapScore, 1/65536
 * @slack_floor_ns: smallest slack in MapScore; at least DREAM_SLACK_MIN counts
 * @switch_pj: energy to move one byte of activations to or from shared memory, pJ
 * @drop: enum dream_drop_rule
 * @drop_cap: most drops among the last 10 frames of a queue that has no limit of
 *	its own
 * @supernet: choose variants by load
 */
struct dream_params {
	u64 alpha;
	u64 beta;
	u64 starv_cap;
	u64 slack_floor_ns;
	u64 switch_pj;
	u32 drop;
	u32 drop_cap;
	bool supernet;
};

struct dream_pjob;

/**
 * struct dream_pqueue - a queue, as policies see it
 * @id: system-wide id
 * @model: id of its model, 0 without one
 * @weight: importance, 1 to 10000
 * @period_ns: period, 0 if there is none
 * @deadline_ns: relative deadline, not 0
 * @has_children: another queue's jobs wait for this queue's
 * @behind: the released job that waits behind its first one, or NULL
 * @drop_cap: most drops among its last 10 frames, or U32_MAX for the parameter
 * @drop_history: bit n: the frame that ended n frames ago was dropped
 * @variant_max: lightest variant allowed
 * @turn: number of the turn that it had last, 0: none. Policy rr's own.
 * @vruntime: virtual run time, ns at weight 100. Policy fair's own.
 * @pin: accelerator id that fifo-static has chosen, or DREAM_NO_ACCEL. The
 *	policy's own.
 * @pin_load: load that fifo-static has put on @pin, 1/65536. The policy's own.
 */
struct dream_pqueue {
	u32 id;
	u32 model;
	u32 weight;
	u64 period_ns;
	u64 deadline_ns;
	bool has_children;
	const struct dream_pjob *behind;
	u32 drop_cap;
	u32 drop_history;
	u32 variant_max;
	u64 turn;
	u64 vruntime;
	u32 pin;
	u64 pin_load;
};

/**
 * struct dream_pjob - a job, as policies see it
 * @queue: its queue
 * @paths: the variants, heaviest first
 * @path: the one that it runs, @paths + @variant
 * @variants: number of variants
 * @variant: index of the one that it runs
 * @started: its first layer has started; the variant is settled
 * @wanted: other jobs wait for this one
 * @order: place in the order of release, system-wide; never equal for two jobs
 * @release_ns: when it was released, or became due
 * @deadline_ns: absolute deadline
 * @prev_end_ns: when its previous layer ended; its release before the first
 * @layer: next layer, below @path->layers; of a running job, the one that runs
 * @last_accel: id of the accelerator that ran its previous layer, or
 *	DREAM_NO_ACCEL
 * @ran_ns: time that its layers have run. Policy prema's own.
 * @block_end: first layer behind the block that it is in, 0: in none. Policy
 *	veltair's own.
 * @plan: accelerator id planned for the next layer, or DREAM_NO_ACCEL. Policy
 *	compass's own.
 * @weight_bytes: weights of its model, 0 if they are not known. Policy compass's
 *	own.
 */
struct dream_pjob {
	struct dream_pqueue *queue;
	const struct dream_path *paths;
	const struct dream_path *path;
	u32 variants;
	u32 variant;
	bool started;
	bool wanted;
	u64 order;
	u64 release_ns;
	u64 deadline_ns;
	u64 prev_end_ns;
	u32 layer;
	u32 last_accel;
	u64 ran_ns;
	u32 block_end;
	u32 plan;
	u64 weight_bytes;
};

/**
 * struct dream_resident - a model whose weights are in an accelerator's memory
 * @model: model id
 * @bytes: size of the weights
 * @used_ns: when it was used last
 */
struct dream_resident {
	u32 model;
	u64 bytes;
	u64 used_ns;
};

/**
 * struct dream_paccel - an accelerator, as policies see it
 * @id: accelerator id
 * @cls: class, an index into the costs of a path
 * @free: free slots
 * @free_at_ns: when it is expected to be idle; in the past if it is
 * @last_order: &dream_pjob.order of the job that ran last; 0: none
 * @last_out_bytes: activations that the last layer wrote
 * @local_mem_bytes: size of its local memory
 * @bandwidth_mbps: memory bandwidth, 10^6 bytes per second
 * @resident: models whose weights it is thought to hold. Policy compass's own.
 * @resident_count: number of those. Policy compass's own.
 * @pin_load: load of the queues that fifo-static has pinned here, 1/65536. The
 *	policy's own.
 * @avail_ns: when it is expected to be idle, behind the jobs that have reserved it
 *	in this call. Of the policies that wait; valid during a call only.
 */
struct dream_paccel {
	u32 id;
	u32 cls;
	u32 free;
	u64 free_at_ns;
	u64 last_order;
	u64 last_out_bytes;
	u64 local_mem_bytes;
	u32 bandwidth_mbps;
	struct dream_resident resident[DREAM_RESIDENT_MAX];
	u32 resident_count;
	u64 pin_load;
	u64 avail_ns;
};

/**
 * struct dream_sort - scratch space of a policy, one entry for each ready job
 * @key: what is sorted by
 * @order: &dream_pjob.order of the job, which decides between equal keys
 * @job: index of the job
 */
struct dream_sort {
	s64 key;
	u64 order;
	u32 job;
};

/**
 * struct dream_state - what a policy decides on
 * @now_ns: present time
 * @params: parameters
 * @jobs: ready jobs, in no particular order
 * @running: jobs of which a layer is with an accelerator, in no particular order
 * @accels: accelerators in service, by rising id
 * @scratch: room for @job_count entries, for the policy's use during a call
 * @job_count: number of ready jobs
 * @running_count: number of running jobs
 * @active: frames that have been released and have not ended: the ready, the
 *	running, and those that wait for an earlier one of their queue
 * @violations: how many frames miss or are dropped, an average over the frames
 *	that could have been met alone, 1/65536; see dream_violation()
 * @accel_count: number of accelerators
 * @evaluations: pairs that have been scored; policies add to it
 * @turns: number of the last turn. Policy rr's own.
 * @min_vruntime: virtual run time from which a queue starts. Policy fair's own.
 */
struct dream_state {
	u64 now_ns;
	const struct dream_params *params;
	struct dream_pjob **jobs;
	struct dream_pjob **running;
	struct dream_paccel **accels;
	struct dream_sort *scratch;
	u32 job_count;
	u32 running_count;
	u32 accel_count;
	u32 active;
	u64 violations;
	u64 evaluations;
	u64 turns;
	u64 min_vruntime;
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
 * @layer_done: a layer has ended.
 *	When: before the job becomes ready again or ends, for a layer that ran for @ns on
 *	@accel. It may set the policy's own fields. May be left out.
 */
struct dream_policy_ops {
	const char *name;
	const char *doc;
	int (*pick)(struct dream_state *st, struct dream_pick *pick);
	bool (*score)(const struct dream_state *st, const struct dream_pjob *job,
		      const struct dream_paccel *accel, s64 *score);
	void (*prepare)(struct dream_state *st, struct dream_pjob *job);
	void (*queue_gone)(struct dream_state *st, struct dream_pqueue *queue);
	void (*layer_done)(struct dream_state *st, struct dream_pjob *job,
			   struct dream_paccel *accel, u64 ns);
};

extern const struct dream_policy_ops dream_policy_fifo;
extern const struct dream_policy_ops dream_policy_fifo_static;
extern const struct dream_policy_ops dream_policy_edf;
extern const struct dream_policy_ops dream_policy_dream;
extern const struct dream_policy_ops dream_policy_rr;
extern const struct dream_policy_ops dream_policy_llf;
extern const struct dream_policy_ops dream_policy_fair;
extern const struct dream_policy_ops dream_policy_planaria;
extern const struct dream_policy_ops dream_policy_prema;
extern const struct dream_policy_ops dream_policy_veltair;
extern const struct dream_policy_ops dream_policy_compass;
extern const struct dream_policy_ops dream_policy_terastal;
extern const struct dream_policy_ops dream_policy_reserve;
extern const struct dream_policy_ops dream_policy_lbe;

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
void dream_sort(struct dream_sort *v, u32 n);
u32 dream_fastest_idle(const struct dream_state *st, const struct dream_pjob *job);
int dream_pick_job(struct dream_state *st, struct dream_pick *pick);
u64 dream_switch_nj(const struct dream_state *st, const struct dream_pjob *job,
		    const struct dream_paccel *accel);
u64 dream_finish(const struct dream_pjob *job, const struct dream_paccel *accel);
u32 dream_earliest_finish(const struct dream_state *st, const struct dream_pjob *job);
u64 dream_avail(const struct dream_state *st, const struct dream_paccel *accel);
void dream_avail_start(struct dream_state *st);

/* See dream_pick_reserving(). */
typedef u32 (*dream_place_fn)(struct dream_state *st, const struct dream_sort *entry,
			      u64 *end_ns);

int dream_pick_reserving(const struct dream_policy_ops *ops, struct dream_state *st,
			 dream_place_fn place, struct dream_pick *pick);
void dream_pick_pair(const struct dream_policy_ops *ops,
		     const struct dream_state *st, u32 j, u32 a,
		     struct dream_pick *pick);

/* decide.c: the mechanisms that can be put under every policy */

/**
 * enum dream_action_type - what is to be done next
 * @DREAM_ACTION_START: start the next layer of a job on an accelerator
 * @DREAM_ACTION_DROP: give a job up
 */
enum dream_action_type {
	DREAM_ACTION_START,
	DREAM_ACTION_DROP
};

/**
 * struct dream_action - what is to be done next
 * @type: start or drop
 * @pick: what to start
 * @drop: index of the ready job to give up
 */
struct dream_action {
	enum dream_action_type type;
	struct dream_pick pick;
	u32 drop;
};

int dream_decide(const struct dream_policy_ops *ops, struct dream_state *st,
		 struct dream_action *action);
void dream_choose_variant(const struct dream_state *st, struct dream_pjob *job);
bool dream_find_drop(const struct dream_state *st, u32 *index);
u64 dream_violation(u64 average, bool violated);
void dream_set_variant(struct dream_pjob *job, u32 variant);

#endif
