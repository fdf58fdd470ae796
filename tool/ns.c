// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include <json-c/json.h>
#include <libsmartcols.h>
#include <linux/pidns_probe.h>

#include "cmd.h"
#include "fmt.h"
#include "names.h"
#include "nl.h"
#include "ns.h"
#include "ns_show.h"
#include "obj.h"
#include "out.h"
#include "sel.h"
#include "sig.h"
#include "text.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static bool arg_tree, arg_no_headings;
static const char *arg_columns, *arg_container;

static const struct cmd_word list_words[] = {
	{
		.name = "tree",
		.letter = 't',
		.help = "show which namespace is within which",
		.flag = &arg_tree,
	},
	{
		.name = "columns",
		.letter = 'o',
		.value = "LIST",
		.help = "columns to show, with commas between",
		.str = &arg_columns,
	},
	{
		.name = "no-headings",
		.help = "do not print the names of the columns",
		.flag = &arg_no_headings,
	},
	{
		.name = "container",
		.letter = 'c',
		.value = "PREFIX",
		.help = "only those whose container's id or name begins so",
		.str = &arg_container,
	},
	{}
};

static char *cell_container(struct json_object *ns)
{
	const char *id = obj_str(ns, "container");

	return id ? fmt_str("%.12s", id) : NULL;
}

static char *cell_since(struct json_object *ns)
{
	return text_time_of(ns, "since");
}

static char *cell_born(struct json_object *ns)
{
	return text_time_of(ns, "born");
}

static char *cell_age(struct json_object *ns)
{
	uint64_t born = obj_u64(ns, "born", 0), now = fmt_now();

	return born ? fmt_duration(now > born ? now - born : 0) : NULL;
}

static char *cell_signals(struct json_object *ns)
{
	struct json_object *drops = obj_get(ns, "drop"), *drop;
	char *list = NULL, *more, *sig;
	size_t i;

	for (i = 0; drops && i < json_object_array_length(drops); i++) {
		drop = json_object_array_get_idx(drops, i);
		sig = sig_name(obj_u64(drop, "signal", 0));
		more = fmt_str("%s%s%s:%" PRIu64, list ?: "", list ? "," : "", sig,
			       obj_u64(drop, "count", 0));
		free(sig);
		free(list);
		list = more;
	}
	return list;
}

static char *cell_last(struct json_object *ns)
{
	struct json_object *last = obj_get(ns, "last-drop");

	return last ? text_origin_brief(last) : NULL;
}

#define RIGHT	SCOLS_FL_RIGHT
#define TRUNC	SCOLS_FL_TRUNC

static const struct out_column columns[] = {
	{ "ID", 1, RIGHT, "id", NULL, "number of the record, never used twice" },
	{ "NS", 1, RIGHT, "inum", NULL, "inode number, as in /proc/PID/ns/pid" },
	{ "PID", 1, RIGHT, "init-pid", NULL, "process id of the init, as the host sees it" },
	{ "STATE", 1, 0, "state", NULL, "empty, running, tearing-down or stuck" },
	{ "PROCS", 1, RIGHT, "processes", NULL, "processes, zombies included" },
	{ "ZOMBIES", 1, RIGHT, "zombies", NULL, "processes that were not reaped" },
	{ "DROPS", 1, RIGHT, "drops", NULL, "signals that the init dropped" },
	{ "CONTAINER", 1, 0, NULL, cell_container, "id of the container, shortened" },
	{ "RUNTIME", 1, 0, "runtime", NULL, "docker, podman, ...; plain if there is none" },
	{ "NAME", 0.1, TRUNC, "name", NULL, "name of the container, where it is known" },
	{ "INIT", 1, 0, "init-comm", NULL, "name of the init" },
	{ "PARENT", 1, RIGHT, "parent-id", NULL, "id of the parent" },
	{ "LEVEL", 1, RIGHT, "level", NULL, "depth below the initial namespace" },
	{ "UID", 1, RIGHT, "owner-uid", NULL, "owner of the user namespace it belongs to" },
	{ "BORN", 1, 0, NULL, cell_born, "when it was created" },
	{ "AGE", 1, RIGHT, NULL, cell_age, "for how long it exists" },
	{ "SINCE", 1, 0, NULL, cell_since, "since when it is tearing down" },
	{ "THREADS", 1, RIGHT, "threads", NULL, "threads" },
	{ "SENT", 1, RIGHT, "drops-sent", NULL, "drops at once, when sent" },
	{ "DEQUEUED", 1, RIGHT, "drops-dequeued", NULL, "drops when init unblocked the signal" },
	{ "ANCESTOR", 1, RIGHT, "drops-ancestor", NULL, "drops from ancestor namespaces" },
	{ "INSIDE", 1, RIGHT, "drops-inside", NULL, "drops from inside" },
	{ "KERNEL", 1, RIGHT, "drops-kernel", NULL, "drops that no process sent" },
	{ "IGNORED", 1, RIGHT, "ignored", NULL, "signals ignored, which are not drops" },
	{ "SIGNALS", 0.2, TRUNC, NULL, cell_signals, "drops by signal" },
	{ "LAST", 0.3, TRUNC, NULL, cell_last, "last drop, and who sent it" },
	{ "CGROUPID", 1, RIGHT, "cgroup-id", NULL, "id of init's cgroup" },
	{ "CGROUP", 0.3, TRUNC, "cgroup-path", NULL, "path of init's cgroup" },
};

static const char default_columns[] =
	"ID,NS,PID,STATE,PROCS,ZOMBIES,DROPS,CONTAINER,RUNTIME,NAME,INIT";

static void list_help(FILE *f)
{
	out_columns_help(f, columns, ARRAY_SIZE(columns));
	fprintf(f, "\nUsual columns: %s\n", default_columns);
}

/* Leaves out what is not of the wanted container. */
static struct json_object *filter(struct json_object *array)
{
	struct json_object *kept, *ns;
	size_t i;

	if (!arg_container)
		return array;
	kept = json_object_new_array();
	for (i = 0; i < json_object_array_length(array); i++) {
		ns = json_object_array_get_idx(array, i);
		if (sel_match_container(arg_container, ns))
			json_object_array_add(kept, json_object_get(ns));
	}
	json_object_put(array);
	return kept;
}

static int list(void)
{
	struct json_object *array;
	struct out_choice choice;
	struct names *names;
	struct pnl *nl;
	int ret;

	ret = out_choose(columns, ARRAY_SIZE(columns), default_columns, arg_columns, &choice);
	if (ret)
		return ret;
	nl = pnl_open();
	if (!nl)
		return EXIT_REFUSED;
	if (pnl_dump(nl, PIDNS_PROBE_CMD_NS_GET, &array)) {
		pnl_complain(nl);
		pnl_close(nl);
		return EXIT_REFUSED;
	}
	pnl_close(nl);

	names = names_load();
	names_annotate_all(names, array);
	names_free(names);
	array = filter(array);
	if (out_settings.json)
		out_json(array);
	else
		ret = out_table(columns, &choice, array, arg_tree, !arg_no_headings);
	json_object_put(array);
	return ret;
}

const struct cmd ns_cmds[] = {
	{
		.name = "list",
		.help = "list the PID namespaces",
		.words = list_words,
		.fn = list,
		.more = list_help,
	},
	{
		.name = "show",
		.help = "show all that is known of one",
		.words = ns_show_words,
		.fn = ns_show,
		.more = ns_show_help,
	},
	{}
};
