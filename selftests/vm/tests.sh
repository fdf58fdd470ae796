#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run selftests in guests of one kernel.
#
# usage: tests.sh KERNEL [TEST...]       all tests, unless some are named
#        tests.sh list
#
# Tests share a guest, except those named in ownboot, and run in the small
# root, except those named in hostroot.  VERBOSE=1 prints their TAP as it comes;
# otherwise there is a line for each result.  MINUTES=N: over and over for so long.
# RESULTS=FILE gets these lines too: "ok", "FAIL" or "skip", kernel, test, what was
# tested, the reason.
#
# QEMU runs all processors of a guest in one thread: with one each, QEMU 7.2 loses
# now and then what a processor patches in the code that another one runs, and the
# guest dies of any kprobe that comes or goes under a storm of signals, whether the
# module is loaded or not.
set -euo pipefail

ME=tests
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
VM=$TOP/selftests/vm

[ $# -gt 0 ] || die "usage: tests.sh KERNEL [TEST...] | tests.sh list"
kernel=$1
shift

# install_tests DIR: build the tests and put what a guest needs of them in DIR.
install_tests()
{
	local ksft

	"$TOP/scripts/kernel" fetch source
	ksft=$("$TOP/scripts/kernel" path source selftests)
	mkdir -p "$BUILD" "$1/kselftest" "$1/pidns_probe"
	cp "$ksft/kselftest/ktap_helpers.sh" "$1/kselftest/"
	flock "$BUILD/.selftests.lock" \
		make -s -C "$TOP/selftests" KSFT="$ksft" \
		INSTALL_PATH="$1/pidns_probe" install >&2
	cp "$VM/run-tests" "$1/"
}

list_tests()
{
	"$TOP/scripts/kernel" fetch source
	make -s --no-print-directory -C "$TOP/selftests" emit_tests |
		sed 's/.*://'
}

listed()
{
	grep -qxF "$1" "$VM/$2" 2>/dev/null
}

if [ "$kernel" = list ]; then
	list_tests
	exit
fi

mapfile -t all < <(list_tests)
for name; do
	printf '%s\n' "${all[@]}" | grep -qxF "$name" ||
		die "there is no test '$name'; there are: ${all[*]}"
done
[ $# -gt 0 ] || set -- "${all[@]}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
install_tests "$work/add"
results=${RESULTS:-$work/all}
: >> "$results"

# fail TEST WHAT WHY
fail()
{
	printf 'FAIL\t%s\t%s\t%s\t%s\n' "$kernel" "$@" >> "$work/results"
	[ "${VERBOSE:-0}" = 0 ] || printf '# '
	printf 'FAIL  %s  %s: %s (%s)\n' "$kernel" "$@"
}

# run_group ROOT TEST...: in one guest; and if that dies, those that have not
# run yet in another.
run_group()
{
	local root=$1 guest status name line boot=0

	shift
	while [ $# -gt 0 ]; do
		guest=test-$kernel-$root
		[ $# -gt 1 ] || guest=$guest-$1
		[ $((++boot)) = 1 ] || guest=$guest-$boot
		{
			printf 'export PIDNS_MINUTES=%q; ' "${MINUTES:-0}"
			printf 'exec /run/pidns/add/run-tests'
			printf ' %q' "$@"
		} > "$work/job"
		: > "$work/results"
		: > "$work/ran"
		set +e
		THREADS=single KERNEL=$kernel LOAD=0 NAME=$guest LOG=$work/log ADD=$work/add \
			TIMEOUT=${TIMEOUT:-$((1200 + ${MINUTES:-0} * 60))} \
			"$VM/run.sh" "$root" "$work/job" |
			awk -v kernel="$kernel" -v verbose="${VERBOSE:-0}" \
			    -v results="$work/results" -v ran="$work/ran" \
			    -f "$VM/tally.awk"
		status=${PIPESTATUS[0]}
		set -e
		cp "$work/log" "$BUILD/vm/$guest.log"

		# What the kernel logged during a test is a failure of it.
		while IFS=$'\t' read -r name line; do
			fail "$name" "leaves the kernel log clean" "$line"
		done < <("$VM/splats" --by-test "$work/log" |
			 awk -F '\t' '!seen[$1]++')
		if ! [ -s "$work/ran" ]; then
			for name; do
				fail "$name" "runs" "there was no guest"
			done
			set --
		elif [ "$status" != 0 ] && ! grep -q ^FAIL "$work/results"; then
			fail guest "ends well" "status $status"
		fi
		cat "$work/results" >> "$results"
		# shellcheck disable=SC2046 # names are words
		set -- $(printf '%s\n' "$@" | grep -vxFf "$work/ran")
	done
}

small=() host=()
for name; do
	root=small
	! listed "$name" hostroot || root=host
	if listed "$name" ownboot; then
		run_group "$root" "$name"
	elif [ "$root" = small ]; then
		small+=("$name")
	else
		host+=("$name")
	fi
done
[ ${#small[@]} = 0 ] || run_group small "${small[@]}"
[ ${#host[@]} = 0 ] || run_group host "${host[@]}"
[ "${VERBOSE:-0}" = 0 ] || "$TOP/scripts/total" "$results"
! grep -q ^FAIL "$results"
