/* SPDX-License-Identifier: GPL-2.0 */
/* The attribute sets of Documentation/netlink/specs/pidns_probe.yaml. */
#ifndef _PIDNSCTL_SCHEMA_H
#define _PIDNSCTL_SCHEMA_H

#include <stdint.h>

#include "attr.h"

extern const struct attr_set *const schema_sets[];
extern const size_t schema_n_sets;

const struct attr_set *schema_of_cmd(uint8_t cmd);
const char *schema_event(uint8_t cmd);

#endif /* _PIDNSCTL_SCHEMA_H */
