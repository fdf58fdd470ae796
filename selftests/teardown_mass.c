// SPDX-License-Identifier: GPL-2.0
/*
 * A thousand namespaces torn down at once, and none of them is missed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "box.h"
#include "crowd.h"
#include "module.h"
#include "probe.h"

#define MANY	1000

/* What each of the inits tells us. */
struct mass {
	uint32_t ready;
	uint32_t failed;
};

FIXTURE(mass) {
	struct probe p;
	struct mass *mass;
	struct hold hold;
	struct box outer;
	pid_t init[MANY];
};

FIXTURE_VARIANT(mass) {
	const char *params;
};

FIXTURE_VARIANT_ADD(mass, kprobe) {
	.params = "history=1100",
};

FIXTURE_VARIANT_ADD(mass, fallback) {
	.params = "history=1100 hook_skip=acct_exit_ns",
};

#define mass_t	FIXTURE_DATA(mass)

FIXTURE_SETUP(mass)
{
	ASSERT_EQ(0, module_reload(variant->params));
	ASSERT_EQ(0, probe_open(&self->p));
	self->mass = mmap(NULL, sizeof(*self->mass), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->mass);
}

FIXTURE_TEARDOWN(mass)
{
	int i;

	hold_release(&self->hold);
	for (i = 0; i < MANY; i++) {
		if (self->init[i] <= 0)
			continue;
		kill(self->init[i], SIGKILL);
		waitpid(self->init[i], NULL, 0);
	}
	box_stop(&self->outer);
	probe_close(&self->p);
}

/* An init with a child. */
static pid_t start_init(struct mass *mass)
{
	pid_t pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL,
			    NULL, NULL);

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fork() < 0)
		__atomic_add_fetch(&mass->failed, 1, __ATOMIC_RELEASE);
	__atomic_add_fetch(&mass->ready, 1, __ATOMIC_RELEASE);
	for (;;)
		pause();
}

/* All inits and their children are there. */
static bool all_ready(mass_t *self)
{
	return poll_until(3 * DEADLINE_MS,
			  __atomic_load_n(&self->mass->ready,
					  __ATOMIC_ACQUIRE) == 2 * MANY) &&
	       !self->mass->failed;
}

/* What a dump brings, summed up. */
struct sum {
	unsigned int n, ongoing, killed, level[3];
	uint64_t victims;
	uint32_t least, most;
};

static void add_up(struct probe_teardown *td, void *arg)
{
	struct sum *sum = arg;

	sum->n++;
	sum->ongoing += !probe_has(td, PIDNS_PROBE_A_TEARDOWN_DURATION);
	sum->killed += td->status == SIGKILL;
	if (td->level < 3)
		sum->level[td->level]++;
	sum->victims += td->victims;
	if (td->victims < sum->least)
		sum->least = td->victims;
	if (td->victims > sum->most)
		sum->most = td->victims;
}

static void look(struct __test_metadata *_metadata, mass_t *self,
		 struct sum *sum)
{
	*sum = (struct sum){ .least = UINT32_MAX };
	ASSERT_EQ(0, probe_teardown_dump(&self->p, add_up, sum));
}

/* So many namespaces have been torn down, and all the books agree. */
static void check_books(struct __test_metadata *_metadata, mass_t *self,
			uint32_t n)
{
	static const char * const hooks[] = {
		"teardown-begin", "teardown-end", "signal",
	};
	struct probe_status st;
	unsigned int i;

	poll_until(DEADLINE_MS,
		   !probe_status(&self->p, &st) && st.namespaces == 1);
	EXPECT_EQ(1, st.namespaces);
	EXPECT_EQ(n, st.teardowns);
	EXPECT_EQ(0, st.tearing_down);
	EXPECT_EQ(n + 1, st.born);
	EXPECT_EQ(n, st.died);
	EXPECT_EQ(0, st.unended);
	EXPECT_EQ(0, st.no_record);
	for (i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		EXPECT_EQ(0, probe_hook(&st, hooks[i])->misses);
}

/*
 * Flow:
 *  1. A thousand namespaces, each with an init, its child, and a member whose
 *     parent is outside and does not reap it.
 *  2. All inits are killed: a thousand teardowns are in progress, and each has
 *     killed its two.
 *  3. The parent reaps: all of them end, each with its record.
 */
TEST_F_TIMEOUT(mass, held, 200)
{
	struct probe_status st;
	struct sum sum;
	int i;

	for (i = 0; i < MANY; i++) {
		self->init[i] = start_init(self->mass);
		ASSERT_LT(0, self->init[i]);
	}
	ASSERT_TRUE(all_ready(self));
	ASSERT_EQ(0, hold_start(&self->hold, self->init, MANY));
	for (i = 0; i < MANY; i++)
		ASSERT_EQ(0, kill(self->init[i], SIGKILL));
	ASSERT_TRUE(poll_until(3 * DEADLINE_MS,
			       !probe_status(&self->p, &st) &&
			       st.tearing_down == MANY));
	EXPECT_EQ(0, st.teardowns);
	EXPECT_EQ(MANY + 1, st.namespaces);

	ASSERT_TRUE(hold_release(&self->hold));
	for (i = 0; i < MANY; i++) {
		EXPECT_EQ(self->init[i], waitpid(self->init[i], NULL, 0));
		self->init[i] = 0;
	}
	look(_metadata, self, &sum);
	EXPECT_EQ(MANY, sum.n);
	EXPECT_EQ(0, sum.ongoing);
	EXPECT_EQ(MANY, sum.killed);
	EXPECT_EQ(MANY, sum.level[1]);
	EXPECT_EQ(2, sum.least);
	EXPECT_EQ(2, sum.most);
	check_books(_metadata, self, MANY);
}

static long do_start_many(const long *arg)
{
	int i;

	for (i = 0; i < MANY; i++)
		if (start_init((struct mass *)arg[0]) < 0)
			return -errno;
	return 0;
}

/*
 * Flow:
 *  1. A namespace in which a thousand are, each with an init and its child.
 *  2. The outer init is killed, and it kills them in one go.
 *  3. A thousand and one records; together they have each process but the
 *     outer init as a victim once.
 */
TEST_F_TIMEOUT(mass, nested, 200)
{
	struct sum sum;
	long answer;

	ASSERT_EQ(0, box_start(&self->outer, 0));
	box_ask(&self->outer, BOX_INIT, do_start_many, (long)self->mass);
	ASSERT_TRUE(box_answer(&self->outer, BOX_INIT, 3 * DEADLINE_MS,
			       &answer));
	ASSERT_EQ(0, answer);
	ASSERT_TRUE(all_ready(self));
	ASSERT_EQ(0, kill(self->outer.pid, SIGKILL));
	ASSERT_EQ(self->outer.pid, waitpid(self->outer.pid, NULL, 0));
	self->outer.pid = 0;
	look(_metadata, self, &sum);
	EXPECT_EQ(MANY + 1, sum.n);
	EXPECT_EQ(0, sum.ongoing);
	EXPECT_EQ(MANY + 1, sum.killed);
	EXPECT_EQ(1, sum.level[1]);
	EXPECT_EQ(MANY, sum.level[2]);
	EXPECT_EQ(2 * MANY, sum.victims);
	check_books(_metadata, self, MANY + 1);
}

TEST_HARNESS_MAIN
