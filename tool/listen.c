// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <json-c/json.h>
#include <linux/genetlink.h>
#include <linux/pidns_probe.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "attr.h"
#include "listen.h"
#include "nl.h"
#include "out.h"
#include "schema.h"

static int family_gone(struct nlmsghdr *hdr, int family)
{
	struct genlmsghdr *head = genlmsg_hdr(hdr);
	struct nlattr *id;

	if (head->cmd != CTRL_CMD_DELFAMILY)
		return 0;
	id = nla_find(genlmsg_attrdata(head, 0), genlmsg_attrlen(head, 0), CTRL_ATTR_FAMILY_ID);
	return id && nla_len(id) >= (int)sizeof(uint16_t) && nla_get_u16(id) == family;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct genlmsghdr *head = genlmsg_hdr(hdr);
	struct listener *ln = arg;
	const struct attr_set *set;
	struct json_object *obj;

	if (hdr->nlmsg_type == GENL_ID_CTRL) {
		if (family_gone(hdr, ln->family))
			ln->result = -ESHUTDOWN;
		return ln->result ? NL_STOP : NL_OK;
	}
	set = schema_of_cmd(head->cmd);
	/* A newer module may send events that we do not know. */
	if (hdr->nlmsg_type != ln->family || !set || !schema_event(head->cmd))
		return NL_OK;
	if (attr_decode(set, genlmsg_attrdata(head, 0), genlmsg_attrlen(head, 0), &obj)) {
		out_warning("an event was malformed");
		return NL_OK;
	}
	ln->result = ln->fn(head->cmd, obj, ln->arg);
	json_object_put(obj);
	return ln->result ? NL_STOP : NL_OK;
}

/* Asks on the other socket: on this one, an event could come before the answer. */
static int join(struct listener *ln, struct pnl *nl, const char *family, const char *group)
{
	int nr = genl_ctrl_resolve_grp(nl->sk, family, group);

	return nr < 0 ? nr : nl_socket_add_membership(ln->sk, nr);
}

static void enlarge_buffer(struct nl_sock *sk, int size)
{
	int fd = nl_socket_get_fd(sk);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int join_all(struct listener *ln, struct pnl *nl)
{
	int err;

	/* First of all, so that an unload from now on is noticed. */
	err = join(ln, nl, "nlctrl", "notify");
	if (err)
		goto fail;
	ln->family = pnl_family(nl->sk);
	if (ln->family < 0)
		return -1;
	err = join(ln, nl, PIDNS_PROBE_GENL_NAME, PIDNS_PROBE_MCGRP_EVENTS);
	if (!err)
		return 0;
fail:
	if (err == -NLE_PERM)
		pnl_complain_perm("CAP_SYS_ADMIN");
	else if (err == -NLE_OBJ_NOTFOUND)
		/* Where the kernel cannot guard the group, the module has none. */
		out_error("there are no events on this kernel, %s: use 'pidnsctl history'",
			  "which could not keep them from other users");
	else
		out_error("cannot listen to events: %s", nl_geterror(err));
	return -1;
}

/**
 * listen_open() - Begin to listen.
 * @ln: the listener
 * @nl: a connection to ask for the group with
 * @buffer: bytes of the receive buffer
 * @fn: is called for each event
 * @arg: argument for @fn
 *
 * Return: 0, or -1 after having said why not.
 */
int listen_open(struct listener *ln, struct pnl *nl, int buffer, listen_fn fn, void *arg)
{
	*ln = (struct listener){ .fn = fn, .arg = arg };
	ln->sk = pnl_socket();
	if (!ln->sk)
		return -1;
	if (join_all(ln, nl)) {
		listen_close(ln);
		return -1;
	}
	enlarge_buffer(ln->sk, buffer);
	nl_socket_set_nonblocking(ln->sk);
	nl_socket_disable_seq_check(ln->sk);
	nl_socket_modify_cb(ln->sk, NL_CB_VALID, NL_CB_CUSTOM, on_message, ln);
	return 0;
}

/**
 * listen_close() - Stop listening.
 * @ln: the listener
 */
void listen_close(struct listener *ln)
{
	nl_socket_free(ln->sk);
	ln->sk = NULL;
}

/**
 * listen_fd() - Get what to wait on with poll().
 * @ln: the listener
 *
 * Return: the file descriptor.
 */
int listen_fd(const struct listener *ln)
{
	return nl_socket_get_fd(ln->sk);
}

/**
 * listen_read() - Read a batch of the events that have arrived.
 * @ln: the listener
 *
 * Return: 1 if there may be more, 0 if there are none left, -ENOBUFS if events
 * were lost because we were too slow, -ESHUTDOWN if the module is gone, another
 * negative error number, or what the function for events returned.
 */
int listen_read(struct listener *ln)
{
	int err = nl_recvmsgs_default(ln->sk);

	if (ln->result)
		return ln->result;
	switch (err) {
	case 0:
		return 1;
	case -NLE_AGAIN:
		return 0;
	case -NLE_NOMEM:
		/* That is how libnl calls ENOBUFS. */
		return -ENOBUFS;
	default:
		return err < 0 ? -EIO : 1;
	}
}
