/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages byte by byte, so that they can be wrong in every way, and what the
 * kernel answers to them.
 */
#ifndef _PIDNS_SELFTESTS_RAW_H
#define _PIDNS_SELFTESTS_RAW_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/netlink.h>
#include <linux/genetlink.h>

#define RAW_ROOM	131072

struct raw_msg {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	char attrs[RAW_ROOM];
};

/* What raw_ask() returns when the kernel does not answer at all. */
#define RAW_SILENCE	1

struct raw_answer {
	int error;		/* 0, a negative error, or RAW_SILENCE */
	unsigned int replies;	/* messages of the family */
	char sentence[256];	/* of the extended ack, "" if there was none */
	int offset;		/* of the attribute that it names, or -1 */
	bool done;		/* it came at the end of a dump */
};

/* A socket that asks for extended acks, or a negative error. */
int raw_open(void);

/* A message without attributes; FLAGS beside NLM_F_REQUEST. */
void raw_begin(struct raw_msg *m, int family, int cmd, int flags);
/* Append an attribute, whatever its type and length; its offset. */
int raw_attr(struct raw_msg *m, int type, const void *data, unsigned int len);
int raw_u32(struct raw_msg *m, int type, uint32_t value);
int raw_u64(struct raw_msg *m, int type, uint64_t value);
/* The attribute at OFFSET, to be spoilt. */
struct nlattr *raw_at(struct raw_msg *m, int offset);

/*
 * Send LEN bytes of M, which may be more or less than its header says, and
 * wait for the answer.  A request that is known follows it, so that silence
 * is told from slowness.
 */
void raw_ask_len(int fd, const struct raw_msg *m, unsigned int len,
		 struct raw_answer *a);
void raw_ask(int fd, const struct raw_msg *m, struct raw_answer *a);

#endif /* _PIDNS_SELFTESTS_RAW_H */
