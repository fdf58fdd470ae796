// SPDX-License-Identifier: GPL-2.0
/*
 * Loading without some of the kernel's symbols: what cannot be done without
 * refuses the load, what can is said in the log and in status, and the rest
 * works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "module.h"
#include "probe.h"

#define ARMED	PIDNS_PROBE_HOOK_STATE_ARMED
#define MISSING	PIDNS_PROBE_HOOK_STATE_MISSING
#define UNKNOWN	PIDNS_PROBE_HOOK_STATE_UNKNOWN

#define BARE	"hook_skip=pidns_hook_self_target,proc_free_inum,"	\
		"copy_pid_ns,acct_exit_ns,signal_deliver"
#define NEARLY	"hook_skip=prepare_signal2,copy_pid,,proc_free_inum_,"	\
		"_copy_pid_ns"

/* What is lost without them. */
static const char late[] =
	": new namespaces are found late, and without an event";
static const char kept[] =
	": dead namespaces are forgotten only when somebody asks for a list";
static const char unseen[] =
	": drops of blocked signals are not seen";
static const char unnoticed[] =
	": kprobes that somebody disarmed are not noticed";

static const char * const all_hooks[] = {
	"self-test", "death", "birth", "teardown-begin", "teardown-end",
	"dequeue", "signal",
};

#define HOOKS	((int)(sizeof(all_hooks) / sizeof(all_hooks[0])))

FIXTURE(hooks) {
	struct probe p;
	struct box box;
};

#define hooks_t	FIXTURE_DATA(hooks)

FIXTURE_SETUP(hooks)
{
	if (module_loaded())
		ASSERT_EQ(0, module_reload("")) {
			return;
		}
	ASSERT_EQ(0, module_unload());
	log_mark();
}

FIXTURE_TEARDOWN(hooks)
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

/* What the log says when a symbol is missing. */
static const char *hook_fails(const char *symbol, const char *so)
{
	static char sentence[256];

	snprintf(sentence, sizeof(sentence), "cannot hook %s (error -2)%s",
		 symbol, so);
	return sentence;
}

/* Status names the hook, with what is lost without it. */
static bool hook_is(hooks_t *self, const char *name, uint32_t state,
		    const char *symbol)
{
	struct probe_status st;
	struct probe_hook *h;
	bool attached, wanted;

	if (probe_status(&self->p, &st))
		return false;
	h = probe_hook(&st, name);
	if (!h || strlen(h->loss) < 10)
		return false;
	wanted = state != MISSING;
	attached = h->attach != PIDNS_PROBE_HOOK_ATTACH_NONE;
	if (h->state == state && attached == wanted &&
	    (!symbol || !strcmp(symbol, h->symbol)))
		return true;
	fprintf(stderr, "# hook %s is in state %u, attached by %u to %s\n",
		name, h->state, h->attach, h->symbol);
	return false;
}

/* All hooks but those in LACKING are armed, and these are missing. */
static bool hooks_are(hooks_t *self, const char *lacking)
{
	bool ok = true;
	int i;

	for (i = 0; i < HOOKS; i++)
		ok = hook_is(self, all_hooks[i],
			     strstr(lacking, all_hooks[i]) ? MISSING : ARMED,
			     NULL) && ok;
	return ok;
}

static int load_without(hooks_t *self, const char *params)
{
	return module_load(params) ?: probe_open(&self->p);
}

/* A drop is counted, and a teardown recorded with its end. */
static bool essentials_work(hooks_t *self)
{
	struct probe_teardown td;
	struct probe_ns ns;

	/* If its birth was not seen, it is found by this. */
	if (box_start(&self->box, 0) ||
	    probe_ns_by_pid(&self->p, self->box.pid, &ns))
		return false;
	if (kill(self->box.pid, SIGTERM) ||
	    probe_ns_by_pid(&self->p, self->box.pid, &ns))
		return false;
	if (ns.drops != 1 || ns.drop[SIGTERM] != 1)
		return false;
	if (box_stop(&self->box) != SIGKILL ||
	    probe_teardown_ended(&self->p, ns.id, &td))
		return false;
	return td.drops == 1 && td.status == SIGKILL && !td.victims;
}

/* Flow: with nothing missing, all is armed and works. */
TEST_F_TIMEOUT(hooks, complete, 60)
{
	struct probe_status st;

	ASSERT_EQ(0, load_without(self, ""));
	EXPECT_TRUE(hooks_are(self, ""));
	EXPECT_TRUE(hook_is(self, "signal", ARMED, "prepare_signal"));
	EXPECT_TRUE(hook_is(self, "teardown-end", ARMED, "acct_exit_ns"));
	EXPECT_TRUE(essentials_work(self));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(HOOKS, (int)st.hooks);
	EXPECT_STREQ("kprobe", st.signal_hook);
	EXPECT_FALSE(log_has("cannot hook"));
}

/* Flow: signal_hook=tracepoint sees signals by the other backend. */
TEST_F_TIMEOUT(hooks, tracepoint, 60)
{
	struct probe_status st;

	ASSERT_EQ(0, load_without(self, "signal_hook=tracepoint"));
	EXPECT_TRUE(hooks_are(self, ""));
	EXPECT_TRUE(hook_is(self, "signal", ARMED, "signal_generate"));
	EXPECT_TRUE(essentials_work(self));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_STREQ("tracepoint", st.signal_hook);
	EXPECT_EQ(PIDNS_PROBE_HOOK_ATTACH_TRACEPOINT,
		  probe_hook(&st, "signal")->attach);
}

/*
 * Flow:
 *  1. What the backend in use does not need may be missing.
 *  2. Where the function that the one backend is on is missing, the other one is
 *     used, and a sentence and status say so.
 */
TEST_F_TIMEOUT(hooks, other_backend, 60)
{
	struct probe_status st;

	ASSERT_EQ(0, load_without(self, "hook_skip=signal_generate"));
	EXPECT_TRUE(hooks_are(self, ""));
	EXPECT_TRUE(hook_is(self, "signal", ARMED, "prepare_signal"));
	EXPECT_TRUE(essentials_work(self));
	probe_close(&self->p);
	ASSERT_EQ(0, module_unload());

	log_mark();
	ASSERT_EQ(0, load_without(self, "hook_skip=prepare_signal"));
	EXPECT_TRUE(log_has("cannot hook prepare_signal, using signal_generate for signal"));
	EXPECT_TRUE(hooks_are(self, ""));
	EXPECT_TRUE(hook_is(self, "signal", ARMED, "signal_generate"));
	EXPECT_TRUE(essentials_work(self));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_STREQ("tracepoint", st.signal_hook);
}

/*
 * Flow: without any hook on signals, or one on the begin or any on the end of a
 * teardown, there is no load, a sentence says what is lost, and nothing stays
 * behind: the next load succeeds.
 */
TEST_F_TIMEOUT(hooks, required, 60)
{
	static const char drops[] =
		", and without it drops and victims are not seen: not loaded";
	static const char teardowns[] =
		", and without it teardowns are not seen: not loaded";

	EXPECT_TRUE(refused("hook_skip=prepare_signal,signal_generate",
			    -EOPNOTSUPP, hook_fails("prepare_signal", drops)));
	EXPECT_TRUE(refused("signal_hook=tracepoint hook_skip=signal_generate",
			    -EOPNOTSUPP, hook_fails("signal_generate", drops)));
	EXPECT_TRUE(refused("hook_skip=zap_pid_ns_processes", -EOPNOTSUPP,
			    hook_fails("zap_pid_ns_processes", teardowns)));
	EXPECT_TRUE(refused("hook_skip=acct_exit_ns,zap_pid_ns_processes",
			    -EOPNOTSUPP, ", and without it teardowns "));
	ASSERT_EQ(0, load_without(self, ""));
	EXPECT_TRUE(hooks_are(self, ""));
	EXPECT_TRUE(essentials_work(self));
}

/*
 * Flow: the end of a teardown is found by a return probe where the function at
 * the end of it is missing.
 */
TEST_F_TIMEOUT(hooks, end_fallback, 60)
{
	ASSERT_EQ(0, load_without(self, "hook_skip=acct_exit_ns"));
	EXPECT_TRUE(hooks_are(self, ""));
	EXPECT_TRUE(hook_is(self, "teardown-end", ARMED,
			    "zap_pid_ns_processes"));
	EXPECT_TRUE(essentials_work(self));
}

/*
 * Flow:
 *  1. Without the hook on births, a sentence says so, and status.
 *  2. A namespace that is born then is found when somebody asks, and counted as
 *     missed; what its init drops later is counted.
 */
TEST_F_TIMEOUT(hooks, no_birth, 60)
{
	struct probe_status before, after;
	struct probe_ns ns;

	ASSERT_EQ(0, load_without(self, "hook_skip=copy_pid_ns"));
	EXPECT_TRUE(log_has(hook_fails("copy_pid_ns", late)));
	EXPECT_TRUE(hooks_are(self, "birth"));
	ASSERT_EQ(0, probe_status(&self->p, &before));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_FALSE(probe_has(&ns, PIDNS_PROBE_A_NS_BORN));
	ASSERT_EQ(0, probe_status(&self->p, &after));
	EXPECT_EQ(1, after.births_missed - before.births_missed);
	EXPECT_EQ(1, after.born - before.born);
	box_stop(&self->box);
	EXPECT_TRUE(essentials_work(self));
}

/*
 * Flow:
 *  1. Without the hook on births, an init whose namespace nobody knows drops a
 *     signal.
 *  2. The drop is counted for the host, and as one of no known namespace.
 *  3. The namespace has been found by that, and counts the next one.
 */
TEST_F_TIMEOUT(hooks, unattributed, 60)
{
	struct probe_status before, after;
	struct probe_ns ns;

	ASSERT_EQ(0, load_without(self, "hook_skip=copy_pid_ns"));
	ASSERT_EQ(0, probe_status(&self->p, &before));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	EXPECT_TRUE(poll_until(DEADLINE_MS,
			       !probe_status(&self->p, &after) &&
			       after.births_missed > before.births_missed));
	EXPECT_EQ(1, after.unattributed - before.unattributed);
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(1, ns.drops);
	ASSERT_EQ(0, probe_status(&self->p, &after));
	EXPECT_EQ(1, after.unattributed - before.unattributed);
	EXPECT_EQ(before.drops + 2, after.drops + after.unattributed -
				    before.unattributed);
}

/*
 * Flow:
 *  1. Without the hook on deaths, a sentence says so, and status.
 *  2. A namespace that has died is counted as living, until somebody asks: then
 *     it is found to be gone.
 */
TEST_F_TIMEOUT(hooks, no_death, 60)
{
	struct probe_status before, after;
	struct probe_teardown td;
	struct probe_ns ns;
	uint64_t id;

	ASSERT_EQ(0, load_without(self, "hook_skip=proc_free_inum"));
	EXPECT_TRUE(log_has(hook_fails("proc_free_inum", kept)));
	EXPECT_TRUE(hooks_are(self, "death"));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	id = ns.id;
	ASSERT_EQ(0, probe_status(&self->p, &before));
	ASSERT_EQ(SIGKILL, box_stop(&self->box));
	ASSERT_EQ(0, probe_teardown_ended(&self->p, id, &td));
	ASSERT_EQ(0, probe_status(&self->p, &after));
	EXPECT_EQ(before.died, after.died);
	EXPECT_EQ(before.namespaces, after.namespaces);
	EXPECT_EQ(-ENOENT, probe_ns_by_id(&self->p, id, &ns));
	ASSERT_EQ(0, probe_status(&self->p, &after));
	EXPECT_EQ(1, after.died - before.died);
	EXPECT_EQ(before.namespaces, after.namespaces + 1);
}

/*
 * Flow:
 *  1. Without the hook on delivery, a sentence says so, and status.
 *  2. A signal that is dropped when init unblocks it is not seen; one that is
 *     dropped at once is.
 */
TEST_F_TIMEOUT(hooks, no_dequeue, 60)
{
	struct probe_ns ns;

	ASSERT_EQ(0, load_without(self, "hook_skip=signal_deliver"));
	EXPECT_TRUE(log_has(hook_fails("signal_deliver", unseen)));
	EXPECT_TRUE(hooks_are(self, "dequeue"));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_BLOCK,
			      BIT_OF(SIGTERM)));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_mask, SIG_UNBLOCK,
			      BIT_OF(SIGTERM)));
	ASSERT_EQ(0, box_call(&self->box, BOX_INIT, do_nothing));
	ASSERT_EQ(0, kill(self->box.pid, SIGTERM));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &ns));
	EXPECT_EQ(1, ns.sent);
	EXPECT_EQ(0, ns.dequeued);
}

static bool kprobes_unknown(hooks_t *self, const char *lacking)
{
	bool ok = hook_is(self, "teardown-begin", UNKNOWN, NULL) &&
		  hook_is(self, "teardown-end", UNKNOWN, NULL);

	/* These two are found to work in other ways. */
	ok = ok && hook_is(self, "signal", ARMED, NULL) &&
	     hook_is(self, "dequeue",
		     strstr(lacking, "dequeue") ? MISSING : ARMED, NULL);
	return ok && hook_is(self, "self-test", MISSING, NULL) &&
	       hook_is(self, "death",
		       strstr(lacking, "death") ? MISSING : UNKNOWN, NULL) &&
	       hook_is(self, "birth",
		       strstr(lacking, "birth") ? MISSING : UNKNOWN, NULL);
}

/*
 * Flow: without the function of our own that tells whether kprobes work, a
 * sentence says so; status calls them neither armed nor disarmed, and they work.
 */
TEST_F_TIMEOUT(hooks, no_self_test, 60)
{
	ASSERT_EQ(0, load_without(self, "hook_skip=pidns_hook_self_target"));
	EXPECT_TRUE(log_has(hook_fails("pidns_hook_self_target", unnoticed)));
	EXPECT_TRUE(kprobes_unknown(self, ""));
	EXPECT_TRUE(essentials_work(self));
}

/* Flow: all that is optional is missing at once; the essentials work. */
TEST_F_TIMEOUT(hooks, bare, 60)
{
	ASSERT_EQ(0, load_without(self, BARE));
	EXPECT_TRUE(kprobes_unknown(self, "death birth dequeue"));
	EXPECT_TRUE(essentials_work(self));
}

/* Flow: a name that only begins like a symbol skips nothing. */
TEST_F_TIMEOUT(hooks, exact_names, 60)
{
	ASSERT_EQ(0, load_without(self, NEARLY));
	EXPECT_TRUE(hooks_are(self, ""));
}

TEST_HARNESS_MAIN
