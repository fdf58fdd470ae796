// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "fmt.h"
#include "out.h"

/* What is left of a terminal that is too narrow for words. */
#define FACT_WIDTH_MIN	20

/* How wide a byte is on a terminal: not at all if it continues a character. */
static size_t byte_width(unsigned char c)
{
	if (c < ' ' || c == 0x7f)
		return 4;	/* \xNN */
	return (c & 0xc0) != 0x80;
}

static size_t text_width(const char *text)
{
	size_t width = 0;

	while (*text)
		width += byte_width(*text++);
	return width;
}

/* For libsmartcols: the width of the widest line. */
static size_t chunk_size(const struct libscols_column *cl __attribute__((unused)),
			 const char *text, void *arg)
{
	size_t width = text_width(text), *max = arg;

	return width < *max ? width : *max;
}

/* For libsmartcols: cuts off a line between words, and returns the rest. */
static char *next_chunk(const struct libscols_column *cl __attribute__((unused)), char *text,
			void *arg)
{
	size_t width = 0, *max = arg;
	char *space = NULL, *p;

	for (p = text; *p; p++) {
		if (*p == ' ')
			space = p;
		width += byte_width(*p);
		if (width > *max && space) {
			*space = '\0';
			return space + 1;
		}
	}
	return NULL;
}

/* How wide facts may be beside names of @indent characters. */
static size_t fact_width(size_t indent)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_col)
		return SIZE_MAX;
	return ws.ws_col > indent + FACT_WIDTH_MIN ? ws.ws_col - indent : FACT_WIDTH_MIN;
}

static size_t widest_name(const struct out_fact *facts, size_t n)
{
	size_t i, width, max = 0;

	for (i = 0; i < n; i++) {
		width = facts[i].text ? text_width(facts[i].name) : 0;
		if (width > max)
			max = width;
	}
	return max;
}

static bool fill(struct libscols_table *tb, const struct out_fact *facts, size_t n, size_t *width)
{
	struct libscols_column *names = scols_table_new_column(tb, "", 1, 0);
	struct libscols_column *texts = scols_table_new_column(tb, "", 1, SCOLS_FL_WRAP);
	struct libscols_line *line;
	size_t i;

	if (!names || !texts ||
	    scols_column_set_wrapfunc(texts, chunk_size, next_chunk, width))
		return false;
	for (i = 0; i < n; i++) {
		if (!facts[i].text)
			continue;
		line = scols_table_new_line(tb, NULL);
		if (!line || scols_line_refer_data(line, 0, fmt_str("  %s", facts[i].name)) ||
		    scols_line_set_data(line, 1, facts[i].text))
			return false;
	}
	return true;
}

/**
 * out_facts() - Print named facts in two columns, long ones wrapped.
 * @facts: the facts
 * @n: how many
 *
 * Return: EXIT_OK, or EXIT_REFUSED after having said why it failed.
 */
int out_facts(const struct out_fact *facts, size_t n)
{
	/* Two spaces before the name, and one after it. */
	size_t width = fact_width(widest_name(facts, n) + 3);
	struct libscols_table *tb = scols_new_table();
	int ret = EXIT_REFUSED;

	if (tb && fill(tb, facts, n, &width)) {
		scols_table_enable_noheadings(tb, 1);
		if (!scols_table_get_nlines(tb) || !scols_print_table(tb))
			ret = EXIT_OK;
	}
	if (ret)
		out_error("cannot print a table: out of memory");
	scols_unref_table(tb);
	return ret;
}
