/* SPDX-License-Identifier: GPL-2.0 */
/* What several commands say in words; every string is for free(). */
#ifndef _PIDNSCTL_TEXT_H
#define _PIDNSCTL_TEXT_H

struct json_object;

char *text_label(struct json_object *obj);
char *text_init(struct json_object *obj);
char *text_origin_brief(struct json_object *origin);
char *text_origin(struct json_object *origin);
char *text_drop(struct json_object *origin);
char *text_victims(struct json_object *teardown);
char *text_time_of(struct json_object *obj, const char *key);
char *text_end_of_init(struct json_object *teardown);
char *text_teardown(struct json_object *teardown);

#endif /* _PIDNSCTL_TEXT_H */
