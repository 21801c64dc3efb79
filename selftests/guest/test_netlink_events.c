// SPDX-License-Identifier: GPL-2.0
/*
 * Events: each thing that happens is told once, to everybody who listens, with
 * what belongs to it.
 */
#include "kselftest_harness.h"
#include "netlink.h"

FIXTURE(events) {
	struct nlk nl;
	struct nlk events;
	struct bed bed;
	struct dream_queue_create queue;
	struct dream_completion record;
	struct nlk_event e;
};

typedef FIXTURE_DATA(events) fixture;

FIXTURE_SETUP(events)
{
	int model;

	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	/* Accounting windows would end in between. */
	nlk_param_set(&self->nl, "window", 0);
	ASSERT_EQ(0, bed_open(&self->bed));
	model = nlk_model_simple(&self->nl, "m", "x", 1, 1000, 1);
	ASSERT_LT(0, model);
	self->queue = (struct dream_queue_create){
		.model = model, .deadline_ns = RELAXED,
	};
	ASSERT_EQ(0, queue_create(self->bed.fd, &self->queue));
	ASSERT_EQ(0, nlk_open(&self->events));
	ASSERT_EQ(0, nlk_listen(&self->events));
}

FIXTURE_TEARDOWN(events)
{
	bed_close(&self->bed);
	nlk_close(&self->events);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

static int next(fixture *self, uint32_t type)
{
	return nlk_next_event(&self->events, type, &self->e);
}

static struct request request_of(fixture *self)
{
	struct work work = { .ns = 1000 };
	struct request r;

	bed_command(&self->bed, 0, &work);
	request_init(&r, &self->bed, self->queue.handle, 0, 1);
	return r;
}

TEST_F(events, accelerators)
{
	int id;

	ASSERT_EQ(0, vnpu_make("a", ""));
	id = accel_id(self->bed.fd, "a");
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_ACCEL_NEW));
	EXPECT_TRUE(self->e.has_accel);
	EXPECT_EQ(id, self->e.accel);
	EXPECT_STREQ("a", self->e.name);
	EXPECT_FALSE(self->e.has_queue);
	ASSERT_EQ(0, vnpu_remove("a"));
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_ACCEL_DEL));
	EXPECT_EQ(id, self->e.accel);
	EXPECT_STREQ("a", self->e.name);
}

TEST_F(events, accelerator_hangs)
{
	struct request r = request_of(self);

	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 20));
	ASSERT_EQ(0, vnpu_make("a", "hang=1 abort_fail=1"));
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_ACCEL_FAULT));
	EXPECT_EQ(-ETIMEDOUT, self->e.value);
	EXPECT_STREQ("a", self->e.name);
	/* After the reset it works again. */
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_ACCEL_FAULT));
	EXPECT_EQ(0, self->e.value);
	EXPECT_EQ(accel_id(self->bed.fd, "a"), self->e.accel);
}

TEST_F(events, miss)
{
	struct request r = request_of(self);

	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	r.job.deadline_ns = now_ns();
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(1, reap(self->bed.fd, &self->record, 1));
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_MISS));
	EXPECT_EQ(self->queue.id, self->e.queue);
	EXPECT_EQ(1, self->e.seqno);
	EXPECT_EQ(self->queue.model, self->e.model);
	EXPECT_EQ((int64_t)(self->record.end_ns - self->record.deadline_ns),
		  self->e.value);
	EXPECT_LE(self->record.end_ns, self->e.time_ns);
	EXPECT_GE(now_ns(), self->e.time_ns);
}

TEST_F(events, fail)
{
	struct request r = request_of(self);

	ASSERT_EQ(0, vnpu_make("a", "class=x fail=1"));
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_FAIL));
	EXPECT_EQ(self->queue.id, self->e.queue);
	EXPECT_EQ(1, self->e.seqno);
	EXPECT_TRUE(self->e.has_reason);
	EXPECT_EQ(DREAM_REASON_DEVICE, self->e.reason);
	EXPECT_EQ(-EIO, self->e.value);
}

/* A child becomes due while its queue is full. */
TEST_F(events, drop)
{
	struct dream_queue_create child = {
		.parent = self->queue.handle, .deadline_ns = RELAXED, .depth = 1,
	};
	struct request r[2];

	ASSERT_EQ(0, queue_create(self->bed.fd, &child));
	ASSERT_EQ(1, submit_one(&self->bed, child.handle, 2, 60 * MS));
	r[0] = request_of(self);
	request_init(&r[1], &self->bed, child.handle, 0, 1);
	request_dep(&r[1], 0, 0, DREAM_DEP_IN_CALL);
	ASSERT_EQ(0, request_submit_all(self->bed.fd, r, 2));
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, vnpu_make("b", "class=x"));
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_DROP));
	EXPECT_EQ(child.id, self->e.queue);
	EXPECT_EQ(2, self->e.seqno);
	EXPECT_EQ(DREAM_REASON_QUEUE_FULL, self->e.reason);
	EXPECT_EQ(0, self->e.model);
}

TEST_F(events, policy)
{
	/* The one that is active already is no news. */
	ASSERT_EQ(0, nlk_policy_set(&self->nl, "dream"));
	ASSERT_EQ(0, nlk_policy_set(&self->nl, "fifo"));
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_POLICY));
	EXPECT_STREQ("fifo", self->e.name);
	ASSERT_EQ(0, nlk_policy_set(&self->nl, "dream"));
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_POLICY));
	EXPECT_STREQ("dream", self->e.name);
}

TEST_F(events, param)
{
	nlk_param_set(&self->nl, "alpha", 2001);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "alpha", 1234));
	ASSERT_EQ(0, next(self, DREAM_EVENT_TYPE_PARAM));
	EXPECT_STREQ("alpha", self->e.name);
	EXPECT_EQ(1234, self->e.value);
}

/* Everybody hears it, and who has not subscribed does not. */
TEST_F(events, listeners)
{
	struct timeval now = { .tv_usec = 1 };
	struct nlk other, deaf;

	ASSERT_EQ(0, nlk_open(&other));
	ASSERT_EQ(0, nlk_open(&deaf));
	ASSERT_EQ(0, nlk_listen(&other));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "beta", 7));
	EXPECT_EQ(0, next(self, DREAM_EVENT_TYPE_PARAM));
	EXPECT_EQ(0, nlk_next_event(&other, DREAM_EVENT_TYPE_PARAM, &self->e));
	EXPECT_EQ(7, self->e.value);
	setsockopt(deaf.fd, SOL_SOCKET, SO_RCVTIMEO, &now, sizeof(now));
	EXPECT_EQ(-ETIME, nlk_next_event(&deaf, DREAM_EVENT_TYPE_PARAM,
					 &self->e));
	nlk_close(&other);
	nlk_close(&deaf);
}

/* Who does not read is told so, and delays nobody. */
TEST_F(events, slow_reader)
{
	int small = 2048, ret, events = 0;

	setsockopt(self->events.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	for (int i = 0; i < 300; i++)
		ASSERT_EQ(0, nlk_param_set(&self->nl, "beta", i));
	do {
		ret = next(self, DREAM_EVENT_TYPE_PARAM);
		events += !ret;
	} while (!ret);
	EXPECT_EQ(-ENOBUFS, ret);
	EXPECT_GT(300, events);
}

TEST_HARNESS_MAIN
