// SPDX-License-Identifier: GPL-2.0
/*
 * The processes whose SIGTERM handler has run, so that a teardown can tell
 * those that it killed without a chance.
 *
 * A small set-associative cache: a process in it is known by its start time
 * and number, and nobody needs to take it out when it ends.  When a set is
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

struct handled {
	u64 start;
	pid_t tgid;
};

/* Protects the sets. Taken with a siglock held and interrupts off; a leaf. */
static DEFINE_RAW_SPINLOCK(lock);
static struct handled sets[BIT(HANDLED_SETS_BITS)][HANDLED_WAYS];
static u8 oldest[BIT(HANDLED_SETS_BITS)];

static struct handled *find(unsigned int set, u64 start, pid_t tgid)
{
	struct handled *h = sets[set];
	int i;

	for (i = 0; i < HANDLED_WAYS; i++)
		if (h[i].tgid == tgid && h[i].start == start)
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
	gone = !p || p->start_boottime != h->start;
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
	u64 start = p->group_leader->start_boottime;
	struct handled *h;

	raw_spin_lock(&lock);
	if (!find(set, start, p->tgid)) {
		h = way_for(set);
		h->start = start;
		h->tgid = p->tgid;
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
	found = find(set, p->group_leader->start_boottime, p->tgid);
	raw_spin_unlock(&lock);
	return found;
}
NOKPROBE_SYMBOL(pidns_handled_find);
