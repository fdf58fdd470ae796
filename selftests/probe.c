// SPDX-License-Identifier: GPL-2.0
/* Requests to the family pidns_probe and events from it; see probe.h. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>
#include <netlink/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/genl/genl.h>
#include <netlink/genl/ctrl.h>

#include "probe.h"

/* As much as one receive can bring: the kernel never makes a larger one. */
#define ROOM	65536

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

void poll_pause(void)
{
	struct timespec t = { .tv_nsec = 2000000 };

	nanosleep(&t, NULL);
}

static int probe_connect(struct probe *p)
{
	int on = 1, err;

	memset(p, 0, sizeof(*p));
	p->room = ROOM;
	p->sk = nl_socket_alloc();
	if (!p->sk)
		return -ENOMEM;
	/* The parts of a dump get as large as the largest receive there was. */
	nl_socket_set_msg_buf_size(p->sk, 4096);
	if (genl_connect(p->sk)) {
		err = -ENOTSUP;
		goto free;
	}
	p->family = genl_ctrl_resolve(p->sk, PIDNS_PROBE_GENL_NAME);
	if (p->family < 0) {
		err = -ENOENT;
		goto free;
	}
	if (setsockopt(nl_socket_get_fd(p->sk), SOL_NETLINK, NETLINK_EXT_ACK,
		       &on, sizeof(on))) {
		err = -errno;
		goto free;
	}
	return 0;

free:
	nl_socket_free(p->sk);
	p->sk = NULL;
	return err;
}

int probe_open(struct probe *p)
{
	return probe_connect(p);
}

void probe_close(struct probe *p)
{
	if (p->sk)
		nl_socket_free(p->sk);
	p->sk = NULL;
	free(p->answer);
	free(p->batch);
	p->answer = NULL;
	p->batch = NULL;
}

struct nl_msg *probe_message(struct probe *p, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(8192);

	if (!msg)
		abort();
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, p->family, 0,
		    NLM_F_REQUEST | flags, cmd, PIDNS_PROBE_GENL_VERSION);
	return msg;
}

/* What the kernel says beside the error number. */
static int probe_refusal(struct probe *p, struct nlmsghdr *hdr)
{
	struct nlmsgerr *err = nlmsg_data(hdr);
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};
	int skip = sizeof(*err), off;
	struct nlattr *bad;

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return err->error;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - sizeof(err->msg);
	nla_parse(tb, NLMSGERR_ATTR_MAX,
		  (struct nlattr *)((char *)err + NLMSG_ALIGN(skip)),
		  nlmsg_datalen(hdr) - NLMSG_ALIGN(skip), NULL);
	if (tb[NLMSGERR_ATTR_MSG])
		nla_strlcpy(p->sentence, tb[NLMSGERR_ATTR_MSG],
			    sizeof(p->sentence));
	if (tb[NLMSGERR_ATTR_OFFS] && !(hdr->nlmsg_flags & NLM_F_CAPPED)) {
		off = nla_get_u32(tb[NLMSGERR_ATTR_OFFS]);
		bad = (struct nlattr *)((char *)&err->msg + off);
		p->culprit = nla_type(bad);
	}
	return err->error;
}

/* One message of an answer.  Returns 1 when there is more to come. */
static int probe_message_in(struct probe *p, struct nlmsghdr *hdr,
			    probe_reply_fn fn, void *arg)
{
	int err;

	if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
		p->interrupted = true;
	switch (hdr->nlmsg_type) {
	case NLMSG_ERROR:
		return probe_refusal(p, hdr);
	case NLMSG_DONE:
		memcpy(&err, nlmsg_data(hdr), sizeof(err));
		return err;
	default:
		if (fn && fn(hdr, arg))
			return -ECANCELED;
		return 1;
	}
}

int probe_ask(struct probe *p, struct nl_msg *msg, probe_reply_fn fn, void *arg)
{
	int fd = nl_socket_get_fd(p->sk), left, ret = 1;
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	uint32_t seq;

	if (!p->answer)
		p->answer = malloc(ROOM);
	if (!p->answer)
		abort();
	p->sentence[0] = '\0';
	p->culprit = -1;
	p->interrupted = false;
	if (!(hdr->nlmsg_flags & NLM_F_DUMP))
		hdr->nlmsg_flags |= NLM_F_ACK;
	nl_complete_msg(p->sk, msg);
	seq = hdr->nlmsg_seq;
	if (send(fd, hdr, hdr->nlmsg_len, 0) < 0)
		ret = -errno;
	nlmsg_free(msg);

	while (ret == 1) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };

		if (poll(&pfd, 1, DEADLINE_MS) == 0)
			return -ETIMEDOUT;
		left = recv(fd, p->answer, p->room, 0);
		if (left < 0)
			return -errno;
		hdr = (struct nlmsghdr *)p->answer;
		for (; ret == 1 && nlmsg_ok(hdr, left);
		     hdr = nlmsg_next(hdr, &left))
			if (hdr->nlmsg_seq == seq)
				ret = probe_message_in(p, hdr, fn, arg);
	}
	return ret;
}

static int ns_reply(struct nlmsghdr *hdr, void *arg)
{
	probe_parse_ns(hdr, arg);
	return 0;
}

static int probe_ns_get(struct probe *p, struct nl_msg *msg,
			struct probe_ns *ns)
{
	memset(ns, 0, sizeof(*ns));
	return probe_ask(p, msg, ns_reply, ns);
}

int probe_ns_by_pid(struct probe *p, pid_t pid, struct probe_ns *ns)
{
	struct nl_msg *msg = probe_message(p, PIDNS_PROBE_CMD_NS_GET, 0);

	nla_put_u32(msg, PIDNS_PROBE_A_NS_PID, pid);
	return probe_ns_get(p, msg, ns);
}

int probe_ns_by_id(struct probe *p, uint64_t id, struct probe_ns *ns)
{
	struct nl_msg *msg = probe_message(p, PIDNS_PROBE_CMD_NS_GET, 0);

	nla_put_u64(msg, PIDNS_PROBE_A_NS_ID, id);
	return probe_ns_get(p, msg, ns);
}

int probe_ns_by_inum(struct probe *p, uint32_t inum, struct probe_ns *ns)
{
	struct nl_msg *msg = probe_message(p, PIDNS_PROBE_CMD_NS_GET, 0);

	nla_put_u32(msg, PIDNS_PROBE_A_NS_INUM, inum);
	return probe_ns_get(p, msg, ns);
}

struct dump {
	void (*ns)(struct probe_ns *ns, void *arg);
	void (*teardown)(struct probe_teardown *td, void *arg);
	void *arg;
};

static int dump_reply(struct nlmsghdr *hdr, void *arg)
{
	static struct probe_teardown td;
	static struct probe_ns ns;
	struct dump *dump = arg;

	if (dump->ns) {
		probe_parse_ns(hdr, &ns);
		dump->ns(&ns, dump->arg);
	} else {
		probe_parse_teardown(hdr, &td);
		dump->teardown(&td, dump->arg);
	}
	return 0;
}

int probe_ns_dump(struct probe *p, void (*fn)(struct probe_ns *ns, void *arg),
		  void *arg)
{
	struct nl_msg *msg = probe_message(p, PIDNS_PROBE_CMD_NS_GET,
					   NLM_F_DUMP);
	struct dump dump = { .ns = fn, .arg = arg };

	return probe_ask(p, msg, dump_reply, &dump);
}

int probe_teardown_dump(struct probe *p,
			void (*fn)(struct probe_teardown *td, void *arg),
			void *arg)
{
	struct nl_msg *msg = probe_message(p, PIDNS_PROBE_CMD_TEARDOWN_GET,
					   NLM_F_DUMP);
	struct dump dump = { .teardown = fn, .arg = arg };

	return probe_ask(p, msg, dump_reply, &dump);
}

static int teardown_reply(struct nlmsghdr *hdr, void *arg)
{
	probe_parse_teardown(hdr, arg);
	return 0;
}

int probe_teardown_by_number(struct probe *p, uint64_t number,
			     struct probe_teardown *td)
{
	struct nl_msg *msg = probe_message(p, PIDNS_PROBE_CMD_TEARDOWN_GET, 0);

	nla_put_u64(msg, PIDNS_PROBE_A_TEARDOWN_NUMBER, number);
	return probe_ask(p, msg, teardown_reply, td);
}

struct find {
	uint64_t id;
	struct probe_teardown *td;
	int found;
};

static void find_teardown(struct probe_teardown *td, void *arg)
{
	struct find *find = arg;

	if (td->id != find->id)
		return;
	*find->td = *td;
	find->found++;
}

int probe_teardown_by_id(struct probe *p, uint64_t id,
			 struct probe_teardown *td)
{
	struct find find = { .id = id, .td = td };
	int err;

	err = probe_teardown_dump(p, find_teardown, &find);
	if (err)
		return err;
	/* A namespace has one end. */
	return find.found > 1 ? -EEXIST : find.found ? 0 : -ENOENT;
}

static bool teardown_has_ended(struct probe *p, uint64_t id,
			       struct probe_teardown *td)
{
	return !probe_teardown_by_id(p, id, td) &&
	       probe_has(td, PIDNS_PROBE_A_TEARDOWN_DURATION);
}

int probe_teardown_ended(struct probe *p, uint64_t id,
			 struct probe_teardown *td)
{
	return poll_until(DEADLINE_MS, teardown_has_ended(p, id, td)) ?
		0 : -ETIMEDOUT;
}

static int status_reply(struct nlmsghdr *hdr, void *arg)
{
	probe_parse_status(hdr, arg);
	return 0;
}

int probe_status(struct probe *p, struct probe_status *st)
{
	struct nl_msg *msg = probe_message(p, PIDNS_PROBE_CMD_STATUS_GET, 0);

	return probe_ask(p, msg, status_reply, st);
}

struct probe_hook *probe_hook(struct probe_status *st, const char *name)
{
	unsigned int i;

	for (i = 0; i < st->hooks; i++)
		if (!strcmp(st->hook[i].name, name))
			return &st->hook[i];
	return NULL;
}

int probe_listen(struct probe *p)
{
	int err, group;

	err = probe_connect(p);
	if (err)
		return err;
	group = genl_ctrl_resolve_grp(p->sk, PIDNS_PROBE_GENL_NAME,
				      PIDNS_PROBE_MCGRP_EVENTS);
	if (group < 0) {
		probe_close(p);
		return -ENOENT;
	}
	if (setsockopt(nl_socket_get_fd(p->sk), SOL_NETLINK,
		       NETLINK_ADD_MEMBERSHIP, &group, sizeof(group))) {
		err = -errno;
		probe_close(p);
	}
	return err;
}

/* Receive the next datagram with events. */
static int probe_batch(struct probe *p, int ms)
{
	int fd = nl_socket_get_fd(p->sk), len;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	if (!p->batch)
		p->batch = malloc(ROOM);
	if (!p->batch)
		abort();
	if (poll(&pfd, 1, ms) == 0)
		return -ETIMEDOUT;
	len = recv(fd, p->batch, ROOM, MSG_DONTWAIT);
	if (len < 0)
		return -errno;
	p->next = (struct nlmsghdr *)p->batch;
	p->left = len;
	return 0;
}

int probe_event(struct probe *p, int ms, struct probe_event *ev)
{
	int err;

	if (!p->left || !nlmsg_ok(p->next, p->left)) {
		p->left = 0;
		err = probe_batch(p, ms);
		if (err)
			return err;
	}
	probe_parse_event(p->next, ev);
	p->next = nlmsg_next(p->next, &p->left);
	return 0;
}

int probe_event_of(struct probe *p, int ms, int cmd, uint64_t id,
		   struct probe_event *ev)
{
	int64_t end = now_ms() + ms;
	int err;

	do {
		err = probe_event(p, end - now_ms() > 0 ? end - now_ms() : 0,
				  ev);
		if (!err && ev->cmd == cmd && ev->id == id)
			return 0;
	} while (!err);
	return err;
}
