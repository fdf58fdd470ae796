// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that are wrong, each in one way, sent byte by byte: the error, the
 * sentence and the attribute that it names, and that nothing has changed.
 *
 * Where no sentence is expected, the kernel's own generic netlink refuses and
 * says none, and no family can change that.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "raw.h"

#define STATUS_GET	PIDNS_PROBE_CMD_STATUS_GET
#define NS_GET		PIDNS_PROBE_CMD_NS_GET
#define TEARDOWN_GET	PIDNS_PROBE_CMD_TEARDOWN_GET

#define SOME		""	/* any sentence: kernels word it differently */

FIXTURE(refuse) {
	struct probe p;
	struct box box;
	struct probe_status before;
	struct probe_ns ns;
	struct raw_msg m;
	int fd;
};

#define refuse_t	FIXTURE_DATA(refuse)

FIXTURE_SETUP(refuse)
{
	/* It then knows nothing of namespaces that are about to die. */
	ASSERT_EQ(0, module_reload(""));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &self->ns));
	ASSERT_EQ(0, probe_status(&self->p, &self->before));
	self->fd = raw_open();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(refuse)
{
	close(self->fd);
	box_stop(&self->box);
	probe_close(&self->p);
}

static bool is_sentence(const char *s)
{
	return strlen(s) >= 10 && isalpha(s[0]) && strchr(s, ' ') &&
	       !strpbrk(s, "\n%");
}

/* The last message, sent as LEN bytes, is refused like this. */
static bool refused_len(refuse_t *self, unsigned int len, int error,
			const char *sentence, int offset)
{
	struct raw_answer a;
	bool ok;

	raw_ask_len(self->fd, &self->m, len, &a);
	ok = a.error == error && !a.replies;
	if (!sentence)
		ok = ok && !a.sentence[0];
	else if (!*sentence)
		ok = ok && is_sentence(a.sentence);
	else
		ok = ok && !strcmp(a.sentence, sentence);
	/* Before 6.10 the end of a dump names no attribute. */
	if (!a.done || a.offset != -1)
		ok = ok && a.offset == offset;
	if (!ok)
		fprintf(stderr,
			"# expected %d \"%s\" at %d, got %d \"%s\" at %d and %u replies\n",
			error, sentence ?: "(none)", offset, a.error,
			a.sentence, a.offset, a.replies);
	return ok;
}

static bool refused(refuse_t *self, int error, const char *sentence, int offset)
{
	return refused_len(self, self->m.nl.nlmsg_len, error, sentence, offset);
}

static bool accepted(refuse_t *self)
{
	struct raw_answer a;

	raw_ask(self->fd, &self->m, &a);
	return !a.error && a.replies;
}

static void begin(refuse_t *self, int cmd, int flags)
{
	raw_begin(&self->m, self->p.family, cmd, flags);
}

/* A message for CMD with an attribute of LEN bytes; where that is. */
static int with_bytes(refuse_t *self, int cmd, int flags, int type,
		      unsigned int len)
{
	static const char zero[RAW_ROOM / 2];

	begin(self, cmd, flags);
	return raw_attr(&self->m, type, zero, len);
}

static int with_u32(refuse_t *self, int cmd, int flags, int type, uint32_t v)
{
	begin(self, cmd, flags);
	return raw_u32(&self->m, type, v);
}

static int with_u64(refuse_t *self, int cmd, int flags, int type, uint64_t v)
{
	begin(self, cmd, flags);
	return raw_u64(&self->m, type, v);
}

/* What no request may change, whether it is refused or not. */
struct state {
	uint64_t number[24];
	uint32_t hooks[PROBE_HOOKS];
};

static void take_state(const struct probe_status *st, const struct probe_ns *ns,
		       struct state *s)
{
	unsigned int i;

	*s = (struct state){ .number = {
		st->born, st->died, st->drops, st->teardowns, st->events,
		st->lost_ring, st->lost_memory, st->lost_stale,
		st->unattributed, st->births_missed, st->deaths_missed,
		st->no_record, st->unended, st->forgotten, st->mismatches,
		st->namespaces, st->tearing_down, st->history, st->stuck_after,
		ns->id, ns->drops, ns->ignored, ns->processes, ns->state,
	} };
	for (i = 0; i < st->hooks; i++)
		s->hooks[i] = st->hook[i].state;
}

/* The module is as it was, and answers. */
static bool unchanged(refuse_t *self)
{
	struct probe_status now;
	struct state was, is;
	struct probe_ns ns;
	int i;

	if (probe_status(&self->p, &now) ||
	    probe_ns_by_pid(&self->p, self->box.pid, &ns))
		return false;
	take_state(&self->before, &self->ns, &was);
	take_state(&now, &ns, &is);
	for (i = 0; i < 24; i++)
		if (was.number[i] != is.number[i])
			fprintf(stderr, "# number %d changed\n", i);
	return !memcmp(&was, &is, sizeof(is));
}

/*
 * Flow: each attribute that a command takes, with each length but its own:
 * shorter, longer, and far longer.
 */
TEST_F_TIMEOUT(refuse, lengths, 120)
{
	static const unsigned int length[] = {
		0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 64, 4096, 60000,
	};
	static const struct {
		int cmd, type;
		unsigned int own;
	} takes[] = {
		{ STATUS_GET, PIDNS_PROBE_A_STATUS_QUICK, 0 },
		{ NS_GET, PIDNS_PROBE_A_NS_ID, 8 },
		{ NS_GET, PIDNS_PROBE_A_NS_INUM, 4 },
		{ NS_GET, PIDNS_PROBE_A_NS_PID, 4 },
		{ TEARDOWN_GET, PIDNS_PROBE_A_TEARDOWN_NUMBER, 8 },
	};
	unsigned int i, j;
	int off;

	for (i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
		for (j = 0; j < sizeof(length) / sizeof(length[0]); j++) {
			if (length[j] == takes[i].own)
				continue;
			off = with_bytes(self, takes[i].cmd, 0, takes[i].type,
					 length[j]);
			/* A flag has no length that it could have instead. */
			EXPECT_TRUE(refused(self, takes[i].own ? -EINVAL :
					    -ERANGE, SOME, off))
				TH_LOG("attribute %d of %d, %u bytes",
				       takes[i].type, takes[i].cmd, length[j]);
		}
	}
	EXPECT_TRUE(unchanged(self));
}

/*
 * Flow:
 *  1. Attributes that a command does not take: those of its own replies, those
 *     of other commands, type 0, the greatest, and one beside one that is right.
 *  2. The flag of a nest on what is none.
 */
TEST_F_TIMEOUT(refuse, types, 120)
{
	static const int cmd[] = { STATUS_GET, NS_GET, TEARDOWN_GET };
	static const uint64_t takes[] = {
		1ULL << PIDNS_PROBE_A_STATUS_QUICK,
		1ULL << PIDNS_PROBE_A_NS_ID | 1ULL << PIDNS_PROBE_A_NS_INUM |
		1ULL << PIDNS_PROBE_A_NS_PID,
		1ULL << PIDNS_PROBE_A_TEARDOWN_NUMBER,
	};
	int i, type, off;

	for (i = 0; i < 3; i++) {
		for (type = 0; type < 40; type++) {
			if (takes[i] & 1ULL << type)
				continue;
			off = with_u64(self, cmd[i], 0, type, 1);
			EXPECT_TRUE(refused(self, -EINVAL, SOME, off))
				TH_LOG("attribute %d of %d", type, cmd[i]);
		}
		off = with_u32(self, cmd[i], 0, NLA_TYPE_MASK, 1);
		EXPECT_TRUE(refused(self, -EINVAL, SOME, off));
	}
	with_u64(self, NS_GET, 0, PIDNS_PROBE_A_NS_ID, self->ns.id);
	EXPECT_TRUE(accepted(self));
	off = raw_u32(&self->m, PIDNS_PROBE_A_NS_LEVEL, 0);
	EXPECT_TRUE(refused(self, -EINVAL, SOME, off));

	off = with_u64(self, NS_GET, 0, PIDNS_PROBE_A_NS_ID | NLA_F_NESTED,
		       self->ns.id);
	EXPECT_TRUE(refused(self, -EINVAL, SOME, off));
	off = with_u64(self, TEARDOWN_GET, 0,
		       PIDNS_PROBE_A_TEARDOWN_NUMBER | NLA_F_NESTED, 1);
	EXPECT_TRUE(refused(self, -EINVAL, SOME, off));
	EXPECT_TRUE(unchanged(self));
}

/*
 * Flow:
 *  1. An attribute whose length is less than its own header, or more than the
 *     message has.
 *  2. A message that ends in a few bytes that are no attribute.
 */
TEST_F_TIMEOUT(refuse, attribute_headers, 120)
{
	static const int length[] = { 0, 1, 3, 13, 16, 64, 4096, 0xffff };
	unsigned int i, extra;
	int off;

	for (i = 0; i < sizeof(length) / sizeof(length[0]); i++) {
		off = with_u64(self, NS_GET, 0, PIDNS_PROBE_A_NS_ID,
			       self->ns.id);
		raw_at(&self->m, off)->nla_len = length[i];
		EXPECT_TRUE(refused(self, -EINVAL, SOME, -1))
			TH_LOG("nla_len %d", length[i]);
	}
	for (extra = 1; extra < NLA_HDRLEN; extra++) {
		with_u64(self, NS_GET, 0, PIDNS_PROBE_A_NS_ID, self->ns.id);
		memset(raw_at(&self->m, self->m.nl.nlmsg_len), 0, 8);
		self->m.nl.nlmsg_len += extra;
		EXPECT_TRUE(refused(self, -EINVAL, SOME, -1))
			TH_LOG("%u bytes more", extra);
	}
	EXPECT_TRUE(unchanged(self));
}

/* Kernels before 6.1 have no such check. */
static bool kernel_checks_headers(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	uname(&name);
	if (sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return false;
	return major > 6 || (major == 6 && minor >= 1);
}

/*
 * Flow:
 *  1. A message that is shorter than a netlink header, or than it says: the
 *     kernel does not answer.
 *  2. One without a generic netlink header, or with half of one.
 *  3. Commands that are none, are notifications, or have no dump.
 *  4. Reserved bits, in the kernels that look at them.
 *  5. A version that is not ours: generic netlink does not look at it, so that
 *     a newer tool can talk to an older module.
 */
TEST_F_TIMEOUT(refuse, headers, 120)
{
	static const int cmd[] = {
		0, PIDNS_PROBE_CMD_NS_NEW_NTF, PIDNS_PROBE_CMD_DROP_NTF,
		PIDNS_PROBE_CMD_TEARDOWN_BEGIN_NTF,
		PIDNS_PROBE_CMD_TEARDOWN_END_NTF, PIDNS_PROBE_CMD_MAX + 1, 255,
	};
	struct nlmsghdr *h = &self->m.nl;
	unsigned int i;

	for (i = 1; i < NLMSG_HDRLEN; i += 3) {
		begin(self, STATUS_GET, 0);
		EXPECT_TRUE(refused_len(self, i, RAW_SILENCE, NULL, -1));
		h->nlmsg_len = i;
		EXPECT_TRUE(refused_len(self, NLMSG_HDRLEN + GENL_HDRLEN,
					RAW_SILENCE, NULL, -1));
	}
	begin(self, STATUS_GET, 0);
	h->nlmsg_len = 4096;
	EXPECT_TRUE(refused_len(self, NLMSG_HDRLEN + GENL_HDRLEN, RAW_SILENCE,
				NULL, -1));
	for (i = 0; i < GENL_HDRLEN; i++) {
		begin(self, STATUS_GET, 0);
		h->nlmsg_len = NLMSG_HDRLEN + i;
		EXPECT_TRUE(refused(self, -EINVAL, NULL, -1));
	}
	for (i = 0; i < sizeof(cmd) / sizeof(cmd[0]); i++) {
		begin(self, cmd[i], 0);
		EXPECT_TRUE(refused(self, -EOPNOTSUPP, NULL, -1));
		begin(self, cmd[i], NLM_F_DUMP);
		EXPECT_TRUE(refused(self, -EOPNOTSUPP, NULL, -1));
	}
	begin(self, STATUS_GET, NLM_F_DUMP);
	EXPECT_TRUE(refused(self, -EOPNOTSUPP, NULL, -1));

	if (kernel_checks_headers()) {
		begin(self, STATUS_GET, 0);
		self->m.genl.reserved = 1;
		EXPECT_TRUE(refused(self, -EINVAL, SOME, -1));
		begin(self, STATUS_GET, NLM_F_ROOT);
		EXPECT_TRUE(refused(self, -EINVAL, SOME, -1));
		begin(self, STATUS_GET, 0x8000);
		EXPECT_TRUE(refused(self, -EINVAL, SOME, -1));
	}
	for (i = 0; i < 256; i += 17) {
		begin(self, STATUS_GET, 0);
		self->m.genl.version = i;
		EXPECT_TRUE(accepted(self));
	}
	EXPECT_TRUE(unchanged(self));
}

/*
 * Flow:
 *  1. None, or more than one, of id, inum and pid.
 *  2. Numbers that nothing has: 0, 1 less or more, the greatest.
 *  3. A namespace and a process that were there a moment ago.
 */
TEST_F_TIMEOUT(refuse, names, 120)
{
	static const char one_of[] =
		"name a namespace by one of id, inum and pid";
	static const char no_ns[] = "no such PID namespace";
	static const char no_td[] = "no such teardown is remembered";
	static const uint64_t bad_id[] = {
		0, INT64_MAX, 1ULL << 63, UINT64_MAX,
	};
	static const uint32_t bad_inum[] = { 0, 1, INT32_MAX, UINT32_MAX };
	static const uint32_t bad_pid[] = {
		INT32_MAX, 1U << 31, (1U << 31) + 1, UINT32_MAX,
	};
	uint32_t pid = self->box.pid;
	unsigned int i, mask;
	struct probe_ns gone;
	int off;

	for (mask = 0; mask < 8; mask++) {
		begin(self, NS_GET, 0);
		if (mask & 1)
			raw_u64(&self->m, PIDNS_PROBE_A_NS_ID, self->ns.id);
		if (mask & 2)
			raw_u32(&self->m, PIDNS_PROBE_A_NS_INUM, self->ns.inum);
		if (mask & 4)
			raw_u32(&self->m, PIDNS_PROBE_A_NS_PID, pid);
		EXPECT_TRUE(__builtin_popcount(mask) == 1 ? accepted(self) :
			    refused(self, -EINVAL, one_of, -1));
	}
	begin(self, TEARDOWN_GET, 0);
	EXPECT_TRUE(refused(self, -EINVAL, "name a teardown by its number",
			    -1));
	for (i = 0; i < 4; i++) {
		off = with_u64(self, NS_GET, 0, PIDNS_PROBE_A_NS_ID, bad_id[i]);
		EXPECT_TRUE(refused(self, -ENOENT, no_ns, off));
		off = with_u32(self, NS_GET, 0, PIDNS_PROBE_A_NS_INUM,
			       bad_inum[i]);
		EXPECT_TRUE(refused(self, -ENOENT, no_ns, off));
		off = with_u32(self, NS_GET, 0, PIDNS_PROBE_A_NS_PID,
			       bad_pid[i]);
		EXPECT_TRUE(refused(self, -ESRCH, "no such process", off));
		off = with_u64(self, TEARDOWN_GET, 0,
			       PIDNS_PROBE_A_TEARDOWN_NUMBER, bad_id[i]);
		EXPECT_TRUE(refused(self, -ENOENT, no_td, off));
	}
	off = with_u32(self, NS_GET, 0, PIDNS_PROBE_A_NS_PID, 0);
	EXPECT_TRUE(refused(self, -ERANGE, SOME, off));
	EXPECT_TRUE(unchanged(self));

	ASSERT_LE(0, box_stop(&self->box));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       probe_ns_by_id(&self->p, self->ns.id, &gone) ==
			       -ENOENT));
	off = with_u64(self, NS_GET, 0, PIDNS_PROBE_A_NS_ID, self->ns.id);
	EXPECT_TRUE(refused(self, -ENOENT, no_ns, off));
	off = with_u32(self, NS_GET, 0, PIDNS_PROBE_A_NS_PID, pid);
	EXPECT_TRUE(refused(self, -ESRCH, "no such process", off));
}

/* Flow: a dump with each attribute that the command takes without a dump. */
TEST_F_TIMEOUT(refuse, dumps, 120)
{
	static const char none[] = "a dump takes no attributes";
	int off;

	off = with_u64(self, NS_GET, NLM_F_DUMP, PIDNS_PROBE_A_NS_ID,
		       self->ns.id);
	EXPECT_TRUE(refused(self, -EINVAL, none, off));
	off = with_u32(self, NS_GET, NLM_F_DUMP, PIDNS_PROBE_A_NS_INUM,
		       self->ns.inum);
	EXPECT_TRUE(refused(self, -EINVAL, none, off));
	off = with_u32(self, NS_GET, NLM_F_DUMP, PIDNS_PROBE_A_NS_PID,
		       self->box.pid);
	EXPECT_TRUE(refused(self, -EINVAL, none, off));
	off = with_u64(self, TEARDOWN_GET, NLM_F_DUMP,
		       PIDNS_PROBE_A_TEARDOWN_NUMBER, 1);
	EXPECT_TRUE(refused(self, -EINVAL, none, off));
	off = with_u64(self, NS_GET, NLM_F_DUMP, PIDNS_PROBE_A_NS_LEVEL, 1);
	EXPECT_TRUE(refused(self, -EINVAL, SOME, off));
	EXPECT_TRUE(unchanged(self));
}

TEST_HARNESS_MAIN
