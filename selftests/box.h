/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A box is a PID namespace whose members do as they are told.  Each of its
 * agents (init, a thread of init, a child of init) waits in shared memory for
 * a function to call and answers with what it returned, so that a test is one
 * program from top to bottom.  An answered call has also returned to user
 * mode since the question, so that every signal that was sent before it and
 * not blocked has been dealt with.
 */
#ifndef _PIDNS_SELFTESTS_BOX_H
#define _PIDNS_SELFTESTS_BOX_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define BOX_INIT	0	/* the agent that is init's first thread */
#define BOX_AGENTS	12

typedef long (*agent_fn)(const long *arg);

struct agent {
	uint32_t asked, done;
	agent_fn fn;
	long arg[6];
	long answer;
	pid_t pid, tid;		/* as seen in the namespace */
};

/* Memory that the test shares with everybody in the box. */
struct box_page {
	struct agent agent[BOX_AGENTS];
	uint32_t handled[65];	/* how often a handler ran, by signal */
	char scratch[10240];
};

struct box {
	pid_t pid;		/* of init, 0 when there is none */
	struct box_page *page;
};

/* Start a box; CLONE_FLAGS beside CLONE_NEWPID.  0 or a negative error. */
int box_start(struct box *b, int clone_flags);
/* Let agent WHO of OUTER start it: a namespace in a namespace. */
int box_start_in(struct box *b, struct box *outer, int who);
/* End it by SIGKILL, unless it has ended; the wait status. */
int box_stop(struct box *b);
/* Wait for init to end; the wait status, or -1 after a deadline. */
int box_wait(struct box *b);

/* Have agent WHO call FN; what it returned, or LONG_MIN if it did not. */
long box_call_args(struct box *b, int who, agent_fn fn, const long arg[6]);
/* Do not wait for the answer, but fetch it later: false if it is not there. */
void box_ask_args(struct box *b, int who, agent_fn fn, const long arg[6]);
bool box_answer(struct box *b, int who, int ms, long *answer);

#define box_call(b, who, fn, ...) \
	box_call_args(b, who, fn, ((const long[6]) { __VA_ARGS__ }))
#define box_ask(b, who, fn, ...) \
	box_ask_args(b, who, fn, ((const long[6]) { __VA_ARGS__ }))

/* The box that the calling agent is in. */
struct box_page *box_page(void);

/* Pid here of the process that is NS_PID in the box, 0 if there is none. */
pid_t box_host_pid(struct box *b, pid_t ns_pid);
/* Tid here of a thread of init that is not its leader. */
pid_t box_host_thread(struct box *b);

/* The state letter of a process or thread, 0 if there is none. */
char process_state(pid_t pid);

/* What agents can be told to do; the arguments are in brackets. */
long do_nothing(const long *arg);
long do_action(const long *arg);	/* signal, enum action */
long do_mask(const long *arg);		/* SIG_*, bit mask: signal 1 is bit 0 */
long do_restore(const long *arg);	/* default, not blocked, not pending */
long do_pending(const long *arg);	/* is it? signal */
long do_fork(const long *arg);		/* number of the new agent, a child */
long do_thread(const long *arg);	/* number of the new agent, a thread */
long do_send(const long *arg);		/* enum send, pid, tid, signal */
long do_wait_signal(const long *arg);	/* sigtimedwait: signal, milliseconds */
long do_signalfd(const long *arg);	/* read one: signal, milliseconds */
long do_terminal(const long *arg);	/* lead a session: path of a terminal */
long do_exit(const long *arg);		/* exit_group: code */
long do_exit_thread(const long *arg);	/* exit of this thread alone: code */
long do_reap(const long *arg);		/* waitpid: pid */

enum action { ACTION_DFL, ACTION_IGN, ACTION_HANDLER };

#define BIT_OF(sig)	(1UL << ((sig) - 1))
#define ALL_SIGNALS	(~0UL)

/* The ways to send a signal. */
enum send {
	SEND_KILL,
	SEND_TGKILL,
	SEND_QUEUE,
	SEND_TGQUEUE,
	SEND_PIDFD,
	SEND_GROUP,	/* kill(-pid), or kill(0) for pid 1 */
	SEND_ALL,	/* kill(-1) */
};

int send_signal(enum send how, pid_t pid, pid_t tid, int sig);

/* The system calls themselves: the C library keeps signals to itself. */
int raw_action(int sig, enum action what);
int raw_mask(int how, unsigned long set);

#endif /* _PIDNS_SELFTESTS_BOX_H */
