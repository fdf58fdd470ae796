/* SPDX-License-Identifier: GPL-2.0 */
/* Talking to the kernel: nothing else in the tool touches a socket. */
#ifndef _PIDNSCTL_NL_H
#define _PIDNSCTL_NL_H

#include <stdint.h>

#include "attr.h"
#include "extack.h"

struct json_object;
struct nl_sock;

/* A connection for requests. */
struct pnl {
	struct nl_sock *sk;
	int family;
	uint8_t cmd;		/* of the last request */
	struct extack ack;	/* and the answer to it */
};

/* The attribute of a request: ATTR_U32, ATTR_U64 or ATTR_FLAG. */
struct pnl_arg {
	uint16_t nr;
	enum attr_kind kind;
	uint64_t value;
};

struct nl_sock *pnl_socket(void);
int pnl_family(struct nl_sock *sk);
struct pnl *pnl_open(void);
void pnl_close(struct pnl *nl);
int pnl_get(struct pnl *nl, uint8_t cmd, const struct pnl_arg *arg, struct json_object **obj);
int pnl_dump(struct pnl *nl, uint8_t cmd, struct json_object **array);
void pnl_complain(const struct pnl *nl);
void pnl_complain_perm(const char *capability);

#endif /* _PIDNSCTL_NL_H */
