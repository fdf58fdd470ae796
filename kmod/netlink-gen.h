/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/pidns_probe.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_PIDNS_PROBE_GEN_H
#define _LINUX_PIDNS_PROBE_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/pidns_probe.h>

extern const struct nla_policy pidns_probe_status_get_nl_policy[PIDNS_PROBE_A_STATUS_QUICK + 1];

extern const struct nla_policy pidns_probe_ns_get_nl_policy[PIDNS_PROBE_A_NS_PID + 1];

extern const struct nla_policy pidns_probe_teardown_get_nl_policy[PIDNS_PROBE_A_TEARDOWN_NUMBER + 1];

/* Ops table for pidns_probe */
extern const struct genl_ops pidns_probe_nl_ops[3];

int pidns_probe_nl_status_get_doit(struct sk_buff *skb, struct genl_info *info);
int pidns_probe_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info);
int pidns_probe_nl_ns_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int pidns_probe_nl_teardown_get_doit(struct sk_buff *skb,
				     struct genl_info *info);
int pidns_probe_nl_teardown_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb);

enum {
	PIDNS_PROBE_NLGRP_EVENTS,
};

#endif /* _LINUX_PIDNS_PROBE_GEN_H */
