/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_FILL_H
#define _PIDNS_FILL_H

#include <linux/types.h>

struct netlink_callback;
struct pidns_event;
struct pidns_teardown;
struct pidns_view;
struct sk_buff;

/**
 * struct pidns_msg - The message that a function fills.
 * @skb: Where it goes.
 * @portid: To whom, 0 for a notification.
 * @seq: Sequence number of the request, 0 for a notification.
 * @flags: NLM_F_*.
 * @cmd: Command.
 * @cb: The dump that it is a part of, or NULL.
 * @event_seq: Sequence number of the event, 0 if this is no notification.
 */
struct pidns_msg {
	struct sk_buff *skb;
	u32 portid;
	u32 seq;
	int flags;
	u8 cmd;
	struct netlink_callback *cb;
	u64 event_seq;
};

int pidns_fill_status(const struct pidns_msg *m, bool quick);
int pidns_fill_ns(const struct pidns_msg *m, const struct pidns_view *v);
int pidns_fill_teardown(const struct pidns_msg *m,
			const struct pidns_teardown *td);
int pidns_fill_drop(const struct pidns_msg *m, const struct pidns_event *e,
		    const struct pidns_view *v);

#endif /* _PIDNS_FILL_H */
