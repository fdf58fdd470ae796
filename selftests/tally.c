// SPDX-License-Identifier: GPL-2.0
/* What the counters of a namespace should be; see tally.h. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "tally.h"

bool signal_is_harmless(int sig)
{
	return sig == SIGCHLD || sig == SIGCONT || sig == SIGURG ||
	       sig == SIGWINCH;
}

bool signal_is_absolute(int sig)
{
	return sig == SIGKILL || sig == SIGSTOP;
}

void tally_drop(struct tally *t, int sig, enum pidns_probe_when when,
		enum pidns_probe_sender sender)
{
	t->drop[sig]++;
	t->when[when]++;
	t->sender[sender]++;
}

void tally_default(struct tally *t, int sig, enum pidns_probe_sender sender)
{
	if (signal_is_harmless(sig))
		t->ignored++;
	else
		tally_drop(t, sig, PIDNS_PROBE_WHEN_SENT, sender);
}

uint64_t tally_drops(const struct tally *t)
{
	return t->when[PIDNS_PROBE_WHEN_SENT] +
	       t->when[PIDNS_PROBE_WHEN_DEQUEUED];
}

static bool differ(bool aloud, const char *what, int sig, uint64_t expected,
		   uint64_t seen)
{
	if (expected == seen)
		return false;
	if (aloud)
		fprintf(stderr, "# %s %d: expected %" PRIu64 ", counted %"
			PRIu64 "\n", what, sig, expected, seen);
	return true;
}

static bool compare(const struct tally *t, const struct probe_ns *ns,
		    bool aloud)
{
	unsigned int bad = 0;
	int sig;

	bad += differ(aloud, "drops", 0, tally_drops(t), ns->drops);
	bad += differ(aloud, "drops-sent", 0,
		      t->when[PIDNS_PROBE_WHEN_SENT], ns->sent);
	bad += differ(aloud, "drops-dequeued", 0,
		      t->when[PIDNS_PROBE_WHEN_DEQUEUED], ns->dequeued);
	bad += differ(aloud, "drops-ancestor", 0,
		      t->sender[PIDNS_PROBE_SENDER_ANCESTOR], ns->ancestor);
	bad += differ(aloud, "drops-inside", 0,
		      t->sender[PIDNS_PROBE_SENDER_INSIDE], ns->inside);
	bad += differ(aloud, "drops-kernel", 0,
		      t->sender[PIDNS_PROBE_SENDER_KERNEL], ns->kernel);
	bad += differ(aloud, "ignored", 0, t->ignored, ns->ignored);
	for (sig = 1; sig <= PROBE_SIGNALS; sig++)
		bad += differ(aloud && bad < 12, "drops of signal", sig,
			      t->drop[sig], ns->drop[sig]);
	return !bad;
}

bool tally_matches(const struct tally *t, const struct probe_ns *ns)
{
	return compare(t, ns, true);
}

bool tally_reached(struct probe *p, pid_t pid, const struct tally *t)
{
	struct probe_ns ns;

	return !probe_ns_by_pid(p, pid, &ns) && compare(t, &ns, false);
}

bool tally_check(struct probe *p, pid_t pid, const struct tally *t)
{
	struct probe_ns ns;
	int err;

	err = probe_ns_by_pid(p, pid, &ns);
	if (err)
		fprintf(stderr, "# ns-get: error %d: %s\n", err, p->sentence);
	return !err && compare(t, &ns, true);
}
