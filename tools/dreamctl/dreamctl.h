/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every object of dreamctl uses: options, verbs, arguments, failures.
 */
#ifndef DREAMCTL_H
#define DREAMCTL_H

#include <stdbool.h>
#include <stdint.h>

#include <dream/dream.h>

/* Exit statuses. */
#define EXIT_DONE	0
#define EXIT_FAILED	1
#define EXIT_USAGE	2

/**
 * struct opts - options before the object
 * @json: -j, JSON instead of tables
 * @pretty: -p, indent it
 * @details: -d, tell everything
 */
struct opts {
	bool json;
	bool pretty;
	bool details;
};

/**
 * typedef command_fn - carries out what the words after it say
 * @argc: number of words
 * @argv: the words, without the one that chose this function
 * @o: options
 *
 * Return: an exit status.
 */
typedef int (*command_fn)(int argc, char **argv, const struct opts *o);

int cmd_accel(int argc, char **argv, const struct opts *o);
int cmd_model(int argc, char **argv, const struct opts *o);
int cmd_policy(int argc, char **argv, const struct opts *o);
int cmd_param(int argc, char **argv, const struct opts *o);
int cmd_queue(int argc, char **argv, const struct opts *o);
int cmd_stats(int argc, char **argv, const struct opts *o);
int cmd_score(int argc, char **argv, const struct opts *o);
int cmd_monitor(int argc, char **argv, const struct opts *o);
int cmd_record(int argc, char **argv, const struct opts *o);
int cmd_tune(int argc, char **argv, const struct opts *o);
int cmd_run(int argc, char **argv, const struct opts *o);

/**
 * struct verb - what can be done with an object
 * @name: word that chooses it, or a beginning of the word
 * @run: does it
 */
struct verb {
	const char *name;
	command_fn run;
};

bool is_prefix(const char *word, const char *of);
bool wants_help(const char *word);
int dispatch(const struct verb *verbs, const char *usage, int argc, char **argv,
	     const struct opts *o);

int bad_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
int failed(const char *format, ...) __attribute__((format(printf, 1, 2)));
int request_failed(const struct dream_nl *nl, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

bool parse_u32(const char *text, uint32_t *value);
bool parse_u64(const char *text, uint64_t *value);
bool parse_time(const char *text, uint64_t *ns);
int no_more(int argc, char **argv);

/* Longest decimal number of param_text(), with the final NUL. */
#define PARAM_LEN	64

const char *param_text(char *text, uint64_t value, uint32_t scale);

int connect_netlink(struct dream_nl **nl);
int find_model(struct dream_nl *nl, const char *name, uint32_t *id);

#endif
