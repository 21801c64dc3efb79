// SPDX-License-Identifier: GPL-2.0
/*
 * Cascades.
 *
 * A thread sleeps until the next frame is due by the clock, until records can be
 * read, or until it has to stop. When a frame is due, its job and those of the
 * frames that it may ask for go to the kernel in one call; the kernel runs a child
 * if its parent's last layer says so. What a layer says has been drawn before and
 * written into its command: a cascade knows what ought to happen, the kernel does
 * not. The next frame is written before it is due, so that nothing but the
 * call is left to do then.
 *
 * Where the kernel takes no jobs ahead (parameter "cascades"), a frame's children are
 * submitted when its record has been read.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "cascade.h"
#include "dreamctl.h"
#include "memory.h"
#include "slots.h"

/* Records that are read at a time. */
#define RECORDS		32
/* A job that is not submitted. */
#define NO_SLOT		UINT32_MAX
/* Jobs that are not as they should be and are told about, of each cascade. */
#define COMPLAINTS_MAX	8
/* Between the streams whose frames are due at the same time. */
#define TURN_NS		1000

/**
 * struct member - a stream of a cascade
 * @stream: its index in the scenario
 * @parent: its parent, NULL for the root
 * @has_children: other members have it as their parent
 * @queue: queue handle
 * @queue_id: system-wide id
 * @buffer: memory of its frames
 * @slots: what is in it
 * @frames: frame of each slot
 * @used: slots that belong to a frame that has not ended
 * @slot: slot of the next frame, NO_SLOT if it will not be submitted
 * @result: what the last layer of the next frame says
 * @exits: a gate may end the next frame before its last layer
 * @job: place of the next frame's job in the call
 * @layers: layers of the next frame's job
 * @ranges: ranges of the next frame's job
 * @dep: its dependency on the parent's job
 * @tally: what became of its frames
 */
struct member {
	uint32_t stream;
	struct member *parent;
	bool has_children;
	uint32_t queue;
	uint32_t queue_id;
	struct dream_buffer buffer;
	struct slots slots;
	uint64_t *frames;
	bool *used;
	uint32_t slot;
	bool result;
	bool exits;
	uint32_t job;
	struct dream_job_layer *layers;
	struct dream_job_range ranges[SLOT_RANGES];
	struct dream_job_dep dep;
	struct tally tally;
};

struct cascade {
	struct cascade_shared *shared;
	const struct scenario *scenario;
	struct dream_device *dev;
	int timer_fd;
	pthread_t thread;
	bool started;

	struct member *members;
	uint32_t member_count;
	struct dream_job_submit *jobs;

	uint64_t next;
	uint64_t frames;
	uint64_t in_flight;
	bool stopping;
	bool broken;

	uint64_t job_count;
	uint64_t checked;
	uint64_t wrong;
	uint64_t last_ns;
	struct timeline drops;
	struct path path;
};

static const struct scenario_stream *stream_of(const struct cascade *cascade,
					       const struct member *member)
{
	return &cascade->scenario->streams[member->stream];
}

static const struct scenario_model *model_of(const struct cascade *cascade,
					     const struct member *member)
{
	return &cascade->scenario->models[stream_of(cascade, member)->model];
}

static bool asked(const struct cascade *cascade, const struct member *member)
{
	return draw_asked(cascade->scenario, member->stream, cascade->next);
}

/* ------------------------------------------------------------------- frames */

static uint32_t take_slot(struct member *member)
{
	uint32_t slot;

	for (slot = 0; slot < member->slots.count; slot++) {
		if (member->used[slot])
			continue;
		member->used[slot] = true;
		return slot;
	}
	return NO_SLOT;
}

/* Whether a frame may end at a gate, whose result is then the frame's. */
static bool may_exit(struct cascade *cascade, const struct member *member)
{
	uint32_t variant;

	for (variant = 0; variant < model_of(cascade, member)->variant_count;
	     variant++) {
		draw_path(cascade->scenario, member->stream, cascade->next,
			  variant, &cascade->path);
		if (cascade->path.exits)
			return true;
	}
	return false;
}

/*
 * A job has one result for all its children. A child that is asked for is
 * submitted, and so is one that is not, for the kernel to find out. But where the
 * result is other than 0 for another reason (a sibling is asked for, or the
 * parent ends at a gate), the child would run: then it is left out.
 */
static bool to_be_submitted(const struct cascade *cascade,
			    const struct member *member)
{
	const struct member *parent = member->parent;

	if (!parent)
		return true;
	if (!cascade->shared->ahead || parent->slot == NO_SLOT)
		return false;
	return asked(cascade, member) || (!parent->result && !parent->exits);
}

/* Results first, from the children up: they decide who is submitted. */
static void draw_results(struct cascade *cascade)
{
	struct member *member;
	uint32_t i;

	for (i = 0; i < cascade->member_count; i++)
		cascade->members[i].result = false;
	for (i = 1; i < cascade->member_count; i++) {
		member = &cascade->members[i];
		if (asked(cascade, member))
			member->parent->result = true;
	}
}

/* Take a slot for a frame and write it; NO_SLOT if none is left. */
static uint32_t write_frame(struct member *member, uint64_t frame, bool result)
{
	uint32_t slot = take_slot(member);

	if (slot == NO_SLOT)
		return slot;
	member->frames[slot] = frame;
	slots_prepare(&member->slots, slot, frame, result);
	return slot;
}

/* Write the next frame; false if a slot is missing. */
static bool prepare(struct cascade *cascade)
{
	struct member *member;
	uint32_t i;

	draw_results(cascade);
	for (i = 0; i < cascade->member_count; i++) {
		member = &cascade->members[i];
		member->slot = NO_SLOT;
		if (!to_be_submitted(cascade, member))
			continue;
		member->exits = member->has_children &&
				may_exit(cascade, member);
		member->slot = write_frame(member, cascade->next,
					   member->result);
		if (member->slot == NO_SLOT)
			return false;
	}
	return true;
}

static uint64_t due_ns(const struct cascade *cascade, uint64_t frame)
{
	return cascade->shared->origin_ns +
	       draw_arrival(cascade->scenario, cascade->members[0].stream,
			    frame);
}

static void resolve(struct cascade *cascade, struct member *member,
		    const struct frame_result *result)
{
	tally_add(&member->tally, result);
	cascade->shared->resolved++;
}

/* ------------------------------------------------------------------- submit */

static void fill_job(const struct cascade *cascade, struct member *member,
		     uint32_t slot, struct dream_job_submit *job)
{
	dream_job_init(job, member->queue);
	job->user_data = (uint64_t)(member - cascade->members) << 32 | slot;
	slots_job(&member->slots, slot, member->layers, member->ranges);
	dream_job_layers(job, member->layers, member->slots.layer_count);
	dream_job_ranges(job, member->ranges, SLOT_RANGES);
}

/* Jobs of the next frame, parents before their children. */
static uint32_t make_jobs(struct cascade *cascade)
{
	uint64_t due = due_ns(cascade, cascade->next);
	uint32_t i, count = 0;

	for (i = 0; i < cascade->member_count; i++) {
		struct member *member = &cascade->members[i];
		struct dream_job_submit *job = &cascade->jobs[count];

		if (member->slot == NO_SLOT)
			continue;
		fill_job(cascade, member, member->slot, job);
		if (member->parent) {
			member->dep = dream_dep_in_call(member->parent->job,
							DREAM_DEP_IF_RESULT);
			dream_job_deps(job, &member->dep, 1);
		} else {
			job->release_ns = due;
			job->deadline_ns =
				due + stream_of(cascade, member)->deadline_ns;
		}
		member->job = count++;
	}
	return count;
}

/* The frames that exist are counted when the first of them is due. */
static void count_frames(struct cascade *cascade)
{
	uint32_t i;

	for (i = 0; i < cascade->member_count; i++)
		if (draw_exists(cascade->scenario, cascade->members[i].stream,
				cascade->next))
			cascade->members[i].tally.frames++;
}

static void remember_drop(struct cascade *cascade)
{
	struct member *root = &cascade->members[0];
	struct timeline_frame frame = {
		.queue = root->queue_id,
		.release_ns = due_ns(cascade, cascade->next),
		.status = DREAM_STATUS_DROPPED,
		.reason = DREAM_REASON_QUEUE_FULL,
	};

	if (!cascade->shared->keep_drops)
		return;
	frame.end_ns = frame.release_ns;
	frame.deadline_ns = frame.release_ns +
			    stream_of(cascade, root)->deadline_ns;
	timeline_add_frame(&cascade->drops, &frame);
}

/* The queue is full: the frame is lost, and with it those that it asks for. */
static void drop_at_source(struct cascade *cascade)
{
	struct frame_result result = { .end = FRAME_DROPPED };
	uint32_t i;

	remember_drop(cascade);
	for (i = 0; i < cascade->member_count; i++) {
		struct member *member = &cascade->members[i];

		if (member->slot != NO_SLOT)
			member->used[member->slot] = false;
		if (!draw_exists(cascade->scenario, member->stream,
				 cascade->next))
			continue;
		result.reason = i ? DROP_PARENT : DROP_QUEUE_FULL;
		resolve(cascade, member, &result);
	}
}

static void stop_all(struct cascade *cascade)
{
	uint64_t one = 1;

	cascade->broken = true;
	if (write(cascade->shared->stop_fd, &one, sizeof(one)) < 0)
		failed("eventfd: %s", strerror(errno));
}

static void submit(struct cascade *cascade)
{
	uint32_t count = make_jobs(cascade);
	uint32_t bad;
	int err;

	err = dream_submit(cascade->dev, cascade->jobs, count, &bad);
	if (err && err != -EAGAIN) {
		failed("%s: frame %llu cannot be submitted: job %u: %s",
		       stream_of(cascade, &cascade->members[0])->name,
		       (unsigned long long)cascade->next, bad, strerror(-err));
		stop_all(cascade);
		return;
	}
	count_frames(cascade);
	if (err)
		drop_at_source(cascade);
	else
		cascade->in_flight += count;
	cascade->next++;
}

/* ---------------------------------------------------- children, one by one */

static const struct frame_result
	full = { .end = FRAME_DROPPED, .reason = DROP_QUEUE_FULL },
	lost = { .end = FRAME_DROPPED, .reason = DROP_PARENT },
	cancelled = { .end = FRAME_CANCELLED };

/* Does a frame of @parent ask for one of @member? */
static bool asks_for(const struct cascade *cascade, const struct member *parent,
		     const struct member *member, uint64_t frame)
{
	return member->parent == parent &&
	       draw_asked(cascade->scenario, member->stream, frame);
}

/* A frame has not been done: those that it would have asked for are lost. */
static void lose_children(struct cascade *cascade, const struct member *parent,
			  uint64_t frame, const struct frame_result *result)
{
	struct member *member;
	uint32_t i;

	for (i = 1; i < cascade->member_count; i++) {
		member = &cascade->members[i];
		if (!asks_for(cascade, parent, member, frame))
			continue;
		resolve(cascade, member, result);
		lose_children(cascade, member, frame, result);
	}
}

/* It is released when its parent ended, as it would be if submitted ahead. */
static int submit_child(struct cascade *cascade, struct member *member,
			uint64_t frame, uint64_t release_ns)
{
	uint32_t slot = write_frame(member, frame, false);
	struct dream_job_submit job;
	int err;

	if (slot == NO_SLOT)
		return -EAGAIN;
	fill_job(cascade, member, slot, &job);
	job.release_ns = release_ns;
	err = dream_submit(cascade->dev, &job, 1, NULL);
	if (err)
		member->used[slot] = false;
	else
		cascade->in_flight++;
	return err;
}

/* A frame has been done: submit the children that it asks for. */
static void submit_children(struct cascade *cascade, const struct member *parent,
			    uint64_t frame, uint64_t end_ns)
{
	struct member *member;
	uint32_t i;
	int err;

	for (i = 1; i < cascade->member_count; i++) {
		member = &cascade->members[i];
		if (!asks_for(cascade, parent, member, frame))
			continue;
		err = cascade->broken ? -EAGAIN :
		      submit_child(cascade, member, frame, end_ns);
		if (!err)
			continue;
		resolve(cascade, member, &full);
		lose_children(cascade, member, frame, &lost);
		if (err == -EAGAIN)
			continue;
		failed("%s: frame %llu cannot be submitted: %s",
		       stream_of(cascade, member)->name,
		       (unsigned long long)frame, strerror(-err));
		stop_all(cascade);
	}
}

/* Where the kernel takes no jobs ahead: what a frame that has ended leads to. */
static void follow(struct cascade *cascade, const struct member *parent,
		   uint64_t frame, uint64_t end_ns,
		   const struct frame_result *ended)
{
	bool done = ended->end == FRAME_MET || ended->end == FRAME_MISSED;

	if (done && !cascade->stopping)
		submit_children(cascade, parent, frame, end_ns);
	else if (done || ended->end == FRAME_CANCELLED)
		lose_children(cascade, parent, frame, &cancelled);
	else
		lose_children(cascade, parent, frame, &lost);
}

/* ------------------------------------------------------------------ records */

static void complain(struct cascade *cascade, const struct member *member,
		     uint64_t frame, const char *what)
{
	if (cascade->wrong++ < COMPLAINTS_MAX)
		failed("%s: frame %llu: %s", stream_of(cascade, member)->name,
		       (unsigned long long)frame, what);
}

/* What is wrong with a record, NULL if nothing is. */
static const char *find_fault(struct cascade *cascade,
			      const struct member *member, uint32_t slot,
			      const struct dream_completion *c)
{
	const struct scenario_stream *stream = stream_of(cascade, member);
	uint64_t frame = member->frames[slot];
	struct path *path = &cascade->path;
	bool exists = draw_exists(cascade->scenario, member->stream, frame);

	if (c->variant >= model_of(cascade, member)->variant_count)
		return "a variant that there is not";
	draw_path(cascade->scenario, member->stream, frame, c->variant, path);
	if (!exists && c->layers_run)
		return "it ran though its parent did not ask for it";
	if (exists && c->status == DREAM_STATUS_CANCELLED &&
	    c->reason == DREAM_REASON_NOT_WANTED)
		return "it was not run though its parent asked for it";
	if (!member->parent && c->release_ns != due_ns(cascade, frame))
		return "another time of arrival";
	if (c->deadline_ns &&
	    c->deadline_ns != c->release_ns + stream->deadline_ns)
		return "another deadline";
	if (!(c->flags & DREAM_COMPLETION_LATE) !=
	    !(c->deadline_ns && c->end_ns > c->deadline_ns))
		return "the flag says something else about the deadline";
	if (c->layers_run > path->count)
		return "more layers have run than there are on its path";
	if (c->status == DREAM_STATUS_DONE &&
	    (c->layers_run != path->count || c->skipped != path->skipped))
		return "the gates have led to other layers";
	/* What a layer that failed has left behind is not defined. */
	if (c->status == DREAM_STATUS_FAILED)
		return NULL;
	cascade->checked++;
	if (!slots_check(&member->slots, slot, frame, c->variant, path,
			 c->layers_run))
		return "the output is not what its layers make of the input";
	return NULL;
}

static void judge(const struct dream_completion *c, uint32_t slow,
		  struct frame_result *result)
{
	result->variant = c->variant;
	result->energy_nj = c->energy_nj;
	result->latency_ns = (c->end_ns - c->release_ns) / slow;
	switch (c->status) {
	case DREAM_STATUS_DONE:
		result->end = c->flags & DREAM_COMPLETION_LATE ? FRAME_MISSED :
								 FRAME_MET;
		break;
	case DREAM_STATUS_DROPPED:
		result->end = FRAME_DROPPED;
		result->reason = c->reason == DREAM_REASON_QUEUE_FULL ?
					 DROP_QUEUE_FULL : DROP_HOPELESS;
		break;
	case DREAM_STATUS_CANCELLED:
		result->end = c->reason == DREAM_REASON_DEPENDENCY ?
				      FRAME_DROPPED : FRAME_CANCELLED;
		result->reason = DROP_PARENT;
		break;
	default:
		result->end = FRAME_FAILED;
	}
}

static void take_record(struct cascade *cascade,
			const struct dream_completion *c)
{
	uint32_t index = c->user_data >> 32;
	uint32_t slot = (uint32_t)c->user_data;
	struct frame_result result = { 0 };
	struct member *member;
	const char *fault;
	uint64_t frame;

	if (index >= cascade->member_count ||
	    slot >= cascade->members[index].slots.count ||
	    !cascade->members[index].used[slot]) {
		complain(cascade, &cascade->members[0], 0,
			 "a record that belongs to no frame");
		return;
	}
	member = &cascade->members[index];
	frame = member->frames[slot];
	fault = find_fault(cascade, member, slot, c);
	if (fault)
		complain(cascade, member, frame, fault);

	cascade->in_flight--;
	cascade->job_count++;
	if (c->end_ns > cascade->last_ns)
		cascade->last_ns = c->end_ns;
	member->used[slot] = false;
	if (!draw_exists(cascade->scenario, member->stream, frame))
		return;
	judge(c, cascade->scenario->slow, &result);
	resolve(cascade, member, &result);
	if (!cascade->shared->ahead)
		follow(cascade, member, frame, c->end_ns, &result);
}

static void take_records(struct cascade *cascade)
{
	struct dream_completion records[RECORDS];
	int i, count;

	do {
		count = dream_reap(cascade->dev, records, RECORDS, 0, 0);
		for (i = 0; i < count; i++)
			take_record(cascade, &records[i]);
	} while (count == RECORDS);
	if (count < 0) {
		failed("records: %s", strerror(-count));
		cascade->in_flight = 0;
		stop_all(cascade);
	}
}

/* ------------------------------------------------------------------- thread */

/*
 * Wake up when the next frame is due; an absolute time that has passed is fine. The
 * frames of different streams that are due at the same time are submitted in the
 * order of the streams: each wakes up a little later than those before it.
 */
static void set_timer(struct cascade *cascade)
{
	uint64_t due = due_ns(cascade, cascade->next) +
		       cascade->members[0].stream * TURN_NS;
	struct itimerspec spec = {
		.it_value = {
			.tv_sec = due / 1000000000,
			.tv_nsec = due % 1000000000,
		},
	};

	timerfd_settime(cascade->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

static bool frames_left(const struct cascade *cascade)
{
	return !cascade->stopping && cascade->next < cascade->frames;
}

static void begin_stop(struct cascade *cascade)
{
	uint32_t i;

	cascade->stopping = true;
	for (i = 0; i < cascade->member_count; i++)
		dream_cancel(cascade->dev, cascade->members[i].queue, 0);
}

static void next_frame(struct cascade *cascade)
{
	submit(cascade);
	if (!frames_left(cascade) || cascade->broken)
		return;
	take_records(cascade);
	if (!prepare(cascade)) {
		failed("%s: more frames are in flight than the depths allow",
		       stream_of(cascade, &cascade->members[0])->name);
		stop_all(cascade);
	}
	set_timer(cascade);
}

/*
 * Threads of one real-time priority take turns in the order in which they wake
 * up, and are not held up by others. Below the arbiter's. Without the right to it
 * the run is a little less exact.
 */
static void take_priority(void)
{
	struct sched_param param = { .sched_priority = 1 };

	pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
}

static void *cascade_main(void *arg)
{
	struct cascade *cascade = arg;
	struct pollfd fds[3] = {
		{ .fd = dream_fd(cascade->dev), .events = POLLIN },
		{ .fd = cascade->timer_fd, .events = POLLIN },
		{ .fd = cascade->shared->stop_fd, .events = POLLIN },
	};
	uint64_t one = 1;

	take_priority();
	while (frames_left(cascade) || cascade->in_flight) {
		/* A negative one is not looked at. */
		fds[1].fd = frames_left(cascade) ? cascade->timer_fd : -1;
		fds[2].fd = cascade->stopping ? -1 : cascade->shared->stop_fd;
		if (poll(fds, 3, -1) < 0)
			break;
		if (fds[0].revents)
			take_records(cascade);
		if (fds[2].revents)
			begin_stop(cascade);
		else if (fds[1].revents)
			next_frame(cascade);
	}
	if (write(cascade->shared->done_fd, &one, sizeof(one)) < 0)
		failed("eventfd: %s", strerror(errno));
	return NULL;
}

/**
 * cascade_start() - let a cascade run
 * @cascade: cascade
 *
 * Return: 0, or -1 after a complaint.
 */
int cascade_start(struct cascade *cascade)
{
	int err;

	if (frames_left(cascade))
		set_timer(cascade);
	err = pthread_create(&cascade->thread, NULL, cascade_main, cascade);
	if (err) {
		failed("thread: %s", strerror(err));
		return -1;
	}
	cascade->started = true;
	return 0;
}

/**
 * cascade_join() - wait until all its frames have ended
 * @cascade: cascade; does nothing if it has not been started
 * @totals: its work is added
 *
 * Return: 0, or -1 if it broke off.
 */
int cascade_join(struct cascade *cascade, struct cascade_totals *totals)
{
	struct member *member;
	uint32_t i;

	if (!cascade->started)
		return -1;
	pthread_join(cascade->thread, NULL);
	cascade->started = false;
	for (i = 0; i < cascade->member_count; i++) {
		member = &cascade->members[i];
		tally_merge(&totals->tallies[member->stream], &member->tally);
		totals->queues[member->stream] = member->queue_id;
	}
	totals->jobs += cascade->job_count;
	totals->checked += cascade->checked;
	totals->wrong += cascade->wrong;
	if (cascade->last_ns > totals->last_ns)
		totals->last_ns = cascade->last_ns;
	for (i = 0; i < cascade->drops.frame_count; i++)
		timeline_add_frame(totals->drops, &cascade->drops.frames[i]);
	return cascade->broken ? -1 : 0;
}

/* -------------------------------------------------------------------- set-up */

/* The streams of the cascade, each behind its parent. */
static void collect_members(struct cascade *cascade, uint32_t stream,
			    struct member *parent)
{
	const struct scenario *scenario = cascade->scenario;
	struct member *member = &cascade->members[cascade->member_count++];
	uint32_t i;

	member->stream = stream;
	member->parent = parent;
	for (i = 0; i < scenario->stream_count; i++) {
		if (scenario->streams[i].parent != stream)
			continue;
		member->has_children = true;
		collect_members(cascade, i, member);
	}
}

static int open_queue(struct cascade *cascade, struct member *member)
{
	const struct scenario_stream *stream = stream_of(cascade, member);
	struct dream_queue_create attr = {
		.model = cascade->shared->models[stream->model],
		.period_ns = stream->period_ns,
		.deadline_ns = stream->deadline_ns,
		.parent = member->parent ? member->parent->queue : 0,
		.depth = stream->depth,
		.weight = stream->weight,
		.drop_cap = stream->drop_cap,
		.variant_max = stream->variant_max,
	};
	int err;

	memcpy(attr.name, stream->name, sizeof(attr.name));
	err = dream_queue_create(cascade->dev, &attr);
	if (err) {
		failed("queue of %s: %s", stream->name, strerror(-err));
		return -1;
	}
	member->queue = attr.handle;
	member->queue_id = attr.id;
	return 0;
}

/*
 * Frames that have not ended: those that the queue's depth allows, and of a child
 * those that wait for a parent's. One more is being prepared.
 */
static uint32_t slots_needed(const struct cascade *cascade,
			     const struct member *member)
{
	uint32_t count = 1;

	for (; member; member = member->parent)
		count += stream_of(cascade, member)->depth;
	return count;
}

static int open_memory(struct cascade *cascade, struct member *member)
{
	struct slots *slots = &member->slots;
	int err;

	slots_init(slots, cascade->scenario, member->stream,
		   slots_needed(cascade, member));
	err = dream_buffer_create(cascade->dev, slots->count * slots->size,
				  &member->buffer);
	if (err) {
		failed("%zu bytes of memory for %s: %s",
		       slots->count * slots->size,
		       stream_of(cascade, member)->name, strerror(-err));
		return -1;
	}
	slots->memory = member->buffer.data;
	slots->buffer = member->buffer.handle;
	member->frames = must_calloc(slots->count, sizeof(*member->frames));
	member->used = must_calloc(slots->count, sizeof(*member->used));
	member->layers = must_calloc(slots->layer_count,
				     sizeof(*member->layers));
	return 0;
}

static int open_members(struct cascade *cascade)
{
	struct member *member;
	uint32_t i;
	int err;

	err = dream_open(NULL, &cascade->dev);
	if (err) {
		failed("/dev/dream: %s", strerror(-err));
		return -1;
	}
	cascade->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (cascade->timer_fd < 0) {
		failed("timerfd: %s", strerror(errno));
		return -1;
	}
	for (i = 0; i < cascade->member_count; i++) {
		member = &cascade->members[i];
		member->tally.variants =
			model_of(cascade, member)->variant_count;
		member->tally.worst_nj =
			scenario_worst_energy(cascade->scenario,
					      model_of(cascade, member));
		if (open_queue(cascade, member) ||
		    open_memory(cascade, member))
			return -1;
	}
	return 0;
}

/**
 * cascade_new() - open the queues of a cascade and write its first frame
 * @shared: what the cascades of the run share
 * @root: index of the stream that is due by the clock
 *
 * Return: the cascade, for cascade_free(); NULL after a complaint.
 */
struct cascade *cascade_new(struct cascade_shared *shared, uint32_t root)
{
	const struct scenario *scenario = shared->scenario;
	struct cascade *cascade = must_calloc(1, sizeof(*cascade));

	cascade->shared = shared;
	cascade->scenario = scenario;
	cascade->timer_fd = -1;
	cascade->frames = scenario_frames(scenario, &scenario->streams[root]);
	cascade->members = must_calloc(scenario->stream_count,
				       sizeof(*cascade->members));
	cascade->jobs = must_calloc(scenario->stream_count,
				    sizeof(*cascade->jobs));
	collect_members(cascade, root, NULL);
	if (open_members(cascade) ||
	    (frames_left(cascade) && !prepare(cascade))) {
		cascade_free(cascade);
		return NULL;
	}
	return cascade;
}

/**
 * cascade_free() - close a cascade
 * @cascade: cascade, or NULL
 */
void cascade_free(struct cascade *cascade)
{
	struct member *member;
	uint32_t i;

	if (!cascade)
		return;
	for (i = 0; i < cascade->member_count; i++) {
		member = &cascade->members[i];
		dream_buffer_unmap(&member->buffer);
		tally_free(&member->tally);
		free(member->frames);
		free(member->used);
		free(member->layers);
	}
	if (cascade->timer_fd >= 0)
		close(cascade->timer_fd);
	dream_close(cascade->dev);
	timeline_free(&cascade->drops);
	free(cascade->members);
	free(cascade->jobs);
	free(cascade);
}
