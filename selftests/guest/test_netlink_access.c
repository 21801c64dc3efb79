// SPDX-License-Identifier: GPL-2.0
/*
 * Who may do what: everybody may read; what changes global state needs
 * CAP_SYS_NICE or CAP_NET_ADMIN; models belong to their user.
 */
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "netlink.h"

#define NOBODY	65534

FIXTURE(access) {
	struct nlk nl;
	struct nlk_model m;
	uint32_t shared;
};

FIXTURE_SETUP(access)
{
	uint32_t layers = 1;
	struct nlk_model m;
	struct nl_msg *msg;

	ASSERT_EQ(0, nlk_open(&self->nl));
	nlk_defaults(&self->nl);
	self->m.id = nlk_model_simple(&self->nl, "roots", "x", 1, 1, 1);
	self->m.generation = 1;
	ASSERT_LT(0, (int)self->m.id);
	ASSERT_EQ(0, nlk_model_new(&self->nl, "for all", DREAM_MODEL_FLAGS_SHARED,
				   &layers, 1, &m));
	msg = nlk_model_load(&self->nl, &m);
	nlk_add_cost(msg, 0, 0, "x", 1, 1);
	ASSERT_EQ(0, nlk_do(&self->nl, msg, NULL, NULL));
	ASSERT_EQ(0, nlk_model_commit(&self->nl, &m, 1));
	self->shared = m.id;
}

FIXTURE_TEARDOWN(access)
{
	nlk_defaults(&self->nl);
	nlk_close(&self->nl);
}

/* A user id and one capability, or none (-1). */
static int become(uid_t uid, int cap)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (cap >= 0) {
		data[cap / 32].effective = 1U << cap % 32;
		data[cap / 32].permitted = 1U << cap % 32;
	}
	return prctl(PR_SET_KEEPCAPS, 1) || setresuid(uid, uid, uid) ||
	       syscall(SYS_capset, &head, data);
}

/* In a child: a check by hand; the number of those that have failed is returned. */
static int check(struct nlk *nl, const char *what, int want, int got)
{
	bool good = got == want && (want >= 0 || nl->error[0]);

	if (want < 0)
		count_negative();
	if (!good)
		printf("# %s: %d, should be %d (%s)\n", what, got, want,
		       nl->error);
	return !good;
}

#define CHECK(want, expression) \
	bad += check(&nl, #expression, want, expression)

static int stats_reset(struct nlk *nl)
{
	return nlk_do(nl, nlk_request(nl, DREAM_CMD_STATS_RESET), NULL, NULL);
}

static int load_one(struct nlk *nl, const struct nlk_model *m)
{
	struct nl_msg *msg = nlk_model_load(nl, m);

	nlk_add_cost(msg, 0, 0, "x", 1, 1);
	return nlk_do(nl, msg, NULL, NULL);
}

/* What a process can change, with @want: 0 or -EPERM. */
static int change_things(int want, struct nlk_model m)
{
	uint32_t layers = 1;
	struct nlk_model own;
	struct nlk nl;
	int bad = 0;

	if (nlk_open(&nl))
		return 99;
	CHECK(want, nlk_policy_set(&nl, "fifo"));
	CHECK(want, nlk_param_set(&nl, "alpha", 500));
	CHECK(want, stats_reset(&nl));
	CHECK(want, nlk_model_new(&nl, "mine", DREAM_MODEL_FLAGS_PERSISTENT,
				  &layers, 1, &own));
	CHECK(want, load_one(&nl, &m));
	CHECK(want, nlk_model_commit(&nl, &m, 1));
	CHECK(want, nlk_model_del(&nl, m.id));
	return bad;
}

/* What everybody can do. */
static int do_without(uint32_t private, uint32_t shared)
{
	struct dream_queue_create attr = { .deadline_ns = 1, .model = shared };
	char name[DREAM_NAME_LEN];
	struct nlk nl, events;
	struct nlk_score score;
	struct nlk_cost cost;
	struct nlk_model m;
	uint64_t value;
	int bad = 0, fd = device_open();

	if (nlk_open(&nl) || nlk_open(&events) || fd < 0)
		return 99;
	CHECK(0, nlk_listen(&events));
	CHECK(0, nlk_policy_get(&nl, name, sizeof(name)));
	CHECK(0, nlk_param_get(&nl, "alpha", &value));
	CHECK(0, nlk_queues(&nl, NULL, 0));
	CHECK(0, nlk_scores(&nl, 0, 0, false, &score, 1));
	CHECK(0, nlk_cost_get(&nl, private, 0, 0, "x", &cost));
	CHECK(0, queue_create(fd, &attr));
	/* Own models, with a name that somebody else has, too. */
	m.id = nlk_model_simple(&nl, "roots", "x", 2, 1, 1);
	m.generation = 1;
	CHECK(0, (int)m.id < 0 ? (int)m.id : 0);
	attr = (struct dream_queue_create){ .deadline_ns = 1, .model = m.id };
	CHECK(0, queue_create(fd, &attr));
	CHECK(0, nlk_model_del(&nl, m.id));

	attr = (struct dream_queue_create){ .deadline_ns = 1, .model = private };
	snprintf(nl.error, sizeof(nl.error), "an ioctl");
	CHECK(-EACCES, queue_create(fd, &attr));
	return bad;
}

/* Runs an expression in a child that has become somebody else. */
#define IN_CHILD(uid, cap, expression) ({				\
	pid_t _child = fork();						\
	int _status = -1;						\
									\
	if (!_child)							\
		_exit(become(uid, cap) ? 98 : (expression));		\
	waitpid(_child, &_status, 0);					\
	WIFEXITED(_status) ? WEXITSTATUS(_status) : -1;			\
})

TEST_F(access, nobody)
{
	EXPECT_EQ(0, IN_CHILD(NOBODY, -1, change_things(-EPERM, self->m)));
	EXPECT_EQ(0, IN_CHILD(NOBODY, -1, do_without(self->m.id, self->shared)));
}

/* The other capabilities do not help. */
TEST_F(access, wrong_capability)
{
	EXPECT_EQ(0, IN_CHILD(NOBODY, CAP_SYS_ADMIN,
			      change_things(-EPERM, self->m)));
}

TEST_F(access, sys_nice)
{
	EXPECT_EQ(0, IN_CHILD(NOBODY, CAP_SYS_NICE, change_things(0, self->m)));
}

TEST_F(access, net_admin)
{
	EXPECT_EQ(0, IN_CHILD(NOBODY, CAP_NET_ADMIN, change_things(0, self->m)));
}

/* The owner of a model needs no capability for it. */
static int change_own(struct nlk_model m)
{
	struct nlk nl;
	int bad = 0;

	if (nlk_open(&nl))
		return 99;
	CHECK(-EPERM, nlk_policy_set(&nl, "fifo"));
	CHECK(0, load_one(&nl, &m));
	CHECK(0, nlk_model_commit(&nl, &m, 1));
	CHECK(0, nlk_model_del(&nl, m.id));
	return bad;
}

TEST_F(access, owner)
{
	EXPECT_EQ(0, IN_CHILD(0, -1, change_own(self->m)));
}

/* Root of a user namespace is nobody here. */
static int in_namespace(struct nlk_model m)
{
	if (unshare(CLONE_NEWUSER))
		return 97;
	return change_things(-EPERM, m);
}

TEST_F(access, root_of_a_namespace)
{
	EXPECT_EQ(0, IN_CHILD(NOBODY, -1, in_namespace(self->m)));
}

/* A socket of root in the hands of nobody: both count. */
TEST_F(access, inherited_socket)
{
	pid_t child = fork();
	int status;

	if (!child) {
		struct nlk nl = self->nl;
		int bad = 0;

		if (become(NOBODY, -1))
			_exit(98);
		CHECK(-EPERM, nlk_policy_set(&nl, "fifo"));
		_exit(bad);
	}
	waitpid(child, &status, 0);
	EXPECT_EQ(0, status);
}

/* CAP_SYS_NICE opens queues with any model. */
static int queue_with(uint32_t model)
{
	struct dream_queue_create attr = { .deadline_ns = 1, .model = model };
	int fd = device_open();

	return fd < 0 || queue_create(fd, &attr);
}

TEST_F(access, queue_with_any_model)
{
	EXPECT_EQ(0, IN_CHILD(NOBODY, CAP_SYS_NICE, queue_with(self->m.id)));
	EXPECT_EQ(1, IN_CHILD(NOBODY, -1, queue_with(self->m.id)));
}

TEST_HARNESS_MAIN
