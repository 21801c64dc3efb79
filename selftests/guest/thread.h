/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread that is blocked in a system call when it has been started.
 */
#ifndef _TEST_THREAD_H
#define _TEST_THREAD_H

#include <pthread.h>
#include <semaphore.h>
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
 * @running: the thread has told its id
 */
struct sleeper {
	int fd;
	unsigned long request;
	void *args;
	int ret;
	pthread_t thread;
	pid_t tid;
	sem_t running;
};

static void *sleeper_main(void *arg)
{
	struct sleeper *s = arg;

	s->tid = syscall(SYS_gettid);
	sem_post(&s->running);
	s->ret = device_call(s->fd, s->request, s->args);
	return NULL;
}

/* Returns when the thread sleeps. */
static inline void sleeper_start(struct sleeper *s, int fd, unsigned long request,
				 void *args)
{
	s->fd = fd;
	s->request = request;
	s->args = args;
	if (sem_init(&s->running, 0, 0) ||
	    pthread_create(&s->thread, NULL, sleeper_main, s) ||
	    sem_wait(&s->running) || until_asleep(s->tid))
		abort();
}

static inline int sleeper_join(struct sleeper *s)
{
	pthread_join(s->thread, NULL);
	sem_destroy(&s->running);
	return s->ret;
}

#endif
