/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many namespaces at little cost: inits that share the memory of the test and
 * do nothing, each in a namespace of its own, all of them in one process group
 * so that a single system call sends all of them a signal.
 */
#ifndef _PIDNS_SELFTESTS_HERD_H
#define _PIDNS_SELFTESTS_HERD_H

#include <stddef.h>
#include <sys/types.h>

struct herd {
	unsigned int size;
	pid_t *pid;		/* of the inits, 0 where there is none */
	pid_t group;		/* the process that the group is named after */
	char *stacks;
	size_t bytes;
};

/* SIZE namespaces.  0 or a negative error. */
int herd_start(struct herd *h, unsigned int size);
/* One more, or one in the place of one that ended. */
int herd_start_one(struct herd *h, unsigned int i);
/* Send all of them, and nobody else, a signal.  0 or a negative error. */
int herd_signal(struct herd *h, int sig);
/* End one and reap it.  0 or a negative error. */
int herd_stop_one(struct herd *h, unsigned int i);
/* End them all at once and reap them; how many ended by SIGKILL. */
unsigned int herd_stop(struct herd *h);

#endif /* _PIDNS_SELFTESTS_HERD_H */
