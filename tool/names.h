/* SPDX-License-Identifier: GPL-2.0 */
/* Which container a namespace is, and what people call it. */
#ifndef _PIDNSCTL_NAMES_H
#define _PIDNSCTL_NAMES_H

#include <stdint.h>

struct json_object;
struct names;

struct names *names_load(void);
void names_free(struct names *names);
void names_annotate(struct names *names, struct json_object *obj);
void names_annotate_all(struct names *names, struct json_object *array);
void names_forget(struct names *names, uint64_t id);

#endif /* _PIDNSCTL_NAMES_H */
