// SPDX-License-Identifier: GPL-2.0
/*
 * What one user can take: queues, jobs, buffers, models. It is counted over all
 * files, refused beyond the limit, given back, and no matter for other users.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "netlink.h"

#define NOBODY	65534

static const char * const params[] = {
	"queues_max", "jobs_max", "buffer_bytes_max", "models_max",
	"model_rows_max", "job_bytes_max",
};

FIXTURE(limits) {
	struct nlk nl;
	struct bed bed;
	long long former[6];
};

FIXTURE_SETUP(limits)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, bed_open(&self->bed));
	for (int i = 0; i < 6; i++) {
		self->former[i] = module_param(params[i], 1 << 30);
		ASSERT_LT(0, self->former[i]);
		module_param(params[i], self->former[i]);
	}
}

FIXTURE_TEARDOWN(limits)
{
	for (int i = 0; i < 6; i++)
		module_param(params[i], self->former[i]);
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* Runs a function as another user; returns what it does. */
static int as_nobody(int (*fn)(void))
{
	pid_t child = fork();
	int status;

	if (!child) {
		if (setgid(NOBODY) || setuid(NOBODY))
			_exit(99);
		_exit(fn());
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int can_make_a_queue(void)
{
	int fd = device_open();

	return fd < 0 || queue_make(fd) < 0;
}

TEST_F(limits, queues)
{
	struct dream_info info;
	int other = device_open();
	int queue;

	/* The bed has one. */
	module_param("queues_max", 3);
	ASSERT_EQ(0, get_info(other, &info));
	EXPECT_EQ(3, info.queues_max);
	queue = queue_make(self->bed.fd);
	ASSERT_LT(0, queue);
	ASSERT_LT(0, queue_make(other));
	EXPECT_REFUSED(EDQUOT, queue_make(self->bed.fd));
	EXPECT_REFUSED(EDQUOT, queue_make(other));
	EXPECT_EQ(0, as_nobody(can_make_a_queue));
	ASSERT_EQ(0, queue_destroy(self->bed.fd, queue));
	EXPECT_LT(0, queue_make(self->bed.fd));
	EXPECT_REFUSED(EDQUOT, queue_make(self->bed.fd));
	close(other);
	EXPECT_LT(0, queue_make(self->bed.fd));
}

/* A job counts until its record has been read. */
TEST_F(limits, jobs)
{
	struct dream_completion records[4];
	struct dream_info info;
	struct request r[2];

	module_param("jobs_max", 3);
	ASSERT_EQ(0, get_info(self->bed.fd, &info));
	EXPECT_EQ(3, info.jobs_max);
	for (int i = 1; i <= 2; i++)
		ASSERT_EQ(i, submit_one(&self->bed, self->bed.queue, 0, 1));
	/* All or none. */
	request_init(&r[0], &self->bed, self->bed.queue, 0, 1);
	r[1] = r[0];
	EXPECT_REFUSED(EDQUOT, request_submit_all(self->bed.fd, r, 2));
	ASSERT_EQ(3, submit_one(&self->bed, self->bed.queue, 0, 1));
	EXPECT_REFUSED(EDQUOT, submit_one(&self->bed, self->bed.queue, 0, 1));
	ASSERT_EQ(3, cancel(self->bed.fd, self->bed.queue, 0));
	EXPECT_REFUSED(EDQUOT, submit_one(&self->bed, self->bed.queue, 0, 1));
	ASSERT_EQ(1, reap_now(self->bed.fd, records, 1));
	EXPECT_EQ(4, submit_one(&self->bed, self->bed.queue, 0, 1));
	EXPECT_REFUSED(EDQUOT, submit_one(&self->bed, self->bed.queue, 0, 1));
}

TEST_F(limits, refused_calls_cost_nothing)
{
	struct request r;

	module_param("jobs_max", 2);
	submit_one(&self->bed, self->bed.queue, 0, 1);
	request_init(&r, &self->bed, 77, 0, 1);
	for (int i = 0; i < 10; i++)
		EXPECT_REFUSED(ENOENT, request_submit(self->bed.fd, &r));
	EXPECT_EQ(2, submit_one(&self->bed, self->bed.queue, 0, 1));
}

TEST_F(limits, memory_of_jobs)
{
	struct request r;

	submit_one(&self->bed, self->bed.queue, 0, 1);
	module_param("job_bytes_max", 16384);
	/* Four of the longest commands and what goes with them are more. */
	request_init(&r, &self->bed, self->bed.queue, 0, 4);
	for (int l = 0; l < 4; l++) {
		r.layers[l].offset = l * DREAM_CMD_SIZE_MAX;
		r.layers[l].size = DREAM_CMD_SIZE_MAX;
	}
	EXPECT_REFUSED(EDQUOT, request_submit(self->bed.fd, &r));
	r.job.layer_count = 2;
	EXPECT_EQ(0, request_submit(self->bed.fd, &r));
	EXPECT_REFUSED(EDQUOT, request_submit(self->bed.fd, &r));
	ASSERT_EQ(2, cancel(self->bed.fd, self->bed.queue, 0));
	EXPECT_EQ(0, request_submit(self->bed.fd, &r));
}

TEST_F(limits, buffers)
{
	struct dream_buffer_create buffer;
	struct dream_info info;
	int other = device_open();

	/* The bed has 96 KiB. */
	module_param("buffer_bytes_max", 128 << 10);
	ASSERT_EQ(0, get_info(other, &info));
	EXPECT_EQ(128 << 10, info.buffer_bytes_max);
	EXPECT_REFUSED(E2BIG, buffer_create(other, (128 << 10) + 1, &buffer));
	EXPECT_REFUSED(EDQUOT, buffer_create(other, 36 << 10, &buffer));
	ASSERT_EQ(0, buffer_create(other, 32 << 10, &buffer));
	EXPECT_REFUSED(EDQUOT, buffer_create(self->bed.fd, 1, &buffer));
	close(other);
	EXPECT_EQ(0, buffer_create(self->bed.fd, 32 << 10, &buffer));
	ASSERT_EQ(0, buffer_free(self->bed.fd, buffer.handle));
	EXPECT_EQ(0, buffer_create(self->bed.fd, 32 << 10, &buffer));
}

/* Memory that is mapped is still held: its handle is not all of it. */
TEST_F(limits, mapped_memory_counts)
{
	struct dream_buffer_create buffer;
	void *map;

	module_param("buffer_bytes_max", 128 << 10);
	ASSERT_EQ(0, buffer_create(self->bed.fd, 32 << 10, &buffer));
	map = mmap(NULL, 32 << 10, PROT_READ | PROT_WRITE, MAP_SHARED,
		   self->bed.fd, buffer.mmap_offset);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, buffer_free(self->bed.fd, buffer.handle));
	EXPECT_REFUSED(EDQUOT, buffer_create(self->bed.fd, 32 << 10, &buffer));
	/* Half of the mapping still holds all of it. */
	munmap(map, 16 << 10);
	EXPECT_REFUSED(EDQUOT, buffer_create(self->bed.fd, 32 << 10, &buffer));
	munmap(map + (16 << 10), 16 << 10);
	EXPECT_EQ(0, buffer_create(self->bed.fd, 32 << 10, &buffer));
}

/* So is memory that a job in flight can still write. */
TEST_F(limits, memory_of_a_job_in_flight_counts)
{
	struct dream_buffer_create buffer;
	struct request r;

	module_param("buffer_bytes_max", 128 << 10);
	ASSERT_EQ(0, buffer_create(self->bed.fd, 32 << 10, &buffer));
	request_init(&r, &self->bed, self->bed.queue, 0, 1);
	r.ranges[0].buffer = buffer.handle;
	r.ranges[0].offset = 0;
	r.ranges[0].length = 8;
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(0, buffer_free(self->bed.fd, buffer.handle));
	EXPECT_REFUSED(EDQUOT, buffer_create(self->bed.fd, 32 << 10, &buffer));
	ASSERT_EQ(1, cancel(self->bed.fd, self->bed.queue, 0));
	EXPECT_EQ(0, buffer_create(self->bed.fd, 32 << 10, &buffer));
}

TEST_F(limits, models)
{
	struct nlk_model model;
	uint32_t layers = 1;
	struct nlk other;

	module_param("models_max", 2);
	ASSERT_EQ(0, nlk_open(&other));
	ASSERT_EQ(0, nlk_model_new(&self->nl, "a", 0, &layers, 1, &model));
	ASSERT_EQ(0, nlk_model_new(&other, "b", 0, &layers, 1, &model));
	EXPECT_NL_REFUSED(EDQUOT, &self->nl,
			  nlk_model_new(&self->nl, "c", 0, &layers, 1, &model));
	nlk_close(&other);
	EXPECT_EQ(0, nlk_model_new(&self->nl, "c", 0, &layers, 1, &model));
}

TEST_F(limits, rows_of_models)
{
	uint32_t layers[2] = { 60, 50 };
	struct nlk_model model;

	module_param("model_rows_max", 100);
	EXPECT_NL_REFUSED(EDQUOT, &self->nl,
			  nlk_model_new(&self->nl, "a", 0, layers, 2, &model));
	ASSERT_EQ(0, nlk_model_new(&self->nl, "a", 0, layers, 1, &model));
	EXPECT_NL_REFUSED(EDQUOT, &self->nl,
			  nlk_model_new(&self->nl, "b", 0, layers + 1, 1, &model));
	ASSERT_EQ(0, nlk_model_del(&self->nl, model.id));
	EXPECT_EQ(0, nlk_model_new(&self->nl, "b", 0, layers + 1, 1, &model));
}

TEST_HARNESS_MAIN
