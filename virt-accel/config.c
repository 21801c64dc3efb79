// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration of a virtual NPU.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "config.h"

/**
 * DOC: Configuration
 *
 * A configuration is a plain value: it can be copied, changed and checked
 * without a device and without a file system. configfs.c changes a copy, asks
 * vnpu_config_valid(), and keeps the copy or throws it away; the device gets a
 * copy of its own when it is made. All bounds are in vnpu_config_valid() and in
 * what it calls, and nowhere else.
 */

static const char * const dataflow_names[] = {
	[VNPU_DATAFLOW_WS] = "ws",
	[VNPU_DATAFLOW_OS] = "os",
	[VNPU_DATAFLOW_RS] = "rs",
};

/**
 * vnpu_config_init() - the default: a weight-stationary array of 1024 PEs
 * @config: is set
 */
void vnpu_config_init(struct vnpu_config *config)
{
	*config = (struct vnpu_config) {
		.array = {
			.dataflow = VNPU_DATAFLOW_WS,
			.pes = 1024,
			.clock_khz = 700000,
			.bandwidth_mbps = 90000,
			.sram_bytes = 8 << 20,
		},
		.slots = 1,
		.seed = 1,
	};
}

/* Letters, digits, '_', '-' and '.', with a final NUL; may be empty. */
static bool name_valid(const char name[DREAM_ACCEL_NAME_LEN])
{
	size_t i;

	for (i = 0; i < DREAM_ACCEL_NAME_LEN; i++) {
		if (!name[i])
			return true;
		if (!isascii(name[i]) ||
		    (!isalnum(name[i]) && !strchr("_-.", name[i])))
			return false;
	}
	return false;
}

/**
 * vnpu_config_valid() - check a configuration
 * @config: the configuration
 *
 * Return: true if a device can be made of it.
 */
bool vnpu_config_valid(const struct vnpu_config *config)
{
	return vnpu_array_valid(&config->array) &&
	       config->slots >= 1 && config->slots <= DREAM_ACCEL_SLOTS_MAX &&
	       config->jitter_permille <= VNPU_JITTER_PERMILLE_MAX &&
	       name_valid(config->domain) && name_valid(config->class);
}

/**
 * vnpu_config_class() - class name of a device
 * @config: its configuration, which is valid
 * @class: where the name goes
 */
void vnpu_config_class(const struct vnpu_config *config,
		       char class[DREAM_ACCEL_NAME_LEN])
{
	if (config->class[0])
		strscpy(class, config->class, DREAM_ACCEL_NAME_LEN);
	else
		snprintf(class, DREAM_ACCEL_NAME_LEN, "%s-%u",
			 vnpu_dataflow_name(config->array.dataflow),
			 config->array.pes);
}

/**
 * vnpu_config_set_dataflow() - set the dataflow by name
 * @config: is changed
 * @text: "ws", "os" or "rs"; a final newline is ignored
 *
 * Return: 0, or -EINVAL.
 */
int vnpu_config_set_dataflow(struct vnpu_config *config, const char *text)
{
	int i = sysfs_match_string(dataflow_names, text);

	if (i < 0)
		return -EINVAL;
	config->array.dataflow = i;
	return 0;
}

/**
 * vnpu_config_set_name() - set the name of a domain or a class
 * @name: is changed
 * @text: new name, may be empty; a final newline is ignored
 *
 * Return: 0, or -EINVAL if the name is too long or has a character other than
 * letters, digits, '_', '-' and '.'.
 */
int vnpu_config_set_name(char name[DREAM_ACCEL_NAME_LEN], const char *text)
{
	char copy[DREAM_ACCEL_NAME_LEN] = "";
	size_t len = strlen(text);

	if (len && text[len - 1] == '\n')
		len--;
	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	if (!name_valid(copy))
		return -EINVAL;
	memcpy(name, copy, sizeof(copy));
	return 0;
}

/**
 * vnpu_dataflow_name() - name of a dataflow
 * @dataflow: one of enum vnpu_dataflow
 *
 * Return: "ws", "os" or "rs".
 */
const char *vnpu_dataflow_name(enum vnpu_dataflow dataflow)
{
	return dataflow_names[dataflow];
}
