// SPDX-License-Identifier: GPL-2.0
/*
 * Records of teardowns: those that go on, and the last few that have ended.
 */
#include "teardown.h"

#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/oom.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/xarray.h>

#include "census.h"
#include "event.h"
#include "handled.h"
#include "ns.h"
#include "param.h"
#include "stats.h"
#include "trace.h"
#include "verdict.h"

/*
 * By number.  Its lock protects the list and the numbers as well, and is taken
 * with interrupts off: a namespace may die, and abandon its teardown, in an
 * RCU callback.
 */
static DEFINE_XARRAY_FLAGS(by_number, XA_FLAGS_LOCK_IRQ);
static LIST_HEAD(ended);
static u64 last_number;
static u32 ended_count;
static u32 ongoing_count;
static u32 generation;

/**
 * pidns_teardown_find() - The teardown with a number.
 * @number: Number.
 *
 * Context: RCU read side, any.
 * Return: The teardown, NULL if it is not remembered.
 */
struct pidns_teardown *pidns_teardown_find(u64 number)
{
	return xa_load(&by_number, number);
}

/**
 * pidns_teardown_next() - The first teardown from a number on.
 * @number: Least number wanted. Set to that of the teardown.
 *
 * Context: RCU read side, any.
 * Return: The teardown, NULL if there is none.
 */
struct pidns_teardown *pidns_teardown_next(u64 *number)
{
	unsigned long index = *number;
	struct pidns_teardown *td;

	td = xa_find(&by_number, &index, ULONG_MAX, XA_PRESENT);
	*number = index;
	return td;
}

/**
 * pidns_teardown_ongoing() - How many teardowns go on.
 *
 * Context: Any.
 * Return: The number.
 */
u32 pidns_teardown_ongoing(void)
{
	return READ_ONCE(ongoing_count);
}

/**
 * pidns_teardown_generation() - A number that changes with the table.
 *
 * Context: Any.
 * Return: The number, never 0.
 */
u32 pidns_teardown_generation(void)
{
	return READ_ONCE(generation) ?: 1;
}

static bool td_insert(struct pidns_teardown *td)
{
	unsigned long flags;
	bool ok;

	xa_lock_irqsave(&by_number, flags);
	td->number = ++last_number;
	ok = !xa_is_err(__xa_store(&by_number, td->number, td, GFP_ATOMIC));
	if (ok) {
		WRITE_ONCE(ongoing_count, ongoing_count + 1);
		WRITE_ONCE(generation, generation + 1);
	}
	xa_unlock_irqrestore(&by_number, flags);
	return ok;
}

/* Moves a teardown to those that have ended, and forgets the oldest of them. */
static void td_retire(struct pidns_teardown *td)
{
	struct pidns_teardown *oldest = NULL;
	unsigned long flags;

	xa_lock_irqsave(&by_number, flags);
	list_add_tail(&td->node, &ended);
	WRITE_ONCE(ongoing_count, ongoing_count - 1);
	if (++ended_count > pidns_param_history) {
		oldest = list_first_entry(&ended, struct pidns_teardown, node);
		list_del(&oldest->node);
		ended_count--;
		__xa_erase(&by_number, oldest->number);
		WRITE_ONCE(generation, generation + 1);
	}
	xa_unlock_irqrestore(&by_number, flags);
	if (oldest)
		kfree_rcu(oldest, rcu);
}

/* As wait_task_zombie() tells it. */
static u32 wait_status(void)
{
	struct signal_struct *signal = current->signal;

	if (signal->flags & SIGNAL_GROUP_EXIT)
		return signal->group_exit_code;
	return current->group_leader->exit_code;
}

static void td_fill(struct pidns_teardown *td, struct pidns_ns *rec)
{
	u64 window = (u64)READ_ONCE(pidns_param_stop_window_ms) * NSEC_PER_MSEC;
	struct pidns_counts *c = &rec->counts;
	unsigned int seq;

	td->reaper = current;
	td->id = rec->id;
	td->parent_id = rec->parent_id;
	td->born = rec->born;
	td->inum = rec->inum;
	td->level = rec->level;
	td->owner = rec->owner;
	td->init_pid = current->tgid;
	memcpy(td->init_comm, current->group_leader->comm, TASK_COMM_LEN);
	td->cgroup_id = pidns_census_cgroup(current, td->cgroup_path,
					    sizeof(td->cgroup_path));
	td->begin = ktime_get_boot_fast_ns();
	td->status = wait_status();

	do {
		seq = raw_read_seqcount_begin(&rec->seq);
		td->first_stop = c->first_stop;
		td->kill = c->kill;
		td->drops = c->when[PIDNS_PROBE_WHEN_SENT] +
			    c->when[PIDNS_PROBE_WHEN_DEQUEUED];
	} while (read_seqcount_retry(&rec->seq, seq));
	if (pidns_time_since(td->begin, td->first_stop.time) > window)
		td->first_stop.sig = 0;
	/* current was the one that needed memory, not one that sends. */
	if (tsk_is_oom_victim(current))
		td->kill = (struct pidns_origin){
			.time = td->kill.time,
			.sig = td->kill.sig,
			.sender = PIDNS_PROBE_SENDER_KERNEL,
		};
}

/**
 * pidns_teardown_begin() - The init of a namespace has ended.
 * @ns: The namespace.
 *
 * Context: zap_pid_ns_processes() of the last thread of init, interrupts off, no
 * locks.
 */
void pidns_teardown_begin(struct pid_namespace *ns)
{
	struct pidns_teardown *td;
	struct pidns_ns *rec;

	rcu_read_lock();
	rec = pidns_ns_find(ns) ?: pidns_ns_add(ns, PIDNS_NS_LATE);
	if (!rec)
		goto out;
	/* The end of another was missed, under the same record. */
	pidns_teardown_abandon(rec);
	td = kzalloc(sizeof(*td), GFP_ATOMIC | __GFP_NOWARN);
	if (!td) {
		pidns_stat_inc(PIDNS_STAT_NO_RECORD);
		goto out;
	}
	td_fill(td, rec);
	if (!td_insert(td)) {
		pidns_stat_inc(PIDNS_STAT_NO_RECORD);
		kfree(td);
		goto out;
	}
	WRITE_ONCE(rec->init_nr, td->init_pid);
	rcu_assign_pointer(rec->teardown, td);
	trace_teardown_begin(td);
	pidns_event_push(PIDNS_EVENT_TEARDOWN_BEGIN, td->number, td->inum,
			 td->begin);
out:
	rcu_read_unlock();
}
NOKPROBE_SYMBOL(pidns_teardown_begin);

/* The teardown that current is in, if any. */
static struct pidns_teardown *td_current(struct pidns_ns *rec)
{
	struct pidns_teardown *td;

	if (!rec)
		return NULL;
	td = rcu_dereference(rec->teardown);
	return td && td->reaper == current ? td : NULL;
}
NOKPROBE_SYMBOL(td_current);

static bool is_ungraceful(struct task_struct *p)
{
	void __user *handler = pidns_verdict_handler(p, SIGTERM);

	return handler != SIG_DFL && handler != SIG_IGN &&
	       !pidns_handled_find(p);
}
NOKPROBE_SYMBOL(is_ungraceful);

/**
 * pidns_teardown_victim() - A dying task sends SIGKILL to a live process.
 * @p: A thread of it.
 *
 * Counts it if this is zap_pid_ns_processes() at work.
 *
 * Context: @p's siglock held, interrupts off; current is the sender.
 */
void pidns_teardown_victim(struct task_struct *p)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct pidns_teardown *td;
	struct pidns_victim *v;

	if (!ns)
		return;
	rcu_read_lock();
	td = td_current(pidns_ns_find(ns));
	if (!td)
		goto out;
	WRITE_ONCE(td->victims, td->victims + 1);
	if (!is_ungraceful(p))
		goto out;
	WRITE_ONCE(td->ungraceful, td->ungraceful + 1);
	if (td->named < PIDNS_TEARDOWN_NAMED) {
		v = &td->victim[td->named];
		v->pid = p->tgid;
		v->ns_pid = pid_nr_ns(task_tgid(p), ns);
		memcpy(v->comm, p->group_leader->comm, sizeof(v->comm));
		/* Pairs with readers: what is counted is filled in. */
		smp_store_release(&td->named, td->named + 1);
	}
out:
	rcu_read_unlock();
}
NOKPROBE_SYMBOL(pidns_teardown_victim);

/**
 * pidns_teardown_end() - All processes of a namespace are gone.
 * @ns: The namespace.
 *
 * Context: The very end of zap_pid_ns_processes(), interrupts off, no locks.
 */
void pidns_teardown_end(struct pid_namespace *ns)
{
	struct pidns_teardown *td;
	struct pidns_ns *rec;

	rcu_read_lock();
	rec = pidns_ns_find(ns);
	td = td_current(rec);
	if (!td)
		goto out;
	RCU_INIT_POINTER(rec->teardown, NULL);
	/* ns->reboot may have changed it since the begin. */
	WRITE_ONCE(td->status, wait_status());
	td->reaper = NULL;
	/* Pairs with readers: the rest is final when they see an end. */
	smp_store_release(&td->end, ktime_get_boot_fast_ns());
	trace_teardown_end(td);
	pidns_stat_inc(PIDNS_STAT_TEARDOWNS);
	pidns_event_push(PIDNS_EVENT_TEARDOWN_END, td->number, td->inum,
			 td->end);
	td_retire(td);
out:
	rcu_read_unlock();
}
NOKPROBE_SYMBOL(pidns_teardown_end);

/**
 * pidns_teardown_abandon() - Give up a teardown whose end was missed.
 * @rec: Record of a namespace that dies, is torn down anew, or has no init.
 *
 * Context: Any.
 */
void pidns_teardown_abandon(struct pidns_ns *rec)
{
	struct pidns_teardown *td;

	td = unrcu_pointer(xchg(&rec->teardown, NULL));
	if (!td)
		return;
	WRITE_ONCE(td->unended, true);
	pidns_stat_inc(PIDNS_STAT_UNENDED);
	td_retire(td);
}
NOKPROBE_SYMBOL(pidns_teardown_abandon);

/**
 * pidns_teardown_exit() - Free all records.
 *
 * Context: Process context. No hook is armed, and nobody reads any more.
 */
void pidns_teardown_exit(void)
{
	struct pidns_teardown *td;
	unsigned long number;

	xa_lock_irq(&by_number);
	xa_for_each(&by_number, number, td) {
		__xa_erase(&by_number, number);
		kfree_rcu(td, rcu);
	}
	xa_unlock_irq(&by_number);
}
