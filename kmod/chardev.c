// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: /dev/dream
 *
 * The front end for those who submit work. It checks what user space says, turns
 * handles into objects and calls the arbiter; uapi/linux/dream.h documents every
 * call. Each open file is a client with handles of its own. What a client has
 * lives on until its last job has left the devices; closing the file never waits.
 */
#include <linux/capability.h>
#include <linux/eventfd.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "arbiter.h"
#include "buffer.h"
#include "client.h"
#include "job.h"
#include "user.h"

/* A buffer's offset for mmap() is its handle, shifted by that. */
#define MMAP_SHIFT	32
/* Longest period and relative deadline. */
#define PERIOD_MAX	(3600ULL * NSEC_PER_SEC)
#define DEPTH_MAX	4096
#define WEIGHT_MAX	10000
/* More than that takes from others, and needs a right. */
#define WEIGHT_DEFAULT	100
#define DROP_WINDOW	10

/* ---------------------------------------------------------------- clients */

static void client_release(struct kref *refs)
{
	struct dream_client *c = container_of(refs, struct dream_client, refs);

	xa_destroy(&c->buffers);
	xa_destroy(&c->queues);
	put_pid(c->pid);
	dream_user_put(c->user);
	kfree(c);
}

/**
 * dream_client_put() - give a reference back
 * @c: client
 *
 * Context: process context.
 */
void dream_client_put(struct dream_client *c)
{
	kref_put(&c->refs, client_release);
}

static void free_record(struct dream_client *c, struct dream_record *rec)
{
	kfree(rec);
	dream_user_uncharge(c->user, DREAM_QUOTA_JOBS, 1);
}

/**
 * dream_client_deliver() - hand the record of a job that has ended to its reader
 * @c: client
 * @rec: record; gone afterwards, as far as the caller is concerned
 *
 * Context: process context, arbiter's lock held.
 */
void dream_client_deliver(struct dream_client *c, struct dream_record *rec)
{
	spin_lock(&c->record_lock);
	c->in_flight--;
	if (c->closed) {
		free_record(c, rec);
	} else {
		list_add_tail(&rec->node, &c->records);
		c->record_count++;
		if (c->eventfd)
			eventfd_signal(c->eventfd);
	}
	spin_unlock(&c->record_lock);
	wake_up_all(&c->wait);
}

static int dream_open(struct inode *inode, struct file *file)
{
	static atomic64_t last_id;
	struct dream_client *c;

	c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	if (!c)
		return -ENOMEM;
	c->user = dream_user_get(current_fsuid());
	if (!c->user) {
		kfree(c);
		return -ENOMEM;
	}
	kref_init(&c->refs);
	c->id = atomic64_inc_return(&last_id);
	c->pid = get_pid(task_tgid(current));
	mutex_init(&c->lock);
	xa_init_flags(&c->buffers, XA_FLAGS_ALLOC1);
	xa_init_flags(&c->queues, XA_FLAGS_ALLOC1);
	spin_lock_init(&c->record_lock);
	INIT_LIST_HEAD(&c->records);
	init_waitqueue_head(&c->wait);

	dream_lock();
	list_add_tail(&c->node, &dream_arb.clients);
	dream_unlock();
	file->private_data = c;
	return nonseekable_open(inode, file);
}

static int dream_release(struct inode *inode, struct file *file)
{
	struct dream_client *c = file->private_data;
	struct dream_record *rec, *next;
	struct eventfd_ctx *eventfd;
	struct dream_buffer *buf;
	struct dream_queue *q;
	unsigned long handle;
	LIST_HEAD(unread);

	spin_lock(&c->record_lock);
	c->closed = true;
	eventfd = c->eventfd;
	c->eventfd = NULL;
	list_splice_init(&c->records, &unread);
	spin_unlock(&c->record_lock);
	if (eventfd)
		eventfd_ctx_put(eventfd);
	list_for_each_entry_safe(rec, next, &unread, node)
		free_record(c, rec);

	dream_lock();
	list_del(&c->node);
	xa_for_each(&c->queues, handle, q) {
		dream_queue_close(q);
		dream_queue_put(q);
	}
	dream_arbiter_run();
	dream_unlock();

	xa_for_each(&c->buffers, handle, buf)
		dream_buffer_put(buf);
	dream_client_put(c);
	return 0;
}

/* ------------------------------------------------------------------ query */

static bool good_stride(u32 stride, size_t size)
{
	return stride >= size && !(stride % 8) && stride <= PAGE_SIZE;
}

/* Write element @i of an array; what user space knows beyond @size is zeroed. */
static int store(u64 base, u32 stride, u32 i, const void *src, size_t size)
{
	void __user *to = u64_to_user_ptr(base + (u64)stride * i);

	if (copy_to_user(to, src, size) ||
	    (stride > size && clear_user(to + size, stride - size)))
		return -EFAULT;
	return 0;
}

static int query_info(struct dream_query *args)
{
	struct dream_info info = {
		.uapi_major = DREAM_UAPI_MAJOR,
		.uapi_minor = DREAM_UAPI_MINOR,
		.caps = DREAM_CAP_GATES | DREAM_CAP_CASCADES | DREAM_CAP_VARIANTS,
		.queues_max = min_t(u64, dream_user_limit(DREAM_QUOTA_QUEUES), U32_MAX),
		.jobs_max = min_t(u64, dream_user_limit(DREAM_QUOTA_JOBS), U32_MAX),
		.buffer_bytes_max = dream_user_limit(DREAM_QUOTA_BUFFERS),
	};
	u32 id, room = args->count;

	if (!good_stride(args->stride, sizeof(info)))
		return -EINVAL;
	dream_lock();
	for (id = 0; id < DREAM_ACCEL_MAX; id++)
		info.accel_count += !!dream_accel_by_id(id);
	dream_unlock();
	args->count = 1;
	return room ? store(args->data, args->stride, 0, &info, sizeof(info)) : 0;
}

static int query_accels(struct dream_query *args)
{
	struct dream_accel_info *info;
	u32 id, n = 0, room = args->count, i;
	int ret = 0;

	if (!good_stride(args->stride, sizeof(*info)))
		return -EINVAL;
	info = kcalloc(DREAM_ACCEL_MAX, sizeof(*info), GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	dream_lock();
	for (id = 0; id < DREAM_ACCEL_MAX; id++)
		if (dream_accel_by_id(id))
			dream_accel_fill_info(dream_accel_by_id(id), &info[n++]);
	dream_unlock();
	for (i = 0; i < min(n, room) && !ret; i++)
		ret = store(args->data, args->stride, i, &info[i], sizeof(*info));
	args->count = n;
	kfree(info);
	return ret;
}

static int ioctl_query(struct dream_client *c, void *data)
{
	struct dream_query *args = data;

	if (args->flags)
		return -EINVAL;
	switch (args->type) {
	case DREAM_QUERY_INFO:
		return query_info(args);
	case DREAM_QUERY_ACCELS:
		return query_accels(args);
	}
	return -EINVAL;
}

/* ---------------------------------------------------------------- buffers */

static int ioctl_buffer_create(struct dream_client *c, void *data)
{
	struct dream_buffer_create *args = data;
	struct dream_buffer *buf;
	int ret;

	if (!args->size || args->flags || args->handle || args->mmap_offset)
		return -EINVAL;
	buf = dream_buffer_new(c->user, args->size);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	args->size = buf->size;
	if (mutex_lock_killable(&c->lock)) {
		dream_buffer_put(buf);
		return -EINTR;
	}
	ret = xa_alloc_cyclic(&c->buffers, &args->handle, buf, xa_limit_31b,
			      &c->next_buffer, GFP_KERNEL_ACCOUNT);
	mutex_unlock(&c->lock);
	if (ret < 0) {
		dream_buffer_put(buf);
		return ret;
	}
	args->mmap_offset = (u64)args->handle << MMAP_SHIFT;
	return 0;
}

static int ioctl_buffer_free(struct dream_client *c, void *data)
{
	struct dream_buffer_free *args = data;
	struct dream_buffer *buf;

	if (args->pad)
		return -EINVAL;
	if (mutex_lock_killable(&c->lock))
		return -EINTR;
	buf = xa_erase(&c->buffers, args->handle);
	mutex_unlock(&c->lock);
	if (!buf)
		return -ENOENT;
	dream_buffer_put(buf);
	return 0;
}

/*
 * The mmap lock is held here, and page faults under the client's lock take it: so
 * the client's lock must not be taken.
 */
static int dream_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct dream_client *c = file->private_data;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct dream_buffer *buf;
	int ret;

	if (offset & (BIT_ULL(MMAP_SHIFT) - 1))
		return -EINVAL;
	xa_lock(&c->buffers);
	buf = xa_load(&c->buffers, offset >> MMAP_SHIFT);
	if (buf)
		dream_buffer_get(buf);
	xa_unlock(&c->buffers);
	if (!buf)
		return -ENOENT;
	ret = dream_buffer_mmap(buf, vma);
	dream_buffer_put(buf);
	return ret;
}

/* ----------------------------------------------------------------- queues */

static int check_queue(const struct dream_queue_create *args)
{
	if (args->flags || args->pad || args->handle || args->id)
		return -EINVAL;
	if (args->period_ns > PERIOD_MAX || !args->deadline_ns ||
	    args->deadline_ns > PERIOD_MAX)
		return -EINVAL;
	if (args->depth > DEPTH_MAX || args->weight > WEIGHT_MAX)
		return -EINVAL;
	if (args->drop_cap > DROP_WINDOW &&
	    args->drop_cap != DREAM_DROP_CAP_DEFAULT)
		return -EINVAL;
	if (args->variant_max >= DREAM_VARIANTS_MAX &&
	    args->variant_max != DREAM_VARIANT_ANY)
		return -EINVAL;
	if (strnlen(args->name, sizeof(args->name)) == sizeof(args->name))
		return -EINVAL;
	if (args->weight > WEIGHT_DEFAULT && !capable(CAP_SYS_NICE))
		return -EACCES;
	return 0;
}

static int ioctl_queue_create(struct dream_client *c, void *data)
{
	struct dream_queue_create *args = data;
	struct dream_queue *q, *parent = NULL;
	int ret;

	ret = check_queue(args);
	if (ret)
		return ret;
	if (mutex_lock_killable(&c->lock))
		return -EINTR;
	ret = -ENOENT;
	if (args->parent) {
		parent = xa_load(&c->queues, args->parent);
		if (!parent)
			goto out;
	}

	dream_lock();
	q = dream_queue_new(c, args, parent);
	dream_unlock();
	ret = PTR_ERR_OR_ZERO(q);
	if (ret)
		goto out;
	ret = xa_alloc_cyclic(&c->queues, &args->handle, q, xa_limit_31b,
			      &c->next_queue, GFP_KERNEL_ACCOUNT);
	if (ret < 0) {
		dream_lock();
		dream_queue_put(q);
		dream_unlock();
		goto out;
	}
	ret = 0;
	q->handle = args->handle;
	args->id = q->p.id;
out:
	mutex_unlock(&c->lock);
	return ret;
}

static int ioctl_queue_destroy(struct dream_client *c, void *data)
{
	struct dream_queue_destroy *args = data;
	struct dream_queue *q;

	if (args->pad)
		return -EINVAL;
	if (mutex_lock_killable(&c->lock))
		return -EINTR;
	q = xa_erase(&c->queues, args->handle);
	if (q) {
		dream_lock();
		dream_queue_close(q);
		dream_queue_put(q);
		dream_arbiter_run();
		dream_unlock();
	}
	mutex_unlock(&c->lock);
	return q ? 0 : -ENOENT;
}

/* ------------------------------------------------------------- jobs' ends */

static int ioctl_submit(struct dream_client *c, void *data)
{
	return dream_submit_ioctl(c, data);
}

static int ioctl_cancel(struct dream_client *c, void *data)
{
	struct dream_cancel *args = data;
	struct dream_queue *q;
	struct dream_job *job;
	int ret = -ENOENT;

	if (args->flags || args->pad || args->cancelled)
		return -EINVAL;
	if (mutex_lock_killable(&c->lock))
		return -EINTR;
	q = xa_load(&c->queues, args->queue);
	if (!q || args->seqno > q->last_seqno)
		goto out;

	ret = 0;
	dream_lock();
	if (args->seqno) {
		job = dream_job_find(q, args->seqno);
		if (job && dream_job_cancel(job, DREAM_REASON_USER))
			args->cancelled = 1;
		dream_jobs_drain();
	} else {
		dream_jobs_cancel(q, DREAM_REASON_USER, &args->cancelled);
	}
	dream_arbiter_run();
	dream_unlock();
out:
	mutex_unlock(&c->lock);
	return ret;
}

/* How long to sleep until an absolute time; 0: it has come. */
static ktime_t remaining(u64 until)
{
	u64 now = ktime_get_ns();

	return until > now ? ns_to_ktime(min_t(u64, until - now, KTIME_MAX)) : 0;
}

static int ioctl_wait(struct dream_client *c, void *data)
{
	struct dream_wait *args = data;
	struct dream_waiter w = { .seqno = args->seqno, .all = !args->seqno };
	struct dream_queue *q;
	int ret = 0;

	if (args->flags)
		return -EINVAL;
	if (mutex_lock_killable(&c->lock))
		return -EINTR;
	q = xa_load(&c->queues, args->queue);
	if (!q || args->seqno > q->last_seqno) {
		mutex_unlock(&c->lock);
		return -ENOENT;
	}
	dream_lock();
	/* The client's lock is held: nobody is in the middle of a submit. */
	w.left = w.all ? q->waiting + q->released : !!dream_job_find(q, w.seqno);
	if (w.all)
		w.seqno = q->last_seqno;
	list_add_tail(&w.node, &q->waiters);
	dream_queue_get(q);
	dream_unlock();
	mutex_unlock(&c->lock);

	if (READ_ONCE(w.left) && !remaining(args->timeout_ns))
		ret = -ETIME;
	else if (READ_ONCE(w.left))
		ret = wait_event_interruptible_hrtimeout(c->wait,
							 !READ_ONCE(w.left),
							 remaining(args->timeout_ns));

	dream_lock();
	list_del(&w.node);
	dream_queue_put(q);
	dream_unlock();
	return ret == -ERESTARTSYS ? -EINTR : ret;
}

/* Are there enough records, or can there never be? */
static bool reap_ready(struct dream_client *c, u32 want)
{
	bool ready;

	spin_lock(&c->record_lock);
	ready = c->record_count >= want || c->record_count + c->in_flight < want;
	spin_unlock(&c->record_lock);
	return ready;
}

static int reap_wait(struct dream_client *c, const struct dream_reap *args)
{
	ktime_t left = remaining(args->timeout_ns);

	if (!args->timeout_ns)
		return wait_event_interruptible(c->wait,
						reap_ready(c, args->min_count));
	if (!left)
		return reap_ready(c, args->min_count) ? 0 : -ETIME;
	return wait_event_interruptible_hrtimeout(c->wait,
						  reap_ready(c, args->min_count),
						  left);
}

static struct dream_record *take_record(struct dream_client *c)
{
	struct dream_record *rec;

	spin_lock(&c->record_lock);
	rec = list_first_entry_or_null(&c->records, struct dream_record, node);
	if (rec) {
		list_del(&rec->node);
		c->record_count--;
	}
	spin_unlock(&c->record_lock);
	return rec;
}

static void return_record(struct dream_client *c, struct dream_record *rec)
{
	spin_lock(&c->record_lock);
	list_add(&rec->node, &c->records);
	c->record_count++;
	spin_unlock(&c->record_lock);
	wake_up_all(&c->wait);
}

static bool enough_jobs(struct dream_client *c, u32 want)
{
	bool enough;

	spin_lock(&c->record_lock);
	enough = c->record_count + c->in_flight >= want;
	spin_unlock(&c->record_lock);
	return enough;
}

static int ioctl_reap(struct dream_client *c, void *data)
{
	struct dream_reap *args = data;
	struct dream_record *rec;
	u32 n, room = args->count;
	int ret;

	if (args->flags || !room || args->min_count > room ||
	    (args->timeout_ns && !args->min_count) ||
	    !good_stride(args->stride, sizeof(rec->c)))
		return -EINVAL;
again:
	ret = 0;
	if (args->min_count && !enough_jobs(c, args->min_count))
		return -ENODATA;
	if (args->min_count)
		ret = reap_wait(c, args);

	for (n = 0; n < room; n++) {
		rec = take_record(c);
		if (!rec)
			break;
		if (store(args->records, args->stride, n, &rec->c, sizeof(rec->c))) {
			return_record(c, rec);
			ret = -EFAULT;
			break;
		}
		free_record(c, rec);
	}
	if (n) {
		args->count = n;
		/* Others may wait for more than there can be now. */
		wake_up_all(&c->wait);
		return 0;
	}
	/* Another reader was faster. */
	if (!ret && args->min_count)
		goto again;
	args->count = 0;
	return ret == -ERESTARTSYS ? -EINTR : ret;
}

static int ioctl_eventfd(struct dream_client *c, void *data)
{
	struct dream_eventfd *args = data;
	struct eventfd_ctx *ctx = NULL, *old;

	if (args->flags || args->fd < -1)
		return -EINVAL;
	if (args->fd >= 0) {
		ctx = eventfd_ctx_fdget(args->fd);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
	}
	spin_lock(&c->record_lock);
	old = c->eventfd;
	c->eventfd = ctx;
	spin_unlock(&c->record_lock);
	if (old)
		eventfd_ctx_put(old);
	return 0;
}

static __poll_t dream_poll(struct file *file, struct poll_table_struct *table)
{
	struct dream_client *c = file->private_data;

	poll_wait(file, &c->wait, table);
	return READ_ONCE(c->record_count) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* --------------------------------------------------------------- dispatch */

/**
 * struct call - an ioctl
 * @cmd: its number, with the size that this kernel knows
 * @min_size: first published size of the argument
 * @fn: what it does; gets a copy of the argument and changes it
 */
struct call {
	u32 cmd;
	u32 min_size;
	int (*fn)(struct dream_client *c, void *data);
};

#define CALL(name, type, func) \
	[_IOC_NR(DREAM_IOCTL_##name)] = { \
		.cmd = DREAM_IOCTL_##name, \
		.min_size = sizeof(struct type), \
		.fn = func, \
	}

static const struct call calls[] = {
	CALL(QUERY, dream_query, ioctl_query),
	CALL(BUFFER_CREATE, dream_buffer_create, ioctl_buffer_create),
	CALL(BUFFER_FREE, dream_buffer_free, ioctl_buffer_free),
	CALL(QUEUE_CREATE, dream_queue_create, ioctl_queue_create),
	CALL(QUEUE_DESTROY, dream_queue_destroy, ioctl_queue_destroy),
	CALL(SUBMIT, dream_submit, ioctl_submit),
	CALL(REAP, dream_reap, ioctl_reap),
	CALL(WAIT, dream_wait, ioctl_wait),
	CALL(CANCEL, dream_cancel, ioctl_cancel),
	CALL(EVENTFD, dream_eventfd, ioctl_eventfd),
};

/* Everything but the size says which call it is. */
#define IDENTITY(cmd)	((cmd) & ~(_IOC_SIZEMASK << _IOC_SIZESHIFT))

static const struct call *find_call(unsigned int cmd)
{
	u32 nr = _IOC_NR(cmd);

	if (nr >= ARRAY_SIZE(calls))
		return NULL;
	nr = array_index_nospec(nr, ARRAY_SIZE(calls));
	return IDENTITY(cmd) == IDENTITY(calls[nr].cmd) ? &calls[nr] : NULL;
}

static long dream_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	u64 data[sizeof(struct dream_queue_create) / sizeof(u64)];
	const struct call *call = find_call(cmd);
	void __user *user = (void __user *)arg;
	size_t size, user_size = _IOC_SIZE(cmd);
	bool out;
	int ret;

	BUILD_BUG_ON(sizeof(data) < sizeof(struct dream_submit));
	if (!call)
		return -ENOTTY;
	if (user_size < call->min_size)
		return -EINVAL;
	size = _IOC_SIZE(call->cmd);
	ret = copy_struct_from_user(data, size, user, user_size);
	if (ret)
		return ret;

	/* What cannot be answered must not happen. */
	size = min(size, user_size);
	out = _IOC_DIR(cmd) & _IOC_READ;
	if (out && copy_to_user(user, data, size))
		return -EFAULT;

	ret = call->fn(file->private_data, data);
	if ((!ret || call->fn == ioctl_submit) && out &&
	    copy_to_user(user, data, size))
		return -EFAULT;
	return ret;
}

/* Keys of Documentation/gpu/drm-usage-stats.rst, which tools like nvtop read. */
static void dream_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct dream_client *c = file->private_data;
	u64 bytes = 0;
	struct dream_buffer *buf;
	unsigned long handle;
	u32 id;

	xa_lock(&c->buffers);
	xa_for_each(&c->buffers, handle, buf)
		bytes += buf->size;
	xa_unlock(&c->buffers);

	seq_puts(m, "drm-driver:\tdream\n");
	seq_printf(m, "drm-client-id:\t%llu\n", c->id);
	seq_printf(m, "drm-total-memory:\t%llu KiB\n", bytes >> 10);
	dream_lock();
	for (id = 0; id < DREAM_ACCEL_MAX; id++)
		if (dream_accel_by_id(id))
			seq_printf(m, "drm-engine-%s:\t%llu ns\n",
				   dream_accel_by_id(id)->name, c->accel_ns[id]);
	dream_unlock();
}

static const struct file_operations dream_fops = {
	.owner = THIS_MODULE,
	.open = dream_open,
	.release = dream_release,
	.unlocked_ioctl = dream_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = dream_mmap,
	.poll = dream_poll,
	.show_fdinfo = dream_show_fdinfo,
};

static struct miscdevice dream_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "dream",
	.fops = &dream_fops,
	.mode = 0666,
};

/**
 * dream_chardev_init() - register /dev/dream
 *
 * Context: process context, at load.
 * Return: 0 or a negative errno.
 */
int dream_chardev_init(void)
{
	return misc_register(&dream_misc);
}

/**
 * dream_chardev_exit() - take /dev/dream away
 *
 * Context: process context, at unload.
 */
void dream_chardev_exit(void)
{
	misc_deregister(&dream_misc);
}
