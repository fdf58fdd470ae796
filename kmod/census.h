/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_CENSUS_H
#define _PIDNS_CENSUS_H

#include <linux/sched.h>
#include <linux/types.h>

#include "teardown.h"

struct pidns_ns;

/**
 * struct pidns_census - Who is in a namespace at the moment.
 * @processes: Processes, zombies included.
 * @threads: Their threads.
 * @zombies: Those of the processes that are zombies.
 * @init_pid: Process id of init in the initial namespace, 0 if there is none.
 * @state: enum pidns_probe_ns_state, as far as init tells it.
 * @init_comm: Name of init.
 * @cgroup_id: Id of its cgroup, 0 if it has none.
 * @cgroup_path: Path of that, empty if it has none.
 */
struct pidns_census {
	u32 processes;
	u32 threads;
	u32 zombies;
	u32 init_pid;
	u32 state;
	char init_comm[TASK_COMM_LEN];
	u64 cgroup_id;
	char cgroup_path[PIDNS_CGROUP_PATH_MAX];
};

u64 pidns_census_cgroup(struct task_struct *p, char *path, size_t size);
bool pidns_census_has_init(struct pidns_ns *rec);
void pidns_census_init(struct pidns_ns *rec, struct pidns_census *c);
void pidns_census_count(u64 id, struct pidns_census *c);

#endif /* _PIDNS_CENSUS_H */
