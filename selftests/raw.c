// SPDX-License-Identifier: GPL-2.0
/* Messages byte by byte, and what the kernel answers; see raw.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include "probe.h"
#include "raw.h"

#define HEAD	((unsigned int)(sizeof(struct nlmsghdr) + sizeof(struct genlmsghdr)))

/* Sequence number of the request that follows the one in question. */
#define SENTINEL	0x5e471e1

int raw_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	int on = 1;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	return fd;
}

void raw_begin(struct raw_msg *m, int family, int cmd, int flags)
{
	static uint32_t seq;

	memset(m, 0, HEAD);
	m->nl.nlmsg_len = HEAD;
	m->nl.nlmsg_type = family;
	m->nl.nlmsg_flags = NLM_F_REQUEST | flags;
	m->nl.nlmsg_seq = ++seq;
	m->genl.cmd = cmd;
	m->genl.version = PIDNS_PROBE_GENL_VERSION;
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		m->nl.nlmsg_flags |= NLM_F_ACK;
}

struct nlattr *raw_at(struct raw_msg *m, int offset)
{
	return (struct nlattr *)((char *)m + offset);
}

int raw_attr(struct raw_msg *m, int type, const void *data, unsigned int len)
{
	int offset = m->nl.nlmsg_len;
	struct nlattr *a = raw_at(m, offset);

	memset(a, 0, NLA_HDRLEN + NLA_ALIGN(len));
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy((char *)a + NLA_HDRLEN, data, len);
	m->nl.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
	return offset;
}

int raw_u32(struct raw_msg *m, int type, uint32_t value)
{
	return raw_attr(m, type, &value, sizeof(value));
}

int raw_u64(struct raw_msg *m, int type, uint64_t value)
{
	return raw_attr(m, type, &value, sizeof(value));
}

/* The attributes of an extended ack, in LEN bytes from A on. */
static void parse_tlvs(const char *at, int len, struct raw_answer *a)
{
	const struct nlattr *attr;

	while (len >= NLA_HDRLEN) {
		attr = (const struct nlattr *)at;
		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > len)
			return;
		if (attr->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(a->sentence, sizeof(a->sentence), "%s",
				 at + NLA_HDRLEN);
		if (attr->nla_type == NLMSGERR_ATTR_OFFS)
			memcpy(&a->offset, at + NLA_HDRLEN, sizeof(a->offset));
		at += NLA_ALIGN(attr->nla_len);
		len -= NLA_ALIGN(attr->nla_len);
	}
}

static void parse_end(const struct nlmsghdr *h, struct raw_answer *a)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	int skip = sizeof(int);

	a->done = h->nlmsg_type == NLMSG_DONE;
	memcpy(&a->error, e, sizeof(a->error));
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!a->done)
		skip = sizeof(*e);
	if (!a->done && !(h->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - sizeof(e->msg);
	skip = NLMSG_ALIGN(skip);
	parse_tlvs((const char *)e + skip,
		   h->nlmsg_len - NLMSG_HDRLEN - skip, a);
}

static void sentinel_send(int fd)
{
	struct {
		struct nlmsghdr nl;
		struct genlmsghdr genl;
	} m = {
		.nl.nlmsg_len = HEAD,
		.nl.nlmsg_type = GENL_ID_CTRL,
		.nl.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.nl.nlmsg_seq = SENTINEL,
		/* One that the controller refuses without side effects. */
		.genl.cmd = CTRL_CMD_UNSPEC,
		.genl.version = 1,
	};

	send(fd, &m, sizeof(m), 0);
}

/* One datagram.  Returns true when the sentinel's answer was in it. */
static bool receive(int fd, uint32_t seq, struct raw_answer *a)
{
	static char buffer[RAW_ROOM * 2] __attribute__((aligned(8)));
	const struct nlmsghdr *h = (const void *)buffer;
	bool end = false;
	int left;

	left = recv(fd, buffer, sizeof(buffer), 0);
	if (left < 0) {
		a->error = -errno;
		return true;
	}
	for (; NLMSG_OK(h, (unsigned int)left); h = NLMSG_NEXT(h, left)) {
		if (h->nlmsg_seq == SENTINEL)
			end = true;
		else if (h->nlmsg_seq != seq)
			continue;
		else if (h->nlmsg_type == NLMSG_ERROR ||
			 h->nlmsg_type == NLMSG_DONE)
			parse_end(h, a);
		else
			a->replies++;
	}
	return end;
}

void raw_ask_len(int fd, const struct raw_msg *m, unsigned int len,
		 struct raw_answer *a)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	memset(a, 0, sizeof(*a));
	a->offset = -1;
	a->error = RAW_SILENCE;
	if (send(fd, m, len, 0) < 0) {
		a->error = -errno;
		return;
	}
	sentinel_send(fd);
	do {
		if (poll(&pfd, 1, DEADLINE_MS) != 1) {
			a->error = -ETIMEDOUT;
			return;
		}
	} while (!receive(fd, m->nl.nlmsg_seq, a));
	/* The sentinel is answered while a dump still goes on. */
	while ((m->nl.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP &&
	       a->error == RAW_SILENCE && a->replies) {
		if (poll(&pfd, 1, DEADLINE_MS) != 1) {
			a->error = -ETIMEDOUT;
			return;
		}
		receive(fd, m->nl.nlmsg_seq, a);
	}
}

void raw_ask(int fd, const struct raw_msg *m, struct raw_answer *a)
{
	raw_ask_len(fd, m, m->nl.nlmsg_len, a);
}
