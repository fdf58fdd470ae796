/* SPDX-License-Identifier: GPL-2.0 */
/* Reading decoded objects: every attribute may be absent. */
#ifndef _PIDNSCTL_OBJ_H
#define _PIDNSCTL_OBJ_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <json-c/json.h>

/**
 * obj_get() - Get the value of a key.
 * @obj: an object, or NULL
 * @key: name of the key
 *
 * Return: the value, still owned by @obj, or NULL if absent.
 */
static inline struct json_object *obj_get(struct json_object *obj, const char *key)
{
	struct json_object *val = NULL;

	if (obj)
		json_object_object_get_ex(obj, key, &val);
	return val;
}

/**
 * obj_has() - Ask whether a key is there.
 * @obj: an object, or NULL
 * @key: name of the key
 *
 * Return: whether it is.
 */
static inline bool obj_has(struct json_object *obj, const char *key)
{
	return obj_get(obj, key);
}

/**
 * obj_u64() - Get a number.
 * @obj: an object, or NULL
 * @key: name of the key
 * @absent: the number to give when the key is absent
 *
 * Return: the number.
 */
static inline uint64_t obj_u64(struct json_object *obj, const char *key, uint64_t absent)
{
	struct json_object *val = obj_get(obj, key);

	return val ? json_object_get_uint64(val) : absent;
}

/**
 * obj_str() - Get a string.
 * @obj: an object, or NULL
 * @key: name of the key
 *
 * Return: the string, still owned by @obj, or NULL if absent.
 */
static inline const char *obj_str(struct json_object *obj, const char *key)
{
	struct json_object *val = obj_get(obj, key);

	return val ? json_object_get_string(val) : NULL;
}

/**
 * obj_is() - Ask whether a string, or the name of an enum, has a value.
 * @obj: an object, or NULL
 * @key: name of the key
 * @value: the value
 *
 * Return: whether it is there and the same.
 */
static inline bool obj_is(struct json_object *obj, const char *key, const char *value)
{
	const char *str = obj_str(obj, key);

	return str && !strcmp(str, value);
}

#endif /* _PIDNSCTL_OBJ_H */
