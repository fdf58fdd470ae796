/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_NS_H
#define _PIDNS_NS_H

#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/signal.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "origin.h"

#include <uapi/linux/pidns_probe.h>

struct pid_namespace;
struct pidns_teardown;

/**
 * struct pidns_counts - What an init did with the signals that it was sent.
 * @drops: Drops by signal, that of signal 1 first.
 * @when: Drops by enum pidns_probe_when.
 * @sender: Drops by enum pidns_probe_sender.
 * @ignored: Signals that had no effect and are no drops.
 * @last: Last drop.
 * @first_stop: First drop of the last attempt to stop init.
 * @kill: SIGKILL that got through.
 */
struct pidns_counts {
	u64 drops[_NSIG];
	u64 when[PIDNS_PROBE_WHEN_DEQUEUED + 1];
	u64 sender[PIDNS_PROBE_SENDER_KERNEL + 1];
	u64 ignored;
	struct pidns_origin last;
	struct pidns_origin first_stop;
	struct pidns_origin kill;
};

/**
 * struct pidns_ns - Record of a PID namespace.
 * @node: In the hash by @inum.
 * @rcu: Frees it.
 * @ns: The namespace. Compared, never followed: a record does not pin it, and
 *	its death may be missed when somebody disarms kprobes.
 * @id: Our own number for it, never used twice.
 * @parent_id: That of its parent. 0 if it has none, or none with a record.
 * @born: CLOCK_BOOTTIME. 0 if that was before the module was loaded.
 * @inum: Inode number.
 * @level: Depth below the initial namespace.
 * @owner: Owner of its user namespace.
 * @init_nr: Process id of init in the initial namespace, as last seen. 0 if
 *	none was seen. It may be another's by now: see pidns_census_init().
 * @teardown: The teardown in progress.
 * @seq: Lets readers see @counts as a whole.
 * @counts: Written with the siglock of the init held, which is what makes the
 *	writer of @seq the only one.
 * @queued: Last signal that was queued although it will be dropped as things
 *	stand. So on under the siglock, too.
 * @queued_by: Who sent each signal that was queued: 1 + enum
 *	pidns_probe_sender, 0 if that is not known.
 */
struct pidns_ns {
	struct hlist_node node;
	struct rcu_head rcu;
	const struct pid_namespace *ns;
	u64 id;
	u64 parent_id;
	u64 born;
	u32 inum;
	u32 level;
	kuid_t owner;
	u32 init_nr;
	struct pidns_teardown __rcu *teardown;
	seqcount_t seq;
	struct pidns_counts counts;
	struct pidns_origin queued;
	u8 queued_by[_NSIG];
};

int pidns_ns_init(void);
void pidns_ns_exit(void);

struct pidns_ns *pidns_ns_find(const struct pid_namespace *ns);
struct pidns_ns *pidns_ns_find_inum(u32 inum);
struct pidns_ns *pidns_ns_find_id(u64 id);
struct pidns_ns *pidns_ns_next(u64 *id);

/**
 * enum pidns_ns_found - How a namespace came to be known.
 * @PIDNS_NS_BORN: It is being created.
 * @PIDNS_NS_OLD: It is older than the module.
 * @PIDNS_NS_LATE: Its birth was not seen.
 */
enum pidns_ns_found {
	PIDNS_NS_BORN,
	PIDNS_NS_OLD,
	PIDNS_NS_LATE,
};

struct pidns_ns *pidns_ns_add(struct pid_namespace *ns,
			      enum pidns_ns_found how);
void pidns_ns_remove(u32 inum);
void pidns_ns_forget(struct pidns_ns *rec);

u32 pidns_ns_count(void);
u32 pidns_ns_generation(void);

void pidns_ns_count_drop(struct pidns_ns *rec, const struct pidns_origin *o);
void pidns_ns_count_ignored(struct pidns_ns *rec);
void pidns_ns_count_kill(struct pidns_ns *rec, const struct pidns_origin *o);
void pidns_ns_counts_read(struct pidns_ns *rec, struct pidns_counts *counts);

#endif /* _PIDNS_NS_H */
