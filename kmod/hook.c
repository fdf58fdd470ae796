// SPDX-License-Identifier: GPL-2.0
/*
 * The table of hooks, and what is the same for all of them.
 */
#include "hook.h"

#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>

#include "param.h"
#include "stats.h"

#include <uapi/linux/pidns_probe.h>

/**
 * struct pidns_hook - A row of the table.
 * @name: What it is for.
 * @loss: What is lost without it.
 * @required: The module is of no use, or not safe, without it.
 * @hit: Counter of its hits.
 * @way: Ways to attach it, best first.
 * @active: The one that it is attached by, NULL if by none.
 * @state: enum pidns_probe_hook_state, as last tested.
 */
struct pidns_hook {
	const char *name;
	const char *loss;
	bool required;
	enum pidns_stat hit;
	struct pidns_probe *way[2];
	struct pidns_probe *active;
	u32 state;
};

enum {
	HOOK_SELF,
	HOOK_DEATH,
	HOOK_BIRTH,
	HOOK_END,
	HOOK_DEQUEUE,
	HOOK_SIGNAL,
	HOOK_BEGIN,
};

/*
 * Attached in this order, detached in reverse: what a drop or a teardown looks
 * up is there first, and a teardown is seen from its begin on or not at all.
 */
static struct pidns_hook hooks[] = {
	[HOOK_SELF] = {
		.name = "self-test",
		.loss = "kprobes that somebody disarmed are not noticed",
		.hit = PIDNS_STAT_HIT_SELF,
		.way = { &pidns_probe_self },
	},
	[HOOK_DEATH] = {
		.name = "death",
		.loss = "dead namespaces are forgotten only when somebody asks for a list",
		.hit = PIDNS_STAT_HIT_DEATH,
		.way = { &pidns_probe_proc_free_inum },
	},
	[HOOK_BIRTH] = {
		.name = "birth",
		.loss = "new namespaces are found late, and without an event",
		.hit = PIDNS_STAT_HIT_BIRTH,
		.way = { &pidns_probe_copy_pid_ns },
	},
	[HOOK_END] = {
		.name = "teardown-end",
		.loss = "teardowns never seem to end",
		.required = true,
		.hit = PIDNS_STAT_HIT_END,
		.way = { &pidns_probe_acct_exit_ns, &pidns_probe_zap_return },
	},
	[HOOK_DEQUEUE] = {
		.name = "dequeue",
		.loss = "drops of blocked signals are not seen, and victims seem less graceful",
		.hit = PIDNS_STAT_HIT_DEQUEUE,
		.way = { &pidns_probe_signal_deliver },
	},
	[HOOK_SIGNAL] = {
		.name = "signal",
		.loss = "drops and victims are not seen",
		.required = true,
		.hit = PIDNS_STAT_HIT_SIGNAL,
		.way = { &pidns_probe_prepare_signal,
			 &pidns_probe_signal_generate },
	},
	[HOOK_BEGIN] = {
		.name = "teardown-begin",
		.loss = "teardowns are not seen",
		.required = true,
		.hit = PIDNS_STAT_HIT_BEGIN,
		.way = { &pidns_probe_zap },
	},
};

/* Protects the table once the family is registered. May sleep inside. */
static DEFINE_MUTEX(hook_mutex);
static u64 loaded;

struct tracepoint_search {
	const char *name;
	struct tracepoint *found;
};

static void tracepoint_match(struct tracepoint *tp, void *priv)
{
	struct tracepoint_search *s = priv;

	if (!strcmp(tp->name, s->name))
		s->found = tp;
}

static int attach_tracepoint(struct pidns_probe *p)
{
	struct tracepoint_search s = { .name = p->symbol };

	for_each_kernel_tracepoint(tracepoint_match, &s);
	p->tp = s.found;
	if (!p->tp)
		return -ENOENT;
	return tracepoint_probe_register(p->tp, p->fn, NULL);
}

static int probe_attach(struct pidns_probe *p)
{
	if (pidns_param_hook_skip(p->symbol))
		return -ENOENT;
	switch (p->kind) {
	case PIDNS_PROBE_KPROBE:
		p->kp.symbol_name = p->symbol;
		return register_kprobe(&p->kp);
	case PIDNS_PROBE_KRETPROBE:
		p->rp.kp.symbol_name = p->symbol;
		return register_kretprobe(&p->rp);
	case PIDNS_PROBE_TRACEPOINT:
		return attach_tracepoint(p);
	}
	return -EINVAL;
}

/* When this returns no handler runs any more, and none will. */
static void probe_detach(struct pidns_probe *p)
{
	switch (p->kind) {
	case PIDNS_PROBE_KPROBE:
		unregister_kprobe(&p->kp);
		break;
	case PIDNS_PROBE_KRETPROBE:
		unregister_kretprobe(&p->rp);
		break;
	case PIDNS_PROBE_TRACEPOINT:
		tracepoint_probe_unregister(p->tp, p->fn, NULL);
		tracepoint_synchronize_unregister();
		break;
	}
}

static int hook_attach(struct pidns_hook *h)
{
	int err = -ENOENT;
	int i;

	for (i = 0; i < ARRAY_SIZE(h->way) && h->way[i]; i++) {
		err = probe_attach(h->way[i]);
		if (!err) {
			h->active = h->way[i];
			h->state = PIDNS_PROBE_HOOK_STATE_ARMED;
			if (i)
				pr_info("cannot hook %s, using %s for %s\n",
					h->way[0]->symbol, h->active->symbol,
					h->name);
			return 0;
		}
	}
	if (h->required) {
		pr_err("cannot hook %s (error %d), and without it %s: not loaded\n",
		       h->way[0]->symbol, err, h->loss);
		return -EOPNOTSUPP;
	}
	pr_warn("cannot hook %s (error %d): %s\n", h->way[0]->symbol, err,
		h->loss);
	return 0;
}

static void hook_detach(struct pidns_hook *h)
{
	if (!h->active)
		return;
	probe_detach(h->active);
	h->active = NULL;
	h->state = PIDNS_PROBE_HOOK_STATE_MISSING;
}

/**
 * pidns_hook_lock() - Begin to read the table.
 *
 * Context: Process context, may sleep.
 */
void pidns_hook_lock(void)
{
	mutex_lock(&hook_mutex);
}

/**
 * pidns_hook_unlock() - End reading the table.
 */
void pidns_hook_unlock(void)
{
	mutex_unlock(&hook_mutex);
}

/**
 * pidns_hook_test() - Find out which hooks work.
 *
 * A kprobe stays registered, and says nothing, when somebody disarms it by
 * kernel.ftrace_enabled=0 or debugfs kprobes/enabled=0.  Both disarm every
 * kprobe that is attached as ours are, so one of our own tells of all of them;
 * that on signals is tested by a signal.
 *
 * Context: Process context, may sleep. pidns_hook_lock() held.
 */
void pidns_hook_test(void)
{
	u32 kprobes = PIDNS_PROBE_HOOK_STATE_UNKNOWN;
	struct pidns_hook *h;

	lockdep_assert_held(&hook_mutex);

	if (hooks[HOOK_SELF].active)
		kprobes = pidns_hook_self_test() ?
				  PIDNS_PROBE_HOOK_STATE_ARMED :
				  PIDNS_PROBE_HOOK_STATE_DISARMED;
	for (h = hooks; h < hooks + ARRAY_SIZE(hooks); h++)
		if (h->active && h->active->kind != PIDNS_PROBE_TRACEPOINT)
			h->state = kprobes;

	h = &hooks[HOOK_SIGNAL];
	if (h->active)
		h->state = pidns_hook_self_test_signal() ?
				   PIDNS_PROBE_HOOK_STATE_ARMED :
				   PIDNS_PROBE_HOOK_STATE_DISARMED;
}

static u32 kprobe_attach(struct kprobe *kp)
{
	if (kprobe_ftrace(kp))
		return PIDNS_PROBE_HOOK_ATTACH_FTRACE;
	if (kprobe_optimized(kp))
		return PIDNS_PROBE_HOOK_ATTACH_OPTIMIZED;
	return PIDNS_PROBE_HOOK_ATTACH_BREAKPOINT;
}

static u32 probe_attached_as(struct pidns_probe *p)
{
	switch (p->kind) {
	case PIDNS_PROBE_KPROBE:
		return kprobe_attach(&p->kp);
	case PIDNS_PROBE_KRETPROBE:
		return kprobe_attach(&p->rp.kp);
	default:
		return PIDNS_PROBE_HOOK_ATTACH_TRACEPOINT;
	}
}

static u64 probe_misses(struct pidns_probe *p)
{
	switch (p->kind) {
	case PIDNS_PROBE_KPROBE:
		return p->kp.nmissed;
	case PIDNS_PROBE_KRETPROBE:
		return p->rp.kp.nmissed + p->rp.nmissed;
	default:
		return 0;
	}
}

/**
 * pidns_hook_report() - Tell of a hook.
 * @i: Its place in the table.
 * @r: Filled in.
 *
 * Context: Process context. pidns_hook_lock() held.
 * Return: false if there is no such place.
 */
bool pidns_hook_report(unsigned int i, struct pidns_hook_report *r)
{
	struct pidns_hook *h;

	lockdep_assert_held(&hook_mutex);

	if (i >= ARRAY_SIZE(hooks))
		return false;
	h = &hooks[i];
	*r = (struct pidns_hook_report){
		.name = h->name,
		.symbol = h->way[0]->symbol,
		.loss = h->loss,
		.attach = PIDNS_PROBE_HOOK_ATTACH_NONE,
		.state = h->state,
		.hits = pidns_stat_read(h->hit),
	};
	if (h->active) {
		r->symbol = h->active->symbol;
		r->attach = probe_attached_as(h->active);
		r->misses = probe_misses(h->active);
	}
	return true;
}

/**
 * pidns_hook_loaded() - Since when the hooks are attached.
 *
 * Return: CLOCK_BOOTTIME, 0 while they are not all attached.
 */
u64 pidns_hook_loaded(void)
{
	return READ_ONCE(loaded);
}

/**
 * pidns_hook_signal_backend() - By what signals are seen.
 *
 * Context: Process context, may sleep.
 * Return: Its name.
 */
const char *pidns_hook_signal_backend(void)
{
	const char *name = "none";

	mutex_lock(&hook_mutex);
	if (hooks[HOOK_SIGNAL].active == &pidns_probe_prepare_signal)
		name = "kprobe";
	else if (hooks[HOOK_SIGNAL].active)
		name = "tracepoint";
	mutex_unlock(&hook_mutex);
	return name;
}

static bool any_disarmed(void)
{
	struct pidns_hook *h;

	for (h = hooks; h < hooks + ARRAY_SIZE(hooks); h++)
		if (h->state == PIDNS_PROBE_HOOK_STATE_DISARMED)
			return true;
	return false;
}

/**
 * pidns_hook_init() - Attach the hooks.
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative error, with a sentence in the log.
 */
int __init pidns_hook_init(void)
{
	int i, err = 0;

	if (pidns_param_signal_tracepoint())
		hooks[HOOK_SIGNAL].way[0] = hooks[HOOK_SIGNAL].way[1];

	mutex_lock(&hook_mutex);
	for (i = 0; i < ARRAY_SIZE(hooks) && !err; i++)
		err = hook_attach(&hooks[i]);
	if (!err) {
		pidns_hook_test();
		if (any_disarmed())
			pr_warn("kprobes are disarmed and much will not be seen (kernel.ftrace_enabled, debugfs kprobes/enabled)\n");
		WRITE_ONCE(loaded, ktime_get_boottime_ns());
	}
	mutex_unlock(&hook_mutex);
	if (err)
		pidns_hook_exit();
	return err;
}

/**
 * pidns_hook_exit() - Detach the hooks.
 *
 * When it returns no handler runs any more, and none will.
 *
 * Context: Process context, may sleep.
 */
void pidns_hook_exit(void)
{
	int i;

	mutex_lock(&hook_mutex);
	for (i = ARRAY_SIZE(hooks) - 1; i >= 0; i--)
		hook_detach(&hooks[i]);
	mutex_unlock(&hook_mutex);
}
