// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Life of a job
 *
 *   WAITING --> RELEASED --> READY <--> RUNNING
 *      |           |           |           |
 *      +-----------+-----------+-----------+--> ENDED, one record
 *
 * A job waits for its dependencies, is released (from then on it is a frame, with
 * an arrival and a deadline), becomes ready when it is the first of its queue, and
 * alternates between ready and running, layer by layer, until end_job() is called
 * for it, once. The end of a job can release others or make them unwanted; those
 * that have to end for it are put on a list and ended one by one, so that a
 * long chain needs no deep stack.
 */
#include <linux/ktime.h>
#include <linux/slab.h>

#include "arbiter.h"
#include "event.h"
#include "job.h"
#include "model.h"
#include "trace.h"
#include "window.h"

static struct dream_counters *model_counters(const struct dream_queue *q)
{
	return q->model ? &q->model->stats.total : &dream_arb.no_model.total;
}

static void release_job(struct dream_job *job, u64 at);

/* The jobs of a queue are others: let the first one start, if it can. */
static void advance(struct dream_queue *q)
{
	struct dream_job *job = list_first_entry_or_null(&q->jobs,
							 struct dream_job, node);

	q->p.behind = NULL;
	if (!job)
		return;
	if (job->state == DREAM_JOB_RELEASED)
		dream_arbiter_ready(job);
	if (list_is_last(&job->node, &q->jobs))
		return;
	job = list_next_entry(job, node);
	if (job->state == DREAM_JOB_RELEASED)
		q->p.behind = &job->p;
}

static void count_end(struct dream_counters *n, const struct dream_completion *c,
		      bool was_released, bool late, u64 energy_max)
{
	n->reason[c->reason]++;
	n->layers += c->layers_run;
	n->accel_ns += c->accel_ns;
	n->energy_nj = dream_sat_add(n->energy_nj, c->energy_nj);
	n->skipped += c->skipped;
	if (!was_released) {
		n->unwanted++;
		return;
	}
	n->energy_max_nj = dream_sat_add(n->energy_max_nj, energy_max);
	switch (c->status) {
	case DREAM_STATUS_DONE:
		if (late)
			n->missed++;
		else
			n->met++;
		n->latency_ns += c->end_ns - min(c->release_ns, c->end_ns);
		n->variant_sum += c->variant;
		n->variant[c->variant]++;
		break;
	case DREAM_STATUS_DROPPED:
		n->dropped++;
		break;
	case DREAM_STATUS_CANCELLED:
		n->cancelled++;
		break;
	default:
		n->failed++;
	}
}

/* Tell the jobs that depend on @job, whose record is complete. */
static void settle_dependents(const struct dream_job *job)
{
	struct dream_dep *dep, *next;

	list_for_each_entry_safe(dep, next, &job->dependents, node) {
		struct dream_job *child = dep->job;

		list_del_init(&dep->node);
		child->deps_left--;
		if (job->rec->c.status != DREAM_STATUS_DONE)
			dream_job_cancel(child, DREAM_REASON_DEPENDENCY);
		else if (dep->flags & DREAM_DEP_IF_RESULT && !job->rec->c.result)
			dream_job_cancel(child, DREAM_REASON_NOT_WANTED);
		else if (!child->deps_left && !child->cancel &&
			 child->state == DREAM_JOB_WAITING)
			release_job(child, job->rec->c.end_ns);
	}
}

static void wake_waiters(struct dream_queue *q, u64 seqno)
{
	struct dream_waiter *w;

	list_for_each_entry(w, &q->waiters, node)
		if (w->seqno == seqno || (w->all && seqno < w->seqno))
			WRITE_ONCE(w->left, w->left - 1);
}

static void publish(const struct dream_job *job, bool late)
{
	const struct dream_completion *c = &job->rec->c;

	trace_dream_job_end(job->queue->p.id, job->seqno, c->status, c->reason,
			    c->release_ns, c->deadline_ns, c->variant);
	if (c->status == DREAM_STATUS_DROPPED)
		dream_event_job(DREAM_EVENT_TYPE_DROP, job, c->reason, 0);
	else if (c->status == DREAM_STATUS_FAILED)
		dream_event_job(DREAM_EVENT_TYPE_FAIL, job, c->reason, c->error);
	else if (c->status == DREAM_STATUS_DONE && late)
		dream_event_job(DREAM_EVENT_TYPE_MISS, job, c->reason,
				c->end_ns - c->deadline_ns);
}

/* The only place where a job ends. @job is gone afterwards. */
static void end_job(struct dream_job *job, enum dream_status status,
		    enum dream_reason reason, int error, u64 end_ns)
{
	struct dream_queue *q = job->queue;
	struct dream_completion *c = &job->rec->c;
	bool was_released = job->state != DREAM_JOB_WAITING;
	u64 energy_max = job->profile->path[0].energy_max;
	u64 age = q->entered_seqno - job->seqno;
	bool late;
	u32 i;

	if (job->state == DREAM_JOB_READY)
		dream_arbiter_unready(job);
	job->state = DREAM_JOB_ENDED;
	list_del(&job->node);
	list_del_init(&job->end_node);
	xa_erase(&q->by_seqno, job->seqno);
	if (was_released) {
		q->released--;
		dream_arb.state.active--;
	} else {
		q->waiting--;
	}

	c->status = status;
	c->reason = reason;
	c->error = error;
	c->variant = job->p.variant;
	c->end_ns = end_ns;
	late = c->deadline_ns && end_ns > c->deadline_ns;
	c->flags = late ? DREAM_COMPLETION_LATE : 0;
	if (status == DREAM_STATUS_DONE && age < DREAM_DEP_HISTORY) {
		q->done_history |= BIT_ULL(age);
		if (c->result)
			q->result_history |= BIT_ULL(age);
	}
	count_end(&q->counters, c, was_released, late, energy_max);
	count_end(model_counters(q), c, was_released, late, energy_max);
	publish(job, late);
	if (was_released && (status == DREAM_STATUS_DONE ||
			     status == DREAM_STATUS_DROPPED)) {
		q->p.drop_history = q->p.drop_history << 1 |
				    (status == DREAM_STATUS_DROPPED);
		dream_arbiter_frame_ended(job, late ||
					  status == DREAM_STATUS_DROPPED);
	}

	for (i = 0; i < job->dep_count; i++)
		list_del_init(&job->deps[i].node);
	settle_dependents(job);
	wake_waiters(q, job->seqno);
	dream_client_deliver(q->client, job->rec);
	job->rec = NULL;
	advance(q);
	dream_job_free(job);
}

/* The dependencies of a job have ended, or it has none: it is a frame from @at on. */
static void release_job(struct dream_job *job, u64 at)
{
	struct dream_queue *q = job->queue;
	struct dream_completion *c = &job->rec->c;
	bool full = false;

	if (job->dep_count) {
		q->waiting--;
		full = q->released >= q->depth;
		q->released++;
	}
	dream_arb.state.active++;
	job->p.order = ++dream_arb.order;
	job->p.release_ns = job->release_ns ? job->release_ns : at;
	job->p.deadline_ns = job->deadline_ns ? job->deadline_ns :
			     job->p.release_ns + q->p.deadline_ns;
	job->p.prev_end_ns = job->p.release_ns;
	job->p.last_accel = DREAM_NO_ACCEL;
	job->p.plan = DREAM_NO_ACCEL;
	job->p.paths = job->profile->path;
	job->p.variants = job->variants;
	dream_set_variant(&job->p, 0);
	job->state = DREAM_JOB_RELEASED;
	c->release_ns = job->p.release_ns;
	c->deadline_ns = job->p.deadline_ns;

	dream_profile_refresh(job->profile, 0);
	q->counters.released++;
	model_counters(q)->released++;
	dream_window_open();
	trace_dream_job_release(q->p.id, job->seqno, q->model ? q->model->id : 0,
				job->p.release_ns, job->p.deadline_ns);

	if (full)
		end_job(job, DREAM_STATUS_DROPPED, DREAM_REASON_QUEUE_FULL, 0, at);
	else
		advance(q);
}

/**
 * dream_jobs_drain() - end the jobs that have been cancelled
 *
 * Context: process context, arbiter's lock held.
 */
void dream_jobs_drain(void)
{
	struct dream_job *job;

	dream_assert_locked();
	while ((job = list_first_entry_or_null(&dream_arb.ending,
					       struct dream_job, end_node)))
		end_job(job, DREAM_STATUS_CANCELLED, job->cancel, 0,
			ktime_get_ns());
}

/**
 * dream_job_cancel() - cancel a job
 * @job: job that has not ended
 * @reason: why
 *
 * A running job ends when its layer has ended, one that is being submitted after
 * it has entered its queue; others end at the next dream_jobs_drain().
 *
 * Context: process context, arbiter's lock held.
 * Return: false if the job has been cancelled before.
 */
bool dream_job_cancel(struct dream_job *job, enum dream_reason reason)
{
	dream_assert_locked();
	if (job->cancel)
		return false;
	job->cancel = reason;
	if (job->state != DREAM_JOB_NEW && job->state != DREAM_JOB_RUNNING)
		list_add_tail(&job->end_node, &dream_arb.ending);
	return true;
}

/**
 * dream_jobs_cancel() - cancel all jobs of a queue
 * @q: queue
 * @reason: why
 * @count: jobs that are cancelled by this call are added; may be NULL
 *
 * Context: process context, arbiter's lock held.
 */
void dream_jobs_cancel(struct dream_queue *q, enum dream_reason reason, u32 *count)
{
	struct dream_job *job;

	dream_assert_locked();
	list_for_each_entry(job, &q->jobs, node)
		if (dream_job_cancel(job, reason) && count)
			(*count)++;
	dream_jobs_drain();
}

/**
 * dream_job_find() - look for a job that has not ended
 * @q: its queue
 * @seqno: its number
 *
 * Context: process context, arbiter's lock held.
 * Return: the job, or NULL.
 */
struct dream_job *dream_job_find(struct dream_queue *q, u64 seqno)
{
	dream_assert_locked();
	return xa_load(&q->by_seqno, seqno);
}

/**
 * dream_job_enter() - hand a job over to its queue
 * @job: job; its number is given and its place in the queue is reserved
 *
 * Call dream_jobs_drain() after the last one.
 *
 * Context: process context, arbiter's lock held.
 */
void dream_job_enter(struct dream_job *job)
{
	struct dream_queue *q = job->queue;
	u64 now = ktime_get_ns();

	dream_assert_locked();
	list_add_tail(&job->node, &q->jobs);
	q->entered_seqno = job->seqno;
	q->done_history <<= 1;
	q->result_history <<= 1;
	job->rec->c.seqno = job->seqno;
	job->rec->c.queued_ns = now;
	q->counters.submitted++;
	model_counters(q)->submitted++;
	job->state = DREAM_JOB_WAITING;
	trace_dream_job_submit(q->p.id, job->seqno);
	if (job->cancel)
		list_add_tail(&job->end_node, &dream_arb.ending);
	else if (!job->deps_left)
		release_job(job, now);
}

/* Where the job goes on behind layer @l, whose result is @result. */
static u32 next_layer(struct dream_job *job, u32 l, u32 result)
{
	u32 target = job->p.path->layer[l].gate_target;

	if (!target)
		return l + 1;
	if (job->queue->teaches)
		dream_profile_gate_sample(job->profile, job->p.variant, l, result);
	if (!result)
		return l + 1;
	job->rec->c.skipped += target - l - 1;
	return target;
}

/**
 * dream_job_layer_done() - the running layer of a job has ended
 * @job: job
 * @res: what the device says
 * @end_ns: when
 * @accel_ns: time on the accelerator
 *
 * Context: process context, arbiter's lock held.
 */
void dream_job_layer_done(struct dream_job *job, const struct dream_cmd_result *res,
			  u64 end_ns, u64 accel_ns)
{
	struct dream_completion *c = &job->rec->c;

	dream_assert_locked();
	c->accel_ns += accel_ns;
	c->energy_nj = dream_sat_add(c->energy_nj, res->energy_nj);
	if (!res->error) {
		c->layers_run++;
		c->result = res->result;
		job->p.layer = next_layer(job, job->p.layer, res->result);
		job->p.prev_end_ns = end_ns;
	}
	if (job->cancel)
		end_job(job, DREAM_STATUS_CANCELLED, job->cancel, 0, end_ns);
	else if (res->error)
		end_job(job, DREAM_STATUS_FAILED, DREAM_REASON_DEVICE, res->error,
			end_ns);
	else if (job->p.layer >= dream_job_layers(job))
		end_job(job, DREAM_STATUS_DONE, DREAM_REASON_NONE, 0, end_ns);
	else
		dream_arbiter_ready(job);
	dream_jobs_drain();
}

/**
 * dream_job_drop() - give a frame up
 * @job: ready job
 *
 * Context: process context, arbiter's lock held.
 */
void dream_job_drop(struct dream_job *job)
{
	dream_assert_locked();
	end_job(job, DREAM_STATUS_DROPPED, DREAM_REASON_HOPELESS, 0,
		ktime_get_ns());
	dream_jobs_drain();
}

/**
 * dream_job_fail() - a job has failed
 * @job: job that is not with a device any more
 * @reason: why
 * @error: negative errno
 * @end_ns: when
 *
 * Context: process context, arbiter's lock held.
 */
void dream_job_fail(struct dream_job *job, enum dream_reason reason, int error,
		    u64 end_ns)
{
	dream_assert_locked();
	end_job(job, DREAM_STATUS_FAILED, reason, error, end_ns);
	dream_jobs_drain();
}
