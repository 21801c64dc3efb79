#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# dreamctl record and tune, in virtual time: what is recorded while a scenario runs is
# all that it has reported, a replay of the present setting is what was recorded, to
# 1 % of the frames, and what is recommended is what is applied.

set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
out=$top/build/out/record
ctl=$top/build/user/bin/dreamctl

cd "$top" || exit 1
make -s user modules >&2 || exit 1
rm -rf "$out"
mkdir -p "$out"

number=0 failed=0
# ok TEXT COMMAND...
ok()
{
	text=$1
	shift
	number=$((number + 1))
	if "$@" >&2; then
		echo "ok $number $text"
	else
		echo "not ok $number $text"
		failed=1
	fi
}

guest()
{
	tools/vm/run --virtual --tools --file scenarios \
		--file selftests/host/record.guest --out "$out" \
		--log "$out/kernel.log" 'sh record.guest'
}

# As many frames ended in each way as the run has reported. Frames that it drops by
# itself never reach the scheduler.
complete()
{
	python3 - "$out/$1.json" "$out/$1.run.json" <<'EOF'
import json, sys
recording, run = (json.load(open(name)) for name in sys.argv[1:])
ends = [f.get("end") for q in recording["queues"] for f in q["frames"]]
for end in "met", "missed":
    reported = sum(stream[end] for stream in run["streams"])
    if ends.count(end) != reported:
        sys.exit(f"{end}: {ends.count(end)} recorded, {reported} reported")
EOF
}

reproduced()
{
	$ctl -j tune "$out/$1.json" --policy dream --param alpha=1 \
		--param beta=1 --param drop=1 --param supernet=1 >"$out/tuned" &&
		python3 - "$out/tuned" <<'EOF'
import json, sys
report = json.load(open(sys.argv[1]))
print(report["recorded"], report["differing"])
sys.exit(not (report["reproduced"] and report["frames"] and
              report["differing"] <= report["frames"] / 100))
EOF
}

# The schema in the eyes of another validator, if there is one.
follows_schema()
{
	python3 - "$out/$1.json" Documentation/recording.schema.json <<'EOF'
import json, sys
try:
    import jsonschema
except ImportError:
    sys.exit(0)
recording, schema = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.validate(recording, schema)
EOF
}

# The guest has applied what is recommended here, too.
applied()
{
	cat "$out/applied"
	$ctl -j tune "$out/ar_social.json" --policy edf,lbe --param alpha=1 \
		--param beta=1 >"$out/tuned" &&
		python3 - "$out/tuned" "$out/policy.json" "$out/param.json" <<'EOF'
import json, sys
report, policies, params = (json.load(open(name)) for name in sys.argv[1:])
best = report["recommended"]
now = {param["name"]: param["value"] for param in params}
sys.exit([p["name"] for p in policies if p["active"]] != [best["policy"]] or
         any(now[name] != value for name, value in best["params"].items()))
EOF
}

echo 'TAP version 13'
echo '1..17'
ok 'recorded, tuned, applied in the guest' guest
for scenario in vr_gaming ar_call drone_outdoor drone_indoor ar_social; do
	ok "$scenario: nothing is missing" complete $scenario
	ok "$scenario: follows the schema" follows_schema $scenario
	ok "$scenario: is reproduced" reproduced $scenario
done
ok 'what was recommended is in force' applied
exit $failed
