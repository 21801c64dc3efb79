#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The runner of the virtual machine keeps what its header promises: exit status,
# output, files both ways, and that no report of the kernel is overlooked.

set -uo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cd "$top" || exit 1
make -s user modules >&2 || exit 1

echo 'TAP version 13'
number=0 failed=0

# check TEXT COMMAND...
check()
{
	local text=$1

	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number $text"
	else
		echo "not ok $number $text"
		failed=1
	fi
}

# Runs the virtual machine; its status is in $status, what it says in $tmp.
vm()
{
	rm -rf "$tmp/out"
	tools/vm/run --out "$tmp/out" --log "$tmp/log" "$@" \
		>"$tmp/stdout" 2>"$tmp/stderr"
	status=$?
}

status_is()	{ [ "$status" -eq "$1" ]; }
stdout_is()	{ [ "$(<"$tmp/stdout")" = "$1" ]; }
stderr_has()	{ grep -q -- "$1" "$tmp/stderr"; }

mkdir "$tmp/data"
echo 'from outside' >"$tmp/data/file"
vm --file "$tmp/data" --smp 3 --append 'some.thing=else' '
	echo to stdout; echo to stderr >&2
	cat data/file >/out/copy; mkdir /out/deep; nproc >/out/deep/cpus
	grep -c "some.thing=else" /proc/cmdline >/out/cmdline
	lsmod | grep -c "^dream" >/out/modules
	ls /dev/dream /sys/kernel/config/dream_vnpu >&2
	exit 3'
check 'the status is the command'"'"'s' status_is 3
check 'stdout and stderr come through' stdout_is "to stdout
to stderr
/dev/dream

/sys/kernel/config/dream_vnpu:
features"
check 'a file has been there and back' \
	cmp -s "$tmp/data/file" "$tmp/out/copy"
check 'so have directories' [ "$(cat "$tmp/out/deep/cpus")" = 3 ]
check 'the kernel has its command line' [ "$(cat "$tmp/out/cmdline")" = 1 ]
check 'both modules are loaded' [ "$(cat "$tmp/out/modules")" = 2 ]

vm --no-modules --virtual 'lsmod | grep -c dream; nproc; kill -9 $$'
check 'a signal is told as the shell tells it' status_is 137
check 'no modules, one CPU in virtual time' stdout_is '0
1'

vm 'echo "<4>WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg'
check 'a warning in the log fails the run' status_is 120
check 'and is shown' stderr_has 'PID: 1 at nowhere'

vm 'echo "<3>BUG: KASAN: something is wrong" >/dev/kmsg; exit 7'
check 'a report outranks the status' status_is 120

vm 'echo c >/proc/sysrq-trigger'
check 'a panic is a death' status_is 121

vm --timeout 3 'sleep 1000'
check 'a command that takes too long is ended' status_is 124

vm --leaks 'mkdir /sys/kernel/config/dream_vnpu/left'
check 'a module that cannot be unloaded is a report' status_is 120

vm
check 'no command' status_is 125
vm --nonsense true
check 'an unknown option' status_is 125
vm --modules no_such_module true
check 'a module that is not there' status_is 125

echo "1..$number"
exit $failed
