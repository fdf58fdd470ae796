// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "cmd.h"
#include "help.h"
#include "out.h"

#define WORDS_MAX	16
#define PATH_MAX_LEN	64

/* Values of getopt_long() for words, beyond those of letters. */
#define WORD_BASE	256

static const struct option globals[] = {
	{ "json",	no_argument, NULL, 'j' },
	{ "pretty",	no_argument, NULL, 'p' },
	{ "numeric",	no_argument, NULL, 'N' },
	{ "help",	no_argument, NULL, 'h' },
	{ "version",	no_argument, NULL, 'V' },
	{}
};

#define GLOBAL_LETTERS	"jpNhV"
#define N_GLOBALS	(sizeof(globals) / sizeof(globals[0]) - 1)

/* What is to be done once the options are taken. */
enum action {
	ACTION_RUN,
	ACTION_HELP,
	ACTION_VERSION,
	ACTION_USAGE,
};

/* A command with the words that led to it. */
struct place {
	const struct cmd *cmd;
	char path[PATH_MAX_LEN];
};

static void enter(struct place *place, const struct cmd *cmd)
{
	size_t len = strlen(place->path);

	place->cmd = cmd;
	snprintf(place->path + len, sizeof(place->path) - len, " %s", cmd->name);
}

static const struct cmd *find_sub(const struct cmd *cmd, const char *name)
{
	const struct cmd *sub;

	for (sub = cmd->sub; sub && sub->name; sub++)
		if (!strcmp(sub->name, name))
			return sub;
	return NULL;
}

static int print_version(void)
{
	struct json_object *obj;

	if (!out_settings.json) {
		out_line("pidnsctl %s", PIDNSCTL_VERSION);
		return EXIT_OK;
	}
	obj = json_object_new_object();
	json_object_object_add(obj, "version", json_object_new_string(PIDNSCTL_VERSION));
	out_json(obj);
	json_object_put(obj);
	return EXIT_OK;
}

/* Takes a global option. */
static enum action take_global(int letter)
{
	switch (letter) {
	case 'p':
		out_settings.json = true;
		out_settings.pretty = true;
		return ACTION_RUN;
	case 'j':
		out_settings.json = true;
		return ACTION_RUN;
	case 'N':
		out_settings.numeric = true;
		return ACTION_RUN;
	case 'h':
		return ACTION_HELP;
	case 'V':
		return ACTION_VERSION;
	}
	return ACTION_USAGE;
}

/*
 * getopt_long() takes abbreviations, which would break with every new option:
 * look at what it is about to take. It never reorders what we give it.
 */
static bool next_is_exact(char **argv, const struct option *options)
{
	const char *arg = argv[optind ? optind : 1];
	const struct option *opt;
	size_t len;

	if (!arg || strncmp(arg, "--", 2) || !arg[2])
		return true;
	len = strcspn(arg + 2, "=");
	for (opt = options; opt->name; opt++)
		if (strlen(opt->name) == len && !strncmp(opt->name, arg + 2, len))
			return true;
	out_error("there is no option '%.*s'", (int)len + 2, arg);
	return false;
}

/* Says what getopt_long() did not like. */
static enum action bad_option(int what, char **argv)
{
	const char *arg = argv[optind - 1];

	if (!strncmp(arg, "--", 2) && what == ':')
		out_error("the option '%s' needs a value", arg);
	else if (!strncmp(arg, "--", 2))
		out_error("the option '%.*s' takes no value", (int)strcspn(arg, "="), arg);
	else if (what == ':')
		out_error("the option '-%c' needs a value", optopt);
	else
		out_error("there is no option '-%c'", optopt);
	return ACTION_USAGE;
}

static enum action take_word(const struct cmd_word *word, const char *value)
{
	const char *name = word->name ?: word->value;

	if (!word->value) {
		*word->flag = true;
		return ACTION_RUN;
	}
	if (!value) {
		out_error("'%s' needs a value: %s", name, word->value);
		return ACTION_USAGE;
	}
	if (*word->str) {
		out_error("'%s' is given twice", name);
		return ACTION_USAGE;
	}
	*word->str = value;
	return ACTION_RUN;
}

/* Takes a word that is no option, and what follows it if it needs a value. */
static enum action take_bare(const struct cmd_word *words, const char *text, char **argv)
{
	const struct cmd_word *word;

	for (word = words; word && word->help; word++) {
		if (!word->name && !*word->str)
			return take_word(word, text);
		if (!word->name || strcmp(word->name, text))
			continue;
		return take_word(word, word->value && argv[optind] ? argv[optind++] : NULL);
	}
	out_error("'%s' is not understood here", text);
	return ACTION_USAGE;
}

static enum action check_required(const struct cmd_word *words)
{
	for (; words && words->help; words++) {
		if (!words->name && !*words->str) {
			out_error("%s is missing", words->value);
			return ACTION_USAGE;
		}
	}
	return ACTION_RUN;
}

/* Makes what getopt_long() wants from the words of a command. */
static void make_options(const struct cmd_word *words, struct option *options, char *letters)
{
	const struct cmd_word *word;
	size_t n = N_GLOBALS;

	memcpy(options, globals, sizeof(globals));
	letters += sprintf(letters, "-:" GLOBAL_LETTERS);
	for (word = words; word && word->help && word - words < WORDS_MAX; word++) {
		if (!word->name)
			continue;
		options[n++] = (struct option){
			.name = word->name,
			.has_arg = word->value ? required_argument : no_argument,
			.val = WORD_BASE + (word - words),
		};
		if (word->letter)
			letters += sprintf(letters, "%c%s", word->letter, word->value ? ":" : "");
	}
	options[n] = (struct option){};
}

/* Only for letters that getopt_long() has found. */
static const struct cmd_word *word_of_letter(const struct cmd_word *words, int letter)
{
	while (words->letter != letter)
		words++;
	return words;
}

/* Takes the options and words of a command, in any order. */
static enum action take_words(const struct cmd_word *words, int argc, char **argv)
{
	char letters[3 + sizeof(GLOBAL_LETTERS) + 2 * WORDS_MAX];
	struct option options[N_GLOBALS + WORDS_MAX + 1];
	enum action action = ACTION_RUN;
	int opt;

	make_options(words, options, letters);
	optind = 0;
	while (action == ACTION_RUN) {
		if (!next_is_exact(argv, options))
			return ACTION_USAGE;
		opt = getopt_long(argc, argv, letters, options, NULL);
		if (opt == -1)
			break;
		if (opt == 1)
			action = take_bare(words, optarg, argv);
		else if (opt >= WORD_BASE)
			action = take_word(&words[opt - WORD_BASE], optarg);
		else if (opt == '?' || opt == ':')
			action = bad_option(opt, argv);
		else if (strchr(GLOBAL_LETTERS, opt))
			action = take_global(opt);
		else
			action = take_word(word_of_letter(words, opt), optarg);
	}
	while (action == ACTION_RUN && optind < argc) {
		opt = optind++;
		action = take_bare(words, argv[opt], argv);
	}
	return action == ACTION_RUN ? check_required(words) : action;
}

/* Takes the options before the first word. */
static enum action take_globals(int argc, char **argv)
{
	enum action action = ACTION_RUN;
	int opt;

	while (action == ACTION_RUN) {
		if (!next_is_exact(argv, globals))
			return ACTION_USAGE;
		opt = getopt_long(argc, argv, "+:" GLOBAL_LETTERS, globals, NULL);
		if (opt == -1)
			break;
		action = opt == '?' || opt == ':' ? bad_option(opt, argv) : take_global(opt);
	}
	return action;
}

/* Goes down to the command whose help is wanted. */
static enum action descend(struct place *place, char **argv)
{
	const struct cmd *sub;

	for (; *argv; argv++) {
		sub = find_sub(place->cmd, *argv);
		if (!sub) {
			out_error("there is no command '%s'", *argv);
			return ACTION_USAGE;
		}
		enter(place, sub);
	}
	return ACTION_HELP;
}

static bool wants_help(const char *arg)
{
	return !strcmp(arg, "help") || !strcmp(arg, "-h") || !strcmp(arg, "--help");
}

/* Finds the command, and takes its words. */
static enum action find_command(struct place *place, int argc, char **argv)
{
	const struct cmd *sub;

	while (place->cmd->sub) {
		if (argc > 1 && wants_help(argv[1]))
			return descend(place, argv + 2);
		if (argc < 2 || argv[1][0] == '-') {
			enter(place, place->cmd->sub);
			continue;
		}
		sub = find_sub(place->cmd, argv[1]);
		if (!sub) {
			out_error("there is no %s '%s'%s%s", *place->path ? "command" : "object",
				  argv[1], *place->path ? " of" : "", place->path);
			return ACTION_USAGE;
		}
		enter(place, sub);
		argc--;
		argv++;
	}
	if (argc > 1 && wants_help(argv[1]))
		return ACTION_HELP;
	return take_words(place->cmd->words, argc, argv);
}

/**
 * cmd_number() - Understand a number that the user gave.
 * @word: the word that it belongs to
 * @text: the number
 * @min: the least that makes sense
 * @max: the most that makes sense
 * @value: where it goes
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said what is wrong.
 */
int cmd_number(const char *word, const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	errno = 0;
	if (*text && strspn(text, "0123456789") == strlen(text)) {
		*value = strtoull(text, NULL, 10);
		if (!errno && *value >= min && *value <= max)
			return EXIT_OK;
	}
	out_error("'%s %s': not a number from %" PRIu64 " to %" PRIu64, word, text, min, max);
	return EXIT_USAGE;
}

/**
 * cmd_run() - Run the command that the user gave.
 * @root: the table of objects
 * @argc: as of main()
 * @argv: as of main()
 *
 * Return: the exit status.
 */
int cmd_run(const struct cmd *root, int argc, char **argv)
{
	struct place place = { .cmd = root };
	enum action action;
	int ret;

	opterr = 0;
	action = take_globals(argc, argv);
	argc -= optind - 1;
	argv += optind - 1;
	if (action == ACTION_RUN && argc < 2) {
		if (out_settings.json)
			out_error("no object is given");
		else
			help_print(stderr, place.cmd, place.path);
		return EXIT_USAGE;
	}
	if (action == ACTION_RUN)
		action = find_command(&place, argc, argv);

	switch (action) {
	case ACTION_HELP:
		help_print(stdout, place.cmd, place.path);
		return EXIT_OK;
	case ACTION_VERSION:
		return print_version();
	case ACTION_RUN:
		ret = place.cmd->fn();
		break;
	default:
		ret = EXIT_USAGE;
	}
	if (ret == EXIT_USAGE && !out_settings.json)
		fprintf(stderr, "Try 'pidnsctl%s help'.\n", place.path);
	return ret;
}
