// SPDX-License-Identifier: GPL-2.0
/*
 * JSON files that follow a schema, or a definition of it.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>

#include "document.h"
#include "memory.h"
#include "schema.h"

/* A recording of a busy hour fits. */
#define DOCUMENT_SIZE_MAX	(256UL << 20)

static char *read_text(const char *file, size_t *len, struct faults *faults)
{
	FILE *in = fopen(file, "re");
	char *text = NULL;
	struct stat st;

	if (!in || fstat(fileno(in), &st)) {
		fault_line(faults, file, 0, "%s", strerror(errno));
	} else if (!S_ISREG(st.st_mode) ||
		   (unsigned long)st.st_size > DOCUMENT_SIZE_MAX) {
		fault_line(faults, file, 0, "not a file of at most %lu bytes",
			   DOCUMENT_SIZE_MAX);
	} else {
		text = must_calloc(st.st_size + 1, 1);
		*len = fread(text, 1, st.st_size, in);
	}
	if (in)
		fclose(in);
	return text;
}

struct violation {
	const char *file;
	struct faults *faults;
};

static void report_violation(const char *path, const char *reason, void *arg)
{
	struct violation *violation = arg;
	struct place root = { .file = violation->file };
	struct place place = place_at(&root, "%s", path);

	fault_at(violation->faults, &place, "%s", reason);
}

/**
 * document_load() - read a JSON file and check it
 * @file: file
 * @schema: schema
 * @definition: definition of the schema that it has to follow, NULL for the
 *	whole schema
 * @faults: where faults go
 *
 * Return: the document, which is an object, for json_decref(); NULL after a
 * fault.
 */
json_t *document_load(const char *file, const char *schema,
		      const char *definition, struct faults *faults)
{
	struct violation violation = { .file = file, .faults = faults };
	json_t *document = NULL;
	json_error_t error;
	size_t len = 0;
	char *text;

	text = read_text(file, &len, faults);
	if (!text)
		return NULL;
	document = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!document) {
		fault_line(faults, file, error.line > 0 ? error.line : 0, "%s",
			   error.text);
	} else if (schema_check(text, schema, definition,
				report_violation, &violation)) {
		json_decref(document);
		document = NULL;
	}
	free(text);
	return document;
}

/**
 * document_path() - path that a file names
 * @file: file that names it
 * @path: absolute, or relative to the directory of @file
 *
 * Return: path, for free().
 */
char *document_path(const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');
	char *joined;

	if (path[0] == '/' || !slash)
		return must_strdup(path);
	if (asprintf(&joined, "%.*s/%s", (int)(slash - file), file, path) < 0)
		must_have(NULL);
	return joined;
}

/* Members whose type the schema has checked. */

const char *document_string(const json_t *object, const char *key,
			    const char *initial)
{
	const json_t *value = json_object_get(object, key);

	return value ? json_string_value(value) : initial;
}

double document_number(const json_t *object, const char *key, double initial)
{
	const json_t *value = json_object_get(object, key);

	return value ? json_number_value(value) : initial;
}

uint64_t document_integer(const json_t *object, const char *key,
			  uint64_t initial)
{
	const json_t *value = json_object_get(object, key);

	return value ? (uint64_t)json_number_value(value) : initial;
}
