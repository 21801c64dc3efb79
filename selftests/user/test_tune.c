// SPDX-License-Identifier: GPL-2.0
/*
 * The online tuner: what it promises about where it is, and that it finds the bottom
 * of a bowl, with and without noise.
 */
#include "kmod/tune.h"
#include "kselftest_harness.h"
#include "random.h"

/* Windows after which a search is over, with room to spare. */
#define WINDOWS_MAX	400

/**
 * struct bowl - a convex cost
 * @alpha: of its bottom, thousandths
 * @beta: likewise
 * @noise: how far a window is off, 1/1000 of the cost
 */
struct bowl {
	s64 alpha;
	s64 beta;
	u32 noise;
};

static u64 square(s64 x)
{
	return (u64)(x * x);
}

/* At the bottom 1.0, at the far end of the range 5.0 to 17.0. */
static u64 depth_at(const struct bowl *b, u32 alpha, u32 beta)
{
	return 1000000 + 2 * (square(alpha - b->alpha) + square(beta - b->beta));
}

static u64 measure(const struct bowl *b, const struct dream_tuner *t,
		   struct random *r)
{
	u64 cost = depth_at(b, t->alpha, t->beta);

	if (b->noise)
		cost = cost / 1000 * (1000 - b->noise +
				      random_below(r, 2 * b->noise + 1));
	return cost;
}

static bool away(const struct dream_tuner *t)
{
	return t->alpha != t->centre_alpha || t->beta != t->centre_beta;
}

FIXTURE(tune) {
	struct dream_tuner t;
	struct random r;
};

FIXTURE_SETUP(tune)
{
	self->r.state = 1;
}

FIXTURE_TEARDOWN(tune)
{
}

/* Searches until the end, at most WINDOWS_MAX windows; returns how many it took. */
static int search(struct __test_metadata *_metadata, struct _test_data_tune *self,
		  const struct bowl *bowl)
{
	struct dream_tuner *t = &self->t;
	int window, alone = 0;

	for (window = 0; window < WINDOWS_MAX && !dream_tuner_done(t); window++) {
		u32 alpha = t->alpha, beta = t->beta;
		bool changed;

		EXPECT_LE(t->alpha, (u32)DREAM_TUNE_MAX);
		EXPECT_LE(t->beta, (u32)DREAM_TUNE_MAX);
		alone = away(t) ? alone + 1 : 0;
		EXPECT_LE(alone, 1);
		changed = dream_tuner_window(t, measure(bowl, t, &self->r), 1);
		EXPECT_EQ(changed, t->alpha != alpha || t->beta != beta);
	}
	EXPECT_TRUE(dream_tuner_done(t));
	EXPECT_FALSE(away(t));
	return window;
}

TEST_F(tune, first_window_is_of_the_start)
{
	dream_tuner_start(&self->t, 1000, 300);
	EXPECT_EQ(1000, self->t.alpha);
	EXPECT_EQ(300, self->t.beta);
	EXPECT_FALSE(dream_tuner_done(&self->t));
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
	EXPECT_TRUE(away(&self->t));
}

TEST_F(tune, finds_the_bottom_of_a_bowl)
{
	u32 start, step = 500;
	struct bowl bowl;
	s64 a, b;

	for (a = 0; a <= DREAM_TUNE_MAX; a += 250) {
		for (b = 0; b <= DREAM_TUNE_MAX; b += 250) {
			bowl = (struct bowl) { a, b, 0 };
			for (start = 0; start <= DREAM_TUNE_MAX; start += step) {
				u64 end, begin = depth_at(&bowl, start, 1000);

				dream_tuner_start(&self->t, start, 1000);
				search(_metadata, self, &bowl);
				end = depth_at(&bowl, self->t.alpha,
					       self->t.beta);
				EXPECT_LE(end, begin);
				/* What is left is less than a step can gain. */
				EXPECT_LE(end, 1250000);
			}
		}
	}
}

TEST_F(tune, keeps_within_bounds_at_the_corners)
{
	const struct bowl far[] = {
		{ -2000, -2000, 0 }, { -2000, 4000, 0 }, { 4000, -2000, 0 },
		{ 4000, 4000, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		dream_tuner_start(&self->t, 1000, 1000);
		search(_metadata, self, &far[i]);
		EXPECT_EQ(far[i].alpha < 0 ? 0 : DREAM_TUNE_MAX,
			  self->t.alpha);
		EXPECT_EQ(far[i].beta < 0 ? 0 : DREAM_TUNE_MAX, self->t.beta);
	}
}

TEST_F(tune, stays_where_nothing_is_better)
{
	const struct bowl flat = { 1000, 1000, 0 };

	dream_tuner_start(&self->t, 1000, 1000);
	search(_metadata, self, &flat);
	EXPECT_EQ(1000, self->t.alpha);
	EXPECT_EQ(1000, self->t.beta);
	EXPECT_EQ(0, self->t.moves);
}

TEST_F(tune, ends_in_spite_of_noise)
{
	struct bowl bowl = { .noise = 15 };
	u64 before = 0, after = 0;
	int round;

	for (round = 0; round < 500; round++) {
		u32 alpha = random_below(&self->r, DREAM_TUNE_MAX + 1);
		u32 beta = random_below(&self->r, DREAM_TUNE_MAX + 1);

		bowl.alpha = random_below(&self->r, DREAM_TUNE_MAX + 1);
		bowl.beta = random_below(&self->r, DREAM_TUNE_MAX + 1);
		before += depth_at(&bowl, alpha, beta);
		dream_tuner_start(&self->t, alpha, beta);
		search(_metadata, self, &bowl);
		after += depth_at(&bowl, self->t.alpha, self->t.beta);
	}
	EXPECT_LT(after, before / 2);
}

/* A drift that has nothing to do with the weights moves nobody. */
TEST_F(tune, a_steady_drift_is_no_gain)
{
	u64 cost = S64_MAX;
	int window;

	dream_tuner_start(&self->t, 1000, 1000);
	for (window = 0; window < WINDOWS_MAX; window++) {
		dream_tuner_window(&self->t, cost, 1);
		cost -= cost / 100 * 11;
	}
	EXPECT_EQ(0, self->t.moves);
	EXPECT_TRUE(dream_tuner_done(&self->t));
}

/* The load falls during a trial: what comes behind it tells. */
TEST_F(tune, a_load_that_falls_is_no_gain)
{
	dream_tuner_start(&self->t, 1000, 1000);
	dream_tuner_window(&self->t, 1000000, 1);
	EXPECT_TRUE(away(&self->t));
	dream_tuner_window(&self->t, 200000, 1);
	dream_tuner_window(&self->t, 200000, 1);
	EXPECT_EQ(0, self->t.moves);
	/* Nor one that rises. */
	EXPECT_TRUE(away(&self->t));
	dream_tuner_window(&self->t, 195000, 1);
	dream_tuner_window(&self->t, 1000000, 1);
	EXPECT_EQ(0, self->t.moves);
}

/* No frame has ended: that is no low cost. */
TEST_F(tune, an_empty_window_says_nothing)
{
	dream_tuner_start(&self->t, 1000, 1000);
	EXPECT_FALSE(dream_tuner_window(&self->t, 0, 0));
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
	EXPECT_TRUE(dream_tuner_window(&self->t, 0, 0));
	EXPECT_FALSE(away(&self->t));
	dream_tuner_window(&self->t, 1000000, 1);
	EXPECT_EQ(0, self->t.moves);
	EXPECT_EQ(0, self->t.failed);
	/* Behind a trial, too. */
	EXPECT_TRUE(away(&self->t));
	dream_tuner_window(&self->t, 500000, 1);
	EXPECT_FALSE(dream_tuner_window(&self->t, 0, 0));
	EXPECT_EQ(0, self->t.failed);
	dream_tuner_window(&self->t, 1000000, 1);
	EXPECT_EQ(0, self->t.moves);
}

/* Where nothing is violated a trial has a deadline to lose. */
TEST_F(tune, no_trials_while_all_is_met)
{
	int window;

	dream_tuner_start(&self->t, 1000, 1000);
	for (window = 0; window < 20; window++) {
		EXPECT_FALSE(dream_tuner_window(&self->t, 1000000, 0));
		EXPECT_FALSE(away(&self->t));
	}
	EXPECT_FALSE(dream_tuner_done(&self->t));
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
	/* The trial is cut off like any other, and waits for the next trouble. */
	EXPECT_TRUE(dream_tuner_window(&self->t, 2000000, 0));
	EXPECT_FALSE(dream_tuner_window(&self->t, 1000000, 0));
	EXPECT_FALSE(away(&self->t));
}

/* A trial that was better by chance: the first window there tells. */
TEST_F(tune, a_move_that_does_not_last_is_taken_back)
{
	dream_tuner_start(&self->t, 1000, 1000);
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
	EXPECT_TRUE(dream_tuner_window(&self->t, 500000, 1));
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
	EXPECT_EQ(1, self->t.moves);
	EXPECT_FALSE(away(&self->t));
	EXPECT_NE(1000, self->t.centre_alpha);
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
	EXPECT_FALSE(away(&self->t));
	EXPECT_EQ(1000, self->t.centre_alpha);
	EXPECT_EQ(1000, self->t.centre_beta);
	/* The centre is measured anew, then another direction is tried. */
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
	EXPECT_EQ(1000, self->t.alpha);
	EXPECT_NE(1000, self->t.beta);
}

/* What was better is gone on with in the same direction. */
TEST_F(tune, goes_on_where_it_gained)
{
	dream_tuner_start(&self->t, 2000, 1000);
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
	EXPECT_EQ(1500, self->t.alpha);
	dream_tuner_window(&self->t, 800000, 1);
	dream_tuner_window(&self->t, 1000000, 1);
	EXPECT_EQ(1500, self->t.alpha);
	EXPECT_TRUE(dream_tuner_window(&self->t, 800000, 1));
	EXPECT_EQ(1000, self->t.alpha);
	EXPECT_EQ(1000, self->t.beta);
}

TEST_F(tune, a_finished_search_stays_until_it_is_started_again)
{
	const struct bowl bowl = { 250, 500, 0 };
	u32 alpha, beta;
	int i;

	dream_tuner_start(&self->t, 1000, 1000);
	search(_metadata, self, &bowl);
	alpha = self->t.alpha;
	beta = self->t.beta;
	for (i = 0; i < 20; i++)
		EXPECT_FALSE(dream_tuner_window(&self->t, 1000 * i, i));
	EXPECT_EQ(alpha, self->t.alpha);
	EXPECT_EQ(beta, self->t.beta);
	dream_tuner_start(&self->t, alpha, beta);
	EXPECT_FALSE(dream_tuner_done(&self->t));
	EXPECT_EQ(DREAM_TUNE_RADIUS, self->t.radius);
	EXPECT_TRUE(dream_tuner_window(&self->t, 1000000, 1));
}

TEST_F(tune, any_cost_is_taken)
{
	int window;

	dream_tuner_start(&self->t, 0, DREAM_TUNE_MAX);
	for (window = 0; window < 100000; window++) {
		dream_tuner_window(&self->t, random_extreme(&self->r) >> 1,
				   random_below(&self->r, 3));
		EXPECT_LE(self->t.alpha, (u32)DREAM_TUNE_MAX);
		EXPECT_LE(self->t.beta, (u32)DREAM_TUNE_MAX);
		if (dream_tuner_done(&self->t))
			dream_tuner_start(&self->t, self->t.alpha,
					  self->t.beta);
	}
}

TEST_HARNESS_MAIN
