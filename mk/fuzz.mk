# libFuzzer targets: each fuzz/fuzz_NAME.c is linked with core, with the other files of fuzz/, and with
# what the unit tests know of the inside of the client, all built by FUZZ_CC below $(B)/fuzz.
# Seeds: fuzz/corpus/NAME/ (must exist), words: fuzz/NAME.dict (may). What a run finds goes to
# $(B)/fuzz/corpus/NAME/, a crashing input to $(B)/fuzz/NAME-crash-*: make it a seed once fixed.
FUZZ_SECONDS ?= 60
FUZZ_SMOKE_SECONDS ?= 3
FUZZ_FLAGS := -std=c11 $(LIMITS) -I. -I$(B)/include -ffile-prefix-map=$(CURDIR)=. -MMD -MP -O1 -g $(WARN) \
        -Wno-missing-prototypes -D_GNU_SOURCE -fno-omit-frame-pointer \
        -fno-sanitize-recover=all
FUZZ_BIN := $(FUZZ_SRC:fuzz/%.c=$(B)/fuzz/%)
FUZZ_CORE_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(CORE_SRC) test/unit/client_inside.c \
        $(filter-out $(FUZZ_SRC),$(sort $(wildcard fuzz/*.c))))
FUZZ_RTC_OBJ := $(RTC_SRC:%.c=$(B)/fuzz/obj/%.o)

.PHONY: fuzz-replay fuzz-smoke fuzz-build

$(B)/fuzz/obj/%.o: %.c $(B)/include/jsmn.h fuzz/uncovered.list $(STAMP)
	$(call say,FUZZCC,$<)
	$(Q)mkdir -p $(@D) && $(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined \
	    -fsanitize-coverage-ignorelist=fuzz/uncovered.list -c $< -o $@

$(B)/fuzz/libgccore.a: $(FUZZ_CORE_OBJ)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/fuzz/libgcrtc.a: $(FUZZ_RTC_OBJ)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/fuzz/fuzz_%: fuzz/fuzz_%.c $(B)/fuzz/libgcrtc.a $(B)/fuzz/libgccore.a $(wildcard fuzz/*.h) $(STAMP)
	$(call say,FUZZ,$<)
	$(Q)mkdir -p $(@D) && $(FUZZ_CC) $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -fuse-ld=lld $< -o $@ \
	    $(B)/fuzz/libgcrtc.a $(B)/fuzz/libgccore.a -Wl,--as-needed $(shell $(PKG_CONFIG) --libs openssl)

fuzz-build: $(FUZZ_BIN)

# fuzz-replay: the corpora only; fuzz-smoke: FUZZ_SMOKE_SECONDS for each target
#: make fuzz            fuzzers, FUZZ_SECONDS for each target
fuzz: $(FUZZ_BIN)
	$(Q)sh fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_BIN)

#: make fuzz-smoke      the same for seconds; fuzz-replay: the corpora only
fuzz-smoke: $(FUZZ_BIN)
	$(Q)sh fuzz/run.sh $(FUZZ_SMOKE_SECONDS) $(FUZZ_BIN)

fuzz-replay: $(FUZZ_BIN)
	$(Q)sh fuzz/run.sh 0 $(FUZZ_BIN)
