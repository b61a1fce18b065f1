# Other machines: big endian (s390x) and 32 bits (armhf), run by qemu. It is what needs no library:
# core, and of rtc/ all but OpenSSL and what stands on it, with their unit tests and the cmocka and
# crypto of test/musl. Debian: gcc-s390x-linux-gnu, gcc-arm-linux-gnueabihf, qemu-user.
CROSS_SRC := $(shell sh tools/library-free.sh)
CROSS_BIN := $(filter %_test.c,$(CROSS_SRC))
CROSS_LIB := $(filter-out %_test.c core/wasm.c core/crypto_wasm.c,$(CROSS_SRC)) $(sort $(wildcard test/musl/*.c))

# machine NAME COMPILER
define machine
$(B)/$(1)/core/%.o: core/%.c $(B)/include/jsmn.h $(STAMP)
	$$(call say,$(1),$$<)
	$$(Q)mkdir -p $$(@D) && $(2) $$(CORE_FLAGS) $$(CPPFLAGS) $$(CFLAGS) -c $$< -o $$@
$(B)/$(1)/%.o: %.c $(B)/include/jsmn.h $(STAMP)
	$$(call say,$(1),$$<)
	$$(Q)mkdir -p $$(@D) && $(2) $$(MUSL_FLAGS) $$(CPPFLAGS) $$(CFLAGS) -c $$< -o $$@
$(B)/$(1)/libgctest.a: $(CROSS_LIB:%.c=$(B)/$(1)/%.o)
	$$(Q)rm -f $$@ && $$(AR) rcsD $$@ $$^
$(CROSS_BIN:%.c=$(B)/$(1)/%): %: %.o $(B)/$(1)/libgctest.a
	$$(Q)$(2) -static $$^ -o $$@
endef
$(eval $(call machine,s390x,s390x-linux-gnu-gcc))
$(eval $(call machine,armhf,arm-linux-gnueabihf-gcc))

.PHONY: check-s390x check-armhf
#: make check-s390x     core and what of rtc/ needs no OpenSSL on a big-endian machine, emulated; check-armhf: on one of 32 bits
check-s390x: $(CROSS_BIN:%.c=$(B)/s390x/%)
	$(Q)B=$(B) EMULATOR=qemu-s390x sh test/unit/run.sh $^
check-armhf: $(CROSS_BIN:%.c=$(B)/armhf/%)
	$(Q)B=$(B) EMULATOR=qemu-arm sh test/unit/run.sh $^
