// SPDX-License-Identifier: GPL-2.0
/*
 * Signals to an init that nobody sent with a system call for that, by parts of
 * the kernel that have one signal each; and senders in unusual places.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

FIXTURE(senders) {
	struct probe p;
	struct box box;
	struct tally want;
};

FIXTURE_VARIANT(senders) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(senders, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(senders, tracepoint) {
	.hook = "tracepoint",
};

FIXTURE_SETUP(senders)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
}

FIXTURE_TEARDOWN(senders)
{
	box_stop(&self->box);
	probe_close(&self->p);
}

#define call(fn, ...)	box_call(&self->box, BOX_INIT, fn, __VA_ARGS__)
#define check()								\
	ASSERT_TRUE(tally_check(&self->p, self->box.pid, &self->want))

#define KERNEL		PIDNS_PROBE_SENDER_KERNEL
#define INSIDE		PIDNS_PROBE_SENDER_INSIDE
#define ANCESTOR	PIDNS_PROBE_SENDER_ANCESTOR

static long do_itimer(const long *arg)
{
	struct itimerval value = { .it_value.tv_usec = 1000 };
	int64_t end = now_ms() + DEADLINE_MS;

	if (setitimer(arg[0], &value, NULL))
		return -errno;
	/* Two of them count the time that is spent here. */
	do {
		if (getitimer(arg[0], &value))
			return -errno;
	} while ((value.it_value.tv_usec || value.it_value.tv_sec) &&
		 now_ms() < end);
	return 0;
}

/* Flow: each interval timer runs out, and its signal is the kernel's. */
TEST_F_TIMEOUT(senders, interval_timers, 60)
{
	static const struct {
		int which, sig;
	} timers[] = {
		{ ITIMER_REAL, SIGALRM },
		{ ITIMER_VIRTUAL, SIGVTALRM },
		{ ITIMER_PROF, SIGPROF },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timers); i++) {
		ASSERT_EQ(0, call(do_itimer, timers[i].which));
		tally_default(&self->want, timers[i].sig, KERNEL);
		EXPECT_TRUE(poll_until(DEADLINE_MS,
				       tally_reached(&self->p, self->box.pid,
						     &self->want)));
		check();
	}
}

/* Write more than RLIMIT_FSIZE allows. */
static long do_write_much(const long *arg __attribute__((unused)))
{
	struct rlimit limit = { .rlim_cur = 1, .rlim_max = RLIM_INFINITY };
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600), err;

	setrlimit(RLIMIT_FSIZE, &limit);
	err = pwrite(fd, "x", 1, 10) < 0 ? errno : 0;
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	close(fd);
	return err;
}

/* Flow: init writes too much, and gets SIGXFSZ for that. */
TEST_F_TIMEOUT(senders, sigxfsz, 60)
{
	ASSERT_EQ(EFBIG, call(do_write_much, 0));
	tally_default(&self->want, SIGXFSZ, INSIDE);
	check();
}

/*
 * Flow:
 *  1. Init is made leader of a session with a terminal whose other end is here.
 *  2. The window changes its size: ignored.
 *  3. The other end is closed: SIGHUP and SIGCONT, and who closed it is known.
 */
TEST_F_TIMEOUT(senders, hangup, 60)
{
	struct winsize size = { .ws_row = 10, .ws_col = 10 };
	char *name = self->box.page->scratch;
	struct probe_ns ns;
	int fd;

	fd = posix_openpt(O_RDWR | O_NOCTTY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, grantpt(fd));
	ASSERT_EQ(0, unlockpt(fd));
	snprintf(name, 64, "%s", ptsname(fd));
	/* It leads a group already, and so cannot lead a session. */
	ASSERT_EQ(0, setpgid(self->box.pid, getpgrp()));
	ASSERT_EQ(0, call(do_terminal, (long)name));
	ASSERT_EQ(0, ioctl(fd, TIOCSWINSZ, &size));
	self->want.ignored++;
	check();

	close(fd);
	tally_default(&self->want, SIGHUP, ANCESTOR);
	tally_default(&self->want, SIGCONT, ANCESTOR);
	check();
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(getpid(), (pid_t)ns.last.pid);
}

/* Ask for SIGIO when there is something to read. */
static long do_async(const long *arg)
{
	if (fcntl(arg[0], F_SETOWN, getpid()))
		return -errno;
	return fcntl(arg[0], F_SETFL, O_ASYNC | O_NONBLOCK) ? -errno : 0;
}

static long do_write_socket(const long *arg)
{
	return write(arg[0], "x", 1);
}

/*
 * Flow:
 *  1. Init has a socket that tells of data by SIGIO, which by default ends it.
 *  2. We write: dropped, and we are known to have caused it.
 *  3. A child of init writes: dropped, and the kernel's, as it has `force'.
 *  4. An init beside it writes, who has no pid for it: the kernel's, too.
 */
TEST_F_TIMEOUT(senders, sigio, 60)
{
	struct box beside = {};
	int fd[2];

	box_stop(&self->box);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, call(do_async, fd[0]));
	ASSERT_EQ(1, write(fd[1], "x", 1));
	tally_default(&self->want, SIGIO, ANCESTOR);
	check();
	ASSERT_LT(0, call(do_fork, 1));
	ASSERT_EQ(1, box_call(&self->box, 1, do_write_socket, fd[1]));
	tally_default(&self->want, SIGIO, KERNEL);
	check();
	ASSERT_EQ(0, box_start(&beside, 0));
	ASSERT_EQ(1, box_call(&beside, BOX_INIT, do_write_socket, fd[1]));
	tally_default(&self->want, SIGIO, KERNEL);
	box_stop(&beside);
	check();
}

/*
 * Flow:
 *  1. The init of a box in a box has such a socket.
 *  2. A child of the outer init writes, whose namespace is its ancestor.
 *  3. So does an init beside the outer one, higher up, but no ancestor.
 */
TEST_F_TIMEOUT(senders, sigio_in_a_box, 60)
{
	struct box inner = {}, beside = {};
	int fd[2];

	box_stop(&self->box);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, box_start(&beside, 0));
	ASSERT_LT(0, call(do_fork, 1));
	ASSERT_EQ(0, box_start_in(&inner, &self->box, 1));
	ASSERT_EQ(0, box_call(&inner, BOX_INIT, do_async, fd[0]));
	ASSERT_EQ(1, box_call(&self->box, 1, do_write_socket, fd[1]));
	tally_default(&self->want, SIGIO, ANCESTOR);
	ASSERT_TRUE(tally_check(&self->p, inner.pid, &self->want));
	ASSERT_EQ(1, box_call(&beside, BOX_INIT, do_write_socket, fd[1]));
	tally_default(&self->want, SIGIO, KERNEL);
	box_stop(&beside);
	ASSERT_TRUE(tally_check(&self->p, inner.pid, &self->want));
}

static long do_death_signal(const long *arg)
{
	return prctl(PR_SET_PDEATHSIG, arg[0]);
}

/*
 * Flow:
 *  1. Init, started by a process in between, wants SIGTERM when that dies.
 *  2. It dies: a drop, sent by it.
 */
TEST_F_TIMEOUT(senders, parent_dies, 60)
{
	struct box *outer = &self->box, box = {};
	pid_t parent;

	parent = box_host_pid(outer, call(do_fork, 1));
	ASSERT_LT(0, parent);
	ASSERT_EQ(0, box_start_in(&box, outer, 1));
	ASSERT_EQ(0, box_call(&box, BOX_INIT, do_death_signal, SIGTERM));
	ASSERT_EQ(0, kill(parent, SIGKILL));
	tally_default(&self->want, SIGTERM, ANCESTOR);
	EXPECT_TRUE(poll_until(DEADLINE_MS,
			       tally_reached(&self->p, box.pid, &self->want)));
	ASSERT_TRUE(tally_check(&self->p, box.pid, &self->want));
}

/*
 * Flow: kill(-1) inside means everybody but init and the sender.  At first that
 * is nobody, and then a child, whose signals are nothing to the counters.
 */
TEST_F_TIMEOUT(senders, all_inside, 60)
{
	int sig;

	ASSERT_LT(0, call(do_fork, 1));
	for (sig = 1; sig <= 64; sig++)
		ASSERT_EQ(-ESRCH, box_call(&self->box, 1, do_send, SEND_ALL, 0,
					   0, sig));
	ASSERT_LT(0, call(do_fork, 2));
	for (sig = 1; sig <= 64; sig++)
		if (!signal_is_absolute(sig))
			ASSERT_EQ(0, box_call(&self->box, 1, do_send, SEND_ALL,
					      0, 0, sig));
	ASSERT_EQ(1, box_call(&self->box, 2, do_pending, SIGTERM));
	check();
}

/* Flow: who joins the namespace by setns(2) is inside, though not a child. */
TEST_F_TIMEOUT(senders, joined, 60)
{
	struct probe_ns ns;
	int fd, status;
	char name[64];
	pid_t pid;

	snprintf(name, sizeof(name), "/proc/%d/ns/pid", self->box.pid);
	fd = open(name, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setns(fd, CLONE_NEWPID));
	pid = fork();
	if (!pid)
		_exit(kill(1, SIGTERM) ? 1 : 0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	tally_default(&self->want, SIGTERM, INSIDE);
	check();
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(pid, (pid_t)ns.last.pid);
}

/*
 * Flow: the init of the host itself drops SIGKILL and SIGSTOP, whoever sends
 * them; we are inside, as everybody is.
 */
TEST_F_TIMEOUT(senders, host, 60)
{
	struct probe_ns before, after;

	ASSERT_EQ(0, probe_ns_by_pid(&self->p, 1, &before));
	ASSERT_EQ(0, kill(1, SIGKILL));
	ASSERT_EQ(0, kill(1, SIGSTOP));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, 1, &after));
	EXPECT_EQ(before.drop[SIGKILL] + 1, after.drop[SIGKILL]);
	EXPECT_EQ(before.drop[SIGSTOP] + 1, after.drop[SIGSTOP]);
	EXPECT_EQ(before.inside + 2, after.inside);
	EXPECT_EQ(before.drops + 2, after.drops);
	EXPECT_EQ(0, after.level);
	EXPECT_FALSE(probe_has(&after, PIDNS_PROBE_A_NS_PARENT_ID));
}

TEST_HARNESS_MAIN
