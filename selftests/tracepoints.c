// SPDX-License-Identifier: GPL-2.0
/* The module's own tracepoints say what the counters and records say. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "tally.h"
#include "trace.h"

static const char * const events[] = {
	"pidns_probe/signal_verdict", "pidns_probe/signal_dropped",
	"pidns_probe/teardown_begin", "pidns_probe/teardown_end", NULL
};

FIXTURE(tracepoints) {
	struct probe p;
	struct box box;
	struct trace trace;
	struct probe_ns ns;
};

FIXTURE_VARIANT(tracepoints) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(tracepoints, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(tracepoints, tracepoint) {
	.hook = "tracepoint",
};

FIXTURE_SETUP(tracepoints)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &self->ns));
	ASSERT_EQ(0, trace_open(&self->trace, "tracepoints", events));
}

FIXTURE_TEARDOWN(tracepoints)
{
	trace_close(&self->trace);
	box_stop(&self->box);
	probe_close(&self->p);
}

#define tracepoints_t	FIXTURE_DATA(tracepoints)

/* The next line of this event about the init of the box. */
static bool next(tracepoints_t *self, const char *event, pid_t pid,
		 struct trace_line *line)
{
	while (trace_next(&self->trace, line) > 0)
		if (!strcmp(line->event, event) &&
		    trace_number(line, "pid") == pid)
			return true;
	return false;
}

/* Init was sent SIG, and this was the verdict.  Was it the only one? */
static bool verdict_is(tracepoints_t *self, int sig,
		       const char *verdict, long force)
{
	struct trace_line line;

	if (!next(self, "signal_verdict", self->box.pid, &line))
		return false;
	return trace_number(&line, "sig") == sig &&
	       trace_is(&line, "verdict", verdict) &&
	       trace_number(&line, "force") == force &&
	       !next(self, "signal_verdict", self->box.pid, &line);
}

/*
 * Flow: each verdict there is but `dying' is brought about; an ancestor has
 * the kernel's `force', a child of init has not.
 */
TEST_F_TIMEOUT(tracepoints, verdict, 60)
{
	pid_t pid = self->box.pid;

	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_EQ(0, kill(pid, SIGTERM));
	EXPECT_TRUE(verdict_is(self, SIGTERM, "drop", 1));
	ASSERT_EQ(0, box_call(&self->box, 1, do_send, SEND_KILL, 1, 1,
			      SIGKILL));
	EXPECT_TRUE(verdict_is(self, SIGKILL, "drop", 0));
	ASSERT_EQ(0, kill(pid, SIGWINCH));
	EXPECT_TRUE(verdict_is(self, SIGWINCH, "ignored", 1));

	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_action, SIGUSR1,
			      ACTION_HANDLER));
	ASSERT_EQ(0, kill(pid, SIGUSR1));
	EXPECT_TRUE(verdict_is(self, SIGUSR1, "delivered", 1));

	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_BLOCK,
			      BIT_OF(SIGUSR2)));
	ASSERT_EQ(0, kill(pid, SIGUSR2));
	EXPECT_TRUE(verdict_is(self, SIGUSR2, "queued", 1));

	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, pid, 0, 0));
	ASSERT_EQ(0, kill(pid, SIGHUP));
	EXPECT_TRUE(verdict_is(self, SIGHUP, "traced", 1));
	ASSERT_EQ(pid, waitpid(pid, NULL, __WALL));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, pid, 0, 0));

	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_TRUE(verdict_is(self, SIGKILL, "delivered", 1));
}

/*
 * Flow:
 *  1. Init drops a signal, at once; the event names us and the namespace.
 *  2. It drops one from its child that it blocked first; the event says that.
 *  3. It ignores one: no event.
 */
TEST_F_TIMEOUT(tracepoints, dropped, 60)
{
	pid_t pid = self->box.pid, child;
	struct trace_line line;

	child = box_host_pid(&self->box,
			     box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_EQ(0, kill(pid, SIGTERM));
	ASSERT_TRUE(next(self, "signal_dropped", pid, &line));
	EXPECT_EQ(self->ns.id, (uint64_t)trace_number(&line, "id"));
	EXPECT_EQ(self->ns.inum, (uint32_t)trace_number(&line, "inum"));
	EXPECT_TRUE(trace_is(&line, "comm", "tracepoints"));
	EXPECT_EQ(SIGTERM, trace_number(&line, "sig"));
	EXPECT_TRUE(trace_is(&line, "when", "sent"));
	EXPECT_TRUE(trace_is(&line, "sender", "ancestor"));
	EXPECT_EQ(getpid(), trace_number(&line, "sender_pid"));
	EXPECT_TRUE(trace_is(&line, "sender_comm", "tracepoints"));

	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_BLOCK,
			      BIT_OF(SIGINT)));
	ASSERT_EQ(0, box_call(&self->box, 1, do_send, SEND_KILL, 1, 1,
			      SIGINT));
	EXPECT_FALSE(next(self, "signal_dropped", pid, &line));
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_UNBLOCK,
			      BIT_OF(SIGINT)));
	ASSERT_TRUE(next(self, "signal_dropped", pid, &line));
	EXPECT_EQ(SIGINT, trace_number(&line, "sig"));
	EXPECT_TRUE(trace_is(&line, "when", "dequeued"));
	EXPECT_TRUE(trace_is(&line, "sender", "inside"));
	EXPECT_EQ(child, trace_number(&line, "sender_pid"));

	ASSERT_EQ(0, kill(pid, SIGURG));
	EXPECT_FALSE(next(self, "signal_dropped", pid, &line));
}

/*
 * Flow:
 *  1. Init exits with a code, and leaves two processes.
 *  2. Begin and end are one event each, and what they say is in the record.
 */
TEST_F_TIMEOUT(tracepoints, end_of_init, 60)
{
	struct trace_line line;
	struct probe_teardown td;
	pid_t pid = self->box.pid;
	int status;

	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 2));
	box_ask(&self->box, BOX_INIT, do_exit, 7);
	status = box_wait(&self->box);
	ASSERT_EQ(7 << 8, status);
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->ns.id, &td));

	ASSERT_TRUE(next(self, "teardown_begin", pid, &line));
	EXPECT_EQ(td.number, (uint64_t)trace_number(&line, "number"));
	EXPECT_EQ(td.id, (uint64_t)trace_number(&line, "id"));
	EXPECT_EQ(td.inum, (uint32_t)trace_number(&line, "inum"));
	EXPECT_TRUE(trace_is(&line, "comm", "tracepoints"));
	EXPECT_EQ(status, trace_number(&line, "status"));
	ASSERT_TRUE(next(self, "teardown_end", pid, &line));
	EXPECT_EQ(td.number, (uint64_t)trace_number(&line, "number"));
	EXPECT_EQ(td.id, (uint64_t)trace_number(&line, "id"));
	EXPECT_EQ(status, trace_number(&line, "status"));
	EXPECT_EQ(2, trace_number(&line, "victims"));
	EXPECT_EQ(td.victims, (uint32_t)trace_number(&line, "victims"));
	EXPECT_EQ(0, trace_number(&line, "ungraceful"));
	EXPECT_EQ(td.duration, (uint64_t)trace_number(&line, "duration"));
	EXPECT_FALSE(next(self, "teardown_begin", pid, &line));
}

/* Flow: a filter of the kernel's own on a field lets through what it says. */
TEST_F_TIMEOUT(tracepoints, filter, 60)
{
	struct trace_line line;
	char path[160];

	snprintf(path, sizeof(path),
		 "%s/events/pidns_probe/signal_dropped/filter",
		 self->trace.dir);
	ASSERT_EQ(0, file_write(path, "sig == 15 && sender == 0"));
	ASSERT_EQ(0, kill(self->box.pid, SIGINT));
	EXPECT_FALSE(next(self, "signal_dropped", self->box.pid, &line));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	EXPECT_TRUE(next(self, "signal_dropped", self->box.pid, &line));
}

TEST_HARNESS_MAIN
