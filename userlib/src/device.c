// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The device: buffers, queues, jobs and their records. Each function is one
 * ioctl; the handle holds the file descriptor and never changes, so threads need
 * no lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <dream/dream.h>

struct dream_device {
	int fd;
};

uint64_t dream_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int device_ioctl(const struct dream_device *dev, unsigned long request,
			void *arg)
{
	return ioctl(dev->fd, request, arg) < 0 ? -errno : 0;
}

int dream_open(const char *path, struct dream_device **out)
{
	struct dream_info info;
	struct dream_device *dev;
	int err;

	dev = malloc(sizeof(*dev));
	if (!dev)
		return -ENOMEM;
	dev->fd = open(path ? path : "/dev/dream", O_RDWR | O_CLOEXEC);
	if (dev->fd < 0) {
		err = -errno;
		goto err_free;
	}
	err = dream_info(dev, &info);
	if (err)
		goto err_close;
	if (info.uapi_major != DREAM_UAPI_MAJOR) {
		err = -EPROTONOSUPPORT;
		goto err_close;
	}
	*out = dev;
	return 0;

err_close:
	close(dev->fd);
err_free:
	free(dev);
	return err;
}

void dream_close(struct dream_device *dev)
{
	if (!dev)
		return;
	close(dev->fd);
	free(dev);
}

int dream_fd(const struct dream_device *dev)
{
	return dev->fd;
}

int dream_info(struct dream_device *dev, struct dream_info *info)
{
	struct dream_info answer = { 0 };
	struct dream_query query = {
		.type = DREAM_QUERY_INFO,
		.data = (uintptr_t)&answer,
		.stride = sizeof(answer),
		.count = 1,
	};
	int err;

	err = device_ioctl(dev, DREAM_IOCTL_QUERY, &query);
	if (!err)
		*info = answer;
	return err;
}

int dream_accels(struct dream_device *dev, struct dream_accel_info *accels,
		 unsigned int count)
{
	struct dream_query query = {
		.type = DREAM_QUERY_ACCELS,
		.data = (uintptr_t)accels,
		.stride = sizeof(*accels),
		.count = count,
	};
	int err;

	err = device_ioctl(dev, DREAM_IOCTL_QUERY, &query);
	return err ? err : (int)query.count;
}

int dream_buffer_create(struct dream_device *dev, size_t size,
			struct dream_buffer *buffer)
{
	struct dream_buffer_create create = { .size = size };
	struct dream_buffer_free release = { 0 };
	void *data;
	int err;

	err = device_ioctl(dev, DREAM_IOCTL_BUFFER_CREATE, &create);
	if (err)
		return err;
	data = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    dev->fd, (off_t)create.mmap_offset);
	if (data == MAP_FAILED) {
		err = -errno;
		release.handle = create.handle;
		device_ioctl(dev, DREAM_IOCTL_BUFFER_FREE, &release);
		return err;
	}
	buffer->data = data;
	buffer->size = create.size;
	buffer->handle = create.handle;
	return 0;
}

void dream_buffer_unmap(struct dream_buffer *buffer)
{
	if (buffer->data)
		munmap(buffer->data, buffer->size);
	memset(buffer, 0, sizeof(*buffer));
}

int dream_buffer_free(struct dream_device *dev, struct dream_buffer *buffer)
{
	struct dream_buffer_free release = { .handle = buffer->handle };

	if (!buffer->handle)
		return 0;
	dream_buffer_unmap(buffer);
	return device_ioctl(dev, DREAM_IOCTL_BUFFER_FREE, &release);
}

int dream_queue_create(struct dream_device *dev,
		       struct dream_queue_create *attr)
{
	struct dream_queue_create create = *attr;
	int err;

	create.handle = 0;
	create.id = 0;
	err = device_ioctl(dev, DREAM_IOCTL_QUEUE_CREATE, &create);
	if (err)
		return err;
	attr->handle = create.handle;
	attr->id = create.id;
	return 0;
}

int dream_queue_destroy(struct dream_device *dev, uint32_t queue)
{
	struct dream_queue_destroy destroy = { .handle = queue };

	return device_ioctl(dev, DREAM_IOCTL_QUEUE_DESTROY, &destroy);
}

int dream_submit(struct dream_device *dev, struct dream_job_submit *jobs,
		 unsigned int count, uint32_t *bad)
{
	struct dream_submit submit = {
		.jobs = (uintptr_t)jobs,
		.job_count = count,
		.job_stride = sizeof(*jobs),
	};
	unsigned int i;
	int err;

	for (i = 0; i < count; i++)
		jobs[i].seqno = 0;
	err = device_ioctl(dev, DREAM_IOCTL_SUBMIT, &submit);
	if (bad)
		*bad = err ? submit.bad_job : UINT32_MAX;
	return err;
}

/* The kernel's clock is signed: its last ns is INT64_MAX. */
static uint64_t timeout_wait(uint64_t timeout_ns)
{
	return timeout_ns > INT64_MAX ? INT64_MAX : timeout_ns;
}

/* For DREAM_IOCTL_REAP 0 means no limit, and 1 ns is a time that has passed. */
static uint64_t timeout_reap(uint64_t timeout_ns)
{
	if (timeout_ns == DREAM_FOREVER)
		return 0;
	return timeout_ns ? timeout_wait(timeout_ns) : 1;
}

int dream_reap(struct dream_device *dev, struct dream_completion *records,
	       unsigned int count, unsigned int min, uint64_t timeout_ns)
{
	struct dream_reap reap = {
		.records = (uintptr_t)records,
		.count = count,
		.stride = sizeof(*records),
		.min_count = min,
		.timeout_ns = min ? timeout_reap(timeout_ns) : 0,
	};
	int err;

	err = device_ioctl(dev, DREAM_IOCTL_REAP, &reap);
	return err ? err : (int)reap.count;
}

int dream_wait(struct dream_device *dev, uint32_t queue, uint64_t seqno,
	       uint64_t timeout_ns)
{
	struct dream_wait wait = {
		.queue = queue,
		.seqno = seqno,
		.timeout_ns = timeout_wait(timeout_ns),
	};

	return device_ioctl(dev, DREAM_IOCTL_WAIT, &wait);
}

int dream_cancel(struct dream_device *dev, uint32_t queue, uint64_t seqno)
{
	struct dream_cancel cancel = { .queue = queue, .seqno = seqno };
	int err;

	err = device_ioctl(dev, DREAM_IOCTL_CANCEL, &cancel);
	return err ? err : (int)cancel.cancelled;
}

int dream_set_eventfd(struct dream_device *dev, int fd)
{
	struct dream_eventfd eventfd = { .fd = fd };

	return device_ioctl(dev, DREAM_IOCTL_EVENTFD, &eventfd);
}
