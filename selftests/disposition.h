/* SPDX-License-Identifier: GPL-2.0 */
/* What an init can do about a signal, and what comes of that. */
#ifndef _PIDNS_SELFTESTS_DISPOSITION_H
#define _PIDNS_SELFTESTS_DISPOSITION_H

#include <stdbool.h>

#include "box.h"
#include "tally.h"

#define WORKER	2	/* agent: a thread of init */

enum disposition {
	DEFAULT,
	IGNORES,
	HANDLES,
	BLOCKS,
	UNBLOCKS,		/* blocks it first, and unblocks it later */
	TRACED,
	SIGWAITS,		/* waits for it when it comes */
	SIGNALFD,
	SIGWAITS_LATE,		/* the same, when it is there already */
	SIGNALFD_LATE,
	WORKER_BLOCKS,		/* another thread does, the first does not */
};

/* All that return bool say on stderr what was wrong. */

/* Have init's other thread and its tracer, if it is to have them. */
bool disposition_prepare(struct box *b, enum disposition is);
/* Init does about SIG as it shall. */
bool disposition_arrange(struct box *b, enum disposition is, int sig);
/* SIG was sent: let it have its effect, and see that it had that one only. */
bool disposition_settle(struct box *b, enum disposition is, int sig);
/* Init is put back, which counts nothing. */
bool disposition_restore(struct box *b, int sig);

/* The tracer gets a signal, and passes it on; which one, or an error. */
int disposition_trap(struct box *b);

/* What the counters will be after a signal that init survives. */
void disposition_expect(struct tally *t, enum disposition is, int sig,
			enum pidns_probe_sender sender);

#endif /* _PIDNS_SELFTESTS_DISPOSITION_H */
