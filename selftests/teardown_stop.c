// SPDX-License-Identifier: GPL-2.0
/*
 * The attempt to stop an init that came before its end: when it began, and how
 * much time was lost until the end.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

/* Long enough for several signals in a row, on a slow emulator too. */
#define WINDOW_MS	1500

FIXTURE(stop) {
	struct probe p;
	struct box box;
	uint64_t id;
};

FIXTURE_VARIANT(stop) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(stop, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(stop, tracepoint) {
	.hook = "tracepoint",
};

#define stop_t	FIXTURE_DATA(stop)

static int set_window(unsigned int ms)
{
	char value[16];

	sprintf(value, "%u", ms);
	return module_param_set("stop_window_ms", value);
}

FIXTURE_SETUP(stop)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, set_window(600000));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->id = ns_id(&self->p, self->box.pid);
	ASSERT_NE(0, self->id);
}

FIXTURE_TEARDOWN(stop)
{
	set_window(600000);
	box_stop(&self->box);
	probe_close(&self->p);
}

/* When the last drop was, as the module has it. */
static uint64_t last_drop(stop_t *self)
{
	struct probe_ns ns;

	return probe_ns_by_id(&self->p, self->id, &ns) ? 0 : ns.last.time;
}

/* Send it, and say when that was. */
static uint64_t send(stop_t *self, int sig)
{
	return kill(self->box.pid, sig) ? 0 : last_drop(self);
}

/* The wall clock is read anew for each message: it may be off by that much. */
static bool same_time(uint64_t a, uint64_t b)
{
	return llabs((long long)(a - b)) < 100000000LL;
}

static void end(struct __test_metadata *_metadata, stop_t *self,
		struct probe_teardown *td)
{
	ASSERT_EQ(SIGKILL, box_stop(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, td));
	if (!probe_has(td, PIDNS_PROBE_A_TEARDOWN_FIRST_STOP))
		return;
	EXPECT_TRUE(probe_has(td, PIDNS_PROBE_A_TEARDOWN_TIME_LOST));
	EXPECT_EQ(td->begin - td->first_stop.time, td->time_lost);
	EXPECT_EQ(PIDNS_PROBE_SENDER_ANCESTOR, td->first_stop.sender);
	EXPECT_EQ(getpid(), (pid_t)td->first_stop.pid);
}

/*
 * Flow:
 *  1. Init drops SIGTERM, then others that would end it, and is killed.
 *  2. The first of them is when the attempt began; and all count as drops.
 */
TEST_F_TIMEOUT(stop, first_of_many, 30)
{
	struct probe_teardown td;
	uint64_t first;

	first = send(self, SIGTERM);
	ASSERT_NE(0, first);
	ASSERT_NE(0, send(self, SIGINT));
	ASSERT_NE(0, send(self, SIGTERM));
	end(_metadata, self, &td);
	EXPECT_EQ(SIGTERM, td.first_stop.signal);
	EXPECT_TRUE(same_time(first, td.first_stop.time));
	EXPECT_EQ(3, td.drops);
}

/*
 * Flow:
 *  1. What does not ask init to end comes first: a terminal's stop, and a
 *     SIGTERM from inside.
 *  2. Then SIGQUIT from outside: that is the attempt.
 */
TEST_F_TIMEOUT(stop, others_before, 30)
{
	struct probe_teardown td;

	ASSERT_NE(0, send(self, SIGTSTP));
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_EQ(0, box_call(&self->box, 1, do_send, SEND_KILL, 1, 1,
			      SIGTERM));
	ASSERT_NE(0, send(self, SIGQUIT));
	end(_metadata, self, &td);
	EXPECT_EQ(SIGQUIT, td.first_stop.signal);
	EXPECT_EQ(3, td.drops);
}

/* Flow: init only drops what does not ask it to end: no attempt. */
TEST_F_TIMEOUT(stop, none, 30)
{
	struct probe_teardown td;

	ASSERT_NE(0, send(self, SIGTTIN));
	end(_metadata, self, &td);
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_FIRST_STOP));
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_TIME_LOST));
	EXPECT_EQ(1, td.drops);
}

/*
 * Flow:
 *  1. Init blocks SIGTERM, so that it waits.
 *  2. Init drops it when it unblocks it.  That is the attempt.
 */
TEST_F_TIMEOUT(stop, dequeued, 30)
{
	struct probe_teardown td;

	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_BLOCK,
			      BIT_OF(SIGTERM)));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_UNBLOCK,
			      BIT_OF(SIGTERM)));
	end(_metadata, self, &td);
	EXPECT_EQ(SIGTERM, td.first_stop.signal);
	EXPECT_EQ(PIDNS_PROBE_WHEN_DEQUEUED, td.first_stop.when);
	EXPECT_EQ(1, td.drops);
}

/* Flow: a second attempt, after the window of the first is over, is another. */
TEST_F_TIMEOUT(stop, second_attempt, 30)
{
	struct probe_teardown td;
	uint64_t first, second;
	int64_t sent;

	ASSERT_EQ(0, set_window(WINDOW_MS));
	first = send(self, SIGTERM);
	sent = now_ms();
	ASSERT_NE(0, first);
	ASSERT_TRUE(poll_until(DEADLINE_MS, now_ms() > sent + WINDOW_MS));
	second = send(self, SIGINT);
	ASSERT_LT(first + WINDOW_MS * 1000000ULL, second);
	ASSERT_NE(0, send(self, SIGTERM));
	end(_metadata, self, &td);
	EXPECT_EQ(SIGINT, td.first_stop.signal);
	EXPECT_TRUE(same_time(second, td.first_stop.time));
}

/*
 * Flow: a signal that is sent for other reasons as well, and then one that only
 * stops: the attempt began with the second.
 */
TEST_F_TIMEOUT(stop, stronger, 30)
{
	struct probe_teardown td;
	uint64_t stop;

	ASSERT_NE(0, send(self, SIGHUP));
	ASSERT_NE(0, send(self, SIGUSR1));
	stop = send(self, SIGTERM);
	ASSERT_NE(0, send(self, SIGHUP));
	end(_metadata, self, &td);
	EXPECT_EQ(SIGTERM, td.first_stop.signal);
	EXPECT_TRUE(same_time(stop, td.first_stop.time));
}

/* Flow: what the kernel sends for faults, timers and the like stops nothing. */
TEST_F_TIMEOUT(stop, no_stop, 30)
{
	static const int sig[] = { SIGALRM, SIGPIPE, SIGSEGV, SIGIO, SIGPROF };
	struct probe_teardown td;
	size_t i;

	for (i = 0; i < sizeof(sig) / sizeof(*sig); i++)
		ASSERT_NE(0, send(self, sig[i]));
	end(_metadata, self, &td);
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_FIRST_STOP));
	EXPECT_EQ(5, td.drops);
}

/* Flow: the end comes after the window: it has nothing to do with the attempt. */
TEST_F_TIMEOUT(stop, end_after_window, 30)
{
	struct probe_teardown td;
	int64_t sent;

	ASSERT_EQ(0, set_window(WINDOW_MS));
	ASSERT_NE(0, send(self, SIGTERM));
	sent = now_ms();
	ASSERT_TRUE(poll_until(DEADLINE_MS, now_ms() > sent + WINDOW_MS));
	end(_metadata, self, &td);
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_FIRST_STOP));
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_TIME_LOST));
	EXPECT_EQ(1, td.drops);
}

TEST_HARNESS_MAIN
