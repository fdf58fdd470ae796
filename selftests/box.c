// SPDX-License-Identifier: GPL-2.0
/* PID namespaces whose members do as they are told; see box.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "box.h"
#include "probe.h"

#define PAGES	64

/* Mapped before the first fork, so that it is where it is for everybody. */
static struct box_page *pages;
static unsigned int pages_used;

/* The box that this process is in. */
static struct box_page *mine;

struct box_page *box_page(void)
{
	return mine;
}

static struct box_page *page_get(void)
{
	size_t size = PAGES * sizeof(*pages);

	if (!pages) {
		pages = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (pages == MAP_FAILED)
			abort();
	}
	if (pages_used == PAGES)
		abort();
	return &pages[pages_used++];
}

static void futex_wait(uint32_t *word, uint32_t value, int ms)
{
	struct timespec t = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L,
	};

	syscall(SYS_futex, word, FUTEX_WAIT, value, ms < 0 ? NULL : &t, NULL,
		0);
}

static void futex_wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static uint32_t load(uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void *agent_main(void *arg)
{
	struct agent *a = arg;
	uint32_t seen = load(&a->done);

	for (;;) {
		while (load(&a->asked) == seen)
			futex_wait(&a->asked, seen, -1);
		seen++;
		a->answer = a->fn(a->arg);
		store(&a->done, seen);
		futex_wake(&a->done);
	}
	return NULL;
}

static void agent_reset(struct agent *a)
{
	/* Nobody is there: what was asked will not be answered. */
	store(&a->done, load(&a->asked));
}

void box_ask_args(struct box *b, int who, agent_fn fn, const long arg[6])
{
	struct agent *a = &b->page->agent[who];

	a->fn = fn;
	memcpy(a->arg, arg, sizeof(a->arg));
	store(&a->asked, a->asked + 1);
	futex_wake(&a->asked);
}

bool box_answer(struct box *b, int who, int ms, long *answer)
{
	struct agent *a = &b->page->agent[who];
	int64_t left, end = now_ms() + ms;
	uint32_t done;

	while ((done = load(&a->done)) != a->asked) {
		left = end - now_ms();
		if (left <= 0)
			return false;
		futex_wait(&a->done, done, left);
	}
	if (answer)
		*answer = a->answer;
	return true;
}

long box_call_args(struct box *b, int who, agent_fn fn, const long arg[6])
{
	long answer;

	box_ask_args(b, who, fn, arg);
	if (!box_answer(b, who, DEADLINE_MS, &answer))
		return LONG_MIN;
	return answer;
}

static void init_main(struct box_page *page)
{
	int sig;

	mine = page;
	/* If the test dies, so do we. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (sig = 1; sig <= 64; sig++)
		raw_action(sig, ACTION_DFL);
	raw_mask(SIG_SETMASK, 0);
	setpgid(0, 0);
	page->agent[BOX_INIT].pid = getpid();
	page->agent[BOX_INIT].tid = getpid();
	agent_main(&page->agent[BOX_INIT]);
}

static pid_t box_clone(struct box_page *page, int clone_flags)
{
	pid_t pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD | clone_flags,
			    NULL, NULL, NULL, NULL);

	if (pid == 0)
		init_main(page);
	return pid < 0 ? -errno : pid;
}

static void page_reset(struct box_page *page)
{
	int i;

	for (i = 0; i < BOX_AGENTS; i++)
		agent_reset(&page->agent[i]);
	memset(page->handled, 0, sizeof(page->handled));
}

int box_start(struct box *b, int clone_flags)
{
	if (!b->page)
		b->page = page_get();
	page_reset(b->page);
	b->pid = box_clone(b->page, clone_flags);
	if (b->pid < 0)
		return b->pid;
	return box_call(b, BOX_INIT, do_nothing) ? -ETIMEDOUT : 0;
}

/* An agent is there when it has said which it is. */
static bool agent_there(struct agent *a)
{
	return poll_until(DEADLINE_MS,
			  __atomic_load_n(&a->tid, __ATOMIC_ACQUIRE));
}

long do_fork(const long *arg)
{
	struct agent *a = &mine->agent[arg[0]];
	pid_t pid;

	agent_reset(a);
	a->tid = 0;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0)
		return agent_there(a) ? pid : -ETIMEDOUT;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It survives what is sent to its whole group. */
	raw_mask(SIG_SETMASK, ALL_SIGNALS);
	a->pid = getpid();
	__atomic_store_n(&a->tid, getpid(), __ATOMIC_RELEASE);
	agent_main(a);
	return 0;
}

static void *thread_main(void *arg)
{
	struct agent *a = arg;

	a->pid = getpid();
	__atomic_store_n(&a->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	return agent_main(a);
}

long do_thread(const long *arg)
{
	struct agent *a = &mine->agent[arg[0]];
	pthread_t thread;
	int err;

	agent_reset(a);
	a->tid = 0;
	err = pthread_create(&thread, NULL, thread_main, a);
	if (err)
		return -err;
	pthread_detach(thread);
	/* The C library took these two for itself. */
	raw_action(32, ACTION_DFL);
	raw_action(33, ACTION_DFL);
	return agent_there(a) ? a->tid : -ETIMEDOUT;
}

static long do_start(const long *arg)
{
	return box_clone((struct box_page *)arg[0], 0);
}

int box_start_in(struct box *b, struct box *outer, int who)
{
	long ns_pid;

	if (!b->page)
		b->page = page_get();
	page_reset(b->page);
	ns_pid = box_call(outer, who, do_start, (long)b->page);
	if (ns_pid < 0)
		return ns_pid;
	b->pid = box_host_pid(outer, ns_pid);
	if (!b->pid)
		return -ESRCH;
	return box_call(b, BOX_INIT, do_nothing) ? -ETIMEDOUT : 0;
}

/* Has it ended?  A negative status if it is not our child. */
static bool box_ended(struct box *b, int *status)
{
	pid_t got = waitpid(b->pid, status, WNOHANG);

	if (got < 0)
		*status = -1;
	return got < 0 || (got > 0 && !WIFSTOPPED(*status));
}

int box_wait(struct box *b)
{
	int status;

	if (!poll_until(DEADLINE_MS, box_ended(b, &status)))
		return -1;
	b->pid = 0;
	return status;
}

int box_stop(struct box *b)
{
	if (b->pid <= 0)
		return -1;
	kill(b->pid, SIGKILL);
	return box_wait(b);
}

/* The pid of the process that we see as PID, LEVEL namespaces further down. */
static pid_t pid_at_level(pid_t pid, int level)
{
	char name[64], line[256], *word;
	pid_t found = 0;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/status", pid);
	f = fopen(name, "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, "NSpid:", 6))
			continue;
		word = strtok(line + 6, "\t\n");
		while (word && level--)
			word = strtok(NULL, "\t\n");
		found = word ? atoi(word) : 0;
		break;
	}
	fclose(f);
	return found;
}

/* Search the descendants of PARENT. */
static pid_t find_descendant(pid_t parent, pid_t ns_pid, int level)
{
	pid_t pid, found = 0;
	char name[64];
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", parent,
		 parent);
	f = fopen(name, "r");
	if (!f)
		return 0;
	while (!found && fscanf(f, "%d", &pid) == 1)
		found = pid_at_level(pid, level) == ns_pid ? pid :
			find_descendant(pid, ns_pid, level);
	fclose(f);
	return found;
}

pid_t box_host_pid(struct box *b, pid_t ns_pid)
{
	int level = 0;

	while (pid_at_level(b->pid, level + 1))
		level++;
	return find_descendant(b->pid, ns_pid, level);
}

pid_t box_host_thread(struct box *b)
{
	pid_t tid = 0, found;
	char name[64];
	DIR *dir;
	struct dirent *entry;

	snprintf(name, sizeof(name), "/proc/%d/task", b->pid);
	dir = opendir(name);
	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		found = atoi(entry->d_name);
		if (found && found != b->pid)
			tid = found;
	}
	closedir(dir);
	return tid;
}

char process_state(pid_t pid)
{
	char name[64], text[256], *paren;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	f = fopen(name, "r");
	if (!f)
		return 0;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	paren = strrchr(text, ')');
	return paren ? paren[2] : 0;
}
