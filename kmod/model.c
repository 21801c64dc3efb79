// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Models
 *
 * A model is made by netlink, staged table by table, and committed. A commit puts
 * the staged tables in force for the jobs submitted from then on; jobs in flight
 * keep the tables that they have started with. What has been measured belongs to
 * the tables and starts anew with them.
 *
 * Costs are kept by the name of a class, because a model can be loaded before its
 * accelerators are registered, and can survive them. The policies see paths
 * (path.h), which are derived from the tables when costs have moved by more than
 * 1/64 or the set of accelerators has changed, and not at every measurement:
 * deriving takes time in proportion to layers * classes.
 */
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <net/netlink.h>
#include <uapi/linux/dream_netlink.h>

#include "arbiter.h"
#include "model.h"
#include "params.h"
#include "user.h"

/* Relative change of a cost that makes its path stale, as a shift: 1/64. */
#define STALE_SHIFT	6
/* Change of a gate's frequency that makes its path stale, 10^-6. */
#define STALE_PPM	20000
/* A gate's outcome corrects its frequency by 1/16 of the difference. */
#define GATE_SHIFT	4

/* --------------------------------------------------------------- profiles */

static void free_path(struct dream_path *path)
{
	kvfree(path->layer);
	kvfree(path->lat);
	kvfree(path->energy);
}

static int alloc_path(struct dream_path *path, u32 layers)
{
	size_t cells = (size_t)layers * DREAM_ACCEL_CLASS_MAX;

	path->layers = layers;
	path->layer = kvcalloc(layers + 1, sizeof(*path->layer),
			       GFP_KERNEL_ACCOUNT);
	path->lat = kvcalloc(cells, sizeof(*path->lat), GFP_KERNEL_ACCOUNT);
	path->energy = kvcalloc(cells, sizeof(*path->energy), GFP_KERNEL_ACCOUNT);
	return path->layer && path->lat && path->energy ? 0 : -ENOMEM;
}

static void free_profile(struct dream_profile *p)
{
	u32 i;

	for (i = 0; i < p->variants; i++)
		free_path(&p->path[i]);
	for (i = 0; i < p->classes; i++)
		kvfree(p->cls[i].cell);
	kvfree(p->row);
	if (p->user) {
		dream_user_uncharge(p->user, DREAM_QUOTA_ROWS, p->charged);
		dream_user_put(p->user);
	}
	kfree(p);
}

/**
 * dream_profile_new() - make empty tables
 * @user: account that is charged for the rows
 * @variants: number of variants, 1 to DREAM_VARIANTS_MAX
 * @layers: number of layers of each, 1 to DREAM_LAYERS_MAX
 *
 * Context: process context, may sleep.
 * Return: the tables with a reference, or an ERR_PTR: -EDQUOT, -ENOMEM.
 */
struct dream_profile *dream_profile_new(struct dream_user *user, u32 variants,
					const u32 *layers)
{
	struct dream_profile *p;
	int ret = 0;
	u32 v;

	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return ERR_PTR(-ENOMEM);
	kref_init(&p->refs);
	p->variants = variants;
	for (v = 0; v < variants; v++) {
		p->first[v + 1] = p->first[v] + layers[v];
		p->stale |= BIT(v);
	}
	ret = dream_user_charge(user, DREAM_QUOTA_ROWS, p->first[variants]);
	if (ret)
		goto err_free;
	refcount_inc(&user->refs);
	p->user = user;
	p->charged = p->first[variants];

	ret = -ENOMEM;
	p->row = kvcalloc(p->first[variants], sizeof(*p->row), GFP_KERNEL_ACCOUNT);
	if (!p->row)
		goto err_free;
	for (v = 0; v < variants; v++)
		if (alloc_path(&p->path[v], layers[v]))
			goto err_free;
	return p;

err_free:
	free_profile(p);
	return ERR_PTR(ret);
}

static void profile_release(struct kref *refs)
{
	free_profile(container_of(refs, struct dream_profile, refs));
}

/**
 * dream_profile_get() - take a reference
 * @p: tables
 *
 * Context: any.
 */
void dream_profile_get(struct dream_profile *p)
{
	kref_get(&p->refs);
}

/**
 * dream_profile_put() - give a reference back
 * @p: tables
 *
 * Context: process context.
 */
void dream_profile_put(struct dream_profile *p)
{
	kref_put(&p->refs, profile_release);
}

static struct dream_class_costs *find_costs(struct dream_profile *p,
					    const char *cls)
{
	u32 i;

	for (i = 0; i < p->classes; i++)
		if (!strcmp(p->cls[i].name, cls))
			return &p->cls[i];
	return NULL;
}

static struct dream_class_costs *add_costs(struct dream_profile *p,
					   const char *cls)
{
	struct dream_class_costs *costs = &p->cls[p->classes];

	if (p->classes == DREAM_MODEL_CLASS_MAX)
		return ERR_PTR(-ENOSPC);
	costs->cell = kvcalloc(p->first[p->variants], sizeof(*costs->cell),
			       GFP_KERNEL_ACCOUNT);
	if (!costs->cell)
		return ERR_PTR(-ENOMEM);
	strscpy(costs->name, cls, sizeof(costs->name));
	p->classes++;
	return costs;
}

/**
 * dream_profile_cell() - look up what a layer costs on a class
 * @p: tables
 * @cls: class name
 * @variant: variant
 * @layer: layer of the variant
 *
 * Context: process context, arbiter's lock held.
 * Return: the cell, or NULL if nothing is known of the class.
 */
struct dream_cell *dream_profile_cell(struct dream_profile *p, const char *cls,
				      u32 variant, u32 layer)
{
	struct dream_class_costs *costs = find_costs(p, cls);

	dream_assert_locked();
	return costs ? &costs->cell[p->first[variant] + layer] : NULL;
}

static void fill_costs(struct dream_profile *p, u32 variant, u32 cls_id)
{
	struct dream_path *path = &p->path[variant];
	const struct dream_class_costs *costs = NULL;
	const struct dream_cell *cell;
	u32 l;

	if (dream_arb.accels_of_class[cls_id])
		costs = find_costs(p, dream_arb.classes[cls_id].name);
	for (l = 0; l < path->layers; l++) {
		size_t at = (size_t)l * path->classes + cls_id;

		if (!costs) {
			path->lat[at] = 0;
			path->energy[at] = 0;
			continue;
		}
		cell = &costs->cell[p->first[variant] + l];
		path->lat[at] = cell->samples ? cell->measured_lat : cell->lat;
		path->energy[at] = cell->samples ? cell->measured_energy :
						   cell->energy;
	}
}

/**
 * dream_profile_refresh() - derive the path of a variant, if it is stale
 * @p: tables
 * @variant: variant
 *
 * Context: process context, arbiter's lock held.
 */
void dream_profile_refresh(struct dream_profile *p, u32 variant)
{
	struct dream_path *path = &p->path[variant];
	bool gates = dream_param(DREAM_PARAM_GATES);
	u32 l, c;

	dream_assert_locked();
	if (p->epoch != dream_arb.epoch) {
		p->epoch = dream_arb.epoch;
		p->stale = U32_MAX;
	}
	if (!(p->stale & BIT(variant)))
		return;
	p->stale &= ~BIT(variant);

	path->classes = dream_arb.class_count;
	for (c = 0; c < path->classes; c++)
		fill_costs(p, variant, c);
	for (l = 0; l < path->layers; l++) {
		const struct dream_row *row = &p->row[p->first[variant] + l];

		path->layer[l].in_bytes = row->in_bytes;
		path->layer[l].out_bytes = row->out_bytes;
		path->layer[l].weight_bytes = row->weight_bytes;
		path->layer[l].gate_target = gates ? row->gate_target : 0;
		path->layer[l].gate_ppm = row->gate_samples ? row->measured_ppm :
							      row->gate_ppm;
	}
	dream_path_derive(path, dream_arb.accels_of_class);
}

/* Move an average towards a sample by 1/2^shift of the difference. */
static u64 ewma(u64 avg, u64 sample, u32 shift)
{
	u64 step;

	if (sample >= avg) {
		step = (sample - avg) >> shift;
		return avg + step;
	}
	step = (avg - sample) >> shift;
	return avg - step;
}

static bool moved(u64 used, u64 now)
{
	return abs_diff(used, now) > used >> STALE_SHIFT;
}

/**
 * dream_profile_sample() - a layer has been measured
 * @p: tables
 * @variant: variant
 * @layer: layer
 * @cls: class that it ran on
 * @cls_id: id of the class
 * @lat: time on the accelerator, ns
 * @energy: energy, nJ
 *
 * The estimate starts at the loaded cost, or at the first sample if none was
 * loaded, and moves by 1/2^ewma-shift of the difference. A sample is clamped to
 * what a row may state. Without memory for a class that is new to the tables the
 * sample is lost.
 *
 * Context: process context, arbiter's lock held.
 */
void dream_profile_sample(struct dream_profile *p, u32 variant, u32 layer,
			  const char *cls, u32 cls_id, u64 lat, u64 energy)
{
	struct dream_class_costs *costs = find_costs(p, cls);
	struct dream_path *path = &p->path[variant];
	u32 shift = dream_param(DREAM_PARAM_EWMA);
	struct dream_cell *cell;

	dream_assert_locked();
	if (!costs)
		costs = add_costs(p, cls);
	if (IS_ERR(costs))
		return;
	cell = &costs->cell[p->first[variant] + layer];
	lat = clamp(lat, 1ULL, DREAM_ROW_LATENCY_MAX);
	energy = min(energy, DREAM_ROW_ENERGY_MAX);
	if (!cell->samples) {
		cell->measured_lat = cell->loaded ? cell->lat : lat;
		cell->measured_energy = cell->loaded ? cell->energy : energy;
	}
	cell->measured_lat = ewma(cell->measured_lat, lat, shift);
	cell->measured_energy = ewma(cell->measured_energy, energy, shift);
	if (cell->samples < U32_MAX)
		cell->samples++;

	/* The path may be of another set of accelerators: then it is stale. */
	if (p->epoch != dream_arb.epoch || cls_id >= path->classes ||
	    moved(dream_path_lat(path, layer, cls_id), cell->measured_lat) ||
	    moved(dream_path_energy(path, layer, cls_id), cell->measured_energy))
		p->stale |= BIT(variant);
}

/**
 * dream_profile_gate_sample() - a gate has been decided
 * @p: tables
 * @variant: variant
 * @layer: layer in front of the gate
 * @taken: whether it was taken
 *
 * Context: process context, arbiter's lock held.
 */
void dream_profile_gate_sample(struct dream_profile *p, u32 variant, u32 layer,
			       bool taken)
{
	struct dream_row *row = &p->row[p->first[variant] + layer];

	dream_assert_locked();
	if (!row->gate_samples)
		row->measured_ppm = row->gate_ppm;
	row->measured_ppm = ewma(row->measured_ppm, taken ? DREAM_PPM : 0,
				 GATE_SHIFT);
	if (row->gate_samples < U32_MAX)
		row->gate_samples++;
	if (abs_diff(row->measured_ppm, p->path[variant].layer[layer].gate_ppm) >
	    STALE_PPM)
		p->stale |= BIT(variant);
}

/* ----------------------------------------------------------------- models */

/* Why there is no memory for tables: @limit says what a quota stands for. */
static void explain(struct netlink_ext_ack *extack, int err, const char *limit)
{
	NL_SET_ERR_MSG_FMT(extack, "%s", err == -ENOMEM ? "out of memory" : limit);
}

static bool name_taken(const char *name, kuid_t uid)
{
	struct dream_model *m;
	unsigned long id;

	xa_for_each(&dream_arb.models, id, m)
		if (uid_eq(m->uid, uid) && !strcmp(m->name, name))
			return true;
	return false;
}

static void model_release(struct kref *refs)
{
	struct dream_model *m = container_of(refs, struct dream_model, refs);

	if (m->staged)
		dream_profile_put(m->staged);
	if (m->committed)
		dream_profile_put(m->committed);
	dream_user_uncharge(m->user, DREAM_QUOTA_MODELS, 1);
	dream_user_put(m->user);
	kfree(m);
}

/**
 * dream_model_put() - give a reference back
 * @m: model
 *
 * Context: process context, arbiter's lock held.
 */
void dream_model_put(struct dream_model *m)
{
	kref_put(&m->refs, model_release);
}

/**
 * dream_model_new() - make an empty model
 * @name: name, checked
 * @uid: owner
 * @flags: DREAM_MODEL_FLAGS_*, checked
 * @net: network namespace of the owner's socket
 * @portid: port of the socket with which the model goes away, or 0
 * @variants: number of variants, 1 to DREAM_VARIANTS_MAX
 * @layers: number of layers of each, 1 to DREAM_LAYERS_MAX
 * @extack: where the reason for a refusal goes
 *
 * Context: process context, arbiter's lock held.
 * Return: the model, or an ERR_PTR: -EEXIST, -EDQUOT, -ENOMEM.
 */
struct dream_model *dream_model_new(const char *name, kuid_t uid, u32 flags,
				    const struct net *net, u32 portid,
				    u32 variants, const u32 *layers,
				    struct netlink_ext_ack *extack)
{
	struct dream_model *m;
	int ret;

	dream_assert_locked();
	if (name_taken(name, uid)) {
		NL_SET_ERR_MSG(extack, "you have a model of that name");
		return ERR_PTR(-EEXIST);
	}
	m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	if (!m)
		goto err_nomem;
	m->user = dream_user_get(uid);
	if (!m->user)
		goto err_free;
	ret = dream_user_charge(m->user, DREAM_QUOTA_MODELS, 1);
	if (ret) {
		NL_SET_ERR_MSG(extack, "too many models of this user");
		goto err_user;
	}
	kref_init(&m->refs);
	strscpy(m->name, name, sizeof(m->name));
	m->uid = uid;
	m->flags = flags;
	m->net = net;
	m->portid = portid;
	m->staged = dream_profile_new(m->user, variants, layers);
	if (IS_ERR(m->staged)) {
		ret = PTR_ERR(m->staged);
		explain(extack, ret, "too many rows of this user");
		goto err_uncharge;
	}
	ret = xa_alloc_cyclic(&dream_arb.models, &m->id, m, xa_limit_31b,
			      &dream_arb.next_model, GFP_KERNEL_ACCOUNT);
	if (ret < 0) {
		NL_SET_ERR_MSG(extack, "out of memory");
		goto err_profile;
	}
	return m;

err_profile:
	dream_profile_put(m->staged);
err_uncharge:
	dream_user_uncharge(m->user, DREAM_QUOTA_MODELS, 1);
err_user:
	dream_user_put(m->user);
	kfree(m);
	return ERR_PTR(ret);
err_free:
	kfree(m);
err_nomem:
	NL_SET_ERR_MSG(extack, "out of memory");
	return ERR_PTR(-ENOMEM);
}

/**
 * dream_model_stage() - get the tables that rows are loaded into
 * @m: model
 * @generation: version of the tables that they are to replace
 * @extack: where the reason for a refusal goes
 *
 * Context: process context, arbiter's lock held.
 * Return: 0, -ESTALE (somebody has committed meanwhile), -EDQUOT, -ENOMEM.
 */
int dream_model_stage(struct dream_model *m, u32 generation,
		      struct netlink_ext_ack *extack)
{
	u32 layers[DREAM_VARIANTS_MAX], v;
	struct dream_profile *p;

	dream_assert_locked();
	if (generation != m->generation) {
		NL_SET_ERR_MSG_FMT(extack, "generation is %u now", m->generation);
		return -ESTALE;
	}
	if (m->staged)
		return 0;
	for (v = 0; v < m->committed->variants; v++)
		layers[v] = dream_profile_layers(m->committed, v);
	p = dream_profile_new(m->user, m->committed->variants, layers);
	if (IS_ERR(p)) {
		explain(extack, PTR_ERR(p), "too many rows of this user");
		return PTR_ERR(p);
	}
	m->staged = p;
	return 0;
}

/**
 * dream_model_check_layer() - does a row name a layer of the model?
 * @m: model with staged tables
 * @variant: variant
 * @index: layer
 * @extack: where the reason for a refusal goes
 *
 * Context: process context, arbiter's lock held.
 * Return: 0 or -ERANGE.
 */
int dream_model_check_layer(struct dream_model *m, u32 variant, u32 index,
			    struct netlink_ext_ack *extack)
{
	dream_assert_locked();
	if (variant >= m->staged->variants) {
		NL_SET_ERR_MSG_FMT(extack, "variant %u: the model has %u variants",
				   variant, m->staged->variants);
		return -ERANGE;
	}
	if (index >= dream_profile_layers(m->staged, variant)) {
		NL_SET_ERR_MSG_FMT(extack, "layer %u: variant %u has %u layers",
				   index, variant,
				   dream_profile_layers(m->staged, variant));
		return -ERANGE;
	}
	return 0;
}

static struct dream_row *staged_row(struct dream_model *m, u32 variant, u32 index)
{
	return &m->staged->row[m->staged->first[variant] + index];
}

/**
 * dream_model_set_layer() - load a layer row
 * @m: model with staged tables
 * @variant: variant, checked
 * @index: layer, checked
 * @weight: size of the weights, bytes
 * @in: activations that it reads, bytes
 * @out: activations that it writes, bytes
 *
 * Context: process context, arbiter's lock held.
 */
void dream_model_set_layer(struct dream_model *m, u32 variant, u32 index,
			   u64 weight, u64 in, u64 out)
{
	struct dream_row *row = staged_row(m, variant, index);

	m->staged->rows += !row->loaded;
	row->loaded = true;
	row->weight_bytes = weight;
	row->in_bytes = in;
	row->out_bytes = out;
}

/**
 * dream_model_check_gate() - can a gate lead from a layer to another?
 * @m: model with staged tables
 * @variant: variant
 * @index: layer in front of the gate
 * @target: layer behind it
 * @extack: where the reason for a refusal goes
 *
 * Context: process context, arbiter's lock held.
 * Return: 0, -ERANGE (no such layer) or -EINVAL (it leads backwards, or nowhere).
 */
int dream_model_check_gate(struct dream_model *m, u32 variant, u32 index,
			   u32 target, struct netlink_ext_ack *extack)
{
	int ret = dream_model_check_layer(m, variant, index, extack);

	if (ret)
		return ret;
	if (target > dream_profile_layers(m->staged, variant)) {
		NL_SET_ERR_MSG_FMT(extack, "gate behind layer %u leads to no layer",
				   index);
		return -ERANGE;
	}
	if (target <= index + 1) {
		NL_SET_ERR_MSG_FMT(extack, "gate behind layer %u skips nothing",
				   index);
		return -EINVAL;
	}
	return 0;
}

/**
 * dream_model_set_gate() - load a gate row
 * @m: model with staged tables
 * @variant: variant, checked
 * @index: layer in front of the gate, checked
 * @target: layer behind it, checked
 * @ppm: how often it is taken, 10^-6
 *
 * Context: process context, arbiter's lock held.
 */
void dream_model_set_gate(struct dream_model *m, u32 variant, u32 index,
			  u32 target, u32 ppm)
{
	struct dream_row *row = staged_row(m, variant, index);

	m->staged->rows += !row->gate_target;
	row->gate_target = target;
	row->gate_ppm = ppm;
}

/**
 * dream_model_add_class() - make room for the costs on a class
 * @m: model with staged tables
 * @cls: class name
 * @extack: where the reason for a refusal goes
 *
 * Context: process context, arbiter's lock held.
 * Return: 0, -ENOSPC (too many classes) or -ENOMEM.
 */
int dream_model_add_class(struct dream_model *m, const char *cls,
			  struct netlink_ext_ack *extack)
{
	struct dream_class_costs *costs = find_costs(m->staged, cls);

	dream_assert_locked();
	if (!costs)
		costs = add_costs(m->staged, cls);
	if (IS_ERR(costs)) {
		explain(extack, PTR_ERR(costs), "too many classes in this model");
		return PTR_ERR(costs);
	}
	return 0;
}

/**
 * dream_model_drop_classes() - take back what dream_model_add_class() has added
 * @m: model with staged tables
 * @keep: number of classes before; no cost has been loaded for those behind
 *
 * Context: process context, arbiter's lock held.
 */
void dream_model_drop_classes(struct dream_model *m, u32 keep)
{
	struct dream_profile *p = m->staged;

	dream_assert_locked();
	while (p->classes > keep)
		kvfree(p->cls[--p->classes].cell);
}

/**
 * dream_model_set_cost() - load a cost row
 * @m: model with staged tables, in which the class has been added
 * @r: row, checked
 *
 * Context: process context, arbiter's lock held.
 */
void dream_model_set_cost(struct dream_model *m, const struct dream_cost_row *r)
{
	struct dream_cell *cell = dream_profile_cell(m->staged, r->cls, r->variant,
						     r->index);

	m->staged->rows += !cell->loaded;
	cell->loaded = true;
	cell->lat = r->lat;
	cell->energy = r->energy;
}

/* Is there a layer that has no cost on any class? */
static bool has_gap(const struct dream_profile *p, u32 *variant, u32 *layer)
{
	u32 v, i, c;

	for (v = 0; v < p->variants; v++) {
		for (i = p->first[v]; i < p->first[v + 1]; i++) {
			for (c = 0; c < p->classes; c++)
				if (p->cls[c].cell[i].loaded)
					break;
			if (c < p->classes)
				continue;
			*variant = v;
			*layer = i - p->first[v];
			return true;
		}
	}
	return false;
}

/**
 * dream_model_commit() - put the staged tables in force
 * @m: model
 * @generation: version of the tables that they replace
 * @rows: different rows that the caller has loaded
 * @extack: where the reason for a refusal goes
 *
 * Context: process context, arbiter's lock held.
 * Return: 0, -ESTALE (generation), -ENODATA (nothing staged, rows are missing, or a
 * layer has no cost).
 */
int dream_model_commit(struct dream_model *m, u32 generation, u32 rows,
		       struct netlink_ext_ack *extack)
{
	u32 variant, layer;

	dream_assert_locked();
	if (generation != m->generation) {
		NL_SET_ERR_MSG_FMT(extack, "generation is %u now", m->generation);
		return -ESTALE;
	}
	if (!m->staged) {
		NL_SET_ERR_MSG(extack, "nothing has been loaded");
		return -ENODATA;
	}
	if (rows != m->staged->rows) {
		NL_SET_ERR_MSG_FMT(extack, "%u rows have been loaded, not %u",
				   m->staged->rows, rows);
		return -ENODATA;
	}
	if (has_gap(m->staged, &variant, &layer)) {
		NL_SET_ERR_MSG_FMT(extack, "variant %u, layer %u: no cost", variant,
				   layer);
		return -ENODATA;
	}
	if (m->committed)
		dream_profile_put(m->committed);
	m->committed = m->staged;
	m->staged = NULL;
	m->committed->generation = ++m->generation;
	return 0;
}

/**
 * dream_model_del() - forget a model
 * @m: model
 *
 * Context: process context, arbiter's lock held.
 */
void dream_model_del(struct dream_model *m)
{
	dream_assert_locked();
	xa_erase(&dream_arb.models, m->id);
	dream_model_put(m);
}

/**
 * dream_model_by_id() - look a model up
 * @id: its id
 *
 * Context: process context, arbiter's lock held.
 * Return: the model, or NULL.
 */
struct dream_model *dream_model_by_id(u32 id)
{
	dream_assert_locked();
	return xa_load(&dream_arb.models, id);
}

/**
 * dream_model_next() - walk the models by id
 * @id: first id to look at; set to that of the model found
 *
 * Context: process context, arbiter's lock held.
 * Return: the model, or NULL behind the last one.
 */
struct dream_model *dream_model_next(u32 *id)
{
	unsigned long index = *id;
	struct dream_model *m;

	dream_assert_locked();
	m = xa_find(&dream_arb.models, &index, U32_MAX, XA_PRESENT);
	*id = index;
	return m;
}

/**
 * dream_models_release_port() - a netlink socket was closed
 * @net: its network namespace
 * @portid: its port
 *
 * Its models go away, but for those that are persistent.
 *
 * Context: process context, arbiter's lock held.
 */
void dream_models_release_port(const struct net *net, u32 portid)
{
	struct dream_model *m;
	unsigned long id;

	dream_assert_locked();
	xa_for_each(&dream_arb.models, id, m)
		if (m->portid == portid && m->net == net && portid)
			dream_model_del(m);
}

/**
 * dream_models_exit() - forget all models
 *
 * Context: process context, at unload.
 */
void dream_models_exit(void)
{
	struct dream_model *m;
	unsigned long id;

	dream_lock();
	xa_for_each(&dream_arb.models, id, m)
		dream_model_del(m);
	dream_unlock();
}
