/* SPDX-License-Identifier: GPL-2.0 */
/* What the tool prints: errors, JSON, sentences and tables. */
#ifndef _PIDNSCTL_OUT_H
#define _PIDNSCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct json_object;

/* What the global options ask for. */
struct out_settings {
	bool json;
	bool pretty;
	bool numeric;
};

extern struct out_settings out_settings;

/* Exit statuses. EXIT_REFUSED is also that of findings (status). */
enum {
	EXIT_OK		= 0,
	EXIT_REFUSED	= 1,
	EXIT_USAGE	= 2,
};

/*
 * A column of a table: the value of @key, or what @cell makes of the object,
 * which is a string for free(), or NULL when there is nothing to say. @width
 * is libsmartcols' hint: below 1 a share of the terminal, else characters.
 */
struct out_column {
	const char *name;
	double width;
	int flags;
	const char *key;
	char *(*cell)(struct json_object *obj);
	const char *help;
};

#define OUT_COLUMNS_MAX	48

/* A named fact; it is not shown if @text is NULL. */
struct out_fact {
	const char *name;
	char *text;
};

/* A choice of columns, by index. */
struct out_choice {
	int col[OUT_COLUMNS_MAX];
	size_t n;
};

void out_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_json(struct json_object *obj);
void out_json_line(struct json_object *obj);
int out_choose(const struct out_column *cols, size_t n, const char *defaults,
	       const char *spec, struct out_choice *choice);
void out_columns_help(FILE *f, const struct out_column *cols, size_t n);
int out_table(const struct out_column *cols, const struct out_choice *choice,
	      struct json_object *array, bool tree, bool headings);
int out_facts(const struct out_fact *facts, size_t n);
int out_flush(void);
int out_close(void);

#endif /* _PIDNSCTL_OUT_H */
