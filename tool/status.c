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
#include "nl.h"
#include "obj.h"
#include "out.h"
#include "status.h"

#define FTRACE_ENABLED	"/proc/sys/kernel/ftrace_enabled"
#define KPROBES_ENABLED	"/sys/kernel/debug/kprobes/enabled"

static bool arg_quick;

const struct cmd_word status_words[] = {
	{
		.name = "quick",
		.letter = 'q',
		.help = "do not test the hooks",
		.flag = &arg_quick,
	},
	{}
};

/**
 * status_help() - Print what the help of status has to say beside the words.
 * @f: where to
 */
void status_help(FILE *f)
{
	fputs("\nThe exit status is 1 if a hook does not work or if counts are incomplete.\n", f);
}

/*
 * Counters that should be 0, with what it means if they are not. Lost events
 * alone leave all counts and the history right, so they are no failure.
 */
static const struct {
	const char *key;
	bool failure;
	const char *one, *many;
	const char *rest;
} doubts[] = {
	{ "unattributed", true, "drop", "drops",
	  "could not be attributed to a namespace: the counts of some are too low" },
	{ "deaths-missed", false, "namespace", "namespaces",
	  "died unseen, and may have been listed longer than they were there" },
	{ "births-missed", false, "namespace", "namespaces",
	  "came into being unseen, and were found later" },
	{ "no-record", true, "namespace or teardown", "namespaces or teardowns",
	  "could not be recorded, for want of memory" },
	{ "unended", true, "teardown was", "teardowns were",
	  "not seen to end" },
	{ "mismatches", true, "signal was", "signals were",
	  "ignored for a reason that the module does not know: please report this as a bug" },
	{ "handlers-forgotten", false, "run", "runs",
	  "of a SIGTERM handler had to be forgotten: as many victims may not be ungraceful" },
	{ "lost-ring", false, "event was", "events were",
	  "lost because the ring of a CPU was full (module parameter ring)" },
	{ "lost-memory", false, "event was", "events were",
	  "lost for want of memory" },
	{ "lost-stale", false, "event was", "events were",
	  "lost because its teardown was forgotten by then (module parameter history)" },
};

/* What there is to say, most important first. */
struct verdict {
	bool failure;
	char *text;	/* sentences, one a line */
};

/* Takes over @sentence. */
static void add_sentence(struct verdict *v, bool failure, char *sentence)
{
	char *text = fmt_str("%s%s%s.", v->text ?: "", v->text ? "\n" : "", sentence);

	free(v->text);
	free(sentence);
	v->text = text;
	v->failure |= failure;
}

static bool reads_zero(const char *path)
{
	FILE *f = fopen(path, "r");
	int c = 0;

	if (f) {
		c = fgetc(f);
		fclose(f);
	}
	return c == '0';
}

static const char *remedy(void)
{
	bool ftrace = reads_zero(FTRACE_ENABLED), kprobes = reads_zero(KPROBES_ENABLED);

	if (ftrace && kprobes)
		return "run 'sysctl kernel.ftrace_enabled=1' and 'echo 1 > " KPROBES_ENABLED "'";
	if (ftrace)
		return "run 'sysctl kernel.ftrace_enabled=1'";
	if (kprobes)
		return "run 'echo 1 > " KPROBES_ENABLED "'";
	return "see 'sysctl kernel.ftrace_enabled' and " KPROBES_ENABLED;
}

/* The names of the hooks in a state, with commas between; NULL if none is. */
static char *list_hooks(struct json_object *hooks, const char *state)
{
	char *list = NULL, *more;
	struct json_object *hook;
	size_t i;

	for (i = 0; i < json_object_array_length(hooks); i++) {
		hook = json_object_array_get_idx(hooks, i);
		if (!obj_is(hook, "state", state))
			continue;
		more = fmt_str("%s%s%s", list ?: "", list ? ", " : "", obj_str(hook, "name"));
		free(list);
		list = more;
	}
	return list;
}

/* Hooks are disarmed together, so one sentence is enough for all of them. */
static void judge_hooks(struct verdict *v, struct json_object *hooks)
{
	char *disarmed = list_hooks(hooks, "disarmed"), *unknown = list_hooks(hooks, "unknown");

	if (disarmed)
		add_sentence(v, true,
			     fmt_str("Hooks are disarmed, and nothing is seen meanwhile (%s): %s",
				     disarmed, remedy()));
	if (unknown)
		add_sentence(v, true, fmt_str("Whether hooks work cannot be told (%s)", unknown));
	free(disarmed);
	free(unknown);
}

/*
 * The birth and death of a namespace may come in an interrupt on top of another
 * probe, and are skipped then. Each look at the namespaces makes up for that.
 */
static bool is_made_good(const char *name)
{
	return name && (!strcmp(name, "birth") || !strcmp(name, "death"));
}

static void judge_hook(struct verdict *v, struct json_object *hook)
{
	const char *name = obj_str(hook, "name"), *symbol = obj_str(hook, "symbol");
	const char *loss = obj_str(hook, "loss") ?: "it is not said what is lost";
	uint64_t misses = obj_u64(hook, "misses", 0);

	if (obj_is(hook, "state", "missing") || obj_is(hook, "attach", "none"))
		add_sentence(v, true, fmt_str("The hook %s on %s is missing: %s", name, symbol,
					      loss));
	if (misses)
		add_sentence(v, !is_made_good(name),
			     fmt_str("The kernel skipped the hook %s on %s %" PRIu64
				     " time%s: %s, for these", name, symbol, misses,
				     misses == 1 ? "" : "s", loss));
}

static void judge(struct verdict *v, struct json_object *status)
{
	struct json_object *hooks = obj_get(status, "hook");
	const char *version = obj_str(status, "version");
	char *subject;
	uint64_t n;
	size_t i;

	if (hooks) {
		judge_hooks(v, hooks);
		for (i = 0; i < json_object_array_length(hooks); i++)
			judge_hook(v, json_object_array_get_idx(hooks, i));
	}
	for (i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
		n = obj_u64(status, doubts[i].key, 0);
		if (!n)
			continue;
		subject = fmt_count(n, doubts[i].one, doubts[i].many);
		add_sentence(v, doubts[i].failure, fmt_str("%s %s", subject, doubts[i].rest));
		free(subject);
	}
	if (version && strcmp(version, PIDNSCTL_VERSION))
		add_sentence(v, false, fmt_str("The module is version %s, this tool is version %s",
					       version, PIDNSCTL_VERSION));
}

static void print_verdict(const struct verdict *v)
{
	const char *hooks = arg_quick ? "Hooks not tested" : "All hooks armed";
	char *copy, *rest, *line;

	if (!v->text) {
		out_line("%s, nothing lost.", hooks);
		return;
	}
	if (!v->failure)
		out_line("%s, all counts complete.", hooks);
	copy = fmt_str("%s", v->text);
	rest = copy;
	while ((line = strsep(&rest, "\n")))
		out_line("%s", line);
	free(copy);
}

static int print_facts(struct json_object *s)
{
	char *loaded = fmt_time(obj_u64(s, "loaded", 0)), *age = fmt_age(obj_u64(s, "loaded", 0));
	char *stuck = fmt_duration(obj_u64(s, "stuck-after", 0) * 1000000);
	struct out_fact facts[] = {
		{ "module", fmt_str("version %s, loaded %s (%s), signals seen by %s",
				    obj_str(s, "version") ?: "?", loaded, age,
				    obj_str(s, "signal-hook") ?: "?") },
		{ "namespaces", fmt_str("%" PRIu64 " now; %" PRIu64 " since load, of which %" PRIu64
					" died", obj_u64(s, "namespaces", 0),
					obj_u64(s, "born", 0), obj_u64(s, "died", 0)) },
		{ "signals", fmt_str("%" PRIu64 " dropped, %" PRIu64 " ignored",
				     obj_u64(s, "drops", 0), obj_u64(s, "ignored", 0)) },
		{ "teardowns", fmt_str("%" PRIu64 " ended, %" PRIu64 " in progress; stuck after %s",
				       obj_u64(s, "teardowns", 0),
				       obj_u64(s, "tearing-down", 0), stuck) },
		{ "history", fmt_str("the last %" PRIu64 " teardowns",
				     obj_u64(s, "history", 0)) },
		{ "events", fmt_str("%" PRIu64 " told to listeners", obj_u64(s, "events", 0)) },
		{ "memory", fmt_str("%" PRIu64 " bytes a namespace",
				    obj_u64(s, "record-size", 0)) },
	};
	int ret = out_facts(facts, sizeof(facts) / sizeof(facts[0]));
	size_t i;

	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		free(facts[i].text);
	free(loaded);
	free(age);
	free(stuck);
	return ret;
}

static const struct out_column columns[] = {
	{ "HOOK", 1, 0, "name", NULL, NULL },
	{ "SYMBOL", 1, 0, "symbol", NULL, NULL },
	{ "STATE", 1, 0, "state", NULL, NULL },
	{ "ATTACHED", 1, 0, "attach", NULL, NULL },
	{ "HITS", 1, SCOLS_FL_RIGHT, "hits", NULL, NULL },
	{ "MISSES", 1, SCOLS_FL_RIGHT, "misses", NULL, NULL },
};

static int print_status(struct json_object *status, const struct verdict *v)
{
	struct out_choice all = { .col = { 0, 1, 2, 3, 4, 5 }, .n = 6 };
	struct json_object *hooks = obj_get(status, "hook");
	int ret;

	print_verdict(v);
	out_line("%s", "");
	ret = print_facts(status);
	if (ret || !hooks)
		return ret;
	out_line("%s", "");
	return out_table(columns, &all, hooks, false, true);
}

/**
 * status_show() - Run pidnsctl status.
 *
 * Return: the exit status.
 */
int status_show(void)
{
	const struct pnl_arg quick = { .nr = PIDNS_PROBE_A_STATUS_QUICK, .kind = ATTR_FLAG };
	struct pnl *nl = pnl_open();
	struct verdict v = {};
	struct json_object *status;
	int ret = EXIT_OK;

	if (!nl)
		return EXIT_REFUSED;
	if (pnl_get(nl, PIDNS_PROBE_CMD_STATUS_GET, arg_quick ? &quick : NULL, &status)) {
		pnl_complain(nl);
		pnl_close(nl);
		return EXIT_REFUSED;
	}
	judge(&v, status);
	if (out_settings.json)
		out_json(status);
	else
		ret = print_status(status, &v);
	json_object_put(status);
	free(v.text);
	pnl_close(nl);
	return v.failure ? EXIT_REFUSED : ret;
}
