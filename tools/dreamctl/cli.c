// SPDX-License-Identifier: GPL-2.0
/* Words of the command line, and what to say when something goes wrong. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dreamctl.h"

/* As in ip(8): a word may be cut short; the first that it can be is meant. */
bool is_prefix(const char *word, const char *of)
{
	return *word && !strncmp(word, of, strlen(word));
}

/* As an object's command, or in the form of an option. */
bool wants_help(const char *word)
{
	return is_prefix(word, "help") || !strcmp(word, "--help") ||
	       !strcmp(word, "-h");
}

/**
 * dispatch() - do what the first word says
 * @verbs: what can be done, up to an entry without a name; the first one is done
 *	if there is no word
 * @usage: text of "help"
 * @argc: number of words
 * @argv: the words
 * @o: options
 *
 * Return: an exit status.
 */
int dispatch(const struct verb *verbs, const char *usage, int argc, char **argv,
	     const struct opts *o)
{
	const struct verb *verb;

	if (!argc)
		return verbs->run(0, argv, o);
	if (wants_help(*argv)) {
		fputs(usage, stdout);
		return EXIT_DONE;
	}
	for (verb = verbs; verb->name; verb++) {
		if (is_prefix(*argv, verb->name))
			return verb->run(argc - 1, argv + 1, o);
	}
	bad_usage("\"%s\" is not known here", *argv);
	fputs(usage, stderr);
	return EXIT_USAGE;
}

static void complain(const char *format, va_list args)
{
	fflush(stdout);
	fputs("dreamctl: ", stderr);
	vfprintf(stderr, format, args);
}

/* Say what is wrong with the command line. */
int bad_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

/* Say what went wrong. */
int failed(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

/* Say what was refused, and why: in the kernel's words where it has some. */
int request_failed(const struct dream_nl *nl, int err, const char *format, ...)
{
	const char *why = dream_nl_error(nl);
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	fprintf(stderr, ": %s", *why ? why : strerror(-err));
	if (err == -EPERM && !strstr(why, "CAP_"))
		fputs("; needs CAP_SYS_NICE or CAP_NET_ADMIN", stderr);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

bool parse_u64(const char *text, uint64_t *value)
{
	unsigned long long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || *end)
		return false;
	*value = number;
	return true;
}

bool parse_u32(const char *text, uint32_t *value)
{
	uint64_t number;

	if (!parse_u64(text, &number) || number > UINT32_MAX)
		return false;
	*value = (uint32_t)number;
	return true;
}

/* A duration of 1 ms to an hour: 2, 2s or 2000ms. */
bool parse_time(const char *text, uint64_t *ns)
{
	double value, unit = 1e9;
	char *end;

	errno = 0;
	value = strtod(text, &end);
	if (errno || end == text)
		return false;
	if (!strcmp(end, "ms"))
		unit = 1e6;
	else if (*end && strcmp(end, "s"))
		return false;
	if (!(value * unit >= 1e6 && value * unit <= 3.6e12))
		return false;
	*ns = llround(value * unit);
	return true;
}

/* Complain about words that nobody wants; EXIT_DONE if there are none. */
int no_more(int argc, char **argv)
{
	if (!argc)
		return EXIT_DONE;
	if (**argv == '-')
		return bad_usage("options like \"%s\" come before the object",
				 *argv);
	return bad_usage("\"%s\" is too much", *argv);
}

/* Open the netlink socket, or say why not. Returns an exit status. */
int connect_netlink(struct dream_nl **nl)
{
	int err;

	err = dream_nl_open(nl);
	if (err == -ENOENT)
		return failed("the kernel does not know dream; is the module loaded?");
	if (err)
		return failed("netlink: %s", strerror(-err));
	return EXIT_DONE;
}

/* Find a model by id or by name. Returns an exit status. */
int find_model(struct dream_nl *nl, const char *name, uint32_t *id)
{
	struct dream_model *models;
	int i, count, found = 0;

	count = dream_nl_models(nl, &models);
	if (count < 0)
		return request_failed(nl, count, "models");
	for (i = 0; i < count; i++) {
		if (!strcmp(models[i].name, name)) {
			*id = models[i].id;
			found++;
		}
	}
	free(models);
	if (found > 1)
		return failed("%d models are called %s; name one by its id",
			      found, name);
	if (found || parse_u32(name, id))
		return EXIT_DONE;
	return failed("there is no model %s", name);
}
