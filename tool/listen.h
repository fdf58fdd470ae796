/* SPDX-License-Identifier: GPL-2.0 */
/* Listening to the events of the module, on a socket of its own. */
#ifndef _PIDNSCTL_LISTEN_H
#define _PIDNSCTL_LISTEN_H

#include <stdint.h>

struct json_object;
struct nl_sock;
struct pnl;

/* Is handed each event; the object is the caller's. Non-zero ends the reading. */
typedef int (*listen_fn)(uint8_t cmd, struct json_object *obj, void *arg);

struct listener {
	struct nl_sock *sk;
	int family;
	listen_fn fn;
	void *arg;
	int result;	/* of fn, or -ESHUTDOWN once the module is gone */
};

int listen_open(struct listener *ln, struct pnl *nl, int buffer, listen_fn fn, void *arg);
void listen_close(struct listener *ln);
int listen_fd(const struct listener *ln);
int listen_read(struct listener *ln);

#endif /* _PIDNSCTL_LISTEN_H */
