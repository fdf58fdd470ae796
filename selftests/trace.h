/* SPDX-License-Identifier: GPL-2.0 */
/* A trace instance of our own, read line by line. */
#ifndef _PIDNS_SELFTESTS_TRACE_H
#define _PIDNS_SELFTESTS_TRACE_H

#include <stdbool.h>
#include <sys/types.h>

struct trace {
	char dir[64];
	int pipe;
	char text[65536];
	size_t used, next;
};

struct trace_line {
	int cpu;
	pid_t task;		/* who ran */
	const char *event;
	const char *fields;
};

/* EVENTS: "system/name", and NULL at the end.  0 or a negative error. */
int trace_open(struct trace *t, const char *name, const char * const *events);
void trace_close(struct trace *t);
/*
 * The next line, which is good until the next call.  1; 0 when there is none
 * at the moment; -EOVERFLOW when the kernel had to drop events.
 */
int trace_next(struct trace *t, struct trace_line *line);

/* The value of NAME=VALUE in the fields of a line, as a number or a word. */
long trace_number(const struct trace_line *line, const char *name);
bool trace_is(const struct trace_line *line, const char *name,
	      const char *value);

#endif /* _PIDNS_SELFTESTS_TRACE_H */
