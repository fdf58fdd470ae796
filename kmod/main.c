// SPDX-License-Identifier: GPL-2.0
/*
 * pidns_probe: what process 1 does to a PID namespace, seen from the host.
 *
 * Up: records, ring, hooks, family.  The family is last because a dump that is
 * going on holds the module, but nothing holds one that fails to load.
 * Down: hooks off and their handlers drained, events sent, family gone, ring
 * and records freed.
 */
#include <linux/module.h>

#include "compat/compat.h"
#include "event.h"
#include "hook.h"
#include "netlink.h"
#include "notify.h"
#include "ns.h"
#include "param.h"
#include "scan.h"
#include "teardown.h"

static int __init pidns_init(void)
{
	int err;

	err = pidns_param_check();
	if (err)
		return err;
	err = pidns_ns_init();
	if (err)
		return err;
	err = pidns_event_init();
	if (err)
		goto err_ns;
	err = pidns_hook_init();
	if (err)
		goto err_hook;
	/* The hooks see what is born meanwhile. */
	pidns_scan_at_load();
	err = pidns_nl_init();
	if (err)
		goto err_nl;
	pidns_notify_open();
	return 0;

err_nl:
	pidns_hook_exit();
err_hook:
	pidns_event_flush();
	pidns_event_exit();
	pidns_teardown_exit();
err_ns:
	pidns_ns_exit();
	return err;
}

static void __exit pidns_exit(void)
{
	pidns_hook_exit();
	pidns_event_flush();
	pidns_nl_exit();
	pidns_event_exit();
	pidns_teardown_exit();
	pidns_ns_exit();
}

module_init(pidns_init);
module_exit(pidns_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What process 1 does to a PID namespace, seen from the host");
MODULE_VERSION(PIDNS_VERSION);
