# The native core and its unit tests with another C library, musl (Debian: musl-tools). There is no
# cmocka and no libsodium for it, so test/musl replaces both. Tests of host/, server/, rtc/, peer/ and cli/ need
# more libraries than that: they are counted and named as not run.
MUSL_CC ?= musl-gcc
MUSL_FLAGS := $(BASE) -D_GNU_SOURCE -Itest/musl
MUSL_DIRECT := $(sort $(shell grep -E '^\#include "(host|server|rtc|peer|cli|sim)/' test/unit/*.[ch] | grep -v '"host/crypto.h"' | sed 's/:.*//'))
# So do those that include a helper of this kind.
MUSL_HELPERS := $(addsuffix .h,$(basename $(filter-out $(UNIT_SRC),$(MUSL_DIRECT))))
MUSL_BESIDE := $(sort $(MUSL_DIRECT) $(if $(MUSL_HELPERS),$(shell grep -lF $(MUSL_HELPERS:%=-e '"%"') test/unit/*.[ch])))
MUSL_SRC := $(filter-out $(MUSL_BESIDE),$(UNIT_SRC))
MUSL_LEFT := $(filter $(MUSL_BESIDE),$(UNIT_SRC))
MUSL_BIN := $(MUSL_SRC:%.c=$(B)/musl/%)
MUSL_OBJ := $(patsubst %.c,$(B)/musl/%.o,$(CORE_SRC) $(filter-out $(MUSL_BESIDE) $(UNIT_SRC),$(sort $(wildcard test/unit/*.c))) $(sort $(wildcard test/musl/*.c)))

$(B)/musl/core/%.o: core/%.c $(B)/include/jsmn.h $(STAMP)
	$(call say,MUSLCC,$<)
	$(Q)mkdir -p $(@D) && $(MUSL_CC) $(CORE_FLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@
$(B)/musl/test/%.o: test/%.c $(B)/include/jsmn.h $(STAMP)
	$(call say,MUSLCC,$<)
	$(Q)mkdir -p $(@D) && $(MUSL_CC) $(MUSL_FLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/musl/libgctest.a: $(MUSL_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(MUSL_BIN): $(B)/musl/%: %.c $(B)/musl/libgctest.a $(STAMP)
	$(call say,MUSL,$<)
	$(Q)mkdir -p $(@D) && $(MUSL_CC) $(MUSL_FLAGS) $(CPPFLAGS) $(CFLAGS) $(NOT_OPTIMISED) $< -o $@ -static \
	    $(B)/musl/libgctest.a

.PHONY: musl
#: make musl            core and its unit tests with the C library musl
musl: $(MUSL_BIN)
	$(Q)B=$(B) sh test/unit/run.sh $(MUSL_BIN)
	$(Q)printf 'not run with musl (they need libuv, OpenSSL or more): %s tests of %s\n' \
	    "$$(cat $(MUSL_LEFT) | grep -o 'cmocka_unit_test' | wc -l)" '$(MUSL_LEFT:test/unit/%=%)'
