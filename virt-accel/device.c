// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual NPU: takes commands, executes them one after the other, reports.
 */
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "command.h"
#include "compat.h"
#include "device.h"
#include "domain.h"
#include "transform.h"

/**
 * DOC: Virtual NPU
 *
 * The device is a ring of commands, as deep as it has slots. The first one is in
 * execution, for a time that its cost, the jitter, the memory domain and the
 * faults determine; then a timer fires in a hard interrupt, the command is
 * reported, and the next one begins. Its time counts from the moment at which the
 * former one should have ended, so that the latency of the interrupt does not add
 * up; that moment is now if the former one was waiting for its data.
 *
 * The data is transformed in two parts: the first half of the words when the
 * execution begins, the second half when it ends. A command that is aborted, hangs
 * or fails thus leaves an output that is half done, as hardware does, and one that
 * is executed twice, not at all or in the wrong order is seen as well
 * (transform.c). What an interrupt may do is bounded, to VNPU_IRQ_WORDS words at
 * either end. If the first part is longer than that, it becomes "all but the last
 * VNPU_IRQ_WORDS words", and a work item does it while the time of the command
 * runs; if it has not finished when the timer fires, the work item sets the timer
 * once more when it has. So the completion always comes from a hard interrupt, and
 * never before the data is there. Rejected: to do everything in start(), where
 * the arbiter waits, or to do everything at the end, where an aborted command would
 * leave no trace.
 *
 * Memory of a command is touched under the lock of the domain, or by the work item.
 * abort, reset and the end of the device take the command out of the ring
 * under the lock, after they have waited for the work item: afterwards nobody has
 * its address.
 *
 * The arbiter is called without the lock. An abort can therefore come between the
 * end of a command and its report; the arbiter ignores the report, whose cookie
 * it no longer holds. Only at the end of the device must no report follow:
 * drop_all() waits for the handler of the timer.
 *
 * Faults and jitter are settled when the device takes a command, in the order in
 * which it takes them, so that a test can tell which command they hit.
 */

/* Most words that are transformed at one end of a command with interrupts off. */
#define VNPU_IRQ_WORDS		512
/* Words that the work item transforms before it looks whether it is to stop. */
#define VNPU_WORK_WORDS		8192

/**
 * struct vnpu - a virtual NPU
 * @config: what it is; constant
 * @class: class name; constant
 * @faults: fault knobs; they belong to the creator
 * @domain: memory; constant. Its lock protects the fields below that say so.
 * @accel: the accelerator as the arbiter knows it; protected by the lock
 * @run: the execution of the first command; protected by the lock
 * @work: transforms the first part of a long command
 * @ring: commands; protected by the lock
 * @first: index of the first command in @ring; protected by the lock
 * @count: commands in @ring; protected by the lock
 * @executing: the first command is in execution; protected by the lock
 * @due: its time is over, its data is not ready; protected by the lock
 * @stopping: it is being taken back, nothing may finish it; protected by the lock
 * @gone: the device takes no commands any more; protected by the lock
 * @unplugged: it does not answer any more; protected by the lock
 * @begun: when the execution began, in ns; protected by the lock
 * @early_words: length of the first part of the output; protected by the lock
 * @done_words: words transformed; protected by the lock
 * @random: state of the jitter; protected by the lock
 * @stats: counters; protected by the lock
 */
struct vnpu {
	struct vnpu_config config;
	char class[DREAM_ACCEL_NAME_LEN];
	struct vnpu_faults *faults;
	struct vnpu_domain *domain;
	struct dream_accel *accel;
	struct vnpu_run run;
	struct work_struct work;
	struct vnpu_command ring[DREAM_ACCEL_SLOTS_MAX];
	unsigned int first;
	unsigned int count;
	bool executing;
	bool due;
	bool stopping;
	bool gone;
	bool unplugged;
	u64 begun;
	u64 early_words;
	u64 done_words;
	u64 random;
	struct vnpu_stats stats;
};

static struct workqueue_struct *vnpu_workqueue;

static bool take_fault(struct vnpu *vnpu, enum vnpu_fault fault)
{
	return atomic_dec_if_positive(&vnpu->faults->left[fault]) >= 0;
}

static struct vnpu_command *nth_command(struct vnpu *vnpu, unsigned int n)
{
	return &vnpu->ring[(vnpu->first + n) % DREAM_ACCEL_SLOTS_MAX];
}

static bool has_fault(const struct vnpu_command *command, enum vnpu_fault fault)
{
	return command->faults & BIT(fault);
}

static void transform(const struct vnpu_command *command, u64 first, u64 count)
{
	dream_vnpu_transform(command->out, command->in, command->in_words,
			     command->key, first, count);
}

/* Begins to execute the first command, if there is one and it has not begun. */
static void begin(struct vnpu *vnpu, u64 at)
{
	struct vnpu_command *command;

	lockdep_assert_held(&vnpu->domain->lock);
	if (!vnpu->count || vnpu->executing || vnpu->stopping || vnpu->gone)
		return;

	command = nth_command(vnpu, 0);
	vnpu->executing = true;
	vnpu->due = false;
	vnpu->begun = at;
	vnpu->early_words = max_t(s64, command->out_words / 2,
				  (s64)command->out_words - VNPU_IRQ_WORDS);
	vnpu->done_words = 0;
	if (!has_fault(command, VNPU_FAULT_HANG))
		vnpu_domain_begin(vnpu->domain, &vnpu->run, command->ns,
				  command->dram_bytes, at);

	if (vnpu->early_words > VNPU_IRQ_WORDS) {
		queue_work(vnpu_workqueue, &vnpu->work);
	} else {
		transform(command, 0, vnpu->early_words);
		vnpu->done_words = vnpu->early_words;
	}
}

/* Takes the first command, which is in execution, out of the ring. */
static void remove_first(struct vnpu *vnpu)
{
	lockdep_assert_held(&vnpu->domain->lock);
	vnpu->executing = false;
	vnpu->first = (vnpu->first + 1) % DREAM_ACCEL_SLOTS_MAX;
	vnpu->count--;
}

/**
 * struct vnpu_report - what is to be told about a command that has ended
 * @accel: the accelerator
 * @cookie: names the command
 * @lost: do not tell it
 * @spurious: tell more than there is to tell
 * @result: how it ended
 * @next: when the next command begins
 */
struct vnpu_report {
	struct dream_accel *accel;
	u64 cookie;
	bool lost;
	bool spurious;
	struct dream_cmd_result result;
	u64 next;
};

/*
 * Ends the command in execution, if its time is over and its data is ready. The
 * handler of the timer can come too early, after the command has been slowed or
 * taken back; then the timer has been set again or there is nothing to wait for.
 */
static bool finish(struct vnpu *vnpu, struct vnpu_report *report)
{
	struct vnpu_command *command = nth_command(vnpu, 0);
	u64 now = ktime_get_ns();
	u64 end = vnpu_progress_end(&vnpu->run.progress);
	bool late = vnpu->due;

	lockdep_assert_held(&vnpu->domain->lock);
	if (!vnpu->executing || vnpu->stopping || vnpu->gone ||
	    has_fault(command, VNPU_FAULT_HANG) || now < end)
		return false;

	vnpu_domain_end(vnpu->domain, &vnpu->run, end);
	if (vnpu->done_words < vnpu->early_words) {
		vnpu->due = true;
		return false;
	}

	if (!has_fault(command, VNPU_FAULT_FAIL))
		transform(command, vnpu->early_words,
			  command->out_words - vnpu->early_words);

	report->accel = vnpu->accel;
	report->cookie = command->cookie;
	report->lost = has_fault(command, VNPU_FAULT_LOST);
	report->spurious = has_fault(command, VNPU_FAULT_SPURIOUS);
	report->next = late ? now : end;
	report->result = (struct dream_cmd_result) {
		.error = has_fault(command, VNPU_FAULT_FAIL) ? -EIO : 0,
		.result = command->result,
		.energy_nj = command->energy_nj,
		.busy_ns = end - vnpu->begun,
	};
	vnpu->stats.executed++;
	vnpu->stats.energy_nj = vnpu_add(vnpu->stats.energy_nj, command->energy_nj);
	vnpu->stats.busy_ns += end - vnpu->begun;
	remove_first(vnpu);
	return true;
}

static void tell(struct vnpu_report *report)
{
	if (report->lost)
		return;
	dream_accel_complete(report->accel, report->cookie, &report->result);
	if (!report->spurious)
		return;
	report->result.error = -EIO;
	dream_accel_complete(report->accel, report->cookie, &report->result);
	dream_accel_complete(report->accel, ~report->cookie, &report->result);
}

static enum hrtimer_restart vnpu_timer(struct hrtimer *timer)
{
	struct vnpu *vnpu = container_of(timer, struct vnpu, run.timer);
	struct vnpu_report report;

	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		if (!finish(vnpu, &report))
			return HRTIMER_NORESTART;
	}
	tell(&report);
	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock)
		begin(vnpu, report.next);
	return HRTIMER_NORESTART;
}

/* Does a piece of the first part; returns whether there is more to do. */
static bool transform_piece(struct vnpu *vnpu)
{
	struct vnpu_command command;
	u64 first, count;

	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		if (!vnpu->executing || vnpu->stopping || vnpu->gone)
			return false;
		command = *nth_command(vnpu, 0);
		first = vnpu->done_words;
		count = min_t(u64, vnpu->early_words - first, VNPU_WORK_WORDS);
	}
	if (!count)
		return false;

	/* Nobody takes this command out of the ring before it is done. */
	transform(&command, first, count);

	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		vnpu->done_words += count;
		if (vnpu->done_words < vnpu->early_words)
			return true;
		if (vnpu->due && !vnpu->stopping && !vnpu->gone)
			hrtimer_start(&vnpu->run.timer, ktime_get(),
				      HRTIMER_MODE_ABS_HARD);
	}
	return false;
}

static void vnpu_work(struct work_struct *work)
{
	struct vnpu *vnpu = container_of(work, struct vnpu, work);

	while (transform_piece(vnpu))
		cond_resched();
}

/*
 * Decides which faults hit a command. One that hangs does nothing else, one that
 * is lost cannot be reported twice.
 */
static u32 take_faults(struct vnpu *vnpu)
{
	u32 faults = 0;

	if (take_fault(vnpu, VNPU_FAULT_HANG))
		return BIT(VNPU_FAULT_HANG);
	if (take_fault(vnpu, VNPU_FAULT_SLOW))
		faults |= BIT(VNPU_FAULT_SLOW);
	if (take_fault(vnpu, VNPU_FAULT_FAIL))
		faults |= BIT(VNPU_FAULT_FAIL);
	if (take_fault(vnpu, VNPU_FAULT_LOST))
		faults |= BIT(VNPU_FAULT_LOST);
	else if (take_fault(vnpu, VNPU_FAULT_SPURIOUS))
		faults |= BIT(VNPU_FAULT_SPURIOUS);
	return faults;
}

/* Duration of a command when it is alone. At most 2^40 x 1.9 x 1000 ns < 2^51. */
static u64 solo_ns(struct vnpu *vnpu, const struct vnpu_command *command)
{
	u64 ns = vnpu_jitter(&vnpu->random, command->ns,
			     vnpu->config.jitter_permille);

	if (has_fault(command, VNPU_FAULT_SLOW))
		ns *= atomic_read(&vnpu->faults->slow_factor);
	return ns;
}

/* Puts a command into the ring. */
static int take(struct vnpu *vnpu, struct vnpu_command *command)
{
	lockdep_assert_held(&vnpu->domain->lock);
	if (vnpu->gone)
		return -ENODEV;
	if (vnpu->count == vnpu->config.slots)
		return -EBUSY;
	if (take_fault(vnpu, VNPU_FAULT_START))
		return -EIO;
	command->faults = take_faults(vnpu);
	command->ns = solo_ns(vnpu, command);
	*nth_command(vnpu, vnpu->count++) = *command;
	begin(vnpu, ktime_get_ns());
	return 0;
}

static int vnpu_start(struct dream_accel *accel, const struct dream_cmd *cmd)
{
	struct vnpu *vnpu = dream_accel_priv(accel);
	struct vnpu_command command;
	int err;

	err = vnpu_command_parse(&command, cmd, &vnpu->config.array, vnpu->class);
	if (err)
		return err;
	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		vnpu->accel = accel;
		err = take(vnpu, &command);
	}
	return err;
}

/* Takes a command that has not begun out of the ring. */
static void remove_waiting(struct vnpu *vnpu, unsigned int n)
{
	lockdep_assert_held(&vnpu->domain->lock);
	for (; n + 1 < vnpu->count; n++)
		*nth_command(vnpu, n) = *nth_command(vnpu, n + 1);
	vnpu->count--;
}

/*
 * First half of an abort. Returns whether the command is in execution; then the
 * second half has to follow, and until then nothing finishes it.
 */
static bool abort_begin(struct vnpu *vnpu, u64 cookie)
{
	unsigned int n;

	lockdep_assert_held(&vnpu->domain->lock);
	for (n = 0; n < vnpu->count; n++) {
		if (nth_command(vnpu, n)->cookie == cookie)
			break;
	}
	if (n == vnpu->count)
		return false;
	if (n == 0 && vnpu->executing) {
		vnpu->stopping = true;
		return true;
	}
	remove_waiting(vnpu, n);
	vnpu->stats.aborted++;
	return false;
}

static int vnpu_abort(struct dream_accel *accel, u64 cookie)
{
	struct vnpu *vnpu = dream_accel_priv(accel);
	u64 now;

	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		if (vnpu->unplugged || take_fault(vnpu, VNPU_FAULT_ABORT))
			return -EIO;
		if (!abort_begin(vnpu, cookie))
			return 0;
	}

	cancel_work_sync(&vnpu->work);

	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		/* Meanwhile the device may have been taken away with all in it. */
		if (vnpu->gone)
			return 0;
		now = ktime_get_ns();
		vnpu->stopping = false;
		vnpu_domain_end(vnpu->domain, &vnpu->run, now);
		hrtimer_try_to_cancel(&vnpu->run.timer);
		remove_first(vnpu);
		vnpu->stats.aborted++;
		begin(vnpu, now);
	}
	return 0;
}

/*
 * Drops all commands. Afterwards nothing runs and no memory is touched. The run
 * leaves the domain first: then no other device moves the timer any more.
 */
static void drop_all(struct vnpu *vnpu)
{
	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		vnpu->stopping = true;
		vnpu_domain_end(vnpu->domain, &vnpu->run, ktime_get_ns());
	}

	hrtimer_cancel(&vnpu->run.timer);
	cancel_work_sync(&vnpu->work);

	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		vnpu->stats.aborted += vnpu->count;
		vnpu->count = 0;
		vnpu->executing = false;
		vnpu->stopping = false;
	}
}

static int vnpu_reset(struct dream_accel *accel)
{
	struct vnpu *vnpu = dream_accel_priv(accel);

	drop_all(vnpu);
	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		vnpu->stats.resets++;
		if (vnpu->unplugged)
			return -ENODEV;
	}
	return take_fault(vnpu, VNPU_FAULT_RESET) ? -EIO : 0;
}

static const struct dream_accel_ops vnpu_ops = {
	.owner = THIS_MODULE,
	.start = vnpu_start,
	.abort = vnpu_abort,
	.reset = vnpu_reset,
};

/**
 * vnpu_create() - make a virtual NPU and offer it to the arbiter
 * @name: name of the accelerator
 * @config: what it is, valid; copied
 * @faults: fault knobs; stay with the caller and outlive the device
 *
 * Context: process context, may sleep.
 * Return: the device, or an ERR_PTR: that of vnpu_domain_get() or
 * dream_accel_register(), or -ENOMEM.
 */
struct vnpu *vnpu_create(const char *name, const struct vnpu_config *config,
			 struct vnpu_faults *faults)
{
	struct dream_accel_desc desc = {
		.name = name,
		.slots = config->slots,
		.local_mem_bytes = config->array.sram_bytes,
		.bandwidth_mbps = config->array.bandwidth_mbps,
		.clock_khz = config->array.clock_khz,
	};
	struct vnpu_domain *domain;
	struct dream_accel *accel;
	struct vnpu *vnpu;

	vnpu = kzalloc(sizeof(*vnpu), GFP_KERNEL);
	if (!vnpu)
		return ERR_PTR(-ENOMEM);
	vnpu->config = *config;
	vnpu_config_class(config, vnpu->class);
	vnpu->faults = faults;
	vnpu->random = vnpu_jitter_seed(config->seed, name);
	INIT_WORK(&vnpu->work, vnpu_work);
	hrtimer_setup(&vnpu->run.timer, vnpu_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_HARD);

	domain = vnpu_domain_get(config->domain, config->array.bandwidth_mbps);
	if (IS_ERR(domain)) {
		kfree(vnpu);
		return ERR_CAST(domain);
	}
	vnpu->domain = domain;

	desc.class = vnpu->class;
	accel = dream_accel_register(&desc, &vnpu_ops, vnpu);
	if (IS_ERR(accel)) {
		vnpu_domain_put(domain);
		kfree(vnpu);
		return ERR_CAST(accel);
	}
	scoped_guard(raw_spinlock_irqsave, &domain->lock)
		vnpu->accel = accel;
	return vnpu;
}

/**
 * vnpu_destroy() - take a virtual NPU away
 * @vnpu: the device
 *
 * The device takes no command any more, drops those that it has, and reports
 * nothing; then the arbiter is told, and takes them back.
 *
 * Context: process context, may sleep.
 */
void vnpu_destroy(struct vnpu *vnpu)
{
	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock)
		vnpu->gone = true;
	drop_all(vnpu);
	dream_accel_unregister(vnpu->accel);
	vnpu_domain_put(vnpu->domain);
	kfree(vnpu);
}

/**
 * vnpu_unplug() - take a virtual NPU away by surprise
 * @vnpu: the device
 *
 * As vnpu_destroy(), but the device answers neither abort nor reset any more.
 *
 * Context: process context, may sleep.
 */
void vnpu_unplug(struct vnpu *vnpu)
{
	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock)
		vnpu->unplugged = true;
	vnpu_destroy(vnpu);
}

/**
 * vnpu_snapshot() - counters and state
 * @vnpu: the device
 * @stats: where the counters go
 *
 * Context: any.
 * Return: the state.
 */
enum vnpu_state vnpu_snapshot(struct vnpu *vnpu, struct vnpu_stats *stats)
{
	enum vnpu_state state = VNPU_STATE_IDLE;

	scoped_guard(raw_spinlock_irqsave, &vnpu->domain->lock) {
		*stats = vnpu->stats;
		if (vnpu->count && has_fault(nth_command(vnpu, 0), VNPU_FAULT_HANG))
			state = VNPU_STATE_HUNG;
		else if (vnpu->count)
			state = VNPU_STATE_BUSY;
	}
	return state;
}

/**
 * vnpu_device_init() - make what all devices share
 *
 * Return: 0 or -ENOMEM.
 */
int vnpu_device_init(void)
{
	vnpu_workqueue = alloc_workqueue("dream_vnpu", WQ_HIGHPRI | WQ_UNBOUND, 0);
	return vnpu_workqueue ? 0 : -ENOMEM;
}

/**
 * vnpu_device_exit() - undo vnpu_device_init(); no device is left
 */
void vnpu_device_exit(void)
{
	destroy_workqueue(vnpu_workqueue);
}
