// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>
#include <linux/pidns_probe.h>

#include "cmd.h"
#include "event.h"
#include "fmt.h"
#include "listen.h"
#include "monitor.h"
#include "names.h"
#include "nl.h"
#include "obj.h"
#include "out.h"
#include "sel.h"
#include "sig.h"

/* Ask for what was lost at the end of a burst, so long after it. */
#define CHECK_AFTER	NSEC_PER_SEC

/* Enough for some ten thousand events, in KiB. */
#define BUFFER		8192

#define NEVER		UINT64_MAX

static const char *arg_ns, *arg_container, *arg_signal, *arg_event;
static const char *arg_count, *arg_timeout, *arg_buffer;
static bool arg_relative, arg_verbose;

const struct cmd_word monitor_words[] = {
	{
		.name = "ns",
		.value = "NS",
		.help = "only events of this namespace",
		.str = &arg_ns,
	},
	{
		.name = "container",
		.letter = 'c',
		.value = "PREFIX",
		.help = "only those whose container's id or name begins so",
		.str = &arg_container,
	},
	{
		.name = "signal",
		.letter = 's',
		.value = "LIST",
		.help = "only drops of these, and teardowns that began with them",
		.str = &arg_signal,
	},
	{
		.name = "event",
		.letter = 'e',
		.value = "LIST",
		.help = "only drop, ns-new, teardown-begin or teardown-end",
		.str = &arg_event,
	},
	{
		.name = "count",
		.letter = 'n',
		.value = "N",
		.help = "stop after N events",
		.str = &arg_count,
	},
	{
		.name = "timeout",
		.letter = 'w',
		.value = "SECONDS",
		.help = "stop after so many seconds",
		.str = &arg_timeout,
	},
	{
		.name = "buffer",
		.letter = 'b',
		.value = "KIB",
		.help = "size of the receive buffer, 8192 unless said",
		.str = &arg_buffer,
	},
	{
		.name = "relative",
		.letter = 'r',
		.help = "seconds since the start instead of date and time",
		.flag = &arg_relative,
	},
	{
		.name = "verbose",
		.letter = 'v',
		.help = "say on standard error when listening begins",
		.flag = &arg_verbose,
	},
	{}
};

/**
 * monitor_help() - Print what the help of monitor has to say beside the words.
 * @f: where to
 */
void monitor_help(FILE *f)
{
	fputs("\nOne line for each event until interrupted; 'lost' says how many were lost.\n"
	      "With -j each line is a JSON object, the first of which says \"listening\".\n"
	      "The exit status is 1 if the timeout ends it before N events have come.\n", f);
}

static atomic_bool stopped;

static void on_signal(int sig __attribute__((unused)))
{
	stopped = true;
}

/* No SA_RESTART: a write to a reader that does not read shall end as well. */
static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static uint64_t monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

struct monitor {
	struct event_stream es;
	struct listener ln;
	struct pnl *nl;
	uint64_t buffer;	/* bytes of the receive buffer */
	uint64_t deadline;	/* of the timeout, in monotonic time */
	uint64_t check;		/* when to ask for what was lost */
};

static int parse_words(struct monitor *m, struct sel *sel)
{
	struct event_filter *filter = &m->es.filter;
	uint64_t seconds = 0;
	int ret = EXIT_OK;

	if (arg_ns)
		ret = sel_parse(arg_ns, sel);
	if (!ret && arg_signal)
		ret = sig_parse_set(arg_signal, &filter->signals);
	if (!ret && arg_event)
		ret = event_parse_set(arg_event, &filter->events);
	if (!ret && arg_count)
		ret = cmd_number("count", arg_count, 1, UINT32_MAX, &m->es.count);
	if (!ret && arg_timeout)
		ret = cmd_number("timeout", arg_timeout, 1, UINT32_MAX, &seconds);
	m->buffer = BUFFER;
	if (!ret && arg_buffer)
		ret = cmd_number("buffer", arg_buffer, 1, 1024 * 1024, &m->buffer);
	m->buffer *= 1024;
	filter->container = arg_container;
	m->es.relative = arg_relative;
	m->deadline = arg_timeout ? monotonic() + seconds * NSEC_PER_SEC : NEVER;
	m->check = NEVER;
	return ret;
}

/* Shows what has arrived. Returns 0 when there is no more of it. */
static int drain(struct monitor *m)
{
	int ret;

	do {
		ret = listen_read(&m->ln);
		if (ret)
			m->check = monotonic() + CHECK_AFTER;
	} while ((ret == 1 || ret == -ENOBUFS) && !stopped);
	return ret == 1 || ret == -ENOBUFS ? 0 : ret;
}

static struct json_object *quick_status(struct monitor *m)
{
	const struct pnl_arg quick = { .nr = PIDNS_PROBE_A_STATUS_QUICK, .kind = ATTR_FLAG };
	struct json_object *status;

	if (pnl_get(m->nl, PIDNS_PROBE_CMD_STATUS_GET, &quick, &status))
		return NULL;
	return status;
}

/* An event after a loss tells of it, but there may be none for hours. */
static int check_lost(struct monitor *m)
{
	struct json_object *status = quick_status(m);
	int ret = drain(m);

	if (!ret && status)
		ret = event_check(&m->es, obj_u64(status, "events", 0), event_lost_total(status));
	json_object_put(status);
	m->check = NEVER;
	return ret;
}

/* Sleeps until something arrives, or until @until. */
static int wait_until(struct monitor *m, uint64_t until)
{
	struct pollfd fds[] = {
		{ .fd = listen_fd(&m->ln), .events = POLLIN },
		/* To be told when the reader of a pipe has gone. */
		{ .fd = STDOUT_FILENO, .events = 0 },
	};
	uint64_t now = monotonic(), left = until > now ? until - now : 0;
	struct timespec ts = { .tv_sec = left / NSEC_PER_SEC, .tv_nsec = left % NSEC_PER_SEC };
	sigset_t block, old;
	int n = 0;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	if (!stopped)
		n = ppoll(fds, 2, until == NEVER ? NULL : &ts, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (n < 0 && errno != EINTR)
		return -errno;
	return n > 0 && fds[1].revents ? -EPIPE : 0;
}

static int loop(struct monitor *m)
{
	int ret = 0;

	while (!ret && !stopped) {
		ret = drain(m);
		if (!ret && monotonic() >= m->check)
			ret = check_lost(m);
		if (!ret && monotonic() >= m->deadline)
			return -ETIMEDOUT;
		if (!ret)
			ret = wait_until(m, m->check < m->deadline ? m->check : m->deadline);
	}
	return ret;
}

/* Makes an exit status of why the loop ended. */
static int conclude(struct monitor *m, int why)
{
	if (stopped) {
		/* What could not be written before the signal never will be. */
		__fpurge(stdout);
		clearerr(stdout);
		return EXIT_OK;
	}
	switch (why) {
	case -ECANCELED:
		return EXIT_OK;
	case -ETIMEDOUT:
		if (check_lost(m))
			return EXIT_REFUSED;
		return m->es.count ? EXIT_REFUSED : EXIT_OK;
	case -ESHUTDOWN:
		out_error("the kernel module pidns_probe was unloaded");
		return EXIT_REFUSED;
	case -EIO:
		if (!ferror(stdout))
			out_error("cannot read events");
		return EXIT_REFUSED;
	default:
		/* Writing failed, as the end of the program will tell. */
		return EXIT_REFUSED;
	}
}

static int find_ns(struct monitor *m, const struct sel *sel)
{
	struct json_object *ns;
	int ret;

	ret = sel_find(sel, m->nl, m->es.names, &ns);
	if (ret)
		return ret;
	m->es.filter.by_ns = true;
	m->es.filter.ns = obj_u64(ns, "id", 0);
	json_object_put(ns);
	return EXIT_OK;
}

static int listen_and_loop(struct monitor *m)
{
	struct json_object *status;
	int ret;

	if (listen_open(&m->ln, m->nl, m->buffer, event_show, &m->es))
		return EXIT_REFUSED;
	status = quick_status(m);
	if (!status) {
		pnl_complain(m->nl);
		listen_close(&m->ln);
		return EXIT_REFUSED;
	}
	ret = event_listening(&m->es, status);
	json_object_put(status);
	if (arg_verbose)
		fputs("pidnsctl: listening\n", stderr);
	if (!ret)
		ret = loop(m);
	ret = conclude(m, ret);
	listen_close(&m->ln);
	return ret;
}

/**
 * monitor_run() - Run pidnsctl monitor.
 *
 * Return: the exit status.
 */
int monitor_run(void)
{
	struct monitor m = {};
	struct sel sel;
	int ret;

	ret = parse_words(&m, &sel);
	if (ret)
		return ret;
	catch_signals();
	m.nl = pnl_open();
	if (!m.nl)
		return EXIT_REFUSED;
	m.es.names = names_load();
	if (arg_ns)
		ret = find_ns(&m, &sel);
	if (!ret)
		ret = listen_and_loop(&m);
	names_free(m.es.names);
	pnl_close(m.nl);
	return ret;
}
