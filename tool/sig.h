/* SPDX-License-Identifier: GPL-2.0 */
/* Names of signals. */
#ifndef _PIDNSCTL_SIG_H
#define _PIDNSCTL_SIG_H

#include <stdint.h>

#define SIG_NR_MAX	64

char *sig_name(uint32_t sig);
int sig_parse(const char *text);
int sig_parse_set(const char *list, uint64_t *set);

#endif /* _PIDNSCTL_SIG_H */
