/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON files that follow a schema, or a definition of it.
 */
#ifndef DREAMCTL_DOCUMENT_H
#define DREAMCTL_DOCUMENT_H

#include <stdint.h>

#include <jansson.h>

#include "faults.h"

json_t *document_load(const char *file, const char *schema,
		      const char *definition, struct faults *faults);
char *document_path(const char *file, const char *path);

const char *document_string(const json_t *object, const char *key,
			    const char *initial);
double document_number(const json_t *object, const char *key, double initial);
uint64_t document_integer(const json_t *object, const char *key,
			  uint64_t initial);

#endif
