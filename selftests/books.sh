# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What scripts ask of the module's books, and of what is left when it is gone.
# DIR is where the tests are.

# within SECONDS COMMAND...: try it until it succeeds, but no longer than that.
within()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

# The counters of the module, by name.
declare -A book

read_books()
{
	local name value

	book=()
	while read -r name value; do
		book[$name]=$value
	done < <("$DIR/fire" status 2>/dev/null)
	[ ${#book[@]} -gt 0 ]
}

print_books()
{
	local name

	for name in "${!book[@]}"; do
		ktap_print_msg "$name: ${book[$name]}"
	done
}

# Every namespace but the first has died, and every teardown has ended.
books_balance()
{
	read_books && [ "${book[namespaces]}" = 1 ] &&
		[ "${book[born]}" = $((book[died] + 1)) ] &&
		[ "${book[tearing-down]}" = 0 ] &&
		[ "${book[unended]}" = 0 ] && [ "${book[no-record]}" = 0 ]
}

unused()
{
	[ "$(cat /sys/module/pidns_probe/refcnt)" = 0 ]
}

unload()
{
	rmmod pidns_probe 2>/dev/null && [ ! -d /sys/module/pidns_probe ]
}

# A cache with something in it cannot be destroyed.
no_cache()
{
	! grep -q pidns /proc/slabinfo
}

mark_log()
{
	echo "pidns_probe: mark $$" > /dev/kmsg
}

log_is_clean()
{
	! dmesg | sed "1,/pidns_probe: mark $$\$/d" |
		grep -E 'WARNING:|BUG[ :]|Oops|Call Trace|Objects remaining|refcount_t|stall'
}
