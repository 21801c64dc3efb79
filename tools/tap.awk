# SPDX-License-Identifier: GPL-2.0
#
# Read the KTAP output of one test program and print "passed failed skipped".
#
#   awk -f tools/tap.awk -v name=NAME -v status=EXIT_STATUS LOG
#
# Only leaves count: a result line that follows a deeper one sums up what is
# above it. What failed goes to stderr by name. A program that fails without
# saying so, or stops before its plan is fulfilled, has one failure more.

function complain(what)
{
	print "  FAIL " name ": " what > "/dev/stderr"
	failed++
}

BEGIN { depth = -1; passed = failed = skipped = top = 0; plan = -1 }

# A plan of the outermost level.
/^1\.\.[0-9]+/ {
	plan = substr($0, 4) + 0
	if (plan == 0)
		skipped++
}

/^ *(not )?ok [0-9]+/ {
	match($0, /^ */)
	indent = RLENGTH
	parent = depth > indent
	depth = indent
	if (indent == 0)
		top++
	line = substr($0, indent + 1)
	if (line ~ /# *SKIP/) {
		if (!parent)
			skipped++
	} else if (line ~ /^ok/) {
		if (!parent)
			passed++
	} else if (!parent || failed == known) {
		complain(line)
	}
	# A parent with a failed child adds no failure of its own.
	if (parent)
		known = failed
}

END {
	if (plan > 0 && top < plan)
		complain("stopped after " top " of " plan)
	if (plan < 0 && top == 0 && status == 4)
		skipped++
	else if (status != 0 && failed == 0 && !(status == 4 && skipped))
		complain(status == "" ? "died" : "exit status " status)
	else if (passed + failed + skipped == 0)
		complain("no TAP output")
	print passed, failed, skipped
}
