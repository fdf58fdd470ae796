/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_FILL_H
#define _PIDNS_FILL_H

#include <linux/types.h>

struct pidns_event;
struct pidns_msg;
struct pidns_teardown;
struct pidns_view;

int pidns_fill_status(const struct pidns_msg *m, bool quick);
int pidns_fill_ns(const struct pidns_msg *m, const struct pidns_view *v);
int pidns_fill_ns_gone(const struct pidns_msg *m, const struct pidns_event *e);
int pidns_fill_teardown(const struct pidns_msg *m,
			const struct pidns_teardown *td);
int pidns_fill_drop(const struct pidns_msg *m, const struct pidns_event *e,
		    const struct pidns_view *v);

#endif /* _PIDNS_FILL_H */
