// SPDX-License-Identifier: GPL-2.0
/*
 * score-get: for each ready job and accelerator the score and its terms, equal to
 * what the same arithmetic makes of the same numbers here; for a job that has
 * ended, why it ran where and when it did.
 */
#include "kselftest_harness.h"
#include "netlink.h"
#include "kmod/score.h"

#define LAYERS	3
#define ONE	65536ULL

/* Two accelerators, and a model of three layers that knows both. */
static const uint64_t fast_ns[LAYERS] = { 2 * MS, 3 * MS, MS };
static const uint64_t slow_ns[LAYERS] = { 6 * MS, 4 * MS, 9 * MS };
static const uint64_t fast_nj[LAYERS] = { 1000, 500, 800 };
static const uint64_t slow_nj[LAYERS] = { 200, 700, 100 };

#define IN_BYTES	100000
#define OUT_BYTES	300000

FIXTURE(score) {
	struct nlk nl;
	struct bed bed;
	struct dream_queue_create queue;
	uint32_t fast;
	uint32_t slow;
	struct dream_completion record;
	struct nlk_score scores[16];
};

typedef FIXTURE_DATA(score) fixture;

FIXTURE_SETUP(score)
{
	uint32_t layers = LAYERS;
	struct nlk_model model;
	struct nl_msg *msg;

	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, nlk_param_set(&self->nl, "watchdog", 60000));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "alpha", 500));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "beta", 250));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "starvation-cap", 100000));
	ASSERT_EQ(0, nlk_param_set(&self->nl, "switch-energy", 10));

	ASSERT_EQ(0, nlk_model_new(&self->nl, "m", 0, &layers, 1, &model));
	msg = nlk_model_load(&self->nl, &model);
	for (int l = 0; l < LAYERS; l++) {
		nlk_add_layer(msg, 0, l, 5000, IN_BYTES, OUT_BYTES);
		nlk_add_cost(msg, 0, l, "fast", fast_ns[l], fast_nj[l]);
		nlk_add_cost(msg, 0, l, "slow", slow_ns[l], slow_nj[l]);
	}
	ASSERT_EQ(0, nlk_do(&self->nl, msg, NULL, NULL));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &model, 3 * LAYERS));

	ASSERT_EQ(0, vnpu_make("fast", "class=fast"));
	ASSERT_EQ(0, vnpu_make("slow", "class=slow"));
	ASSERT_EQ(0, bed_open(&self->bed));
	self->fast = accel_id(self->bed.fd, "fast");
	self->slow = accel_id(self->bed.fd, "slow");
	self->queue = (struct dream_queue_create){
		.model = model.id, .deadline_ns = 40 * SECOND,
	};
	ASSERT_EQ(0, queue_create(self->bed.fd, &self->queue));
}

FIXTURE_TEARDOWN(score)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

static int submit(fixture *self)
{
	struct work work = { .ns = 100000 };
	struct request r;

	for (int l = 0; l < LAYERS; l++)
		bed_command(&self->bed, l, &work);
	request_init(&r, &self->bed, self->queue.handle, 0, LAYERS);
	return request_submit(self->bed.fd, &r);
}

/* Both accelerators hang with jobs of queues without a model. */
static int occupy(fixture *self)
{
	return vnpu_set("fast", "hang", "1") ?: vnpu_set("slow", "hang", "1") ?:
	       submit_one(&self->bed, self->bed.queue, 9, 1) < 0 ||
	       submit_one(&self->bed, queue_make(self->bed.fd), 9, 1) < 0;
}

/* What MapScore makes of the numbers, at the time that the line tells. */
static struct dream_terms expected(const struct nlk_score *s, bool fast,
				   uint32_t layer, uint64_t deadline,
				   uint64_t prev_end, uint64_t switch_nj)
{
	struct dream_score_in in = {
		.now_ns = s->time_ns,
		.deadline_ns = deadline,
		.prev_end_ns = prev_end,
		.lat_ns = fast ? fast_ns[layer] : slow_ns[layer],
		.lat_sum_ns = fast_ns[layer] + slow_ns[layer],
		.lat_mean_ns = (fast_ns[layer] + slow_ns[layer]) / 2,
		.energy_nj = fast ? fast_nj[layer] : slow_nj[layer],
		.energy_sum_nj = fast_nj[layer] + slow_nj[layer],
		.switch_nj = switch_nj,
		.alpha = ONE / 2,
		.beta = ONE / 4,
		.starv_cap = 100 * ONE,
	};
	struct dream_terms terms;

	for (uint32_t l = layer; l < LAYERS; l++)
		in.to_go_ns += (fast_ns[l] + slow_ns[l]) / 2;
	dream_map_score(&in, &terms);
	return terms;
}

#define EXPECT_TERMS(want, s) do {					\
	EXPECT_EQ((want).urgency, (s)->urgency);			\
	EXPECT_EQ((want).lat_pref, (s)->lat_pref);			\
	EXPECT_EQ((want).starvation, (s)->starvation);			\
	EXPECT_EQ((want).en_pref, (s)->en_pref);			\
	EXPECT_EQ((want).switch_cost, (s)->switch_cost);		\
	EXPECT_EQ((want).map_score, (s)->map_score);			\
} while (0)

TEST_F(score, terms_of_a_ready_job)
{
	struct nlk_score *s = self->scores;
	uint64_t release;

	ASSERT_EQ(0, occupy(self));
	ASSERT_EQ(0, submit(self));
	ASSERT_EQ(2, nlk_scores(&self->nl, self->queue.id, 1, false, s, 16));
	/* Its record will tell when it was released. */
	ASSERT_EQ(1, cancel(self->bed.fd, self->queue.handle, 1));
	ASSERT_EQ(1, reap_now(self->bed.fd, &self->record, 1));
	release = self->record.release_ns;

	for (int i = 0; i < 2; i++, s++) {
		bool fast = s->accel == self->fast;
		struct dream_terms want = expected(s, fast, 0,
						   self->record.deadline_ns,
						   release, IN_BYTES / 100);

		EXPECT_EQ(i ? self->slow : self->fast, s->accel);
		EXPECT_EQ(self->queue.id, s->queue);
		EXPECT_EQ(1, s->seqno);
		EXPECT_EQ(0, s->layer);
		EXPECT_EQ(0, s->variant);
		EXPECT_EQ(DREAM_PICK_STATE_BUSY, s->state);
		EXPECT_STREQ("dream", s->policy);
		EXPECT_LE(release, s->time_ns);
		EXPECT_TERMS(want, s);
		EXPECT_EQ(want.map_score, s->score);
		EXPECT_EQ(12500000, s->to_go_ns);
		EXPECT_EQ(2 * MS + 3 * MS + MS, s->min_to_go_ns);
		EXPECT_EQ((int64_t)(release + 40 * SECOND - s->time_ns),
			  s->slack_ns);
		EXPECT_EQ(fast ? 2 * MS : 6 * MS, s->latency_ns);
		EXPECT_EQ(fast ? 1000 : 200, s->energy_nj);
	}
}

/* The score is the policy's, the terms are MapScore's. */
TEST_F(score, score_of_another_policy)
{
	struct nlk_score *s = self->scores;

	ASSERT_EQ(0, nlk_policy_set(&self->nl, "edf"));
	ASSERT_EQ(0, occupy(self));
	ASSERT_EQ(0, submit(self));
	ASSERT_EQ(2, nlk_scores(&self->nl, self->queue.id, 0, false, s, 16));
	EXPECT_STREQ("edf", s->policy);
	EXPECT_GT(0, s->score);
	EXPECT_EQ(s[0].score, s[1].score);
	EXPECT_NE(s[0].map_score, s[1].map_score);
}

TEST_F(score, late_job)
{
	struct nlk_score *s = self->scores;
	struct request r;

	ASSERT_EQ(0, occupy(self));
	request_init(&r, &self->bed, self->queue.handle, 9, LAYERS);
	r.job.deadline_ns = now_ns() - SECOND;
	ASSERT_EQ(0, request_submit(self->bed.fd, &r));
	ASSERT_EQ(2, nlk_scores(&self->nl, self->queue.id, 0, false, s, 16));
	EXPECT_GT(-(int64_t)SECOND, s->slack_ns);
	EXPECT_EQ(12500 * ONE, s->urgency);
}

TEST_F(score, nothing_ready)
{
	EXPECT_EQ(0, nlk_scores(&self->nl, 0, 0, false, self->scores, 16));
	EXPECT_EQ(0, nlk_scores(&self->nl, self->queue.id, 0, false,
				self->scores, 16));
	EXPECT_EQ(0, nlk_scores(&self->nl, self->queue.id, 77, true,
				self->scores, 16));
}

/* Which jobs: all, of a queue, one of them. */
TEST_F(score, filters)
{
	struct dream_queue_create other = self->queue;

	other.handle = 0;
	other.id = 0;
	ASSERT_EQ(0, queue_create(self->bed.fd, &other));
	ASSERT_EQ(0, occupy(self));
	ASSERT_EQ(0, submit(self));
	ASSERT_EQ(0, submit(self));
	self->queue.handle = other.handle;
	ASSERT_EQ(0, submit(self));
	/* Of a queue only the first job is ready. */
	EXPECT_EQ(4, nlk_scores(&self->nl, 0, 0, false, self->scores, 16));
	EXPECT_EQ(2, nlk_scores(&self->nl, other.id, 0, false, self->scores, 16));
	EXPECT_EQ(other.id, self->scores[0].queue);
	EXPECT_EQ(2, nlk_scores(&self->nl, other.id, 1, false, self->scores, 16));
	EXPECT_EQ(0, nlk_scores(&self->nl, self->queue.id, 2, false,
				self->scores, 16));
}

TEST_F(score, refused)
{
	struct nl_msg *msg;

	EXPECT_NL_REFUSED(ENOENT, &self->nl,
			  nlk_scores(&self->nl, 12345678, 0, false, NULL, 0));
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_scores(&self->nl, 0, 1, false, NULL, 0));
	msg = nlk_request(&self->nl, DREAM_CMD_SCORE_GET);
	nla_put_u32(msg, DREAM_A_SCORE_ACCEL, 1);
	EXPECT_NL_REFUSED(EINVAL, &self->nl,
			  nlk_dump(&self->nl, msg, NULL, NULL));
}

/*
 * A job that has run alone: each layer with the two accelerators to choose from,
 * the better one chosen, at the times that its record tells.
 */
TEST_F(score, history)
{
	struct nlk_score *s = self->scores;
	uint64_t prev_end, accel_ns = 0, mask = 0;
	uint32_t home = UINT32_MAX;

	ASSERT_EQ(0, submit(self));
	ASSERT_EQ(1, reap(self->bed.fd, &self->record, 1));
	ASSERT_EQ(2 * LAYERS, nlk_scores(&self->nl, self->queue.id, 1, true, s,
					 16));
	prev_end = self->record.release_ns;
	for (int l = 0; l < LAYERS; l++, s += 2) {
		struct nlk_score *chosen = s, *second = s + 1;
		bool fast = chosen->accel == self->fast;
		struct dream_terms terms;

		EXPECT_EQ(DREAM_PICK_STATE_CHOSEN, chosen->state);
		EXPECT_EQ(DREAM_PICK_STATE_RUNNER_UP, second->state);
		EXPECT_EQ(l, chosen->layer);
		EXPECT_EQ(l, second->layer);
		EXPECT_NE(chosen->accel, second->accel);
		EXPECT_LE(second->score, chosen->score);
		EXPECT_STREQ("dream", chosen->policy);
		EXPECT_EQ(1, chosen->candidates);
		EXPECT_EQ(2, chosen->idle);

		EXPECT_LE(prev_end, chosen->time_ns);
		EXPECT_LE(chosen->time_ns, chosen->start_ns);
		EXPECT_LT(chosen->start_ns, chosen->end_ns);
		EXPECT_EQ(0, second->start_ns);
		/* The switch to the accelerator that has not run the job. */
		terms = expected(chosen, fast, l, self->record.deadline_ns,
				 prev_end, home == chosen->accel ? 0 :
				 IN_BYTES / 100);
		EXPECT_EQ(terms.urgency, chosen->urgency);
		EXPECT_EQ(terms.starvation, chosen->starvation);
		EXPECT_EQ(home == chosen->accel, chosen->switch_cost == 0);
		home = chosen->accel;
		mask |= 1ULL << home;
		accel_ns += chosen->end_ns - chosen->start_ns;
		prev_end = chosen->end_ns;
	}
	s = self->scores;
	EXPECT_LE(s[0].time_ns, self->record.start_ns);
	EXPECT_LE(self->record.start_ns, s[0].end_ns);
	EXPECT_EQ(self->record.end_ns, prev_end);
	EXPECT_EQ(self->record.accel_mask, mask);
	EXPECT_LE(self->record.accel_ns, accel_ns);
}

/* The log outlives the queue. */
TEST_F(score, history_of_a_closed_queue)
{
	ASSERT_EQ(0, submit(self));
	ASSERT_EQ(1, reap(self->bed.fd, &self->record, 1));
	ASSERT_EQ(0, queue_destroy(self->bed.fd, self->queue.handle));
	EXPECT_EQ(2 * LAYERS, nlk_scores(&self->nl, self->queue.id, 1, true,
					 self->scores, 16));
}

/* A layer that runs has no end yet. */
TEST_F(score, history_of_a_running_job)
{
	ASSERT_EQ(0, vnpu_set("fast", "hang", "1"));
	ASSERT_EQ(0, vnpu_set("slow", "hang", "1"));
	ASSERT_EQ(0, submit(self));
	ASSERT_EQ(2, nlk_scores(&self->nl, self->queue.id, 1, true, self->scores,
				16));
	EXPECT_LT(0, self->scores[0].start_ns);
	EXPECT_EQ(0, self->scores[0].end_ns);
}

TEST_HARNESS_MAIN
