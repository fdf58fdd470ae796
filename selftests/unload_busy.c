// SPDX-License-Identifier: GPL-2.0
/*
 * The module comes and goes while teardowns are in progress: it does not wait
 * for them, and they end as they would have without it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

#define UNLOAD_MS	5000
#define MANY		40

FIXTURE(busy) {
	struct probe p;
	struct box box, inner, many[MANY];
	struct hold hold;
	uint64_t id;
};

FIXTURE_VARIANT(busy) {
	const char *params;
};

FIXTURE_VARIANT_ADD(busy, kprobe) {
	.params = "",
};

FIXTURE_VARIANT_ADD(busy, fallback) {
	.params = "hook_skip=acct_exit_ns",
};

#define busy_t	FIXTURE_DATA(busy)

FIXTURE_SETUP(busy)
{
	log_mark();
	ASSERT_EQ(0, module_reload(variant->params));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->id = ns_id(&self->p, self->box.pid);
	ASSERT_NE(0, self->id);
}

FIXTURE_TEARDOWN(busy)
{
	hold_release(&self->hold);
	box_stop(&self->box);
	probe_close(&self->p);
	if (!module_loaded())
		EXPECT_EQ(0, module_load(""));
	EXPECT_FALSE(log_has_splat());
}

/* The teardown of the box has got as far as it can. */
static void is_held(struct __test_metadata *_metadata, busy_t *self)
{
	struct probe_teardown td;

	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       !probe_teardown_by_id(&self->p, self->id, &td) &&
			       td.victims));
	ASSERT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_DURATION));
}

static void unload(struct __test_metadata *_metadata, busy_t *self)
{
	int64_t start;

	probe_close(&self->p);
	start = now_ms();
	ASSERT_TRUE(poll_until(UNLOAD_MS, !module_unload()));
	EXPECT_GT(UNLOAD_MS, now_ms() - start);
	EXPECT_FALSE(module_loaded());
	/* Init waits on. */
	EXPECT_EQ(0, waitpid(self->box.pid, NULL, WNOHANG));
}

/* Loaded again, the module sees what happens then. */
static void works_again(struct __test_metadata *_metadata, busy_t *self)
{
	struct probe_teardown td;
	struct box box = {};
	uint64_t id;

	if (!module_loaded())
		ASSERT_EQ(0, module_load(""));
	if (!self->p.sk)
		ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&box, 0));
	id = ns_id(&self->p, box.pid);
	ASSERT_NE(0, id);
	ASSERT_EQ(SIGKILL, box_stop(&box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, id, &td));
}

/*
 * Flow:
 *  1. A teardown is held up by a member whose parent does not reap.
 *  2. The module unloads, soon.
 *  3. The parent reaps, and the namespace ends.  The module loads again.
 */
TEST_F_TIMEOUT(busy, member, 60)
{
	ASSERT_EQ(0, hold_start(&self->hold, &self->box.pid, 1));
	is_held(_metadata, self);
	unload(_metadata, self);
	ASSERT_TRUE(hold_release(&self->hold));
	EXPECT_EQ(SIGKILL, box_wait(&self->box));
	works_again(_metadata, self);
}

/* Flow: the same, but a tracer holds a child of init. */
TEST_F_TIMEOUT(busy, traced, 60)
{
	int status;
	pid_t pid;

	pid = box_host_pid(&self->box, box_call(&self->box, BOX_INIT, do_crowd,
						CROWD_PLAIN, 1));
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT));
	is_held(_metadata, self);
	ASSERT_EQ(pid, waitpid(pid, &status, __WALL));
	unload(_metadata, self);
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, pid, NULL, NULL));
	EXPECT_EQ(SIGKILL, box_wait(&self->box));
	works_again(_metadata, self);
}

/* Flow: the same, but an inner namespace is held, and the outer one by it. */
TEST_F_TIMEOUT(busy, nested, 60)
{
	ASSERT_EQ(0, box_start_in(&self->inner, &self->box, BOX_INIT));
	ASSERT_EQ(0, hold_start(&self->hold, &self->inner.pid, 1));
	is_held(_metadata, self);
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       process_state(self->hold.member) == 'Z'));
	unload(_metadata, self);
	ASSERT_TRUE(hold_release(&self->hold));
	EXPECT_EQ(SIGKILL, box_wait(&self->box));
	works_again(_metadata, self);
}

/* Flow: the same, with many at once. */
TEST_F_TIMEOUT(busy, many, 60)
{
	struct probe_status st;
	pid_t init[MANY + 1];
	int i;

	init[MANY] = self->box.pid;
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(0, box_start(&self->many[i], 0));
		init[i] = self->many[i].pid;
	}
	ASSERT_EQ(0, hold_start(&self->hold, init, MANY + 1));
	for (i = 0; i < MANY; i++)
		ASSERT_EQ(0, kill(init[i], SIGKILL));
	is_held(_metadata, self);
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       !probe_status(&self->p, &st) &&
			       st.tearing_down == MANY + 1));
	unload(_metadata, self);
	ASSERT_TRUE(hold_release(&self->hold));
	EXPECT_EQ(SIGKILL, box_wait(&self->box));
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(SIGKILL, box_wait(&self->many[i]));
	works_again(_metadata, self);
}

/* Let the parent reap, so many milliseconds from now. */
static pid_t release_later(struct hold *hold, int ms)
{
	int64_t end = now_ms() + ms;
	pid_t pid = fork();

	if (pid)
		return pid;
	poll_until(DEADLINE_MS, now_ms() >= end);
	_exit(write(hold->line, "r", 1) != 1);
}

/*
 * Flow, several times:
 *  1. A teardown is held up, and will be let go in a while.
 *  2. The module is being unloaded when this happens.
 */
TEST_F_TIMEOUT(busy, ends_meanwhile, 120)
{
	pid_t helper;
	int ms;

	for (ms = 0; ms <= 600; ms += 150) {
		if (!self->box.pid) {
			ASSERT_EQ(0, module_load(variant->params));
			ASSERT_EQ(0, probe_open(&self->p));
			ASSERT_EQ(0, box_start(&self->box, 0));
			self->id = ns_id(&self->p, self->box.pid);
			ASSERT_NE(0, self->id);
		}
		ASSERT_EQ(0, hold_start(&self->hold, &self->box.pid, 1));
		is_held(_metadata, self);
		probe_close(&self->p);
		helper = release_later(&self->hold, ms);
		ASSERT_LT(0, helper);
		ASSERT_TRUE(poll_until(UNLOAD_MS, !module_unload()));
		ASSERT_EQ(helper, waitpid(helper, NULL, 0));
		ASSERT_TRUE(hold_abandon(&self->hold));
		EXPECT_EQ(SIGKILL, box_wait(&self->box));
	}
	works_again(_metadata, self);
}

/*
 * Flow:
 *  1. A teardown is held up when the module is loaded.
 *  2. The namespace is tearing down, and nobody knows since when; there is no
 *     record of it, and status does not count it.
 *  3. It ends, and is forgotten; nothing is wrong with the books.
 */
TEST_F_TIMEOUT(busy, begun_before, 60)
{
	struct probe_teardown td;
	struct probe_status st;
	struct probe_ns ns;

	ASSERT_EQ(0, hold_start(&self->hold, &self->box.pid, 1));
	is_held(_metadata, self);
	unload(_metadata, self);
	ASSERT_EQ(0, module_load(variant->params));
	ASSERT_EQ(0, probe_open(&self->p));

	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(PIDNS_PROBE_NS_STATE_TEARING_DOWN, ns.state);
	EXPECT_FALSE(probe_has(&ns, PIDNS_PROBE_A_NS_SINCE));
	EXPECT_FALSE(probe_has(&ns, PIDNS_PROBE_A_NS_BORN));
	EXPECT_EQ(2, ns.processes);
	EXPECT_EQ(-ENOENT, probe_teardown_by_id(&self->p, ns.id, &td));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(0, st.tearing_down);
	EXPECT_EQ(2, st.namespaces);

	ASSERT_TRUE(hold_release(&self->hold));
	EXPECT_EQ(SIGKILL, box_wait(&self->box));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       !probe_status(&self->p, &st) &&
			       st.namespaces == 1));
	EXPECT_EQ(2, st.born);
	EXPECT_EQ(1, st.died);
	EXPECT_EQ(0, st.teardowns);
	EXPECT_EQ(0, st.unended);
	EXPECT_EQ(0, st.no_record);
	works_again(_metadata, self);
}

TEST_HARNESS_MAIN
