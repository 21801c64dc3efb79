/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread that is blocked in a system call when it has been started.
 */
#ifndef _TEST_THREAD_H
#define _TEST_THREAD_H

#include <pthread.h>
#include <sys/syscall.h>

#include "common.h"

/**
 * struct sleeper - a thread that calls an ioctl
 * @fd: device
 * @request: ioctl
 * @args: its argument, in place
 * @ret: what it returned, once the thread has been joined
 * @thread: thread
 * @tid: its id
 */
struct sleeper {
	int fd;
	unsigned long request;
	void *args;
	int ret;
	pthread_t thread;
	pid_t tid;
};

static void *sleeper_main(void *arg)
{
	struct sleeper *s = arg;

	__atomic_store_n(&s->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	s->ret = device_call(s->fd, s->request, s->args);
	return NULL;
}

/* Returns when the thread sleeps. */
static inline void sleeper_start(struct sleeper *s, int fd, unsigned long request,
				 void *args)
{
	pid_t tid;

	s->fd = fd;
	s->request = request;
	s->args = args;
	s->tid = 0;
	if (pthread_create(&s->thread, NULL, sleeper_main, s))
		abort();
	do {
		tid = __atomic_load_n(&s->tid, __ATOMIC_ACQUIRE);
	} while (!tid);
	until_asleep(tid);
}

static inline int sleeper_join(struct sleeper *s)
{
	pthread_join(s->thread, NULL);
	return s->ret;
}

#endif
