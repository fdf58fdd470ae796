// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/pidns_probe.h>

#include "cont.h"
#include "fmt.h"
#include "names.h"
#include "nl.h"
#include "obj.h"
#include "out.h"
#include "sel.h"

/*
 * Ids count from 1, and inode numbers begin somewhat below 2^32, so this tells
 * which of the two a number is likely to be, and to be asked for first.
 */
#define INUM_LIKELY	0xe0000000U

/* How many candidates to name when there is more than one. */
#define CANDIDATES_MAX	8

static bool parse_number(const char *text, uint64_t *nr)
{
	char *end;

	if (!*text || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	*nr = strtoull(text, &end, 10);
	return !errno;
}

/**
 * sel_parse() - Understand the name of a namespace.
 * @text: a number, "pid:N", or how a container's id or name begins
 * @sel: where the meaning goes, which keeps @text
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said what is wrong.
 */
int sel_parse(const char *text, struct sel *sel)
{
	*sel = (struct sel){ .text = text };
	if (!*text) {
		out_error("the name of a namespace is empty");
		return EXIT_USAGE;
	}
	if (!strncmp(text, "pid:", 4)) {
		sel->kind = SEL_PID;
		if (parse_number(text + 4, &sel->nr) && sel->nr && sel->nr <= INT32_MAX)
			return EXIT_OK;
		out_error("'%s' is no process id", text + 4);
		return EXIT_USAGE;
	}
	sel->kind = parse_number(text, &sel->nr) ? SEL_NUMBER : SEL_CONTAINER;
	return EXIT_OK;
}

/* 2 if @text is all of the string, 1 if it is the beginning, else 0. */
static int match_string(const char *text, const char *string)
{
	if (!string || strncmp(string, text, strlen(text)))
		return 0;
	return string[strlen(text)] ? 1 : 2;
}

static int match_container(const char *text, struct json_object *obj)
{
	int id = match_string(text, obj_str(obj, "container"));
	int name = match_string(text, obj_str(obj, "name"));

	return id > name ? id : name;
}

/**
 * sel_match_container() - Ask whether an object belongs to a container.
 * @text: how the container's id or name begins
 * @obj: an object after names_annotate()
 *
 * Return: whether it does.
 */
bool sel_match_container(const char *text, struct json_object *obj)
{
	return match_container(text, obj);
}

/* Whether a number may as well be the id of a container, as tables show it. */
static bool may_be_container(const struct sel *sel)
{
	return sel->kind == SEL_CONTAINER || strlen(sel->text) >= CONT_ID_SHORT;
}

/**
 * sel_match() - Ask whether a teardown was that of a namespace.
 * @sel: the namespace; a process id is that of its init
 * @teardown: the teardown, after names_annotate()
 *
 * Return: whether it was.
 */
bool sel_match(const struct sel *sel, struct json_object *teardown)
{
	if (sel->kind == SEL_PID)
		return obj_u64(teardown, "init-pid", 0) == sel->nr;
	if (sel->kind == SEL_NUMBER && (obj_u64(teardown, "id", 0) == sel->nr ||
					obj_u64(teardown, "inum", 0) == sel->nr))
		return true;
	return may_be_container(sel) && match_container(sel->text, teardown);
}

/* Whether two namespaces are of one container, one within the other. */
static bool same_container(struct json_object *a, struct json_object *b)
{
	const char *id = obj_str(a, "container");

	return id && obj_is(b, "container", id);
}

static void complain_ambiguous(const char *text, struct json_object *array, int grade)
{
	char *list = fmt_str("%s", ""), *more;
	struct json_object *obj;
	const char *name;
	size_t i, n = 0;

	for (i = 0; i < json_object_array_length(array) && n <= CANDIDATES_MAX; i++) {
		obj = json_object_array_get_idx(array, i);
		if (match_container(text, obj) != grade)
			continue;
		name = obj_str(obj, "name");
		if (!name)
			name = obj_str(obj, "container");
		if (n++ < CANDIDATES_MAX)
			more = fmt_str("%s%s%" PRIu64 " (%s)", list, *list ? ", " : "",
				       obj_u64(obj, "id", 0), name);
		else
			more = fmt_str("%s, ...", list);
		free(list);
		list = more;
	}
	out_error("'%s' is ambiguous, it may be namespace %s", text, list);
	free(list);
}

/* Finds the best match; of several in one container, the outermost. */
static int pick(const char *text, struct json_object *array, struct json_object **ns)
{
	struct json_object *best = NULL, *obj;
	bool ambiguous = false;
	int grade = 0, g;
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++) {
		obj = json_object_array_get_idx(array, i);
		g = match_container(text, obj);
		if (!g || g < grade)
			continue;
		if (g > grade) {
			ambiguous = false;
			best = obj;
		} else if (!same_container(best, obj)) {
			ambiguous = true;
		} else if (obj_u64(obj, "level", 0) < obj_u64(best, "level", 0)) {
			best = obj;
		}
		grade = g;
	}
	if (ambiguous) {
		complain_ambiguous(text, array, grade);
		return EXIT_REFUSED;
	}
	if (!best) {
		out_error("there is no container '%s'", text);
		return EXIT_REFUSED;
	}
	*ns = json_object_get(best);
	return EXIT_OK;
}

static int find_container(const char *text, struct pnl *nl, struct names *names,
			  struct json_object **ns)
{
	struct json_object *array;
	int ret;

	if (pnl_dump(nl, PIDNS_PROBE_CMD_NS_GET, &array)) {
		pnl_complain(nl);
		return EXIT_REFUSED;
	}
	names_annotate_all(names, array);
	ret = pick(text, array, ns);
	json_object_put(array);
	return ret;
}

static int get_by(struct pnl *nl, uint16_t nr, enum attr_kind kind, uint64_t value,
		  struct json_object **ns)
{
	struct pnl_arg arg = { .nr = nr, .kind = kind, .value = value };

	if (kind == ATTR_U32 && value > UINT32_MAX)
		return -ENOENT;
	return pnl_get(nl, PIDNS_PROBE_CMD_NS_GET, &arg, ns);
}

static int get_by_number(struct pnl *nl, uint64_t value, struct json_object **ns)
{
	bool inum_first = value >= INUM_LIKELY;
	int i, err = -ENOENT;

	for (i = 0; i < 2 && err == -ENOENT; i++) {
		if (inum_first == !i)
			err = get_by(nl, PIDNS_PROBE_A_NS_INUM, ATTR_U32, value, ns);
		else
			err = get_by(nl, PIDNS_PROBE_A_NS_ID, ATTR_U64, value, ns);
	}
	return err;
}

/**
 * sel_find() - Find a living namespace.
 * @sel: which
 * @nl: connection to ask with
 * @names: names of containers
 * @ns: where the object goes, after names_annotate()
 *
 * Return: EXIT_OK, or EXIT_REFUSED after having said why it was not found.
 */
int sel_find(const struct sel *sel, struct pnl *nl, struct names *names, struct json_object **ns)
{
	int err;

	if (sel->kind == SEL_CONTAINER)
		return find_container(sel->text, nl, names, ns);
	if (sel->kind == SEL_PID)
		err = get_by(nl, PIDNS_PROBE_A_NS_PID, ATTR_U32, sel->nr, ns);
	else
		err = get_by_number(nl, sel->nr, ns);
	if (!err) {
		names_annotate(names, *ns);
		return EXIT_OK;
	}
	if (err == -ENOENT && sel->kind == SEL_NUMBER && *nl->ack.text) {
		if (may_be_container(sel))
			return find_container(sel->text, nl, names, ns);
		out_error("there is no namespace %s", sel->text);
	} else {
		pnl_complain(nl);
	}
	return EXIT_REFUSED;
}
