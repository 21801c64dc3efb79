// SPDX-License-Identifier: GPL-2.0
/*
 * Cascades: a queue whose frames exist only because a frame of its parent has
 * found something.
 */
#include "kselftest_harness.h"
#include "netlink.h"

FIXTURE(cascade) {
	struct nlk nl;
	struct bed bed;
	struct dream_queue_create parent;
	struct dream_queue_create child;
	struct dream_completion records[16];
};

typedef FIXTURE_DATA(cascade) fixture;

FIXTURE_SETUP(cascade)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, bed_open(&self->bed));
	self->parent = (struct dream_queue_create){
		.period_ns = 30 * SECOND, .deadline_ns = 30 * SECOND,
	};
	ASSERT_EQ(0, queue_create(self->bed.fd, &self->parent));
	self->child = (struct dream_queue_create){
		.parent = self->parent.handle, .deadline_ns = 40 * SECOND,
		.depth = 2,
	};
	ASSERT_EQ(0, queue_create(self->bed.fd, &self->child));
}

FIXTURE_TEARDOWN(cascade)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* A frame of the parent that finds @result, and one of the child behind it. */
static int submit_pair(fixture *self, uint32_t result)
{
	struct work work = { .ns = 500000, .result = result };
	struct request r[2];

	bed_command(&self->bed, 0, &work);
	request_init(&r[0], &self->bed, self->parent.handle, 0, 1);
	request_init(&r[1], &self->bed, self->child.handle, 0, 1);
	request_dep(&r[1], 0, 0, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	return request_submit_all(self->bed.fd, r, 2);
}

static struct dream_completion *record_of(fixture *self, uint32_t queue,
					  uint64_t seqno, int count)
{
	for (int i = 0; i < count; i++)
		if (self->records[i].queue == queue &&
		    self->records[i].seqno == seqno)
			return &self->records[i];
	return NULL;
}

TEST_F(cascade, child_runs_if_wanted)
{
	struct dream_completion *first, *second;
	struct nlk_queue q;

	ASSERT_EQ(0, submit_pair(self, 1));
	ASSERT_EQ(0, submit_pair(self, 0));
	ASSERT_EQ(0, nlk_queue_get(&self->nl, self->child.id, &q));
	EXPECT_EQ(2, q.waiting);
	EXPECT_EQ(0, q.ready);
	EXPECT_EQ(0, q.counters.released);
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(4, reap(self->bed.fd, self->records, 4));

	first = record_of(self, self->parent.handle, 1, 4);
	second = record_of(self, self->child.handle, 1, 4);
	EXPECT_EQ(DREAM_STATUS_DONE, second->status);
	/* Its frame begins when it is asked for. */
	EXPECT_LE(first->end_ns, second->release_ns);
	EXPECT_EQ(second->release_ns + 40 * SECOND, second->deadline_ns);
	second = record_of(self, self->child.handle, 2, 4);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, second->status);
	EXPECT_EQ(DREAM_REASON_NOT_WANTED, second->reason);

	/* What is not wanted is not a frame. */
	ASSERT_EQ(0, nlk_queue_get(&self->nl, self->child.id, &q));
	EXPECT_EQ(2, q.counters.submitted);
	EXPECT_EQ(1, q.counters.released);
	EXPECT_EQ(1, q.counters.met);
	EXPECT_EQ(1, q.counters.unwanted);
	EXPECT_EQ(0, q.counters.cancelled);
	EXPECT_EQ(1, q.counters.reason[DREAM_REASON_NOT_WANTED]);
}

/* A child that becomes due while its queue is full is dropped. */
TEST_F(cascade, full_queue)
{
	struct dream_completion *c;
	struct nlk_queue q;

	/* Two frames that are not the parent's fill the child's queue. */
	ASSERT_EQ(1, submit_one(&self->bed, self->child.handle, 1, 60 * MS));
	ASSERT_EQ(2, submit_one(&self->bed, self->child.handle, 1, MS));
	ASSERT_EQ(0, submit_pair(self, 1));
	/* The long one runs on one accelerator, the parent on the other. */
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, vnpu_make("b", ""));
	ASSERT_EQ(4, reap(self->bed.fd, self->records, 4));
	c = record_of(self, self->child.handle, 3, 4);
	EXPECT_EQ(DREAM_STATUS_DROPPED, c->status);
	EXPECT_EQ(DREAM_REASON_QUEUE_FULL, c->reason);
	EXPECT_EQ(0, c->start_ns);
	EXPECT_NE(0, c->release_ns);
	EXPECT_NE(0, c->deadline_ns);
	ASSERT_EQ(0, nlk_queue_get(&self->nl, self->child.id, &q));
	EXPECT_EQ(3, q.counters.released);
	EXPECT_EQ(1, q.counters.dropped);
	EXPECT_EQ(1, q.counters.reason[DREAM_REASON_QUEUE_FULL]);
}

/* What the parent cannot give, its child does not get. */
TEST_F(cascade, parent_fails)
{
	struct dream_completion *c;

	ASSERT_EQ(0, submit_pair(self, 1));
	ASSERT_EQ(0, vnpu_make("a", "fail=1"));
	ASSERT_EQ(2, reap(self->bed.fd, self->records, 2));
	c = record_of(self, self->child.handle, 1, 2);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, c->status);
	EXPECT_EQ(DREAM_REASON_DEPENDENCY, c->reason);
}

/* Three levels in one call. */
TEST_F(cascade, grandchild)
{
	struct work work = { .ns = 1000, .result = 1 };
	struct dream_queue_create third = {
		.parent = self->child.handle, .deadline_ns = RELAXED,
	};
	struct request r[3];

	ASSERT_EQ(0, queue_create(self->bed.fd, &third));
	bed_command(&self->bed, 0, &work);
	request_init(&r[0], &self->bed, self->parent.handle, 0, 1);
	request_init(&r[1], &self->bed, self->child.handle, 0, 1);
	request_init(&r[2], &self->bed, third.handle, 0, 1);
	request_dep(&r[1], 0, 0, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	request_dep(&r[2], 0, 1, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	ASSERT_EQ(0, request_submit_all(self->bed.fd, r, 3));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(3, reap(self->bed.fd, self->records, 3));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(DREAM_STATUS_DONE, self->records[i].status);
	EXPECT_EQ(third.handle, self->records[2].queue);
}

TEST_HARNESS_MAIN
