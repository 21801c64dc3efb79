/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guest tests share: virtual NPUs, ioctls, jobs.
 *
 * A test includes kselftest_harness.h before this.
 *
 * Functions return 0 (or what they say) or a negative errno, and never fail a
 * test by themselves. A wait that should end ends at PATIENCE at the latest.
 */
#ifndef _TEST_COMMON_H
#define _TEST_COMMON_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <linux/dream.h>
#include <linux/dream_vnpu.h>

#define MS		1000000ULL
#define SECOND		(1000 * MS)
#define FOREVER		0xffffffffffffffffULL
/* A wait that takes longer has failed. */
#define PATIENCE	(20 * SECOND)
/* A deadline that nothing in a test can miss. */
#define RELAXED		(60 * SECOND)

#define NO_BAD_JOB	0xffffffffU

/* ------------------------------------------------------------------ checks */

void count_negative(void);

/*
 * Something that must be refused with @error (positive). Counted; each program
 * prints the number of its refusals.
 */
#define EXPECT_REFUSED_WHEN(error, expression, what) do {		\
	int _error = (expression);					\
									\
	count_negative();						\
	EXPECT_EQ(-(error), _error) {					\
		TH_LOG("%s", what);					\
	}								\
} while (0)

#define EXPECT_REFUSED(error, expression) \
	EXPECT_REFUSED_WHEN(error, expression, #expression)

uint64_t now_ns(void);
void until_asleep(pid_t tid);

/* ----------------------------------------------------------- virtual NPUs */

/*
 * Makes a virtual NPU of 1 GHz, so that a cycle is a nanosecond, and powers it
 * on. @attrs is a list of "name=value", separated by spaces.
 */
int vnpu_make(const char *name, const char *attrs);
/* The same, without power: the accelerator is not there yet. */
int vnpu_prepare(const char *name, const char *attrs);
int vnpu_set(const char *name, const char *attr, const char *value);
int vnpu_get(const char *name, const char *attr, char *value, size_t size);
int vnpu_remove(const char *name);
/* Removes all that tests have left. */
void vnpu_remove_all(void);

/* Sets a parameter of the module dream, returns its former value. */
long long module_param(const char *name, long long value);

/* ------------------------------------------------------------------ ioctls */

int device_open(void);
int device_call(int fd, unsigned long request, void *args);

int get_info(int fd, struct dream_info *info);
/* Returns how many there are. */
int get_accels(int fd, struct dream_accel_info *accels, unsigned int count);
/* Id of the accelerator @name, or -ENOENT. */
int accel_id(int fd, const char *name);

/* Makes a queue with a relaxed deadline; the handle is returned. */
int queue_make(int fd);
/* Makes a queue as @attr has it; returns 0. */
int queue_create(int fd, struct dream_queue_create *attr);
int queue_destroy(int fd, uint32_t queue);
int buffer_create(int fd, uint64_t size, struct dream_buffer_create *args);
int buffer_free(int fd, uint32_t handle);
int cancel(int fd, uint32_t queue, uint64_t seqno);
/* Waits with PATIENCE; seqno 0 means all. */
int wait_job(int fd, uint32_t queue, uint64_t seqno);
/* What can be had at once. Returns the number. */
int reap_now(int fd, struct dream_completion *records, unsigned int count);
/* Exactly @count records, with PATIENCE; returns @count. */
int reap(int fd, struct dream_completion *records, unsigned int count);

/* -------------------------------------------------------------------- bed */

#define BED_COMMANDS	256	/* places for commands */
#define BED_COMMAND	256	/* bytes of each */
#define BED_WORDS	4096	/* 64-bit words of data */

/**
 * struct bed - an open file with a buffer and a queue
 * @fd: file
 * @buffer: handle of the buffer: places for commands, then data
 * @commands: where the commands are mapped
 * @data: where the data is mapped
 * @queue: handle of a queue without a model, with a relaxed deadline
 */
struct bed {
	int fd;
	uint32_t buffer;
	char *commands;
	uint64_t *data;
	uint32_t queue;
};

int bed_open(struct bed *bed);
void bed_close(struct bed *bed);

/**
 * struct work - one layer, as a virtual NPU is told
 * @ns: time that it takes, or 1 if it is 0
 * @energy: energy in nJ
 * @result: what it finds
 * @key: key of the transformation
 * @in: first word of the data that is read
 * @in_words: number of words, or 1 if it is 0
 * @out: first word that is written
 * @out_words: number of words, or 1 if it is 0
 */
struct work {
	uint64_t ns;
	uint64_t energy;
	uint32_t result;
	uint64_t key;
	uint32_t in;
	uint32_t in_words;
	uint32_t out;
	uint32_t out_words;
};

/* Writes a command into a place of the bed. */
void bed_command(struct bed *bed, unsigned int place, const struct work *work);
/* Does to @data what the device does. */
void transform(uint64_t *data, const struct work *work);

#define REQUEST_LAYERS	16
#define REQUEST_DEPS	8

/**
 * struct request - a job with its arrays
 * @job: job
 * @layers: its layers
 * @ranges: its ranges
 * @deps: its dependencies
 *
 * request_init() makes a valid job of @layers layers, whose commands are in the
 * places of the bed from @place on. Then its members can be changed.
 */
struct request {
	struct dream_job_submit job;
	struct dream_job_layer layers[REQUEST_LAYERS];
	struct dream_job_range ranges[2];
	struct dream_job_dep deps[REQUEST_DEPS];
};

void request_init(struct request *r, const struct bed *bed, uint32_t queue,
		  unsigned int place, unsigned int layers);
void request_dep(struct request *r, uint32_t queue, uint64_t seqno,
		 uint32_t flags);
int request_submit(int fd, struct request *r);
/* Submits @count requests in one call. */
int request_submit_all(int fd, struct request *r, unsigned int count);

/*
 * Submits a job of one layer, which takes @ns, to a queue; its command is put
 * into @place. Returns its number.
 */
int64_t submit_one(struct bed *bed, uint32_t queue, unsigned int place,
		   uint64_t ns);

#endif
