// SPDX-License-Identifier: GPL-2.0
/*
 * An init that executes another program: it remains the init that it was, also
 * when it is a thread that does it, and also when somebody ends it meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

#define ROUNDS		50
#define THREADS		5

FIXTURE(exec) {
	struct probe p;
	struct box box;
	uint64_t id;
};

FIXTURE_VARIANT(exec) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(exec, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(exec, tracepoint) {
	.hook = "tracepoint",
};

#define exec_t	FIXTURE_DATA(exec)

FIXTURE_SETUP(exec)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
}

FIXTURE_TEARDOWN(exec)
{
	box_stop(&self->box);
	probe_close(&self->p);
}

/* Do not die with the thread that has forked us. */
static long do_stay(const long *arg)
{
	(void)arg;
	return prctl(PR_SET_PDEATHSIG, 0);
}

/* A box whose init has a child and so many threads more. */
static void start(struct __test_metadata *_metadata, exec_t *self, int threads)
{
	int i;

	ASSERT_EQ(0, box_start(&self->box, 0));
	self->id = ns_id(&self->p, self->box.pid);
	ASSERT_NE(0, self->id);
	for (i = 1; i <= threads; i++)
		ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_thread, i));
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, THREADS + 1));
	ASSERT_EQ(0, box_call(&self->box, THREADS + 1, do_stay));
}

static long do_exec(const long *arg)
{
	(void)arg;
	execlp("sleep", "sleep", "1000", NULL);
	return -errno;
}

static bool has_become_sleep(exec_t *self)
{
	struct probe_ns ns;

	return !probe_ns_by_id(&self->p, self->id, &ns) &&
	       ns.threads == 2 && !strcmp(ns.init_comm, "sleep");
}

static void killed(struct __test_metadata *_metadata, exec_t *self,
		   struct probe_teardown *td)
{
	pid_t pid = self->box.pid;

	ASSERT_EQ(SIGKILL, box_stop(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, td));
	EXPECT_EQ(SIGKILL, td->status);
	EXPECT_EQ(pid, (pid_t)td->init_pid);
	EXPECT_EQ(SIGKILL, td->kill.signal);
	EXPECT_EQ(getpid(), (pid_t)td->kill.pid);
	EXPECT_EQ(1, td->victims);
}

/*
 * Flow:
 *  1. Init drops SIGTERM, and then it executes another program.
 *  2. It drops another one, and is killed: one teardown, of the init by its
 *     new name, with both drops.
 */
TEST_F_TIMEOUT(exec, leader, 30)
{
	struct probe_teardown td;

	start(_metadata, self, 0);
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	box_ask(&self->box, BOX_INIT, do_exec, 0);
	ASSERT_TRUE(poll_until(DEADLINE_MS, has_become_sleep(self)));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	killed(_metadata, self, &td);
	EXPECT_STREQ("sleep", td.init_comm);
	EXPECT_EQ(2, td.drops);
	EXPECT_EQ(SIGTERM, td.first_stop.signal);
}

/*
 * Flow:
 *  1. A thread of init that is not its first executes a program.  It takes
 *     over the pid of the first, and the other threads end.
 *  2. That is no teardown; the one when init is killed is the only one.
 */
TEST_F_TIMEOUT(exec, thread, 30)
{
	struct probe_teardown td;

	start(_metadata, self, THREADS);
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	box_ask(&self->box, 3, do_exec, 0);
	ASSERT_TRUE(poll_until(DEADLINE_MS, has_become_sleep(self)));
	EXPECT_EQ(-ENOENT, probe_teardown_by_id(&self->p, self->id, &td));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	killed(_metadata, self, &td);
	EXPECT_STREQ("sleep", td.init_comm);
	EXPECT_EQ(2, td.drops);
}

/*
 * Flow, many times:
 *  1. A thread of an init with several executes a program.
 *  2. A little later each time, but most times before it is done, init is
 *     killed.
 *  3. One teardown, whoever did it.
 */
TEST_F_TIMEOUT(exec, race, 120)
{
	struct probe_teardown td;
	struct probe_status st;
	int i, turn;

	for (i = 0; i < ROUNDS; i++) {
		start(_metadata, self, THREADS);
		box_ask(&self->box, 1 + i % THREADS, do_exec, 0);
		for (turn = 0; turn < i * 200; turn++)
			__asm__ volatile("" ::: "memory");
		killed(_metadata, self, &td);
	}
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(0, st.unended);
	EXPECT_EQ(0, st.no_record);
	EXPECT_EQ(0, st.tearing_down);
}

/*
 * Flow, many times:
 *  1. Threads of init exit, the first one too, while it is killed.
 *  2. One teardown, whoever was the last.
 */
TEST_F_TIMEOUT(exec, threads_exit, 120)
{
	struct probe_teardown td;
	int i, who, status;
	pid_t pid;

	for (i = 0; i < ROUNDS; i++) {
		start(_metadata, self, THREADS);
		for (who = 1; who <= THREADS; who++)
			box_ask(&self->box, who, do_exit_thread, 4);
		pid = self->box.pid;
		if (i % 2)
			box_ask(&self->box, BOX_INIT, do_exit_thread, 3);
		status = box_stop(&self->box);
		ASSERT_NE(-1, status);
		ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
		EXPECT_EQ(status, (int)td.status);
		EXPECT_EQ(pid, (pid_t)td.init_pid);
		EXPECT_EQ(1, td.victims);
	}
}

TEST_HARNESS_MAIN
