// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <json-c/json.h>
#include <libsmartcols.h>

#include "fmt.h"
#include "obj.h"
#include "out.h"

static int add_columns(const struct out_column *cols, size_t n, const char *list,
		       struct out_choice *choice)
{
	char *copy = fmt_str("%s", list), *rest = copy, *name;
	int ret = EXIT_OK;
	size_t i;

	while ((name = strsep(&rest, ","))) {
		for (i = 0; i < n && strcasecmp(cols[i].name, name); i++)
			;
		if (i == n) {
			out_error("there is no column '%s'", name);
			ret = EXIT_USAGE;
			break;
		}
		if (choice->n == OUT_COLUMNS_MAX) {
			out_error("more than %d columns", OUT_COLUMNS_MAX);
			ret = EXIT_USAGE;
			break;
		}
		choice->col[choice->n++] = i;
	}
	free(copy);
	return ret;
}

/**
 * out_choose() - Find the columns that the user wants.
 * @cols: all there are
 * @n: how many there are
 * @defaults: names of those shown by default, with commas between
 * @spec: what was given with -o, or NULL; a list as @defaults, which is added
 *	to them if it begins with '+'
 * @choice: where the choice goes
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said what is wrong.
 */
int out_choose(const struct out_column *cols, size_t n, const char *defaults,
	       const char *spec, struct out_choice *choice)
{
	int ret;

	choice->n = 0;
	if (!spec || *spec == '+') {
		ret = add_columns(cols, n, defaults, choice);
		if (ret || !spec)
			return ret;
		spec++;
	}
	return add_columns(cols, n, spec, choice);
}

/**
 * out_columns_help() - Print what columns there are.
 * @f: where to
 * @cols: the columns
 * @n: how many
 */
void out_columns_help(FILE *f, const struct out_column *cols, size_t n)
{
	size_t i;

	fputs("\nColumns (with a + before the list, in addition to the usual ones):\n", f);
	for (i = 0; i < n; i++)
		fprintf(f, "  %-12s %s\n", cols[i].name, cols[i].help);
}

static struct libscols_line *find_line(struct json_object *array, struct libscols_line **lines,
				       uint64_t id)
{
	size_t i, n = json_object_array_length(array);

	for (i = 0; i < n; i++)
		if (obj_u64(json_object_array_get_idx(array, i), "id", 0) == id)
			return lines[i];
	return NULL;
}

/* The parent of a namespace may come after it, so join them when all are there. */
static int grow_tree(struct json_object *array, struct libscols_line **lines)
{
	size_t i, n = json_object_array_length(array);
	struct libscols_line *parent;
	struct json_object *obj;

	for (i = 0; i < n; i++) {
		obj = json_object_array_get_idx(array, i);
		if (!obj_has(obj, "parent-id"))
			continue;
		parent = find_line(array, lines, obj_u64(obj, "parent-id", 0));
		if (parent && parent != lines[i] && scols_line_add_child(parent, lines[i]))
			return -1;
	}
	return 0;
}

static char *make_cell(const struct out_column *col, struct json_object *obj)
{
	const char *str;
	char *cell;

	if (col->cell) {
		cell = col->cell(obj);
	} else {
		str = obj_str(obj, col->key);
		cell = str ? fmt_str("%s", str) : NULL;
	}
	return cell ?: fmt_str("-");
}

static int fill_line(const struct out_column *cols, const struct out_choice *choice,
		     struct libscols_line *line, struct json_object *obj)
{
	char *cell;
	size_t i;

	for (i = 0; i < choice->n; i++) {
		cell = make_cell(&cols[choice->col[i]], obj);
		if (scols_line_refer_data(line, i, cell)) {
			free(cell);
			return -1;
		}
	}
	return 0;
}

static int fill_table(struct libscols_table *tb, const struct out_column *cols,
		      const struct out_choice *choice, struct json_object *array,
		      struct libscols_line **lines, bool tree)
{
	const struct out_column *col;
	size_t i;
	int flags;

	for (i = 0; i < choice->n; i++) {
		col = &cols[choice->col[i]];
		flags = tree && !i ? SCOLS_FL_TREE : col->flags;
		if (!scols_table_new_column(tb, col->name, col->width, flags))
			return -1;
	}
	for (i = 0; i < json_object_array_length(array); i++) {
		lines[i] = scols_table_new_line(tb, NULL);
		if (!lines[i] ||
		    fill_line(cols, choice, lines[i], json_object_array_get_idx(array, i)))
			return -1;
	}
	return tree ? grow_tree(array, lines) : 0;
}

/**
 * out_table() - Print objects as a table.
 * @cols: all columns there are
 * @choice: those to print, in order
 * @array: the objects, one a line
 * @tree: draw the first column as a tree by "id" and "parent-id"
 * @headings: print the names of the columns
 *
 * Return: EXIT_OK, or EXIT_REFUSED after having said why it failed.
 */
int out_table(const struct out_column *cols, const struct out_choice *choice,
	      struct json_object *array, bool tree, bool headings)
{
	struct libscols_line **lines = NULL;
	struct libscols_table *tb;
	int ret = EXIT_REFUSED;

	if (!json_object_array_length(array))
		return EXIT_OK;
	tb = scols_new_table();
	lines = calloc(json_object_array_length(array), sizeof(*lines));
	if (tb && lines) {
		scols_table_enable_noheadings(tb, !headings);
		if (!fill_table(tb, cols, choice, array, lines, tree) && !scols_print_table(tb))
			ret = EXIT_OK;
	}
	if (ret)
		out_error("cannot print the table: out of memory");
	free(lines);
	scols_unref_table(tb);
	return ret;
}
