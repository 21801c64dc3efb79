// SPDX-License-Identifier: GPL-2.0
/*
 * Platforms: virtual NPUs and their classes.
 */
#include <math.h>

#include "document.h"
#include "loader.h"
#include "memory.h"

/* Bounds of the device. */
#define CLOCK_KHZ_MIN		1000
#define CLOCK_KHZ_MAX		10000000
#define BANDWIDTH_MBPS_MIN	1
#define BANDWIDTH_MBPS_MAX	10000000

static uint32_t dataflow_of(const char *name)
{
	uint32_t dataflow;

	for (dataflow = 0; strcmp(dream_vnpu_dataflow_name(dataflow), name);)
		dataflow++;
	return dataflow;
}

/*
 * A device with a load factor of 2 is half as fast: clock and bandwidth are
 * divided by it, so that every duration is multiplied, whichever way the cost of
 * a layer is stated. Slow motion does the same to them.
 */
static uint32_t slow_down(struct loader *loader, const struct place *place,
			  const char *what, double value, double min,
			  double max)
{
	double factor = loader->scenario->load * loader->scenario->slow;
	double slowed = round(value / factor);

	if (slowed >= min && slowed <= max)
		return slowed;
	fault_at(loader->faults, place,
		 "%s divided by %g (load factor, slow motion) is outside of what a device can have",
		 what, factor);
	return value;
}

static void load_class(struct loader *loader, const struct place *place,
		       const json_t *json, struct scenario_class *class)
{
	struct dream_vnpu_array *array = &class->array;
	const char *dataflow = document_string(json, "dataflow", NULL);
	const char *name = document_string(json, "class", NULL);
	struct place member;

	array->dataflow = dataflow_of(dataflow);
	array->pes = document_integer(json, "pes", 0);
	array->sram_bytes = document_integer(json, "sram_kib", 8192) * 1024;
	member = place_at(place, "/clock_mhz");
	array->clock_khz = slow_down(loader, &member, "the clock",
				     document_number(json, "clock_mhz", 700) *
				     1000, CLOCK_KHZ_MIN, CLOCK_KHZ_MAX);
	member = place_at(place, "/bandwidth_mbps");
	array->bandwidth_mbps = slow_down(loader, &member, "the bandwidth",
					  document_number(json,
							  "bandwidth_mbps",
							  90000),
					  BANDWIDTH_MBPS_MIN,
					  BANDWIDTH_MBPS_MAX);
	if (name)
		snprintf(class->name, sizeof(class->name), "%s", name);
	else
		snprintf(class->name, sizeof(class->name), "%s-%u", dataflow,
			 array->pes);
}

static bool same_array(const struct dream_vnpu_array *a,
		       const struct dream_vnpu_array *b)
{
	return a->dataflow == b->dataflow && a->pes == b->pes &&
	       a->clock_khz == b->clock_khz &&
	       a->bandwidth_mbps == b->bandwidth_mbps &&
	       a->sram_bytes == b->sram_bytes;
}

/* Index of a class, which is added if nobody has had it yet. */
static uint32_t add_class(struct loader *loader, const struct place *place,
			  const struct scenario_class *class)
{
	struct scenario *scenario = loader->scenario;
	uint32_t i;

	for (i = 0; i < scenario->class_count; i++) {
		if (strcmp(scenario->classes[i].name, class->name))
			continue;
		if (!same_array(&scenario->classes[i].array, &class->array))
			fault_at(loader->faults, place,
				 "differs from the NPUs before it that have the class \"%s\"",
				 class->name);
		return i;
	}
	if (i == DREAM_VNPU_COSTS_MAX) {
		fault_at(loader->faults, place, "more than %d classes of NPUs",
			 DREAM_VNPU_COSTS_MAX);
		return 0;
	}
	scenario->classes = must_grow(scenario->classes, i, sizeof(*class));
	scenario->classes[i] = *class;
	return scenario->class_count++;
}

/* A domain has one bandwidth, which its NPUs share. */
static void check_domain(struct loader *loader, const struct place *place,
			 const struct scenario_npu *npu)
{
	const struct scenario *scenario = loader->scenario;
	const struct scenario_npu *other;

	for (other = scenario->npus; npu->domain[0] && other < npu; other++) {
		if (strcmp(other->domain, npu->domain) ||
		    scenario->classes[other->class].array.bandwidth_mbps ==
		    scenario->classes[npu->class].array.bandwidth_mbps)
			continue;
		fault_at(loader->faults, place,
			 "%s shares the domain, but has another bandwidth",
			 other->name);
		return;
	}
}

static void load_npu(struct loader *loader, const struct place *place,
		     const json_t *json, struct scenario_npu *npu)
{
	struct scenario *scenario = loader->scenario;
	struct scenario_class class = { 0 };
	struct place member = place_at(place, "/name");
	struct scenario_npu *other;

	snprintf(npu->name, sizeof(npu->name), "%s",
		 document_string(json, "name", NULL));
	for (other = scenario->npus; other < npu; other++)
		if (!strcmp(other->name, npu->name))
			fault_at(loader->faults, &member,
				 "another NPU has the name \"%s\"", npu->name);
	snprintf(npu->domain, sizeof(npu->domain), "%s",
		 document_string(json, "domain", ""));
	npu->slots = document_integer(json, "slots", 1);
	npu->jitter_permille =
		round(10 * document_number(json, "jitter_percent", 0));
	load_class(loader, place, json, &class);
	npu->class = add_class(loader, place, &class);
	member = place_at(place, "/domain");
	check_domain(loader, &member, npu);
}

/**
 * load_platform() - resolve a platform
 * @loader: loader; the scenario's NPUs and classes are set
 * @place: the platform
 * @json: it
 */
void load_platform(struct loader *loader, const struct place *place,
		   const json_t *json)
{
	struct scenario *scenario = loader->scenario;
	const json_t *npus = json_object_get(json, "npus");
	struct place npu_place;
	size_t i;

	scenario->platform = must_strdup(document_string(json, "name", NULL));
	scenario->npu_count = json_array_size(npus);
	scenario->npus = must_calloc(scenario->npu_count,
				     sizeof(*scenario->npus));
	for (i = 0; i < scenario->npu_count; i++) {
		npu_place = place_at(place, "/npus/%zu", i);
		load_npu(loader, &npu_place, json_array_get(npus, i),
			 &scenario->npus[i]);
	}
}
