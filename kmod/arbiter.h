/* SPDX-License-Identifier: GPL-2.0 */
/* The arbiter: who decides, when, and on what. */
#ifndef _DREAM_ARBITER_H
#define _DREAM_ARBITER_H

#include <linux/kthread.h>
#include <linux/rtmutex.h>
#include <linux/xarray.h>

#include "accel.h"
#include "policy.h"
#include "stats.h"

struct dream_job;
struct netlink_ext_ack;

/**
 * struct dream_class - a class of accelerators
 * @name: name
 * @accels: accelerators of it that are in service; 0: the entry is free
 */
struct dream_class {
	char name[DREAM_ACCEL_NAME_LEN];
	u32 accels;
};

/**
 * struct dream_arbiter - the arbiter; there is one
 * @lock: the arbiter's lock. Protects the state of accelerators, queues, jobs,
 *	models, counters and the log, and everything below but @ended. With
 *	inheritance of priority: the worker must not wait for a process that
 *	holds it and does not get the CPU
 * @worker: thread that takes completions and dispatches
 * @work: its work
 * @ended: bit n: the accelerator with id n has ended commands; atomic, set in hard
 *	interrupts
 * @accels: accelerators by id
 * @classes: classes by id
 * @accels_of_class: number of accelerators in service, by class id
 * @class_count: one more than the largest class id in use
 * @epoch: changes with the set of accelerators in service
 * @policy: who decides
 * @policy_epoch: changes with @policy and @epoch
 * @params: parameters
 * @ready: ready jobs, as policies see them
 * @ready_max: entries allocated in @ready and @scratch
 * @scratch: scratch space of policies
 * @running: running jobs, as policies see them
 * @view: accelerators in service, as policies see them, by rising id
 * @state: what the policy is asked about; uses @ready, @running, @view and @scratch
 * @order: place of the job released last
 * @cookie: cookie given out last
 * @ending: jobs that are about to end
 * @queues: id -> struct dream_queue
 * @queue_count: number of queues
 * @next_queue: where the search for a queue id begins; ids are not soon reused
 * @models: id -> struct dream_model
 * @next_model: where the search for a model id begins
 * @clients: open files
 * @no_model: counters of jobs without a model
 * @models_in_use: changes when a model gets its first queue or loses its last one
 * @decisions: decisions since the reset
 * @decision_ns: time that they took
 * @evaluations: pairs scored since the reset
 * @reset_ns: time of the reset of the counters
 */
struct dream_arbiter {
	struct rt_mutex lock;
	struct kthread_worker *worker;
	struct kthread_work work;
	atomic64_t ended;
	struct dream_accel *accels[DREAM_ACCEL_MAX];
	struct dream_class classes[DREAM_ACCEL_CLASS_MAX];
	u32 accels_of_class[DREAM_ACCEL_CLASS_MAX];
	u32 class_count;
	u64 epoch;
	const struct dream_policy_ops *policy;
	u64 policy_epoch;
	struct dream_params params;
	struct dream_pjob **ready;
	u32 ready_max;
	struct dream_sort *scratch;
	struct dream_pjob *running[DREAM_ACCEL_MAX * DREAM_ACCEL_SLOTS_MAX];
	struct dream_paccel *view[DREAM_ACCEL_MAX];
	struct dream_state state;
	u64 order;
	u64 cookie;
	struct list_head ending;
	struct xarray queues;
	u32 queue_count;
	u32 next_queue;
	struct xarray models;
	u32 next_model;
	struct list_head clients;
	struct dream_stats no_model;
	u64 models_in_use;
	u64 decisions;
	u64 decision_ns;
	u64 evaluations;
	u64 reset_ns;
};

extern struct dream_arbiter dream_arb;

static inline void dream_lock(void)
{
	rt_mutex_lock(&dream_arb.lock);
}

static inline void dream_unlock(void)
{
	rt_mutex_unlock(&dream_arb.lock);
}

static inline void dream_assert_locked(void)
{
	lockdep_assert_held(&dream_arb.lock);
}

int dream_arbiter_init(void);
void dream_arbiter_exit(void);
void dream_arbiter_kick(void);
void dream_arbiter_run(void);
int dream_arbiter_reserve(u32 queues);
void dream_arbiter_ready(struct dream_job *job);
void dream_arbiter_unready(struct dream_job *job);
void dream_arbiter_running(struct dream_job *job);
void dream_arbiter_not_running(struct dream_job *job);
void dream_arbiter_frame_ended(struct dream_job *job, bool violated);
void dream_arbiter_accels_changed(void);
struct dream_state *dream_arbiter_state(u64 now);
void dream_arbiter_prepare(struct dream_job *job);
int dream_policy_set(const char *name, struct netlink_ext_ack *extack);

#endif
