// SPDX-License-Identifier: GPL-2.0
/*
 * DREAM_IOCTL_REAP: records, each once; waiting for them.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "thread.h"

FIXTURE(reap) {
	struct bed bed;
	struct dream_completion records[16];
	struct dream_reap args;
};

FIXTURE_SETUP(reap)
{
	vnpu_remove_all();
	ASSERT_EQ(0, bed_open(&self->bed));
	self->args = (struct dream_reap){
		.records = (uintptr_t)self->records,
		.count = 16,
		.stride = sizeof(self->records[0]),
	};
}

FIXTURE_TEARDOWN(reap)
{
	bed_close(&self->bed);
	vnpu_remove_all();
}

static int call(FIXTURE_DATA(reap) *self)
{
	return device_call(self->bed.fd, DREAM_IOCTL_REAP, &self->args);
}

/* Jobs that have ended: by cancellation, which needs no device. */
static int end_jobs(struct bed *bed, int count)
{
	for (int i = 0; i < count; i++)
		if (submit_one(bed, bed->queue, i, MS) < 0)
			return -1;
	return cancel(bed->fd, bed->queue, 0);
}

TEST_F(reap, record_of_a_job_done)
{
	struct work work[3] = {
		{ .ns = 2 * MS, .energy = 100 },
		{ .ns = 3 * MS, .energy = 20 },
		{ .ns = MS, .energy = 3, .result = 77 },
	};
	struct dream_completion *c = self->records;
	uint64_t before, after, release;
	struct request r;

	ASSERT_EQ(0, vnpu_make("a", ""));
	for (int i = 0; i < 3; i++)
		bed_command(&self->bed, i, &work[i]);
	request_init(&r, &self->bed, self->bed.queue, 0, 3);
	r.job.user_data = 0xfedcba9876543210;
	before = now_ns();
	release = before - MS;
	r.job.release_ns = release;
	r.job.deadline_ns = before + SECOND * 10;
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(1, reap(self->bed.fd, c, 1));
	after = now_ns();

	EXPECT_EQ(0xfedcba9876543210, c->user_data);
	EXPECT_EQ(1, c->seqno);
	EXPECT_EQ(self->bed.queue, c->queue);
	EXPECT_EQ(DREAM_STATUS_DONE, c->status);
	EXPECT_EQ(DREAM_REASON_NONE, c->reason);
	EXPECT_EQ(0, c->flags);
	EXPECT_EQ(0, c->error);
	EXPECT_EQ(0, c->variant);
	EXPECT_EQ(3, c->layers_run);
	EXPECT_EQ(0, c->skipped);
	EXPECT_EQ(77, c->result);
	EXPECT_EQ(release, c->release_ns);
	EXPECT_EQ(before + SECOND * 10, c->deadline_ns);
	EXPECT_LE(before, c->queued_ns);
	EXPECT_LE(c->queued_ns, c->start_ns);
	EXPECT_LE(c->start_ns + 6 * MS, c->end_ns);
	EXPECT_LE(c->end_ns, after);
	EXPECT_LE(6 * MS, c->accel_ns);
	EXPECT_LE(c->accel_ns, c->end_ns - c->start_ns);
	EXPECT_EQ(123, c->energy_nj);
	EXPECT_EQ(1ULL << accel_id(self->bed.fd, "a"), c->accel_mask);
	EXPECT_EQ(0, c->pad);
}

TEST_F(reap, relative_deadline)
{
	struct dream_completion *c = self->records;

	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	ASSERT_EQ(1, reap(self->bed.fd, c, 1));
	EXPECT_EQ(c->release_ns + RELAXED, c->deadline_ns);
	EXPECT_LE(c->queued_ns, c->release_ns);
	EXPECT_LE(c->release_ns, c->start_ns);
}

TEST_F(reap, late)
{
	struct dream_completion *c = self->records;
	struct work work = { .ns = MS };
	struct request r;

	ASSERT_EQ(0, vnpu_make("a", ""));
	bed_command(&self->bed, 0, &work);
	request_init(&r, &self->bed, self->bed.queue, 0, 1);
	r.job.deadline_ns = now_ns() - MS;
	r.job.release_ns = r.job.deadline_ns;
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(1, reap(self->bed.fd, c, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, c->status);
	EXPECT_EQ(DREAM_COMPLETION_LATE, c->flags);
	EXPECT_EQ(c->deadline_ns, c->release_ns);
}

TEST_F(reap, each_record_once_and_in_order)
{
	ASSERT_EQ(5, end_jobs(&self->bed, 5));
	ASSERT_EQ(2, reap_now(self->bed.fd, self->records, 2));
	ASSERT_EQ(3, reap_now(self->bed.fd, self->records + 2, 14));
	ASSERT_EQ(0, reap_now(self->bed.fd, self->records + 5, 11));
	for (int i = 0; i < 5; i++)
		EXPECT_EQ(i + 1, self->records[i].seqno);
}

/* The array's stride belongs to user space. */
TEST_F(reap, wide_stride)
{
	struct {
		struct dream_completion c;
		uint64_t more;
	} wide[3];

	ASSERT_EQ(2, end_jobs(&self->bed, 2));
	memset(wide, 0xa5, sizeof(wide));
	self->args.records = (uintptr_t)wide;
	self->args.stride = sizeof(wide[0]);
	self->args.count = 3;
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(2, self->args.count);
	EXPECT_EQ(1, wide[0].c.seqno);
	EXPECT_EQ(2, wide[1].c.seqno);
	EXPECT_EQ(0xa5a5a5a5a5a5a5a5, wide[2].more);
}

TEST_F(reap, nothing_in_flight)
{
	ASSERT_EQ(0, reap_now(self->bed.fd, self->records, 16));
	self->args.min_count = 1;
	EXPECT_REFUSED(ENODATA, call(self));
	/* One record and one job are two, not three. */
	ASSERT_EQ(1, end_jobs(&self->bed, 1));
	ASSERT_EQ(2, submit_one(&self->bed, self->bed.queue, 0, MS));
	self->args.min_count = 3;
	EXPECT_REFUSED(ENODATA, call(self));
	self->args.min_count = 1;
	self->args.count = 16;
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(1, self->args.count);
}

TEST_F(reap, timeout)
{
	uint64_t end = now_ns() + 5 * MS;

	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	self->args.min_count = 1;
	self->args.timeout_ns = 1;
	EXPECT_REFUSED(ETIME, call(self));
	self->args.timeout_ns = end;
	EXPECT_REFUSED(ETIME, call(self));
	EXPECT_LE(end, now_ns());
	EXPECT_EQ(16, self->args.count);
}

/* After the timeout there is what there is. */
TEST_F(reap, timeout_with_some)
{
	ASSERT_EQ(1, end_jobs(&self->bed, 1));
	ASSERT_EQ(2, submit_one(&self->bed, self->bed.queue, 0, MS));
	self->args.min_count = 2;
	self->args.timeout_ns = now_ns() + 5 * MS;
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(1, self->args.count);
	EXPECT_EQ(1, self->records[0].seqno);
}

static void nop(int signal)
{
}

/* A signal ends the wait; the call can be repeated unchanged. */
TEST_F(reap, signal)
{
	struct sigaction action = { .sa_handler = nop };
	pid_t child;

	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	sigaction(SIGUSR1, &action, NULL);
	child = fork();
	if (!child) {
		until_asleep(getppid());
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	self->args.min_count = 1;
	EXPECT_REFUSED(EINTR, call(self));
	waitpid(child, NULL, 0);
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(1, self->args.count);
}

struct reaper {
	struct dream_completion record;
	struct dream_reap args;
	struct sleeper sleeper;
};

static void start_reaper(struct reaper *r, int fd)
{
	r->args = (struct dream_reap){
		.records = (uintptr_t)&r->record,
		.count = 1,
		.stride = sizeof(r->record),
		.min_count = 1,
		.timeout_ns = now_ns() + PATIENCE,
	};
	sleeper_start(&r->sleeper, fd, DREAM_IOCTL_REAP, &r->args);
}

TEST_F(reap, wakes_when_a_job_ends)
{
	struct reaper reaper;

	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	start_reaper(&reaper, self->bed.fd);
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, sleeper_join(&reaper.sleeper));
	EXPECT_EQ(1, reaper.args.count);
	EXPECT_EQ(DREAM_STATUS_DONE, reaper.record.status);
}

/* Two wait for one record: one gets it, the other learns that none will come. */
TEST_F(reap, two_readers_one_record)
{
	struct reaper reaper[2];
	int ret[2], lucky;

	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, MS));
	start_reaper(&reaper[0], self->bed.fd);
	start_reaper(&reaper[1], self->bed.fd);
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 0));
	ret[0] = sleeper_join(&reaper[0].sleeper);
	ret[1] = sleeper_join(&reaper[1].sleeper);
	lucky = ret[0] ? 1 : 0;
	EXPECT_EQ(0, ret[lucky]);
	EXPECT_EQ(1, reaper[lucky].args.count);
	EXPECT_REFUSED(ENODATA, ret[!lucky]);
}

TEST_F(reap, refused)
{
	struct dream_reap good = self->args;

	ASSERT_EQ(2, end_jobs(&self->bed, 2));
#define REFUSE(error, change) do {					\
	self->args = good;						\
	change;								\
	EXPECT_REFUSED_WHEN(error, call(self), #change);		\
} while (0)

	REFUSE(EINVAL, self->args.flags = 1);
	REFUSE(EINVAL, self->args.flags = 1U << 31);
	REFUSE(EINVAL, self->args.count = 0);
	REFUSE(EINVAL, self->args.stride = 0);
	REFUSE(EINVAL, self->args.stride -= 8);
	REFUSE(EINVAL, self->args.stride += 4);
	REFUSE(EINVAL, self->args.min_count = 17);
	REFUSE(EINVAL, self->args.timeout_ns = now_ns() + SECOND);
	REFUSE(EFAULT, self->args.records = 0);
	REFUSE(EFAULT, self->args.records = UINT64_MAX - 7);

	/* Nothing was lost. */
	ASSERT_EQ(2, reap_now(self->bed.fd, self->records, 16));
	EXPECT_EQ(1, self->records[0].seqno);
	EXPECT_EQ(2, self->records[1].seqno);
}

/* The records that can be written come; the others stay unread. */
TEST_F(reap, half_of_the_array_is_missing)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t size = sizeof(struct dream_completion);
	struct dream_completion *array;

	ASSERT_NE(MAP_FAILED, pages);
	ASSERT_EQ(0, munmap(pages + 4096, 4096));
	ASSERT_EQ(4, end_jobs(&self->bed, 4));
	array = (void *)(pages + 4096 - 2 * size - 8);
	self->args.records = (uintptr_t)array;
	self->args.count = 4;
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(2, self->args.count);
	EXPECT_EQ(1, array[0].seqno);
	EXPECT_EQ(2, array[1].seqno);

	self->args.records = (uintptr_t)(pages + 4096 - 8);
	self->args.count = 4;
	EXPECT_REFUSED(EFAULT, call(self));
	ASSERT_EQ(2, reap_now(self->bed.fd, self->records, 16));
	EXPECT_EQ(3, self->records[0].seqno);
	EXPECT_EQ(4, self->records[1].seqno);
}

TEST_HARNESS_MAIN
