// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/fdinfo/FD: the keys that tools for accelerators read.
 */
#include "kselftest_harness.h"
#include "common.h"

FIXTURE(fdinfo) {
	struct bed bed;
	struct dream_completion record;
};

FIXTURE_SETUP(fdinfo)
{
	vnpu_remove_all();
	ASSERT_EQ(0, bed_open(&self->bed));
}

FIXTURE_TEARDOWN(fdinfo)
{
	bed_close(&self->bed);
	vnpu_remove_all();
}

/* The value of a key; returns its length, -1 if it is not there. */
static int get_key(int fd, const char *key, char *value, size_t size)
{
	char path[64], line[256];
	FILE *file;
	int ret = -1;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		size_t len = strlen(key);

		if (strncmp(line, key, len) || line[len] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		ret = snprintf(value, size, "%s",
			       line + len + 1 + strspn(line + len + 1, " \t"));
	}
	if (file)
		fclose(file);
	return ret;
}

TEST_F(fdinfo, driver_and_client)
{
	char one[64], other[64];
	int fd = device_open();

	ASSERT_LT(0, get_key(self->bed.fd, "drm-driver", one, sizeof(one)));
	EXPECT_STREQ("dream", one);
	ASSERT_LT(0, get_key(self->bed.fd, "drm-client-id", one, sizeof(one)));
	ASSERT_LT(0, get_key(fd, "drm-client-id", other, sizeof(other)));
	EXPECT_STRNE(one, other);
	close(fd);
}

/* "<number> ns", the time of this client on that accelerator and no other. */
TEST_F(fdinfo, engines)
{
	char text[64], unit[8] = "";
	unsigned long long ns = 0;
	uint64_t sum = 0;
	int other = device_open();

	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, vnpu_make("b", "hang=1"));
	for (int i = 1; i <= 2; i++) {
		ASSERT_EQ(i, submit_one(&self->bed, self->bed.queue, 0, MS));
		ASSERT_EQ(1, reap(self->bed.fd, &self->record, 1));
		sum += self->record.accel_ns;
	}
	ASSERT_LT(0, get_key(self->bed.fd, "drm-engine-a", text, sizeof(text)));
	ASSERT_EQ(2, sscanf(text, "%llu %7s", &ns, unit));
	EXPECT_EQ(sum, ns);
	EXPECT_STREQ("ns", unit);
	ASSERT_LT(0, get_key(self->bed.fd, "drm-engine-b", text, sizeof(text)));
	EXPECT_STREQ("0 ns", text);
	ASSERT_LT(0, get_key(other, "drm-engine-a", text, sizeof(text)));
	EXPECT_STREQ("0 ns", text);
	close(other);
}

TEST_F(fdinfo, memory)
{
	struct dream_buffer_create buffer;
	unsigned long long before, after;
	char text[64];

	ASSERT_LT(0, get_key(self->bed.fd, "drm-total-memory", text,
			     sizeof(text)));
	ASSERT_EQ(1, sscanf(text, "%llu KiB", &before));
	ASSERT_EQ(0, buffer_create(self->bed.fd, 1 << 20, &buffer));
	ASSERT_LT(0, get_key(self->bed.fd, "drm-total-memory", text,
			     sizeof(text)));
	ASSERT_EQ(1, sscanf(text, "%llu KiB", &after));
	EXPECT_EQ(before + 1024, after);
	ASSERT_EQ(0, buffer_free(self->bed.fd, buffer.handle));
	ASSERT_LT(0, get_key(self->bed.fd, "drm-total-memory", text,
			     sizeof(text)));
	ASSERT_EQ(1, sscanf(text, "%llu KiB", &after));
	EXPECT_EQ(before, after);
}

TEST_HARNESS_MAIN
