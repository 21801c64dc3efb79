// SPDX-License-Identifier: GPL-2.0
/*
 * Memory domains: devices that share a bandwidth slow each other.
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "domain.h"

/**
 * DOC: Memory domains
 *
 * Devices in a domain share its bandwidth. When a command begins or ends to
 * execute, the bandwidth is divided anew (share.c), each command in the domain
 * changes its speed (progress.c), and its timer is set to its new end. A command
 * that moves no bytes never joins. While all demands together fit, and did fit
 * before, everybody runs at full speed and nothing has to be computed: the common
 * case costs one addition and one comparison.
 *
 * The lock of the domain also protects the state of the devices in it. A lock
 * for each device would have to be taken inside the domain's at every change of
 * speed; with one lock there is no order to keep, and a timer can be moved
 * without asking whether its handler is running: the handler looks at the end
 * of the command and ignores a call that comes before it.
 *
 * A device with an empty domain name has a domain of its own.
 */

/* Protects vnpu_domains, &vnpu_domain.link and &vnpu_domain.users. */
static DEFINE_MUTEX(vnpu_domains_lock);
static LIST_HEAD(vnpu_domains);

static struct vnpu_domain *find_domain(const char *name)
{
	struct vnpu_domain *domain;

	lockdep_assert_held(&vnpu_domains_lock);
	if (!name[0])
		return NULL;
	list_for_each_entry(domain, &vnpu_domains, link) {
		if (!strcmp(domain->name, name))
			return domain;
	}
	return NULL;
}

/**
 * vnpu_domain_get() - join a domain, make it if there is none
 * @name: name; empty for a domain of one's own
 * @bandwidth_mbps: its bandwidth in 10^6 bytes per second
 *
 * Context: process context, may sleep.
 * Return: the domain, or an ERR_PTR: -EINVAL if the domain exists with another
 * bandwidth, -ENOMEM.
 */
struct vnpu_domain *vnpu_domain_get(const char *name, u32 bandwidth_mbps)
{
	struct vnpu_domain *domain;

	guard(mutex)(&vnpu_domains_lock);
	domain = find_domain(name);
	if (domain) {
		if (domain->bandwidth_mbps != bandwidth_mbps)
			return ERR_PTR(-EINVAL);
		domain->users++;
		return domain;
	}

	domain = kzalloc(sizeof(*domain), GFP_KERNEL);
	if (!domain)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&domain->lock);
	domain->users = 1;
	strscpy(domain->name, name, sizeof(domain->name));
	domain->bandwidth_mbps = bandwidth_mbps;
	domain->capacity = (u64)bandwidth_mbps * 1000000;
	INIT_LIST_HEAD(&domain->runs);
	list_add(&domain->link, &vnpu_domains);
	return domain;
}

/**
 * vnpu_domain_put() - leave a domain; the last one takes it with him
 * @domain: the domain
 *
 * Context: process context, may sleep. The device executes nothing.
 */
void vnpu_domain_put(struct vnpu_domain *domain)
{
	guard(mutex)(&vnpu_domains_lock);
	if (--domain->users)
		return;
	list_del(&domain->link);
	kfree(domain);
}

static void set_timer(struct vnpu_run *run)
{
	hrtimer_start(&run->timer, ns_to_ktime(vnpu_progress_end(&run->progress)),
		      HRTIMER_MODE_ABS_HARD);
}

/*
 * Divides the bandwidth among those who are there at the time @at. A command
 * whose time is over, and whose handler has not run yet, counts until then. The
 * timer of @fresh, if there is one, is left to the caller.
 */
static void divide(struct vnpu_domain *domain, u64 at, const struct vnpu_run *fresh)
{
	bool scarce = domain->demand > domain->capacity;
	struct vnpu_run *run;
	unsigned int i = 0;
	u32 rate;

	if (!scarce && !domain->scarce)
		return;
	domain->scarce = scarce;

	list_for_each_entry(run, &domain->runs, link)
		domain->demands[i++] = run->demand;
	vnpu_share(domain->demands, domain->grants, i, domain->capacity);

	i = 0;
	list_for_each_entry(run, &domain->runs, link) {
		rate = vnpu_share_rate(run->demand, domain->grants[i++]);
		if (rate == run->progress.rate ||
		    vnpu_progress_end(&run->progress) <= at)
			continue;
		vnpu_progress_set_rate(&run->progress, rate, at);
		if (run != fresh)
			set_timer(run);
	}
}

/**
 * vnpu_domain_begin() - a command begins to execute
 * @domain: domain of the device
 * @run: of the device; executes nothing now
 * @ns: duration of the command when it is alone
 * @dram_bytes: bytes that it moves
 * @at: when it begins, in ns; now or a moment ago
 *
 * There is one run for each registered accelerator, thus at most DREAM_ACCEL_MAX
 * of them.
 */
void vnpu_domain_begin(struct vnpu_domain *domain, struct vnpu_run *run,
		       u64 ns, u64 dram_bytes, u64 at)
{
	lockdep_assert_held(&domain->lock);

	vnpu_progress_start(&run->progress, ns, at);
	run->demand = vnpu_share_demand(dram_bytes, ns, domain->capacity);
	if (run->demand && WARN_ON_ONCE(domain->run_count == DREAM_ACCEL_MAX))
		run->demand = 0;
	if (run->demand) {
		list_add_tail(&run->link, &domain->runs);
		domain->run_count++;
		domain->demand += run->demand;
		divide(domain, at, run);
	}
	set_timer(run);
}

/**
 * vnpu_domain_end() - a command has ended or has been taken back
 * @domain: domain of the device
 * @run: of the device; nothing happens if it executes nothing
 * @at: when it ended, in ns; now or a moment ago
 *
 * The timer is not touched: whoever calls this from outside its handler cancels
 * it.
 */
void vnpu_domain_end(struct vnpu_domain *domain, struct vnpu_run *run, u64 at)
{
	lockdep_assert_held(&domain->lock);

	if (!run->demand)
		return;
	list_del(&run->link);
	domain->run_count--;
	domain->demand -= run->demand;
	run->demand = 0;
	divide(domain, at, NULL);
}
