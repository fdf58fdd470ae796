#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool where there is no module: what it says to every wrong command line,
# its help, what it needs no kernel for, and that it can always say no.
#
# Run by `make -C tool check'.  PIDNSCTL and UNIT are the programs to test; both
# are built with AddressSanitizer unless something else is given.

DIR=$(dirname "$(readlink -f "$0")")
TOOL=$DIR/../tool
SPEC=$DIR/../Documentation/netlink/specs/pidns_probe.yaml
PIDNSCTL=${PIDNSCTL:-$TOOL/pidnsctl-san}
UNIT=${UNIT:-$TOOL/unit-san}

# shellcheck source=selftests/tool_lib.sh
. "$DIR/tool_lib.sh"
trap 'rm -rf "$work"' EXIT

usage()
{
	refused 2 "$@"
}

# hint WORDS ARG...: where help is
hint()
{
	local words=$1

	shift
	run "$@"
	[ "$(tail -n 1 "$work/err")" = "Try 'pidnsctl$words help'." ]
	result $? "hint: pidnsctl $*"
}

# help PATTERN ARG...: on standard output, with status 0
help()
{
	local pattern=$1

	shift
	run "$@"
	[ "$status" = 0 ] && [ ! -s "$work/err" ] && grep -q -e "$pattern" "$work/out" &&
		grep -q '^  -h, --help ' "$work/out" && ! grep -q '.\{100\}' "$work/out"
	result $? "help: pidnsctl $*"
}

if ! [ -x "$PIDNSCTL" ]; then
	echo "1..0 # SKIP there is no $PIDNSCTL"
	exit 4
fi
echo "TAP version 13"

# What the table of commands does not know.
usage "there is no object 'nosuch'" nosuch
usage "there is no object 'n'" n
usage "there is no object 'stat'" stat
usage "there is no object ''" ''
usage "there is no command 'nosuch' of ns" ns nosuch
usage "there is no command 'li' of ns" ns li
usage "there is no command 'nosuch'" help nosuch
usage "there is no command 'nosuch'" help ns nosuch
usage "'nosuch' is not understood here" status nosuch
usage "'nosuch' is not understood here" ns list nosuch
usage "'web' is not understood here" ns show 1 web
usage "'con' is not understood here" monitor con web
usage "'3' is not understood here" history 3

# Options.
usage "there is no option '-x'" -x
usage "there is no option '-x'" ns list -x
usage "there is no option '--nosuch'" --nosuch
usage "there is no option '--nosuch'" -N --nosuch
usage "there is no option '--nosuch'" ns list --tree --nosuch -j
usage "there is no option '--js'" --js
usage "there is no option '--col'" ns list --col ID
usage "there is no option '--col'" ns list --col=ID
usage "the option '--tree' takes no value" ns list --tree=yes
usage "the option '--columns' needs a value" ns list --columns
usage "the option '-o' needs a value" ns list -o
usage "the option '-n' needs a value" history -n
usage "'columns' needs a value: LIST" ns list columns
usage "'ns' needs a value: NS" monitor ns
usage "'columns' is given twice" ns list columns ID -o ID
usage "'container' is given twice" monitor container a container b
usage "NS is missing" ns show

# Values.
usage "there is no column 'NOSUCH'" ns list -o NOSUCH
usage "there is no column ''" ns list -o ID,
usage "there is no column ''" history -o ''
usage "there is no column 'ZOMBIES'" history -o +ZOMBIES
usage "there is no signal 'NOSUCH'" monitor signal NOSUCH
usage "there is no signal '0'" monitor signal TERM,0
usage "there is no signal '65'" monitor signal 65
usage "there is no signal 'RTMIN+31'" monitor signal RTMIN+31
usage "there is no event 'nosuch'" monitor event drop,nosuch
usage "there is no event ''" monitor event ''
usage "'count 0': not a number from 1 to 4294967295" monitor count 0
usage "'count x': not a number from 1 to 4294967295" monitor count x
usage "'count -1': not a number from 1 to 4294967295" monitor count -1
usage "'timeout 1.5': not a number from 1 to 4294967295" monitor timeout 1.5
usage "'timeout 99999999999999999999': not a number from 1 to 4294967295" \
	monitor timeout 99999999999999999999
usage "'buffer 0': not a number from 1 to 1048576" monitor buffer 0
usage "'last -3': not a number from 0 to 4294967295" history last -3
usage "the name of a namespace is empty" ns show ''
usage "the name of a namespace is empty" history ns ''
usage "'0' is no process id" ns show pid:0
usage "'' is no process id" ns show pid:
usage "'1x' is no process id" history ns pid:1x
usage "'2147483648' is no process id" monitor ns pid:2147483648

hint "" nosuch
hint " ns" ns nosuch
hint " ns list" ns list nosuch
hint " monitor" monitor signal NOSUCH

run
[ $status = 2 ] && [ ! -s "$work/out" ] && grep -q '^Usage: pidnsctl' "$work/err"
result $? "2: pidnsctl without an object prints its usage"
run -j
[ $status = 2 ] && [ "$(cat "$work/out")" = '{"error":"no object is given"}' ]
result $? "2: pidnsctl -j without an object"

# Help.
for way in help -h --help; do
	help '^Objects:' $way
	help '^Commands:' ns $way
	help '^  -t, tree ' ns list $way
	help ' NS$' ns show $way
	help '^  -q, quick ' status $way
	help '^  -s, signal LIST ' monitor $way
	help '^  -v, explain ' history $way
done
help '^  -t, tree ' help ns list
help '^  -t, tree ' ns help list
help '^  -t, tree ' ns list tree -h
help '^Usage: pidnsctl .* monitor' -j monitor help

run -V
[ $status = 0 ] && [ "$(cat "$work/out")" = "pidnsctl $(cat "$TOOL/../VERSION")" ]
result $? "version"
run -j --version
[ $status = 0 ] && [ "$(cat "$work/out")" = "{\"version\":\"$(cat "$TOOL/../VERSION")\"}" ]
result $? "version in JSON"

# Output that cannot be written.
"$PIDNSCTL" help > /dev/full 2> "$work/err"
[ $? = 1 ] && [ "$(cat "$work/err")" = \
	"pidnsctl: cannot write the output: No space left on device" ]
result $? "1: full device"
"$PIDNSCTL" help >&- 2> "$work/err"
[ $? = 1 ] && [ "$(cat "$work/err")" = \
	"pidnsctl: cannot write the output: Bad file descriptor" ]
result $? "1: closed standard output"
"$PIDNSCTL" nosuch 2>&-
result $(($? != 2)) "2: closed standard error"
mkfifo "$work/fifo"
: < "$work/fifo" &
exec 3> "$work/fifo"
wait
"$PIDNSCTL" help >&3 2> "$work/err"
[ $? = 1 ] && [ ! -s "$work/err" ]
result $? "1: closed pipe, without a word"
exec 3>&-

# No module.
commands=(status "status quick" ns "ns list" "ns show 1" "ns show web" "monitor timeout 1"
	  "monitor ns 1" history "history ns 1")
if [ -e /sys/module/pidns_probe ]; then
	skip "without the module" "it is loaded"
else
	sentence="the kernel module pidns_probe is not loaded: run 'modprobe pidns_probe', or "
	sentence+="'insmod pidns_probe.ko' where it was built"
	for command in "${commands[@]}"; do
		# shellcheck disable=SC2086 # a command is words
		refused 1 "$sentence" $command
	done
fi

# Signals, containers, durations, stories, extended acknowledgements.
if [ -x "$UNIT" ]; then
	"$UNIT" > "$work/out" 2> "$work/err"
	status=$?
	grep -E -A 1 '^not ok' "$work/out" > "$work/bad"
	mv "$work/bad" "$work/out"
	result $status "unit tests"
	# Attribute sets and enumerations, as the specification has them.
	"$UNIT" schema > "$work/schema"
	python3 - "$SPEC" > "$work/spec" 2> "$work/err" <<'END'
import sys
try:
    import yaml
except ImportError:
    sys.exit(4)
spec = yaml.safe_load(open(sys.argv[1]))
enums = {d["name"]: [e["name"] if isinstance(e, dict) else e for e in d["entries"]]
         for d in spec["definitions"] if d["type"] == "enum"}
for s in spec["attribute-sets"]:
    for number, a in enumerate(s["attributes"], 1):
        if a["type"] == "pad":
            continue
        line = [s["name"], str(number), a["name"], a["type"]]
        if a.get("multi-attr"):
            line.append("multi")
        if "nested-attributes" in a:
            line.append(a["nested-attributes"])
        line += enums.get(a.get("enum"), [])
        print(*line)
END
	case $? in
	0)
		sort "$work/schema" > "$work/a"
		sort "$work/spec" > "$work/b"
		diff "$work/a" "$work/b" > "$work/out"
		result $? "attributes agree with the specification"
		;;
	*) skip "attributes agree with the specification" "no python3 with yaml" ;;
	esac
else
	skip "unit tests" "there is no $UNIT"
fi

# Completion: words and columns come from the help.
: > "$work/err"
(
	# shellcheck source=tool/completion/pidnsctl
	. "$TOOL/completion/pidnsctl"
	complete_for()
	{
		COMP_WORDS=("$PIDNSCTL" "$@")
		COMP_CWORD=$#
		COMPREPLY=()
		_pidnsctl "$PIDNSCTL"
		echo "${COMPREPLY[*]}"
	}
	complete_for ''
	complete_for ns ''
	complete_for ns list t
	complete_for ns list -o ID,ZO
	complete_for -j monitor signal HUP,SIGTER
	complete_for history --ex
) > "$work/out" 2> "$work/err"
[ ! -s "$work/err" ] && diff - "$work/out" > /dev/null <<'END'
status ns monitor history help
list show help
tree
ID,ZOMBIES
HUP,SIGTERM
--explain
END
result $? "completion"

finish
