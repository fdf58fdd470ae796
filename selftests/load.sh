#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module loads and unloads, again and again, and twice at once it does not.

DIR=$(dirname "$(readlink -f "$0")")
. "$DIR/../kselftest/ktap_helpers.sh"

loaded()
{
	[ -d /sys/module/pidns_probe ]
}

refused()
{
	! insmod "$PIDNS_KO" 2>/dev/null
}

unload()
{
	rmmod pidns_probe && ! loaded
}

reload()
{
	for _ in 1 2 3 4 5; do
		insmod "$PIDNS_KO" || return 1
		loaded || return 1
		unload || return 1
	done
}

ktap_print_header
ktap_set_plan 4

ktap_test_result "was loaded" loaded
ktap_test_result "does not load twice" refused
ktap_test_result "unloads" unload
ktap_test_result "loads and unloads five times" reload

ktap_finished
