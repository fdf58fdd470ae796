// SPDX-License-Identifier: GPL-2.0
/* Ten thousand namespaces at once: born, shown, asked about, and gone. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "herd.h"
#include "module.h"
#include "probe.h"

#define MANY		10000

/* Each is a process, a stack and a few kernel objects. */
#define KB_EACH		80

/* The emulator creates and destroys some thousand processes a second. */
#define MANY_MS		120000

static const struct {
	const char *path;
	long least;
} limits[] = {
	{ "/proc/sys/kernel/threads-max", 3 * MANY },
	{ "/proc/sys/kernel/pid_max", 65536 },
	{ "/proc/sys/user/max_pid_namespaces", 2 * MANY },
};

#define LIMITS	(sizeof(limits) / sizeof(limits[0]))

FIXTURE(many) {
	struct probe p;
	struct herd herd;
	struct probe_status before;
	char was[LIMITS][32];
};

#define many_t	FIXTURE_DATA(many)

static long available_kb(void)
{
	char line[128];
	long kb = 0;
	FILE *f;

	f = fopen("/proc/meminfo", "r");
	while (f && !kb && fgets(line, sizeof(line), f))
		sscanf(line, "MemAvailable: %ld", &kb);
	if (f)
		fclose(f);
	return kb;
}

FIXTURE_SETUP(many)
{
	char text[32];
	unsigned int i;

	if (available_kb() < MANY * KB_EACH)
		SKIP(return, "%ld KiB of memory are available, not %d",
		     available_kb(), MANY * KB_EACH);
	for (i = 0; i < LIMITS; i++) {
		ASSERT_EQ(0, file_read(limits[i].path, self->was[i],
				       sizeof(self->was[i])));
		snprintf(text, sizeof(text), "%ld", limits[i].least);
		if (atol(self->was[i]) < limits[i].least)
			ASSERT_EQ(0, file_write(limits[i].path, text)) {
				return;
			}
	}
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, probe_status(&self->p, &self->before));
}

FIXTURE_TEARDOWN(many)
{
	unsigned int i;

	herd_stop(&self->herd);
	probe_close(&self->p);
	for (i = 0; i < LIMITS; i++)
		if (self->was[i][0])
			file_write(limits[i].path, self->was[i]);
}

struct shown {
	many_t *self;
	uint64_t last;
	unsigned int records, running;
	unsigned int *seen;	/* by pid of the init */
	bool disorder;
};

static void show(struct probe_ns *ns, void *arg)
{
	struct shown *s = arg;

	if (ns->id <= s->last)
		s->disorder = true;
	s->last = ns->id;
	s->records++;
	if (ns->state == PIDNS_PROBE_NS_STATE_RUNNING && ns->processes)
		s->running++;
	if (ns->init_pid < 65536)
		s->seen[ns->init_pid]++;
}

static unsigned int wrong_inits(many_t *self, const struct shown *s)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < MANY; i++)
		if (s->seen[self->herd.pid[i]] != 1)
			wrong++;
	return wrong;
}

static void count_teardown(struct probe_teardown *td, void *arg)
{
	unsigned int *ended = arg;

	if (probe_has(td, PIDNS_PROBE_A_TEARDOWN_DURATION) &&
	    td->status == SIGKILL && !td->victims)
		(*ended)++;
}

/*
 * Flow:
 *  1. So many are born, and each has a record.
 *  2. A dump shows each init once, in order of ids, all of them running.  It is
 *     not interrupted, and does not take long.
 *  3. A few are asked about one by one, and drop a signal.
 *  4. They end at once.  Each teardown was seen from its begin to its end, each
 *     namespace is forgotten, and the history is full of their ends.
 */
TEST_F_TIMEOUT(many, live_and_die, 280)
{
	struct probe_status *b = &self->before, st;
	struct shown s = { .self = self };
	unsigned int i, ended = 0;
	struct probe_ns ns;
	int64_t start;

	start = now_ms();
	ASSERT_EQ(0, herd_start(&self->herd, MANY));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	TH_LOG("%d born in %d ms, %u bytes a record", MANY,
	       (int)(now_ms() - start), st.record_size);
	EXPECT_EQ(MANY, st.born - b->born);
	EXPECT_EQ(MANY, st.namespaces - b->namespaces);
	EXPECT_EQ(b->no_record, st.no_record);
	EXPECT_EQ(b->births_missed, st.births_missed);

	s.seen = calloc(65536, sizeof(*s.seen));
	ASSERT_NE(NULL, s.seen);
	start = now_ms();
	ASSERT_EQ(0, probe_ns_dump(&self->p, show, &s));
	TH_LOG("dump of %u in %d ms", s.records, (int)(now_ms() - start));
	EXPECT_GT(30000, now_ms() - start);
	EXPECT_FALSE(self->p.interrupted);
	EXPECT_FALSE(s.disorder);
	EXPECT_EQ(st.namespaces, s.records);
	EXPECT_LE(MANY, s.running);
	EXPECT_EQ(0, wrong_inits(self, &s));
	free(s.seen);

	for (i = 0; i < MANY; i += MANY / 16) {
		ASSERT_EQ(0, kill(self->herd.pid[i], SIGTERM));
		ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->herd.pid[i],
					     &ns));
		EXPECT_EQ(1, ns.drops);
		EXPECT_EQ(self->herd.pid[i], (pid_t)ns.init_pid);
	}

	start = now_ms();
	ASSERT_EQ(MANY, herd_stop(&self->herd));
	EXPECT_TRUE(poll_until(MANY_MS, !probe_status(&self->p, &st) &&
			       st.died - b->died == MANY));
	TH_LOG("%d dead in %d ms", MANY, (int)(now_ms() - start));
	EXPECT_EQ(MANY, st.teardowns - b->teardowns);
	EXPECT_EQ(0, st.tearing_down);
	EXPECT_EQ(b->namespaces, st.namespaces);
	EXPECT_EQ(b->unended, st.unended);
	EXPECT_EQ(b->no_record, st.no_record);
	EXPECT_EQ(b->deaths_missed, st.deaths_missed);
	EXPECT_EQ(b->mismatches, st.mismatches);
	for (i = 0; i < st.hooks; i++)
		EXPECT_EQ(0, st.hook[i].misses);
	ASSERT_EQ(0, probe_teardown_dump(&self->p, count_teardown, &ended));
	EXPECT_EQ(st.history, ended);
}

TEST_HARNESS_MAIN
