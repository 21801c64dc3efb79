// SPDX-License-Identifier: GPL-2.0
/*
 * Unloading: refused while something is in use, complete afterwards, and loading
 * again works.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "netlink.h"

/* Loads a module as the virtual machine's first process did. */
static int load(const char *name)
{
	FILE *list = fopen("/vm/modules", "re");
	char line[1024], *params, *base;
	int fd, ret = -ENOENT;

	while (list && fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = '\0';
		params = line + strcspn(line, " ");
		if (*params)
			*params++ = '\0';
		base = strrchr(line, '/');
		base = base ? base + 1 : line;
		if (strncmp(base, name, strlen(name)) ||
		    base[strlen(name)] != '.')
			continue;
		fd = open(line, O_RDONLY | O_CLOEXEC);
		ret = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
		close(fd);
	}
	if (list)
		fclose(list);
	return ret;
}

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

static bool is_loaded(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

static int unload_both(void)
{
	return unload("dream_vnpu") ?: unload("dream");
}

static int load_both(void)
{
	return load("dream") ?: load("dream_vnpu");
}

FIXTURE(rmmod) {
	struct bed bed;
};

FIXTURE_SETUP(rmmod)
{
	vnpu_remove_all();
	ASSERT_TRUE(is_loaded("dream"));
	ASSERT_TRUE(is_loaded("dream_vnpu"));
}

/* What comes after needs the modules. */
FIXTURE_TEARDOWN(rmmod)
{
	bed_close(&self->bed);
	vnpu_remove_all();
	if (!is_loaded("dream"))
		load("dream");
	if (!is_loaded("dream_vnpu"))
		load("dream_vnpu");
}

TEST_F(rmmod, nothing_in_use)
{
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, unload_both());
		EXPECT_FALSE(is_loaded("dream"));
		EXPECT_FALSE(is_loaded("dream_vnpu"));
		EXPECT_NE(0, access("/dev/dream", F_OK));
		EXPECT_NE(0, access("/sys/kernel/config/dream_vnpu", F_OK));
		EXPECT_NE(0, access("/sys/kernel/debug/dream", F_OK));
		ASSERT_EQ(0, load_both());
		EXPECT_EQ(0, access("/dev/dream", R_OK | W_OK));
	}
}

TEST_F(rmmod, works_after_loading_again)
{
	struct dream_completion record;

	ASSERT_EQ(0, unload_both());
	ASSERT_EQ(0, load_both());
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(0, bed_open(&self->bed));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1));
	ASSERT_EQ(1, reap(self->bed.fd, &record, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, record.status);
}

TEST_F(rmmod, driver_pins_the_arbiter)
{
	EXPECT_REFUSED(EAGAIN, unload("dream"));
	EXPECT_TRUE(is_loaded("dream"));
}

TEST_F(rmmod, device_pins_the_driver)
{
	ASSERT_EQ(0, vnpu_make("a", ""));
	EXPECT_REFUSED(EAGAIN, unload("dream_vnpu"));
	ASSERT_EQ(0, vnpu_remove("a"));
	EXPECT_EQ(0, unload("dream_vnpu"));
}

TEST_F(rmmod, open_file_pins_the_arbiter)
{
	ASSERT_EQ(0, bed_open(&self->bed));
	ASSERT_EQ(0, unload("dream_vnpu"));
	EXPECT_REFUSED(EAGAIN, unload("dream"));
	/* A mapping holds its file. */
	close(self->bed.fd);
	self->bed.fd = -1;
	EXPECT_REFUSED(EAGAIN, unload("dream"));
	bed_close(&self->bed);
	EXPECT_EQ(0, unload("dream"));
}

/* Jobs that nobody waits for any more, on a device that is about to go. */
TEST_F(rmmod, after_closing_with_work)
{
	ASSERT_EQ(0, vnpu_make("a", "slots=2"));
	ASSERT_EQ(0, bed_open(&self->bed));
	for (int i = 1; i <= 8; i++)
		ASSERT_EQ(i, submit_one(&self->bed, self->bed.queue, i, 30 * MS));
	bed_close(&self->bed);
	EXPECT_REFUSED(EAGAIN, unload("dream_vnpu"));
	ASSERT_EQ(0, vnpu_remove("a"));
	EXPECT_EQ(0, unload_both());
}

/* A device that hangs is taken away, too. */
TEST_F(rmmod, with_a_device_that_hangs)
{
	ASSERT_EQ(0, vnpu_make("a", "hang=1 abort_fail=1"));
	ASSERT_EQ(0, bed_open(&self->bed));
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1));
	bed_close(&self->bed);
	ASSERT_EQ(0, vnpu_remove("a"));
	EXPECT_EQ(0, unload_both());
}

/* Models, sockets and listeners are no reason to stay. */
TEST_F(rmmod, with_netlink_users)
{
	struct nlk nl, listener, persistent;
	struct nlk_model model;
	uint32_t layers = 3;

	ASSERT_EQ(0, nlk_open(&nl));
	ASSERT_EQ(0, nlk_open(&listener));
	ASSERT_EQ(0, nlk_open(&persistent));
	ASSERT_EQ(0, nlk_listen(&listener));
	ASSERT_LT(0, nlk_model_simple(&nl, "own", "x", 4, 1, 1));
	ASSERT_EQ(0, nlk_model_new(&persistent, "stays",
				   DREAM_MODEL_FLAGS_PERSISTENT, &layers, 1,
				   &model));
	nlk_close(&persistent);
	EXPECT_EQ(0, unload_both());
	nlk_close(&nl);
	ASSERT_EQ(0, load_both());
	nlk_close(&listener);

	/* The persistent model has gone with the module. */
	ASSERT_EQ(0, nlk_open(&nl));
	EXPECT_EQ(0, nlk_dump(&nl, nlk_request(&nl, DREAM_CMD_MODEL_GET), NULL,
			      NULL));
	nlk_close(&nl);
}

TEST_HARNESS_MAIN
