/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What came of runs, for people and as JSON.
 */
#ifndef DREAMCTL_REPORT_H
#define DREAMCTL_REPORT_H

#include <jansson.h>

#include "run.h"

json_t *report_json(struct run_result *result);
void report_print(const json_t *report);
void report_compare(const json_t *reports);

#endif
