// SPDX-License-Identifier: GPL-2.0
/* What the members of a box can be told to do; see box.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "box.h"

#ifndef SA_RESTORER
#define SA_RESTORER	0x04000000
#endif

/* struct sigaction as the kernel has it. */
struct kernel_action {
	void *handler;
	unsigned long flags;
	void *restorer;
	unsigned long mask;
};

static void count_handled(int sig)
{
	struct box_page *page = box_page();

	if (page)
		__atomic_add_fetch(&page->handled[sig], 1, __ATOMIC_RELAXED);
}

/* How to return from a handler is known to the C library alone. */
static void *restorer(void)
{
	struct sigaction any = { .sa_handler = count_handled }, before;
	struct kernel_action got = {};

	sigaction(SIGUSR2, &any, &before);
	syscall(SYS_rt_sigaction, SIGUSR2, NULL, &got, sizeof(got.mask));
	sigaction(SIGUSR2, &before, NULL);
	return got.restorer;
}

int raw_action(int sig, enum action what)
{
	static void *found;
	struct kernel_action action = {};

	switch (what) {
	case ACTION_DFL:
		action.handler = (void *)SIG_DFL;
		break;
	case ACTION_IGN:
		action.handler = (void *)SIG_IGN;
		break;
	case ACTION_HANDLER:
		if (!found)
			found = restorer();
		action.handler = (void *)count_handled;
		action.flags = SA_RESTORER;
		action.restorer = found;
		break;
	}
	return syscall(SYS_rt_sigaction, sig, &action, NULL,
		       sizeof(action.mask)) ? -errno : 0;
}

int raw_mask(int how, unsigned long set)
{
	return syscall(SYS_rt_sigprocmask, how, &set, NULL, sizeof(set)) ?
		-errno : 0;
}

int send_signal(enum send how, pid_t pid, pid_t tid, int sig)
{
	siginfo_t info = {
		.si_signo = sig,
		.si_code = SI_QUEUE,
	};
	int fd, err = 0;

	info.si_pid = getpid();
	switch (how) {
	case SEND_KILL:
		err = syscall(SYS_kill, pid, sig);
		break;
	case SEND_TGKILL:
		err = syscall(SYS_tgkill, pid, tid, sig);
		break;
	case SEND_QUEUE:
		err = syscall(SYS_rt_sigqueueinfo, pid, sig, &info);
		break;
	case SEND_TGQUEUE:
		err = syscall(SYS_rt_tgsigqueueinfo, pid, tid, sig, &info);
		break;
	case SEND_PIDFD:
		fd = syscall(SYS_pidfd_open, pid, 0);
		if (fd < 0)
			return -errno;
		err = syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
		if (err)
			err = -errno;
		close(fd);
		return err;
	case SEND_GROUP:
		err = syscall(SYS_kill, pid == 1 ? 0 : -pid, sig);
		break;
	case SEND_ALL:
		err = syscall(SYS_kill, -1, sig);
		break;
	}
	return err ? -errno : 0;
}

long do_nothing(const long *arg)
{
	(void)arg;
	return 0;
}

long do_action(const long *arg)
{
	return raw_action(arg[0], arg[1]);
}

long do_mask(const long *arg)
{
	return raw_mask(arg[0], arg[1]);
}

long do_restore(const long *arg)
{
	/* To ignore a signal takes it out of the queues. */
	return raw_action(arg[0], ACTION_IGN) ?:
	       raw_action(arg[0], ACTION_DFL) ?:
	       raw_mask(SIG_UNBLOCK, BIT_OF(arg[0]));
}

long do_pending(const long *arg)
{
	unsigned long set = 0;

	if (syscall(SYS_rt_sigpending, &set, sizeof(set)))
		return -errno;
	return !!(set & BIT_OF(arg[0]));
}

long do_send(const long *arg)
{
	return send_signal(arg[0], arg[1], arg[2], arg[3]);
}

long do_wait_signal(const long *arg)
{
	struct timespec t = {
		.tv_sec = arg[1] / 1000,
		.tv_nsec = arg[1] % 1000 * 1000000L,
	};
	unsigned long set = BIT_OF(arg[0]);
	long sig;

	sig = syscall(SYS_rt_sigtimedwait, &set, NULL, &t, sizeof(set));
	return sig < 0 ? -errno : sig;
}

long do_signalfd(const long *arg)
{
	unsigned long set = BIT_OF(arg[0]);
	struct signalfd_siginfo info;
	struct pollfd pfd = { .events = POLLIN };
	long sig = -ETIMEDOUT;

	pfd.fd = syscall(SYS_signalfd4, -1, &set, sizeof(set), SFD_CLOEXEC);
	if (pfd.fd < 0)
		return -errno;
	if (poll(&pfd, 1, arg[1]) == 1 &&
	    read(pfd.fd, &info, sizeof(info)) == sizeof(info))
		sig = info.ssi_signo;
	close(pfd.fd);
	return sig;
}

/* Become leader of a session whose terminal is this. */
long do_terminal(const long *arg)
{
	int fd;

	if (setsid() < 0)
		return -errno;
	fd = open((const char *)arg[0], O_RDWR);
	if (fd < 0)
		return -errno;
	return ioctl(fd, TIOCSCTTY, 0) ? -errno : 0;
}

long do_exit(const long *arg)
{
	syscall(SYS_exit_group, (int)arg[0]);
	return 0;
}

long do_exit_thread(const long *arg)
{
	syscall(SYS_exit, (int)arg[0]);
	return 0;
}

long do_reap(const long *arg)
{
	int status;

	if (waitpid(arg[0], &status, __WALL) != arg[0])
		return -errno;
	return status;
}
