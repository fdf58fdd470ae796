/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_STATS_H
#define _PIDNS_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

/**
 * enum pidns_stat - What is counted for the whole host.
 *
 * They stand for themselves in the specification, under the same names; the
 * hits of the hooks come last.
 */
enum pidns_stat {
	PIDNS_STAT_BORN,
	PIDNS_STAT_DIED,
	PIDNS_STAT_DROPS,
	PIDNS_STAT_IGNORED,
	PIDNS_STAT_TEARDOWNS,
	PIDNS_STAT_LOST_RING,
	PIDNS_STAT_LOST_MEMORY,
	PIDNS_STAT_LOST_STALE,
	PIDNS_STAT_UNATTRIBUTED,
	PIDNS_STAT_BIRTHS_MISSED,
	PIDNS_STAT_DEATHS_MISSED,
	PIDNS_STAT_NO_RECORD,
	PIDNS_STAT_UNENDED,
	PIDNS_STAT_HANDLERS_FORGOTTEN,
	PIDNS_STAT_MISMATCHES,
	PIDNS_STAT_HIT_SIGNAL,
	PIDNS_STAT_HIT_DEQUEUE,
	PIDNS_STAT_HIT_BEGIN,
	PIDNS_STAT_HIT_END,
	PIDNS_STAT_HIT_BIRTH,
	PIDNS_STAT_HIT_DEATH,
	PIDNS_STAT_HIT_SELF,
	__PIDNS_STAT_COUNT
};

struct pidns_stats {
	u64 count[__PIDNS_STAT_COUNT];
};

DECLARE_PER_CPU(struct pidns_stats, pidns_stats);

/**
 * pidns_stat_inc() - Count one.
 * @stat: What.
 *
 * Context: Any.
 */
static __always_inline void pidns_stat_inc(enum pidns_stat stat)
{
	this_cpu_inc(pidns_stats.count[stat]);
}

u64 pidns_stat_read(enum pidns_stat stat);
u64 pidns_stat_lost(void);

#endif /* _PIDNS_STATS_H */
