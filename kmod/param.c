// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters.
 */
#include "param.h"

#include <linux/log2.h>
#include <linux/module.h>
#include <linux/string.h>

unsigned int pidns_param_history = 256;
module_param_named(history, pidns_param_history, uint, 0444);
MODULE_PARM_DESC(history, "how many ended teardowns to remember (1 to 65536, default 256)");

unsigned int pidns_param_ring = 256;
module_param_named(ring, pidns_param_ring, uint, 0444);
MODULE_PARM_DESC(ring, "events that wait on each CPU for the worker (power of two, 16 to 65536, default 256)");

unsigned int pidns_param_stuck_ms = 10000;
module_param_named(stuck_ms, pidns_param_stuck_ms, uint, 0644);
MODULE_PARM_DESC(stuck_ms, "milliseconds after which a teardown counts as stuck (default 10000)");

unsigned int pidns_param_stop_window_ms = 600000;
module_param_named(stop_window_ms, pidns_param_stop_window_ms, uint, 0644);
MODULE_PARM_DESC(stop_window_ms, "milliseconds from the first dropped stop signal in which further ones, and the end, belong to the same attempt to stop (default 600000)");

static char *signal_hook = "kprobe";
module_param(signal_hook, charp, 0444);
MODULE_PARM_DESC(signal_hook, "how signals are seen: kprobe (on prepare_signal, default) or tracepoint (signal_generate)");

static char *hook_skip = "";
module_param(hook_skip, charp, 0444);
MODULE_PARM_DESC(hook_skip, "kernel symbols to treat as missing, separated by commas (for tests)");

/**
 * pidns_param_check() - Refuse parameters that make no sense.
 *
 * Return: 0 or -EINVAL, with a sentence in the log.
 */
int __init pidns_param_check(void)
{
	if (pidns_param_history < 1 || pidns_param_history > 65536) {
		pr_err("history=%u is not between 1 and 65536\n",
		       pidns_param_history);
		return -EINVAL;
	}
	if (!is_power_of_2(pidns_param_ring) || pidns_param_ring < 16 ||
	    pidns_param_ring > 65536) {
		pr_err("ring=%u is not a power of two between 16 and 65536\n",
		       pidns_param_ring);
		return -EINVAL;
	}
	if (strcmp(signal_hook, "kprobe") && strcmp(signal_hook, "tracepoint")) {
		pr_err("signal_hook=%s is neither kprobe nor tracepoint\n",
		       signal_hook);
		return -EINVAL;
	}
	return 0;
}

/**
 * pidns_param_signal_tracepoint() - Which backend sees signals.
 *
 * Return: true for the tracepoint, false for the kprobe.
 */
bool pidns_param_signal_tracepoint(void)
{
	return !strcmp(signal_hook, "tracepoint");
}

/**
 * pidns_param_hook_skip() - Whether to pretend that a symbol is missing.
 * @symbol: Kernel function or tracepoint.
 *
 * Return: true if so.
 */
bool pidns_param_hook_skip(const char *symbol)
{
	size_t len = strlen(symbol);
	const char *s = hook_skip;

	while (*s) {
		size_t n = strcspn(s, ",");

		if (n == len && !strncmp(s, symbol, n))
			return true;
		s += n + (s[n] == ',');
	}
	return false;
}
