// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Submit
 *
 * A submit has three steps, so that all of its jobs are accepted, or none:
 *
 *   parse    every job is read from user space and built, with copies of its
 *            commands and references to its buffers
 *   reserve  under the arbiter's lock: places in the queues are taken, numbers are
 *            given, dependencies are tied
 *   enter    the numbers have been written to user space; the jobs go to their
 *            queues
 *
 * Between the last two the arbiter's lock is dropped, because a write to user
 * space can wait for user space for ever. The client's lock is held throughout, so
 * nobody else can take numbers in between. If the write fails, the reservation is
 * taken back.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "arbiter.h"
#include "buffer.h"
#include "client.h"
#include "job.h"
#include "model.h"
#include "params.h"
#include "user.h"

/* Most bytes of commands of one job. */
#define CMD_BYTES_MAX	SZ_4M

/**
 * struct batch - the jobs of one call
 * @client: open file
 * @jobs: jobs; NULL from the place on where parsing has stopped
 * @count: number of entries
 * @bad: index of the job that is to blame
 */
struct batch {
	struct dream_client *client;
	struct dream_job **jobs;
	u32 count;
	u32 bad;
};

/* Element @i of an array in user space, of which the kernel knows @size bytes. */
static int fetch(void *dst, size_t size, u64 base, u32 stride, u32 i)
{
	u64 addr;

	if (check_add_overflow(base, (u64)stride * i, &addr))
		return -EFAULT;
	return copy_struct_from_user(dst, size, u64_to_user_ptr(addr), stride);
}

static bool good_stride(u32 stride, size_t size)
{
	return stride >= size && !(stride % 8) && stride <= PAGE_SIZE;
}

static bool aligned(u64 value)
{
	return !(value % 8);
}

/* Does [offset, offset + length) lie in the buffer? */
static int check_extent(const struct dream_buffer *buf, u64 offset, u64 length)
{
	u64 end;

	if (check_add_overflow(offset, length, &end) || end > buf->size)
		return -ERANGE;
	return 0;
}

static int parse_range(struct dream_client *client, struct dream_job *job, u32 i,
		       const struct dream_job_range *r)
{
	struct dream_buffer *buf;
	int ret;

	if (!r->flags || r->flags & ~(DREAM_RANGE_IN | DREAM_RANGE_OUT) ||
	    !aligned(r->offset) || !aligned(r->length) || !r->length)
		return -EINVAL;
	buf = xa_load(&client->buffers, r->buffer);
	if (!buf)
		return -ENOENT;
	ret = check_extent(buf, r->offset, r->length);
	if (ret)
		return ret;

	dream_buffer_get(buf);
	job->buffers[i] = buf;
	job->ranges[i].vaddr = buf->vaddr + r->offset;
	job->ranges[i].len = r->length;
	job->ranges[i].flags = r->flags;
	return 0;
}

static int parse_ranges(struct dream_client *client, struct dream_job *job,
			const struct dream_job_submit *args)
{
	struct dream_job_range r;
	int ret;
	u32 i;

	if (!args->range_count)
		return args->ranges || args->range_stride ? -EINVAL : 0;
	if (args->range_count > DREAM_RANGES_MAX ||
	    !good_stride(args->range_stride, sizeof(r)))
		return -EINVAL;
	job->ranges = kcalloc(args->range_count, sizeof(*job->ranges),
			      GFP_KERNEL_ACCOUNT);
	job->buffers = kcalloc(args->range_count, sizeof(*job->buffers),
			       GFP_KERNEL_ACCOUNT);
	if (!job->ranges || !job->buffers)
		return -ENOMEM;
	job->range_count = args->range_count;
	for (i = 0; i < args->range_count; i++) {
		ret = fetch(&r, sizeof(r), args->ranges, args->range_stride, i);
		if (!ret)
			ret = parse_range(client, job, i, &r);
		if (ret)
			return ret;
	}
	return 0;
}

/* Check a layer against its buffer and its neighbours, and note where it goes. */
static int parse_layer(struct dream_client *client, struct dream_job *job, u32 i,
		       const struct dream_job_layer *l, u32 *bytes)
{
	struct dream_buffer *buf;
	int ret;

	if (l->pad || !aligned(l->offset) || !l->size ||
	    l->size > DREAM_CMD_SIZE_MAX || l->variant >= DREAM_VARIANTS_MAX)
		return -EINVAL;
	/* Variants come in order, from 0, without a gap. */
	if (i ? l->variant != job->variants - 1 && l->variant != job->variants :
		l->variant != 0)
		return -EINVAL;
	if (l->variant == job->variants)
		job->first[job->variants++] = i;
	if (i - job->first[l->variant] >= DREAM_LAYERS_MAX)
		return -EINVAL;
	job->first[job->variants] = i + 1;

	buf = xa_load(&client->buffers, l->buffer);
	if (!buf)
		return -ENOENT;
	ret = check_extent(buf, l->offset, l->size);
	if (ret)
		return ret;
	job->layers[i].offset = *bytes;
	job->layers[i].size = l->size;
	*bytes += ALIGN(l->size, 8);
	return *bytes > CMD_BYTES_MAX ? -EINVAL : 0;
}

/* The device executes a copy, which user space cannot change any more. */
static int copy_commands(struct dream_client *client, struct dream_job *job,
			 const struct dream_job_layer *l, u32 count, u32 bytes)
{
	u32 i;

	job->cmd_data = kvzalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!job->cmd_data)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		struct dream_buffer *buf = xa_load(&client->buffers, l[i].buffer);

		memcpy(job->cmd_data + job->layers[i].offset,
		       buf->vaddr + l[i].offset, l[i].size);
	}
	return 0;
}

static int parse_layers(struct dream_client *client, struct dream_job *job,
			const struct dream_job_submit *args, u32 *bytes)
{
	struct dream_job_layer *l;
	int ret = 0;
	u32 i;

	if (!args->layer_count ||
	    args->layer_count > DREAM_LAYERS_MAX * DREAM_VARIANTS_MAX ||
	    !good_stride(args->layer_stride, sizeof(*l)))
		return -EINVAL;
	l = kvmalloc_array(args->layer_count, sizeof(*l), GFP_KERNEL_ACCOUNT);
	job->layers = kvcalloc(args->layer_count, sizeof(*job->layers),
			       GFP_KERNEL_ACCOUNT);
	if (!l || !job->layers)
		ret = -ENOMEM;
	for (i = 0; i < args->layer_count && !ret; i++) {
		ret = fetch(&l[i], sizeof(l[i]), args->layers, args->layer_stride, i);
		if (!ret)
			ret = parse_layer(client, job, i, &l[i], bytes);
	}
	if (!ret)
		ret = copy_commands(client, job, l, args->layer_count, *bytes);
	kvfree(l);
	return ret;
}

static int parse_dep(struct dream_client *client, struct dream_dep *dep,
		     const struct dream_job_dep *d, u32 index)
{
	struct dream_queue *q;

	if (d->flags & ~(DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT))
		return -EINVAL;
	if (d->flags & DREAM_DEP_IF_RESULT && !dream_param(DREAM_PARAM_CASCADES))
		return -EOPNOTSUPP;
	dep->flags = d->flags;
	dep->seqno = d->seqno;
	if (d->flags & DREAM_DEP_IN_CALL)
		return d->queue || d->seqno >= index ? -EINVAL : 0;
	q = xa_load(&client->queues, d->queue);
	if (!q || !d->seqno || d->seqno > q->last_seqno)
		return -ENOENT;
	/* The client's lock keeps the queue; see tie_dep(). */
	dep->queue = q;
	return 0;
}

static int parse_deps(struct dream_client *client, struct dream_job *job,
		      const struct dream_job_submit *args, u32 index)
{
	struct dream_job_dep d;
	int ret;
	u32 i;

	if (!args->dep_count)
		return args->deps || args->dep_stride ? -EINVAL : 0;
	if (args->dep_count > DREAM_DEPS_MAX ||
	    !good_stride(args->dep_stride, sizeof(d)))
		return -EINVAL;
	job->deps = kcalloc(args->dep_count, sizeof(*job->deps),
			    GFP_KERNEL_ACCOUNT);
	if (!job->deps)
		return -ENOMEM;
	job->dep_count = args->dep_count;
	for (i = 0; i < args->dep_count; i++) {
		INIT_LIST_HEAD(&job->deps[i].node);
		job->deps[i].job = job;
	}
	for (i = 0; i < args->dep_count; i++) {
		ret = fetch(&d, sizeof(d), args->deps, args->dep_stride, i);
		if (!ret)
			ret = parse_dep(client, &job->deps[i], &d, index);
		if (ret)
			return ret;
	}
	return 0;
}

static int check_times(const struct dream_job_submit *args)
{
	if (args->deadline_ns > S64_MAX || args->release_ns > ktime_get_ns())
		return -EINVAL;
	if (args->release_ns && args->dep_count)
		return -EINVAL;
	if (args->deadline_ns && args->deadline_ns < args->release_ns)
		return -EINVAL;
	return 0;
}

/* Read job @index of the call and build it. */
static int parse_job(struct dream_client *client, struct dream_job *job,
		     const struct dream_job_submit *args, u32 index)
{
	struct dream_completion *c = &job->rec->c;
	u32 cmd_bytes = 0;
	u64 bytes;
	int ret;

	if (args->flags || args->seqno)
		return -EINVAL;
	ret = check_times(args);
	if (ret)
		return ret;
	job->queue = xa_load(&client->queues, args->queue);
	if (!job->queue)
		return -ENOENT;
	job->p.queue = &job->queue->p;
	job->deadline_ns = args->deadline_ns;
	job->release_ns = args->release_ns;
	c->user_data = args->user_data;
	c->queue = args->queue;

	ret = parse_layers(client, job, args, &cmd_bytes);
	if (!ret)
		ret = parse_ranges(client, job, args);
	if (!ret)
		ret = parse_deps(client, job, args, index);
	if (ret)
		return ret;
	bytes = sizeof(*job) + sizeof(*job->rec) + cmd_bytes +
		args->layer_count * sizeof(*job->layers) +
		job->range_count * (sizeof(*job->ranges) + sizeof(*job->buffers)) +
		job->dep_count * sizeof(*job->deps);
	ret = dream_user_charge(client->user, DREAM_QUOTA_JOB_BYTES, bytes);
	if (!ret)
		job->bytes = bytes;
	return ret;
}

static struct dream_job *alloc_job(void)
{
	struct dream_job *job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);

	if (!job)
		return NULL;
	job->rec = kzalloc(sizeof(*job->rec), GFP_KERNEL_ACCOUNT);
	if (!job->rec) {
		kfree(job);
		return NULL;
	}
	INIT_LIST_HEAD(&job->end_node);
	INIT_LIST_HEAD(&job->dependents);
	job->state = DREAM_JOB_NEW;
	return job;
}

/* Free what belongs to the job alone. */
static void free_parts(struct dream_job *job)
{
	u32 i;

	for (i = 0; i < job->range_count; i++)
		if (job->buffers[i])
			dream_buffer_put(job->buffers[i]);
	kfree(job->deps);
	kfree(job->buffers);
	kfree(job->ranges);
	kvfree(job->cmd_data);
	kvfree(job->layers);
	kfree(job->rec);
	kfree(job);
}

/**
 * dream_job_free() - free a job that has ended
 * @job: job
 *
 * Context: process context, arbiter's lock held.
 */
void dream_job_free(struct dream_job *job)
{
	struct dream_queue *q = job->queue;

	dream_assert_locked();
	dream_user_uncharge(q->user, DREAM_QUOTA_JOB_BYTES, job->bytes);
	dream_profile_put(job->profile);
	free_parts(job);
	dream_queue_put(q);
}

/* ---------------------------------------------------------------- reserve */

/* The tables that the job is scheduled by; for a queue without a model, its own. */
static int choose_profile(struct dream_job *job)
{
	struct dream_queue *q = job->queue;
	struct dream_profile *p = q->model ? q->model->committed : q->learned;
	u32 layers[DREAM_VARIANTS_MAX], v;

	for (v = 0; v < job->variants; v++)
		layers[v] = job->first[v + 1] - job->first[v];

	if (q->model) {
		if (job->variants != p->variants)
			return -EINVAL;
		for (v = 0; v < job->variants; v++)
			if (layers[v] != dream_profile_layers(p, v))
				return -EINVAL;
	} else if (job->variants != 1) {
		return -EINVAL;
	} else if (!p || dream_profile_layers(p, 0) != layers[0]) {
		p = dream_profile_new(q->user, 1, layers);
		if (IS_ERR(p))
			return PTR_ERR(p);
		if (q->learned)
			dream_profile_put(q->learned);
		q->learned = p;
	}
	dream_profile_get(p);
	job->profile = p;
	return 0;
}

/* Tie a dependency to the job that has to end first, or settle it if that has. */
static int tie_dep(struct batch *b, struct dream_job *job, struct dream_dep *dep)
{
	struct dream_job *first;
	u64 age;

	if (dep->flags & DREAM_DEP_IN_CALL) {
		first = b->jobs[dep->seqno];
	} else {
		first = dream_job_find(dep->queue, dep->seqno);
		if (!first) {
			age = dep->queue->entered_seqno - dep->seqno;
			if (age >= DREAM_DEP_HISTORY)
				return -ESTALE;
			if (!(dep->queue->done_history & BIT_ULL(age)))
				job->cancel = DREAM_REASON_DEPENDENCY;
			else if (dep->flags & DREAM_DEP_IF_RESULT &&
				 !(dep->queue->result_history & BIT_ULL(age)))
				job->cancel = DREAM_REASON_NOT_WANTED;
			return 0;
		}
	}
	list_add_tail(&dep->node, &first->dependents);
	job->deps_left++;
	dep->queue = NULL;
	return 0;
}

static void unreserve(struct dream_job *job)
{
	struct dream_queue *q = job->queue;
	u32 i;

	for (i = 0; i < job->dep_count; i++)
		list_del_init(&job->deps[i].node);
	if (job->profile)
		dream_profile_put(job->profile);
	job->profile = NULL;
	if (job->dep_count)
		q->waiting--;
	else
		q->released--;
	xa_erase(&q->by_seqno, job->seqno);
	q->last_seqno--;
	dream_queue_put(q);
}

static int reserve(struct batch *b, struct dream_job *job)
{
	struct dream_queue *q = job->queue;
	int ret = 0;
	u32 i;

	for (i = 0; i < job->dep_count && !ret; i++)
		ret = tie_dep(b, job, &job->deps[i]);

	if (!job->dep_count && q->released >= q->depth)
		ret = -EAGAIN;
	dream_queue_get(q);
	if (job->dep_count)
		q->waiting++;
	else
		q->released++;
	job->seqno = ++q->last_seqno;
	if (!ret)
		ret = choose_profile(job);
	if (!ret)
		ret = xa_err(xa_store(&q->by_seqno, job->seqno, job,
				      GFP_KERNEL_ACCOUNT));
	if (ret)
		unreserve(job);
	return ret;
}

/* Take back the reservations of jobs [0, n), the last one first. */
static void unreserve_all(struct batch *b, u32 n)
{
	while (n--)
		unreserve(b->jobs[n]);
}

static int reserve_all(struct batch *b)
{
	int ret;
	u32 i;

	for (i = 0; i < b->count; i++) {
		ret = reserve(b, b->jobs[i]);
		if (ret) {
			b->bad = i;
			unreserve_all(b, i);
			return ret;
		}
	}
	return 0;
}

/* ------------------------------------------------------------------ enter */

static int write_seqnos(const struct batch *b, const struct dream_submit *args)
{
	u32 i;

	for (i = 0; i < b->count; i++) {
		u64 addr = args->jobs + (u64)args->job_stride * i +
			   offsetof(struct dream_job_submit, seqno);

		if (put_user(b->jobs[i]->seqno, (u64 __user *)u64_to_user_ptr(addr)))
			return -EFAULT;
	}
	return 0;
}

static void enter_all(struct batch *b)
{
	u32 i;

	spin_lock(&b->client->record_lock);
	b->client->in_flight += b->count;
	spin_unlock(&b->client->record_lock);

	for (i = 0; i < b->count; i++)
		dream_job_enter(b->jobs[i]);
	dream_jobs_drain();
	dream_arbiter_run();
}

static int parse_all(struct batch *b, const struct dream_submit *args)
{
	struct dream_job_submit ja;
	int ret;
	u32 i;

	for (i = 0; i < b->count; i++) {
		b->bad = i;
		ret = fetch(&ja, sizeof(ja), args->jobs, args->job_stride, i);
		if (ret)
			return ret;
		b->jobs[i] = alloc_job();
		if (!b->jobs[i])
			return -ENOMEM;
		ret = parse_job(b->client, b->jobs[i], &ja, i);
		if (ret)
			return ret;
	}
	b->bad = U32_MAX;
	return 0;
}

static int submit(struct batch *b, const struct dream_submit *args)
{
	int ret = parse_all(b, args);

	if (ret)
		return ret;

	dream_lock();
	ret = reserve_all(b);
	dream_unlock();
	if (ret)
		return ret;

	ret = write_seqnos(b, args);

	dream_lock();
	if (ret)
		unreserve_all(b, b->count);
	else
		enter_all(b);
	dream_unlock();
	return ret;
}

static void free_batch(struct batch *b)
{
	u32 i;

	for (i = 0; i < b->count && b->jobs[i]; i++) {
		dream_user_uncharge(b->client->user, DREAM_QUOTA_JOB_BYTES,
				    b->jobs[i]->bytes);
		free_parts(b->jobs[i]);
	}
	dream_user_uncharge(b->client->user, DREAM_QUOTA_JOBS, b->count);
}

/**
 * dream_submit_ioctl() - DREAM_IOCTL_SUBMIT
 * @client: open file
 * @args: argument; @bad_job is set
 *
 * Context: process context, may sleep.
 * Return: 0, or the errno that uapi/linux/dream.h documents.
 */
int dream_submit_ioctl(struct dream_client *client, struct dream_submit *args)
{
	struct batch b = { .client = client, .count = args->job_count };
	int ret;

	if (args->flags || args->pad || args->pad2 || args->bad_job)
		return -EINVAL;
	args->bad_job = U32_MAX;
	if (!args->job_count || args->job_count > DREAM_SUBMIT_JOBS_MAX ||
	    !good_stride(args->job_stride, sizeof(struct dream_job_submit)))
		return -EINVAL;
	b.bad = U32_MAX;
	b.jobs = kcalloc(b.count, sizeof(*b.jobs), GFP_KERNEL_ACCOUNT);
	if (!b.jobs)
		return -ENOMEM;
	ret = dream_user_charge(client->user, DREAM_QUOTA_JOBS, b.count);
	if (ret)
		goto out;

	ret = mutex_lock_killable(&client->lock);
	if (!ret) {
		ret = submit(&b, args);
		mutex_unlock(&client->lock);
	}
	args->bad_job = b.bad;
	if (ret)
		free_batch(&b);
out:
	kfree(b.jobs);
	return ret;
}
