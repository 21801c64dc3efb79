/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of layers and of what they cost, CSV files.
 */
#ifndef DREAMCTL_TABLE_H
#define DREAMCTL_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include <dream/vnpu.h>

#include "faults.h"

/* Longest name in a table, with the final NUL. */
#define TABLE_NAME_LEN	64
/* Bounds of what the kernel takes as a cost. */
#define TABLE_ENERGY_MAX	1000000000000000ULL
#define TABLE_CYCLES_MAX	(1ULL << 53)

/**
 * struct table_layer - a row of a table of layers
 * @model: name under which the table has it
 * @index: index of the layer, from 0 on without a gap
 * @shape: shape
 */
struct table_layer {
	char model[TABLE_NAME_LEN];
	uint32_t index;
	struct dream_vnpu_shape shape;
};

/**
 * struct table_cost - a row of a table of costs
 * @model: name under which the table has the layer
 * @index: index of the layer
 * @dataflow: enum dream_vnpu_dataflow of the array
 * @pes: its processing elements
 * @line: line of the file
 * @cycles: cycles of the array
 * @energy_nj: energy
 */
struct table_cost {
	char model[TABLE_NAME_LEN];
	uint32_t index;
	uint32_t dataflow;
	uint32_t pes;
	unsigned long line;
	uint64_t cycles;
	uint64_t energy_nj;
};

struct layer_table {
	struct table_layer *rows;
	size_t count;
};

struct cost_table {
	struct table_cost *rows;
	size_t count;
};

int layer_table_read(struct layer_table *table, const char *file,
		     struct faults *faults);
const struct table_layer *layer_table_find(const struct layer_table *table,
					   const char *model, uint32_t *count);
void layer_table_free(struct layer_table *table);

int cost_table_read(struct cost_table *table, const char *file,
		    struct faults *faults);
const struct table_cost *cost_table_find(const struct cost_table *table,
					 const char *model, uint32_t index,
					 uint32_t dataflow, uint32_t pes);
void cost_table_free(struct cost_table *table);

#endif
