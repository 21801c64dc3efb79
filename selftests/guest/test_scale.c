// SPDX-License-Identifier: GPL-2.0
/*
 * Many accelerators, many queues.
 */
#include "kselftest_harness.h"
#include "netlink.h"

#define ACCELS	16
#define QUEUES	1000

FIXTURE(scale) {
	struct nlk nl;
	struct bed bed;
};

FIXTURE_SETUP(scale)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, bed_open(&self->bed));
}

FIXTURE_TEARDOWN(scale)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* A kernel with all its checkers takes its time. */
TEST_F_TIMEOUT(scale, thousand_queues, 120)
{
	static struct dream_completion records[QUEUES];
	static bool seen[QUEUES + 2];
	static struct nlk_queue queues[QUEUES + 1];
	struct work work[2] = { { .ns = SECOND / 2 }, { .ns = 50000 } };
	struct request r;
	uint64_t used = 0;
	char name[8];

	for (int a = 0; a < ACCELS; a++) {
		snprintf(name, sizeof(name), "n%d", a);
		ASSERT_EQ(0, vnpu_make(name, a & 1 ? "class=x" : "class=y"));
	}
	/* The first ones keep all accelerators busy; the others pile up. */
	bed_command(&self->bed, 0, &work[0]);
	bed_command(&self->bed, 1, &work[1]);
	for (int q = 0; q < QUEUES; q++) {
		int queue = queue_make(self->bed.fd);

		ASSERT_LT(0, queue);
		request_init(&r, &self->bed, queue, q >= ACCELS, 1);
		ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	}
	/* The dump needs many messages; nothing is left out or told twice. */
	ASSERT_EQ(QUEUES + 1, nlk_queues(&self->nl, queues, QUEUES + 1));
	for (int q = 1; q <= QUEUES; q++)
		ASSERT_LT(queues[q - 1].id, queues[q].id);

	ASSERT_EQ(QUEUES, reap(self->bed.fd, records, QUEUES));
	for (int i = 0; i < QUEUES; i++) {
		ASSERT_EQ(DREAM_STATUS_DONE, records[i].status);
		ASSERT_FALSE(seen[records[i].queue]);
		seen[records[i].queue] = true;
		used |= records[i].accel_mask;
	}
	/* Every accelerator had work. */
	EXPECT_EQ(ACCELS, __builtin_popcountll(used));
}

/* As many as can be registered; one more is refused, and the others stay. */
TEST_F(scale, most_accelerators)
{
	struct dream_info info;
	char name[8];
	int made;

	for (made = 0; made < 100; made++) {
		snprintf(name, sizeof(name), "n%d", made);
		if (vnpu_make(name, ""))
			break;
	}
	EXPECT_EQ(64, made);
	count_negative();
	ASSERT_EQ(0, get_info(self->bed.fd, &info));
	EXPECT_EQ(64, info.accel_count);
}

TEST_F(scale, most_classes)
{
	char name[8], class[16];
	int made;

	for (made = 0; made < 64; made++) {
		snprintf(name, sizeof(name), "n%d", made);
		snprintf(class, sizeof(class), "class=c%d", made);
		if (vnpu_make(name, class))
			break;
	}
	EXPECT_EQ(16, made);
	count_negative();
	/* Another one of a class that there is can be had. */
	EXPECT_EQ(0, vnpu_make("more", "class=c3"));
	/* A class goes with its last accelerator. */
	vnpu_remove_all();
	EXPECT_EQ(0, vnpu_make("new", "class=new"));
}

TEST_HARNESS_MAIN
