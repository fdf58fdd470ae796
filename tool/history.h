/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNSCTL_HISTORY_H
#define _PIDNSCTL_HISTORY_H

#include <stdio.h>

struct cmd_word;

extern const struct cmd_word history_words[];

int history_show(void);
void history_help(FILE *f);

#endif /* _PIDNSCTL_HISTORY_H */
