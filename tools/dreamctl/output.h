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

/* Longest cell that is made of numbers, with the final NUL. */
#define CELL_LEN	64

const char *format_number(char *cell, double value, enum format format);
void print_json(const struct opts *o, const json_t *json);
void print_table(const json_t *list, const struct column *columns,
		 size_t count);
void print_records(const json_t *list, const struct column *columns,
		   size_t count);

json_t *json_u64(uint64_t value);
json_t *json_counters(const struct dream_counters *counters);

/* Lines of a record for json_counters(). */
#define COUNTER_LINES						\
	{ "submitted", "submitted", F_NUMBER },			\
	{ "frames", "released", F_NUMBER },			\
	{ "met", "met", F_NUMBER },				\
	{ "missed", "missed", F_NUMBER },			\
	{ "dropped", "dropped", F_NUMBER },			\
	{ "cancelled", "cancelled", F_NUMBER },			\
	{ "failed", "failed", F_NUMBER },			\
	{ "never released", "unwanted", F_NUMBER },		\
	{ "violated", "violation_rate", F_PERCENT },		\
	{ "mean latency", "mean_latency_ns", F_TIME },		\
	{ "mean variant", "mean_variant", F_REAL },		\
	{ "layers", "layers", F_NUMBER },			\
	{ "busy", "accel_ns", F_TIME },				\
	{ "energy", "energy_nj", F_ENERGY },			\
	{ "energy at worst", "energy_max_nj", F_ENERGY },	\
	{ "norm energy", "norm_energy", F_REAL },		\
	{ "ended for", "reasons", F_TEXT }

#define COLUMNS(array)	(array), sizeof(array) / sizeof((array)[0])

#endif
