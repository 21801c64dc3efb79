// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Quotas
 *
 * Whoever may open /dev/dream can make the kernel hold memory and time. So
 * queues, jobs, buffers and model tables are counted for each user, over all open
 * files and sockets, against limits that are parameters of the module. A limit
 * of the process (RLIMIT_*) was not taken: a user can have many processes.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "user.h"

static u64 limits[DREAM_QUOTA_COUNT] = {
	[DREAM_QUOTA_QUEUES] = 2048,
	[DREAM_QUOTA_JOBS] = 32768,
	[DREAM_QUOTA_BUFFERS] = 256ULL << 20,
	[DREAM_QUOTA_MODELS] = 256,
	[DREAM_QUOTA_ROWS] = 1 << 17,
	[DREAM_QUOTA_JOB_BYTES] = 256ULL << 20,
};

module_param_named(queues_max, limits[DREAM_QUOTA_QUEUES], ullong, 0644);
MODULE_PARM_DESC(queues_max, "most open queues of one user");
module_param_named(jobs_max, limits[DREAM_QUOTA_JOBS], ullong, 0644);
MODULE_PARM_DESC(jobs_max, "most jobs of one user that are open or unread");
module_param_named(buffer_bytes_max, limits[DREAM_QUOTA_BUFFERS], ullong, 0644);
MODULE_PARM_DESC(buffer_bytes_max, "most buffer memory of one user, in bytes");
module_param_named(models_max, limits[DREAM_QUOTA_MODELS], ullong, 0644);
MODULE_PARM_DESC(models_max, "most models of one user");
module_param_named(model_rows_max, limits[DREAM_QUOTA_ROWS], ullong, 0644);
MODULE_PARM_DESC(model_rows_max, "most rows in the models of one user");
module_param_named(job_bytes_max, limits[DREAM_QUOTA_JOB_BYTES], ullong, 0644);
MODULE_PARM_DESC(job_bytes_max, "most memory for jobs of one user, in bytes");

/* Protects the list of users. */
static DEFINE_SPINLOCK(users_lock);
static LIST_HEAD(users);

static struct dream_user *look_up(kuid_t uid)
{
	struct dream_user *user;

	lockdep_assert_held(&users_lock);
	list_for_each_entry(user, &users, node)
		if (uid_eq(user->uid, uid) && refcount_inc_not_zero(&user->refs))
			return user;
	return NULL;
}

/**
 * dream_user_get() - find or make the account of a user
 * @uid: user id
 *
 * Context: process context, may sleep.
 * Return: the account with a reference, or NULL without memory.
 */
struct dream_user *dream_user_get(kuid_t uid)
{
	struct dream_user *user, *other;

	user = kzalloc(sizeof(*user), GFP_KERNEL);
	if (!user)
		return NULL;
	refcount_set(&user->refs, 1);
	user->uid = uid;

	spin_lock(&users_lock);
	other = look_up(uid);
	if (!other)
		list_add(&user->node, &users);
	spin_unlock(&users_lock);

	if (!other)
		return user;
	kfree(user);
	return other;
}

/**
 * dream_user_put() - give a reference back
 * @user: account
 *
 * Context: process context.
 */
void dream_user_put(struct dream_user *user)
{
	bool last;

	spin_lock(&users_lock);
	last = refcount_dec_and_test(&user->refs);
	if (last)
		list_del(&user->node);
	spin_unlock(&users_lock);
	if (last)
		kfree(user);
}

/**
 * dream_user_limit() - how much a user may take
 * @quota: of what
 *
 * Context: any.
 * Return: the limit.
 */
u64 dream_user_limit(enum dream_quota quota)
{
	return READ_ONCE(limits[quota]);
}

/**
 * dream_user_charge() - count something for a user
 * @user: account
 * @quota: what
 * @amount: how much
 *
 * Context: any.
 * Return: 0, or -EDQUOT and nothing is counted.
 */
int dream_user_charge(struct dream_user *user, enum dream_quota quota, u64 amount)
{
	s64 limit = min_t(u64, dream_user_limit(quota), S64_MAX);
	s64 used = atomic64_read(&user->used[quota]);

	do {
		if (amount > limit || used > limit - (s64)amount)
			return -EDQUOT;
	} while (!atomic64_try_cmpxchg(&user->used[quota], &used, used + amount));
	return 0;
}

/**
 * dream_user_uncharge() - take back what dream_user_charge() has counted
 * @user: account
 * @quota: what
 * @amount: how much
 *
 * Context: any.
 */
void dream_user_uncharge(struct dream_user *user, enum dream_quota quota,
			 u64 amount)
{
	atomic64_sub(amount, &user->used[quota]);
}
