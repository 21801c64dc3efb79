// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Tables for people
 *
 * /sys/kernel/debug/dream/ shows what the arbiter knows, for somebody with a shell
 * and nothing else. It is no interface: programs read the netlink family, which has
 * the same numbers and more.
 *
 * Names of queues come from user space unchecked, so they are escaped.
 */
#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "accel.h"
#include "arbiter.h"
#include "client.h"
#include "debugfs.h"
#include "model.h"
#include "params.h"
#include "queue.h"
#include "stats.h"
#include "user.h"

static struct dentry *dir;

static u64 ns_to_us(u64 ns)
{
	return div_u64(ns, NSEC_PER_USEC);
}

static u64 nj_to_uj(u64 nj)
{
	return div_u64(nj, 1000);
}

static void show_name(struct seq_file *s, const char *name)
{
	seq_printf(s, "  %*pE\n", (int)strlen(name), name);
}

static const char *accel_state(const struct dream_accel *accel)
{
	if (accel->faulty)
		return "faulty";
	return accel->running ? "busy" : "idle";
}

static int accels_show(struct seq_file *s, void *unused)
{
	struct dream_accel *a;
	u32 id;

	seq_puts(s, "id  state   slots  commands    busy us     energy uJ   errors  timeouts  resets  class             name\n");
	dream_lock();
	for (id = 0; id < DREAM_ACCEL_MAX; id++) {
		a = dream_accel_by_id(id);
		if (!a)
			continue;
		seq_printf(s, "%-3u %-7s %2u/%-2u  %-10llu  %-10llu  %-10llu  %-6llu  %-8llu  %-6llu  %-16s",
			   id, accel_state(a), a->running, a->desc.slots,
			   a->commands, ns_to_us(a->busy_ns),
			   nj_to_uj(a->energy_nj), a->errors, a->timeouts,
			   a->resets, dream_arb.classes[a->p.cls].name);
		show_name(s, a->name);
	}
	dream_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(accels);

static const char counters_head[] =
	"released  met       missed    dropped   cancelled failed    accel us    energy uJ ";

static void show_counters(struct seq_file *s, const struct dream_counters *c)
{
	seq_printf(s, "%-9llu %-9llu %-9llu %-9llu %-9llu %-9llu %-11llu %-11llu",
		   c->released, c->met, c->missed, c->dropped, c->cancelled,
		   c->failed, ns_to_us(c->accel_ns), nj_to_uj(c->energy_nj));
}

static int queues_show(struct seq_file *s, void *unused)
{
	struct dream_queue *q;
	u32 id;

	seq_printf(s, "id      pid     uid     model   parent  period us   deadline us weight  waiting ready   %s name\n",
		   counters_head);
	dream_lock();
	for (id = 0; (q = dream_queue_next(&id)); id++) {
		seq_printf(s, "%-7u %-7d %-7u %-7u %-7u %-11llu %-11llu %-7u %-7u %-7u ",
			   id, pid_nr(q->client->pid),
			   from_kuid_munged(&init_user_ns, q->user->uid),
			   q->model ? q->model->id : 0,
			   q->parent ? q->parent->p.id : 0,
			   ns_to_us(q->p.period_ns), ns_to_us(q->p.deadline_ns),
			   q->p.weight, q->waiting, q->released);
		show_counters(s, &q->counters);
		show_name(s, q->name);
	}
	dream_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(queues);

static int models_show(struct seq_file *s, void *unused)
{
	const struct dream_profile *p;
	struct dream_model *m;
	u32 id;

	seq_printf(s, "id      uid     gener.  variants layers  classes staged  queues  %s name\n",
		   counters_head);
	dream_lock();
	seq_printf(s, "%-7u %-7s %-7s %-8s %-7s %-7s %-7s %-7s ", 0, "-", "-",
		   "-", "-", "-", "-", "-");
	show_counters(s, &dream_arb.no_model.total);
	seq_puts(s, "  (none)\n");
	for (id = 0; (m = dream_model_next(&id)); id++) {
		p = m->committed ?: m->staged;
		seq_printf(s, "%-7u %-7u %-7u %-8u %-7u %-7u %-7u %-7u ", id,
			   from_kuid_munged(&init_user_ns, m->uid),
			   m->generation, p->variants, p->first[p->variants],
			   p->classes, m->staged ? m->staged->rows : 0,
			   m->queues);
		show_counters(s, &m->stats.total);
		show_name(s, m->name);
	}
	dream_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(models);

static int policy_show(struct seq_file *s, void *unused)
{
	const struct dream_policy_ops *const *ops;
	const struct dream_param *p;

	dream_lock();
	for (ops = dream_policies; *ops; ops++)
		seq_printf(s, "%c %-16s %s\n",
			   *ops == dream_arb.policy ? '*' : ' ', (*ops)->name,
			   (*ops)->doc);
	seq_printf(s, "\nready %u  decisions %llu  decision ns %llu  evaluations %llu\n\n",
		   dream_arb.state.job_count, dream_arb.decisions,
		   dream_arb.decision_ns, dream_arb.evaluations);
	for (p = dream_param_table; p < dream_param_table + DREAM_PARAM_COUNT; p++)
		seq_printf(s, "%-16s %llu / %u %s  [%llu, %llu]  %s\n",
			   p->desc->name, p->value, p->desc->scale, p->desc->unit,
			   p->desc->min, p->desc->max, p->desc->doc);
	dream_unlock();
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(policy);

/**
 * dream_debugfs_init() - make the files
 *
 * The module works without them, so a failure is none.
 *
 * Context: process context, may sleep.
 */
void dream_debugfs_init(void)
{
	dir = debugfs_create_dir("dream", NULL);
	debugfs_create_file("accels", 0444, dir, NULL, &accels_fops);
	debugfs_create_file("queues", 0444, dir, NULL, &queues_fops);
	debugfs_create_file("models", 0444, dir, NULL, &models_fops);
	debugfs_create_file("policy", 0444, dir, NULL, &policy_fops);
}

/**
 * dream_debugfs_exit() - remove the files
 *
 * Context: process context, may sleep.
 */
void dream_debugfs_exit(void)
{
	debugfs_remove(dir);
}
