// SPDX-License-Identifier: GPL-2.0
/*
 * Teardowns that do not end, because somebody outside does not let a member
 * go: they are seen as such, with their age, for as long as it lasts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

/* Long enough to be seen tearing down before it is stuck. */
#define STUCK_MS	1500

FIXTURE(stuck) {
	struct probe p;
	struct box box, inner;
	struct hold hold;
	uint64_t id;
};

FIXTURE_VARIANT(stuck) {
	const char *params;
};

FIXTURE_VARIANT_ADD(stuck, kprobe) {
	.params = "stuck_ms=1500",
};

FIXTURE_VARIANT_ADD(stuck, fallback) {
	.params = "stuck_ms=1500 hook_skip=acct_exit_ns",
};

#define stuck_t	FIXTURE_DATA(stuck)

FIXTURE_SETUP(stuck)
{
	ASSERT_EQ(0, module_reload(variant->params));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->id = ns_id(&self->p, self->box.pid);
	ASSERT_NE(0, self->id);
}

FIXTURE_TEARDOWN(stuck)
{
	hold_release(&self->hold);
	box_stop(&self->box);
	probe_close(&self->p);
}

static uint64_t wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static int state(stuck_t *self, uint64_t id, struct probe_ns *ns)
{
	return probe_ns_by_id(&self->p, id, ns) ? -1 : (int)ns->state;
}

static bool becomes(stuck_t *self, uint64_t id, int wanted,
		    struct probe_ns *ns)
{
	return poll_until(DEADLINE_MS, state(self, id, ns) == wanted);
}

static uint32_t tearing_down(stuck_t *self)
{
	struct probe_status st;

	return probe_status(&self->p, &st) ? UINT32_MAX : st.tearing_down;
}

/*
 * Flow:
 *  1. A member whose parent is outside; init is killed.
 *  2. The namespace is tearing down, since then, and after stuck_ms it is
 *     stuck, since then.  Its record has no duration, status counts it.
 *  3. The parent reaps: it ends, and it has taken as long as it has.
 */
TEST_F_TIMEOUT(stuck, is_seen, 60)
{
	uint64_t before, since, after;
	struct probe_teardown td;
	struct probe_ns ns;

	ASSERT_EQ(0, hold_start(&self->hold, &self->box.pid, 1));
	ASSERT_EQ(PIDNS_PROBE_NS_STATE_RUNNING, state(self, self->id, &ns));
	EXPECT_FALSE(probe_has(&ns, PIDNS_PROBE_A_NS_SINCE));
	EXPECT_EQ(0, tearing_down(self));
	before = wall_clock();
	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	/* It is on its way there a moment earlier, and nobody knows since when. */
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       state(self, self->id, &ns) ==
			       PIDNS_PROBE_NS_STATE_TEARING_DOWN && ns.since));
	after = wall_clock();
	since = ns.since;
	EXPECT_LT(before, since);
	EXPECT_LT(since, after);
	EXPECT_LT(after - since, STUCK_MS * 1000000ULL);
	EXPECT_EQ(self->box.pid, (pid_t)ns.init_pid);
	EXPECT_EQ(1, tearing_down(self));

	ASSERT_TRUE(becomes(self, self->id, PIDNS_PROBE_NS_STATE_STUCK, &ns));
	EXPECT_EQ(since, ns.since);
	EXPECT_LE(STUCK_MS * 1000000ULL, wall_clock() - since);
	EXPECT_EQ(2, ns.processes);
	EXPECT_EQ(1, ns.zombies);
	ASSERT_EQ(0, probe_teardown_by_id(&self->p, self->id, &td));
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_DURATION));
	EXPECT_EQ(since, td.begin);
	EXPECT_EQ(1, td.victims);

	ASSERT_TRUE(hold_release(&self->hold));
	ASSERT_EQ(SIGKILL, box_wait(&self->box));
	after = wall_clock();
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(since, td.begin);
	EXPECT_LE(STUCK_MS * 1000000ULL, td.duration);
	EXPECT_LE(td.duration, after - since);
	EXPECT_EQ(0, tearing_down(self));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       probe_ns_by_id(&self->p, self->id, &ns) ==
			       -ENOENT));
}

/* Flow: the parent outside exits without having reaped: that ends it as well. */
TEST_F_TIMEOUT(stuck, parent_exits, 60)
{
	struct probe_teardown td;
	struct probe_ns ns;

	ASSERT_EQ(0, hold_start(&self->hold, &self->box.pid, 1));
	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ASSERT_TRUE(becomes(self, self->id, PIDNS_PROBE_NS_STATE_STUCK, &ns));
	ASSERT_TRUE(hold_abandon(&self->hold));
	ASSERT_EQ(SIGKILL, box_wait(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(1, td.victims);
}

/*
 * Flow:
 *  1. A tracer outside holds a child of init in its exit, and init is killed.
 *  2. It waits for its child, in another place of zap_pid_ns_processes(): it
 *     is stuck just so.
 */
TEST_F_TIMEOUT(stuck, traced, 60)
{
	struct probe_teardown td;
	struct probe_ns ns;
	int status;
	pid_t pid;

	pid = box_host_pid(&self->box, box_call(&self->box, BOX_INIT, do_crowd,
						CROWD_PLAIN, 1));
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT));
	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, __WALL));
	ASSERT_TRUE(becomes(self, self->id, PIDNS_PROBE_NS_STATE_STUCK, &ns));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, pid, NULL, NULL));
	ASSERT_EQ(SIGKILL, box_wait(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(1, td.victims);
}

/*
 * Flow:
 *  1. A member of an inner namespace is held; the outer init is killed.
 *  2. Both are stuck, the outer one for the inner one.
 *  3. Both end when the parent outside reaps.
 */
TEST_F_TIMEOUT(stuck, nested, 60)
{
	struct probe_teardown td;
	struct probe_ns ns;
	uint64_t id;

	ASSERT_EQ(0, box_start_in(&self->inner, &self->box, BOX_INIT));
	id = ns_id(&self->p, self->inner.pid);
	ASSERT_NE(0, id);
	ASSERT_EQ(0, hold_start(&self->hold, &self->inner.pid, 1));
	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ASSERT_TRUE(becomes(self, id, PIDNS_PROBE_NS_STATE_STUCK, &ns));
	ASSERT_TRUE(becomes(self, self->id, PIDNS_PROBE_NS_STATE_STUCK, &ns));
	EXPECT_EQ(2, tearing_down(self));
	ASSERT_TRUE(hold_release(&self->hold));
	ASSERT_EQ(SIGKILL, box_wait(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, id, &td));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(2, td.victims);
	EXPECT_EQ(0, tearing_down(self));
}

/*
 * Flow:
 *  1. A held teardown is not stuck by a large stuck_ms.
 *  2. It is by a small one, and is not again by the large one.
 */
TEST_F_TIMEOUT(stuck, limit_changes, 60)
{
	struct probe_status st;
	struct probe_ns ns;

	ASSERT_EQ(0, module_param_set("stuck_ms", "3600000"));
	ASSERT_EQ(0, hold_start(&self->hold, &self->box.pid, 1));
	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ASSERT_TRUE(becomes(self, self->id, PIDNS_PROBE_NS_STATE_TEARING_DOWN,
			    &ns));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(3600000, st.stuck_after);
	ASSERT_EQ(0, module_param_set("stuck_ms", "0"));
	/* An init that has exited may be on its way to the teardown still. */
	EXPECT_TRUE(becomes(self, self->id, PIDNS_PROBE_NS_STATE_STUCK, &ns));
	ASSERT_EQ(0, module_param_set("stuck_ms", "3600000"));
	EXPECT_EQ(PIDNS_PROBE_NS_STATE_TEARING_DOWN,
		  state(self, self->id, &ns));
}

TEST_HARNESS_MAIN
