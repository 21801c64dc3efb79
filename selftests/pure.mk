# SPDX-License-Identifier: GPL-2.0
#
# The pure part of the arbiter and of the virtual NPU: what is compiled
# unchanged in the kernel, in KUnit suites and in user space. Names without
# path and suffix.

project := $(abspath $(dir $(realpath $(lastword $(MAKEFILE_LIST))))/..)

# in kmod/
pure_core := score path tune uxcost param_table $(sort $(patsubst $(project)/kmod/%.c,%, \
	$(wildcard $(project)/kmod/policy*.c $(project)/kmod/decide.c)))

# in virt-accel/
pure_vnpu := $(foreach f,cost transform share progress jitter, \
		       $(if $(wildcard $(project)/virt-accel/$(f).c),$(f)))
