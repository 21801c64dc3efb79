// SPDX-License-Identifier: GPL-2.0
/*
 * The files of a virtual NPU, and the module.
 */
#include <linux/cleanup.h>
#include <linux/configfs.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "device.h"

/**
 * DOC: Files of a virtual NPU
 *
 * mkdir below /sys/kernel/config/dream_vnpu makes an item: a configuration, a set
 * of fault knobs, and no device. Writing 1 to "power" makes the device, writing 0
 * or rmdir takes it away. This file only turns text into members of struct
 * vnpu_config and back; what is allowed is settled in config.c, and what happens is
 * settled in device.c.
 *
 * An item pins the module, by the owner in its type.
 */

/**
 * struct vnpu_item - a directory
 * @item: configfs item; its name is the accelerator's
 * @lock: protects the fields below
 * @config: configuration; constant while there is a device
 * @vnpu: the device, or NULL
 * @unplugged: the last device was unplugged
 * @faults: fault knobs, accessed without the lock
 */
struct vnpu_item {
	struct config_item item;
	struct mutex lock;	/* protects the fields below */
	struct vnpu_config config;
	struct vnpu *vnpu;
	bool unplugged;
	struct vnpu_faults faults;
};

static struct vnpu_item *to_vnpu_item(struct config_item *item)
{
	return container_of(item, struct vnpu_item, item);
}

/* Takes over a changed copy of the configuration, if that may and can be. */
static int configure(struct vnpu_item *item, const struct vnpu_config *config)
{
	lockdep_assert_held(&item->lock);
	if (item->vnpu)
		return -EBUSY;
	if (!vnpu_config_valid(config))
		return -ERANGE;
	item->config = *config;
	return 0;
}

/* Shows @value, an expression in @item, under the lock. */
#define VNPU_SHOW(name, format, value)						\
static ssize_t vnpu_item_##name##_show(struct config_item *ci, char *page)	\
{										\
	struct vnpu_item *item = to_vnpu_item(ci);				\
										\
	guard(mutex)(&item->lock);						\
	return sysfs_emit(page, format "\n", value);				\
}

/* Makes @change, an expression in @page and @config that returns an error. */
#define VNPU_STORE(name, change)						\
static ssize_t vnpu_item_##name##_store(struct config_item *ci,		\
					const char *page, size_t count)		\
{										\
	struct vnpu_item *item = to_vnpu_item(ci);				\
	struct vnpu_config config;						\
	int err;								\
										\
	guard(mutex)(&item->lock);						\
	config = item->config;							\
	err = (change) ?: configure(item, &config);				\
	return err ?: count;							\
}

VNPU_SHOW(dataflow, "%s", vnpu_dataflow_name(item->config.array.dataflow))
VNPU_STORE(dataflow, vnpu_config_set_dataflow(&config, page))
CONFIGFS_ATTR(vnpu_item_, dataflow);

VNPU_SHOW(pes, "%u", item->config.array.pes)
VNPU_STORE(pes, kstrtou32(page, 0, &config.array.pes))
CONFIGFS_ATTR(vnpu_item_, pes);

VNPU_SHOW(clock_khz, "%u", item->config.array.clock_khz)
VNPU_STORE(clock_khz, kstrtou32(page, 0, &config.array.clock_khz))
CONFIGFS_ATTR(vnpu_item_, clock_khz);

VNPU_SHOW(sram_bytes, "%llu", item->config.array.sram_bytes)
VNPU_STORE(sram_bytes, kstrtou64(page, 0, &config.array.sram_bytes))
CONFIGFS_ATTR(vnpu_item_, sram_bytes);

VNPU_SHOW(bandwidth_mbps, "%u", item->config.array.bandwidth_mbps)
VNPU_STORE(bandwidth_mbps, kstrtou32(page, 0, &config.array.bandwidth_mbps))
CONFIGFS_ATTR(vnpu_item_, bandwidth_mbps);

VNPU_SHOW(domain, "%s", item->config.domain)
VNPU_STORE(domain, vnpu_config_set_name(config.domain, page))
CONFIGFS_ATTR(vnpu_item_, domain);

VNPU_SHOW(slots, "%u", item->config.slots)
VNPU_STORE(slots, kstrtou32(page, 0, &config.slots))
CONFIGFS_ATTR(vnpu_item_, slots);

VNPU_SHOW(jitter_permille, "%u", item->config.jitter_permille)
VNPU_STORE(jitter_permille, kstrtou32(page, 0, &config.jitter_permille))
CONFIGFS_ATTR(vnpu_item_, jitter_permille);

VNPU_SHOW(seed, "%llu", item->config.seed)
VNPU_STORE(seed, kstrtou64(page, 0, &config.seed))
CONFIGFS_ATTR(vnpu_item_, seed);

static ssize_t vnpu_item_class_show(struct config_item *ci, char *page)
{
	struct vnpu_item *item = to_vnpu_item(ci);
	char class[DREAM_ACCEL_NAME_LEN];

	guard(mutex)(&item->lock);
	vnpu_config_class(&item->config, class);
	return sysfs_emit(page, "%s\n", class);
}

VNPU_STORE(class, vnpu_config_set_name(config.class, page))
CONFIGFS_ATTR(vnpu_item_, class);

/* Counters of the device; zero without a device. */
static struct vnpu_stats counters(struct vnpu_item *item)
{
	struct vnpu_stats stats = {};

	lockdep_assert_held(&item->lock);
	if (item->vnpu)
		vnpu_snapshot(item->vnpu, &stats);
	return stats;
}

VNPU_SHOW(executed, "%llu", counters(item).executed)
CONFIGFS_ATTR_RO(vnpu_item_, executed);

VNPU_SHOW(aborted, "%llu", counters(item).aborted)
CONFIGFS_ATTR_RO(vnpu_item_, aborted);

VNPU_SHOW(resets, "%llu", counters(item).resets)
CONFIGFS_ATTR_RO(vnpu_item_, resets);

VNPU_SHOW(energy_nj, "%llu", counters(item).energy_nj)
CONFIGFS_ATTR_RO(vnpu_item_, energy_nj);

VNPU_SHOW(busy_ns, "%llu", counters(item).busy_ns)
CONFIGFS_ATTR_RO(vnpu_item_, busy_ns);

static ssize_t vnpu_item_state_show(struct config_item *ci, char *page)
{
	static const char * const names[] = {
		[VNPU_STATE_IDLE] = "idle",
		[VNPU_STATE_BUSY] = "busy",
		[VNPU_STATE_HUNG] = "hung",
	};
	struct vnpu_item *item = to_vnpu_item(ci);
	struct vnpu_stats stats;

	guard(mutex)(&item->lock);
	if (!item->vnpu)
		return sysfs_emit(page, "%s\n", item->unplugged ? "unplugged" : "off");
	return sysfs_emit(page, "%s\n", names[vnpu_snapshot(item->vnpu, &stats)]);
}

CONFIGFS_ATTR_RO(vnpu_item_, state);

static int store_number(atomic_t *number, const char *page, int min, int max)
{
	int value;
	int err;

	err = kstrtoint(page, 0, &value);
	if (err)
		return err;
	if (value < min || value > max)
		return -ERANGE;
	atomic_set(number, value);
	return 0;
}

/* An attribute that says how many of the next occasions a fault hits. */
#define VNPU_FAULT_ATTR(name, fault)						\
static ssize_t vnpu_item_##name##_show(struct config_item *ci, char *page)	\
{										\
	struct vnpu_item *item = to_vnpu_item(ci);				\
										\
	return sysfs_emit(page, "%d\n",						\
			  atomic_read(&item->faults.left[VNPU_FAULT_##fault]));	\
}										\
										\
static ssize_t vnpu_item_##name##_store(struct config_item *ci,		\
					const char *page, size_t count)		\
{										\
	struct vnpu_item *item = to_vnpu_item(ci);				\
										\
	return store_number(&item->faults.left[VNPU_FAULT_##fault], page,	\
			    0, INT_MAX) ?: count;				\
}										\
CONFIGFS_ATTR(vnpu_item_, name)

VNPU_FAULT_ATTR(start_fail, START);
VNPU_FAULT_ATTR(hang, HANG);
VNPU_FAULT_ATTR(slow, SLOW);
VNPU_FAULT_ATTR(fail, FAIL);
VNPU_FAULT_ATTR(lost_completion, LOST);
VNPU_FAULT_ATTR(spurious_completion, SPURIOUS);
VNPU_FAULT_ATTR(abort_fail, ABORT);
VNPU_FAULT_ATTR(reset_fail, RESET);

static ssize_t vnpu_item_slow_factor_show(struct config_item *ci, char *page)
{
	struct vnpu_item *item = to_vnpu_item(ci);

	return sysfs_emit(page, "%d\n", atomic_read(&item->faults.slow_factor));
}

static ssize_t vnpu_item_slow_factor_store(struct config_item *ci,
					   const char *page, size_t count)
{
	struct vnpu_item *item = to_vnpu_item(ci);

	return store_number(&item->faults.slow_factor, page,
			    VNPU_SLOW_FACTOR_MIN, VNPU_SLOW_FACTOR_MAX) ?: count;
}

CONFIGFS_ATTR(vnpu_item_, slow_factor);

static int power_on(struct vnpu_item *item)
{
	struct vnpu *vnpu;

	lockdep_assert_held(&item->lock);
	if (item->vnpu)
		return 0;
	vnpu = vnpu_create(config_item_name(&item->item), &item->config,
			   &item->faults);
	if (IS_ERR(vnpu))
		return PTR_ERR(vnpu);
	item->vnpu = vnpu;
	item->unplugged = false;
	return 0;
}

static void power_off(struct vnpu_item *item)
{
	lockdep_assert_held(&item->lock);
	if (item->vnpu)
		vnpu_destroy(item->vnpu);
	item->vnpu = NULL;
	item->unplugged = false;
}

static ssize_t vnpu_item_power_show(struct config_item *ci, char *page)
{
	struct vnpu_item *item = to_vnpu_item(ci);

	guard(mutex)(&item->lock);
	return sysfs_emit(page, "%d\n", item->vnpu ? 1 : 0);
}

static ssize_t vnpu_item_power_store(struct config_item *ci, const char *page,
				     size_t count)
{
	struct vnpu_item *item = to_vnpu_item(ci);
	bool on;
	int err;

	err = kstrtobool(page, &on);
	if (err)
		return err;

	guard(mutex)(&item->lock);
	if (on)
		err = power_on(item);
	else
		power_off(item);
	return err ?: count;
}

CONFIGFS_ATTR(vnpu_item_, power);

static ssize_t vnpu_item_unplug_store(struct config_item *ci, const char *page,
				      size_t count)
{
	struct vnpu_item *item = to_vnpu_item(ci);
	bool yes;
	int err;

	err = kstrtobool(page, &yes);
	if (err)
		return err;
	if (!yes)
		return -EINVAL;

	guard(mutex)(&item->lock);
	if (!item->vnpu)
		return -ENODEV;
	vnpu_unplug(item->vnpu);
	item->vnpu = NULL;
	item->unplugged = true;
	return count;
}

CONFIGFS_ATTR_WO(vnpu_item_, unplug);

static struct configfs_attribute *vnpu_item_attrs[] = {
	&vnpu_item_attr_dataflow,
	&vnpu_item_attr_pes,
	&vnpu_item_attr_clock_khz,
	&vnpu_item_attr_sram_bytes,
	&vnpu_item_attr_bandwidth_mbps,
	&vnpu_item_attr_domain,
	&vnpu_item_attr_slots,
	&vnpu_item_attr_class,
	&vnpu_item_attr_jitter_permille,
	&vnpu_item_attr_seed,
	&vnpu_item_attr_power,
	&vnpu_item_attr_state,
	&vnpu_item_attr_executed,
	&vnpu_item_attr_aborted,
	&vnpu_item_attr_resets,
	&vnpu_item_attr_energy_nj,
	&vnpu_item_attr_busy_ns,
	&vnpu_item_attr_start_fail,
	&vnpu_item_attr_hang,
	&vnpu_item_attr_slow,
	&vnpu_item_attr_slow_factor,
	&vnpu_item_attr_fail,
	&vnpu_item_attr_lost_completion,
	&vnpu_item_attr_spurious_completion,
	&vnpu_item_attr_abort_fail,
	&vnpu_item_attr_reset_fail,
	&vnpu_item_attr_unplug,
	NULL
};

static void vnpu_item_release(struct config_item *ci)
{
	struct vnpu_item *item = to_vnpu_item(ci);

	mutex_destroy(&item->lock);
	kfree(item);
}

static struct configfs_item_operations vnpu_item_ops = {
	.release = vnpu_item_release,
};

static const struct config_item_type vnpu_item_type = {
	.ct_item_ops = &vnpu_item_ops,
	.ct_attrs = vnpu_item_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *vnpu_group_make_item(struct config_group *group,
						const char *name)
{
	struct vnpu_item *item;

	if (strlen(name) >= DREAM_ACCEL_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	item = kzalloc(sizeof(*item), GFP_KERNEL);
	if (!item)
		return ERR_PTR(-ENOMEM);
	mutex_init(&item->lock);
	vnpu_config_init(&item->config);
	atomic_set(&item->faults.slow_factor, 10);
	config_item_init_type_name(&item->item, name, &vnpu_item_type);
	return &item->item;
}

static void vnpu_group_drop_item(struct config_group *group,
				 struct config_item *ci)
{
	struct vnpu_item *item = to_vnpu_item(ci);

	scoped_guard(mutex, &item->lock)
		power_off(item);
	config_item_put(ci);
}

static ssize_t vnpu_group_features_show(struct config_item *ci, char *page)
{
	ssize_t len = 0;
	int i;

	for (i = 0; vnpu_item_attrs[i]; i++)
		len += sysfs_emit_at(page, len, "%s\n", vnpu_item_attrs[i]->ca_name);
	return len;
}

CONFIGFS_ATTR_RO(vnpu_group_, features);

static struct configfs_attribute *vnpu_group_attrs[] = {
	&vnpu_group_attr_features,
	NULL
};

static struct configfs_group_operations vnpu_group_ops = {
	.make_item = vnpu_group_make_item,
	.drop_item = vnpu_group_drop_item,
};

static const struct config_item_type vnpu_group_type = {
	.ct_group_ops = &vnpu_group_ops,
	.ct_attrs = vnpu_group_attrs,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem vnpu_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "dream_vnpu",
			.ci_type = &vnpu_group_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(vnpu_subsystem.su_mutex),
};

static int __init vnpu_init(void)
{
	int err;

	err = vnpu_device_init();
	if (err)
		return err;
	config_group_init(&vnpu_subsystem.su_group);
	err = configfs_register_subsystem(&vnpu_subsystem);
	if (err)
		vnpu_device_exit();
	return err;
}

static void __exit vnpu_exit(void)
{
	configfs_unregister_subsystem(&vnpu_subsystem);
	vnpu_device_exit();
}

module_init(vnpu_init);
module_exit(vnpu_exit);

IMPORT_DREAM();
MODULE_DESCRIPTION("Virtual NPUs for the dream scheduler");
MODULE_LICENSE("GPL");
