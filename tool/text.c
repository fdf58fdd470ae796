// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cont.h"
#include "fmt.h"
#include "obj.h"
#include "sig.h"
#include "text.h"

/* Joins two strings and frees them. */
static char *join(char *a, char *b)
{
	char *str = fmt_str("%s%s", a, b);

	free(a);
	free(b);
	return str;
}

/* The name or the short id of a container, NULL if it is not in one. */
static char *container_label(struct json_object *obj)
{
	const char *name = obj_str(obj, "name");

	if (name)
		return fmt_str("%s", name);
	name = obj_str(obj, "container");
	return name ? fmt_str("%.*s", CONT_ID_SHORT, name) : NULL;
}

/* The last part of the cgroup's path, with its slash, NULL if that is all. */
static const char *cgroup_label(struct json_object *obj)
{
	const char *path = obj_str(obj, "cgroup-path");
	const char *last = path ? strrchr(path, '/') : NULL;

	return last && last[1] ? last : NULL;
}

/**
 * text_label() - Call a namespace by a short name.
 * @obj: an object after names_annotate()
 *
 * Return: the name or the short id of its container; else the last part of its
 * cgroup's path, which begins with a slash; NULL if it is in the root group.
 */
char *text_label(struct json_object *obj)
{
	char *label = container_label(obj);
	const char *cgroup = cgroup_label(obj);

	if (label || !cgroup)
		return label;
	return fmt_str("%s", cgroup);
}

/* "web (crun)", "namespace 12 (cgroup /web)" or "namespace 12" */
static char *who(struct json_object *obj)
{
	char *label = container_label(obj), *str;

	if (!label && cgroup_label(obj))
		return fmt_str("namespace %" PRIu64 " (cgroup %s)", obj_u64(obj, "id", 0),
			       obj_str(obj, "cgroup-path"));
	if (!label)
		return fmt_str("namespace %" PRIu64, obj_u64(obj, "id", 0));
	str = fmt_str("%s (%s)", label, obj_str(obj, "runtime") ?: "plain");
	free(label);
	return str;
}

/* "812 (crun)", as far as it is known. */
static char *process(uint64_t pid, const char *comm)
{
	if (pid && comm)
		return fmt_str("%" PRIu64 " (%s)", pid, comm);
	return comm ? fmt_str("%s", comm) : fmt_str("%" PRIu64, pid);
}

/**
 * text_init() - Name the init of a namespace.
 * @obj: a namespace, a teardown or a drop
 *
 * Return: "4242 (sleep)", or NULL if there is no init.
 */
char *text_init(struct json_object *obj)
{
	if (!obj_has(obj, "init-pid") && !obj_has(obj, "init-comm"))
		return NULL;
	return process(obj_u64(obj, "init-pid", 0), obj_str(obj, "init-comm"));
}

static char *place(struct json_object *origin)
{
	if (obj_is(origin, "sender", "ancestor"))
		return fmt_str(", an ancestor");
	if (!obj_is(origin, "sender", "inside"))
		return fmt_str("%s", "");
	if (obj_has(origin, "ns-pid"))
		return fmt_str(", inside as %" PRIu64, obj_u64(origin, "ns-pid", 0));
	return fmt_str(", inside");
}

/**
 * text_origin_brief() - Say which signal it was and who sent it.
 * @origin: an object of the set "origin"
 *
 * Return: "SIGTERM from 812 (crun)", "SIGALRM from the kernel" or the like.
 */
char *text_origin_brief(struct json_object *origin)
{
	char *sig = sig_name(obj_u64(origin, "signal", 0)), *from;

	if (obj_has(origin, "pid") || obj_has(origin, "comm"))
		from = process(obj_u64(origin, "pid", 0), obj_str(origin, "comm"));
	else if (obj_is(origin, "sender", "ancestor"))
		from = fmt_str("an ancestor");
	else if (obj_is(origin, "sender", "inside"))
		from = fmt_str("inside");
	else if (obj_is(origin, "sender", "kernel"))
		from = fmt_str("the kernel");
	else
		from = fmt_str("somewhere");
	return join(join(sig, fmt_str(" from ")), from);
}

/**
 * text_origin() - Say which signal it was, who sent it and where that one is.
 * @origin: an object of the set "origin"
 *
 * Return: "SIGTERM from 812 (crun), an ancestor" or the like.
 */
char *text_origin(struct json_object *origin)
{
	char *brief = text_origin_brief(origin);

	if (obj_has(origin, "pid") || obj_has(origin, "comm"))
		return join(brief, place(origin));
	return brief;
}

/**
 * text_drop() - Say why a signal was dropped.
 * @origin: an object of the set "origin"
 *
 * Return: the reason.
 */
char *text_drop(struct json_object *origin)
{
	if (obj_is(origin, "when", "dequeued"))
		return fmt_str("blocked when sent, dropped when unblocked: init has no handler");
	return fmt_str("dropped when sent: init has no handler");
}

/**
 * text_time_of() - Format a time that an object may have.
 * @obj: the object
 * @key: key of the time
 *
 * Return: local date and time, or NULL if it is absent.
 */
char *text_time_of(struct json_object *obj, const char *key)
{
	return obj_has(obj, key) ? fmt_time(obj_u64(obj, key, 0)) : NULL;
}

/* ": nginx (812), php (813), ..." */
static char *victim_list(struct json_object *teardown)
{
	struct json_object *array = obj_get(teardown, "victim"), *victim;
	char *list = fmt_str("%s", "");
	size_t i, n = array ? json_object_array_length(array) : 0;

	for (i = 0; i < n; i++) {
		victim = json_object_array_get_idx(array, i);
		list = join(list, fmt_str("%s", i ? ", " : ": "));
		list = join(list, process(obj_u64(victim, "pid", 0), obj_str(victim, "comm")));
	}
	if (n && n < obj_u64(teardown, "ungraceful", 0))
		list = join(list, fmt_str(", ..."));
	return list;
}

/**
 * text_victims() - Say what became of the processes that init left behind.
 * @teardown: a teardown
 *
 * Return: a sentence without its full stop.
 */
char *text_victims(struct json_object *teardown)
{
	uint64_t victims = obj_u64(teardown, "victims", 0);
	uint64_t ungraceful = obj_u64(teardown, "ungraceful", 0);
	char *others;

	if (!victims)
		return fmt_str("No other process was left to kill");
	if (ungraceful) {
		others = fmt_count(victims, "other process", "other processes");
		others = join(fmt_str("%" PRIu64 " of its ", ungraceful), others);
		return join(join(others, fmt_str(" had a SIGTERM handler that never ran")),
			    victim_list(teardown));
	}
	if (victims == 1)
		return fmt_str("1 other process was killed, with no SIGTERM handler left to run");
	return fmt_str("%" PRIu64 " other processes were killed, with no SIGTERM handler to run",
		       victims);
}

/* "web (crun) was told to stop by ...; its init, sleep, dropped it (no handler); 10 s later it" */
static char *told_to_stop(struct json_object *td, struct json_object *stop)
{
	char *name = who(td), *from = text_origin(stop), *time = text_time_of(stop, "time");
	char *lost = fmt_duration(obj_u64(td, "time-lost", 0));
	char *str = fmt_str("%s was told to stop by %s%s%s", name, from, time ? ", at " : "",
			    time ?: "");

	str = join(str, fmt_str("; its init, %s, dropped it (no handler); %s later it",
				obj_str(td, "init-comm") ?: "?", lost));
	free(name);
	free(from);
	free(time);
	free(lost);
	return str;
}

/* "web (crun): its init, sleep," */
static char *not_told(struct json_object *td)
{
	return join(who(td), fmt_str(": its init, %s,", obj_str(td, "init-comm") ?: "?"));
}

/* " was killed by SIGKILL from 830 (crun), an ancestor: exit 137" */
static char *ending(struct json_object *td)
{
	struct json_object *kill = obj_get(td, "kill");
	uint32_t status = obj_u64(td, "status", 0);
	bool killed = WIFSIGNALED(status);

	if (kill && killed && WTERMSIG(status) == obj_u64(kill, "signal", 0))
		return join(join(fmt_str(" was killed by "), text_origin(kill)),
			    fmt_str(": exit %d", 128 + WTERMSIG(status)));
	return join(fmt_str(killed && !WCOREDUMP(status) ? " was " : " "), fmt_status(status));
}

/**
 * text_end_of_init() - Say how an init ended.
 * @teardown: a teardown that has begun
 *
 * Return: a sentence without its full stop.
 */
char *text_end_of_init(struct json_object *teardown)
{
	struct json_object *stop = obj_get(teardown, "first-stop");
	char *init = text_init(teardown), *str, *lost, *from;

	str = join(fmt_str("init %s", init ?: "?"), ending(teardown));
	free(init);
	if (stop) {
		lost = fmt_duration(obj_u64(teardown, "time-lost", 0));
		from = text_origin(stop);
		str = join(str, fmt_str("; %s before, it had dropped %s", lost, from));
		free(lost);
		free(from);
	}
	return str;
}

static char *how_long(struct json_object *td)
{
	uint64_t begin = obj_u64(td, "begin", 0), now = fmt_now();
	char *dur, *str;

	if (!obj_has(td, "duration") && obj_has(td, "unended"))
		return fmt_str("The end of the teardown was not seen.");
	if (obj_has(td, "duration"))
		dur = fmt_duration(obj_u64(td, "duration", 0));
	else
		dur = fmt_duration(now > begin ? now - begin : 0);
	str = fmt_str("The teardown %s %s.", obj_has(td, "duration") ? "took" : "has gone on for",
		      dur);
	free(dur);
	return str;
}

/**
 * text_teardown() - Tell the story of a teardown: why was that stop slow?
 * @teardown: a teardown after names_annotate()
 *
 * Return: some sentences.
 */
char *text_teardown(struct json_object *teardown)
{
	struct json_object *stop = obj_get(teardown, "first-stop");
	char *str = stop ? told_to_stop(teardown, stop) : not_told(teardown);

	str = join(str, ending(teardown));
	str = join(join(str, fmt_str(". ")), text_victims(teardown));
	return join(join(str, fmt_str(". ")), how_long(teardown));
}
