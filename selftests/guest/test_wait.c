// SPDX-License-Identifier: GPL-2.0
/*
 * DREAM_IOCTL_WAIT: one job or all of them, without their records.
 */
#include <signal.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "thread.h"

FIXTURE(wait) {
	struct bed bed;
	struct dream_wait args;
	struct sleeper sleeper;
};

FIXTURE_SETUP(wait)
{
	vnpu_remove_all();
	ASSERT_EQ(0, bed_open(&self->bed));
	self->args = (struct dream_wait){
		.queue = self->bed.queue,
		.timeout_ns = now_ns() + PATIENCE,
	};
}

FIXTURE_TEARDOWN(wait)
{
	bed_close(&self->bed);
	vnpu_remove_all();
}

static int call(FIXTURE_DATA(wait) *self)
{
	return device_call(self->bed.fd, DREAM_IOCTL_WAIT, &self->args);
}

static void start_waiting(FIXTURE_DATA(wait) *self, uint64_t seqno)
{
	self->args.seqno = seqno;
	sleeper_start(&self->sleeper, self->bed.fd, DREAM_IOCTL_WAIT,
		      &self->args);
}

static int submit_jobs(struct bed *bed, int count)
{
	int64_t seqno = 0;

	for (int i = 0; i < count; i++)
		seqno = submit_one(bed, bed->queue, i, MS);
	return seqno;
}

TEST_F(wait, nothing_to_wait_for)
{
	self->args.timeout_ns = 0;
	EXPECT_EQ(0, call(self));
}

TEST_F(wait, job_that_has_ended)
{
	struct dream_completion record;

	ASSERT_EQ(1, submit_jobs(&self->bed, 1));
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 0));
	self->args.seqno = 1;
	self->args.timeout_ns = 0;
	EXPECT_EQ(0, call(self));
	/* It does not take the record, and does not need it. */
	ASSERT_EQ(1, reap_now(self->bed.fd, &record, 1));
	EXPECT_EQ(0, call(self));
}

TEST_F(wait, timeout)
{
	uint64_t end = now_ns() + 5 * MS;

	ASSERT_EQ(1, submit_jobs(&self->bed, 1));
	self->args.timeout_ns = 0;
	EXPECT_REFUSED(ETIME, call(self));
	self->args.seqno = 1;
	EXPECT_REFUSED(ETIME, call(self));
	self->args.timeout_ns = 1;
	EXPECT_REFUSED(ETIME, call(self));
	self->args.timeout_ns = end;
	EXPECT_REFUSED(ETIME, call(self));
	EXPECT_LE(end, now_ns());
}

TEST_F(wait, wakes_for_its_job)
{
	ASSERT_EQ(3, submit_jobs(&self->bed, 3));
	start_waiting(self, 2);
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 2));
	EXPECT_EQ(0, sleeper_join(&self->sleeper));
	/* The others have not ended. */
	self->args.timeout_ns = 0;
	self->args.seqno = 1;
	EXPECT_REFUSED(ETIME, call(self));
}

/* All means all that there were when the wait began. */
TEST_F(wait, wakes_for_all_jobs)
{
	ASSERT_EQ(3, submit_jobs(&self->bed, 3));
	start_waiting(self, 0);
	ASSERT_EQ(4, submit_one(&self->bed, self->bed.queue, 3, MS));
	for (int i = 1; i <= 3; i++)
		ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, i));
	EXPECT_EQ(0, sleeper_join(&self->sleeper));
	self->args.timeout_ns = 0;
	EXPECT_REFUSED(ETIME, call(self));
}

TEST_F(wait, all_is_not_one)
{
	ASSERT_EQ(3, submit_jobs(&self->bed, 3));
	start_waiting(self, 0);
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 3));
	until_asleep(self->sleeper.tid);
	self->args.timeout_ns = 0;
	self->args.seqno = 3;
	EXPECT_EQ(0, call(self));
	ASSERT_EQ(2, cancel(self->bed.fd, self->bed.queue, 0));
	EXPECT_EQ(0, sleeper_join(&self->sleeper));
}

TEST_F(wait, job_that_runs)
{
	ASSERT_EQ(1, submit_jobs(&self->bed, 1));
	start_waiting(self, 1);
	ASSERT_EQ(0, vnpu_make("a", ""));
	EXPECT_EQ(0, sleeper_join(&self->sleeper));
}

/* Whoever waits gets an answer when the queue goes. */
TEST_F(wait, queue_goes)
{
	ASSERT_EQ(1, submit_jobs(&self->bed, 1));
	start_waiting(self, 1);
	ASSERT_EQ(0, queue_destroy(self->bed.fd, self->bed.queue));
	EXPECT_EQ(0, sleeper_join(&self->sleeper));
}

TEST_F(wait, forever)
{
	ASSERT_EQ(1, submit_jobs(&self->bed, 1));
	self->args.timeout_ns = FOREVER;
	start_waiting(self, 1);
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 0));
	EXPECT_EQ(0, sleeper_join(&self->sleeper));
}

static void nop(int signal)
{
}

TEST_F(wait, signal)
{
	struct sigaction action = { .sa_handler = nop };
	pid_t child;

	ASSERT_EQ(1, submit_jobs(&self->bed, 1));
	sigaction(SIGUSR1, &action, NULL);
	child = fork();
	if (!child) {
		until_asleep(getppid());
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	self->args.seqno = 1;
	EXPECT_REFUSED(EINTR, call(self));
	waitpid(child, NULL, 0);
	ASSERT_EQ(0, vnpu_make("a", ""));
	EXPECT_EQ(0, call(self));
}

TEST_F(wait, refused)
{
	struct dream_wait good = self->args;

	ASSERT_EQ(1, submit_jobs(&self->bed, 1));
#define REFUSE(error, change) do {					\
	self->args = good;						\
	self->args.timeout_ns = 0;					\
	change;								\
	EXPECT_REFUSED_WHEN(error, call(self), #change);		\
} while (0)

	REFUSE(EINVAL, self->args.flags = 1);
	REFUSE(EINVAL, self->args.flags = 1U << 31);
	REFUSE(ENOENT, self->args.queue = 0);
	REFUSE(ENOENT, self->args.queue = self->bed.queue + 1);
	REFUSE(ENOENT, self->args.seqno = 2);
	REFUSE(ENOENT, self->args.seqno = UINT64_MAX);
}

TEST_HARNESS_MAIN
