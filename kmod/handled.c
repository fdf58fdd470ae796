// SPDX-License-Identifier: GPL-2.0
/*
 * The processes whose SIGTERM handler has run, so that a teardown can tell
 * those that it killed without a chance.
 *
 * A small set-associative cache: what is in it is known by the number and the
 * start time of a process, and by how often it has called exec, as a new program
 * has new handlers.  Nobody needs to take it out when it ends.  When a set is
 * full of processes that live, the oldest is forgotten, which is counted.
 */
#include "handled.h"

#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "stats.h"

#define HANDLED_SETS_BITS	9
#define HANDLED_WAYS		8

/**
 * struct handled - A program whose handler has run.
 * @start: Start of its process.
 * @execs: How many programs the process has run before.
 * @tgid: Number of the process. 0 if this is free.
 */
struct handled {
	u64 start;
	u64 execs;
	pid_t tgid;
};

/* Protects the sets. Taken with a siglock held and interrupts off; a leaf. */
static DEFINE_RAW_SPINLOCK(lock);
static struct handled sets[BIT(HANDLED_SETS_BITS)][HANDLED_WAYS];
static u8 oldest[BIT(HANDLED_SETS_BITS)];

static bool is_same(const struct handled *h, const struct task_struct *leader)
{
	return h->tgid == leader->tgid && h->start == leader->start_boottime &&
	       h->execs == READ_ONCE(leader->self_exec_id);
}
NOKPROBE_SYMBOL(is_same);

static struct handled *find(unsigned int set, const struct task_struct *leader)
{
	struct handled *h = sets[set];
	int i;

	for (i = 0; i < HANDLED_WAYS; i++)
		if (is_same(&h[i], leader))
			return &h[i];
	return NULL;
}
NOKPROBE_SYMBOL(find);

static bool is_gone(const struct handled *h)
{
	struct task_struct *p;
	bool gone;

	rcu_read_lock();
	p = pid_task(find_pid_ns(h->tgid, &init_pid_ns), PIDTYPE_TGID);
	gone = !p || !is_same(h, p);
	rcu_read_unlock();
	return gone;
}
NOKPROBE_SYMBOL(is_gone);

/* A free way, or that of a process that has ended, or the oldest. */
static struct handled *way_for(unsigned int set)
{
	struct handled *h = sets[set];
	int i;

	for (i = 0; i < HANDLED_WAYS; i++)
		if (!h[i].tgid)
			return &h[i];
	for (i = 0; i < HANDLED_WAYS; i++)
		if (is_gone(&h[i]))
			return &h[i];
	pidns_stat_inc(PIDNS_STAT_HANDLERS_FORGOTTEN);
	return &h[oldest[set]++ % HANDLED_WAYS];
}
NOKPROBE_SYMBOL(way_for);

/**
 * pidns_handled_add() - A process runs its SIGTERM handler.
 * @p: A thread of it.
 *
 * Context: @p's siglock held, interrupts off.
 */
void pidns_handled_add(struct task_struct *p)
{
	unsigned int set = hash_32(p->tgid, HANDLED_SETS_BITS);
	const struct task_struct *leader = p->group_leader;
	struct handled *h;

	raw_spin_lock(&lock);
	if (!find(set, leader)) {
		h = way_for(set);
		h->start = leader->start_boottime;
		h->execs = READ_ONCE(leader->self_exec_id);
		h->tgid = leader->tgid;
	}
	raw_spin_unlock(&lock);
}
NOKPROBE_SYMBOL(pidns_handled_add);

/**
 * pidns_handled_find() - Whether a process has run its SIGTERM handler.
 * @p: A thread of it.
 *
 * Context: @p's siglock held, interrupts off.
 * Return: true if it has, and was not forgotten.
 */
bool pidns_handled_find(struct task_struct *p)
{
	unsigned int set = hash_32(p->tgid, HANDLED_SETS_BITS);
	bool found;

	raw_spin_lock(&lock);
	found = find(set, p->group_leader);
	raw_spin_unlock(&lock);
	return found;
}
NOKPROBE_SYMBOL(pidns_handled_find);
