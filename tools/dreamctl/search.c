// SPDX-License-Identifier: GPL-2.0
/* The search for a better setting. */
#include <errno.h>
#include <math.h>

#include "memory.h"
#include "search.h"

/* The local search around the best point of the grid, in weights. */
#define RADIUS_FIRST	0.25
#define RADIUS_LAST	0.05
/* Where alpha and beta are kept. */
#define ALPHA		0
#define BETA		1

static const double weight_grid[] = { 0, 0.1, 0.5, 1, 2 };

/* Values that are tried of parameters that the user does not name. */
static const struct search_param initial_params[] = {
	[ALPHA] = { .name = "alpha" },
	[BETA] = { .name = "beta" },
	{ .name = "drop", .values = { 0, 1, 2 }, .count = 3 },
	{ .name = "supernet", .values = { 0, 1 }, .count = 2 },
};

#define INITIAL_PARAMS	(sizeof(initial_params) / sizeof(initial_params[0]))

static double present_value(const struct search *search, const char *name)
{
	const struct scenario *scenario = &search->recording->scenario;
	uint32_t i;

	for (i = 0; i < scenario->param_count; i++)
		if (!strcmp(scenario->params[i].name, name))
			return scenario->params[i].value;
	return NAN;
}

static bool has_variants(const struct scenario *scenario)
{
	uint32_t i;

	for (i = 0; i < scenario->model_count; i++)
		if (scenario->models[i].variant_count > 1)
			return true;
	return false;
}

/**
 * search_init() - prepare a search
 * @search: out, for search_free() in any case
 * @recording: recording, kept
 *
 * Return: 0; -ENOENT: there is no such policy as in the recording, or not the
 * parameters; -ERANGE: a parameter in it is out of range.
 */
int search_init(struct search *search, struct recording *recording)
{
	uint32_t i;
	int err;

	memset(search, 0, sizeof(*search));
	search->recording = recording;
	search->replay = replay_new(recording);
	err = replay_setup(search->replay, &search->base);
	if (err)
		return err;
	for (i = 0; i < INITIAL_PARAMS; i++) {
		search->params[i] = initial_params[i];
		search->params[i].present =
			present_value(search, initial_params[i].name);
		if (isnan(search->params[i].present))
			return -ENOENT;
		if (!strcmp(initial_params[i].name, "supernet") &&
		    !has_variants(&recording->scenario))
			search->params[i].count = 0;
	}
	search->param_count = INITIAL_PARAMS;
	return 0;
}

/**
 * search_free() - forget a search, not its recording
 * @search: it
 */
void search_free(struct search *search)
{
	replay_free(search->replay);
	free(search->settings);
}

/**
 * search_add_values() - say which values of a parameter are to be tried
 * @search: search
 * @name: parameter
 * @values: values
 * @count: their number, at most SEARCH_VALUES_MAX
 *
 * Return: 0; -ENOENT: the recording, or the simulator, has no such parameter;
 * -ERANGE: a value is out of range; -E2BIG: too many parameters.
 */
int search_add_values(struct search *search, const char *name,
		      const double *values, uint32_t count)
{
	struct sim_setup setup = search->base;
	struct search_param *param;
	uint32_t i;
	int err;

	for (i = 0; i < search->param_count; i++)
		if (!strcmp(search->params[i].name, name))
			break;
	if (i == SEARCH_PARAMS_MAX)
		return -E2BIG;
	if (isnan(present_value(search, name)))
		return -ENOENT;
	param = &search->params[i];
	snprintf(param->name, sizeof(param->name), "%s", name);
	param->present = present_value(search, name);
	for (param->count = 0; param->count < count; param->count++) {
		err = sim_setup_param(&setup, name, values[param->count]);
		if (err)
			return err;
		param->values[param->count] = values[param->count];
	}
	if (i == search->param_count)
		search->param_count++;
	if (i == ALPHA || i == BETA)
		search->weights_fixed = true;
	return 0;
}

/* ---------------------------------------------------------------- simulation */

static bool same(const struct search *search, const struct search_setting *a,
		 const struct search_setting *b)
{
	return a->policy == b->policy &&
	       !memcmp(a->values, b->values,
		       search->param_count * sizeof(a->values[0]));
}

static double ratio(double value, double present)
{
	return present > 0 ? value / present : 1;
}

static void sum_up(struct search *search, struct search_setting *setting,
		   const struct sim_result *result)
{
	const struct search_setting *present;
	uint32_t i;

	setting->figures = result->figures;
	setting->error = result->error;
	for (i = 0; i < search->recording->scenario.model_count; i++)
		setting->energy_nj += result->models[i].energy_nj;
	present = search->setting_count ? search->settings : setting;
	setting->uxcost_ratio = ratio(setting->figures.uxcost,
				      present->figures.uxcost);
	setting->uxc_ratio = ratio(setting->figures.uxc, present->figures.uxc);
}

static void compare_present(struct search *search,
			    const struct sim_result *result)
{
	uint32_t i, end;

	replay_compare(search->recording, result, &search->match);
	for (i = 0; i < search->recording->scenario.stream_count; i++)
		for (end = 0; end < FRAME_ENDS; end++)
			search->replayed[end] += result->streams[i].ends[end];
}

/* Simulate a setting, unless it has been; returns its index. */
static size_t try_setting(struct search *search,
			  const struct search_setting *wanted)
{
	struct search_setting setting = *wanted;
	struct sim_setup setup = search->base;
	struct sim_result result;
	size_t i;

	for (i = 0; i < search->setting_count; i++)
		if (same(search, &search->settings[i], wanted))
			return i;
	setup.policy = setting.policy;
	for (i = 0; i < search->param_count; i++)
		if (sim_setup_param(&setup, search->params[i].name,
				    setting.values[i]))
			abort();
	sim_run(&setup, &result);
	sum_up(search, &setting, &result);
	if (!search->setting_count)
		compare_present(search, &result);
	sim_result_free(&search->recording->scenario, &result);
	search->settings = must_grow(search->settings, search->setting_count,
				     sizeof(setting));
	search->settings[search->setting_count] = setting;
	return search->setting_count++;
}

static struct search_setting present_with(const struct search *search,
					  const struct dream_policy_ops *policy)
{
	struct search_setting setting = { .policy = policy };
	uint32_t i;

	for (i = 0; i < search->param_count; i++)
		setting.values[i] = search->params[i].present;
	return setting;
}

/**
 * search_present() - replay the present setting; comes first
 * @search: search
 */
void search_present(struct search *search)
{
	struct search_setting setting;

	setting = present_with(search, search->base.policy);
	try_setting(search, &setting);
}

/* ------------------------------------------------------------------- search */

/* What has to be small: a gain counts as far as both show it. */
static double merit(const struct search_setting *setting)
{
	if (setting->error)
		return INFINITY;
	return fmax(setting->uxcost_ratio, setting->uxc_ratio);
}

static size_t better_of(const struct search *search, size_t one, size_t other)
{
	return merit(&search->settings[other]) < merit(&search->settings[one]) ?
	       other : one;
}

/* All combinations of values of the parameters from @index on; returns the best. */
static size_t combine(struct search *search, struct search_setting setting,
		      uint32_t index, size_t best)
{
	const struct search_param *param = &search->params[index];
	uint32_t i;

	if (index == search->param_count)
		return better_of(search, best, try_setting(search, &setting));
	if (!param->count)
		return combine(search, setting, index + 1, best);
	for (i = 0; i < param->count; i++) {
		setting.values[index] = param->values[i];
		best = combine(search, setting, index + 1, best);
	}
	return best;
}

static size_t try_weights(struct search *search, size_t at, double alpha,
			  double beta)
{
	struct search_setting setting = search->settings[at];

	setting.values[ALPHA] = alpha;
	setting.values[BETA] = beta;
	setting.energy_nj = 0;
	return try_setting(search, &setting);
}

/* Does it make a difference to the policy what the weights are? */
static bool weights_matter(struct search *search, size_t at)
{
	const struct figures *none, *most;
	size_t i = try_weights(search, at, 0, 0);
	size_t j = try_weights(search, at, 2, 2);
	size_t k = try_weights(search, at, 2, 0);

	none = &search->settings[i].figures;
	most = &search->settings[j].figures;
	return none->uxcost != most->uxcost || none->uxc != most->uxc ||
	       most->uxcost != search->settings[k].figures.uxcost;
}

static size_t try_grid(struct search *search, size_t best)
{
	const uint32_t count = sizeof(weight_grid) / sizeof(weight_grid[0]);
	size_t at = best;
	uint32_t i;

	for (i = 0; i < count * count; i++)
		best = better_of(search, best,
				 try_weights(search, at, weight_grid[i / count],
					     weight_grid[i % count]));
	return best;
}

static double step(double value, double by)
{
	value = round((value + by) * 1000) / 1000;
	return fmin(fmax(value, 0), 2);
}

/* Move to the best neighbour; look closer when there is no better one. */
static void look_around(struct search *search, size_t best)
{
	double radius = RADIUS_FIRST, alpha, beta;
	size_t centre;
	int i;

	while (radius >= RADIUS_LAST) {
		centre = best;
		alpha = search->settings[centre].values[ALPHA];
		beta = search->settings[centre].values[BETA];
		for (i = -1; i <= 1; i += 2) {
			best = better_of(search, best,
					 try_weights(search, centre,
						     step(alpha, i * radius),
						     beta));
			best = better_of(search, best,
					 try_weights(search, centre, alpha,
						     step(beta, i * radius)));
		}
		if (best == centre)
			radius /= 2;
	}
}

/**
 * search_policy() - try the values of the parameters under a policy
 * @search: search; the present setting has been tried
 * @policy: policy
 */
void search_policy(struct search *search, const struct dream_policy_ops *policy)
{
	struct search_setting setting = present_with(search, policy);
	size_t best, count;

	best = try_setting(search, &setting);
	best = combine(search, setting, 0, best);
	if (search->weights_fixed)
		return;
	count = search->setting_count;
	if (weights_matter(search, best))
		look_around(search, try_grid(search, best));
	else
		search->setting_count = count;
}

/**
 * search_is_better() - whether a setting is better than the present one
 * @setting: setting
 *
 * Return: true if UXCost and UXc are both lower, by more than a little.
 */
bool search_is_better(const struct search_setting *setting)
{
	return merit(setting) < 1 - SEARCH_GAIN_MIN;
}

/**
 * search_best() - the setting to recommend
 * @search: search
 *
 * Return: the setting; NULL if none is better than the present one.
 */
const struct search_setting *search_best(const struct search *search)
{
	size_t i, best = 0;

	for (i = 1; i < search->setting_count; i++)
		best = better_of(search, best, i);
	return search_is_better(&search->settings[best]) ?
	       &search->settings[best] : NULL;
}

static int compare_settings(const void *one, const void *other)
{
	const struct search_setting *a = one, *b = other;

	if (!a->error != !b->error)
		return a->error ? 1 : -1;
	if (a->figures.uxcost != b->figures.uxcost)
		return a->figures.uxcost < b->figures.uxcost ? -1 : 1;
	return (a->figures.uxc > b->figures.uxc) -
	       (a->figures.uxc < b->figures.uxc);
}

/**
 * search_sort() - put the settings in the order of UXCost, but for the first
 * @search: search
 */
void search_sort(struct search *search)
{
	if (search->setting_count > 1)
		qsort(search->settings + 1, search->setting_count - 1,
		      sizeof(*search->settings), compare_settings);
}
