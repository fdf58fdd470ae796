#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module is unloaded and loaded fifty times while signals storm, namespaces
# come and go, and somebody asks it all the time: it sees all of that each time,
# and leaves nothing behind.
#
# To run in a guest that QEMU emulates in one thread (-accel tcg,thread=single):
# with thread=multi, QEMU 7.2 loses now and then what one processor patches in
# the code that another one runs, and the guest dies with any kprobe on
# prepare_signal(), the module loaded or not.

DIR=$(dirname "$(readlink -f "$0")")
. "$DIR/../kselftest/ktap_helpers.sh"
# shellcheck source=selftests/books.sh
. "$DIR/books.sh"

ROUNDS=50
PARAMS=("" signal_hook=tracepoint hook_skip=acct_exit_ns)
FIRE=()

light()
{
	"$DIR/fire" "$1" &
	FIRE+=($!)
}

put_out()
{
	[ ${#FIRE[@]} = 0 ] || kill "${FIRE[@]}" 2>/dev/null
	wait
	FIRE=()
}

# Everything that is going on has been seen since this load.
seen()
{
	read_books && [ "${book[drops]}" -gt 0 ] &&
		[ "${book[teardowns]}" -gt 0 ] && [ "${book[born]}" -gt 1 ]
}

# Whatever the moment was at which the hooks came.
nothing_amiss()
{
	[ "${book[unended]}" = 0 ] && [ "${book[no-record]}" = 0 ] &&
		[ "${book[mismatches]}" = 0 ]
}

under_fire()
{
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		within 20 unload || {
			ktap_print_msg "round $i: does not unload"
			return 1
		}
		# shellcheck disable=SC2086 # none at all, perhaps
		insmod "$PIDNS_KO" ${PARAMS[i % 3]} || return 1
		within 20 seen || {
			ktap_print_msg "round $i: sees nothing"
			print_books
			return 1
		}
		nothing_amiss || {
			ktap_print_msg "round $i (${PARAMS[i % 3]}): the books"
			print_books
			return 1
		}
	done
}

trap put_out EXIT
ktap_print_header
ktap_set_plan 6

mark_log
light storm
light churn
light churn
light ask
ktap_test_result "loads and unloads fifty times under fire" under_fire
put_out
ktap_test_result "has seen every birth, death and end" within 20 books_balance
ktap_test_result "nobody uses it" within 20 unused
ktap_test_result "unloads" within 20 unload
ktap_test_result "leaves no cache behind" no_cache
ktap_test_result "leaves the log clean" log_is_clean

ktap_finished
