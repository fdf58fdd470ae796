// SPDX-License-Identifier: GPL-2.0
/*
 * A timer, a pipe and a terminal send signals to an init in every disposition:
 * the counters are exactly what the rules of the kernel make them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "disposition.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

FIXTURE(sources) {
	struct probe p;
	struct box box;
	struct tally want;
};

FIXTURE_VARIANT(sources) {
	const char *hook;
	enum disposition is;
};

FIXTURE_VARIANT_ADD(sources, kprobe_default) {
	.hook = "kprobe", .is = DEFAULT,
};

FIXTURE_VARIANT_ADD(sources, kprobe_ignored) {
	.hook = "kprobe", .is = IGNORES,
};

FIXTURE_VARIANT_ADD(sources, kprobe_handled) {
	.hook = "kprobe", .is = HANDLES,
};

FIXTURE_VARIANT_ADD(sources, kprobe_blocked) {
	.hook = "kprobe", .is = BLOCKS,
};

FIXTURE_VARIANT_ADD(sources, kprobe_unblocked) {
	.hook = "kprobe", .is = UNBLOCKS,
};

FIXTURE_VARIANT_ADD(sources, kprobe_traced) {
	.hook = "kprobe", .is = TRACED,
};

FIXTURE_VARIANT_ADD(sources, kprobe_sigwait) {
	.hook = "kprobe", .is = SIGWAITS_LATE,
};

FIXTURE_VARIANT_ADD(sources, kprobe_signalfd) {
	.hook = "kprobe", .is = SIGNALFD_LATE,
};

FIXTURE_VARIANT_ADD(sources, kprobe_worker_blocks) {
	.hook = "kprobe", .is = WORKER_BLOCKS,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_default) {
	.hook = "tracepoint", .is = DEFAULT,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_ignored) {
	.hook = "tracepoint", .is = IGNORES,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_handled) {
	.hook = "tracepoint", .is = HANDLES,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_blocked) {
	.hook = "tracepoint", .is = BLOCKS,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_unblocked) {
	.hook = "tracepoint", .is = UNBLOCKS,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_traced) {
	.hook = "tracepoint", .is = TRACED,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_sigwait) {
	.hook = "tracepoint", .is = SIGWAITS_LATE,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_signalfd) {
	.hook = "tracepoint", .is = SIGNALFD_LATE,
};

FIXTURE_VARIANT_ADD(sources, tracepoint_worker_blocks) {
	.hook = "tracepoint", .is = WORKER_BLOCKS,
};

FIXTURE_SETUP(sources)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_TRUE(disposition_prepare(&self->box, variant->is));
}

FIXTURE_TEARDOWN(sources)
{
	box_stop(&self->box);
	probe_close(&self->p);
}

#define sources_t	FIXTURE_DATA(sources)

static int timer = -1;

/* Have a timer send a signal now.  When this returns it has sent it. */
static long do_timer(const long *arg)
{
	struct itimerspec spec = { .it_value.tv_nsec = 1 };
	struct sigevent ev = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = arg[0],
	};

	if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &timer))
		return -errno;
	if (syscall(SYS_timer_settime, timer, 0, &spec, NULL))
		return -errno;
	do {
		if (syscall(SYS_timer_gettime, timer, &spec))
			return -errno;
	} while (spec.it_value.tv_nsec || spec.it_value.tv_sec);
	return 0;
}

static long do_timer_delete(const long *arg __attribute__((unused)))
{
	return syscall(SYS_timer_delete, timer) ? -errno : 0;
}

/* Write where nobody reads; the error, which must be EPIPE. */
static long do_write_pipe(const long *arg)
{
	int fd[2], err;

	if (arg[0] ? socketpair(AF_UNIX, SOCK_STREAM, 0, fd) : pipe(fd))
		return -errno;
	close(fd[0]);
	err = write(fd[1], "x", 1) < 0 ? errno : 0;
	close(fd[1]);
	return err;
}

/*
 * Kernels from 7.x on send the signal of a timer that has run out when it is
 * set from timer_settime(2) itself, and then that call is who sends it.
 */
static void late_timer(sources_t *self)
{
	struct utsname name;
	struct probe_ns ns;

	if (uname(&name) || atoi(name.release) < 7 ||
	    probe_ns_by_pid(&self->p, self->box.pid, &ns) ||
	    ns.inside != self->want.sender[PIDNS_PROBE_SENDER_INSIDE] + 1)
		return;
	self->want.sender[PIDNS_PROBE_SENDER_INSIDE]++;
	self->want.sender[PIDNS_PROBE_SENDER_KERNEL]--;
}

/* Init brings a signal upon itself by calling FN, whose answer is ANSWER. */
static void by_itself(struct __test_metadata *_metadata, sources_t *self,
		      enum disposition is, int sig,
		      enum pidns_probe_sender sender, agent_fn fn, long arg,
		      long answer)
{
	struct box *b = &self->box;
	long got;

	if (signal_is_absolute(sig) && !(is == TRACED && sig == SIGSTOP))
		is = DEFAULT;
	ASSERT_TRUE(disposition_arrange(b, is, sig));
	box_ask(b, BOX_INIT, fn, arg);
	/* In the middle of that its tracer gets the signal. */
	if (is == TRACED)
		ASSERT_EQ(sig, disposition_trap(b));
	ASSERT_TRUE(box_answer(b, BOX_INIT, DEADLINE_MS, &got));
	ASSERT_EQ(answer, got);
	disposition_expect(&self->want, is, sig, sender);
	if (is != TRACED)
		ASSERT_TRUE(disposition_settle(b, is, sig));
	if (fn == do_timer)
		late_timer(self);
	ASSERT_TRUE(tally_check(&self->p, b->pid, &self->want));
}

/*
 * Flow, for each signal:
 *  1. Init is made to handle, ignore, block, ... it.
 *  2. A timer of init's own sends it, even SIGKILL and SIGSTOP, as a timer is
 *     nobody who may send these.
 *  3. The counters are those expected; a drop is by the kernel, but see above.
 */
TEST_F_TIMEOUT(sources, timer, 120)
{
	int sig;

	for (sig = 1; sig <= 64; sig++) {
		by_itself(_metadata, self, variant->is, sig,
			  PIDNS_PROBE_SENDER_KERNEL, do_timer, sig, 0);
		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_timer_delete));
		if (!signal_is_absolute(sig))
			ASSERT_TRUE(disposition_restore(&self->box, sig));
	}
}

/* Flow: the same with a pipe and a socket that init writes to, by SIGPIPE. */
TEST_F_TIMEOUT(sources, sigpipe, 60)
{
	struct probe_ns ns;
	int socket;

	for (socket = 0; socket <= 1; socket++) {
		by_itself(_metadata, self, variant->is, SIGPIPE,
			  PIDNS_PROBE_SENDER_INSIDE, do_write_pipe, socket,
			  EPIPE);
		ASSERT_TRUE(disposition_restore(&self->box, SIGPIPE));
	}
	if (!self->want.when[PIDNS_PROBE_WHEN_SENT])
		return;
	/* Init is the sender. */
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(self->box.pid, (pid_t)ns.last.pid);
	EXPECT_EQ(1, ns.last.ns_pid);
}

/* Type a character.  The terminal shows it after it has sent the signal. */
static bool type(int fd, char c)
{
	char shown;

	return write(fd, &c, 1) == 1 &&
	       read(fd, &shown, 1) == 1 && shown == '^' &&
	       read(fd, &shown, 1) == 1 && shown == (c ^ 0x40);
}

/*
 * Flow, for ^C, ^\ and ^Z:
 *  1. Init leads a session with a terminal whose other end is here, and is made
 *     to handle, ignore, block, ... the signal.
 *  2. It is typed here; the terminal, not we, sends the signal.
 *  3. The counters are those expected; a drop is by the kernel.
 */
TEST_F_TIMEOUT(sources, terminal, 60)
{
	static const int typed[][2] = {
		{ 3, SIGINT }, { 28, SIGQUIT }, { 26, SIGTSTP },
	};
	struct box *b = &self->box;
	unsigned int i;
	int fd, sig;

	fd = posix_openpt(O_RDWR | O_NOCTTY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, grantpt(fd));
	ASSERT_EQ(0, unlockpt(fd));
	snprintf(b->page->scratch, 64, "%s", ptsname(fd));
	/* It leads a group already, and so cannot lead a session. */
	ASSERT_EQ(0, setpgid(b->pid, getpgrp()));
	ASSERT_EQ(0, box_call(b, BOX_INIT, do_terminal, (long)b->page->scratch));

	for (i = 0; i < ARRAY_SIZE(typed); i++) {
		sig = typed[i][1];
		ASSERT_TRUE(disposition_arrange(b, variant->is, sig));
		ASSERT_TRUE(type(fd, typed[i][0]));
		disposition_expect(&self->want, variant->is, sig,
				   PIDNS_PROBE_SENDER_KERNEL);
		ASSERT_TRUE(disposition_settle(b, variant->is, sig));
		ASSERT_TRUE(tally_check(&self->p, b->pid, &self->want));
		ASSERT_TRUE(disposition_restore(b, sig));
	}
}

TEST_HARNESS_MAIN
