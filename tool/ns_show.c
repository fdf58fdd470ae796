// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "cmd.h"
#include "fmt.h"
#include "names.h"
#include "nl.h"
#include "ns_show.h"
#include "obj.h"
#include "out.h"
#include "sel.h"
#include "sig.h"
#include "text.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *arg_ns;

const struct cmd_word ns_show_words[] = {
	{
		.value = "NS",
		.help = "id, inode number, pid:N, or how the id or name of its container begins",
		.str = &arg_ns,
	},
	{}
};

/**
 * ns_show_help() - Print what the help of ns show has to say beside the words.
 * @f: where to
 */
void ns_show_help(FILE *f)
{
	fputs("\nA namespace that has ended is in 'pidnsctl history'.\n", f);
}

static int print_facts(struct out_fact *facts, size_t n)
{
	int ret = out_facts(facts, n);
	size_t i;

	for (i = 0; i < n; i++)
		free(facts[i].text);
	return ret;
}

/* "2026-07-03 03:12:10 (2 h 3 min ago)" */
static char *say_moment(struct json_object *obj, const char *key)
{
	char *time, *age, *str;

	if (!obj_has(obj, key))
		return NULL;
	time = text_time_of(obj, key);
	age = fmt_age(obj_u64(obj, key, 0));
	str = fmt_str("%s (%s)", time, age);
	free(time);
	free(age);
	return str;
}

static char *say_container(struct json_object *ns)
{
	const char *id = obj_str(ns, "container"), *name = obj_str(ns, "name");
	const char *runtime = obj_str(ns, "runtime");

	if (!id)
		return runtime && !strcmp(runtime, "host") ? NULL : fmt_str("none that is known");
	if (name && strcmp(name, id))
		return fmt_str("%s, %s of %s", name, id, runtime);
	return fmt_str("%s, of %s", id, runtime);
}

static char *say_parent(struct json_object *ns)
{
	if (!obj_has(ns, "parent-id"))
		return fmt_str("none, this is the initial namespace");
	return fmt_str("%" PRIu64 " (level %" PRIu64 ", owned by uid %" PRIu64 ")",
		       obj_u64(ns, "parent-id", 0), obj_u64(ns, "level", 0),
		       obj_u64(ns, "owner-uid", 0));
}

static char *say_processes(struct json_object *ns)
{
	char *procs, *threads, *zombies, *str;

	if (!obj_has(ns, "processes"))
		return NULL;
	procs = fmt_count(obj_u64(ns, "processes", 0), "process", "processes");
	threads = fmt_count(obj_u64(ns, "threads", 0), "thread", "threads");
	zombies = fmt_count(obj_u64(ns, "zombies", 0), "zombie", "zombies");
	str = fmt_str("%s with %s; %s", procs, threads, zombies);
	free(procs);
	free(threads);
	free(zombies);
	return str;
}

static char *say_cgroup(struct json_object *ns)
{
	const char *path = obj_str(ns, "cgroup-path");

	return path ? fmt_str("%s (id %" PRIu64 ")", path, obj_u64(ns, "cgroup-id", 0)) : NULL;
}

static char *say_state(struct json_object *ns)
{
	char *since = say_moment(ns, "since"), *str;
	const char *name = obj_str(ns, "state") ?: "unknown";

	if (!since)
		return fmt_str("%s", name);
	str = fmt_str("%s since %s", name, since);
	free(since);
	return str;
}

static int print_identity(struct json_object *ns)
{
	struct out_fact facts[] = {
		{ "state", say_state(ns) },
		{ "container", say_container(ns) },
		{ "init", text_init(ns) },
		{ "parent", say_parent(ns) },
		{ "born", say_moment(ns, "born") ?: fmt_str("before the module was loaded") },
		{ "cgroup", say_cgroup(ns) },
		{ "processes", say_processes(ns) },
	};

	return print_facts(facts, ARRAY_SIZE(facts));
}

/* "SIGTERM from 812 (crun), an ancestor, 3 s ago: dropped when sent: ..." */
static char *say_last_drop(struct json_object *ns)
{
	struct json_object *last = obj_get(ns, "last-drop");
	char *origin, *age, *why, *str;

	if (!last)
		return NULL;
	origin = text_origin(last);
	age = fmt_age(obj_u64(last, "time", 0));
	why = text_drop(last);
	str = fmt_str("%s, %s: %s", origin, age, why);
	free(origin);
	free(age);
	free(why);
	return str;
}

/* One line a signal, of which the caller frees the names. */
static size_t signal_facts(struct json_object *drops, struct out_fact *facts, size_t max)
{
	size_t i, n = drops ? json_object_array_length(drops) : 0;
	struct json_object *drop;

	for (i = 0; i < n && i < max; i++) {
		drop = json_object_array_get_idx(drops, i);
		facts[i].name = sig_name(obj_u64(drop, "signal", 0));
		facts[i].text = fmt_str("%" PRIu64, obj_u64(drop, "count", 0));
	}
	return i;
}

static int print_drops(struct json_object *ns)
{
	uint64_t drops = obj_u64(ns, "drops", 0);
	struct out_fact facts[SIG_NR_MAX + 4];
	size_t n, signals, i;
	int ret;

	if (drops)
		out_line("Dropped %" PRIu64 " signal%s", drops, drops == 1 ? "" : "s");
	else
		out_line("Dropped no signal");
	signals = signal_facts(obj_get(ns, "drop"), facts, SIG_NR_MAX);
	n = signals;
	if (drops) {
		facts[n++] = (struct out_fact){ "when",
			fmt_str("%" PRIu64 " when sent, %" PRIu64 " when unblocked",
				obj_u64(ns, "drops-sent", 0), obj_u64(ns, "drops-dequeued", 0)) };
		facts[n++] = (struct out_fact){ "from",
			fmt_str("%" PRIu64 " from ancestors, %" PRIu64 " from inside, %" PRIu64
				" from the kernel", obj_u64(ns, "drops-ancestor", 0),
				obj_u64(ns, "drops-inside", 0), obj_u64(ns, "drops-kernel", 0)) };
		facts[n++] = (struct out_fact){ "last", say_last_drop(ns) };
	}
	facts[n++] = (struct out_fact){ "ignored",
		fmt_str("%" PRIu64 " more, which are no drops: ignored by init or by default",
			obj_u64(ns, "ignored", 0)) };
	ret = out_facts(facts, n);
	for (i = 0; i < n; i++) {
		if (i < signals)
			free((char *)facts[i].name);
		free(facts[i].text);
	}
	return ret;
}

static int print(struct json_object *ns)
{
	int ret;

	out_line("PID namespace %" PRIu64 ", inode number %" PRIu64, obj_u64(ns, "id", 0),
		 obj_u64(ns, "inum", 0));
	ret = print_identity(ns);
	out_line("%s", "");
	return ret ? ret : print_drops(ns);
}

/**
 * ns_show() - Run pidnsctl ns show.
 *
 * Return: the exit status.
 */
int ns_show(void)
{
	struct json_object *ns;
	struct names *names;
	struct pnl *nl;
	struct sel sel;
	int ret;

	ret = sel_parse(arg_ns, &sel);
	if (ret)
		return ret;
	nl = pnl_open();
	if (!nl)
		return EXIT_REFUSED;
	names = names_load();
	ret = sel_find(&sel, nl, names, &ns);
	if (!ret) {
		if (out_settings.json)
			out_json(ns);
		else
			ret = print(ns);
		json_object_put(ns);
	}
	names_free(names);
	pnl_close(nl);
	return ret;
}
