# SPDX-License-Identifier: GPL-2.0
#
# A table of verbs; the work is in scripts/ and selftests/vm/.

PREFIX ?= /usr/local
KDIR ?= /lib/modules/$(shell uname -r)/build
export KDIR PREFIX DESTDIR
export KERNEL LOAD MODPARAMS TIMEOUT MEM SMP APPEND MINUTES DEBIAN_MIRROR DEBIAN_SECURITY_MIRROR

# As it was typed: make's own expansion would eat the dollar signs in it.
unexport CMD
export PIDNS_CMD := $(value CMD)

# make ends with 2 whatever a recipe ended with.  Where a command's own status
# is the point, a plugin ends make with it, if this make can load one.
ifneq ($(filter vm-run vm-test vm-shell,$(MAKECMDGOALS)),)
-load build/make_exit.so
endif
STATUS := build/.status.$(shell echo $$PPID)

all: module tool

# What a job in make's parallel mode would disturb: one verb at a time.
.NOTPARALLEL:

help:
	@echo 'Building'
	@echo '  make                          the module for KDIR and the tool'
	@echo '  make module [KERNEL=6.1]      the module, for KDIR or for a Debian kernel'
	@echo '  make tool                     the tool alone'
	@echo '  make install | uninstall      module, tool, header, manual [DESTDIR= PREFIX=]'
	@echo '  make deps                     install the packages that all of this needs'
	@echo '  make clean                    remove what was built'
	@echo 'Trying (in a guest; no module is ever loaded into this machine'"'"'s kernel)'
	@echo '  make demo                     see what it does'
	@echo "  make vm-run CMD='...'         run a command [KERNEL= LOAD=0 MODPARAMS= TIMEOUT=]"
	@echo '  make vm-shell                 a shell [KERNEL= LOAD=0 MODPARAMS=]'
	@echo 'Testing'
	@echo '  make check                    everything, on every kernel that must work'
	@echo '  make check-debug              the tests on kernels that check themselves (builds these)'
	@echo '  make soak [MINUTES=30]        the tests over and over in one guest [T= KERNEL=]'
	@echo '  make lint                     style, static checks, spec agreement'
	@echo '  make vm-test T=NAME           one test by name [KERNEL=]'
	@echo '  make bench                    what the module adds to a signal, in instructions'
	@echo '  make ynl-regen                generate the netlink code anew from its spec'
	@echo
	@echo "Kernels: $$(scripts/kernel list | xargs). Downloads are kept in"
	@echo '$${PIDNS_CACHE:-$${XDG_CACHE_HOME:-~/.cache}/pidns_probe}.'

module:
	@scripts/module

tool:
	@scripts/tool

vm-run vm-test vm-shell: %: %-status
	@$(exit-with $(STATUS))status=$$(cat $(STATUS)); rm -f $(STATUS); exit $$status

vm-run-status:
	@mkdir -p build; scripts/guest run "$$PIDNS_CMD"; echo $$? > $(STATUS)

vm-test-status:
	@mkdir -p build; scripts/guest test $(T); echo $$? > $(STATUS)

vm-shell-status:
	@mkdir -p build; scripts/guest shell; echo $$? > $(STATUS)

demo:
	@demo/run

bench: deps
	@scripts/bench

check:
	@scripts/check

check-debug:
	@scripts/check debug

soak:
	@scripts/guest soak $(T)

lint: deps
	@scripts/lint

ynl-regen:
	@scripts/ynl regen

install uninstall:
	@scripts/install $@

deps:
	@scripts/deps

build/make_exit.so: scripts/make-exit.c
	@mkdir -p build
	@$(CC) -shared -fPIC -o $@ $< 2>/dev/null || :

clean:
	rm -rf build
	@scripts/tool clean

.PHONY: all help demo bench module tool vm-run vm-run-status vm-test \
	vm-test-status vm-shell vm-shell-status check check-debug soak \
	lint ynl-regen install uninstall deps clean
