/* SPDX-License-Identifier: GPL-2.0 */
/* Queues. */
#ifndef _DREAM_QUEUE_H
#define _DREAM_QUEUE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/xarray.h>

#include "policy.h"
#include "stats.h"

struct dream_client;
struct dream_model;
struct dream_profile;
struct dream_user;

/* Most ancestors of a queue. */
#define DREAM_PARENTS_MAX	8

/**
 * struct dream_queue - an accelerator command queue of one open file
 * @p: what policies see; its id is the queue's; arbiter's lock
 * @refs: references: the handle, jobs, children
 * @client: open file; constant
 * @user: account; constant
 * @handle: handle in @client; constant
 * @name: name for people; constant
 * @model: model, or NULL; constant
 * @learned: tables of a queue without a model, or NULL; arbiter's lock
 * @teaches: what its jobs are measured at corrects the model: it is the owner's, or
 *	there is no model; constant
 * @parent: parent queue, or NULL; arbiter's lock
 * @children: queues that have this one as @parent; arbiter's lock
 * @depth: most released jobs; constant
 * @jobs: jobs that have not ended, by number; arbiter's lock
 * @by_seqno: the same, and those that are being submitted, number -> job; arbiter's
 *	lock
 * @waiting: jobs that have not been released; arbiter's lock
 * @released: jobs that have been released and have not ended, with those that are
 *	being submitted; arbiter's lock
 * @last_seqno: number of the last job, also of one that is being submitted;
 *	written with the client's lock and the arbiter's
 * @entered_seqno: number of the last job that has entered @jobs; arbiter's lock
 * @done_history: bit n: job @entered_seqno - n got done; arbiter's lock
 * @result_history: bit n: and its result was not 0; arbiter's lock
 * @waiters: &struct dream_waiter; arbiter's lock
 * @counters: counters; arbiter's lock
 */
struct dream_queue {
	struct dream_pqueue p;
	struct kref refs;
	struct dream_client *client;
	struct dream_user *user;
	u32 handle;
	char name[DREAM_NAME_LEN];
	struct dream_model *model;
	struct dream_profile *learned;
	bool teaches;
	struct dream_queue *parent;
	u32 children;
	u32 depth;
	struct list_head jobs;
	struct xarray by_seqno;
	u32 waiting;
	u32 released;
	u64 last_seqno;
	u64 entered_seqno;
	u64 done_history;
	u64 result_history;
	struct list_head waiters;
	struct dream_counters counters;
};

struct dream_queue *dream_queue_new(struct dream_client *client,
				    const struct dream_queue_create *args,
				    struct dream_queue *parent);
void dream_queue_close(struct dream_queue *q);
void dream_queue_get(struct dream_queue *q);
void dream_queue_put(struct dream_queue *q);
struct dream_queue *dream_queue_by_id(u32 id);
struct dream_queue *dream_queue_next(u32 *id);

#endif
