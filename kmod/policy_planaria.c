// SPDX-License-Identifier: GPL-2.0
/*
 * Policy planaria: how many accelerators a job needs decides who comes first
 * (Planaria, Ghodrati et al., MICRO 2020).
 *
 *   minDevices(j) = the fewest accelerators on which j makes its slack
 *   all fit (the sum of minDevices <= N):	value(j) = weight / ToGo
 *   they do not:				value(j) = weight / (Slack * minDevices)
 *
 * The larger value goes first, on the idle accelerator that executes the next layer
 * fastest. Jobs that cannot make it on all N come last, by order of release.
 *
 * CHOICE: Planaria splits one array among jobs, and a job grows faster with its
 * share. Here a device is an accelerator and a layer is not split, so more devices
 * mean a better choice for each layer. On a single one, whichever, the job takes
 * ToGo; on all N it takes minToGo; in between, the time is taken to fall in equal
 * steps:
 *
 *   T(k) = minToGo + (ToGo - minToGo) * (N - k) / (N - 1) <= Slack
 *
 * CHOICE: spare accelerators go by weight over the time that remains. The sum counts
 * the jobs that are running, too.
 *
 * Scale: value is in 2^-47 of weight / ns. With weight <= 2^14, times <= 2^47 and
 * floored at 2^10 (about 1 us), N <= 2^6, it lies between 2^-6 and 2^51; below 1
 * it is 0 and the order of release decides.
 *
 * It serves jobs that need little first and gives up those that cannot be saved, so
 * that most jobs meet their deadlines in overload; big jobs pay. No energy.
 */
#include "policy.h"

/* Below every value. */
#define CANNOT_MAKE_IT	(-1LL)

/* The fewest accelerators on which @job makes its slack; 0: not even on all. */
static u32 min_devices(const struct dream_state *st, const struct dream_pjob *job)
{
	const struct dream_path_layer *pl = &job->path->layer[job->layer];
	s64 slack = dream_slack(st->now_ns, job->deadline_ns);
	u64 spare;

	if (slack <= 0 || pl->rest_min > (u64)slack)
		return 0;
	if (pl->rest_mean <= (u64)slack)
		return 1;
	/* N - k <= (Slack - minToGo) * (N - 1) / (ToGo - minToGo) */
	spare = div64_u64(((u64)slack - pl->rest_min) * (st->accel_count - 1),
			  pl->rest_mean - pl->rest_min);
	return st->accel_count - (u32)spare;
}

static bool all_fit(const struct dream_state *st)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < st->job_count; i++)
		sum += min_devices(st, st->jobs[i]);
	for (i = 0; i < st->running_count; i++)
		sum += min_devices(st, st->running[i]);
	return sum <= st->accel_count;
}

static s64 value(const struct dream_state *st, const struct dream_pjob *job, bool fit)
{
	u32 devices = min_devices(st, job);
	u64 time;

	if (!devices)
		return CANNOT_MAKE_IT;
	if (fit)
		time = job->path->layer[job->layer].rest_mean;
	else
		time = (u64)dream_slack(st->now_ns, job->deadline_ns) * devices;
	return (s64)div64_u64((u64)job->queue->weight << 47,
			      max(time, DREAM_SLACK_MIN));
}

static bool planaria_score(const struct dream_state *st,
			   const struct dream_pjob *job,
			   const struct dream_paccel *accel, s64 *score)
{
	*score = value(st, job, all_fit(st));
	return true;
}

static int planaria_pick(struct dream_state *st, struct dream_pick *pick)
{
	bool fit = all_fit(st);
	u32 j;

	for (j = 0; j < st->job_count; j++)
		st->scratch[j].key = value(st, st->jobs[j], fit);
	return dream_pick_job(st, pick);
}

const struct dream_policy_ops dream_policy_planaria = {
	.name = "planaria",
	.doc = "weight over slack and accelerators needed, hopeless jobs last",
	.pick = planaria_pick,
	.score = planaria_score,
};
