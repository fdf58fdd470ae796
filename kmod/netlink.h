/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_NETLINK_H
#define _PIDNS_NETLINK_H

struct genl_family;

extern struct genl_family pidns_nl_family;

int pidns_nl_init(void);
void pidns_nl_exit(void);

#endif /* _PIDNS_NETLINK_H */
