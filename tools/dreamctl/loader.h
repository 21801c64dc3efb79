/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of scenario_load() share.
 */
#ifndef DREAMCTL_LOADER_H
#define DREAMCTL_LOADER_H

#include <jansson.h>

#include "scenario.h"
#include "table.h"

/* A table that has been read; several models use the same one. */
struct table_file {
	struct table_file *next;
	char *path;
	bool has_costs;
	bool good;
	struct layer_table layers;
	struct cost_table costs;
};

/**
 * struct loader - a scenario in the making
 * @scenario: what has been resolved so far
 * @faults: where faults go
 * @tables: list of the tables that have been read
 */
struct loader {
	struct scenario *scenario;
	struct faults *faults;
	struct table_file *tables;
};

void load_platform(struct loader *loader, const struct place *place,
		   const json_t *json);
void load_model(struct loader *loader, const struct place *place,
		const json_t *json, struct scenario_model *model);
void free_model(struct scenario_model *model);
void free_tables(struct loader *loader);

#endif
