/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_MSG_H
#define _PIDNS_MSG_H

#include <linux/types.h>

struct netlink_callback;
struct pidns_origin;
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

void *pidns_msg_begin(const struct pidns_msg *m);
int pidns_msg_end(const struct pidns_msg *m, void *hdr, int err);

int pidns_put_u64(struct sk_buff *skb, int attr, u64 value, int pad);
int pidns_put_known(struct sk_buff *skb, int attr, u32 value);
int pidns_put_time(struct sk_buff *skb, int attr, u64 boot, int pad);
int pidns_put_comm(struct sk_buff *skb, int attr, const char *comm);
int pidns_put_origin(struct sk_buff *skb, int attr,
		     const struct pidns_origin *o);
int pidns_put_event(const struct pidns_msg *m, int seq, int lost, int pad);

#endif /* _PIDNS_MSG_H */
