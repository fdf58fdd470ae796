/* SPDX-License-Identifier: GPL-2.0 */
/* What the counters of a namespace should be, and whether they are. */
#ifndef _PIDNS_SELFTESTS_TALLY_H
#define _PIDNS_SELFTESTS_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "probe.h"

struct tally {
	uint64_t when[2];	/* by enum pidns_probe_when */
	uint64_t sender[3];	/* by enum pidns_probe_sender */
	uint64_t drop[PROBE_SIGNALS + 1];
	uint64_t ignored;
};

/* Is doing nothing the default action? */
bool signal_is_harmless(int sig);
/* SIGKILL and SIGSTOP: no handler, no mask. */
bool signal_is_absolute(int sig);

void tally_drop(struct tally *t, int sig, enum pidns_probe_when when,
		enum pidns_probe_sender sender);
/* Signal SIG to an init that has no handler and does not block it. */
void tally_default(struct tally *t, int sig, enum pidns_probe_sender sender);
uint64_t tally_drops(const struct tally *t);
/* Are they the same?  If not, say on stderr where they differ. */
bool tally_matches(const struct tally *t, const struct probe_ns *ns);
/* The same for the namespace that PID is in, without a sound or with one. */
bool tally_reached(struct probe *p, pid_t pid, const struct tally *t);
bool tally_check(struct probe *p, pid_t pid, const struct tally *t);

#endif /* _PIDNS_SELFTESTS_TALLY_H */
