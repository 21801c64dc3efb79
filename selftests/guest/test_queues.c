// SPDX-License-Identifier: GPL-2.0
/*
 * Queues: what they are made of, parents, their end.
 */
#include "kselftest_harness.h"
#include "netlink.h"

#define HOUR	(3600 * SECOND)
/* Most ancestors of a queue. */
#define PARENTS	8

FIXTURE(queues) {
	struct nlk nl;
	int fd;
	struct dream_queue_create args;
};

FIXTURE_SETUP(queues)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	self->args = (struct dream_queue_create){ .deadline_ns = MS };
}

FIXTURE_TEARDOWN(queues)
{
	close(self->fd);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

TEST_F(queues, defaults)
{
	struct nlk_queue q;

	ASSERT_EQ(0, queue_create(self->fd, &self->args));
	EXPECT_EQ(1, self->args.handle);
	ASSERT_EQ(0, nlk_queue_get(&self->nl, self->args.id, &q));
	EXPECT_EQ(self->args.id, q.id);
	EXPECT_STREQ("", q.name);
	EXPECT_EQ(0, q.model);
	EXPECT_EQ(getpid(), q.pid);
	EXPECT_EQ(getuid(), q.owner);
	EXPECT_EQ(0, q.parent);
	EXPECT_EQ(0, q.period_ns);
	EXPECT_EQ(MS, q.deadline_ns);
	EXPECT_EQ(100, q.weight);
	EXPECT_EQ(64, q.depth);
	EXPECT_EQ(0, q.waiting);
	EXPECT_EQ(0, q.ready);
	EXPECT_EQ(0, q.counters.submitted);
}

TEST_F(queues, values)
{
	struct dream_queue_create args = {
		.period_ns = HOUR, .deadline_ns = HOUR, .depth = 4096,
		.weight = 10000, .drop_cap = 10,
		.variant_max = DREAM_VARIANT_ANY,
		.name = "thirty-one characters, no more!",
	};
	struct nlk_queue q;

	ASSERT_EQ(0, queue_create(self->fd, &self->args));
	args.parent = self->args.handle;
	ASSERT_EQ(0, queue_create(self->fd, &args));
	EXPECT_EQ(2, args.handle);
	EXPECT_NE(self->args.id, args.id);
	ASSERT_EQ(0, nlk_queue_get(&self->nl, args.id, &q));
	EXPECT_STREQ((char *)args.name, q.name);
	EXPECT_EQ(self->args.id, q.parent);
	EXPECT_EQ(HOUR, q.period_ns);
	EXPECT_EQ(HOUR, q.deadline_ns);
	EXPECT_EQ(10000, q.weight);
	EXPECT_EQ(4096, q.depth);
}

TEST_F(queues, smallest_values)
{
	struct dream_queue_create args = {
		.period_ns = 1, .deadline_ns = 1, .depth = 1, .weight = 1,
	};
	struct nlk_queue q;

	ASSERT_EQ(0, queue_create(self->fd, &args));
	ASSERT_EQ(0, nlk_queue_get(&self->nl, args.id, &q));
	EXPECT_EQ(1, q.weight);
	EXPECT_EQ(1, q.depth);
}

TEST_F(queues, refused)
{
#define REFUSE(error, change) do {					\
	self->args = (struct dream_queue_create){ .deadline_ns = MS };	\
	change;								\
	EXPECT_REFUSED_WHEN(error, queue_create(self->fd, &self->args),	\
			    #change);					\
} while (0)

	REFUSE(ENOENT, self->args.model = 12345678);
	REFUSE(ENOENT, self->args.model = UINT32_MAX);
	REFUSE(EINVAL, self->args.flags = 1);
	REFUSE(EINVAL, self->args.flags = 1U << 31);
	REFUSE(EINVAL, self->args.period_ns = HOUR + 1);
	REFUSE(EINVAL, self->args.period_ns = UINT64_MAX);
	REFUSE(EINVAL, self->args.deadline_ns = 0);
	REFUSE(EINVAL, self->args.deadline_ns = HOUR + 1);
	REFUSE(EINVAL, self->args.deadline_ns = UINT64_MAX);
	REFUSE(ENOENT, self->args.parent = 1);
	REFUSE(ENOENT, self->args.parent = UINT32_MAX);
	REFUSE(EINVAL, self->args.depth = 4097);
	REFUSE(EINVAL, self->args.depth = UINT32_MAX);
	REFUSE(EINVAL, self->args.weight = 10001);
	REFUSE(EINVAL, self->args.drop_cap = 11);
	REFUSE(EINVAL, self->args.drop_cap = DREAM_DROP_CAP_DEFAULT - 1);
	REFUSE(EINVAL, self->args.variant_max = DREAM_VARIANT_ANY - 1);
	REFUSE(EINVAL, self->args.handle = 1);
	REFUSE(EINVAL, self->args.id = 1);
	REFUSE(EINVAL, self->args.pad = 1);
	REFUSE(EINVAL, memset(self->args.name, 'x', DREAM_NAME_LEN));

	/* Nothing was made, no handle was spent. */
	EXPECT_EQ(0, nlk_queues(&self->nl, NULL, 0));
	self->args = (struct dream_queue_create){ .deadline_ns = MS };
	ASSERT_EQ(0, queue_create(self->fd, &self->args));
	EXPECT_EQ(1, self->args.handle);
}

TEST_F(queues, destroy_refused)
{
	struct dream_queue_destroy args = { .handle = 1, .pad = 1 };

	ASSERT_EQ(0, queue_create(self->fd, &self->args));
	EXPECT_REFUSED(EINVAL, device_call(self->fd, DREAM_IOCTL_QUEUE_DESTROY,
					   &args));
	EXPECT_REFUSED(ENOENT, queue_destroy(self->fd, 0));
	EXPECT_REFUSED(ENOENT, queue_destroy(self->fd, 2));
	EXPECT_EQ(1, nlk_queues(&self->nl, NULL, 0));
	EXPECT_EQ(0, queue_destroy(self->fd, 1));
	EXPECT_EQ(0, nlk_queues(&self->nl, NULL, 0));
	EXPECT_REFUSED(ENOENT, queue_destroy(self->fd, 1));
}

TEST_F(queues, handles_belong_to_a_file)
{
	int other = device_open();

	ASSERT_LE(0, other);
	ASSERT_EQ(0, queue_create(self->fd, &self->args));
	EXPECT_REFUSED(ENOENT, queue_destroy(other, self->args.handle));
	EXPECT_REFUSED(ENOENT, wait_job(other, self->args.handle, 0));
	EXPECT_REFUSED(ENOENT, cancel(other, self->args.handle, 0));
	self->args = (struct dream_queue_create){ .deadline_ns = MS, .parent = 1 };
	EXPECT_REFUSED(ENOENT, queue_create(other, &self->args));
	close(other);
}

TEST_F(queues, chain_of_parents_is_bounded)
{
	uint32_t parent = 0;

	for (int i = 0; i < PARENTS; i++) {
		self->args = (struct dream_queue_create){
			.deadline_ns = MS, .parent = parent,
		};
		ASSERT_EQ(0, queue_create(self->fd, &self->args));
		parent = self->args.handle;
	}
	self->args = (struct dream_queue_create){
		.deadline_ns = MS, .parent = parent,
	};
	ASSERT_EQ(0, queue_create(self->fd, &self->args));
	self->args = (struct dream_queue_create){
		.deadline_ns = MS, .parent = self->args.handle,
	};
	EXPECT_REFUSED(EINVAL, queue_create(self->fd, &self->args));
}

TEST_F(queues, child_loses_its_parent)
{
	struct nlk_queue q;

	ASSERT_EQ(0, queue_create(self->fd, &self->args));
	self->args = (struct dream_queue_create){ .deadline_ns = MS, .parent = 1 };
	ASSERT_EQ(0, queue_create(self->fd, &self->args));
	ASSERT_EQ(0, queue_destroy(self->fd, 1));
	ASSERT_EQ(0, nlk_queue_get(&self->nl, self->args.id, &q));
	EXPECT_EQ(0, q.parent);
	EXPECT_EQ(1, nlk_queues(&self->nl, NULL, 0));
}

/* Jobs of a queue that is destroyed are cancelled, and tell. */
TEST_F(queues, destroyed_with_jobs)
{
	struct dream_completion records[3];
	struct bed bed;

	ASSERT_EQ(0, bed_open(&bed));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(i + 1, submit_one(&bed, bed.queue, i, MS));
	ASSERT_EQ(0, queue_destroy(bed.fd, bed.queue));
	ASSERT_EQ(3, reap_now(bed.fd, records, 3));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(DREAM_STATUS_CANCELLED, records[i].status);
		EXPECT_EQ(DREAM_REASON_CLOSED, records[i].reason);
		EXPECT_EQ(bed.queue, records[i].queue);
		EXPECT_EQ(0, records[i].start_ns);
	}
	EXPECT_REFUSED(ENOENT, wait_job(bed.fd, bed.queue, 0));
	bed_close(&bed);
}

/* A layer that runs is let run; then its job ends and its queue goes. */
TEST_F(queues, destroyed_while_running)
{
	struct dream_completion record;
	struct bed bed;

	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, bed_open(&bed));
	ASSERT_EQ(1, submit_one(&bed, bed.queue, 0, 20 * MS));
	ASSERT_EQ(0, queue_destroy(bed.fd, bed.queue));
	ASSERT_EQ(1, reap(bed.fd, &record, 1));
	EXPECT_EQ(DREAM_STATUS_CANCELLED, record.status);
	EXPECT_EQ(DREAM_REASON_CLOSED, record.reason);
	EXPECT_EQ(1, record.layers_run);
	EXPECT_LE(20 * MS, record.end_ns - record.start_ns);
	bed_close(&bed);
	EXPECT_EQ(0, nlk_queues(&self->nl, NULL, 0));
}

TEST_HARNESS_MAIN
