// SPDX-License-Identifier: GPL-2.0
/*
 * A program dies, or closes its file, with work in flight: its jobs go, its memory
 * comes back, others go on.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "netlink.h"

FIXTURE(kill) {
	struct nlk nl;
	struct bed bed;
	long long queues_max, buffer_bytes_max, jobs_max;
};

typedef FIXTURE_DATA(kill) fixture;

FIXTURE_SETUP(kill)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, bed_open(&self->bed));
	self->queues_max = module_param("queues_max", 8);
	self->buffer_bytes_max = module_param("buffer_bytes_max", 1 << 20);
	self->jobs_max = module_param("jobs_max", 64);
}

FIXTURE_TEARDOWN(kill)
{
	module_param("queues_max", self->queues_max);
	module_param("buffer_bytes_max", self->buffer_bytes_max);
	module_param("jobs_max", self->jobs_max);
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/*
 * Takes all that a user may have (the bed has a queue and a buffer already):
 * queues, jobs in all states, buffers.
 */
static int take_everything(struct bed *bed)
{
	struct dream_buffer_create buffer;
	int64_t ret = 0;
	int q, i;

	if (bed_open(bed))
		return -1;
	for (q = 1; q <= 6; q++) {
		if (q > 1)
			ret = queue_make(bed->fd);
		if (ret < 0)
			return -2;
		for (i = 0; i < 8 && ret >= 0; i++) {
			struct work work = { .ns = 5 * MS };
			struct request r;

			bed_command(bed, i, &work);
			request_init(&r, bed, q, i, 1);
			if (i == 7 && q > 1)
				request_dep(&r, q - 1, 8, 0);
			ret = request_submit(bed->fd, &r);
		}
		if (ret < 0)
			return -3;
	}
	while (!buffer_create(bed->fd, 65536, &buffer))
		;
	return 0;
}

/* All of it can be had again, by a new file of the same user. */
static int everything_is_back(void)
{
	struct bed bed;
	int ret = take_everything(&bed);

	bed_close(&bed);
	return ret;
}

/* A child that has taken everything stops itself; its pid is returned. */
static pid_t greedy_child(void)
{
	pid_t child = fork();
	struct bed bed;
	int status;

	if (!child) {
		if (take_everything(&bed))
			_exit(1);
		raise(SIGSTOP);
		_exit(2);
	}
	if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status))
		return -1;
	return child;
}

/* The layer that was running when its owner died has ended. */
static int idle_again(fixture *self)
{
	return submit_one(&self->bed, self->bed.queue, 0, 1) < 0 ? -1 :
	       wait_job(self->bed.fd, self->bed.queue, 0);
}

TEST_F(kill, killed_without_accelerators)
{
	pid_t child = greedy_child();

	ASSERT_LT(0, child);
	EXPECT_EQ(7, nlk_queues(&self->nl, NULL, 0));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	EXPECT_EQ(1, nlk_queues(&self->nl, NULL, 0));
	EXPECT_EQ(0, everything_is_back());
	EXPECT_EQ(1, nlk_queues(&self->nl, NULL, 0));
}

TEST_F(kill, killed_while_layers_run)
{
	struct nlk_accel accel;
	pid_t child;

	ASSERT_EQ(0, vnpu_make("a", "slots=2"));
	child = greedy_child();
	ASSERT_LT(0, child);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	ASSERT_EQ(0, idle_again(self));
	/* One slot may still have a layer of the dead; this is the last of it. */
	ASSERT_EQ(0, idle_again(self));
	ASSERT_EQ(0, nlk_accel_get(&self->nl, "a", &accel));
	EXPECT_EQ(0, accel.running);
	EXPECT_EQ(1, nlk_queues(&self->nl, NULL, 0));
	EXPECT_EQ(0, everything_is_back());
}

/* A device that hangs does not hold the dead for ever. */
TEST_F(kill, killed_while_the_device_hangs)
{
	struct dream_completion record;
	pid_t child;

	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 50));
	ASSERT_EQ(0, vnpu_make("a", "hang=1"));
	child = greedy_child();
	ASSERT_LT(0, child);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	ASSERT_EQ(0, idle_again(self));
	ASSERT_EQ(1, reap_now(self->bed.fd, &record, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, record.status);
	EXPECT_EQ(1, nlk_queues(&self->nl, NULL, 0));
	EXPECT_EQ(0, everything_is_back());
}

TEST_F(kill, closed_with_work)
{
	struct bed bed;

	ASSERT_EQ(0, take_everything(&bed));
	bed_close(&bed);
	EXPECT_EQ(1, nlk_queues(&self->nl, NULL, 0));
	EXPECT_EQ(0, everything_is_back());
}

/* The last of several file descriptors ends it, not the first. */
TEST_F(kill, closed_one_of_two)
{
	struct dream_completion record;
	struct bed bed;
	int copy;

	ASSERT_EQ(0, bed_open(&bed));
	ASSERT_EQ(1, submit_one(&bed, bed.queue, 0, MS));
	copy = dup(bed.fd);
	close(bed.fd);
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(1, reap(copy, &record, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, record.status);
	close(copy);
	bed.fd = -1;
	bed_close(&bed);
	EXPECT_EQ(1, nlk_queues(&self->nl, NULL, 0));
}

/* The memory of a running layer stays until the layer has ended. */
TEST_F(kill, closed_while_the_data_is_written)
{
	struct work work = { .ns = 30 * MS, .key = 3, .out_words = BED_WORDS };
	static uint64_t want[BED_WORDS];
	struct nlk_accel accel;
	struct request r;
	uint64_t *data;
	struct bed bed;

	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, bed_open(&bed));
	bed_command(&bed, 0, &work);
	request_init(&r, &bed, bed.queue, 0, 1);
	ASSERT_EQ(0, request_submit(bed.fd, &r));
	close(bed.fd);
	bed.fd = -1;
	data = bed.data;
	ASSERT_EQ(0, idle_again(self));
	ASSERT_EQ(0, nlk_accel_get(&self->nl, "a", &accel));
	EXPECT_EQ(2, accel.commands);
	transform(want, &work);
	EXPECT_EQ(0, memcmp(want, data, sizeof(want)));
	bed_close(&bed);
}

/* Somebody else's jobs are not touched. */
TEST_F(kill, others_go_on)
{
	struct dream_completion records[4];
	pid_t child;

	for (int i = 0; i < 4; i++)
		ASSERT_EQ(i + 1, submit_one(&self->bed, self->bed.queue, i, MS));
	child = greedy_child();
	ASSERT_LT(0, child);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(4, reap(self->bed.fd, records, 4));
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(DREAM_STATUS_DONE, records[i].status);
}

TEST_HARNESS_MAIN
