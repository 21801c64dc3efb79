/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is wrong with the files that the user wrote, one line each:
 * FILE: WHERE: REASON.
 */
#ifndef DREAMCTL_FAULTS_H
#define DREAMCTL_FAULTS_H

#include <stdio.h>

/**
 * struct faults - where faults go
 * @out: stream that gets a line for each, or NULL
 * @count: faults so far
 */
struct faults {
	FILE *out;
	unsigned int count;
};

/**
 * struct place - a value in a JSON file
 * @file: file
 * @path: JSON pointer, "" for the whole document
 */
struct place {
	const char *file;
	char path[128];
};

struct place place_at(const struct place *base, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void fault_at(struct faults *faults, const struct place *place,
	      const char *format, ...) __attribute__((format(printf, 3, 4)));
void fault_line(struct faults *faults, const char *file, unsigned long line,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
