/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_NOTIFY_H
#define _PIDNS_NOTIFY_H

#include <linux/types.h>

struct pidns_event;

void pidns_notify_open(void);
bool pidns_notify_wanted(void);
void pidns_notify_add(const struct pidns_event *e);
void pidns_notify_send(void);
u64 pidns_notify_seq(void);

#endif /* _PIDNS_NOTIFY_H */
