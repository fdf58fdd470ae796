// SPDX-License-Identifier: GPL-2.0
/* Module parameters: those that make no sense, and the limits of the others. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"

FIXTURE(params) {
	struct probe p;
	struct box box;
};

#define params_t	FIXTURE_DATA(params)

FIXTURE_SETUP(params)
{
	ASSERT_EQ(0, module_reload(""));
	ASSERT_EQ(0, module_unload());
	log_mark();
}

FIXTURE_TEARDOWN(params)
{
	box_stop(&self->box);
	probe_close(&self->p);
	if (!module_loaded())
		module_load("");
}

/* The module does not load, and says why in a sentence that holds TEXT. */
static bool refused(const char *params, int error, const char *text)
{
	int err;

	log_mark();
	err = module_load(params);
	if (err != error || module_loaded()) {
		fprintf(stderr, "# %s: expected error %d, got %d\n", params,
			error, err);
		module_unload();
		return false;
	}
	if (log_has(text))
		return true;
	fprintf(stderr, "# %s: nothing in the log says \"%s\"\n", params, text);
	return false;
}

static int load(params_t *self, const char *params)
{
	return module_load(params) ?: probe_open(&self->p);
}

static bool teardown_is_seen(params_t *self)
{
	struct probe_teardown td;
	struct probe_ns ns;

	return !box_start(&self->box, 0) &&
	       !probe_ns_by_pid(&self->p, self->box.pid, &ns) &&
	       box_stop(&self->box) == SIGKILL &&
	       !probe_teardown_ended(&self->p, ns.id, &td);
}

/*
 * Flow: parameters out of range, or that are no numbers.  What is no number is
 * refused by the kernel itself, with a sentence of its own.
 */
TEST_F_TIMEOUT(params, refused, 60)
{
	static const struct {
		const char *params, *sentence;
	} bad[] = {
		{ "history=0", "history=0 is not between 1 and 65536" },
		{ "history=65537", "history=65537 is not between 1 and 65536" },
		{ "ring=0", "ring=0 is not a power of two between 16 and 65536" },
		{ "ring=8", "ring=8 is not a power of two between 16 and 65536" },
		{ "ring=17", "ring=17 is not a power of two between 16 and 65536" },
		{ "ring=131072", "ring=131072 is not a power of two" },
		{ "signal_hook=kprobes", "signal_hook=kprobes is neither kprobe nor tracepoint" },
		{ "signal_hook=", "signal_hook= is neither kprobe nor tracepoint" },
		{ "history=many", "`many' invalid for parameter `history'" },
		{ "ring=-1", "`-1' invalid for parameter `ring'" },
		{ "stuck_ms=soon", "`soon' invalid for parameter `stuck_ms'" },
		{ "stop_window_ms=1e3", "`1e3' invalid for parameter `stop_window_ms'" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_TRUE(refused(bad[i].params, -EINVAL, bad[i].sentence));
	EXPECT_TRUE(refused("history=4294967296", -ERANGE,
			    "invalid for parameter `history'") ||
		    refused("history=4294967296", -EINVAL,
			    "invalid for parameter `history'"));
}

static void count_td(struct probe_teardown *td, void *arg)
{
	(void)td;
	(*(unsigned int *)arg)++;
}

/* Flow: the least and the greatest of what is allowed is taken, and shown. */
TEST_F_TIMEOUT(params, limits, 60)
{
	struct probe_status st;
	unsigned int count = 0;
	int i;

	ASSERT_EQ(0, load(self, "history=1 ring=16 stuck_ms=0"));
	for (i = 0; i < 3; i++)
		ASSERT_TRUE(teardown_is_seen(self));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(1, st.history);
	EXPECT_EQ(0, st.stuck_after);
	EXPECT_EQ(3, st.teardowns);
	ASSERT_EQ(0, probe_teardown_dump(&self->p, count_td, &count));
	EXPECT_EQ(1, count);
	probe_close(&self->p);
	ASSERT_EQ(0, module_unload());

	ASSERT_EQ(0, load(self, "history=65536 ring=65536"));
	EXPECT_TRUE(teardown_is_seen(self));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(65536, st.history);
}

TEST_HARNESS_MAIN
