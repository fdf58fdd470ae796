// SPDX-License-Identifier: GPL-2.0
/*
 * Every signal on the host passes here: the first lines of the handlers are
 * the price that everybody pays, and what comes after is out of line.
 *
 * All of it runs with a siglock held and interrupts off, which is an RCU read
 * side as well.
 */
#include <linux/kprobes.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/string.h>
#include <trace/events/signal.h>

#include "compat/compat.h"
#include "event.h"
#include "handled.h"
#include "hook.h"
#include "ns.h"
#include "origin.h"
#include "stats.h"
#include "teardown.h"
#include "trace.h"
#include "verdict.h"

/* An init drops a signal. */
static void count_drop(struct pidns_ns *rec, struct task_struct *p, u32 inum,
		       const struct pidns_origin *o)
{
	if (rec) {
		pidns_ns_count_drop(rec, o);
		WRITE_ONCE(rec->init_nr, p->tgid);
	} else {
		pidns_stat_inc(PIDNS_STAT_UNATTRIBUTED);
		pidns_event_want_scan();
	}
	trace_signal_dropped(rec ? rec->id : 0, inum, p, o);
	pidns_event_push_drop(rec ? rec->id : 0, inum, o);
}
NOKPROBE_SYMBOL(count_drop);

/*
 * A signal that an init blocks, or that its tracer gets first, may be dropped
 * when it is dequeued, and then nobody will know who sent it.  There is room for
 * the whole of one, which goes to those that have no handler as things stand.
 */
static void remember_queued(struct pidns_ns *rec, struct task_struct *p,
			    const struct pidns_origin *o)
{
	if (!rec)
		return;
	rec->queued_by[o->sig - 1] = 1 + o->sender;
	if (pidns_verdict_handler(p, o->sig) == SIG_DFL &&
	    pidns_verdict_dequeued(o->sig))
		rec->queued = *o;
}
NOKPROBE_SYMBOL(remember_queued);

/* What was remembered of a signal that is dequeued now. */
static void recall_queued(struct pidns_ns *rec, struct pidns_origin *o,
			  const struct kernel_siginfo *info, int sig)
{
	u8 by = rec ? rec->queued_by[sig - 1] : 0;

	pidns_origin_dequeued(o, sig, info,
			      by ? by - 1 : PIDNS_PROBE_SENDER_KERNEL);
	if (!rec || rec->queued.sig != sig || rec->queued.sender != o->sender)
		return;
	o->pid = rec->queued.pid;
	o->ns_pid = rec->queued.ns_pid;
	memcpy(o->comm, rec->queued.comm, sizeof(o->comm));
	rec->queued.sig = 0;
}
NOKPROBE_SYMBOL(recall_queued);

/* SIGKILL is going to have its effect on a process that lives. */
static void killed(struct task_struct *p, bool force)
{
	struct pid_namespace *ns = ns_of_pid(task_pid(p));
	struct pidns_origin o;
	struct pidns_ns *rec;

	if (!ns)
		return;
	if (current->flags & PF_EXITING && !pidns_origin_in_kernel())
		pidns_teardown_victim(p);
	if (pid_nr_ns(task_tgid(p), ns) != 1)
		return;
	pidns_origin_sent(&o, SIGKILL, ns, force);
	rec = pidns_ns_find(ns);
	if (rec)
		pidns_ns_count_kill(rec, &o);
}
NOKPROBE_SYMBOL(killed);

/*
 * Something is sent to an init.  @first: the same signal is not pending yet; if
 * it is, the queue keeps the first and this one has no effect of its own.
 */
static void sent_to_init(int sig, struct task_struct *p, bool force, bool first)
{
	struct pid_namespace *ns = ns_of_pid(task_pid(p));
	enum pidns_verdict verdict;
	struct pidns_origin o;
	struct pidns_ns *rec;

	/* A task that is being released has none, nor can it take a signal. */
	if (!ns)
		return;
	verdict = pidns_verdict_sent(sig, p, force);
	trace_signal_verdict(p, sig, verdict, force);
	if (verdict == PIDNS_VERDICT_DYING ||
	    verdict == PIDNS_VERDICT_DELIVERED)
		return;

	rec = pidns_ns_find(ns);
	if (verdict == PIDNS_VERDICT_IGNORED) {
		if (rec)
			pidns_ns_count_ignored(rec);
		return;
	}
	pidns_origin_sent(&o, sig, ns, force);
	if (verdict == PIDNS_VERDICT_DROP)
		count_drop(rec, p, ns->ns.inum, &o);
	else if (first)
		remember_queued(rec, p, &o);
}
NOKPROBE_SYMBOL(sent_to_init);

static bool is_dying(const struct task_struct *p)
{
	return p->signal->flags & PIDNS_COMPAT_SIGNAL_DYING ||
	       !atomic_read(&p->signal->live);
}
NOKPROBE_SYMBOL(is_dying);

static noinline int prepare_signal_slow(int sig, struct task_struct *p,
					bool force)
{
	bool unkillable = p->signal->flags & SIGNAL_UNKILLABLE;

	if (sig == SIGKILL && !is_dying(p) && (!unkillable || force) &&
	    !is_global_init(p))
		killed(p, force);
	if (unkillable)
		sent_to_init(sig, p, force,
			     !sigismember(&p->signal->shared_pending.signal,
					  sig));
	return 0;
}
NOKPROBE_SYMBOL(prepare_signal_slow);

/* prepare_signal(int sig, struct task_struct *p, bool force), siglock held. */
static int prepare_signal_pre(struct kprobe *kp, struct pt_regs *regs)
{
	struct task_struct *p = (void *)regs_get_kernel_argument(regs, 1);
	int sig = regs_get_kernel_argument(regs, 0);

	pidns_stat_inc(PIDNS_STAT_HIT_SIGNAL);
	if (likely(!(p->signal->flags & SIGNAL_UNKILLABLE) && sig != SIGKILL))
		return 0;
	/* Only the low byte of a bool argument is defined. */
	return prepare_signal_slow(sig, p,
				   (u8)regs_get_kernel_argument(regs, 2));
}
NOKPROBE_SYMBOL(prepare_signal_pre);

struct pidns_probe pidns_probe_prepare_signal = {
	.kind = PIDNS_PROBE_KPROBE,
	.symbol = "prepare_signal",
	.kp.pre_handler = prepare_signal_pre,
};

/*
 * The other backend sees a signal after the kernel has decided.  What it
 * decided by has not changed under the siglock, but for SIGKILL, which has
 * made its target a dying one.
 */

/* As send_signal_locked() and its callers find it. */
static bool force_of(const struct kernel_siginfo *info, struct pid_namespace *ns)
{
	if (info == SEND_SIG_PRIV)
		return true;
	if (info != SEND_SIG_NOINFO && info->si_code == SI_KERNEL)
		return true;
	if (info != SEND_SIG_NOINFO && info->si_code == SI_TIMER)
		return false;
	return !pid_nr_ns(task_pid(current), ns);
}
NOKPROBE_SYMBOL(force_of);

/* What the kernel calls ignored must be something that we call so, too. */
static void check_ignored(enum pidns_verdict v)
{
	if (v != PIDNS_VERDICT_DROP && v != PIDNS_VERDICT_IGNORED &&
	    v != PIDNS_VERDICT_DYING)
		pidns_stat_inc(PIDNS_STAT_MISMATCHES);
}
NOKPROBE_SYMBOL(check_ignored);

/* SIGKILL that ends a core dump finds its target dying. */
static bool was_dying(const struct task_struct *p)
{
	return pidns_compat_was_dumping(p) || !atomic_read(&p->signal->live);
}
NOKPROBE_SYMBOL(was_dying);

static noinline void signal_generate_slow(int sig, struct task_struct *p,
					  const struct kernel_siginfo *info,
					  int group, int result)
{
	struct pid_namespace *ns = ns_of_pid(task_pid(p));
	bool force = ns && force_of(info, ns);

	if (sig == SIGKILL && result == TRACE_SIGNAL_DELIVERED) {
		if (was_dying(p))
			return;
		if (ns && pid_nr_ns(task_tgid(p), ns) == 1)
			trace_signal_verdict(p, sig, PIDNS_VERDICT_DELIVERED,
					     force);
		killed(p, force);
	} else if (!group && p->flags & PF_EXITING) {
		/* Since 7.x prepare_signal() is not asked about such a thread. */
		return;
	} else if (p->signal->flags & SIGNAL_UNKILLABLE) {
		if (result == TRACE_SIGNAL_IGNORED)
			check_ignored(pidns_verdict_sent(sig, p, force));
		sent_to_init(sig, p, force,
			     result == TRACE_SIGNAL_DELIVERED ||
			     result == TRACE_SIGNAL_LOSE_INFO);
	}
}
NOKPROBE_SYMBOL(signal_generate_slow);

static void signal_generate_probe(void *data, int sig,
				  struct kernel_siginfo *info,
				  struct task_struct *p, int group, int result)
{
	pidns_stat_inc(PIDNS_STAT_HIT_SIGNAL);
	if (likely(!(p->signal->flags & SIGNAL_UNKILLABLE) && sig != SIGKILL))
		return;
	signal_generate_slow(sig, p, info, group, result);
}
NOKPROBE_SYMBOL(signal_generate_probe);

struct pidns_probe pidns_probe_signal_generate = {
	.kind = PIDNS_PROBE_TRACEPOINT,
	.symbol = "signal_generate",
	.fn = signal_generate_probe,
};

/* A signal is delivered that has no handler, or is SIGTERM. */
static noinline void signal_deliver_slow(int sig,
					 const struct kernel_siginfo *info,
					 void __user *handler)
{
	struct pid_namespace *ns = ns_of_pid(task_pid(current));
	struct pidns_origin o;
	struct pidns_ns *rec;

	if (handler != SIG_DFL) {
		if (handler != SIG_IGN && ns != &init_pid_ns)
			pidns_handled_add(current);
		return;
	}
	if (!(current->signal->flags & SIGNAL_UNKILLABLE) ||
	    !pidns_verdict_dequeued(sig))
		return;
	rec = pidns_ns_find(ns);
	recall_queued(rec, &o, info, sig);
	count_drop(rec, current, ns->ns.inum, &o);
}
NOKPROBE_SYMBOL(signal_deliver_slow);

/*
 * In get_signal(), siglock held, after a tracer had its say.  What sigwait(3)
 * or a signalfd takes never comes here, so this is more exact than a probe on
 * dequeue_signal(), and needs no return probe.
 */
static void signal_deliver_probe(void *data, int sig,
				 struct kernel_siginfo *info,
				 struct k_sigaction *ka)
{
	void __user *handler = (void __user *)ka->sa.sa_handler;

	pidns_stat_inc(PIDNS_STAT_HIT_DEQUEUE);
	if (handler == SIG_DFL || sig == SIGTERM)
		signal_deliver_slow(sig, info, handler);
}
NOKPROBE_SYMBOL(signal_deliver_probe);

struct pidns_probe pidns_probe_signal_deliver = {
	.kind = PIDNS_PROBE_TRACEPOINT,
	.symbol = "signal_deliver",
	.fn = signal_deliver_probe,
};

/* The kernel calls the probes through pointers of these types. */
static void __maybe_unused check_types(void)
{
	check_trace_callback_type_signal_generate(signal_generate_probe);
	check_trace_callback_type_signal_deliver(signal_deliver_probe);
}
