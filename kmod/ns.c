// SPDX-License-Identifier: GPL-2.0
/*
 * Records of PID namespaces, from birth to death.
 */
#include "ns.h"

#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>

#include "param.h"
#include "stats.h"
#include "teardown.h"
#include "verdict.h"

/* Inode numbers come in sequence, so their low bits spread evenly. */
#define NS_HASH_BITS	11
#define ns_hash(inum)	((inum) & (BIT(NS_HASH_BITS) - 1))

static struct hlist_head by_inum[BIT(NS_HASH_BITS)];

/*
 * By id.  Its lock protects both tables, last_id and generation, and is taken
 * with interrupts off: namespaces die in RCU callbacks.
 */
static DEFINE_XARRAY_FLAGS(by_id, XA_FLAGS_LOCK_IRQ);
static u64 last_id;
static u32 generation;
static u32 count;

static struct kmem_cache *cache;

/**
 * pidns_ns_find() - The record of a namespace.
 * @inum: Inode number.
 *
 * Context: RCU read side, any.
 * Return: The record, NULL if there is none.
 */
struct pidns_ns *pidns_ns_find(u32 inum)
{
	struct pidns_ns *rec;

	hlist_for_each_entry_rcu(rec, &by_inum[ns_hash(inum)], node)
		if (rec->inum == inum)
			return rec;
	return NULL;
}
NOKPROBE_SYMBOL(pidns_ns_find);

/**
 * pidns_ns_find_id() - The record with an id.
 * @id: Id.
 *
 * Context: RCU read side, any.
 * Return: The record, NULL if there is none.
 */
struct pidns_ns *pidns_ns_find_id(u64 id)
{
	return xa_load(&by_id, id);
}

/**
 * pidns_ns_next() - The first record from an id on.
 * @id: Least id wanted. Set to that of the record.
 *
 * Context: RCU read side, any.
 * Return: The record, NULL if there is none.
 */
struct pidns_ns *pidns_ns_next(u64 *id)
{
	unsigned long index = *id;
	struct pidns_ns *rec;

	rec = xa_find(&by_id, &index, ULONG_MAX, XA_PRESENT);
	*id = index;
	return rec;
}

/**
 * pidns_ns_count() - How many records there are.
 *
 * Context: Any.
 * Return: The number.
 */
u32 pidns_ns_count(void)
{
	return READ_ONCE(count);
}

/**
 * pidns_ns_generation() - A number that changes with every birth and death.
 *
 * Context: Any.
 * Return: The number, never 0.
 */
u32 pidns_ns_generation(void)
{
	return READ_ONCE(generation) ?: 1;
}

static void ns_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct pidns_ns, rcu));
}

static u64 parent_id(struct pid_namespace *ns)
{
	struct pidns_ns *parent;
	u64 id = 0;

	if (!ns->parent)
		return 0;
	rcu_read_lock();
	parent = pidns_ns_find(ns->parent->ns.inum);
	if (parent)
		id = parent->id;
	rcu_read_unlock();
	return id;
}

/* Returns the record that is in the table, which may be another's. */
static struct pidns_ns *ns_insert(struct pidns_ns *rec)
{
	struct pidns_ns *old;
	unsigned long flags;

	xa_lock_irqsave(&by_id, flags);
	old = pidns_ns_find(rec->inum);
	if (!old) {
		rec->id = ++last_id;
		if (xa_is_err(__xa_store(&by_id, rec->id, rec, GFP_ATOMIC))) {
			xa_unlock_irqrestore(&by_id, flags);
			return NULL;
		}
		hlist_add_head_rcu(&rec->node, &by_inum[ns_hash(rec->inum)]);
		WRITE_ONCE(generation, generation + 1);
		WRITE_ONCE(count, count + 1);
	}
	xa_unlock_irqrestore(&by_id, flags);
	return old ?: rec;
}

/**
 * pidns_ns_add() - Make the record of a namespace, unless it has one.
 * @ns: The namespace. It cannot die meanwhile.
 * @born_now: It is being created.
 *
 * Context: Process context; may be called from a probe, does not sleep.
 * Return: The record, valid as long as @ns lives, NULL if there is no memory,
 * which is counted.
 */
struct pidns_ns *pidns_ns_add(struct pid_namespace *ns, bool born_now)
{
	struct pidns_ns *rec, *in_table;

	BUILD_BUG_ON(sizeof(*rec) > 1024);

	rec = kmem_cache_zalloc(cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!rec) {
		pidns_stat_inc(PIDNS_STAT_NO_RECORD);
		return NULL;
	}
	rec->ns = ns;
	rec->inum = ns->ns.inum;
	rec->level = ns->level;
	rec->owner = ns->user_ns->owner;
	rec->parent_id = parent_id(ns);
	rec->born = born_now ? ktime_get_boot_fast_ns() : 0;
	seqcount_init(&rec->seq);

	in_table = ns_insert(rec);
	if (in_table == rec) {
		pidns_stat_inc(PIDNS_STAT_BORN);
		return rec;
	}
	if (!in_table)
		pidns_stat_inc(PIDNS_STAT_NO_RECORD);
	kmem_cache_free(cache, rec);
	return in_table;
}

static void ns_unlink(struct pidns_ns *rec)
{
	lockdep_assert_held(&by_id.xa_lock);

	__xa_erase(&by_id, rec->id);
	hlist_del_rcu(&rec->node);
	WRITE_ONCE(generation, generation + 1);
	WRITE_ONCE(count, count - 1);
}

/**
 * pidns_ns_remove() - A namespace is dying; forget it.
 * @inum: Inode number, possibly of a namespace of another type.
 *
 * Context: Any, in proc_free_inum(): the number is not free yet.
 */
void pidns_ns_remove(u32 inum)
{
	struct pidns_ns *rec;
	unsigned long flags;

	rcu_read_lock();
	rec = pidns_ns_find(inum);
	rcu_read_unlock();
	/* Nobody else removes it, and the number is not used again before. */
	if (!rec)
		return;

	xa_lock_irqsave(&by_id, flags);
	ns_unlink(rec);
	xa_unlock_irqrestore(&by_id, flags);

	pidns_teardown_abandon(rec);
	pidns_stat_inc(PIDNS_STAT_DIED);
	call_rcu(&rec->rcu, ns_free_rcu);
}
NOKPROBE_SYMBOL(pidns_ns_remove);

/* The ancestors first, so that each finds the id of its parent. */
static void ns_add_with_ancestors(struct pid_namespace *ns)
{
	unsigned int level;

	for (level = 0; level <= ns->level; level++) {
		struct pid_namespace *a = ns;
		bool known;

		while (a->level > level)
			a = a->parent;
		rcu_read_lock();
		known = pidns_ns_find(a->ns.inum);
		rcu_read_unlock();
		if (!known)
			pidns_ns_add(a, false);
	}
}

/* A namespace without a process hangs on the one who will fork into it. */
static void ns_add_for_children(struct pid *pid)
{
	struct pid_namespace *ns = NULL;
	struct task_struct *p;

	p = get_pid_task(pid, PIDTYPE_PID);
	if (!p)
		return;
	task_lock(p);
	if (p->nsproxy)
		ns = get_pid_ns(p->nsproxy->pid_ns_for_children);
	task_unlock(p);
	put_task_struct(p);
	if (!ns)
		return;
	ns_add_with_ancestors(ns);
	put_pid_ns(ns);
}

/**
 * pidns_ns_scan() - Find the namespaces that have no record.
 *
 * Walks all pids of the host.  A reference to a struct pid pins its namespace,
 * so that a record cannot be made for one that has died.
 *
 * Context: Process context, may sleep.
 */
void pidns_ns_scan(void)
{
	struct pid *pid;
	int nr = 1;

	for (;; nr++) {
		rcu_read_lock();
		pid = get_pid(idr_get_next(&init_pid_ns.idr, &nr));
		rcu_read_unlock();
		if (!pid)
			break;
		ns_add_with_ancestors(ns_of_pid(pid));
		ns_add_for_children(pid);
		put_pid(pid);
		cond_resched();
	}
}

/**
 * pidns_ns_count_drop() - Count a drop.
 * @rec: Record of the namespace.
 * @o: The signal.
 *
 * Context: siglock of the init held, interrupts off; RCU read side.
 */
void pidns_ns_count_drop(struct pidns_ns *rec, const struct pidns_origin *o)
{
	struct pidns_counts *c = &rec->counts;
	u64 window = (u64)READ_ONCE(pidns_param_stop_window_ms) * NSEC_PER_MSEC;

	raw_write_seqcount_begin(&rec->seq);
	c->drops[o->sig - 1]++;
	c->when[o->when]++;
	c->sender[o->sender]++;
	c->last = *o;
	if (o->sender == PIDNS_PROBE_SENDER_ANCESTOR &&
	    pidns_verdict_stops(o->sig) &&
	    (!c->first_stop.sig || o->time - c->first_stop.time > window))
		c->first_stop = *o;
	raw_write_seqcount_end(&rec->seq);
	pidns_stat_inc(PIDNS_STAT_DROPS);
}
NOKPROBE_SYMBOL(pidns_ns_count_drop);

/**
 * pidns_ns_count_ignored() - Count a signal that is ignored and no drop.
 * @rec: Record of the namespace.
 *
 * Context: siglock of the init held, interrupts off; RCU read side.
 */
void pidns_ns_count_ignored(struct pidns_ns *rec)
{
	raw_write_seqcount_begin(&rec->seq);
	rec->counts.ignored++;
	raw_write_seqcount_end(&rec->seq);
	pidns_stat_inc(PIDNS_STAT_IGNORED);
}
NOKPROBE_SYMBOL(pidns_ns_count_ignored);

/**
 * pidns_ns_count_kill() - Note the SIGKILL that ends an init.
 * @rec: Record of the namespace.
 * @o: The signal.
 *
 * Context: siglock of the init held, interrupts off; RCU read side.
 */
void pidns_ns_count_kill(struct pidns_ns *rec, const struct pidns_origin *o)
{
	raw_write_seqcount_begin(&rec->seq);
	rec->counts.kill = *o;
	raw_write_seqcount_end(&rec->seq);
}
NOKPROBE_SYMBOL(pidns_ns_count_kill);

/**
 * pidns_ns_counts_read() - Copy the counts of a namespace, as one whole.
 * @rec: Record.
 * @counts: Filled in.
 *
 * Context: RCU read side, process context.
 */
void pidns_ns_counts_read(struct pidns_ns *rec, struct pidns_counts *counts)
{
	unsigned int seq;

	do {
		seq = raw_read_seqcount_begin(&rec->seq);
		*counts = rec->counts;
	} while (read_seqcount_retry(&rec->seq, seq));
}

/**
 * pidns_ns_init() - Make the tables.
 *
 * Return: 0 or -ENOMEM.
 */
int __init pidns_ns_init(void)
{
	cache = KMEM_CACHE(pidns_ns, SLAB_HWCACHE_ALIGN);
	return cache ? 0 : -ENOMEM;
}

/**
 * pidns_ns_exit() - Free all records.
 *
 * Context: Process context. No hook is armed, and nobody reads any more.
 */
void pidns_ns_exit(void)
{
	struct pidns_ns *rec;
	unsigned long id;

	xa_lock_irq(&by_id);
	xa_for_each(&by_id, id, rec) {
		ns_unlink(rec);
		call_rcu(&rec->rcu, ns_free_rcu);
	}
	xa_unlock_irq(&by_id);
	rcu_barrier();
	kmem_cache_destroy(cache);
}
