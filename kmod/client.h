/* SPDX-License-Identifier: GPL-2.0 */
/* An open file of /dev/dream. */
#ifndef _DREAM_CLIENT_H
#define _DREAM_CLIENT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <uapi/linux/dream.h>

#include "dream_accel.h"

struct dream_user;
struct eventfd_ctx;
struct pid;

/**
 * struct dream_record - completion record of one job
 * @node: in &dream_client.records; record lock
 * @c: what user space reads
 *
 * Made at submit, so that the end of a job needs no memory.
 */
struct dream_record {
	struct list_head node;
	struct dream_completion c;
};

/**
 * struct dream_waiter - somebody in DREAM_IOCTL_WAIT
 * @node: in &dream_queue.waiters; arbiter's lock
 * @seqno: job waited for, or the last one of all jobs
 * @all: every job up to @seqno
 * @left: jobs that have to end; arbiter's lock; read without it for the wake-up
 */
struct dream_waiter {
	struct list_head node;
	u64 seqno;
	bool all;
	u32 left;
};

/**
 * struct dream_client - an open file
 * @refs: references: the file, queues
 * @node: in the arbiter's list of clients; arbiter's lock
 * @id: number, for fdinfo; constant
 * @user: account; constant
 * @pid: process that opened it; constant
 * @lock: protects @buffers and @queues and keeps submits in order; taken outside of
 *	the arbiter's lock. Page faults can happen under it
 * @buffers: handle -> struct dream_buffer; @lock
 * @queues: handle -> struct dream_queue; @lock
 * @next_buffer: where the search for a buffer handle begins: a handle is not soon
 *	used again; @lock
 * @next_queue: the same for queues: records name them; @lock
 * @record_lock: protects the rest; inside of every lock but a slot lock
 * @records: unread records
 * @record_count: number of entries of @records
 * @in_flight: jobs that have been accepted and have not ended
 * @eventfd: signalled for each record, or NULL
 * @closed: the file is closed: records have no reader
 * @wait: woken for each record and each waiter that is done
 * @accel_ns: time on each accelerator; arbiter's lock
 */
struct dream_client {
	struct kref refs;
	struct list_head node;
	u64 id;
	struct dream_user *user;
	struct pid *pid;
	struct mutex lock;	/* see above */
	struct xarray buffers;
	struct xarray queues;
	u32 next_buffer;
	u32 next_queue;
	spinlock_t record_lock;	/* see above */
	struct list_head records;
	u32 record_count;
	u32 in_flight;
	struct eventfd_ctx *eventfd;
	bool closed;
	wait_queue_head_t wait;
	u64 accel_ns[DREAM_ACCEL_MAX];
};

void dream_client_put(struct dream_client *c);
void dream_client_deliver(struct dream_client *c, struct dream_record *rec);
int dream_chardev_init(void);
void dream_chardev_exit(void);

#endif
