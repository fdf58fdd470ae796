// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/netlink.h>
#include <netlink/attr.h>

#include "extack.h"

/* Since Linux 6.1, missing in older headers. */
#define ATTR_MISS_TYPE	5

/* The type of the attribute at @offset in the request, 0 if there is none. */
static uint16_t attr_at(const struct nlmsghdr *request, uint32_t offset)
{
	struct nlattr nla;

	if (offset < NLMSG_HDRLEN || offset > request->nlmsg_len ||
	    request->nlmsg_len - offset < sizeof(nla))
		return 0;
	memcpy(&nla, (const char *)request + offset, sizeof(nla));
	return nla_type(&nla);
}

/**
 * extack_parse() - Read what the kernel said about a request.
 * @ack: where it goes
 * @answer: a message of type NLMSG_ERROR or NLMSG_DONE
 * @request: the message that was sent
 */
void extack_parse(struct extack *ack, const struct nlmsghdr *answer,
		  const struct nlmsghdr *request)
{
	const struct nlmsgerr *err = NLMSG_DATA(answer);
	int len = answer->nlmsg_len, head = NLMSG_LENGTH(sizeof(ack->error)), left;
	const struct nlattr *nla;

	memset(ack, 0, sizeof(*ack));
	if (len < head)
		return;
	ack->error = err->error;
	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS))
		return;

	if (answer->nlmsg_type == NLMSG_ERROR) {
		head = NLMSG_LENGTH(sizeof(*err));
		if (len >= head && err->error && !(answer->nlmsg_flags & NLM_F_CAPPED))
			head += err->msg.nlmsg_len - NLMSG_HDRLEN;
	}
	head = NLMSG_ALIGN(head);
	if (head < 0 || head > len)
		return;

	nla_for_each_attr(nla, (const struct nlattr *)((const char *)answer + head), len - head,
			  left) {
		switch (nla_type(nla)) {
		case NLMSGERR_ATTR_MSG:
			snprintf(ack->text, sizeof(ack->text), "%.*s", nla_len(nla),
				 (const char *)nla_data(nla));
			break;
		case NLMSGERR_ATTR_OFFS:
			if (nla_len(nla) >= (int)sizeof(uint32_t))
				ack->attr = attr_at(request, nla_get_u32(nla));
			break;
		case ATTR_MISS_TYPE:
			if (nla_len(nla) >= (int)sizeof(uint32_t)) {
				ack->attr = nla_get_u32(nla);
				ack->missing = true;
			}
			break;
		}
	}
}
