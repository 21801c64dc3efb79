// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Models by netlink
 *
 * A model is made empty, loaded row by row over as many messages as it takes, and
 * put in force by one commit. The loader names the generation that it replaces, so
 * that of two loaders one is refused, and the commit states the number of rows, so
 * that a lost message is noticed. Nothing that runs sees half a table.
 *
 * A message is read in three steps: its rows are parsed without a lock, then, with
 * the arbiter's lock, all are checked against the model, and only then is the first
 * one stored. So a message that is refused has stored no row.
 */
#include <linux/bits.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <uapi/linux/dream.h>

#include "arbiter.h"
#include "model.h"
#include "netlink.h"

/* Largest size that a layer row can state. */
#define ROW_BYTES_MAX	BIT_ULL(40)

/**
 * struct row - one row of model-load
 * @attr: where it comes from; its type tells which kind it is
 * @variant: variant
 * @index: layer
 * @weight: layer row: size of the weights
 * @in: layer row: activations read
 * @out: layer row: activations written
 * @target: gate row: layer behind the gate
 * @ppm: gate row: probability, 10^-6
 * @cost: cost row
 */
struct row {
	const struct nlattr *attr;
	u32 variant;
	u32 index;
	u64 weight;
	u64 in;
	u64 out;
	u32 target;
	u32 ppm;
	struct dream_cost_row cost;
};

/* --------------------------------------------------------------- look-ups */

static struct dream_model *find_model(struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[DREAM_A_MODEL_ID];
	u32 id = nla_get_u32(attr);
	struct dream_model *m = dream_model_by_id(id);

	if (!m) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr, "no model %u", id);
		return ERR_PTR(-ENOENT);
	}
	return m;
}

/* A model that the sender may change. */
static struct dream_model *find_own_model(struct sk_buff *skb,
					  struct genl_info *info)
{
	struct dream_model *m = find_model(info);

	if (IS_ERR(m) || uid_eq(m->uid, NETLINK_CREDS(skb)->uid) ||
	    dream_nl_capable(skb))
		return m;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[DREAM_A_MODEL_ID],
			    "another user's model, needs CAP_SYS_NICE or CAP_NET_ADMIN");
	return ERR_PTR(-EPERM);
}

/* -------------------------------------------------------------- model-new */

static int read_variants(struct genl_info *info, u32 *layers, u32 *variants)
{
	const struct nlattr *attr;
	u32 n = 0;
	int rem;

	nla_for_each_attr_type(attr, DREAM_A_MODEL_VARIANT_LAYERS,
			       nlmsg_attrdata(info->nlhdr, GENL_HDRLEN),
			       nlmsg_attrlen(info->nlhdr, GENL_HDRLEN), rem) {
		if (n == DREAM_VARIANTS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
						"more than %u variants",
						DREAM_VARIANTS_MAX);
			return -EINVAL;
		}
		layers[n] = nla_get_u32(attr);
		if (!layers[n] || layers[n] > DREAM_LAYERS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
						"variant %u must have 1 to %u layers",
						n, DREAM_LAYERS_MAX);
			return -EINVAL;
		}
		n++;
	}
	*variants = n;
	return 0;
}

static int put_id(struct sk_buff *msg, const struct genl_info *info,
		  const struct dream_model *m, int attr, u32 value)
{
	void *hdr = dream_nl_put(msg, info, 0);

	if (!hdr)
		return -EMSGSIZE;
	return dream_nl_end(msg, hdr,
			    nla_put_u32(msg, DREAM_A_MODEL_ID, m->id) ||
			    nla_put_u32(msg, attr, value));
}

static int make_model(struct sk_buff *skb, struct genl_info *info,
		      struct sk_buff *msg, u32 variants, const u32 *layers)
{
	u32 flags = 0, portid = info->snd_portid;
	struct dream_model *m;
	int ret;

	if (info->attrs[DREAM_A_MODEL_FLAGS])
		flags = nla_get_u32(info->attrs[DREAM_A_MODEL_FLAGS]);
	if (flags & DREAM_MODEL_FLAGS_PERSISTENT) {
		ret = dream_nl_require_cap(skb, info->extack);
		if (ret)
			return ret;
		portid = 0;
	}
	m = dream_model_new(nla_data(info->attrs[DREAM_A_MODEL_NAME]),
			    NETLINK_CREDS(skb)->uid, flags, genl_info_net(info),
			    portid, variants, layers, info->extack);
	if (IS_ERR(m))
		return PTR_ERR(m);
	return put_id(msg, info, m, DREAM_A_MODEL_GENERATION, m->generation);
}

/**
 * dream_nl_model_new_doit() - model-new: make an empty model
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_model_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	u32 layers[DREAM_VARIANTS_MAX], variants;
	struct sk_buff *msg;
	int ret;

	ret = dream_nl_require(info, DREAM_A_MODEL_NAME, "name");
	if (ret)
		return ret;
	ret = dream_nl_require(info, DREAM_A_MODEL_VARIANT_LAYERS,
			       "variant-layers");
	if (ret)
		return ret;
	ret = dream_nl_check_name(info->attrs[DREAM_A_MODEL_NAME], info->extack);
	if (ret)
		return ret;
	ret = read_variants(info, layers, &variants);
	if (ret)
		return ret;
	msg = dream_nl_msg_new();
	if (!msg)
		return -ENOMEM;
	dream_lock();
	ret = make_model(skb, info, msg, variants, layers);
	dream_unlock();
	return dream_nl_reply(msg, info, ret);
}

/* ------------------------------------------------------------- model-load */

static int require_in_row(struct netlink_ext_ack *extack, struct nlattr *row,
			  struct nlattr **tb, u32 type, const char *name)
{
	if (!NL_REQ_ATTR_CHECK(extack, row, tb, type))
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "attribute %s is missing in a row", name);
	return -EINVAL;
}

static int refuse_read_only(struct netlink_ext_ack *extack,
			    const struct nlattr *attr)
{
	if (!attr)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "measured values cannot be loaded");
	return -EINVAL;
}

static int get_bytes(struct netlink_ext_ack *extack, struct nlattr *row,
		     struct nlattr **tb, u32 type, const char *name, u64 *bytes)
{
	int ret = require_in_row(extack, row, tb, type, name);

	if (ret)
		return ret;
	*bytes = nla_get_u64(tb[type]);
	if (*bytes > ROW_BYTES_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, tb[type],
					"%s is more than 2^40", name);
		return -ERANGE;
	}
	return 0;
}

static int parse_layer(struct nlattr *attr, struct row *r,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DREAM_A_LAYER_MAX + 1];
	int ret;

	ret = nla_parse_nested(tb, DREAM_A_LAYER_MAX, attr,
			       dream_layer_nl_policy, extack) ?:
	      require_in_row(extack, attr, tb, DREAM_A_LAYER_VARIANT, "variant") ?:
	      require_in_row(extack, attr, tb, DREAM_A_LAYER_INDEX, "index") ?:
	      get_bytes(extack, attr, tb, DREAM_A_LAYER_WEIGHT_BYTES,
			"weight-bytes", &r->weight) ?:
	      get_bytes(extack, attr, tb, DREAM_A_LAYER_IN_BYTES, "in-bytes",
			&r->in) ?:
	      get_bytes(extack, attr, tb, DREAM_A_LAYER_OUT_BYTES, "out-bytes",
			&r->out);
	if (ret)
		return ret;
	r->variant = nla_get_u32(tb[DREAM_A_LAYER_VARIANT]);
	r->index = nla_get_u32(tb[DREAM_A_LAYER_INDEX]);
	return 0;
}

static int get_cost(struct nlattr **tb, struct dream_cost_row *c,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *lat = tb[DREAM_A_COST_LATENCY_NS];
	struct nlattr *energy = tb[DREAM_A_COST_ENERGY_NJ];

	c->variant = nla_get_u32(tb[DREAM_A_COST_VARIANT]);
	c->index = nla_get_u32(tb[DREAM_A_COST_INDEX]);
	nla_strscpy(c->cls, tb[DREAM_A_COST_CLASS], sizeof(c->cls));
	c->lat = nla_get_u64(lat);
	c->energy = nla_get_u64(energy);
	if (!c->lat || c->lat > DREAM_ROW_LATENCY_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, lat, "latency-ns must be 1 to %llu",
					DREAM_ROW_LATENCY_MAX);
		return -ERANGE;
	}
	if (c->energy > DREAM_ROW_ENERGY_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, energy,
					"energy-nj must be at most %llu",
					DREAM_ROW_ENERGY_MAX);
		return -ERANGE;
	}
	return 0;
}

static int parse_cost(struct nlattr *attr, struct row *r,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DREAM_A_COST_MAX + 1];
	int ret;

	ret = nla_parse_nested(tb, DREAM_A_COST_MAX, attr, dream_cost_nl_policy,
			       extack) ?:
	      require_in_row(extack, attr, tb, DREAM_A_COST_VARIANT, "variant") ?:
	      require_in_row(extack, attr, tb, DREAM_A_COST_INDEX, "index") ?:
	      require_in_row(extack, attr, tb, DREAM_A_COST_CLASS, "class") ?:
	      require_in_row(extack, attr, tb, DREAM_A_COST_LATENCY_NS,
			     "latency-ns") ?:
	      require_in_row(extack, attr, tb, DREAM_A_COST_ENERGY_NJ,
			     "energy-nj") ?:
	      refuse_read_only(extack, tb[DREAM_A_COST_MEASURED_NS]) ?:
	      refuse_read_only(extack, tb[DREAM_A_COST_MEASURED_NJ]) ?:
	      refuse_read_only(extack, tb[DREAM_A_COST_SAMPLES]) ?:
	      dream_nl_check_name(tb[DREAM_A_COST_CLASS], extack) ?:
	      get_cost(tb, &r->cost, extack);
	if (ret)
		return ret;
	r->variant = r->cost.variant;
	r->index = r->cost.index;
	return 0;
}

static int parse_gate(struct nlattr *attr, struct row *r,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DREAM_A_GATE_MAX + 1];
	int ret;

	ret = nla_parse_nested(tb, DREAM_A_GATE_MAX, attr, dream_gate_nl_policy,
			       extack) ?:
	      require_in_row(extack, attr, tb, DREAM_A_GATE_VARIANT, "variant") ?:
	      require_in_row(extack, attr, tb, DREAM_A_GATE_INDEX, "index") ?:
	      require_in_row(extack, attr, tb, DREAM_A_GATE_TARGET, "target") ?:
	      require_in_row(extack, attr, tb, DREAM_A_GATE_PROBABILITY,
			     "probability") ?:
	      refuse_read_only(extack, tb[DREAM_A_GATE_MEASURED]) ?:
	      refuse_read_only(extack, tb[DREAM_A_GATE_SAMPLES]);
	if (ret)
		return ret;
	r->variant = nla_get_u32(tb[DREAM_A_GATE_VARIANT]);
	r->index = nla_get_u32(tb[DREAM_A_GATE_INDEX]);
	r->target = nla_get_u32(tb[DREAM_A_GATE_TARGET]);
	r->ppm = nla_get_u32(tb[DREAM_A_GATE_PROBABILITY]);
	return 0;
}

/* Number of rows of a kind in the message, or an error if there are too many. */
static int count_rows(struct genl_info *info, int type)
{
	const struct nlattr *attr;
	int rem, n = 0;

	nla_for_each_attr_type(attr, type,
			       nlmsg_attrdata(info->nlhdr, GENL_HDRLEN),
			       nlmsg_attrlen(info->nlhdr, GENL_HDRLEN), rem) {
		if (++n > DREAM_ROWS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
						"more than %u rows of a kind in a message",
						DREAM_ROWS_MAX);
			return -E2BIG;
		}
	}
	return n;
}

static int count_all_rows(struct genl_info *info)
{
	static const int types[] = {
		DREAM_A_MODEL_LAYER, DREAM_A_MODEL_COST, DREAM_A_MODEL_GATE,
	};
	int i, n, sum = 0;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		n = count_rows(info, types[i]);
		if (n < 0)
			return n;
		sum += n;
	}
	if (!sum) {
		GENL_SET_ERR_MSG(info, "no layer, cost or gate row in the message");
		return -EINVAL;
	}
	return sum;
}

static int parse_rows(struct genl_info *info, struct row *rows)
{
	struct row *r = rows;
	struct nlattr *attr;
	int ret = 0, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		switch (nla_type(attr)) {
		case DREAM_A_MODEL_LAYER:
			ret = parse_layer(attr, r, info->extack);
			break;
		case DREAM_A_MODEL_COST:
			ret = parse_cost(attr, r, info->extack);
			break;
		case DREAM_A_MODEL_GATE:
			ret = parse_gate(attr, r, info->extack);
			break;
		default:
			continue;
		}
		if (ret)
			return ret;
		r->attr = attr;
		r++;
	}
	return 0;
}

static int check_row(struct dream_model *m, const struct row *r,
		     struct netlink_ext_ack *extack)
{
	if (nla_type(r->attr) == DREAM_A_MODEL_GATE)
		return dream_model_check_gate(m, r->variant, r->index, r->target,
					      extack);
	return dream_model_check_layer(m, r->variant, r->index, extack);
}

static void set_row(struct dream_model *m, const struct row *r)
{
	switch (nla_type(r->attr)) {
	case DREAM_A_MODEL_LAYER:
		dream_model_set_layer(m, r->variant, r->index, r->weight, r->in,
				      r->out);
		break;
	case DREAM_A_MODEL_COST:
		dream_model_set_cost(m, &r->cost);
		break;
	case DREAM_A_MODEL_GATE:
		dream_model_set_gate(m, r->variant, r->index, r->target, r->ppm);
		break;
	}
}

static int set_rows(struct dream_model *m, const struct row *rows, int count,
		    struct netlink_ext_ack *extack)
{
	const struct row *r, *end = rows + count;
	u32 classes = m->staged->classes;
	int ret;

	for (r = rows; r < end; r++) {
		ret = check_row(m, r, extack);
		if (ret)
			goto err_row;
	}
	for (r = rows; r < end; r++) {
		if (nla_type(r->attr) != DREAM_A_MODEL_COST)
			continue;
		ret = dream_model_add_class(m, r->cost.cls, extack);
		if (ret)
			goto err_row;
	}
	for (r = rows; r < end; r++)
		set_row(m, r);
	return 0;

err_row:
	/* A refused message takes no place for a class. */
	dream_model_drop_classes(m, classes);
	NL_SET_BAD_ATTR(extack, r->attr);
	return ret;
}

static int load_rows(struct sk_buff *skb, struct genl_info *info,
		     struct sk_buff *msg, const struct row *rows, int count)
{
	struct dream_model *m = find_own_model(skb, info);
	int ret;

	if (IS_ERR(m))
		return PTR_ERR(m);
	ret = dream_model_stage(m,
				nla_get_u32(info->attrs[DREAM_A_MODEL_GENERATION]),
				info->extack);
	if (ret)
		return ret;
	ret = set_rows(m, rows, count, info->extack);
	if (ret)
		return ret;
	return put_id(msg, info, m, DREAM_A_MODEL_ROWS, m->staged->rows);
}

/**
 * dream_nl_model_load_doit() - model-load: load rows
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_model_load_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	struct row *rows;
	int count, ret;

	ret = dream_nl_require(info, DREAM_A_MODEL_ID, "id");
	if (ret)
		return ret;
	ret = dream_nl_require(info, DREAM_A_MODEL_GENERATION, "generation");
	if (ret)
		return ret;
	count = count_all_rows(info);
	if (count < 0)
		return count;
	rows = kvcalloc(count, sizeof(*rows), GFP_KERNEL);
	if (!rows)
		return -ENOMEM;
	ret = parse_rows(info, rows);
	if (ret)
		goto out;
	msg = dream_nl_msg_new();
	if (!msg) {
		ret = -ENOMEM;
		goto out;
	}
	dream_lock();
	ret = load_rows(skb, info, msg, rows, count);
	dream_unlock();
	ret = dream_nl_reply(msg, info, ret);
out:
	kvfree(rows);
	return ret;
}

/* ------------------------------------------------------ model-commit, -del */

static int commit(struct sk_buff *skb, struct genl_info *info,
		  struct sk_buff *msg)
{
	struct dream_model *m = find_own_model(skb, info);
	int ret;

	if (IS_ERR(m))
		return PTR_ERR(m);
	ret = dream_model_commit(m,
				 nla_get_u32(info->attrs[DREAM_A_MODEL_GENERATION]),
				 nla_get_u32(info->attrs[DREAM_A_MODEL_ROWS]),
				 info->extack);
	if (ret)
		return ret;
	return put_id(msg, info, m, DREAM_A_MODEL_GENERATION, m->generation);
}

/**
 * dream_nl_model_commit_doit() - model-commit: put the loaded tables in force
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_model_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	int ret;

	ret = dream_nl_require(info, DREAM_A_MODEL_ID, "id");
	if (ret)
		return ret;
	ret = dream_nl_require(info, DREAM_A_MODEL_GENERATION, "generation");
	if (ret)
		return ret;
	ret = dream_nl_require(info, DREAM_A_MODEL_ROWS, "rows");
	if (ret)
		return ret;
	msg = dream_nl_msg_new();
	if (!msg)
		return -ENOMEM;
	dream_lock();
	ret = commit(skb, info, msg);
	dream_unlock();
	return dream_nl_reply(msg, info, ret);
}

/**
 * dream_nl_model_del_doit() - model-del: forget a model
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_model_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dream_model *m;
	int ret;

	ret = dream_nl_require(info, DREAM_A_MODEL_ID, "id");
	if (ret)
		return ret;
	dream_lock();
	m = find_own_model(skb, info);
	if (IS_ERR(m))
		ret = PTR_ERR(m);
	else
		dream_model_del(m);
	dream_unlock();
	return ret;
}

/* -------------------------------------------------------------- model-get */

static int fill_model(struct sk_buff *skb, const struct genl_info *info,
		      int flags, const struct sk_buff *request,
		      const struct dream_model *m)
{
	const struct dream_profile *p = m->committed ?: m->staged;
	void *hdr = dream_nl_put(skb, info, flags);
	bool bad;
	u32 v;

	if (!hdr)
		return -EMSGSIZE;
	bad = nla_put_u32(skb, DREAM_A_MODEL_ID, m->id) ||
	      nla_put_string(skb, DREAM_A_MODEL_NAME, m->name) ||
	      nla_put_u32(skb, DREAM_A_MODEL_FLAGS, m->flags) ||
	      nla_put_u32(skb, DREAM_A_MODEL_STATE,
			  m->committed ? DREAM_MODEL_STATE_COMMITTED :
			  DREAM_MODEL_STATE_STAGED) ||
	      nla_put_u32(skb, DREAM_A_MODEL_OWNER,
			  dream_nl_uid(request, m->uid)) ||
	      nla_put_u32(skb, DREAM_A_MODEL_GENERATION, m->generation);
	for (v = 0; v < p->variants && !bad; v++)
		bad = nla_put_u32(skb, DREAM_A_MODEL_VARIANT_LAYERS,
				  dream_profile_layers(p, v));
	bad = bad ||
	      nla_put_u32(skb, DREAM_A_MODEL_ROWS,
			  m->staged ? m->staged->rows : 0) ||
	      nla_put_u32(skb, DREAM_A_MODEL_QUEUES, m->queues);
	return dream_nl_end(skb, hdr, bad);
}

/**
 * dream_nl_model_get_doit() - model-get: one model
 * @skb: request
 * @info: request
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_model_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dream_model *m;
	struct sk_buff *msg;
	int ret;

	ret = dream_nl_require(info, DREAM_A_MODEL_ID, "id");
	if (ret)
		return ret;
	msg = dream_nl_msg_new();
	if (!msg)
		return -ENOMEM;
	dream_lock();
	m = find_model(info);
	if (IS_ERR(m))
		ret = PTR_ERR(m);
	else
		ret = fill_model(msg, info, 0, skb, m);
	dream_unlock();
	return dream_nl_reply(msg, info, ret);
}

/**
 * struct model_ctx - where model-get goes on
 * @next: smallest id that has not been told
 */
struct model_ctx {
	u32 next;
};

/**
 * dream_nl_model_get_dumpit() - model-get: all models
 * @skb: reply
 * @cb: state of the dump
 *
 * Context: process context, may sleep.
 * Return: 0 at the end, -EMSGSIZE to go on.
 */
int dream_nl_model_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct model_ctx *ctx = (struct model_ctx *)cb->ctx;
	const struct genl_info *info = genl_info_dump(cb);
	u32 id = ctx->next;
	struct dream_model *m;
	int ret = 0;

	NL_ASSERT_DUMP_CTX_FITS(struct model_ctx);
	dream_lock();
	for (; (m = dream_model_next(&id)); ctx->next = ++id) {
		ret = fill_model(skb, info, NLM_F_MULTI, cb->skb, m);
		if (ret)
			break;
	}
	dream_unlock();
	return ret;
}

/* --------------------------------------------------------------- cost-get */

/**
 * struct cost_ctx - where cost-get goes on
 * @id: model
 * @variant: variant
 * @index: layer that has not been told
 */
struct cost_ctx {
	u32 id;
	u32 variant;
	u32 index;
};

static struct cost_ctx *cost_ctx(struct netlink_callback *cb)
{
	NL_ASSERT_DUMP_CTX_FITS(struct cost_ctx);
	return (struct cost_ctx *)cb->ctx;
}

/* Each of the next three returns true if there is no room. */
static bool put_layer(struct sk_buff *skb, u32 variant, u32 index,
		      const struct dream_row *row)
{
	struct nlattr *nest = nla_nest_start(skb, DREAM_A_MODEL_LAYER);

	if (!nest || nla_put_u32(skb, DREAM_A_LAYER_VARIANT, variant) ||
	    nla_put_u32(skb, DREAM_A_LAYER_INDEX, index) ||
	    nla_put_u64_64bit(skb, DREAM_A_LAYER_WEIGHT_BYTES,
			      row->weight_bytes, DREAM_A_LAYER_PAD) ||
	    nla_put_u64_64bit(skb, DREAM_A_LAYER_IN_BYTES, row->in_bytes,
			      DREAM_A_LAYER_PAD) ||
	    nla_put_u64_64bit(skb, DREAM_A_LAYER_OUT_BYTES, row->out_bytes,
			      DREAM_A_LAYER_PAD))
		return true;
	nla_nest_end(skb, nest);
	return false;
}

static bool put_cost(struct sk_buff *skb, u32 variant, u32 index,
		     const char *cls, const struct dream_cell *cell)
{
	struct nlattr *nest = nla_nest_start(skb, DREAM_A_MODEL_COST);

	if (!nest || nla_put_u32(skb, DREAM_A_COST_VARIANT, variant) ||
	    nla_put_u32(skb, DREAM_A_COST_INDEX, index) ||
	    nla_put_string(skb, DREAM_A_COST_CLASS, cls))
		return true;
	if (cell->loaded &&
	    (nla_put_u64_64bit(skb, DREAM_A_COST_LATENCY_NS, cell->lat,
			       DREAM_A_COST_PAD) ||
	     nla_put_u64_64bit(skb, DREAM_A_COST_ENERGY_NJ, cell->energy,
			       DREAM_A_COST_PAD)))
		return true;
	if (cell->samples &&
	    (nla_put_u64_64bit(skb, DREAM_A_COST_MEASURED_NS,
			       cell->measured_lat, DREAM_A_COST_PAD) ||
	     nla_put_u64_64bit(skb, DREAM_A_COST_MEASURED_NJ,
			       cell->measured_energy, DREAM_A_COST_PAD)))
		return true;
	if (nla_put_u32(skb, DREAM_A_COST_SAMPLES, cell->samples))
		return true;
	nla_nest_end(skb, nest);
	return false;
}

static bool put_gate(struct sk_buff *skb, u32 variant, u32 index,
		     const struct dream_row *row)
{
	struct nlattr *nest = nla_nest_start(skb, DREAM_A_MODEL_GATE);

	if (!nest || nla_put_u32(skb, DREAM_A_GATE_VARIANT, variant) ||
	    nla_put_u32(skb, DREAM_A_GATE_INDEX, index) ||
	    nla_put_u32(skb, DREAM_A_GATE_TARGET, row->gate_target) ||
	    nla_put_u32(skb, DREAM_A_GATE_PROBABILITY, row->gate_ppm) ||
	    (row->gate_samples &&
	     nla_put_u32(skb, DREAM_A_GATE_MEASURED, row->measured_ppm)) ||
	    nla_put_u32(skb, DREAM_A_GATE_SAMPLES, row->gate_samples))
		return true;
	nla_nest_end(skb, nest);
	return false;
}

static bool put_costs(struct sk_buff *skb, const struct dream_profile *p,
		      u32 variant, u32 index)
{
	u32 at = p->first[variant] + index, c;

	for (c = 0; c < p->classes; c++) {
		const struct dream_cell *cell = &p->cls[c].cell[at];

		if (!cell->loaded && !cell->samples)
			continue;
		if (put_cost(skb, variant, index, p->cls[c].name, cell))
			return true;
	}
	return false;
}

/* A message has at most 16 classes of some 120 bytes: it fits. */
static int fill_costs(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct dream_model *m, u32 variant, u32 index)
{
	void *hdr = dream_nl_put(skb, genl_info_dump(cb), NLM_F_MULTI);
	const struct dream_profile *p = m->committed;
	const struct dream_row *row = &p->row[p->first[variant] + index];
	bool bad;

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	bad = nla_put_u32(skb, DREAM_A_MODEL_ID, m->id) ||
	      nla_put_u32(skb, DREAM_A_MODEL_GENERATION, m->generation) ||
	      put_layer(skb, variant, index, row) ||
	      put_costs(skb, p, variant, index) ||
	      (row->gate_target && put_gate(skb, variant, index, row));
	return dream_nl_end(skb, hdr, bad);
}

static int start_costs(const struct genl_info *info, struct cost_ctx *ctx)
{
	const struct nlattr *attr = info->attrs[DREAM_A_MODEL_ID];
	struct dream_model *m;

	ctx->id = nla_get_u32(attr);
	m = dream_model_by_id(ctx->id);
	if (!m) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr, "no model %u",
					ctx->id);
		return -ENOENT;
	}
	if (!m->committed) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
					"model %u has not been committed",
					ctx->id);
		return -ENODATA;
	}
	return 0;
}

/**
 * dream_nl_cost_get_start() - cost-get: look at the request
 * @cb: state of the dump
 *
 * Context: process context, may sleep.
 * Return: 0, or a negative errno.
 */
int dream_nl_cost_get_start(struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	int ret;

	ret = dream_nl_require(info, DREAM_A_MODEL_ID, "id");
	if (ret)
		return ret;
	dream_lock();
	ret = start_costs(info, cost_ctx(cb));
	dream_unlock();
	return ret;
}

static int dump_costs(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct dream_model *m)
{
	struct cost_ctx *ctx = cost_ctx(cb);
	const struct dream_profile *p = m->committed;
	int ret;

	for (; ctx->variant < p->variants; ctx->variant++) {
		for (; ctx->index < dream_profile_layers(p, ctx->variant);
		     ctx->index++) {
			ret = fill_costs(skb, cb, m, ctx->variant, ctx->index);
			if (ret)
				return ret;
		}
		ctx->index = 0;
	}
	return 0;
}

/**
 * dream_nl_cost_get_dumpit() - cost-get: the tables of a model
 * @skb: reply
 * @cb: state of the dump
 *
 * If the model is committed again or deleted meanwhile, the messages that follow
 * are marked NLM_F_DUMP_INTR: what has been read is of two generations.
 *
 * Context: process context, may sleep.
 * Return: 0 at the end, -EMSGSIZE to go on.
 */
int dream_nl_cost_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct dream_model *m;
	int ret = 0;

	dream_lock();
	m = dream_model_by_id(cost_ctx(cb)->id);
	/* 0 is no generation of a committed model. */
	cb->seq = m ? m->generation : 0;
	if (m && m->committed)
		ret = dump_costs(skb, cb, m);
	dream_unlock();
	return ret;
}
