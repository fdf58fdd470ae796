// SPDX-License-Identifier: GPL-2.0
/* Those who are in a box when it ends; see crowd.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "box.h"
#include "crowd.h"
#include "probe.h"

/* How many of the crowd are where they should be. */
static uint32_t *crowd_ready(void)
{
	return (uint32_t *)box_page()->scratch;
}

static void crowd_wait(void)
{
	__atomic_add_fetch(crowd_ready(), 1, __ATOMIC_RELEASE);
	for (;;)
		pause();
}

static void *crowd_thread(void *arg)
{
	(void)arg;
	crowd_wait();
	return NULL;
}

static void crowd_main(enum crowd what, int threads)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (what == CROWD_ZOMBIES)
		_exit(0);
	if (what == CROWD_LEADERLESS)
		threads = 2;
	while (--threads > 0)
		if (pthread_create(&thread, NULL, crowd_thread, NULL))
			_exit(1);
	if (what == CROWD_LEADERLESS)
		syscall(SYS_exit, 0);
	crowd_wait();
}

long do_crowd(const long *arg)
{
	int what = arg[0], n = arg[1], threads = arg[2] ?: 1, i;
	siginfo_t info;
	pid_t pid = 0;

	__atomic_store_n(crowd_ready(), 0, __ATOMIC_RELEASE);
	for (i = 0; i < n; i++) {
		pid = fork();
		if (pid < 0)
			return -errno;
		if (!pid)
			crowd_main(what, threads);
		if (what == CROWD_ZOMBIES &&
		    waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
			return -errno;
	}
	if (what != CROWD_ZOMBIES &&
	    !poll_until(DEADLINE_MS, __atomic_load_n(crowd_ready(),
						     __ATOMIC_ACQUIRE) ==
				     (uint32_t)(n * threads)))
		return -ETIMEDOUT;
	return pid;
}

long do_name(const long *arg)
{
	return prctl(PR_SET_NAME, arg);
}

long box_name(struct box *b, int who, const char *name)
{
	long arg[6] = {};

	snprintf((char *)arg, sizeof(arg), "%s", name);
	return box_call_args(b, who, do_name, arg);
}

/* Enter the namespace of INIT, as far as children are concerned, and fork. */
static pid_t hold_fork(pid_t init)
{
	char name[64];
	int fd, err;
	pid_t pid;

	snprintf(name, sizeof(name), "/proc/%d/ns/pid", init);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = setns(fd, CLONE_NEWPID) ? -errno : 0;
	close(fd);
	if (err)
		return err;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid < 0 ? -errno : pid;
}

static void hold_main(int line, const pid_t *init, int n)
{
	pid_t first = 0, pid;
	char word;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < n; i++) {
		pid = hold_fork(init[i]);
		if (!first || pid < 0)
			first = pid;
		if (pid < 0)
			break;
	}
	if (write(line, &first, sizeof(first)) != sizeof(first))
		_exit(1);
	if (read(line, &word, 1) == 1)
		while (waitpid(-1, NULL, 0) > 0)
			;
	_exit(0);
}

int hold_start(struct hold *h, const pid_t *init, int n)
{
	pid_t answer;
	int line[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line))
		return -errno;
	h->parent = fork();
	if (h->parent < 0)
		return -errno;
	if (!h->parent) {
		close(line[0]);
		hold_main(line[1], init, n);
	}
	close(line[1]);
	h->line = line[0];
	if (read(h->line, &answer, sizeof(answer)) != sizeof(answer))
		answer = -EPIPE;
	h->member = answer;
	return answer < 0 ? answer : 0;
}

static bool hold_end(struct hold *h)
{
	pid_t parent = h->parent;

	close(h->line);
	h->parent = 0;
	return poll_until(DEADLINE_MS,
			  waitpid(parent, NULL, WNOHANG) == parent);
}

bool hold_release(struct hold *h)
{
	if (h->parent <= 0)
		return false;
	if (write(h->line, "r", 1) != 1)
		return false;
	return hold_end(h);
}

bool hold_abandon(struct hold *h)
{
	return h->parent > 0 && hold_end(h);
}

uint64_t ns_id(struct probe *p, pid_t pid)
{
	struct probe_ns ns;

	return probe_ns_by_pid(p, pid, &ns) ? 0 : ns.id;
}
