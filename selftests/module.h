/* SPDX-License-Identifier: GPL-2.0 */
/* Loading, unloading and adjusting the module. */
#ifndef _PIDNS_SELFTESTS_MODULE_H
#define _PIDNS_SELFTESTS_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#define MODULE		"pidns_probe"
#define MODULE_DIR	"/sys/module/" MODULE

/* All return 0 or a negative error. */
int module_load(const char *params);
int module_unload(void);
bool module_loaded(void);
/* Have it loaded with exactly these parameters, afresh. */
int module_reload(const char *params);
/* Have it loaded with this signal_hook; reload it only if it is not. */
int module_backend(const char *signal_hook);

int module_param_get(const char *name, char *value, size_t size);
int module_param_set(const char *name, const char *value);
/* Users of the module, or a negative error. */
int module_refcount(void);

int file_read(const char *path, char *text, size_t size);
int file_write(const char *path, const char *text);

/* Does a line of the kernel log since log_mark() hold TEXT? */
void log_mark(void);
bool log_has(const char *text);
/* Is there a line by which a kernel says that it is hurt? */
bool log_has_splat(void);

#endif /* _PIDNS_SELFTESTS_MODULE_H */
