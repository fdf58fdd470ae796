/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_VIEW_H
#define _PIDNS_VIEW_H

#include <linux/types.h>

#include "census.h"
#include "ns.h"

/**
 * struct pidns_view - All that there is to tell of a namespace, copied out.
 * @id: As in struct pidns_ns. So on down to @owner.
 * @parent_id: As above.
 * @born: As above.
 * @inum: As above.
 * @level: As above.
 * @owner: As above.
 * @since: Begin of the teardown in progress, 0 if there is none.
 * @state: enum pidns_probe_ns_state.
 * @counted: @census has the numbers of processes.
 * @counts: What its init did with signals.
 * @census: Who is in it.
 */
struct pidns_view {
	u64 id;
	u64 parent_id;
	u64 born;
	u32 inum;
	u32 level;
	kuid_t owner;
	u64 since;
	u32 state;
	bool counted;
	struct pidns_counts counts;
	struct pidns_census census;
};

bool pidns_view_load(struct pidns_view *v, u64 id);
bool pidns_view_load_counted(struct pidns_view *v, u64 id);

#endif /* _PIDNS_VIEW_H */
