// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps while namespaces are born and die: what is there all the while comes
 * exactly once, in order, and the dump says that something has changed, and
 * does not when nothing has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "herd.h"
#include "module.h"
#include "probe.h"

#define RESIDENTS	60
#define CHURNERS	2
#define DUMPS		100

/*
 * The kernel makes no part of a dump larger than the largest receive so far.
 * It is one part ahead of what was received, so that what happens while the
 * first part is read is seen from the third on: there are far more than that.
 */
#define PART		4096

FIXTURE(churn) {
	struct probe p, other;
	struct herd herd;
	uint64_t id[RESIDENTS];		/* of the residents, rising */
	pid_t churner[CHURNERS];
};

#define churn_t	FIXTURE_DATA(churn)

FIXTURE_SETUP(churn)
{
	struct probe_ns ns;
	int i;

	/* It then knows nothing of namespaces that are about to die. */
	ASSERT_EQ(0, module_reload(""));
	ASSERT_EQ(0, probe_open(&self->p));
	self->p.room = PART;
	ASSERT_EQ(0, probe_open(&self->other));
	ASSERT_EQ(0, herd_start(&self->herd, RESIDENTS));
	for (i = 0; i < RESIDENTS; i++) {
		ASSERT_EQ(0, probe_ns_by_pid(&self->p, self->herd.pid[i],
					     &ns));
		self->id[i] = ns.id;
		if (i)
			ASSERT_LT(self->id[i - 1], ns.id) {
				break;
			}
	}
}

static void stop_churners(churn_t *self)
{
	int i;

	for (i = 0; i < CHURNERS; i++) {
		if (self->churner[i] <= 0)
			continue;
		kill(self->churner[i], SIGTERM);
		waitpid(self->churner[i], NULL, 0);
		self->churner[i] = 0;
	}
}

FIXTURE_TEARDOWN(churn)
{
	stop_churners(self);
	herd_stop(&self->herd);
	probe_close(&self->other);
	probe_close(&self->p);
}

static bool is_told_to_stop(void)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, SIGTERM);
}

/* Namespaces that are born and die as fast as it goes, and leave no zombie. */
static pid_t start_churner(void)
{
	pid_t pid = fork(), child;
	sigset_t set;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	while (!is_told_to_stop()) {
		child = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL,
				NULL, NULL);
		if (!child)
			_exit(0);
		if (child > 0)
			waitpid(child, NULL, 0);
	}
	_exit(0);
}

/* What a dump has shown. */
struct shown {
	churn_t *self;
	uint64_t last;			/* id or number */
	unsigned int records;
	unsigned int seen[RESIDENTS];
	bool disorder;
	/* Called once, when the first record has come. */
	void (*meanwhile)(churn_t *self);
};

static void note(struct shown *s, uint64_t key)
{
	void (*meanwhile)(churn_t *self) = s->meanwhile;

	if (key <= s->last)
		s->disorder = true;
	s->last = key;
	s->records++;
	s->meanwhile = NULL;
	if (meanwhile)
		meanwhile(s->self);
}

/* Residents by id; those of the herd are in order. */
static void show_ns(struct probe_ns *ns, void *arg)
{
	struct shown *s = arg;
	int i;

	for (i = 0; i < RESIDENTS; i++)
		if (s->self->id[i] == ns->id)
			s->seen[i]++;
	note(s, ns->id);
}

static int dump(churn_t *self, struct shown *s, void (*meanwhile)(churn_t *))
{
	memset(s, 0, sizeof(*s));
	s->self = self;
	s->meanwhile = meanwhile;
	return probe_ns_dump(&self->p, show_ns, s);
}

/* How many of the residents did not come exactly once?  But for I. */
static int wrong_residents(const struct shown *s, int but)
{
	int i, wrong = 0;

	for (i = 0; i < RESIDENTS; i++)
		if (i != but && s->seen[i] != 1)
			wrong++;
	return wrong;
}

/* The namespace is gone from the tables. */
static bool is_forgotten(churn_t *self, uint64_t id)
{
	struct probe_ns ns;

	return probe_ns_by_id(&self->other, id, &ns) == -ENOENT;
}

static void end_resident(churn_t *self, int i)
{
	if (herd_stop_one(&self->herd, i) ||
	    !poll_until(DEADLINE_MS, is_forgotten(self, self->id[i])))
		abort();
}

static void one_is_born(churn_t *self)
{
	struct probe_ns ns;

	/* In the place of one that has ended. */
	if (herd_start_one(&self->herd, 0) ||
	    probe_ns_by_pid(&self->other, self->herd.pid[0], &ns))
		abort();
	self->id[0] = ns.id;
}

static void first_dies(churn_t *self)
{
	end_resident(self, 0);
}

static void last_dies(churn_t *self)
{
	end_resident(self, RESIDENTS - 1);
}

/* Nobody has come and gone since BEFORE. */
static bool is_quiet(churn_t *self, struct probe_status *before)
{
	struct probe_status now;
	bool quiet;

	if (probe_status(&self->other, &now))
		return false;
	quiet = now.born == before->born && now.died == before->died;
	*before = now;
	return quiet;
}

/*
 * Flow: in a system where nothing is born or dies, a dump in many parts says
 * so each time, and shows every namespace that status counts.
 */
TEST_F_TIMEOUT(churn, quiet, 120)
{
	struct probe_status st = {};
	struct shown s;
	int i;

	ASSERT_TRUE(poll_until(DEADLINE_MS, is_quiet(self, &st)));
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, dump(self, &s, NULL));
		EXPECT_FALSE(self->p.interrupted);
		EXPECT_FALSE(s.disorder);
		EXPECT_EQ(0, wrong_residents(&s, -1));
		EXPECT_EQ(st.namespaces, s.records);
	}
	ASSERT_TRUE(is_quiet(self, &st));
}

/*
 * Flow, for one that is born, one that was shown already and one that was not
 * shown yet and die:
 *  1. It happens when the first part of a dump was read.
 *  2. The dump says so.  All the others come once, in order.
 *  3. The one that dies ahead of the dump does not come; the one that is born
 *     does.
 *  4. The dump after that is quiet again.
 */
TEST_F_TIMEOUT(churn, one_change, 120)
{
	struct shown s;

	ASSERT_EQ(0, dump(self, &s, first_dies));
	EXPECT_TRUE(self->p.interrupted);
	EXPECT_FALSE(s.disorder);
	EXPECT_EQ(0, wrong_residents(&s, 0));
	EXPECT_LE(RESIDENTS, s.records);

	ASSERT_EQ(0, dump(self, &s, NULL));
	EXPECT_FALSE(self->p.interrupted);
	EXPECT_EQ(0, s.seen[0]);
	EXPECT_EQ(0, wrong_residents(&s, 0));

	ASSERT_EQ(0, dump(self, &s, one_is_born));
	EXPECT_TRUE(self->p.interrupted);
	EXPECT_FALSE(s.disorder);
	EXPECT_EQ(0, wrong_residents(&s, -1));

	ASSERT_EQ(0, dump(self, &s, last_dies));
	EXPECT_TRUE(self->p.interrupted);
	EXPECT_FALSE(s.disorder);
	EXPECT_EQ(0, s.seen[RESIDENTS - 1]);
	EXPECT_EQ(0, wrong_residents(&s, RESIDENTS - 1));

	ASSERT_EQ(0, dump(self, &s, NULL));
	EXPECT_FALSE(self->p.interrupted);
}

/* All but the first and the last: the cursor loses what it pointed at. */
static void most_die(churn_t *self)
{
	int i;

	for (i = 1; i < RESIDENTS - 1; i++)
		end_resident(self, i);
}

/*
 * Flow: when the first part was read, everything up to the last one dies.  The
 * dump goes on to the last one, and ends.
 */
TEST_F_TIMEOUT(churn, cursor_dies, 120)
{
	struct shown s;

	ASSERT_EQ(0, dump(self, &s, most_die));
	EXPECT_TRUE(self->p.interrupted);
	EXPECT_FALSE(s.disorder);
	EXPECT_EQ(1, s.seen[0]);
	EXPECT_EQ(1, s.seen[RESIDENTS - 1]);
}

/* All that were born since BEFORE are gone, and a dump shows that. */
static bool is_over(churn_t *self, const struct probe_status *before)
{
	struct probe_status now;
	struct shown s;

	return !dump(self, &s, NULL) && s.records == before->namespaces &&
	       !probe_status(&self->other, &now) &&
	       now.namespaces == before->namespaces;
}

/*
 * Flow:
 *  1. Namespaces are born and die all the while.
 *  2. In each dump the residents come once, in order, whatever else comes.
 *  3. Some say that they were interrupted; none does when the churn is over.
 *  4. The table is as before.
 */
TEST_F_TIMEOUT(churn, storm, 200)
{
	struct probe_status before, after;
	int i, interrupted = 0;
	int64_t end = now_ms() + 60000;
	struct shown s;

	ASSERT_EQ(0, probe_status(&self->other, &before));
	for (i = 0; i < CHURNERS; i++) {
		self->churner[i] = start_churner();
		ASSERT_LT(0, self->churner[i]);
	}
	for (i = 0; i < DUMPS || (interrupted < 10 && now_ms() < end); i++) {
		ASSERT_EQ(0, dump(self, &s, NULL));
		ASSERT_FALSE(s.disorder);
		ASSERT_EQ(0, wrong_residents(&s, -1));
		interrupted += self->p.interrupted;
	}
	EXPECT_LE(10, interrupted);
	stop_churners(self);
	EXPECT_TRUE(poll_until(DEADLINE_MS, is_over(self, &before)));
	EXPECT_FALSE(self->p.interrupted);
	ASSERT_EQ(0, probe_status(&self->other, &after));
	TH_LOG("%d of %d dumps interrupted, %d births, %d deaths skipped",
	       interrupted, i, (int)(after.born - before.born),
	       (int)probe_hook(&after, "death")->misses);
	EXPECT_EQ(after.born - before.born, after.died - before.died);
	EXPECT_LT(before.born, after.born);
	EXPECT_EQ(before.no_record, after.no_record);
	EXPECT_EQ(before.births_missed, after.births_missed);
	EXPECT_EQ(before.unended, after.unended);
}

static void show_teardown(struct probe_teardown *td, void *arg)
{
	struct shown *s = arg;
	int i;

	for (i = 0; i < RESIDENTS; i++)
		if (s->self->id[i] == td->id)
			s->seen[i]++;
	note(s, td->number);
}

static int dump_teardowns(churn_t *self, struct shown *s,
			  void (*meanwhile)(churn_t *))
{
	memset(s, 0, sizeof(*s));
	s->self = self;
	s->meanwhile = meanwhile;
	return probe_teardown_dump(&self->p, show_teardown, s);
}

/*
 * Flow, for teardowns:
 *  1. All residents but one have ended, and a dump in many parts shows each of
 *     their teardowns once, in order, and is not interrupted.
 *  2. The last one ends when the first part was read: the dump says so, and the
 *     others still come once.
 */
TEST_F_TIMEOUT(churn, teardowns, 120)
{
	const int last = RESIDENTS - 1;
	struct shown s;
	int i;

	for (i = 0; i < last; i++)
		end_resident(self, i);
	ASSERT_EQ(0, dump_teardowns(self, &s, NULL));
	EXPECT_FALSE(self->p.interrupted);
	EXPECT_FALSE(s.disorder);
	EXPECT_EQ(0, s.seen[last]);
	EXPECT_EQ(0, wrong_residents(&s, last));

	ASSERT_EQ(0, dump_teardowns(self, &s, last_dies));
	EXPECT_TRUE(self->p.interrupted);
	EXPECT_FALSE(s.disorder);
	EXPECT_EQ(0, wrong_residents(&s, last));

	ASSERT_EQ(0, dump_teardowns(self, &s, NULL));
	EXPECT_FALSE(self->p.interrupted);
	EXPECT_EQ(0, wrong_residents(&s, -1));
}

TEST_HARNESS_MAIN
