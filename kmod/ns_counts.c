// SPDX-License-Identifier: GPL-2.0
/*
 * What an init did with its signals, counted.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>

#include "ns.h"
#include "param.h"
#include "stats.h"
#include "verdict.h"

/* Whether a drop begins a new attempt to stop init, or tells more of one. */
static bool is_first_stop(const struct pidns_origin *first,
			  const struct pidns_origin *o)
{
	u64 window = (u64)READ_ONCE(pidns_param_stop_window_ms) * NSEC_PER_MSEC;
	bool late = pidns_time_since(o->time, first->time) > window;
	unsigned int rank;

	if (o->sender != PIDNS_PROBE_SENDER_ANCESTOR)
		return false;
	/* The same again, as a storm is. */
	if (o->sig == first->sig)
		return late;
	rank = pidns_verdict_stop_rank(o->sig);
	return rank && (late || !first->sig ||
			rank > pidns_verdict_stop_rank(first->sig));
}
NOKPROBE_SYMBOL(is_first_stop);

/**
 * pidns_ns_count_drop() - Count a drop.
 * @rec: Record of the namespace.
 * @o: The signal.
 *
 * Context: siglock of the init held, interrupts off; RCU read side.
 */
void pidns_ns_count_drop(struct pidns_ns *rec, const struct pidns_origin *o)
{
	struct pidns_counts *c = &rec->counts;

	raw_write_seqcount_begin(&rec->seq);
	c->drops[o->sig - 1]++;
	c->when[o->when]++;
	c->sender[o->sender]++;
	c->last = *o;
	if (is_first_stop(&c->first_stop, o))
		c->first_stop = *o;
	raw_write_seqcount_end(&rec->seq);
	pidns_stat_inc(PIDNS_STAT_DROPS);
}
NOKPROBE_SYMBOL(pidns_ns_count_drop);

/**
 * pidns_ns_count_ignored() - Count a signal that is ignored and no drop.
 * @rec: Record of the namespace.
 *
 * Context: siglock of the init held, interrupts off; RCU read side.
 */
void pidns_ns_count_ignored(struct pidns_ns *rec)
{
	raw_write_seqcount_begin(&rec->seq);
	rec->counts.ignored++;
	raw_write_seqcount_end(&rec->seq);
	pidns_stat_inc(PIDNS_STAT_IGNORED);
}
NOKPROBE_SYMBOL(pidns_ns_count_ignored);

/**
 * pidns_ns_count_kill() - Note the SIGKILL that ends an init.
 * @rec: Record of the namespace.
 * @o: The signal.
 *
 * Context: siglock of the init held, interrupts off; RCU read side.
 */
void pidns_ns_count_kill(struct pidns_ns *rec, const struct pidns_origin *o)
{
	raw_write_seqcount_begin(&rec->seq);
	rec->counts.kill = *o;
	raw_write_seqcount_end(&rec->seq);
}
NOKPROBE_SYMBOL(pidns_ns_count_kill);

/**
 * pidns_ns_counts_read() - Copy the counts of a namespace, as one whole.
 * @rec: Record.
 * @counts: Filled in.
 *
 * Context: RCU read side, process context.
 */
void pidns_ns_counts_read(struct pidns_ns *rec, struct pidns_counts *counts)
{
	unsigned int seq;

	do {
		seq = raw_read_seqcount_begin(&rec->seq);
		*counts = rec->counts;
	} while (read_seqcount_retry(&rec->seq, seq));
}
