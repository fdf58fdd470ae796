// SPDX-License-Identifier: GPL-2.0
/*
 * Every signal on the host passes here: the first lines of the handlers are
 * the price that everybody pays.
 */
#include <linux/kprobes.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <trace/events/signal.h>

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
 * A signal that an init blocks and has no handler for will be dropped when it
 * is dequeued, and then nobody will know who sent it.
 */
static void remember_queued(struct pidns_ns *rec, struct task_struct *p,
			    const struct pidns_origin *o)
{
	if (rec && pidns_verdict_handler(p, o->sig) == SIG_DFL)
		rec->queued = *o;
}
NOKPROBE_SYMBOL(remember_queued);

/*
 * Something is sent to an init.  @first: the same signal is not pending yet; if
 * it is, the queue keeps the first and this one has no effect of its own.
 */
static void sent_to_init(int sig, struct task_struct *p, bool force, bool first)
{
	struct pid_namespace *ns = task_active_pid_ns(p);
	enum pidns_verdict verdict;
	struct pidns_origin o;
	struct pidns_ns *rec;

	if (!ns)
		return;
	verdict = pidns_verdict_sent(sig, p, force);
	trace_signal_verdict(p, sig, verdict, force);
	if (verdict == PIDNS_VERDICT_TRACED || verdict == PIDNS_VERDICT_DYING ||
	    (verdict == PIDNS_VERDICT_DELIVERED && sig != SIGKILL))
		return;

	rcu_read_lock();
	rec = pidns_ns_find(ns);
	if (verdict == PIDNS_VERDICT_IGNORED) {
		if (rec)
			pidns_ns_count_ignored(rec);
		goto out;
	}
	pidns_origin_sent(&o, sig, ns, force);
	if (verdict == PIDNS_VERDICT_DROP)
		count_drop(rec, p, ns->ns.inum, &o);
	else if (verdict == PIDNS_VERDICT_QUEUED && first)
		remember_queued(rec, p, &o);
	else if (verdict == PIDNS_VERDICT_DELIVERED && rec)
		pidns_ns_count_kill(rec, &o);
out:
	rcu_read_unlock();
}
NOKPROBE_SYMBOL(sent_to_init);

/*
 * A dying task sends SIGKILL: it may be an init in zap_pid_ns_processes(), and
 * its target a victim, unless that is on its way out already.
 */
static noinline void sent_by_dying(struct task_struct *p)
{
	if (p->signal->flags & SIGNAL_GROUP_EXIT ||
	    !atomic_read(&p->signal->live))
		return;
	pidns_teardown_victim(p);
}
NOKPROBE_SYMBOL(sent_by_dying);

static noinline void prepared_for_init(int sig, struct task_struct *p,
				       bool force)
{
	sent_to_init(sig, p, force,
		     !sigismember(&p->signal->shared_pending.signal, sig));
}
NOKPROBE_SYMBOL(prepared_for_init);

/* prepare_signal(int sig, struct task_struct *p, bool force), siglock held. */
static int prepare_signal_pre(struct kprobe *kp, struct pt_regs *regs)
{
	struct task_struct *p = (void *)regs_get_kernel_argument(regs, 1);
	int sig = regs_get_kernel_argument(regs, 0);

	pidns_stat_inc(PIDNS_STAT_HIT_SIGNAL);
	if (unlikely(sig == SIGKILL) && current->flags & PF_EXITING)
		sent_by_dying(p);
	/* Only the low byte of a bool argument is defined. */
	if (unlikely(p->signal->flags & SIGNAL_UNKILLABLE))
		prepared_for_init(sig, p,
				  (u8)regs_get_kernel_argument(regs, 2));
	return 0;
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

/* SIGKILL is going to have its effect. */
static noinline void killed(struct task_struct *p, bool force)
{
	struct pid_namespace *ns = task_active_pid_ns(p);
	struct pidns_origin o;
	struct pidns_ns *rec;

	/* SIGKILL that ends a core dump finds its target dying. */
	if (!ns || p->signal->core_state || !atomic_read(&p->signal->live))
		return;
	if (current->flags & PF_EXITING)
		pidns_teardown_victim(p);
	if (pid_nr_ns(task_tgid(p), ns) != 1)
		return;
	trace_signal_verdict(p, SIGKILL, PIDNS_VERDICT_DELIVERED, force);
	pidns_origin_sent(&o, SIGKILL, ns, force);
	rcu_read_lock();
	rec = pidns_ns_find(ns);
	if (rec)
		pidns_ns_count_kill(rec, &o);
	rcu_read_unlock();
}
NOKPROBE_SYMBOL(killed);

static noinline void generated_for_init(int sig, struct kernel_siginfo *info,
					struct task_struct *p, int result)
{
	struct pid_namespace *ns = task_active_pid_ns(p);
	bool force = ns && force_of(info, ns);
	enum pidns_verdict v = pidns_verdict_sent(sig, p, force);

	if (result == TRACE_SIGNAL_IGNORED && v != PIDNS_VERDICT_DROP &&
	    v != PIDNS_VERDICT_IGNORED && v != PIDNS_VERDICT_DYING)
		pidns_stat_inc(PIDNS_STAT_MISMATCHES);
	sent_to_init(sig, p, force, result == TRACE_SIGNAL_DELIVERED);
}
NOKPROBE_SYMBOL(generated_for_init);

static void signal_generate_probe(void *data, int sig,
				  struct kernel_siginfo *info,
				  struct task_struct *p, int group, int result)
{
	pidns_stat_inc(PIDNS_STAT_HIT_SIGNAL);
	if (unlikely(sig == SIGKILL) && result == TRACE_SIGNAL_DELIVERED)
		killed(p, force_of(info, task_active_pid_ns(p)));
	else if (unlikely(p->signal->flags & SIGNAL_UNKILLABLE))
		generated_for_init(sig, info, p, result);
}
NOKPROBE_SYMBOL(signal_generate_probe);

struct pidns_probe pidns_probe_signal_generate = {
	.kind = PIDNS_PROBE_TRACEPOINT,
	.symbol = "signal_generate",
	.fn = signal_generate_probe,
};

/* An init dequeues a signal that it has no handler for. */
static noinline void dequeued_by_init(int sig, const struct kernel_siginfo *info)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct pidns_origin o;
	struct pidns_ns *rec;

	if (!ns)
		return;
	pidns_origin_dequeued(&o, sig, info);
	rcu_read_lock();
	rec = pidns_ns_find(ns);
	if (rec && rec->queued.sig == sig) {
		u64 now = o.time;

		o = rec->queued;
		o.when = PIDNS_PROBE_WHEN_DEQUEUED;
		o.time = now;
		rec->queued.sig = 0;
	}
	count_drop(rec, current, ns->ns.inum, &o);
	rcu_read_unlock();
}
NOKPROBE_SYMBOL(dequeued_by_init);

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
	if (unlikely(current->signal->flags & SIGNAL_UNKILLABLE) &&
	    pidns_verdict_dequeued(sig, handler))
		dequeued_by_init(sig, info);
	else if (unlikely(sig == SIGTERM) && handler != SIG_DFL &&
		 handler != SIG_IGN && !task_is_in_init_pid_ns(current))
		pidns_handled_add(current);
}
NOKPROBE_SYMBOL(signal_deliver_probe);

struct pidns_probe pidns_probe_signal_deliver = {
	.kind = PIDNS_PROBE_TRACEPOINT,
	.symbol = "signal_deliver",
	.fn = signal_deliver_probe,
};
