/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_HOOK_H
#define _PIDNS_HOOK_H

#include <linux/kprobes.h>
#include <linux/types.h>

struct tracepoint;

enum pidns_probe_kind {
	PIDNS_PROBE_KPROBE,
	PIDNS_PROBE_KRETPROBE,
	PIDNS_PROBE_TRACEPOINT,
};

/**
 * struct pidns_probe - One way to attach a hook.
 * @kind: Which of the following is in use.
 * @symbol: Kernel function or tracepoint.
 * @kp: A kprobe, with its handler set.
 * @rp: A kretprobe, with its handlers set.
 * @fn: The function to call from the tracepoint.
 * @tp: The tracepoint, once found.
 */
struct pidns_probe {
	enum pidns_probe_kind kind;
	const char *symbol;
	union {
		struct kprobe kp;
		struct kretprobe rp;
		struct {
			void *fn;
			struct tracepoint *tp;
		};
	};
};

/**
 * struct pidns_hook_report - What there is to tell of a hook.
 * @name: What it is for.
 * @symbol: What it is on, or would be.
 * @loss: What is lost without it.
 * @attach: enum pidns_probe_hook_attach.
 * @state: enum pidns_probe_hook_state, as last tested.
 * @hits: How often it was hit.
 * @misses: How often the kernel skipped it.
 */
struct pidns_hook_report {
	const char *name;
	const char *symbol;
	const char *loss;
	u32 attach;
	u32 state;
	u64 hits;
	u64 misses;
};

/* hook_signal.c */
extern struct pidns_probe pidns_probe_prepare_signal;
extern struct pidns_probe pidns_probe_signal_generate;
extern struct pidns_probe pidns_probe_signal_deliver;
/* hook_teardown.c */
extern struct pidns_probe pidns_probe_zap;
extern struct pidns_probe pidns_probe_acct_exit_ns;
extern struct pidns_probe pidns_probe_zap_return;
/* hook_life.c */
extern struct pidns_probe pidns_probe_copy_pid_ns;
extern struct pidns_probe pidns_probe_proc_free_inum;
/* hook_self.c */
extern struct pidns_probe pidns_probe_self;

bool pidns_hook_self_test(void);
bool pidns_hook_self_test_signal(void);

int pidns_hook_init(void);
void pidns_hook_exit(void);

void pidns_hook_lock(void);
void pidns_hook_unlock(void);
void pidns_hook_test(void);
bool pidns_hook_report(unsigned int i, struct pidns_hook_report *r);
u64 pidns_hook_loaded(void);
const char *pidns_hook_signal_backend(void);

#endif /* _PIDNS_HOOK_H */
