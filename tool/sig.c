// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fmt.h"
#include "out.h"
#include "sig.h"

/*
 * The C library keeps the first two real-time signals for itself, and people
 * count from the third, as kill -l does.
 */
#define RT_MIN	34
#define RT_MAX	SIG_NR_MAX

#define S(name)	{ #name, SIG##name }

/* The first name of a number is the one to print. */
static const struct {
	const char *name;
	int nr;
} names[] = {
	S(HUP), S(INT), S(QUIT), S(ILL), S(TRAP), S(ABRT), S(BUS), S(FPE), S(KILL), S(USR1),
	S(SEGV), S(USR2), S(PIPE), S(ALRM), S(TERM), S(STKFLT), S(CHLD), S(CONT), S(STOP),
	S(TSTP), S(TTIN), S(TTOU), S(URG), S(XCPU), S(XFSZ), S(VTALRM), S(PROF), S(WINCH),
	S(IO), S(PWR), S(SYS), S(IOT), S(POLL), { "CLD", SIGCHLD },
	{ "RTMIN", RT_MIN }, { "RTMAX", RT_MAX },
};

/**
 * sig_name() - Name a signal.
 * @sig: its number
 *
 * Return: "SIGTERM", "SIGRTMIN+3", or the number under -N and where there is
 * no name; for free().
 */
char *sig_name(uint32_t sig)
{
	size_t i;

	if (out_settings.numeric)
		return fmt_str("%u", sig);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((uint32_t)names[i].nr == sig)
			return fmt_str("SIG%s", names[i].name);
	if (sig > RT_MIN && sig < RT_MAX)
		return fmt_str("SIGRTMIN+%u", sig - RT_MIN);
	return fmt_str("signal %u", sig);
}

/* Parses all of @text, or nothing. */
static bool parse_number(const char *text, long *nr)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*nr = strtol(text, &end, 10);
	return !errno && !*end;
}

/* RTMIN+n and RTMAX-n */
static int parse_offset(const char *name)
{
	bool up = !strncasecmp(name, "RTMIN+", 6);
	long n;

	if (!up && strncasecmp(name, "RTMAX-", 6))
		return -EINVAL;
	if (!parse_number(name + 6, &n) || n > RT_MAX - RT_MIN)
		return -EINVAL;
	return up ? RT_MIN + n : RT_MAX - n;
}

/**
 * sig_parse() - Understand the name or number of a signal.
 * @text: "TERM", "SIGTERM", "15", "RTMIN+3" or "RTMAX-1", in any case
 *
 * Return: the number, or -EINVAL.
 */
int sig_parse(const char *text)
{
	size_t i;
	long nr;

	if (parse_number(text, &nr))
		return nr >= 1 && nr <= SIG_NR_MAX ? (int)nr : -EINVAL;
	if (!strncasecmp(text, "SIG", 3))
		text += 3;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcasecmp(names[i].name, text))
			return names[i].nr;
	return parse_offset(text);
}

/**
 * sig_parse_set() - Understand a list of signals.
 * @list: signals as for sig_parse(), with commas between
 * @set: where their set goes, signal 1 being bit 0
 *
 * Return: EXIT_OK, or EXIT_USAGE after having said what is wrong.
 */
int sig_parse_set(const char *list, uint64_t *set)
{
	char *copy = fmt_str("%s", list), *rest = copy, *name;
	int sig, ret = EXIT_OK;

	*set = 0;
	while (!ret && (name = strsep(&rest, ","))) {
		sig = sig_parse(name);
		if (sig < 0) {
			out_error("there is no signal '%s'", name);
			ret = EXIT_USAGE;
		} else {
			*set |= 1ULL << (sig - 1);
		}
	}
	free(copy);
	return ret;
}
