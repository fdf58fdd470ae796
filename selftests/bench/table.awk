# SPDX-License-Identifier: GPL-2.0
#
# usage: awk -f table.awk LIMITS RESULT
#
# Turns "WAY OPERATION MIN MEDIAN MAX" into a table of what each way adds to
# each operation, and holds it against lines "WAY OPERATION LIMIT".

FNR == NR {
	if ($0 !~ /^(#|$)/)
		limit[$1, $2] = $3
	next
}

{
	if (!($1 in ways)) {
		ways[$1]
		way[++nways] = $1
	}
	if (!($2 in operations)) {
		operations[$2]
		operation[++noperations] = $2
	}
	median[$1, $2] = $4
}

END {
	printf "%-18s %10s", "instructions", "alone"
	for (w = 2; w <= nways; w++)
		printf " %12s", "+" way[w]
	print ""
	for (o = 1; o <= noperations; o++) {
		printf "%-18s %10d", operation[o], median[way[1], operation[o]]
		for (w = 2; w <= nways; w++) {
			added = median[way[w], operation[o]] - median[way[1], operation[o]]
			over = (way[w], operation[o]) in limit &&
			       added > limit[way[w], operation[o]]
			bad += over
			printf " %11d%s", added, over ? "!" : " "
		}
		print ""
	}
	if (!noperations || bad) {
		print bad + 0 " over the limit" > "/dev/stderr"
		exit 1
	}
}
