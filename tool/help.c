// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "fmt.h"
#include "help.h"

#define HELP_WIDTH	79
#define USAGE_INDENT	15

static const char global_help[] =
	"  -j, --json             print JSON, errors too\n"
	"  -p, --pretty           print JSON over several lines\n"
	"  -N, --numeric          print signals as numbers\n"
	"  -h, --help             print this help\n"
	"  -V, --version          print the version of the tool\n";

static void print_sentence(FILE *f, const char *help)
{
	fprintf(f, "%c%s.\n", toupper((unsigned char)*help), help + 1);
}

static void print_table_help(FILE *f, const struct cmd *cmd, const char *path)
{
	const struct cmd *sub;
	bool root = !*path;

	fprintf(f, "Usage: pidnsctl [OPTIONS]%s%s COMMAND [WORDS]\n       pidnsctl%s help\n\n",
		path, root ? " OBJECT" : "", path);
	print_sentence(f, cmd->help);
	fputc('\n', f);
	fprintf(f, "%s:\n", root ? "Objects" : "Commands");
	for (sub = cmd->sub; sub->name; sub++)
		fprintf(f, "  %-22s %s%s\n", sub->name, sub->help,
			!root && sub == cmd->sub ? " (default)" : "");
}

/* Returns the column after it. */
static int print_word_usage(FILE *f, const struct cmd_word *word, int column)
{
	char *text;
	int len;

	if (!word->name)
		text = fmt_str("%s", word->value);
	else if (word->value)
		text = fmt_str("[%s %s]", word->name, word->value);
	else
		text = fmt_str("[%s]", word->name);
	len = strlen(text) + 1;
	if (column + len > HELP_WIDTH)
		column = fprintf(f, "\n%*s", USAGE_INDENT, "") - 1;
	fprintf(f, " %s", text);
	free(text);
	return column + len;
}

static void print_word_help(FILE *f, const struct cmd_word *word)
{
	char *name;

	if (!word->name)
		name = fmt_str("    %s", word->value);
	else
		name = fmt_str("%c%c%s %s%s%s", word->letter ? '-' : ' ', word->letter ?: ' ',
			       word->letter ? "," : " ", word->name, word->value ? " " : "",
			       word->value ?: "");
	fprintf(f, "  %-22s %s\n", name, word->help);
	free(name);
}

static void print_command_help(FILE *f, const struct cmd *cmd, const char *path)
{
	const struct cmd_word *words = cmd->words, *word;

	int column = fprintf(f, "Usage: pidnsctl [OPTIONS]%s", path);

	for (word = words; word && word->help; word++)
		column = print_word_usage(f, word, column);
	fprintf(f, "\n       pidnsctl%s help\n\n", path);
	print_sentence(f, cmd->help);
	if (words) {
		fprintf(f, "\nWords%s:\n", words->name ?
			", each of which may be written as an option (--word) as well" : "");
		for (word = words; word->help; word++)
			print_word_help(f, word);
	}
	if (cmd->more)
		cmd->more(f);
}

/**
 * help_print() - Print the help of a command or of a table of commands.
 * @f: where to
 * @cmd: the command
 * @path: the words that lead to it, each with a space before it
 */
void help_print(FILE *f, const struct cmd *cmd, const char *path)
{
	if (cmd->sub)
		print_table_help(f, cmd, path);
	else
		print_command_help(f, cmd, path);
	fprintf(f, "\nOptions:\n%s", global_help);
}
