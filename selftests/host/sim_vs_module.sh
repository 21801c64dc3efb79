#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The simulator against the module: the same scenario and seed, in a guest in
# virtual time and simulated, must come to the same number of frames met, missed
# and dropped, model by model, within 1 % of the scenario's frames.
#
# A scenario in overload is chaotic: a decision that comes 10 us later can turn
# two jobs round, and from there on nothing is the same. Three things make the two
# comparable. Time is stretched 400 times, period and layers, so that what the
# kernel's own work takes is small beside them. Streams get different phases, for
# frames that arrive at the same instant are submitted one after the other. And the
# simulator is told the time from a decision to the begin of a layer, which is about
# 10 us in virtual time; the best of a few values counts.

set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
out=$top/build/out/sim_vs_module
policies=fifo,edf,dream,lbe,terastal
stretch=400
scenarios="vr_gaming ar_social"

cd "$top" || exit 1
make -s user modules >&2 || exit 1
rm -rf "$out"
mkdir -p "$out"
cp -r scenarios "$out/stretched"

/usr/bin/python3 tools/experiments/stretch.py "$out/stretched" $stretch || exit 1

options="--policy $policies --load $((stretch * 3 / 2)) --duration $((stretch * 2))"
options="$options --slow-motion 1"
command=
for scenario in $scenarios; do
	command="$command dreamctl -j run stretched/$scenario.json $options"
	command="$command >/out/$scenario.json || exit 1;"
done
tools/vm/run --virtual --tools --out "$out" --file "$out/stretched" \
	--log "$out/kernel.log" "$command" >"$out/guest.log" 2>&1
status=$?
if [ $status -ne 0 ]; then
	cat "$out/guest.log" >&2
	echo "1..0 # the guest failed with status $status"
	exit 1
fi

for scenario in $scenarios; do
	for overhead in 0 5000 8000 10000 12000 15000; do
		# shellcheck disable=SC2086 # several words
		build/user/bin/dreamsim -j $options \
			--param overhead=$overhead \
			"$out/stretched/$scenario.json" \
			>"$out/$scenario-$overhead.json" || exit 1
	done
done

# shellcheck disable=SC2086 # several words
exec /usr/bin/python3 - "$out" $scenarios <<'END'
import glob, json, sys

ENDS = ("met", "missed", "dropped")
tests = []

def load(name):
    with open(name) as file:
        return json.load(file)

def distance(module, sim):
    """Largest difference of a count of a model."""
    return max(abs(a[end] - b[end]) for end in ENDS
               for a, b in zip(module["models"], sim["models"]))

for scenario in sys.argv[2:]:
    sims = {name: load(name)
            for name in glob.glob(f"{sys.argv[1]}/{scenario}-*.json")}
    for n, module in enumerate(load(f"{sys.argv[1]}/{scenario}.json")):
        best = min(sims.values(), key=lambda sim: distance(module, sim[n]))
        far = distance(module, best[n])
        tests.append((far <= 0.01 * module["frames"] and
                      module["frames"] == best[n]["frames"] and
                      not module["jobs_wrong"],
                      f"{scenario} under {module['policy']}: {far} of "
                      f"{module['frames']} frames apart, violated "
                      f"{module['violated']} and {best[n]['violated']}"))

print("TAP version 13")
print(f"1..{len(tests)}")
for n, (good, text) in enumerate(tests, 1):
    print(f"{'ok' if good else 'not ok'} {n} {text}")
sys.exit(not all(good for good, _ in tests))
END
