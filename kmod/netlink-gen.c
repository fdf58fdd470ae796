// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/pidns_probe.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/pidns_probe.h>

/* PIDNS_PROBE_CMD_STATUS_GET - do */
const struct nla_policy pidns_probe_status_get_nl_policy[PIDNS_PROBE_A_STATUS_QUICK + 1] = {
	[PIDNS_PROBE_A_STATUS_QUICK] = { .type = NLA_FLAG, },
};

/* PIDNS_PROBE_CMD_NS_GET - do */
const struct nla_policy pidns_probe_ns_get_nl_policy[PIDNS_PROBE_A_NS_PID + 1] = {
	[PIDNS_PROBE_A_NS_ID] = { .type = NLA_U64, },
	[PIDNS_PROBE_A_NS_INUM] = { .type = NLA_U32, },
	[PIDNS_PROBE_A_NS_PID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* PIDNS_PROBE_CMD_TEARDOWN_GET - do */
const struct nla_policy pidns_probe_teardown_get_nl_policy[PIDNS_PROBE_A_TEARDOWN_NUMBER + 1] = {
	[PIDNS_PROBE_A_TEARDOWN_NUMBER] = { .type = NLA_U64, },
};

/* Ops table for pidns_probe */
const struct genl_ops pidns_probe_nl_ops[3] = {
	{
		.cmd		= PIDNS_PROBE_CMD_STATUS_GET,
		.doit		= pidns_probe_nl_status_get_doit,
		.policy		= pidns_probe_status_get_nl_policy,
		.maxattr	= PIDNS_PROBE_A_STATUS_QUICK,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= PIDNS_PROBE_CMD_NS_GET,
		.doit		= pidns_probe_nl_ns_get_doit,
		.dumpit		= pidns_probe_nl_ns_get_dumpit,
		.policy		= pidns_probe_ns_get_nl_policy,
		.maxattr	= PIDNS_PROBE_A_NS_PID,
		.flags		= GENL_ADMIN_PERM,
	},
	{
		.cmd		= PIDNS_PROBE_CMD_TEARDOWN_GET,
		.doit		= pidns_probe_nl_teardown_get_doit,
		.dumpit		= pidns_probe_nl_teardown_get_dumpit,
		.policy		= pidns_probe_teardown_get_nl_policy,
		.maxattr	= PIDNS_PROBE_A_TEARDOWN_NUMBER,
		.flags		= GENL_ADMIN_PERM,
	},
};

static const struct genl_multicast_group pidns_probe_nl_mcgrps[] = {
	[PIDNS_PROBE_NLGRP_EVENTS] = { "events", },
};
