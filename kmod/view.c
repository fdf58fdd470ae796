// SPDX-License-Identifier: GPL-2.0
/*
 * A namespace as it is shown, taken out of the tables.
 */
#include "view.h"

#include <linux/ktime.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "param.h"
#include "teardown.h"

static void load_state(struct pidns_view *v, struct pidns_ns *rec)
{
	u64 stuck = (u64)READ_ONCE(pidns_param_stuck_ms) * NSEC_PER_MSEC;
	struct pidns_teardown *td = rcu_dereference(rec->teardown);

	v->state = v->census.state;
	/* A teardown without an init is one whose end was missed. */
	if (!td || !v->census.init_pid)
		return;
	v->since = td->begin;
	v->state = PIDNS_PROBE_NS_STATE_TEARING_DOWN;
	if (pidns_time_since(ktime_get_boottime_ns(), v->since) >= stuck)
		v->state = PIDNS_PROBE_NS_STATE_STUCK;
}

/**
 * pidns_view_load() - Look at a namespace, but do not count its processes.
 * @v: Filled in.
 * @id: Id of the namespace.
 *
 * Context: Process context.
 * Return: true, or false if there is no such namespace.
 */
bool pidns_view_load(struct pidns_view *v, u64 id)
{
	struct pidns_ns *rec;

	memset(v, 0, sizeof(*v));
	rcu_read_lock();
	rec = pidns_ns_find_id(id);
	if (rec) {
		v->id = rec->id;
		v->parent_id = rec->parent_id;
		v->born = rec->born;
		v->inum = rec->inum;
		v->level = rec->level;
		v->owner = rec->owner;
		pidns_ns_counts_read(rec, &v->counts);
		pidns_census_init(rec, &v->census);
		load_state(v, rec);
	}
	rcu_read_unlock();
	return rec;
}

/**
 * pidns_view_load_counted() - Look at a namespace, and count its processes.
 * @v: Filled in.
 * @id: Id of the namespace.
 *
 * Context: Process context, may sleep.
 * Return: true, or false if there is no such namespace.
 */
bool pidns_view_load_counted(struct pidns_view *v, u64 id)
{
	if (!pidns_view_load(v, id))
		return false;
	pidns_census_count(id, &v->census);
	v->counted = true;
	return true;
}
