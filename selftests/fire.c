// SPDX-License-Identifier: GPL-2.0
/*
 * What happens on a busy host, for scripts to start and to kill, and what the
 * module has counted of it.
 *
 * usage: fire storm     send SIGTERM to inits, from outside and from inside
 *        fire churn     make namespaces, nested ones too, and end them
 *        fire ask       ask the module for all that it has
 *        fire make N    make N namespaces and end them, one after another
 *        fire status    print its counters, a name and a number a line
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "probe.h"

#define INITS	4

static pid_t fork_into(int clone_flags)
{
	pid_t pid = syscall(SYS_clone, clone_flags | SIGCHLD, NULL, NULL, NULL,
			    NULL);

	if (pid < 0) {
		perror("fire: clone");
		exit(1);
	}
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static void wait_forever(void)
{
	for (;;)
		pause();
}

static void send_to(const pid_t *init, int n)
{
	int i;

	/* Let others do something, too. */
	if (nice(5) < 0)
		exit(1);
	for (i = 0;; i = (i + 1) % n)
		kill(init[i], SIGTERM);
}

static int storm(void)
{
	static const pid_t itself = 1;
	pid_t init[INITS];
	int i;

	for (i = 0; i < INITS; i++) {
		init[i] = fork_into(CLONE_NEWPID);
		if (init[i])
			continue;
		if (i < INITS / 2 && !fork_into(0))
			send_to(&itself, 1);
		wait_forever();
	}
	if (!fork_into(0))
		send_to(init, INITS);
	send_to(init, INITS);
	return 0;
}

/* Every second init is killed, wherever it may be; the others exit. */
static bool is_killed(int i)
{
	return i % 2;
}

/* An init with a child, and perhaps with an inner init that has one, too. */
static void live_and_die(int i)
{
	if (!fork_into(0))
		wait_forever();
	if (i % 4 == 0 && !fork_into(CLONE_NEWPID)) {
		if (!fork_into(0))
			wait_forever();
		wait_forever();
	}
	if (is_killed(i))
		wait_forever();
	_exit(i % 3);
}

static void make_one(int i)
{
	pid_t pid = fork_into(CLONE_NEWPID);

	if (!pid)
		live_and_die(i);
	if (is_killed(i)) {
		kill(pid, SIGTERM);
		kill(pid, SIGKILL);
	}
	waitpid(pid, NULL, 0);
}

static int churn(int n)
{
	int i;

	for (i = 0; n < 0 || i < n; i++)
		make_one(i);
	return 0;
}

static void see_ns(struct probe_ns *ns, void *arg)
{
	(void)ns;
	(void)arg;
}

static void see_teardown(struct probe_teardown *td, void *arg)
{
	(void)td;
	(void)arg;
}

/* The module may not be there, or go meanwhile. */
static int ask(void)
{
	struct probe_status st;
	struct probe p;

	for (;;) {
		if (!probe_open(&p)) {
			probe_ns_dump(&p, see_ns, NULL);
			probe_teardown_dump(&p, see_teardown, NULL);
			probe_status(&p, &st);
			probe_close(&p);
		}
		poll_pause();
	}
	return 0;
}

static int status(void)
{
	struct probe_status st;
	unsigned int i;
	struct probe p;

	if (probe_open(&p) || probe_status(&p, &st)) {
		fprintf(stderr, "fire: the module does not answer\n");
		return 1;
	}
	printf("namespaces %u\n", st.namespaces);
	printf("tearing-down %u\n", st.tearing_down);
	printf("born %" PRIu64 "\n", st.born);
	printf("died %" PRIu64 "\n", st.died);
	printf("drops %" PRIu64 "\n", st.drops);
	printf("teardowns %" PRIu64 "\n", st.teardowns);
	printf("unended %" PRIu64 "\n", st.unended);
	printf("no-record %" PRIu64 "\n", st.no_record);
	printf("mismatches %" PRIu64 "\n", st.mismatches);
	for (i = 0; i < st.hooks; i++)
		printf("%s-misses %" PRIu64 "\n", st.hook[i].name,
		       st.hook[i].misses);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	/* What the script has ignored or blocked is not for the inits. */
	signal(SIGTERM, SIG_DFL);
	if (!strcmp(what, "storm"))
		return storm();
	if (!strcmp(what, "churn"))
		return churn(-1);
	if (!strcmp(what, "make") && argc == 3)
		return churn(atoi(argv[2]));
	if (!strcmp(what, "ask"))
		return ask();
	if (!strcmp(what, "status"))
		return status();
	fprintf(stderr, "usage: fire storm | churn | make N | ask | status\n");
	return 2;
}
