/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replaying a recording: the simulator's engine in the world that was recorded.
 *
 * Frames arrive as they did; a frame that a parent's frame has asked for arrives when
 * that one is done. Gates are taken as they were, where the same variant runs.
 * Layers cost what they have cost on the average. Of what the recording cannot know,
 * because the frame was given up or another variant runs, chance decides, as often as
 * in the rest of the recording, and always in the same way.
 */
#ifndef DREAMCTL_REPLAY_H
#define DREAMCTL_REPLAY_H

#include "recording.h"
#include "tools/dreamsim/sim.h"

struct replay;

struct replay *replay_new(struct recording *recording);
void replay_free(struct replay *replay);

int replay_setup(const struct replay *replay, struct sim_setup *setup);

/**
 * struct replay_match - how far a replay is what was recorded
 * @frames: recorded frames whose end the scheduler has decided
 * @differing: frames that ended in another way
 * @recorded: recorded frames by enum frame_end
 */
struct replay_match {
	uint64_t frames;
	uint64_t differing;
	uint64_t recorded[FRAME_ENDS];
};

/* More than this share of differing frames: it is not the same. */
#define REPLAY_TOLERANCE	0.05

void replay_compare(const struct recording *recording,
		    const struct sim_result *result,
		    struct replay_match *match);
bool replay_matches(const struct replay_match *match);

#endif
