# SPDX-License-Identifier: GPL-2.0
#
# Reads what run-tests prints, and says how each test ended.
#
# verbose=1: pass the TAP through, and say beside it only what is not in it; else
# say every result, and show the output of a test if something in it failed.  results=FILE gets a line for each result,
# ran=FILE the names of the tests that began.

function result(how, what, why)
{
	if (how == "FAIL")
		failed++
	count++
	line = sprintf("%-4s  %s  %s: %s%s", how, kernel, test, what,
		       why == "" ? "" : " (" why ")")
	if (!verbose)
		print line
	else if (!point)
		print "# " line
	print how "\t" kernel "\t" test "\t" what "\t" why > results
	fflush()
}

function ended(status,    i, all)
{
	if (status == 124 || status == 137)
		result("FAIL", "ends in time", "killed")
	else if (status == 4 && count == 0)
		result("skip", "all of it", "it gave no reason")
	else if (status != 0 && status != 4 && !failed)
		result("FAIL", "exits with 0", "status " status)
	if (plan != "" && points != plan && !failed)
		result("FAIL", "does what it planned", points " of " plan)
	if (count == 0)
		result("FAIL", "has results", "none")
	if (failed && !verbose) {
		# At once: the guest of another kernel may be printing too.
		all = ""
		for (i = 1; i <= lines; i++)
			all = all "  | " output[i] "\n"
		printf "%s", all
		fflush()
	}
	test = ""
}

/^# test [^ ]+ begins$/ {
	test = $3
	plan = ""
	points = failed = count = lines = 0
	print test > ran
	fflush()
	next
}

test == "" {
	if ($0 != "")
		print
	next
}

/^# test [^ ]+ ends with / && $3 == test {
	ended($6)
	next
}

{
	output[++lines] = $0
	if (verbose)
		print
}

/^1\.\.[0-9]+/ {
	plan = substr($1, 4)
	if (match($0, /# *SKIP */))
		result("skip", "all of it", substr($0, RSTART + RLENGTH))
}

/^(not )?ok [0-9]+/ {
	points++
	point = 1
	how = /^not/ ? "FAIL" : "ok"
	what = $0
	sub(/^(not )?ok [0-9]+ *(- )?/, "", what)
	why = ""
	if (match(what, / *# *(SKIP|XFAIL|TODO)[: ]*/)) {
		if (substr(what, RSTART, RLENGTH) ~ /SKIP/)
			how = "skip"
		else
			how = "ok"
		why = substr(what, RSTART + RLENGTH)
		what = substr(what, 1, RSTART - 1)
		if (how == "skip" && why == "")
			why = "it gave no reason"
	}
	result(how, what, why)
	point = 0
}

/^Bail out!/ {
	why = $0
	sub(/^Bail out! */, "", why)
	result("FAIL", "goes on to its end", why)
}

END {
	if (test != "") {
		result("FAIL", "ends", "the guest ended first")
		ended(0)
	}
}
