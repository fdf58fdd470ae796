// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: requests.
 *
 * It is in the initial network namespace only (no netnsok), and every command
 * needs CAP_NET_ADMIN in the initial user namespace: it tells host pids.
 */
#include "netlink.h"

#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "fill.h"
#include "hook.h"
#include "msg.h"
#include "netlink-gen.h"
#include "ns.h"
#include "scan.h"
#include "teardown.h"
#include "view.h"

static const struct genl_multicast_group groups[] = {
	[PIDNS_PROBE_NLGRP_EVENTS] = {
		.name = PIDNS_PROBE_MCGRP_EVENTS,
		PIDNS_COMPAT_MCGRP_FLAGS
	},
};

struct genl_family pidns_nl_family __ro_after_init = {
	.name		= PIDNS_PROBE_GENL_NAME,
	.version	= PIDNS_PROBE_GENL_VERSION,
	.module		= THIS_MODULE,
	.parallel_ops	= true,
	.ops		= pidns_probe_nl_ops,
	.n_ops		= ARRAY_SIZE(pidns_probe_nl_ops),
	.mcgrps		= groups,
	.n_mcgrps	= PIDNS_COMPAT_N_MCGRPS,
};

MODULE_ALIAS_GENL_FAMILY(PIDNS_PROBE_GENL_NAME);

static int reply_begin(struct genl_info *info, struct pidns_msg *m, u8 cmd)
{
	*m = (struct pidns_msg){
		.skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL),
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = cmd,
	};
	return m->skb ? 0 : -ENOMEM;
}

static int reply_end(struct genl_info *info, struct pidns_msg *m, int err)
{
	if (!err)
		return genlmsg_reply(m->skb, info);
	nlmsg_free(m->skb);
	return err;
}

/**
 * pidns_probe_nl_status_get_doit() - Tell whether the module works.
 * @skb: Request.
 * @info: Request.
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative error.
 */
int pidns_probe_nl_status_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	bool quick = info->attrs[PIDNS_PROBE_A_STATUS_QUICK];
	struct pidns_msg m;
	int err;

	err = reply_begin(info, &m, PIDNS_PROBE_CMD_STATUS_GET);
	if (err)
		return err;
	return reply_end(info, &m, pidns_fill_status(&m, quick));
}

static u64 id_by_inum(u32 inum)
{
	struct pidns_ns *rec;
	u64 id;

	rcu_read_lock();
	rec = pidns_ns_find_inum(inum);
	id = rec ? rec->id : 0;
	rcu_read_unlock();
	return id;
}

static u64 id_by_pid(u32 nr)
{
	struct pid_namespace *ns;
	struct pidns_ns *rec;
	u64 id;

	rcu_read_lock();
	ns = ns_of_pid(find_pid_ns(nr, &init_pid_ns));
	rec = ns ? pidns_ns_find(ns) : NULL;
	id = rec ? rec->id : 0;
	rcu_read_unlock();
	return id;
}

static bool ns_get_load(struct nlattr **attrs, struct pidns_view *v)
{
	u64 id;

	if (attrs[PIDNS_PROBE_A_NS_ID])
		id = nla_get_u64(attrs[PIDNS_PROBE_A_NS_ID]);
	else if (attrs[PIDNS_PROBE_A_NS_INUM])
		id = id_by_inum(nla_get_u32(attrs[PIDNS_PROBE_A_NS_INUM]));
	else
		id = id_by_pid(nla_get_u32(attrs[PIDNS_PROBE_A_NS_PID]));
	return pidns_view_load_counted(v, id);
}

/* Loads the namespace that a request names. */
static int ns_get_resolve(struct genl_info *info, struct pidns_view *v)
{
	struct nlattr *id = info->attrs[PIDNS_PROBE_A_NS_ID];
	struct nlattr *inum = info->attrs[PIDNS_PROBE_A_NS_INUM];
	struct nlattr *pid = info->attrs[PIDNS_PROBE_A_NS_PID];

	if (!!id + !!inum + !!pid != 1) {
		NL_SET_ERR_MSG(info->extack,
			       "name a namespace by one of id, inum and pid");
		return -EINVAL;
	}
	if (ns_get_load(info->attrs, v) && v->census.init_pid)
		return 0;
	/* No hook may have told of it, or of its init. */
	pidns_scan();
	if (ns_get_load(info->attrs, v))
		return 0;
	if (pid) {
		NL_SET_ERR_MSG_ATTR(info->extack, pid, "no such process");
		return -ESRCH;
	}
	NL_SET_ERR_MSG_ATTR(info->extack, id ?: inum, "no such PID namespace");
	return -ENOENT;
}

/**
 * pidns_probe_nl_ns_get_doit() - Tell of one namespace.
 * @skb: Request.
 * @info: Request.
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative error: -ENOENT if there is no such namespace, -ESRCH
 * if there is no such process.
 */
int pidns_probe_nl_ns_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct pidns_view *v;
	struct pidns_msg m;
	int err;

	v = kmalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	err = ns_get_resolve(info, v);
	if (!err)
		err = reply_begin(info, &m, PIDNS_PROBE_CMD_NS_GET);
	if (!err)
		err = reply_end(info, &m, pidns_fill_ns(&m, v));
	kfree(v);
	return err;
}

/**
 * struct dump_ctx - Where a dump goes on.
 * @next: Least id or number that was not told yet. Both only ever grow, so
 *	that what is there all the while is told exactly once.
 */
struct dump_ctx {
	u64 next;
};

static struct dump_ctx *dump_ctx(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_ctx) > sizeof(cb->ctx));

	return (struct dump_ctx *)cb->ctx;
}

static int dump_check(struct netlink_callback *cb, int maxattr)
{
	struct nlattr **attrs = pidns_compat_dump_attrs(cb);
	int i;

	for (i = 1; attrs && i <= maxattr; i++) {
		if (!attrs[i])
			continue;
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[i],
				    "a dump takes no attributes");
		return -EINVAL;
	}
	return 0;
}

static void dump_msg(struct pidns_msg *m, struct sk_buff *skb,
		     struct netlink_callback *cb, u8 cmd)
{
	*m = (struct pidns_msg){
		.skb = skb,
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
		.cb = cb,
	};
}

static bool ns_next(u64 *id)
{
	bool found;

	rcu_read_lock();
	found = pidns_ns_next(id);
	rcu_read_unlock();
	return found;
}

/**
 * pidns_probe_nl_ns_get_dumpit() - Tell of all namespaces, in order of id.
 * @skb: Filled in.
 * @cb: State of the dump.
 *
 * NLM_F_DUMP_INTR says that some were born or died meanwhile.
 *
 * Context: Process context, may sleep.
 * Return: Bytes filled in, 0 at the end, or a negative error.
 */
int pidns_probe_nl_ns_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct dump_ctx *ctx = dump_ctx(cb);
	struct pidns_view *v;
	struct pidns_msg m;
	int err;

	err = dump_check(cb, PIDNS_PROBE_A_NS_PID);
	if (err)
		return err;
	v = kmalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	if (!ctx->next)
		pidns_scan();
	cb->seq = pidns_ns_generation();
	dump_msg(&m, skb, cb, PIDNS_PROBE_CMD_NS_GET);
	for (; !err && ns_next(&ctx->next); ctx->next += !err)
		if (pidns_view_load_counted(v, ctx->next))
			err = pidns_fill_ns(&m, v);
	kfree(v);
	return skb->len ?: err;
}

/**
 * pidns_probe_nl_teardown_get_doit() - Tell of one teardown.
 * @skb: Request.
 * @info: Request.
 *
 * Context: Process context, may sleep.
 * Return: 0 or a negative error, -ENOENT if it is not remembered.
 */
int pidns_probe_nl_teardown_get_doit(struct sk_buff *skb,
				     struct genl_info *info)
{
	struct nlattr *number = info->attrs[PIDNS_PROBE_A_TEARDOWN_NUMBER];
	struct pidns_teardown *td;
	struct pidns_msg m;
	int err;

	if (!number) {
		NL_SET_ERR_MSG(info->extack, "name a teardown by its number");
		return -EINVAL;
	}
	err = reply_begin(info, &m, PIDNS_PROBE_CMD_TEARDOWN_GET);
	if (err)
		return err;
	rcu_read_lock();
	td = pidns_teardown_find(nla_get_u64(number));
	err = td ? pidns_fill_teardown(&m, td) : -ENOENT;
	rcu_read_unlock();
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, number,
				    "no such teardown is remembered");
	return reply_end(info, &m, err);
}

/**
 * pidns_probe_nl_teardown_get_dumpit() - Tell of all teardowns, in order.
 * @skb: Filled in.
 * @cb: State of the dump.
 *
 * NLM_F_DUMP_INTR says that some began or were forgotten meanwhile.
 *
 * Context: Process context, may sleep.
 * Return: Bytes filled in, 0 at the end, or a negative error.
 */
int pidns_probe_nl_teardown_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb)
{
	struct dump_ctx *ctx = dump_ctx(cb);
	struct pidns_teardown *td;
	struct pidns_msg m;
	int err;

	err = dump_check(cb, PIDNS_PROBE_A_TEARDOWN_NUMBER);
	if (err)
		return err;
	cb->seq = pidns_teardown_generation();
	dump_msg(&m, skb, cb, PIDNS_PROBE_CMD_TEARDOWN_GET);
	rcu_read_lock();
	for (; !err && (td = pidns_teardown_next(&ctx->next));
	     ctx->next += !err)
		err = pidns_fill_teardown(&m, td);
	rcu_read_unlock();
	return skb->len ?: err;
}

/**
 * pidns_nl_init() - Register the family.
 *
 * Return: 0 or a negative error, -EEXIST if the name is taken.
 */
int __init pidns_nl_init(void)
{
	return genl_register_family(&pidns_nl_family);
}

/**
 * pidns_nl_exit() - Unregister the family.
 *
 * Context: Process context. Nobody sends notifications any more.
 */
void pidns_nl_exit(void)
{
	genl_unregister_family(&pidns_nl_family);
}
