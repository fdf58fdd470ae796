#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool against the module: golden JSON keys, every refusal of the kernel,
# names of namespaces, hooks that do not work.

# shellcheck source=selftests/tool_guest_lib.sh
. "$(dirname "$(readlink -f "$0")")/tool_guest_lib.sh"

run status
[ $status = 0 ] && [ "$(head -n 1 "$work/out")" = "All hooks armed, nothing lost." ]
result $? "status: all is well"
run -j status
[ $status = 0 ] && keys "d" "$STATUS"
result $? "status: keys"
keys "d['hook'][0]" "$HOOK" && json "all(h['state'] == 'armed' for h in d['hook'])"
result $? "status: keys of hooks"
run -j status quick
keys "d['hook'][0]" "${HOOK/ state/}"
result $? "status quick: keys of hooks"

ns sleep 1000
kill -TERM "$init"
kill -TERM "$init"
kill -HUP "$init"
run -j ns show "pid:$init"
[ $status = 0 ] && json "[k for k in d if k not in '$OWN'.split()] == '''$NS'''.split()"
result $? "ns show: keys"
keys "d['last-drop']" "$ORIGIN" && keys "d['drop'][0]" "signal count"
result $? "ns show: keys within"
json "d['drop'] == [{'signal': 1, 'count': 1}, {'signal': 15, 'count': 2}] and d['drops'] == 3 \
and d['drops-ancestor'] == 3 and d['state'] == 'running' and d['init-pid'] == $init \
and d['last-drop']['sender'] == 'ancestor' and d['last-drop']['when'] == 'sent' \
and d['last-drop']['comm'] == '$me'"
result $? "ns show: values"
id=$("$PYTHON" -IS -c "import json; print(json.load(open('$work/out'))['id'])")
inum=$(readlink "/proc/$init/ns/pid" | tr -dc 0-9)
json "d['inum'] == $inum and 0 < d['born'] <= d['last-drop']['time']"
result $? "ns show: inode number and times"
cp "$work/out" "$work/by-pid"
for name in "$id" "$inum"; do
	run -j ns show "$name"
	[ $status = 0 ] && cmp -s "$work/out" "$work/by-pid"
	result $? "ns show $([ "$name" = "$id" ] && echo id || echo inode number)"
done

run ns show "$id"
[ $status = 0 ] && grep -q "^PID namespace $id, inode number $inum\$" "$work/out" &&
	grep -q "^  SIGTERM *2\$" "$work/out" &&
	grep -q "^  last *SIGHUP from $$ ($me), an ancestor, .*: dropped when sent" \
	     "$work/out"
result $? "ns show: text"
run -N ns show "$id"
grep -q "^  15 *2\$" "$work/out"
result $? "ns show: numeric"

run -j ns list
[ $status = 0 ] && json "[n['id'] for n in d] == [1, $id] and d[0]['runtime'] == 'host'"
result $? "ns list: JSON"
run ns list
[ $status = 0 ] && head -n 1 "$work/out" | grep -q '^ *ID  *NS  *PID STATE ' &&
	grep -q "^ *$id  *$inum  *$init running .* sleep\$" "$work/out"
result $? "ns list: table"
run ns list tree
[ $status = 0 ] && grep -q "^└─$id " "$work/out"
result $? "ns list: tree"
run ns list no-headings -o ID,SIGNALS,LAST
[ "$(tail -n 1 "$work/out")" = " $id SIGHUP:1,SIGTERM:2 SIGHUP from $$ ($me)" ]
result $? "ns list: columns"
run ns list container nosuch
[ $status = 0 ] && [ ! -s "$work/out" ]
result $? "ns list: no such container, no line"
run -j ns list container nosuch
[ $status = 0 ] && [ "$(cat "$work/out")" = "[]" ]
result $? "ns list: no such container, an empty array"

# Refusals.
refused 1 "there is no namespace 999" ns show 999
refused 1 "there is no namespace 4294967295" ns show 4294967295
refused 1 "there is no namespace 99999999999" ns show 99999999999
refused 1 "there is no namespace 999" monitor ns 999
refused 1 "there is no container 'nosuch'" ns show nosuch
refused 1 "there is no container '999999999999'" ns show 999999999999
refused 1 "no such process (attribute 'pid')" ns show pid:2147483647

root="run it as root"
outside="and this is another one: run it as root outside the container"
userns="permission denied: this needs CAP_NET_ADMIN in the initial user namespace, $outside"
for command in status "ns list" "ns show 1" history "monitor ns 1"; do
	# shellcheck disable=SC2086 # a command is words
	run_by setpriv --reuid 65534 --clear-groups "$PIDNSCTL" $command
	said 1 "permission denied: this needs CAP_NET_ADMIN: $root"
	result $? "1: $command as nobody"
	# shellcheck disable=SC2086
	run_by unshare -Ur "$PIDNSCTL" $command
	said 1 "$userns"
	result $? "1: $command in a user namespace"
done
run_by setpriv --reuid 65534 --clear-groups "$PIDNSCTL" monitor timeout 1
said 1 "permission denied: this needs CAP_SYS_ADMIN: $root" ||
	said 1 "$no_events"
result $? "1: monitor as nobody"
run_by unshare -n "$PIDNSCTL" status
said 1 "the kernel module pidns_probe is loaded, but answers in the initial network namespace \
only, and this is another one: run 'nsenter -t 1 -n pidnsctl ...'"
result $? "1: status in a network namespace"
run_by unshare -n nsenter -t 1 -n "$PIDNSCTL" status
[ $status = 0 ]
result $? "0: and the way out of it"

# Output that cannot be written.
"$PIDNSCTL" ns list > /dev/full 2> "$work/err"
status=$?
[ $status = 1 ] && grep -q 'cannot write the output: No space left' "$work/err"
result $? "1: full device"

# Containers, as docker would make them: a cgroup, and a file with the name.
docker=/sys/fs/cgroup/docker
state=/var/lib/docker/containers

# docker_ns ID NAME
docker_ns()
{
	ns sleep 1000
	mkdir -p "$docker/$1" "$state/$1"
	echo "{\"ID\":\"$1\",\"Name\":\"/$2\"}" > "$state/$1/config.v2.json"
	echo "$init" > "$docker/$1/cgroup.procs"
}

web=111122223333$(printf '%052d' 0)
db=111122224444$(printf '%052x' 255)
docker_ns "$web" shop-web
web_id=$("$PIDNSCTL" ns list -o ID,PID --no-headings | awk -v pid="$init" '$2 == pid { print $1 }')
docker_ns "$db" shop-db
db_id=$("$PIDNSCTL" ns list -o ID,PID --no-headings | awk -v pid="$init" '$2 == pid { print $1 }')
run -j ns show shop-w
[ $status = 0 ] && json "[d[k] for k in '$OWN'.split()] == ['$web', 'docker', 'shop-web'] and \
list(d)[-3:] == '$OWN'.split() and d['id'] == $web_id"
result $? "docker: by the beginning of a name"
for name in 111122223333 "$web" shop-web; do
	run -j ns show "$name"
	[ $status = 0 ] && json "d['id'] == $web_id"
	result $? "docker: by $name"
done
ambiguous="is ambiguous, it may be namespace $web_id (shop-web), $db_id (shop-db)"
refused 1 "'shop' $ambiguous" ns show shop
refused 1 "'shop-' $ambiguous" monitor ns shop-
refused 1 "there is no namespace 11112222" ns show 11112222
run ns list no-headings -c shop -o CONTAINER,RUNTIME,NAME
[ "$(tr -s ' ' < "$work/out")" = "111122223333 docker shop-web
111122224444 docker shop-db" ]
result $? "docker: list"
kill -KILL "$init" "$(cat "$docker/$web/cgroup.procs")"
until_true rmdir "$docker/$web" "$docker/$db" 2> /dev/null
rm -rf "${state:?}/$web" "${state:?}/$db"
run history no-headings container shop -o CONTAINER,INIT
[ ! -s "$work/out" ]
result $? "docker: no name any more when the file is gone"
run history no-headings container 11112222 -o CONTAINER,RUNTIME
[ "$(sort "$work/out")" = "111122223333 docker
111122224444 docker" ]
result $? "docker: history, by id"

# What does not work.
if sysctl -q kernel.ftrace_enabled=0 2> /dev/null; then
	remedy="run 'sysctl kernel.ftrace_enabled=1'"
else
	# Refused since Linux 6.13 or so, where others use ftrace for good.
	kprobes=/sys/kernel/debug/kprobes/enabled
	remedy="run 'echo 1 > $kprobes'"
	echo 0 > $kprobes
fi
run status
[ $status = 1 ] && head -n 1 "$work/out" | grep -qF "): $remedy." &&
	grep -q "^Hooks are disarmed, and nothing is seen meanwhile (.*signal" "$work/out"
result $? "status: hooks are disarmed"
run -j status
[ $status = 1 ] && json "any(h['state'] == 'disarmed' for h in d['hook'])"
result $? "status: hooks are disarmed, JSON"
eval "${remedy:5:-1}" > /dev/null
run status
[ $status = 0 ]
result $? "status: hooks are armed again"
reload hook_skip=copy_pid_ns
run status
[ $status = 1 ] && head -n 1 "$work/out" |
	grep -q "^The hook birth on copy_pid_ns is missing: new namespaces are found late"
result $? "status: a hook is missing"
reload hook_skip=pidns_hook_self_target
run status
[ $status = 1 ] && grep -q "^The hook self-test on pidns_hook_self_target is missing" "$work/out" &&
	grep -q "^Whether hooks work cannot be told (.*birth" "$work/out"
result $? "status: nobody knows whether hooks work"
reload

finish
