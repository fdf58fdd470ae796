/* SPDX-License-Identifier: GPL-2.0 */
/* Which events to show, how, and how many were lost between them. */
#ifndef _PIDNSCTL_EVENT_H
#define _PIDNSCTL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;
struct names;

struct event_filter {
	bool by_ns;
	uint64_t ns;		/* id */
	const char *container;	/* how its id or name begins, or NULL */
	uint64_t signals;	/* signal 1 is bit 0; 0 for any */
	uint32_t events;	/* bits by number of the notification; 0 for any */
};

struct event_stream {
	struct event_filter filter;
	struct names *names;
	bool relative;
	uint64_t start;		/* nanoseconds since the epoch */
	uint64_t count;		/* stop after so many, 0 for never */
	uint64_t shown;
	uint64_t seq;		/* of the last event that was seen or told lost */
	uint64_t lost;		/* what the module had lost by then */
};

int event_parse_set(const char *list, uint32_t *set);
int event_listening(struct event_stream *es, struct json_object *status);
int event_show(uint8_t cmd, struct json_object *obj, void *arg);
int event_check(struct event_stream *es, uint64_t seq, uint64_t lost);
uint64_t event_lost_total(struct json_object *status);

#endif /* _PIDNSCTL_EVENT_H */
