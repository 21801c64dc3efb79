// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The arbiter
 *
 * The arbiter grants; it never owns a job. Queues own their jobs from the submit to
 * the record. Whenever a job becomes ready or a slot becomes free, the arbiter
 * asks the policy for a pair of job and accelerator, starts that job's next layer
 * there, and asks again until nothing can start. There is no tick: arrivals
 * dispatch in the submitting process, completions in a thread of real-time
 * priority, which the interrupt wakes.
 *
 * One lock covers all scheduling state. A lock per queue and per accelerator was
 * rejected: a decision needs all of them at once, so they would only be taken
 * together, in an order that somebody has to remember. Interrupts never take the
 * lock; they leave the result in the slot, under the accelerator's slot lock, and
 * set a bit.
 *
 * Order of locks: client, arbiter, record; slot locks inside of all.
 */
#include <linux/bitops.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <uapi/linux/sched/types.h>

#include "arbiter.h"
#include "event.h"
#include "job.h"
#include "log.h"
#include "model.h"
#include "netlink-gen.h"
#include "params.h"
#include "trace.h"

struct dream_arbiter dream_arb;

static struct dream_job *job_of(struct dream_pjob *p)
{
	return container_of(p, struct dream_job, p);
}

static struct dream_accel *accel_of(struct dream_paccel *p)
{
	return container_of(p, struct dream_accel, p);
}

/**
 * dream_arbiter_kick() - have the worker look for completions and dispatch
 *
 * Context: any, hard interrupts included.
 */
void dream_arbiter_kick(void)
{
	kthread_queue_work(dream_arb.worker, &dream_arb.work);
}

/**
 * dream_arbiter_reserve() - make room for the ready jobs of a number of queues
 * @queues: number of queues; each has at most one ready job
 *
 * Context: process context, arbiter's lock held.
 * Return: 0 or -ENOMEM.
 */
int dream_arbiter_reserve(u32 queues)
{
	struct dream_sort *scratch;
	struct dream_pjob **ready;
	u32 want;

	dream_assert_locked();
	if (queues <= dream_arb.ready_max)
		return 0;
	want = roundup_pow_of_two(max(queues, 64U));
	ready = krealloc_array(dream_arb.ready, want, sizeof(*ready), GFP_KERNEL);
	if (!ready)
		return -ENOMEM;
	dream_arb.ready = ready;
	dream_arb.state.jobs = ready;
	scratch = krealloc_array(dream_arb.scratch, want, sizeof(*scratch),
				 GFP_KERNEL);
	if (!scratch)
		return -ENOMEM;
	dream_arb.scratch = scratch;
	dream_arb.state.scratch = scratch;
	dream_arb.ready_max = want;
	return 0;
}

/**
 * dream_arbiter_ready() - add a job to the ready ones
 * @job: first job of its queue, whose next layer can start
 *
 * Context: process context, arbiter's lock held.
 */
void dream_arbiter_ready(struct dream_job *job)
{
	dream_assert_locked();
	job->state = DREAM_JOB_READY;
	job->index = dream_arb.state.job_count++;
	dream_arb.ready[job->index] = &job->p;
}

/* Take entry @index from a table whose last entry is @last. */
static void remove_entry(struct dream_pjob **table, u32 last, u32 index)
{
	table[index] = table[last];
	job_of(table[index])->index = index;
}

/**
 * dream_arbiter_unready() - take a job from the ready ones
 * @job: ready job
 *
 * Context: process context, arbiter's lock held.
 */
void dream_arbiter_unready(struct dream_job *job)
{
	dream_assert_locked();
	remove_entry(dream_arb.ready, --dream_arb.state.job_count, job->index);
}

/**
 * dream_arbiter_running() - add a job to the running ones
 * @job: job, neither ready nor running
 *
 * Context: process context, arbiter's lock held.
 */
void dream_arbiter_running(struct dream_job *job)
{
	dream_assert_locked();
	job->state = DREAM_JOB_RUNNING;
	job->index = dream_arb.state.running_count++;
	dream_arb.running[job->index] = &job->p;
}

/**
 * dream_arbiter_not_running() - take a job from the running ones
 * @job: running job
 *
 * Context: process context, arbiter's lock held.
 */
void dream_arbiter_not_running(struct dream_job *job)
{
	dream_assert_locked();
	remove_entry(dream_arb.running, --dream_arb.state.running_count,
		     job->index);
}

/* Could the frame have been met, with all accelerators to itself? */
static bool feasible(const struct dream_pjob *p)
{
	const struct dream_path *lightest =
		&p->paths[min(p->variants - 1, p->queue->variant_max)];

	return p->release_ns + lightest->layer[0].rest_min <= p->deadline_ns;
}

/**
 * dream_arbiter_frame_ended() - a frame was done or dropped
 * @job: its job
 * @violated: it was done late or dropped
 *
 * Context: process context, arbiter's lock held.
 */
void dream_arbiter_frame_ended(struct dream_job *job, bool violated)
{
	dream_assert_locked();
	if (feasible(&job->p))
		dream_arb.state.violations =
			dream_violation(dream_arb.state.violations, violated);
}

/**
 * dream_arbiter_prepare() - bring what the policy sees of a ready job up to date
 * @job: ready job
 *
 * Context: process context, arbiter's lock held.
 */
void dream_arbiter_prepare(struct dream_job *job)
{
	u32 v;

	/* One that has not started can still change its variant. */
	for (v = 0; v < job->variants; v++)
		if (v == job->p.variant || !job->p.started)
			dream_profile_refresh(job->profile, v);
	job->p.wanted = !list_empty(&job->dependents) || job->queue->children;
	if (job->prepared == dream_arb.policy_epoch)
		return;
	job->prepared = dream_arb.policy_epoch;
	if (dream_arb.policy->prepare)
		dream_arb.policy->prepare(&dream_arb.state, &job->p);
}

/**
 * dream_arbiter_state() - the state, as the policy would be asked about it
 * @now: present time
 *
 * Context: process context, arbiter's lock held.
 * Return: the state, valid until something changes.
 */
struct dream_state *dream_arbiter_state(u64 now)
{
	struct dream_state *st = &dream_arb.state;
	u32 j;

	dream_assert_locked();
	st->now_ns = now;
	for (j = 0; j < st->job_count; j++)
		dream_arbiter_prepare(job_of(st->jobs[j]));
	return st;
}

/**
 * dream_arbiter_accels_changed() - the set of accelerators in service is another
 *
 * Context: process context, arbiter's lock held.
 */
void dream_arbiter_accels_changed(void)
{
	struct dream_arbiter *arb = &dream_arb;
	u32 id, n = 0;

	dream_assert_locked();
	memset(arb->accels_of_class, 0, sizeof(arb->accels_of_class));
	arb->class_count = 0;
	for (id = 0; id < DREAM_ACCEL_MAX; id++) {
		struct dream_accel *accel = arb->accels[id];

		if (!accel || accel->faulty)
			continue;
		arb->view[n++] = &accel->p;
		arb->accels_of_class[accel->p.cls]++;
		arb->class_count = max(arb->class_count, accel->p.cls + 1);
	}
	arb->state.accel_count = n;
	arb->epoch++;
	arb->policy_epoch++;
}

/* The active policy takes back what it has put on accelerators for its queues. */
static void forget_queues(void)
{
	struct dream_queue *q;
	unsigned long id;

	if (!dream_arb.policy->queue_gone)
		return;
	xa_for_each(&dream_arb.queues, id, q)
		dream_arb.policy->queue_gone(&dream_arb.state, &q->p);
}

static void set_policy(const struct dream_policy_ops *policy)
{
	forget_queues();
	dream_arb.policy = policy;
	dream_arb.policy_epoch++;
}

/**
 * dream_policy_set() - let another policy decide from now on
 * @name: its name
 * @extack: where the reason for a refusal goes
 *
 * Running layers are left alone; ready jobs are decided on by the new policy.
 *
 * Context: process context, arbiter's lock held.
 * Return: 0, or -ENOENT if there is no such policy.
 */
int dream_policy_set(const char *name, struct netlink_ext_ack *extack)
{
	const struct dream_policy_ops *policy = dream_policy_find(name);

	dream_assert_locked();
	if (!policy) {
		NL_SET_ERR_MSG(extack, "no such policy");
		return -ENOENT;
	}
	if (policy == dream_arb.policy)
		return 0;
	set_policy(policy);
	dream_event_name(DREAM_EVENT_TYPE_POLICY, policy->name, 0);
	dream_arbiter_run();
	return 0;
}

/* A policy that errs is replaced, by one that needs nothing and cannot err. */
static void eject_policy(int err)
{
	const char *name = dream_arb.policy->name;

	pr_err("policy %s failed (%d), fifo takes over\n", name, err);
	set_policy(&dream_policy_fifo);
	dream_event_name(DREAM_EVENT_TYPE_POLICY_FAULT, name, err);
}

static void start(const struct dream_state *st, const struct dream_pick *pick)
{
	struct dream_job *job = job_of(st->jobs[pick->best.job]);
	struct dream_accel *accel = accel_of(st->accels[pick->best.accel]);
	u64 decision = dream_log_add(st, pick);
	int ret;

	trace_dream_layer_start(accel->p.id, job->queue->p.id, job->seqno,
				job->p.variant, job->p.layer, pick->best.score);
	dream_arbiter_unready(job);
	ret = dream_accel_start(accel, job, decision);
	if (!ret) {
		if (!job->p.started && job->p.variant)
			dream_event_job(DREAM_EVENT_TYPE_VARIANT, job,
					DREAM_REASON_NONE, job->p.variant);
		job->p.started = true;
		return;
	}

	trace_dream_layer_end(accel->p.id, job->queue->p.id, job->seqno,
			      job->p.layer, ret, 0, 0);
	if (ret == -EBUSY)
		dream_arbiter_ready(job);
	else
		dream_job_fail(job, DREAM_REASON_COMMAND, ret, ktime_get_ns());
}

static void dispatch(void)
{
	struct dream_arbiter *arb = &dream_arb;
	struct dream_action action;
	struct dream_state *st;
	u64 begin, evaluations;
	int ret;

	while (arb->state.job_count) {
		begin = ktime_get_ns();
		st = dream_arbiter_state(begin);
		evaluations = st->evaluations;
		ret = dream_decide(arb->policy, st, &action);
		arb->decisions += !ret;
		arb->evaluations += st->evaluations - evaluations;
		arb->decision_ns += ktime_get_ns() - begin;
		if (ret == -EAGAIN)
			break;
		if (ret)
			eject_policy(ret);
		else if (action.type == DREAM_ACTION_DROP)
			dream_job_drop(job_of(st->jobs[action.drop]));
		else
			start(st, &action.pick);
	}
}

/**
 * dream_arbiter_run() - take completions and dispatch
 *
 * Context: process context, arbiter's lock held.
 */
void dream_arbiter_run(void)
{
	u64 ended = atomic64_xchg(&dream_arb.ended, 0);

	dream_assert_locked();
	while (ended) {
		u32 id = __ffs64(ended);

		ended &= ended - 1;
		if (dream_arb.accels[id])
			dream_accel_collect(dream_arb.accels[id]);
	}
	dispatch();
}

static void arbiter_work(struct kthread_work *work)
{
	dream_lock();
	dream_arbiter_run();
	dream_unlock();
}

/**
 * dream_arbiter_init() - set the arbiter up
 *
 * Context: process context, at load.
 * Return: 0 or a negative errno.
 */
int dream_arbiter_init(void)
{
	struct dream_arbiter *arb = &dream_arb;

	rt_mutex_init(&arb->lock);
	xa_init_flags(&arb->queues, XA_FLAGS_ALLOC1);
	xa_init_flags(&arb->models, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&arb->clients);
	INIT_LIST_HEAD(&arb->ending);
	kthread_init_work(&arb->work, arbiter_work);
	arb->state.params = &arb->params;
	arb->state.running = arb->running;
	arb->state.accels = arb->view;
	arb->policy = dream_policies[0];
	arb->policy_epoch = 1;
	arb->epoch = 1;
	arb->reset_ns = ktime_get_ns();

	arb->worker = kthread_create_worker(0, "dream");
	if (IS_ERR(arb->worker))
		return PTR_ERR(arb->worker);
	sched_set_fifo(arb->worker->task);
	return 0;
}

/**
 * dream_arbiter_exit() - take the arbiter down
 *
 * No accelerator, queue or model is left.
 *
 * Context: process context, at unload.
 */
void dream_arbiter_exit(void)
{
	kthread_destroy_worker(dream_arb.worker);
	kfree(dream_arb.ready);
	kfree(dream_arb.scratch);
	xa_destroy(&dream_arb.queues);
	xa_destroy(&dream_arb.models);
}
