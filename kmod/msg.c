// SPDX-License-Identifier: GPL-2.0
/*
 * Parts that messages are made of.
 */
#include "msg.h"

#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "netlink.h"
#include "origin.h"
#include "stats.h"

#include <uapi/linux/pidns_probe.h>

/* We keep CLOCK_BOOTTIME, which nobody sets; people want CLOCK_REALTIME. */
static u64 real_time(u64 boot)
{
	u64 offset = ktime_mono_to_any(0, TK_OFFS_BOOT);

	return ktime_mono_to_real(boot - offset);
}

/**
 * pidns_put_u64() - Put a number.
 * @skb: Message.
 * @attr: Attribute.
 * @value: Number.
 * @pad: Attribute to pad with.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_put_u64(struct sk_buff *skb, int attr, u64 value, int pad)
{
	return nla_put_u64_64bit(skb, attr, value, pad);
}

/**
 * pidns_put_time() - Put a time, unless it is unknown.
 * @skb: Message.
 * @attr: Attribute.
 * @boot: CLOCK_BOOTTIME, 0 if unknown. CLOCK_REALTIME is what is put.
 * @pad: Attribute to pad with.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_put_time(struct sk_buff *skb, int attr, u64 boot, int pad)
{
	return boot ? pidns_put_u64(skb, attr, real_time(boot), pad) : 0;
}

/**
 * pidns_put_comm() - Put the name of a thread, unless it is empty.
 * @skb: Message.
 * @attr: Attribute.
 * @comm: Name, TASK_COMM_LEN bytes.  It can be read while it is being
 *	changed, and is then not terminated.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_put_comm(struct sk_buff *skb, int attr, const char *comm)
{
	char s[TASK_COMM_LEN + 1] = {};

	memcpy(s, comm, TASK_COMM_LEN);
	return s[0] ? nla_put_string(skb, attr, s) : 0;
}

/**
 * pidns_put_known() - Put a number, unless it is 0.
 * @skb: Message.
 * @attr: Attribute.
 * @value: Number.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_put_known(struct sk_buff *skb, int attr, u32 value)
{
	return value ? nla_put_u32(skb, attr, value) : 0;
}

/**
 * pidns_msg_begin() - Begin a message.
 * @m: Message.
 *
 * Context: Any.
 * Return: Its header, NULL if there is no room.
 */
void *pidns_msg_begin(const struct pidns_msg *m)
{
	void *hdr = genlmsg_put(m->skb, m->portid, m->seq, &pidns_nl_family,
				m->flags, m->cmd);

	if (hdr && m->cb)
		genl_dump_check_consistent(m->cb, hdr);
	return hdr;
}

/**
 * pidns_msg_end() - End a message, or take it back.
 * @m: Message.
 * @hdr: Its header.
 * @err: Whether something did not fit.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_msg_end(const struct pidns_msg *m, void *hdr, int err)
{
	if (err) {
		genlmsg_cancel(m->skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(m->skb, hdr);
	return 0;
}

/**
 * pidns_put_event() - Put the number of an event, in a notification.
 * @m: Message.
 * @seq: Attribute for the number.
 * @lost: Attribute for how many were lost.
 * @pad: Attribute to pad with.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_put_event(const struct pidns_msg *m, int seq, int lost, int pad)
{
	if (!m->event_seq)
		return 0;
	return pidns_put_u64(m->skb, seq, m->event_seq, pad) ||
	       pidns_put_u64(m->skb, lost, pidns_stat_lost(), pad);
}

/**
 * pidns_put_origin() - Put a signal and where it came from, if there is one.
 * @skb: Message.
 * @attr: Attribute.
 * @o: The signal.
 *
 * Context: Any.
 * Return: 0 or -EMSGSIZE.
 */
int pidns_put_origin(struct sk_buff *skb, int attr,
		     const struct pidns_origin *o)
{
	struct nlattr *nest;

	if (!o->sig)
		return 0;
	nest = nla_nest_start(skb, attr);
	if (!nest || nla_put_u32(skb, PIDNS_PROBE_A_ORIGIN_SIGNAL, o->sig) ||
	    nla_put_u32(skb, PIDNS_PROBE_A_ORIGIN_WHEN, o->when) ||
	    nla_put_u32(skb, PIDNS_PROBE_A_ORIGIN_SENDER, o->sender) ||
	    pidns_put_known(skb, PIDNS_PROBE_A_ORIGIN_PID, o->pid) ||
	    pidns_put_known(skb, PIDNS_PROBE_A_ORIGIN_NS_PID, o->ns_pid) ||
	    pidns_put_comm(skb, PIDNS_PROBE_A_ORIGIN_COMM, o->comm) ||
	    pidns_put_time(skb, PIDNS_PROBE_A_ORIGIN_TIME, o->time,
			   PIDNS_PROBE_A_ORIGIN_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
