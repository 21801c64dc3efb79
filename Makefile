# SPDX-License-Identifier: GPL-2.0
#
# dream: a scheduling class for machine-learning accelerators.
# "make help" lists what there is to do.

top	:= $(CURDIR)
build	:= $(top)/build
ksrc	:= $(build)/linux-source

# The kernel to build against; "make KDIR=/lib/modules/$(uname -r)/build" takes
# the running one.
KDIR	?= $(build)/kernel/headers
release	 = $(shell cat $(KDIR)/include/config/kernel.release)
mirror	 = $(build)/mod-$(release)

# Debian's own interpreter: it has the modules that tools/setup installs.
PYTHON	?= /usr/bin/python3
PREFIX	?= /usr/local

export KSRC := $(ksrc)

all: modules user

help:
	@sed -n 's/^#: //p' Makefile

#: Building
#:   make                 the modules and the user-space programs
#:   make modules         dream.ko and dream_vnpu.ko; KDIR=... chooses a kernel
#:   make user            libdream and dreamctl, in build/user
#:   make install         modules, library, tool, headers; PREFIX=, DESTDIR=
#:   make dkms-install    have DKMS build the modules for each kernel
#:   make clean           remove what was built; fetched kernels stay
#:
#: Testing, in a virtual machine; nothing on this machine is changed
#:   make demo            a short demonstration in virtual time
#:   make pictures        draw the timelines of Documentation/policies anew
#:   make shell           a shell next to a loaded dream
#:   make vm CMD='...'    run a command; FILES="a b" takes files along
#:   make check           all tests, on Debian's kernel
#:   make check-debug     the same and KUnit, on a kernel with all its checkers
#:   make debug-kernel    build that kernel (10 to 20 minutes, once)
#:   make lint            what checkers say about the code: nothing
#:   make experiments     every scenario, platform and policy in the simulator, and a
#:                        part on the module: Documentation/results
#:
#: Generated files
#:   make netlink         regenerate the netlink files from their specification
#:   make netlink-check   complain if they are not up to date

# Fetched once; the scripts do nothing when it is there already.
kernel $(build)/kernel/headers:
	@tools/setup
	@tools/fetch-kernel

$(ksrc):
	@tools/setup
	@tools/fetch-kernel --source

modules: | $(KDIR)
	@tools/build-modules $(KDIR)

user:
	@$(MAKE) -s -C userlib
	@$(MAKE) -s -C tools/dreamctl
	@$(MAKE) -s -C tools/dreamsim

guest-tests user-tests: user | $(ksrc)
	@$(MAKE) -s -C selftests $@

check:
	@tools/check

check-debug:
	@tools/check --debug

demo: modules user
	@tools/vm/run --virtual --tools --file tools/demo.sh --file scenarios \
		'sh demo.sh'
	@echo
	@echo "Timelines: $(patsubst $(top)/%,%,$(build))/out/demo-*.svg; the same as"
	@echo "*.trace.json for https://ui.perfetto.dev"

pictures: modules user
	@tools/pictures

shell: modules user
	@tools/vm/run --shell --tools

vm: modules user
	@tools/vm/run --tools $(addprefix --file ,$(FILES)) "$$CMD"

vm: override export CMD := $(value CMD)

debug-kernel:
	@tools/setup
	@tools/debug-kernel

experiments: user modules
	@$(MAKE) -s -C tools/experiments PYTHON=$(PYTHON) results

lint: | $(build)/kernel/headers $(ksrc)
	@tools/lint

netlink netlink-check: | $(ksrc)
	@PYTHON=$(PYTHON) tools/netlink $@

# depmod is the administrator's for a kernel that is not below DESTDIR.
install: all
	install -d $(DESTDIR)/lib/modules/$(release)/updates
	install -m 644 $(mirror)/kmod/dream.ko $(mirror)/virt-accel/dream_vnpu.ko \
		$(DESTDIR)/lib/modules/$(release)/updates
	[ -n "$(DESTDIR)" ] || depmod $(release)
	install -d $(DESTDIR)$(PREFIX)/include/linux
	install -m 644 uapi/linux/*.h $(DESTDIR)$(PREFIX)/include/linux
	$(MAKE) -C userlib install
	$(MAKE) -C tools/dreamctl install
	$(MAKE) -C tools/dreamsim install

dkms_version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
dkms-install:
	install -d $(DESTDIR)/usr/src/dream-$(dkms_version)
	cp -r Kbuild dkms.conf kmod virt-accel uapi \
		$(DESTDIR)/usr/src/dream-$(dkms_version)
	[ -n "$(DESTDIR)" ] || dkms install dream/$(dkms_version)

clean:
	rm -rf $(build)/mod-* $(build)/user $(build)/selftests $(build)/vm \
		$(build)/out $(build)/netlink $(build)/lint

.PHONY: all help kernel modules user guest-tests user-tests check check-debug \
	demo pictures shell vm debug-kernel experiments lint netlink netlink-check install \
	dkms-install clean
