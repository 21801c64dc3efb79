/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Golden vectors of the pure core: what the KUnit suites check in the kernel is
 * what user/test_golden.c checks in user space. The expected numbers follow from
 * the formulas of score.h and path.h by exact arithmetic, rounded down term by
 * term; the comments do the sums of the smaller ones.
 */
#ifndef _DREAM_GOLDEN_H
#define _DREAM_GOLDEN_H

#include "../../kmod/policy.h"

#define GOLDEN_COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* --------------------------------------------------------------- MapScore */

struct golden_score {
	const char *name;
	struct dream_score_in in;
	struct dream_terms want;
};

static const struct golden_score golden_scores[] = {
	{
		.name = "first layer of a relaxed job",
		.in = {
			.now_ns = 1000000000ULL,
			.deadline_ns = 1033333333ULL,
			.prev_end_ns = 999990000ULL,
			.to_go_ns = 8400000,
			.lat_ns = 350000,
			.lat_sum_ns = 1650000,
			.lat_mean_ns = 412500,
			.energy_nj = 120000,
			.energy_sum_nj = 610000,
			.switch_nj = 90000,
			.alpha = 65536,
			.beta = 65536,
			.starv_cap = 6553600,
		},
		.want = {
			.urgency = 16515ULL,
			.lat_pref = 308955,
			.starvation = 1588,
			.en_pref = 333141,
			.switch_cost = 49152ULL,
			.map_score = 363433LL,
		},
	},
	{
		.name = "the same job, 1 ms before its deadline",
		.in = {
			.now_ns = 1032333333ULL,
			.deadline_ns = 1033333333ULL,
			.prev_end_ns = 1030000000ULL,
			.to_go_ns = 8400000,
			.lat_ns = 350000,
			.lat_sum_ns = 1650000,
			.lat_mean_ns = 412500,
			.energy_nj = 120000,
			.energy_sum_nj = 610000,
			.switch_nj = 0,
			.alpha = 65536,
			.beta = 65536,
			.starv_cap = 6553600,
		},
		.want = {
			.urgency = 550502ULL,
			.lat_pref = 308955,
			.starvation = 370708,
			.en_pref = 333141,
			.switch_cost = 0ULL,
			.map_score = 3299069LL,
		},
	},
	{
		.name = "a late job",
		.in = {
			.now_ns = 1040000000ULL,
			.deadline_ns = 1033333333ULL,
			.prev_end_ns = 1039000000ULL,
			.to_go_ns = 900000,
			.lat_ns = 900000,
			.lat_sum_ns = 900000,
			.lat_mean_ns = 900000,
			.energy_nj = 5000,
			.energy_sum_nj = 5000,
			.switch_nj = 125,
			.alpha = 32768,
			.beta = 6553,
			.starv_cap = 6553600,
		},
		.want = {
			.urgency = 58982400ULL,
			.lat_pref = 65536,
			.starvation = 72817,
			.en_pref = 65536,
			.switch_cost = 1638ULL,
			.map_score = 59025198LL,
		},
	},
	{
		.name = "starved beyond the cap",
		.in = {
			.now_ns = 90000000000ULL,
			.deadline_ns = 90050000000ULL,
			.prev_end_ns = 1000000ULL,
			.to_go_ns = 2000000,
			.lat_ns = 1000,
			.lat_sum_ns = 7000,
			.lat_mean_ns = 3500,
			.energy_nj = 10,
			.energy_sum_nj = 40,
			.switch_nj = 7,
			.alpha = 131072,
			.beta = 131072,
			.starv_cap = 655360,
		},
		.want = {
			.urgency = 2621ULL,
			.lat_pref = 458752,
			.starvation = 655360,
			.en_pref = 262144,
			.switch_cost = 45875ULL,
			.map_score = 1761605LL,
		},
	},
	{
		.name = "a switch that costs more than all else brings",
		.in = {
			.now_ns = 1000ULL,
			.deadline_ns = 16667667ULL,
			.prev_end_ns = 1000ULL,
			.to_go_ns = 50000,
			.lat_ns = 20000,
			.lat_sum_ns = 40000,
			.lat_mean_ns = 20000,
			.energy_nj = 3,
			.energy_sum_nj = 6,
			.switch_nj = 2000000,
			.alpha = 0,
			.beta = 65536,
			.starv_cap = 6553600,
		},
		.want = {
			.urgency = 196ULL,
			.lat_pref = 131072,
			.starvation = 0,
			.en_pref = 131072,
			.switch_cost = 43690666666ULL,
			.map_score = -43690535202LL,
		},
	},
	{
		.name = "nothing to go, no energy known",
		.in = {
			.now_ns = 5ULL,
			.deadline_ns = 10005ULL,
			.prev_end_ns = 5ULL,
			.to_go_ns = 0,
			.lat_ns = 1,
			.lat_sum_ns = 1,
			.lat_mean_ns = 1,
			.energy_nj = 0,
			.energy_sum_nj = 0,
			.switch_nj = 0,
			.alpha = 65536,
			.beta = 65536,
			.starv_cap = 65536,
		},
		.want = {
			.urgency = 0ULL,
			.lat_pref = 65536,
			.starvation = 0,
			.en_pref = 0,
			.switch_cost = 0ULL,
			.map_score = 0LL,
		},
	},
};

/* ------------------------------------------------------------------- path */

#define GOLDEN_LAYERS	4
#define GOLDEN_CLASSES	3

/* One accelerator of class 0, two of class 1, none of class 2. */
static const u32 golden_accels[GOLDEN_CLASSES] = { 1, 2, 0 };

/* What layer 2 costs on class 0 is not known; nothing is of class 2. */
static const u64 golden_lat[GOLDEN_LAYERS * GOLDEN_CLASSES] = {
	1000, 4000, 0,
	9000, 3000, 0,
	0, 6000, 0,
	2000, 2000, 0,
};

static const u64 golden_energy[GOLDEN_LAYERS * GOLDEN_CLASSES] = {
	100, 40, 0,
	900, 300, 0,
	0, 500, 0,
	10, 20, 0,
};

/*
 * Layer 0 skips layer 1 one time in four; layer 2 ends the job every other time.
 *
 *   rest_mean: 3000 + 3/4 * 12000 + 1/4 * 7000, 5000 + 7000, 6000 + 1/2 * 2000,
 *		2000
 *   rest_min:  1000 + 3/4 * 10000 + 1/4 * 7000, 3000 + 7000, the same
 */
static const struct dream_path_layer golden_layers[GOLDEN_LAYERS] = {
	{
		.gate_target = 2, .gate_ppm = 250000,
		.lat_sum = 9000, .lat_mean = 3000, .lat_min = 1000,
		.energy_sum = 180, .energy_max = 100,
		.rest_mean = 13750, .rest_min = 10250,
	}, {
		.lat_sum = 15000, .lat_mean = 5000, .lat_min = 3000,
		.energy_sum = 1500, .energy_max = 900,
		.rest_mean = 12000, .rest_min = 10000,
	}, {
		.gate_target = 4, .gate_ppm = 500000,
		.lat_sum = 18000, .lat_mean = 6000, .lat_min = 6000,
		.energy_sum = 1500, .energy_max = 500,
		.rest_mean = 7000, .rest_min = 7000,
	}, {
		.lat_sum = 6000, .lat_mean = 2000, .lat_min = 2000,
		.energy_sum = 50, .energy_max = 20,
		.rest_mean = 2000, .rest_min = 2000,
	},
};

#define GOLDEN_ENERGY_MAX	1520

/* --------------------------------------------------------------- policies */

#define GOLDEN_JOBS	3
#define GOLDEN_ACCELS	3
#define GOLDEN_NOW	1000000ULL

/*
 * struct golden_bed - three accelerators, three queues with a job each
 *
 * Job 0 stands before layer 0, has waited for 3 us and has 40 us left; job 1
 * before layer 1 with 20 us, job 2 before layer 3 with 50 us, both just arrived.
 * Accelerator 0 is of class 0, the others are of class 1.
 *
 * @params: parameters
 * @path: the path that all jobs are on
 * @layer: its layers
 * @lat: its latencies
 * @energy: its energies
 * @queue: queues
 * @job: jobs
 * @accel: accelerators
 * @jobs: pointers to @job
 * @accels: pointers to @accel
 * @scratch: scratch space of policies
 * @st: the state of all that
 */
struct golden_bed {
	struct dream_params params;
	struct dream_path path;
	struct dream_path_layer layer[GOLDEN_LAYERS + 1];
	u64 lat[GOLDEN_LAYERS * GOLDEN_CLASSES];
	u64 energy[GOLDEN_LAYERS * GOLDEN_CLASSES];
	struct dream_pqueue queue[GOLDEN_JOBS];
	struct dream_pjob job[GOLDEN_JOBS];
	struct dream_paccel accel[GOLDEN_ACCELS];
	struct dream_pjob *jobs[GOLDEN_JOBS];
	struct dream_paccel *accels[GOLDEN_ACCELS];
	struct dream_sort scratch[GOLDEN_JOBS];
	struct dream_state st;
};

static inline void golden_path_init(struct golden_bed *bed)
{
	u32 l;

	memcpy(bed->lat, golden_lat, sizeof(golden_lat));
	memcpy(bed->energy, golden_energy, sizeof(golden_energy));
	for (l = 0; l < GOLDEN_LAYERS; l++) {
		bed->layer[l].gate_target = golden_layers[l].gate_target;
		bed->layer[l].gate_ppm = golden_layers[l].gate_ppm;
	}
	bed->path.layers = GOLDEN_LAYERS;
	bed->path.classes = GOLDEN_CLASSES;
	bed->path.layer = bed->layer;
	bed->path.lat = bed->lat;
	bed->path.energy = bed->energy;
	dream_path_derive(&bed->path, golden_accels);
}

static inline void golden_bed_init(struct golden_bed *bed)
{
	static const struct { u32 layer; u64 slack_ns, waited_ns; } jobs[] = {
		{ 0, 40000, 3000 }, { 1, 20000, 0 }, { 3, 50000, 0 },
	};
	u32 i;

	memset(bed, 0, sizeof(*bed));
	golden_path_init(bed);
	bed->params.alpha = DREAM_ONE;
	bed->params.beta = DREAM_ONE / 2;
	bed->params.starv_cap = 100 * DREAM_ONE;
	bed->params.switch_pj = 1000;
	for (i = 0; i < GOLDEN_JOBS; i++) {
		bed->queue[i].id = i + 1;
		bed->queue[i].period_ns = 100000;
		bed->queue[i].deadline_ns = 100000;
		bed->queue[i].pin = DREAM_NO_ACCEL;
		bed->job[i].queue = &bed->queue[i];
		bed->job[i].path = &bed->path;
		bed->job[i].order = 10 + i;
		bed->job[i].layer = jobs[i].layer;
		bed->job[i].deadline_ns = GOLDEN_NOW + jobs[i].slack_ns;
		bed->job[i].prev_end_ns = GOLDEN_NOW - jobs[i].waited_ns;
		bed->jobs[i] = &bed->job[i];
		bed->accel[i].id = i;
		bed->accel[i].cls = i ? 1 : 0;
		bed->accels[i] = &bed->accel[i];
	}
	bed->st.now_ns = GOLDEN_NOW;
	bed->st.params = &bed->params;
	bed->st.jobs = bed->jobs;
	bed->st.accels = bed->accels;
	bed->st.scratch = bed->scratch;
	bed->st.job_count = GOLDEN_JOBS;
	bed->st.accel_count = GOLDEN_ACCELS;
}

/**
 * struct golden_pick - what a policy answers
 * @policy: its name
 * @name: of the case
 * @free: free slots of each accelerator
 * @job_1_ran_on: accelerator that ran job 1 last, or -1; what runs on another
 *	one has to move 1000 bytes first, 1 uJ
 * @job: job that is chosen
 * @accel: accelerator that is chosen
 *
 * fifo-static pins the queues in turn: 15 us of 100 on class 1 are less than 18
 * on class 0, so the first two go to accelerators 1 and 2 and the third to 0.
 *
 * MapScore without switches:
 *
 *	accelerator 0				accelerators 1, 2
 *   0	0.34375 * 9 + 1 + 0.9   = 4.99		0.34375 * 2.25 + 1 + 2.25 = 4.02
 *   1	0.6 * 1.67 + 0.83       = 1.83		0.6 * 5 + 2.5             = 5.5
 *   2	0.04 * 3 + 2.5          = 2.62		0.04 * 3 + 1.25           = 1.37
 */
struct golden_pick {
	const char *policy;
	const char *name;
	u32 free[GOLDEN_ACCELS];
	int job_1_ran_on;
	u32 job;
	u32 accel;
};

static const struct golden_pick golden_picks[] = {
	{ "fifo", "all idle", { 1, 1, 1 }, -1, 0, 0 },
	{ "fifo", "0 is busy", { 0, 1, 1 }, -1, 0, 1 },
	{ "edf", "all idle", { 1, 1, 1 }, -1, 1, 1 },
	{ "edf", "only 0 is idle", { 1, 0, 0 }, -1, 1, 0 },
	{ "fifo-static", "all idle", { 1, 1, 1 }, -1, 0, 1 },
	{ "fifo-static", "1 is busy", { 1, 0, 1 }, -1, 1, 2 },
	{ "fifo-static", "only 0 is idle", { 1, 0, 0 }, -1, 2, 0 },
	{ "dream", "all idle", { 1, 1, 1 }, -1, 1, 1 },
	{ "dream", "only 0 is idle", { 1, 0, 0 }, -1, 0, 0 },
	{ "dream", "job 1 is at home on 2", { 1, 1, 1 }, 2, 1, 2 },
	{ "dream", "job 1 is at home on 1", { 1, 1, 1 }, 1, 1, 1 },
	{ "dream", "its home is busy", { 0, 0, 2 }, 1, 1, 2 },
};

static inline int golden_ask(struct golden_bed *bed, const struct golden_pick *g,
			     struct dream_pick *pick)
{
	const struct dream_policy_ops *ops = dream_policy_find(g->policy);
	u32 i;

	golden_bed_init(bed);
	for (i = 0; i < GOLDEN_ACCELS; i++) {
		bed->accel[i].free = g->free[i];
		if (g->job_1_ran_on < 0)
			continue;
		bed->accel[i].last_out_bytes = 1000;
		if ((int)i == g->job_1_ran_on)
			bed->accel[i].last_order = bed->job[1].order;
	}
	if (!ops)
		return -ENOENT;
	for (i = 0; ops->prepare && i < GOLDEN_JOBS; i++)
		ops->prepare(&bed->st, &bed->job[i]);
	return dream_policy_pick(ops, &bed->st, pick);
}

#endif
