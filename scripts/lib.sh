# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What every script here shares: where things are, how to say something, and
# how to make a cached item exactly once.  Sourced, never run.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${PIDNS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pidns_probe}
BUILD=$TOP/build
ME=${ME:-${0##*/}}

# Talk goes to stderr: stdout belongs to the results.
say()
{
	printf '%s: %s\n' "$ME" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# as_root COMMAND...: run it as root, or say why that is not possible.
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "need root (or sudo) to run: $*"
	fi
}

# make_once DIR FUNCTION [ARG...]: have FUNCTION fill a fresh directory, and
# rename that to DIR when it succeeded.  DIR therefore exists complete or not
# at all, and two callers at once do not both make it.  FUNCTION gets the
# directory to fill as its first argument, and stops at the first error: so do
# not call this as a condition, where bash would not stop it.
make_once()
{
	local dir=$1 maker=$2 rc

	[ ! -d "$dir" ] || return 0
	shift 2
	mkdir -p "$(dirname "$dir")"
	set +e
	(
		flock 9
		[ ! -d "$dir" ] || exit 0
		rm -rf "$dir".tmp.*
		mkdir "$dir.tmp.$$"
		(
			set -e
			"$maker" "$dir.tmp.$$" "$@"
			mv "$dir.tmp.$$" "$dir"
		)
		rc=$?
		rm -rf "$dir.tmp.$$"
		exit $rc
	) 9>"$dir.lock"
	rc=$?
	set -e
	[ $rc = 0 ] || die "could not make $dir"
}
