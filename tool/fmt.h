/* SPDX-License-Identifier: GPL-2.0 */
/* Texts: every function returns a string for free() and never NULL. */
#ifndef _PIDNSCTL_FMT_H
#define _PIDNSCTL_FMT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define NSEC_PER_SEC	UINT64_C(1000000000)

char *fmt_str(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *fmt_vstr(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
char *fmt_escape(const char *text);
char *fmt_utf8(const char *bytes, size_t len);
char *fmt_time(uint64_t nsec);
char *fmt_time_exact(uint64_t nsec);
char *fmt_duration(uint64_t nsec);
char *fmt_age(uint64_t nsec);
char *fmt_count(uint64_t n, const char *one, const char *many);
char *fmt_status(uint32_t status);
uint64_t fmt_now(void);

#endif /* _PIDNSCTL_FMT_H */
