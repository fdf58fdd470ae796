// SPDX-License-Identifier: GPL-2.0
/*
 * Every signal to an init in every disposition, by every way to send one: the
 * counters are exactly what the rules of the kernel make them.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "disposition.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

#define CHILD		1	/* agent: a child of init */
#define DISPOSABLE	3	/* agent: a child that does not live long */

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

FIXTURE_VARIANT_ADD(matrix, kprobe_default) {
	.hook = "kprobe", .is = DEFAULT,
};

FIXTURE_VARIANT_ADD(matrix, kprobe_ignored) {
	.hook = "kprobe", .is = IGNORES,
};

FIXTURE_VARIANT_ADD(matrix, kprobe_handled) {
	.hook = "kprobe", .is = HANDLES,
};

FIXTURE_VARIANT_ADD(matrix, kprobe_blocked) {
	.hook = "kprobe", .is = BLOCKS,
};

FIXTURE_VARIANT_ADD(matrix, kprobe_unblocked) {
	.hook = "kprobe", .is = UNBLOCKS,
};

FIXTURE_VARIANT_ADD(matrix, kprobe_traced) {
	.hook = "kprobe", .is = TRACED,
};

FIXTURE_VARIANT_ADD(matrix, kprobe_sigwait) {
	.hook = "kprobe", .is = SIGWAITS,
};

FIXTURE_VARIANT_ADD(matrix, kprobe_signalfd) {
	.hook = "kprobe", .is = SIGNALFD,
};

FIXTURE_VARIANT_ADD(matrix, kprobe_worker_blocks) {
	.hook = "kprobe", .is = WORKER_BLOCKS,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_default) {
	.hook = "tracepoint", .is = DEFAULT,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_ignored) {
	.hook = "tracepoint", .is = IGNORES,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_handled) {
	.hook = "tracepoint", .is = HANDLES,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_blocked) {
	.hook = "tracepoint", .is = BLOCKS,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_unblocked) {
	.hook = "tracepoint", .is = UNBLOCKS,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_traced) {
	.hook = "tracepoint", .is = TRACED,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_sigwait) {
	.hook = "tracepoint", .is = SIGWAITS,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_signalfd) {
	.hook = "tracepoint", .is = SIGNALFD,
};

FIXTURE_VARIANT_ADD(matrix, tracepoint_worker_blocks) {
	.hook = "tracepoint", .is = WORKER_BLOCKS,
};

FIXTURE_SETUP(matrix)
{
	struct probe_ns ns;

	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->outer, 0));
	ASSERT_LT(0, box_call(&self->outer, BOX_INIT, do_fork, CHILD));
	/* Its parent sees the box from neither here nor inside. */
	ASSERT_EQ(0, box_start_in(&self->box, &self->outer, CHILD));
	ASSERT_TRUE(disposition_prepare(&self->box, variant->is));
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
	ASSERT_TRUE(disposition_arrange(&self->box, is, sig));
	if (from->in) {
		ASSERT_EQ(0, box_call(from->in, from->who, do_send, from->how,
				      from->to, from->to, sig));
	} else {
		ASSERT_EQ(0, send_signal(from->how, from->to, from->to, sig));
	}
	if (absolute && is != TRACED && from->is == PIDNS_PROBE_SENDER_ANCESTOR)
		return gets_through(_metadata, self, sig);
	disposition_expect(&self->want, is, sig, from->is);
	ASSERT_TRUE(disposition_settle(&self->box, is, sig));
	check_last(_metadata, self, &before, sig, from);
	if (!absolute)
		ASSERT_TRUE(disposition_restore(&self->box, sig));
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
			ASSERT_LT(0, disposition_trap(b));
			ASSERT_LT(0, disposition_trap(b));
			ASSERT_EQ(0, kill(pid, SIGKILL));
		}
		ASSERT_EQ(SIGCHLD, disposition_trap(b));
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
TEST_F_TIMEOUT(matrix, ancestor_kill, 120)
{
	ancestor(_metadata, self, variant->is, SEND_KILL);
}

TEST_F_TIMEOUT(matrix, ancestor_tgkill, 120)
{
	ancestor(_metadata, self, variant->is, SEND_TGKILL);
}

TEST_F_TIMEOUT(matrix, ancestor_sigqueue, 120)
{
	ancestor(_metadata, self, variant->is, SEND_QUEUE);
}

TEST_F_TIMEOUT(matrix, ancestor_tgsigqueue, 120)
{
	ancestor(_metadata, self, variant->is, SEND_TGQUEUE);
}

TEST_F_TIMEOUT(matrix, ancestor_pidfd, 120)
{
	ancestor(_metadata, self, variant->is, SEND_PIDFD);
}

TEST_F_TIMEOUT(matrix, ancestor_group, 120)
{
	ancestor(_metadata, self, variant->is, SEND_GROUP);
}

TEST_F_TIMEOUT(matrix, inside_kill, 120)
{
	inside(_metadata, self, variant->is, SEND_KILL);
}

TEST_F_TIMEOUT(matrix, inside_tgkill, 120)
{
	inside(_metadata, self, variant->is, SEND_TGKILL);
}

TEST_F_TIMEOUT(matrix, inside_sigqueue, 120)
{
	inside(_metadata, self, variant->is, SEND_QUEUE);
}

TEST_F_TIMEOUT(matrix, inside_tgsigqueue, 120)
{
	inside(_metadata, self, variant->is, SEND_TGQUEUE);
}

TEST_F_TIMEOUT(matrix, inside_pidfd, 120)
{
	inside(_metadata, self, variant->is, SEND_PIDFD);
}

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
