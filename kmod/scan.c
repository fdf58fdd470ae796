// SPDX-License-Identifier: GPL-2.0
/*
 * Finding out by a walk over all pids what no hook has told: namespaces that
 * are older than the module, or whose birth was missed, and who their inits
 * are.
 */
#include "scan.h"

#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "census.h"
#include "ns.h"

/* Makes the record of a namespace that is pinned, unless it has one. */
static void add(struct pid_namespace *ns, enum pidns_ns_found how)
{
	bool known;

	rcu_read_lock();
	known = pidns_ns_find(ns);
	rcu_read_unlock();
	if (!known)
		pidns_ns_add(ns, how);
}

/* A namespace without a process hangs on the one who will fork into it. */
static void add_for_children(struct pid *pid)
{
	struct pid_namespace *ns = NULL;
	struct task_struct *p;

	p = get_pid_task(pid, PIDTYPE_PID);
	if (!p)
		return;
	task_lock(p);
	if (p->nsproxy && p->nsproxy->pid_ns_for_children != ns_of_pid(pid))
		ns = get_pid_ns(p->nsproxy->pid_ns_for_children);
	task_unlock(p);
	put_task_struct(p);
	if (!ns)
		return;
	add(ns, PIDNS_NS_OLD);
	put_pid_ns(ns);
}

static void note_init(struct pid *pid)
{
	struct pidns_ns *rec;

	if (pid->numbers[pid->level].nr != 1)
		return;
	rcu_read_lock();
	rec = pidns_ns_find(ns_of_pid(pid));
	/* One that is being forked has a pid, but is nobody yet. */
	if (rec && pid_task(pid, PIDTYPE_TGID))
		WRITE_ONCE(rec->init_nr, pid_nr(pid));
	rcu_read_unlock();
}

/* A reference to a struct pid pins its namespace, so none can die under us. */
static void scan(enum pidns_ns_found how)
{
	struct pid *pid;
	int nr = 1;

	for (;; nr++) {
		rcu_read_lock();
		pid = get_pid(idr_get_next(&init_pid_ns.idr, &nr));
		rcu_read_unlock();
		if (!pid)
			break;
		add(ns_of_pid(pid), how);
		if (how == PIDNS_NS_OLD)
			add_for_children(pid);
		note_init(pid);
		put_pid(pid);
		cond_resched();
	}
}

/*
 * Forgets the namespaces whose init is gone.  Nobody can enter one any more, so
 * that it is dead even while something still pins it; and the hook that tells
 * of its death is skipped now and then, when that comes in an interrupt on top
 * of another probe.
 */
static void sweep(void)
{
	struct pidns_ns *rec;
	u64 id = 0;

	rcu_read_lock();
	for (; (rec = pidns_ns_next(&id)); id++)
		if (READ_ONCE(rec->init_nr) && !pidns_census_has_init(rec))
			pidns_ns_forget(rec);
	rcu_read_unlock();
}

/**
 * pidns_scan() - Find out what hooks have missed: births, inits, deaths.
 *
 * A namespace whose birth was missed is found when it has a process.
 *
 * Context: Process context, may sleep.
 */
void pidns_scan(void)
{
	scan(PIDNS_NS_LATE);
	sweep();
}

/**
 * pidns_scan_at_load() - The same, but none is late, and those without a
 * process are found as well.
 *
 * Context: Process context, may sleep.
 */
void pidns_scan_at_load(void)
{
	scan(PIDNS_NS_OLD);
}
