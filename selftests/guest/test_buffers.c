// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers: size, contents, mappings, lifetime.
 */
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "common.h"

#define PAGE	4096

FIXTURE(buffers) {
	int fd;
	struct dream_buffer_create args;
};

FIXTURE_SETUP(buffers)
{
	vnpu_remove_all();
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	self->args = (struct dream_buffer_create){ .size = PAGE };
}

FIXTURE_TEARDOWN(buffers)
{
	close(self->fd);
	vnpu_remove_all();
}

static int create(FIXTURE_DATA(buffers) *self)
{
	return device_call(self->fd, DREAM_IOCTL_BUFFER_CREATE, &self->args);
}

static void *map(int fd, size_t size, uint64_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

TEST_F(buffers, size_is_rounded_to_pages)
{
	static const uint64_t sizes[][2] = {
		{ 1, PAGE }, { PAGE - 1, PAGE }, { PAGE, PAGE },
		{ PAGE + 1, 2 * PAGE }, { 100 * PAGE, 100 * PAGE },
	};

	for (size_t i = 0; i < 5; i++) {
		struct dream_buffer_create args;

		ASSERT_EQ(0, buffer_create(self->fd, sizes[i][0], &args));
		EXPECT_EQ(sizes[i][1], args.size);
		EXPECT_EQ(i + 1, args.handle);
	}
}

TEST_F(buffers, memory_is_zero_and_shared)
{
	uint64_t *one, *other;

	self->args.size = 3 * PAGE;
	ASSERT_EQ(0, create(self));
	one = map(self->fd, 3 * PAGE, self->args.mmap_offset);
	other = map(self->fd, 3 * PAGE, self->args.mmap_offset);
	ASSERT_NE(MAP_FAILED, one);
	ASSERT_NE(MAP_FAILED, other);
	for (size_t i = 0; i < 3 * PAGE / 8; i++)
		ASSERT_EQ(0, one[i]);
	one[1000] = 42;
	EXPECT_EQ(42, other[1000]);
	munmap(one, 3 * PAGE);
	munmap(other, 3 * PAGE);
}

TEST_F(buffers, part_of_a_buffer_can_be_mapped)
{
	self->args.size = 3 * PAGE;
	ASSERT_EQ(0, create(self));
	EXPECT_NE(MAP_FAILED, map(self->fd, PAGE, self->args.mmap_offset));
}

TEST_F(buffers, mapping_outlives_handle_and_file)
{
	uint64_t *word;

	ASSERT_EQ(0, create(self));
	word = map(self->fd, PAGE, self->args.mmap_offset);
	ASSERT_NE(MAP_FAILED, word);
	*word = 7;
	ASSERT_EQ(0, buffer_free(self->fd, self->args.handle));
	EXPECT_EQ(7, *word);
	close(self->fd);
	EXPECT_EQ(7, *word);
	munmap(word, PAGE);
}

TEST_F(buffers, job_in_flight_keeps_the_memory)
{
	struct work work = { .ns = MS, .key = 5, .out_words = 16 };
	uint64_t want[BED_WORDS] = { 0 };
	struct request r;
	struct bed bed;

	ASSERT_EQ(0, bed_open(&bed));
	bed_command(&bed, 0, &work);
	request_init(&r, &bed, bed.queue, 0, 1);
	ASSERT_EQ(0, request_submit(bed.fd, &r));
	ASSERT_EQ(0, buffer_free(bed.fd, bed.buffer));
	/* The command was copied: nobody can change it any more. */
	memset(bed.commands, 0xff, BED_COMMAND);
	transform(want, &work);
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, wait_job(bed.fd, bed.queue, 1));
	EXPECT_EQ(0, memcmp(want, bed.data, sizeof(want)));
	bed_close(&bed);
}

TEST_F(buffers, handles_belong_to_a_file)
{
	int other = device_open();

	ASSERT_LE(0, other);
	ASSERT_EQ(0, create(self));
	EXPECT_REFUSED(ENOENT, buffer_free(other, self->args.handle));
	EXPECT_EQ(MAP_FAILED, map(other, PAGE, self->args.mmap_offset));
	EXPECT_EQ(0, buffer_free(self->fd, self->args.handle));
	close(other);
}

TEST_F(buffers, create_refused)
{
	struct dream_info info;

	ASSERT_EQ(0, get_info(self->fd, &info));
#define REFUSE(error, change) do {					\
	self->args = (struct dream_buffer_create){ .size = PAGE };	\
	change;								\
	EXPECT_REFUSED_WHEN(error, create(self), #change);		\
} while (0)

	REFUSE(EINVAL, self->args.size = 0);
	REFUSE(EINVAL, self->args.flags = 1);
	REFUSE(EINVAL, self->args.flags = 1U << 31);
	REFUSE(EINVAL, self->args.handle = 1);
	REFUSE(EINVAL, self->args.mmap_offset = PAGE);
	REFUSE(E2BIG, self->args.size = info.buffer_bytes_max + 1);
	REFUSE(E2BIG, self->args.size = UINT64_MAX);
	REFUSE(E2BIG, self->args.size = UINT64_MAX - PAGE);
	REFUSE(E2BIG, self->args.size = 1ULL << 63);

	/* No handle was spent. */
	self->args = (struct dream_buffer_create){ .size = PAGE };
	ASSERT_EQ(0, create(self));
	EXPECT_EQ(1, self->args.handle);
}

TEST_F(buffers, free_refused)
{
	struct dream_buffer_free args = { .handle = 1, .pad = 1 };

	ASSERT_EQ(0, create(self));
	EXPECT_REFUSED(EINVAL, device_call(self->fd, DREAM_IOCTL_BUFFER_FREE,
					   &args));
	EXPECT_REFUSED(ENOENT, buffer_free(self->fd, 0));
	EXPECT_REFUSED(ENOENT, buffer_free(self->fd, 2));
	EXPECT_REFUSED(ENOENT, buffer_free(self->fd, UINT32_MAX));
	EXPECT_EQ(0, buffer_free(self->fd, 1));
	EXPECT_REFUSED(ENOENT, buffer_free(self->fd, 1));
}

TEST_F(buffers, mmap_refused)
{
	ASSERT_EQ(0, create(self));
#define REFUSE_MAP(size, offset) do {					\
	EXPECT_EQ(MAP_FAILED, map(self->fd, size, offset));		\
	count_negative();						\
} while (0)

	REFUSE_MAP(2 * PAGE, self->args.mmap_offset);
	REFUSE_MAP(PAGE, self->args.mmap_offset + PAGE);
	REFUSE_MAP(PAGE, 0);
	REFUSE_MAP(PAGE, 2 * self->args.mmap_offset);
	ASSERT_EQ(0, buffer_free(self->fd, self->args.handle));
	REFUSE_MAP(PAGE, self->args.mmap_offset);
}

TEST_HARNESS_MAIN
