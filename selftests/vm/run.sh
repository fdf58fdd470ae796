#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot a guest, run one job in it, and exit as the job did.
#
# usage: run.sh command COMMAND    with the host's root, read-only, under an overlay
#        run.sh small SCRIPT       in the small initramfs; SCRIPT is a file
#        run.sh host SCRIPT        the same with the host's root
#        run.sh shell              an interactive shell, with the host's root
#
# environment: KERNEL (6.1), LOAD (1: module loaded), MODPARAMS, TIMEOUT in
# seconds (300), MEM in MiB (2048), SMP (2), NAME of the log in build/vm/ or LOG
# (a file), ADD (a directory to be found as /run/pidns/add), APPEND (kernel
# command line), ICOUNT (1: the time stamp counter counts instructions; SMP=1),
# THREADS (multi: a processor of this machine for each of the guest, or single)
#
# Standard output is the job's output.  Exit status: the job's; 125 when the
# harness failed, or the guest's kernel complained.
# shellcheck disable=SC2054 # the commas are QEMU's
set -euo pipefail

ME=vm
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../scripts/lib.sh"
VM=$TOP/selftests/vm

KERNEL=${KERNEL:-6.1}
LOAD=${LOAD:-1}
TIMEOUT=${TIMEOUT:-300}
QEMU=${QEMU:-qemu-system-x86_64}
# A kernel that checks itself takes its time over it.
slow=1
[ "${KERNEL#*-}" = "$KERNEL" ] || { slow=4 MEM=${MEM:-3072}; }
TIMEOUT=$((TIMEOUT * slow))

fail()
{
	say "$*"
	exit 125
}

usage()
{
	sed -n '/^# usage/,/^# environment/{/^# environment/!s/^# \?//p}' "$0" >&2
	exit 125
}

mode=${1-}
case $mode:$# in
command:2 | small:2 | host:2 | shell:1) ;;
*) usage ;;
esac

command -v "$QEMU" >/dev/null || fail "there is no $QEMU: run 'make deps'"

# Guests that run at the same time have logs of their own.
mkdir -p "$BUILD/vm"
name=${NAME:=$mode-$KERNEL}
n=1
while exec 7>"$BUILD/vm/.$name.lock" && ! flock -n 7; do
	name=$NAME-$((++n))
done
log=${LOG:-$BUILD/vm/$name.log}
run=$(mktemp -d "$BUILD/vm/.$name.XXXXXX")
guest=""
trap 'rm -rf "$run"' EXIT
trap '[ -z "$guest" ] || kill "$guest" 2>/dev/null; exit 125' HUP INT TERM

# Module, tool and whatever the job brings: as they are now.

"$TOP/scripts/kernel" fetch "$KERNEL" || fail "kernel $KERNEL is not to be had"
files=$run/files/pidns
mkdir -p "$files/bin"
ko=$BUILD/$KERNEL/kmod/pidns_probe.ko
if [ -e "$ko" ]; then
	flock "$BUILD/$KERNEL/.lock" cp "$ko" "$files/"
elif [ "$LOAD" != 0 ]; then
	fail "there is no $ko: run 'make module KERNEL=$KERNEL'"
fi
[ ! -x "$TOP/tool/pidnsctl" ] || cp "$TOP/tool/pidnsctl" "$files/bin/"
[ -z "${ADD-}" ] || cp -a "$ADD" "$files/add"
cp "$VM/init2" "$files/"

[ "$mode" != shell ] || TIMEOUT=0

root=host sh=/bin/bash
case $mode in
command) printf '%s\n' "$2" > "$files/job" ;;
shell) ;;
small) root=small; cp "$2" "$files/job" ;;
host) cp "$2" "$files/job" ;;
esac
keep_tmp=0
case $TOP/:$CACHE/ in
/tmp/* | *:/tmp/*) keep_tmp=1 ;;
esac
read -r rows cols < <(stty size 2>/dev/null || echo 24 80)
[ "$rows" != 0 ] || rows=24 cols=80
{
	printf '%s=%q\n' GUEST_ROOT "$root" GUEST_SH "$sh" GUEST_LOAD "$LOAD" \
		GUEST_MODPARAMS "${MODPARAMS-}" GUEST_KEEP_TMP "$keep_tmp" \
		GUEST_MODULES "$("$TOP/scripts/kernel" path "$KERNEL" modules)" \
		GUEST_SHELL "$([ "$mode" = shell ] && echo 1 || echo 0)" \
		GUEST_ROWS "$rows" GUEST_COLS "$cols"
	if [ "$root" = host ]; then
		printf 'GUEST_CWD=%q\n' "$PWD"
	else
		echo 'GUEST_CWD=/tmp'
	fi
	printf 'export %s=%q\n' PIDNS_KO /run/pidns/pidns_probe.ko \
		PIDNS_KERNEL "$KERNEL" PIDNS_SLOW "$slow"
} > "$files/env"

base=$BUILD/vm/base-$KERNEL.cpio
(
	flock 9
	for file in init mkinitramfs guest-modules guest-programs; do
		[ "$VM/$file" -ot "$base" ] || exec "$VM/mkinitramfs" base "$KERNEL" "$base"
	done
) 9>"$base.lock" || fail "could not make the initramfs"
cp "$base" "$run/initrd"
"$VM/mkinitramfs" add "$run/files" "$run/initrd"

append="console=ttyS0 loglevel=7 panic=-1 oops=panic no_timer_check"
append+=" tsc=unstable nokaslr log_buf_len=4M"
append+=" rcupdate.rcu_cpu_stall_timeout=60 ${APPEND-}"
arguments=(
	-machine q35
	-smp "${SMP:-2}" -m "${MEM:-2048}"
	-nodefaults -no-user-config -display none -no-reboot -monitor none
	-kernel "$("$TOP/scripts/kernel" path "$KERNEL" vmlinuz)"
	-initrd "$run/initrd" -append "$append"
	-serial "file:$log"
	-device virtio-serial-pci
	-chardev "file,id=status,path=$run/status"
	-device virtserialport,nr=2,chardev=status
)
# Without ERMS a copy of a page is not counted as thousands of instructions.
if [ "${ICOUNT:-0}" = 1 ]; then
	arguments+=(-accel tcg,thread=single -icount shift=0,sleep=off
		-cpu max,-erms,-fsrm)
else
	arguments+=(-accel "tcg,thread=${THREADS:-multi},tb-size=512" -cpu max)
fi
[ "$root" = small ] || arguments+=(
	-fsdev local,id=host,path=/,security_model=none,readonly=on,multidevs=remap
	-device virtio-9p-pci,fsdev=host,mount_tag=host
)
if [ "$mode" = shell ]; then
	arguments+=(-chardev stdio,id=shell,signal=off -device virtconsole,chardev=shell)
	say "the guest's kernel log is in ${log#"$TOP/"}; leave the shell to end it"
	exec 9>&1
else
	# Held open here, so that the reader ends even if QEMU never opens it.
	mkfifo "$run/output"
	cat "$run/output" &
	reader=$!
	exec 9>"$run/output"
	arguments+=(
		-chardev "file,id=output,path=$run/output"
		-device virtserialport,nr=1,chardev=output
	)
	exec 0</dev/null 1>"$run/qemu"
fi

: > "$log"
status=0
timeout --foreground -k 5 "$TIMEOUT" "$QEMU" "${arguments[@]}" \
	<&0 2>>"$run/qemu" &
guest=$!
wait "$guest" || status=$?
guest=""
exec 9>&-
[ "$mode" = shell ] || wait "$reader" || :

splats=0
"$VM/splats" "$log" >&2 || splats=1
case $status in
0) ;;
124 | 137) fail "the guest did not finish in $TIMEOUT s (TIMEOUT= sets this);" \
	"its log: ${log#"$TOP/"}" ;;
*) cat "$run/qemu" >&2; fail "qemu ended with status $status" ;;
esac
read -r how status < "$run/status" || how=died
case $how in
exit) ;;
failed) fail "$status" ;;
*)
	[ $splats = 1 ] || tail -n 30 "$log" >&2
	fail "the guest died before the job ended; its log: ${log#"$TOP/"}"
	;;
esac
[ $splats = 0 ] || fail "the guest's kernel complained; its log: ${log#"$TOP/"}"
exit "$status"
