// SPDX-License-Identifier: GPL-2.0
/* Messages of the family pidns_probe to the structs of probe.h. */
#include <stdlib.h>
#include <string.h>
#include <netlink/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/genl/genl.h>

#include "probe.h"

static void take_u32(uint32_t *to, struct nlattr *a)
{
	if (a)
		*to = nla_get_u32(a);
}

static void take_u64(uint64_t *to, struct nlattr *a)
{
	if (a)
		*to = nla_get_u64(a);
}

static void take_string(char *to, size_t size, struct nlattr *a)
{
	if (a)
		nla_strlcpy(to, a, size);
}

/* Attributes to TB; the mask of those that were there. */
static uint64_t index_attrs(struct nlattr **tb, int max, struct nlattr *head,
			    int len)
{
	uint64_t present = 0;
	int i;

	if (nla_parse(tb, max, head, len, NULL))
		abort();
	for (i = 0; i <= max; i++)
		if (tb[i])
			present |= 1ULL << i;
	return present;
}

static void parse_origin(struct nlattr *nest, struct probe_origin *o)
{
	struct nlattr *tb[PIDNS_PROBE_A_ORIGIN_MAX + 1];

	memset(o, 0, sizeof(*o));
	if (!nest)
		return;
	o->present = index_attrs(tb, PIDNS_PROBE_A_ORIGIN_MAX, nla_data(nest),
				 nla_len(nest));
	take_u32(&o->signal, tb[PIDNS_PROBE_A_ORIGIN_SIGNAL]);
	take_u32(&o->when, tb[PIDNS_PROBE_A_ORIGIN_WHEN]);
	take_u32(&o->sender, tb[PIDNS_PROBE_A_ORIGIN_SENDER]);
	take_u32(&o->pid, tb[PIDNS_PROBE_A_ORIGIN_PID]);
	take_u32(&o->ns_pid, tb[PIDNS_PROBE_A_ORIGIN_NS_PID]);
	take_string(o->comm, sizeof(o->comm), tb[PIDNS_PROBE_A_ORIGIN_COMM]);
	take_u64(&o->time, tb[PIDNS_PROBE_A_ORIGIN_TIME]);
}

static void parse_drop_count(struct nlattr *nest, struct probe_ns *ns)
{
	struct nlattr *tb[PIDNS_PROBE_A_SIGNAL_COUNT_MAX + 1];
	uint32_t sig = 0;

	index_attrs(tb, PIDNS_PROBE_A_SIGNAL_COUNT_MAX, nla_data(nest),
		    nla_len(nest));
	take_u32(&sig, tb[PIDNS_PROBE_A_SIGNAL_COUNT_SIGNAL]);
	/* A signal comes once, and not without a drop. */
	if (!sig || sig > PROBE_SIGNALS || ns->drop[sig])
		abort();
	take_u64(&ns->drop[sig], tb[PIDNS_PROBE_A_SIGNAL_COUNT_COUNT]);
}

void probe_parse_ns(struct nlmsghdr *hdr, struct probe_ns *ns)
{
	struct nlattr *tb[PIDNS_PROBE_A_NS_MAX + 1], *a;
	struct genlmsghdr *genl = nlmsg_data(hdr);
	int left;

	memset(ns, 0, sizeof(*ns));
	ns->present = index_attrs(tb, PIDNS_PROBE_A_NS_MAX,
				  genlmsg_attrdata(genl, 0),
				  genlmsg_attrlen(genl, 0));
	take_u64(&ns->seq, tb[PIDNS_PROBE_A_NS_SEQ]);
	take_u64(&ns->lost, tb[PIDNS_PROBE_A_NS_LOST]);
	take_u64(&ns->id, tb[PIDNS_PROBE_A_NS_ID]);
	take_u64(&ns->parent_id, tb[PIDNS_PROBE_A_NS_PARENT_ID]);
	take_u64(&ns->born, tb[PIDNS_PROBE_A_NS_BORN]);
	take_u64(&ns->since, tb[PIDNS_PROBE_A_NS_SINCE]);
	take_u64(&ns->cgroup_id, tb[PIDNS_PROBE_A_NS_CGROUP_ID]);
	take_u32(&ns->inum, tb[PIDNS_PROBE_A_NS_INUM]);
	take_u32(&ns->level, tb[PIDNS_PROBE_A_NS_LEVEL]);
	take_u32(&ns->owner_uid, tb[PIDNS_PROBE_A_NS_OWNER_UID]);
	take_u32(&ns->state, tb[PIDNS_PROBE_A_NS_STATE]);
	take_u32(&ns->init_pid, tb[PIDNS_PROBE_A_NS_INIT_PID]);
	take_u32(&ns->processes, tb[PIDNS_PROBE_A_NS_PROCESSES]);
	take_u32(&ns->threads, tb[PIDNS_PROBE_A_NS_THREADS]);
	take_u32(&ns->zombies, tb[PIDNS_PROBE_A_NS_ZOMBIES]);
	take_string(ns->init_comm, sizeof(ns->init_comm),
		    tb[PIDNS_PROBE_A_NS_INIT_COMM]);
	take_string(ns->cgroup_path, sizeof(ns->cgroup_path),
		    tb[PIDNS_PROBE_A_NS_CGROUP_PATH]);
	take_u64(&ns->drops, tb[PIDNS_PROBE_A_NS_DROPS]);
	take_u64(&ns->sent, tb[PIDNS_PROBE_A_NS_DROPS_SENT]);
	take_u64(&ns->dequeued, tb[PIDNS_PROBE_A_NS_DROPS_DEQUEUED]);
	take_u64(&ns->ancestor, tb[PIDNS_PROBE_A_NS_DROPS_ANCESTOR]);
	take_u64(&ns->inside, tb[PIDNS_PROBE_A_NS_DROPS_INSIDE]);
	take_u64(&ns->kernel, tb[PIDNS_PROBE_A_NS_DROPS_KERNEL]);
	take_u64(&ns->ignored, tb[PIDNS_PROBE_A_NS_IGNORED]);
	parse_origin(tb[PIDNS_PROBE_A_NS_LAST_DROP], &ns->last);
	nla_for_each_attr(a, genlmsg_attrdata(genl, 0),
			  genlmsg_attrlen(genl, 0), left)
		if (nla_type(a) == PIDNS_PROBE_A_NS_DROP)
			parse_drop_count(a, ns);
}

static void parse_victim(struct nlattr *nest, struct probe_victim *v)
{
	struct nlattr *tb[PIDNS_PROBE_A_VICTIM_MAX + 1];

	memset(v, 0, sizeof(*v));
	index_attrs(tb, PIDNS_PROBE_A_VICTIM_MAX, nla_data(nest),
		    nla_len(nest));
	take_u32(&v->pid, tb[PIDNS_PROBE_A_VICTIM_PID]);
	take_u32(&v->ns_pid, tb[PIDNS_PROBE_A_VICTIM_NS_PID]);
	take_string(v->comm, sizeof(v->comm), tb[PIDNS_PROBE_A_VICTIM_COMM]);
}

void probe_parse_teardown(struct nlmsghdr *hdr, struct probe_teardown *td)
{
	struct nlattr *tb[PIDNS_PROBE_A_TEARDOWN_MAX + 1], *a;
	struct genlmsghdr *genl = nlmsg_data(hdr);
	int left;

	memset(td, 0, sizeof(*td));
	td->present = index_attrs(tb, PIDNS_PROBE_A_TEARDOWN_MAX,
				  genlmsg_attrdata(genl, 0),
				  genlmsg_attrlen(genl, 0));
	take_u64(&td->seq, tb[PIDNS_PROBE_A_TEARDOWN_SEQ]);
	take_u64(&td->lost, tb[PIDNS_PROBE_A_TEARDOWN_LOST]);
	take_u64(&td->number, tb[PIDNS_PROBE_A_TEARDOWN_NUMBER]);
	take_u64(&td->id, tb[PIDNS_PROBE_A_TEARDOWN_ID]);
	take_u64(&td->parent_id, tb[PIDNS_PROBE_A_TEARDOWN_PARENT_ID]);
	take_u64(&td->born, tb[PIDNS_PROBE_A_TEARDOWN_BORN]);
	take_u64(&td->begin, tb[PIDNS_PROBE_A_TEARDOWN_BEGIN]);
	take_u64(&td->duration, tb[PIDNS_PROBE_A_TEARDOWN_DURATION]);
	take_u64(&td->time_lost, tb[PIDNS_PROBE_A_TEARDOWN_TIME_LOST]);
	take_u64(&td->drops, tb[PIDNS_PROBE_A_TEARDOWN_DROPS]);
	take_u32(&td->inum, tb[PIDNS_PROBE_A_TEARDOWN_INUM]);
	take_u32(&td->level, tb[PIDNS_PROBE_A_TEARDOWN_LEVEL]);
	take_u32(&td->init_pid, tb[PIDNS_PROBE_A_TEARDOWN_INIT_PID]);
	take_u32(&td->status, tb[PIDNS_PROBE_A_TEARDOWN_STATUS]);
	take_u32(&td->victims, tb[PIDNS_PROBE_A_TEARDOWN_VICTIMS]);
	take_u32(&td->ungraceful, tb[PIDNS_PROBE_A_TEARDOWN_UNGRACEFUL]);
	take_string(td->init_comm, sizeof(td->init_comm),
		    tb[PIDNS_PROBE_A_TEARDOWN_INIT_COMM]);
	parse_origin(tb[PIDNS_PROBE_A_TEARDOWN_FIRST_STOP], &td->first_stop);
	parse_origin(tb[PIDNS_PROBE_A_TEARDOWN_KILL], &td->kill);
	nla_for_each_attr(a, genlmsg_attrdata(genl, 0),
			  genlmsg_attrlen(genl, 0), left)
		if (nla_type(a) == PIDNS_PROBE_A_TEARDOWN_VICTIM &&
		    td->named < PROBE_VICTIMS)
			parse_victim(a, &td->victim[td->named++]);
}

static void parse_hook(struct nlattr *nest, struct probe_hook *h)
{
	struct nlattr *tb[PIDNS_PROBE_A_HOOK_MAX + 1];

	memset(h, 0, sizeof(*h));
	h->present = index_attrs(tb, PIDNS_PROBE_A_HOOK_MAX, nla_data(nest),
				 nla_len(nest));
	take_string(h->name, sizeof(h->name), tb[PIDNS_PROBE_A_HOOK_NAME]);
	take_string(h->symbol, sizeof(h->symbol),
		    tb[PIDNS_PROBE_A_HOOK_SYMBOL]);
	take_string(h->loss, sizeof(h->loss), tb[PIDNS_PROBE_A_HOOK_LOSS]);
	take_u32(&h->attach, tb[PIDNS_PROBE_A_HOOK_ATTACH]);
	take_u32(&h->state, tb[PIDNS_PROBE_A_HOOK_STATE]);
	take_u64(&h->hits, tb[PIDNS_PROBE_A_HOOK_HITS]);
	take_u64(&h->misses, tb[PIDNS_PROBE_A_HOOK_MISSES]);
}

void probe_parse_status(struct nlmsghdr *hdr, struct probe_status *st)
{
	struct nlattr *tb[PIDNS_PROBE_A_STATUS_MAX + 1], *a;
	struct genlmsghdr *genl = nlmsg_data(hdr);
	int left;

	memset(st, 0, sizeof(*st));
	st->present = index_attrs(tb, PIDNS_PROBE_A_STATUS_MAX,
				  genlmsg_attrdata(genl, 0),
				  genlmsg_attrlen(genl, 0));
	take_string(st->version, sizeof(st->version),
		    tb[PIDNS_PROBE_A_STATUS_VERSION]);
	take_string(st->signal_hook, sizeof(st->signal_hook),
		    tb[PIDNS_PROBE_A_STATUS_SIGNAL_HOOK]);
	take_u32(&st->namespaces, tb[PIDNS_PROBE_A_STATUS_NAMESPACES]);
	take_u32(&st->tearing_down, tb[PIDNS_PROBE_A_STATUS_TEARING_DOWN]);
	take_u32(&st->history, tb[PIDNS_PROBE_A_STATUS_HISTORY]);
	take_u32(&st->stuck_after, tb[PIDNS_PROBE_A_STATUS_STUCK_AFTER]);
	take_u32(&st->record_size, tb[PIDNS_PROBE_A_STATUS_RECORD_SIZE]);
	take_u64(&st->born, tb[PIDNS_PROBE_A_STATUS_BORN]);
	take_u64(&st->died, tb[PIDNS_PROBE_A_STATUS_DIED]);
	take_u64(&st->drops, tb[PIDNS_PROBE_A_STATUS_DROPS]);
	take_u64(&st->ignored, tb[PIDNS_PROBE_A_STATUS_IGNORED]);
	take_u64(&st->teardowns, tb[PIDNS_PROBE_A_STATUS_TEARDOWNS]);
	take_u64(&st->events, tb[PIDNS_PROBE_A_STATUS_EVENTS]);
	take_u64(&st->lost_ring, tb[PIDNS_PROBE_A_STATUS_LOST_RING]);
	take_u64(&st->lost_memory, tb[PIDNS_PROBE_A_STATUS_LOST_MEMORY]);
	take_u64(&st->lost_stale, tb[PIDNS_PROBE_A_STATUS_LOST_STALE]);
	take_u64(&st->unattributed, tb[PIDNS_PROBE_A_STATUS_UNATTRIBUTED]);
	take_u64(&st->births_missed, tb[PIDNS_PROBE_A_STATUS_BIRTHS_MISSED]);
	take_u64(&st->deaths_missed, tb[PIDNS_PROBE_A_STATUS_DEATHS_MISSED]);
	take_u64(&st->no_record, tb[PIDNS_PROBE_A_STATUS_NO_RECORD]);
	take_u64(&st->unended, tb[PIDNS_PROBE_A_STATUS_UNENDED]);
	take_u64(&st->forgotten, tb[PIDNS_PROBE_A_STATUS_HANDLERS_FORGOTTEN]);
	take_u64(&st->mismatches, tb[PIDNS_PROBE_A_STATUS_MISMATCHES]);
	nla_for_each_attr(a, genlmsg_attrdata(genl, 0),
			  genlmsg_attrlen(genl, 0), left)
		if (nla_type(a) == PIDNS_PROBE_A_STATUS_HOOK &&
		    st->hooks < PROBE_HOOKS)
			parse_hook(a, &st->hook[st->hooks++]);
}

static void parse_drop(struct nlmsghdr *hdr, struct probe_event *ev)
{
	struct nlattr *tb[PIDNS_PROBE_A_DROP_MAX + 1];
	struct genlmsghdr *genl = nlmsg_data(hdr);

	index_attrs(tb, PIDNS_PROBE_A_DROP_MAX, genlmsg_attrdata(genl, 0),
		    genlmsg_attrlen(genl, 0));
	take_u64(&ev->seq, tb[PIDNS_PROBE_A_DROP_SEQ]);
	take_u64(&ev->lost, tb[PIDNS_PROBE_A_DROP_LOST]);
	take_u64(&ev->id, tb[PIDNS_PROBE_A_DROP_ID]);
	take_u32(&ev->init_pid, tb[PIDNS_PROBE_A_DROP_INIT_PID]);
	take_string(ev->init_comm, sizeof(ev->init_comm),
		    tb[PIDNS_PROBE_A_DROP_INIT_COMM]);
	parse_origin(tb[PIDNS_PROBE_A_DROP_ORIGIN], &ev->origin);
}

void probe_parse_event(struct nlmsghdr *hdr, struct probe_event *ev)
{
	struct genlmsghdr *genl = nlmsg_data(hdr);

	memset(ev, 0, sizeof(*ev));
	ev->cmd = genl->cmd;
	switch (genl->cmd) {
	case PIDNS_PROBE_CMD_NS_NEW_NTF:
		probe_parse_ns(hdr, &ev->ns);
		ev->seq = ev->ns.seq;
		ev->lost = ev->ns.lost;
		ev->id = ev->ns.id;
		ev->init_pid = ev->ns.init_pid;
		break;
	case PIDNS_PROBE_CMD_DROP_NTF:
		parse_drop(hdr, ev);
		break;
	case PIDNS_PROBE_CMD_TEARDOWN_BEGIN_NTF:
	case PIDNS_PROBE_CMD_TEARDOWN_END_NTF:
		probe_parse_teardown(hdr, &ev->teardown);
		ev->seq = ev->teardown.seq;
		ev->lost = ev->teardown.lost;
		ev->id = ev->teardown.id;
		ev->init_pid = ev->teardown.init_pid;
		break;
	}
}
