/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNSCTL_NS_SHOW_H
#define _PIDNSCTL_NS_SHOW_H

#include <stdio.h>

struct cmd_word;

extern const struct cmd_word ns_show_words[];

int ns_show(void);
void ns_show_help(FILE *f);

#endif /* _PIDNSCTL_NS_SHOW_H */
