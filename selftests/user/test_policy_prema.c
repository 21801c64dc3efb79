// SPDX-License-Identifier: GPL-2.0
/* Policy prema: tokens, the threshold, and the shortest job above it. */
#include "kselftest_harness.h"
#include "handmade.h"

static const u64 brief[] = { 1000000 };
static const u64 lengthy[] = { 4000000 };

FIXTURE(prema) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(prema)
{
	self->random.state = 35;
	hand_begin(&self->s, 1);
}

FIXTURE_TEARDOWN(prema)
{
}

static u32 picked(struct state *s, struct dream_pick *pick)
{
	return dream_policy_pick(&dream_policy_prema, &s->st, pick) ? U32_MAX :
	       s->jobs[pick->best.job] - s->job;
}

static struct dream_pjob *waited(struct dream_pjob *job, s64 ns)
{
	job->release_ns -= ns;
	return job;
}

/* Nobody has waited: all have one token, and the shortest goes. */
TEST_F(prema, shortest_of_equals)
{
	struct state *s = &self->s;

	hand_job(s, HAND_MS, 1, lengthy);
	hand_job(s, HAND_MS, 1, brief);
	EXPECT_EQ(1, picked(s, &self->pick));
}

/* The long one has 4 tokens, the threshold is 3, the short one is below it ... */
TEST_F(prema, tokens_beat_length)
{
	struct state *s = &self->s;

	waited(hand_job(s, HAND_MS, 1, lengthy), 12 * HAND_MS);
	hand_job(s, HAND_MS, 1, brief);
	EXPECT_EQ(0, picked(s, &self->pick));
	/* ... until it has waited twice its time ... */
	waited(&s->job[1], 2 * HAND_MS - 100);
	EXPECT_EQ(0, picked(s, &self->pick));
	waited(&s->job[1], 200);
	EXPECT_EQ(1, picked(s, &self->pick));
	/* ... and the long one has not got 9 tokens. */
	waited(&s->job[0], 20 * HAND_MS);
	EXPECT_EQ(0, picked(s, &self->pick));
}

/* Time that its layers have run is not waiting. */
TEST_F(prema, running_earns_nothing)
{
	struct state *s = &self->s;

	waited(hand_job(s, HAND_MS, 1, lengthy), 12 * HAND_MS);
	hand_job(s, HAND_MS, 1, brief);
	dream_policy_prema.layer_done(&s->st, &s->job[0], s->accels[0],
				      4 * HAND_MS);
	EXPECT_EQ(0, picked(s, &self->pick));
	dream_policy_prema.layer_done(&s->st, &s->job[0], s->accels[0],
				      HAND_MS);
	EXPECT_EQ(1, picked(s, &self->pick));
	s->job[0].ran_ns = 4 * HAND_MS;
	EXPECT_EQ(0, picked(s, &self->pick));
}

TEST_F(prema, priority_counts)
{
	struct state *s = &self->s;

	hand_job(s, HAND_MS, 1, lengthy)->queue->weight = 300;
	hand_job(s, HAND_MS, 1, brief);
	EXPECT_EQ(0, picked(s, &self->pick));
	s->queue[0].weight = 299;
	EXPECT_EQ(1, picked(s, &self->pick));
}

/* Below one token the levels go on: 1/3 for the largest tokens of 0.4. */
TEST_F(prema, small_weights)
{
	struct state *s = &self->s;

	hand_job(s, HAND_MS, 1, lengthy)->queue->weight = 40;
	hand_job(s, HAND_MS, 1, brief)->queue->weight = 34;
	EXPECT_EQ(1, picked(s, &self->pick));
	s->queue[1].weight = 33;
	EXPECT_EQ(0, picked(s, &self->pick));
}

/* What is left counts for length, not what has been executed. */
TEST_F(prema, shortest_rest)
{
	static const u64 two[] = { 1900000, 900000 };
	struct state *s = &self->s;

	hand_job(s, HAND_MS, 2, two);
	hand_job(s, HAND_MS, 1, brief);
	EXPECT_EQ(1, picked(s, &self->pick));
	s->job[0].layer = 1;
	EXPECT_EQ(0, picked(s, &self->pick));
}

/* A stream of short jobs cannot keep a long one out for ever. */
TEST_F(prema, nobody_starves)
{
	struct state *s = &self->s;
	int rounds;

	hand_job(s, HAND_MS, 1, lengthy);
	hand_job(s, HAND_MS, 1, brief);
	for (rounds = 0; picked(s, &self->pick) == 1; rounds++) {
		ASSERT_GT(100, rounds);
		s->st.now_ns += HAND_MS;
		s->job[1].release_ns = s->st.now_ns;
	}
	EXPECT_LT(4, rounds);
}

static double tokens(const struct state *s, const struct dream_pjob *job)
{
	double wait = (double)s->st.now_ns - job->release_ns - job->ran_ns;

	return job->queue->weight / 100.0 *
	       (1 + (wait > 0 ? wait : 0) / job->path->layer[0].rest_min);
}

/* By definition, where no job is close to the threshold. */
TEST_F(prema, by_definition)
{
	struct state *s = &self->s;
	int judged = 0;

	for (int i = 0; i < 20000; i++) {
		const struct dream_pjob *want = NULL;
		double most = 0, limit = 1;
		bool close = false;

		state_random(s, &self->random);
		for (u32 j = 0; j < s->st.job_count; j++)
			most = max(most, tokens(s, s->jobs[j]));
		while (limit * 3 <= most)
			limit *= 3;
		while (limit > most)
			limit /= 3;
		close = most / limit > 2.99 || most / limit < 1.01;
		for (u32 j = 0; j < s->st.job_count; j++) {
			const struct dream_pjob *job = s->jobs[j];
			double have = tokens(s, job) / limit;
			u64 rest = job->path->layer[job->layer].rest_mean, best;

			close |= have > 0.99 && have < 1.01;
			if (have < 1)
				continue;
			best = want ? want->path->layer[want->layer].rest_mean : 0;
			if (!want || rest < best ||
			    (rest == best && job->order < want->order))
				want = job;
		}
		if (close)
			continue;
		judged++;
		ASSERT_EQ(0, dream_policy_pick(&dream_policy_prema, &s->st,
					       &self->pick));
		ASSERT_EQ(want, s->jobs[self->pick.best.job]);
	}
	EXPECT_LT(10000, judged);
}

TEST_F(prema, is_sound)
{
	for (int i = 0; i < 20000; i++) {
		const char *wrong;

		state_random(&self->s, &self->random);
		if (i % 2)
			state_extreme(&self->s, &self->random);
		wrong = unsound(&dream_policy_prema, &self->s, &self->random);
		ASSERT_EQ(NULL, wrong)
			TH_LOG("%s", wrong);
	}
}

TEST_HARNESS_MAIN
