// SPDX-License-Identifier: GPL-2.0
/* Signals to an init that is on its way out are no drops. */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"
#include "tally.h"

FIXTURE(dying) {
	struct probe p;
	struct box box;
	struct hold hold;
	struct tally want;
	uint64_t id;
};

FIXTURE_VARIANT(dying) {
	const char *hook;
	bool killed;		/* else it exits */
};

FIXTURE_VARIANT_ADD(dying, kprobe_killed) {
	.hook = "kprobe", .killed = true,
};

FIXTURE_VARIANT_ADD(dying, kprobe_exited) {
	.hook = "kprobe",
};

FIXTURE_VARIANT_ADD(dying, tracepoint_killed) {
	.hook = "tracepoint", .killed = true,
};

FIXTURE_VARIANT_ADD(dying, tracepoint_exited) {
	.hook = "tracepoint",
};

FIXTURE_SETUP(dying)
{
	ASSERT_EQ(0, module_backend(variant->hook));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	self->id = ns_id(&self->p, self->box.pid);
	ASSERT_NE(0, self->id);
	ASSERT_EQ(0, hold_start(&self->hold, &self->box.pid, 1));
}

FIXTURE_TEARDOWN(dying)
{
	if (self->hold.parent > 0)
		hold_release(&self->hold);
	box_stop(&self->box);
	probe_close(&self->p);
}

#define dying_t	FIXTURE_DATA(dying)

static bool in_state(dying_t *self, uint32_t state)
{
	struct probe_ns ns;

	return !probe_ns_by_id(&self->p, self->id, &ns) && ns.state == state;
}

/*
 * Flow:
 *  1. Init drops one signal.  That is a drop.
 *  2. It ends, and waits in its teardown for a member that is not reaped.
 *  3. It is sent each signal, in all the ways there are: nothing is counted.
 *  4. Nor is anything when it is a zombie, after the teardown.
 */
TEST_F_TIMEOUT(dying, counts_nothing, 60)
{
	static const enum send ways[] = {
		SEND_KILL, SEND_TGKILL, SEND_QUEUE, SEND_TGQUEUE, SEND_PIDFD,
		SEND_GROUP,
	};
	struct probe_status before, after;
	struct probe_teardown td;
	struct probe_ns ns;
	unsigned int i;
	int sig;

	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	tally_default(&self->want, SIGTERM, PIDNS_PROBE_SENDER_ANCESTOR);
	if (variant->killed)
		kill(self->box.pid, SIGKILL);
	else
		box_ask(&self->box, BOX_INIT, do_exit, 0);
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       in_state(self,
					PIDNS_PROBE_NS_STATE_TEARING_DOWN)));

	ASSERT_EQ(0, probe_status(&self->p, &before));
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		for (sig = 1; sig <= 64; sig++)
			ASSERT_EQ(0, send_signal(ways[i], self->box.pid,
						 self->box.pid, sig));
	ASSERT_EQ(0, probe_ns_by_id(&self->p, self->id, &ns));
	EXPECT_TRUE(tally_matches(&self->want, &ns));

	ASSERT_TRUE(hold_release(&self->hold));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, self->id, &td));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       process_state(self->box.pid) == 'Z'));
	for (sig = 1; sig <= 64; sig++)
		ASSERT_EQ(0, kill(self->box.pid, sig));
	EXPECT_EQ(1, td.drops);
	EXPECT_EQ(variant->killed ? SIGKILL : 0, (int)td.status);
	/* The first SIGKILL is what ended it, not one of those that came late. */
	EXPECT_EQ(variant->killed, probe_has(&td, PIDNS_PROBE_A_TEARDOWN_KILL));
	ASSERT_EQ(0, probe_status(&self->p, &after));
	EXPECT_EQ(before.drops, after.drops);
}

TEST_HARNESS_MAIN
