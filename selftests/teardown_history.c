// SPDX-License-Identifier: GPL-2.0
/*
 * What is remembered of teardowns: the last history=N that have ended, and all
 * that go on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

#define SMALL	8
#define MANY	200

FIXTURE(history) {
	struct probe p;
	struct box box;
	struct hold hold;
	uint64_t id[MANY];
};

#define history_t	FIXTURE_DATA(history)

FIXTURE_SETUP(history)
{
}

FIXTURE_TEARDOWN(history)
{
	hold_release(&self->hold);
	box_stop(&self->box);
	probe_close(&self->p);
}

/* What a dump brings: the ids of namespaces, in order of number. */
struct seen {
	uint64_t id[MANY + 8], number;
	unsigned int n, ongoing;
	bool in_order;
};

static void see(struct probe_teardown *td, void *arg)
{
	struct seen *seen = arg;

	if (seen->n < sizeof(seen->id) / sizeof(seen->id[0]))
		seen->id[seen->n] = td->id;
	seen->n++;
	if (!probe_has(td, PIDNS_PROBE_A_TEARDOWN_DURATION))
		seen->ongoing++;
	if (td->number <= seen->number)
		seen->in_order = false;
	seen->number = td->number;
}

static void look(struct __test_metadata *_metadata, history_t *self,
		 struct seen *seen)
{
	*seen = (struct seen){ .in_order = true };
	ASSERT_EQ(0, probe_teardown_dump(&self->p, see, seen));
	EXPECT_TRUE(seen->in_order);
}

/* A namespace comes and goes; returns when its teardown has ended. */
static void one(struct __test_metadata *_metadata, history_t *self, int i)
{
	struct box box = { .page = self->box.page };
	struct probe_teardown td;

	ASSERT_EQ(0, box_start(&box, 0));
	self->box.page = box.page;
	self->id[i] = ns_id(&self->p, box.pid);
	ASSERT_NE(0, self->id[i]);
	ASSERT_EQ(SIGKILL, box_stop(&box));
	/* The oldest may have gone by now, but not this one. */
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id[i], &td));
}

/*
 * Flow:
 *  1. As many namespaces end as are remembered: each has its record.
 *  2. One more takes the place of the oldest, and so on.
 */
TEST_F_TIMEOUT(history, evicts_the_oldest, 60)
{
	struct seen seen;
	int i, first;

	ASSERT_EQ(0, module_reload("history=8"));
	ASSERT_EQ(0, probe_open(&self->p));
	for (i = 0; i < 2 * SMALL; i++) {
		one(_metadata, self, i);
		look(_metadata, self, &seen);
		first = i < SMALL ? 0 : i - SMALL + 1;
		ASSERT_EQ(i + 1 - first, seen.n);
		EXPECT_EQ(0, seen.ongoing);
		EXPECT_EQ(self->id[first], seen.id[0]);
		EXPECT_EQ(self->id[i], seen.id[seen.n - 1]);
	}
}

/*
 * Flow:
 *  1. A teardown is held up, and more others end than are remembered.
 *  2. It is still there.
 *  3. Let go, it is now the last that has ended: others take the place of
 *     those before it.
 */
TEST_F_TIMEOUT(history, keeps_the_ongoing, 60)
{
	struct probe_teardown td;
	struct seen seen;
	struct box held = {};
	uint64_t id;
	int i;

	ASSERT_EQ(0, module_reload("history=8"));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&held, 0));
	id = ns_id(&self->p, held.pid);
	ASSERT_EQ(0, hold_start(&self->hold, &held.pid, 1));
	ASSERT_EQ(0, kill(held.pid, SIGKILL));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       !probe_teardown_by_id(&self->p, id, &td)));
	for (i = 0; i < 2 * SMALL; i++)
		one(_metadata, self, i);
	look(_metadata, self, &seen);
	EXPECT_EQ(SMALL + 1, seen.n);
	EXPECT_EQ(1, seen.ongoing);
	EXPECT_EQ(id, seen.id[0]);
	EXPECT_EQ(self->id[SMALL], seen.id[1]);

	ASSERT_TRUE(hold_release(&self->hold));
	ASSERT_EQ(SIGKILL, box_wait(&held));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, id, &td));
	look(_metadata, self, &seen);
	EXPECT_EQ(SMALL, seen.n);
	EXPECT_EQ(id, seen.id[0]);
	EXPECT_EQ(self->id[SMALL + 1], seen.id[1]);

	for (i = 0; i < SMALL - 1; i++)
		one(_metadata, self, i);
	ASSERT_EQ(0, probe_teardown_by_id(&self->p, id, &td));
	one(_metadata, self, i);
	EXPECT_EQ(-ENOENT, probe_teardown_by_id(&self->p, id, &td));
}

/* Flow: exactly as many as are remembered end, and none of them is lost. */
TEST_F_TIMEOUT(history, loses_none, 120)
{
	struct probe_status st;
	struct seen seen;
	int i;

	ASSERT_EQ(0, module_reload("history=200"));
	ASSERT_EQ(0, probe_open(&self->p));
	for (i = 0; i < MANY; i++)
		one(_metadata, self, i);
	look(_metadata, self, &seen);
	ASSERT_EQ(MANY, seen.n);
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(self->id[i], seen.id[i]);
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(MANY, st.history);
	EXPECT_EQ(MANY, st.teardowns);
	EXPECT_EQ(0, st.no_record);
}

TEST_HARNESS_MAIN
