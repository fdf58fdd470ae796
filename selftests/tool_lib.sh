# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What tests of the tool share.  PIDNSCTL is the program to test.

export LC_ALL=C.UTF-8 TZ=UTC
# A report of the sanitizers must not pass for an exit status of the tool.
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=print_stacktrace=1

point=0
failed=0
status=0
work=$(mktemp -d)

# result STATUS NAME: a point, and what the tool said if it failed
result()
{
	point=$((point + 1))
	if [ "$1" = 0 ]; then
		echo "ok $point $2"
		return
	fi
	failed=1
	echo "not ok $point $2"
	echo "# status: $status"
	sed 's/^/# out: /' "$work/out" | head -n 40 | cut -c 1-2000
	sed 's/^/# err: /' "$work/err" | head -n 40 | cut -c 1-2000
}

# skip NAME REASON
skip()
{
	point=$((point + 1))
	echo "ok $point $1 # SKIP $2"
}

# finish: the plan, and the exit status of a kselftest
finish()
{
	echo "1..$point"
	exit "$failed"
}

# run ARG...: the status is in $status, the output in $work/out and $work/err
run()
{
	run_by "$PIDNSCTL" "$@"
}

# run_by COMMAND ARG...: the same for a command that runs the tool
run_by()
{
	"$@" > "$work/out" 2> "$work/err" < /dev/null
	status=$?
}

# said STATUS SENTENCE: so it ended, and that is what it said instead of output
said()
{
	[ "$status" = "$1" ] && [ ! -s "$work/out" ] &&
		[ "$(head -n 1 "$work/err")" = "pidnsctl: $2" ]
}

# said_json STATUS SENTENCE: the same of a run with -j
said_json()
{
	[ "$status" = "$1" ] && [ ! -s "$work/err" ] &&
		[ "$(cat "$work/out")" = "{\"error\":\"$2\"}" ]
}

# refused STATUS SENTENCE ARG...: as text and as JSON
refused()
{
	local want=$1 sentence=$2

	shift 2
	run "$@"
	said "$want" "$sentence"
	result $? "$want: pidnsctl $*"
	run -j "$@"
	said_json "$want" "$sentence"
	result $? "$want: pidnsctl -j $*"
}
