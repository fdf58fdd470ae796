/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decoding of netlink attributes by tables. The keys of the JSON output are
 * made from the names of the constants in the UAPI header, which are made from
 * those of the specification: no name is written down twice.
 */
#ifndef _PIDNSCTL_ATTR_H
#define _PIDNSCTL_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;
struct nlattr;

/* Longest name of an attribute, with its NUL. */
#define ATTR_NAME_MAX	32

enum attr_kind {
	ATTR_FLAG,
	ATTR_U32,
	ATTR_U64,
	ATTR_STRING,
	ATTR_ENUM,
	ATTR_NEST,
	ATTR_ARRAY,	/* a nest that may come more than once */
};

/* A value of an enum, and its name as in the UAPI header. */
struct attr_value {
	uint32_t value;
	const char *name;
};

struct attr_enum {
	const struct attr_value *values;
	size_t n;
};

struct attr {
	uint16_t nr;
	enum attr_kind kind;
	const char *name;		/* as in the UAPI header */
	const struct attr_enum *values;	/* of ATTR_ENUM */
	const struct attr_set *nested;	/* of ATTR_NEST and ATTR_ARRAY */
};

struct attr_set {
	const char *name;
	const struct attr *attrs;
	size_t n;
};

void attr_name(const char *constant, char name[ATTR_NAME_MAX]);
const struct attr *attr_find(const struct attr_set *set, uint16_t nr);
int attr_decode(const struct attr_set *set, const struct nlattr *head, int len,
		struct json_object **obj);

#endif /* _PIDNSCTL_ATTR_H */
