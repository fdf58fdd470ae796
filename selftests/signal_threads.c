// SPDX-License-Identifier: GPL-2.0
/*
 * An init with two threads that block different signals.  The mask that
 * decides at first is that of the thread a signal is sent to, for kill(2) the
 * first one; and then any thread may take what was queued for the process.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

#define WORKER	2

FIXTURE(threads) {
	struct probe p;
	struct box box;
	struct tally want;
	uint64_t id;
	pid_t worker;		/* its tid, as we see it */
};

FIXTURE_VARIANT(threads) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(threads, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(threads, tracepoint) {
	.hook = "tracepoint",
};

#define threads_t	FIXTURE_DATA(threads)

static void start(struct __test_metadata *_metadata, threads_t *self)
{
	static const struct tally none;
	struct probe_ns ns;

	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_thread, WORKER));
	self->worker = box_host_thread(&self->box);
	ASSERT_LT(0, self->worker);
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	self->id = ns.id;
	self->want = none;
}

FIXTURE_SETUP(threads)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	start(_metadata, self);
}

FIXTURE_TEARDOWN(threads)
{
	box_stop(&self->box);
	probe_close(&self->p);
}

static void dropped(threads_t *self, int sig, enum pidns_probe_when when)
{
	tally_drop(&self->want, sig, when, PIDNS_PROBE_SENDER_ANCESTOR);
}

/* By default these leave a core, which the kernel does another way. */
static bool dumps_core(int sig)
{
	switch (sig) {
	case SIGQUIT:
	case SIGILL:
	case SIGTRAP:
	case SIGABRT:
	case SIGBUS:
	case SIGFPE:
	case SIGSEGV:
	case SIGXCPU:
	case SIGXFSZ:
	case SIGSYS:
		return true;
	}
	return false;
}

static bool stops(int sig)
{
	return sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

/*
 * Flow, for each signal:
 *  1. The first thread blocks it, the other does not, and has no handler.
 *  2. kill(2) queues it, and the kernel finds the other thread to take it.
 *  3. If it ends a process without a core, complete_signal() ends init there
 *     and then, SIGNAL_UNKILLABLE or not: no drop, and init's status says so.
 *     Else the other thread dequeues it: a drop, if it is not harmless.
 */
TEST_F_TIMEOUT(threads, leader_blocks, 120)
{
	struct probe_teardown td;
	int sig;

	for (sig = 1; sig <= 64; sig++) {
		if (signal_is_absolute(sig))
			continue;
		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_BLOCK,
				      BIT_OF(sig)));
		ASSERT_EQ(0, kill(self->box.pid, sig));
		if (!signal_is_harmless(sig) && !stops(sig) &&
		    !dumps_core(sig)) {
			ASSERT_EQ(sig, box_wait(&self->box));
			ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id,
							  &td));
			EXPECT_EQ(sig, td.status);
			EXPECT_EQ(tally_drops(&self->want), td.drops);
			start(_metadata, self);
			continue;
		}
		ASSERT_EQ(0, box_call(&self->box, WORKER, do_nothing));
		if (!signal_is_harmless(sig))
			dropped(self, sig, PIDNS_PROBE_WHEN_DEQUEUED);
		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_restore, sig));
		ASSERT_TRUE(tally_check(&self->p, self->box.pid, &self->want));
	}
}

/*
 * Flow, for each signal:
 *  1. The first thread blocks it, and is sent it by tgkill(2): nobody else may
 *     take it, and it waits.
 *  2. The other thread, that does not block it, is sent it as well: a drop.
 *  3. The first thread unblocks it: a drop, dequeued.
 */
TEST_F_TIMEOUT(threads, leader_alone, 120)
{
	pid_t pid = self->box.pid;
	int sig;

	for (sig = 1; sig <= 64; sig++) {
		if (signal_is_absolute(sig))
			continue;
		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_BLOCK,
				      BIT_OF(sig)));
		ASSERT_EQ(0, send_signal(SEND_TGKILL, pid, pid, sig));
		ASSERT_EQ(1, box_call(&self->box, BOX_INIT, do_pending, sig));
		ASSERT_TRUE(tally_check(&self->p, pid, &self->want));

		ASSERT_EQ(0, send_signal(SEND_TGKILL, pid, self->worker, sig));
		tally_default(&self->want, sig, PIDNS_PROBE_SENDER_ANCESTOR);
		ASSERT_TRUE(tally_check(&self->p, pid, &self->want));

		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask,
				      SIG_UNBLOCK, BIT_OF(sig)));
		if (!signal_is_harmless(sig))
			dropped(self, sig, PIDNS_PROBE_WHEN_DEQUEUED);
		ASSERT_TRUE(tally_check(&self->p, pid, &self->want));
	}
}

/*
 * Flow, for each signal:
 *  1. The other thread blocks it, and is sent it by tgkill(2).
 *  2. The other thread unblocks it: a drop, dequeued by that thread.
 */
TEST_F_TIMEOUT(threads, worker_alone, 120)
{
	pid_t pid = self->box.pid;
	int sig;

	for (sig = 1; sig <= 64; sig++) {
		if (signal_is_absolute(sig))
			continue;
		ASSERT_EQ(0, box_call(&self->box, WORKER, do_mask, SIG_BLOCK,
				      BIT_OF(sig)));
		ASSERT_EQ(0, send_signal(SEND_TGKILL, pid, self->worker, sig));
		ASSERT_EQ(1, box_call(&self->box, WORKER, do_pending, sig));
		ASSERT_EQ(0, box_call(&self->box, WORKER, do_mask, SIG_UNBLOCK,
				      BIT_OF(sig)));
		if (!signal_is_harmless(sig))
			dropped(self, sig, PIDNS_PROBE_WHEN_DEQUEUED);
		ASSERT_TRUE(tally_check(&self->p, pid, &self->want));
	}
}

/*
 * Flow, for each signal:
 *  1. Both threads block it, and kill(2) queues it for the process.
 *  2. The other thread unblocks it, takes it and drops it.
 */
TEST_F_TIMEOUT(threads, both_block, 120)
{
	pid_t pid = self->box.pid;
	int sig;

	for (sig = 1; sig <= 64; sig++) {
		if (signal_is_absolute(sig))
			continue;
		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_BLOCK,
				      BIT_OF(sig)));
		ASSERT_EQ(0, box_call(&self->box, WORKER, do_mask, SIG_BLOCK,
				      BIT_OF(sig)));
		ASSERT_EQ(0, kill(pid, sig));
		ASSERT_EQ(1, box_call(&self->box, BOX_INIT, do_pending, sig));
		ASSERT_EQ(0, box_call(&self->box, WORKER, do_mask, SIG_UNBLOCK,
				      BIT_OF(sig)));
		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_pending, sig));
		if (!signal_is_harmless(sig))
			dropped(self, sig, PIDNS_PROBE_WHEN_DEQUEUED);
		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_restore, sig));
		ASSERT_TRUE(tally_check(&self->p, pid, &self->want));
	}
}

/*
 * Flow:
 *  1. The first thread of init exits, the other goes on: init is not dying.
 *  2. What kill(2) sends to it is dropped as before, and counted.
 *  3. The last thread exits: the teardown, with its status.
 */
TEST_F_TIMEOUT(threads, leader_exits, 60)
{
	struct probe_teardown td;
	struct probe_ns ns;
	int sig, status;

	box_ask(&self->box, BOX_INIT, do_exit_thread, 3);
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       process_state(self->box.pid) == 'Z'));
	for (sig = 1; sig <= 64; sig++) {
		if (signal_is_absolute(sig))
			continue;
		ASSERT_EQ(0, kill(self->box.pid, sig));
		tally_default(&self->want, sig, PIDNS_PROBE_SENDER_ANCESTOR);
		ASSERT_EQ(0, box_call(&self->box, WORKER, do_nothing));
	}
	EXPECT_TRUE(tally_check(&self->p, self->box.pid, &self->want));
	ASSERT_EQ(0, probe_ns_by_id(&self->p, self->id, &ns));
	EXPECT_EQ(PIDNS_PROBE_NS_STATE_RUNNING, ns.state);

	box_ask(&self->box, WORKER, do_exit_thread, 4);
	status = box_wait(&self->box);
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(status, (int)td.status);
	EXPECT_EQ(tally_drops(&self->want), td.drops);
}

TEST_HARNESS_MAIN
