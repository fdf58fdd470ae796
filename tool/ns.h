/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNSCTL_NS_H
#define _PIDNSCTL_NS_H

struct cmd;

extern const struct cmd ns_cmds[];

#endif /* _PIDNSCTL_NS_H */
