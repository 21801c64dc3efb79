/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DREAMCTL_SCHEMA_H
#define DREAMCTL_SCHEMA_H

#ifdef __cplusplus
extern "C" {
#endif

/* Documentation/scenario.schema.json, built into the program. */
extern const char scenario_schema[];
/* Documentation/recording.schema.json, likewise. */
extern const char recording_schema[];

/**
 * typedef schema_report_fn - called for each violation
 * @path: JSON pointer to the value, "" for the whole document
 * @reason: what is wrong with it
 * @arg: as given to schema_check()
 */
typedef void (*schema_report_fn)(const char *path, const char *reason,
				 void *arg);

/**
 * schema_check() - check a JSON document against a schema
 * @text: document, NUL-terminated
 * @schema_text: schema, NUL-terminated
 * @definition: definition of the schema that it has to follow, NULL for the
 *	whole schema
 * @report: called for each violation
 * @arg: passed to @report
 *
 * Return: number of violations.
 */
int schema_check(const char *text, const char *schema_text,
		 const char *definition, schema_report_fn report, void *arg);

#ifdef __cplusplus
}
#endif

#endif
