// SPDX-License-Identifier: GPL-2.0
/*
 * What holds for every policy in the table, and the specifications of those that
 * order jobs by a key of their own.
 */
#include <math.h>

#include "kselftest_harness.h"
#include "reference.h"
#include "state.h"

#define STATES	10000

FIXTURE(policies) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

typedef FIXTURE_DATA(policies) fixture;

FIXTURE_SETUP(policies)
{
	self->random.state = 41;
}

FIXTURE_TEARDOWN(policies)
{
}

/* As the arbiter does before the first decision on a job. */
static void prepare(const struct dream_policy_ops *ops, struct state *s)
{
	for (u32 j = 0; ops->prepare && j < s->st.job_count; j++)
		ops->prepare(&s->st, s->jobs[j]);
}

static void random_state(fixture *self)
{
	struct state *s = &self->s;

	state_random(s, &self->random);
	for (u32 q = 0; q < STATE_QUEUES; q++) {
		s->queue[q].turn = random_below(&self->random, 4);
		s->queue[q].vruntime = random_below(&self->random, 2) ?
			random_below(&self->random, 3) * 1000000 :
			random_log(&self->random, 60);
	}
	for (u32 j = 0; j < s->st.job_count; j++)
		s->job[j].ran_ns = random_log(&self->random, 24);
}

/* -------------------------------------------------------- for all of them */

/*
 * A policy that starts nothing must be able to rely on a completion: it never does
 * so while all accelerators are idle.
 */
TEST_F(policies, no_standstill)
{
	struct state *s = &self->s;

	for (int i = 0; i < STATES; i++) {
		const struct dream_policy_ops *const *ops;

		random_state(self);
		for (u32 a = 0; a < s->st.accel_count; a++) {
			s->accel[a].free = 1;
			s->accel[a].free_at_ns = s->st.now_ns -
				random_below(&self->random, 1000000);
		}
		s->st.running_count = 0;
		for (ops = dream_policies; *ops; ops++) {
			prepare(*ops, s);
			ASSERT_EQ(0, dream_policy_pick(*ops, &s->st,
						       &self->pick)) {
				TH_LOG("%s", (*ops)->name);
			}
		}
	}
}

/* Every answer names a pair that exists, or says that there is none now. */
TEST_F(policies, answers_are_accepted)
{
	for (int i = 0; i < STATES; i++) {
		const struct dream_policy_ops *const *ops;

		random_state(self);
		for (ops = dream_policies; *ops; ops++) {
			int ret;

			prepare(*ops, &self->s);
			ret = dream_policy_pick(*ops, &self->s.st, &self->pick);
			ASSERT_TRUE(ret == 0 || ret == -EAGAIN) {
				TH_LOG("%s: %d", (*ops)->name, ret);
			}
		}
	}
}

/* score() looks and does not touch. */
TEST_F(policies, scores_change_nothing)
{
	static struct state before;
	struct state *s = &self->s;

	for (int i = 0; i < STATES / 4; i++) {
		const struct dream_policy_ops *const *ops;

		random_state(self);
		for (ops = dream_policies; *ops; ops++) {
			s64 score;

			prepare(*ops, s);
			before = *s;
			for (u32 a = 0; a < s->st.accel_count; a++)
				(*ops)->score(&s->st, s->jobs[0], s->accels[a],
					      &score);
			ASSERT_EQ(0, memcmp(&before, s, sizeof(before))) {
				TH_LOG("%s", (*ops)->name);
			}
		}
	}
}

/* Extreme costs and times: no overflow (the sanitizers look), good answers. */
TEST_F(policies, extremes)
{
	struct random *r = &self->random;
	struct state *s = &self->s;

	for (int i = 0; i < STATES; i++) {
		const struct dream_policy_ops *const *ops;

		random_state(self);
		for (u32 p = 0; p < STATE_PATHS; p++) {
			for (u32 n = 0; n < STATE_LAYERS * STATE_CLASSES; n++) {
				s->lat[p][n] = random_extreme(r) %
					       (3600ULL * 1000000000 + 1);
				s->energy[p][n] = random_extreme(r) %
						  1000000000000001ULL;
			}
			for (u32 l = 0; l < s->path[p].layers; l++) {
				s->layer[p][l].in_bytes = random_log(r, 40);
				s->layer[p][l].out_bytes = random_log(r, 40);
				s->layer[p][l].weight_bytes = random_log(r, 40);
			}
			dream_path_derive(&s->path[p], s->accels_of_class);
		}
		for (u32 j = 0; j < s->st.job_count; j++) {
			struct dream_pjob *job = &s->job[j];

			/* Times are CLOCK_MONOTONIC: below 2^63. */
			job->deadline_ns = random_extreme(r) >> 1;
			job->release_ns = random_below(r, s->st.now_ns + 1);
			job->prev_end_ns = random_in(r, job->release_ns,
						     s->st.now_ns);
			job->queue->weight = random_in(r, 1, 10000);
			job->queue->period_ns = random_below(r, 2) ?
				random_in(r, 1, 3600ULL * 1000000000) : 0;
			job->queue->deadline_ns =
				random_in(r, 1, 3600ULL * 1000000000);
		}
		for (ops = dream_policies; *ops; ops++) {
			int ret;

			prepare(*ops, s);
			ret = dream_policy_pick(*ops, &s->st, &self->pick);
			ASSERT_TRUE(ret == 0 || ret == -EAGAIN) {
				TH_LOG("%s: %d", (*ops)->name, ret);
			}
			if ((*ops)->layer_done)
				(*ops)->layer_done(&s->st, s->jobs[0],
						   s->accels[0],
						   random_extreme(r));
		}
	}
}

/* ------------------------------------- those that order jobs by one number */

/* No idle accelerator is faster; of equal ones it is the one with the smallest id. */
static bool on_fastest_idle(const struct state *s, const struct dream_pair *pair)
{
	const struct dream_pjob *job = s->jobs[pair->job];
	u32 best = DREAM_NO_ACCEL;

	for (u32 a = 0; a < s->st.accel_count; a++) {
		if (!s->accels[a]->free)
			continue;
		if (best == DREAM_NO_ACCEL ||
		    dream_path_lat(job->path, job->layer, s->accels[a]->cls) <
		    dream_path_lat(job->path, job->layer, s->accels[best]->cls))
			best = a;
	}
	return pair->accel == best;
}

/* The job with the smallest key, then the first released, is taken. */
static bool takes_smallest(const struct state *s, const struct dream_pick *pick,
			   const long double *key)
{
	u32 best = 0;

	for (u32 j = 1; j < s->st.job_count; j++)
		if (key[j] < key[best] ||
		    (key[j] == key[best] &&
		     s->jobs[j]->order < s->jobs[best]->order))
			best = j;
	return pick->best.job == best && on_fastest_idle(s, &pick->best);
}

static const struct dream_path_layer *next_of(const struct dream_pjob *job)
{
	return &job->path->layer[job->layer];
}

static long double slack_of(const struct state *s, const struct dream_pjob *job)
{
	return (long double)job->deadline_ns - s->st.now_ns;
}

#define FOR_STATES							\
	for (int i = 0; i < STATES && (random_state(self), true); i++)

TEST_F(policies, llf_takes_the_least_laxity)
{
	const struct dream_policy_ops *ops = dream_policy_find("llf");
	long double key[STATE_JOBS];
	struct state *s = &self->s;

	FOR_STATES {
		for (u32 j = 0; j < s->st.job_count; j++)
			key[j] = slack_of(s, s->jobs[j]) -
				 next_of(s->jobs[j])->rest_min;
		ASSERT_EQ(0, dream_policy_pick(ops, &s->st, &self->pick));
		ASSERT_TRUE(takes_smallest(s, &self->pick, key));
	}
}

TEST_F(policies, rr_takes_the_oldest_turn)
{
	const struct dream_policy_ops *ops = dream_policy_find("rr");
	long double key[STATE_JOBS];
	struct state *s = &self->s;

	FOR_STATES {
		for (u32 j = 0; j < s->st.job_count; j++)
			key[j] = s->jobs[j]->queue->turn;
		ASSERT_EQ(0, dream_policy_pick(ops, &s->st, &self->pick));
		ASSERT_TRUE(takes_smallest(s, &self->pick, key));
	}
}

/* Queues that always have a job get the same number of turns. */
TEST_F(policies, rr_is_fair_in_turns)
{
	const struct dream_policy_ops *ops = dream_policy_find("rr");
	struct state *s = &self->s;
	u32 turns[STATE_QUEUES] = { 0 };

	do {
		state_random(s, &self->random);
	} while (s->st.job_count < STATE_QUEUES);
	s->st.job_count = STATE_QUEUES;
	for (u32 q = 0; q < STATE_QUEUES; q++) {
		s->jobs[q] = &s->job[q];
		s->job[q].queue = &s->queue[q];
	}
	for (int i = 0; i < 10 * STATE_QUEUES; i++) {
		ASSERT_EQ(0, dream_policy_pick(ops, &s->st, &self->pick));
		turns[self->pick.best.job]++;
		ops->layer_done(&s->st, s->jobs[self->pick.best.job],
				s->accels[self->pick.best.accel], 1 + i * 1000);
	}
	for (u32 q = 0; q < STATE_QUEUES; q++)
		EXPECT_EQ(10, turns[q]);
}

TEST_F(policies, fair_takes_the_least_run_time)
{
	const struct dream_policy_ops *ops = dream_policy_find("fair");
	long double key[STATE_JOBS];
	struct state *s = &self->s;

	FOR_STATES {
		/* What does not fit is as good as what just does not. */
		for (u32 j = 0; j < s->st.job_count; j++)
			key[j] = fminl(s->jobs[j]->queue->vruntime, 0x1p63L);
		ASSERT_EQ(0, dream_policy_pick(ops, &s->st, &self->pick));
		ASSERT_TRUE(takes_smallest(s, &self->pick, key));
	}
}

/* Two queues that always have a job share the time by their weights. */
TEST_F(policies, fair_shares_by_weight)
{
	const struct dream_policy_ops *ops = dream_policy_find("fair");
	struct state *s = &self->s;
	u64 time[2] = { 0 };

	do {
		state_random(s, &self->random);
	} while (s->st.job_count < 2);
	s->st.job_count = 2;
	s->st.running_count = 0;
	s->st.min_vruntime = 0;
	for (u32 q = 0; q < 2; q++) {
		s->jobs[q] = &s->job[q];
		s->job[q].queue = &s->queue[q];
		s->queue[q].vruntime = 0;
		s->queue[q].weight = q ? 300 : 100;
	}
	for (int i = 0; i < 4000; i++) {
		u64 ns = random_in(&self->random, 1000, 100000);
		u32 j;

		prepare(ops, s);
		ASSERT_EQ(0, dream_policy_pick(ops, &s->st, &self->pick));
		j = self->pick.best.job;
		time[j] += ns;
		ops->layer_done(&s->st, s->jobs[j], s->accels[0], ns);
	}
	/* Within one layer of each. */
	EXPECT_GE(300000 + 100000, fabsl((long double)time[1] - 3.0L * time[0]));
}

/* Who slept gets no credit for it. */
TEST_F(policies, fair_gives_no_credit)
{
	const struct dream_policy_ops *ops = dream_policy_find("fair");
	struct state *s = &self->s;

	state_random(s, &self->random);
	s->st.job_count = 1;
	s->st.running_count = 0;
	s->jobs[0] = &s->job[0];
	s->job[0].queue = &s->queue[0];
	s->queue[0].vruntime = 5000000;
	ASSERT_EQ(0, dream_policy_pick(ops, &s->st, &self->pick));
	s->job[1].queue = &s->queue[1];
	s->queue[1].vruntime = 10;
	s->queue[2].vruntime = 9000000;
	ops->prepare(&s->st, &s->job[1]);
	EXPECT_EQ(5000000, s->queue[1].vruntime);
	s->job[1].queue = &s->queue[2];
	ops->prepare(&s->st, &s->job[1]);
	EXPECT_EQ(9000000, s->queue[2].vruntime);
}

/* Tokens: weight / 100 * (1 + waited / alone), in steps of 1/65536. */
static u64 tokens_of(const struct state *s, const struct dream_pjob *job)
{
	unsigned __int128 waited = s->st.now_ns - job->release_ns, ratio;

	waited = waited > job->ran_ns ? waited - job->ran_ns : 0;
	ratio = (waited << 16) / job->path->layer[0].rest_min;
	if (ratio > 1ULL << 40)
		ratio = 1ULL << 40;
	return (65536 + ratio) * job->queue->weight / 100;
}

TEST_F(policies, prema_takes_the_shortest_with_enough_tokens)
{
	const struct dream_policy_ops *ops = dream_policy_find("prema");
	long double key[STATE_JOBS];
	struct state *s = &self->s;
	int below = 0;

	FOR_STATES {
		u64 most = 0, enough = 65536;

		for (u32 j = 0; j < s->st.job_count; j++)
			if (tokens_of(s, s->jobs[j]) > most)
				most = tokens_of(s, s->jobs[j]);
		/* The largest power of 3 up to the largest tokens. */
		while (enough * 3 <= most)
			enough *= 3;
		while (enough > most)
			enough /= 3;
		for (u32 j = 0; j < s->st.job_count; j++) {
			key[j] = next_of(s->jobs[j])->rest_mean;
			if (tokens_of(s, s->jobs[j]) < enough) {
				key[j] = 0x1p62L;
				below++;
			}
		}
		ASSERT_EQ(0, dream_policy_pick(ops, &s->st, &self->pick));
		ASSERT_TRUE(takes_smallest(s, &self->pick, key));
	}
	EXPECT_LT(STATES, below);
}

/* The fewest accelerators on which the slack is made, by trying them all. */
static u32 devices_of(const struct state *s, const struct dream_pjob *job)
{
	long double n = s->st.accel_count, slack = slack_of(s, job);
	long double least = next_of(job)->rest_min;
	long double most = next_of(job)->rest_mean;

	for (u32 k = 1; k <= s->st.accel_count; k++) {
		long double time = most;

		if (k == s->st.accel_count)
			time = n > 1 || least > slack ? least : most;
		else if (k > 1)
			time = least + (most - least) * (n - k) / (n - 1);
		if (slack > 0 && time <= slack)
			return k;
	}
	return 0;
}

TEST_F(policies, planaria_counts_devices)
{
	const struct dream_policy_ops *ops = dream_policy_find("planaria");
	long double key[STATE_JOBS];
	struct state *s = &self->s;
	int fits = 0;

	FOR_STATES {
		u32 sum = 0;

		for (u32 j = 0; j < s->st.job_count; j++)
			sum += devices_of(s, s->jobs[j]);
		for (u32 j = 0; j < s->st.running_count; j++)
			sum += devices_of(s, s->running[j]);
		fits += sum <= s->st.accel_count;
		for (u32 j = 0; j < s->st.job_count; j++) {
			u32 devices = devices_of(s, s->jobs[j]);
			long double time = sum <= s->st.accel_count ?
				next_of(s->jobs[j])->rest_mean :
				slack_of(s, s->jobs[j]) * devices;

			/* What cannot be saved comes last. */
			key[j] = devices ? -floorl(0x1p47L *
				s->jobs[j]->queue->weight /
				fmaxl(time, 1000)) : 1;
		}
		ASSERT_EQ(0, dream_policy_pick(ops, &s->st, &self->pick));
		ASSERT_TRUE(takes_smallest(s, &self->pick, key));
	}
	EXPECT_LT(500, fits);
	EXPECT_GT(STATES - 500, fits);
}

/* ------------------------------------------------ waiting for a better one */

/* When accelerator @a is expected to be free. */
static long double available(const struct state *s, u32 a)
{
	const struct dream_paccel *accel = s->accels[a];
	long double late = (long double)s->st.now_ns - accel->free_at_ns;

	if (late <= 0)
		return accel->free_at_ns;
	return s->st.now_ns + (accel->free ? 0 : late);
}

/*
 * MapScore's order; each job takes the accelerator where it ends first, waits if
 * that one is busy, and then others see it as taken.
 */
TEST_F(policies, reserve_waits_for_the_best)
{
	const struct dream_policy_ops *ops = dream_policy_find("dream-reserve");
	struct state *s = &self->s;
	int waited = 0;

	FOR_STATES {
		long double avail[STATE_ACCELS];
		u32 job = DREAM_NO_ACCEL, accel = 0, done = 0;
		int ret;

		for (u32 a = 0; a < s->st.accel_count; a++)
			avail[a] = available(s, a);
		while (done != (1U << s->st.job_count) - 1 &&
		       job == DREAM_NO_ACCEL) {
			s64 best_score = S64_MIN, score;
			u32 best = DREAM_NO_ACCEL, place = 0;

			for (u32 j = 0; j < s->st.job_count; j++) {
				for (u32 a = 0; a < s->st.accel_count; a++) {
					if (done & 1U << j)
						continue;
					ops->score(&s->st, s->jobs[j],
						   s->accels[a], &score);
					if (best != DREAM_NO_ACCEL &&
					    (score < best_score ||
					     (score == best_score &&
					      s->jobs[j]->order >=
					      s->jobs[best]->order)))
						continue;
					best = j;
					best_score = score;
				}
			}
			done |= 1U << best;
			for (u32 a = 0; a < s->st.accel_count; a++) {
				const struct dream_pjob *b = s->jobs[best];
				long double end = avail[a] +
					dream_path_lat(b->path, b->layer,
						       s->accels[a]->cls);
				long double so_far = avail[place] +
					dream_path_lat(b->path, b->layer,
						       s->accels[place]->cls);

				if (end < so_far)
					place = a;
			}
			if (s->accels[place]->free) {
				job = best;
				accel = place;
			} else {
				const struct dream_pjob *b = s->jobs[best];

				avail[place] += dream_path_lat(b->path, b->layer,
						s->accels[place]->cls);
				waited++;
			}
		}
		ret = dream_policy_pick(ops, &s->st, &self->pick);
		ASSERT_EQ(job == DREAM_NO_ACCEL ? -EAGAIN : 0, ret);
		if (ret)
			continue;
		ASSERT_EQ(job, self->pick.best.job);
		ASSERT_EQ(accel, self->pick.best.accel);
	}
	EXPECT_LT(STATES / 2, waited);
}

/* ----------------------------------------------------------------- sorting */

TEST_F(policies, sort)
{
	struct dream_sort v[STATE_JOBS * 4];

	for (int i = 0; i < STATES; i++) {
		u32 n = random_below(&self->random, STATE_JOBS * 4 + 1);
		u64 sum = 0, after = 0;

		for (u32 k = 0; k < n; k++) {
			v[k].key = random_below(&self->random, 2) ?
				   (s64)random_u64(&self->random) :
				   (s64)random_below(&self->random, 3) - 1;
			v[k].order = random_below(&self->random, 5);
			v[k].job = k;
			sum += 1ULL << k;
		}
		dream_sort(v, n);
		for (u32 k = 0; k < n; k++) {
			after += 1ULL << v[k].job;
			if (!k)
				continue;
			ASSERT_LE(v[k - 1].key, v[k].key);
			ASSERT_TRUE(v[k - 1].key < v[k].key ||
				    v[k - 1].order <= v[k].order);
		}
		ASSERT_EQ(sum, after);
	}
}

TEST_HARNESS_MAIN
