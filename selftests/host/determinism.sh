#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In virtual time two equal runs are equal: the results of a scenario that is in
# overload, with cascades, gates, variants, drops and jitter, do not differ in one
# nanosecond. Another seed gives other results, so that it is not the comparison
# that is blind.

set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
out=$top/build/out/determinism

cd "$top" || exit 1
make -s user modules >&2 || exit 1
rm -rf "$out"
mkdir -p "$out"

# run NAME OPTIONS...: leaves the results in $out/NAME.json.
run()
{
	name=$1
	shift
	tools/vm/run --virtual --tools --file scenarios --out "$out/$name" \
		--log "$out/$name.log" \
		"dreamctl -j run scenarios/ar_social.json --policy dream,lbe,fifo \
		--duration 300ms --load 2 $* >/out/result.json" \
		>"$out/$name.guest" 2>&1 || {
		cat "$out/$name.guest" >&2
		return 1
	}
	mv "$out/$name/result.json" "$out/$name.json"
}

number=0 failed=0
# result TEXT STATUS
result()
{
	number=$((number + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		failed=1
	fi
}

echo 'TAP version 13'
echo '1..3'

run first && run second && run third --seed 2
result 'three runs' $?
cmp "$out/first.json" "$out/second.json" >&2
result 'two equal runs have equal results' $?
! cmp -s "$out/first.json" "$out/third.json"
result 'another seed has others' $?
exit $failed
