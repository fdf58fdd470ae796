// SPDX-License-Identifier: GPL-2.0
/* A trace instance of our own, read line by line; see trace.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "module.h"
#include "trace.h"

#define TRACEFS	"/sys/kernel/tracing"

static int trace_write(struct trace *t, const char *file, const char *text)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", t->dir, file);
	return file_write(path, text);
}

int trace_open(struct trace *t, const char *name, const char * const *events)
{
	char path[128];
	int err;

	t->used = 0;
	t->next = 0;
	snprintf(t->dir, sizeof(t->dir), TRACEFS "/instances/%s", name);
	rmdir(t->dir);
	if (mkdir(t->dir, 0700))
		return -errno;
	err = trace_write(t, "buffer_size_kb", "4096");
	for (; *events && !err; events++) {
		snprintf(path, sizeof(path), "events/%s/enable", *events);
		err = trace_write(t, path, "1");
	}
	snprintf(path, sizeof(path), "%s/trace_pipe", t->dir);
	t->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (t->pipe < 0 && !err)
		err = -errno;
	return err;
}

void trace_close(struct trace *t)
{
	if (t->pipe > 0)
		close(t->pipe);
	t->pipe = 0;
	rmdir(t->dir);
}

/* COMM-PID [CPU] FLAGS TIME: EVENT: FIELDS */
static bool parse(char *text, struct trace_line *line)
{
	char *cpu = strstr(text, " ["), *event, *colon, *dash;

	if (!cpu)
		return false;
	*cpu = '\0';
	dash = strrchr(text, '-');
	event = strstr(cpu + 2, ": ");
	colon = event ? strstr(event + 2, ": ") : NULL;
	if (!dash || !colon)
		return false;
	*colon = '\0';
	line->task = atoi(dash + 1);
	line->cpu = atoi(cpu + 2);
	line->event = event + 2;
	line->fields = colon + 2;
	return true;
}

int trace_next(struct trace *t, struct trace_line *line)
{
	char *start, *end;
	ssize_t len;

	for (;;) {
		start = t->text + t->next;
		end = memchr(start, '\n', t->used - t->next);
		if (end) {
			*end = '\0';
			t->next = end + 1 - t->text;
			if (strstr(start, "LOST"))
				return -EOVERFLOW;
			if (parse(start, line))
				return 1;
			continue;
		}
		memmove(t->text, start, t->used - t->next);
		t->used -= t->next;
		t->next = 0;
		len = read(t->pipe, t->text + t->used,
			   sizeof(t->text) - t->used);
		if (len <= 0)
			return 0;
		t->used += len;
	}
}

/* Where the value of NAME begins. */
static const char *trace_value(const struct trace_line *line, const char *name)
{
	const char *at = line->fields;
	size_t len = strlen(name);

	while (at) {
		if (!strncmp(at, name, len) && at[len] == '=')
			return at + len + 1;
		at = strchr(at, ' ');
		if (at)
			at++;
	}
	return NULL;
}

long trace_number(const struct trace_line *line, const char *name)
{
	const char *value = trace_value(line, name);

	return value ? strtol(value, NULL, 0) : LONG_MIN;
}

bool trace_is(const struct trace_line *line, const char *name,
	      const char *value)
{
	const char *at = trace_value(line, name);
	size_t len = strlen(value);

	return at && !strncmp(at, value, len) &&
	       (at[len] == ' ' || at[len] == '\0');
}
