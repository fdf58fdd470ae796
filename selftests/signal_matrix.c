// SPDX-License-Identifier: GPL-2.0
/*
 * Every signal to an init in every disposition, by every way to send one: the
 * counters are exactly what the rules of the kernel make them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

#define CHILD		1	/* agent: a child of init */
#define WORKER		2	/* agent: a thread of init */
#define DISPOSABLE	3	/* agent: a child that does not live long */

/* What init does about the signal. */
enum disposition {
	DEFAULT,
	IGNORES,
	HANDLES,
	BLOCKS,
	UNBLOCKS,		/* blocks it first, and unblocks it later */
	TRACED,
	SIGWAITS,
	SIGNALFD,
	WORKER_BLOCKS,		/* another thread does, the first does not */
};

FIXTURE(matrix) {
	struct probe p;
	struct box outer, box;
	struct tally want;
	uint64_t id;
};

struct sender {
	struct box *in;		/* NULL: this process */
	int who;
	enum send how;
	pid_t to;		/* as the sender sees init */
	pid_t pid;		/* of the sender, as we see it */
	enum pidns_probe_sender is;
};

FIXTURE_VARIANT(matrix) {
	const char *hook;
	enum disposition is;
};

#define MATRIX(backend, name, disposition)				\
	FIXTURE_VARIANT_ADD(matrix, backend##_##name) {			\
		.hook = #backend, .is = disposition,			\
	}

#define MATRIX_OF(backend)						\
	MATRIX(backend, default, DEFAULT);				\
	MATRIX(backend, ignored, IGNORES);				\
	MATRIX(backend, handled, HANDLES);				\
	MATRIX(backend, blocked, BLOCKS);				\
	MATRIX(backend, unblocked, UNBLOCKS);				\
	MATRIX(backend, traced, TRACED);				\
	MATRIX(backend, sigwait, SIGWAITS);				\
	MATRIX(backend, signalfd, SIGNALFD);				\
	MATRIX(backend, worker_blocks, WORKER_BLOCKS)

MATRIX_OF(kprobe);
MATRIX_OF(tracepoint);

FIXTURE_SETUP(matrix)
{
	struct probe_ns ns;

	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->outer, 0));
	ASSERT_LT(0, box_call(&self->outer, BOX_INIT, do_fork, CHILD));
	/* Its parent sees the box from neither here nor inside. */
	ASSERT_EQ(0, box_start_in(&self->box, &self->outer, CHILD));
	if (variant->is == WORKER_BLOCKS) {
		ASSERT_LT(0, box_call(&self->box, BOX_INIT, do_thread, WORKER));
		ASSERT_EQ(0, box_call(&self->box, WORKER, do_mask, SIG_SETMASK,
				      ALL_SIGNALS));
	}
	if (variant->is == TRACED)
		ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->box.pid, 0, 0));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	self->id = ns.id;
	ASSERT_TRUE(tally_matches(&self->want, &ns));
}

FIXTURE_TEARDOWN(matrix)
{
	/* Its tracer has to reap it. */
	kill(self->box.pid, SIGKILL);
	if (variant->is == TRACED)
		waitpid(self->box.pid, NULL, __WALL);
	box_stop(&self->outer);
	probe_close(&self->p);
}

#define matrix_t	FIXTURE_DATA(matrix)

/* Init does about the signal as it shall. */
static void arrange(struct __test_metadata *_metadata, matrix_t *self,
		    enum disposition is, int sig)
{
	struct box *b = &self->box;

	switch (is) {
	case IGNORES:
		ASSERT_EQ(0, box_call(b, BOX_INIT, do_action, sig, ACTION_IGN));
		break;
	case HANDLES:
		ASSERT_EQ(0, box_call(b, BOX_INIT, do_action, sig,
				      ACTION_HANDLER));
		break;
	case BLOCKS:
	case UNBLOCKS:
	case SIGWAITS:
	case SIGNALFD:
		ASSERT_EQ(0, box_call(b, BOX_INIT, do_mask, SIG_BLOCK,
				      BIT_OF(sig)));
		break;
	default:
		break;
	}
	if (is == SIGWAITS)
		box_ask(b, BOX_INIT, do_wait_signal, sig, DEADLINE_MS);
	if (is == SIGNALFD)
		box_ask(b, BOX_INIT, do_signalfd, sig, DEADLINE_MS);
}

/* The tracer gets a signal, and passes it on.  Which was it? */
static int trap(matrix_t *self)
{
	int st, sig, got, pass;

	do {
		if (!poll_until(DEADLINE_MS,
				(got = waitpid(self->box.pid, &st,
					       __WALL | WNOHANG)) != 0))
			return -ETIMEDOUT;
		if (got < 0 || !WIFSTOPPED(st))
			return -ECHILD;
		/* SIGCONT is announced before it comes. */
		sig = st >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(st);
		/* By SIGSTOP it would stop, as that is not dropped here. */
		pass = sig == SIGSTOP ? 0 : sig;
		if (ptrace(PTRACE_CONT, self->box.pid, 0, pass))
			return -errno;
	} while (!sig);
	return sig;
}

/* Let what init was sent have its effect, and see that it had. */
static void settle(struct __test_metadata *_metadata, matrix_t *self,
		   enum disposition is, int sig)
{
	struct box *b = &self->box;
	long got;

	switch (is) {
	case HANDLES:
		ASSERT_EQ(0, box_call(b, BOX_INIT, do_nothing));
		ASSERT_EQ(1, b->page->handled[sig]);
		break;
	case BLOCKS:
		ASSERT_EQ(1, box_call(b, BOX_INIT, do_pending, sig));
		break;
	case UNBLOCKS:
		ASSERT_EQ(1, box_call(b, BOX_INIT, do_pending, sig));
		ASSERT_EQ(0, box_call(b, BOX_INIT, do_mask, SIG_UNBLOCK,
				      BIT_OF(sig)));
		break;
	case SIGWAITS:
	case SIGNALFD:
		ASSERT_TRUE(box_answer(b, BOX_INIT, DEADLINE_MS, &got));
		ASSERT_EQ(sig, got);
		break;
	case TRACED:
		ASSERT_EQ(sig, trap(self));
		/* fall through */
	default:
		/* Whatever it was, init lives. */
		ASSERT_EQ(0, box_call(b, BOX_INIT, do_nothing));
		break;
	}
}

/* What the counters will be after a signal that init survives. */
static void expect(matrix_t *self, enum disposition is, int sig,
		   enum pidns_probe_sender sender)
{
	switch (is) {
	case DEFAULT:
	case WORKER_BLOCKS:
		tally_default(&self->want, sig, sender);
		break;
	case IGNORES:
		self->want.ignored++;
		break;
	case UNBLOCKS:
	case TRACED:
		if (!signal_is_harmless(sig) && !signal_is_absolute(sig))
			tally_drop(&self->want, sig, PIDNS_PROBE_WHEN_DEQUEUED,
				   sender);
		break;
	default:
		break;
	}
}

/* The two signals that get through, if an ancestor sends them. */
static void gets_through(struct __test_metadata *_metadata, matrix_t *self,
			 int sig)
{
	struct probe_teardown td;

	if (sig == SIGSTOP) {
		ASSERT_TRUE(poll_until(DEADLINE_MS,
				       process_state(self->box.pid) == 'T'));
		ASSERT_TRUE(tally_check(&self->p, self->box.pid, &self->want));
		ASSERT_EQ(0, kill(self->box.pid, SIGCONT));
		self->want.ignored++;
		ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_nothing));
		return;
	}
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	EXPECT_EQ(tally_drops(&self->want), td.drops);
	EXPECT_EQ(SIGKILL, td.status);
	EXPECT_EQ(SIGKILL, td.kill.signal);
	EXPECT_EQ(PIDNS_PROBE_SENDER_ANCESTOR, td.kill.sender);
}

/* Did the last drop, if there was one, come from where it did? */
static void check_last(struct __test_metadata *_metadata, matrix_t *self,
		       const struct tally *before, int sig,
		       const struct sender *from)
{
	uint64_t sent = self->want.when[PIDNS_PROBE_WHEN_SENT];
	bool at_once = sent != before->when[PIDNS_PROBE_WHEN_SENT];
	struct probe_ns ns;

	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	ASSERT_TRUE(tally_matches(&self->want, &ns));
	if (tally_drops(before) == tally_drops(&self->want))
		return;
	EXPECT_EQ(sig, ns.last.signal);
	EXPECT_EQ(from->is, ns.last.sender);
	EXPECT_EQ(at_once ? PIDNS_PROBE_WHEN_SENT : PIDNS_PROBE_WHEN_DEQUEUED,
		  ns.last.when);
	if (at_once)
		EXPECT_EQ(from->pid, ns.last.pid);
	if (at_once && from->in == &self->box)
		EXPECT_EQ(self->box.page->agent[from->who].pid,
			  ns.last.ns_pid);
}

static void one(struct __test_metadata *_metadata, matrix_t *self,
		enum disposition is, int sig, const struct sender *from)
{
	bool absolute = signal_is_absolute(sig);
	struct tally before = self->want;

	/* Those cannot be blocked or handled; but a tracer sees SIGSTOP. */
	if (absolute && !(is == TRACED && sig == SIGSTOP))
		is = DEFAULT;
	arrange(_metadata, self, is, sig);
	if (from->in) {
		ASSERT_EQ(0, box_call(from->in, from->who, do_send, from->how,
				      from->to, from->to, sig));
	} else {
		ASSERT_EQ(0, send_signal(from->how, from->to, from->to, sig));
	}
	if (absolute && is != TRACED && from->is == PIDNS_PROBE_SENDER_ANCESTOR)
		return gets_through(_metadata, self, sig);
	expect(self, is, sig, from->is);
	settle(_metadata, self, is, sig);
	check_last(_metadata, self, &before, sig, from);
	if (absolute)
		return;
	self->box.page->handled[sig] = 0;
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_restore, sig));
}

static void all(struct __test_metadata *_metadata, matrix_t *self,
		enum disposition is, const struct sender *from)
{
	int sig;

	for (sig = 1; sig <= 64; sig++)
		if (!signal_is_absolute(sig))
			one(_metadata, self, is, sig, from);
	/* Last, as the last may end it. */
	if (from->how == SEND_GROUP && from->in == &self->box)
		return;
	one(_metadata, self, is, SIGSTOP, from);
	one(_metadata, self, is, SIGKILL, from);
}

static void ancestor(struct __test_metadata *_metadata, matrix_t *self,
		     enum disposition is, enum send how)
{
	struct sender from = {
		.how = how,
		.to = self->box.pid,
		.pid = getpid(),
		.is = PIDNS_PROBE_SENDER_ANCESTOR,
	};

	all(_metadata, self, is, &from);
}

static void inside(struct __test_metadata *_metadata, matrix_t *self,
		   enum disposition is, enum send how)
{
	struct sender from = {
		.in = &self->box,
		.who = CHILD,
		.how = how,
		.to = 1,
		.is = PIDNS_PROBE_SENDER_INSIDE,
	};

	from.pid = box_host_pid(&self->box, box_call(&self->box, BOX_INIT,
						     do_fork, CHILD));
	ASSERT_LT(0, from.pid);
	all(_metadata, self, is, &from);
}

/* A child in the group of init sends it to all of the group, so to itself. */
static void inside_group(struct __test_metadata *_metadata, matrix_t *self,
			 enum disposition is, int sig)
{
	struct box *b = &self->box;
	pid_t pid;

	pid = box_host_pid(b, box_call(b, BOX_INIT, do_fork, DISPOSABLE));
	ASSERT_LT(0, pid);
	box_ask(b, DISPOSABLE, do_send, SEND_GROUP, 1, 1, sig);
	if (!(is == TRACED && sig == SIGSTOP))
		tally_drop(&self->want, sig, PIDNS_PROBE_WHEN_SENT,
			   PIDNS_PROBE_SENDER_INSIDE);
	if (is == TRACED) {
		/* SIGCHLD for the child, and SIGSTOP, in either order. */
		if (sig == SIGSTOP) {
			ASSERT_LT(0, trap(self));
			ASSERT_LT(0, trap(self));
			ASSERT_EQ(0, kill(pid, SIGKILL));
		}
		ASSERT_EQ(SIGCHLD, trap(self));
	} else {
		self->want.ignored++;
		ASSERT_TRUE(poll_until(DEADLINE_MS,
				       tally_reached(&self->p, b->pid,
						     &self->want)));
		if (sig == SIGSTOP) {
			ASSERT_EQ(0, kill(pid, SIGKILL));
			self->want.ignored++;
			poll_until(DEADLINE_MS,
				   tally_reached(&self->p, b->pid,
						 &self->want));
		}
	}
	ASSERT_EQ(0, box_call(b, BOX_INIT, do_nothing));
	ASSERT_TRUE(tally_check(&self->p, b->pid, &self->want));
}

/*
 * Flow, for each signal from 1 to 64, the two that cannot be caught last:
 *  1. Init is made to handle, ignore, block, ... it.
 *  2. It is sent.
 *  3. Init has dealt with it: ran its handler, has it pending, waited for it.
 *  4. All counters are those expected, and the last drop names the sender.
 *  5. Init is put back, which counts nothing, as the next round finds.
 */
#define MATRIX_TEST(name, ...)						\
	TEST_F_TIMEOUT(matrix, name, 120)				\
	{								\
		__VA_ARGS__;						\
	}

MATRIX_TEST(ancestor_kill, ancestor(_metadata, self, variant->is, SEND_KILL))
MATRIX_TEST(ancestor_tgkill,
	    ancestor(_metadata, self, variant->is, SEND_TGKILL))
MATRIX_TEST(ancestor_sigqueue,
	    ancestor(_metadata, self, variant->is, SEND_QUEUE))
MATRIX_TEST(ancestor_tgsigqueue,
	    ancestor(_metadata, self, variant->is, SEND_TGQUEUE))
MATRIX_TEST(ancestor_pidfd, ancestor(_metadata, self, variant->is, SEND_PIDFD))
MATRIX_TEST(ancestor_group, ancestor(_metadata, self, variant->is, SEND_GROUP))
MATRIX_TEST(inside_kill, inside(_metadata, self, variant->is, SEND_KILL))
MATRIX_TEST(inside_tgkill, inside(_metadata, self, variant->is, SEND_TGKILL))
MATRIX_TEST(inside_sigqueue, inside(_metadata, self, variant->is, SEND_QUEUE))
MATRIX_TEST(inside_tgsigqueue,
	    inside(_metadata, self, variant->is, SEND_TGQUEUE))
MATRIX_TEST(inside_pidfd, inside(_metadata, self, variant->is, SEND_PIDFD))

TEST_F_TIMEOUT(matrix, inside_group, 120)
{
	/* By these the sender itself does not live on. */
	inside_group(_metadata, self, variant->is, SIGKILL);
	inside_group(_metadata, self, variant->is, SIGSTOP);
	inside(_metadata, self, variant->is, SEND_GROUP);
}

TEST_F_TIMEOUT(matrix, ancestor_all, 120)
{
	/* All but init and itself: of the outer box, the box in it. */
	struct sender from = {
		.in = &self->outer,
		.who = CHILD,
		.how = SEND_ALL,
		.is = PIDNS_PROBE_SENDER_ANCESTOR,
	};
	struct tally nothing = {};

	from.pid = box_host_pid(&self->outer,
				self->outer.page->agent[CHILD].pid);
	ASSERT_LT(0, from.pid);
	all(_metadata, self, variant->is, &from);
	/* And init of the outer box was never meant. */
	ASSERT_TRUE(tally_check(&self->p, self->outer.pid, &nothing));
}

TEST_HARNESS_MAIN
