/* SPDX-License-Identifier: GPL-2.0 */
/* Those who are in a box when it ends. */
#ifndef _PIDNS_SELFTESTS_CROWD_H
#define _PIDNS_SELFTESTS_CROWD_H

#include <stdint.h>
#include <sys/types.h>

struct probe;

enum crowd {
	CROWD_PLAIN,		/* processes that wait */
	CROWD_THREADS,		/* the same, each with some threads */
	CROWD_LEADERLESS,	/* the first thread has exited, one goes on */
	CROWD_ZOMBIES,		/* have exited, and are not reaped */
};

/*
 * An agent forks a crowd, and answers when all are there with the number of
 * the last one: enum crowd, how many, threads of each.
 */
long do_crowd(const long *arg);
long do_name(const long *arg);	/* its new name, in place of the arguments */

/* Have agent WHO change its name. */
long box_name(struct box *b, int who, const char *name);

/*
 * Members by setns(2), one in the namespace of each init.  Their parent is
 * outside and does not reap them, and so holds the teardowns of all of these.
 */
struct hold {
	pid_t parent;
	pid_t member;		/* the first one */
	int line;		/* to the parent */
};

/* 0 or a negative error. */
int hold_start(struct hold *h, const pid_t *init, int n);
/* The parent reaps them all; false if it did not within the deadline. */
bool hold_release(struct hold *h);
/* The parent exits, and leaves them to others. */
bool hold_abandon(struct hold *h);

/* Id of the namespace that PID is in, 0 if there is none. */
uint64_t ns_id(struct probe *p, pid_t pid);

#endif /* _PIDNS_SELFTESTS_CROWD_H */
