/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run changes in the system, and puts back: virtual NPUs, policy,
 * parameters.
 */
#ifndef DREAMCTL_PLATFORM_H
#define DREAMCTL_PLATFORM_H

#include "scenario.h"

/**
 * struct platform - the NPUs of a scenario
 * @scenario: scenario
 * @made: how many of its NPUs there are
 */
struct platform {
	const struct scenario *scenario;
	uint32_t made;
};

int platform_up(struct platform *platform, const struct scenario *scenario,
		struct dream_nl *nl);
int platform_down(struct platform *platform);

/**
 * struct settings - policy and parameters as they were
 * @policy: policy
 * @params: parameters that have been changed, with their former values
 * @param_count: their number
 */
struct settings {
	char policy[DREAM_NAME_LEN];
	struct dream_param *params;
	uint32_t param_count;
};

int settings_save(struct settings *settings, const struct scenario *scenario,
		  struct dream_nl *nl);
int settings_apply(const struct settings *settings,
		   const struct scenario *scenario, const char *policy,
		   struct dream_nl *nl);
int settings_restore(struct settings *settings, struct dream_nl *nl);

int upload_models(const struct scenario *scenario, struct dream_nl *nl,
		  uint32_t *ids);
void delete_models(const struct scenario *scenario, struct dream_nl *nl,
		   const uint32_t *ids);

#endif
