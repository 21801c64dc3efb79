// SPDX-License-Identifier: GPL-2.0
/*
 * DREAM_IOCTL_CANCEL, in each state of a job.
 */
#include "kselftest_harness.h"
#include "common.h"

FIXTURE(cancel) {
	struct bed bed;
	struct dream_completion records[8];
	struct dream_cancel args;
};

FIXTURE_SETUP(cancel)
{
	vnpu_remove_all();
	ASSERT_EQ(0, bed_open(&self->bed));
	self->args = (struct dream_cancel){ .queue = self->bed.queue };
}

FIXTURE_TEARDOWN(cancel)
{
	bed_close(&self->bed);
	vnpu_remove_all();
}

static int call(FIXTURE_DATA(cancel) *self)
{
	return device_call(self->bed.fd, DREAM_IOCTL_CANCEL, &self->args);
}

/* Three jobs of one layer; there is no accelerator, so they stay. */
static int submit_three(struct bed *bed)
{
	for (int i = 0; i < 3; i++)
		if (submit_one(bed, bed->queue, i, MS) != i + 1)
			return -1;
	return 0;
}

TEST_F(cancel, one_job)
{
	struct dream_completion *c = self->records;

	ASSERT_EQ(0, submit_three(&self->bed));
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 2));
	ASSERT_EQ(1, reap_now(self->bed.fd, c, 8));
	EXPECT_EQ(2, c->seqno);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, c->status);
	EXPECT_EQ(DREAM_REASON_USER, c->reason);
	EXPECT_EQ(0, c->error);
	EXPECT_EQ(0, c->layers_run);
	EXPECT_EQ(0, c->start_ns);
	EXPECT_NE(0, c->end_ns);
	EXPECT_EQ(0, c->accel_ns);
	EXPECT_EQ(0, c->accel_mask);
	/* The first job of a queue, and the last. */
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 1));
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 3));
	ASSERT_EQ(2, reap_now(self->bed.fd, c, 8));
}

TEST_F(cancel, all_jobs)
{
	ASSERT_EQ(0, submit_three(&self->bed));
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 2));
	ASSERT_EQ(2, cancel(self->bed.fd, self->bed.queue, 0));
	ASSERT_EQ(3, reap_now(self->bed.fd, self->records, 8));
	EXPECT_EQ(0, cancel(self->bed.fd, self->bed.queue, 0));
}

TEST_F(cancel, job_that_has_ended)
{
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, submit_three(&self->bed));
	ASSERT_EQ(0, wait_job(self->bed.fd, self->bed.queue, 0));
	EXPECT_EQ(0, cancel(self->bed.fd, self->bed.queue, 1));
	EXPECT_EQ(0, cancel(self->bed.fd, self->bed.queue, 0));
	ASSERT_EQ(3, reap_now(self->bed.fd, self->records, 8));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(DREAM_STATUS_DONE, self->records[i].status);
}

/* The layer that runs ends; the next one does not start. */
TEST_F(cancel, job_that_runs)
{
	struct work work[2] = { { .ns = 30 * MS }, { .ns = MS } };
	struct dream_completion *c = self->records;
	struct request r;

	ASSERT_EQ(0, vnpu_make("a", ""));
	bed_command(&self->bed, 0, &work[0]);
	bed_command(&self->bed, 1, &work[1]);
	request_init(&r, &self->bed, self->bed.queue, 0, 2);
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	EXPECT_EQ(1, cancel(self->bed.fd, self->bed.queue, 1));
	EXPECT_EQ(0, cancel(self->bed.fd, self->bed.queue, 1));
	EXPECT_EQ(0, reap_now(self->bed.fd, c, 1));
	ASSERT_EQ(1, reap(self->bed.fd, c, 1));
	EXPECT_EQ(DREAM_STATUS_CANCELLED, c->status);
	EXPECT_EQ(DREAM_REASON_USER, c->reason);
	EXPECT_EQ(1, c->layers_run);
	EXPECT_LE(30 * MS, c->accel_ns);
	EXPECT_LE(c->start_ns + 30 * MS, c->end_ns);
}

/* A job that waits for another one: it was never released. */
TEST_F(cancel, job_that_waits)
{
	int queue = queue_make(self->bed.fd);
	struct dream_completion *c = self->records;
	struct request r;

	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	request_init(&r, &self->bed, queue, 0, 1);
	request_dep(&r, self->bed.queue, 1, 0);
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(1, cancel(self->bed.fd, queue, 1));
	ASSERT_EQ(1, reap_now(self->bed.fd, c, 8));
	EXPECT_EQ(queue, c->queue);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, c->status);
	EXPECT_EQ(DREAM_REASON_USER, c->reason);
	EXPECT_EQ(0, c->deadline_ns);
	EXPECT_EQ(0, c->flags);
	/* The other one does not mind. */
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(1, reap(self->bed.fd, c, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, c->status);
}

/* What is behind a cancelled job in its queue goes on. */
TEST_F(cancel, the_rest_goes_on)
{
	ASSERT_EQ(0, submit_three(&self->bed));
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 1));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(3, reap(self->bed.fd, self->records, 3));
	EXPECT_EQ(1, self->records[0].seqno);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, self->records[0].status);
	EXPECT_EQ(DREAM_STATUS_DONE, self->records[1].status);
	EXPECT_EQ(DREAM_STATUS_DONE, self->records[2].status);
}

TEST_F(cancel, dependents_are_cancelled)
{
	int queue = queue_make(self->bed.fd);
	struct request r;

	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	request_init(&r, &self->bed, queue, 0, 1);
	request_dep(&r, self->bed.queue, 1, 0);
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_LE(1, cancel(self->bed.fd, self->bed.queue, 1));
	ASSERT_EQ(2, reap_now(self->bed.fd, self->records, 8));
	EXPECT_EQ(DREAM_REASON_USER, self->records[0].reason);
	EXPECT_EQ(DREAM_STATUS_CANCELLED, self->records[1].status);
	EXPECT_EQ(DREAM_REASON_DEPENDENCY, self->records[1].reason);
}

TEST_F(cancel, refused)
{
	struct dream_cancel good = self->args;

	ASSERT_EQ(0, submit_three(&self->bed));
#define REFUSE(error, change) do {					\
	self->args = good;						\
	change;								\
	EXPECT_REFUSED_WHEN(error, call(self), #change);		\
} while (0)

	REFUSE(EINVAL, self->args.flags = 1);
	REFUSE(EINVAL, self->args.flags = 1U << 31);
	REFUSE(EINVAL, self->args.cancelled = 1);
	REFUSE(EINVAL, self->args.pad = 1);
	REFUSE(ENOENT, self->args.queue = 0);
	REFUSE(ENOENT, self->args.queue = self->bed.queue + 1);
	REFUSE(ENOENT, self->args.seqno = 4);
	REFUSE(ENOENT, self->args.seqno = UINT64_MAX);
	EXPECT_EQ(0, reap_now(self->bed.fd, self->records, 8));
	EXPECT_EQ(3, cancel(self->bed.fd, self->bed.queue, 0));
}

TEST_HARNESS_MAIN
