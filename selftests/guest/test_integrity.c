// SPDX-License-Identifier: GPL-2.0
/*
 * Several processes, several virtual NPUs, several layers: the data of each job is
 * what its commands make of it, so that no command was lost, repeated, reordered
 * or torn, and none touched the memory of another process.
 */
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "netlink.h"

#define PROCESSES	8
#define ROUNDS		8
#define QUEUES		3
#define LAYERS		4
#define PART		512	/* words of each queue */

FIXTURE(integrity) {
	struct nlk nl;
};

FIXTURE_VARIANT(integrity) {
	const char *policy;
};

FIXTURE_VARIANT_ADD(integrity, dream) { .policy = "dream" };
FIXTURE_VARIANT_ADD(integrity, fifo) { .policy = "fifo" };

FIXTURE_SETUP(integrity)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, nlk_policy_set(&self->nl, variant->policy));
	ASSERT_EQ(0, vnpu_make("a", "class=fast slots=2 domain=d"));
	ASSERT_EQ(0, vnpu_make("b", "class=slow domain=d jitter_permille=500"));
	ASSERT_EQ(0, vnpu_make("c", "class=slow"));
}

FIXTURE_TEARDOWN(integrity)
{
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* Layer @l of a job of queue @q: within the queue's part of the data. */
static struct work layer_of(unsigned int process, int round, int q, int l)
{
	return (struct work){
		.ns = 20000 + 1000 * ((process * 7 + round * 3 + q + l) % 11),
		.key = process * 1000003ULL + round * 10007 + q * 101 + l,
		.in = q * PART + (l & 1 ? 0 : PART / 2),
		.in_words = 1 + (process + l) % 7,
		.out = q * PART,
		.out_words = PART,
	};
}

/* Returns 0 if everything was as expected. */
static int process_main(unsigned int process)
{
	static uint64_t want[BED_WORDS];
	struct dream_completion records[QUEUES];
	struct request r[QUEUES];
	uint32_t queue[QUEUES];
	struct bed bed;
	int i, q, l;

	if (bed_open(&bed))
		return 2;
	for (q = 0; q < QUEUES; q++)
		queue[q] = queue_make(bed.fd);
	for (i = 0; i < BED_WORDS; i++)
		bed.data[i] = process * 0x123456789ULL + i;
	memcpy(want, bed.data, sizeof(want));

	for (i = 0; i < ROUNDS; i++) {
		for (q = 0; q < QUEUES; q++) {
			for (l = 0; l < LAYERS; l++) {
				struct work work = layer_of(process, i, q, l);

				bed_command(&bed, q * LAYERS + l, &work);
				transform(want, &work);
			}
			request_init(&r[q], &bed, queue[q], q * LAYERS, LAYERS);
		}
		if (request_submit_all(bed.fd, r, QUEUES))
			return 3;
		if (reap(bed.fd, records, QUEUES) != QUEUES)
			return 4;
		for (q = 0; q < QUEUES; q++)
			if (records[q].status != DREAM_STATUS_DONE ||
			    records[q].layers_run != LAYERS)
				return 5;
		if (memcmp(want, bed.data, sizeof(want)))
			return 6;
	}
	bed_close(&bed);
	return 0;
}

TEST_F(integrity, processes)
{
	struct nlk_accel accel;
	uint64_t commands = 0;
	pid_t pid[PROCESSES];

	for (int p = 0; p < PROCESSES; p++) {
		pid[p] = fork();
		if (!pid[p])
			_exit(process_main(p));
	}
	for (int p = 0; p < PROCESSES; p++) {
		int status = -1;

		waitpid(pid[p], &status, 0);
		EXPECT_EQ(0, status) {
			TH_LOG("process %d: status %x", p, status);
		}
	}
	for (const char *name = "abc"; *name; name++) {
		char text[2] = { *name };

		ASSERT_EQ(0, nlk_accel_get(&self->nl, text, &accel));
		EXPECT_NE(0, accel.commands);
		EXPECT_EQ(0, accel.errors);
		EXPECT_EQ(0, accel.spurious);
		EXPECT_EQ(0, accel.timeouts);
		EXPECT_EQ(0, accel.running);
		commands += accel.commands;
	}
	EXPECT_EQ(PROCESSES * ROUNDS * QUEUES * LAYERS, commands);
}

/* The test can fail: a job that did not run leaves other data. */
TEST_F(integrity, test_of_the_test)
{
	struct work work = { .key = 1, .out_words = 8 }, other = work;
	uint64_t data[8] = { 0 }, twice[8] = { 0 }, swapped[8] = { 0 };

	other.key = 2;
	transform(data, &work);
	transform(twice, &work);
	transform(twice, &work);
	EXPECT_NE(0, memcmp(data, twice, sizeof(data)));
	transform(data, &other);
	transform(swapped, &other);
	transform(swapped, &work);
	EXPECT_NE(0, memcmp(data, swapped, sizeof(data)));
}

TEST_HARNESS_MAIN
