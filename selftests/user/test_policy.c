// SPDX-License-Identifier: GPL-2.0
/*
 * Each policy against its specification, by brute force on random states; the
 * search that they share; what the arbiter does not accept as an answer.
 */
#include <math.h>

#include "kselftest_harness.h"
#include "reference.h"
#include "state.h"

#define STATES	20000

FIXTURE(policy) {
	struct random random;
	struct state s;
	struct dream_pick pick;
};

FIXTURE_SETUP(policy)
{
	self->random.state = 21;
}

FIXTURE_TEARDOWN(policy)
{
}

static const struct dream_pjob *best_job(const struct state *s,
					 const struct dream_pick *pick)
{
	return s->jobs[pick->best.job];
}

static const struct dream_paccel *best_accel(const struct state *s,
					     const struct dream_pick *pick)
{
	return s->accels[pick->best.accel];
}

/* ------------------------------------------------------------------- fifo */

TEST_F(policy, fifo_takes_the_first_released_and_the_first_idle)
{
	struct state *s = &self->s;

	for (int i = 0; i < STATES; i++) {
		u64 first = U64_MAX;
		u32 id = U32_MAX;

		state_random(s, &self->random);
		for (u32 j = 0; j < s->st.job_count; j++)
			if (s->jobs[j]->order < first)
				first = s->jobs[j]->order;
		for (u32 a = 0; a < s->st.accel_count; a++)
			if (s->accels[a]->free && s->accels[a]->id < id)
				id = s->accels[a]->id;

		ASSERT_EQ(0, dream_policy_pick(&dream_policy_fifo, &s->st,
					       &self->pick));
		ASSERT_EQ(first, best_job(s, &self->pick)->order);
		ASSERT_EQ(id, best_accel(s, &self->pick)->id);
	}
}

/* -------------------------------------------------------------------- edf */

static bool due_before(const struct dream_pjob *a, const struct dream_pjob *b)
{
	return a->deadline_ns < b->deadline_ns ||
	       (a->deadline_ns == b->deadline_ns && a->order < b->order);
}

/* Is @job to come @rank-th by deadline? */
static bool has_rank(const struct state *s, const struct dream_pjob *job,
		     u32 rank)
{
	for (u32 j = 0; j < s->st.job_count; j++)
		rank -= due_before(s->jobs[j], job);
	return rank == 0;
}

/* No idle accelerator is faster, and none as fast has a smaller id. */
static bool is_fastest_idle(const struct state *s, const struct dream_pjob *job,
			    const struct dream_paccel *accel)
{
	u64 lat = dream_path_lat(job->path, job->layer, accel->cls);

	if (!accel->free)
		return false;
	for (u32 a = 0; a < s->st.accel_count; a++) {
		const struct dream_paccel *other = s->accels[a];
		u64 other_lat = dream_path_lat(job->path, job->layer, other->cls);

		if (other->free && (other_lat < lat ||
				    (other_lat == lat && other->id < accel->id)))
			return false;
	}
	return true;
}

TEST_F(policy, edf_takes_the_earliest_deadline_and_the_fastest_idle)
{
	struct state *s = &self->s;
	const struct dream_pick *pick = &self->pick;

	for (int i = 0; i < STATES; i++) {
		state_random(s, &self->random);
		ASSERT_EQ(0, dream_policy_pick(&dream_policy_edf, &s->st,
					       &self->pick));
		ASSERT_TRUE(has_rank(s, best_job(s, pick), 0));
		ASSERT_TRUE(is_fastest_idle(s, best_job(s, pick),
					    best_accel(s, pick)));
		ASSERT_EQ(s->st.job_count > 1, pick->has_second);
		if (!pick->has_second)
			continue;
		ASSERT_TRUE(has_rank(s, s->jobs[pick->second.job], 1));
		ASSERT_TRUE(is_fastest_idle(s, s->jobs[pick->second.job],
					    s->accels[pick->second.accel]));
	}
}

TEST_F(policy, edf_scores_by_deadline)
{
	struct state *s = &self->s;

	for (int i = 0; i < 1000; i++) {
		const struct dream_pjob *a, *b;
		s64 score_a, score_b;

		state_random(s, &self->random);
		a = s->jobs[0];
		b = s->jobs[s->st.job_count - 1];
		ASSERT_TRUE(dream_policy_edf.score(&s->st, a, s->accels[0],
						   &score_a));
		ASSERT_TRUE(dream_policy_edf.score(&s->st, b, s->accels[0],
						   &score_b));
		ASSERT_EQ(a->deadline_ns < b->deadline_ns, score_a > score_b);
	}
}

/* ------------------------------------------------------------ fifo-static */

/* Load that the job's queue would put on a class: its time over its period. */
static u64 load_on(const struct dream_pjob *job, u32 cls)
{
	u64 period = job->queue->period_ns;
	unsigned __int128 time = 0;

	if (!period)
		period = job->queue->deadline_ns;
	for (u32 l = 0; l < job->path->layers; l++)
		time += dream_path_lat(job->path, l, cls);
	return (u64)((time << 16) / period);
}

static void prepare_all(struct state *s)
{
	for (u32 j = 0; j < s->st.job_count; j++)
		dream_policy_fifo_static.prepare(&s->st, s->jobs[j]);
}

/* A queue goes where the load is smallest with it, and stays. */
TEST_F(policy, fifo_static_pins_by_load)
{
	struct state *s = &self->s;

	for (int i = 0; i < STATES; i++) {
		u64 load[STATE_ACCELS] = { 0 };
		u32 pin[STATE_QUEUES];

		state_random(s, &self->random);
		for (u32 q = 0; q < STATE_QUEUES; q++)
			pin[q] = DREAM_NO_ACCEL;

		for (u32 j = 0; j < s->st.job_count; j++) {
			const struct dream_pjob *job = s->jobs[j];
			u32 q = job->queue - s->queue, best = 0;

			if (pin[q] == DREAM_NO_ACCEL) {
				for (u32 a = 1; a < s->st.accel_count; a++)
					if (load[a] + load_on(job, s->accels[a]->cls) <
					    load[best] +
					    load_on(job, s->accels[best]->cls))
						best = a;
				load[best] += load_on(job, s->accels[best]->cls);
				pin[q] = s->accels[best]->id;
			}
			dream_policy_fifo_static.prepare(&s->st, s->jobs[j]);
			ASSERT_EQ(pin[q], job->queue->pin);
		}
		for (u32 a = 0; a < s->st.accel_count; a++)
			ASSERT_EQ(load[a], s->accels[a]->pin_load);
	}
}

TEST_F(policy, fifo_static_keeps_to_its_pins)
{
	struct state *s = &self->s;
	int waiting = 0;

	for (int i = 0; i < STATES; i++) {
		const struct dream_pjob *want = NULL;
		int ret;

		state_random(s, &self->random);
		prepare_all(s);
		for (u32 j = 0; j < s->st.job_count; j++) {
			const struct dream_pjob *job = s->jobs[j];
			bool idle = false;

			for (u32 a = 0; a < s->st.accel_count; a++)
				if (s->accels[a]->id == job->queue->pin)
					idle = s->accels[a]->free;
			if (idle && (!want || job->order < want->order))
				want = job;
		}
		ret = dream_policy_pick(&dream_policy_fifo_static, &s->st,
					&self->pick);
		if (!want) {
			ASSERT_EQ(-EAGAIN, ret);
			waiting++;
			continue;
		}
		ASSERT_EQ(0, ret);
		ASSERT_EQ(want, best_job(s, &self->pick));
		ASSERT_EQ(want->queue->pin, best_accel(s, &self->pick)->id);
	}
	/* Jobs do wait for a pinned accelerator while another one is idle. */
	EXPECT_GT(waiting, 100);
}

TEST_F(policy, fifo_static_takes_back_the_load_of_a_queue)
{
	struct state *s = &self->s;

	for (int i = 0; i < 2000; i++) {
		state_random(s, &self->random);
		prepare_all(s);
		for (u32 q = 0; q < STATE_QUEUES; q++) {
			u64 before = 0, after = 0, load = s->queue[q].pin_load;

			for (u32 a = 0; a < s->st.accel_count; a++)
				before += s->accels[a]->pin_load;
			dream_policy_fifo_static.queue_gone(&s->st, &s->queue[q]);
			for (u32 a = 0; a < s->st.accel_count; a++)
				after += s->accels[a]->pin_load;
			ASSERT_EQ(before - load, after);
			ASSERT_EQ(DREAM_NO_ACCEL, s->queue[q].pin);
		}
		for (u32 a = 0; a < s->st.accel_count; a++)
			ASSERT_EQ(0, s->accels[a]->pin_load);
	}
}

/* A queue whose accelerator has gone is pinned anew; the others stay. */
TEST_F(policy, fifo_static_survives_its_accelerator)
{
	struct state *s = &self->s;

	for (int i = 0; i < 2000; i++) {
		u32 gone, pin[STATE_QUEUES];

		do {
			state_random(s, &self->random);
		} while (s->st.accel_count < 2);
		prepare_all(s);
		for (u32 q = 0; q < STATE_QUEUES; q++)
			pin[q] = s->queue[q].pin;
		gone = s->accels[0]->id;
		s->st.accels++;
		s->st.accel_count--;
		prepare_all(s);
		for (u32 q = 0; q < STATE_QUEUES; q++) {
			if (pin[q] == gone) {
				ASSERT_NE(gone, s->queue[q].pin);
			} else {
				ASSERT_EQ(pin[q], s->queue[q].pin);
			}
		}
	}
}

/* ------------------------------------------------------------------ dream */

/* MapScore of structures is MapScore of what they mean. */
TEST_F(policy, dream_scores_what_the_structures_mean)
{
	struct state *s = &self->s;

	for (int i = 0; i < STATES; i++) {
		struct dream_score_in in = { 0 };
		const struct dream_pjob *job;
		const struct dream_paccel *accel;
		struct dream_terms terms;
		struct reference ref;
		s64 score;

		state_random(s, &self->random);
		job = s->jobs[random_below(&self->random, s->st.job_count)];
		accel = s->accels[random_below(&self->random,
					       s->st.accel_count)];
		dream_job_terms(&s->st, job, accel, &terms);
		reference_job_terms(&s->st, job, accel, &ref);
		in.alpha = s->params.alpha;
		in.beta = s->params.beta;

		ASSERT_LE(fabsl(ref.urgency - fixed_to_real(terms.urgency)),
			  term_error(ref.urgency));
		ASSERT_LE(fabsl(ref.lat_pref - fixed_to_real(terms.lat_pref)),
			  term_error(ref.lat_pref));
		ASSERT_LE(fabsl(ref.starvation -
				fixed_to_real(terms.starvation)),
			  term_error(ref.starvation));
		ASSERT_LE(fabsl(ref.en_pref - fixed_to_real(terms.en_pref)),
			  term_error(ref.en_pref));
		ASSERT_LE(fabsl(ref.switch_cost -
				fixed_to_real(terms.switch_cost)),
			  term_error(ref.switch_cost));
		ASSERT_LE(fabsl(ref.map_score - fixed_to_real(terms.map_score)),
			  map_score_error(&ref, &in));
		ASSERT_TRUE(dream_policy_dream.score(&s->st, job, accel, &score));
		ASSERT_EQ(terms.map_score, score);
	}
}

/* The job that ran last goes on without a switch; nobody else does. */
TEST_F(policy, dream_counts_a_switch_for_others_only)
{
	struct state *s = &self->s;

	for (int i = 0; i < 2000; i++) {
		struct dream_terms own, other;

		state_random(s, &self->random);
		s->params.switch_pj = 1000000;
		s->accels[0]->last_out_bytes = 1000000;
		s->accels[0]->last_order = s->jobs[0]->order;
		dream_job_terms(&s->st, s->jobs[0], s->accels[0], &own);
		s->accels[0]->last_order = s->jobs[0]->order + 1;
		dream_job_terms(&s->st, s->jobs[0], s->accels[0], &other);
		ASSERT_EQ(0, own.switch_cost);
		ASSERT_LT(0, other.switch_cost);
	}
}

/* ------------------------------------------------------ the common search */

/* The order of pairs: score, then first released, then the smaller id. */
static bool better(const struct state *s, const struct dream_pair *a,
		   const struct dream_pair *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	if (a->job != b->job)
		return s->jobs[a->job]->order < s->jobs[b->job]->order;
	return s->accels[a->accel]->id < s->accels[b->accel]->id;
}

static bool same(const struct dream_pair *a, const struct dream_pair *b)
{
	return a->job == b->job && a->accel == b->accel && a->score == b->score;
}

/* Pairs that @ops allows, best first. */
static u32 sorted_pairs(const struct dream_policy_ops *ops, struct state *s,
			struct dream_pair *pairs)
{
	u32 count = 0;

	for (u32 j = 0; j < s->st.job_count; j++) {
		for (u32 a = 0; a < s->st.accel_count; a++) {
			struct dream_pair pair = { .job = j, .accel = a };
			u32 at = count;

			if (!s->accels[a]->free ||
			    !ops->score(&s->st, s->jobs[j], s->accels[a],
					&pair.score))
				continue;
			for (; at && better(s, &pair, &pairs[at - 1]); at--)
				pairs[at] = pairs[at - 1];
			pairs[at] = pair;
			count++;
		}
	}
	return count;
}

static const struct dream_policy_ops *const searching[] = {
	&dream_policy_dream, &dream_policy_fifo, &dream_policy_fifo_static,
};

TEST_F(policy, search_finds_the_two_best_pairs)
{
	struct dream_pair pairs[STATE_JOBS * STATE_ACCELS];
	struct state *s = &self->s;
	int ties = 0;

	for (int i = 0; i < STATES; i++) {
		const struct dream_policy_ops *ops = searching[i % 3];
		u32 count;
		int ret;

		state_random(s, &self->random);
		prepare_all(s);
		count = sorted_pairs(ops, s, pairs);
		ret = dream_pick_best(ops, &s->st, &self->pick);
		ASSERT_EQ(count ? 0 : -EAGAIN, ret);
		ASSERT_EQ(count, s->st.evaluations);
		if (!count)
			continue;
		ASSERT_TRUE(same(&pairs[0], &self->pick.best));
		ASSERT_EQ(count > 1, self->pick.has_second);
		if (count > 1) {
			ASSERT_TRUE(same(&pairs[1], &self->pick.second));
			ties += pairs[0].score == pairs[1].score &&
				pairs[0].job != pairs[1].job;
		}
	}
	/* The rule for ties between jobs has been at work. */
	EXPECT_GT(ties, 20);
}

TEST_F(policy, order_of_the_list_does_not_matter)
{
	struct state *s = &self->s;

	for (int i = 0; i < STATES; i++) {
		const struct dream_policy_ops *const *ops;

		state_random(s, &self->random);
		prepare_all(s);
		for (ops = dream_policies; *ops; ops++) {
			const struct dream_pjob *job;
			u32 accel;
			int ret;

			ret = dream_policy_pick(*ops, &s->st, &self->pick);
			if (ret) {
				ASSERT_EQ(-EAGAIN, ret);
				continue;
			}
			job = best_job(s, &self->pick);
			accel = self->pick.best.accel;
			state_shuffle_jobs(s, &self->random);
			ASSERT_EQ(0, dream_policy_pick(*ops, &s->st,
						       &self->pick));
			ASSERT_EQ(job, best_job(s, &self->pick));
			ASSERT_EQ(accel, self->pick.best.accel);
		}
	}
}

TEST_F(policy, evaluations_add_up)
{
	const struct dream_policy_ops *const *ops;
	struct state *s = &self->s;

	state_random(s, &self->random);
	for (ops = dream_policies; *ops; ops++) {
		u64 before = s->st.evaluations = 1000;

		dream_policy_pick(*ops, &s->st, &self->pick);
		if ((*ops)->prepare)
			continue;	/* nothing is pinned */
		EXPECT_GT(s->st.evaluations, before);
	}
}

TEST(order_score_prefers_the_smaller)
{
	EXPECT_EQ(0, dream_order_score(0));
	EXPECT_EQ(-1, dream_order_score(1));
	EXPECT_EQ(-S64_MAX, dream_order_score(S64_MAX));
	EXPECT_EQ(-S64_MAX, dream_order_score(1ULL << 63));
	EXPECT_EQ(-S64_MAX, dream_order_score(U64_MAX));
}

TEST(policies_are_found_by_name)
{
	const struct dream_policy_ops *const *ops;

	EXPECT_EQ(&dream_policy_fifo, dream_policy_find("fifo"));
	EXPECT_EQ(&dream_policy_fifo_static, dream_policy_find("fifo-static"));
	EXPECT_EQ(&dream_policy_edf, dream_policy_find("edf"));
	EXPECT_EQ(&dream_policy_dream, dream_policy_find("dream"));
	for (ops = dream_policies; *ops; ops++) {
		EXPECT_EQ(*ops, dream_policy_find((*ops)->name));
		EXPECT_NE(NULL, (*ops)->score);
		EXPECT_LT(0, strlen((*ops)->doc));
	}
	EXPECT_EQ(NULL, dream_policy_find("fif"));
	EXPECT_EQ(NULL, dream_policy_find("fifo "));
	EXPECT_EQ(NULL, dream_policy_find(""));
}

/* ------------------------------------------- answers that are not accepted */

static int answer_code;
static struct dream_pick answer;

static int answer_pick(struct dream_state *st, struct dream_pick *pick)
{
	*pick = answer;
	return answer_code;
}

static const struct dream_policy_ops answering = { .pick = answer_pick };

FIXTURE(answer) {
	struct state s;
	struct dream_pick pick;
};

/* Three jobs; three accelerators, of which the second one is busy. */
FIXTURE_SETUP(answer)
{
	for (u32 i = 0; i < 3; i++) {
		self->s.jobs[i] = &self->s.job[i];
		self->s.accels[i] = &self->s.accel[i];
		self->s.accel[i].free = i != 1;
	}
	self->s.st.jobs = self->s.jobs;
	self->s.st.accels = self->s.accels;
	self->s.st.job_count = 3;
	self->s.st.accel_count = 3;
	answer_code = 0;
	answer = (struct dream_pick){
		.best = { .job = 2, .accel = 2 },
		.second = { .job = 2, .accel = 1 },
		.has_second = true,
	};
}

FIXTURE_TEARDOWN(answer)
{
}

static int ask(FIXTURE_DATA(answer) *self)
{
	return dream_policy_pick(&answering, &self->s.st, &self->pick);
}

TEST_F(answer, good)
{
	ASSERT_EQ(0, ask(self));
	EXPECT_EQ(2, self->pick.best.job);
	EXPECT_EQ(2, self->pick.best.accel);
	/* A second one that is busy, or none, is fine. */
	answer.has_second = false;
	answer.second.job = 3;
	answer.second.accel = 3;
	EXPECT_EQ(0, ask(self));
}

TEST_F(answer, job_that_does_not_exist)
{
	answer.best.job = 3;
	EXPECT_EQ(-EPROTO, ask(self));
	answer.best.job = U32_MAX;
	EXPECT_EQ(-EPROTO, ask(self));
}

TEST_F(answer, accelerator_that_does_not_exist)
{
	answer.best.accel = 3;
	EXPECT_EQ(-EPROTO, ask(self));
	answer.best.accel = DREAM_NO_ACCEL;
	EXPECT_EQ(-EPROTO, ask(self));
}

TEST_F(answer, accelerator_that_is_busy)
{
	answer.best.accel = 1;
	EXPECT_EQ(-EPROTO, ask(self));
}

TEST_F(answer, second_that_does_not_exist)
{
	answer.second.job = 3;
	EXPECT_EQ(-EPROTO, ask(self));
	answer.second.job = 0;
	answer.second.accel = 3;
	EXPECT_EQ(-EPROTO, ask(self));
}

TEST_F(answer, errors_are_passed_on)
{
	answer_code = -EAGAIN;
	EXPECT_EQ(-EAGAIN, ask(self));
	answer_code = -EIO;
	EXPECT_EQ(-EIO, ask(self));
}

TEST_HARNESS_MAIN
