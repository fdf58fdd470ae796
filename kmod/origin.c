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
 * pidns_origin_in_kernel() - Whether current has nothing to do with a signal.
 *
 * Context: A probe, where a signal is sent.
 * Return: true in an interrupt, or in a kernel thread.
 */
bool pidns_origin_in_kernel(void)
{
	return in_kernel_context();
}
NOKPROBE_SYMBOL(pidns_origin_in_kernel);

/* Where a process is, and its pid as seen in @ns. siglock held. */
static u8 where_is(struct pid *pid, const struct pid_namespace *ns, u32 *nr)
{
	if (!pid)
		return PIDNS_PROBE_SENDER_KERNEL;
	if (pid->level >= ns->level) {
		if (pid->numbers[ns->level].ns != ns)
			return PIDNS_PROBE_SENDER_KERNEL;
		*nr = pid->numbers[ns->level].nr;
		return PIDNS_PROBE_SENDER_INSIDE;
	}
	while (ns->level > pid->level)
		ns = ns->parent;
	return pid->numbers[pid->level].ns == ns ?
		       PIDNS_PROBE_SENDER_ANCESTOR :
		       PIDNS_PROBE_SENDER_KERNEL;
}
NOKPROBE_SYMBOL(where_is);

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
 * terminal it holds, say) is named, which is what people want to know.  A
 * process elsewhere has no pid to send to: what it sets off, on a socket that
 * it shares, say, is the kernel's doing.
 *
 * Context: siglock held, interrupts off.
 */
void pidns_origin_sent(struct pidns_origin *o, int sig,
		       const struct pid_namespace *ns, bool force)
{
	u32 nr = 0;
	u8 where;

	*o = (struct pidns_origin){
		.time = ktime_get_boot_fast_ns(),
		.sig = sig,
		.when = PIDNS_PROBE_WHEN_SENT,
		.sender = PIDNS_PROBE_SENDER_KERNEL,
	};

	if (in_kernel_context())
		return;
	where = where_is(task_tgid(current), ns, &nr);
	if (where == PIDNS_PROBE_SENDER_KERNEL ||
	    (where == PIDNS_PROBE_SENDER_INSIDE && force))
		return;
	o->sender = where;
	o->pid = current->tgid;
	o->ns_pid = nr;
	memcpy(o->comm, current->comm, sizeof(o->comm));
}
NOKPROBE_SYMBOL(pidns_origin_sent);

/**
 * pidns_origin_dequeued() - Describe a signal that was sent some time ago.
 * @o: Filled in. The pid of the sender is not known any more.
 * @sig: Signal.
 * @info: What the kernel queued with it.
 * @sender: enum pidns_probe_sender, as far as it was noted then.
 *
 * A pid in @info is one of the namespace itself, so that the sender is inside.
 * That there is none says nothing: an ancestor has none, but whoever is inside
 * can say so as well, and the kernel may have had no memory for it.
 *
 * Context: siglock held, interrupts off.
 */
void pidns_origin_dequeued(struct pidns_origin *o, int sig,
			   const struct kernel_siginfo *info, u8 sender)
{
	*o = (struct pidns_origin){
		.time = ktime_get_boot_fast_ns(),
		.sig = sig,
		.when = PIDNS_PROBE_WHEN_DEQUEUED,
		.sender = sender,
	};

	switch (info->si_code) {
	case SI_USER:
	case SI_TKILL:
	case SI_QUEUE:
	case SI_MESGQ:
		o->ns_pid = info->si_pid;
		if (o->ns_pid)
			o->sender = PIDNS_PROBE_SENDER_INSIDE;
		break;
	}
}
NOKPROBE_SYMBOL(pidns_origin_dequeued);
