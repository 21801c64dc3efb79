/* SPDX-License-Identifier: GPL-2.0 */
/* Jobs: from the submit to the completion record. */
#ifndef _DREAM_JOB_H
#define _DREAM_JOB_H

#include <linux/list.h>

#include "client.h"
#include "dream_accel.h"
#include "policy.h"
#include "queue.h"

struct dream_buffer;
struct dream_job;

/**
 * enum dream_job_state - where a job is on its way
 * @DREAM_JOB_NEW: being built, known to nobody else
 * @DREAM_JOB_WAITING: dependencies have not ended
 * @DREAM_JOB_RELEASED: released, an earlier job of the queue goes first
 * @DREAM_JOB_READY: first of its queue, its next layer can start
 * @DREAM_JOB_RUNNING: a layer is with an accelerator
 * @DREAM_JOB_ENDED: over
 */
enum dream_job_state {
	DREAM_JOB_NEW,
	DREAM_JOB_WAITING,
	DREAM_JOB_RELEASED,
	DREAM_JOB_READY,
	DREAM_JOB_RUNNING,
	DREAM_JOB_ENDED
};

/**
 * struct dream_dep - one dependency of a job
 * @node: in &dream_job.dependents of the job that has to end first; arbiter's lock
 * @job: the job that waits
 * @queue: queue of the other job, until the submit has tied the two; the client's
 *	lock keeps it. NULL with DREAM_DEP_IN_CALL
 * @seqno: the other job, or its index in the call
 * @flags: DREAM_DEP_*
 */
struct dream_dep {
	struct list_head node;
	struct dream_job *job;
	struct dream_queue *queue;
	u64 seqno;
	u32 flags;
};

/**
 * struct dream_layer_cmd - command of one layer
 * @offset: where it starts in &dream_job.cmd_data, a multiple of 8
 * @size: its length
 */
struct dream_layer_cmd {
	u32 offset;
	u32 size;
};

/**
 * struct dream_job - a job
 * @p: what policies see; arbiter's lock
 * @queue: its queue, with a reference; constant
 * @node: in &dream_queue.jobs; arbiter's lock
 * @end_node: in the list of jobs that are about to end; arbiter's lock
 * @state: where it is; arbiter's lock
 * @index: place in the arbiter's table of ready jobs, or of running ones;
 *	arbiter's lock
 * @seqno: number in the queue; constant after submit
 * @deadline_ns: as submitted, 0 for relative
 * @release_ns: as submitted, 0 for the time of release
 * @profile: tables, with a reference; constant after submit
 * @variants: variants that were submitted; constant
 * @first: index of the first layer of each variant in @layers
 * @layers: commands of the layers of all variants; constant
 * @cmd_data: the commands; constant
 * @ranges: ranges; constant
 * @buffers: buffer of each range, with a reference; constant
 * @range_count: number of ranges
 * @deps: dependencies; arbiter's lock
 * @dep_count: number of dependencies
 * @deps_left: dependencies that have not ended; arbiter's lock
 * @dependents: dependencies of other jobs on this one; arbiter's lock
 * @cancel: why it is to be cancelled, or 0; arbiter's lock
 * @prepared: &dream_arbiter.policy_epoch in which the policy has seen it;
 *	arbiter's lock
 * @bytes: memory charged to the user
 * @rec: its record
 */
struct dream_job {
	struct dream_pjob p;
	struct dream_queue *queue;
	struct list_head node;
	struct list_head end_node;
	enum dream_job_state state;
	u32 index;
	u64 seqno;
	u64 deadline_ns;
	u64 release_ns;
	struct dream_profile *profile;
	u32 variants;
	u32 first[DREAM_VARIANTS_MAX + 1];
	struct dream_layer_cmd *layers;
	void *cmd_data;
	struct dream_range *ranges;
	struct dream_buffer **buffers;
	u32 range_count;
	struct dream_dep *deps;
	u32 dep_count;
	u32 deps_left;
	struct list_head dependents;
	enum dream_reason cancel;
	u64 prepared;
	u64 bytes;
	struct dream_record *rec;
};

static inline u32 dream_job_layers(const struct dream_job *job)
{
	return job->first[job->p.variant + 1] - job->first[job->p.variant];
}

/* submit.c */
int dream_submit_ioctl(struct dream_client *client, struct dream_submit *args);
void dream_job_free(struct dream_job *job);

/* job.c; the caller holds the arbiter's lock */
void dream_job_enter(struct dream_job *job);
void dream_job_layer_done(struct dream_job *job, const struct dream_cmd_result *res,
			  u64 end_ns, u64 accel_ns);
void dream_job_fail(struct dream_job *job, enum dream_reason reason, int error,
		    u64 end_ns);
void dream_job_drop(struct dream_job *job);
bool dream_job_cancel(struct dream_job *job, enum dream_reason reason);
void dream_jobs_cancel(struct dream_queue *q, enum dream_reason reason,
		       u32 *count);
void dream_jobs_drain(void);
struct dream_job *dream_job_find(struct dream_queue *q, u64 seqno);

#endif
