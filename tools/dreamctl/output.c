// SPDX-License-Identifier: GPL-2.0
/* Output: JSON, tables, records. */
#include <math.h>
#include <string.h>

#include "memory.h"
#include "output.h"

struct unit {
	const char *name;
	double factor;
};

static const struct unit times[] = {
	{ "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { NULL, 0 },
};

static const struct unit energies[] = {
	{ "nJ", 1 }, { "uJ", 1e3 }, { "mJ", 1e6 }, { "J", 1e9 }, { "kJ", 1e12 },
	{ NULL, 0 },
};

static const struct unit sizes[] = {
	{ "B", 1 }, { "KiB", 0x1p10 }, { "MiB", 0x1p20 }, { "GiB", 0x1p30 },
	{ "TiB", 0x1p40 }, { NULL, 0 },
};

static const struct unit rates[] = {
	{ "MB/s", 1 }, { "GB/s", 1e3 }, { "TB/s", 1e6 }, { NULL, 0 },
};

static const struct unit clocks[] = {
	{ "kHz", 1 }, { "MHz", 1e3 }, { "GHz", 1e6 }, { NULL, 0 },
};

/* The largest unit of which there is at least one, and three digits. */
static void with_unit(char *cell, double value, const struct unit *unit)
{
	double size = fabs(value);
	int digits;

	while (unit[1].name && size >= unit[1].factor)
		unit++;
	size /= unit->factor;
	if (size == floor(size) || size >= 100)
		digits = 0;
	else
		digits = size < 10 ? 2 : 1;
	snprintf(cell, CELL_LEN, "%.*f %s", digits, value / unit->factor,
		 unit->name);
}

/**
 * format_number() - print a number as people read it
 * @cell: where to, CELL_LEN bytes
 * @value: number in its base unit
 * @format: enum format
 *
 * Return: @cell.
 */
const char *format_number(char *cell, double value, enum format format)
{
	switch (format) {
	case F_TIME:
		with_unit(cell, value, times);
		break;
	case F_ENERGY:
		with_unit(cell, value, energies);
		break;
	case F_BYTES:
		with_unit(cell, value, sizes);
		break;
	case F_RATE:
		with_unit(cell, value, rates);
		break;
	case F_CLOCK:
		with_unit(cell, value, clocks);
		break;
	case F_PERCENT:
		snprintf(cell, CELL_LEN, "%.1f %%", 100 * value);
		break;
	case F_REAL:
		snprintf(cell, CELL_LEN, "%.3f", value);
		break;
	case F_SHORT:
		snprintf(cell, CELL_LEN, "%g", value);
		break;
	case F_TEXT:
	case F_NUMBER:
		snprintf(cell, CELL_LEN, "%.0f", value);
		break;
	}
	return cell;
}

/* The integers of an array, side by side. */
static const char *format_array(char *cell, const json_t *array)
{
	const json_t *value;
	size_t i, at = 0;

	cell[0] = '\0';
	json_array_foreach(array, i, value) {
		if (at < CELL_LEN)
			at += (size_t)snprintf(cell + at, CELL_LEN - at,
					       "%s%" JSON_INTEGER_FORMAT,
					       i ? " " : "",
					       json_integer_value(value));
	}
	return cell;
}

/* Print a member; returns the text, which is in @cell unless it is a string. */
static const char *format_cell(char *cell, const json_t *value,
			       enum format format)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_array(value))
		return format_array(cell, value);
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	if (json_is_integer(value) && (format == F_NUMBER || format == F_TEXT)) {
		snprintf(cell, CELL_LEN, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		return cell;
	}
	if (json_is_number(value))
		return format_number(cell, json_number_value(value), format);
	return "-";
}

static const char *cell_of(char *cell, const json_t *object,
			   const struct column *column)
{
	return format_cell(cell, json_object_get(object, column->key),
			   column->format);
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

/* Print JSON on one line, or indented. */
void print_json(const struct opts *o, const json_t *json)
{
	json_dumpf(json, stdout, JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9) |
		   (o->pretty ? JSON_INDENT(2) : JSON_COMPACT));
	putchar('\n');
}

/* Numbers stand at the right. The last column needs no padding. */
static void print_cell(const struct column *column, const char *text, int width,
		       bool last)
{
	if (column->format != F_TEXT)
		printf("%*s", width, text);
	else
		printf("%-*s", last ? 0 : width, text);
	fputs(last ? "\n" : "  ", stdout);
}

/**
 * print_table() - print a list of objects, one on a line
 * @list: JSON array
 * @columns: columns
 */
void print_table(const json_t *list, struct columns columns)
{
	int *width = must_calloc(columns.count, sizeof(*width));
	const struct column *column;
	const json_t *object;
	char cell[CELL_LEN];
	size_t i, row;

	for (i = 0; i < columns.count; i++) {
		column = &columns.list[i];
		width[i] = (int)strlen(column->title);
		json_array_foreach(list, row, object)
			width[i] = max(width[i],
				       (int)strlen(cell_of(cell, object,
							   column)));
	}
	for (i = 0; i < columns.count; i++)
		print_cell(&columns.list[i], columns.list[i].title, width[i],
			   i + 1 == columns.count);
	json_array_foreach(list, row, object) {
		for (i = 0; i < columns.count; i++) {
			column = &columns.list[i];
			print_cell(column, cell_of(cell, object, column),
				   width[i], i + 1 == columns.count);
		}
	}
	free(width);
}

/* A line of a record; an object, which has counts, gets one for each. */
static void print_line(const struct column *column, const json_t *value)
{
	char cell[CELL_LEN];
	const char *key;
	void *iter;

	if (!json_is_object(value)) {
		printf("%s: %s\n", column->title,
		       format_cell(cell, value, column->format));
		return;
	}
	puts(column->title);
	for (iter = json_object_iter((json_t *)value); iter;
	     iter = json_object_iter_next((json_t *)value, iter)) {
		key = json_object_iter_key(iter);
		printf("        %s: %s\n", key,
		       format_cell(cell, json_object_iter_value(iter),
				   column->format));
	}
}

static void print_record(const json_t *object, struct columns columns,
			 const char *indent)
{
	const struct column *column;
	const json_t *value;
	size_t i;

	for (i = 0; i < columns.count; i++) {
		column = &columns.list[i];
		value = json_object_get(object, column->key);
		if (!value || (json_is_object(value) && !json_object_size(value)))
			continue;
		fputs(indent, stdout);
		print_line(column, value);
	}
}

/**
 * print_records() - print a list of objects, one member on a line
 * @list: JSON array
 * @columns: members; the first one stands before the others
 * @more: members that follow
 */
void print_records(const json_t *list, struct columns columns,
		   struct columns more)
{
	const struct columns first = { columns.list, 1 };
	const struct columns rest = { columns.list + 1, columns.count - 1 };
	const json_t *object;
	size_t row;

	json_array_foreach(list, row, object) {
		print_record(object, first, "");
		print_record(object, rest, "    ");
		print_record(object, more, "    ");
	}
}

json_t *json_u64(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static const struct column counter_columns[] = {
	{ "submitted", "submitted", F_NUMBER },
	{ "frames", "released", F_NUMBER },
	{ "met", "met", F_NUMBER },
	{ "missed", "missed", F_NUMBER },
	{ "dropped", "dropped", F_NUMBER },
	{ "cancelled", "cancelled", F_NUMBER },
	{ "failed", "failed", F_NUMBER },
	{ "never released", "unwanted", F_NUMBER },
	{ "violated", "violation_rate", F_PERCENT },
	{ "mean latency", "mean_latency_ns", F_TIME },
	{ "mean variant", "mean_variant", F_REAL },
	{ "layers", "layers", F_NUMBER },
	{ "skipped layers", "skipped", F_NUMBER },
	{ "busy", "accel_ns", F_TIME },
	{ "energy", "energy_nj", F_ENERGY },
	{ "energy at worst", "energy_max_nj", F_ENERGY },
	{ "norm energy", "norm_energy", F_REAL },
	{ "ended for", "reasons", F_NUMBER },
	{ "done with variant", "variants", F_NUMBER },
};

const struct columns counter_lines = {
	counter_columns, sizeof(counter_columns) / sizeof(counter_columns[0]),
};

static json_t *reasons_json(const struct dream_counters *c)
{
	json_t *reasons = must_have(json_object());
	uint32_t i;

	for (i = 1; i < DREAM_REASONS_MAX; i++) {
		if (c->reasons[i])
			json_object_set_new(reasons, dream_reason_name(i),
					    json_u64(c->reasons[i]));
	}
	return reasons;
}

static json_t *variants_json(const struct dream_counters *c)
{
	json_t *variants = must_have(json_object());
	char name[CELL_LEN];
	uint32_t i;

	for (i = 0; i < DREAM_VARIANTS_MAX; i++) {
		snprintf(name, sizeof(name), "%u", i);
		if (c->variants[i])
			json_object_set_new(variants, name,
					    json_u64(c->variants[i]));
	}
	return variants;
}

uint64_t frames_ended(const struct dream_counters *c)
{
	return c->met + c->missed + c->dropped + c->cancelled + c->failed;
}

/* Counters, with what is derived from them. */
json_t *json_counters(const struct dream_counters *c)
{
	uint64_t ended = frames_ended(c);
	uint64_t done = c->met + c->missed;
	json_t *counters;

	counters = json_pack("{sIsIsIsIsIsIsIsIsIsIsIsIsIsIsIsoso}",
			     "submitted", (json_int_t)c->submitted,
			     "released", (json_int_t)c->released,
			     "met", (json_int_t)c->met,
			     "missed", (json_int_t)c->missed,
			     "dropped", (json_int_t)c->dropped,
			     "cancelled", (json_int_t)c->cancelled,
			     "failed", (json_int_t)c->failed,
			     "unwanted", (json_int_t)c->unwanted,
			     "layers", (json_int_t)c->layers,
			     "accel_ns", (json_int_t)c->accel_ns,
			     "energy_nj", (json_int_t)c->energy_nj,
			     "energy_max_nj", (json_int_t)c->energy_max_nj,
			     "latency_ns", (json_int_t)c->latency_ns,
			     "variant_sum", (json_int_t)c->variant_sum,
			     "skipped", (json_int_t)c->skipped,
			     "reasons", reasons_json(c),
			     "variants", variants_json(c));
	must_have(counters);
	if (ended)
		json_object_set_new(counters, "violation_rate",
				    json_real((double)(ended - c->met) /
					      (double)ended));
	if (c->energy_max_nj)
		json_object_set_new(counters, "norm_energy",
				    json_real((double)c->energy_nj /
					      (double)c->energy_max_nj));
	if (done) {
		json_object_set_new(counters, "mean_latency_ns",
				    json_real((double)c->latency_ns /
					      (double)done));
		json_object_set_new(counters, "mean_variant",
				    json_real((double)c->variant_sum /
					      (double)done));
	}
	return counters;
}
