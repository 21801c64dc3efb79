// SPDX-License-Identifier: GPL-2.0
/*
 * dreamctl param
 *
 * The kernel has integers, in units of 1 / scale; people have decimal numbers.
 * Both ways are exact: no binary fraction is in between.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "output.h"

static const char usage[] =
	"Usage: dreamctl [-j] [-p] param show [NAME]\n"
	"       dreamctl param set NAME { VALUE | default }\n"
	"\n"
	"Parameters of the scheduler. VALUE is in the unit that \"show\" tells, for\n"
	"example: dreamctl param set alpha 0.5\n"
	"Setting one needs CAP_SYS_NICE or CAP_NET_ADMIN.\n";

static const struct column columns[] = {
	{ "PARAM", "name", F_TEXT },
	{ "VALUE", "value", F_TEXT },
	{ "UNIT", "unit", F_TEXT },
	{ "DEFAULT", "default", F_TEXT },
	{ "RANGE", "range", F_TEXT },
	{ "WHAT IT DOES", "doc", F_TEXT },
};

/**
 * param_text() - value of a parameter as a decimal number
 * @text: where to, PARAM_LEN bytes
 * @value: value, in units of 1 / @scale
 * @scale: scale
 *
 * A fraction that has no end as a decimal is cut.
 *
 * Return: @text.
 */
const char *param_text(char *text, uint64_t value, uint32_t scale)
{
	uint64_t rest = value % scale;
	size_t at;

	at = (size_t)snprintf(text, PARAM_LEN, "%" PRIu64, value / scale);
	if (rest)
		text[at++] = '.';
	while (rest && at + 1 < PARAM_LEN) {
		rest *= 10;
		text[at++] = (char)('0' + rest / scale);
		rest %= scale;
	}
	text[at] = '\0';
	return text;
}

/* Digits behind the point that are looked at; scales are not finer. */
#define FRACTION_DIGITS	9

/* Value of a decimal number; false if it is none or is between two values. */
static bool from_decimal(const char *text, uint32_t scale, uint64_t *value)
{
	uint64_t whole = 0, part = 0, one = 1;
	int digits;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, *text - '0', &whole))
			return false;
	}
	if (*text == '.')
		text++;
	for (digits = 0; *text >= '0' && *text <= '9'; digits++, text++) {
		if (digits >= FRACTION_DIGITS && *text != '0')
			return false;
		if (digits >= FRACTION_DIGITS)
			continue;
		part = 10 * part + (uint64_t)(*text - '0');
		one *= 10;
	}
	return !*text && part * scale % one == 0 &&
	       !__builtin_mul_overflow(whole, scale, &whole) &&
	       !__builtin_add_overflow(whole, part * scale / one, value);
}

static json_t *param_json(const struct dream_param *param, bool for_people)
{
	uint32_t scale = param->scale;
	char value[PARAM_LEN], initial[PARAM_LEN], low[PARAM_LEN];
	char high[PARAM_LEN], range[2 * PARAM_LEN + 8];
	json_t *json;

	if (!for_people) {
		json = json_pack("{sssfsfsfsfsIsIssss}",
				 "name", param->name,
				 "value", (double)param->value / scale,
				 "default", (double)param->initial / scale,
				 "minimum", (double)param->minimum / scale,
				 "maximum", (double)param->maximum / scale,
				 "raw", (json_int_t)param->value,
				 "scale", (json_int_t)scale,
				 "unit", param->unit,
				 "doc", param->doc);
		return must_have(json);
	}
	snprintf(range, sizeof(range), "%s to %s",
		 param_text(low, param->minimum, scale),
		 param_text(high, param->maximum, scale));
	json = json_pack("{ssssssssssss}",
			 "name", param->name,
			 "value", param_text(value, param->value, scale),
			 "unit", param->unit,
			 "default", param_text(initial, param->initial, scale),
			 "range", range,
			 "doc", param->doc);
	return must_have(json);
}

static int param_show(int argc, char **argv, const struct opts *o)
{
	struct dream_param *params = NULL;
	struct dream_nl *nl;
	json_t *list;
	int i, count;

	if (argc && no_more(argc - 1, argv + 1))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	if (argc) {
		params = must_calloc(1, sizeof(*params));
		count = dream_nl_param(nl, *argv, params);
		if (!count)
			count = 1;
	} else {
		count = dream_nl_params(nl, &params);
	}
	if (count < 0)
		request_failed(nl, count, "%s", argc ? *argv : "parameters");
	dream_nl_close(nl);

	list = must_have(json_array());
	for (i = 0; i < count; i++)
		json_array_append_new(list, param_json(&params[i], !o->json));
	free(params);
	if (count >= 0 && o->json)
		print_json(o, list);
	else if (count >= 0)
		print_table(list, COLUMNS(columns));
	json_decref(list);
	return count < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int set_value(struct dream_nl *nl, const char *name, const char *text)
{
	struct dream_param param;
	uint64_t value;
	char step[PARAM_LEN];
	int err;

	err = dream_nl_param(nl, name, &param);
	if (err)
		return request_failed(nl, err, "%s", name);
	if (!strcmp(text, "default")) {
		value = param.initial;
	} else if (!from_decimal(text, param.scale, &value)) {
		param_text(step, 1, param.scale);
		return bad_usage("%s: \"%s\" is not a number in steps of %s",
				 name, text, step);
	}
	err = dream_nl_param_set(nl, name, value);
	if (err == -ERANGE) {
		char low[PARAM_LEN], high[PARAM_LEN];

		return failed("%s must be %s to %s%s%s", name,
			      param_text(low, param.minimum, param.scale),
			      param_text(high, param.maximum, param.scale),
			      *param.unit ? " " : "", param.unit);
	}
	return err ? request_failed(nl, err, "%s", name) : EXIT_DONE;
}

static int param_set(int argc, char **argv, const struct opts *o)
{
	struct dream_nl *nl;
	int status;

	(void)o;
	if (argc < 2)
		return bad_usage("param set: which one, and to what value?");
	if (no_more(argc - 2, argv + 2))
		return EXIT_USAGE;
	if (connect_netlink(&nl))
		return EXIT_FAILED;
	status = set_value(nl, argv[0], argv[1]);
	dream_nl_close(nl);
	return status;
}

int cmd_param(int argc, char **argv, const struct opts *o)
{
	static const struct verb verbs[] = {
		{ "show", param_show },
		{ "list", param_show },
		{ "set", param_set },
		{ NULL, NULL },
	};

	return dispatch(verbs, usage, argc, argv, o);
}
