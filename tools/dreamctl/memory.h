/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is there, or the program ends: nothing that dreamctl does could go
 * on without it.
 */
#ifndef DREAMCTL_MEMORY_H
#define DREAMCTL_MEMORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void *must_have(void *memory)
{
	if (memory)
		return memory;
	fputs("dreamctl: out of memory\n", stderr);
	exit(1);
}

/* Zeroed; an array without elements has an address too. */
static inline void *must_calloc(size_t count, size_t size)
{
	return must_have(calloc(count ? count : 1, size));
}

static inline char *must_strdup(const char *text)
{
	return must_have(strdup(text));
}

/* Room for one more element behind the @count that an array has. */
static inline void *must_grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return must_have(reallocarray(array, count ? 2 * count : 1, size));
}

#endif
