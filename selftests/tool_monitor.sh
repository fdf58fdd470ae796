#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# pidnsctl monitor: golden JSON keys, filters, times, how it ends, and that every
# event is shown or told lost.

# shellcheck source=selftests/tool_guest_lib.sh
. "$(dirname "$(readlink -f "$0")")/tool_guest_lib.sh"

run monitor timeout 1
if said 1 "$no_events"; then
	result 0 "monitor: says that there are no events"
	finish
fi

# One that lives on.
ns sleep 1000
first=$init
run -j ns show "pid:$init"
id=$("$PYTHON" -IS -c "import json; print(json.load(open('$work/out'))['id'])")

# Filters, and what it prints.
listen drops -j event drop signal TERM,RTMIN+3 ns "$id" count 2
kill -HUP "$init"
kill -TERM "$init"
kill -RTMIN+3 "$init"
ended 0
result $? "monitor: ends after a count"
cp "$work/drops" "$work/out"
keys "d[1]" "$DROP runtime" && keys "d[1]['origin']" "$ORIGIN"
result $? "monitor: keys of a drop"
json "[e['event'] for e in d] == ['listening', 'drop', 'drop'] and \
[e['origin']['signal'] for e in d[1:]] == [15, 37] and d[2]['seq'] == d[1]['seq'] + 1"
result $? "monitor: only the signals that are wanted"

listen all -j
ns sleep 1000
kill -TERM "$init"
end_ns
until_true grep -q teardown-end "$work/all"
kill -INT "$monitor"
ended 0
result $? "monitor: ends at SIGINT"
cp "$work/all" "$work/out"
json "[e['event'] for e in d] == ['listening', 'ns-new', 'drop', 'teardown-begin', \
'teardown-end'] and len({e['id'] for e in d[1:]}) == 1 and \
[e['seq'] for e in d[1:]] == list(range(d[0]['seq'] + 1, d[0]['seq'] + 5))"
result $? "monitor: all events of a short life"
json "list(d[1])[:10] == '$NEW'.split() and \
[k for k in d[4] if k not in '$OWN victim'.split()] == '''event seq lost $TEARDOWN'''.split()"
result $? "monitor: keys of births and teardowns"

listen text event drop,teardown-end relative
ns sleep 1000
kill -TERM "$init"
end_ns
until_true grep -q teardown-end "$work/text"
kill -TERM "$monitor"
ended 0 && [ "$(wc -l < "$work/text")" = 2 ] &&
	grep -qE '^ +\+[0-9]+\.[0-9]{6}  drop  .*: SIGTERM from .*an ancestor; dropped when sent' \
	     "$work/text" &&
	grep -qE '^ +\+[0-9]+\.[0-9]{6}  teardown-end .*it was killed by SIGKILL from ' "$work/text"
result $? "monitor: text, relative times"
listen text event drop count 1
kill -TERM "$first"
ended 0 && grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2} ([0-9]{2}:){2}[0-9]{2}\.[0-9]{3}  drop ' \
		"$work/text"
result $? "monitor: text, absolute times"

run monitor timeout 1
[ $status = 0 ] && [ ! -s "$work/out" ]
result $? "monitor: ends after a time"
run monitor timeout 1 count 1
[ $status = 1 ] && [ ! -s "$work/out" ]
result $? "monitor: exit 1 if the time is over before the count"

"$PIDNSCTL" monitor -v > /dev/full 2> "$work/err" &
monitor=$!
until_true grep -q listening "$work/err"
init=$first
kill -TERM "$init"
ended 1 && grep -q 'cannot write the output: No space left' "$work/err"
result $? "monitor: ends when the device is full"
mkfifo "$work/fifo"
: < "$work/fifo" &
"$PIDNSCTL" monitor > "$work/fifo" 2> "$work/err" &
monitor=$!
ended 1 && [ ! -s "$work/err" ]
result $? "monitor: ends when its reader has gone, event or not"

# Losses: a monitor that does not read, then one behind a small ring.  Every
# drop is shown or told lost.
storm()
{
	"$PYTHON" -IS -c '
import os, sys
pid, n = int(sys.argv[1]), int(sys.argv[2])
for _ in range(n):
    os.kill(pid, 15)' "$init" "$1"
}

# shellcheck disable=SC2317 # it is called by until_true
all_there()
{
	json_of "$work/storm" "sum(e['event'] == 'drop' for e in d) + \
sum(e['count'] for e in d if e['event'] == 'lost') == $1" 2>/dev/null
}

reload ring=4096
listen storm -j buffer 64
kill -STOP "$monitor"
storm 4000
kill -CONT "$monitor"
until_true all_there 4000
result $? "monitor: a reader that is slow is told what it missed"
kill -TERM "$monitor"
ended 0 && json_of "$work/storm" "sum(e['event'] == 'lost' for e in d) == 1"
result $? "monitor: in one record, since nothing was lost elsewhere"
reload ring=16
listen storm -j
storm 10000
until_true all_there 10000
result $? "monitor: a ring that is full"
kill -TERM "$monitor"
ended 0
run status
if grep -q 'lost because the ring of a CPU was full' "$work/out"; then
	[ $status = 0 ] && [ "$(head -n 1 "$work/out")" = "All hooks armed, all counts complete." ]
	result $? "status: lost events are told, and no failure"
else
	skip "status: lost events are told, and no failure" "none were lost"
fi

# The module goes away.
listen gone
rmmod pidns_probe
ended 1 && grep -qx 'pidnsctl: the kernel module pidns_probe was unloaded' "$work/err"
result $? "monitor: says that the module was unloaded"
insmod "$PIDNS_KO"
listen gone -j
rmmod pidns_probe
ended 1 && [ "$(tail -n 1 "$work/gone")" = \
	'{"error":"the kernel module pidns_probe was unloaded"}' ]
result $? "monitor -j: says that the module was unloaded"
run status
[ $status = 1 ] && grep -q "pidns_probe is not loaded: run 'modprobe pidns_probe'" "$work/err"
result $? "status: not loaded any more"
insmod "$PIDNS_KO"

# Containers.
if command -v crun > /dev/null; then
	mkdir -p "$work/bundle/rootfs"
	mount --bind / "$work/bundle/rootfs"
	cat > "$work/bundle/config.json" <<'END'
{"ociVersion": "1.0.0", "root": {"path": "rootfs", "readonly": true},
 "process": {"args": ["sleep", "1000"], "cwd": "/", "user": {"uid": 0, "gid": 0},
             "env": ["PATH=/usr/bin:/bin"]},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}]}}
END
	listen crun -j container pidns-w
	crun run -d -b "$work/bundle" pidns-web > /dev/null 2>&1 < /dev/null
	run -j ns show pidns-we
	[ $status = 0 ] && json "(d['runtime'], d['container'], d['name']) == \
('crun', 'pidns-web', 'pidns-web')"
	result $? "container: by the beginning of its name"
	run ns list container pidns-web no-headings -o NAME,INIT
	[ "$(cat "$work/out")" = "pidns-web sleep" ]
	result $? "container: list"
	crun kill pidns-web TERM
	crun kill pidns-web KILL
	until_true grep -q teardown-end "$work/crun"
	crun delete -f pidns-web
	kill -TERM "$monitor"
	ended 0
	cp "$work/crun" "$work/out"
	json "[e['event'] for e in d] == ['listening', 'drop', 'teardown-begin', 'teardown-end'] \
and {e['name'] for e in d[1:]} == {'pidns-web'}"
	result $? "container: its events"
	umount "$work/bundle/rootfs"
else
	skip "container" "there is no crun"
fi

finish
