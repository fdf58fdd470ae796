// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody stops all kprobes behind our back: status finds it out, nothing is
 * called working that is not, and what was missed is found afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "herd.h"
#include "module.h"
#include "probe.h"

#define SWITCH_KPROBES	"/sys/kernel/debug/kprobes/enabled"
#define SWITCH_FTRACE	"/proc/sys/kernel/ftrace_enabled"

#define ARMED		PIDNS_PROBE_HOOK_STATE_ARMED
#define DISARMED	PIDNS_PROBE_HOOK_STATE_DISARMED

#define HERD		20

FIXTURE(disarm) {
	struct probe p;
	struct box box;
	struct herd herd;
	struct probe_ns ns;
	struct probe_status before;
};

FIXTURE_VARIANT(disarm) {
	const char *path;
	const char *params;
	bool by_tracepoint;	/* signals are seen without kprobes */
};

FIXTURE_VARIANT_ADD(disarm, kprobes) {
	.path = SWITCH_KPROBES,
	.params = "",
};

FIXTURE_VARIANT_ADD(disarm, kprobes_tracepoint) {
	.path = SWITCH_KPROBES,
	.params = "signal_hook=tracepoint",
	.by_tracepoint = true,
};

FIXTURE_VARIANT_ADD(disarm, ftrace) {
	.path = SWITCH_FTRACE,
	.params = "",
};

FIXTURE_VARIANT_ADD(disarm, ftrace_tracepoint) {
	.path = SWITCH_FTRACE,
	.params = "signal_hook=tracepoint",
	.by_tracepoint = true,
};

#define disarm_t	FIXTURE_DATA(disarm)

FIXTURE_SETUP(disarm)
{
	ASSERT_EQ(0, module_reload(variant->params));
	ASSERT_EQ(0, probe_open(&self->p));
	ASSERT_EQ(0, box_start(&self->box, 0));
	ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->box.pid, &self->ns));
	ASSERT_EQ(0, probe_status(&self->p, &self->before));
}

FIXTURE_TEARDOWN(disarm)
{
	file_write(SWITCH_KPROBES, "1");
	file_write(SWITCH_FTRACE, "1");
	herd_stop(&self->herd);
	box_stop(&self->box);
	probe_close(&self->p);
}

/* All kprobes are in this state; tracepoints always work. */
static bool hooks_are(disarm_t *self, uint32_t state)
{
	struct probe_status st;
	bool ok = true;
	unsigned int i;

	if (probe_status(&self->p, &st))
		return false;
	for (i = 0; i < st.hooks; i++) {
		struct probe_hook *h = &st.hook[i];
		bool kprobe = h->attach != PIDNS_PROBE_HOOK_ATTACH_TRACEPOINT;

		if (h->state == (kprobe ? state : ARMED))
			continue;
		fprintf(stderr, "# hook %s is in state %u\n", h->name,
			h->state);
		ok = false;
	}
	return ok && st.hooks == 7;
}

/*
 * The switch is off.  A kernel may refuse that as long as somebody needs what
 * it switches: then everything has to be armed still.
 */
static bool switched_off(disarm_t *self, const char *path)
{
	int err = file_write(path, "0");

	if (!err)
		return true;
	fprintf(stderr, "# this kernel refuses it with error %d\n", err);
	return !(err == -EOPNOTSUPP || err == -EBUSY) ||
	       !hooks_are(self, ARMED);
}

static int drop(disarm_t *self, struct probe_ns *ns)
{
	return kill(self->box.pid, SIGTERM) ? -errno :
	       probe_ns_by_pid(&self->p, self->box.pid, ns);
}

/*
 * Flow:
 *  1. Kprobes are switched off.  Status says so of each of them, and goes on to
 *     when it is asked again.
 *  2. A drop is then counted if, and only if, status says that signals are seen.
 *  3. They are switched on: status says so, and drops count.
 */
TEST_F_TIMEOUT(disarm, is_found, 60)
{
	uint64_t missed = variant->by_tracepoint ? 1 : 0;
	struct probe_ns ns;

	EXPECT_TRUE(hooks_are(self, ARMED));
	if (!switched_off(self, variant->path)) {
		/* The drop is seen then, and status has said so. */
		ASSERT_EQ(0, drop(self, &ns));
		EXPECT_EQ(1, ns.drops);
		return;
	}
	EXPECT_TRUE(hooks_are(self, DISARMED));
	EXPECT_TRUE(hooks_are(self, DISARMED));
	ASSERT_EQ(0, drop(self, &ns));
	EXPECT_EQ(missed, ns.drops);

	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_TRUE(hooks_are(self, ARMED));
	ASSERT_EQ(0, drop(self, &ns));
	EXPECT_EQ(missed + 1, ns.drops);
	EXPECT_EQ(self->ns.id, ns.id);
}

static void ignore(struct probe_ns *ns, void *arg)
{
	(void)ns;
	(void)arg;
}

/*
 * Flow:
 *  1. Some namespaces are known, and who their inits are.  Kprobes are switched
 *     off, these die and others are born, of which nothing is seen.
 *  2. To ask for those that were born finds them, births that were missed, and
 *     those that died as well.
 *  3. Kprobes are switched on.  The new ones drop signals and end, and that is
 *     seen; so are births and deaths from then on.
 */
TEST_F_TIMEOUT(disarm, catches_up, 120)
{
	struct probe_status off, on, st;
	struct herd second = {};
	struct probe_ns ns;
	int i;

	ASSERT_EQ(0, herd_start(&self->herd, HERD));
	ASSERT_EQ(0, probe_ns_dump(&self->p, ignore, NULL));
	if (!switched_off(self, variant->path))
		SKIP(return, "the switch is refused, and all stays armed");
	ASSERT_EQ(0, probe_status(&self->p, &off));
	EXPECT_EQ(HERD, off.born - self->before.born);

	ASSERT_EQ(HERD, herd_stop(&self->herd));
	ASSERT_EQ(0, herd_start(&second, HERD));
	for (i = 0; i < HERD; i++) {
		ASSERT_EQ(0, probe_ns_by_pid(&self->p, second.pid[i], &ns));
		EXPECT_EQ(second.pid[i], (pid_t)ns.init_pid);
		EXPECT_EQ(PIDNS_PROBE_NS_STATE_RUNNING, ns.state);
		EXPECT_FALSE(probe_has(&ns, PIDNS_PROBE_A_NS_BORN));
		EXPECT_EQ(0, ns.drops);
	}
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(HERD, st.births_missed - off.births_missed);
	EXPECT_EQ(HERD, st.died - off.died);
	EXPECT_EQ(off.namespaces, st.namespaces);
	EXPECT_EQ(off.teardowns, st.teardowns);

	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_TRUE(hooks_are(self, ARMED));
	ASSERT_EQ(0, probe_status(&self->p, &on));
	ASSERT_EQ(0, herd_signal(&second, SIGTERM));
	for (i = 0; i < HERD; i++) {
		ASSERT_EQ(0, probe_ns_by_pid(&self->p, second.pid[i], &ns));
		EXPECT_EQ(1, ns.drops);
	}
	EXPECT_EQ(HERD, herd_stop(&second));
	EXPECT_TRUE(poll_until(DEADLINE_MS,
			       !probe_status(&self->p, &st) &&
			       st.died - on.died == HERD));
	EXPECT_EQ(HERD, st.teardowns - on.teardowns);
	EXPECT_EQ(on.births_missed, st.births_missed);
	EXPECT_EQ(on.deaths_missed, st.deaths_missed);
}

/* A process of the box whose parent is we: a teardown waits for us to reap it. */
static pid_t start_member(struct box *b)
{
	int own, other;
	char path[64];
	pid_t pid = -1;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", b->pid);
	own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	other = open(path, O_RDONLY | O_CLOEXEC);
	if (own < 0 || other < 0 || setns(other, CLONE_NEWPID))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (setns(own, CLONE_NEWPID))
		return -1;
	close(own);
	close(other);
	return pid;
}

static bool is_tearing_down(disarm_t *self, uint32_t count)
{
	struct probe_status st;

	return !probe_status(&self->p, &st) && st.tearing_down == count;
}

/*
 * Flow:
 *  1. The teardown of a namespace begins, and goes on because a process of it
 *     is not reaped.  Kprobes are switched off.
 *  2. It is reaped, the teardown ends, and nobody sees.
 *  3. Kprobes are switched on, and the namespace dies: that tells that an end
 *     was missed, and the record says so.
 */
TEST_F_TIMEOUT(disarm, teardown_without_end, 60)
{
	struct probe_teardown td;
	struct probe_status st;
	pid_t member;

	member = start_member(&self->box);
	ASSERT_LT(0, member);
	ASSERT_EQ(0, kill(self->box.pid, SIGKILL));
	ASSERT_TRUE(poll_until(DEADLINE_MS, is_tearing_down(self, 1)));
	ASSERT_TRUE(poll_until(DEADLINE_MS, process_state(member) == 'Z'));
	if (!switched_off(self, variant->path)) {
		waitpid(member, NULL, 0);
		SKIP(return, "the switch is refused, and all stays armed");
	}
	ASSERT_EQ(member, waitpid(member, NULL, 0));
	ASSERT_TRUE(poll_until(DEADLINE_MS,
			       process_state(self->box.pid) == 'Z'));
	EXPECT_TRUE(is_tearing_down(self, 1));

	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_EQ(SIGKILL, box_wait(&self->box));
	EXPECT_TRUE(poll_until(DEADLINE_MS, is_tearing_down(self, 0)));
	ASSERT_EQ(0, probe_status(&self->p, &st));
	EXPECT_EQ(1, st.unended - self->before.unended);
	EXPECT_EQ(1, st.died - self->before.died);
	EXPECT_EQ(self->before.teardowns, st.teardowns);
	ASSERT_EQ(0, probe_teardown_by_id(&self->p, self->ns.id, &td));
	EXPECT_FALSE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_DURATION));
	EXPECT_TRUE(probe_has(&td, PIDNS_PROBE_A_TEARDOWN_UNENDED));
}

/*
 * Flow:
 *  1. Kprobes are off before the module is loaded: it loads, with a warning in
 *     the log, and status says disarmed.
 *  2. They are switched on, and all works.
 *  3. They are switched off again, and the module unloads.
 */
TEST_F_TIMEOUT(disarm, load_and_unload, 60)
{
	struct probe_ns ns;

	ASSERT_EQ(0, file_write(variant->path, "1"));
	probe_close(&self->p);
	ASSERT_EQ(0, module_reload(variant->params));
	ASSERT_EQ(0, module_unload());
	if (file_write(variant->path, "0"))
		SKIP(return, "the switch is refused without any kprobe");
	log_mark();
	ASSERT_EQ(0, module_load(variant->params));
	EXPECT_TRUE(log_has("kprobes are disarmed and much will not be seen"));
	ASSERT_EQ(0, probe_open(&self->p));
	EXPECT_TRUE(hooks_are(self, DISARMED));

	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_TRUE(hooks_are(self, ARMED));
	ASSERT_EQ(0, drop(self, &ns));
	EXPECT_EQ(1, ns.drops);

	switched_off(self, variant->path);
	probe_close(&self->p);
	EXPECT_EQ(0, module_unload());
	ASSERT_EQ(0, file_write(variant->path, "1"));
	EXPECT_EQ(0, module_load(variant->params));
	ASSERT_EQ(0, probe_open(&self->p));
	EXPECT_TRUE(hooks_are(self, ARMED));
}

TEST_HARNESS_MAIN
