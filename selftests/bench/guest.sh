#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The guest's half of bench.sh: runs the benchmark without the module and with
# it in several ways, and prints "WAY OPERATION MIN MEDIAN MAX" lines.

run()
{
	way=$1
	/run/pidns/add/bench | sed "s/^/$way /"
}

# Whatever is done for the first time costs more.
/run/pidns/add/bench > /dev/null
run none
for way in kprobe tracepoint; do
	insmod "$PIDNS_KO" signal_hook=$way || exit 1
	run $way
	rmmod pidns_probe
done
insmod "$PIDNS_KO" || exit 1
/run/pidns/bin/pidnsctl -j monitor > /dev/null &
while ! grep -q pidnsctl /proc/$!/comm; do sleep 0.1; done
sleep 1
run listener
kill $!
wait
