// SPDX-License-Identifier: GPL-2.0
/*
 * What the guest tests share.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "common.h"

#define VNPUS	"/sys/kernel/config/dream_vnpu"

/* ------------------------------------------------------------------ checks */

/* Counts over all test processes of a program. */
static unsigned int *negatives;
static pid_t main_process;

__attribute__((constructor))
static void begin_counting(void)
{
	negatives = mmap(NULL, sizeof(*negatives), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (negatives == MAP_FAILED)
		abort();
	main_process = getpid();
}

__attribute__((destructor))
static void tell_count(void)
{
	if (getpid() == main_process)
		printf("# negative cases: %u\n", *negatives);
}

void count_negative(void)
{
	__atomic_fetch_add(negatives, 1, __ATOMIC_RELAXED);
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

/*
 * Until a thread sleeps in a system call. The kernel has no event for that; it
 * makes sure that a test of a wake-up has somebody to wake.
 */
void until_asleep(pid_t tid)
{
	char path[64], stat[512], *state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	do {
		sched_yield();
		file = fopen(path, "re");
		if (!file)
			return;
		state = fgets(stat, sizeof(stat), file) ? strrchr(stat, ')') : NULL;
		fclose(file);
	} while (state && state[2] != 'S');
}

/* ----------------------------------------------------------- virtual NPUs */

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static int read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	close(fd);
	if (len < 0)
		return -EIO;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

int vnpu_set(const char *name, const char *attr, const char *value)
{
	char path[256];

	snprintf(path, sizeof(path), VNPUS "/%s/%s", name, attr);
	return write_text(path, value);
}

int vnpu_get(const char *name, const char *attr, char *value, size_t size)
{
	char path[256];

	snprintf(path, sizeof(path), VNPUS "/%s/%s", name, attr);
	return read_text(path, value, size);
}

int vnpu_prepare(const char *name, const char *attrs)
{
	char path[256], list[256], *rest = list, *attr, *value;
	int ret;

	snprintf(path, sizeof(path), VNPUS "/%s", name);
	if (mkdir(path, 0755))
		return -errno;
	ret = vnpu_set(name, "clock_khz", "1000000");
	snprintf(list, sizeof(list), "%s", attrs);
	while (!ret && (attr = strsep(&rest, " "))) {
		if (!*attr)
			continue;
		value = attr + strcspn(attr, "=");
		*value++ = '\0';
		ret = vnpu_set(name, attr, value);
	}
	return ret;
}

int vnpu_make(const char *name, const char *attrs)
{
	return vnpu_prepare(name, attrs) ?: vnpu_set(name, "power", "1");
}

int vnpu_remove(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), VNPUS "/%s", name);
	return rmdir(path) ? -errno : 0;
}

void vnpu_remove_all(void)
{
	DIR *dir = opendir(VNPUS);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			vnpu_remove(entry->d_name);
	if (dir)
		closedir(dir);
}

long long module_param(const char *name, long long value)
{
	char path[256], before[32], after[32];

	snprintf(path, sizeof(path), "/sys/module/dream/parameters/%s", name);
	snprintf(after, sizeof(after), "%lld", value);
	if (read_text(path, before, sizeof(before)) || write_text(path, after))
		return -1;
	return strtoll(before, NULL, 10);
}

/* ------------------------------------------------------------------ ioctls */

int device_open(void)
{
	int fd = open("/dev/dream", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int device_call(int fd, unsigned long request, void *args)
{
	return ioctl(fd, request, args) ? -errno : 0;
}

int get_info(int fd, struct dream_info *info)
{
	struct dream_query query = {
		.type = DREAM_QUERY_INFO,
		.data = (uintptr_t)info,
		.stride = sizeof(*info),
		.count = 1,
	};

	return device_call(fd, DREAM_IOCTL_QUERY, &query);
}

int get_accels(int fd, struct dream_accel_info *accels, unsigned int count)
{
	struct dream_query query = {
		.type = DREAM_QUERY_ACCELS,
		.data = (uintptr_t)accels,
		.stride = sizeof(*accels),
		.count = count,
	};
	int ret = device_call(fd, DREAM_IOCTL_QUERY, &query);

	return ret ? ret : (int)query.count;
}

int accel_id(int fd, const char *name)
{
	struct dream_accel_info accels[64];
	int i, count = get_accels(fd, accels, 64);

	for (i = 0; i < count; i++)
		if (!strcmp((char *)accels[i].name, name))
			return accels[i].id;
	return -ENOENT;
}

int queue_create(int fd, struct dream_queue_create *attr)
{
	return device_call(fd, DREAM_IOCTL_QUEUE_CREATE, attr);
}

int queue_make(int fd)
{
	struct dream_queue_create attr = { .deadline_ns = RELAXED };
	int ret = queue_create(fd, &attr);

	return ret ? ret : (int)attr.handle;
}

int queue_destroy(int fd, uint32_t queue)
{
	struct dream_queue_destroy args = { .handle = queue };

	return device_call(fd, DREAM_IOCTL_QUEUE_DESTROY, &args);
}

int buffer_create(int fd, uint64_t size, struct dream_buffer_create *args)
{
	memset(args, 0, sizeof(*args));
	args->size = size;
	return device_call(fd, DREAM_IOCTL_BUFFER_CREATE, args);
}

int buffer_free(int fd, uint32_t handle)
{
	struct dream_buffer_free args = { .handle = handle };

	return device_call(fd, DREAM_IOCTL_BUFFER_FREE, &args);
}

int cancel(int fd, uint32_t queue, uint64_t seqno)
{
	struct dream_cancel args = { .queue = queue, .seqno = seqno };
	int ret = device_call(fd, DREAM_IOCTL_CANCEL, &args);

	return ret ? ret : (int)args.cancelled;
}

int wait_job(int fd, uint32_t queue, uint64_t seqno)
{
	struct dream_wait args = {
		.queue = queue,
		.seqno = seqno,
		.timeout_ns = now_ns() + PATIENCE,
	};

	return device_call(fd, DREAM_IOCTL_WAIT, &args);
}

int reap_now(int fd, struct dream_completion *records, unsigned int count)
{
	struct dream_reap args = {
		.records = (uintptr_t)records,
		.count = count,
		.stride = sizeof(*records),
	};
	int ret = device_call(fd, DREAM_IOCTL_REAP, &args);

	return ret ? ret : (int)args.count;
}

int reap(int fd, struct dream_completion *records, unsigned int count)
{
	struct dream_reap args = {
		.records = (uintptr_t)records,
		.count = count,
		.stride = sizeof(*records),
		.min_count = count,
		.timeout_ns = now_ns() + PATIENCE,
	};
	int ret = device_call(fd, DREAM_IOCTL_REAP, &args);

	return ret ? ret : (int)args.count;
}

/* -------------------------------------------------------------------- bed */

#define BED_BYTES	(BED_COMMANDS * BED_COMMAND + BED_WORDS * 8)

int bed_open(struct bed *bed)
{
	struct dream_buffer_create buffer;
	void *map;
	int ret;

	memset(bed, 0, sizeof(*bed));
	bed->fd = device_open();
	if (bed->fd < 0)
		return bed->fd;
	ret = buffer_create(bed->fd, BED_BYTES, &buffer);
	if (ret)
		return ret;
	map = mmap(NULL, BED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, bed->fd,
		   buffer.mmap_offset);
	if (map == MAP_FAILED)
		return -errno;
	bed->buffer = buffer.handle;
	bed->commands = map;
	bed->data = map + BED_COMMANDS * BED_COMMAND;
	ret = queue_make(bed->fd);
	if (ret < 0)
		return ret;
	bed->queue = ret;
	return 0;
}

void bed_close(struct bed *bed)
{
	if (bed->commands)
		munmap(bed->commands, BED_BYTES);
	if (bed->fd > 0)
		close(bed->fd);
	memset(bed, 0, sizeof(*bed));
}

static uint32_t at_least_1(uint32_t n)
{
	return n ? n : 1;
}

struct command {
	struct dream_vnpu_cmd head;
	struct dream_vnpu_cost_entry cost;
};

void bed_command(struct bed *bed, unsigned int place, const struct work *work)
{
	struct command command = {
		.head = {
			.magic = DREAM_VNPU_CMD_MAGIC,
			.cost = DREAM_VNPU_COST_EXPLICIT,
			.in_offset = work->in * 8ULL,
			.in_len = at_least_1(work->in_words) * 8ULL,
			.out_offset = work->out * 8ULL,
			.out_len = at_least_1(work->out_words) * 8ULL,
			.key = work->key,
			.result = work->result,
			.cost_count = 1,
		},
		.cost = {
			.cycles = work->ns ? work->ns : 1,
			.energy_nj = work->energy,
		},
	};

	_Static_assert(sizeof(command) <= BED_COMMAND, "commands must fit");
	memcpy(bed->commands + place * BED_COMMAND, &command, sizeof(command));
}

static uint64_t rotate(uint64_t word, unsigned int bits)
{
	return word << bits | word >> (64 - bits);
}

/* As virt-accel documents it: what a virtual NPU does to the data. */
void transform(uint64_t *data, const struct work *work)
{
	uint32_t in_words = at_least_1(work->in_words);
	uint32_t i;

	for (i = 0; i < at_least_1(work->out_words); i++) {
		uint64_t *word = &data[work->out + i];

		*word ^= data[work->in + i % in_words];
		*word = rotate(*word, 23) * 0x9E3779B97F4A7C15ULL + work->key + i;
	}
}

void request_init(struct request *r, const struct bed *bed, uint32_t queue,
		  unsigned int place, unsigned int layers)
{
	unsigned int i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < layers; i++) {
		r->layers[i].buffer = bed->buffer;
		r->layers[i].offset = (place + i) * BED_COMMAND;
		r->layers[i].size = sizeof(struct command);
	}
	r->ranges[0].buffer = bed->buffer;
	r->ranges[0].flags = DREAM_RANGE_IN | DREAM_RANGE_OUT;
	r->ranges[0].offset = BED_COMMANDS * BED_COMMAND;
	r->ranges[0].length = BED_WORDS * 8;
	r->job.queue = queue;
	r->job.layer_count = layers;
	r->job.layer_stride = sizeof(r->layers[0]);
	r->job.range_count = 1;
	r->job.range_stride = sizeof(r->ranges[0]);
}

void request_dep(struct request *r, uint32_t queue, uint64_t seqno,
		 uint32_t flags)
{
	struct dream_job_dep *dep = &r->deps[r->job.dep_count++];

	r->job.dep_stride = sizeof(*dep);
	dep->queue = queue;
	dep->seqno = seqno;
	dep->flags = flags;
}

/* The arrays are where the request is now. */
static struct dream_job_submit job_of(const struct request *r)
{
	struct dream_job_submit job = r->job;

	job.layers = (uintptr_t)r->layers;
	job.ranges = (uintptr_t)r->ranges;
	job.deps = job.dep_count ? (uintptr_t)r->deps : 0;
	job.seqno = 0;
	return job;
}

int request_submit_all(int fd, struct request *r, unsigned int count)
{
	struct dream_job_submit jobs[DREAM_SUBMIT_JOBS_MAX];
	struct dream_submit args = {
		.jobs = (uintptr_t)jobs,
		.job_count = count,
		.job_stride = sizeof(jobs[0]),
	};
	unsigned int i;
	int ret;

	for (i = 0; i < count; i++)
		jobs[i] = job_of(&r[i]);
	ret = device_call(fd, DREAM_IOCTL_SUBMIT, &args);
	for (i = 0; !ret && i < count; i++)
		r[i].job.seqno = jobs[i].seqno;
	return ret;
}

int request_submit(int fd, struct request *r)
{
	return request_submit_all(fd, r, 1);
}

int64_t submit_one(struct bed *bed, uint32_t queue, unsigned int place,
		   uint64_t ns)
{
	struct work work = { .ns = ns };
	struct request r;
	int ret;

	bed_command(bed, place, &work);
	request_init(&r, bed, queue, place, 1);
	ret = request_submit(bed->fd, &r);
	return ret ? ret : (int64_t)r.job.seqno;
}
