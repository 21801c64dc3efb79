#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The demonstration, inside the virtual machine: a VR headset's four networks on three
# NPUs that cannot quite carry them, under three policies with the same mechanisms
# (DREAM's drop rule and variants chosen by load).

set -eu
exec dreamctl run scenarios/vr_gaming.json --load 1.5 --duration 2 \
	--policy fifo,edf,dream \
	--svg /out/demo.svg --trace /out/demo.trace.json --window 0:200
