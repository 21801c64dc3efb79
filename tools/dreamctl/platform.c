// SPDX-License-Identifier: GPL-2.0
/*
 * What a run changes in the system, and puts back.
 */
#include <errno.h>
#include <math.h>

#include "dreamctl.h"
#include "memory.h"
#include "platform.h"

/* --------------------------------------------------------------------- NPUs */

/* A scenario says what there is: nothing else may be there. */
static int must_be_alone(struct dream_nl *nl)
{
	struct dream_accel *accels;
	int count = dream_nl_accels(nl, &accels);
	int ret = 0;

	if (count < 0) {
		request_failed(nl, count, "accelerators");
		return -1;
	}
	if (count) {
		failed("accelerator %s is there already; a scenario runs on its own NPUs alone",
		       accels[0].name);
		ret = -1;
	}
	free(accels);
	return ret;
}

static int make_npu(const struct scenario *scenario,
		    const struct scenario_npu *npu)
{
	const struct scenario_class *class = &scenario->classes[npu->class];
	struct dream_vnpu_config config = {
		.dataflow = class->array.dataflow,
		.pes = class->array.pes,
		.clock_khz = class->array.clock_khz,
		.bandwidth_mbps = class->array.bandwidth_mbps,
		.sram_bytes = class->array.sram_bytes,
		.slots = npu->slots,
		.jitter_permille = npu->jitter_permille,
		.seed = scenario->seed + 1,
		.domain = npu->domain[0] ? npu->domain : NULL,
		.class_name = class->name,
	};
	const char *bad = NULL;
	int err;

	err = dream_vnpu_create(npu->name, &config, &bad);
	if (!err)
		return 0;
	if (err == -ENOENT)
		failed("virtual NPUs: is dream_vnpu loaded and configfs mounted?");
	else
		failed("virtual NPU %s%s%s: %s", npu->name, bad ? ", " : "",
		       bad ? bad : "", strerror(-err));
	return -1;
}

/**
 * platform_up() - make the NPUs of a scenario
 * @platform: out, for platform_down()
 * @scenario: scenario
 * @nl: netlink socket
 *
 * Return: 0, or -1 after a complaint; nothing is left behind then.
 */
int platform_up(struct platform *platform, const struct scenario *scenario,
		struct dream_nl *nl)
{
	platform->scenario = scenario;
	platform->made = 0;
	if (must_be_alone(nl))
		return -1;
	while (platform->made < scenario->npu_count) {
		if (make_npu(scenario, &scenario->npus[platform->made])) {
			platform_down(platform);
			return -1;
		}
		platform->made++;
	}
	return 0;
}

/**
 * platform_down() - remove the NPUs that platform_up() has made
 * @platform: platform
 *
 * Return: 0, or -1 after a complaint.
 */
int platform_down(struct platform *platform)
{
	const char *name;
	int err, ret = 0;

	while (platform->made) {
		name = platform->scenario->npus[--platform->made].name;
		err = dream_vnpu_destroy(name);
		if (!err)
			continue;
		failed("virtual NPU %s cannot be removed: %s", name,
		       strerror(-err));
		ret = -1;
	}
	return ret;
}

/* ----------------------------------------------------------------- settings */

static int active_policy(struct dream_nl *nl, char policy[DREAM_NAME_LEN])
{
	struct dream_policy *list;
	int i, count = dream_nl_policies(nl, &list);

	if (count < 0) {
		request_failed(nl, count, "policies");
		return -1;
	}
	policy[0] = '\0';
	for (i = 0; i < count; i++)
		if (list[i].active)
			memcpy(policy, list[i].name, DREAM_NAME_LEN);
	free(list);
	return 0;
}

static int save_param(struct settings *settings, const char *name,
		      struct dream_nl *nl)
{
	int err = dream_nl_param(nl, name,
				 &settings->params[settings->param_count]);

	if (err) {
		request_failed(nl, err, "parameter %s", name);
		return -1;
	}
	settings->param_count++;
	return 0;
}

/**
 * settings_save() - remember what settings_apply() will change
 * @settings: out, for settings_restore()
 * @scenario: scenario
 * @nl: netlink socket
 *
 * A scenario that turns the tuner on changes alpha and beta.
 *
 * Return: 0, or -1 after a complaint.
 */
int settings_save(struct settings *settings, const struct scenario *scenario,
		  struct dream_nl *nl)
{
	bool tunes = false;
	uint32_t i;
	int ret;

	memset(settings, 0, sizeof(*settings));
	if (active_policy(nl, settings->policy))
		return -1;
	settings->params = must_calloc(scenario->param_count + 2,
				       sizeof(*settings->params));
	for (i = 0, ret = 0; i < scenario->param_count && !ret; i++) {
		ret = save_param(settings, scenario->params[i].name, nl);
		tunes |= !strcmp(scenario->params[i].name, "tune");
	}
	if (!ret && tunes)
		ret = save_param(settings, "alpha", nl) ||
		      save_param(settings, "beta", nl);
	if (ret) {
		free(settings->params);
		return -1;
	}
	return 0;
}

/**
 * settings_apply() - set policy and parameters
 * @settings: what settings_save() has found
 * @scenario: scenario, whose parameters are set
 * @policy: policy
 * @nl: netlink socket
 *
 * Return: 0, or -1 after a complaint.
 */
int settings_apply(const struct settings *settings,
		   const struct scenario *scenario, const char *policy,
		   struct dream_nl *nl)
{
	uint32_t i;
	int err;

	err = dream_nl_policy_set(nl, policy);
	if (err) {
		request_failed(nl, err, "policy %s", policy);
		return -1;
	}
	for (i = 0; i < scenario->param_count; i++) {
		const struct scenario_param *param = &scenario->params[i];

		err = dream_nl_param_set(nl, param->name,
					 llround(param->value *
						 settings->params[i].scale));
		if (err) {
			request_failed(nl, err, "parameter %s", param->name);
			return -1;
		}
	}
	return 0;
}

/**
 * settings_restore() - put policy and parameters back
 * @settings: what settings_save() has found; it is freed
 * @nl: netlink socket
 *
 * Return: 0, or -1 after a complaint.
 */
int settings_restore(struct settings *settings, struct dream_nl *nl)
{
	int err, ret = 0;
	uint32_t i;

	for (i = 0; i < settings->param_count; i++) {
		err = dream_nl_param_set(nl, settings->params[i].name,
					 settings->params[i].value);
		if (err) {
			request_failed(nl, err, "parameter %s",
				       settings->params[i].name);
			ret = -1;
		}
	}
	err = dream_nl_policy_set(nl, settings->policy);
	if (err) {
		request_failed(nl, err, "policy %s", settings->policy);
		ret = -1;
	}
	free(settings->params);
	return ret;
}

/* ------------------------------------------------------------------- models */

/* The rows of a model's tables, in the making. */
struct rows {
	struct dream_layer_row *layers;
	struct dream_cost_row *costs;
	struct dream_gate_row *gates;
	size_t layer_count;
	size_t cost_count;
	size_t gate_count;
};

static void add_layer_rows(const struct scenario *scenario,
			   const struct scenario_layer *layer, uint32_t variant,
			   uint32_t index, struct rows *rows)
{
	struct dream_cost_row *cost;
	uint32_t i;

	rows->layers = must_grow(rows->layers, rows->layer_count,
				 sizeof(*rows->layers));
	rows->layers[rows->layer_count++] = (struct dream_layer_row) {
		.variant = variant,
		.index = index,
		.weight_bytes = layer->weight_bytes,
		.in_bytes = layer->in_bytes,
		.out_bytes = layer->out_bytes,
	};
	for (i = 0; i < scenario->class_count; i++) {
		rows->costs = must_grow(rows->costs, rows->cost_count,
					sizeof(*rows->costs));
		cost = &rows->costs[rows->cost_count++];
		*cost = (struct dream_cost_row) {
			.variant = variant,
			.index = index,
			.latency_ns = layer->costs[i].latency_ns,
			.energy_nj = layer->costs[i].energy_nj,
		};
		memcpy(cost->class_name, scenario->classes[i].name,
		       sizeof(cost->class_name));
	}
}

static void add_variant_rows(const struct scenario *scenario,
			     const struct scenario_variant *variant,
			     uint32_t index, struct rows *rows)
{
	uint32_t i;

	for (i = 0; i < variant->layer_count; i++)
		add_layer_rows(scenario, &variant->layers[i], index, i, rows);
	for (i = 0; i < variant->gate_count; i++) {
		rows->gates = must_grow(rows->gates, rows->gate_count,
					sizeof(*rows->gates));
		rows->gates[rows->gate_count++] = (struct dream_gate_row) {
			.variant = index,
			.index = variant->gates[i].layer,
			.target = variant->gates[i].target,
			.probability = variant->gates[i].probability,
		};
	}
}

static int upload_model(const struct scenario *scenario,
			const struct scenario_model *model,
			struct dream_nl *nl, uint32_t *id)
{
	uint32_t variant_layers[DREAM_VARIANTS_MAX];
	struct rows rows = { 0 };
	struct dream_profile profile = {
		.name = model->name,
		.variant_count = model->variant_count,
		.variant_layers = variant_layers,
	};
	uint32_t i;
	int err;

	for (i = 0; i < model->variant_count; i++) {
		variant_layers[i] = model->variants[i].layer_count;
		add_variant_rows(scenario, &model->variants[i], i, &rows);
	}
	profile.rows = (struct dream_rows) {
		.layers = rows.layers,
		.costs = rows.costs,
		.gates = rows.gates,
		.layer_count = rows.layer_count,
		.cost_count = rows.cost_count,
		.gate_count = rows.gate_count,
	};
	err = dream_nl_model_upload(nl, &profile, id);
	if (err)
		request_failed(nl, err, "model %s", model->name);
	free(rows.layers);
	free(rows.costs);
	free(rows.gates);
	return err ? -1 : 0;
}

/**
 * upload_models() - tell the scheduler what the models cost
 * @scenario: scenario
 * @nl: netlink socket, with which the models live
 * @ids: out: model ids
 *
 * Return: 0, or -1 after a complaint; no model is left then.
 */
int upload_models(const struct scenario *scenario, struct dream_nl *nl,
		  uint32_t *ids)
{
	uint32_t i;

	memset(ids, 0, scenario->model_count * sizeof(*ids));
	for (i = 0; i < scenario->model_count; i++) {
		if (!upload_model(scenario, &scenario->models[i], nl, &ids[i]))
			continue;
		delete_models(scenario, nl, ids);
		return -1;
	}
	return 0;
}

/**
 * delete_models() - forget the models of a scenario
 * @scenario: scenario
 * @nl: netlink socket
 * @ids: model ids, 0 for a model that there is not
 */
void delete_models(const struct scenario *scenario, struct dream_nl *nl,
		   const uint32_t *ids)
{
	uint32_t i;

	for (i = 0; i < scenario->model_count && ids[i]; i++)
		dream_nl_model_del(nl, ids[i]);
}
