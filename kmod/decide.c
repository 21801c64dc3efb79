// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: What is done next
 *
 * dream_decide() is the whole of a decision: the mechanisms that DREAM puts beside
 * its score (variants of supernets, frames given up), and then the policy. The
 * mechanisms are the same under every policy, so that policies can be compared.
 * The arbiter and the simulator call it in a loop and do what it says. Pure.
 */
#include "policy.h"

/* A violation moves its average by 1/2^5 of the difference. */
#define VIOLATION_SHIFT	5
/* Frames of a queue among which drops are counted. */
#define DROP_WINDOW	10

/**
 * dream_violation() - average of the frames that were not met
 * @average: average so far, 1/65536
 * @violated: whether another one was missed or dropped
 *
 * Context: any. Pure.
 * Return: the average with that frame, 1/65536.
 */
u64 dream_violation(u64 average, bool violated)
{
	u64 sample = violated ? DREAM_ONE : 0;

	/* Rounded towards the sample, so that 0 and 1 are reached. */
	if (sample > average)
		return average + ((sample - average + (1 << VIOLATION_SHIFT) - 1) >>
				  VIOLATION_SHIFT);
	return average - ((average - sample + (1 << VIOLATION_SHIFT) - 1) >>
			  VIOLATION_SHIFT);
}

/**
 * dream_set_variant() - let a job run another variant
 * @job: job that has not started
 * @variant: variant
 *
 * Context: any. Pure.
 */
void dream_set_variant(struct dream_pjob *job, u32 variant)
{
	job->variant = variant;
	job->path = &job->paths[variant];
}

/**
 * dream_choose_variant() - choose the variant of a supernet by the load
 * @st: state
 * @job: job that has not started
 *
 * The heaviest variant v whose expected time to go fits the slack under the present
 * load, else the lightest one that is allowed (DREAM, "Supernet switching"):
 *
 *   ToGo(v) * max(1, active / N) <= Slack
 *
 * with N accelerators and the frames that are active now. Both sides are
 * multiplied by N; 47 bits of time times 32 bits of frames saturate.
 *
 * Context: any. Pure.
 */
void dream_choose_variant(const struct dream_state *st, struct dream_pjob *job)
{
	u32 lightest = min(job->variants - 1, job->queue->variant_max);
	s64 slack = dream_slack(st->now_ns, job->deadline_ns);
	u32 n = max_t(u32, st->accel_count, 1);
	u32 load = max(st->active, n);
	u32 v;

	for (v = 0; v < lightest; v++)
		if (slack > 0 &&
		    dream_sat_mul(job->paths[v].layer[0].rest_mean, load) <=
		    dream_sat_mul((u64)slack, n))
			break;
	dream_set_variant(job, v);
}

static u64 min_to_go(const struct dream_pjob *job)
{
	return job->path->layer[job->layer].rest_min;
}

static bool hopeless(const struct dream_state *st, const struct dream_pjob *job)
{
	s64 slack = dream_slack(st->now_ns, job->deadline_ns);

	return slack <= 0 || min_to_go(job) > (u64)slack;
}

/* Is the job expected to miss, at the mean speed of the accelerators? */
static bool will_miss(const struct dream_state *st, const struct dream_pjob *job)
{
	s64 slack = dream_slack(st->now_ns, job->deadline_ns);

	return slack <= 0 || job->path->layer[job->layer].rest_mean > (u64)slack;
}

/* Does it miss, or the one that waits behind it in its queue? */
static u32 misses_in_queue(const struct dream_state *st,
			   const struct dream_pjob *job)
{
	const struct dream_pjob *behind = job->queue->behind;

	return will_miss(st, job) + (behind && will_miss(st, behind));
}

/* How many active jobs are expected to miss. */
static u32 count_misses(const struct dream_state *st)
{
	u32 i, n = 0;

	for (i = 0; i < st->job_count; i++)
		n += misses_in_queue(st, st->jobs[i]);
	for (i = 0; i < st->running_count; i++)
		n += misses_in_queue(st, st->running[i]);
	return n;
}

static u32 recent_drops(const struct dream_pqueue *q)
{
	u32 i, n = 0;

	/* The frame in question is the last one of the window. */
	for (i = 0; i < DROP_WINDOW - 1; i++)
		n += q->drop_history >> i & 1;
	return n;
}

static bool below_cap(const struct dream_state *st, const struct dream_pqueue *q)
{
	u32 cap = q->drop_cap == U32_MAX ? st->params->drop_cap : q->drop_cap;

	return recent_drops(q) < cap;
}

/* @misses: active jobs that are expected to miss; one more than @job has to. */
static bool may_drop(const struct dream_state *st, const struct dream_pjob *job,
		     u32 misses)
{
	if (job->wanted || !hopeless(st, job))
		return false;
	if (st->params->drop == DREAM_DROP_HOPELESS)
		return job->queue->drop_cap == U32_MAX ||
		       below_cap(st, job->queue);
	return below_cap(st, job->queue) && misses > will_miss(st, job);
}

/* minToGo / Slack; a deadline in the past counts as the smallest slack. */
static u64 hopelessness(const struct dream_state *st, const struct dream_pjob *job)
{
	s64 slack = dream_slack(st->now_ns, job->deadline_ns);

	if (slack < (s64)DREAM_SLACK_MIN)
		slack = DREAM_SLACK_MIN;
	return dream_ratio(min_to_go(job), (u64)slack);
}

/**
 * dream_find_drop() - find a frame to give up
 * @st: state
 * @index: index of the ready job
 *
 * With DREAM_DROP_DREAM all four of DREAM's conditions hold: the frame cannot
 * finish even on the fastest accelerators; another active one is expected to miss
 * (CHOICE: by its mean time to go; of the frames that wait behind others in a queue,
 * the first is looked at); its queue's drops stay within the cap; nobody waits for
 * it. With DREAM_DROP_HOPELESS the first and the last, and the cap of a queue that has
 * one of its own. Among several, the one with the largest minToGo / Slack, then the
 * one released first. Time in proportion to the ready and running jobs.
 *
 * Context: any. Pure.
 * Return: false if there is none.
 */
bool dream_find_drop(const struct dream_state *st, u32 *index)
{
	u64 worst = 0, value;
	bool found = false;
	u32 j, misses;

	if (st->params->drop == DREAM_DROP_OFF)
		return false;
	misses = count_misses(st);
	for (j = 0; j < st->job_count; j++) {
		if (!may_drop(st, st->jobs[j], misses))
			continue;
		value = hopelessness(st, st->jobs[j]);
		if (found && (value < worst ||
			      (value == worst && st->jobs[j]->order >
			       st->jobs[*index]->order)))
			continue;
		*index = j;
		worst = value;
		found = true;
	}
	return found;
}

static bool any_free(const struct dream_state *st)
{
	u32 a;

	for (a = 0; a < st->accel_count; a++)
		if (st->accels[a]->free)
			return true;
	return false;
}

/**
 * dream_decide() - say what is to be done next
 * @ops: policy
 * @st: state
 * @action: what to do
 *
 * Settles the variants of the jobs that have not started, looks for a frame to
 * give up, then asks the policy.
 *
 * Context: any. Pure but for the variants and the policy's own fields.
 * Return: 0; -EAGAIN: nothing now; any other errno: the policy has failed.
 */
int dream_decide(const struct dream_policy_ops *ops, struct dream_state *st,
		 struct dream_action *action)
{
	u32 j;

	for (j = 0; j < st->job_count; j++) {
		if (st->jobs[j]->started)
			continue;
		if (st->params->supernet)
			dream_choose_variant(st, st->jobs[j]);
		else
			dream_set_variant(st->jobs[j], 0);
	}
	if (dream_find_drop(st, &action->drop)) {
		action->type = DREAM_ACTION_DROP;
		return 0;
	}
	if (!st->job_count || !any_free(st))
		return -EAGAIN;
	action->type = DREAM_ACTION_START;
	return dream_policy_pick(ops, st, &action->pick);
}
