// SPDX-License-Identifier: GPL-2.0
/*
 * Listeners that do not keep up, that never read, that die, and one that is
 * itself the target: the kernel goes on, and whoever missed something knows.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netlink/netlink.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

#define STORM		5000
#define LISTENERS	40

FIXTURE(slow) {
	struct probe p, fast, slow;
	struct box box;
	struct probe_ns ns;
	struct probe_status before;
};

FIXTURE_VARIANT(slow) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(slow, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(slow, tracepoint) {
	.hook = "tracepoint",
};

#define slow_t	FIXTURE_DATA(slow)

static int set_room(struct probe *p, int bytes)
{
	return setsockopt(nl_socket_get_fd(p->sk), SOL_SOCKET,
			  SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ? -errno : 0;
}

FIXTURE_SETUP(slow)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &self->ns));
	ASSERT_EQ(0, probe_status(&self->p, &self->before));
	ASSERT_EQ(0, probe_listen(&self->fast));
	ASSERT_EQ(0, set_room(&self->fast, 16 << 20));
}

FIXTURE_TEARDOWN(slow)
{
	box_stop(&self->box);
	probe_close(&self->slow);
	probe_close(&self->fast);
	probe_close(&self->p);
}

static bool storm(slow_t *self, int count)
{
	while (count--)
		if (kill(self->box.pid, SIGTERM))
			return false;
	return true;
}

/* What a listener has seen. */
struct seen {
	uint64_t events;	/* drops of the namespace in question */
	uint64_t others;
	uint64_t gaps;		/* numbers in the sequence that did not come */
	uint64_t seq, lost;	/* of the last one */
	unsigned int overruns;	/* ENOBUFS */
	bool disorder;
};

static void see(struct seen *s, const struct probe_event *ev, uint64_t id)
{
	if (ev->cmd == PIDNS_PROBE_CMD_DROP_NTF && ev->id == id)
		s->events++;
	else
		s->others++;
	if (ev->seq <= s->seq || ev->lost < s->lost)
		s->disorder = true;
	s->gaps += ev->seq - s->seq - 1;
	s->seq = ev->seq;
	s->lost = ev->lost;
}

/* Read until sequence number LAST came, or nothing more does. */
static void see_all(struct probe *listener, uint64_t last, int ms,
		    struct seen *s, uint64_t id)
{
	struct probe_event ev;
	int err;

	while (s->seq < last) {
		err = probe_event(listener, ms, &ev);
		if (err && err != -ENOBUFS)
			return;
		if (err)
			s->overruns++;
		else
			see(s, &ev, id);
	}
}

/* COUNT events since the beginning were told or, says status, lost. */
static bool all_told(slow_t *self, uint64_t count, struct probe_status *st)
{
	const struct probe_status *b = &self->before;

	if (probe_status(&self->p, st))
		return false;
	return st->events - b->events + st->lost_ring - b->lost_ring == count;
}

/*
 * Flow:
 *  1. A listener with the smallest buffer that there is does not read, while
 *     init drops thousands of signals.  Another one reads, with a large one.
 *  2. Counters are exact.  Events and those that status says were lost make up
 *     the drops.
 *  3. The fast one got every event in order.  The slow one is told ENOBUFS, and
 *     what it missed is the gaps in the sequence, no more and no less.
 *  4. It goes on: the next drop reaches it, with no gap after the last.
 */
TEST_F_TIMEOUT(slow, enobufs, 120)
{
	struct seen fast = {}, slow = {};
	struct probe_status st;
	struct probe_event ev;
	struct tally want = {};
	uint64_t base, lost;
	int i;

	ASSERT_EQ(0, probe_listen(&self->slow));
	ASSERT_EQ(0, set_room(&self->slow, 1));
	base = self->before.events;
	fast.seq = base;
	slow.seq = base;

	ASSERT_TRUE(storm(self, STORM));
	for (i = 0; i < STORM; i++)
		tally_default(&want, SIGTERM, PIDNS_PROBE_SENDER_ANCESTOR);
	ASSERT_TRUE(poll_until(DEADLINE_MS, all_told(self, STORM, &st)));
	ASSERT_TRUE(tally_check(&self->p, self->box.pid, &want));
	EXPECT_EQ(STORM, st.drops - self->before.drops);
	lost = st.lost_ring;
	EXPECT_EQ(self->before.lost_memory, st.lost_memory);
	EXPECT_EQ(self->before.lost_stale, st.lost_stale);
	ASSERT_LT(base, st.events);

	see_all(&self->fast, st.events, DEADLINE_MS, &fast, self->ns.id);
	EXPECT_EQ(st.events, fast.seq);
	EXPECT_EQ(st.events - base, fast.events);
	EXPECT_EQ(0, fast.gaps);
	EXPECT_EQ(0, fast.others);
	EXPECT_EQ(0, fast.overruns);
	EXPECT_FALSE(fast.disorder);

	see_all(&self->slow, st.events, 100, &slow, self->ns.id);
	EXPECT_LE(1, slow.overruns);
	EXPECT_LT(slow.seq, st.events);

	ASSERT_TRUE(storm(self, 1));
	ASSERT_EQ(0, probe_event(&self->slow, DEADLINE_MS, &ev));
	see(&slow, &ev, self->ns.id);
	EXPECT_EQ(st.events + 1, slow.seq);
	EXPECT_EQ(lost, slow.lost);
	EXPECT_EQ(st.events + 1 - base, slow.events + slow.gaps);
	EXPECT_LT(0, slow.gaps);
	EXPECT_FALSE(slow.disorder);
	ASSERT_TRUE(storm(self, 1));
	ASSERT_EQ(0, probe_event(&self->slow, DEADLINE_MS, &ev));
	EXPECT_EQ(st.events + 2, ev.seq);
}

/* Join, and then never read; the parent stops or ends us. */
static pid_t start_deaf(void)
{
	struct probe p;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (probe_listen(&p))
		_exit(1);
	raise(SIGSTOP);
	_exit(0);
}

/*
 * Flow:
 *  1. Many listeners join and stop.
 *  2. Half of them die in the midst of a storm.
 *  3. The counters are exact, the one that reads has lost nothing of what status
 *     says was sent, and the module unloads when all are gone.
 */
TEST_F_TIMEOUT(slow, deaf, 120)
{
	pid_t deaf[LISTENERS];
	struct probe_status st;
	struct seen seen = {};
	struct probe_ns ns;
	int i, status;

	seen.seq = self->before.events;
	for (i = 0; i < LISTENERS; i++) {
		deaf[i] = start_deaf();
		ASSERT_LT(0, deaf[i]);
		ASSERT_EQ(deaf[i], waitpid(deaf[i], &status, WUNTRACED));
		ASSERT_TRUE(WIFSTOPPED(status));
	}
	for (i = 0; i < LISTENERS; i++) {
		ASSERT_TRUE(storm(self, 50));
		if (i % 2)
			ASSERT_EQ(0, kill(deaf[i], SIGKILL));
	}
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       all_told(self, 50 * LISTENERS, &st)));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(50 * LISTENERS, ns.drops);
	see_all(&self->fast, st.events, DEADLINE_MS, &seen, self->ns.id);
	EXPECT_EQ(st.events - self->before.events, seen.events);
	EXPECT_EQ(0, seen.gaps);

	for (i = 0; i < LISTENERS; i++) {
		kill(deaf[i], SIGKILL);
		ASSERT_EQ(deaf[i], waitpid(deaf[i], &status, 0));
	}
	ASSERT_EQ(0, module_reload(""));
}

static struct probe own;

/* Init joins, and asks to be sent SIGIO for every datagram. */
static long do_listen_async(const long *arg)
{
	int fd, err;

	(void)arg;
	err = probe_listen(&own);
	if (err)
		return err;
	fd = nl_socket_get_fd(own.sk);
	if (fcntl(fd, F_SETOWN, getpid()) ||
	    fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK))
		return -errno;
	return 0;
}

/* Read what there is; the number of datagrams. */
static long do_read(const long *arg)
{
	char buffer[65536];
	long count = 0;

	(void)arg;
	while (recv(nl_socket_get_fd(own.sk), buffer, sizeof(buffer), 0) > 0)
		count++;
	return count;
}

/*
 * Flow:
 *  1. Init listens to events about itself and is sent SIGIO for each, which it
 *     handles.  It drops signals: an event that was sent by the probe, under
 *     init's siglock, would make the kernel take that lock again.
 *  2. The machine is alive, init has read events and handled SIGIO.
 *  3. The same with SIGIO as it is by default: init drops it, which is an event,
 *     which is a SIGIO.  That ends when the socket is full.
 */
TEST_F_TIMEOUT(slow, target_is_listener, 120)
{
	uint32_t *handled = &self->box.page->handled[SIGIO];
	struct probe_ns ns;
	uint64_t drops;
	int i;

	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_action, SIGIO,
			      ACTION_HANDLER));
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_listen_async));
	for (i = 0; i < 100; i++) {
		ASSERT_TRUE(storm(self, 1));
		ASSERT_LE(0, box_call(&self->box, BOX_INIT, do_read));
	}
	EXPECT_TRUE(poll_until(DEADLINE_MS,
			       __atomic_load_n(handled, __ATOMIC_RELAXED)));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(100, ns.drops);
	EXPECT_EQ(100, ns.drop[SIGTERM]);

	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_action, SIGIO,
			      ACTION_DFL));
	ASSERT_TRUE(storm(self, 100));
	EXPECT_TRUE(poll_until(DEADLINE_MS,
			       !probe_ns_by_pid(&self->p, self->box.pid, &ns) &&
			       ns.drop[SIGIO]));
	EXPECT_EQ(200, ns.drop[SIGTERM]);
	ASSERT_TRUE(poll_until(DEADLINE_MS, ({
		drops = ns.drops;
		poll_pause();
		!probe_ns_by_pid(&self->p, self->box.pid, &ns) &&
		ns.drops == drops;
	})));
	EXPECT_EQ(ns.drops, ns.drop[SIGTERM] + ns.drop[SIGIO]);
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_nothing));
	EXPECT_EQ(SIGKILL, box_stop(&self->box));
}

TEST_HARNESS_MAIN
