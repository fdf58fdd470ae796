// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

#include "fmt.h"
#include "sig.h"

/**
 * fmt_vstr() - Format a string.
 * @fmt: as for vprintf()
 * @ap: as for vprintf()
 *
 * Return: the string, for free(). Ends the program when memory is short.
 */
char *fmt_vstr(const char *fmt, va_list ap)
{
	char *str;

	if (vasprintf(&str, fmt, ap) < 0) {
		fputs("pidnsctl: out of memory\n", stderr);
		exit(1);
	}
	return str;
}

/**
 * fmt_str() - Format a string.
 * @fmt: as for printf()
 *
 * Return: the string, for free(). Ends the program when memory is short.
 */
char *fmt_str(const char *fmt, ...)
{
	va_list ap;
	char *str;

	va_start(ap, fmt);
	str = fmt_vstr(fmt, ap);
	va_end(ap);
	return str;
}

/**
 * fmt_escape() - Make a text harmless to a terminal.
 * @text: any bytes, as a thread may call itself
 *
 * Return: @text, with each byte that is not part of a printable character of
 * the locale as \xNN; for free().
 */
char *fmt_escape(const char *text)
{
	char *out = fmt_str("%*s", (int)(4 * strlen(text)), ""), *p = out;
	mbstate_t state = {};
	wchar_t wc;
	size_t len;

	while (*text) {
		len = mbrtowc(&wc, text, MB_CUR_MAX, &state);
		if (len == (size_t)-1 || len == (size_t)-2 || !iswprint(wc)) {
			memset(&state, 0, sizeof(state));
			p += sprintf(p, "\\x%02x", (unsigned char)*text++);
			continue;
		}
		memcpy(p, text, len);
		p += len;
		text += len;
	}
	*p = '\0';
	return out;
}

/* How many bytes the UTF-8 character at @s has, 0 if it is none. */
static size_t utf8_len(const unsigned char *s, size_t left)
{
	static const struct {
		unsigned char first, last, low, high, len;
	} forms[] = {
		{ 0x01, 0x7f, 0x80, 0xbf, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, k, n = sizeof(forms) / sizeof(forms[0]);

	for (i = 0; i < n && (s[0] < forms[i].first || s[0] > forms[i].last); i++)
		;
	if (i == n || forms[i].len > left)
		return 0;
	if (forms[i].len > 1 && (s[1] < forms[i].low || s[1] > forms[i].high))
		return 0;
	for (k = 2; k < forms[i].len; k++)
		if (s[k] < 0x80 || s[k] > 0xbf)
			return 0;
	return forms[i].len;
}

/**
 * fmt_utf8() - Make bytes fit for JSON.
 * @bytes: any bytes
 * @len: how many; a NUL ends them as well
 *
 * Return: @bytes, with U+FFFD for each that is not part of a UTF-8 character;
 * for free().
 */
char *fmt_utf8(const char *bytes, size_t len)
{
	const unsigned char *s = (const unsigned char *)bytes;
	char *out, *p;
	size_t n;

	len = strnlen(bytes, len);
	out = fmt_str("%*s", (int)(3 * len), "");
	for (p = out; len; s += n, len -= n) {
		n = utf8_len(s, len);
		if (n) {
			memcpy(p, s, n);
			p += n;
		} else {
			memcpy(p, "\xef\xbf\xbd", 3);
			p += 3;
			n = 1;
		}
	}
	*p = '\0';
	return out;
}

/**
 * fmt_time() - Format a time to the second.
 * @nsec: nanoseconds since the epoch
 *
 * Return: local date and time, for free().
 */
char *fmt_time(uint64_t nsec)
{
	time_t sec = nsec / NSEC_PER_SEC;
	char buf[64] = "";
	struct tm tm;

	if (localtime_r(&sec, &tm))
		strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S", &tm);
	return fmt_str("%s", buf);
}

/**
 * fmt_time_exact() - Format a time to the millisecond.
 * @nsec: nanoseconds since the epoch
 *
 * Return: local date and time, for free().
 */
char *fmt_time_exact(uint64_t nsec)
{
	char *sec = fmt_time(nsec);
	char *str = fmt_str("%s.%03" PRIu64, sec, (uint64_t)(nsec % NSEC_PER_SEC / 1000000));

	free(sec);
	return str;
}

/**
 * fmt_duration() - Format a duration for people.
 * @nsec: nanoseconds
 *
 * Return: three figures or two units, for free().
 */
char *fmt_duration(uint64_t nsec)
{
	static const struct {
		uint64_t unit;
		const char *name;
	} large[] = {
		{ 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" },
	}, small[] = {
		{ NSEC_PER_SEC, "s" }, { 1000000, "ms" }, { 1000, "us" }, { 1, "ns" },
	};
	uint64_t sec = nsec / NSEC_PER_SEC + (nsec % NSEC_PER_SEC >= NSEC_PER_SEC / 2), whole, part;
	size_t i;

	if (sec >= 60) {
		for (i = 0; sec < large[i].unit; i++)
			;
		whole = sec / large[i].unit;
		part = sec % large[i].unit / large[i + 1].unit;
		if (!part)
			return fmt_str("%" PRIu64 " %s", whole, large[i].name);
		return fmt_str("%" PRIu64 " %s %" PRIu64 " %s", whole, large[i].name, part,
			       large[i + 1].name);
	}
	/* 999.95 ms is one second: leave a unit as soon as it would show 1000. */
	for (i = 0; i < 3 && nsec < small[i].unit - small[i].unit / 2000; i++)
		;
	if (i == 3)
		return fmt_str("%" PRIu64 " ns", nsec);
	return fmt_str("%.*f %s", nsec < 10 * small[i].unit ? 1 : nsec < 100 * small[i].unit,
		       (double)nsec / small[i].unit, small[i].name);
}

/**
 * fmt_age() - Format how long ago something was.
 * @nsec: when, in nanoseconds since the epoch
 *
 * Return: "3 s ago" or "now" (also if the clock was set back), for free().
 */
char *fmt_age(uint64_t nsec)
{
	uint64_t now = fmt_now();
	char *dur, *str;

	if (now < nsec + NSEC_PER_SEC)
		return fmt_str("now");
	if (now < nsec + 60 * NSEC_PER_SEC)
		return fmt_str("%" PRIu64 " s ago", (now - nsec) / NSEC_PER_SEC);
	dur = fmt_duration(now - nsec);
	str = fmt_str("%s ago", dur);
	free(dur);
	return str;
}

/**
 * fmt_count() - Format a number of things.
 * @n: how many
 * @one: name of one
 * @many: name of any other number of them
 *
 * Return: the text, for free().
 */
char *fmt_count(uint64_t n, const char *one, const char *many)
{
	return fmt_str("%" PRIu64 " %s", n, n == 1 ? one : many);
}

/**
 * fmt_status() - Say in words how a process ended.
 * @status: its status, as of wait(2)
 *
 * Return: the words, with the status that a shell would show; for free().
 */
char *fmt_status(uint32_t status)
{
	char *sig, *str;

	if (WIFEXITED(status))
		return fmt_str("exited %d", WEXITSTATUS(status));
	sig = sig_name(WTERMSIG(status));
	str = fmt_str("%s %s (%d)", WCOREDUMP(status) ? "dumped core," : "killed by", sig,
		      128 + WTERMSIG(status));
	free(sig);
	return str;
}

/**
 * fmt_now() - Read the clock.
 *
 * Return: nanoseconds since the epoch.
 */
uint64_t fmt_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}
