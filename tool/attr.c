// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include <json-c/json.h>
#include <netlink/attr.h>

#include "attr.h"
#include "fmt.h"

/**
 * attr_name() - Make a name of the specification from one of the header.
 * @constant: the end of a constant's name, such as INIT_PID
 * @name: where "init-pid" goes
 */
void attr_name(const char *constant, char name[ATTR_NAME_MAX])
{
	size_t i;

	for (i = 0; constant[i] && i < ATTR_NAME_MAX - 1; i++)
		name[i] = constant[i] == '_' ? '-' : tolower((unsigned char)constant[i]);
	name[i] = '\0';
}

/**
 * attr_find() - Find an attribute by number.
 * @set: where to look
 * @nr: its number
 *
 * Return: the attribute, or NULL.
 */
const struct attr *attr_find(const struct attr_set *set, uint16_t nr)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (set->attrs[i].nr == nr)
			return &set->attrs[i];
	return NULL;
}

static struct json_object *decode_enum(const struct attr_enum *values, uint32_t value)
{
	char name[ATTR_NAME_MAX];
	size_t i;

	for (i = 0; i < values->n; i++) {
		if (values->values[i].value != value)
			continue;
		attr_name(values->values[i].name, name);
		return json_object_new_string(name);
	}
	/* A newer module may know more values. */
	return json_object_new_uint64(value);
}

static struct json_object *decode_string(const struct nlattr *nla)
{
	char *text = fmt_utf8(nla_data(nla), nla_len(nla));
	struct json_object *obj = json_object_new_string(text);

	free(text);
	return obj;
}

static int decode_one(const struct attr *attr, const struct nlattr *nla, struct json_object **obj)
{
	static const int min_len[] = {
		[ATTR_U32]	= sizeof(uint32_t),
		[ATTR_ENUM]	= sizeof(uint32_t),
		[ATTR_U64]	= sizeof(uint64_t),
		[ATTR_ARRAY]	= 0,
	};

	if (nla_len(nla) < min_len[attr->kind])
		return -EBADMSG;
	switch (attr->kind) {
	case ATTR_FLAG:
		*obj = json_object_new_boolean(true);
		return 0;
	case ATTR_U32:
		*obj = json_object_new_uint64(nla_get_u32(nla));
		return 0;
	case ATTR_U64:
		*obj = json_object_new_uint64(nla_get_u64(nla));
		return 0;
	case ATTR_STRING:
		*obj = decode_string(nla);
		return 0;
	case ATTR_ENUM:
		*obj = decode_enum(attr->values, nla_get_u32(nla));
		return 0;
	case ATTR_NEST:
	case ATTR_ARRAY:
		return attr_decode(attr->nested, nla_data(nla), nla_len(nla), obj);
	}
	return -EINVAL;
}

/* Takes over @val. */
static void add_value(struct json_object *obj, const struct attr *attr, struct json_object *val)
{
	struct json_object *array;
	char name[ATTR_NAME_MAX];

	attr_name(attr->name, name);
	if (attr->kind != ATTR_ARRAY) {
		json_object_object_add(obj, name, val);
		return;
	}
	if (!json_object_object_get_ex(obj, name, &array)) {
		array = json_object_new_array();
		json_object_object_add(obj, name, array);
	}
	json_object_array_add(array, val);
}

static int decode_attr(const struct attr *attr, const struct nlattr *head, int len,
		       struct json_object *obj)
{
	const struct nlattr *nla;
	struct json_object *val;
	int left, err;

	nla_for_each_attr(nla, head, len, left) {
		if (nla_type(nla) != attr->nr)
			continue;
		err = decode_one(attr, nla, &val);
		if (err)
			return err;
		add_value(obj, attr, val);
	}
	return 0;
}

/**
 * attr_decode() - Decode attributes into an object.
 * @set: what they mean; others are left out, a newer module may send them
 * @head: the first of them
 * @len: bytes of all of them
 * @obj: where the new object goes, its keys in the order of @set
 *
 * Return: 0, or -EBADMSG.
 */
int attr_decode(const struct attr_set *set, const struct nlattr *head, int len,
		struct json_object **obj)
{
	struct json_object *new = json_object_new_object();
	size_t i;
	int err;

	for (i = 0; i < set->n; i++) {
		err = decode_attr(&set->attrs[i], head, len, new);
		if (err) {
			json_object_put(new);
			return err;
		}
	}
	*obj = new;
	return 0;
}
