# SPDX-License-Identifier: GPL-2.0
#
# The pure part of the arbiter and of the virtual NPU: what is compiled
# unchanged in the kernel, in KUnit suites and in user space. Names without
# path and suffix, relative to kmod/ and virt-accel/. srctree is the top of the
# project.

pure_core := score path \
	     $(sort $(patsubst $(srctree)/kmod/%.c,%, \
			       $(wildcard $(srctree)/kmod/policy*.c)))

pure_vnpu := $(foreach f,cost transform share progress jitter, \
		       $(if $(wildcard $(srctree)/virt-accel/$(f).c),$(f)))
