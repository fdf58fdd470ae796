// SPDX-License-Identifier: GPL-2.0
/*
 * Events that find no room in the ring of their CPU.  One kill(2) to a process
 * group of many inits is many drops on one CPU, and as it does not let the
 * worker of that CPU run meanwhile, a small ring is full every time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <netlink/netlink.h>

#include "kselftest_harness.h"

#include "herd.h"
#include "module.h"
#include "probe.h"

#define INITS	100
#define ROUNDS	20

FIXTURE(ring) {
	struct probe p, listener;
	struct herd herd;
	struct probe_status before;
};

FIXTURE_VARIANT(ring) {
	const char *params;
	bool overflows;		/* events find no room */
	bool forgets;		/* teardowns are forgotten before they are told */
};

FIXTURE_VARIANT_ADD(ring, kprobe) {
	.params = "ring=16",
	.overflows = true,
};

FIXTURE_VARIANT_ADD(ring, tracepoint) {
	.params = "ring=16 signal_hook=tracepoint",
	.overflows = true,
};

/* Room for all: then nothing is lost, and nothing said to be. */
FIXTURE_VARIANT_ADD(ring, large) {
	.params = "ring=8192",
};

/* No room for the teardowns that the events are about. */
FIXTURE_VARIANT_ADD(ring, forgetful) {
	.params = "ring=8192 history=1",
	.forgets = true,
};

#define ring_t	FIXTURE_DATA(ring)

FIXTURE_SETUP(ring)
{
	int room = 32 << 20;

	ASSERT_EQ(0, module_reload(variant->params));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, herd_start(&self->herd, INITS));
	ASSERT_EQ(0, probe_listen(&self->listener));
	ASSERT_EQ(0, setsockopt(nl_socket_get_fd(self->listener.sk), SOL_SOCKET,
				SO_RCVBUFFORCE, &room, sizeof(room)));
	ASSERT_EQ(0, probe_status(&self->p, &self->before));
}

FIXTURE_TEARDOWN(ring)
{
	herd_stop(&self->herd);
	probe_close(&self->listener);
	probe_close(&self->p);
}

static uint64_t total_lost(const struct probe_status *st)
{
	return st->lost_ring + st->lost_memory + st->lost_stale;
}

struct heard {
	uint64_t of[PIDNS_PROBE_CMD_MAX + 1];	/* events by command */
	uint64_t sum, seq, lost;
	bool bad;		/* a gap, or a sum of losses that falls */
};

/* Hear everything up to the event number LAST. */
static int hear(struct probe *listener, uint64_t last, struct heard *h)
{
	struct probe_event ev;
	int err;

	while (h->seq < last) {
		err = probe_event(listener, DEADLINE_MS, &ev);
		if (err)
			return err;
		if (ev.seq != h->seq + 1 || ev.lost < h->lost)
			h->bad = true;
		h->of[ev.cmd]++;
		h->sum++;
		h->seq = ev.seq;
		h->lost = ev.lost;
	}
	return 0;
}

/* Everything that happened since BEFORE, COUNT events, was told or lost. */
static bool all_told(struct probe *p, const struct probe_status *before,
		     uint64_t count, struct probe_status *now)
{
	if (probe_status(p, now))
		return false;
	return now->events - before->events +
	       total_lost(now) - total_lost(before) == count;
}

/*
 * Flow, many times:
 *  1. All inits are sent a signal by one system call, and drop it.
 *  2. Wait until as many events as there were drops are told or lost.  It is
 *     never more.
 *
 * Then: the listener, that could keep up, heard all that were not lost, one
 * after the other; what it is told in the end of how many were lost is what
 * status says; and each namespace has counted each of its drops.
 */
TEST_F_TIMEOUT(ring, drops, 120)
{
	uint64_t base = self->before.events, count = 0;
	struct heard h = { .seq = base };
	struct probe_status st;
	struct probe_ns ns;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, herd_signal(&self->herd, SIGTERM));
		count += INITS;
		ASSERT_TRUE(poll_until(DEADLINE_MS,
				       all_told(&self->p, &self->before, count,
						&st)));
		EXPECT_EQ(count, st.drops - self->before.drops);
		ASSERT_EQ(0, hear(&self->listener, st.events, &h));
	}
	/* One by one there is room for each. */
	ASSERT_EQ(0, kill(self->herd.pid[0], SIGTERM));
	count++;
	ASSERT_TRUE(poll_until(DEADLINE_MS, all_told(&self->p, &self->before,
						     count, &st)));
	ASSERT_EQ(0, hear(&self->listener, st.events, &h));
	EXPECT_FALSE(h.bad);
	EXPECT_EQ(h.sum, h.of[PIDNS_PROBE_CMD_DROP_NTF]);
	EXPECT_EQ(total_lost(&st), h.lost);
	EXPECT_EQ(count, h.sum + h.lost - total_lost(&self->before));
	EXPECT_EQ(variant->overflows, st.lost_ring > self->before.lost_ring);
	EXPECT_EQ(0, st.lost_memory);
	EXPECT_EQ(0, st.lost_stale);
	TH_LOG("%d drops: %d heard, %d lost", (int)count, (int)h.sum,
	       (int)h.lost);

	for (i = 0; i < INITS; i++) {
		ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->herd.pid[i],
					     &ns));
		EXPECT_EQ(ROUNDS + !i, ns.drops);
		EXPECT_EQ(ROUNDS + !i, ns.drop[SIGTERM]);
	}
}

/*
 * Flow:
 *  1. All namespaces end at once.  Each is a begin and an end of a teardown,
 *     and no other event.
 *  2. As many events were told or lost.  What the listener heard is in order.
 *  3. The counters of teardowns and deaths know nothing of the ring.
 */
TEST_F_TIMEOUT(ring, teardowns, 120)
{
	struct heard h = { .seq = self->before.events };
	struct probe_status st;

	EXPECT_EQ(INITS, herd_stop(&self->herd));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       all_told(&self->p, &self->before, 2 * INITS,
					&st)));
	EXPECT_EQ(INITS, st.teardowns - self->before.teardowns);
	EXPECT_TRUE(poll_until(DEADLINE_MS,
			       !probe_status(&self->p, &st) &&
			       st.died - self->before.died == INITS));
	EXPECT_EQ(self->before.unended, st.unended);
	ASSERT_EQ(0, hear(&self->listener, st.events, &h));
	EXPECT_FALSE(h.bad);
	EXPECT_EQ(h.sum, h.of[PIDNS_PROBE_CMD_TEARDOWN_BEGIN_NTF] +
			 h.of[PIDNS_PROBE_CMD_TEARDOWN_END_NTF]);
	EXPECT_EQ(2 * INITS, h.sum + total_lost(&st) -
			     total_lost(&self->before));
	EXPECT_EQ(!variant->overflows && !variant->forgets,
		  h.sum == 2 * INITS);
	EXPECT_EQ(variant->forgets, st.lost_stale > 0);
	EXPECT_EQ(0, st.lost_memory);
	TH_LOG("%d events: %d heard, %d without room, %d forgotten",
	       2 * INITS, (int)h.sum, (int)st.lost_ring, (int)st.lost_stale);
}

/*
 * Flow:
 *  1. Nobody listens.  All inits drop a signal, many times.
 *  2. There were no events, so none was lost, and all drops are counted.
 */
TEST_F_TIMEOUT(ring, nobody_listens, 120)
{
	struct probe_status st;
	int i;

	probe_close(&self->listener);
	for (i = 0; i < ROUNDS; i++)
		ASSERT_EQ(0, herd_signal(&self->herd, SIGTERM));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(INITS * ROUNDS, st.drops - self->before.drops);
	EXPECT_EQ(self->before.events, st.events);
	EXPECT_EQ(total_lost(&self->before), total_lost(&st));
}

TEST_HARNESS_MAIN
