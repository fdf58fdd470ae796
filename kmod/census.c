// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at the processes of a namespace.
 */
#include "census.h"

#include <linux/cgroup.h>
#include <linux/kprobes.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "ns.h"

/* Pids looked at before others get a turn. */
#define CENSUS_BATCH	1024

/**
 * pidns_census_cgroup() - The cgroup (version 2) of a process.
 * @p: Any thread of it.
 * @path: Filled in with its path from the root of the hierarchy.
 * @size: Size of @path.
 *
 * Context: RCU read side, any.
 * Return: Its id.
 */
u64 pidns_census_cgroup(struct task_struct *p, char *path, size_t size)
{
	struct cgroup *cgrp = task_dfl_cgroup(p);

	/* Not cgroup_path_ns(): it takes a mutex. */
	if (cgroup_path(cgrp, path, size) < 0)
		path[0] = '\0';
	return cgroup_id(cgrp);
}
NOKPROBE_SYMBOL(pidns_census_cgroup);

/*
 * The init of a namespace.  The number may have been given to another since,
 * so it is believed only if that is process 1 of this very namespace.  That is
 * looked at once: a process that is released loses its namespace under us, while
 * the namespace itself stays for an RCU grace period.
 */
static struct task_struct *find_init(struct pidns_ns *rec,
				     struct pid_namespace **nsp)
{
	u32 nr = READ_ONCE(rec->init_nr);
	struct pid_namespace *ns;
	struct task_struct *p;

	p = nr ? pid_task(find_pid_ns(nr, &init_pid_ns), PIDTYPE_TGID) : NULL;
	ns = p ? task_active_pid_ns(p) : NULL;
	if (!ns || pidns_ns_find(ns) != rec || pid_nr_ns(task_tgid(p), ns) != 1)
		return NULL;
	*nsp = ns;
	return p;
}

/**
 * pidns_census_has_init() - Whether a namespace has an init, alive or dying.
 * @rec: Record of the namespace.
 *
 * Context: RCU read side, any.
 * Return: true if it has, and who it is was ever seen.
 */
bool pidns_census_has_init(struct pidns_ns *rec)
{
	struct pid_namespace *ns;

	return find_init(rec, &ns);
}

/**
 * pidns_census_init() - Describe the init of a namespace.
 * @rec: Record of the namespace.
 * @c: Filled in, but for the numbers of processes.
 *
 * Context: RCU read side, any.
 */
void pidns_census_init(struct pidns_ns *rec, struct pidns_census *c)
{
	struct pid_namespace *ns;
	struct task_struct *p;

	p = find_init(rec, &ns);
	c->state = PIDNS_PROBE_NS_STATE_EMPTY;
	if (!p)
		return;
	c->init_pid = p->tgid;
	memcpy(c->init_comm, p->comm, sizeof(c->init_comm));
	c->cgroup_id = pidns_census_cgroup(p, c->cgroup_path,
					   sizeof(c->cgroup_path));
	if (atomic_read(&p->signal->live))
		c->state = PIDNS_PROBE_NS_STATE_RUNNING;
	else if (!READ_ONCE(p->exit_state))
		c->state = PIDNS_PROBE_NS_STATE_TEARING_DOWN;
}

static void count_pid(struct pid *pid, struct pidns_census *c)
{
	struct task_struct *p;

	if (!pid_task(pid, PIDTYPE_PID))
		return;
	c->threads++;
	p = pid_task(pid, PIDTYPE_TGID);
	if (!p)
		return;
	c->processes++;
	/* A leader that has ended before its threads is no zombie yet. */
	if (READ_ONCE(p->exit_state) == EXIT_ZOMBIE && thread_group_empty(p))
		c->zombies++;
}

/* Returns where to go on, 0 at the end. */
static int count_batch(struct pid_namespace *ns, int nr,
		       struct pidns_census *c)
{
	struct pid *pid;
	int i;

	for (i = 0; i < CENSUS_BATCH; i++, nr++) {
		pid = idr_get_next(&ns->idr, &nr);
		if (!pid)
			return 0;
		if (ns_of_pid(pid) == ns)
			count_pid(pid, c);
	}
	return nr;
}

/* As count_batch(), for what is the namespace of a record at the moment. */
static int count_record(u64 id, int nr, struct pidns_census *c)
{
	struct pidns_ns *rec = pidns_ns_find_id(id);
	struct pid_namespace *ns;

	return rec && find_init(rec, &ns) ? count_batch(ns, nr, c) : 0;
}

/**
 * pidns_census_count() - Count the processes of a namespace.
 * @id: Id of its record.
 * @c: Its numbers are added to. Zero before.
 *
 * Context: Process context, may sleep. Not a snapshot: processes may come and
 * go meanwhile, as with /proc.
 */
void pidns_census_count(u64 id, struct pidns_census *c)
{
	int nr = 1;

	do {
		rcu_read_lock();
		nr = count_record(id, nr, c);
		rcu_read_unlock();
		cond_resched();
	} while (nr);
}
