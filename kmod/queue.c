// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Queues
 *
 * A queue belongs to one open file and runs its jobs in the order in which they
 * were submitted, one at a time; jobs of different queues run side by side. It
 * names the model whose profile its jobs use. A queue without a model has tables
 * of its own, which hold what has been measured.
 *
 * Only the owner of a model teaches it what its layers cost: other users of a
 * shared model could otherwise spoil it for each other.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <uapi/linux/dream_netlink.h>

#include "arbiter.h"
#include "client.h"
#include "job.h"
#include "model.h"
#include "queue.h"
#include "user.h"

/* The model may be used by this process: its own, a shared one, or by right. */
static int find_model(u32 id, struct dream_model **out)
{
	struct dream_model *m = id ? dream_model_by_id(id) : NULL;

	if (id && (!m || !m->committed))
		return -ENOENT;
	if (m && !uid_eq(m->uid, current_fsuid()) &&
	    !(m->flags & DREAM_MODEL_FLAGS_SHARED) && !capable(CAP_SYS_NICE))
		return -EACCES;
	*out = m;
	return 0;
}

static u32 parents(const struct dream_queue *q)
{
	u32 n = 0;

	for (; q; q = q->parent)
		n++;
	return n;
}

/**
 * dream_queue_new() - make a queue
 * @client: open file
 * @args: what user space wants; checked but for the parent
 * @parent: parent queue, or NULL
 *
 * Context: process context, arbiter's lock held.
 * Return: the queue with a reference, or an ERR_PTR: -ENOENT, -EACCES (model),
 * -EINVAL (too many parents), -EDQUOT, -ENOMEM.
 */
struct dream_queue *dream_queue_new(struct dream_client *client,
				    const struct dream_queue_create *args,
				    struct dream_queue *parent)
{
	struct dream_model *model;
	struct dream_queue *q;
	int ret;

	dream_assert_locked();
	ret = find_model(args->model, &model);
	if (ret)
		return ERR_PTR(ret);
	if (parents(parent) > DREAM_PARENTS_MAX)
		return ERR_PTR(-EINVAL);
	ret = dream_arbiter_reserve(dream_arb.queue_count + 1);
	if (ret)
		return ERR_PTR(ret);
	q = kzalloc(sizeof(*q), GFP_KERNEL_ACCOUNT);
	if (!q)
		return ERR_PTR(-ENOMEM);
	ret = dream_user_charge(client->user, DREAM_QUOTA_QUEUES, 1);
	if (ret)
		goto err_free;
	ret = xa_alloc_cyclic(&dream_arb.queues, &q->p.id, q, xa_limit_31b,
			      &dream_arb.next_queue, GFP_KERNEL_ACCOUNT);
	if (ret < 0)
		goto err_uncharge;

	kref_init(&q->refs);
	kref_get(&client->refs);
	q->client = client;
	q->user = client->user;
	strscpy(q->name, args->name, sizeof(q->name));
	q->p.weight = args->weight ? args->weight : 100;
	q->p.period_ns = args->period_ns;
	q->p.deadline_ns = args->deadline_ns;
	q->p.pin = DREAM_NO_ACCEL;
	q->depth = args->depth ? args->depth : 64;
	q->p.drop_cap = args->drop_cap;
	q->p.variant_max = args->variant_max;
	q->teaches = !model || uid_eq(model->uid, client->user->uid);
	INIT_LIST_HEAD(&q->jobs);
	xa_init(&q->by_seqno);
	INIT_LIST_HEAD(&q->waiters);
	if (model) {
		kref_get(&model->refs);
		if (!model->queues++)
			dream_arb.models_in_use++;
		q->model = model;
		q->p.model = model->id;
	}
	if (parent) {
		dream_queue_get(parent);
		parent->children++;
		parent->p.has_children = true;
		q->parent = parent;
	}
	dream_arb.queue_count++;
	return q;

err_uncharge:
	dream_user_uncharge(client->user, DREAM_QUOTA_QUEUES, 1);
err_free:
	kfree(q);
	return ERR_PTR(ret);
}

/* Nobody asks for the frames of @q's children any more. */
static void orphan_children(struct dream_queue *q)
{
	struct dream_queue *child;
	unsigned long id;

	if (!q->children)
		return;
	xa_for_each(&dream_arb.queues, id, child) {
		if (child->parent != q)
			continue;
		child->parent = NULL;
		q->children--;
		dream_queue_put(q);
	}
	q->p.has_children = false;
}

/**
 * dream_queue_close() - cancel the jobs of a queue and take no more
 * @q: queue; the caller has a reference
 *
 * Context: process context, arbiter's lock held.
 */
void dream_queue_close(struct dream_queue *q)
{
	dream_assert_locked();
	dream_jobs_cancel(q, DREAM_REASON_CLOSED, NULL);
	orphan_children(q);
}

/**
 * dream_queue_get() - take a reference
 * @q: queue
 *
 * Context: any.
 */
void dream_queue_get(struct dream_queue *q)
{
	kref_get(&q->refs);
}

static void queue_release(struct kref *refs)
{
	struct dream_queue *q = container_of(refs, struct dream_queue, refs);
	struct dream_queue *parent = q->parent;

	dream_assert_locked();
	if (dream_arb.policy->queue_gone)
		dream_arb.policy->queue_gone(&dream_arb.state, &q->p);
	xa_erase(&dream_arb.queues, q->p.id);
	/* What comes next has nothing to do with what was. */
	if (!--dream_arb.queue_count)
		dream_arb.state.violations = 0;
	if (q->model) {
		if (!--q->model->queues)
			dream_arb.models_in_use++;
		dream_model_put(q->model);
	}
	if (q->learned)
		dream_profile_put(q->learned);
	dream_user_uncharge(q->user, DREAM_QUOTA_QUEUES, 1);
	dream_client_put(q->client);
	kfree(q);

	/* At most DREAM_PARENTS_MAX deep. */
	if (parent) {
		parent->p.has_children = --parent->children;
		dream_queue_put(parent);
	}
}

/**
 * dream_queue_put() - give a reference back
 * @q: queue
 *
 * Context: process context, arbiter's lock held.
 */
void dream_queue_put(struct dream_queue *q)
{
	kref_put(&q->refs, queue_release);
}

/**
 * dream_queue_by_id() - look a queue up
 * @id: system-wide id
 *
 * Context: process context, arbiter's lock held.
 * Return: the queue, or NULL.
 */
struct dream_queue *dream_queue_by_id(u32 id)
{
	dream_assert_locked();
	return xa_load(&dream_arb.queues, id);
}

/**
 * dream_queue_next() - walk the queues by id
 * @id: first id to look at; set to that of the queue found
 *
 * Context: process context, arbiter's lock held.
 * Return: the queue, or NULL behind the last one.
 */
struct dream_queue *dream_queue_next(u32 *id)
{
	unsigned long index = *id;
	struct dream_queue *q;

	dream_assert_locked();
	q = xa_find(&dream_arb.queues, &index, U32_MAX, XA_PRESENT);
	*id = index;
	return q;
}
