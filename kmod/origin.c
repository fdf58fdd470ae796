// SPDX-License-Identifier: GPL-2.0
/*
 * Who sent a signal.
 */
#include "origin.h"

#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/preempt.h>
#include <linux/signal.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include <uapi/linux/pidns_probe.h>

/*
 * A kprobe that is a breakpoint runs as if in an NMI, which counts as a hard
 * interrupt as well.  No signal is ever sent from a real NMI, so that much is
 * always ours and is taken off.
 */
static bool in_kernel_context(void)
{
	unsigned int count = preempt_count();

	if (count & NMI_MASK)
		count -= NMI_OFFSET + HARDIRQ_OFFSET;
	return count & (HARDIRQ_MASK | SOFTIRQ_OFFSET) ||
	       current->flags & PF_KTHREAD;
}
NOKPROBE_SYMBOL(in_kernel_context);

/**
 * pidns_origin_sent() - Describe a signal that is being sent right now.
 * @o: Filled in.
 * @sig: Signal.
 * @ns: Namespace of the target.
 * @force: As prepare_signal() has it.
 *
 * current is the sender only if it is a process and not merely what an
 * interrupt came to, or a kernel thread that works for a terminal.  From
 * inside, send_signal_locked() sets @force for SEND_SIG_PRIV and SI_KERNEL
 * only, so then the kernel itself is the sender.  From an ancestor @force is
 * always set, and the process that made the kernel send (by a hang-up of the
 * terminal it holds, say) is named, which is what people want to know.
 *
 * Context: siglock held, interrupts off.
 */
void pidns_origin_sent(struct pidns_origin *o, int sig,
		       struct pid_namespace *ns, bool force)
{
	*o = (struct pidns_origin){
		.time = ktime_get_boot_fast_ns(),
		.sig = sig,
		.when = PIDNS_PROBE_WHEN_SENT,
		.sender = PIDNS_PROBE_SENDER_KERNEL,
	};

	if (in_kernel_context())
		return;

	o->ns_pid = pid_nr_ns(task_tgid(current), ns);
	if (!o->ns_pid)
		o->sender = PIDNS_PROBE_SENDER_ANCESTOR;
	else if (!force)
		o->sender = PIDNS_PROBE_SENDER_INSIDE;
	else
		return;
	o->pid = current->tgid;
	memcpy(o->comm, current->comm, sizeof(o->comm));
}
NOKPROBE_SYMBOL(pidns_origin_sent);

/**
 * pidns_origin_dequeued() - Describe a signal that was sent some time ago.
 * @o: Filled in. The pid of the sender is not known any more.
 * @sig: Signal.
 * @info: What the kernel queued with it.
 *
 * Context: siglock held, interrupts off.
 */
void pidns_origin_dequeued(struct pidns_origin *o, int sig,
			   const struct kernel_siginfo *info)
{
	*o = (struct pidns_origin){
		.time = ktime_get_boot_fast_ns(),
		.sig = sig,
		.when = PIDNS_PROBE_WHEN_DEQUEUED,
		.sender = PIDNS_PROBE_SENDER_KERNEL,
	};

	switch (info->si_code) {
	case SI_USER:
	case SI_TKILL:
	case SI_QUEUE:
	case SI_MESGQ:
		o->ns_pid = info->si_pid;
		o->sender = o->ns_pid ? PIDNS_PROBE_SENDER_INSIDE :
					PIDNS_PROBE_SENDER_ANCESTOR;
		break;
	}
}
NOKPROBE_SYMBOL(pidns_origin_dequeued);
