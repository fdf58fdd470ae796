/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNSCTL_STATUS_H
#define _PIDNSCTL_STATUS_H

#include <stdio.h>

struct cmd_word;

extern const struct cmd_word status_words[];

int status_show(void);
void status_help(FILE *f);

#endif /* _PIDNSCTL_STATUS_H */
