// SPDX-License-Identifier: GPL-2.0
/*
 * Faults in the files that the user wrote.
 */
#include <stdarg.h>
#include <string.h>

#include "faults.h"

/**
 * place_at() - a value inside another
 * @base: the value around it
 * @format: what the path goes on with, "/streams/%u"
 *
 * Return: the place; a path that is too long is cut.
 */
struct place place_at(const struct place *base, const char *format, ...)
{
	struct place place = *base;
	size_t len = strlen(place.path);
	va_list args;

	va_start(args, format);
	vsnprintf(place.path + len, sizeof(place.path) - len, format, args);
	va_end(args);
	return place;
}

static void report(struct faults *faults, const char *file, const char *where,
		   const char *format, va_list args)
{
	faults->count++;
	if (!faults->out)
		return;
	fprintf(faults->out, "%s: %s: ", file, where);
	vfprintf(faults->out, format, args);
	fputc('\n', faults->out);
}

/**
 * fault_at() - a value in a JSON file is wrong
 * @faults: where faults go
 * @place: the value; the whole document is shown as "/"
 * @format: why
 */
void fault_at(struct faults *faults, const struct place *place,
	      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(faults, place->file, place->path[0] ? place->path : "/", format,
	       args);
	va_end(args);
}

/**
 * fault_line() - a line of a file is wrong
 * @faults: where faults go
 * @file: file
 * @line: its number, counted from 1; 0 for the whole file
 * @format: why
 */
void fault_line(struct faults *faults, const char *file, unsigned long line,
		const char *format, ...)
{
	char where[32];
	va_list args;

	snprintf(where, sizeof(where), "%lu", line);
	va_start(args, format);
	report(faults, file, where, format, args);
	va_end(args);
}
