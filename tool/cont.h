/* SPDX-License-Identifier: GPL-2.0 */
/* Which container a cgroup belongs to. */
#ifndef _PIDNSCTL_CONT_H
#define _PIDNSCTL_CONT_H

#include <stdbool.h>

/* Length of the ids that docker and the like give. */
#define CONT_ID_LEN	64
/* And how much of one they show. */
#define CONT_ID_SHORT	12

struct cont {
	const char *runtime;	/* static, never NULL */
	char *id;		/* for free(), NULL if there is no container */
};

void cont_parse(const char *path, struct cont *cont);
bool cont_is_hex_id(const char *id);

#endif /* _PIDNSCTL_CONT_H */
