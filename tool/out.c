// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "fmt.h"
#include "out.h"

struct out_settings out_settings;

/* Why writing first failed: errno does not tell any more when it matters. */
static int write_error;

static void put_json(struct json_object *obj, int flags)
{
	flags |= JSON_C_TO_STRING_NOSLASHESCAPE;
	puts(json_object_to_json_string_ext(obj, flags));
}

/**
 * out_error() - Say why the command failed.
 * @fmt: sentence without a full stop, as for printf()
 *
 * With -j the sentence is the value of "error" in an object of its own on
 * standard output, else it goes to standard error.
 */
void out_error(const char *fmt, ...)
{
	struct json_object *obj;
	char *text, *shown;
	va_list ap;

	va_start(ap, fmt);
	text = fmt_vstr(fmt, ap);
	va_end(ap);

	if (out_settings.json) {
		obj = json_object_new_object();
		shown = fmt_utf8(text, strlen(text));
		json_object_object_add(obj, "error", json_object_new_string(shown));
		out_json(obj);
		json_object_put(obj);
	} else {
		fflush(stdout);
		shown = fmt_escape(text);
		fprintf(stderr, "pidnsctl: %s\n", shown);
	}
	free(shown);
	free(text);
}

/**
 * out_warning() - Say on standard error what the output lacks.
 * @fmt: sentence without a full stop, as for printf()
 */
void out_warning(const char *fmt, ...)
{
	char *text, *shown;
	va_list ap;

	va_start(ap, fmt);
	text = fmt_vstr(fmt, ap);
	va_end(ap);

	fflush(stdout);
	shown = fmt_escape(text);
	fprintf(stderr, "pidnsctl: warning: %s\n", shown);
	free(shown);
	free(text);
}

/**
 * out_line() - Print a line for people, harmless to their terminal.
 * @fmt: the line without its newline, as for printf()
 */
void out_line(const char *fmt, ...)
{
	char *text, *shown;
	va_list ap;

	va_start(ap, fmt);
	text = fmt_vstr(fmt, ap);
	va_end(ap);

	shown = fmt_escape(text);
	puts(shown);
	free(shown);
	free(text);
}

/**
 * out_json() - Print a JSON value, over several lines if -p asks for it.
 * @obj: the value
 */
void out_json(struct json_object *obj)
{
	put_json(obj, out_settings.pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED :
					    JSON_C_TO_STRING_PLAIN);
}

/**
 * out_json_line() - Print a JSON value on one line, whatever -p says.
 * @obj: the value
 */
void out_json_line(struct json_object *obj)
{
	put_json(obj, JSON_C_TO_STRING_PLAIN);
}

/**
 * out_flush() - Hand everything printed so far to the reader.
 *
 * Return: 0, or a negative error number if something could not be written.
 */
int out_flush(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	if (!write_error)
		write_error = errno ? -errno : -EIO;
	return write_error;
}

/**
 * out_close() - Finish standard output, and say so if that fails.
 *
 * A closed pipe fails without a word: whoever read from it had enough.
 *
 * Return: EXIT_OK, or EXIT_REFUSED when output was lost.
 */
int out_close(void)
{
	int err = out_flush();

	if (fclose(stdout) && !err)
		err = -errno;
	if (!err)
		return EXIT_OK;
	if (err != -EPIPE)
		fprintf(stderr, "pidnsctl: cannot write the output: %s\n", strerror(-err));
	return EXIT_REFUSED;
}
