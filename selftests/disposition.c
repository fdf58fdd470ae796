// SPDX-License-Identifier: GPL-2.0
/* What an init can do about a signal; see disposition.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "disposition.h"
#include "probe.h"

static bool is(long expected, long seen, int sig, const char *what)
{
	if (expected != seen)
		fprintf(stderr, "# signal %d: %s: %ld, not %ld\n", sig, what,
			seen, expected);
	return expected == seen;
}

bool disposition_prepare(struct box *b, enum disposition d)
{
	switch (d) {
	case WORKER_BLOCKS:
		return box_call(b, BOX_INIT, do_thread, WORKER) > 0 &&
		       is(0, box_call(b, WORKER, do_mask, SIG_SETMASK,
				      ALL_SIGNALS), 0, "mask of the thread");
	case TRACED:
		return is(0, ptrace(PTRACE_SEIZE, b->pid, 0, 0), 0, "tracing");
	default:
		return true;
	}
}

bool disposition_arrange(struct box *b, enum disposition d, int sig)
{
	long ret = 0;

	switch (d) {
	case IGNORES:
		ret = box_call(b, BOX_INIT, do_action, sig, ACTION_IGN);
		break;
	case HANDLES:
		b->page->handled[sig] = 0;
		ret = box_call(b, BOX_INIT, do_action, sig, ACTION_HANDLER);
		break;
	case BLOCKS:
	case UNBLOCKS:
	case SIGWAITS:
	case SIGNALFD:
	case SIGWAITS_LATE:
	case SIGNALFD_LATE:
		ret = box_call(b, BOX_INIT, do_mask, SIG_BLOCK, BIT_OF(sig));
		break;
	default:
		break;
	}
	if (d == SIGWAITS)
		box_ask(b, BOX_INIT, do_wait_signal, sig, DEADLINE_MS);
	if (d == SIGNALFD)
		box_ask(b, BOX_INIT, do_signalfd, sig, DEADLINE_MS);
	return is(0, ret, sig, "set");
}

/* A stop of the tracee is there. */
static bool stopped(struct box *b, int *status)
{
	return waitpid(b->pid, status, __WALL | WNOHANG) != 0;
}

int disposition_trap(struct box *b)
{
	int status, sig, pass;

	do {
		if (!poll_until(DEADLINE_MS, stopped(b, &status)))
			return -ETIMEDOUT;
		if (!WIFSTOPPED(status))
			return -ECHILD;
		/* SIGCONT is announced before it comes. */
		sig = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
		/* By SIGSTOP it would stop, as that is not dropped here. */
		pass = sig == SIGSTOP ? 0 : sig;
		if (ptrace(PTRACE_CONT, b->pid, 0, pass))
			return -errno;
	} while (!sig);
	return sig;
}

static bool taken(struct box *b, int sig)
{
	long got;

	return box_answer(b, BOX_INIT, DEADLINE_MS, &got) &&
	       is(sig, got, sig, "taken");
}

static bool lives(struct box *b, int sig)
{
	return is(0, box_call(b, BOX_INIT, do_nothing), sig, "life");
}

static bool is_pending(struct box *b, int sig)
{
	return is(1, box_call(b, BOX_INIT, do_pending, sig), sig, "pending");
}

bool disposition_settle(struct box *b, enum disposition d, int sig)
{
	switch (d) {
	case HANDLES:
		return lives(b, sig) &&
		       is(1, b->page->handled[sig], sig, "handled");
	case BLOCKS:
		return is_pending(b, sig);
	case UNBLOCKS:
		return is_pending(b, sig) &&
		       is(0, box_call(b, BOX_INIT, do_mask, SIG_UNBLOCK,
				      BIT_OF(sig)), sig, "unblocked");
	case SIGWAITS:
	case SIGNALFD:
		return taken(b, sig);
	case SIGWAITS_LATE:
		return is(sig, box_call(b, BOX_INIT, do_wait_signal, sig, 0),
			  sig, "taken");
	case SIGNALFD_LATE:
		return is(sig, box_call(b, BOX_INIT, do_signalfd, sig, 0),
			  sig, "taken");
	case TRACED:
		return is(sig, disposition_trap(b), sig, "traced") &&
		       lives(b, sig);
	default:
		return lives(b, sig);
	}
}

bool disposition_restore(struct box *b, int sig)
{
	return is(0, box_call(b, BOX_INIT, do_restore, sig), sig, "restored");
}

void disposition_expect(struct tally *t, enum disposition d, int sig,
			enum pidns_probe_sender sender)
{
	switch (d) {
	case DEFAULT:
	case WORKER_BLOCKS:
		tally_default(t, sig, sender);
		break;
	case IGNORES:
		t->ignored++;
		break;
	case UNBLOCKS:
	case TRACED:
		if (!signal_is_harmless(sig) && !signal_is_absolute(sig))
			tally_drop(t, sig, PIDNS_PROBE_WHEN_DEQUEUED, sender);
		break;
	default:
		break;
	}
}
