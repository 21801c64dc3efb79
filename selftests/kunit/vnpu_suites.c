// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suites of the virtual NPU: configuration, commands, and the arithmetic as
 * the kernel compiles it. The arithmetic is tested against references in
 * selftests/user/test_vnpu_*.c; here a few known values are enough.
 */
#include <kunit/test.h>
#include <linux/dream.h>
#include <linux/module.h>
#include <linux/string.h>

#include "command.h"
#include "config.h"
#include "progress.h"
#include "share.h"
#include "transform.h"

/* ---------------------------------------------------------- configuration */

static void config_default(struct kunit *test)
{
	struct vnpu_config config;
	char class[DREAM_ACCEL_NAME_LEN];

	memset(&config, 0x5a, sizeof(config));
	vnpu_config_init(&config);
	KUNIT_EXPECT_TRUE(test, vnpu_config_valid(&config));
	KUNIT_EXPECT_EQ(test, config.array.clock_khz, 700000);
	KUNIT_EXPECT_EQ(test, config.array.sram_bytes, 8ULL << 20);
	KUNIT_EXPECT_EQ(test, config.array.bandwidth_mbps, 90000);
	KUNIT_EXPECT_EQ(test, config.slots, 1);
	KUNIT_EXPECT_STREQ(test, config.domain, "");
	vnpu_config_class(&config, class);
	KUNIT_EXPECT_STREQ(test, class, "ws-1024");
}

#define EXPECT_CONFIG(expected, member, value) do {				\
	vnpu_config_init(&config);						\
	config.member = value;							\
	KUNIT_EXPECT_EQ_MSG(test, vnpu_config_valid(&config), expected,		\
			    #member " = " #value);				\
} while (0)

static void config_bounds(struct kunit *test)
{
	struct vnpu_config config;

	EXPECT_CONFIG(true, array.dataflow, VNPU_DATAFLOW_RS);
	EXPECT_CONFIG(false, array.dataflow, 3);
	EXPECT_CONFIG(false, array.pes, 0);
	EXPECT_CONFIG(true, array.pes, 1);
	EXPECT_CONFIG(true, array.pes, 1048576);
	EXPECT_CONFIG(false, array.pes, 1048577);
	EXPECT_CONFIG(false, array.clock_khz, 999);
	EXPECT_CONFIG(true, array.clock_khz, 1000);
	EXPECT_CONFIG(true, array.clock_khz, 10000000);
	EXPECT_CONFIG(false, array.clock_khz, 10000001);
	EXPECT_CONFIG(false, array.sram_bytes, 1023);
	EXPECT_CONFIG(true, array.sram_bytes, 1024);
	EXPECT_CONFIG(true, array.sram_bytes, 1ULL << 40);
	EXPECT_CONFIG(false, array.sram_bytes, (1ULL << 40) + 1);
	EXPECT_CONFIG(false, array.bandwidth_mbps, 0);
	EXPECT_CONFIG(true, array.bandwidth_mbps, 1);
	EXPECT_CONFIG(true, array.bandwidth_mbps, 10000000);
	EXPECT_CONFIG(false, array.bandwidth_mbps, 10000001);
	EXPECT_CONFIG(false, slots, 0);
	EXPECT_CONFIG(true, slots, 16);
	EXPECT_CONFIG(false, slots, 17);
	EXPECT_CONFIG(true, jitter_permille, 900);
	EXPECT_CONFIG(false, jitter_permille, 901);
	EXPECT_CONFIG(true, seed, U64_MAX);
}

static void config_names(struct kunit *test)
{
	static const char longest[] = "0123456789abcdefghijklmnopqrstu";
	struct vnpu_config config;
	char class[DREAM_ACCEL_NAME_LEN];

	vnpu_config_init(&config);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_name(config.domain, "dram_0\n"), 0);
	KUNIT_EXPECT_STREQ(test, config.domain, "dram_0");

	/* What is refused changes nothing. */
	KUNIT_EXPECT_EQ(test, vnpu_config_set_name(config.domain, "a b"), -EINVAL);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_name(config.domain, "a/b"), -EINVAL);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_name(config.domain, "a\n\n"), -EINVAL);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_name(config.domain, "\xe4"), -EINVAL);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_name(config.domain,
						   "0123456789abcdefghijklmnopqrstuv"),
			-EINVAL);
	KUNIT_EXPECT_STREQ(test, config.domain, "dram_0");

	KUNIT_EXPECT_EQ(test, vnpu_config_set_name(config.class, longest), 0);
	KUNIT_EXPECT_TRUE(test, vnpu_config_valid(&config));
	vnpu_config_class(&config, class);
	KUNIT_EXPECT_STREQ(test, class, longest);

	/* Empty: the default again. */
	KUNIT_EXPECT_EQ(test, vnpu_config_set_name(config.class, "\n"), 0);
	vnpu_config_class(&config, class);
	KUNIT_EXPECT_STREQ(test, class, "ws-1024");

	memset(config.class, 'x', sizeof(config.class));
	KUNIT_EXPECT_FALSE(test, vnpu_config_valid(&config));
}

static void config_dataflow(struct kunit *test)
{
	struct vnpu_config config;
	char class[DREAM_ACCEL_NAME_LEN];

	vnpu_config_init(&config);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_dataflow(&config, "os\n"), 0);
	KUNIT_EXPECT_EQ(test, config.array.dataflow, VNPU_DATAFLOW_OS);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_dataflow(&config, "xs"), -EINVAL);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_dataflow(&config, ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_dataflow(&config, "wss"), -EINVAL);
	KUNIT_EXPECT_EQ(test, config.array.dataflow, VNPU_DATAFLOW_OS);
	KUNIT_EXPECT_EQ(test, vnpu_config_set_dataflow(&config, "rs"), 0);
	config.array.pes = 168;
	vnpu_config_class(&config, class);
	KUNIT_EXPECT_STREQ(test, class, "rs-168");
}

static struct kunit_case config_cases[] = {
	KUNIT_CASE(config_default),
	KUNIT_CASE(config_bounds),
	KUNIT_CASE(config_names),
	KUNIT_CASE(config_dataflow),
	{}
};

static struct kunit_suite config_suite = {
	.name = "vnpu_config",
	.test_cases = config_cases,
};

/* --------------------------------------------------------------- commands */

#define RANGE_WORDS	8

/**
 * struct command_data - a command as a runtime writes it
 * @head: the command
 * @entries: its costs, and room for one too many
 */
struct command_data {
	struct dream_vnpu_cmd head;
	struct dream_vnpu_cost_entry entries[DREAM_VNPU_COSTS_MAX + 1];
};

/**
 * struct command_test - a good command with all that it needs
 * @array: array of the device
 * @data: the command and its costs
 * @memory: what the ranges are made of
 * @ranges: 0: input, 1: input and output, 2: output
 * @cmd: as the arbiter gives it
 * @command: what is made of it
 */
struct command_test {
	struct vnpu_array array;
	struct command_data data;
	u64 memory[3][RANGE_WORDS];
	struct dream_range ranges[3];
	struct dream_cmd cmd;
	struct vnpu_command command;
};

static void set_size(struct command_test *t)
{
	t->cmd.size = sizeof(t->data.head) +
		      t->data.head.cost_count * sizeof(t->data.entries[0]);
}

static void make_explicit(struct command_test *t)
{
	t->data.head.cost = DREAM_VNPU_COST_EXPLICIT;
	t->data.head.cost_count = 2;
	memset(&t->data.head.shape, 0, sizeof(t->data.head.shape));
	t->data.entries[0] = (struct dream_vnpu_cost_entry) {
		.class_name = "os-1024",
		.cycles = 7000,
		.energy_nj = 5,
		.dram_bytes = 90,
	};
	t->data.entries[1] = (struct dream_vnpu_cost_entry) {
		.class_name = "ws-1024",
		.cycles = 700000,
		.energy_nj = 6,
	};
	set_size(t);
}

static int command_init(struct kunit *test)
{
	/* the test's own, and room for a copy */
	struct command_test *t = kunit_kcalloc(test, 2, sizeof(*t), GFP_KERNEL);
	static const u32 flags[] = {
		DREAM_RANGE_IN,
		DREAM_RANGE_IN | DREAM_RANGE_OUT,
		DREAM_RANGE_OUT,
	};
	unsigned int i;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->array = (struct vnpu_array) {
		.dataflow = VNPU_DATAFLOW_WS,
		.pes = 1024,
		.clock_khz = 700000,
		.bandwidth_mbps = 90000,
		.sram_bytes = 8 << 20,
	};
	t->data.head = (struct dream_vnpu_cmd) {
		.magic = DREAM_VNPU_CMD_MAGIC,
		.cost = DREAM_VNPU_COST_SHAPE,
		.shape = { 16, 3, 224, 224, 3, 3, 2, 1 },
		.in_range = 0,
		.out_range = 1,
		.in_offset = 8,
		.out_offset = 16,
		.in_len = 8 * (RANGE_WORDS - 1),
		.out_len = 8 * (RANGE_WORDS - 2),
		.key = 99,
		.result = 3,
	};
	for (i = 0; i < ARRAY_SIZE(t->ranges); i++)
		t->ranges[i] = (struct dream_range) {
			.vaddr = t->memory[i],
			.len = sizeof(t->memory[i]),
			.flags = flags[i],
		};
	t->cmd = (struct dream_cmd) {
		.cookie = 77,
		.data = &t->data,
		.ranges = t->ranges,
		.range_count = ARRAY_SIZE(t->ranges),
	};
	set_size(t);
	return 0;
}

static int parse(struct command_test *t)
{
	return vnpu_command_parse(&t->command, &t->cmd, &t->array, "ws-1024");
}

static void command_shape(struct kunit *test)
{
	struct command_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, parse(t), 0);
	KUNIT_EXPECT_EQ(test, t->command.cookie, 77);
	KUNIT_EXPECT_PTR_EQ(test, t->command.in, &t->memory[0][1]);
	KUNIT_EXPECT_EQ(test, t->command.in_words, RANGE_WORDS - 1);
	KUNIT_EXPECT_PTR_EQ(test, t->command.out, &t->memory[1][2]);
	KUNIT_EXPECT_EQ(test, t->command.out_words, RANGE_WORDS - 2);
	KUNIT_EXPECT_EQ(test, t->command.key, 99);
	KUNIT_EXPECT_EQ(test, t->command.result, 3);
	KUNIT_EXPECT_EQ(test, t->command.faults, 0);
	/* 112 x c(112,4) x 9 cycles and a launch of 1000, 10/7 ns each */
	KUNIT_EXPECT_EQ(test, t->command.ns,
			DIV_ROUND_UP((112 * 28 * 9 + 1000) * 10, 7));
	KUNIT_EXPECT_EQ(test, t->command.dram_bytes, 351664);
	KUNIT_EXPECT_EQ(test, t->command.energy_nj, 123394);
}

static void command_explicit(struct kunit *test)
{
	struct command_test *t = test->priv;

	make_explicit(t);
	KUNIT_ASSERT_EQ(test, parse(t), 0);
	KUNIT_EXPECT_EQ(test, t->command.ns, 1000000);
	KUNIT_EXPECT_EQ(test, t->command.energy_nj, 6);
	KUNIT_EXPECT_EQ(test, t->command.dram_bytes, 0);

	/* the entry for every class, wherever it stands */
	t->data.entries[1].class_name[0] = '\0';
	KUNIT_ASSERT_EQ(test, parse(t), 0);
	KUNIT_EXPECT_EQ(test, t->command.energy_nj, 6);
	t->data.entries[1].class_name[0] = 'x';
	t->data.entries[0].class_name[0] = '\0';
	KUNIT_ASSERT_EQ(test, parse(t), 0);
	KUNIT_EXPECT_EQ(test, t->command.energy_nj, 5);
	KUNIT_EXPECT_EQ(test, t->command.ns, 10000);
	KUNIT_EXPECT_EQ(test, t->command.dram_bytes, 90);
	/* one's own goes before that */
	t->data.entries[1].class_name[0] = 'w';
	KUNIT_ASSERT_EQ(test, parse(t), 0);
	KUNIT_EXPECT_EQ(test, t->command.energy_nj, 6);

	/* memory takes longer than the array: 9 GB at 90 GB/s */
	t->data.entries[1].dram_bytes = 9000000000;
	KUNIT_ASSERT_EQ(test, parse(t), 0);
	KUNIT_EXPECT_EQ(test, t->command.ns, 100000000);
}

/* Spoils a good command by an assignment, and repairs it. */
#define EXPECT_REFUSED(spoil) do {						\
	KUNIT_ASSERT_EQ(test, parse(t), 0);					\
	t[1] = t[0];								\
	spoil;									\
	KUNIT_EXPECT_EQ_MSG(test, parse(t), -EINVAL, #spoil);			\
	t[0] = t[1];								\
} while (0)

static void command_bad_head(struct kunit *test)
{
	struct command_test *t = test->priv;

	EXPECT_REFUSED(t->data.head.magic = 0);
	EXPECT_REFUSED(t->data.head.cost = 2);
	EXPECT_REFUSED(t->data.head.pad = 1);
	EXPECT_REFUSED(t->data.head.pad = 1ULL << 63);
	EXPECT_REFUSED(t->cmd.size = 0);
	EXPECT_REFUSED(t->cmd.size = sizeof(struct dream_vnpu_cmd) - 1);
	EXPECT_REFUSED(t->cmd.size = sizeof(struct dream_vnpu_cmd) + 8);
	EXPECT_REFUSED(t->data.head.cost_count = 1);
	EXPECT_REFUSED(t->data.head.cost_count = U32_MAX);
}

static void command_bad_ranges(struct kunit *test)
{
	struct command_test *t = test->priv;

	EXPECT_REFUSED(t->data.head.in_range = 3);
	EXPECT_REFUSED(t->data.head.out_range = 3);
	EXPECT_REFUSED(t->data.head.in_range = U32_MAX);
	/* not for reading; not for writing; not for reading what is written */
	EXPECT_REFUSED(t->data.head.in_range = 2);
	EXPECT_REFUSED(t->data.head.out_range = 0);
	EXPECT_REFUSED(t->data.head.out_range = 2);
	EXPECT_REFUSED(t->data.head.in_len = 0);
	EXPECT_REFUSED(t->data.head.out_len = 0);
	EXPECT_REFUSED(t->data.head.in_len = 4);
	EXPECT_REFUSED(t->data.head.out_len = 12);
	EXPECT_REFUSED(t->data.head.in_offset = 4);
	EXPECT_REFUSED(t->data.head.out_offset = 1);
	EXPECT_REFUSED(t->data.head.in_offset = 16);
	EXPECT_REFUSED(t->data.head.out_offset = 24);
	EXPECT_REFUSED(t->data.head.in_len = 8 * RANGE_WORDS);
	EXPECT_REFUSED(t->data.head.out_len = 8 * RANGE_WORDS);
	EXPECT_REFUSED(t->data.head.in_offset = -8ULL);
	EXPECT_REFUSED(t->data.head.out_offset = -8ULL);
	EXPECT_REFUSED(t->data.head.in_len = -8ULL);
	EXPECT_REFUSED(t->data.head.out_len = -16ULL);
	EXPECT_REFUSED(t->cmd.range_count = 1);
	EXPECT_REFUSED(t->cmd.range_count = 0);
}

static void command_bad_shape(struct kunit *test)
{
	struct command_test *t = test->priv;

	EXPECT_REFUSED(t->data.head.shape.k = 0);
	EXPECT_REFUSED(t->data.head.shape.c = 0);
	EXPECT_REFUSED(t->data.head.shape.y = 0);
	EXPECT_REFUSED(t->data.head.shape.x = 0);
	EXPECT_REFUSED(t->data.head.shape.r = 0);
	EXPECT_REFUSED(t->data.head.shape.s = 0);
	EXPECT_REFUSED(t->data.head.shape.stride = 0);
	EXPECT_REFUSED(t->data.head.shape.groups = 0);
	EXPECT_REFUSED(t->data.head.shape.groups = 3);
	EXPECT_REFUSED(t->data.head.shape.groups = 16);
	/* longer than any command may be */
	EXPECT_REFUSED(t->data.head.shape.y = U32_MAX);
	memset(&t->data.head.shape, 0xff, sizeof(t->data.head.shape));
	KUNIT_EXPECT_EQ(test, parse(t), -EINVAL);
}

static void command_bad_costs(struct kunit *test)
{
	struct command_test *t = test->priv;

	make_explicit(t);
	EXPECT_REFUSED(t->data.head.shape.k = 1);
	EXPECT_REFUSED(t->data.head.shape.groups = 1);
	EXPECT_REFUSED(t->data.head.cost = DREAM_VNPU_COST_SHAPE);
	EXPECT_REFUSED(t->data.head.cost_count = 1);
	EXPECT_REFUSED(t->data.head.cost_count = 3);
	EXPECT_REFUSED(t->data.entries[1].class_name[0] = 'x');
	EXPECT_REFUSED(t->data.entries[1].cycles = 0);
	EXPECT_REFUSED(t->data.entries[1].cycles = U64_MAX);
	EXPECT_REFUSED(t->data.entries[1].dram_bytes = VNPU_COMMAND_DRAM_MAX + 1);
	EXPECT_REFUSED(t->data.entries[1].dram_bytes = U64_MAX);

	/* no entry at all; one too many */
	t->data.head.cost_count = 0;
	set_size(t);
	KUNIT_EXPECT_EQ(test, parse(t), -EINVAL);
	t->data.head.cost_count = DREAM_VNPU_COSTS_MAX + 1;
	set_size(t);
	KUNIT_EXPECT_EQ(test, parse(t), -EINVAL);
}

static void command_bad_names(struct kunit *test)
{
	struct command_test *t = test->priv;
	unsigned int i;

	make_explicit(t);
	/* twice the same, of this class or of another, or for every class */
	strscpy(t->data.entries[0].class_name, "ws-1024");
	KUNIT_EXPECT_EQ(test, parse(t), -EINVAL);
	make_explicit(t);
	t->data.entries[2] = t->data.entries[0];
	t->data.head.cost_count = 3;
	set_size(t);
	KUNIT_EXPECT_EQ(test, parse(t), -EINVAL);
	t->data.entries[0].class_name[0] = '\0';
	t->data.entries[2].class_name[0] = '\0';
	KUNIT_EXPECT_EQ(test, parse(t), -EINVAL);

	/* not terminated */
	make_explicit(t);
	memset(t->data.entries[0].class_name, 'x', DREAM_VNPU_CLASS_LEN);
	KUNIT_EXPECT_EQ(test, parse(t), -EINVAL);

	/* as many as there can be */
	make_explicit(t);
	for (i = 2; i < DREAM_VNPU_COSTS_MAX; i++)
		snprintf(t->data.entries[i].class_name, DREAM_VNPU_CLASS_LEN,
			 "rs-%u", i);
	t->data.head.cost_count = DREAM_VNPU_COSTS_MAX;
	set_size(t);
	KUNIT_EXPECT_EQ(test, parse(t), 0);
}

static void command_longest(struct kunit *test)
{
	struct command_test *t = test->priv;
	u64 most = vnpu_ns_to_cycles(VNPU_COMMAND_NS_MAX, t->array.clock_khz);

	make_explicit(t);
	t->data.entries[1].cycles = most;
	KUNIT_EXPECT_EQ(test, parse(t), 0);
	KUNIT_EXPECT_LE(test, t->command.ns, VNPU_COMMAND_NS_MAX);
	t->data.entries[1].cycles = most + 1;
	KUNIT_EXPECT_EQ(test, parse(t), -EINVAL);
	t->data.entries[1].cycles = 1;
	t->data.entries[1].dram_bytes = VNPU_COMMAND_DRAM_MAX;
	KUNIT_EXPECT_EQ(test, parse(t), 0);
}

static struct kunit_case command_cases[] = {
	KUNIT_CASE(command_shape),
	KUNIT_CASE(command_explicit),
	KUNIT_CASE(command_bad_head),
	KUNIT_CASE(command_bad_ranges),
	KUNIT_CASE(command_bad_shape),
	KUNIT_CASE(command_bad_costs),
	KUNIT_CASE(command_bad_names),
	KUNIT_CASE(command_longest),
	{}
};

static struct kunit_suite command_suite = {
	.name = "vnpu_command",
	.init = command_init,
	.test_cases = command_cases,
};

/* ------------------------------------------------------------- arithmetic */

static void cost_known(struct kunit *test)
{
	struct dream_vnpu_shape shape = { 16, 3, 224, 224, 3, 3, 2, 1 };
	struct vnpu_config config;
	struct vnpu_cost cost;

	vnpu_config_init(&config);
	KUNIT_ASSERT_EQ(test, vnpu_cost_of_shape(&config.array, &shape, &cost), 0);
	KUNIT_EXPECT_EQ(test, cost.macs, 5419008);
	KUNIT_EXPECT_EQ(test, cost.compute_cycles, 112 * 28 * 9);
	KUNIT_EXPECT_EQ(test, cost.l2_bytes, 351664);
	KUNIT_EXPECT_EQ(test, cost.dram_bytes, 351664);
	KUNIT_EXPECT_EQ(test, cost.cycles, 112 * 28 * 9 + VNPU_LAUNCH_CYCLES);
	KUNIT_EXPECT_EQ(test, cost.energy_nj, 123394);

	memset(&shape, 0xff, sizeof(shape));
	shape.groups = 1;
	shape.stride = 1;
	KUNIT_ASSERT_EQ(test, vnpu_cost_of_shape(&config.array, &shape, &cost), 0);
	KUNIT_EXPECT_EQ(test, cost.macs, U64_MAX);
	KUNIT_EXPECT_EQ(test, cost.cycles, U64_MAX);
	KUNIT_EXPECT_EQ(test, cost.energy_nj, U64_MAX);

	shape.groups = 2;
	KUNIT_EXPECT_EQ(test, vnpu_cost_of_shape(&config.array, &shape, &cost),
			-EINVAL);
}

static void time_known(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vnpu_cycles_to_ns(7, 700000), 10);
	KUNIT_EXPECT_EQ(test, vnpu_cycles_to_ns(8, 700000), 12);
	KUNIT_EXPECT_EQ(test, vnpu_cycles_to_ns(U64_MAX, 999999), U64_MAX);
	KUNIT_EXPECT_EQ(test, vnpu_ns_to_cycles(12, 700000), 8);
	KUNIT_EXPECT_EQ(test, vnpu_dram_ns(90, 90000), 1);
	KUNIT_EXPECT_EQ(test, vnpu_dram_ns(91, 90000), 2);
	KUNIT_EXPECT_EQ(test, vnpu_dram_ns(U64_MAX, 1), U64_MAX);
}

static void share_known(struct kunit *test)
{
	static const u64 demand[] = { 10, 2, 10, 0 };
	static const u64 expected[] = { 4, 2, 4, 0 };
	u64 grant[ARRAY_SIZE(demand)];

	vnpu_share(demand, grant, ARRAY_SIZE(demand), 10);
	KUNIT_EXPECT_MEMEQ(test, grant, expected, sizeof(grant));
	vnpu_share(demand, grant, ARRAY_SIZE(demand), 22);
	KUNIT_EXPECT_MEMEQ(test, grant, demand, sizeof(grant));
	KUNIT_EXPECT_EQ(test, vnpu_share_rate(10, 4),
			4 * VNPU_RATE_FULL / 10);
	KUNIT_EXPECT_EQ(test, vnpu_share_rate(U64_MAX, 0), 1);
	KUNIT_EXPECT_EQ(test, vnpu_share_demand(90, 1000, 1000000000), 90000000);
}

static void progress_known(struct kunit *test)
{
	struct vnpu_progress progress;

	vnpu_progress_start(&progress, 1000, 5000);
	KUNIT_EXPECT_EQ(test, vnpu_progress_end(&progress), 6000);
	vnpu_progress_set_rate(&progress, VNPU_RATE_FULL / 2, 5500);
	KUNIT_EXPECT_EQ(test, vnpu_progress_end(&progress), 6500);
	vnpu_progress_set_rate(&progress, VNPU_RATE_FULL, 6000);
	KUNIT_EXPECT_EQ(test, vnpu_progress_end(&progress), 6250);
}

static void transform_known(struct kunit *test)
{
	u64 in = 0x0123456789abcdef, out[2] = { 1, 1 };

	dream_vnpu_transform(out, &in, 1, 42, 1, 1);
	KUNIT_EXPECT_EQ(test, out[0], 1);
	KUNIT_EXPECT_EQ(test, out[1], 0x8a1aea12006a6a75);
}

static void jitter_known(struct kunit *test)
{
	u64 state = vnpu_jitter_seed(1, "vnpu0"), again = state;
	unsigned int i;
	u64 ns;

	for (i = 0; i < 1000; i++) {
		ns = vnpu_jitter(&state, 1000, 100);
		KUNIT_ASSERT_EQ(test, ns, vnpu_jitter(&again, 1000, 100));
		KUNIT_ASSERT_LE(test, 900, ns);
		KUNIT_ASSERT_LE(test, ns, 1100);
	}
	KUNIT_EXPECT_EQ(test, vnpu_jitter(&state, 1000, 0), 1000);
}

static struct kunit_case arithmetic_cases[] = {
	KUNIT_CASE(cost_known),
	KUNIT_CASE(time_known),
	KUNIT_CASE(share_known),
	KUNIT_CASE(progress_known),
	KUNIT_CASE(transform_known),
	KUNIT_CASE(jitter_known),
	{}
};

static struct kunit_suite arithmetic_suite = {
	.name = "vnpu_arithmetic",
	.test_cases = arithmetic_cases,
};

kunit_test_suites(&config_suite, &command_suite, &arithmetic_suite);

MODULE_DESCRIPTION("KUnit suites of the virtual NPU");
MODULE_LICENSE("GPL");
