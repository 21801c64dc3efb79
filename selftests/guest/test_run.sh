#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# dreamctl run: every frame is counted once and every output is right, whatever
# the scenario does, and the system is left as it was. Times are not looked at:
# this clock is real.

dir=/tmp/run
npus=/sys/kernel/config/dream_vnpu
n=0 failed=0

# ok NAME CONDITION...
ok()
{
	name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n $name"
	else
		echo "not ok $n $name"
		sed 's/^/# /' $dir/out $dir/err
		failed=1
	fi
}

# run STATUS ARGUMENT...: the report is in $dir/out, complaints are in $dir/err.
run()
{
	want=$1
	shift
	dreamctl run "$@" >$dir/out 2>$dir/err
	status=$?
	[ $status -eq "$want" ] || echo "# exit status $status instead of $want"
	[ $status -eq "$want" ]
}

# Columns by their titles: frames are what became of them, and there are some.
adds_up()
{
	awk '$1 == "MODEL" || $1 == "STREAM" {
		for (i = 1; i <= NF; i++)
			at[$i] = i
		table = 1
		next
	}
	NF == 0 { table = 0 }
	table {
		frames += $at["FRAMES"]
		wrong += $at["FRAMES"] != $at["MET"] + $at["MISSED"] +
			 $at["DROPPED"] + $at["CANCELLED"] + $at["FAILED"]
	}
	END { exit !(frames && !wrong) }' $dir/out
}

# column TITLE: its sum over the models of the first run.
column()
{
	awk -v title="$1" '
	$1 == "MODEL" {
		for (i = 1; i <= NF; i++)
			if ($i == title)
				at = i
		table = 1
		next
	}
	NF == 0 && table { exit }
	table { sum += $at }
	END { print sum + 0 }' $dir/out
}

runs()
{
	run 0 "$@" && adds_up && grep -q 'compared, 0 wrong$' $dir/out
}

says()
{
	grep -q "$1" $dir/err
}

# No device, no model, no recording is left; the policy is the former one.
left_alone()
{
	[ "$(find $npus -mindepth 1 -type d | wc -l)" -eq 0 ] &&
		[ "$(dreamctl accel show | wc -l)" -eq 1 ] &&
		[ "$(dreamctl model show | wc -l)" -eq 1 ] &&
		[ -z "$(ls /sys/kernel/tracing/instances)" ] &&
		[ "$(dreamctl policy show)" = "$policies" ] &&
		[ "$(dreamctl param show)" = "$params" ]
}

# Start a run in the background and come back at its first line of progress.
start()
{
	mkfifo $dir/progress
	dreamctl run "$@" >$dir/out 2>$dir/progress &
	pid=$!
	exec 3<$dir/progress
	read -r line <&3
	echo "$line" >$dir/err
}

finish()
{
	cat <&3 >>$dir/err
	exec 3<&-
	rm $dir/progress
	wait $pid
}

mkdir -p $dir
policies=$(dreamctl policy show)
params=$(dreamctl param show)

# A cascade of three levels with two children, gates, an exit, variants, on a
# device of each kind of cost.
layer='{"costs":{"ws-64":{"cycles":300000,"energy_nj":50},
		 "rs-64":{"cycles":500000,"energy_nj":20}}}'
cat >$dir/cascade.json <<END
{ "name": "cascade",
  "platform": { "name": "two", "npus": [
	{ "name": "n0", "dataflow": "ws", "pes": 64, "jitter_percent": 20 },
	{ "name": "n1", "dataflow": "rs", "pes": 64, "slots": 2 } ] },
  "models": [
	{ "name": "root", "variants": [
		{ "layers": [ $layer, $layer, $layer, $layer ], "gates": [
			{ "layer": 0, "target": 2, "probability": 0.5 },
			{ "layer": 2, "target": 4, "probability": 0.3 } ] },
		{ "layers": [ $layer ] } ] },
	{ "name": "leaf", "variants": [ { "layers": [ $layer, $layer ] } ] },
	{ "name": "shape", "costs": "shape", "variants": [ { "layers": [
		{ "k": 64, "c": 64, "y": 56, "x": 56, "r": 3, "s": 3 } ] } ] } ],
  "streams": [
	{ "model": "root", "fps": 60, "jitter_ms": 5 },
	{ "model": "leaf", "parent": "root", "probability": 0.6 },
	{ "name": "leaf2", "model": "leaf", "parent": "root", "probability": 0.4 },
	{ "model": "shape", "parent": "leaf", "probability": 0.5, "depth": 1 } ],
  "duration_ms": 1000, "policy": "edf" }
END
for scenario in scenarios/*.json; do
	ok "$scenario" runs --duration 200ms "$scenario"
done
ok "nothing is left behind" left_alone
ok "cascade" runs $dir/cascade.json
frames=$(column FRAMES)
ok "60 frames by the clock" [ "$(grep -c '^root  *60 ' $dir/out)" -eq 1 ]
ok "cascade, no jobs ahead" runs --param cascades=0 $dir/cascade.json
ok "the same frames" [ "$(column FRAMES)" -eq "$frames" ]
ok "children of children are done" awk '$1 == "shape" && $2 + 0 && $3 + $4 { n++ } END { exit n != 1 }' \
	$dir/out
ok "overloaded, no jobs ahead" runs --load 20 --param drop=2 --param cascades=0 \
	$dir/cascade.json
ok "frames were dropped" [ "$(column DROPPED)" -gt 0 ]
ok "overloaded" runs --load 20 --param drop=2 $dir/cascade.json
ok "frames were dropped" [ "$(column DROPPED)" -gt 0 ]
ok "nothing is left behind" left_alone
ok "all policies" runs --duration 100ms \
	--policy "$(dreamctl policy show | awk 'NR > 1 { printf "%s%s", s, $1; s = "," }')" \
	--param alpha=0.5 $dir/cascade.json
ok "nothing is left behind" left_alone

ok "the tuner" runs --param tune=1 --param window=100 --load 20 $dir/cascade.json
ok "nothing is left behind" left_alone
ok "pictures" runs --svg $dir/a.svg --trace $dir/a.json $dir/cascade.json
ok "picture" grep -q '</svg>' $dir/a.svg
ok "trace" grep -q '"name":"leaf2"' $dir/a.json
ok "nothing is left behind" left_alone

start --duration 20s $dir/cascade.json
kill -INT $pid
finish
ok "stopped" [ $? -eq 1 ]
ok "the report says so" grep -q 'stopped before its end' $dir/out
ok "what is counted adds up" adds_up
ok "nothing is left behind" left_alone

start --duration 3s $dir/cascade.json
echo 5 >$npus/n0/fail
echo 3 >$npus/n1/start_fail
finish
ok "with failing commands" [ $? -eq 0 ]
ok "what is counted adds up" adds_up
ok "some failed" [ "$(column FAILED)" -gt 0 ]

start --duration 3s $dir/cascade.json
echo 1 >$npus/n0/hang
echo 2 >$npus/n1/lost_completion
echo 3 >$npus/n1/spurious_completion
finish
ok "with NPUs that hang and lie" [ $? -eq 0 ]
ok "what is counted adds up" adds_up

start --duration 3s $dir/cascade.json
echo 1 >$npus/n0/unplug
finish
ok "with an NPU pulled out" [ $? -eq 0 ]
ok "what is counted adds up" adds_up
ok "nothing is left behind" left_alone

ok "unknown policy" run 1 --policy none $dir/cascade.json
ok "its name is told" says none
ok "unknown parameter" run 1 --param none=1 $dir/cascade.json
ok "its name is told" says none
ok "value out of bounds" run 1 --param alpha=77 $dir/cascade.json
ok "nothing is left behind" left_alone
echo '{}' >$dir/bad.json
ok "bad scenario" run 2 $dir/bad.json
ok "file, place and reason" says "^$dir/bad.json: /: Missing required property"
ok "bad option" run 2 --load x $dir/cascade.json

mkdir $npus/other
echo 1 >$npus/other/power
ok "somebody else's accelerator" run 1 $dir/cascade.json
ok "its name is told" says other
rmdir $npus/other
mkdir $npus/n1
ok "a name in use" run 1 $dir/cascade.json
ok "its name is told" says n1
rmdir $npus/n1
ok "nothing is left behind" left_alone

rm -r $dir
echo "1..$n"
exit $failed
