// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of layers and of what they cost.
 *
 * CSV without quotes: lines that begin with '#' and empty ones are skipped, the
 * first other line has to be the header.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "table.h"

#define FIELDS_MAX	16
#define LINE_MAX_LEN	512

static const char layer_header[] = "model,layer,K,C,Y_in,X_in,R,S,stride,groups";
static const char cost_header[] = "model,layer,pes,dataflow,cycles,energy_nJ";

/* A file that is being read. */
struct reader {
	FILE *in;
	const char *file;
	struct faults *faults;
	unsigned long line;
	char text[LINE_MAX_LEN];
	char *fields[FIELDS_MAX];
	unsigned int field_count;
};

/* Next line that is neither empty nor a comment; 0 at the end of the file. */
static int read_line(struct reader *reader)
{
	char *text = reader->text;
	size_t len;

	while (fgets(text, sizeof(reader->text), reader->in)) {
		reader->line++;
		len = strlen(text);
		if (len + 1 == sizeof(reader->text) && text[len - 1] != '\n') {
			fault_line(reader->faults, reader->file, reader->line,
				   "the line is longer than %d characters",
				   LINE_MAX_LEN - 2);
			return -1;
		}
		while (len && strchr("\r\n", text[len - 1]))
			text[--len] = '\0';
		if (len && text[0] != '#')
			return 1;
	}
	return 0;
}

static int read_header(struct reader *reader, const char *header)
{
	int ret = read_line(reader);

	if (ret < 0)
		return ret;
	if (!ret || strcmp(reader->text, header)) {
		fault_line(reader->faults, reader->file, reader->line,
			   "the header is not \"%s\"", header);
		return -1;
	}
	for (reader->field_count = 1; *header; header++)
		reader->field_count += *header == ',';
	return 0;
}

/* Next row, split into its fields; 0 at the end of the file. */
static int read_row(struct reader *reader)
{
	unsigned int count = 0;
	char *rest;
	int ret;

	ret = read_line(reader);
	if (ret <= 0)
		return ret;
	rest = reader->text;
	while (rest) {
		char *field = strsep(&rest, ",");

		if (count < FIELDS_MAX)
			reader->fields[count] = field;
		count++;
	}
	if (count != reader->field_count) {
		fault_line(reader->faults, reader->file, reader->line,
			   "%u fields instead of %u", count,
			   reader->field_count);
		return -1;
	}
	return 1;
}

static int read_name(struct reader *reader, unsigned int field,
		     char name[TABLE_NAME_LEN])
{
	size_t len = strlen(reader->fields[field]);

	if (!len || len >= TABLE_NAME_LEN) {
		fault_line(reader->faults, reader->file, reader->line,
			   "the name is empty or longer than %d characters",
			   TABLE_NAME_LEN - 1);
		return -1;
	}
	memcpy(name, reader->fields[field], len + 1);
	return 0;
}

static int read_number(struct reader *reader, unsigned int field, uint64_t min,
		       uint64_t max, uint64_t *number)
{
	const char *text = reader->fields[field];
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno ||
	    *number < min || *number > max) {
		fault_line(reader->faults, reader->file, reader->line,
			   "field %u, \"%s\", is not a number from %llu to %llu",
			   field + 1, text, (unsigned long long)min,
			   (unsigned long long)max);
		return -1;
	}
	return 0;
}

static int read_u32(struct reader *reader, unsigned int field, uint32_t min,
		    uint32_t *number)
{
	uint64_t wide;

	if (read_number(reader, field, min, UINT32_MAX, &wide))
		return -1;
	*number = wide;
	return 0;
}

static int reader_open(struct reader *reader, const char *file,
		       struct faults *faults)
{
	memset(reader, 0, sizeof(*reader));
	reader->file = file;
	reader->faults = faults;
	reader->in = fopen(file, "re");
	if (!reader->in) {
		fault_line(faults, file, 0, "%s", strerror(errno));
		return -1;
	}
	return 0;
}

static int read_layer(struct reader *reader, struct table_layer *row)
{
	struct dream_vnpu_shape *shape = &row->shape;

	if (read_name(reader, 0, row->model) ||
	    read_u32(reader, 1, 0, &row->index) ||
	    read_u32(reader, 2, 1, &shape->k) ||
	    read_u32(reader, 3, 1, &shape->c) ||
	    read_u32(reader, 4, 1, &shape->y) ||
	    read_u32(reader, 5, 1, &shape->x) ||
	    read_u32(reader, 6, 1, &shape->r) ||
	    read_u32(reader, 7, 1, &shape->s) ||
	    read_u32(reader, 8, 1, &shape->stride) ||
	    read_u32(reader, 9, 1, &shape->groups))
		return -1;
	if (shape->k % shape->groups || shape->c % shape->groups) {
		fault_line(reader->faults, reader->file, reader->line,
			   "%u groups do not divide %u and %u channels",
			   shape->groups, shape->k, shape->c);
		return -1;
	}
	return 0;
}

/* The layers of a model stand together, in order. */
static int check_layer(struct reader *reader, const struct layer_table *table,
		       const struct table_layer *row)
{
	const struct table_layer *last = NULL;
	uint32_t expected = 0;
	uint32_t count;

	if (table->count)
		last = &table->rows[table->count - 1];
	if (last && !strcmp(last->model, row->model)) {
		expected = last->index + 1;
	} else if (layer_table_find(table, row->model, &count)) {
		fault_line(reader->faults, reader->file, reader->line,
			   "the rows of %s do not stand together", row->model);
		return -1;
	}
	if (row->index != expected) {
		fault_line(reader->faults, reader->file, reader->line,
			   "layer %u of %s instead of layer %u", row->index,
			   row->model, expected);
		return -1;
	}
	return 0;
}

/**
 * layer_table_read() - read a table of layers
 * @table: out, for layer_table_free()
 * @file: file
 * @faults: where faults go
 *
 * Return: 0, or -1 after a fault; the table is empty then.
 */
int layer_table_read(struct layer_table *table, const char *file,
		     struct faults *faults)
{
	struct reader reader;
	int ret;

	memset(table, 0, sizeof(*table));
	if (reader_open(&reader, file, faults))
		return -1;
	ret = read_header(&reader, layer_header);
	while (!ret && (ret = read_row(&reader)) > 0) {
		struct table_layer row;

		ret = read_layer(&reader, &row);
		if (!ret)
			ret = check_layer(&reader, table, &row);
		if (ret)
			break;
		table->rows = must_grow(table->rows, table->count,
					sizeof(row));
		table->rows[table->count++] = row;
	}
	fclose(reader.in);
	if (ret < 0)
		layer_table_free(table);
	return ret;
}

/**
 * layer_table_find() - the layers of a model
 * @table: table
 * @model: name under which the table has them
 * @count: out: their number
 *
 * Return: the first one, or NULL.
 */
const struct table_layer *layer_table_find(const struct layer_table *table,
					   const char *model, uint32_t *count)
{
	size_t i, first;

	for (first = 0; first < table->count; first++)
		if (!strcmp(table->rows[first].model, model))
			break;
	for (i = first; i < table->count; i++)
		if (strcmp(table->rows[i].model, model))
			break;
	*count = i - first;
	return *count ? &table->rows[first] : NULL;
}

void layer_table_free(struct layer_table *table)
{
	free(table->rows);
	memset(table, 0, sizeof(*table));
}

static int read_dataflow(struct reader *reader, unsigned int field,
			 uint32_t *dataflow)
{
	const char *name;

	for (*dataflow = 0; (name = dream_vnpu_dataflow_name(*dataflow));
	     (*dataflow)++)
		if (!strcasecmp(name, reader->fields[field]))
			return 0;
	fault_line(reader->faults, reader->file, reader->line,
		   "\"%s\" is not a dataflow (WS, OS, RS)",
		   reader->fields[field]);
	return -1;
}

static int compare_costs(const void *one, const void *other)
{
	const struct table_cost *a = one, *b = other;
	int ret = strcmp(a->model, b->model);

	if (ret)
		return ret;
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	if (a->dataflow != b->dataflow)
		return a->dataflow < b->dataflow ? -1 : 1;
	if (a->pes != b->pes)
		return a->pes < b->pes ? -1 : 1;
	return 0;
}

/* Sort for cost_table_find(); no two rows may have the same key. */
static int sort_costs(struct reader *reader, struct cost_table *table)
{
	const struct table_cost *a, *b;
	size_t i;

	if (!table->count)
		return 0;
	qsort(table->rows, table->count, sizeof(*table->rows), compare_costs);
	for (i = 1; i < table->count; i++) {
		a = &table->rows[i - 1];
		b = &table->rows[i];
		if (compare_costs(a, b))
			continue;
		fault_line(reader->faults, reader->file,
			   a->line > b->line ? a->line : b->line,
			   "the same row as in line %lu",
			   a->line > b->line ? b->line : a->line);
		return -1;
	}
	return 0;
}

/**
 * cost_table_read() - read a table of costs
 * @table: out, for cost_table_free()
 * @file: file
 * @faults: where faults go
 *
 * Return: 0, or -1 after a fault; the table is empty then.
 */
int cost_table_read(struct cost_table *table, const char *file,
		    struct faults *faults)
{
	struct reader reader;
	int ret;

	memset(table, 0, sizeof(*table));
	if (reader_open(&reader, file, faults))
		return -1;
	ret = read_header(&reader, cost_header);
	while (!ret && (ret = read_row(&reader)) > 0) {
		struct table_cost row = { .line = reader.line };

		ret = -1;
		if (read_name(&reader, 0, row.model) ||
		    read_u32(&reader, 1, 0, &row.index) ||
		    read_u32(&reader, 2, 1, &row.pes) ||
		    read_dataflow(&reader, 3, &row.dataflow) ||
		    read_number(&reader, 4, 1, TABLE_CYCLES_MAX, &row.cycles) ||
		    read_number(&reader, 5, 0, TABLE_ENERGY_MAX,
				&row.energy_nj))
			break;
		ret = 0;
		table->rows = must_grow(table->rows, table->count,
					sizeof(row));
		table->rows[table->count++] = row;
	}
	if (!ret)
		ret = sort_costs(&reader, table);
	fclose(reader.in);
	if (ret < 0)
		cost_table_free(table);
	return ret;
}

/**
 * cost_table_find() - cost of a layer on an array
 * @table: table
 * @model: name under which the table has the layer
 * @index: index of the layer
 * @dataflow: enum dream_vnpu_dataflow of the array
 * @pes: its processing elements
 *
 * Return: the row, or NULL.
 */
const struct table_cost *cost_table_find(const struct cost_table *table,
					 const char *model, uint32_t index,
					 uint32_t dataflow, uint32_t pes)
{
	struct table_cost key = {
		.index = index,
		.dataflow = dataflow,
		.pes = pes,
	};

	snprintf(key.model, sizeof(key.model), "%s", model);
	if (!table->count)
		return NULL;
	return bsearch(&key, table->rows, table->count, sizeof(key),
		       compare_costs);
}

void cost_table_free(struct cost_table *table)
{
	free(table->rows);
	memset(table, 0, sizeof(*table));
}
