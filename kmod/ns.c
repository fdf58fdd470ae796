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

#include "stats.h"
#include "teardown.h"

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
 * pidns_ns_find_inum() - The record with an inode number.
 * @inum: Inode number.
 *
 * Context: RCU read side, any.
 * Return: The record, NULL if there is none.
 */
struct pidns_ns *pidns_ns_find_inum(u32 inum)
{
	struct pidns_ns *rec;

	hlist_for_each_entry_rcu(rec, &by_inum[ns_hash(inum)], node)
		if (rec->inum == inum)
			return rec;
	return NULL;
}
NOKPROBE_SYMBOL(pidns_ns_find_inum);

/**
 * pidns_ns_find() - The record of a namespace.
 * @ns: The namespace.
 *
 * Context: RCU read side, any.
 * Return: The record, NULL if there is none.
 */
struct pidns_ns *pidns_ns_find(const struct pid_namespace *ns)
{
	struct pidns_ns *rec = pidns_ns_find_inum(ns->ns.inum);

	return rec && rec->ns == ns ? rec : NULL;
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
	parent = pidns_ns_find(ns->parent);
	if (parent)
		id = parent->id;
	rcu_read_unlock();
	return id;
}

static void ns_unlink(struct pidns_ns *rec)
{
	lockdep_assert_held(&by_id.xa_lock);

	__xa_erase(&by_id, rec->id);
	hlist_del_rcu(&rec->node);
	WRITE_ONCE(generation, generation + 1);
	WRITE_ONCE(count, count - 1);
}

static bool ns_link(struct pidns_ns *rec)
{
	lockdep_assert_held(&by_id.xa_lock);

	rec->id = last_id + 1;
	if (xa_is_err(__xa_store(&by_id, rec->id, rec, GFP_ATOMIC)))
		return false;
	last_id++;
	hlist_add_head_rcu(&rec->node, &by_inum[ns_hash(rec->inum)]);
	WRITE_ONCE(generation, generation + 1);
	WRITE_ONCE(count, count + 1);
	return true;
}

static void ns_bury(struct pidns_ns *rec)
{
	pidns_teardown_abandon(rec);
	pidns_stat_inc(PIDNS_STAT_DIED);
	call_rcu(&rec->rcu, ns_free_rcu);
}

/*
 * Puts a record into the table, or finds that there is one already.  One with
 * the same number that is not the same namespace is of one that has died
 * without our having seen it.
 */
static struct pidns_ns *ns_insert(struct pidns_ns *rec)
{
	struct pidns_ns *in_table = rec;
	unsigned long flags;
	struct pidns_ns *old;

	xa_lock_irqsave(&by_id, flags);
	old = pidns_ns_find_inum(rec->inum);
	if (old && old->ns == rec->ns && !rec->born) {
		in_table = old;
		old = NULL;
	} else {
		if (old)
			ns_unlink(old);
		if (!ns_link(rec))
			in_table = NULL;
	}
	xa_unlock_irqrestore(&by_id, flags);
	if (old) {
		pidns_stat_inc(PIDNS_STAT_DEATHS_MISSED);
		ns_bury(old);
	}
	return in_table;
}

static struct pidns_ns *ns_add(struct pid_namespace *ns,
			       enum pidns_ns_found how)
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
	rec->born = how == PIDNS_NS_BORN ? ktime_get_boot_fast_ns() : 0;
	seqcount_init(&rec->seq);

	in_table = ns_insert(rec);
	if (in_table == rec) {
		pidns_stat_inc(PIDNS_STAT_BORN);
		if (how == PIDNS_NS_LATE)
			pidns_stat_inc(PIDNS_STAT_BIRTHS_MISSED);
		return rec;
	}
	if (!in_table)
		pidns_stat_inc(PIDNS_STAT_NO_RECORD);
	kmem_cache_free(cache, rec);
	return in_table;
}

static bool ns_known(struct pid_namespace *ns)
{
	bool known;

	rcu_read_lock();
	known = pidns_ns_find(ns);
	rcu_read_unlock();
	return known;
}

/**
 * pidns_ns_add() - Make the record of a namespace, unless it has one.
 * @ns: The namespace. It cannot die meanwhile.
 * @how: How it came to be known.
 *
 * Its ancestors get theirs before, so that each finds the id of its parent.
 *
 * Context: Process context; may be called from a probe, does not sleep.
 * Return: The record, valid as long as @ns lives, NULL if there is no memory,
 * which is counted.
 */
struct pidns_ns *pidns_ns_add(struct pid_namespace *ns,
			      enum pidns_ns_found how)
{
	struct pid_namespace *a;
	unsigned int level = ns->level;

	if (ns->parent && !ns_known(ns->parent))
		level = 0;
	for (; level < ns->level; level++) {
		for (a = ns->parent; a->level > level; a = a->parent)
			;
		if (!ns_known(a))
			ns_add(a, how == PIDNS_NS_OLD ? how : PIDNS_NS_LATE);
	}
	return ns_add(ns, how);
}

/**
 * pidns_ns_forget() - Take a record out of the table, unless it is out.
 * @rec: Record.
 *
 * Context: RCU read side, any.
 */
void pidns_ns_forget(struct pidns_ns *rec)
{
	unsigned long flags;
	bool found;

	xa_lock_irqsave(&by_id, flags);
	found = pidns_ns_find_id(rec->id) == rec;
	if (found)
		ns_unlink(rec);
	xa_unlock_irqrestore(&by_id, flags);
	if (found)
		ns_bury(rec);
}
NOKPROBE_SYMBOL(pidns_ns_forget);

/**
 * pidns_ns_remove() - A namespace is dying; forget it.
 * @inum: Inode number, possibly of a namespace of another type.
 *
 * Context: Any, in proc_free_inum(): the number is not free yet.
 */
void pidns_ns_remove(u32 inum)
{
	struct pidns_ns *rec;

	rcu_read_lock();
	rec = pidns_ns_find_inum(inum);
	if (rec)
		pidns_ns_forget(rec);
	rcu_read_unlock();
}
NOKPROBE_SYMBOL(pidns_ns_remove);

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
