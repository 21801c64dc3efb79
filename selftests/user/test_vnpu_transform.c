// SPDX-License-Identifier: GPL-2.0
/*
 * The transformation of the data: what it computes, and that each mishap of a
 * command can be seen in the output.
 */
#include "kselftest_harness.h"
#include "random.h"
#include "virt-accel/transform.h"

#define WORDS	257

FIXTURE(data) {
	struct random random;
	u64 in[WORDS];
	u64 out[WORDS];
	u64 before[WORDS];
	u64 expected[WORDS];
};

FIXTURE_SETUP(data)
{
	unsigned int i;

	self->random.state = 4;
	for (i = 0; i < WORDS; i++) {
		self->in[i] = random_u64(&self->random);
		self->out[i] = random_u64(&self->random);
	}
	memcpy(self->before, self->out, sizeof(self->out));
}

FIXTURE_TEARDOWN(data)
{
}

/* One word, bit by bit where the function uses an instruction. */
static u64 word(u64 old, u64 in, u64 key, u64 index)
{
	u64 x = old ^ in;
	u64 product = 0;
	unsigned int bit;

	for (bit = 0; bit < 23; bit++)
		x = (x << 1) + (x >> 63);
	for (bit = 0; bit < 64; bit++) {
		if (0x9e3779b97f4a7c15 >> bit & 1)
			product += x << bit;
	}
	return product + key + index;
}

static bool same(const u64 *a, const u64 *b)
{
	return !memcmp(a, b, WORDS * sizeof(*a));
}

TEST(known_values)
{
	u64 in = 0x0123456789abcdef, out = 0, ones[2] = { 1, 1 };

	dream_vnpu_transform(&out, &in, 1, 0, 0, 1);
	EXPECT_EQ(0x66da8f500aea6a4a, out);
	dream_vnpu_transform(ones, &in, 1, 42, 1, 1);
	EXPECT_EQ(1, ones[0]);
	EXPECT_EQ(0x8a1aea12006a6a75, ones[1]);
}

TEST_F(data, every_word)
{
	static const unsigned int lengths[] = { 1, 2, 3, 100, WORDS };
	unsigned int n, i;

	for (n = 0; n < sizeof(lengths) / sizeof(*lengths); n++) {
		u64 key = random_u64(&self->random);

		memcpy(self->before, self->out, sizeof(self->out));
		dream_vnpu_transform(self->out, self->in, lengths[n], key,
				     0, WORDS);
		for (i = 0; i < WORDS; i++)
			ASSERT_EQ(word(self->before[i], self->in[i % lengths[n]],
				       key, i), self->out[i]);
	}
}

TEST_F(data, in_pieces)
{
	u64 done = 0, count;

	dream_vnpu_transform(self->before, self->in, 10, 5, 0, WORDS);
	while (done < WORDS) {
		count = random_in(&self->random, 0, WORDS - done);
		dream_vnpu_transform(self->out, self->in, 10, 5, done, count);
		done += count;
	}
	EXPECT_TRUE(same(self->before, self->out));
}

TEST_F(data, only_what_was_asked_for)
{
	unsigned int i;

	dream_vnpu_transform(self->out, self->in, WORDS, 5, 100, 50);
	for (i = 0; i < WORDS; i++) {
		bool asked_for = i >= 100 && i < 150;

		ASSERT_EQ(asked_for, self->before[i] != self->out[i]);
	}
}

/* Input and output overlap: words are taken in ascending order. */
TEST_F(data, overlap)
{
	unsigned int i;

	dream_vnpu_transform(self->out + 1, self->out, WORDS - 1, 7, 0, WORDS - 1);
	for (i = 1; i < WORDS; i++)
		ASSERT_EQ(word(self->before[i], self->out[i - 1], 7, i - 1),
			  self->out[i]);
	EXPECT_EQ(self->before[0], self->out[0]);
}

TEST_F(data, lost)
{
	unsigned int i;

	dream_vnpu_transform(self->out, self->in, WORDS, 5, 0, WORDS);
	for (i = 0; i < WORDS; i++)
		EXPECT_NE(self->before[i], self->out[i]);
}

TEST_F(data, repeated)
{
	dream_vnpu_transform(self->out, self->in, WORDS, 5, 0, WORDS);
	memcpy(self->expected, self->out, sizeof(self->out));
	dream_vnpu_transform(self->out, self->in, WORDS, 5, 0, WORDS);
	EXPECT_FALSE(same(self->expected, self->out));
	EXPECT_FALSE(same(self->before, self->out));
}

TEST_F(data, reordered)
{
	/* Two layers on the same data that differ in their key only. */
	memcpy(self->expected, self->out, sizeof(self->out));
	dream_vnpu_transform(self->expected, self->in, WORDS, 1, 0, WORDS);
	dream_vnpu_transform(self->expected, self->in, WORDS, 2, 0, WORDS);
	dream_vnpu_transform(self->out, self->in, WORDS, 2, 0, WORDS);
	dream_vnpu_transform(self->out, self->in, WORDS, 1, 0, WORDS);
	EXPECT_FALSE(same(self->expected, self->out));
}

TEST_F(data, torn)
{
	unsigned int part;

	memcpy(self->expected, self->out, sizeof(self->out));
	dream_vnpu_transform(self->expected, self->in, WORDS, 5, 0, WORDS);
	for (part = 0; part < WORDS; part++) {
		memcpy(self->out, self->before, sizeof(self->out));
		dream_vnpu_transform(self->out, self->in, WORDS, 5, 0, part);
		ASSERT_FALSE(same(self->expected, self->out));
	}
}

TEST_HARNESS_MAIN
