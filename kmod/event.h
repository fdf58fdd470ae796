/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_EVENT_H
#define _PIDNS_EVENT_H

#include <linux/types.h>

#include "origin.h"

enum pidns_event_type {
	PIDNS_EVENT_NS_NEW,
	PIDNS_EVENT_DROP,
	PIDNS_EVENT_TEARDOWN_BEGIN,
	PIDNS_EVENT_TEARDOWN_END,
};

/**
 * struct pidns_event - Something to tell listeners of.
 * @key: Id of the namespace, or number of the teardown.
 * @inum: Inode number of the namespace.
 * @type: enum pidns_event_type.
 * @origin: The signal of a drop. Otherwise only its time counts.
 */
struct pidns_event {
	u64 key;
	u32 inum;
	u32 type;
	struct pidns_origin origin;
};

int pidns_event_init(void);
void pidns_event_flush(void);
void pidns_event_exit(void);

void pidns_event_push(enum pidns_event_type type, u64 key, u32 inum, u64 time);
void pidns_event_push_drop(u64 key, u32 inum, const struct pidns_origin *o);
void pidns_event_want_scan(void);

#endif /* _PIDNS_EVENT_H */
