// SPDX-License-Identifier: GPL-2.0
/*
 * From records to messages.
 */
#include "fill.h"

#include <linux/string.h>
#include <net/genetlink.h>

#include "event.h"
#include "hook.h"
#include "msg.h"
#include "notify.h"
#include "ns.h"
#include "param.h"
#include "stats.h"
#include "teardown.h"
#include "view.h"

#include <uapi/linux/pidns_probe.h>

static int put_hook(struct sk_buff *skb, const struct pidns_hook_report *r,
		    bool quick)
{
	struct nlattr *nest = nla_nest_start(skb, PIDNS_PROBE_A_STATUS_HOOK);

	if (!nest || nla_put_string(skb, PIDNS_PROBE_A_HOOK_NAME, r->name) ||
	    nla_put_string(skb, PIDNS_PROBE_A_HOOK_SYMBOL, r->symbol) ||
	    nla_put_u32(skb, PIDNS_PROBE_A_HOOK_ATTACH, r->attach) ||
	    (!quick && nla_put_u32(skb, PIDNS_PROBE_A_HOOK_STATE, r->state)) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_HOOK_HITS, r->hits,
			  PIDNS_PROBE_A_HOOK_PAD) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_HOOK_MISSES, r->misses,
			  PIDNS_PROBE_A_HOOK_PAD) ||
	    nla_put_string(skb, PIDNS_PROBE_A_HOOK_LOSS, r->loss))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_hooks(struct sk_buff *skb, bool quick)
{
	struct pidns_hook_report r;
	unsigned int i;
	int err = 0;

	pidns_hook_lock();
	if (!quick)
		pidns_hook_test();
	for (i = 0; !err && pidns_hook_report(i, &r); i++)
		err = put_hook(skb, &r, quick);
	pidns_hook_unlock();
	return err;
}

/* The counters that the message has under their own names. */
static const struct {
	u16 attr;
	u16 stat;
} status_counters[] = {
	{ PIDNS_PROBE_A_STATUS_BORN, PIDNS_STAT_BORN },
	{ PIDNS_PROBE_A_STATUS_DIED, PIDNS_STAT_DIED },
	{ PIDNS_PROBE_A_STATUS_DROPS, PIDNS_STAT_DROPS },
	{ PIDNS_PROBE_A_STATUS_IGNORED, PIDNS_STAT_IGNORED },
	{ PIDNS_PROBE_A_STATUS_TEARDOWNS, PIDNS_STAT_TEARDOWNS },
	{ PIDNS_PROBE_A_STATUS_LOST_RING, PIDNS_STAT_LOST_RING },
	{ PIDNS_PROBE_A_STATUS_LOST_MEMORY, PIDNS_STAT_LOST_MEMORY },
	{ PIDNS_PROBE_A_STATUS_LOST_STALE, PIDNS_STAT_LOST_STALE },
	{ PIDNS_PROBE_A_STATUS_UNATTRIBUTED, PIDNS_STAT_UNATTRIBUTED },
	{ PIDNS_PROBE_A_STATUS_BIRTHS_MISSED, PIDNS_STAT_BIRTHS_MISSED },
	{ PIDNS_PROBE_A_STATUS_DEATHS_MISSED, PIDNS_STAT_DEATHS_MISSED },
	{ PIDNS_PROBE_A_STATUS_NO_RECORD, PIDNS_STAT_NO_RECORD },
	{ PIDNS_PROBE_A_STATUS_UNENDED, PIDNS_STAT_UNENDED },
	{ PIDNS_PROBE_A_STATUS_HANDLERS_FORGOTTEN,
	  PIDNS_STAT_HANDLERS_FORGOTTEN },
	{ PIDNS_PROBE_A_STATUS_MISMATCHES, PIDNS_STAT_MISMATCHES },
};

static int put_status_counters(struct sk_buff *skb)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(status_counters); i++)
		if (pidns_put_u64(skb, status_counters[i].attr,
				  pidns_stat_read(status_counters[i].stat),
				  PIDNS_PROBE_A_STATUS_PAD))
			return -EMSGSIZE;
	return 0;
}

/**
 * pidns_fill_status() - Make the message about the module itself.
 * @m: Message.
 * @quick: Do not test the hooks.
 *
 * Context: Process context, may sleep.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_fill_status(const struct pidns_msg *m, bool quick)
{
	struct sk_buff *skb = m->skb;
	void *hdr = pidns_msg_begin(m);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = nla_put_string(skb, PIDNS_PROBE_A_STATUS_VERSION,
			     PIDNS_VERSION) ||
	      nla_put_string(skb, PIDNS_PROBE_A_STATUS_SIGNAL_HOOK,
			     pidns_hook_signal_backend()) ||
	      pidns_put_time(skb, PIDNS_PROBE_A_STATUS_LOADED,
			     pidns_hook_loaded(), PIDNS_PROBE_A_STATUS_PAD) ||
	      nla_put_u32(skb, PIDNS_PROBE_A_STATUS_NAMESPACES,
			  pidns_ns_count()) ||
	      nla_put_u32(skb, PIDNS_PROBE_A_STATUS_TEARING_DOWN,
			  pidns_teardown_ongoing()) ||
	      put_status_counters(skb) ||
	      pidns_put_u64(skb, PIDNS_PROBE_A_STATUS_EVENTS,
			    pidns_notify_seq(), PIDNS_PROBE_A_STATUS_PAD) ||
	      nla_put_u32(skb, PIDNS_PROBE_A_STATUS_HISTORY,
			  pidns_param_history) ||
	      nla_put_u32(skb, PIDNS_PROBE_A_STATUS_STUCK_AFTER,
			  READ_ONCE(pidns_param_stuck_ms)) ||
	      nla_put_u32(skb, PIDNS_PROBE_A_STATUS_RECORD_SIZE,
			  sizeof(struct pidns_ns)) ||
	      put_hooks(skb, quick);
	return pidns_msg_end(m, hdr, err);
}

static int put_ns_identity(struct sk_buff *skb, const struct pidns_view *v)
{
	return pidns_put_u64(skb, PIDNS_PROBE_A_NS_ID, v->id,
			     PIDNS_PROBE_A_NS_PAD) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_NS_INUM, v->inum) ||
	       (v->parent_id &&
		pidns_put_u64(skb, PIDNS_PROBE_A_NS_PARENT_ID, v->parent_id,
			      PIDNS_PROBE_A_NS_PAD)) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_NS_LEVEL, v->level) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_NS_OWNER_UID,
			   from_kuid(&init_user_ns, v->owner)) ||
	       pidns_put_time(skb, PIDNS_PROBE_A_NS_BORN, v->born,
			      PIDNS_PROBE_A_NS_PAD) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_NS_STATE, v->state) ||
	       pidns_put_time(skb, PIDNS_PROBE_A_NS_SINCE, v->since,
			      PIDNS_PROBE_A_NS_PAD);
}

static int put_ns_census(struct sk_buff *skb, const struct pidns_view *v)
{
	const struct pidns_census *c = &v->census;

	if (c->init_pid &&
	    (nla_put_u32(skb, PIDNS_PROBE_A_NS_INIT_PID, c->init_pid) ||
	     pidns_put_comm(skb, PIDNS_PROBE_A_NS_INIT_COMM, c->init_comm) ||
	     pidns_put_u64(skb, PIDNS_PROBE_A_NS_CGROUP_ID, c->cgroup_id,
			   PIDNS_PROBE_A_NS_PAD) ||
	     nla_put_string(skb, PIDNS_PROBE_A_NS_CGROUP_PATH, c->cgroup_path)))
		return -EMSGSIZE;
	if (v->counted &&
	    (nla_put_u32(skb, PIDNS_PROBE_A_NS_PROCESSES, c->processes) ||
	     nla_put_u32(skb, PIDNS_PROBE_A_NS_THREADS, c->threads) ||
	     nla_put_u32(skb, PIDNS_PROBE_A_NS_ZOMBIES, c->zombies)))
		return -EMSGSIZE;
	return 0;
}

static int put_signal_count(struct sk_buff *skb, int sig, u64 count)
{
	struct nlattr *nest;

	if (!count)
		return 0;
	nest = nla_nest_start(skb, PIDNS_PROBE_A_NS_DROP);
	if (!nest || nla_put_u32(skb, PIDNS_PROBE_A_SIGNAL_COUNT_SIGNAL, sig) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_SIGNAL_COUNT_COUNT, count,
			  PIDNS_PROBE_A_SIGNAL_COUNT_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_ns_counts(struct sk_buff *skb, const struct pidns_counts *c)
{
	u64 sent = c->when[PIDNS_PROBE_WHEN_SENT];
	u64 dequeued = c->when[PIDNS_PROBE_WHEN_DEQUEUED];
	const u64 *by = c->sender;
	int pad = PIDNS_PROBE_A_NS_PAD;
	int sig;

	if (pidns_put_u64(skb, PIDNS_PROBE_A_NS_DROPS, sent + dequeued, pad) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_NS_DROPS_SENT, sent, pad) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_NS_DROPS_DEQUEUED, dequeued,
			  pad) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_NS_DROPS_ANCESTOR,
			  by[PIDNS_PROBE_SENDER_ANCESTOR], pad) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_NS_DROPS_INSIDE,
			  by[PIDNS_PROBE_SENDER_INSIDE], pad) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_NS_DROPS_KERNEL,
			  by[PIDNS_PROBE_SENDER_KERNEL], pad) ||
	    pidns_put_u64(skb, PIDNS_PROBE_A_NS_IGNORED, c->ignored, pad) ||
	    pidns_put_origin(skb, PIDNS_PROBE_A_NS_LAST_DROP, &c->last))
		return -EMSGSIZE;
	for (sig = 1; sig <= _NSIG; sig++)
		if (put_signal_count(skb, sig, c->drops[sig - 1]))
			return -EMSGSIZE;
	return 0;
}

/**
 * pidns_fill_ns() - Make the message about a namespace.
 * @m: Message.
 * @v: The namespace.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_fill_ns(const struct pidns_msg *m, const struct pidns_view *v)
{
	void *hdr = pidns_msg_begin(m);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = pidns_put_event(m, PIDNS_PROBE_A_NS_SEQ, PIDNS_PROBE_A_NS_LOST,
			      PIDNS_PROBE_A_NS_PAD) ||
	      put_ns_identity(m->skb, v) || put_ns_census(m->skb, v) ||
	      put_ns_counts(m->skb, &v->counts);
	return pidns_msg_end(m, hdr, err);
}

/**
 * pidns_fill_ns_gone() - Make the message about a namespace that has died.
 * @m: Message.
 * @e: The event of its birth.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_fill_ns_gone(const struct pidns_msg *m, const struct pidns_event *e)
{
	int pad = PIDNS_PROBE_A_NS_PAD;
	void *hdr = pidns_msg_begin(m);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = pidns_put_event(m, PIDNS_PROBE_A_NS_SEQ, PIDNS_PROBE_A_NS_LOST,
			      pad) ||
	      pidns_put_u64(m->skb, PIDNS_PROBE_A_NS_ID, e->key, pad) ||
	      nla_put_u32(m->skb, PIDNS_PROBE_A_NS_INUM, e->inum) ||
	      pidns_put_time(m->skb, PIDNS_PROBE_A_NS_BORN, e->origin.time,
			     pad);
	return pidns_msg_end(m, hdr, err);
}

static int put_td_identity(struct sk_buff *skb, const struct pidns_teardown *td)
{
	int pad = PIDNS_PROBE_A_TEARDOWN_PAD;

	return pidns_put_u64(skb, PIDNS_PROBE_A_TEARDOWN_NUMBER, td->number,
			     pad) ||
	       pidns_put_u64(skb, PIDNS_PROBE_A_TEARDOWN_ID, td->id, pad) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_TEARDOWN_INUM, td->inum) ||
	       (td->parent_id &&
		pidns_put_u64(skb, PIDNS_PROBE_A_TEARDOWN_PARENT_ID,
			      td->parent_id, pad)) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_TEARDOWN_LEVEL, td->level) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_TEARDOWN_OWNER_UID,
			   from_kuid(&init_user_ns, td->owner)) ||
	       pidns_put_time(skb, PIDNS_PROBE_A_TEARDOWN_BORN, td->born,
			      pad) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_TEARDOWN_INIT_PID,
			   td->init_pid) ||
	       pidns_put_comm(skb, PIDNS_PROBE_A_TEARDOWN_INIT_COMM,
			      td->init_comm) ||
	       pidns_put_u64(skb, PIDNS_PROBE_A_TEARDOWN_CGROUP_ID,
			     td->cgroup_id, pad) ||
	       nla_put_string(skb, PIDNS_PROBE_A_TEARDOWN_CGROUP_PATH,
			      td->cgroup_path);
}

static int put_td_course(struct sk_buff *skb, const struct pidns_teardown *td)
{
	int pad = PIDNS_PROBE_A_TEARDOWN_PAD;
	/* Pairs with pidns_teardown_end(). */
	u64 end = smp_load_acquire(&td->end);

	return pidns_put_time(skb, PIDNS_PROBE_A_TEARDOWN_BEGIN, td->begin,
			      pad) ||
	       (end && pidns_put_u64(skb, PIDNS_PROBE_A_TEARDOWN_DURATION,
				     pidns_time_since(end, td->begin), pad)) ||
	       (READ_ONCE(td->unended) &&
		nla_put_flag(skb, PIDNS_PROBE_A_TEARDOWN_UNENDED)) ||
	       nla_put_u32(skb, PIDNS_PROBE_A_TEARDOWN_STATUS,
			   READ_ONCE(td->status)) ||
	       pidns_put_origin(skb, PIDNS_PROBE_A_TEARDOWN_FIRST_STOP,
				&td->first_stop) ||
	       (td->first_stop.sig &&
		pidns_put_u64(skb, PIDNS_PROBE_A_TEARDOWN_TIME_LOST,
			      pidns_time_since(td->begin, td->first_stop.time),
			      pad)) ||
	       pidns_put_origin(skb, PIDNS_PROBE_A_TEARDOWN_KILL, &td->kill) ||
	       pidns_put_u64(skb, PIDNS_PROBE_A_TEARDOWN_DROPS, td->drops, pad);
}

static int put_td_victims(struct sk_buff *skb, const struct pidns_teardown *td)
{
	/* Pairs with pidns_teardown_victim(). */
	u32 named = smp_load_acquire(&td->named);
	u32 i;

	if (nla_put_u32(skb, PIDNS_PROBE_A_TEARDOWN_VICTIMS,
			READ_ONCE(td->victims)) ||
	    nla_put_u32(skb, PIDNS_PROBE_A_TEARDOWN_UNGRACEFUL,
			READ_ONCE(td->ungraceful)))
		return -EMSGSIZE;
	for (i = 0; i < named; i++) {
		const struct pidns_victim *v = &td->victim[i];
		struct nlattr *nest;

		nest = nla_nest_start(skb, PIDNS_PROBE_A_TEARDOWN_VICTIM);
		if (!nest ||
		    nla_put_u32(skb, PIDNS_PROBE_A_VICTIM_PID, v->pid) ||
		    pidns_put_known(skb, PIDNS_PROBE_A_VICTIM_NS_PID,
				    v->ns_pid) ||
		    pidns_put_comm(skb, PIDNS_PROBE_A_VICTIM_COMM, v->comm))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

/**
 * pidns_fill_teardown() - Make the message about a teardown.
 * @m: Message.
 * @td: The teardown.
 *
 * Context: RCU read side.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_fill_teardown(const struct pidns_msg *m,
			const struct pidns_teardown *td)
{
	void *hdr = pidns_msg_begin(m);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = pidns_put_event(m, PIDNS_PROBE_A_TEARDOWN_SEQ,
			      PIDNS_PROBE_A_TEARDOWN_LOST,
			      PIDNS_PROBE_A_TEARDOWN_PAD) ||
	      put_td_identity(m->skb, td) || put_td_course(m->skb, td) ||
	      put_td_victims(m->skb, td);
	return pidns_msg_end(m, hdr, err);
}

/**
 * pidns_fill_drop() - Make the message about a drop.
 * @m: Message.
 * @e: The event.
 * @v: The namespace as it is now, NULL if it is gone.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_fill_drop(const struct pidns_msg *m, const struct pidns_event *e,
		    const struct pidns_view *v)
{
	struct sk_buff *skb = m->skb;
	void *hdr = pidns_msg_begin(m);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = pidns_put_event(m, PIDNS_PROBE_A_DROP_SEQ,
			      PIDNS_PROBE_A_DROP_LOST,
			      PIDNS_PROBE_A_DROP_PAD) ||
	      (e->key && pidns_put_u64(skb, PIDNS_PROBE_A_DROP_ID, e->key,
				       PIDNS_PROBE_A_DROP_PAD)) ||
	      nla_put_u32(skb, PIDNS_PROBE_A_DROP_INUM, e->inum) ||
	      pidns_put_origin(skb, PIDNS_PROBE_A_DROP_ORIGIN, &e->origin);
	if (!err && v && v->census.init_pid)
		err = nla_put_u32(skb, PIDNS_PROBE_A_DROP_INIT_PID,
				  v->census.init_pid) ||
		      pidns_put_comm(skb, PIDNS_PROBE_A_DROP_INIT_COMM,
				     v->census.init_comm) ||
		      nla_put_string(skb, PIDNS_PROBE_A_DROP_CGROUP_PATH,
				     v->census.cgroup_path);
	return pidns_msg_end(m, hdr, err);
}
