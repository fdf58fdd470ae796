/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PIDNS_SCAN_H
#define _PIDNS_SCAN_H

void pidns_scan(void);
void pidns_scan_at_load(void);

#endif /* _PIDNS_SCAN_H */
