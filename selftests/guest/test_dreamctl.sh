#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# dreamctl: what it prints, what it refuses and with which words and status.

n=0 failed=0
out=/tmp/dreamctl.out err=/tmp/dreamctl.err

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
		sed 's/^/# /' $out $err
		failed=1
	fi
}

# ctl STATUS ARGUMENT...: dreamctl ends with this status.
ctl()
{
	want=$1
	shift
	dreamctl "$@" >$out 2>$err
	[ $? -eq "$want" ]
}

# says PATTERN, complains PATTERN: the last ctl did, on one line.
says()
{
	grep -q -- "$1" $out
}

complains()
{
	grep -q -- "$1" $err
}

help_everywhere()
{
	for object in accel model policy param queue run stats score monitor; do
		ctl 0 $object help && says "^Usage: dreamctl" || return 1
	done
	ctl 0 --help && says "^Usage: dreamctl"
}

json_everywhere()
{
	for object in accel model policy param queue stats score; do
		ctl 0 -j $object && [ "$(wc -l <$out)" -eq 1 ] &&
			says '^[[{].*[]}]$' || return 1
	done
}

wrong_command_lines()
{
	for line in "" nonsense "accel show a b" "accel nonsense" \
		"policy set" "param set alpha" "model add" "model del" \
		"queue show 1 2" "score show seqno 1" "score show queue x" \
		"monitor -n" "monitor -n x" "policy -j"; do
		# shellcheck disable=SC2086 # several words
		ctl 2 $line || return 1
	done
}

words_can_be_cut_short()
{
	ctl 0 policy show && cp $out $out.long && ctl 0 po s &&
		cmp -s $out $out.long
}

profile()
{
	cat <<-END
	{ "name": "$1", "shared": true, "variants": [
	  { "layers": [
	    { "weight_bytes": 4096, "in_bytes": 1024, "out_bytes": 512,
	      "costs": { "ws-2048": { "latency_ns": ${2-250000}, "energy_nj": 90000 },
	                 "os-1024": { "latency_ns": 410000, "energy_nj": 70000 } },
	      "gate": { "target": 3, "probability": 0.25 } },
	    { "costs": { "ws-2048": { "latency_ns": 1, "energy_nj": 0 } } },
	    { "costs": { "ws-2048": { "latency_ns": 2, "energy_nj": 0 } } } ] },
	  { "layers": [
	    { "costs": { "os-1024": { "latency_ns": 3, "energy_nj": 1 } } } ] } ] }
	END
}

model_comes_back()
{
	ctl 0 -j -d model show ctl-test && cp $out $out.first &&
		ctl 0 model del ctl-test && ctl 0 model add $out.first &&
		ctl 0 -j -d model show ctl-test || return 1
	for file in $out $out.first; do
		sed 's/"id":[0-9]*,//' $file >$file.bare
	done
	cmp -s $out.bare $out.first.bare
}

faults_are_all_told()
{
	echo '{ "nick": 1, "variants": [ { "layers": [ { "costs": {} } ] } ] }' \
		>$out.json
	ctl 1 model add $out.json && complains "/nick: there is no such member" &&
		complains "/name: a name is missing" &&
		complains "/variants/0/layers/0/costs: not an object" &&
		complains "3 faults in"
}

# Events may come before it listens: cause them until it has heard one.
monitor_hears()
{
	dreamctl "$@" monitor -n 1 >$out 2>$err &
	while kill -0 $! 2>/dev/null; do
		dreamctl param set alpha 0.5
	done
	wait $!
}

monitor_can_be_stopped()
{
	dreamctl monitor >$out 2>$err &
	while ! says param; do
		dreamctl param set alpha 0.5
	done
	kill -TERM $!
	wait $!
}

ok "help" help_everywhere
ok "JSON is one line" json_everywhere
ok "wrong command lines" wrong_command_lines
ok "words can be cut short" words_can_be_cut_short

ok "policy is set" ctl 0 policy set edf
ok "and shown" eval 'ctl 0 policy && says "^edf *yes"'
ok "unknown policy" eval 'ctl 1 policy set none &&
	complains "policy none: no such policy"'
dreamctl policy set dream

ok "parameter with a fraction" eval 'ctl 0 param set alpha 0.5 &&
	ctl 0 param show alpha && says "^alpha  0\.5 "'
ok "JSON has the number" eval 'ctl 0 -j param show alpha &&
	says "\"value\":0.5,.*\"raw\":500,\"scale\":1000"'
ok "parameter between two steps" eval 'ctl 2 param set alpha 0.0005 &&
	complains "steps of 0.001"'
ok "parameter out of bounds" eval 'ctl 1 param set alpha 2.001 &&
	complains "alpha must be 0 to 2$"'
ok "unknown parameter" eval 'ctl 1 param set none 1 &&
	complains "none: no such parameter"'
ok "monitor" eval 'monitor_hears &&
	says "^[0-9]*\.[0-9]\{9\}  param *alpha = 0.5$"'
ok "monitor in JSON" eval 'monitor_hears -j &&
	says "\"event\":\"param\",.*\"value\":500,\"name\":\"alpha\""'
ok "monitor can be stopped" monitor_can_be_stopped
ok "parameter as at load" eval 'ctl 0 param set alpha default &&
	ctl 0 param show alpha && says "^alpha  1 "'

npu=/sys/kernel/config/dream_vnpu/ctl-test
mkdir $npu && echo 1 >$npu/power
ok "accelerator" eval 'ctl 0 accel show ctl-test &&
	says "ctl-test  ws-1024  idle"'
ok "everything about it" eval 'ctl 0 -d accel show ctl-test &&
	says "^accelerator: ctl-test$" && says "^    clock: 700 MHz$"'
ok "unknown accelerator" eval 'ctl 1 accel show none &&
	complains "there is no accelerator none"'
echo 0 >$npu/power && rmdir $npu

profile ctl-test >$out.json
ok "model is added" eval 'ctl 0 model add $out.json &&
	ctl 0 model show ctl-test && says "ctl-test  committed .* 3 1$"'
ok "twice" eval 'ctl 1 model add $out.json &&
	complains "model ctl-test: you have a model of that name"'
ok "what it costs" eval 'ctl 0 -d model show ctl-test &&
	says "ws-2048   250 us   90 uJ" && says "3    25.0 %"'
ok "what is shown can be added" model_comes_back
ok "model is deleted" eval 'ctl 0 model del ctl-test &&
	ctl 1 model show ctl-test && complains "there is no model ctl-test"'
ok "refused row is named" eval 'profile bad 0 | ctl 1 model add - && complains \
	"model bad, variant 0, layer 0, class ws-2048: latency-ns must be 1 to"'
ok "and nothing stays" ctl 1 model show bad
ok "all faults of a file" faults_are_all_told
ok "file that is not there" ctl 1 model add /nonexistent

ok "statistics" eval 'ctl 0 stats && says "decisions"'
ok "window" ctl 0 stats window
ok "reset" eval 'ctl 0 stats reset && ctl 0 stats &&
	says "^In .* 0 decisions"'
ok "unknown queue" eval 'ctl 1 queue show 4294967295 &&
	complains "no queue 4294967295"'
ok "history" ctl 0 score history

echo "1..$n"
rm -f $out* $err
exit $failed
