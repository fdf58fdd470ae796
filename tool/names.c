// SPDX-License-Identifier: GPL-2.0
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "cont.h"
#include "fmt.h"
#include "names.h"
#include "obj.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"

/*
 * When to look for new containers because of a namespace without a name: once
 * a second for each, and not when somebody has just looked.
 */
#define RECHECK_AFTER	NSEC_PER_SEC
#define RELOAD_AFTER	(NSEC_PER_SEC / 10)

/*
 * Where low-level runtimes keep the state of a container, the name of which is
 * that of the directory. Only places that root alone can write to: the users'
 * own runtimes could claim any name for any process.
 */
static const struct place {
	const char *pattern;
	const char *runtime;
	const char *pid_key;
} places[] = {
	{ "/run/crun/*/status",				"crun",		"pid" },
	{ "/run/runc/*/state.json",			"runc",		"init_process_pid" },
	{ "/run/containerd/runc/*/*/state.json",	"containerd",	"init_process_pid" },
};

/* The state of a container. */
struct state {
	char *name;
	const char *runtime;
	uint64_t pid;
	char *cgroup;		/* NULL if unknown, or no group of its own */
};

struct names {
	struct state *states;
	size_t n;
	uint64_t loaded;
	/* What was found out about a namespace, by id: its state may be gone. */
	struct json_object *known;
};

static const char *const keys[] = { "container", "runtime", "name" };

static void free_states(struct names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++) {
		free(names->states[i].name);
		free(names->states[i].cgroup);
	}
	free(names->states);
	names->states = NULL;
	names->n = 0;
}

/* The group in a state file of crun, or the unified one in one of runc. */
static char *state_cgroup(struct json_object *file)
{
	const char *path = obj_str(file, "cgroup-path");

	if (!path)
		path = obj_str(obj_get(file, "cgroup_paths"), "");
	if (path && !strncmp(path, CGROUP_ROOT "/", strlen(CGROUP_ROOT "/")))
		path += strlen(CGROUP_ROOT);
	if (!path || !path[0] || !path[1])
		return NULL;
	return fmt_str("%s%s", *path == '/' ? "" : "/", path);
}

static void load_state(struct names *names, const struct place *place, const char *path)
{
	struct json_object *file = json_object_from_file(path);
	const char *end = strrchr(path, '/'), *start = end;
	struct state *states, *state;

	if (!file)
		return;
	states = realloc(names->states, (names->n + 1) * sizeof(*states));
	if (states) {
		while (start[-1] != '/')
			start--;
		names->states = states;
		state = &states[names->n++];
		state->name = fmt_str("%.*s", (int)(end - start), start);
		state->runtime = place->runtime;
		state->pid = obj_u64(file, place->pid_key, 0);
		state->cgroup = state_cgroup(file);
	}
	json_object_put(file);
}

static void load(struct names *names)
{
	size_t i, k;
	glob_t found;

	free_states(names);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (glob(places[i].pattern, GLOB_NOSORT, NULL, &found))
			continue;
		for (k = 0; k < found.gl_pathc; k++)
			load_state(names, &places[i], found.gl_pathv[k]);
		globfree(&found);
	}
	names->loaded = fmt_now();
}

/**
 * names_load() - Read what the container runtimes know.
 *
 * Return: their knowledge, for names_free(); empty where nothing can be read.
 */
struct names *names_load(void)
{
	struct names *names = calloc(1, sizeof(*names));

	if (!names) {
		fputs("pidnsctl: out of memory\n", stderr);
		exit(1);
	}
	names->known = json_object_new_object();
	load(names);
	return names;
}

/**
 * names_free() - Free what names_load() gave.
 * @names: the knowledge, or NULL
 */
void names_free(struct names *names)
{
	if (!names)
		return;
	free_states(names);
	json_object_put(names->known);
	free(names);
}

/* Whether @path is the group @top or below it. */
static bool is_within(const char *path, const char *top)
{
	size_t len = strlen(top);

	return !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}

static const struct state *find_state(const struct names *names, struct json_object *obj)
{
	const char *path = obj_str(obj, "cgroup-path");
	uint64_t pid = obj_u64(obj, "init-pid", 0);
	const struct state *state;
	size_t i;

	for (i = 0; i < names->n; i++) {
		state = &names->states[i];
		if (path && state->cgroup) {
			if (is_within(path, state->cgroup))
				return state;
		} else if (pid && state->pid == pid) {
			return state;
		}
	}
	return NULL;
}

/* The name that docker gave a container, for free(), or NULL. */
static char *docker_name(const char *id)
{
	char *path = fmt_str("/var/lib/docker/containers/%s/config.v2.json", id), *name = NULL;
	struct json_object *file = json_object_from_file(path);
	const char *str = obj_str(file, "Name");

	if (str)
		name = fmt_str("%s", *str == '/' ? str + 1 : str);
	json_object_put(file);
	free(path);
	return name;
}

static void add(struct json_object *obj, const char *key, const char *text)
{
	char *utf8;

	if (!text)
		return;
	utf8 = fmt_utf8(text, strlen(text));
	json_object_object_add(obj, key, json_object_new_string(utf8));
	free(utf8);
}

static void find_out(const struct names *names, struct json_object *obj)
{
	const struct state *state = find_state(names, obj);
	const char *path = obj_str(obj, "cgroup-path");
	struct cont cont = {};
	char *name = NULL;

	if (path)
		cont_parse(path, &cont);
	if (state && (!cont.runtime || !strcmp(cont.runtime, "plain"))) {
		cont.runtime = state->runtime;
		if (!cont.id)
			cont.id = fmt_str("%s", state->name);
	}
	if (cont.id && cont_is_hex_id(cont.id))
		name = docker_name(cont.id);
	if (!name && state && !cont_is_hex_id(state->name))
		name = fmt_str("%s", state->name);
	if (!name && cont.id && !cont_is_hex_id(cont.id))
		name = fmt_str("%s", cont.id);

	add(obj, "container", cont.id);
	add(obj, "runtime", cont.runtime);
	add(obj, "name", name);
	free(cont.id);
	free(name);
}

/* Copies those of our keys that @from has and @to has not. */
static void copy_keys(struct json_object *to, struct json_object *from)
{
	struct json_object *val;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		val = obj_get(from, keys[i]);
		if (val && !obj_has(to, keys[i]))
			json_object_object_add(to, keys[i], json_object_get(val));
	}
}

static void drop_keys(struct json_object *obj)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_object_del(obj, keys[i]);
}

/* Remembers what was found out about a namespace, and when. */
static void remember(struct names *names, const char *id, struct json_object *obj)
{
	struct json_object *copy = json_object_new_object();

	copy_keys(copy, obj);
	json_object_object_add(copy, "checked", json_object_new_uint64(names->loaded));
	json_object_object_add(names->known, id, copy);
}

static bool may_reload(const struct names *names, struct json_object *known)
{
	uint64_t now = fmt_now();

	return now - names->loaded > RELOAD_AFTER &&
	       now - obj_u64(known, "checked", 0) > RECHECK_AFTER;
}

/**
 * names_annotate() - Add "container", "runtime" and "name" to an object.
 * @names: the knowledge, which grows with it
 * @obj: a namespace, a teardown or a drop; what is unknown is not added
 */
void names_annotate(struct names *names, struct json_object *obj)
{
	struct json_object *known;
	char id[24];

	if (obj_u64(obj, "init-pid", 0) == 1) {
		add(obj, "runtime", "host");
		return;
	}
	snprintf(id, sizeof(id), "%" PRIu64, obj_u64(obj, "id", 0));
	known = obj_get(names->known, id);
	if (obj_has(known, "name")) {
		copy_keys(obj, known);
		return;
	}
	find_out(names, obj);
	if (!obj_has(obj, "name") && may_reload(names, known)) {
		load(names);
		drop_keys(obj);
		find_out(names, obj);
	}
	copy_keys(obj, known);
	if (obj_has(obj, "id"))
		remember(names, id, obj);
}

/**
 * names_annotate_all() - Do names_annotate() for each object of an array.
 * @names: the knowledge, which grows with it
 * @array: the objects
 */
void names_annotate_all(struct names *names, struct json_object *array)
{
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++)
		names_annotate(names, json_object_array_get_idx(array, i));
}

/**
 * names_forget() - Forget a namespace that is gone.
 * @names: the knowledge
 * @id: id of the namespace
 */
void names_forget(struct names *names, uint64_t id)
{
	char key[24];

	snprintf(key, sizeof(key), "%" PRIu64, id);
	json_object_object_del(names->known, key);
}
