// SPDX-License-Identifier: GPL-2.0
/*
 * The inits that people put into images take signals by sigwait(3) and
 * signalfd(2), so nothing that they forward is a drop; and a program that is
 * no init drops the same signal.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

#define WORDS	5

FIXTURE(programs) {
	struct probe p;
	struct tally want;
	pid_t pid;
	uint64_t id;
};

FIXTURE_VARIANT(programs) {
	const char *hook;
	char *const words[WORDS];
	bool handles;		/* it is an init */
};

FIXTURE_VARIANT_ADD(programs, kprobe_tini) {
	.hook = "kprobe",
	.words = { "tini", "--", "sleep", "1000" },
	.handles = true,
};

FIXTURE_VARIANT_ADD(programs, kprobe_dumb_init) {
	.hook = "kprobe",
	.words = { "dumb-init", "sleep", "1000" },
	.handles = true,
};

FIXTURE_VARIANT_ADD(programs, kprobe_catatonit) {
	.hook = "kprobe",
	.words = { "catatonit", "--", "sleep", "1000" },
	.handles = true,
};

FIXTURE_VARIANT_ADD(programs, kprobe_sleep) {
	.hook = "kprobe",
	.words = { "sleep", "1000" },
};

FIXTURE_VARIANT_ADD(programs, tracepoint_tini) {
	.hook = "tracepoint",
	.words = { "tini", "--", "sleep", "1000" },
	.handles = true,
};

FIXTURE_VARIANT_ADD(programs, tracepoint_dumb_init) {
	.hook = "tracepoint",
	.words = { "dumb-init", "sleep", "1000" },
	.handles = true,
};

FIXTURE_VARIANT_ADD(programs, tracepoint_catatonit) {
	.hook = "tracepoint",
	.words = { "catatonit", "--", "sleep", "1000" },
	.handles = true,
};

FIXTURE_VARIANT_ADD(programs, tracepoint_sleep) {
	.hook = "tracepoint",
	.words = { "sleep", "1000" },
};

/* The first child of PID, 0 if it has none. */
static pid_t child_of(pid_t pid)
{
	char name[64], text[64];

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", pid, pid);
	return file_read(name, text, sizeof(text)) ? 0 : atoi(text);
}

static bool runs(pid_t pid, const char *program)
{
	char name[64], text[64];

	snprintf(name, sizeof(name), "/proc/%d/comm", pid);
	return !file_read(name, text, sizeof(text)) && !strcmp(text, program);
}

/*
 * Each of them blocks the signals before it starts its child.  (The mask that
 * /proc shows is not it: that of a thread in sigtimedwait(2) is elsewhere.)
 */
static bool is_ready(pid_t pid, char *const words[WORDS], bool is_init)
{
	return runs(pid, words[0]) &&
	       (!is_init || runs(child_of(pid), "sleep"));
}

FIXTURE_SETUP(programs)
{
	struct probe_ns ns;

	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	self->pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL,
			    NULL, NULL);
	ASSERT_LE(0, self->pid);
	if (!self->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(variant->words[0], variant->words);
		_exit(127);
	}
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       is_ready(self->pid, variant->words,
					variant->handles)))
		TH_LOG("%s is not there", variant->words[0]);
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->pid, &ns));
	self->id = ns.id;
}

FIXTURE_TEARDOWN(programs)
{
	kill(self->pid, SIGKILL);
	waitpid(self->pid, NULL, 0);
	probe_close(&self->p);
}

/*
 * Flow:
 *  1. The program runs as init, and an init has started what it shall run.
 *  2. It is sent signals that the program below it ignores or outlives.
 *  3. It is sent SIGTERM, and an init ends as what it runs ends.
 *  4. An init has dropped nothing, but for the other program these are drops.
 */
TEST_F_TIMEOUT(programs, forward, 60)
{
	static const int harmless[] = {
		SIGCHLD, SIGURG, SIGCONT, SIGWINCH,
	};
	struct probe_teardown td;
	struct probe_ns ns;
	unsigned int i;
	int status;

	for (i = 0; i < ARRAY_SIZE(harmless); i++)
		ASSERT_EQ(0, kill(self->pid, harmless[i]));
	ASSERT_EQ(0, kill(self->pid, SIGTERM));
	if (!variant->handles) {
		self->want.ignored = ARRAY_SIZE(harmless);
		tally_default(&self->want, SIGTERM,
			      PIDNS_PROBE_SENDER_ANCESTOR);
		ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->pid, &ns));
		EXPECT_TRUE(tally_matches(&self->want, &ns));
		EXPECT_EQ(0, waitpid(self->pid, &status, WNOHANG));
		return;
	}
	ASSERT_TRUE(poll_until(DEADLINE_MS, waitpid(self->pid, &status,
						    WNOHANG) == self->pid));
	EXPECT_EQ(128 + SIGTERM, WEXITSTATUS(status));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(0, td.drops);
	EXPECT_EQ(status, (int)td.status);
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_FIRST_STOP));
}

TEST_HARNESS_MAIN
