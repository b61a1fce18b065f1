# GhostChat. `make help` lists the targets. Everything built goes under $(B).
include config.mk
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-6s %s\n' $(1) $(2))

# --- flags ------------------------------------------------------------------------------------
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef \
        -Wconversion -Wno-sign-conversion -Werror=implicit-function-declaration $(if $(WERROR),-Werror)
# ROOM=64: a room of that many instead of the number in core/base/limits.h.
LIMITS := $(if $(ROOM),-DGC_ROOM_MEMBERS_MAX=$(ROOM))
BASE := -std=c11 $(LIMITS) -I. -I$(B)/include -ffile-prefix-map=$(CURDIR)=. -MMD -MP $(WARN) \
        $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
CORE_FLAGS := $(BASE) -ffreestanding -fPIC
HARDEN := -fPIE -fstack-protector-strong $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
HOST_LIBS := libuv libsodium openssl libutf8proc
# What a native peer needs beyond that; ghostchatd links none of it.
PEER_LIBS := libcares qrcodegen
HOST_CFLAGS = $(BASE) -D_GNU_SOURCE $(HARDEN) $(shell $(PKG_CONFIG) --cflags $(HOST_LIBS) $(PEER_LIBS)) \
        -DUSE_LOCALSTORAGE_FOR_TESTING=$(USE_LOCALSTORAGE_FOR_TESTING)
HOST_LDLIBS = $(shell $(PKG_CONFIG) --libs $(HOST_LIBS))
PEER_LDLIBS = $(shell $(PKG_CONFIG) --libs $(HOST_LIBS) $(PEER_LIBS))
# LLVM's linker is here for core.wasm, and links what sanitizers made in half the time.
LDFLAGS_ALL = $(LDFLAGS) $(if $(SAN),-fsanitize=$(SAN) -fuse-ld=lld) -pie -Wl,-z,relro,-z,now

# A change of the flags rebuilds what was made with the old ones.
STAMP := $(B)/flags.stamp
FLAGS_NOW := $(CC) $(CFLAGS) $(CPPFLAGS) $(BASE) ts=$(USE_LOCALSTORAGE_FOR_TESTING)
$(shell mkdir -p $(B)/include; [ "$$(cat $(STAMP) 2>/dev/null)" = '$(FLAGS_NOW)' ] || printf '%s\n' '$(FLAGS_NOW)' >$(STAMP))

# --- sources ------------------------------------------------------------------------------------
# Every file below core/ but the two that exist for wasm alone. core.wasm leaves out the server's
# (mk/wasm.mk).
CORE_SRC := $(filter-out %_wasm.c core/wasm.c,$(sort $(wildcard core/*.c core/*/*.c)))
CORE_OBJ := $(CORE_SRC:%.c=$(B)/%.o)
HOST_SRC := $(sort $(wildcard host/*.c))
HOST_OBJ := $(HOST_SRC:%.c=$(B)/%.o)
SERVER_SRC := $(sort $(wildcard server/*.c))
SERVER_OBJ := $(SERVER_SRC:%.c=$(B)/%.o)
# What only the native simulator has: links of rtc/ over a modelled network.
SIM_NATIVE_SRC := sim/native.c sim/network.c sim/nat.c sim/openssl.c sim/spoof.c sim/strangers.c \
        sim/dials.c sim/prompt.c sim/names.c sim/partial.c
SIM_LIB_SRC := $(filter-out sim/main.c sim/wasm.c $(SIM_NATIVE_SRC),$(sort $(wildcard sim/*.c)))
UNIT_SRC := $(sort $(wildcard test/unit/*_test.c))
UNIT_BIN := $(UNIT_SRC:test/unit/%.c=$(B)/test/unit/%)
FUZZ_SRC := $(sort $(wildcard fuzz/fuzz_*.c))

.PHONY: all core server sim wasm web check check-rule unit asan fuzz bench lint man install uninstall clean help
all: server ghostchat

# A target's line is beside its rule: `#: make NAME  what it is for`.
help:
	@sed -n 's/^#: //p' $(filter-out %.d,$(MAKEFILE_LIST))

#: make [all]           ghostchatd with its page (needs npm once, for the page's modules), and ghostchat
#: make core            the freestanding core as a library, native
core: $(B)/libgccore.a

$(B)/include/jsmn.h: /usr/include/jsmn.h
	$(Q)mkdir -p $(@D) && cp $< $@

$(B)/core/%.o: core/%.c $(B)/include/jsmn.h $(STAMP)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CORE_FLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/libgccore.a: $(CORE_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/%.o: %.c $(B)/include/jsmn.h $(STAMP)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

# Folders bring their own rules where they need more than the patterns above.
-include mk/wasm.mk mk/web.mk mk/server.mk mk/rtc.mk mk/sim.mk mk/test.mk mk/musl.mk mk/cross.mk mk/fuzz.mk mk/bench.mk mk/lint.mk mk/install.mk mk/tools.mk

#: make clean           everything built, of all variants
clean:
	rm -rf build build-*

-include $(shell find $(B) -name '*.d' 2>/dev/null)
