/* SPDX-License-Identifier: GPL-2.0 */
/* What is shared by the parts of oracle.c. */
#ifndef _PIDNS_SELFTESTS_ORACLE_H
#define _PIDNS_SELFTESTS_ORACLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "box.h"
#include "probe.h"
#include "trace.h"

#define CHILD	1	/* agent: a child of init */
#define WORKER	2	/* agent: a thread of init */

/* Ways that init sends something to itself, in `how'. */
enum {
	ORACLE_KILL,
	ORACLE_TGKILL,
	ORACLE_PIPE,
	ORACLE_TIMER,
};

struct oracle_send {
	uint8_t how, sig, to_worker;
};

/* In the memory shared with a subject. */
struct oracle_page {
	uint8_t action[65];
	unsigned long mask, worker_mask;
	unsigned int by_child, by_init, sent;
	struct oracle_send child_send[128], init_send[128];
};

struct seen {
	uint64_t sent, dequeued, ignored;
};

/* An init, and what the kernel's events say it was sent. */
struct subject {
	struct box box;
	pid_t pid, worker;
	uint64_t id;
	bool killed, traced;
	int status;		/* when it is killed */
	struct seen seen;
};

/* subject.c: what its members do. */
long do_oracle_set(const long *arg);	/* dispositions, mask */
long do_oracle_mask(const long *arg);	/* mask of the other thread */
long do_oracle_open(const long *arg);	/* unblock all */
long do_oracle_child(const long *arg);	/* send what a child shall */
long do_oracle_init(const long *arg);	/* send what init itself shall */

/* An event that waits for its twin, as the two of a signal are neighbours. */
struct half {
	int kind;		/* 0: none */
	pid_t pid;
	int sig;
	long result;
	char verdict[16];
};

#define JUDGE_CPUS	64

struct judge {
	struct subject *subjects;
	unsigned int count;
	struct half generate[JUDGE_CPUS], deliver[JUDGE_CPUS];
	unsigned int pairs, disagreements, unjudged;
	unsigned int drop, ignored, queued, traced, delivered, dying, dequeued;
};

/* judge.c: reads the trace as far as it goes.  0 or a negative error. */
int judge_read(struct judge *j, struct trace *t);
/* Do the counters of the module agree with the kernel's events? */
bool judge_counters(struct probe *p, struct subject *s);

#endif /* _PIDNS_SELFTESTS_ORACLE_H */
