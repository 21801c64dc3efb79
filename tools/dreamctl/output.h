/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is printed: JSON objects as they are, or as tables and records for people.
 *
 * A command makes JSON once. Numbers in it are in base units, which their keys
 * name; a column says how people read the member.
 */
#ifndef DREAMCTL_OUTPUT_H
#define DREAMCTL_OUTPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "dreamctl.h"

/**
 * enum format - how people read a member
 * @F_TEXT: text, or what JSON has
 * @F_NUMBER: an integer
 * @F_TIME: ns
 * @F_ENERGY: nJ
 * @F_BYTES: bytes
 * @F_RATE: 10^6 bytes per second
 * @F_CLOCK: kHz
 * @F_PERCENT: a share of 1
 * @F_REAL: a number with a fraction
 * @F_SHORT: a number with as many digits as it needs
 */
enum format {
	F_TEXT,
	F_NUMBER,
	F_TIME,
	F_ENERGY,
	F_BYTES,
	F_RATE,
	F_CLOCK,
	F_PERCENT,
	F_REAL,
	F_SHORT,
};

/**
 * struct column - a column of a table, or a line of a record
 * @title: what it is called
 * @key: member of the object
 * @format: how it is printed; "-" if there is no such member
 */
struct column {
	const char *title;
	const char *key;
	enum format format;
};

/**
 * struct columns - columns of a table
 * @list: the columns
 * @count: their number
 */
struct columns {
	const struct column *list;
	size_t count;
};

#define COLUMNS(array) \
	((struct columns) { (array), sizeof(array) / sizeof((array)[0]) })
#define NO_COLUMNS	((struct columns) { NULL, 0 })

/* What json_counters() makes, as lines of a record. */
extern const struct columns counter_lines;

/* Longest cell that is made of numbers, with the final NUL. */
#define CELL_LEN	64

const char *format_number(char *cell, double value, enum format format);
void print_json(const struct opts *o, const json_t *json);
void print_table(const json_t *list, struct columns columns);
void print_records(const json_t *list, struct columns columns,
		   struct columns more);

json_t *json_u64(uint64_t value);
json_t *json_counters(const struct dream_counters *counters);
uint64_t frames_ended(const struct dream_counters *counters);

#endif
