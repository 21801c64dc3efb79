// SPDX-License-Identifier: GPL-2.0
/*
 * Another policy takes over under load: nothing is lost, nothing comes twice.
 */
#include <pthread.h>

#include "kselftest_harness.h"
#include "netlink.h"

#define QUEUES	4
#define JOBS	60

FIXTURE(policy) {
	struct nlk nl;
	struct bed bed;
	uint32_t queue[QUEUES];
};

FIXTURE_SETUP(policy)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	ASSERT_EQ(0, vnpu_make("b", "class=y slots=2"));
	ASSERT_EQ(0, bed_open(&self->bed));
	for (int q = 0; q < QUEUES; q++)
		self->queue[q] = queue_make(self->bed.fd);
}

FIXTURE_TEARDOWN(policy)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

struct switcher {
	struct nlk *nl;
	bool stop;
	unsigned int done;
};

/* Switches as often as it can, once around at least. */
static void *switch_main(void *arg)
{
	static const char * const names[] = { "fifo", "edf", "fifo-static", "dream" };
	struct switcher *s = arg;

	for (; s->done < 4 || !__atomic_load_n(&s->stop, __ATOMIC_ACQUIRE); s->done++)
		if (nlk_policy_set(s->nl, names[s->done % 4]))
			break;
	return NULL;
}

TEST_F(policy, switched_under_load)
{
	struct switcher switcher = { .nl = &self->nl };
	static struct dream_completion records[QUEUES * JOBS];
	bool seen[QUEUES][JOBS] = { { false } };
	struct work work = { .ns = 100000 };
	struct dream_completion extra;
	struct request r[QUEUES];
	pthread_t thread;
	int got = 0;

	for (int l = 0; l < 3; l++)
		bed_command(&self->bed, l, &work);
	ASSERT_EQ(0, pthread_create(&thread, NULL, switch_main, &switcher));
	for (int i = 0; i < JOBS; i++) {
		for (int q = 0; q < QUEUES; q++)
			request_init(&r[q], &self->bed, self->queue[q], 0, 3);
		ASSERT_EQ(0, request_submit_all(self->bed.fd, r, QUEUES));
		/* At most 10 frames of a queue are open. */
		if (i >= 10) {
			ASSERT_EQ(QUEUES, reap(self->bed.fd, &records[got],
					       QUEUES));
			got += QUEUES;
		}
	}
	ASSERT_EQ(QUEUES * JOBS - got,
		  reap(self->bed.fd, &records[got], QUEUES * JOBS - got));
	__atomic_store_n(&switcher.stop, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	EXPECT_LE(4, switcher.done);
	EXPECT_STREQ("", self->nl.error);

	for (int i = 0; i < QUEUES * JOBS; i++) {
		int q = records[i].queue - self->queue[0];

		EXPECT_EQ(DREAM_STATUS_DONE, records[i].status);
		EXPECT_EQ(3, records[i].layers_run);
		EXPECT_FALSE(seen[q][records[i].seqno - 1]);
		seen[q][records[i].seqno - 1] = true;
	}
	EXPECT_EQ(0, reap_now(self->bed.fd, &extra, 1));
}

/* Ready jobs are decided on by the new policy: fifo-static can hold one back. */
TEST_F(policy, takes_over_what_is_ready)
{
	struct dream_completion records[8];
	char name[DREAM_NAME_LEN];

	ASSERT_EQ(0, vnpu_set("a", "power", "0"));
	ASSERT_EQ(0, vnpu_set("b", "power", "0"));
	for (int q = 0; q < QUEUES; q++)
		ASSERT_EQ(1, submit_one(&self->bed, self->queue[q], q, MS));
	ASSERT_EQ(0, nlk_policy_set(&self->nl, "fifo-static"));
	ASSERT_EQ(0, nlk_policy_get(&self->nl, name, sizeof(name)));
	EXPECT_STREQ("fifo-static", name);
	ASSERT_EQ(0, vnpu_set("a", "power", "1"));
	ASSERT_EQ(QUEUES, reap(self->bed.fd, records, QUEUES));
	for (int q = 0; q < QUEUES; q++)
		EXPECT_EQ(DREAM_STATUS_DONE, records[q].status);
}

/* Pins come from the accelerators that there are; one that goes is forgotten. */
TEST_F(policy, fifo_static_without_its_accelerator)
{
	struct dream_completion record;

	ASSERT_EQ(0, nlk_policy_set(&self->nl, "fifo-static"));
	ASSERT_EQ(1, submit_one(&self->bed, self->queue[0], 0, MS));
	ASSERT_EQ(1, reap(self->bed.fd, &record, 1));
	ASSERT_EQ(0, vnpu_set(record.accel_mask ==
			      1ULL << accel_id(self->bed.fd, "a") ? "a" : "b",
			      "power", "0"));
	ASSERT_EQ(2, submit_one(&self->bed, self->queue[0], 0, MS));
	ASSERT_EQ(1, reap(self->bed.fd, &record, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, record.status);
}

TEST_HARNESS_MAIN
