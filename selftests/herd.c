// SPDX-License-Identifier: GPL-2.0
/* Many namespaces at little cost; see herd.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "herd.h"

#define STACK	8192

static int member(void *arg)
{
	(void)arg;
	/* If the test dies, so do we. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

/*
 * The group is named after a process that is in no namespace of ours and is
 * not sent anything: it has left for a group of its own when the first init
 * is in, and a group lives as long as anybody is in it.
 */
static int group_start(struct herd *h)
{
	h->group = fork();
	if (h->group < 0)
		return -errno;
	if (!h->group) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return setpgid(h->group, h->group) ? -errno : 0;
}

int herd_start_one(struct herd *h, unsigned int i)
{
	char *top = h->stacks + (size_t)(i + 1) * STACK;
	pid_t pid;

	pid = clone(member, top, CLONE_VM | CLONE_FS | CLONE_FILES |
		    CLONE_NEWPID | SIGCHLD, NULL);
	if (pid < 0)
		return -errno;
	h->pid[i] = pid;
	return setpgid(pid, h->group) ? -errno : 0;
}

int herd_start(struct herd *h, unsigned int size)
{
	unsigned int i;
	int err;

	h->size = size;
	h->bytes = (size_t)size * STACK;
	h->pid = calloc(size, sizeof(*h->pid));
	h->stacks = mmap(NULL, h->bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!h->pid || h->stacks == MAP_FAILED)
		return -ENOMEM;
	err = group_start(h);
	for (i = 0; !err && i < size; i++)
		err = herd_start_one(h, i);
	/* Out of the group: it must not end of what the others are sent. */
	if (!err && setpgid(h->group, getpgrp()))
		err = -errno;
	return err;
}

int herd_signal(struct herd *h, int sig)
{
	return kill(-h->group, sig) ? -errno : 0;
}

int herd_stop_one(struct herd *h, unsigned int i)
{
	pid_t pid = h->pid[i];
	int status;

	h->pid[i] = 0;
	if (kill(pid, SIGKILL) || waitpid(pid, &status, 0) != pid)
		return -errno;
	return 0;
}

unsigned int herd_stop(struct herd *h)
{
	unsigned int i, killed = 0;
	int status;

	if (!h->pid)
		return 0;
	herd_signal(h, SIGKILL);
	for (i = 0; i < h->size; i++)
		if (h->pid[i] && waitpid(h->pid[i], &status, 0) == h->pid[i] &&
		    WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			killed++;
	if (h->group > 0) {
		kill(h->group, SIGKILL);
		waitpid(h->group, NULL, 0);
	}
	munmap(h->stacks, h->bytes);
	free(h->pid);
	h->pid = NULL;
	return killed;
}
