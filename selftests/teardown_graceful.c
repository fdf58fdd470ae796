// SPDX-License-Identifier: GPL-2.0
/*
 * Which victims had no chance: those that had a handler for SIGTERM, and were
 * killed before it ever ran.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

FIXTURE(graceful) {
	struct probe p;
	struct box box;
	uint64_t id;
};

FIXTURE_VARIANT(graceful) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(graceful, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(graceful, tracepoint) {
	.hook = "tracepoint",
};

#define graceful_t	FIXTURE_DATA(graceful)

FIXTURE_SETUP(graceful)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->id = ns_id(&self->p, self->box.pid);
	ASSERT_NE(0, self->id);
}

FIXTURE_TEARDOWN(graceful)
{
	box_stop(&self->box);
	probe_close(&self->p);
}

/* Agent WHO: a child of init of this name, that does this with SIGTERM. */
static pid_t member(graceful_t *self, int who, const char *name,
		    enum action what)
{
	pid_t pid = box_call(&self->box, BOX_INIT, do_fork, who);

	if (pid <= 0 || box_name(&self->box, who, name) ||
	    box_call(&self->box, who, do_action, SIGTERM, what) ||
	    box_call(&self->box, who, do_mask, SIG_UNBLOCK, BIT_OF(SIGTERM)))
		return 0;
	return box_host_pid(&self->box, pid);
}

static void end(struct __test_metadata *_metadata, graceful_t *self,
		struct probe_teardown *td)
{
	ASSERT_EQ(SIGKILL, box_stop(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, td));
}

/*
 * Flow:
 *  1. Children that have a handler for SIGTERM, ignore it, or do neither.
 *  2. Those with a handler are ungraceful; the first four of them are named.
 */
TEST_F_TIMEOUT(graceful, never_ran, 30)
{
	pid_t pid[7];
	struct probe_teardown td;
	char name[16];
	int i;

	ASSERT_LT(0, member(self, 8, "ignores", ACTION_IGN));
	for (i = 1; i <= 6; i++) {
		sprintf(name, "handles-%d", i);
		pid[i] = member(self, i, name, ACTION_HANDLER);
		ASSERT_LT(0, pid[i]);
	}
	ASSERT_LT(0, member(self, 9, "defaults", ACTION_DFL));

	end(_metadata, self, &td);
	EXPECT_EQ(8, td.victims);
	EXPECT_EQ(6, td.ungraceful);
	ASSERT_EQ(4, td.named);
	for (i = 1; i <= 4; i++) {
		sprintf(name, "handles-%d", i);
		EXPECT_STREQ(name, td.victim[i - 1].comm);
		EXPECT_EQ(pid[i], td.victim[i - 1].pid);
		EXPECT_EQ(self->box.page->agent[i].pid,
			  td.victim[i - 1].ns_pid);
	}
}

/*
 * Flow:
 *  1. Two children have a handler; one is sent SIGTERM, and handles it.
 *  2. The other is the ungraceful one.
 */
TEST_F_TIMEOUT(graceful, one_ran, 30)
{
	pid_t ran = member(self, 1, "ran", ACTION_HANDLER);
	struct probe_teardown td;

	ASSERT_LT(0, ran);
	ASSERT_LT(0, member(self, 2, "never", ACTION_HANDLER));
	ASSERT_EQ(0, kill(ran, SIGTERM));
	ASSERT_EQ(0, box_call(&self->box, 1, do_nothing));
	ASSERT_EQ(1, self->box.page->handled[SIGTERM]);

	end(_metadata, self, &td);
	EXPECT_EQ(2, td.victims);
	EXPECT_EQ(1, td.ungraceful);
	ASSERT_EQ(1, td.named);
	EXPECT_STREQ("never", td.victim[0].comm);
}

/* Flow: the handler of another signal has run, which does not count. */
TEST_F_TIMEOUT(graceful, another_signal, 30)
{
	pid_t pid = member(self, 1, "another", ACTION_HANDLER);
	struct probe_teardown td;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, box_call(&self->box, 1, do_action, SIGUSR1,
			      ACTION_HANDLER));
	ASSERT_EQ(0, box_call(&self->box, 1, do_mask, SIG_UNBLOCK,
			      BIT_OF(SIGUSR1)));
	ASSERT_EQ(0, kill(pid, SIGUSR1));
	ASSERT_EQ(0, box_call(&self->box, 1, do_nothing));
	ASSERT_EQ(1, self->box.page->handled[SIGUSR1]);

	end(_metadata, self, &td);
	EXPECT_EQ(1, td.ungraceful);
}

/*
 * Flow:
 *  1. A child has a handler, but blocks SIGTERM, and is sent it.
 *  2. It is pending when init is killed: the handler never ran.
 */
TEST_F_TIMEOUT(graceful, pending, 30)
{
	pid_t pid = member(self, 1, "pending", ACTION_HANDLER);
	struct probe_teardown td;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, box_call(&self->box, 1, do_mask, SIG_BLOCK,
			      BIT_OF(SIGTERM)));
	ASSERT_EQ(0, kill(pid, SIGTERM));
	ASSERT_EQ(1, box_call(&self->box, 1, do_pending, SIGTERM));

	end(_metadata, self, &td);
	EXPECT_EQ(1, td.ungraceful);
	EXPECT_EQ(0, self->box.page->handled[SIGTERM]);
}

/* Flow: who takes SIGTERM without a handler is not ungraceful. */
TEST_F_TIMEOUT(graceful, taken, 30)
{
	pid_t pid = member(self, 1, "takes", ACTION_DFL);
	struct probe_teardown td;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, box_call(&self->box, 1, do_mask, SIG_BLOCK,
			      BIT_OF(SIGTERM)));
	ASSERT_EQ(0, kill(pid, SIGTERM));
	ASSERT_EQ(SIGTERM, box_call(&self->box, 1, do_wait_signal, SIGTERM,
				    DEADLINE_MS));
	end(_metadata, self, &td);
	EXPECT_EQ(1, td.victims);
	EXPECT_EQ(0, td.ungraceful);
}

/*
 * Flow:
 *  1. A child of two threads has a handler; it runs in the second thread.
 *  2. It is the process that was graceful.
 */
TEST_F_TIMEOUT(graceful, by_thread, 30)
{
	pid_t pid = member(self, 1, "threads", ACTION_HANDLER);
	struct probe_teardown td;

	ASSERT_LT(0, pid);
	ASSERT_LT(0, box_call(&self->box, 1, do_thread, 2));
	ASSERT_EQ(0, box_call(&self->box, 1, do_mask, SIG_BLOCK,
			      BIT_OF(SIGTERM)));
	ASSERT_EQ(0, kill(pid, SIGTERM));
	ASSERT_EQ(0, box_call(&self->box, 2, do_nothing));
	ASSERT_EQ(1, self->box.page->handled[SIGTERM]);

	end(_metadata, self, &td);
	EXPECT_EQ(1, td.victims);
	EXPECT_EQ(0, td.ungraceful);
}

/*
 * Flow:
 *  1. A child handles SIGTERM and exits.
 *  2. The next one gets the same pid, and has a handler which never ran: it is
 *     another process.
 */
TEST_F_TIMEOUT(graceful, pid_reused, 60)
{
	pid_t pid = member(self, 1, "first", ACTION_HANDLER), again;
	struct probe_teardown td;
	char before[16];

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, kill(pid, SIGTERM));
	ASSERT_EQ(0, box_call(&self->box, 1, do_nothing));
	ASSERT_EQ(1, self->box.page->handled[SIGTERM]);
	box_ask(&self->box, 1, do_exit, 0);
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_reap,
			      self->box.page->agent[1].pid));

	sprintf(before, "%d", pid - 1);
	ASSERT_EQ(0, file_write("/proc/sys/kernel/ns_last_pid", before));
	again = member(self, 2, "second", ACTION_HANDLER);
	if (again != pid)
		SKIP(return, "somebody else took the pid");

	end(_metadata, self, &td);
	EXPECT_EQ(1, td.victims);
	EXPECT_EQ(1, td.ungraceful);
}

TEST_HARNESS_MAIN
