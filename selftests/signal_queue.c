// SPDX-License-Identifier: GPL-2.0
/*
 * Signals that wait in the queue of an init: what leaves it counts once for
 * each that is dropped, and what is flushed counts not at all.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

FIXTURE(queue) {
	struct probe p;
	struct box box;
	struct tally want;
};

FIXTURE_VARIANT(queue) {
	const char *hook;
};

FIXTURE_VARIANT_ADD(queue, kprobe) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(queue, tracepoint) {
	.hook = "tracepoint",
};

FIXTURE_SETUP(queue)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
}

FIXTURE_TEARDOWN(queue)
{
	box_stop(&self->box);
	probe_close(&self->p);
}

#define mask(how, sig)							\
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, how, BIT_OF(sig)))
#define action(sig, what)						\
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_action, sig, what))
#define pending(sig)							\
	box_call(&self->box, BOX_INIT, do_pending, sig)
#define check()								\
	ASSERT_TRUE(tally_check(&self->p, self->box.pid, &self->want))

/*
 * Flow:
 *  1. Init blocks a signal of each kind, and is sent each five times.
 *  2. Unblocked, five of the real-time one are dropped, and one of the other.
 */
TEST_F_TIMEOUT(queue, many, 60)
{
	int i, rt = 40;

	mask(SIG_BLOCK, SIGTERM);
	mask(SIG_BLOCK, rt);
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
		ASSERT_EQ(0, send_signal(SEND_QUEUE, self->box.pid, 0, rt));
	}
	check();
	mask(SIG_UNBLOCK, SIGTERM);
	tally_drop(&self->want, SIGTERM, PIDNS_PROBE_WHEN_DEQUEUED,
		   PIDNS_PROBE_SENDER_ANCESTOR);
	check();
	mask(SIG_UNBLOCK, rt);
	for (i = 0; i < 5; i++)
		tally_drop(&self->want, rt, PIDNS_PROBE_WHEN_DEQUEUED,
			   PIDNS_PROBE_SENDER_ANCESTOR);
	check();
}

/*
 * Flow:
 *  1. Init blocks two signals; it is sent one by us, one by its own child.
 *  2. Unblocked in the other order, each drop has its own sender.
 */
TEST_F_TIMEOUT(queue, senders, 60)
{
	mask(SIG_BLOCK, SIGTERM);
	mask(SIG_BLOCK, SIGUSR1);
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(0, box_call(&self->box, 1, do_send, SEND_KILL, 1, 1,
			      SIGUSR1));
	mask(SIG_UNBLOCK, SIGTERM);
	tally_drop(&self->want, SIGTERM, PIDNS_PROBE_WHEN_DEQUEUED,
		   PIDNS_PROBE_SENDER_ANCESTOR);
	check();
	mask(SIG_UNBLOCK, SIGUSR1);
	tally_drop(&self->want, SIGUSR1, PIDNS_PROBE_WHEN_DEQUEUED,
		   PIDNS_PROBE_SENDER_INSIDE);
	check();
}

/* Send init a signal with siginfo that says it comes from nobody. */
static long do_forge(const long *arg)
{
	siginfo_t info = {
		.si_signo = arg[0],
		.si_code = SI_QUEUE,
	};

	return syscall(SYS_rt_sigqueueinfo, 1, (int)arg[0], &info);
}

/* Flow: a child of init queues a signal and hides its pid.  It is inside. */
TEST_F_TIMEOUT(queue, forged, 60)
{
	mask(SIG_BLOCK, SIGTERM);
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_EQ(0, box_call(&self->box, 1, do_forge, SIGTERM));
	mask(SIG_UNBLOCK, SIGTERM);
	tally_drop(&self->want, SIGTERM, PIDNS_PROBE_WHEN_DEQUEUED,
		   PIDNS_PROBE_SENDER_INSIDE);
	check();
}

/*
 * Flow:
 *  1. Init blocks two signals; it is sent one by us, one by its own child.
 *  2. The module is loaded afresh, and so did not see that.
 *  3. Unblocked, they are drops.  The second has the pid of its sender with
 *     it, but who sent the first cannot be known: not an ancestor, then.
 */
TEST_F_TIMEOUT(queue, before_load, 60)
{
	char params[64];

	mask(SIG_BLOCK, SIGTERM);
	mask(SIG_BLOCK, SIGUSR1);
	ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_fork, 1));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(0, box_call(&self->box, 1, do_send, SEND_KILL, 1, 1,
			      SIGUSR1));
	probe_close(&self->p);
	snprintf(params, sizeof(params), "signal_hook=%s", variant->hook);
	ASSERT_EQ(0, module_reload(params));
	ASSERT_EQ(0, probe_open(&self->p));
	mask(SIG_UNBLOCK, SIGTERM);
	tally_drop(&self->want, SIGTERM, PIDNS_PROBE_WHEN_DEQUEUED,
		   PIDNS_PROBE_SENDER_KERNEL);
	check();
	mask(SIG_UNBLOCK, SIGUSR1);
	tally_drop(&self->want, SIGUSR1, PIDNS_PROBE_WHEN_DEQUEUED,
		   PIDNS_PROBE_SENDER_INSIDE);
	check();
}

/*
 * Flow:
 *  1. Init blocks SIGTSTP and is sent it: it is pending.
 *  2. It is sent SIGCONT, which is ignored, and takes SIGTSTP away.
 *  3. Unblocked, there is nothing to drop.  And the other way round.
 */
TEST_F_TIMEOUT(queue, stop_and_continue, 60)
{
	mask(SIG_BLOCK, SIGTSTP);
	ASSERT_EQ(0, kill(self->box.pid, SIGTSTP));
	ASSERT_EQ(1, pending(SIGTSTP));
	ASSERT_EQ(0, kill(self->box.pid, SIGCONT));
	self->want.ignored++;
	ASSERT_EQ(0, pending(SIGTSTP));
	mask(SIG_UNBLOCK, SIGTSTP);
	check();

	mask(SIG_BLOCK, SIGCONT);
	ASSERT_EQ(0, kill(self->box.pid, SIGCONT));
	ASSERT_EQ(1, pending(SIGCONT));
	ASSERT_EQ(0, kill(self->box.pid, SIGTSTP));
	tally_default(&self->want, SIGTSTP, PIDNS_PROBE_SENDER_ANCESTOR);
	ASSERT_EQ(0, pending(SIGCONT));
	mask(SIG_UNBLOCK, SIGCONT);
	check();
}

/*
 * Flow:
 *  1. Init has a handler, blocks the signal and is sent it.
 *  2. It gives up the handler, and unblocks: now it is dropped.
 *  3. The same, but it ignores the signal meanwhile: it is flushed.
 *  4. The same, but it sets a handler only when it is pending: it runs.
 */
TEST_F_TIMEOUT(queue, disposition_changes, 60)
{
	action(SIGTERM, ACTION_HANDLER);
	mask(SIG_BLOCK, SIGTERM);
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	action(SIGTERM, ACTION_DFL);
	mask(SIG_UNBLOCK, SIGTERM);
	tally_drop(&self->want, SIGTERM, PIDNS_PROBE_WHEN_DEQUEUED,
		   PIDNS_PROBE_SENDER_ANCESTOR);
	check();

	mask(SIG_BLOCK, SIGTERM);
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	action(SIGTERM, ACTION_IGN);
	ASSERT_EQ(0, pending(SIGTERM));
	action(SIGTERM, ACTION_DFL);
	mask(SIG_UNBLOCK, SIGTERM);
	check();

	mask(SIG_BLOCK, SIGTERM);
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	action(SIGTERM, ACTION_HANDLER);
	mask(SIG_UNBLOCK, SIGTERM);
	ASSERT_EQ(1, self->box.page->handled[SIGTERM]);
	check();
}

/* A handler for one time. */
static long do_handle_once(const long *arg)
{
	struct sigaction sa = { .sa_flags = SA_RESETHAND };

	raw_action(arg[0], ACTION_HANDLER);
	sigaction(arg[0], NULL, &sa);
	sa.sa_flags |= SA_RESETHAND;
	return sigaction(arg[0], &sa, NULL);
}

/* Flow: the first is handled, and so makes the second one a drop. */
TEST_F_TIMEOUT(queue, handler_for_once, 60)
{
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_handle_once, SIGTERM));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_nothing));
	ASSERT_EQ(1, self->box.page->handled[SIGTERM]);
	check();
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	tally_default(&self->want, SIGTERM, PIDNS_PROBE_SENDER_ANCESTOR);
	check();
}

/*
 * Flow:
 *  1. Init blocks a signal and is sent it.
 *  2. It takes it by sigtimedwait(2) only afterwards: no drop.
 */
TEST_F_TIMEOUT(queue, taken_later, 60)
{
	mask(SIG_BLOCK, SIGTERM);
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(1, pending(SIGTERM));
	ASSERT_EQ(SIGTERM, box_call(&self->box, BOX_INIT, do_wait_signal,
				    SIGTERM, 0));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(SIGTERM, box_call(&self->box, BOX_INIT, do_signalfd, SIGTERM,
				    0));
	mask(SIG_UNBLOCK, SIGTERM);
	check();
}

TEST_HARNESS_MAIN
