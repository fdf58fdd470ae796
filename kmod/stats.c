// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of the whole host, one set a CPU.
 */
#include "stats.h"

#include <linux/compiler.h>
#include <linux/cpumask.h>

DEFINE_PER_CPU(struct pidns_stats, pidns_stats);

/**
 * pidns_stat_read() - Sum of a counter over all CPUs, those offline included.
 * @stat: Which.
 *
 * Context: Any.
 * Return: The sum. What is counted meanwhile may or may not be in it.
 */
u64 pidns_stat_read(enum pidns_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(pidns_stats, cpu).count[stat]);
	return sum;
}

/**
 * pidns_stat_lost() - How many events were lost since load, for any reason.
 *
 * Context: Any.
 * Return: The number.
 */
u64 pidns_stat_lost(void)
{
	return pidns_stat_read(PIDNS_STAT_LOST_RING) +
	       pidns_stat_read(PIDNS_STAT_LOST_MEMORY) +
	       pidns_stat_read(PIDNS_STAT_LOST_STALE);
}
