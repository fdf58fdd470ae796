// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <json-c/json.h>
#include <linux/netlink.h>
#include <linux/pidns_probe.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "fmt.h"
#include "nl.h"
#include "out.h"
#include "schema.h"

#define SYS_MODULE	"/sys/module/pidns_probe"
#define THE_MODULE	"the kernel module pidns_probe"

/* A dump fills what the reader offers, 32 KiB at most. */
#define RECV_SIZE	(64 * 1024)

/* How often to read a list again that changed meanwhile. */
#define DUMP_TRIES	5

/* What is known of an answer while it is read. */
struct answer {
	struct pnl *nl;
	const struct attr_set *set;
	const struct nlmsghdr *request;
	struct json_object *array;
	bool interrupted;
	bool done;
	int error;		/* of our own, in decoding */
};

static bool in_other_userns(void)
{
	unsigned long inside, outside, count;
	FILE *f = fopen("/proc/self/uid_map", "r");
	bool other = false;

	if (!f)
		return false;
	if (fscanf(f, "%lu %lu %lu", &inside, &outside, &count) == 3)
		other = inside || outside || count != UINT32_MAX;
	fclose(f);
	return other;
}

/**
 * pnl_complain_perm() - Say which right was missing.
 * @capability: its name
 */
void pnl_complain_perm(const char *capability)
{
	if (in_other_userns())
		out_error("permission denied: this needs %s in the initial user namespace, and %s",
			  capability, "this is another one: run it as root outside the container");
	else
		out_error("permission denied: this needs %s: run it as root", capability);
}

static void complain_absent(void)
{
	char state[16] = "";
	FILE *f;

	if (access(SYS_MODULE, F_OK)) {
		out_error(THE_MODULE " is not loaded: run 'modprobe pidns_probe', or %s",
			  "'insmod pidns_probe.ko' where it was built");
		return;
	}
	f = fopen(SYS_MODULE "/initstate", "r");
	if (f) {
		if (fscanf(f, "%15s", state) != 1)
			state[0] = '\0';
		fclose(f);
	}
	if (!strcmp(state, "coming"))
		out_error(THE_MODULE " is still being loaded: try again");
	else if (!strcmp(state, "going"))
		out_error(THE_MODULE " is being unloaded");
	else
		out_error(THE_MODULE " is loaded, but answers in the initial network namespace %s",
			  "only, and this is another one: run 'nsenter -t 1 -n pidnsctl ...'");
}

/**
 * pnl_socket() - Open a generic netlink socket.
 *
 * Return: the socket, with extended acknowledgements, or NULL after having
 * said why not.
 */
struct nl_sock *pnl_socket(void)
{
	struct nl_sock *sk = nl_socket_alloc();
	int on = 1, err, fd;

	if (!sk) {
		out_error("cannot open a netlink socket: out of memory");
		return NULL;
	}
	err = genl_connect(sk);
	if (!err)
		err = nl_socket_set_msg_buf_size(sk, RECV_SIZE);
	if (err) {
		out_error("cannot open a netlink socket: %s", nl_geterror(err));
		nl_socket_free(sk);
		return NULL;
	}
	nl_socket_disable_msg_peek(sk);
	/* Older kernels do without the one or the other. */
	fd = nl_socket_get_fd(sk);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return sk;
}

/**
 * pnl_family() - Find the family of the module.
 * @sk: socket to ask with
 *
 * Return: its number, or -1 after having said why it was not found.
 */
int pnl_family(struct nl_sock *sk)
{
	int family = genl_ctrl_resolve(sk, PIDNS_PROBE_GENL_NAME);

	if (family >= 0)
		return family;
	if (family == -NLE_OBJ_NOTFOUND)
		complain_absent();
	else
		out_error("cannot ask for the netlink family " PIDNS_PROBE_GENL_NAME ": %s",
			  nl_geterror(family));
	return -1;
}

/**
 * pnl_open() - Open a connection for requests.
 *
 * Return: the connection, or NULL after having said why there is none.
 */
struct pnl *pnl_open(void)
{
	struct pnl *nl = calloc(1, sizeof(*nl));

	if (!nl) {
		out_error("out of memory");
		return NULL;
	}
	nl->sk = pnl_socket();
	if (nl->sk)
		nl->family = pnl_family(nl->sk);
	if (!nl->sk || nl->family < 0) {
		pnl_close(nl);
		return NULL;
	}
	return nl;
}

/**
 * pnl_close() - Close a connection.
 * @nl: the connection, or NULL
 */
void pnl_close(struct pnl *nl)
{
	if (!nl)
		return;
	if (nl->sk)
		nl_socket_free(nl->sk);
	free(nl);
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct genlmsghdr *head = genlmsg_hdr(nlmsg_hdr(msg));
	struct answer *answer = arg;
	struct json_object *obj;
	int err;

	err = attr_decode(answer->set, genlmsg_attrdata(head, 0), genlmsg_attrlen(head, 0), &obj);
	if (err)
		answer->error = err;
	else
		json_object_array_add(answer->array, obj);
	return NL_OK;
}

/* The end of a dump, where an error of the dump is told, or an ACK. */
static int on_end(struct nl_msg *msg, void *arg)
{
	struct answer *answer = arg;

	extack_parse(&answer->nl->ack, nlmsg_hdr(msg), answer->request);
	answer->done = true;
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from __attribute__((unused)), struct nlmsgerr *err,
		    void *arg)
{
	struct answer *answer = arg;

	/* libnl hands over the payload, its header is right before it. */
	extack_parse(&answer->nl->ack, (struct nlmsghdr *)((char *)err - NLMSG_HDRLEN),
		     answer->request);
	answer->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg __attribute__((unused)), void *arg)
{
	struct answer *answer = arg;

	answer->interrupted = true;
	return NL_OK;
}

static struct nl_msg *make_request(struct pnl *nl, uint8_t cmd, int flags,
				   const struct pnl_arg *arg)
{
	struct nl_msg *msg = nlmsg_alloc();
	int err = 0;

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0, flags, cmd,
			 PIDNS_PROBE_GENL_VERSION))
		err = -NLE_NOMEM;
	else if (arg && arg->kind == ATTR_U64)
		err = nla_put_u64(msg, arg->nr, arg->value);
	else if (arg && arg->kind == ATTR_U32)
		err = nla_put_u32(msg, arg->nr, arg->value);
	else if (arg)
		err = nla_put_flag(msg, arg->nr);
	if (err) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int receive(struct pnl *nl, struct answer *answer)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err = 0;

	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, answer);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_end, answer);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, answer);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, answer);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, answer);

	while (!answer->done && err >= 0)
		err = nl_recvmsgs(nl->sk, cb);
	nl_cb_put(cb);
	if (answer->done)
		return nl->ack.error ? nl->ack.error : answer->error;
	return err == -NLE_NOMEM ? -ENOMEM : -EIO;
}

/* Sends a request, and reads all of the answer into answer->array. */
static int transact(struct pnl *nl, uint8_t cmd, int flags, const struct pnl_arg *arg,
		    struct answer *answer)
{
	struct nl_msg *msg = make_request(nl, cmd, flags, arg);
	int err;

	nl->cmd = cmd;
	memset(&nl->ack, 0, sizeof(nl->ack));
	*answer = (struct answer){ .nl = nl, .set = schema_of_cmd(cmd) };
	if (!msg)
		err = -ENOMEM;
	else if (nl_send_auto(nl->sk, msg) < 0)
		err = -EIO;
	else
		err = 0;

	if (!err) {
		answer->request = nlmsg_hdr(msg);
		answer->array = json_object_new_array();
		err = receive(nl, answer);
		answer->request = NULL;
	}
	nlmsg_free(msg);
	if (err) {
		json_object_put(answer->array);
		answer->array = NULL;
		nl->ack.error = err;
	}
	return err;
}

/**
 * pnl_get() - Ask for one object.
 * @nl: the connection
 * @cmd: the command
 * @arg: its attribute, or NULL
 * @obj: where the new object goes
 *
 * Return: 0, or a negative error number, about which pnl_complain() says more.
 */
int pnl_get(struct pnl *nl, uint8_t cmd, const struct pnl_arg *arg, struct json_object **obj)
{
	struct answer answer;
	int err;

	err = transact(nl, cmd, NLM_F_ACK, arg, &answer);
	if (err)
		return err;
	*obj = json_object_get(json_object_array_get_idx(answer.array, 0));
	json_object_put(answer.array);
	if (*obj)
		return 0;
	nl->ack.error = -EBADMSG;
	return -EBADMSG;
}

/**
 * pnl_dump() - Ask for all objects of a kind.
 * @nl: the connection
 * @cmd: the command
 * @array: where the new array of them goes
 *
 * A list that changed while it was read is read again, a few times; then it is
 * taken as it is, with a warning.
 *
 * Return: 0, or a negative error number, about which pnl_complain() says more.
 */
int pnl_dump(struct pnl *nl, uint8_t cmd, struct json_object **array)
{
	struct answer answer;
	int err, tries;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		err = transact(nl, cmd, NLM_F_DUMP, NULL, &answer);
		if (err)
			return err;
		if (!answer.interrupted)
			break;
		if (tries < DUMP_TRIES - 1)
			json_object_put(answer.array);
	}
	if (answer.interrupted)
		out_warning("the list changed while it was read, %d times over: it may lack something",
			    DUMP_TRIES);
	*array = answer.array;
	return 0;
}

/**
 * pnl_complain() - Say why the last request failed.
 * @nl: the connection
 */
void pnl_complain(const struct pnl *nl)
{
	const struct extack *ack = &nl->ack;
	const struct attr *attr = ack->attr ? attr_find(schema_of_cmd(nl->cmd), ack->attr) : NULL;
	char name[ATTR_NAME_MAX];

	if (*ack->text && attr) {
		attr_name(attr->name, name);
		out_error("%s (attribute '%s'%s)", ack->text, name, ack->missing ? " missing" : "");
	} else if (*ack->text) {
		out_error("%s", ack->text);
	} else if (ack->error == -EPERM) {
		pnl_complain_perm("CAP_NET_ADMIN");
	} else if (ack->error == -ENOENT) {
		/* A refusal of the module's has a sentence: this is not one. */
		complain_absent();
	} else if (ack->error == -EOPNOTSUPP) {
		out_error(THE_MODULE " does not know this request: it is older than this tool");
	} else if (ack->error == -EBADMSG) {
		out_error(THE_MODULE " speaks another version of the protocol than this tool");
	} else {
		out_error("the kernel answered: %s", strerror(-ack->error));
	}
}
