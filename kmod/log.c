// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Log of decisions
 *
 * A ring that keeps the last decisions with every term of the chosen pair and of the
 * best pair that was not chosen, so that somebody who asks later why a layer ran
 * where and when it did gets the numbers of that moment. The length is a parameter
 * of the module. The arbiter's lock protects it.
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "accel.h"
#include "arbiter.h"
#include "job.h"
#include "log.h"
#include "trace.h"

static unsigned int log_entries = 8192;
module_param(log_entries, uint, 0444);
MODULE_PARM_DESC(log_entries, "decisions that are remembered, 1 to 1048576");

static struct dream_decision *ring;
static u64 last;

static struct dream_decision *entry(u64 number)
{
	u32 index;

	div_u64_rem(number, log_entries, &index);
	return &ring[index];
}

/**
 * dream_log_init() - make the log
 *
 * Context: process context, at load.
 * Return: 0, -EINVAL (length out of range) or -ENOMEM.
 */
int dream_log_init(void)
{
	if (!log_entries || log_entries > 1 << 20) {
		pr_err("log_entries is out of range\n");
		return -EINVAL;
	}
	ring = vcalloc(log_entries, sizeof(*ring));
	return ring ? 0 : -ENOMEM;
}

/**
 * dream_log_exit() - free the log
 *
 * Context: process context, at unload.
 */
void dream_log_exit(void)
{
	vfree(ring);
}

/**
 * dream_line_fill() - describe a pair of job and accelerator
 * @line: description
 * @st: state
 * @job: index of the job in @st
 * @accel: index of the accelerator in @st
 * @score: score under the policy
 *
 * Context: process context, arbiter's lock held.
 */
void dream_line_fill(struct dream_line *line, const struct dream_state *st,
		     u32 job, u32 accel, s64 score)
{
	const struct dream_pjob *pj = st->jobs[job];
	const struct dream_paccel *pa = st->accels[accel];
	const struct dream_job *j = container_of(pj, struct dream_job, p);

	line->queue = pj->queue->id;
	line->seqno = j->seqno;
	line->accel = pa->id;
	line->layer = pj->layer;
	line->variant = pj->variant;
	line->score = score;
	dream_job_terms(st, pj, pa, &line->terms);
	line->to_go_ns = pj->path->layer[pj->layer].rest_mean;
	line->min_to_go_ns = pj->path->layer[pj->layer].rest_min;
	line->slack_ns = dream_slack(st->now_ns, pj->deadline_ns);
	line->lat_ns = dream_path_lat(pj->path, pj->layer, pa->cls);
	line->energy_nj = dream_path_energy(pj->path, pj->layer, pa->cls);
}

/**
 * dream_log_add() - remember a decision
 * @st: what it was made on
 * @pick: the decision
 *
 * Context: process context, arbiter's lock held.
 * Return: its number.
 */
u64 dream_log_add(const struct dream_state *st, const struct dream_pick *pick)
{
	struct dream_decision *d = entry(++last);
	u32 a;

	dream_assert_locked();
	d->number = last;
	d->now_ns = st->now_ns;
	d->end_ns = 0;
	d->policy = dream_arb.policy;
	d->candidates = st->job_count;
	d->idle = 0;
	for (a = 0; a < st->accel_count; a++)
		d->idle += !!st->accels[a]->free;
	dream_line_fill(&d->chosen, st, pick->best.job, pick->best.accel,
			pick->best.score);
	d->has_second = pick->has_second;
	if (d->has_second)
		dream_line_fill(&d->second, st, pick->second.job,
				pick->second.accel, pick->second.score);
	trace_dream_decision(d);
	return last;
}

/**
 * dream_log_end() - the layer of a decision has ended
 * @number: number of the decision
 * @end_ns: when
 *
 * Context: process context, arbiter's lock held.
 */
void dream_log_end(u64 number, u64 end_ns)
{
	struct dream_decision *d = entry(number);

	dream_assert_locked();
	if (d->number == number)
		d->end_ns = end_ns;
}

/**
 * dream_log_next() - walk the log
 * @number: first number to look at, 0 at first; set to that of the decision found
 *
 * Context: process context, arbiter's lock held.
 * Return: the decision, or NULL behind the last one.
 */
const struct dream_decision *dream_log_next(u64 *number)
{
	u64 oldest = last > log_entries ? last - log_entries + 1 : 1;

	dream_assert_locked();
	*number = max(*number, oldest);
	return *number <= last ? entry(*number) : NULL;
}
