# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what is set here is for the tests
#
# What tests of the tool in a guest share: namespaces, monitors, JSON.  They
# need root, the module loaded ($PIDNS_KO to load it again), and python3.
# PIDNSCTL is the program to test; the one built with the sanitizers if that is
# beside this script.

DIR=$(dirname "$(readlink -f "$0")")
PIDNSCTL=${PIDNSCTL:-$([ -x "$DIR/pidnsctl-san" ] && echo "$DIR/pidnsctl-san" || echo pidnsctl)}
PYTHON=${PYTHON:-/usr/bin/python3}

# shellcheck source=selftests/tool_lib.sh
. "$DIR/tool_lib.sh"

# What we are called as a sender of signals.
me=$(cat "/proc/$$/comm")

# Seconds that anything is waited for at most.
PATIENCE=60

started=()

# shellcheck disable=SC2317 # it is called by the trap
cleanup()
{
	[ ${#started[@]} = 0 ] || kill -KILL "${started[@]}" 2>/dev/null
	[ ! -e /run/crun/pidns-web ] || crun delete -f pidns-web
	sysctl -q kernel.ftrace_enabled=1 2>/dev/null
	echo 1 > /sys/kernel/debug/kprobes/enabled
	rm -rf "$work"
}
trap cleanup EXIT

# until_true COMMAND...: 1 if it does not come true
until_true()
{
	local deadline=$((SECONDS + PATIENCE))

	until "$@"; do
		[ $SECONDS -lt $deadline ] || return
		sleep 0.1
	done
}

reload()
{
	rmmod pidns_probe && insmod "$PIDNS_KO" "$@"
}

# json_of FILE EXPRESSION: true of what is in the file; d is the value, or the
# list of them if it is a file of lines
json_of()
{
	"$PYTHON" -IS -c '
import json, sys
text = open(sys.argv[1]).read()
try:
    d = json.loads(text)
except ValueError:
    d = [json.loads(line) for line in text.splitlines()]
sys.exit(not eval(sys.argv[2]))' "$@"
}

# json EXPRESSION: true of the output
json()
{
	json_of "$work/out" "$1"
}

# keys WHERE KEYS: the object has these keys, in this order
keys()
{
	json "list($1) == '''$2'''.split()"
}

# ns COMMAND...: in a new namespace, as the host sees it in $init
ns()
{
	"$PYTHON" -IS -c '
import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.unshare(0x20000000)
ready, execed = os.pipe()
pid = os.fork()
if not pid:
    os.execvp(sys.argv[2], sys.argv[2:])
os.close(execed)
os.read(ready, 1)
open(sys.argv[1] + ".new", "w").write(str(pid))
os.rename(sys.argv[1] + ".new", sys.argv[1])
os.waitpid(pid, 0)' "$work/pid" "$@" > /dev/null 2>&1 &
	started+=($!)
	disown
	until_true test -e "$work/pid" || return
	init=$(cat "$work/pid")
	rm "$work/pid"
	started+=("$init")
}

# end_ns: end $init, and wait until its teardown is recorded
# shellcheck disable=SC2317 # it is called by until_true
recorded()
{
	"$PIDNSCTL" -j history ns "pid:$init" | grep -q '"duration"'
}

end_ns()
{
	kill -KILL "$init"
	until_true recorded
}

# listen NAME ARG...: a monitor in the background, which listens when this
# returns; its process is in $monitor, its output in $work/NAME
listen()
{
	local name=$1

	shift
	"$PIDNSCTL" monitor verbose "$@" > "$work/$name" 2> "$work/err" &
	monitor=$!
	started+=("$monitor")
	: > "$work/out"
	until_true grep -q 'pidnsctl: listening' "$work/err"
}

# shellcheck disable=SC2317 # it is called by until_true
is_over()
{
	! kill -0 "$1" 2>/dev/null
}

# What monitor says where the module has no events.
no_events="there are no events on this kernel, which could not keep them from other users: use \
'pidnsctl history'"

# ended STATUS: the monitor ended so
ended()
{
	until_true is_over "$monitor" || kill -KILL "$monitor"
	wait "$monitor"
	status=$?
	[ $status = "$1" ]
}

if [ "$(id -u)" != 0 ] || [ ! -d /sys/module/pidns_probe ] || [ ! -x "$PYTHON" ]; then
	echo "1..0 # SKIP needs root, the module and python3"
	exit 4
fi
echo "TAP version 13"
echo "# with $(command -v "$PIDNSCTL")"

# Golden keys.  They are those of the specification, in its order; the tool's
# own come last.
STATUS="version signal-hook loaded namespaces born died drops ignored teardowns tearing-down
events lost-ring lost-memory lost-stale unattributed births-missed deaths-missed no-record
unended handlers-forgotten mismatches history stuck-after record-size hook"
HOOK="name symbol attach state hits misses loss"
NS="id inum parent-id level owner-uid born state init-pid init-comm cgroup-id cgroup-path
processes threads zombies drops drops-sent drops-dequeued drops-ancestor drops-inside
drops-kernel drop ignored last-drop"
NEW="event seq lost id inum parent-id level owner-uid born state"
ORIGIN="signal when sender pid comm time"
TEARDOWN="number id inum parent-id level owner-uid born init-pid init-comm cgroup-id cgroup-path
begin duration status first-stop time-lost kill drops victims ungraceful"
DROP="event seq lost id inum init-pid init-comm cgroup-path origin"
OWN="container runtime name"
