/* SPDX-License-Identifier: GPL-2.0 */
/* What one user has taken, and how much a user may take. */
#ifndef _DREAM_USER_H
#define _DREAM_USER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/uidgid.h>

/**
 * enum dream_quota - what is counted for each user
 * @DREAM_QUOTA_QUEUES: open queues
 * @DREAM_QUOTA_JOBS: jobs that have not ended or whose record is unread
 * @DREAM_QUOTA_BUFFERS: bytes of buffer memory
 * @DREAM_QUOTA_MODELS: models
 * @DREAM_QUOTA_ROWS: rows in the tables of models
 * @DREAM_QUOTA_JOB_BYTES: bytes of commands, ranges and dependencies of jobs
 * @DREAM_QUOTA_COUNT: number of quotas
 */
enum dream_quota {
	DREAM_QUOTA_QUEUES,
	DREAM_QUOTA_JOBS,
	DREAM_QUOTA_BUFFERS,
	DREAM_QUOTA_MODELS,
	DREAM_QUOTA_ROWS,
	DREAM_QUOTA_JOB_BYTES,
	DREAM_QUOTA_COUNT
};

/**
 * struct dream_user - a user who has something open
 * @node: in the list of users; list lock
 * @refs: references
 * @uid: user id
 * @used: what the user has taken
 */
struct dream_user {
	struct list_head node;
	refcount_t refs;
	kuid_t uid;
	atomic64_t used[DREAM_QUOTA_COUNT];
};

struct dream_user *dream_user_get(kuid_t uid);
void dream_user_put(struct dream_user *user);
u64 dream_user_limit(enum dream_quota quota);
int dream_user_charge(struct dream_user *user, enum dream_quota quota, u64 amount);
void dream_user_uncharge(struct dream_user *user, enum dream_quota quota,
			 u64 amount);

#endif
