// SPDX-License-Identifier: LGPL-2.1-or-later
/* Virtual NPUs by configfs. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dream/vnpu.h>

#define ROOT	"/sys/kernel/config/dream_vnpu"

/* A name is one component of a path. */
static int device_path(char *path, size_t size, const char *name,
		       const char *attr)
{
	int len;

	if (!*name || *name == '.' || strchr(name, '/') || strchr(attr, '/'))
		return -EINVAL;
	len = snprintf(path, size, ROOT "/%s/%s", name, attr);
	return len < 0 || (size_t)len >= size ? -ENAMETOOLONG : 0;
}

static int open_attr(const char *name, const char *attr, int flags)
{
	char path[PATH_MAX];
	int fd;

	fd = device_path(path, sizeof(path), name, attr);
	if (fd < 0)
		return fd;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int dream_vnpu_set(const char *name, const char *attr, const char *value)
{
	int err = 0;
	int fd;

	fd = open_attr(name, attr, O_WRONLY);
	if (fd < 0)
		return fd;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int dream_vnpu_get(const char *name, const char *attr, char *value, size_t size)
{
	ssize_t len;
	int fd;

	fd = open_attr(name, attr, O_RDONLY);
	if (fd < 0)
		return fd;
	len = read(fd, value, size - 1);
	if (len < 0)
		len = -errno;
	close(fd);
	if (len < 0)
		return (int)len;
	if (len && value[len - 1] == '\n')
		len--;
	value[len] = '\0';
	return (int)len;
}

static int set_text(const char *name, const char *attr, const char *value,
		    const char **bad)
{
	int err = 0;

	if (value)
		err = dream_vnpu_set(name, attr, value);
	if (err && bad)
		*bad = attr;
	return err;
}

static int set_number(const char *name, const char *attr, uint64_t value,
		      const char **bad)
{
	char text[24];

	if (!value)
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64, value);
	return set_text(name, attr, text, bad);
}

static int configure(const char *name, const struct dream_vnpu_config *config,
		     const char **bad)
{
	const struct {
		const char *attr;
		uint64_t value;
	} numbers[] = {
		{ "pes", config->pes },
		{ "clock_khz", config->clock_khz },
		{ "bandwidth_mbps", config->bandwidth_mbps },
		{ "sram_bytes", config->sram_bytes },
		{ "slots", config->slots },
		{ "jitter_permille", config->jitter_permille },
		{ "seed", config->seed },
	};
	const char *dataflow = dream_vnpu_dataflow_name(config->dataflow);
	size_t i;
	int err;

	err = set_text(name, "dataflow", dataflow ? dataflow : "", bad);
	for (i = 0; !err && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		err = set_number(name, numbers[i].attr, numbers[i].value, bad);
	if (!err)
		err = set_text(name, "domain", config->domain, bad);
	if (!err)
		err = set_text(name, "class", config->class_name, bad);
	if (!err)
		err = set_text(name, "power", "1", bad);
	return err;
}

int dream_vnpu_create(const char *name, const struct dream_vnpu_config *config,
		      const char **bad)
{
	char path[PATH_MAX];
	int err;

	if (bad)
		*bad = NULL;
	err = device_path(path, sizeof(path), name, "");
	if (err)
		return err;
	if (mkdir(path, 0755) < 0)
		return -errno;
	err = configure(name, config, bad);
	if (err)
		rmdir(path);
	return err;
}

int dream_vnpu_destroy(const char *name)
{
	char path[PATH_MAX];
	int err;

	err = device_path(path, sizeof(path), name, "");
	if (!err)
		err = dream_vnpu_set(name, "power", "0");
	if (err)
		return err;
	return rmdir(path) < 0 ? -errno : 0;
}
