/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_VERDICT_H
#define _PIDNS_VERDICT_H

#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

/**
 * enum pidns_verdict - What the kernel does with a signal that is being sent.
 * @PIDNS_VERDICT_DELIVERED: It is queued, and will have an effect.
 * @PIDNS_VERDICT_DROP: It has no effect, because its target is
 *	SIGNAL_UNKILLABLE and has no handler for it.
 * @PIDNS_VERDICT_IGNORED: It has no effect on any process: SIG_IGN, or the
 *	default action is to do nothing.
 * @PIDNS_VERDICT_QUEUED: The target blocks it. What becomes of it is decided
 *	when it is dequeued.
 * @PIDNS_VERDICT_TRACED: The tracer of the target gets it, and decides.
 * @PIDNS_VERDICT_DYING: The target is on its way out.
 */
enum pidns_verdict {
	PIDNS_VERDICT_DELIVERED,
	PIDNS_VERDICT_DROP,
	PIDNS_VERDICT_IGNORED,
	PIDNS_VERDICT_QUEUED,
	PIDNS_VERDICT_TRACED,
	PIDNS_VERDICT_DYING,
};

/**
 * pidns_verdict_handler() - The handler of a process for a signal.
 * @p: Any thread of it.
 * @sig: Signal, 1 to 64.
 *
 * Context: @p's siglock is held.
 * Return: SIG_DFL, SIG_IGN or an address in user space.
 */
static __always_inline void __user *
pidns_verdict_handler(struct task_struct *p, int sig)
{
	/* The siglock that we are called under is in the sighand. */
	struct sighand_struct *sighand = rcu_dereference_raw(p->sighand);

	return (void __user *)sighand->action[sig - 1].sa.sa_handler;
}

enum pidns_verdict pidns_verdict_sent(int sig, struct task_struct *p,
				      bool force);
bool pidns_verdict_dequeued(int sig);
unsigned int pidns_verdict_stop_rank(int sig);

#endif /* _PIDNS_VERDICT_H */
