// SPDX-License-Identifier: GPL-2.0
/* pidnsctl: what process 1 does to the PID namespaces of this host. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "cmd.h"
#include "history.h"
#include "monitor.h"
#include "ns.h"
#include "out.h"
#include "status.h"

static const struct cmd objects[] = {
	{
		.name = "status",
		.help = "whether the module works, and what it may have missed",
		.words = status_words,
		.fn = status_show,
		.more = status_help,
	},
	{
		.name = "ns",
		.help = "the PID namespaces, and the signals that their inits dropped",
		.sub = ns_cmds,
	},
	{
		.name = "monitor",
		.help = "what happens, as it happens",
		.words = monitor_words,
		.fn = monitor_run,
		.more = monitor_help,
	},
	{
		.name = "history",
		.help = "why each stop of a container took the time it took",
		.words = history_words,
		.fn = history_show,
		.more = history_help,
	},
	{}
};

static const struct cmd root = {
	.help = "Show the signals that process 1 of a PID namespace drops, and how namespaces end",
	.sub = objects,
};

/*
 * A standard stream that is closed would be opened again as a socket. In its
 * place comes one that cannot be written, so that writing fails as it should.
 */
static void open_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	int ret, lost;

	open_streams();
	setlocale(LC_CTYPE, "");
	/* A reader that has gone is an error of writing, as any other. */
	signal(SIGPIPE, SIG_IGN);
	ret = cmd_run(&root, argc, argv);
	lost = out_close();
	return ret ? ret : lost;
}
