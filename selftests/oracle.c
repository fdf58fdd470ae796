// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel as oracle: for random combinations of disposition, masks, tracer,
 * sender and signal, the module's verdict is the kernel's.  At the send that is
 * the result of the tracepoint signal_generate, at the dequeue whether init
 * outlives a signal_deliver whose action is SIG_DFL.
 *
 * environment: ORACLE_COUNT (combinations), ORACLE_SEED
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "oracle.h"
#include "probe.h"
#include "tally.h"
#include "trace.h"

#define SUBJECTS	6
#define SENDS		96	/* in a row, to one subject */

static const char * const events[] = {
	"signal/signal_generate", "signal/signal_deliver",
	"pidns_probe/signal_verdict", "pidns_probe/signal_dropped", NULL
};

static struct subject subjects[SUBJECTS];
static uint64_t state;

static uint32_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 32;
}

static unsigned long any_mask(void)
{
	return (unsigned long)any() << 32 | any();
}

static bool one_in(unsigned int n)
{
	return any() % n == 0;
}

static void subject_start(struct __test_metadata *_metadata, struct probe *p,
			  struct subject *s)
{
	struct probe_ns ns;
	pid_t tid;

	s->killed = false;
	s->traced = false;
	memset(&s->seen, 0, sizeof(s->seen));
	ASSERT_EQ(0, box_start(&s->box, 0));
	tid = box_call(&s->box, BOX_INIT, do_thread, WORKER);
	ASSERT_LT(0, tid);
	ASSERT_LT(0, box_call(&s->box, BOX_INIT, do_fork, CHILD));
	s->pid = s->box.pid;
	s->worker = box_host_thread(&s->box);
	ASSERT_LT(0, s->worker);
	ASSERT_EQ(0, probe_ns_by_pid(p, s->pid, &ns));
	s->id = ns.id;
}

/* Choose what it does about each signal, and which it blocks. */
static void choose(struct subject *s)
{
	struct oracle_page *page = (void *)s->box.page->scratch;
	unsigned long mask = 0;
	int sig;

	for (sig = 1; sig <= 64; sig++) {
		page->action[sig] = one_in(2) ? ACTION_DFL :
				    one_in(2) ? ACTION_IGN : ACTION_HANDLER;
		if (one_in(4))
			mask |= BIT_OF(sig);
	}
	page->mask = mask;
	/*
	 * What the first thread blocks and another does not may end init in
	 * complete_signal(), so that is not to happen all the time.
	 */
	page->worker_mask = one_in(16) ? any_mask() : mask | any_mask();
}

static int any_signal(bool may_kill)
{
	int sig = any() % 64 + 1;

	return signal_is_absolute(sig) && !may_kill ? SIGTERM : sig;
}

/* What shall be sent: by us, by a child of init, by init itself. */
static void choose_sends(struct subject *s, struct oracle_send *ours,
			 unsigned int *n)
{
	struct oracle_page *page = (void *)s->box.page->scratch;
	unsigned int i;

	*n = 0;
	page->by_child = 0;
	page->by_init = 0;
	for (i = 0; i < SENDS; i++) {
		struct oracle_send send = {
			.how = any() % (SEND_GROUP + 1),
			.to_worker = one_in(3),
		};

		switch (any() % 5) {
		case 0 ... 1:
			send.sig = any_signal(one_in(12));
			ours[(*n)++] = send;
			break;
		case 2 ... 3:
			/* Its own group would be the child's as well. */
			if (send.how == SEND_GROUP)
				send.how = SEND_KILL;
			send.sig = any_signal(true);
			page->child_send[page->by_child++] = send;
			break;
		default:
			/* A timer takes long. */
			send.how = one_in(16) ? ORACLE_TIMER :
				   any() % ORACLE_TIMER;
			send.sig = any_signal(true);
			page->init_send[page->by_init++] = send;
			break;
		}
	}
}

static void ended(struct subject *s, int status)
{
	s->killed = true;
	s->status = status;
	s->box.pid = 0;
}

/* The tracer passes on all but what stops init.  False when it has died. */
static bool pass_on(struct subject *s)
{
	int st, sig, got;

	while ((got = waitpid(s->pid, &st, __WALL | WNOHANG | WUNTRACED)) > 0) {
		if (!WIFSTOPPED(st)) {
			ended(s, st);
			return false;
		}
		if (!s->traced)
			continue;
		sig = st >> 16 ? 0 : WSTOPSIG(st);
		ptrace(PTRACE_CONT, s->pid, 0, sig == SIGSTOP ? 0 : sig);
	}
	return true;
}

/* Have an agent do something, and be its tracer meanwhile. */
static bool attend(struct subject *s, int who, agent_fn fn)
{
	int64_t end = now_ms() + DEADLINE_MS;
	long answer = 0;

	if (!pass_on(s))
		return false;
	box_ask(&s->box, who, fn);
	while (!box_answer(&s->box, who, 1, &answer) && now_ms() < end) {
		if (!pass_on(s))
			return false;
		/* The thread without a tracer took SIGSTOP for them all. */
		if (process_state(s->worker) == 'T')
			kill(-s->pid, SIGCONT);
	}
	return now_ms() < end && answer >= 0;
}

static bool detach(struct subject *s)
{
	int st;

	if (ptrace(PTRACE_INTERRUPT, s->pid, 0, 0))
		return false;
	while (waitpid(s->pid, &st, __WALL) == s->pid) {
		if (!WIFSTOPPED(st)) {
			ended(s, st);
			return true;
		}
		if (st >> 16 == PTRACE_EVENT_STOP) {
			s->traced = false;
			return !ptrace(PTRACE_DETACH, s->pid, 0, 0);
		}
		ptrace(PTRACE_CONT, s->pid, 0,
		       WSTOPSIG(st) == SIGSTOP ? 0 : WSTOPSIG(st));
	}
	return false;
}

/*
 * One subject, one set of dispositions, many signals.  The subject is alive
 * and has dealt with all of them afterwards, or it is `killed'.
 */
static bool round_of(struct subject *s, unsigned int *sent)
{
	struct oracle_page *page = (void *)s->box.page->scratch;
	struct oracle_send ours[SENDS];
	unsigned int i, n;

	choose(s);
	choose_sends(s, ours, &n);
	if (box_call(&s->box, WORKER, do_oracle_mask) ||
	    box_call(&s->box, BOX_INIT, do_oracle_set))
		return false;
	if (one_in(8)) {
		if (ptrace(PTRACE_SEIZE, s->pid, 0, 0))
			return false;
		s->traced = true;
	}
	page->sent = 0;
	box_ask(&s->box, CHILD, do_oracle_child);
	for (i = 0; i < n; i++) {
		pid_t tid = ours[i].to_worker ? s->worker : s->pid;

		if (!send_signal(ours[i].how, s->pid, tid, ours[i].sig))
			(*sent)++;
		if (ours[i].sig == SIGSTOP)
			kill(-s->pid, SIGCONT);
	}
	if (attend(s, BOX_INIT, do_oracle_init) &&
	    attend(s, CHILD, do_nothing) &&
	    attend(s, WORKER, do_oracle_open) &&
	    attend(s, BOX_INIT, do_oracle_open) &&
	    attend(s, WORKER, do_nothing) && attend(s, BOX_INIT, do_nothing)) {
		*sent += page->sent;
		return s->traced ? detach(s) : true;
	}
	return s->killed;
}

static bool leaves_core(int sig)
{
	return sig == SIGQUIT || sig == SIGILL || sig == SIGTRAP ||
	       sig == SIGABRT || sig == SIGBUS || sig == SIGFPE ||
	       sig == SIGSEGV || sig == SIGXCPU || sig == SIGXFSZ ||
	       sig == SIGSYS;
}

FIXTURE(oracle) {
	struct probe p;
	struct trace trace;
	uint64_t seed;
};

FIXTURE_VARIANT(oracle) {
	const char *hook;
	unsigned int count;
};

FIXTURE_VARIANT_ADD(oracle, kprobe) {
	.hook = "kprobe",
	.count = 100000,
};

FIXTURE_VARIANT_ADD(oracle, tracepoint) {
	.hook = "tracepoint",
	.count = 100000,
};

FIXTURE_SETUP(oracle)
{
	const char *seed = getenv("ORACLE_SEED");
	int i;

	self->seed = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	state = self->seed * 2654435761 + 88172645463325252;
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	for (i = 0; i < SUBJECTS; i++)
		subject_start(_metadata, &self->p, &subjects[i]);
	ASSERT_EQ(0, trace_open(&self->trace, "oracle", events));
}

FIXTURE_TEARDOWN(oracle)
{
	int i;

	trace_close(&self->trace);
	for (i = 0; i < SUBJECTS; i++)
		box_stop(&subjects[i].box);
	probe_close(&self->p);
}

/*
 * Flow:
 *  1. Some inits, each with a second thread and a child, take turns.  Each
 *     time one gets dispositions, masks and perhaps a tracer at random.
 *  2. It is sent signals at random: by us, by its child, by its own timers and
 *     pipes; to the process or to a thread; in all the ways there are.
 *  3. It unblocks them all, and lives, unless SIGKILL or complete_signal()
 *     ended it: then another takes its place.
 *  4. The trace is read: module and kernel agree on each signal, and what the
 *     module counted for this init is what the kernel's events add up to.
 */
TEST_F_TIMEOUT(oracle, agrees, 900)
{
	const char *env = getenv("ORACLE_COUNT");
	unsigned int count = env ? strtoul(env, NULL, 0) : variant->count;
	unsigned int sent = 0, died = 0;
	struct judge judge = {
		.subjects = subjects,
		.count = SUBJECTS,
	};
	struct subject *s;

	TH_LOG("ORACLE_SEED=%llu", (unsigned long long)self->seed);
	while (sent < count) {
		s = &subjects[any() % SUBJECTS];
		ASSERT_TRUE(round_of(s, &sent));
		ASSERT_EQ(0, judge_read(&judge, &self->trace));
		ASSERT_EQ(0, judge.disagreements);
		if (!s->killed) {
			ASSERT_TRUE(judge_counters(&self->p, s));
			continue;
		}
		died++;
		/* No signal that leaves a core can end it: see get_signal(). */
		ASSERT_TRUE(WIFSIGNALED(s->status));
		ASSERT_FALSE(WCOREDUMP(s->status));
		ASSERT_FALSE(leaves_core(WTERMSIG(s->status)));
		ASSERT_EQ(0, judge_read(&judge, &self->trace));
		subject_start(_metadata, &self->p, s);
		ASSERT_EQ(0, judge_read(&judge, &self->trace));
	}
	TH_LOG("%u signals, %u verdicts, %u unjudged, %u inits ended", sent,
	       judge.pairs, judge.unjudged, died);
	TH_LOG("%u drop, %u ignored, %u queued, %u traced, %u delivered",
	       judge.drop, judge.ignored, judge.queued, judge.traced,
	       judge.delivered);
	TH_LOG("%u dropped when dequeued", judge.dequeued);
	/* All that can happen did. */
	EXPECT_LE(count, judge.pairs + judge.unjudged);
	EXPECT_LT(0, judge.drop);
	EXPECT_LT(0, judge.ignored);
	EXPECT_LT(0, judge.queued);
	EXPECT_LT(0, judge.traced);
	EXPECT_LT(0, judge.delivered);
	EXPECT_LT(0, judge.dequeued);
}

TEST_HARNESS_MAIN
