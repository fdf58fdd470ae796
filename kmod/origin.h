/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_ORIGIN_H
#define _PIDNS_ORIGIN_H

#include <linux/sched.h>
#include <linux/types.h>

struct kernel_siginfo;
struct pid_namespace;

/**
 * struct pidns_origin - A signal, and where it came from.
 * @time: CLOCK_BOOTTIME.
 * @pid: Process id of the sender, in the initial namespace. 0 if unknown.
 * @ns_pid: The same in the namespace of the target. 0 if it has none there.
 * @sig: Signal. 0 if there is no signal to tell of.
 * @when: enum pidns_probe_when.
 * @sender: enum pidns_probe_sender.
 * @comm: Name of the sending thread. Empty if unknown.
 */
struct pidns_origin {
	u64 time;
	u32 pid;
	u32 ns_pid;
	u8 sig;
	u8 when;
	u8 sender;
	char comm[TASK_COMM_LEN];
};

/**
 * pidns_time_since() - How long ago something was.
 * @now: CLOCK_BOOTTIME.
 * @then: The same, before.
 *
 * The clock that probes use may step back a little, between CPUs as well.
 *
 * Context: Any.
 * Return: Nanoseconds, 0 if @then is not before @now.
 */
static inline u64 pidns_time_since(u64 now, u64 then)
{
	return now > then ? now - then : 0;
}

bool pidns_origin_in_kernel(void);
void pidns_origin_sent(struct pidns_origin *o, int sig,
		       const struct pid_namespace *ns, bool force);
void pidns_origin_dequeued(struct pidns_origin *o, int sig,
			   const struct kernel_siginfo *info, u8 sender);

#endif /* _PIDNS_ORIGIN_H */
