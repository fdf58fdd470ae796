// SPDX-License-Identifier: GPL-2.0
/*
 * Random requests, the same ones every time: FUZZ_SEED and FUZZ_COUNT in the
 * environment make it others, or more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "raw.h"

FIXTURE(fuzz) {
	struct probe p;
	struct box box;
	struct raw_msg m;
	int fd;
};

FIXTURE_SETUP(fuzz)
{
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->fd = raw_open();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(fuzz)
{
	close(self->fd);
	box_stop(&self->box);
	probe_close(&self->p);
}

static uint64_t state;

/* xorshift64* */
static uint32_t any(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 2685821657736338717ULL) >> 32) % below;
}

static unsigned long setting(const char *name, unsigned long value)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : value;
}

/* Lengths that are right come often, or nothing gets past the first check. */
static unsigned int any_length(void)
{
	static const unsigned int usual[] = { 0, 4, 8, 4, 8, 4, 8, 16 };

	return any(4) ? usual[any(8)] : any(300);
}

static void any_message(struct raw_msg *m, int family, uint32_t known)
{
	uint32_t data[80];
	unsigned int attrs = any(4), i;
	int off;

	raw_begin(m, family, any(8) ? 1 + any(3) : any(256),
		  any(4) ? 0 : NLM_F_DUMP);
	if (!any(20))
		m->genl.reserved = any(65536);
	if (!any(20))
		m->nl.nlmsg_flags ^= 1 << (8 + any(8));
	m->nl.nlmsg_flags |= NLM_F_REQUEST;
	m->genl.version = any(10) ? 1 : any(256);
	while (attrs--) {
		for (i = 0; i < 80; i++)
			data[i] = any(3) ? any(1U << any(31)) : known;
		off = raw_attr(m, any(10) ? 1 + any(6) : any(65536), data,
			       any_length());
		if (!any(15))
			raw_at(m, off)->nla_len = any(65536);
	}
	if (!any(15))
		m->nl.nlmsg_len -= any(m->nl.nlmsg_len - NLMSG_HDRLEN);
}

static bool expected(int error)
{
	switch (error) {
	case 0:
	case -EINVAL:
	case -ERANGE:
	case -ENOENT:
	case -ESRCH:
	case -EOPNOTSUPP:
		return true;
	}
	return false;
}

/*
 * Flow:
 *  1. Messages with random commands, flags and attributes, some of them cut or
 *     with lengths that lie.  Each is answered, with an error that is listed.
 *  2. Some are right: replies came.  All three commands are among them.
 *  3. The module has lost nothing, and all its hooks work.
 */
TEST_F_TIMEOUT(fuzz, random_requests, 200)
{
	unsigned long count = setting("FUZZ_COUNT", 20000), i;
	unsigned long replies = 0, refusals = 0;
	struct probe_status before, after;
	struct raw_answer a;
	struct probe_ns ns;

	state = setting("FUZZ_SEED", 20260);
	ASSERT_EQ(0, probe_status(&self->p, &before));
	for (i = 0; i < count; i++) {
		any_message(&self->m, self->p.family, self->box.pid);
		raw_ask(self->fd, &self->m, &a);
		ASSERT_TRUE(expected(a.error))
			TH_LOG("message %lu: error %d", i, a.error);
		/* What is refused is not answered as well. */
		ASSERT_TRUE(!a.error || !a.replies);
		replies += a.replies;
		refusals += !!a.error;
	}
	EXPECT_LT(0, replies);
	EXPECT_LT(count / 4, refusals);
	fprintf(stderr, "# %lu messages: %lu refused, %lu replies\n", count,
		refusals, replies);

	ASSERT_EQ(0, probe_status(&self->p, &after));
	EXPECT_EQ(before.namespaces, after.namespaces);
	EXPECT_EQ(before.born, after.born);
	EXPECT_EQ(before.drops, after.drops);
	EXPECT_EQ(before.mismatches, after.mismatches);
	for (i = 0; i < after.hooks; i++)
		EXPECT_EQ(PIDNS_PROBE_HOOK_STATE_ARMED, after.hook[i].state);
	EXPECT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(0, ns.drops);
}

TEST_HARNESS_MAIN
