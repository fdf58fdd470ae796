// SPDX-License-Identifier: GPL-2.0
/*
 * Who a teardown kills: each live process once, whatever it has of threads;
 * and nobody who had ended or was about to.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

FIXTURE(victims) {
	struct probe p;
	struct box box, inner[8];
	struct hold hold;
	uint64_t id;
};

FIXTURE_VARIANT(victims) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(victims, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(victims, tracepoint) {
	.hook = "tracepoint",
};

#define victims_t	FIXTURE_DATA(victims)

FIXTURE_SETUP(victims)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->id = ns_id(&self->p, self->box.pid);
	ASSERT_NE(0, self->id);
}

FIXTURE_TEARDOWN(victims)
{
	hold_release(&self->hold);
	box_stop(&self->box);
	probe_close(&self->p);
}

/* End the box: so many victims, and none of them ungraceful. */
static void end(struct __test_metadata *_metadata, victims_t *self,
		uint32_t victims)
{
	struct probe_teardown td;

	ASSERT_EQ(SIGKILL, box_stop(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(victims, td.victims);
	EXPECT_EQ(0, td.ungraceful);
	EXPECT_EQ(0, td.named);
}

#define crowd(...)							\
	box_call(&self->box, BOX_INIT, do_crowd, __VA_ARGS__)

/* Flow: an init with so many children is killed, and they are its victims. */
TEST_F_TIMEOUT(victims, none, 30)
{
	end(_metadata, self, 0);
}

TEST_F_TIMEOUT(victims, one, 30)
{
	ASSERT_LT(0, crowd(CROWD_PLAIN, 1));
	end(_metadata, self, 1);
}

TEST_F_TIMEOUT(victims, ten, 30)
{
	ASSERT_LT(0, crowd(CROWD_PLAIN, 10));
	end(_metadata, self, 10);
}

TEST_F_TIMEOUT(victims, thousand, 120)
{
	struct probe_ns ns;

	ASSERT_LT(0, crowd(CROWD_PLAIN, 1000));
	ASSERT_EQ(0, probe_ns_by_id(&self->p, self->id, &ns));
	ASSERT_EQ(1001, ns.processes);
	end(_metadata, self, 1000);
}

/*
 * Flow:
 *  1. Three processes of five threads each.
 *  2. Two whose first thread has exited, and another goes on.
 *  3. Each of them is one victim.
 */
TEST_F_TIMEOUT(victims, threads, 30)
{
	struct probe_ns ns;
	pid_t last;

	ASSERT_LT(0, crowd(CROWD_THREADS, 3, 5));
	last = box_host_pid(&self->box, crowd(CROWD_LEADERLESS, 2));
	ASSERT_LT(0, last);
	ASSERT_TRUE(poll_until(DEADLINE_MS, process_state(last) == 'Z'));
	ASSERT_EQ(0, probe_ns_by_id(&self->p, self->id, &ns));
	ASSERT_EQ(6, ns.processes);
	ASSERT_EQ(0, ns.zombies);
	end(_metadata, self, 5);
}

/* Flow: of seven zombies and two that live, the two are victims. */
TEST_F_TIMEOUT(victims, zombies, 30)
{
	struct probe_ns ns;

	ASSERT_LT(0, crowd(CROWD_ZOMBIES, 7));
	ASSERT_LT(0, crowd(CROWD_PLAIN, 2));
	ASSERT_EQ(0, probe_ns_by_id(&self->p, self->id, &ns));
	ASSERT_EQ(10, ns.processes);
	ASSERT_EQ(7, ns.zombies);
	end(_metadata, self, 2);
}

/* Flow: one that is stopped is a victim as others are. */
TEST_F_TIMEOUT(victims, stopped, 30)
{
	pid_t last;

	last = box_host_pid(&self->box, crowd(CROWD_PLAIN, 3));
	ASSERT_LT(0, last);
	ASSERT_EQ(0, kill(last, SIGSTOP));
	ASSERT_TRUE(poll_until(DEADLINE_MS, process_state(last) == 'T'));
	end(_metadata, self, 3);
}

/* Let agent WHO get as far as its exit, by itself or by SIGKILL. */
static pid_t stop_at_exit(victims_t *self, int who, bool killed)
{
	pid_t pid = box_call(&self->box, BOX_INIT, do_fork, who);
	int status;

	if (pid <= 0 || box_call(&self->box, who, do_nothing))
		return -1;
	pid = box_host_pid(&self->box, pid);
	if (ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT))
		return -1;
	if (killed)
		kill(pid, SIGKILL);
	else
		box_ask(&self->box, who, do_exit, 0);
	if (waitpid(pid, &status, __WALL) != pid)
		return -1;
	return status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8) ? pid : -1;
}

/*
 * Flow:
 *  1. A tracer holds two processes in their exit: one has called exit(2), the
 *     other was killed.  A third one just lives.
 *  2. Init is killed: that one is the victim, the two are not, and hold up the
 *     teardown.
 *  3. The tracer lets go, and the teardown ends.
 */
TEST_F_TIMEOUT(victims, dying, 30)
{
	pid_t exiting = stop_at_exit(self, 1, false);
	pid_t killed = stop_at_exit(self, 2, true);
	struct probe_teardown td;

	ASSERT_LT(0, exiting);
	ASSERT_LT(0, killed);
	ASSERT_LT(0, crowd(CROWD_PLAIN, 1));

	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       !probe_teardown_by_id(&self->p, self->id, &td) &&
			       td.victims));
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_DURATION));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, exiting, NULL, NULL));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, killed, NULL, NULL));
	end(_metadata, self, 1);
}

/*
 * Flow:
 *  1. A process that is not a child of init joins by setns(2).
 *  2. It is a victim, and while its parent does not reap it the teardown has
 *     counted it and goes on.
 */
TEST_F_TIMEOUT(victims, joined, 30)
{
	struct probe_teardown td;

	ASSERT_LT(0, crowd(CROWD_PLAIN, 2));
	ASSERT_EQ(0, hold_start(&self->hold, &self->box.pid, 1));
	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       process_state(self->hold.member) == 'Z'));
	ASSERT_EQ(0, probe_teardown_by_id(&self->p, self->id, &td));
	EXPECT_EQ(3, td.victims);
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_DURATION));
	ASSERT_TRUE(hold_release(&self->hold));
	end(_metadata, self, 3);
}

/*
 * Flow:
 *  1. In the box, another with three children.
 *  2. The inner init is killed: it has three victims.
 *  3. The outer init is killed: what had ended is not a victim again.
 */
TEST_F_TIMEOUT(victims, inner_first, 30)
{
	struct box *inner = &self->inner[0];
	struct probe_teardown td;
	uint64_t id;

	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_EQ(0, box_start_in(inner, &self->box, 1));
	ASSERT_LT(0, box_call(inner, BOX_INIT, do_crowd, CROWD_PLAIN, 3));
	id = ns_id(&self->p, inner->pid);
	ASSERT_NE(0, id);

	ASSERT_EQ(0, kill(inner->pid, SIGKILL));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, id, &td));
	EXPECT_EQ(3, td.victims);
	EXPECT_EQ(self->id, td.parent_id);
	EXPECT_EQ(2, td.level);
	ASSERT_TRUE(poll_until(DEADLINE_MS, process_state(inner->pid) == 'Z'));
	end(_metadata, self, 1);
}

/*
 * Flow:
 *  1. Eight namespaces, each in the one before, each with three children of
 *     its init.
 *  2. The outermost init is killed, and with it everything.
 *  3. Nine records; together they have each process but the first as a victim
 *     once, and each says how deep it was and in what.
 */
TEST_F_TIMEOUT(victims, nested, 60)
{
	struct box *outer = &self->box;
	struct probe_teardown td;
	uint32_t victims, i;
	uint64_t id[8];

	ASSERT_LT(0, crowd(CROWD_PLAIN, 3));
	for (i = 0; i < 8; i++) {
		struct box *inner = &self->inner[i];

		ASSERT_EQ(0, box_start_in(inner, outer, BOX_INIT));
		ASSERT_LT(0, box_call(inner, BOX_INIT, do_crowd, CROWD_PLAIN,
				      3));
		id[i] = ns_id(&self->p, inner->pid);
		ASSERT_NE(0, id[i]);
		outer = inner;
	}

	ASSERT_EQ(SIGKILL, box_stop(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(1, td.level);
	victims = td.victims;
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, probe_teardown_ended(&self->p, id[i], &td));
		EXPECT_EQ(i + 2, td.level);
		EXPECT_EQ(i ? id[i - 1] : self->id, td.parent_id);
		EXPECT_EQ(SIGKILL, td.status);
		EXPECT_EQ(PIDNS_PROBE_SENDER_ANCESTOR, td.kill.sender);
		victims += td.victims;
	}
	EXPECT_EQ(8 + 9 * 3, victims);
}

TEST_HARNESS_MAIN
