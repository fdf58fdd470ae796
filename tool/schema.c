// SPDX-License-Identifier: GPL-2.0
#include <linux/pidns_probe.h>

#include "schema.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define VALUE(type, name)	{ PIDNS_PROBE_##type##_##name, #name }
#define ENUM(var)							\
	static const struct attr_enum var = { var##_values, ARRAY_SIZE(var##_values) }

static const struct attr_value sender_values[] = {
	VALUE(SENDER, ANCESTOR),
	VALUE(SENDER, INSIDE),
	VALUE(SENDER, KERNEL),
};

ENUM(sender);

static const struct attr_value when_values[] = {
	VALUE(WHEN, SENT),
	VALUE(WHEN, DEQUEUED),
};

ENUM(when);

static const struct attr_value ns_state_values[] = {
	VALUE(NS_STATE, EMPTY),
	VALUE(NS_STATE, RUNNING),
	VALUE(NS_STATE, TEARING_DOWN),
	VALUE(NS_STATE, STUCK),
};

ENUM(ns_state);

static const struct attr_value hook_attach_values[] = {
	VALUE(HOOK_ATTACH, NONE),
	VALUE(HOOK_ATTACH, FTRACE),
	VALUE(HOOK_ATTACH, OPTIMIZED),
	VALUE(HOOK_ATTACH, BREAKPOINT),
	VALUE(HOOK_ATTACH, TRACEPOINT),
};

ENUM(hook_attach);

static const struct attr_value hook_state_values[] = {
	VALUE(HOOK_STATE, MISSING),
	VALUE(HOOK_STATE, ARMED),
	VALUE(HOOK_STATE, DISARMED),
	VALUE(HOOK_STATE, UNKNOWN),
};

ENUM(hook_state);

#define ATTR(set, name, kind, ...)					\
	{ PIDNS_PROBE_A_##set##_##name, kind, #name, __VA_ARGS__ }
#define FLAG(set, name)		ATTR(set, name, ATTR_FLAG, NULL, NULL)
#define U32(set, name)		ATTR(set, name, ATTR_U32, NULL, NULL)
#define U64(set, name)		ATTR(set, name, ATTR_U64, NULL, NULL)
#define STR(set, name)		ATTR(set, name, ATTR_STRING, NULL, NULL)
#define NAMED(set, name, e)	ATTR(set, name, ATTR_ENUM, &(e), NULL)
#define NEST(set, name, s)	ATTR(set, name, ATTR_NEST, NULL, &(s))
#define ARRAY(set, name, s)	ATTR(set, name, ATTR_ARRAY, NULL, &(s))

#define SET(var, title)							\
	static const struct attr_set var = { title, var##_attrs, ARRAY_SIZE(var##_attrs) }

static const struct attr hook_attrs[] = {
	STR(HOOK, NAME),
	STR(HOOK, SYMBOL),
	NAMED(HOOK, ATTACH, hook_attach),
	NAMED(HOOK, STATE, hook_state),
	U64(HOOK, HITS),
	U64(HOOK, MISSES),
	STR(HOOK, LOSS),
};

SET(hook, "hook");

static const struct attr status_attrs[] = {
	FLAG(STATUS, QUICK),
	STR(STATUS, VERSION),
	STR(STATUS, SIGNAL_HOOK),
	U64(STATUS, LOADED),
	U32(STATUS, NAMESPACES),
	U64(STATUS, BORN),
	U64(STATUS, DIED),
	U64(STATUS, DROPS),
	U64(STATUS, IGNORED),
	U64(STATUS, TEARDOWNS),
	U32(STATUS, TEARING_DOWN),
	U64(STATUS, EVENTS),
	U64(STATUS, LOST_RING),
	U64(STATUS, LOST_MEMORY),
	U64(STATUS, LOST_STALE),
	U64(STATUS, UNATTRIBUTED),
	U64(STATUS, BIRTHS_MISSED),
	U64(STATUS, DEATHS_MISSED),
	U64(STATUS, NO_RECORD),
	U64(STATUS, UNENDED),
	U64(STATUS, HANDLERS_FORGOTTEN),
	U64(STATUS, MISMATCHES),
	U32(STATUS, HISTORY),
	U32(STATUS, STUCK_AFTER),
	U32(STATUS, RECORD_SIZE),
	ARRAY(STATUS, HOOK, hook),
};

SET(status, "status");

static const struct attr signal_count_attrs[] = {
	U32(SIGNAL_COUNT, SIGNAL),
	U64(SIGNAL_COUNT, COUNT),
};

SET(signal_count, "signal-count");

static const struct attr origin_attrs[] = {
	U32(ORIGIN, SIGNAL),
	NAMED(ORIGIN, WHEN, when),
	NAMED(ORIGIN, SENDER, sender),
	U32(ORIGIN, PID),
	U32(ORIGIN, NS_PID),
	STR(ORIGIN, COMM),
	U64(ORIGIN, TIME),
};

SET(origin, "origin");

static const struct attr ns_attrs[] = {
	U64(NS, SEQ),
	U64(NS, LOST),
	U64(NS, ID),
	U32(NS, INUM),
	U32(NS, PID),
	U64(NS, PARENT_ID),
	U32(NS, LEVEL),
	U32(NS, OWNER_UID),
	U64(NS, BORN),
	NAMED(NS, STATE, ns_state),
	U64(NS, SINCE),
	U32(NS, INIT_PID),
	STR(NS, INIT_COMM),
	U64(NS, CGROUP_ID),
	STR(NS, CGROUP_PATH),
	U32(NS, PROCESSES),
	U32(NS, THREADS),
	U32(NS, ZOMBIES),
	U64(NS, DROPS),
	U64(NS, DROPS_SENT),
	U64(NS, DROPS_DEQUEUED),
	U64(NS, DROPS_ANCESTOR),
	U64(NS, DROPS_INSIDE),
	U64(NS, DROPS_KERNEL),
	ARRAY(NS, DROP, signal_count),
	U64(NS, IGNORED),
	NEST(NS, LAST_DROP, origin),
};

SET(ns, "ns");

static const struct attr victim_attrs[] = {
	U32(VICTIM, PID),
	U32(VICTIM, NS_PID),
	STR(VICTIM, COMM),
};

SET(victim, "victim");

static const struct attr teardown_attrs[] = {
	U64(TEARDOWN, SEQ),
	U64(TEARDOWN, LOST),
	U64(TEARDOWN, NUMBER),
	U64(TEARDOWN, ID),
	U32(TEARDOWN, INUM),
	U64(TEARDOWN, PARENT_ID),
	U32(TEARDOWN, LEVEL),
	U32(TEARDOWN, OWNER_UID),
	U64(TEARDOWN, BORN),
	U32(TEARDOWN, INIT_PID),
	STR(TEARDOWN, INIT_COMM),
	U64(TEARDOWN, CGROUP_ID),
	STR(TEARDOWN, CGROUP_PATH),
	U64(TEARDOWN, BEGIN),
	U64(TEARDOWN, DURATION),
	FLAG(TEARDOWN, UNENDED),
	U32(TEARDOWN, STATUS),
	NEST(TEARDOWN, FIRST_STOP, origin),
	U64(TEARDOWN, TIME_LOST),
	NEST(TEARDOWN, KILL, origin),
	U64(TEARDOWN, DROPS),
	U32(TEARDOWN, VICTIMS),
	U32(TEARDOWN, UNGRACEFUL),
	ARRAY(TEARDOWN, VICTIM, victim),
};

SET(teardown, "teardown");

static const struct attr drop_attrs[] = {
	U64(DROP, SEQ),
	U64(DROP, LOST),
	U64(DROP, ID),
	U32(DROP, INUM),
	U32(DROP, INIT_PID),
	STR(DROP, INIT_COMM),
	STR(DROP, CGROUP_PATH),
	NEST(DROP, ORIGIN, origin),
};

SET(drop, "drop");

const struct attr_set *const schema_sets[] = {
	&hook, &status, &signal_count, &origin, &ns, &victim, &teardown, &drop,
};

const size_t schema_n_sets = ARRAY_SIZE(schema_sets);

/* The attribute set of each command, and the name of each notification. */
static const struct {
	const struct attr_set *set;
	const char *event;
} cmds[] = {
	[PIDNS_PROBE_CMD_STATUS_GET]		= { &status, NULL },
	[PIDNS_PROBE_CMD_NS_GET]		= { &ns, NULL },
	[PIDNS_PROBE_CMD_TEARDOWN_GET]		= { &teardown, NULL },
	[PIDNS_PROBE_CMD_NS_NEW_NTF]		= { &ns, "ns-new" },
	[PIDNS_PROBE_CMD_DROP_NTF]		= { &drop, "drop" },
	[PIDNS_PROBE_CMD_TEARDOWN_BEGIN_NTF]	= { &teardown, "teardown-begin" },
	[PIDNS_PROBE_CMD_TEARDOWN_END_NTF]	= { &teardown, "teardown-end" },
};

/**
 * schema_of_cmd() - Find the attributes of a command.
 * @cmd: its number
 *
 * Return: the set, or NULL if there is no such command.
 */
const struct attr_set *schema_of_cmd(uint8_t cmd)
{
	return cmd < ARRAY_SIZE(cmds) ? cmds[cmd].set : NULL;
}

/**
 * schema_event() - Find the name of an event.
 * @cmd: number of the notification
 *
 * Return: its name, or NULL if @cmd is no notification.
 */
const char *schema_event(uint8_t cmd)
{
	return cmd < ARRAY_SIZE(cmds) ? cmds[cmd].event : NULL;
}
