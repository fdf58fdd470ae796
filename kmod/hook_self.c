// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks that are there to find out whether hooks work.
 */
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "hook.h"
#include "stats.h"

void pidns_hook_self_target(void);

/* A function of our own, to be probed. Not static, so that it keeps its name. */
noinline void pidns_hook_self_target(void)
{
	asm volatile("" ::: "memory");
}

static int self_pre(struct kprobe *kp, struct pt_regs *regs)
{
	pidns_stat_inc(PIDNS_STAT_HIT_SELF);
	return 0;
}
NOKPROBE_SYMBOL(self_pre);

struct pidns_probe pidns_probe_self = {
	.kind = PIDNS_PROBE_KPROBE,
	.symbol = "pidns_hook_self_target",
	.kp.pre_handler = self_pre,
};

/**
 * pidns_hook_self_test() - Whether kprobes are hit.
 *
 * Context: Process context.
 * Return: true if so.
 */
bool pidns_hook_self_test(void)
{
	u64 before = pidns_stat_read(PIDNS_STAT_HIT_SELF);

	pidns_hook_self_target();
	return pidns_stat_read(PIDNS_STAT_HIT_SELF) != before;
}

static bool signal_seen;

/*
 * A kernel worker ignores all signals, and SIGURG has no default action, so
 * this one has no effect in any case.  Nothing else can be sent from this CPU
 * meanwhile but from an interrupt, and that would not be seen either if ours
 * is not.
 */
static void self_signal_fn(struct work_struct *work)
{
	u64 before;

	preempt_disable();
	before = this_cpu_read(pidns_stats.count[PIDNS_STAT_HIT_SIGNAL]);
	send_sig(SIGURG, current, 0);
	signal_seen = this_cpu_read(pidns_stats.count[PIDNS_STAT_HIT_SIGNAL]) !=
		      before;
	preempt_enable();
}

static DECLARE_WORK(self_signal_work, self_signal_fn);

/**
 * pidns_hook_self_test_signal() - Whether signals are seen.
 *
 * Context: Process context, may sleep. pidns_hook_lock() held.
 * Return: true if so.
 */
bool pidns_hook_self_test_signal(void)
{
	schedule_work(&self_signal_work);
	flush_work(&self_signal_work);
	return signal_seen;
}
