// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that hang, lose or invent completions, fail, refuse, or go away: each
 * job ends once, with the right reason, and the others go on.
 */
#include "kselftest_harness.h"
#include "netlink.h"

#define WATCHDOG_MS	40

FIXTURE(faults) {
	struct nlk nl;
	struct bed bed;
	uint32_t other;
	struct dream_completion records[64];
	struct nlk_accel accel;
};

typedef FIXTURE_DATA(faults) fixture;

FIXTURE_SETUP(faults)
{
	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", WATCHDOG_MS));
	ASSERT_EQ(0, bed_open(&self->bed));
	self->other = queue_make(self->bed.fd);
}

FIXTURE_TEARDOWN(faults)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* The accelerator takes a job and gets it done, and nothing else comes. */
static void works_again(struct __test_metadata *_metadata, fixture *self)
{
	struct dream_completion record;
	int64_t seqno = submit_one(&self->bed, self->other, 9, 1000);

	ASSERT_LT(0, seqno);
	ASSERT_EQ(0, wait_job(self->bed.fd, self->other, seqno));
	ASSERT_EQ(1, reap_now(self->bed.fd, &record, 1));
	EXPECT_EQ(self->other, record.queue);
	EXPECT_EQ(DREAM_STATUS_DONE, record.status);
	EXPECT_EQ(0, reap_now(self->bed.fd, &record, 1));
	ASSERT_EQ(0, nlk_accel_get(&self->nl, "a", &self->accel));
	EXPECT_EQ(DREAM_ACCEL_IDLE, self->accel.state);
	EXPECT_EQ(0, self->accel.running);
}

#define EXPECT_FAILED(record, why, code) do {				\
	EXPECT_EQ(DREAM_STATUS_FAILED, (record)->status);		\
	EXPECT_EQ(why, (record)->reason);				\
	EXPECT_EQ(-(code), (record)->error);				\
} while (0)

TEST_F(faults, hang)
{
	struct dream_completion *c = self->records;

	ASSERT_EQ(0, vnpu_make("a", "hang=1"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(1, reap(self->bed.fd, c, 1));
	EXPECT_FAILED(c, DREAM_REASON_TIMEOUT, ETIMEDOUT);
	EXPECT_EQ(0, c->layers_run);
	EXPECT_LE(c->start_ns + WATCHDOG_MS * MS, c->end_ns);
	works_again(_metadata, self);
	EXPECT_EQ(1, self->accel.timeouts);
	EXPECT_EQ(0, self->accel.resets);
}

/* Other queues use the time; the job behind the lost one runs. */
TEST_F(faults, hang_holds_nobody_up)
{
	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 1000));
	ASSERT_EQ(0, vnpu_make("a", "hang=1"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(0, vnpu_make("b", ""));
	ASSERT_EQ(2, submit_one(&self->bed, self->bed.queue, 0, 1000));
	for (int i = 1; i <= 5; i++)
		ASSERT_EQ(i, submit_one(&self->bed, self->other, 1, 1000));
	ASSERT_EQ(7, reap(self->bed.fd, self->records, 7));
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(self->other, self->records[i].queue);
		EXPECT_EQ(DREAM_STATUS_DONE, self->records[i].status);
	}
	EXPECT_FAILED(&self->records[5], DREAM_REASON_TIMEOUT, ETIMEDOUT);
	EXPECT_EQ(2, self->records[6].seqno);
	EXPECT_EQ(DREAM_STATUS_DONE, self->records[6].status);
}

/* In the middle of a job: what has run is told. */
TEST_F(faults, hang_in_the_second_layer)
{
	struct work work = { .ns = 1000, .energy = 5 };
	struct dream_completion *c = self->records;
	struct request r;

	/* The second command that the device takes is the one that hangs. */
	ASSERT_EQ(0, vnpu_make("a", "slots=1"));
	bed_command(&self->bed, 0, &work);
	work.ns = 20 * MS;
	bed_command(&self->bed, 1, &work);
	request_init(&r, &self->bed, self->bed.queue, 1, 2);
	r.layers[1].offset = 0;
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(0, vnpu_set("a", "hang", "1"));
	ASSERT_EQ(1, reap(self->bed.fd, c, 1));
	EXPECT_FAILED(c, DREAM_REASON_TIMEOUT, ETIMEDOUT);
	EXPECT_EQ(1, c->layers_run);
	EXPECT_EQ(5, c->energy_nj);
	EXPECT_LE(20 * MS, c->accel_ns);
}

/* The command is executed, and the device does not say so. */
TEST_F(faults, lost_completion)
{
	ASSERT_EQ(0, vnpu_make("a", "lost_completion=1"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_FAILED(self->records, DREAM_REASON_TIMEOUT, ETIMEDOUT);
	works_again(_metadata, self);
	EXPECT_EQ(1, self->accel.timeouts);
}

/* A completion that comes twice, and one for nothing at all. */
TEST_F(faults, spurious_completion)
{
	ASSERT_EQ(0, vnpu_make("a", "spurious_completion=3"));
	for (int i = 1; i <= 3; i++)
		ASSERT_EQ(i, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(3, reap(self->bed.fd, self->records, 3));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(DREAM_STATUS_DONE, self->records[i].status);
	works_again(_metadata, self);
	EXPECT_EQ(6, self->accel.spurious);
	EXPECT_EQ(4, self->accel.commands);
}

TEST_F(faults, device_reports_an_error)
{
	ASSERT_EQ(0, vnpu_make("a", "fail=1"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_FAILED(self->records, DREAM_REASON_DEVICE, EIO);
	EXPECT_EQ(0, self->records[0].layers_run);
	works_again(_metadata, self);
	EXPECT_EQ(1, self->accel.errors);
	EXPECT_EQ(0, self->accel.timeouts);
}

TEST_F(faults, device_refuses_to_start)
{
	ASSERT_EQ(0, vnpu_make("a", "start_fail=1"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_FAILED(self->records, DREAM_REASON_COMMAND, EIO);
	EXPECT_EQ(0, self->records[0].start_ns);
	EXPECT_EQ(0, self->records[0].accel_mask);
	works_again(_metadata, self);
}

TEST_F(faults, malformed_command)
{
	struct work work = { .ns = 1 };
	struct dream_vnpu_cmd *cmd = (void *)self->bed.commands;
	struct request r;

	ASSERT_EQ(0, vnpu_make("a", ""));
	bed_command(&self->bed, 0, &work);
	cmd->magic++;
	request_init(&r, &self->bed, self->bed.queue, 0, 1);
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_FAILED(self->records, DREAM_REASON_COMMAND, EINVAL);
	works_again(_metadata, self);
}

/* A command cannot reach beyond what the job has declared. */
TEST_F(faults, command_beyond_its_range)
{
	struct work work = { .ns = 1, .out = BED_WORDS - 1, .out_words = 2 };
	struct request r;

	ASSERT_EQ(0, vnpu_make("a", ""));
	bed_command(&self->bed, 0, &work);
	request_init(&r, &self->bed, self->bed.queue, 0, 1);
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_FAILED(self->records, DREAM_REASON_COMMAND, EINVAL);
	/* Nor write what it may only read. */
	work.out_words = 1;
	bed_command(&self->bed, 0, &work);
	r.ranges[0].flags = DREAM_RANGE_IN;
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_FAILED(self->records, DREAM_REASON_COMMAND, EINVAL);
	EXPECT_EQ(0, self->bed.data[BED_WORDS - 1]);
}

/* Ten times as long is slow, and no reason to give up. */
TEST_F(faults, slow_but_moving)
{
	ASSERT_EQ(0, vnpu_make("a", "slow=1 slow_factor=10"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 2 * MS));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, self->records[0].status);
	EXPECT_LE(20 * MS, self->records[0].accel_ns);
	works_again(_metadata, self);
	EXPECT_EQ(0, self->accel.timeouts);
}

/* The device does not answer to an abort: it is reset, and works again. */
TEST_F(faults, abort_fails)
{
	ASSERT_EQ(0, vnpu_make("a", "hang=1 abort_fail=1 slots=2"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(1, submit_one(&self->bed, self->other, 1, 1000));
	ASSERT_EQ(2, reap(self->bed.fd, self->records, 2));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(DREAM_STATUS_FAILED, self->records[i].status);
	works_again(_metadata, self);
	EXPECT_EQ(1, self->accel.resets);
}

/* A reset fails too: out of service; its jobs end, others run elsewhere. */
TEST_F(faults, reset_fails)
{
	ASSERT_EQ(0, vnpu_make("a", "hang=1 abort_fail=1 reset_fail=1"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(1, submit_one(&self->bed, self->other, 1, 1000));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_EQ(DREAM_STATUS_FAILED, self->records[0].status);
	EXPECT_EQ(self->bed.queue, self->records[0].queue);
	ASSERT_EQ(0, nlk_accel_get(&self->nl, "a", &self->accel));
	EXPECT_EQ(DREAM_ACCEL_FAULTY, self->accel.state);
	EXPECT_EQ(0, self->accel.running);
	/* The other job waits for an accelerator that works. */
	EXPECT_EQ(0, reap_now(self->bed.fd, self->records, 1));
	ASSERT_EQ(0, vnpu_make("b", ""));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, self->records[0].status);
	EXPECT_EQ(1ULL << accel_id(self->bed.fd, "b"),
		  self->records[0].accel_mask);
	/* Off and on again is another device. */
	ASSERT_EQ(0, vnpu_set("a", "power", "0"));
	ASSERT_EQ(0, vnpu_set("a", "power", "1"));
	ASSERT_EQ(0, nlk_accel_get(&self->nl, "a", &self->accel));
	EXPECT_EQ(DREAM_ACCEL_IDLE, self->accel.state);
}

static const char * const ways_to_go[] = { "unplug", "power" };

/* The command that is with the device fails; the others wait for another one. */
TEST_F(faults, accelerator_goes_away)
{
	for (int way = 0; way < 2; way++) {
		uint64_t seqno = 2 * way + 1;

		ASSERT_EQ(0, vnpu_make("a", "hang=1"));
		ASSERT_EQ(seqno, submit_one(&self->bed, self->bed.queue, 0, 1000));
		ASSERT_EQ(seqno + 1,
			  submit_one(&self->bed, self->bed.queue, 1, 1000));
		ASSERT_EQ(way + 1, submit_one(&self->bed, self->other, 1, 1000));
		ASSERT_EQ(0, vnpu_set("a", ways_to_go[way], way ? "0" : "1"));
		ASSERT_EQ(1, reap_now(self->bed.fd, self->records, 4));
		EXPECT_EQ(seqno, self->records[0].seqno);
		EXPECT_FAILED(self->records, DREAM_REASON_UNPLUGGED, ENODEV);
		EXPECT_REFUSED(ENOENT, nlk_accel_get(&self->nl, "a",
						     &self->accel));
		ASSERT_EQ(0, vnpu_make("b", ""));
		ASSERT_EQ(2, reap(self->bed.fd, self->records, 2));
		EXPECT_EQ(DREAM_STATUS_DONE, self->records[0].status);
		EXPECT_EQ(DREAM_STATUS_DONE, self->records[1].status);
		vnpu_remove_all();
	}
}

/*
 * Under load one accelerator comes and goes. What was with it fails, by being
 * unplugged and for no other reason; all else gets done.
 */
TEST_F(faults, comes_and_goes_under_load)
{
	enum { QUEUES = 4, JOBS = 16, ROUNDS = 6 };
	uint32_t queue[QUEUES];
	int failed = 0;

	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 60000));
	ASSERT_EQ(0, vnpu_make("a", "slots=2"));
	ASSERT_EQ(0, vnpu_make("b", ""));
	for (int q = 0; q < QUEUES; q++)
		queue[q] = queue_make(self->bed.fd);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < JOBS; i++)
			ASSERT_LT(0, submit_one(&self->bed, queue[i % QUEUES], i,
						300000));
		ASSERT_EQ(0, vnpu_set("a", round & 1 ? "power" : "unplug",
				      round & 1 ? "0" : "1"));
		ASSERT_EQ(0, vnpu_set("a", "power", "1"));
		ASSERT_EQ(JOBS, reap(self->bed.fd, self->records, JOBS));
		for (int i = 0; i < JOBS; i++) {
			if (self->records[i].status == DREAM_STATUS_DONE)
				continue;
			EXPECT_FAILED(&self->records[i], DREAM_REASON_UNPLUGGED,
				      ENODEV);
			failed++;
		}
	}
	/* Its two slots, each time. */
	EXPECT_GE(2 * ROUNDS, failed);
	EXPECT_EQ(0, reap_now(self->bed.fd, self->records, 1));
}

/* One slow model among others must not make the device look alive. */
TEST_F(faults, long_estimate_does_not_delay_the_watchdog)
{
	struct dream_queue_create attr = { .deadline_ns = RELAXED };
	int model;

	ASSERT_EQ(0, vnpu_make("a", "class=x"));
	model = nlk_model_simple(&self->nl, "liar", "x", 1, 100 * SECOND, 1);
	ASSERT_LT(0, model);
	attr.model = model;
	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));
	ASSERT_EQ(1, submit_one(&self->bed, attr.handle, 0, 1000));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));

	ASSERT_EQ(0, vnpu_set("a", "hang", "1"));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1000));
	ASSERT_EQ(1, reap(self->bed.fd, self->records, 1));
	EXPECT_FAILED(self->records, DREAM_REASON_TIMEOUT, ETIMEDOUT);
}

/* All faults at once, on several accelerators: each job ends once. */
TEST_F(faults, everything_goes_wrong)
{
	enum { QUEUES = 4, JOBS = 60 };
	uint32_t queue[QUEUES];
	uint64_t seen[QUEUES] = { 0 };
	int done = 0;

	ASSERT_EQ(0, vnpu_make("a", "hang=2 fail=2 lost_completion=1 slots=2 "
			       "spurious_completion=2 abort_fail=1"));
	ASSERT_EQ(0, vnpu_make("b", "fail=3 start_fail=2 slow=2 slow_factor=5"));
	ASSERT_EQ(0, vnpu_make("c", "spurious_completion=1"));
	for (int q = 0; q < QUEUES; q++)
		queue[q] = queue_make(self->bed.fd);
	for (int i = 0; i < JOBS; i++)
		ASSERT_LT(0, submit_one(&self->bed, queue[i % QUEUES], i, 200000));
	ASSERT_EQ(JOBS, reap(self->bed.fd, self->records, JOBS));
	for (int i = 0; i < JOBS; i++) {
		struct dream_completion *c = &self->records[i];

		EXPECT_EQ(++seen[c->queue - queue[0]], c->seqno);
		done += c->status == DREAM_STATUS_DONE;
		if (c->status != DREAM_STATUS_DONE)
			EXPECT_EQ(DREAM_STATUS_FAILED, c->status);
	}
	EXPECT_EQ(0, reap_now(self->bed.fd, self->records, 1));
	/*
	 * Of the 11 jobs at most that a fault can hit (2 hang, 5 fail, 2 are refused, 1
	 * is lost, 1 falls with a reset) some are hit by two.
	 */
	EXPECT_LE(JOBS - 11, done);
	EXPECT_GE(JOBS - 5, done);
}

TEST_HARNESS_MAIN
