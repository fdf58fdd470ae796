#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Thousands of namespaces come and go: each record that was born has died, and
# the memory is back where it was, while the module is loaded and afterwards.

DIR=$(dirname "$(readlink -f "$0")")
. "$DIR/../kselftest/ktap_helpers.sh"
# shellcheck source=selftests/books.sh
. "$DIR/books.sh"

SLAB=/sys/kernel/slab
MAKE=1000
# What the rest of the system takes or gives meanwhile, in objects.
SLACK=200

# objects CACHE: how many are in use; none if there is no such cache.
objects()
{
	local n=0

	if [ -e "$SLAB/$1/objects" ]; then
		echo 1 > "$SLAB/$1/shrink"
		read -r n _ < "$SLAB/$1/objects"
	fi
	echo "${n:-0}"
}

# A record of a teardown is of this size.
teardowns()
{
	objects kmalloc-1k
}

records()
{
	objects pidns_ns
}

# no_more_than WHAT NUMBER
no_more_than()
{
	[ "$("$1")" -le "$2" ]
}

# is_back WHAT NUMBER: some memory is freed a little later.
is_back()
{
	within 30 no_more_than "$1" "$2" && return
	ktap_print_msg "$1: $("$1") in use, $2 allowed"
	return 1
}

make_some()
{
	"$DIR/fire" make $MAKE
}

# reload PARAMETER...
reload()
{
	within 20 unload && insmod "$PIDNS_KO" "$@"
}

ktap_print_header
[ -e $SLAB/kmalloc-1k/objects ] ||
	{ ktap_skip_all "there is no $SLAB"; exit "$KSFT_SKIP"; }
ktap_set_plan 9

mark_log
reload history=16
"$DIR/fire" make 50
before=$(teardowns)
alive=$(records)
ktap_test_result "$MAKE namespaces come and go" make_some
ktap_test_result "every one that was born has died" within 20 books_balance
ktap_test_result "their records are freed" is_back records $((alive + SLACK))
ktap_test_result "teardowns that are forgotten are freed" \
	is_back teardowns $((before + SLACK))

# Now none is forgotten, so that there is something to be freed at the end.
within 20 unload
unloaded=$(teardowns)
insmod "$PIDNS_KO" history=4096
make_some
kept=$(teardowns)
ktap_test_result "teardowns that are remembered are kept" \
	[ "$kept" -gt $((unloaded + MAKE - SLACK)) ]
ktap_test_result "unloads" within 20 unload
ktap_test_result "which frees them" is_back teardowns $((unloaded + SLACK))
ktap_test_result "leaves no cache behind" no_cache
ktap_test_result "leaves the log clean" log_is_clean

ktap_finished
