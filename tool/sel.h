/* SPDX-License-Identifier: GPL-2.0 */
/* How the user names a namespace. */
#ifndef _PIDNSCTL_SEL_H
#define _PIDNSCTL_SEL_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;
struct names;
struct pnl;

enum sel_kind {
	SEL_NUMBER,	/* its id or its inode number */
	SEL_PID,	/* a process in it */
	SEL_CONTAINER,	/* how the id or the name of its container begins */
};

struct sel {
	enum sel_kind kind;
	uint64_t nr;
	const char *text;
};

int sel_parse(const char *text, struct sel *sel);
int sel_find(const struct sel *sel, struct pnl *nl, struct names *names, struct json_object **ns);
bool sel_match(const struct sel *sel, struct json_object *teardown);
bool sel_match_container(const char *text, struct json_object *obj);

#endif /* _PIDNSCTL_SEL_H */
