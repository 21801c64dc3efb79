// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite of the virtual NPU as a device: what it does with time, with data
 * and with its faults. A stand-in for the arbiter, below, keeps what it is told.
 */
#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/dream.h>
#include <linux/dream_vnpu.h>
#include <linux/hardirq.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "device.h"
#include "transform.h"

/* ------------------------------------------------------ stand-in arbiter */

#define RECORDS	64

/**
 * struct record - a completion
 * @cookie: of the command
 * @result: how it ended
 * @hardirq: it came from a hard interrupt
 */
struct record {
	u64 cookie;
	struct dream_cmd_result result;
	bool hardirq;
};

/**
 * struct dream_accel - an accelerator, as this arbiter sees it
 * @ops: operations of the driver
 * @priv: the driver's pointer
 * @class: class name that it gave
 * @lock: protects @records and @count
 * @records: completions, in order; the last ones are not kept
 * @count: completions
 * @told: somebody may wait for @count
 */
struct dream_accel {
	const struct dream_accel_ops *ops;
	void *priv;
	char class[DREAM_ACCEL_NAME_LEN];
	raw_spinlock_t lock;	/* records and count */
	struct record records[RECORDS];
	unsigned int count;
	wait_queue_head_t told;
};

/* The accelerator that was registered last, and the number of all. */
static struct dream_accel *newest;
static int registered;
/* The arbiter's lock: held around an operation that races with another thread. */
static DEFINE_MUTEX(operations);

struct dream_accel *dream_accel_register(const struct dream_accel_desc *desc,
					 const struct dream_accel_ops *ops,
					 void *priv)
{
	struct dream_accel *accel = kzalloc(sizeof(*accel), GFP_KERNEL);

	if (!accel)
		return ERR_PTR(-ENOMEM);
	accel->ops = ops;
	accel->priv = priv;
	strscpy(accel->class, desc->class);
	raw_spin_lock_init(&accel->lock);
	init_waitqueue_head(&accel->told);
	newest = accel;
	registered++;
	return accel;
}

void dream_accel_unregister(struct dream_accel *accel)
{
	guard(mutex)(&operations);
	registered--;
	if (accel == newest)
		newest = NULL;
	kfree(accel);
}

void *dream_accel_priv(const struct dream_accel *accel)
{
	return accel->priv;
}

void dream_accel_complete(struct dream_accel *accel, u64 cookie,
			  const struct dream_cmd_result *result)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&accel->lock, flags);
	if (accel->count < RECORDS)
		accel->records[accel->count] = (struct record) {
			.cookie = cookie,
			.result = *result,
			.hardirq = in_hardirq(),
		};
	WRITE_ONCE(accel->count, accel->count + 1);
	raw_spin_unlock_irqrestore(&accel->lock, flags);
	wake_up(&accel->told);
}

/* ---------------------------------------------------------------- devices */

#define MS	1000000ULL

#define IN_WORDS	16
#define OUT_WORDS	64
#define LONG_WORDS	131072

/**
 * struct device_test - what each test has
 * @config: default configuration
 * @faults: fault knobs of all its devices
 * @vnpu: the devices
 * @accel: the same as accelerators
 * @count: number of devices
 * @clock: a device that only tells the time; it has no faults
 * @ticks: the same as an accelerator
 * @no_faults: its fault knobs
 * @tick: output of its commands
 * @in: input of all commands
 * @out: output of all others
 * @expected: what that is to be
 */
struct device_test {
	struct vnpu_config config;
	struct vnpu_faults faults;
	struct vnpu *vnpu[4];
	struct dream_accel *accel[4];
	unsigned int count;
	struct vnpu *clock;
	struct dream_accel *ticks;
	struct vnpu_faults no_faults;
	u64 tick;
	u64 *in;
	u64 *out;
	u64 *expected;
};

static int device_init(struct kunit *test)
{
	struct device_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	u64 *words = kunit_kcalloc(test, IN_WORDS + 2 * LONG_WORDS, sizeof(u64),
				   GFP_KERNEL);
	unsigned int i;
	int err;

	if (!t || !words)
		return -ENOMEM;
	test->priv = t;
	t->in = words;
	t->out = t->in + IN_WORDS;
	t->expected = t->out + LONG_WORDS;
	for (i = 0; i < IN_WORDS; i++)
		t->in[i] = i * 0x123456789;
	vnpu_config_init(&t->config);
	t->config.slots = 4;
	atomic_set(&t->faults.slow_factor, 10);
	err = vnpu_device_init();
	if (err)
		return err;
	t->clock = vnpu_create("clock", &t->config, &t->no_faults);
	if (IS_ERR(t->clock)) {
		err = PTR_ERR(t->clock);
		t->clock = NULL;
		return err;
	}
	t->ticks = newest;
	return 0;
}

static void remove_device(struct device_test *t, unsigned int i)
{
	if (t->vnpu[i])
		vnpu_destroy(t->vnpu[i]);
	t->vnpu[i] = NULL;
}

static void device_exit(struct kunit *test)
{
	struct device_test *t = test->priv;

	if (!t)
		return;
	while (t->count)
		remove_device(t, --t->count);
	if (t->clock)
		vnpu_destroy(t->clock);
	vnpu_device_exit();
	KUNIT_EXPECT_EQ(test, registered, 0);
}

static struct dream_accel *add_device(struct kunit *test, const char *name)
{
	struct device_test *t = test->priv;
	struct vnpu *vnpu = vnpu_create(name, &t->config, &t->faults);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vnpu);
	t->vnpu[t->count] = vnpu;
	t->accel[t->count++] = newest;
	return newest;
}

/* A command of @ns at 1 GHz that moves @dram bytes; its key is its cookie. */
static int start_to(struct device_test *t, struct dream_accel *accel, u64 cookie,
		    u64 ns, u64 dram, u64 *out, u64 words)
{
	struct dream_range ranges[] = {
		{ t->in, IN_WORDS * 8, DREAM_RANGE_IN },
		{ out, words * 8, DREAM_RANGE_IN | DREAM_RANGE_OUT },
	};
	struct {
		struct dream_vnpu_cmd head;
		struct dream_vnpu_cost_entry entry;
	} data = {
		.head = {
			.magic = DREAM_VNPU_CMD_MAGIC,
			.cost = DREAM_VNPU_COST_EXPLICIT,
			.out_range = 1,
			.in_len = IN_WORDS * 8,
			.out_len = words * 8,
			.key = cookie,
			.result = cookie + 1000,
			.cost_count = 1,
		},
		.entry = {
			.cycles = ns * t->config.array.clock_khz / 1000000,
			.energy_nj = 5,
			.dram_bytes = dram,
		},
	};
	struct dream_cmd cmd = {
		.cookie = cookie,
		.data = &data,
		.size = sizeof(data),
		.ranges = ranges,
		.range_count = ARRAY_SIZE(ranges),
	};

	return accel->ops->start(accel, &cmd);
}

static int start(struct device_test *t, struct dream_accel *accel, u64 cookie,
		 u64 ns, u64 dram, u64 words)
{
	return start_to(t, accel, cookie, ns, dram, t->out, words);
}

static void expect(struct device_test *t, u64 key, u64 first, u64 end)
{
	dream_vnpu_transform(t->expected, t->in, IN_WORDS, key, first, end - first);
}

static bool as_expected(const struct device_test *t)
{
	return !memcmp(t->out, t->expected, LONG_WORDS * sizeof(u64));
}

static bool told(struct dream_accel *accel, unsigned int completions)
{
	return wait_event_timeout(accel->told,
				  READ_ONCE(accel->count) >= completions, 20 * HZ);
}

#define ASSERT_TOLD(accel, completions)						\
	KUNIT_ASSERT_TRUE(test, told(accel, completions))

/* Lets time pass: a command that takes @ns ends. Returns whether it did. */
static bool pass(struct device_test *t, u64 ns)
{
	unsigned int ended = READ_ONCE(t->ticks->count);

	return !start_to(t, t->ticks, ended, ns, 0, &t->tick, 1) &&
	       told(t->ticks, ended + 1);
}

#define ASSERT_PASSES(ns) \
	KUNIT_ASSERT_TRUE(test, pass(test->priv, ns))

static void executes(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");
	struct vnpu_stats stats;
	u64 begun;

	KUNIT_EXPECT_STREQ(test, accel->class, "ws-1024");
	KUNIT_EXPECT_EQ(test, vnpu_snapshot(t->vnpu[0], &stats), VNPU_STATE_IDLE);
	begun = ktime_get_ns();
	KUNIT_ASSERT_EQ(test, start(t, accel, 1, 7 * MS, 0, OUT_WORDS), 0);
	ASSERT_TOLD(accel, 1);
	KUNIT_EXPECT_GE(test, ktime_get_ns() - begun, 7 * MS);
	KUNIT_EXPECT_EQ(test, accel->records[0].cookie, 1);
	KUNIT_EXPECT_TRUE(test, accel->records[0].hardirq);
	KUNIT_EXPECT_EQ(test, accel->records[0].result.error, 0);
	KUNIT_EXPECT_EQ(test, accel->records[0].result.result, 1001);
	KUNIT_EXPECT_EQ(test, accel->records[0].result.energy_nj, 5);
	KUNIT_EXPECT_EQ(test, accel->records[0].result.busy_ns, 7 * MS);
	expect(t, 1, 0, OUT_WORDS);
	KUNIT_EXPECT_TRUE(test, as_expected(t));
	KUNIT_EXPECT_EQ(test, vnpu_snapshot(t->vnpu[0], &stats), VNPU_STATE_IDLE);
	KUNIT_EXPECT_EQ(test, stats.executed, 1);
	KUNIT_EXPECT_EQ(test, stats.busy_ns, 7 * MS);
	KUNIT_EXPECT_EQ(test, stats.energy_nj, 5);
}

static void in_order(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");
	struct vnpu_stats stats;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		KUNIT_ASSERT_EQ(test, start(t, accel, i, 50 * MS, 0, OUT_WORDS), 0);
		expect(t, i, 0, OUT_WORDS);
	}
	KUNIT_EXPECT_EQ(test, start(t, accel, 9, 1 * MS, 0, OUT_WORDS), -EBUSY);
	KUNIT_EXPECT_EQ(test, vnpu_snapshot(t->vnpu[0], &stats), VNPU_STATE_BUSY);
	ASSERT_TOLD(accel, 4);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, accel->records[i].cookie, i);
		KUNIT_EXPECT_EQ(test, accel->records[i].result.busy_ns, 50 * MS);
	}
	KUNIT_EXPECT_TRUE(test, as_expected(t));
}

/* More data than an interrupt may transform, and less time than that takes. */
static void long_data(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");
	unsigned int i;

	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, start(t, accel, i, 1000, 0, LONG_WORDS), 0);
		expect(t, i, 0, LONG_WORDS);
	}
	KUNIT_ASSERT_EQ(test, start(t, accel, 3, 400 * MS, 0, LONG_WORDS), 0);
	expect(t, 3, 0, LONG_WORDS);
	ASSERT_TOLD(accel, 4);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, accel->records[i].cookie, i);
		KUNIT_EXPECT_TRUE(test, accel->records[i].hardirq);
	}
	KUNIT_EXPECT_TRUE(test, as_expected(t));
}

/* Every length at which the division of the work changes. */
static void data_lengths(struct kunit *test)
{
	static const u64 lengths[] = {
		1, 2, 3, 511, 512, 513, 1023, 1024, 1025, 1026, 8191, 8192, 8193,
		8704, 8705, 16896, 16897,
	};
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		KUNIT_ASSERT_EQ(test, start(t, accel, i, 1000, 0, lengths[i]), 0);
		ASSERT_TOLD(accel, i + 1);
		expect(t, i, 0, lengths[i]);
		KUNIT_ASSERT_TRUE_MSG(test, as_expected(t), "%llu words", lengths[i]);
	}
}

static void aborted(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");
	struct vnpu_stats stats;

	KUNIT_ASSERT_EQ(test, start(t, accel, 1, 60000 * MS, 0, OUT_WORDS), 0);
	KUNIT_ASSERT_EQ(test, start(t, accel, 2, 60000 * MS, 0, OUT_WORDS), 0);
	KUNIT_ASSERT_EQ(test, start(t, accel, 3, 1 * MS, 0, OUT_WORDS), 0);
	/* waiting, in execution, and not there */
	KUNIT_EXPECT_EQ(test, accel->ops->abort(accel, 2), 0);
	KUNIT_EXPECT_EQ(test, accel->ops->abort(accel, 1), 0);
	KUNIT_EXPECT_EQ(test, accel->ops->abort(accel, 1), 0);
	ASSERT_TOLD(accel, 1);
	KUNIT_EXPECT_EQ(test, accel->records[0].cookie, 3);
	KUNIT_EXPECT_EQ(test, accel->count, 1);
	/* half of the first, nothing of the second, all of the third */
	expect(t, 1, 0, OUT_WORDS / 2);
	expect(t, 3, 0, OUT_WORDS);
	KUNIT_EXPECT_TRUE(test, as_expected(t));
	vnpu_snapshot(t->vnpu[0], &stats);
	KUNIT_EXPECT_EQ(test, stats.aborted, 2);
	KUNIT_EXPECT_EQ(test, stats.executed, 1);
}

/* The last stop has left @expected. Is that in the middle of the long data? */
static bool in_the_middle(const struct device_test *t)
{
	return t->out[0] != t->expected[0] &&
	       t->out[LONG_WORDS - 1024] == t->expected[LONG_WORDS - 1024];
}

/*
 * Nothing may write to the output after the answer, at whichever point of the data
 * it is asked for.
 */
static void quiet_after(struct kunit *test, int (*stop)(struct dream_accel *))
{
	enum { ROUNDS = 20 };
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");
	unsigned int round, middle = 0;
	u64 begun, took = U64_MAX;

	for (round = 1; round < 4; round++) {
		begun = ktime_get_ns();
		KUNIT_ASSERT_EQ(test, start(t, accel, 7, 1000, 0, LONG_WORDS), 0);
		ASSERT_TOLD(accel, round);
		took = min(took, ktime_get_ns() - begun);
	}
	memcpy(t->expected, t->out, LONG_WORDS * sizeof(u64));
	for (round = 1; round < ROUNDS; round++) {
		KUNIT_ASSERT_EQ(test, start(t, accel, 7, 1000 * round, 0, LONG_WORDS),
				0);
		ASSERT_PASSES(took * round / ROUNDS);
		KUNIT_ASSERT_EQ(test, stop(accel), 0);
		middle += in_the_middle(t);
		memcpy(t->expected, t->out, LONG_WORDS * sizeof(u64));
		ASSERT_PASSES(2 * MS);
		KUNIT_ASSERT_TRUE(test, as_expected(t));
	}
	KUNIT_EXPECT_GT(test, middle, 0);
	kunit_info(test, "%u of %u in the middle of %llu us", middle, ROUNDS - 1,
		   took / 1000);
}

static int stop_by_abort(struct dream_accel *accel)
{
	return accel->ops->abort(accel, 7);
}

static int stop_by_reset(struct dream_accel *accel)
{
	return accel->ops->reset(accel);
}

static void quiet_after_abort(struct kunit *test)
{
	quiet_after(test, stop_by_abort);
}

static void quiet_after_reset(struct kunit *test)
{
	quiet_after(test, stop_by_reset);
}

static void set_fault(struct device_test *t, enum vnpu_fault fault, int count)
{
	atomic_set(&t->faults.left[fault], count);
}

static void hangs(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");
	struct vnpu_stats stats;

	set_fault(t, VNPU_FAULT_HANG, 1);
	set_fault(t, VNPU_FAULT_ABORT, 1);
	KUNIT_ASSERT_EQ(test, start(t, accel, 1, 1 * MS, 0, OUT_WORDS), 0);
	KUNIT_ASSERT_EQ(test, start(t, accel, 2, 1 * MS, 0, OUT_WORDS), 0);
	ASSERT_PASSES(20 * MS);
	KUNIT_EXPECT_EQ(test, accel->count, 0);
	KUNIT_EXPECT_EQ(test, vnpu_snapshot(t->vnpu[0], &stats), VNPU_STATE_HUNG);
	KUNIT_EXPECT_EQ(test, accel->ops->abort(accel, 1), -EIO);
	KUNIT_EXPECT_EQ(test, accel->ops->reset(accel), 0);
	KUNIT_EXPECT_EQ(test, vnpu_snapshot(t->vnpu[0], &stats), VNPU_STATE_IDLE);
	KUNIT_EXPECT_EQ(test, stats.resets, 1);
	KUNIT_EXPECT_EQ(test, stats.aborted, 2);
	/* in order again */
	KUNIT_ASSERT_EQ(test, start(t, accel, 3, 1 * MS, 0, OUT_WORDS), 0);
	ASSERT_TOLD(accel, 1);
	KUNIT_EXPECT_EQ(test, accel->records[0].cookie, 3);
	/* a hanging command, taken back */
	set_fault(t, VNPU_FAULT_HANG, 1);
	KUNIT_ASSERT_EQ(test, start(t, accel, 4, 1 * MS, 0, OUT_WORDS), 0);
	KUNIT_ASSERT_EQ(test, start(t, accel, 5, 1 * MS, 0, OUT_WORDS), 0);
	KUNIT_EXPECT_EQ(test, accel->ops->abort(accel, 4), 0);
	ASSERT_TOLD(accel, 2);
	KUNIT_EXPECT_EQ(test, accel->records[1].cookie, 5);
}

static void other_faults(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");

	set_fault(t, VNPU_FAULT_START, 1);
	KUNIT_EXPECT_EQ(test, start(t, accel, 1, 1 * MS, 0, OUT_WORDS), -EIO);
	set_fault(t, VNPU_FAULT_RESET, 1);
	KUNIT_EXPECT_EQ(test, accel->ops->reset(accel), -EIO);
	KUNIT_EXPECT_EQ(test, accel->ops->reset(accel), 0);

	/* slow, failed (half done), lost, twice and invented, good */
	set_fault(t, VNPU_FAULT_SLOW, 1);
	KUNIT_ASSERT_EQ(test, start(t, accel, 2, 1 * MS, 0, OUT_WORDS), 0);
	set_fault(t, VNPU_FAULT_FAIL, 1);
	KUNIT_ASSERT_EQ(test, start(t, accel, 3, 1 * MS, 0, OUT_WORDS), 0);
	set_fault(t, VNPU_FAULT_LOST, 1);
	KUNIT_ASSERT_EQ(test, start(t, accel, 4, 1 * MS, 0, OUT_WORDS), 0);
	set_fault(t, VNPU_FAULT_SPURIOUS, 1);
	KUNIT_ASSERT_EQ(test, start(t, accel, 5, 1 * MS, 0, OUT_WORDS), 0);
	ASSERT_TOLD(accel, 5);
	KUNIT_ASSERT_EQ(test, start(t, accel, 6, 1 * MS, 0, OUT_WORDS), 0);
	ASSERT_TOLD(accel, 6);

	KUNIT_EXPECT_EQ(test, accel->records[0].cookie, 2);
	KUNIT_EXPECT_EQ(test, accel->records[0].result.busy_ns, 10 * MS);
	KUNIT_EXPECT_EQ(test, accel->records[1].cookie, 3);
	KUNIT_EXPECT_EQ(test, accel->records[1].result.error, -EIO);
	KUNIT_EXPECT_EQ(test, accel->records[2].cookie, 5);
	KUNIT_EXPECT_EQ(test, accel->records[2].result.error, 0);
	KUNIT_EXPECT_EQ(test, accel->records[3].cookie, 5);
	KUNIT_EXPECT_EQ(test, accel->records[4].cookie, ~5ULL);
	KUNIT_EXPECT_EQ(test, accel->records[5].cookie, 6);
	KUNIT_EXPECT_EQ(test, accel->records[5].result.error, 0);
	expect(t, 2, 0, OUT_WORDS);
	expect(t, 3, 0, OUT_WORDS / 2);
	expect(t, 4, 0, OUT_WORDS);
	expect(t, 5, 0, OUT_WORDS);
	expect(t, 6, 0, OUT_WORDS);
	KUNIT_EXPECT_TRUE(test, as_expected(t));
}

/* Pulled out with commands in it: silence, and no memory is touched. */
static void unplugged(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *accel = add_device(test, "a");

	KUNIT_ASSERT_EQ(test, start(t, accel, 1, 1 * MS, 0, LONG_WORDS), 0);
	KUNIT_ASSERT_EQ(test, start(t, accel, 2, 1 * MS, 0, LONG_WORDS), 0);
	vnpu_unplug(t->vnpu[0]);
	t->vnpu[0] = NULL;
	memcpy(t->expected, t->out, LONG_WORDS * sizeof(u64));
	ASSERT_PASSES(5 * MS);
	KUNIT_EXPECT_TRUE(test, as_expected(t));
}

/* Aborts commands of the newest accelerator for as long as there is one. */
static int keep_aborting(void *running)
{
	u64 cookie = 0;

	complete(running);
	while (!kthread_should_stop()) {
		scoped_guard(mutex, &operations) {
			if (newest)
				newest->ops->abort(newest, cookie++ % 4);
		}
		cond_resched();
	}
	return 0;
}

/* The device goes away while an abort waits for the data. */
static void destroyed_during_abort(struct kunit *test)
{
	DECLARE_COMPLETION_ONSTACK(running);
	struct device_test *t = test->priv;
	struct task_struct *aborter;
	struct dream_accel *accel;
	unsigned int round, i;

	for (round = 0; round < 30; round++) {
		accel = add_device(test, "a");
		for (i = 0; i < 4; i++)
			KUNIT_ASSERT_EQ(test, start(t, accel, i, 60000 * MS, 0,
						    LONG_WORDS), 0);
		reinit_completion(&running);
		aborter = kthread_run(keep_aborting, &running, "aborter");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, aborter);
		wait_for_completion(&running);
		ASSERT_PASSES(1000 + 20000 * round);
		remove_device(t, --t->count);
		KUNIT_EXPECT_EQ(test, kthread_stop(aborter), 0);
	}
}

/*
 * Two commands ask for the whole bandwidth, a third one for nothing. The two get
 * a half each while they overlap.
 */
static void contention(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *a, *b, *c;
	u64 bytes = 180 * MS * 90, first, second;

	strscpy(t->config.domain, "dram");
	a = add_device(test, "a");
	b = add_device(test, "b");
	c = add_device(test, "c");
	KUNIT_ASSERT_EQ(test, start(t, a, 1, 180 * MS, bytes, 1), 0);
	KUNIT_ASSERT_EQ(test, start(t, b, 2, 180 * MS, bytes, 1), 0);
	KUNIT_ASSERT_EQ(test, start(t, c, 3, 180 * MS, 0, 1), 0);
	ASSERT_TOLD(a, 1);
	ASSERT_TOLD(b, 1);
	ASSERT_TOLD(c, 1);
	first = a->records[0].result.busy_ns;
	second = b->records[0].result.busy_ns;
	KUNIT_EXPECT_GT(test, first, 180 * MS);
	KUNIT_EXPECT_LE(test, first, 360 * MS);
	/* No matter how far they overlap, the second ends at 360 ms of the first. */
	KUNIT_EXPECT_LE(test, second, 360 * MS);
	KUNIT_EXPECT_LE(test, abs_diff(first, second), 1000);
	KUNIT_EXPECT_EQ(test, c->records[0].result.busy_ns, 180 * MS);

	/* alone again: full speed */
	KUNIT_ASSERT_EQ(test, start(t, a, 4, 180 * MS, bytes, 1), 0);
	ASSERT_TOLD(a, 2);
	KUNIT_EXPECT_EQ(test, a->records[1].result.busy_ns, 180 * MS);
}

/* One that is taken back gives its share to the other. */
static void contention_ends(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *a, *b;
	u64 bytes = 180 * MS * 90;

	strscpy(t->config.domain, "dram");
	a = add_device(test, "a");
	b = add_device(test, "b");
	KUNIT_ASSERT_EQ(test, start(t, b, 1, 180 * MS, bytes, 1), 0);
	KUNIT_ASSERT_EQ(test, start(t, a, 2, 180 * MS, bytes, 1), 0);
	KUNIT_EXPECT_EQ(test, b->ops->abort(b, 1), 0);
	ASSERT_TOLD(a, 1);
	KUNIT_EXPECT_GE(test, a->records[0].result.busy_ns, 180 * MS);
	KUNIT_EXPECT_LE(test, a->records[0].result.busy_ns, 360 * MS);
	KUNIT_EXPECT_EQ(test, b->count, 0);
}

static void domains(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct vnpu *vnpu;

	strscpy(t->config.domain, "dram");
	add_device(test, "a");
	add_device(test, "b");
	t->config.array.bandwidth_mbps = 1000;
	vnpu = vnpu_create("c", &t->config, &t->faults);
	KUNIT_EXPECT_PTR_EQ(test, vnpu, ERR_PTR(-EINVAL));
	/* the name is free again when its last device is gone */
	remove_device(t, 0);
	vnpu = vnpu_create("c", &t->config, &t->faults);
	KUNIT_EXPECT_PTR_EQ(test, vnpu, ERR_PTR(-EINVAL));
	remove_device(t, 1);
	add_device(test, "c");
}

static void repeatable_jitter(struct kunit *test)
{
	struct device_test *t = test->priv;
	struct dream_accel *a, *b, *c;
	unsigned int i, different = 0;
	u64 ns;

	t->config.jitter_permille = 100;
	a = add_device(test, "a");
	b = add_device(test, "a");
	c = add_device(test, "c");
	for (i = 0; i < 16; i++) {
		KUNIT_ASSERT_EQ(test, start(t, a, i, 1 * MS, 0, 1), 0);
		KUNIT_ASSERT_EQ(test, start(t, b, i, 1 * MS, 0, 1), 0);
		KUNIT_ASSERT_EQ(test, start(t, c, i, 1 * MS, 0, 1), 0);
		ASSERT_TOLD(a, i + 1);
		ASSERT_TOLD(b, i + 1);
		ASSERT_TOLD(c, i + 1);
		ns = a->records[i].result.busy_ns;
		KUNIT_EXPECT_EQ(test, ns, b->records[i].result.busy_ns);
		KUNIT_EXPECT_GE(test, ns, 900 * MS / 1000);
		KUNIT_EXPECT_LE(test, ns, 1100 * MS / 1000);
		different += ns != c->records[i].result.busy_ns;
	}
	KUNIT_EXPECT_GT(test, different, 10);
}

/*
 * Starts, aborts and resets at random on devices that slow each other. Every
 * command is reported once or taken back, and the device remains in order.
 */
static void stress(struct kunit *test)
{
	static const char * const names[] = { "a", "b", "c", "d" };
	struct device_test *t = test->priv;
	u64 until, cookie = 0, taken = 0, refused = 0, ended = 0;
	struct vnpu_stats stats;
	struct rnd_state random;
	struct dream_accel *accel;
	unsigned int i, reported = 0;
	int err;

	prandom_seed_state(&random, 12345);
	strscpy(t->config.domain, "dram");
	t->config.jitter_permille = 500;
	for (i = 0; i < 4; i++)
		add_device(test, names[i]);

	until = ktime_get_ns() + 2000 * MS;
	while (ktime_get_ns() < until) {
		accel = t->accel[prandom_u32_state(&random) % 4];
		switch (prandom_u32_state(&random) % 16) {
		case 0:
			KUNIT_ASSERT_EQ(test, accel->ops->reset(accel), 0);
			break;
		case 1 ... 4:
			err = accel->ops->abort(accel, cookie -
						prandom_u32_state(&random) % 8);
			KUNIT_ASSERT_EQ(test, err, 0);
			break;
		case 5:
			ASSERT_PASSES(1000 + prandom_u32_state(&random) % 200000);
			break;
		default:
			err = start(t, accel, ++cookie,
				    1000 + prandom_u32_state(&random) % 300000,
				    prandom_u32_state(&random) % (32 << 20),
				    1 + prandom_u32_state(&random) % 20000);
			taken += !err;
			refused += err == -EBUSY;
			KUNIT_ASSERT_TRUE(test, !err || err == -EBUSY);
		}
	}
	/* The rest is finished or taken back. */
	for (i = 0; i < 4; i++)
		KUNIT_ASSERT_EQ(test, t->accel[i]->ops->reset(t->accel[i]), 0);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, vnpu_snapshot(t->vnpu[i], &stats),
				VNPU_STATE_IDLE);
		ended += stats.executed + stats.aborted;
		reported += t->accel[i]->count;
		KUNIT_EXPECT_EQ(test, t->accel[i]->count, stats.executed);
	}
	KUNIT_EXPECT_EQ(test, taken, ended);
	KUNIT_EXPECT_EQ(test, cookie, taken + refused);
	KUNIT_EXPECT_GT(test, reported, 0);
	kunit_info(test, "%llu taken, %u executed, %llu refused", taken, reported,
		   refused);
}

static struct kunit_case device_cases[] = {
	KUNIT_CASE(executes),
	KUNIT_CASE(in_order),
	KUNIT_CASE(long_data),
	KUNIT_CASE(data_lengths),
	KUNIT_CASE(aborted),
	KUNIT_CASE(quiet_after_abort),
	KUNIT_CASE(quiet_after_reset),
	KUNIT_CASE(hangs),
	KUNIT_CASE(other_faults),
	KUNIT_CASE(unplugged),
	KUNIT_CASE_SLOW(destroyed_during_abort),
	KUNIT_CASE(contention),
	KUNIT_CASE(contention_ends),
	KUNIT_CASE(domains),
	KUNIT_CASE(repeatable_jitter),
	KUNIT_CASE_SLOW(stress),
	{}
};

static struct kunit_suite device_suite = {
	.name = "vnpu_device",
	.init = device_init,
	.exit = device_exit,
	.test_cases = device_cases,
};

kunit_test_suite(device_suite);
