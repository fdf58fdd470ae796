// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <linux/pidns_probe.h>

#include "event.h"
#include "fmt.h"
#include "names.h"
#include "obj.h"
#include "out.h"
#include "schema.h"
#include "sel.h"
#include "text.h"

/**
 * event_parse_set() - Understand a list of events.
 * @list: their names, with commas between
 * @set: where their set goes
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said what is wrong.
 */
int event_parse_set(const char *list, uint32_t *set)
{
	char *copy = fmt_str("%s", list), *rest = copy, *name;
	int ret = EXIT_OK;
	uint8_t cmd;

	*set = 0;
	while (!ret && (name = strsep(&rest, ","))) {
		for (cmd = 0; cmd <= PIDNS_PROBE_CMD_MAX; cmd++)
			if (schema_event(cmd) && !strcmp(schema_event(cmd), name))
				break;
		if (cmd > PIDNS_PROBE_CMD_MAX) {
			out_error("there is no event '%s'", name);
			ret = EXIT_USAGE;
		} else {
			*set |= 1U << cmd;
		}
	}
	free(copy);
	return ret;
}

/* The signal that an event is about, 0 if there is none. */
static uint32_t signal_of(uint8_t cmd, struct json_object *obj)
{
	const char *key = cmd == PIDNS_PROBE_CMD_DROP_NTF ? "origin" : "first-stop";

	return obj_u64(obj_get(obj, key), "signal", 0);
}

static bool wanted(const struct event_filter *filter, uint8_t cmd, struct json_object *obj)
{
	uint32_t sig = signal_of(cmd, obj);

	if (filter->events && !(filter->events & (1U << cmd)))
		return false;
	if (filter->by_ns && (!obj_has(obj, "id") || obj_u64(obj, "id", 0) != filter->ns))
		return false;
	if (filter->container && !sel_match_container(filter->container, obj))
		return false;
	return !filter->signals || (sig && filter->signals & (1ULL << (sig - 1)));
}

static uint64_t time_of(uint8_t cmd, struct json_object *obj)
{
	switch (cmd) {
	case PIDNS_PROBE_CMD_NS_NEW_NTF:
		return obj_u64(obj, "born", fmt_now());
	case PIDNS_PROBE_CMD_DROP_NTF:
		return obj_u64(obj_get(obj, "origin"), "time", fmt_now());
	case PIDNS_PROBE_CMD_TEARDOWN_BEGIN_NTF:
		return obj_u64(obj, "begin", fmt_now());
	default:
		return obj_u64(obj, "begin", fmt_now()) + obj_u64(obj, "duration", 0);
	}
}

static char *stamp(const struct event_stream *es, uint64_t time)
{
	double since;

	if (!es->relative)
		return fmt_time_exact(time);
	/* What was on its way when we began to listen is a little earlier. */
	since = (double)(int64_t)(time - es->start) / NSEC_PER_SEC;
	return fmt_str("%+13.6f", since);
}

static int show_line(const struct event_stream *es, uint64_t time, const char *event,
		     const char *id, const char *label, const char *text)
{
	char *when = stamp(es, time);

	out_line("%s  %-14s  %4s  %-12s  %s", when, event, id, label, text);
	free(when);
	return out_flush();
}

/* Takes over @obj. */
static int show_json(struct json_object *obj)
{
	out_json_line(obj);
	json_object_put(obj);
	return out_flush();
}

static struct json_object *record(const char *event)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "event", json_object_new_string(event));
	return obj;
}

static void put_number(struct json_object *obj, const char *key, uint64_t value)
{
	json_object_object_add(obj, key, json_object_new_uint64(value));
}

static int show_event_json(uint8_t cmd, struct json_object *obj)
{
	struct json_object *line = record(schema_event(cmd));

	json_object_object_foreach(obj, key, val)
		json_object_object_add(line, key, json_object_get(val));
	return show_json(line);
}

static char *say_drop(struct json_object *obj)
{
	struct json_object *origin = obj_get(obj, "origin");
	char *init = text_init(obj), *from = text_origin(origin), *why = text_drop(origin);
	char *str = fmt_str("%s%s%s%s; %s", init ? "init " : "", init ?: "", init ? ": " : "",
			    from, why);

	free(init);
	free(from);
	free(why);
	return str;
}

static char *say_new(struct json_object *obj)
{
	/* One that was gone before it could be looked at has lost its parent. */
	if (!obj_has(obj, "parent-id"))
		return fmt_str("inode number %" PRIu64 ", gone already", obj_u64(obj, "inum", 0));
	return fmt_str("inode number %" PRIu64 ", in namespace %" PRIu64 ", owned by uid %" PRIu64,
		       obj_u64(obj, "inum", 0), obj_u64(obj, "parent-id", 0),
		       obj_u64(obj, "owner-uid", 0));
}

static char *say(uint8_t cmd, struct json_object *obj)
{
	switch (cmd) {
	case PIDNS_PROBE_CMD_NS_NEW_NTF:
		return say_new(obj);
	case PIDNS_PROBE_CMD_DROP_NTF:
		return say_drop(obj);
	case PIDNS_PROBE_CMD_TEARDOWN_BEGIN_NTF:
		return text_end_of_init(obj);
	default:
		return text_teardown(obj);
	}
}

static int show_event_text(const struct event_stream *es, uint8_t cmd, struct json_object *obj)
{
	char *id = obj_has(obj, "id") ? fmt_str("%" PRIu64, obj_u64(obj, "id", 0)) : fmt_str("?");
	char *label = text_label(obj), *text = say(cmd, obj);
	int err = show_line(es, time_of(cmd, obj), schema_event(cmd), id, label ?: "-", text);

	free(id);
	free(label);
	free(text);
	return err;
}

static int show_lost(const struct event_stream *es, uint64_t n)
{
	struct json_object *obj;
	char *text;
	int err;

	if (out_settings.json) {
		obj = record("lost");
		put_number(obj, "count", n);
		return show_json(obj);
	}
	text = fmt_count(n, "event was lost", "events were lost");
	err = show_line(es, fmt_now(), "lost", "-", "-", text);
	free(text);
	return err;
}

/**
 * event_check() - See whether events were lost, and show a record if so.
 * @es: the stream
 * @seq: all events up to this one have been seen, or are lost
 * @lost: how many the module had lost by then, which have no number
 *
 * Return: 0, or a negative error number if it could not be written.
 */
int event_check(struct event_stream *es, uint64_t seq, uint64_t lost)
{
	uint64_t n = 0;

	if (seq > es->seq) {
		n += seq - es->seq;
		es->seq = seq;
	}
	if (lost > es->lost) {
		n += lost - es->lost;
		es->lost = lost;
	}
	return n ? show_lost(es, n) : 0;
}

/**
 * event_lost_total() - Add up what the module has lost.
 * @status: an object of the set "status"
 *
 * Return: the same as "lost" in events.
 */
uint64_t event_lost_total(struct json_object *status)
{
	return obj_u64(status, "lost-ring", 0) + obj_u64(status, "lost-memory", 0) +
	       obj_u64(status, "lost-stale", 0);
}

/**
 * event_listening() - Begin a stream: events from now on are shown or told lost.
 * @es: the stream
 * @status: an object of the set "status", asked for after joining the group
 *
 * Return: 0, or a negative error number if it could not be written.
 */
int event_listening(struct event_stream *es, struct json_object *status)
{
	struct json_object *obj;

	es->seq = obj_u64(status, "events", 0);
	es->lost = event_lost_total(status);
	es->start = fmt_now();
	if (!out_settings.json)
		return 0;
	obj = record("listening");
	put_number(obj, "seq", es->seq);
	put_number(obj, "lost", es->lost);
	return show_json(obj);
}

/**
 * event_show() - Show an event, if it is wanted.
 * @cmd: number of the notification
 * @obj: the event
 * @arg: the stream
 *
 * Return: 0, -ECANCELED when it was the last that is wanted, or another
 * negative error number if it could not be written.
 */
int event_show(uint8_t cmd, struct json_object *obj, void *arg)
{
	struct event_stream *es = arg;
	uint64_t seq = obj_u64(obj, "seq", 0);
	int err = 0;

	if (seq)
		err = event_check(es, seq - 1, obj_u64(obj, "lost", 0));
	if (seq > es->seq)
		es->seq = seq;
	if (err)
		return err;

	names_annotate(es->names, obj);
	if (wanted(&es->filter, cmd, obj)) {
		err = out_settings.json ? show_event_json(cmd, obj) : show_event_text(es, cmd, obj);
		es->shown++;
	}
	if (cmd == PIDNS_PROBE_CMD_TEARDOWN_END_NTF)
		names_forget(es->names, obj_u64(obj, "id", 0));
	if (!err && es->count && es->shown >= es->count)
		return -ECANCELED;
	return err;
}
