// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Accelerators
 *
 * An accelerator has slots. A command occupies a slot from the start until the
 * arbiter has collected its end. The interrupt only writes the result into the
 * slot whose cookie it names; a cookie that no slot has is counted and ignored, so
 * that a device that repeats or invents completions can do no harm.
 *
 * A watchdog for each accelerator looks at progress, not at wall time alone: a
 * command is taken back when the device has ended nothing for the longer of the
 * parameter "watchdog" and eight times the expected latency of the command, but
 * not longer than the parameter "watchdog-max": anybody can load a profile. A
 * device that does not give it back is reset; one that cannot be reset goes out
 * of service. Repeating a lost layer elsewhere was rejected: its device may have
 * written half of its output, and a layer cannot be assumed to be idempotent.
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "accel.h"
#include "arbiter.h"
#include "compat.h"
#include "event.h"
#include "job.h"
#include "log.h"
#include "model.h"
#include "params.h"
#include "trace.h"

/* A command may take that many times as long as expected. */
#define WATCHDOG_FACTOR	8

static void update_free(struct dream_accel *accel)
{
	accel->p.free = accel->blocked || accel->gone || accel->faulty ? 0 :
			accel->desc.slots - accel->running;
}

/**
 * dream_accel_by_id() - look an accelerator up
 * @id: its id
 *
 * Context: process context, arbiter's lock held.
 * Return: the accelerator, or NULL.
 */
struct dream_accel *dream_accel_by_id(u32 id)
{
	dream_assert_locked();
	return id < DREAM_ACCEL_MAX ? dream_arb.accels[id] : NULL;
}

/**
 * dream_accel_by_name() - look an accelerator up
 * @name: its name
 *
 * Context: process context, arbiter's lock held.
 * Return: the accelerator, or NULL.
 */
struct dream_accel *dream_accel_by_name(const char *name)
{
	u32 id;

	dream_assert_locked();
	for (id = 0; id < DREAM_ACCEL_MAX; id++)
		if (dream_arb.accels[id] &&
		    !strcmp(dream_arb.accels[id]->name, name))
			return dream_arb.accels[id];
	return NULL;
}

/**
 * dream_accel_spurious() - completions for commands that the device did not hold
 * @accel: accelerator
 *
 * Context: process context.
 * Return: their number.
 */
u64 dream_accel_spurious(struct dream_accel *accel)
{
	u64 n;

	raw_spin_lock_irq(&accel->slot_lock);
	n = accel->spurious;
	raw_spin_unlock_irq(&accel->slot_lock);
	return n;
}

/**
 * dream_accel_fill_info() - describe an accelerator for user space
 * @accel: accelerator
 * @info: description
 *
 * Context: process context, arbiter's lock held.
 */
void dream_accel_fill_info(struct dream_accel *accel,
			   struct dream_accel_info *info)
{
	dream_assert_locked();
	memset(info, 0, sizeof(*info));
	strscpy(info->name, accel->name, sizeof(info->name));
	strscpy(info->class_name, dream_arb.classes[accel->p.cls].name,
		sizeof(info->class_name));
	info->id = accel->p.id;
	info->class_id = accel->p.cls;
	info->slots = accel->desc.slots;
	info->state = accel->faulty ? DREAM_ACCEL_FAULTY :
		      accel->running ? DREAM_ACCEL_BUSY : DREAM_ACCEL_IDLE;
	info->local_mem_bytes = accel->desc.local_mem_bytes;
	info->bandwidth_mbps = accel->desc.bandwidth_mbps;
	info->clock_khz = accel->desc.clock_khz;
	info->busy_ns = accel->busy_ns;
	info->energy_nj = accel->energy_nj;
	info->commands = accel->commands;
}

/* ------------------------------------------------------------ completions */

/* Kernel-doc of the driver interface is in include/dream_accel.h. */
void dream_accel_complete(struct dream_accel *accel, u64 cookie,
			  const struct dream_cmd_result *res)
{
	u64 now = ktime_get_ns();
	bool found = false;
	unsigned long flags;
	u32 i;

	raw_spin_lock_irqsave(&accel->slot_lock, flags);
	for (i = 0; i < accel->desc.slots && cookie; i++) {
		struct dream_slot *slot = &accel->slots[i];

		if (slot->cookie == cookie && !slot->ended) {
			slot->ended = true;
			slot->end_ns = now;
			slot->res = *res;
			found = true;
			break;
		}
	}
	if (!found)
		accel->spurious++;
	raw_spin_unlock_irqrestore(&accel->slot_lock, flags);

	if (found) {
		atomic64_or(BIT_ULL(accel->p.id), &dream_arb.ended);
		dream_arbiter_kick();
	}
}
EXPORT_SYMBOL_DREAM(dream_accel_complete);

/* Kernel-doc of the driver interface is in include/dream_accel.h. */
void *dream_accel_priv(const struct dream_accel *accel)
{
	return accel->priv;
}
EXPORT_SYMBOL_DREAM(dream_accel_priv);

/* A command has left the device, in whatever way. The slot is free now. */
static struct dream_job *vacate(struct dream_accel *accel, struct dream_slot *slot,
				u64 now)
{
	struct dream_job *job = slot->job;

	raw_spin_lock_irq(&accel->slot_lock);
	slot->cookie = 0;
	slot->ended = false;
	raw_spin_unlock_irq(&accel->slot_lock);
	slot->job = NULL;
	dream_arbiter_not_running(job);
	accel->progress_ns = now;
	accel->blocked = false;
	if (!--accel->running) {
		accel->p.free_at_ns = now;
		module_put(accel->ops->owner);
	}
	update_free(accel);
	return job;
}

/* The slot whose command ended first, or NULL. */
static struct dream_slot *first_ended(struct dream_accel *accel)
{
	struct dream_slot *first = NULL;
	u32 i;

	raw_spin_lock_irq(&accel->slot_lock);
	for (i = 0; i < accel->desc.slots; i++) {
		struct dream_slot *slot = &accel->slots[i];

		if (slot->cookie && slot->ended &&
		    (!first || slot->end_ns < first->end_ns))
			first = slot;
	}
	raw_spin_unlock_irq(&accel->slot_lock);
	return first;
}

/**
 * dream_accel_collect() - take the ends of commands from an accelerator
 * @accel: accelerator
 *
 * Context: process context, arbiter's lock held.
 */
void dream_accel_collect(struct dream_accel *accel)
{
	struct dream_slot *slot;

	dream_assert_locked();
	while ((slot = first_ended(accel))) {
		u64 took = slot->end_ns - slot->start_ns;
		u64 busy = slot->res.busy_ns ? min(slot->res.busy_ns, took) : took;
		struct dream_cmd_result res = slot->res;
		struct dream_job *job = slot->job;
		u64 end = slot->end_ns;

		dream_log_end(slot->decision, end);
		vacate(accel, slot, end);
		accel->commands++;
		accel->busy_ns += busy;
		accel->energy_nj = dream_sat_add(accel->energy_nj, res.energy_nj);
		if (res.error)
			accel->errors++;
		accel->p.last_order = job->p.order;
		accel->p.last_out_bytes =
			job->p.path->layer[job->p.layer].out_bytes;
		job->p.last_accel = accel->p.id;
		job->queue->client->accel_ns[accel->p.id] += busy;
		job->rec->c.accel_mask |= BIT_ULL(accel->p.id);
		trace_dream_layer_end(accel->p.id, job->queue->p.id, job->seqno,
				      job->p.layer, res.error, busy,
				      res.energy_nj);
		if (!res.error && job->queue->teaches)
			dream_profile_sample(job->profile, job->p.variant,
					     job->p.layer,
					     dream_arb.classes[accel->p.cls].name,
					     accel->p.cls, busy, res.energy_nj);
		if (dream_arb.policy->layer_done)
			dream_arb.policy->layer_done(&dream_arb.state, &job->p,
						     &accel->p, busy);
		dream_job_layer_done(job, &res, end, busy);
	}
}

/* --------------------------------------------------------------- commands */

/* Have the watchdog look at the latest in @ns; it may look earlier. */
static void watch(struct dream_accel *accel, u64 now, u64 ns)
{
	u64 at = dream_sat_add(now, ns);

	if (accel->watch_ns && accel->watch_ns <= at)
		return;
	accel->watch_ns = at;
	kthread_mod_delayed_work(dream_arb.worker, &accel->watchdog,
				 nsecs_to_jiffies(ns) + 1);
}

static u64 patience(const struct dream_slot *slot)
{
	u64 least = dream_param(DREAM_PARAM_WATCHDOG) * NSEC_PER_MSEC;
	u64 most = dream_param(DREAM_PARAM_WATCHDOG_MAX) * NSEC_PER_MSEC;

	return clamp(dream_sat_mul(slot->expected_ns, WATCHDOG_FACTOR), least,
		     max(least, most));
}

/**
 * dream_accel_start() - give the next layer of a job to an accelerator
 * @accel: accelerator with a free slot
 * @job: job
 * @decision: number of the decision in the log
 *
 * Context: process context, arbiter's lock held.
 * Return: 0; -EBUSY if the device cannot take a command before it has ended one;
 * any other errno: the command is refused.
 */
int dream_accel_start(struct dream_accel *accel, struct dream_job *job,
		      u64 decision)
{
	const struct dream_layer_cmd *lc =
		&job->layers[job->first[job->p.variant] + job->p.layer];
	struct dream_slot *slot = accel->slots;
	u64 now;
	int ret;

	dream_assert_locked();
	while (slot->cookie)
		slot++;
	if (!accel->running && !try_module_get(accel->ops->owner)) {
		/* The driver is being unloaded: it will unregister. */
		accel->gone = true;
		update_free(accel);
		return -EBUSY;
	}

	dream_arbiter_running(job);
	now = ktime_get_ns();
	slot->job = job;
	slot->decision = decision;
	slot->start_ns = now;
	slot->expected_ns = dream_path_lat(job->p.path, job->p.layer, accel->p.cls);
	slot->cmd = (struct dream_cmd){
		.cookie = ++dream_arb.cookie,
		.queue_id = job->queue->p.id,
		.seqno = job->seqno,
		.layer = job->p.layer,
		.data = job->cmd_data + lc->offset,
		.size = lc->size,
		.ranges = job->ranges,
		.range_count = job->range_count,
	};
	raw_spin_lock_irq(&accel->slot_lock);
	slot->cookie = slot->cmd.cookie;
	slot->ended = false;
	raw_spin_unlock_irq(&accel->slot_lock);
	if (!accel->running++)
		accel->progress_ns = now;
	accel->p.free_at_ns = max(accel->p.free_at_ns, now) + slot->expected_ns;
	update_free(accel);

	ret = accel->ops->start(accel, &slot->cmd);
	if (ret) {
		dream_log_end(decision, now);
		accel->p.free_at_ns -= slot->expected_ns;
		vacate(accel, slot, accel->progress_ns);
		/* The device has gone, and the driver will say so. */
		accel->gone = ret == -ENODEV;
		if (accel->gone)
			ret = -EBUSY;
		/* Without a command in the device, nothing would ask again. */
		else if (ret == -EBUSY && !accel->running)
			ret = -EIO;
		accel->blocked = ret == -EBUSY;
		update_free(accel);
		return ret;
	}
	if (!job->rec->c.start_ns)
		job->rec->c.start_ns = now;
	watch(accel, now, patience(slot));
	return 0;
}

/* The device has given the command back without having ended it. */
static void lose(struct dream_accel *accel, struct dream_slot *slot,
		 enum dream_reason reason, int error)
{
	u64 now = ktime_get_ns();
	struct dream_job *job;

	dream_log_end(slot->decision, now);
	job = vacate(accel, slot, now);
	accel->p.last_order = 0;
	accel->p.last_out_bytes = 0;
	trace_dream_layer_end(accel->p.id, job->queue->p.id, job->seqno,
			      job->p.layer, error, 0, 0);
	dream_job_fail(job, reason, error, now);
}

/* Reset the device; everything in it is lost. */
static void reset_device(struct dream_accel *accel, enum dream_reason reason, int error)
{
	int ret = accel->ops->reset(accel);
	u32 i;

	/* What has ended before is not lost. */
	dream_accel_collect(accel);
	accel->resets++;
	if (ret) {
		pr_err("%s: cannot be reset (%d), out of service\n", accel->name, ret);
		accel->faulty = true;
	}
	for (i = 0; i < accel->desc.slots; i++)
		if (accel->slots[i].cookie)
			lose(accel, &accel->slots[i], reason, error);
	update_free(accel);
	if (ret)
		dream_arbiter_accels_changed();
	trace_dream_accel_fault(accel->p.id, ret);
	dream_event_accel(DREAM_EVENT_TYPE_ACCEL_FAULT, accel, ret);
}

/* Take a command back. Returns false if the device had to be reset. */
static bool take_back(struct dream_accel *accel, struct dream_slot *slot,
		      enum dream_reason reason, int error)
{
	bool gone = !accel->ops->abort(accel, slot->cookie);

	/* It may have ended meanwhile. */
	dream_accel_collect(accel);
	if (!slot->cookie)
		return true;
	if (!gone) {
		reset_device(accel, reason, error);
		return false;
	}
	lose(accel, slot, reason, error);
	return true;
}

static void watchdog_work(struct kthread_work *work)
{
	struct dream_accel *accel =
		container_of(work, struct dream_accel, watchdog.work);
	u64 now, next = U64_MAX;
	u32 i;

	dream_lock();
	accel->watch_ns = 0;
	dream_accel_collect(accel);
	now = ktime_get_ns();
	for (i = 0; i < accel->desc.slots; i++) {
		struct dream_slot *slot = &accel->slots[i];
		u64 since, limit;

		if (!slot->cookie)
			continue;
		since = max(slot->start_ns, accel->progress_ns);
		limit = patience(slot);
		if (now < since + limit) {
			next = min(next, since + limit - now);
			continue;
		}
		accel->timeouts++;
		pr_warn("%s: no progress for %llu ms, taking %u:%llu back\n",
			accel->name, div_u64(now - since, NSEC_PER_MSEC),
			slot->job->queue->p.id, slot->job->seqno);
		trace_dream_accel_fault(accel->p.id, -ETIMEDOUT);
		dream_event_accel(DREAM_EVENT_TYPE_ACCEL_FAULT, accel, -ETIMEDOUT);
		if (!take_back(accel, slot, DREAM_REASON_TIMEOUT, -ETIMEDOUT))
			break;
	}
	if (accel->running)
		watch(accel, now, next == U64_MAX ? 0 : next);
	dream_arbiter_run();
	dream_unlock();
}

/* ----------------------------------------------------------- registration */

static bool good_name(const char *name)
{
	size_t i, len;

	if (!name)
		return false;
	len = strnlen(name, DREAM_ACCEL_NAME_LEN);
	for (i = 0; i < len; i++)
		if (!isgraph(name[i]) || name[i] == '/')
			return false;
	return len && len < DREAM_ACCEL_NAME_LEN;
}

/* Find the class, or a free entry for it. */
static int find_class(const char *name)
{
	int c, free = -ENOSPC;

	for (c = DREAM_ACCEL_CLASS_MAX; c-- > 0;) {
		if (!dream_arb.classes[c].accels)
			free = c;
		else if (!strcmp(dream_arb.classes[c].name, name))
			return c;
	}
	return free;
}

/* Kernel-doc of the driver interface is in include/dream_accel.h. */
struct dream_accel *dream_accel_register(const struct dream_accel_desc *desc,
					 const struct dream_accel_ops *ops,
					 void *priv)
{
	struct dream_accel *accel;
	int cls, ret;
	u32 id;

	if (!good_name(desc->name) || !good_name(desc->class) || !desc->slots ||
	    desc->slots > DREAM_ACCEL_SLOTS_MAX || !ops->start || !ops->abort ||
	    !ops->reset)
		return ERR_PTR(-EINVAL);

	accel = kzalloc(sizeof(*accel), GFP_KERNEL);
	if (!accel)
		return ERR_PTR(-ENOMEM);
	strscpy(accel->name, desc->name, sizeof(accel->name));
	accel->desc = *desc;
	accel->desc.name = accel->name;
	accel->desc.class = NULL;
	accel->ops = ops;
	accel->priv = priv;
	accel->up_ns = ktime_get_ns();
	raw_spin_lock_init(&accel->slot_lock);
	kthread_init_delayed_work(&accel->watchdog, watchdog_work);
	update_free(accel);

	dream_lock();
	ret = -EEXIST;
	if (dream_accel_by_name(desc->name))
		goto err_unlock;
	ret = -ENOSPC;
	for (id = 0; id < DREAM_ACCEL_MAX; id++)
		if (!dream_arb.accels[id])
			break;
	cls = find_class(desc->class);
	if (id == DREAM_ACCEL_MAX || cls < 0)
		goto err_unlock;

	strscpy(dream_arb.classes[cls].name, desc->class,
		sizeof(dream_arb.classes[cls].name));
	dream_arb.classes[cls].accels++;
	accel->p.id = id;
	accel->p.cls = cls;
	accel->p.local_mem_bytes = desc->local_mem_bytes;
	accel->p.bandwidth_mbps = desc->bandwidth_mbps;
	dream_arb.accels[id] = accel;
	dream_arbiter_accels_changed();
	dream_event_accel(DREAM_EVENT_TYPE_ACCEL_NEW, accel, 0);
	dream_arbiter_run();
	dream_unlock();
	return accel;

err_unlock:
	dream_unlock();
	kfree(accel);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_DREAM(dream_accel_register);

/* Nothing that is kept by accelerator id may speak of this one any more. */
static void forget_accel(struct dream_accel *accel)
{
	struct dream_client *client;
	struct dream_queue *q;
	unsigned long id;

	list_for_each_entry(client, &dream_arb.clients, node)
		client->accel_ns[accel->p.id] = 0;
	xa_for_each(&dream_arb.queues, id, q)
		if (q->p.pin == accel->p.id && dream_arb.policy->queue_gone)
			dream_arb.policy->queue_gone(&dream_arb.state, &q->p);
	dream_arb.classes[accel->p.cls].accels--;
	dream_arb.accels[accel->p.id] = NULL;
}

/* Kernel-doc of the driver interface is in include/dream_accel.h. */
void dream_accel_unregister(struct dream_accel *accel)
{
	u32 i;

	dream_lock();
	dream_accel_collect(accel);
	accel->faulty = true;
	update_free(accel);
	for (i = 0; i < accel->desc.slots; i++)
		if (accel->slots[i].cookie &&
		    !take_back(accel, &accel->slots[i], DREAM_REASON_UNPLUGGED,
			       -ENODEV))
			break;
	forget_accel(accel);
	dream_arbiter_accels_changed();
	dream_event_accel(DREAM_EVENT_TYPE_ACCEL_DEL, accel, 0);
	dream_arbiter_run();
	dream_unlock();

	kthread_cancel_delayed_work_sync(&accel->watchdog);
	kfree(accel);
}
EXPORT_SYMBOL_DREAM(dream_accel_unregister);
