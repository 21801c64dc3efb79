// SPDX-License-Identifier: GPL-2.0
/*
 * poll() and eventfd: how a program hears that there are records.
 */
#include <poll.h>
#include <sys/eventfd.h>

#include "kselftest_harness.h"
#include "common.h"

FIXTURE(notify) {
	struct bed bed;
	struct dream_completion records[8];
	int event;
};

FIXTURE_SETUP(notify)
{
	vnpu_remove_all();
	ASSERT_EQ(0, bed_open(&self->bed));
	self->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	ASSERT_LE(0, self->event);
}

FIXTURE_TEARDOWN(notify)
{
	close(self->event);
	bed_close(&self->bed);
	vnpu_remove_all();
}

static int set_eventfd(int fd, int event, uint32_t flags)
{
	struct dream_eventfd args = { .fd = event, .flags = flags };

	return device_call(fd, DREAM_IOCTL_EVENTFD, &args);
}

/* Jobs that have ended: by cancellation, which needs no device. */
static int end_jobs(struct bed *bed, int count)
{
	for (int i = 0; i < count; i++)
		if (submit_one(bed, bed->queue, i, MS) < 0)
			return -1;
	return cancel(bed->fd, bed->queue, 0);
}

static int poll_in(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int ret = poll(&p, 1, timeout_ms);

	return ret <= 0 ? ret : p.revents;
}

/* Counter since the last call. */
static uint64_t count_of(int event)
{
	uint64_t count;

	return read(event, &count, sizeof(count)) < 0 ? 0 : count;
}

TEST_F(notify, readable_while_there_are_records)
{
	EXPECT_EQ(0, poll_in(self->bed.fd, 0));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	EXPECT_EQ(0, poll_in(self->bed.fd, 0));
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 0));
	EXPECT_EQ(POLLIN, poll_in(self->bed.fd, 0));
	EXPECT_EQ(POLLIN, poll_in(self->bed.fd, 0));
	ASSERT_EQ(2, end_jobs(&self->bed, 2));
	ASSERT_EQ(2, reap_now(self->bed.fd, self->records, 2));
	EXPECT_EQ(POLLIN, poll_in(self->bed.fd, 0));
	ASSERT_EQ(1, reap_now(self->bed.fd, self->records, 8));
	EXPECT_EQ(0, poll_in(self->bed.fd, 0));
}

TEST_F(notify, poll_wakes)
{
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 5 * MS));
	ASSERT_EQ(0, vnpu_make("a", ""));
	EXPECT_EQ(POLLIN, poll_in(self->bed.fd, PATIENCE / MS));
	EXPECT_EQ(1, reap_now(self->bed.fd, self->records, 8));
}

TEST_F(notify, eventfd_counts_records)
{
	ASSERT_EQ(0, set_eventfd(self->bed.fd, self->event, 0));
	EXPECT_EQ(0, count_of(self->event));
	ASSERT_EQ(3, end_jobs(&self->bed, 3));
	EXPECT_EQ(3, count_of(self->event));
	/* Reading records does not count. */
	ASSERT_EQ(3, reap_now(self->bed.fd, self->records, 8));
	EXPECT_EQ(0, count_of(self->event));
}

TEST_F(notify, eventfd_wakes)
{
	ASSERT_EQ(0, set_eventfd(self->bed.fd, self->event, 0));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 5 * MS));
	ASSERT_EQ(0, vnpu_make("a", ""));
	EXPECT_EQ(POLLIN, poll_in(self->event, PATIENCE / MS));
	EXPECT_EQ(1, count_of(self->event));
}

TEST_F(notify, eventfd_is_replaced_and_removed)
{
	int other = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	ASSERT_LE(0, other);
	ASSERT_EQ(0, set_eventfd(self->bed.fd, self->event, 0));
	ASSERT_EQ(0, set_eventfd(self->bed.fd, other, 0));
	ASSERT_EQ(1, end_jobs(&self->bed, 1));
	EXPECT_EQ(0, count_of(self->event));
	EXPECT_EQ(1, count_of(other));
	ASSERT_EQ(0, set_eventfd(self->bed.fd, -1, 0));
	ASSERT_EQ(1, end_jobs(&self->bed, 1));
	EXPECT_EQ(0, count_of(self->event));
	EXPECT_EQ(0, count_of(other));
	EXPECT_EQ(0, set_eventfd(self->bed.fd, -1, 0));
	close(other);
}

/* Closing it takes nothing away from the device, which holds it. */
TEST_F(notify, eventfd_may_be_closed)
{
	int copy = dup(self->event);

	ASSERT_EQ(0, set_eventfd(self->bed.fd, copy, 0));
	close(copy);
	ASSERT_EQ(1, end_jobs(&self->bed, 1));
	EXPECT_EQ(1, count_of(self->event));
}

TEST_F(notify, eventfd_refused)
{
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, set_eventfd(self->bed.fd, self->event, 0));
	EXPECT_REFUSED(EINVAL, set_eventfd(self->bed.fd, self->event, 1));
	EXPECT_REFUSED(EINVAL, set_eventfd(self->bed.fd, -1, 1U << 31));
	EXPECT_REFUSED(EINVAL, set_eventfd(self->bed.fd, pipes[0], 0));
	EXPECT_REFUSED(EINVAL, set_eventfd(self->bed.fd, self->bed.fd, 0));
	close(pipes[0]);
	EXPECT_REFUSED(EBADF, set_eventfd(self->bed.fd, pipes[0], 0));
	EXPECT_REFUSED(EBADF, set_eventfd(self->bed.fd, 1000000, 0));
	/* The one that was set is still there. */
	ASSERT_EQ(1, end_jobs(&self->bed, 1));
	EXPECT_EQ(1, count_of(self->event));
}

TEST_HARNESS_MAIN
