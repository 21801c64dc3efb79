#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The files of a virtual NPU: what can be written, when, and what is refused;
# power, unplug and the life of the module.

dir=/sys/kernel/config/dream_vnpu
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
		failed=1
	fi
}

# Writes $2 to the file $1; the shell's own message is not wanted.
put()
{
	(printf '%s\n' "$2" >"$1") 2>/dev/null
}

refuses()
{
	before=$(cat "$1" 2>/dev/null)
	! put "$1" "$2" && [ "$(cat "$1" 2>/dev/null)" = "$before" ]
}

# takes FILE VALUE [READ]: what is read afterwards is READ, or the value.
takes()
{
	put "$1" "$2" && [ "$(cat "$1")" = "${3-$2}" ]
}

reads()
{
	[ "$(cat "$1")" = "$2" ]
}

fails()
{
	! "$@" 2>/dev/null
}

power_on_all()
{
	for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		mkdir $dir/many$i && put $dir/many$i/power 1 || return 1
	done
}

remove_all()
{
	for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		rmdir $dir/many$i || return 1
	done
}

# Every attribute that "features" lists is there, and no other.
features_are_files()
{
	[ "$(sort $dir/features)" = "$(ls $dir/cfs0 | sort)" ]
}

set_during_power()
{
	for attr in dataflow pes clock_khz sram_bytes bandwidth_mbps domain \
		slots class jitter_permille seed; do
		refuses $dir/cfs0/$attr "$(cat $dir/cfs0/$attr)" || return 1
	done
}

name32=0123456789abcdef0123456789abcdef

echo "TAP version 13"
mkdir $dir/cfs0 || exit 1
ok "features lists the files" features_are_files
ok "dataflow by default" reads $dir/cfs0/dataflow ws
ok "clock by default" reads $dir/cfs0/clock_khz 700000
ok "sram by default" reads $dir/cfs0/sram_bytes 8388608
ok "bandwidth by default" reads $dir/cfs0/bandwidth_mbps 90000
ok "slots by default" reads $dir/cfs0/slots 1
ok "class by default" reads $dir/cfs0/class ws-1024
ok "no power by default" reads $dir/cfs0/power 0
ok "state by default" reads $dir/cfs0/state off

ok "dataflow os" takes $dir/cfs0/dataflow os
ok "class follows" reads $dir/cfs0/class os-1024
ok "dataflow unknown" refuses $dir/cfs0/dataflow vs
ok "dataflow empty" refuses $dir/cfs0/dataflow ""
ok "pes" takes $dir/cfs0/pes 2048
ok "pes in hexadecimal" takes $dir/cfs0/pes 0x400 1024
for bad in 0 -1 1048577 4294967296 99999999999999999999 x "" "1 2" 1.5; do
	ok "pes '$bad' refused" refuses $dir/cfs0/pes "$bad"
done
ok "clock too low" refuses $dir/cfs0/clock_khz 999
ok "clock too high" refuses $dir/cfs0/clock_khz 10000001
ok "sram too small" refuses $dir/cfs0/sram_bytes 1023
ok "sram too large" refuses $dir/cfs0/sram_bytes 1099511627777
ok "bandwidth too low" refuses $dir/cfs0/bandwidth_mbps 0
ok "bandwidth too high" refuses $dir/cfs0/bandwidth_mbps 10000001
ok "slots too few" refuses $dir/cfs0/slots 0
ok "slots too many" refuses $dir/cfs0/slots 17
ok "jitter too large" refuses $dir/cfs0/jitter_permille 901
ok "seed at its largest" takes $dir/cfs0/seed 18446744073709551615
ok "seed too large" refuses $dir/cfs0/seed 18446744073709551616
ok "domain" takes $dir/cfs0/domain dram_0.a-b
ok "domain with a space" refuses $dir/cfs0/domain "a b"
ok "domain too long" refuses $dir/cfs0/domain $name32
ok "domain empty" takes $dir/cfs0/domain ""
ok "class" takes $dir/cfs0/class mine
ok "class too long" refuses $dir/cfs0/class $name32
ok "class restored" takes $dir/cfs0/class "" os-1024
ok "state cannot be written" refuses $dir/cfs0/state idle
ok "counters cannot be written" refuses $dir/cfs0/executed 1
ok "name too long" fails mkdir $dir/$name32
ok "unplug without power" refuses $dir/cfs0/unplug 1
ok "power with nonsense" refuses $dir/cfs0/power maybe

for knob in start_fail hang slow fail lost_completion spurious_completion \
	abort_fail reset_fail; do
	ok "$knob" takes $dir/cfs0/$knob 2147483647
	ok "$knob too many" refuses $dir/cfs0/$knob 2147483648
	ok "$knob negative" refuses $dir/cfs0/$knob -1
	ok "$knob none" takes $dir/cfs0/$knob 0
done
ok "slow_factor" takes $dir/cfs0/slow_factor 1000
ok "slow_factor too small" refuses $dir/cfs0/slow_factor 1
ok "slow_factor too large" refuses $dir/cfs0/slow_factor 1001

ok "power on" takes $dir/cfs0/power 1
ok "power on again" takes $dir/cfs0/power 1
ok "idle" reads $dir/cfs0/state idle
ok "nothing executed" reads $dir/cfs0/executed 0
ok "configuration is fixed now" set_during_power
ok "faults are not" takes $dir/cfs0/slow 3
ok "unplug with nonsense" refuses $dir/cfs0/unplug 0
ok "unplug" put $dir/cfs0/unplug 1
ok "unplugged" reads $dir/cfs0/state unplugged
ok "no power" reads $dir/cfs0/power 0
ok "can be changed again" takes $dir/cfs0/slots 2
ok "plug in again" takes $dir/cfs0/power 1
ok "idle again" reads $dir/cfs0/state idle
ok "power off" takes $dir/cfs0/power 0
ok "off" reads $dir/cfs0/state off

mkdir $dir/cfs1
ok "one domain" put $dir/cfs0/domain shared
ok "the same domain" put $dir/cfs1/domain shared
ok "another bandwidth" put $dir/cfs1/bandwidth_mbps 1000
ok "the first in the domain" takes $dir/cfs0/power 1
ok "one that does not agree" refuses $dir/cfs1/power 1
ok "no state but off" reads $dir/cfs1/state off
ok "the first leaves" takes $dir/cfs0/power 0
ok "its domain is gone" takes $dir/cfs1/power 1

ok "module is in use" fails rmmod dream_vnpu
ok "removal of a powered one" rmdir $dir/cfs1
ok "removal" rmdir $dir/cfs0
ok "sixteen of them" power_on_all
ok "all sixteen removed" remove_all

echo "1..$n"
exit $failed
