/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_PARAM_H
#define _PIDNS_PARAM_H

#include <linux/types.h>

extern unsigned int pidns_param_history;
extern unsigned int pidns_param_ring;
extern unsigned int pidns_param_stuck_ms;
extern unsigned int pidns_param_stop_window_ms;

int pidns_param_check(void);
bool pidns_param_signal_tracepoint(void);
bool pidns_param_hook_skip(const char *symbol);

#endif /* _PIDNS_PARAM_H */
