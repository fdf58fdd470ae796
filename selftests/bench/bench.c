// SPDX-License-Identifier: GPL-2.0
/*
 * What one signal costs, in instructions of the guest.
 *
 * Under QEMU's -icount the time stamp counter counts instructions, so that the
 * same operation has the same cost each time, and a median is exact.  Prints a
 * line for each operation: its name, and the least, median and greatest cost.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAMPLES	500

static uint64_t cost[SAMPLES];

static uint64_t now(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* An operation on a target, sampled one by one: ticks are outliers then. */
static void sample(const char *name, void (*op)(pid_t pid), pid_t pid)
{
	uint64_t begin;
	int i;

	for (i = 0; i < 50; i++)
		op(pid);
	for (i = 0; i < SAMPLES; i++) {
		begin = now();
		op(pid);
		cost[i] = now() - begin;
	}
	qsort(cost, SAMPLES, sizeof(*cost), compare);
	printf("%s %llu %llu %llu\n", name, (unsigned long long)cost[0],
	       (unsigned long long)cost[SAMPLES / 2],
	       (unsigned long long)cost[SAMPLES - 1]);
	fflush(stdout);
}

static void op_getppid(pid_t pid)
{
	(void)pid;
	syscall(SYS_getppid);
}

static void op_probe(pid_t pid)
{
	kill(pid, 0);
}

static void op_term(pid_t pid)
{
	kill(pid, SIGTERM);
}

static void op_kill(pid_t pid)
{
	kill(pid, SIGKILL);
}

static void handler(int sig)
{
	(void)sig;
}

/* A child that waits for its end, with its signals set up by @prepare. */
static pid_t spawn(int flags, void (*prepare)(void))
{
	int ready[2];
	pid_t pid;
	char c;

	if (pipe(ready))
		err(1, "pipe");
	pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		err(1, "clone");
	if (!pid) {
		if (prepare)
			prepare();
		close(ready[0]);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		errx(1, "a child died");
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void prepare_ignore(void)
{
	signal(SIGTERM, SIG_IGN);
}

static void prepare_block(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGTERM);
}

/* In a new namespace: its process 2 sends to process 1. */
static void from_inside(void)
{
	pid_t pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);

	if (pid < 0)
		err(1, "clone");
	if (!pid) {
		pid = fork();
		if (!pid) {
			sample("init-inside", op_term, 1);
			sample("init-inside-kill", op_kill, 1);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

int main(void)
{
	pid_t pid;

	sample("getppid", op_getppid, 0);

	pid = spawn(0, prepare_ignore);
	sample("kill-0", op_probe, pid);
	sample("ignored", op_term, pid);
	end(pid);

	pid = spawn(0, prepare_block);
	sample("pending", op_term, pid);
	end(pid);

	signal(SIGTERM, handler);
	sample("handled", op_term, getpid());
	signal(SIGTERM, SIG_DFL);

	pid = spawn(CLONE_NEWPID, NULL);
	sample("init", op_term, pid);
	end(pid);

	pid = spawn(CLONE_NEWPID, prepare_ignore);
	sample("init-ignored", op_term, pid);
	end(pid);

	from_inside();
	return 0;
}
