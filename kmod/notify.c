// SPDX-License-Identifier: GPL-2.0
/*
 * Notifications, several to a datagram.
 *
 * All of this runs in the one work item of event.c, so it needs no lock.
 */
#include "notify.h"

#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "compat/compat.h"
#include "event.h"
#include "fill.h"
#include "msg.h"
#include "netlink.h"
#include "stats.h"
#include "teardown.h"
#include "view.h"

static struct sk_buff *batch;
static u32 batched;		/* events in it */
static u64 last_seq;		/* of the last event in it, or sent */
static bool is_open;		/* the family is registered */

/* The namespace of the last drop, as a storm is of one namespace mostly. */
static struct pidns_view view;

static const u8 event_cmd[] = {
	[PIDNS_EVENT_NS_NEW]		= PIDNS_PROBE_CMD_NS_NEW_NTF,
	[PIDNS_EVENT_DROP]		= PIDNS_PROBE_CMD_DROP_NTF,
	[PIDNS_EVENT_TEARDOWN_BEGIN]	= PIDNS_PROBE_CMD_TEARDOWN_BEGIN_NTF,
	[PIDNS_EVENT_TEARDOWN_END]	= PIDNS_PROBE_CMD_TEARDOWN_END_NTF,
};

/**
 * pidns_notify_open() - Let notifications be sent from here on.
 *
 * Context: Process context. The family is registered.
 */
void pidns_notify_open(void)
{
	WRITE_ONCE(is_open, true);
}

/**
 * pidns_notify_wanted() - Whether anybody listens.
 *
 * Context: Any.
 * Return: true if so.
 */
bool pidns_notify_wanted(void)
{
	return PIDNS_COMPAT_N_MCGRPS && READ_ONCE(is_open) &&
	       genl_has_listeners(&pidns_nl_family, &init_net, 0);
}

/**
 * pidns_notify_seq() - Sequence number of the last event.
 *
 * Context: Any.
 * Return: The number, 0 if there was none.
 */
u64 pidns_notify_seq(void)
{
	return READ_ONCE(last_seq);
}

static int fill_ns_new(const struct pidns_msg *m, const struct pidns_event *e)
{
	if (pidns_view_load(&view, e->key))
		return pidns_fill_ns(m, &view);
	/* It is gone already. That it was born is still true. */
	return pidns_fill_ns_gone(m, e);
}

static int fill_drop(const struct pidns_msg *m, const struct pidns_event *e)
{
	bool known = e->key;

	if (known && (!batched || view.id != e->key))
		known = pidns_view_load(&view, e->key);
	return pidns_fill_drop(m, e, known ? &view : NULL);
}

static int fill_teardown(const struct pidns_msg *m, const struct pidns_event *e)
{
	struct pidns_teardown *td;
	int err = -ENOENT;

	rcu_read_lock();
	td = pidns_teardown_find(e->key);
	if (td)
		err = pidns_fill_teardown(m, td);
	rcu_read_unlock();
	return err;
}

static int fill_event(const struct pidns_event *e)
{
	struct pidns_msg m = {
		.skb = batch,
		.cmd = event_cmd[e->type],
		.event_seq = last_seq + 1,
	};

	switch (e->type) {
	case PIDNS_EVENT_NS_NEW:
		return fill_ns_new(&m, e);
	case PIDNS_EVENT_DROP:
		return fill_drop(&m, e);
	default:
		return fill_teardown(&m, e);
	}
}

/**
 * pidns_notify_send() - Send what was added.
 *
 * Context: The event work item, may sleep.
 */
void pidns_notify_send(void)
{
	if (!batch)
		return;
	if (batched)
		/* A listener that is too slow gets ENOBUFS and sees a gap. */
		genlmsg_multicast(&pidns_nl_family, batch, 0, 0, GFP_KERNEL);
	else
		nlmsg_free(batch);
	batch = NULL;
	batched = 0;
}

/**
 * pidns_notify_add() - Add an event to what is to be sent.
 * @e: Event.
 *
 * Sends what was added before if there is no room any more.  An event that
 * cannot be told is counted as lost.
 *
 * Context: The event work item, may sleep.
 */
void pidns_notify_add(const struct pidns_event *e)
{
	int err;

	if (!batch)
		batch = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	err = batch ? fill_event(e) : -ENOMEM;
	if (err == -EMSGSIZE && batched) {
		pidns_notify_send();
		pidns_notify_add(e);
		return;
	}
	if (!err) {
		batched++;
		WRITE_ONCE(last_seq, last_seq + 1);
	} else if (err == -ENOENT) {
		pidns_stat_inc(PIDNS_STAT_LOST_STALE);
	} else {
		pidns_stat_inc(PIDNS_STAT_LOST_MEMORY);
	}
}
