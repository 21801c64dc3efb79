// SPDX-License-Identifier: GPL-2.0
/*
 * The jobs of a queue run in the order of their numbers, one at a time, under
 * every policy and with several accelerators; different queues run side by side.
 */
#include "kselftest_harness.h"
#include "netlink.h"

#define QUEUES	3
#define JOBS	12

FIXTURE(order) {
	struct nlk nl;
	struct bed bed;
	uint32_t queue[QUEUES];
};

FIXTURE_VARIANT(order) {
	const char *policy;
};

FIXTURE_VARIANT_ADD(order, dream) { .policy = "dream" };
FIXTURE_VARIANT_ADD(order, edf) { .policy = "edf" };
FIXTURE_VARIANT_ADD(order, fifo) { .policy = "fifo" };
FIXTURE_VARIANT_ADD(order, fifo_static) { .policy = "fifo-static" };

FIXTURE_SETUP(order)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, nlk_policy_set(&self->nl, variant->policy));
	ASSERT_EQ(0, bed_open(&self->bed));
	for (int q = 0; q < QUEUES; q++)
		self->queue[q] = queue_make(self->bed.fd);
}

FIXTURE_TEARDOWN(order)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

TEST_F(order, within_a_queue)
{
	struct dream_completion records[QUEUES * JOBS];
	uint64_t seqno[QUEUES] = { 0 }, end[QUEUES] = { 0 };

	/* Later ones are due earlier and shorter: the queue's order holds. */
	for (int i = 0; i < JOBS; i++) {
		for (int q = 0; q < QUEUES; q++) {
			struct work work = { .ns = (JOBS - i) * 100000ULL };
			struct request r;

			bed_command(&self->bed, i, &work);
			request_init(&r, &self->bed, self->queue[q], i, 1);
			r.job.deadline_ns = now_ns() + RELAXED - i * SECOND;
			ASSERT_EQ(0, request_submit(self->bed.fd, &r));
		}
	}
	ASSERT_EQ(0, vnpu_make("a", "slots=2"));
	ASSERT_EQ(0, vnpu_make("b", ""));
	ASSERT_EQ(0, vnpu_make("c", ""));
	ASSERT_EQ(QUEUES * JOBS, reap(self->bed.fd, records, QUEUES * JOBS));
	for (int i = 0; i < QUEUES * JOBS; i++) {
		struct dream_completion *c = &records[i];
		int q = c->queue - self->queue[0];

		ASSERT_EQ(DREAM_STATUS_DONE, c->status);
		EXPECT_EQ(++seqno[q], c->seqno);
		EXPECT_LE(end[q], c->start_ns);
		EXPECT_LE(c->start_ns, c->end_ns);
		end[q] = c->end_ns;
	}
}

/*
 * As many queues as accelerators, every command hangs until all have one: they
 * can only all be running at the same time.
 */
TEST_F(order, queues_run_side_by_side)
{
	static const char * const names[QUEUES] = { "a", "b", "c" };
	struct nlk_accel accel;

	for (int q = 0; q < QUEUES; q++)
		ASSERT_EQ(0, vnpu_make(names[q], "hang=1"));
	for (int q = 0; q < QUEUES; q++)
		ASSERT_EQ(1, submit_one(&self->bed, self->queue[q], q, MS));
	for (int q = 0; q < QUEUES; q++) {
		ASSERT_EQ(0, nlk_accel_get(&self->nl, names[q], &accel));
		EXPECT_EQ(1, accel.running);
		EXPECT_EQ(DREAM_ACCEL_BUSY, accel.state);
	}
}

TEST_HARNESS_MAIN
