/* SPDX-License-Identifier: GPL-2.0 */
/* Extended acknowledgements, which libnl does not read. */
#ifndef _PIDNSCTL_EXTACK_H
#define _PIDNSCTL_EXTACK_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

/* How the kernel answered a request. */
struct extack {
	int error;		/* negative error number, or 0 */
	char text[256];		/* the kernel's sentence, or "" */
	uint16_t attr;		/* the attribute that it is about, or 0 */
	bool missing;		/* the attribute should have been there */
};

void extack_parse(struct extack *ack, const struct nlmsghdr *answer,
		  const struct nlmsghdr *request);

#endif /* _PIDNSCTL_EXTACK_H */
