/* SPDX-License-Identifier: GPL-2.0 */
/*
 * States made by hand, in which the right answer is obvious, and what holds for the
 * answer of every policy in every state.
 */
#ifndef _TEST_HANDMADE_H
#define _TEST_HANDMADE_H

#include "state.h"

#define HAND_NOW	1000000000ULL
#define HAND_MS		1000000LL

void hand_begin(struct state *s, u32 accels);
struct dream_pjob *hand_job(struct state *s, s64 slack_ns, u32 layers,
			    const u64 *lat_ns);
void hand_energy(struct state *s, const struct dream_pjob *job, u32 layer,
		 const u64 *energy_nj);
void hand_gate(struct state *s, const struct dream_pjob *job, u32 layer,
	       u32 target, u32 ppm);
void hand_busy(struct state *s, u32 accel, s64 free_in_ns);
struct dream_pjob *hand_run(struct state *s, struct dream_pjob *job);

void state_extreme(struct state *s, struct random *r);
void state_prepare(const struct dream_policy_ops *ops, struct state *s);
const char *unsound(const struct dream_policy_ops *ops, struct state *s,
		    struct random *r);

#endif
