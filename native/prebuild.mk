# SPDX-License-Identifier: GPL-2.0-or-later
#
# make -f prebuild.mk    the addons that the package brings: prebuilds/<platform>-<arch>[.<C library>]/dromaius.node;
#                        those for Linux and Windows on x86-64, so it needs mingw-w64 too
#
# The one for Linux is the objects of `make`, linked so that it runs on every glibc that Node 20 runs on: the C++ library
# goes into the file, and functions that have moved between glibc's files since are asked for under their old versions.
# It is refused when it still needs a younger glibc.

include Makefile

GLIBC_FLOOR := 2.28
LINUX := prebuilds/linux-x64.glibc
PREBUILD := $(BUILD)/prebuild

.PHONY: prebuild
.DEFAULT_GOAL := prebuild
prebuild: $(LINUX)/dromaius.node prebuilds/win32-x64/dromaius.node

# The unwinder is the one that Node itself loads; libpthread and libdl were files of their own before 2.34.
$(LINUX)/dromaius.node: $(PREBUILD)/versioned.o $(PREBUILD)/exports.map scripts/glibc-floor.mjs
	@mkdir -p $(@D)
	$(CC) -shared -s -shared-libgcc -o $(PREBUILD)/dromaius.node $< -Wl,--version-script=$(PREBUILD)/exports.map \
	  -Wl,-Bsymbolic -Wl,--gc-sections -Wl,--no-as-needed -l:libpthread.so.0 -l:libdl.so.2
	node scripts/glibc-floor.mjs $(PREBUILD)/dromaius.node $(GLIBC_FLOOR)
	mv $(PREBUILD)/dromaius.node $@

prebuilds/win32-x64/dromaius.node: $(WIN32)/dromaius.node
	@mkdir -p $(@D)
	cp $< $@

$(PREBUILD)/versioned.o: $(OBJECTS) $(PREBUILD)/glibc_floor.o src/linux/glibc_floor.syms prebuild.mk
	$(CXX) -r -nostdlib -o $(PREBUILD)/all.o $(OBJECTS) $(PREBUILD)/glibc_floor.o \
	  $(shell $(CXX) -print-file-name=libstdc++.a) $(shell $(CXX) -print-file-name=libgcc.a)
	objcopy --redefine-syms=src/linux/glibc_floor.syms $(PREBUILD)/all.o $@

$(PREBUILD)/glibc_floor.o: src/linux/glibc_floor.c
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -fPIC -fvisibility=hidden -c $< -o $@

# Nothing but what Node looks for: not the C++ library's names either, which Node has too.
$(PREBUILD)/exports.map: prebuild.mk
	@mkdir -p $(@D)
	echo '{ global: napi_register_module_v1; node_api_module_get_api_version_v1; local: *; };' > $@
