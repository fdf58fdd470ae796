// SPDX-License-Identifier: GPL-2.0
/*
 * Begin and end of zap_pid_ns_processes().
 *
 * It sleeps for the whole teardown, so a return probe would need an instance
 * for each that goes on; acct_exit_ns() is the last thing it calls.
 *
 * Interrupts are off in the handlers: one that comes meanwhile may end in RCU
 * callbacks which let a namespace die, and a probe on top of a probe is skipped.
 */
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>

#include "hook.h"
#include "stats.h"
#include "teardown.h"

/* Teardowns at once that the fallback can follow. */
#define ZAP_RETURN_MAXACTIVE	4096

/* zap_pid_ns_processes(struct pid_namespace *pid_ns) */
static int zap_pre(struct kprobe *kp, struct pt_regs *regs)
{
	unsigned long flags;

	pidns_stat_inc(PIDNS_STAT_HIT_BEGIN);
	local_irq_save(flags);
	pidns_teardown_begin((void *)regs_get_kernel_argument(regs, 0));
	local_irq_restore(flags);
	return 0;
}
NOKPROBE_SYMBOL(zap_pre);

struct pidns_probe pidns_probe_zap = {
	.kind = PIDNS_PROBE_KPROBE,
	.symbol = "zap_pid_ns_processes",
	.kp.pre_handler = zap_pre,
};

/* acct_exit_ns(struct pid_namespace *ns) */
static int acct_exit_ns_pre(struct kprobe *kp, struct pt_regs *regs)
{
	unsigned long flags;

	pidns_stat_inc(PIDNS_STAT_HIT_END);
	local_irq_save(flags);
	pidns_teardown_end((void *)regs_get_kernel_argument(regs, 0));
	local_irq_restore(flags);
	return 0;
}
NOKPROBE_SYMBOL(acct_exit_ns_pre);

struct pidns_probe pidns_probe_acct_exit_ns = {
	.kind = PIDNS_PROBE_KPROBE,
	.symbol = "acct_exit_ns",
	.kp.pre_handler = acct_exit_ns_pre,
};

/* current is in its namespace as long as it is not released. */
static int zap_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long flags;

	pidns_stat_inc(PIDNS_STAT_HIT_END);
	local_irq_save(flags);
	pidns_teardown_end(task_active_pid_ns(current));
	local_irq_restore(flags);
	return 0;
}
NOKPROBE_SYMBOL(zap_return);

struct pidns_probe pidns_probe_zap_return = {
	.kind = PIDNS_PROBE_KRETPROBE,
	.symbol = "zap_pid_ns_processes",
	.rp.handler = zap_return,
	.rp.maxactive = ZAP_RETURN_MAXACTIVE,
};
