// SPDX-License-Identifier: GPL-2.0
/*
 * How an init ends, and what the record of its teardown says of that: the same
 * as wait(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <linux/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

#define CORE	"/proc/sys/kernel/core_pattern"

FIXTURE(init) {
	struct probe p;
	struct box box, inner;
	uint64_t id;
};

FIXTURE_VARIANT(init) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(init, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(init, tracepoint) {
	.hook = "tracepoint",
};

#define init_t	FIXTURE_DATA(init)

static void start(struct __test_metadata *_metadata, init_t *self)
{
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->id = ns_id(&self->p, self->box.pid);
	ASSERT_NE(0, self->id);
}

FIXTURE_SETUP(init)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	start(_metadata, self);
}

FIXTURE_TEARDOWN(init)
{
	box_stop(&self->box);
	probe_close(&self->p);
}

/* Init has been made to end: this is its status. */
static void ended(struct __test_metadata *_metadata, init_t *self, int status,
		  struct probe_teardown *td)
{
	pid_t pid = self->box.pid;

	ASSERT_EQ(status, box_wait(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, td));
	EXPECT_EQ(status, (int)td->status);
	EXPECT_EQ(pid, (pid_t)td->init_pid);
}

static void nobody_killed(struct __test_metadata *_metadata,
			  struct probe_teardown *td)
{
	EXPECT_FALSE(probe_has(td, PIDNS_PROBE_A_TEARDOWN_KILL));
	EXPECT_FALSE(probe_has(td, PIDNS_PROBE_A_TEARDOWN_FIRST_STOP));
	EXPECT_FALSE(probe_has(td, PIDNS_PROBE_A_TEARDOWN_TIME_LOST));
}

/* Flow: init exits with each of some codes. */
TEST_F_TIMEOUT(init, exits, 30)
{
	static const int codes[] = { 0, 1, 42, 255 };
	struct probe_teardown td;
	unsigned int i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (i)
			start(_metadata, self);
		box_ask(&self->box, BOX_INIT, do_exit, codes[i]);
		ended(_metadata, self, codes[i] << 8, &td);
		nobody_killed(_metadata, &td);
	}
}

/* Flow: a thread of init that is not its first calls exit_group(2). */
TEST_F_TIMEOUT(init, exits_by_thread, 30)
{
	struct probe_teardown td;

	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_thread, 1));
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_crowd, CROWD_PLAIN, 2));
	box_ask(&self->box, 1, do_exit, 7);
	ended(_metadata, self, 7 << 8, &td);
	EXPECT_EQ(2, td.victims);
}

/*
 * Flow:
 *  1. The first thread of init exits; nothing ends.
 *  2. The second one does, and it is the one that tears down.
 */
TEST_F_TIMEOUT(init, leader_first, 30)
{
	struct probe_teardown td;
	struct probe_ns ns;

	ASSERT_EQ(0, box_name(&self->box, BOX_INIT, "the-leader"));
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_thread, 1));
	ASSERT_EQ(0, box_name(&self->box, 1, "the-other"));
	ASSERT_LT(0, box_call(&self->box, 1, do_crowd, CROWD_PLAIN, 3));
	box_ask(&self->box, BOX_INIT, do_exit_thread, 3);
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       process_state(self->box.pid) == 'Z'));
	ASSERT_EQ(0, probe_ns_by_id(&self->p, self->id, &ns));
	EXPECT_EQ(PIDNS_PROBE_NS_STATE_RUNNING, ns.state);
	EXPECT_EQ(4, ns.processes);
	EXPECT_EQ(0, ns.zombies);

	box_ask(&self->box, 1, do_exit_thread, 4);
	ended(_metadata, self, 4 << 8, &td);
	EXPECT_STREQ("the-leader", td.init_comm);
	EXPECT_EQ(3, td.victims);
	nobody_killed(_metadata, &td);
}

/* Flow: we send SIGKILL; the record says so, and when. */
TEST_F_TIMEOUT(init, killed, 30)
{
	struct probe_teardown td;

	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ended(_metadata, self, SIGKILL, &td);
	ASSERT_TRUE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_KILL));
	EXPECT_EQ(SIGKILL, td.kill.signal);
	EXPECT_EQ(PIDNS_PROBE_SENDER_ANCESTOR, td.kill.sender);
	EXPECT_EQ(getpid(), (pid_t)td.kill.pid);
	EXPECT_STREQ("teardown_init", td.kill.comm);
	EXPECT_LE(td.kill.time, td.begin);
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_FIRST_STOP));
	EXPECT_EQ(0, td.drops);
}

/*
 * Flow:
 *  1. A child of init sends it SIGKILL, which is dropped.
 *  2. Init exits by itself: nobody has killed it.
 */
TEST_F_TIMEOUT(init, not_killed, 30)
{
	struct probe_teardown td;

	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_EQ(0, box_call(&self->box, 1, do_send, SEND_KILL, 1, 1,
			      SIGKILL));
	box_ask(&self->box, BOX_INIT, do_exit, 0);
	ended(_metadata, self, 0, &td);
	nobody_killed(_metadata, &td);
	EXPECT_EQ(1, td.drops);
	EXPECT_EQ(1, td.victims);
}

/* Flow: the init of an inner namespace is killed by that of the outer one. */
TEST_F_TIMEOUT(init, killed_by_outer, 30)
{
	pid_t outer = self->box.pid;
	struct probe_teardown td;
	uint64_t id;

	ASSERT_EQ(0, box_start_in(&self->inner, &self->box, BOX_INIT));
	id = ns_id(&self->p, self->inner.pid);
	ASSERT_NE(0, id);
	box_ask(&self->box, BOX_INIT, do_exit, 1);
	ended(_metadata, self, 1 << 8, &td);
	EXPECT_EQ(1, td.victims);
	ASSERT_EQ(0, probe_teardown_ended(&self->p, id, &td));
	EXPECT_EQ(SIGKILL, td.status);
	EXPECT_EQ(PIDNS_PROBE_SENDER_ANCESTOR, td.kill.sender);
	EXPECT_EQ(outer, (pid_t)td.kill.pid);
}

static long do_crash(const long *arg)
{
	struct rlimit limit = { arg[0], arg[0] };

	if (setrlimit(RLIMIT_CORE, &limit))
		return -errno;
	*(int *)arg[1] = 0;
	return 0;
}

/*
 * Flow:
 *  1. Init follows a null pointer, without a core and with one: SIGSEGV gets
 *     through although init has no handler, and no drop is counted.
 *  2. What looks like it but was sent is dropped.
 */
TEST_F_TIMEOUT(init, crashes, 60)
{
	char pattern[256];
	struct probe_teardown td;

	ASSERT_EQ(0, file_read(CORE, pattern, sizeof(pattern)));
	ASSERT_EQ(0, file_write(CORE, "/tmp/teardown_init.core"));
	ASSERT_EQ(0, kill(self->box.pid, SIGSEGV));
	box_ask(&self->box, BOX_INIT, do_crash, 0);
	ended(_metadata, self, SIGSEGV, &td);
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_KILL));
	EXPECT_EQ(1, td.drops);

	start(_metadata, self);
	box_ask(&self->box, BOX_INIT, do_crash, RLIM_INFINITY);
	ended(_metadata, self, SIGSEGV | 0x80, &td);
	EXPECT_EQ(0, td.drops);
	EXPECT_EQ(0, file_write(CORE, pattern));
	EXPECT_EQ(0, unlink("/tmp/teardown_init.core"));
}

static long do_reboot(const long *arg)
{
	/* This would be a bad joke elsewhere. */
	if (!box_page())
		return -EPERM;
	return syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		       arg[0], NULL) ? -errno : 0;
}

/*
 * Flow:
 *  1. reboot(2) inside, by init or by a child of it: to restart ends init by
 *     SIGHUP, to halt or to power off by SIGINT.
 */
TEST_F_TIMEOUT(init, reboots, 60)
{
	static const struct {
		unsigned int cmd;
		int who, status;
	} row[] = {
		{ LINUX_REBOOT_CMD_RESTART, BOX_INIT, SIGHUP },
		{ LINUX_REBOOT_CMD_HALT, BOX_INIT, SIGINT },
		{ LINUX_REBOOT_CMD_POWER_OFF, BOX_INIT, SIGINT },
		{ LINUX_REBOOT_CMD_RESTART, 1, SIGHUP },
		{ LINUX_REBOOT_CMD_POWER_OFF, 1, SIGINT },
	};
	struct probe_teardown td;
	unsigned int i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (i)
			start(_metadata, self);
		if (row[i].who)
			ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork,
					      row[i].who));
		box_ask(&self->box, row[i].who, do_reboot, row[i].cmd);
		ended(_metadata, self, row[i].status, &td);
		/* The kernel sends it, on behalf of who asked. */
		EXPECT_EQ(SIGKILL, td.kill.signal);
		EXPECT_EQ(PIDNS_PROBE_SENDER_KERNEL, td.kill.sender);
		EXPECT_FALSE(probe_has(&td.kill, PIDNS_PROBE_A_ORIGIN_PID));
	}
}

/* Flow: the times of a record are in order, and not of another day. */
TEST_F_TIMEOUT(init, times, 30)
{
	struct probe_teardown td;
	uint64_t before, after;
	struct timespec t;

	/* The box is older than this. */
	clock_gettime(CLOCK_REALTIME, &t);
	before = t.tv_sec * 1000000000ULL + t.tv_nsec;
	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ended(_metadata, self, SIGKILL, &td);
	clock_gettime(CLOCK_REALTIME, &t);
	after = t.tv_sec * 1000000000ULL + t.tv_nsec;

	EXPECT_LT(td.born, before);
	EXPECT_LT(before - 60 * 1000000000ULL, td.born);
	EXPECT_LT(before, td.begin);
	EXPECT_LT(0, td.duration);
	EXPECT_LT(td.begin + td.duration, after);
}

TEST_HARNESS_MAIN
