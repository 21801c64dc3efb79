#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of the experiments that runs on the real module, in a guest in virtual
# time, beside the same in the simulator.
#
#   module.sh DIRECTORY	writes module.csv there
#
# All scenarios on the platforms that they name, at two loads, under the policies
# below with the mechanisms that the scenarios name, seed 1, 2 s. Time is stretched
# (stretch.py), and the simulator is told what a decision takes in virtual time.

set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
out=$(realpath -m "$1")
policies=fifo,edf,dream,dream-reserve,terastal,lbe
loads="1 2"
stretch=300
# From a decision to the begin of a layer, in the guest: about 10 us; from an arrival
# to the decision up to 0.3 ms. What the simulator makes of less and more says how much
# depends on it.
overhead=10000
others="5000 20000 50000 100000"

cd "$top"
rm -rf "$out/module"
mkdir -p "$out/module"
cp -r scenarios "$out/module/stretched"
/usr/bin/python3 tools/experiments/stretch.py "$out/module/stretched" $stretch

options()
{
	echo --policy $policies --load $(($1 * stretch)) \
		--duration $((2 * stretch)) --slow-motion 1
}

command=
for file in scenarios/*.json; do
	scenario=$(basename "$file" .json)
	for load in $loads; do
		command+="dreamctl -j run stretched/$scenario.json $(options "$load")"
		command+=" >/out/$scenario-$load.module.json || exit 1;"
		for ns in $overhead $others; do
			# shellcheck disable=SC2046 # several words
			build/user/bin/dreamsim -j $(options "$load") \
				--param overhead="$ns" \
				"$out/module/stretched/$scenario.json" \
				>"$out/module/$scenario-$load.$ns.json"
		done
	done
done

echo "the real module, in virtual time" >&2
if ! tools/vm/run --virtual --tools --timeout 3000 --out "$out/module/guest" \
	--file "$out/module/stretched" --log "$out/module/kernel.log" \
	"$command" >"$out/module/guest.log" 2>&1; then
	cat "$out/module/guest.log" >&2
	exit 1
fi
mv "$out"/module/guest/*.json "$out/module"

exec /usr/bin/python3 - "$out" $overhead <<'END'
import csv
import glob
import json
import sys

ENDS = ("met", "missed", "dropped")
out, overhead = sys.argv[1:]


def load(name):
    with open(name, encoding="utf-8") as file:
        return json.load(file)


rows = []
for name in sorted(glob.glob(f"{out}/module/*.module.json")):
    stem = name.removesuffix(".module.json")
    sims = {path.split(".")[-2]: load(path)
            for path in glob.glob(f"{stem}.[0-9]*.json")}
    for n, module in enumerate(load(name)):
        sim = sims[overhead][n]
        if module["policy"] != sim["policy"] or \
           [m["model"] for m in module["models"]] != \
           [m["model"] for m in sim["models"]]:
            sys.exit(f"{name}, {module['policy']}: another run")
        if module["jobs_wrong"] or module["frames"] != sim["frames"]:
            sys.exit(f"{name}, {module['policy']}: wrong output or frames")
        violated = [s[n]["violated"] for s in sims.values()]
        apart = max(abs(a[end] - b[end]) for end in ENDS
                    for a, b in zip(module["models"], sim["models"]))
        rows.append([module["scenario"], module["platform"],
                     stem.split("-")[-1], module["policy"],
                     module["frames"], module["violated"], sim["violated"],
                     min(violated), max(violated),
                     module["dropped"], sim["dropped"], apart,
                     module["uxcost"], sim["uxcost"]])

with open(f"{out}/module.csv", "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["scenario", "platform", "load", "policy", "frames",
                     "violated", "violated_sim", "violated_least",
                     "violated_most", "dropped", "dropped_sim",
                     "apart", "uxcost", "uxcost_sim"])
    writer.writerows(rows)
END
