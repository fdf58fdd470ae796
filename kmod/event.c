// SPDX-License-Identifier: GPL-2.0
/*
 * From the probes to the listeners.
 *
 * A probe may hold a siglock, and to wake a listener may raise SIGIO, which
 * takes one.  So it only puts an event into the ring of its CPU; an irq_work
 * starts a work item as soon as interrupts are on again, and that one sends.
 */
#include "event.h"

#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "notify.h"
#include "param.h"
#include "scan.h"
#include "stats.h"

/**
 * struct event_ring - Events of a CPU that wait to be sent.
 * @head: Where the next one goes. Written by the CPU, interrupts off.
 * @tail: Where the oldest one is. Written by the worker.
 * @slot: The events, pidns_param_ring of them.
 */
struct event_ring {
	u32 head;
	u32 tail;
	struct pidns_event *slot;
};

static DEFINE_PER_CPU(struct event_ring, rings);
static struct workqueue_struct *event_wq;
static unsigned long pending;	/* bit 0: the worker is on its way */
static unsigned long wanted;	/* bit 0: namespaces without a record exist */

/* The CPU whose oldest event is the oldest of all, -1 if there is no event. */
static int oldest_cpu(void)
{
	u64 best = U64_MAX;
	int cpu, found = -1;

	for_each_possible_cpu(cpu) {
		struct event_ring *r = per_cpu_ptr(&rings, cpu);
		struct pidns_event *e;

		/* Pairs with ring_push(). */
		if (smp_load_acquire(&r->head) == r->tail)
			continue;
		e = &r->slot[r->tail & (pidns_param_ring - 1)];
		if (e->origin.time < best) {
			best = e->origin.time;
			found = cpu;
		}
	}
	return found;
}

static void drain(void)
{
	struct pidns_event e;
	struct event_ring *r;
	int cpu;

	while ((cpu = oldest_cpu()) >= 0) {
		r = per_cpu_ptr(&rings, cpu);
		e = r->slot[r->tail & (pidns_param_ring - 1)];
		/* Pairs with ring_push(): the slot is free from here on. */
		smp_store_release(&r->tail, r->tail + 1);
		pidns_notify_add(&e);
		cond_resched();
	}
	pidns_notify_send();
}

static void event_work_fn(struct work_struct *work)
{
	clear_bit(0, &pending);
	/* What is pushed from here on starts us again. */
	smp_mb__after_atomic();
	if (test_and_clear_bit(0, &wanted))
		pidns_scan();
	drain();
}

static DECLARE_WORK(event_work, event_work_fn);

static void event_irq_fn(struct irq_work *work)
{
	queue_work(event_wq, &event_work);
}

static struct irq_work event_irq;

static void kick(void)
{
	if (!test_and_set_bit(0, &pending))
		irq_work_queue(&event_irq);
}
NOKPROBE_SYMBOL(kick);

static void ring_push(enum pidns_event_type type, u64 key, u32 inum,
		      const struct pidns_origin *o)
{
	struct event_ring *r;
	struct pidns_event *e;
	unsigned long flags;

	local_irq_save(flags);
	r = this_cpu_ptr(&rings);
	/* Pairs with drain(). */
	if (r->head - smp_load_acquire(&r->tail) >= pidns_param_ring) {
		pidns_stat_inc(PIDNS_STAT_LOST_RING);
	} else {
		e = &r->slot[r->head & (pidns_param_ring - 1)];
		e->key = key;
		e->inum = inum;
		e->type = type;
		e->origin = *o;
		/* Pairs with oldest_cpu(). */
		smp_store_release(&r->head, r->head + 1);
	}
	local_irq_restore(flags);
	kick();
}
NOKPROBE_SYMBOL(ring_push);

/**
 * pidns_event_push() - Tell listeners, if there are any, of an event.
 * @type: Any but PIDNS_EVENT_DROP.
 * @key: Id of the namespace, or number of the teardown.
 * @inum: Inode number of the namespace.
 * @time: CLOCK_BOOTTIME.
 *
 * An event for which there is no room is counted as lost.
 *
 * Context: Any but NMI.
 */
void pidns_event_push(enum pidns_event_type type, u64 key, u32 inum, u64 time)
{
	struct pidns_origin o = { .time = time };

	if (pidns_notify_wanted())
		ring_push(type, key, inum, &o);
}
NOKPROBE_SYMBOL(pidns_event_push);

/**
 * pidns_event_push_drop() - Tell listeners, if there are any, of a drop.
 * @key: Id of the namespace, 0 if it has no record.
 * @inum: Its inode number.
 * @o: The signal.
 *
 * Context: siglock held, interrupts off.
 */
void pidns_event_push_drop(u64 key, u32 inum, const struct pidns_origin *o)
{
	if (pidns_notify_wanted())
		ring_push(PIDNS_EVENT_DROP, key, inum, o);
}
NOKPROBE_SYMBOL(pidns_event_push_drop);

/**
 * pidns_event_want_scan() - A namespace was met that has no record.
 *
 * Context: Any but NMI.
 */
void pidns_event_want_scan(void)
{
	set_bit(0, &wanted);
	kick();
}
NOKPROBE_SYMBOL(pidns_event_want_scan);

/**
 * pidns_event_init() - Make the rings.
 *
 * Return: 0 or -ENOMEM.
 */
int __init pidns_event_init(void)
{
	int cpu;

	init_irq_work(&event_irq, event_irq_fn);
	event_wq = alloc_workqueue("pidns_probe", WQ_UNBOUND, 1);
	if (!event_wq)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct event_ring *r = per_cpu_ptr(&rings, cpu);

		r->slot = kvcalloc(pidns_param_ring, sizeof(*r->slot),
				   GFP_KERNEL);
		if (!r->slot) {
			pidns_event_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * pidns_event_flush() - Wait until all events were sent.
 *
 * Context: Process context, may sleep. No hook is armed any more.
 */
void pidns_event_flush(void)
{
	irq_work_sync(&event_irq);
	flush_work(&event_work);
}

/**
 * pidns_event_exit() - Free the rings and the work queue.
 *
 * Context: Process context. After pidns_event_flush().
 */
void pidns_event_exit(void)
{
	int cpu;

	destroy_workqueue(event_wq);
	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(&rings, cpu)->slot);
}
