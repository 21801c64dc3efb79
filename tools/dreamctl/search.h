/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The search for a better setting: policies and parameters under which a recording
 * is replayed.
 *
 * For each policy all combinations of the values of the parameters are tried, then,
 * if it is one that alpha and beta matter to, a grid over them at the best of these,
 * and a local search around the best point of the grid.
 *
 * UXCost can be gamed: a frame that is dropped costs no energy. So a setting counts as
 * better only if UXc, with the energy per frame that was done, is lower as well.
 */
#ifndef DREAMCTL_SEARCH_H
#define DREAMCTL_SEARCH_H

#include "replay.h"

/* Most parameters that can vary, and values of each. */
#define SEARCH_PARAMS_MAX	12
#define SEARCH_VALUES_MAX	32
/* A gain has to exceed this share to be one, as in the scheduler's own tuner. */
#define SEARCH_GAIN_MIN		(1.0 / 32)

/**
 * struct search_param - a parameter that varies
 * @name: name
 * @present: value in the recording
 * @values: values to try
 * @count: their number
 */
struct search_param {
	char name[DREAM_NAME_LEN];
	double present;
	double values[SEARCH_VALUES_MAX];
	uint32_t count;
};

/**
 * struct search_setting - a setting that was tried
 * @policy: policy
 * @values: values of the parameters
 * @figures: figures of merit
 * @energy_nj: energy of all frames
 * @uxcost_ratio: UXCost in proportion to the present setting's
 * @uxc_ratio: UXc, likewise
 * @error: the policy has failed
 */
struct search_setting {
	const struct dream_policy_ops *policy;
	double values[SEARCH_PARAMS_MAX];
	struct figures figures;
	uint64_t energy_nj;
	double uxcost_ratio;
	double uxc_ratio;
	int error;
};

/**
 * struct search - a search
 * @recording: recording
 * @replay: it, prepared
 * @base: what to simulate for the present setting
 * @params: parameters that vary
 * @param_count: their number
 * @weights_fixed: alpha or beta is among those that the user has named
 * @settings: settings that were tried; the first one is the present one
 * @setting_count: their number
 * @match: how far the replay of the present setting is what was recorded
 * @replayed: frames by enum frame_end in it
 */
struct search {
	struct recording *recording;
	struct replay *replay;
	struct sim_setup base;
	struct search_param params[SEARCH_PARAMS_MAX];
	uint32_t param_count;
	bool weights_fixed;
	struct search_setting *settings;
	size_t setting_count;
	struct replay_match match;
	uint64_t replayed[FRAME_ENDS];
};

int search_init(struct search *search, struct recording *recording);
void search_free(struct search *search);

int search_add_values(struct search *search, const char *name,
		      const double *values, uint32_t count);
void search_present(struct search *search);
void search_policy(struct search *search,
		   const struct dream_policy_ops *policy);

bool search_is_better(const struct search_setting *setting);
const struct search_setting *search_best(const struct search *search);
void search_sort(struct search *search);

#endif
