// SPDX-License-Identifier: GPL-2.0
/*
 * Dependencies between jobs: chains, diamonds, in one call, on results, on jobs
 * that have ended well, badly, or long ago.
 */
#include "kselftest_harness.h"
#include "common.h"

#define QUEUES	4

FIXTURE(deps) {
	struct bed bed;
	uint32_t queue[QUEUES];
	struct request r[16];
	struct dream_completion records[320];
};

typedef FIXTURE_DATA(deps) fixture;

FIXTURE_SETUP(deps)
{
	vnpu_remove_all();
	ASSERT_EQ(0, bed_open(&self->bed));
	for (int q = 0; q < QUEUES; q++)
		self->queue[q] = queue_make(self->bed.fd);
}

FIXTURE_TEARDOWN(deps)
{
	bed_close(&self->bed);
	vnpu_remove_all();
}

/* Request @i: a job of one layer for queue @q, with a result. */
static struct request *prepare(fixture *self, int i, int q, uint32_t result)
{
	struct work work = { .ns = 200000, .result = result };

	bed_command(&self->bed, i, &work);
	request_init(&self->r[i], &self->bed, self->queue[q], i, 1);
	self->r[i].job.user_data = i;
	return &self->r[i];
}

static int two_accelerators(void)
{
	return vnpu_make("a", "") ?: vnpu_make("b", "");
}

/* The record of request @i among @count. */
static struct dream_completion *record_of(fixture *self, unsigned int i, int count)
{
	for (int n = 0; n < count; n++)
		if (self->records[n].user_data == i)
			return &self->records[n];
	return NULL;
}

TEST_F(deps, chain_over_queues)
{
	for (int i = 0; i < 8; i++) {
		struct request *r = prepare(self, i, i % QUEUES, 0);

		if (i)
			request_dep(r, self->queue[(i - 1) % QUEUES],
				    self->r[i - 1].job.seqno, 0);
		ASSERT_EQ(0, request_submit(self->bed.fd, r));
	}
	ASSERT_EQ(0, two_accelerators());
	ASSERT_EQ(8, reap(self->bed.fd, self->records, 8));
	for (int i = 0; i < 8; i++) {
		struct dream_completion *c = &self->records[i];

		EXPECT_EQ(i, c->user_data);
		EXPECT_EQ(DREAM_STATUS_DONE, c->status);
		if (!i)
			continue;
		/* Released by the end of the one before, not earlier. */
		EXPECT_LE(self->records[i - 1].end_ns, c->release_ns);
		EXPECT_LE(c->release_ns, c->start_ns);
		EXPECT_EQ(c->release_ns + RELAXED, c->deadline_ns);
	}
}

/* Two in the middle, side by side; the last waits for both. */
TEST_F(deps, diamond_in_one_call)
{
	struct dream_completion *left, *right, *join;

	for (int i = 0; i < 4; i++)
		prepare(self, i, i, 0);
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL);
	request_dep(&self->r[2], 0, 0, DREAM_DEP_IN_CALL);
	request_dep(&self->r[3], 0, 1, DREAM_DEP_IN_CALL);
	request_dep(&self->r[3], 0, 2, DREAM_DEP_IN_CALL);
	ASSERT_EQ(0, two_accelerators());
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 4));
	ASSERT_EQ(4, reap(self->bed.fd, self->records, 4));
	left = record_of(self, 1, 4);
	right = record_of(self, 2, 4);
	join = record_of(self, 3, 4);
	EXPECT_EQ(0, self->records[0].user_data);
	EXPECT_LE(self->records[0].end_ns, left->start_ns);
	EXPECT_LE(self->records[0].end_ns, right->start_ns);
	EXPECT_LE(left->end_ns, join->start_ns);
	EXPECT_LE(right->end_ns, join->start_ns);
	EXPECT_EQ(DREAM_STATUS_DONE, join->status);
}

/* The same job twice, and both ways of naming it. */
TEST_F(deps, twice_on_one_job)
{
	prepare(self, 0, 0, 1);
	prepare(self, 1, 1, 0);
	for (int i = 0; i < 4; i++)
		request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL |
			    (i & 1 ? DREAM_DEP_IF_RESULT : 0));
	ASSERT_EQ(0, two_accelerators());
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 2));
	ASSERT_EQ(2, reap(self->bed.fd, self->records, 2));
	EXPECT_EQ(DREAM_STATUS_DONE, record_of(self, 1, 2)->status);
}

TEST_F(deps, wanted_by_a_result)
{
	prepare(self, 0, 0, 5);
	prepare(self, 1, 1, 0);
	prepare(self, 2, 2, 0);
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	/* 1 has found nothing. */
	request_dep(&self->r[2], 0, 1, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	ASSERT_EQ(0, two_accelerators());
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 3));
	ASSERT_EQ(3, reap(self->bed.fd, self->records, 3));
	EXPECT_EQ(DREAM_STATUS_DONE, record_of(self, 1, 3)->status);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, record_of(self, 2, 3)->status);
	EXPECT_EQ(DREAM_REASON_NOT_WANTED, record_of(self, 2, 3)->reason);
	EXPECT_EQ(0, record_of(self, 2, 3)->start_ns);
	EXPECT_EQ(0, record_of(self, 2, 3)->deadline_ns);
}

/* Whoever waits for one that is not wanted has lost its dependency. */
TEST_F(deps, not_wanted_is_not_done)
{
	prepare(self, 0, 0, 0);
	prepare(self, 1, 1, 0);
	prepare(self, 2, 2, 0);
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	request_dep(&self->r[2], 0, 1, DREAM_DEP_IN_CALL);
	ASSERT_EQ(0, two_accelerators());
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 3));
	ASSERT_EQ(3, reap(self->bed.fd, self->records, 3));
	EXPECT_EQ(DREAM_REASON_NOT_WANTED, record_of(self, 1, 3)->reason);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, record_of(self, 2, 3)->status);
	EXPECT_EQ(DREAM_REASON_DEPENDENCY, record_of(self, 2, 3)->reason);
}

/* It is the result of the last layer that counts. */
TEST_F(deps, result_of_the_last_layer)
{
	struct work last = { .ns = 1, .result = 0 };

	prepare(self, 0, 0, 9);
	bed_command(&self->bed, 8, &last);
	self->r[0].layers[1] = self->r[0].layers[0];
	self->r[0].layers[1].offset = 8 * BED_COMMAND;
	self->r[0].job.layer_count = 2;
	prepare(self, 1, 1, 0);
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	ASSERT_EQ(0, two_accelerators());
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 2));
	ASSERT_EQ(2, reap(self->bed.fd, self->records, 2));
	EXPECT_EQ(DREAM_REASON_NOT_WANTED, record_of(self, 1, 2)->reason);
}

/* The other job has ended before the submit. */
TEST_F(deps, on_a_job_that_has_ended)
{
	ASSERT_EQ(0, two_accelerators());
	prepare(self, 0, 0, 1);
	prepare(self, 1, 0, 0);
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 2));
	ASSERT_EQ(2, reap(self->bed.fd, self->records, 2));

	for (int i = 2; i < 6; i++) {
		prepare(self, i, 1, 0);
		request_dep(&self->r[i], self->queue[0], i & 1 ? 2 : 1,
			    i & 2 ? DREAM_DEP_IF_RESULT : 0);
	}
	ASSERT_EQ(0, request_submit_all(self->bed.fd, &self->r[2], 4));
	ASSERT_EQ(4, reap(self->bed.fd, self->records, 4));
	/* 2: on 1 with a result; 3: on 2, which has none; 4 and 5 do not ask. */
	EXPECT_EQ(DREAM_STATUS_DONE, record_of(self, 2, 4)->status);
	EXPECT_EQ(DREAM_REASON_NOT_WANTED, record_of(self, 3, 4)->reason);
	EXPECT_EQ(DREAM_STATUS_DONE, record_of(self, 4, 4)->status);
	EXPECT_EQ(DREAM_STATUS_DONE, record_of(self, 5, 4)->status);
}

TEST_F(deps, on_a_job_that_was_cancelled)
{
	prepare(self, 0, 0, 0);
	ASSERT_EQ(0, request_submit(self->bed.fd, &self->r[0]));
	ASSERT_EQ(1, cancel(self->bed.fd, self->queue[0], 1));
	prepare(self, 1, 1, 0);
	request_dep(&self->r[1], self->queue[0], 1, 0);
	ASSERT_EQ(0, request_submit(self->bed.fd, &self->r[1]));
	ASSERT_EQ(2, reap_now(self->bed.fd, self->records, 2));
	EXPECT_EQ(DREAM_REASON_DEPENDENCY, record_of(self, 1, 2)->reason);
	EXPECT_EQ(0, record_of(self, 1, 2)->deadline_ns);
}

TEST_F(deps, on_a_job_that_fails)
{
	prepare(self, 0, 0, 0);
	prepare(self, 1, 1, 0);
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL);
	ASSERT_EQ(0, vnpu_make("a", "fail=1"));
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 2));
	ASSERT_EQ(2, reap(self->bed.fd, self->records, 2));
	EXPECT_EQ(DREAM_STATUS_FAILED, record_of(self, 0, 2)->status);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, record_of(self, 1, 2)->status);
	EXPECT_EQ(DREAM_REASON_DEPENDENCY, record_of(self, 1, 2)->reason);
}

/*
 * Jobs of a queue are remembered for DREAM_DEP_HISTORY numbers: the oldest of them
 * is known, the one before is stale. An old job that has not ended is no matter
 * of memory.
 */
TEST_F(deps, long_ago)
{
	const int count = DREAM_DEP_HISTORY;

	ASSERT_EQ(0, two_accelerators());
	for (int i = 0; i < count + 1; i++) {
		prepare(self, 0, 0, 1);
		ASSERT_EQ(0, request_submit(self->bed.fd, &self->r[0]));
		ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	}
	prepare(self, 1, 1, 0);
	request_dep(&self->r[1], self->queue[0], 1, 0);
	EXPECT_REFUSED(ESTALE, request_submit(self->bed.fd, &self->r[1]));
	self->r[1].deps[0].seqno = 2;
	ASSERT_EQ(0, request_submit(self->bed.fd, &self->r[1]));
	EXPECT_EQ(1, self->r[1].job.seqno);
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, self->records[0].status);
}

TEST_F(deps, old_but_not_ended)
{
	struct dream_queue_create attr = { .deadline_ns = RELAXED, .depth = 4096 };

	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));
	self->queue[0] = attr.handle;
	for (int i = 0; i < 2 * DREAM_DEP_HISTORY; i++) {
		prepare(self, 0, 0, 1);
		ASSERT_EQ(0, request_submit(self->bed.fd, &self->r[0]));
	}
	prepare(self, 1, 1, 0);
	request_dep(&self->r[1], self->queue[0], 1, DREAM_DEP_IF_RESULT);
	ASSERT_EQ(0, request_submit(self->bed.fd, &self->r[1]));
	ASSERT_EQ(0, two_accelerators());
	ASSERT_EQ(0, wait_job(self->bed.fd, self->queue[1], 1));
	ASSERT_EQ(0, wait_job(self->bed.fd, self->queue[0], 0));
	ASSERT_EQ(2 * DREAM_DEP_HISTORY + 1,
		  reap_now(self->bed.fd, self->records, 320));
	EXPECT_EQ(DREAM_STATUS_DONE,
		  record_of(self, 1, 2 * DREAM_DEP_HISTORY + 1)->status);
}

/* The end of the first ends a long chain behind it, without a deep stack. */
TEST_F(deps, long_chain_falls)
{
	for (int i = 0; i < 300; i++) {
		prepare(self, 0, i & 1, 0);
		if (i)
			request_dep(&self->r[0], self->queue[~i & 1],
				    (i + 1) / 2, 0);
		ASSERT_EQ(0, request_submit(self->bed.fd, &self->r[0]));
	}
	ASSERT_LE(1, cancel(self->bed.fd, self->queue[0], 1));
	ASSERT_EQ(300, reap_now(self->bed.fd, self->records, 320));
	for (int i = 1; i < 300; i++)
		ASSERT_EQ(DREAM_REASON_DEPENDENCY, self->records[i].reason);
}

/* The queue of the other job may go; its jobs are cancelled, and what waits. */
TEST_F(deps, queue_of_the_other_job_goes)
{
	prepare(self, 0, 0, 0);
	prepare(self, 1, 1, 0);
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL);
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 2));
	ASSERT_EQ(0, queue_destroy(self->bed.fd, self->queue[0]));
	ASSERT_EQ(2, reap_now(self->bed.fd, self->records, 2));
	EXPECT_EQ(DREAM_REASON_CLOSED, record_of(self, 0, 2)->reason);
	EXPECT_EQ(DREAM_REASON_DEPENDENCY, record_of(self, 1, 2)->reason);
}

/* In a queue a later job waits for an earlier one that waits. */
TEST_F(deps, order_of_the_queue_holds)
{
	prepare(self, 0, 0, 0);
	prepare(self, 1, 1, 0);
	prepare(self, 2, 1, 0);
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL);
	ASSERT_EQ(0, request_submit_all(self->bed.fd, self->r, 3));
	ASSERT_EQ(0, two_accelerators());
	ASSERT_EQ(3, reap(self->bed.fd, self->records, 3));
	EXPECT_EQ(2, self->records[2].user_data);
	EXPECT_LE(self->records[1].end_ns, self->records[2].start_ns);
}

TEST_HARNESS_MAIN
