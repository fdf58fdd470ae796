// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <libsmartcols.h>
#include <linux/pidns_probe.h>

#include "cmd.h"
#include "fmt.h"
#include "history.h"
#include "names.h"
#include "nl.h"
#include "obj.h"
#include "out.h"
#include "sel.h"
#include "text.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *arg_last, *arg_ns, *arg_container, *arg_columns;
static bool arg_explain, arg_no_headings;

const struct cmd_word history_words[] = {
	{
		.name = "last",
		.letter = 'n',
		.value = "N",
		.help = "only the last N",
		.str = &arg_last,
	},
	{
		.name = "ns",
		.value = "NS",
		.help = "only those of this namespace; pid:N is its init",
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
		.name = "explain",
		.letter = 'v',
		.help = "tell the story of each in sentences",
		.flag = &arg_explain,
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
	{}
};

static char *duration_of(struct json_object *td, const char *key)
{
	return obj_has(td, key) ? fmt_duration(obj_u64(td, key, 0)) : NULL;
}

static char *cell_when(struct json_object *td)
{
	return text_time_of(td, "begin");
}

static char *cell_container(struct json_object *td)
{
	return text_label(td);
}

static char *cell_stop(struct json_object *td)
{
	struct json_object *stop = obj_get(td, "first-stop");

	return stop ? text_origin_brief(stop) : NULL;
}

static char *cell_lost(struct json_object *td)
{
	return duration_of(td, "time-lost");
}

static char *cell_exit(struct json_object *td)
{
	return obj_has(td, "status") ? fmt_status(obj_u64(td, "status", 0)) : NULL;
}

static char *cell_kill(struct json_object *td)
{
	struct json_object *kill = obj_get(td, "kill");

	return kill ? text_origin_brief(kill) : NULL;
}

static char *cell_took(struct json_object *td)
{
	return duration_of(td, "duration") ?:
	       fmt_str(obj_has(td, "unended") ? "unseen" : "goes on");
}

static char *cell_born(struct json_object *td)
{
	return text_time_of(td, "born");
}

static char *cell_lived(struct json_object *td)
{
	uint64_t born = obj_u64(td, "born", 0), begin = obj_u64(td, "begin", 0);

	return born && begin > born ? fmt_duration(begin - born) : NULL;
}

#define RIGHT	SCOLS_FL_RIGHT
#define TRUNC	SCOLS_FL_TRUNC

static const struct out_column columns[] = {
	{ "WHEN", 1, 0, NULL, cell_when, "when the teardown began, init having ended" },
	{ "ID", 1, RIGHT, "id", NULL, "id of the namespace" },
	{ "CONTAINER", 1, 0, NULL, cell_container, "name of the container, its id, or /cgroup" },
	{ "INIT", 1, 0, "init-comm", NULL, "name of the init" },
	{ "STOP", 0.25, TRUNC, NULL, cell_stop, "first dropped stop signal, and who sent it" },
	{ "LOST", 1, RIGHT, NULL, cell_lost, "time from that signal to the end of init" },
	{ "EXIT", 1, 0, NULL, cell_exit, "how init ended" },
	{ "VICTIMS", 1, RIGHT, "victims", NULL, "processes that were killed with it" },
	{ "UNGRACEFUL", 1, RIGHT, "ungraceful", NULL,
	  "those of them whose SIGTERM handler never ran" },
	{ "TOOK", 1, RIGHT, NULL, cell_took, "how long the teardown took" },
	{ "NUMBER", 1, RIGHT, "number", NULL, "number of the teardown" },
	{ "NS", 1, RIGHT, "inum", NULL, "inode number, which may be another's by now" },
	{ "PID", 1, RIGHT, "init-pid", NULL, "process id of the init" },
	{ "RUNTIME", 1, 0, "runtime", NULL, "docker, podman, ...; plain if there is none" },
	{ "KILL", 0.25, TRUNC, NULL, cell_kill, "the SIGKILL that ended init, and who sent it" },
	{ "DROPS", 1, RIGHT, "drops", NULL, "signals that the init had dropped" },
	{ "BORN", 1, 0, NULL, cell_born, "when the namespace was created" },
	{ "LIVED", 1, RIGHT, NULL, cell_lived, "how long it lived" },
	{ "PARENT", 1, RIGHT, "parent-id", NULL, "id of the parent" },
	{ "LEVEL", 1, RIGHT, "level", NULL, "depth below the initial namespace" },
	{ "UID", 1, RIGHT, "owner-uid", NULL, "owner of the user namespace it belonged to" },
	{ "CGROUP", 0.3, TRUNC, "cgroup-path", NULL, "path of init's cgroup" },
};

static const char default_columns[] =
	"WHEN,ID,CONTAINER,INIT,STOP,LOST,EXIT,VICTIMS,UNGRACEFUL,TOOK";

/**
 * history_help() - Print what the help of history has to say beside the words.
 * @f: where to
 */
void history_help(FILE *f)
{
	out_columns_help(f, columns, ARRAY_SIZE(columns));
	fprintf(f, "\nUsual columns: %s\n\nThe newest comes last.\n", default_columns);
}

static struct json_object *filter(struct json_object *array, const struct sel *sel, size_t last)
{
	struct json_object *kept = json_object_new_array(), *td;
	size_t i, n;

	for (i = 0; i < json_object_array_length(array); i++) {
		td = json_object_array_get_idx(array, i);
		if (sel && !sel_match(sel, td))
			continue;
		if (arg_container && !sel_match_container(arg_container, td))
			continue;
		json_object_array_add(kept, json_object_get(td));
	}
	n = json_object_array_length(kept);
	if (last < n)
		json_object_array_del_idx(kept, 0, n - last);
	json_object_put(array);
	return kept;
}

static int explain(struct json_object *array)
{
	struct json_object *td;
	struct out_fact fact;
	int ret = EXIT_OK;
	size_t i;

	for (i = 0; !ret && i < json_object_array_length(array); i++) {
		td = json_object_array_get_idx(array, i);
		fact.name = text_time_of(td, "begin") ?: fmt_str("?");
		fact.text = text_teardown(td);
		ret = out_facts(&fact, 1);
		free((char *)fact.name);
		free(fact.text);
	}
	return ret;
}

static int show(const struct out_choice *choice, const struct sel *sel, size_t last)
{
	struct pnl *nl = pnl_open();
	struct json_object *array;
	struct names *names;
	int ret = EXIT_OK;

	if (!nl)
		return EXIT_REFUSED;
	if (pnl_dump(nl, PIDNS_PROBE_CMD_TEARDOWN_GET, &array)) {
		pnl_complain(nl);
		pnl_close(nl);
		return EXIT_REFUSED;
	}
	pnl_close(nl);
	names = names_load();
	names_annotate_all(names, array);
	names_free(names);

	array = filter(array, sel, last);
	if (out_settings.json)
		out_json(array);
	else if (arg_explain)
		ret = explain(array);
	else
		ret = out_table(columns, choice, array, false, !arg_no_headings);
	json_object_put(array);
	return ret;
}

/**
 * history_show() - Run pidnsctl history.
 *
 * Return: the exit status.
 */
int history_show(void)
{
	struct out_choice choice;
	uint64_t last = SIZE_MAX;
	struct sel sel;
	int ret;

	ret = out_choose(columns, ARRAY_SIZE(columns), default_columns, arg_columns, &choice);
	if (!ret && arg_last)
		ret = cmd_number("last", arg_last, 0, UINT32_MAX, &last);
	if (!ret && arg_ns)
		ret = sel_parse(arg_ns, &sel);
	return ret ? ret : show(&choice, arg_ns ? &sel : NULL, last);
}
