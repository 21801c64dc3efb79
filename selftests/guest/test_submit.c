// SPDX-License-Identifier: GPL-2.0
/*
 * DREAM_IOCTL_SUBMIT: every field of a call is spoiled in turn; the call is
 * refused, tells which job is to blame, and has changed nothing. Then what is just
 * allowed.
 */
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "netlink.h"

#define JOBS	3

FIXTURE(submit) {
	struct nlk nl;
	struct bed bed;
	uint32_t other;
	uint32_t id[2];
	struct request r[JOBS];
	struct dream_job_submit jobs[JOBS];
	struct dream_submit args;
};

typedef FIXTURE_DATA(submit) fixture;

FIXTURE_SETUP(submit)
{
	struct dream_queue_create attr = { .deadline_ns = SECOND };

	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	ASSERT_EQ(0, bed_open(&self->bed));
	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));
	self->other = attr.handle;
	self->id[1] = attr.id;
	self->id[0] = attr.id - 1;
}

FIXTURE_TEARDOWN(submit)
{
	bed_close(&self->bed);
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/*
 * A good call: three jobs, of which the middle one has two layers, two ranges and
 * two dependencies. There is no accelerator: what is accepted stays.
 */
static void good(fixture *self)
{
	struct work work = { .ns = 1 };

	for (int i = 0; i < 4; i++)
		bed_command(&self->bed, i, &work);
	request_init(&self->r[0], &self->bed, self->bed.queue, 0, 1);
	request_init(&self->r[1], &self->bed, self->other, 1, 2);
	request_init(&self->r[2], &self->bed, self->bed.queue, 3, 1);
	self->r[1].ranges[1] = self->r[1].ranges[0];
	self->r[1].job.range_count = 2;
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL);
	request_dep(&self->r[1], 0, 0, DREAM_DEP_IN_CALL | DREAM_DEP_IF_RESULT);
	for (int i = 0; i < JOBS; i++) {
		self->jobs[i] = self->r[i].job;
		self->jobs[i].layers = (uintptr_t)self->r[i].layers;
		self->jobs[i].ranges = (uintptr_t)self->r[i].ranges;
		if (self->jobs[i].dep_count)
			self->jobs[i].deps = (uintptr_t)self->r[i].deps;
	}
	self->args = (struct dream_submit){
		.jobs = (uintptr_t)self->jobs,
		.job_count = JOBS,
		.job_stride = sizeof(self->jobs[0]),
	};
}

static int call(fixture *self)
{
	return device_call(self->bed.fd, DREAM_IOCTL_SUBMIT, &self->args);
}

static void check_untouched(struct __test_metadata *_metadata, fixture *self)
{
	struct dream_completion record;
	struct nlk_queue q;

	EXPECT_EQ(0, reap_now(self->bed.fd, &record, 1));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, nlk_queue_get(&self->nl, self->id[i], &q));
		EXPECT_EQ(0, q.counters.submitted);
		EXPECT_EQ(0, q.waiting);
		EXPECT_EQ(0, q.ready);
	}
	EXPECT_EQ(0, self->jobs[0].seqno);
}

/* Spoils one thing in an otherwise good call. */
#define REFUSE(error, blame, change) do {				\
	struct dream_job_submit *job, *last;				\
	struct dream_job_layer *layer;					\
	struct dream_job_range *range;					\
	struct dream_job_dep *dep;					\
									\
	good(self);							\
	job = &self->jobs[1];						\
	last = &self->jobs[2];						\
	layer = &self->r[1].layers[1];					\
	range = &self->r[1].ranges[1];					\
	dep = &self->r[1].deps[1];					\
	(void)job, (void)last, (void)layer, (void)range, (void)dep;	\
	change;								\
	EXPECT_REFUSED_WHEN(error, call(self), #change);		\
	EXPECT_EQ(blame, self->args.bad_job) {				\
		TH_LOG("%s", #change);					\
	}								\
	check_untouched(_metadata, self);				\
} while (0)

TEST_F(submit, good_call_is_good)
{
	good(self);
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(NO_BAD_JOB, self->args.bad_job);
	EXPECT_EQ(1, self->jobs[0].seqno);
	EXPECT_EQ(1, self->jobs[1].seqno);
	EXPECT_EQ(2, self->jobs[2].seqno);
}

/* After all refusals a good call gets the first numbers. */
static void good_after_all(struct __test_metadata *_metadata, fixture *self)
{
	good(self);
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(1, self->jobs[0].seqno);
	EXPECT_EQ(1, self->jobs[1].seqno);
	EXPECT_EQ(2, self->jobs[2].seqno);
}

TEST_F(submit, call_refused)
{
	REFUSE(EFAULT, 0, self->args.jobs = 0);
	REFUSE(EFAULT, 0, self->args.jobs = UINT64_MAX - 7);
	REFUSE(EINVAL, NO_BAD_JOB, self->args.job_count = 0);
	REFUSE(EINVAL, NO_BAD_JOB,
	       self->args.job_count = DREAM_SUBMIT_JOBS_MAX + 1);
	REFUSE(EINVAL, NO_BAD_JOB, self->args.job_count = UINT32_MAX);
	REFUSE(EINVAL, NO_BAD_JOB, self->args.job_stride = 0);
	REFUSE(EINVAL, NO_BAD_JOB, self->args.job_stride -= 8);
	REFUSE(EINVAL, NO_BAD_JOB, self->args.job_stride += 4);
	good_after_all(_metadata, self);
}

/* The out field is written only by a call that was understood. */
TEST_F(submit, call_not_understood)
{
#define REFUSE_CALL(change) do {					\
	good(self);							\
	change;								\
	EXPECT_REFUSED_WHEN(EINVAL, call(self), #change);		\
	check_untouched(_metadata, self);				\
} while (0)

	REFUSE_CALL(self->args.flags = 1);
	REFUSE_CALL(self->args.flags = 1U << 31);
	REFUSE_CALL(self->args.pad = 1);
	REFUSE_CALL(self->args.bad_job = 1);
	REFUSE_CALL(self->args.bad_job = NO_BAD_JOB);
	REFUSE_CALL(self->args.pad2 = 1);
	good_after_all(_metadata, self);
}

TEST_F(submit, job_refused)
{
	REFUSE(ENOENT, 1, job->queue = 0);
	REFUSE(ENOENT, 1, job->queue = 77);
	REFUSE(EINVAL, 1, job->flags = 1);
	REFUSE(EINVAL, 1, job->flags = 1U << 31);
	REFUSE(EINVAL, 1, job->seqno = 1);
	good_after_all(_metadata, self);
}

TEST_F(submit, times_refused)
{
	REFUSE(EINVAL, 2, last->release_ns = now_ns() + SECOND);
	REFUSE(EINVAL, 2, last->release_ns = UINT64_MAX);
	REFUSE(EINVAL, 2, (last->release_ns = now_ns(),
			   last->deadline_ns = last->release_ns - 1));
	/* A job with dependencies is released when they have ended. */
	REFUSE(EINVAL, 1, job->release_ns = 1);
	good_after_all(_metadata, self);
}

TEST_F(submit, layers_refused)
{
	REFUSE(EFAULT, 1, job->layers = 0);
	REFUSE(EFAULT, 1, job->layers = UINT64_MAX - 7);
	REFUSE(EINVAL, 1, job->layer_count = 0);
	REFUSE(EINVAL, 1, job->layer_count = UINT32_MAX);
	REFUSE(EINVAL, 1, job->layer_stride = 0);
	REFUSE(EINVAL, 1, job->layer_stride -= 8);
	REFUSE(EINVAL, 1, job->layer_stride += 4);

	REFUSE(ENOENT, 1, layer->buffer = 0);
	REFUSE(ENOENT, 1, layer->buffer = 77);
	REFUSE(EINVAL, 1, layer->size = 0);
	REFUSE(EINVAL, 1, layer->size = DREAM_CMD_SIZE_MAX + 1);
	REFUSE(EINVAL, 1, layer->size = UINT32_MAX);
	REFUSE(EINVAL, 1, layer->offset = 4);
	REFUSE(ERANGE, 1, layer->offset =
	       BED_COMMANDS * BED_COMMAND + BED_WORDS * 8);
	REFUSE(ERANGE, 1, layer->offset =
	       BED_COMMANDS * BED_COMMAND + BED_WORDS * 8 - 8);
	REFUSE(ERANGE, 1, layer->offset = UINT64_MAX - 7);
	REFUSE(EINVAL, 1, layer->variant = 2);
	REFUSE(EINVAL, 1, layer->variant = UINT32_MAX);
	REFUSE(EINVAL, 1, self->r[1].layers[0].variant = 1);
	REFUSE(EINVAL, 1, layer->pad = 1);
	good_after_all(_metadata, self);
}

TEST_F(submit, ranges_refused)
{
	REFUSE(EFAULT, 1, job->ranges = 0);
	REFUSE(EFAULT, 1, job->ranges = UINT64_MAX - 7);
	REFUSE(EINVAL, 1, job->range_count = DREAM_RANGES_MAX + 1);
	REFUSE(EINVAL, 1, job->range_count = UINT32_MAX);
	REFUSE(EINVAL, 1, job->range_count = 0);
	REFUSE(EINVAL, 1, job->range_stride = 0);
	REFUSE(EINVAL, 1, job->range_stride -= 8);
	REFUSE(EINVAL, 1, job->range_stride += 4);

	REFUSE(ENOENT, 1, range->buffer = 0);
	REFUSE(ENOENT, 1, range->buffer = 77);
	REFUSE(EINVAL, 1, range->flags = 0);
	REFUSE(EINVAL, 1, range->flags = 4);
	REFUSE(EINVAL, 1, range->flags |= 1U << 31);
	REFUSE(EINVAL, 1, range->offset += 4);
	REFUSE(EINVAL, 1, range->length = 0);
	REFUSE(EINVAL, 1, range->length -= 4);
	REFUSE(ERANGE, 1, range->length += 8);
	REFUSE(ERANGE, 1, range->offset += 8);
	REFUSE(ERANGE, 1, range->offset = UINT64_MAX - 7);
	REFUSE(ERANGE, 1, range->length = UINT64_MAX - 7);
	/* Their sum is 0. */
	REFUSE(ERANGE, 1, (range->offset = 8, range->length = UINT64_MAX - 7));
	good_after_all(_metadata, self);
}

TEST_F(submit, deps_refused)
{
	REFUSE(EFAULT, 1, job->deps = 0);
	REFUSE(EFAULT, 1, job->deps = UINT64_MAX - 7);
	REFUSE(EINVAL, 1, job->dep_count = DREAM_DEPS_MAX + 1);
	REFUSE(EINVAL, 1, job->dep_count = UINT32_MAX);
	REFUSE(EINVAL, 1, job->dep_count = 0);
	REFUSE(EINVAL, 1, job->dep_stride = 0);
	REFUSE(EINVAL, 1, job->dep_stride -= 8);
	REFUSE(EINVAL, 1, job->dep_stride += 4);

	REFUSE(EINVAL, 1, dep->flags |= 4);
	REFUSE(EINVAL, 1, dep->flags |= 1U << 31);
	/* In the call: an earlier job, and no queue. */
	REFUSE(EINVAL, 1, dep->queue = self->bed.queue);
	REFUSE(EINVAL, 1, dep->seqno = 1);
	REFUSE(EINVAL, 1, dep->seqno = 2);
	REFUSE(EINVAL, 1, dep->seqno = UINT64_MAX);
	/* In a queue: a job that has been. */
	REFUSE(ENOENT, 1, dep->flags = 0);
	REFUSE(ENOENT, 1, (dep->flags = 0, dep->queue = 77, dep->seqno = 1));
	REFUSE(ENOENT, 1, (dep->flags = 0, dep->queue = self->bed.queue));
	REFUSE(ENOENT, 1, (dep->flags = 0, dep->queue = self->bed.queue,
			   dep->seqno = 1));
	REFUSE(ENOENT, 1, (dep->flags = 0, dep->queue = self->bed.queue,
			   dep->seqno = UINT64_MAX));
	good_after_all(_metadata, self);
}

/* An array that is not there must not be described. */
TEST_F(submit, empty_arrays)
{
	REFUSE(EINVAL, 2, (last->dep_count = 0, last->deps = 8));
	REFUSE(EINVAL, 2, last->dep_stride = sizeof(struct dream_job_dep));
	REFUSE(EINVAL, 2, (last->range_count = 0, last->range_stride = 0));
	REFUSE(EINVAL, 2, (last->range_count = 0, last->ranges = 0));
	good_after_all(_metadata, self);
}

TEST_F(submit, not_as_the_model_has_it)
{
	uint32_t layers[2] = { 2, 1 };
	struct dream_queue_create attr = { .deadline_ns = SECOND };
	struct nlk_model model;
	struct nl_msg *msg;

	ASSERT_EQ(0, nlk_model_new(&self->nl, "two", 0, layers, 2, &model));
	msg = nlk_model_load(&self->nl, &model);
	nlk_add_cost(msg, 0, 0, "x", 1, 1);
	nlk_add_cost(msg, 0, 1, "x", 1, 1);
	nlk_add_cost(msg, 1, 0, "x", 1, 1);
	ASSERT_EQ(0, nlk_do(&self->nl, msg, NULL, NULL));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &model, 3));
	attr.model = model.id;
	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));

	/* One variant, too few layers, too many, in the wrong variant. */
	REFUSE(EINVAL, 1, job->queue = attr.handle);
	REFUSE(EINVAL, 1, (job->queue = attr.handle, layer->variant = 1));
	REFUSE(EINVAL, 1, (job->queue = attr.handle, job->layer_count = 1));
	REFUSE(EINVAL, 2, (last->queue = attr.handle, last->layer_count = 3,
			   self->r[2].layers[1] = self->r[2].layers[0],
			   self->r[2].layers[2] = self->r[2].layers[0],
			   self->r[2].layers[1].variant = 1,
			   self->r[2].layers[2].variant = 1));
	/* Without a model there is one variant. */
	REFUSE(EINVAL, 1, layer->variant = 1);
	good_after_all(_metadata, self);

	good(self);
	self->jobs[2].queue = attr.handle;
	self->jobs[2].layer_count = 3;
	self->r[2].layers[1] = self->r[2].layers[0];
	self->r[2].layers[2] = self->r[2].layers[0];
	self->r[2].layers[2].variant = 1;
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(1, self->jobs[2].seqno);
}

/* The numbers are written before anything starts; if that fails, nothing does. */
TEST_F(submit, numbers_cannot_be_written)
{
	struct dream_job_submit *jobs;
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, pages);
	/* The last job is in the page that cannot be written. */
	jobs = (void *)(pages + 4096 - 2 * sizeof(*jobs));
	good(self);
	memcpy(jobs, self->jobs, sizeof(self->jobs));
	ASSERT_EQ(0, mprotect(pages + 4096, 4096, PROT_READ));
	self->args.jobs = (uintptr_t)jobs;
	EXPECT_REFUSED(EFAULT, call(self));
	check_untouched(_metadata, self);
	good_after_all(_metadata, self);
}

/* The whole call is refused for the sake of its last job. */
TEST_F(submit, queue_full)
{
	struct dream_queue_create attr = { .deadline_ns = SECOND, .depth = 2 };
	struct nlk_queue q;

	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));
	good(self);
	for (int i = 0; i < JOBS; i++)
		self->jobs[i].queue = attr.handle;
	self->jobs[1].dep_count = 0;
	self->jobs[1].dep_stride = 0;
	self->jobs[1].deps = 0;
	EXPECT_REFUSED(EAGAIN, call(self));
	EXPECT_EQ(2, self->args.bad_job);
	check_untouched(_metadata, self);

	self->args.bad_job = 0;
	self->args.job_count = 2;
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(2, self->jobs[1].seqno);
	EXPECT_REFUSED(EAGAIN, submit_one(&self->bed, attr.handle, 0, 1));
	/* Jobs that wait for others do not fill it. */
	good(self);
	self->jobs[1].queue = attr.handle;
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(3, self->jobs[1].seqno);
	ASSERT_EQ(0, nlk_queue_get(&self->nl, attr.id, &q));
	EXPECT_EQ(2, q.ready);
	EXPECT_EQ(1, q.waiting);
	/* A job that ends makes room. */
	ASSERT_EQ(1, cancel(self->bed.fd, attr.handle, 1));
	EXPECT_EQ(4, submit_one(&self->bed, attr.handle, 0, 1));
}

/* Longer structures: zeros are accepted, anything else is not understood. */
TEST_F(submit, longer_structures)
{
	struct {
		struct dream_job_submit job;
		uint64_t more;
	} job;
	struct {
		struct dream_job_layer layer;
		uint64_t more;
	} layers[2];
	struct {
		struct dream_job_range range;
		uint64_t more;
	} range;
	struct {
		struct dream_job_dep dep;
		uint64_t more;
	} dep;
	struct {
		struct dream_submit submit;
		uint64_t more;
	} submit;
	uint64_t *more[] = {
		&job.more, &layers[1].more, &range.more, &dep.more, &submit.more,
	};
	const unsigned long longer = _IOWR(DREAM_IOCTL_BASE, 0x05, submit);

	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1));
	memset(&job, 0, sizeof(job));
	memset(layers, 0, sizeof(layers));
	memset(&range, 0, sizeof(range));
	memset(&dep, 0, sizeof(dep));
	memset(&submit, 0, sizeof(submit));
	good(self);
	layers[0].layer = self->r[1].layers[0];
	layers[1].layer = self->r[1].layers[1];
	range.range = self->r[1].ranges[0];
	dep.dep.queue = self->bed.queue;
	dep.dep.seqno = 1;
	job.job = self->jobs[1];
	job.job.layers = (uintptr_t)layers;
	job.job.layer_stride = sizeof(layers[0]);
	job.job.ranges = (uintptr_t)&range;
	job.job.range_stride = sizeof(range);
	job.job.range_count = 1;
	job.job.deps = (uintptr_t)&dep;
	job.job.dep_stride = sizeof(dep);
	job.job.dep_count = 1;
	submit.submit.jobs = (uintptr_t)&job;
	submit.submit.job_count = 1;
	submit.submit.job_stride = sizeof(job);

	for (int i = 0; i < 5; i++) {
		*more[i] = 1ULL << 63;
		EXPECT_REFUSED(E2BIG,
			       device_call(self->bed.fd, longer, &submit));
		submit.submit.bad_job = 0;
		*more[i] = 0;
	}
	EXPECT_EQ(0, device_call(self->bed.fd, longer, &submit));
	EXPECT_EQ(1, job.job.seqno);
}

/* ------------------------------------------------------- just allowed */

TEST_F(submit, most_jobs)
{
	struct request *r = calloc(DREAM_SUBMIT_JOBS_MAX, sizeof(*r));
	struct dream_queue_create attr = {
		.deadline_ns = RELAXED, .depth = DREAM_SUBMIT_JOBS_MAX,
	};
	struct work work = { .ns = 1 };

	ASSERT_NE(NULL, r);
	ASSERT_EQ(0, queue_create(self->bed.fd, &attr));
	bed_command(&self->bed, 0, &work);
	for (int i = 0; i < DREAM_SUBMIT_JOBS_MAX; i++)
		request_init(&r[i], &self->bed, attr.handle, 0, 1);
	ASSERT_EQ(0, request_submit_all(self->bed.fd, r, DREAM_SUBMIT_JOBS_MAX));
	for (int i = 0; i < DREAM_SUBMIT_JOBS_MAX; i++)
		ASSERT_EQ(i + 1, r[i].job.seqno);
	free(r);
}

TEST_F(submit, most_layers)
{
	static struct dream_job_layer layers[DREAM_LAYERS_MAX + 1];
	struct dream_completion record;

	good(self);
	for (int i = 0; i <= DREAM_LAYERS_MAX; i++)
		layers[i] = self->r[2].layers[0];
	self->jobs[0] = self->jobs[2];
	self->jobs[0].layers = (uintptr_t)layers;
	self->jobs[0].layer_count = DREAM_LAYERS_MAX + 1;
	self->args.job_count = 1;
	EXPECT_REFUSED(EINVAL, call(self));
	EXPECT_EQ(0, self->args.bad_job);

	self->jobs[0].layer_count = DREAM_LAYERS_MAX;
	self->args.bad_job = 0;
	ASSERT_EQ(0, call(self));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(1, reap(self->bed.fd, &record, 1));
	EXPECT_EQ(DREAM_STATUS_DONE, record.status);
	EXPECT_EQ(DREAM_LAYERS_MAX, record.layers_run);
}

/* Ranges, dependencies, and the longest command, which ends with its buffer. */
TEST_F(submit, most_of_the_rest)
{
	static struct dream_job_range ranges[DREAM_RANGES_MAX];
	static struct dream_job_dep deps[DREAM_DEPS_MAX];

	good(self);
	ASSERT_EQ(1, submit_one(&self->bed, self->bed.queue, 0, 1));
	for (int i = 0; i < DREAM_RANGES_MAX; i++)
		ranges[i] = self->r[0].ranges[0];
	ranges[DREAM_RANGES_MAX - 1].offset = 0;
	ranges[DREAM_RANGES_MAX - 1].length = 8;
	for (int i = 0; i < DREAM_DEPS_MAX; i++)
		deps[i] = (struct dream_job_dep){
			.queue = self->bed.queue, .seqno = 1,
		};
	self->r[1].layers[1].size = DREAM_CMD_SIZE_MAX;
	self->r[1].layers[1].offset = BED_COMMANDS * BED_COMMAND + BED_WORDS * 8 -
				      DREAM_CMD_SIZE_MAX;
	self->jobs[0] = self->jobs[1];
	self->jobs[0].ranges = (uintptr_t)ranges;
	self->jobs[0].range_count = DREAM_RANGES_MAX;
	self->jobs[0].deps = (uintptr_t)deps;
	self->jobs[0].dep_count = DREAM_DEPS_MAX;
	self->args.job_count = 1;
	ASSERT_EQ(0, call(self));
	EXPECT_EQ(1, self->jobs[0].seqno);
}

/* A job without ranges and without dependencies; the device will not like it. */
TEST_F(submit, least_of_everything)
{
	struct dream_completion record;

	good(self);
	self->jobs[0].ranges = 0;
	self->jobs[0].range_count = 0;
	self->jobs[0].range_stride = 0;
	self->r[0].layers[0].size = 1;
	self->args.job_count = 1;
	ASSERT_EQ(0, call(self));
	ASSERT_EQ(0, vnpu_make("a", ""));
	ASSERT_EQ(1, reap(self->bed.fd, &record, 1));
	EXPECT_EQ(DREAM_STATUS_FAILED, record.status);
	EXPECT_EQ(DREAM_REASON_COMMAND, record.reason);
	EXPECT_EQ(-EINVAL, record.error);
	EXPECT_EQ(0, record.layers_run);
}

TEST_HARNESS_MAIN
