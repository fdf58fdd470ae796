/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernels that the module knows of is here.
 */
#ifndef _PIDNS_COMPAT_H
#define _PIDNS_COMPAT_H

#include <linux/sched/signal.h>
#include <linux/version.h>
#include <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "pidns_probe needs Linux 5.10 or later"
#endif
#ifndef CONFIG_64BIT
#error "pidns_probe needs a 64-bit kernel: its counters and ids are read without a lock"
#endif
#if !defined(CONFIG_PID_NS) || !defined(CONFIG_KPROBES) || !defined(CONFIG_KRETPROBES)
#error "pidns_probe needs CONFIG_PID_NS, CONFIG_KPROBES and CONFIG_KRETPROBES"
#endif
#ifdef CONFIG_PREEMPT_RT
#error "pidns_probe cannot run on PREEMPT_RT, where a siglock does not turn interrupts off"
#endif
#ifndef CONFIG_CGROUPS
#error "pidns_probe needs CONFIG_CGROUPS: the cgroup is what tells a container"
#endif

/*
 * Without this flag any local user may join the group and read host pids, so
 * a kernel that lacks it has no group: genl_register_family() gets none, and
 * nobody can ever listen.  It is a macro because stable trees have it too.
 */
#ifdef GENL_MCAST_CAP_SYS_ADMIN
#define PIDNS_COMPAT_N_MCGRPS	1
#define PIDNS_COMPAT_MCGRP_FLAGS .flags = GENL_MCAST_CAP_SYS_ADMIN,
#else
#define PIDNS_COMPAT_N_MCGRPS	0
#define PIDNS_COMPAT_MCGRP_FLAGS
#endif

/*
 * signal_struct::flags of a process that is on its way out.  Before 5.17 one
 * that dumps core had a flag of its own, afterwards it has both SIGNAL_GROUP_EXIT
 * and a core_state.
 */
#ifdef SIGNAL_GROUP_COREDUMP
#define PIDNS_COMPAT_SIGNAL_DYING (SIGNAL_GROUP_EXIT | SIGNAL_GROUP_COREDUMP)
#else
#define PIDNS_COMPAT_SIGNAL_DYING SIGNAL_GROUP_EXIT
#endif

/**
 * pidns_compat_was_dumping() - Whether SIGKILL has ended a core dump.
 * @p: A task that was just sent SIGKILL.
 *
 * Before 5.17 SIGKILL wipes out the flag that would tell, and such a process
 * counts as a victim.
 *
 * Context: @p's siglock held.
 * Return: true if so.
 */
static inline bool pidns_compat_was_dumping(const struct task_struct *p)
{
#ifdef SIGNAL_GROUP_COREDUMP
	return false;
#else
	return p->signal->core_state;
#endif
}

/**
 * pidns_compat_dump_attrs() - The attributes of a dump request.
 * @cb: Callback state of the dump.
 *
 * 6.6 moved them into a struct genl_info inside struct genl_dumpit_info.
 *
 * Return: The parsed table, NULL if the request has none.
 */
static inline struct nlattr **
pidns_compat_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* _PIDNS_COMPAT_H */
