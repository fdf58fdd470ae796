// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "cont.h"
#include "fmt.h"

/*
 * How container managers name the cgroup of a container: a prefix, the id, a
 * suffix. The id is 64 hexadecimal digits, or a name of somebody's choice.
 */
static const struct form {
	const char *runtime;
	const char *prefix;
	const char *suffix;
	bool hex;
} forms[] = {
	/* The systemd cgroup driver. */
	{ "docker",		"docker-",		".scope",	true },
	{ "containerd",		"cri-containerd-",	".scope",	true },
	{ "containerd",		"nerdctl-",		".scope",	true },
	{ "cri-o",		"crio-",		".scope",	true },
	{ "podman",		"libpod-",		".scope",	true },
	{ "crun",		"crun-",		".scope",	false },
	{ "runc",		"runc-",		".scope",	false },
	{ "systemd-nspawn",	"machine-",		".scope",	false },
	{ "systemd-nspawn",	"systemd-nspawn@",	".service",	false },
	/* The cgroupfs driver. */
	{ "cri-o",		"crio-",		"",		true },
	{ "podman",		"libpod-",		"",		true },
	{ "lxc",		"lxc.payload.",		"",		false },
};

/* Parents whose children are containers, under the cgroupfs driver. */
static const struct {
	const char *runtime;
	const char *parent;
	bool hex;
} parents[] = {
	{ "docker",	"docker",	true },
	{ "containerd",	"k8s.io",	true },
	{ "lxc",	"lxc",		false },
};

/**
 * cont_is_hex_id() - Ask whether a name is an id as docker makes them.
 * @id: the name
 *
 * Return: whether it is 64 hexadecimal digits.
 */
bool cont_is_hex_id(const char *id)
{
	return strlen(id) == CONT_ID_LEN && strspn(id, "0123456789abcdef") == CONT_ID_LEN;
}

/* Undoes systemd's escaping of unit names, where - is / and \x2d is -. */
static void unescape(char *name)
{
	char *to = name, digits[3] = "";
	long c;

	while (*name) {
		if (name[0] == '\\' && name[1] == 'x' &&
		    strspn(name + 2, "0123456789abcdefABCDEF") >= 2) {
			memcpy(digits, name + 2, 2);
			c = strtol(digits, NULL, 16);
			if (c) {
				*to++ = c;
				name += 4;
				continue;
			}
		}
		*to++ = *name++;
	}
	*to = '\0';
}

static char *match_form(const struct form *form, const char *name)
{
	size_t len = strlen(name), head = strlen(form->prefix), tail = strlen(form->suffix);
	char *id;

	if (len <= head + tail || strncmp(name, form->prefix, head) ||
	    strcmp(name + len - tail, form->suffix))
		return NULL;
	id = fmt_str("%.*s", (int)(len - head - tail), name + head);
	if (form->hex && !cont_is_hex_id(id)) {
		free(id);
		return NULL;
	}
	if (!form->hex)
		unescape(id);
	return id;
}

/* kubepods-…-podUID.slice:cri-containerd:ID, the slice being no directory. */
static char *match_colons(const char *name)
{
	static const char driver[] = ":cri-containerd:";
	const char *found = strstr(name, driver);

	if (!found || !cont_is_hex_id(found + strlen(driver)))
		return NULL;
	return fmt_str("%s", found + strlen(driver));
}

/* Where the id is the whole name, and its parent has to tell the rest. */
static char *match_parent(const char *name, const char *parent, const char *path,
			  const char **runtime)
{
	size_t i;

	for (i = 0; i < sizeof(parents) / sizeof(parents[0]); i++) {
		if (strcmp(parent, parents[i].parent))
			continue;
		if (parents[i].hex && !cont_is_hex_id(name))
			continue;
		*runtime = parents[i].runtime;
		return fmt_str("%s", name);
	}
	/* The default namespace of containerd, where ctr gives any name. */
	if (!strncmp(path, "/default/", 9) && !strcmp(parent, "default")) {
		*runtime = "containerd";
		return fmt_str("%s", name);
	}
	if (!cont_is_hex_id(name))
		return NULL;
	/* CRI-O prefixes its ids, so a bare one below kubepods is containerd's. */
	*runtime = strstr(path, "/kubepods") ? "containerd" : "plain";
	return fmt_str("%s", name);
}

static char *match(const char *name, const char *parent, const char *path, const char **runtime)
{
	char *id;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		id = match_form(&forms[i], name);
		if (id) {
			*runtime = forms[i].runtime;
			return id;
		}
	}
	*runtime = "containerd";
	id = match_colons(name);
	return id ? id : match_parent(name, parent, path, runtime);
}

/**
 * cont_parse() - Find the container that a cgroup belongs to.
 * @path: path of the cgroup, from the root of the hierarchy
 * @cont: where it goes; runtime is "plain" when nothing is recognised
 *
 * The deepest name that is recognised counts: an init may have moved to a
 * group below that of its container, and containers may hold containers.
 */
void cont_parse(const char *path, struct cont *cont)
{
	char *copy = fmt_str("%s", path), *name, *parent;

	cont->id = NULL;
	while (!cont->id && (name = strrchr(copy, '/'))) {
		*name++ = '\0';
		parent = strrchr(copy, '/');
		cont->id = match(name, parent ? parent + 1 : copy, path, &cont->runtime);
	}
	if (!cont->id)
		cont->runtime = "plain";
	free(copy);
}
