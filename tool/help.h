/* SPDX-License-Identifier: GPL-2.0 */
/* Help, all of which is made from the tables of commands. */
#ifndef _PIDNSCTL_HELP_H
#define _PIDNSCTL_HELP_H

#include <stdio.h>

struct cmd;

void help_print(FILE *f, const struct cmd *cmd, const char *path);

#endif /* _PIDNSCTL_HELP_H */
