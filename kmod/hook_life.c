// SPDX-License-Identifier: GPL-2.0
/*
 * Birth and death of namespaces.
 */
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include "event.h"
#include "hook.h"
#include "ns.h"
#include "stats.h"

/*
 * It allocates memory, so it may sleep: this many can be in it at once before
 * a birth is missed, which is counted, and made good when somebody asks.
 */
#define COPY_PID_NS_MAXACTIVE	256

/* copy_pid_ns(flags, user_ns, old_ns); most calls just take a reference. */
static int copy_pid_ns_entry(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	return !(regs_get_kernel_argument(regs, 0) & CLONE_NEWPID);
}
NOKPROBE_SYMBOL(copy_pid_ns_entry);

static int copy_pid_ns_return(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	struct pid_namespace *ns = (void *)regs_return_value(regs);
	struct pidns_ns *rec;
	unsigned long flags;

	pidns_stat_inc(PIDNS_STAT_HIT_BIRTH);
	if (IS_ERR_OR_NULL(ns))
		return 0;
	/* As in hook_teardown.c: deaths in an interrupt would be skipped. */
	local_irq_save(flags);
	rec = pidns_ns_add(ns, PIDNS_NS_BORN);
	if (rec)
		pidns_event_push(PIDNS_EVENT_NS_NEW, rec->id, rec->inum,
				 rec->born);
	local_irq_restore(flags);
	return 0;
}
NOKPROBE_SYMBOL(copy_pid_ns_return);

struct pidns_probe pidns_probe_copy_pid_ns = {
	.kind = PIDNS_PROBE_KRETPROBE,
	.symbol = "copy_pid_ns",
	.rp.entry_handler = copy_pid_ns_entry,
	.rp.handler = copy_pid_ns_return,
	.rp.maxactive = COPY_PID_NS_MAXACTIVE,
};

/* proc_free_inum(unsigned int inum), of a namespace of any type. */
static int proc_free_inum_pre(struct kprobe *kp, struct pt_regs *regs)
{
	pidns_stat_inc(PIDNS_STAT_HIT_DEATH);
	pidns_ns_remove(regs_get_kernel_argument(regs, 0));
	return 0;
}
NOKPROBE_SYMBOL(proc_free_inum_pre);

struct pidns_probe pidns_probe_proc_free_inum = {
	.kind = PIDNS_PROBE_KPROBE,
	.symbol = "proc_free_inum",
	.kp.pre_handler = proc_free_inum_pre,
};
