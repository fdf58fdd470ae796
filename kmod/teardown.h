/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_TEARDOWN_H
#define _PIDNS_TEARDOWN_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "origin.h"

struct pid_namespace;
struct pidns_ns;

#define PIDNS_TEARDOWN_NAMED	4
#define PIDNS_CGROUP_PATH_MAX	512

/**
 * struct pidns_victim - A process that a teardown sent SIGKILL.
 * @pid: Process id in the initial namespace.
 * @ns_pid: The same in the namespace that is torn down.
 * @comm: Its name.
 */
struct pidns_victim {
	u32 pid;
	u32 ns_pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct pidns_teardown - Record of a teardown.
 * @rcu: Frees it.
 * @node: In the list of those that have ended.
 * @reaper: The task in zap_pid_ns_processes(). Compared, never followed.
 * @number: Our own number for it, never used twice.
 * @id: Id of the namespace. So on down to @owner.
 * @parent_id: As above.
 * @born: As above.
 * @inum: As above.
 * @level: As above.
 * @owner: As above.
 * @init_pid: Process id of init in the initial namespace.
 * @init_comm: Name of init.
 * @cgroup_id: Id of its cgroup.
 * @begin: CLOCK_BOOTTIME.
 * @end: The same. 0 while it goes on, or if it was not seen.
 * @unended: It is over, but its end was not seen.
 * @status: Exit of init, as a wait status.
 * @victims: Processes sent SIGKILL.
 * @ungraceful: Those of them whose SIGTERM handler never ran.
 * @named: How many of @victim are filled in.
 * @first_stop: First dropped signal of the attempt that led here. Its @sig is
 *	0 if there was none.
 * @kill: SIGKILL that ended init, likewise.
 * @drops: Drops in the life of the namespace.
 * @victim: The first few ungraceful ones.
 * @cgroup_path: Path of init's cgroup. Its tail is cut off if it is too long.
 *
 * Only @reaper writes between begin and end, so there is no lock.  Readers may
 * see the victims of the moment; what they see of an ended one is final.
 */
struct pidns_teardown {
	struct rcu_head rcu;
	struct list_head node;
	const struct task_struct *reaper;
	u64 number;
	u64 id;
	u64 parent_id;
	u64 born;
	u32 inum;
	u32 level;
	kuid_t owner;
	u32 init_pid;
	char init_comm[TASK_COMM_LEN];
	u64 cgroup_id;
	u64 begin;
	u64 end;
	bool unended;
	u32 status;
	u32 victims;
	u32 ungraceful;
	u32 named;
	struct pidns_origin first_stop;
	struct pidns_origin kill;
	u64 drops;
	struct pidns_victim victim[PIDNS_TEARDOWN_NAMED];
	char cgroup_path[PIDNS_CGROUP_PATH_MAX];
};

void pidns_teardown_exit(void);

struct pidns_teardown *pidns_teardown_find(u64 number);
struct pidns_teardown *pidns_teardown_next(u64 *number);
u32 pidns_teardown_ongoing(void);
u32 pidns_teardown_generation(void);

void pidns_teardown_begin(struct pid_namespace *ns);
void pidns_teardown_victim(struct task_struct *p);
void pidns_teardown_end(struct pid_namespace *ns);
void pidns_teardown_abandon(struct pidns_ns *rec);

#endif /* _PIDNS_TEARDOWN_H */
