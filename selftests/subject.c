// SPDX-License-Identifier: GPL-2.0
/* What the members of the oracle's boxes do; see oracle.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>

#include "box.h"
#include "oracle.h"
#include "tally.h"

static struct oracle_page *page(void)
{
	return (struct oracle_page *)box_page()->scratch;
}

long do_oracle_set(const long *arg)
{
	int sig;

	(void)arg;
	for (sig = 1; sig <= 64; sig++)
		if (!signal_is_absolute(sig) &&
		    raw_action(sig, page()->action[sig]))
			return -EINVAL;
	return raw_mask(SIG_SETMASK, page()->mask);
}

long do_oracle_mask(const long *arg)
{
	(void)arg;
	return raw_mask(SIG_SETMASK, page()->worker_mask);
}

long do_oracle_open(const long *arg)
{
	(void)arg;
	return raw_mask(SIG_SETMASK, 0);
}

static void sent(void)
{
	__atomic_add_fetch(&page()->sent, 1, __ATOMIC_RELAXED);
}

long do_oracle_child(const long *arg)
{
	pid_t worker = box_page()->agent[WORKER].tid;
	struct oracle_send *send = page()->child_send;
	unsigned int i;

	(void)arg;
	for (i = 0; i < page()->by_child; i++)
		if (!send_signal(send[i].how, 1, send[i].to_worker ? worker : 1,
				 send[i].sig))
			sent();
	return 0;
}

/* A timer that has run out when this returns. */
static int send_timer(int sig)
{
	struct itimerspec spec = { .it_value.tv_nsec = 1 };
	struct sigevent ev = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = sig,
	};
	int timer;

	if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &timer) ||
	    syscall(SYS_timer_settime, timer, 0, &spec, NULL))
		return -errno;
	do {
		if (syscall(SYS_timer_gettime, timer, &spec))
			return -errno;
	} while (spec.it_value.tv_nsec || spec.it_value.tv_sec);
	syscall(SYS_timer_delete, timer);
	return 0;
}

static int send_pipe(void)
{
	int fd[2];

	if (pipe(fd))
		return -errno;
	close(fd[0]);
	if (write(fd[1], "x", 1) != -1)
		return -EIO;
	close(fd[1]);
	return 0;
}

long do_oracle_init(const long *arg)
{
	pid_t worker = box_page()->agent[WORKER].tid;
	struct oracle_send *send = page()->init_send;
	unsigned int i;
	int err = 0;

	(void)arg;
	for (i = 0; i < page()->by_init && !err; i++) {
		switch (send[i].how) {
		case ORACLE_KILL:
			err = send_signal(SEND_KILL, 1, 1, send[i].sig);
			break;
		case ORACLE_TGKILL:
			err = send_signal(SEND_TGKILL, 1,
					  send[i].to_worker ? worker : 1,
					  send[i].sig);
			break;
		case ORACLE_TIMER:
			err = send_timer(send[i].sig);
			break;
		case ORACLE_PIPE:
			err = send_pipe();
			break;
		}
		if (!err)
			sent();
	}
	return err;
}
