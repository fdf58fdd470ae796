// SPDX-License-Identifier: GPL-2.0
/* Loading, unloading and adjusting the module; see module.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

#include "module.h"
#include "probe.h"

static int log_fd = -1;

int file_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	if (len < 0)
		len = -errno;
	close(fd);
	if (len < 0)
		return len;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int module_load(const char *params)
{
	const char *path = getenv("PIDNS_KO") ?: MODULE ".ko";
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, params, 0))
		err = -errno;
	close(fd);
	return err;
}

int module_unload(void)
{
	return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}

bool module_loaded(void)
{
	char state[16];

	return !file_read(MODULE_DIR "/initstate", state, sizeof(state)) &&
	       !strcmp(state, "live");
}

int module_reload(const char *params)
{
	/* A process that just talked to it may not be gone yet. */
	if (module_loaded() && !poll_until(DEADLINE_MS, module_unload() == 0))
		return -EBUSY;
	return module_load(params);
}

int module_backend(const char *signal_hook)
{
	char now[32], params[64];

	if (module_loaded() &&
	    !module_param_get("signal_hook", now, sizeof(now)) &&
	    !strcmp(now, signal_hook))
		return 0;
	snprintf(params, sizeof(params), "signal_hook=%s", signal_hook);
	return module_reload(params);
}

int module_param_get(const char *name, char *value, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), MODULE_DIR "/parameters/%s", name);
	return file_read(path, value, size);
}

int module_param_set(const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), MODULE_DIR "/parameters/%s", name);
	return file_write(path, value);
}

int module_refcount(void)
{
	char text[32];
	int err;

	err = file_read(MODULE_DIR "/refcnt", text, sizeof(text));
	return err ? err : atoi(text);
}

void log_mark(void)
{
	if (log_fd < 0)
		log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(log_fd, 0, SEEK_END);
}

/* Reads on from where the last call ended; a record is a read. */
static bool log_find(bool (*match)(const char *line, const char *text),
		     const char *text)
{
	char line[8192];
	ssize_t len;

	for (;;) {
		len = read(log_fd, line, sizeof(line) - 1);
		if (len < 0 && errno == EPIPE)
			continue;
		if (len < 0)
			return false;
		line[len] = '\0';
		if (match(line, text))
			return true;
	}
}

static bool line_holds(const char *line, const char *text)
{
	return strstr(line, text);
}

bool log_has(const char *text)
{
	return log_find(line_holds, text);
}

static bool line_is_splat(const char *line, const char *text)
{
	static const char * const bad[] = {
		"BUG:", "WARNING:", "Oops", "Call Trace:", "refcount_t:",
		"general protection fault", "blocked for more than",
		"detected stall", "list_add corruption", "list_del corruption",
	};
	unsigned int i;

	(void)text;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strstr(line, bad[i]))
			return true;
	return false;
}

bool log_has_splat(void)
{
	return log_find(line_is_splat, NULL);
}
