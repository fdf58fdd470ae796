// SPDX-License-Identifier: GPL-2.0
/*
 * Who may ask, and who may listen.  Each variant is somebody; every command is
 * tried, and two ways to join the group, and then there is a drop to hear of.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>
#include <netlink/netlink.h>
#include <netlink/genl/genl.h>
#include <netlink/genl/ctrl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "raw.h"

#define NOBODY	65534

static const struct {
	const char *name;
	int cmd, flags, attr;
} question[] = {
	{ "status-get", PIDNS_PROBE_CMD_STATUS_GET, 0, 0 },
	{ "ns-get", PIDNS_PROBE_CMD_NS_GET, 0, PIDNS_PROBE_A_NS_PID },
	{ "ns-get (dump)", PIDNS_PROBE_CMD_NS_GET, NLM_F_DUMP, 0 },
	{ "teardown-get", PIDNS_PROBE_CMD_TEARDOWN_GET, 0,
	  PIDNS_PROBE_A_TEARDOWN_NUMBER },
	{ "teardown-get (dump)", PIDNS_PROBE_CMD_TEARDOWN_GET, NLM_F_DUMP, 0 },
};

#define QUESTIONS	((int)(sizeof(question) / sizeof(question[0])))

/* What somebody found out, for the test to judge. */
struct found {
	int became;		/* 0, or why the attempt is worth nothing */
	bool family;		/* is it found by name? */
	int ask[QUESTIONS];
	unsigned int replies[QUESTIONS];
	int join;		/* setsockopt(NETLINK_ADD_MEMBERSHIP) */
	int bind;		/* bind(2) with a mask of groups */
	int heard;		/* bytes that came without a question */
};

static int keep_caps(uint64_t mask)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = mask, .permitted = mask },
		{ .effective = mask >> 32, .permitted = mask >> 32 },
	};

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

static int be_root(void)
{
	return 0;
}

static int be_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return -errno;
	return 0;
}

/* All capabilities, but in a user namespace of one's own. */
static int be_userns_root(void)
{
	if (unshare(CLONE_NEWUSER))
		return -errno;
	return file_write("/proc/self/setgroups", "deny") ?:
	       file_write("/proc/self/uid_map", "0 0 1") ?:
	       file_write("/proc/self/gid_map", "0 0 1");
}

/* As everybody can: the owner of both namespaces is nobody. */
static int be_nobody_userns_root(void)
{
	char map[32];

	if (be_nobody())
		return -errno;
	/* Files of /proc/self are root's since the change of ids. */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER))
		return -errno;
	snprintf(map, sizeof(map), "0 %d 1", NOBODY);
	return file_write("/proc/self/setgroups", "deny") ?:
	       file_write("/proc/self/uid_map", map);
}

static int be_nobody_netns_root(void)
{
	return be_nobody_userns_root() ?: unshare(CLONE_NEWNET) ? -errno : 0;
}

static int be_netns_root(void)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

static int be_net_admin(void)
{
	return keep_caps(1ULL << CAP_NET_ADMIN);
}

static int be_sys_admin(void)
{
	return keep_caps(1ULL << CAP_SYS_ADMIN);
}

static int be_all_but(void)
{
	return keep_caps(~(1ULL << CAP_NET_ADMIN | 1ULL << CAP_SYS_ADMIN) &
			 ((2ULL << CAP_LAST_CAP) - 1));
}

FIXTURE(rights) {
	struct probe p, listener;
	struct box box;
	struct found *found;
	int group;
};

FIXTURE_VARIANT(rights) {
	int (*become)(void);
	bool open_first;	/* the socket is from before */
	bool lent;		/* nobody opened it, root asks by it */
	bool family;
	int ask, join;
	bool hears;
};

FIXTURE_VARIANT_ADD(rights, root) {
	.become = be_root,
	.family = true,
	.hears = true,
};

FIXTURE_VARIANT_ADD(rights, nobody) {
	.become = be_nobody,
	.family = true,
	.ask = -EPERM,
	.join = -EPERM,
};

FIXTURE_VARIANT_ADD(rights, userns_root) {
	.become = be_userns_root,
	.family = true,
	.ask = -EPERM,
	.join = -EPERM,
};

FIXTURE_VARIANT_ADD(rights, nobody_userns_root) {
	.become = be_nobody_userns_root,
	.family = true,
	.ask = -EPERM,
	.join = -EPERM,
};

/*
 * There is no such family: neither by name nor by number.  To join a group in
 * one's own network namespace is allowed, but nothing is ever sent there.
 */
FIXTURE_VARIANT_ADD(rights, netns_root) {
	.become = be_netns_root,
	.ask = -ENOENT,
};

FIXTURE_VARIANT_ADD(rights, nobody_netns_root) {
	.become = be_nobody_netns_root,
	.ask = -ENOENT,
};

FIXTURE_VARIANT_ADD(rights, net_admin) {
	.become = be_net_admin,
	.family = true,
	.join = -EPERM,
};

FIXTURE_VARIANT_ADD(rights, sys_admin) {
	.become = be_sys_admin,
	.family = true,
	.ask = -EPERM,
	.hears = true,
};

FIXTURE_VARIANT_ADD(rights, all_but) {
	.become = be_all_but,
	.family = true,
	.ask = -EPERM,
	.join = -EPERM,
};

FIXTURE_VARIANT_ADD(rights, dropped) {
	.become = be_nobody,
	.open_first = true,
	.family = true,
	.ask = -EPERM,
	.join = -EPERM,
};

/* A socket must not lend its user what its opener had not. */
FIXTURE_VARIANT_ADD(rights, lent) {
	.become = be_root,
	.lent = true,
	.family = true,
	.ask = -EPERM,
	.hears = true,
};

#define rights_t		FIXTURE_DATA(rights)
#define rights_variant_t	FIXTURE_VARIANT(rights)

FIXTURE_SETUP(rights)
{
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, probe_listen(&self->listener));
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->group = genl_ctrl_resolve_grp(self->p.sk, PIDNS_PROBE_GENL_NAME,
					    PIDNS_PROBE_MCGRP_EVENTS);
	ASSERT_LT(0, self->group);
	self->found = mmap(NULL, sizeof(*self->found), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->found);
}

FIXTURE_TEARDOWN(rights)
{
	box_stop(&self->box);
	probe_close(&self->listener);
	probe_close(&self->p);
}

static bool family_is_found(void)
{
	struct nl_sock *sk = nl_socket_alloc();
	bool found = false;

	if (sk && !genl_connect(sk))
		found = genl_ctrl_resolve(sk, PIDNS_PROBE_GENL_NAME) > 0;
	nl_socket_free(sk);
	return found;
}

static void ask_everything(rights_t *self, int fd)
{
	static struct raw_msg m;
	struct raw_answer a;
	int i;

	for (i = 0; i < QUESTIONS; i++) {
		raw_begin(&m, self->p.family, question[i].cmd,
			  question[i].flags);
		if (question[i].attr == PIDNS_PROBE_A_NS_PID)
			raw_u32(&m, question[i].attr, self->box.pid);
		else if (question[i].attr)
			raw_u64(&m, question[i].attr, 1);
		raw_ask(fd, &m, &a);
		self->found->ask[i] = a.error;
		self->found->replies[i] = a.replies;
	}
}

static int join(int fd, int group)
{
	int on = 1;

	/* The way to hear of other network namespaces, for those who may. */
	setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof(on));
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			  sizeof(group)) ? -errno : 0;
}

static int join_by_bind(int fd, int group)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };

	/* The mask has room for no more. */
	if (group > 32)
		return join(fd, group);
	addr.nl_groups = 1U << (group - 1);
	return bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
}

static int bytes_waiting(int fd)
{
	char buffer[4096];
	int len, sum = 0;

	while ((len = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0)
		sum += len;
	return sum;
}

/* A socket that a child without any rights opened; files are shared. */
static pid_t open_as_nobody(int *fd)
{
	int ready[2];
	pid_t pid;

	if (pipe(ready))
		return -1;
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!pid) {
		*fd = be_nobody() ?: raw_open();
		_exit(write(ready[1], fd, sizeof(*fd)) != sizeof(*fd));
	}
	if (read(ready[0], fd, sizeof(*fd)) != sizeof(*fd))
		*fd = -EIO;
	return pid;
}

/* Runs in a child, and tells the test by TELL and WAIT when it may go on. */
static void somebody(rights_t *self, const rights_variant_t *variant, int tell,
		     int wait)
{
	struct found *f = self->found;
	int fd[2] = { -1, -1 }, i;
	char c = 0;

	if (variant->lent)
		open_as_nobody(&fd[0]);
	if (variant->open_first)
		fd[0] = raw_open();
	f->became = variant->become();
	for (i = 0; i < 2; i++)
		if (fd[i] == -1)
			fd[i] = raw_open();
	if (!f->became) {
		f->family = family_is_found();
		ask_everything(self, fd[0]);
		f->join = join(fd[0], self->group);
		f->bind = join_by_bind(fd[1], self->group);
	}
	if (write(tell, &c, 1) != 1 || read(wait, &c, 1) != 1)
		return;
	f->heard = bytes_waiting(fd[0]) + bytes_waiting(fd[1]);
}

/*
 * Flow:
 *  1. A child becomes somebody, and looks the family up by its name.
 *  2. It sends every command by the number of the family, which it was told.
 *  3. It tries to join the group by its number, in two ways.
 *  4. Init drops a signal, and a listener with all rights hears of it.
 *  5. The child looks whether it has heard anything.
 */
TEST_F_TIMEOUT(rights, matrix, 120)
{
	struct found *f = self->found;
	struct probe_event ev;
	int up[2], down[2], i;
	struct probe_ns ns;
	pid_t pid;
	char c = 0;

	ASSERT_EQ(0, pipe(up));
	ASSERT_EQ(0, pipe(down));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		somebody(self, variant, up[1], down[0]);
		_exit(0);
	}
	ASSERT_EQ(1, read(up[0], &c, 1));
	ASSERT_EQ(0, f->became);
	EXPECT_EQ(variant->family, f->family);
	for (i = 0; i < QUESTIONS; i++) {
		/* The number of a teardown that is not there. */
		int ok = question[i].attr == PIDNS_PROBE_A_TEARDOWN_NUMBER &&
			 f->ask[i] == -ENOENT && !variant->ask ? -ENOENT : 0;

		EXPECT_EQ(variant->ask ?: ok, f->ask[i])
			TH_LOG("%s", question[i].name);
		EXPECT_TRUE(!variant->ask || !f->replies[i])
			TH_LOG("%s", question[i].name);
	}
	/* Those who may ask are told of more than nothing. */
	if (!variant->ask) {
		EXPECT_EQ(1, f->replies[0]);
		EXPECT_EQ(1, f->replies[1]);
		EXPECT_LE(2, f->replies[2]);
	}
	EXPECT_EQ(variant->join, f->join);
	EXPECT_EQ(variant->join, f->bind);

	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(0, probe_event_of(&self->listener, DEADLINE_MS,
				    PIDNS_PROBE_CMD_DROP_NTF, ns.id, &ev));
	ASSERT_EQ(1, write(down[1], &c, 1));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(variant->hears, f->heard > 0);
}

TEST_HARNESS_MAIN
