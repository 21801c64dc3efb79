/* SPDX-License-Identifier: GPL-2.0 */
/* Models and the tables of their profiles. */
#ifndef _DREAM_MODEL_H
#define _DREAM_MODEL_H

#include <linux/kref.h>
#include <linux/uidgid.h>

#include "dream_accel.h"
#include "path.h"
#include "stats.h"

struct dream_user;
struct net;
struct netlink_ext_ack;

/* Most classes that the rows of one model can name. */
#define DREAM_MODEL_CLASS_MAX	DREAM_ACCEL_CLASS_MAX
/* Largest latency in ns and energy in nJ that a row can state. */
#define DREAM_ROW_LATENCY_MAX	(3600ULL * NSEC_PER_SEC)
#define DREAM_ROW_ENERGY_MAX	1000000000000000ULL

/**
 * struct dream_cell - cost of one layer on one class
 * @lat: latency as loaded, ns
 * @energy: energy as loaded, nJ
 * @measured_lat: average of the measured latencies, if there are @samples
 * @measured_energy: average of the measured energies, if there are @samples
 * @samples: number of measurements, saturating
 * @loaded: the row has been loaded
 */
struct dream_cell {
	u64 lat;
	u64 energy;
	u64 measured_lat;
	u64 measured_energy;
	u32 samples;
	bool loaded;
};

/**
 * struct dream_row - what is known of a layer apart from its costs
 * @weight_bytes: size of the weights
 * @in_bytes: activations that it reads
 * @out_bytes: activations that it writes
 * @gate_target: layer behind the gate if it is taken; 0: no gate
 * @gate_ppm: how often it is taken, as loaded, 10^-6
 * @measured_ppm: how often it is taken, as measured, if there are @gate_samples
 * @gate_samples: number of measurements, saturating
 * @loaded: the layer row has been loaded
 */
struct dream_row {
	u64 weight_bytes;
	u64 in_bytes;
	u64 out_bytes;
	u32 gate_target;
	u32 gate_ppm;
	u32 measured_ppm;
	u32 gate_samples;
	bool loaded;
};

/**
 * struct dream_class_costs - costs of all layers on one class
 * @name: class
 * @cell: one for each layer of each variant
 */
struct dream_class_costs {
	char name[DREAM_ACCEL_NAME_LEN];
	struct dream_cell *cell;
};

/**
 * struct dream_profile - tables of a model, or of a queue that has none
 * @refs: references: the model, queues, jobs
 * @user: account that the rows are charged to, or NULL
 * @charged: rows charged
 * @generation: version, of a committed profile
 * @variants: number of variants
 * @first: index of the first layer of each variant in @row; @first[@variants] is
 *	the number of all layers
 * @row: layers of all variants
 * @cls: costs by class
 * @classes: number of entries of @cls
 * @rows: different rows loaded
 * @epoch: set of accelerators that @path was derived for
 * @stale: costs have changed since @path was derived, a bit a variant
 * @path: the variants as policies see them
 *
 * The arbiter's lock protects everything but @refs.
 */
struct dream_profile {
	struct kref refs;
	struct dream_user *user;
	u64 charged;
	u32 generation;
	u32 variants;
	u32 first[DREAM_VARIANTS_MAX + 1];
	struct dream_row *row;
	struct dream_class_costs cls[DREAM_MODEL_CLASS_MAX];
	u32 classes;
	u32 rows;
	u64 epoch;
	u32 stale;
	struct dream_path path[DREAM_VARIANTS_MAX];
};

static inline u32 dream_profile_layers(const struct dream_profile *p, u32 variant)
{
	return p->first[variant + 1] - p->first[variant];
}

/**
 * struct dream_model - a model that has been made by netlink
 * @refs: references: the table of models, queues
 * @id: id, never 0; constant
 * @name: name; constant
 * @uid: owner; constant
 * @user: owner's account; constant
 * @flags: DREAM_MODEL_FLAGS_*; constant
 * @net: network namespace of the owner's socket, for comparison only; constant
 * @portid: port of the owner's socket, 0 if persistent; constant
 * @staged: tables being loaded, or NULL
 * @committed: tables in force, or NULL
 * @generation: version of @committed; 0: never committed
 * @queues: open queues
 * @stats: counters of its jobs
 *
 * The arbiter's lock protects what is not constant.
 */
struct dream_model {
	struct kref refs;
	u32 id;
	char name[DREAM_NAME_LEN];
	kuid_t uid;
	struct dream_user *user;
	u32 flags;
	const struct net *net;
	u32 portid;
	struct dream_profile *staged;
	struct dream_profile *committed;
	u32 generation;
	u32 queues;
	struct dream_stats stats;
};

/**
 * struct dream_cost_row - a cost row to be loaded
 * @variant: variant
 * @index: layer
 * @cls: class name
 * @lat: latency, ns
 * @energy: energy, nJ
 */
struct dream_cost_row {
	u32 variant;
	u32 index;
	char cls[DREAM_ACCEL_NAME_LEN];
	u64 lat;
	u64 energy;
};

/* profiles */
struct dream_profile *dream_profile_new(struct dream_user *user, u32 variants,
					const u32 *layers);
void dream_profile_get(struct dream_profile *p);
void dream_profile_put(struct dream_profile *p);
void dream_profile_refresh(struct dream_profile *p, u32 variant);
void dream_profile_sample(struct dream_profile *p, u32 variant, u32 layer,
			  const char *cls, u32 cls_id, u64 lat, u64 energy);
void dream_profile_gate_sample(struct dream_profile *p, u32 variant, u32 layer,
			       bool taken);
struct dream_cell *dream_profile_cell(struct dream_profile *p, const char *cls,
				      u32 variant, u32 layer);

/* models; the caller holds the arbiter's lock, and refuses with extack */
struct dream_model *dream_model_new(const char *name, kuid_t uid, u32 flags,
				    const struct net *net, u32 portid,
				    u32 variants, const u32 *layers,
				    struct netlink_ext_ack *extack);
int dream_model_stage(struct dream_model *m, u32 generation,
		      struct netlink_ext_ack *extack);
int dream_model_check_layer(struct dream_model *m, u32 variant, u32 index,
			    struct netlink_ext_ack *extack);
void dream_model_set_layer(struct dream_model *m, u32 variant, u32 index,
			   u64 weight, u64 in, u64 out);
int dream_model_check_gate(struct dream_model *m, u32 variant, u32 index,
			   u32 target, struct netlink_ext_ack *extack);
void dream_model_set_gate(struct dream_model *m, u32 variant, u32 index,
			  u32 target, u32 ppm);
int dream_model_add_class(struct dream_model *m, const char *cls,
			  struct netlink_ext_ack *extack);
void dream_model_drop_classes(struct dream_model *m, u32 keep);
void dream_model_set_cost(struct dream_model *m, const struct dream_cost_row *r);
int dream_model_commit(struct dream_model *m, u32 generation, u32 rows,
		       struct netlink_ext_ack *extack);
void dream_model_del(struct dream_model *m);
void dream_model_put(struct dream_model *m);
struct dream_model *dream_model_by_id(u32 id);
struct dream_model *dream_model_next(u32 *id);
void dream_models_release_port(const struct net *net, u32 portid);
void dream_models_exit(void);

#endif
