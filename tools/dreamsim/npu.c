// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual NPUs.
 *
 * An NPU executes one command after the other, in the order in which it has taken
 * them. Jitter, the division of a shared bandwidth and the progress at the speed
 * that results are computed by the device's own files; what is here says when
 * they are asked, as virt-accel/device.c and domain.c do.
 */
#include "memory.h"
#include "npu.h"

#include "virt-accel/jitter.h"
#include "virt-accel/progress.h"
#include "virt-accel/share.h"

/* Most commands that an NPU takes at a time. */
#define SLOTS_MAX	64

/**
 * struct npu - an NPU
 * @ring: commands; the first one is in execution, or about to be
 * @first: index of the first command
 * @count: number of commands
 * @executing: the first one is in execution
 * @begin_ns: when its execution began, or will
 * @end_ns: when it ends, as things are
 * @progress: how far it is
 * @demand: bandwidth that it asks for
 * @domain: memory that it shares
 * @random: state of the jitter
 * @jitter_permille: how far a duration varies
 */
struct npu {
	struct npu_command ring[SLOTS_MAX];
	uint32_t first;
	uint32_t count;
	bool executing;
	uint64_t begin_ns;
	uint64_t end_ns;
	struct vnpu_progress progress;
	uint64_t demand;
	struct domain *domain;
	u64 random;
	uint32_t jitter_permille;
};

/**
 * struct domain - a memory whose bandwidth is shared
 * @capacity: bytes per second
 * @runs: NPUs whose commands use it, in the order in which these began
 * @run_count: their number
 * @demand: sum of their demands
 * @scarce: at the last change they asked for more than there is
 * @demands: room to divide the bandwidth
 * @grants: likewise
 */
struct domain {
	uint64_t capacity;
	struct npu **runs;
	uint32_t run_count;
	uint64_t demand;
	bool scarce;
	u64 *demands;
	u64 *grants;
};

struct npus {
	uint64_t overhead_ns;
	struct npu *npus;
	struct domain *domains;
	uint32_t count;
};

/* ------------------------------------------------------------------ domains */

/* Divide the bandwidth anew among those who are there. */
static void divide(struct domain *domain, uint64_t now)
{
	bool scarce = domain->demand > domain->capacity;
	struct npu *npu;
	uint32_t i, rate;

	if (!scarce && !domain->scarce)
		return;
	domain->scarce = scarce;
	for (i = 0; i < domain->run_count; i++)
		domain->demands[i] = domain->runs[i]->demand;
	vnpu_share(domain->demands, domain->grants, domain->run_count,
		   domain->capacity);
	for (i = 0; i < domain->run_count; i++) {
		npu = domain->runs[i];
		rate = vnpu_share_rate(npu->demand, domain->grants[i]);
		if (rate == npu->progress.rate || npu->end_ns <= now)
			continue;
		vnpu_progress_set_rate(&npu->progress, rate, now);
		npu->end_ns = vnpu_progress_end(&npu->progress);
	}
}

static void join(struct npu *npu, const struct npu_command *command,
		 uint64_t now)
{
	struct domain *domain = npu->domain;

	npu->demand = vnpu_share_demand(command->dram_bytes, command->ns,
					domain->capacity);
	if (!npu->demand)
		return;
	domain->runs[domain->run_count++] = npu;
	domain->demand += npu->demand;
	divide(domain, now);
}

static void leave(struct npu *npu, uint64_t now)
{
	struct domain *domain = npu->domain;
	uint32_t i;

	if (!npu->demand)
		return;
	for (i = 0; domain->runs[i] != npu;)
		i++;
	domain->run_count--;
	memmove(&domain->runs[i], &domain->runs[i + 1],
		(domain->run_count - i) * sizeof(*domain->runs));
	domain->demand -= npu->demand;
	npu->demand = 0;
	divide(domain, now);
}

/* --------------------------------------------------------------------- NPUs */

static void begin(struct npu *npu, uint64_t now)
{
	const struct npu_command *command = &npu->ring[npu->first];

	npu->executing = true;
	npu->begin_ns = now;
	vnpu_progress_start(&npu->progress, command->ns, now);
	npu->end_ns = vnpu_progress_end(&npu->progress);
	join(npu, command, now);
}

static void end(struct npu *npu, struct npu_done *done)
{
	done->tag = npu->ring[npu->first].tag;
	done->end_ns = npu->end_ns;
	done->busy_ns = npu->end_ns - npu->begin_ns;
	leave(npu, npu->end_ns);
	npu->executing = false;
	npu->first = (npu->first + 1) % SLOTS_MAX;
	npu->count--;
	/* The next one is there already; it waits for nothing. */
	npu->begin_ns = npu->end_ns;
	if (npu->count)
		begin(npu, npu->end_ns);
}

/**
 * npus_start() - give a command to an NPU
 * @npus: NPUs
 * @npu: index of the one
 * @command: command
 * @now: present time
 */
void npus_start(struct npus *npus, uint32_t npu,
		const struct npu_command *command, uint64_t now)
{
	struct npu *n = &npus->npus[npu];
	struct npu_command *last =
		&n->ring[(n->first + n->count) % SLOTS_MAX];

	*last = *command;
	last->ns = vnpu_jitter(&n->random, command->ns, n->jitter_permille);
	if (n->count++)
		return;
	if (npus->overhead_ns)
		n->begin_ns = now + npus->overhead_ns;
	else
		begin(n, now);
}

static uint64_t next_change(const struct npu *npu)
{
	if (npu->executing)
		return npu->end_ns;
	return npu->count ? npu->begin_ns : NPU_NEVER;
}

/**
 * npus_next() - when something happens by itself
 * @npus: NPUs
 *
 * Return: the time, or NPU_NEVER.
 */
uint64_t npus_next(const struct npus *npus)
{
	uint64_t next = NPU_NEVER, change;
	uint32_t i;

	for (i = 0; i < npus->count; i++) {
		change = next_change(&npus->npus[i]);
		if (change < next)
			next = change;
	}
	return next;
}

/**
 * npus_step() - let happen what is due
 * @npus: NPUs
 * @now: present time, not later than npus_next()
 * @done: out: a command that has ended
 *
 * Return: true if a command has ended: there may be another one.
 */
bool npus_step(struct npus *npus, uint64_t now, struct npu_done *done)
{
	struct npu *npu;
	uint32_t i;

	for (i = 0; i < npus->count; i++) {
		npu = &npus->npus[i];
		if (next_change(npu) > now)
			continue;
		if (npu->executing) {
			done->npu = i;
			end(npu, done);
			return true;
		}
		begin(npu, now);
	}
	return false;
}

/* NPUs without a named domain have one each. */
static struct domain *domain_of(struct npus *npus,
				const struct scenario *scenario, uint32_t index)
{
	const char *name = scenario->npus[index].domain;
	uint32_t i;

	for (i = 0; name[0] && i < index; i++)
		if (!strcmp(scenario->npus[i].domain, name))
			return npus->npus[i].domain;
	return &npus->domains[index];
}

static void init_npu(struct npus *npus, const struct scenario *scenario,
		     uint32_t index)
{
	const struct scenario_npu *desc = &scenario->npus[index];
	struct npu *npu = &npus->npus[index];
	struct domain *domain = &npus->domains[index];

	domain->capacity = scenario->classes[desc->class].array.bandwidth_mbps *
			   1000000ULL;
	domain->runs = must_calloc(npus->count, sizeof(struct npu *));
	domain->demands = must_calloc(npus->count, sizeof(*domain->demands));
	domain->grants = must_calloc(npus->count, sizeof(*domain->grants));
	npu->domain = domain_of(npus, scenario, index);
	npu->jitter_permille = desc->jitter_permille;
	npu->random = vnpu_jitter_seed(scenario->seed + 1, desc->name);
}

/**
 * npus_new() - make the NPUs of a scenario
 * @scenario: scenario
 * @overhead_ns: time from a decision to the begin of what it starts
 *
 * Return: the NPUs, for npus_free().
 */
struct npus *npus_new(const struct scenario *scenario, uint64_t overhead_ns)
{
	struct npus *npus = must_calloc(1, sizeof(*npus));
	uint32_t i;

	npus->overhead_ns = overhead_ns;
	npus->count = scenario->npu_count;
	npus->npus = must_calloc(npus->count, sizeof(*npus->npus));
	npus->domains = must_calloc(npus->count, sizeof(*npus->domains));
	for (i = 0; i < npus->count; i++)
		init_npu(npus, scenario, i);
	return npus;
}

/**
 * npus_free() - forget NPUs
 * @npus: them
 */
void npus_free(struct npus *npus)
{
	uint32_t i;

	for (i = 0; i < npus->count; i++) {
		free(npus->domains[i].runs);
		free(npus->domains[i].demands);
		free(npus->domains[i].grants);
	}
	free(npus->domains);
	free(npus->npus);
	free(npus);
}
