// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of kernel/signal.c for a SIGNAL_UNKILLABLE process, as pure
 * decisions: nothing here counts, sends or changes anything.
 */
#include "verdict.h"

#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>

#include "compat/compat.h"

/**
 * pidns_verdict_sent() - What becomes of a signal that is sent to an init.
 * @sig: Signal, 1 to 64.
 * @p: The task it is sent to: the leader for kill(2), a thread for tgkill(2).
 *	Its process is SIGNAL_UNKILLABLE.
 * @force: As prepare_signal() has it.
 *
 * Follows prepare_signal(), sig_ignored() and sig_task_ignored(), in their
 * order.  A process is dying from the exit of its last thread on: its leader
 * may have ended long before, and is still what kill(2) looks at.
 *
 * Context: siglock held, interrupts off.
 * Return: The verdict.
 */
enum pidns_verdict pidns_verdict_sent(int sig, struct task_struct *p,
				      bool force)
{
	void __user *handler;

	if (p->signal->flags & PIDNS_COMPAT_SIGNAL_DYING ||
	    !atomic_read(&p->signal->live))
		return PIDNS_VERDICT_DYING;
	if (sigismember(&p->blocked, sig) || sigismember(&p->real_blocked, sig))
		return PIDNS_VERDICT_QUEUED;
	if (p->ptrace && sig != SIGKILL)
		return PIDNS_VERDICT_TRACED;

	handler = pidns_verdict_handler(p, sig);
	if (handler == SIG_IGN)
		return PIDNS_VERDICT_IGNORED;
	if (handler != SIG_DFL)
		return PIDNS_VERDICT_DELIVERED;
	if (sig_kernel_ignore(sig))
		return PIDNS_VERDICT_IGNORED;
	if (sig_kernel_only(sig) && force && !is_global_init(p))
		return PIDNS_VERDICT_DELIVERED;
	return PIDNS_VERDICT_DROP;
}
NOKPROBE_SYMBOL(pidns_verdict_sent);

/**
 * pidns_verdict_dequeued() - Whether get_signal() drops what it has dequeued.
 * @sig: Signal, 1 to 64, that has no handler.
 *
 * Follows get_signal() from trace_signal_deliver() on, for a process that is
 * SIGNAL_UNKILLABLE.
 *
 * Context: Any.
 * Return: true if this is a drop.
 */
bool pidns_verdict_dequeued(int sig)
{
	return !sig_kernel_ignore(sig) && !sig_kernel_only(sig);
}
NOKPROBE_SYMBOL(pidns_verdict_dequeued);

/* 34 is what user space calls SIGRTMIN; systemd stops at SIGRTMIN+3. */
#define SIGNAL_RTMIN_3	37

/**
 * pidns_verdict_stop_rank() - How surely a signal asks a container to end.
 * @sig: Signal, 1 to 64.
 *
 * Any signal can be made the stop signal of an image, but some are as well sent
 * for other reasons, and those that the kernel sends for faults, timers, limits
 * and descriptors are never meant so.
 *
 * Context: Any.
 * Return: 2 for the usual stop signals, 1 for those that may be one, 0 for the
 * others.
 */
unsigned int pidns_verdict_stop_rank(int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
	case SIGPWR:
	case SIGNAL_RTMIN_3:
		return 2;
	case SIGHUP:
	case SIGABRT:
	case SIGUSR1:
	case SIGUSR2:
		return 1;
	default:
		return sig >= SIGRTMIN;
	}
}
NOKPROBE_SYMBOL(pidns_verdict_stop_rank);
