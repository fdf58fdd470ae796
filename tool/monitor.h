/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNSCTL_MONITOR_H
#define _PIDNSCTL_MONITOR_H

#include <stdio.h>

struct cmd_word;

extern const struct cmd_word monitor_words[];

int monitor_run(void);
void monitor_help(FILE *f);

#endif /* _PIDNSCTL_MONITOR_H */
