#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# pidnsctl history: golden JSON keys, the story of a stop.  And what is out of the
# ordinary: hostile names, and many namespaces that come and go.

# shellcheck source=selftests/tool_guest_lib.sh
. "$(dirname "$(readlink -f "$0")")/tool_guest_lib.sh"

# History.
run history
[ $status = 0 ] && [ ! -s "$work/out" ]
result $? "history: nothing yet"
# Whether the child of $init has its handler for SIGTERM, and can be a victim.
# shellcheck disable=SC2317 # it is called by until_true
child_ready()
{
	local child

	child=$(pgrep -P "$init" bash) &&
		grep -q '^SigCgt:.*4[0-9a-f]\{3\}$' "/proc/$child/status"
}

for stop in TERM none; do
	ns bash -c 'bash -c "trap : TERM; while :; do sleep 0.1; done" & exec sleep 1000'
	until_true child_ready
	[ $stop = none ] || kill -$stop "$init"
	end_ns
done
run -j history
[ $status = 0 ] && json "len(d) == 2 and d[0]['begin'] < d[1]['begin'] and \
'first-stop' in d[0] and 'first-stop' not in d[1] and d[0]['number'] == 1"
result $? "history: newest last"
json "[k for k in d[0] if k not in '$OWN'.split()] == '''$TEARDOWN victim'''.split() and \
list(d[0]['victim'][0]) == ['pid', 'ns-pid', 'comm']"
result $? "history: keys"
json "d[0]['status'] == 9 and d[0]['ungraceful'] == 1 and d[0]['victim'][0]['comm'] == 'bash' and \
d[0]['victims'] in (1, 2) and d[0]['first-stop']['signal'] == 15 and \
d[0]['kill']['comm'] == '$me' and \
0 < d[0]['time-lost'] <= d[0]['begin'] - d[0]['born']"
result $? "history: values"
run history
head -n 1 "$work/out" | grep -q '^WHEN  *ID  *CONTAINER  *INIT  *STOP  *LOST EXIT ' &&
	sed -n 2p "$work/out" |
	grep -qE "SIGTERM from $$ \($me\) +[0-9.]+ m?s killed by SIGKILL \(137\)"
result $? "history: table"
run history -n 1 -o PID --no-headings
[ "$(cat "$work/out")" = "$init" ]
result $? "history: the last one"
run history ns "pid:$init" no-headings columns PID
[ "$(cat "$work/out")" = "$init" ]
result $? "history: by init"
run history explain
sed -n 1p "$work/out" | grep -q "was told to stop by SIGTERM from $$ ($me), an \
ancestor, at .*; its init, sleep, dropped it (no handler); .* later it was killed by SIGKILL from \
$$ ($me), an ancestor: exit 137. 1 of its [12] other process.* had a SIGTERM handler \
that never ran: [0-9]* (bash). The teardown took .*\.\$"
result $? "history: the story of a slow stop"
sed -n 2p "$work/out" | grep -q "its init, sleep, was killed by SIGKILL from $$ ($me)"
result $? "history: the story of one that was not told to stop"

# Names that could upset a terminal or a parser.
ns "$PYTHON" -IS -c '
import ctypes, time
ctypes.CDLL(None).prctl(15, b"\x1b[31mevil\n\"\xff\xc3\xa9", 0, 0, 0)
time.sleep(1000)'
until_true grep -q evil "/proc/$init/comm"
kill -TERM "$init"
run -j ns show "pid:$init"
json "d['init-comm'] == '\\x1b[31mevil\\n\"\\ufffd\\xe9'"
result $? "a hostile name: JSON"
run ns show "pid:$init"
grep -q '(\\x1b\[31mevil\\x0a"�é)' "$work/out" && ! grep -q $'\e' "$work/out"
result $? "a hostile name: text"
run ns list
grep -q '\\x1b\[31mevil\\x0a"�é' "$work/out" && ! grep -q $'\e' "$work/out"
result $? "a hostile name: table"
end_ns

# Many at once, while others come and go.
setsid "$PYTHON" -IS -c '
import ctypes, os, signal, sys
libc = ctypes.CDLL(None)
out, init = os.pipe()
def born(how):
    if os.fork() == 0:
        libc.unshare(0x20000000)
        pid = os.fork()
        if pid == 0:
            os.write(init, b".")
            signal.pause() if how else os._exit(0)
        os.waitpid(pid, 0)
        os._exit(0)
    os.read(out, 1)
for _ in range(200):
    born(True)
open(sys.argv[1], "w")
while True:
    born(False)
    os.wait()' "$work/many" &
many=$!
disown
until_true test -e "$work/many"
run -j ns list
[ $status = 0 ] && json "len([n for n in d if n['state'] == 'running']) >= 201 and \
[n['id'] for n in d] == sorted({n['id'] for n in d})" &&
	! grep -qv 'warning: the list changed while it was read' "$work/err"
result $? "many namespaces, while others come and go"
kill -KILL -- "-$many"

finish
