/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_HANDLED_H
#define _PIDNS_HANDLED_H

#include <linux/types.h>

struct task_struct;

void pidns_handled_add(struct task_struct *p);
bool pidns_handled_find(struct task_struct *p);

#endif /* _PIDNS_HANDLED_H */
