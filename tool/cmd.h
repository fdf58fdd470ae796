/* SPDX-License-Identifier: GPL-2.0 */
/* Tables of commands, the words and options they take, and help for all. */
#ifndef _PIDNSCTL_CMD_H
#define _PIDNSCTL_CMD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * A word that a command takes. "tree" may be written "tree", "--tree" or, if
 * it has a letter, "-t"; one with a value may be written "columns LIST",
 * "--columns LIST", "--columns=LIST" or "-o LIST". One without a name is a
 * value that stands alone and has to be given.
 */
struct cmd_word {
	const char *name;
	char letter;
	const char *value;	/* what the help calls the value, NULL for a flag */
	const char *help;
	const char **str;	/* where the value goes */
	bool *flag;		/* what the flag sets */
};

/* A command, or a table of commands the first of which is the default. */
struct cmd {
	const char *name;
	const char *help;		/* in one line */
	const struct cmd *sub;		/* a table that ends with an empty row */
	const struct cmd_word *words;	/* likewise */
	int (*fn)(void);		/* called with the words taken; returns the exit status */
	void (*more)(FILE *f);		/* prints what the help has to say beside the words */
};

int cmd_number(const char *word, const char *text, uint64_t min, uint64_t max, uint64_t *value);
int cmd_run(const struct cmd *root, int argc, char **argv);

#endif /* _PIDNSCTL_CMD_H */
