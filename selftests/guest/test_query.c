// SPDX-License-Identifier: GPL-2.0
/*
 * DREAM_IOCTL_QUERY: version, limits and accelerators.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "common.h"

FIXTURE(query) {
	int fd;
	struct dream_info info;
	struct dream_query args;
};

FIXTURE_SETUP(query)
{
	vnpu_remove_all();
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	self->args = (struct dream_query){
		.type = DREAM_QUERY_INFO,
		.data = (uintptr_t)&self->info,
		.stride = sizeof(self->info),
		.count = 1,
	};
}

FIXTURE_TEARDOWN(query)
{
	close(self->fd);
	vnpu_remove_all();
}

static int ask(FIXTURE_DATA(query) *self)
{
	return device_call(self->fd, DREAM_IOCTL_QUERY, &self->args);
}

TEST_F(query, info)
{
	ASSERT_EQ(0, ask(self));
	EXPECT_EQ(1, self->args.count);
	EXPECT_EQ(DREAM_UAPI_MAJOR, self->info.uapi_major);
	EXPECT_LE(DREAM_UAPI_MINOR, self->info.uapi_minor);
	EXPECT_EQ(DREAM_CAP_GATES | DREAM_CAP_CASCADES,
		  self->info.caps & (DREAM_CAP_GATES | DREAM_CAP_CASCADES));
	EXPECT_EQ(0, self->info.accel_count);
	EXPECT_LT(0, self->info.queues_max);
	EXPECT_LT(0, self->info.jobs_max);
	EXPECT_LT(0, self->info.buffer_bytes_max);
	EXPECT_EQ(0, self->info.pad);
}

TEST_F(query, no_room)
{
	self->args.count = 0;
	self->args.data = 0;
	ASSERT_EQ(0, ask(self));
	EXPECT_EQ(1, self->args.count);
}

/* Element after element at the stride; what lies between is left alone. */
TEST_F(query, wide_stride)
{
	struct {
		struct dream_accel_info info;
		uint64_t more;
	} accels[3];

	memset(accels, 0xa5, sizeof(accels));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, vnpu_make("b", ""));
	self->args.type = DREAM_QUERY_ACCELS;
	self->args.data = (uintptr_t)accels;
	self->args.stride = sizeof(accels[0]);
	self->args.count = 3;
	ASSERT_EQ(0, ask(self));
	EXPECT_EQ(2, self->args.count);
	EXPECT_STREQ("a", (char *)accels[0].info.name);
	EXPECT_STREQ("b", (char *)accels[1].info.name);
	EXPECT_EQ(0xa5a5a5a5a5a5a5a5, accels[2].more);
	EXPECT_EQ(0xa5, accels[2].info.name[0]);
}

TEST_F(query, accelerators)
{
	struct dream_accel_info accels[4];

	ASSERT_EQ(0, vnpu_make("first", "dataflow=ws pes=2048 slots=2 "
			       "sram_bytes=65536 bandwidth_mbps=1234"));
	ASSERT_EQ(0, vnpu_make("second", "dataflow=os pes=1024"));
	ASSERT_EQ(0, vnpu_make("third", "class=fast"));
	ASSERT_EQ(0, vnpu_make("fourth", "class=fast clock_khz=500000"));

	memset(accels, 0xa5, sizeof(accels));
	ASSERT_EQ(4, get_accels(self->fd, accels, 4));
	EXPECT_STREQ("first", (char *)accels[0].name);
	EXPECT_STREQ("ws-2048", (char *)accels[0].class_name);
	EXPECT_EQ(2, accels[0].slots);
	EXPECT_EQ(DREAM_ACCEL_IDLE, accels[0].state);
	EXPECT_EQ(65536, accels[0].local_mem_bytes);
	EXPECT_EQ(1234, accels[0].bandwidth_mbps);
	EXPECT_EQ(1000000, accels[0].clock_khz);
	EXPECT_EQ(0, accels[0].busy_ns);
	EXPECT_EQ(0, accels[0].energy_nj);
	EXPECT_EQ(0, accels[0].commands);

	EXPECT_STREQ("os-1024", (char *)accels[1].class_name);
	EXPECT_EQ(1, accels[1].slots);
	EXPECT_NE(accels[0].class_id, accels[1].class_id);
	EXPECT_STREQ("fast", (char *)accels[2].class_name);
	EXPECT_EQ(accels[2].class_id, accels[3].class_id);
	EXPECT_EQ(500000, accels[3].clock_khz);
	for (int i = 1; i < 4; i++)
		EXPECT_LT(accels[i - 1].id, accels[i].id);
	/* Names are padded with zeros, not with the kernel's memory. */
	for (size_t i = strlen("first"); i < DREAM_NAME_LEN; i++)
		EXPECT_EQ(0, accels[0].name[i]);

	ASSERT_EQ(0, ask(self));
	EXPECT_EQ(4, self->info.accel_count);
}

TEST_F(query, fewer_than_there_are)
{
	struct dream_accel_info accels[2];

	memset(accels, 0xa5, sizeof(accels));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, vnpu_make("b", ""));
	ASSERT_EQ(2, get_accels(self->fd, accels, 1));
	EXPECT_STREQ("a", (char *)accels[0].name);
	EXPECT_EQ(0xa5, accels[1].name[0]);
}

TEST_F(query, gone_accelerator)
{
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(1, get_accels(self->fd, NULL, 0));
	ASSERT_EQ(0, vnpu_remove("a"));
	EXPECT_EQ(0, get_accels(self->fd, NULL, 0));
}

TEST_F(query, counters)
{
	struct dream_accel_info accel;
	struct work work = { .ns = 2 * MS, .energy = 700 };
	struct dream_completion record;
	struct request r;
	struct bed bed;

	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, bed_open(&bed));
	bed_command(&bed, 0, &work);
	request_init(&r, &bed, bed.queue, 0, 1);
	ASSERT_EQ(0, request_submit(bed.fd, &r));
	ASSERT_EQ(1, reap(bed.fd, &record, 1));
	ASSERT_EQ(1, get_accels(self->fd, &accel, 1));
	EXPECT_EQ(1, accel.commands);
	EXPECT_EQ(700, accel.energy_nj);
	EXPECT_LE(2 * MS, accel.busy_ns);
	EXPECT_EQ(DREAM_ACCEL_IDLE, accel.state);
	bed_close(&bed);
}

/* A command that hangs keeps its accelerator busy. */
TEST_F(query, busy)
{
	struct dream_accel_info accel;
	struct bed bed;

	ASSERT_EQ(0, vnpu_make("a", "hang=1"));
	ASSERT_EQ(0, bed_open(&bed));
	ASSERT_EQ(1, submit_one(&bed, bed.queue, 0, 1));
	ASSERT_EQ(1, get_accels(self->fd, &accel, 1));
	EXPECT_EQ(DREAM_ACCEL_BUSY, accel.state);
	EXPECT_EQ(0, accel.commands);
	ASSERT_EQ(0, vnpu_remove("a"));
	bed_close(&bed);
}

TEST_F(query, refusals)
{
	struct dream_info before;

	ASSERT_EQ(0, ask(self));
	before = self->info;

#define REFUSE(error, change) do {					\
	struct dream_query good = self->args;				\
									\
	change;								\
	EXPECT_REFUSED_WHEN(error, ask(self), #change);		\
	self->args = good;						\
} while (0)

	REFUSE(EINVAL, self->args.type = 2);
	REFUSE(EINVAL, self->args.type = UINT32_MAX);
	REFUSE(EINVAL, self->args.flags = 1);
	REFUSE(EINVAL, self->args.flags = 1U << 31);
	REFUSE(EINVAL, self->args.stride = 0);
	REFUSE(EINVAL, self->args.stride = sizeof(struct dream_info) - 8);
	REFUSE(EINVAL, self->args.stride = sizeof(struct dream_info) + 4);
	REFUSE(EFAULT, self->args.data = 0);
	REFUSE(EFAULT, self->args.data = UINT64_MAX - 7);
	REFUSE(EFAULT, self->args.data = 1ULL << 63);
	EXPECT_EQ(0, memcmp(&before, &self->info, sizeof(before)));
	EXPECT_EQ(0, ask(self));
}

TEST_F(query, refused_accels)
{
	struct dream_accel_info accel;

	ASSERT_EQ(0, vnpu_make("a", ""));
	self->args.type = DREAM_QUERY_ACCELS;
	self->args.data = (uintptr_t)&accel;
	self->args.stride = sizeof(accel);
	REFUSE(EINVAL, self->args.stride = sizeof(accel) - 8);
	REFUSE(EINVAL, self->args.stride = 0);
	REFUSE(EFAULT, self->args.data = 8);
	ASSERT_EQ(0, ask(self));
}

/* A longer structure: its end must be zero. Other commands do not exist. */
TEST_F(query, versions)
{
	struct {
		struct dream_query query;
		uint64_t more;
	} longer = { .query = self->args };
	const unsigned long longer_query = _IOWR(DREAM_IOCTL_BASE, 0x00, longer);

	EXPECT_EQ(0, device_call(self->fd, longer_query, &longer));
	longer.more = 1;
	EXPECT_REFUSED(E2BIG, device_call(self->fd, longer_query, &longer));

	EXPECT_REFUSED(ENOTTY, device_call(self->fd,
					   _IOWR(DREAM_IOCTL_BASE, 0x0a, longer),
					   &longer));
	EXPECT_REFUSED(ENOTTY, device_call(self->fd, _IOWR('X', 0x00, longer),
					   &longer));
	EXPECT_REFUSED(EFAULT, device_call(self->fd, DREAM_IOCTL_QUERY, NULL));
}

TEST_HARNESS_MAIN
