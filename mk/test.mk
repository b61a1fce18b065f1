# Unit tests: one file beside each source file, found by wildcard. cmocka prints TAP.
# Files that several of them share (every .c of test/unit that is not a test) are compiled once.
UNIT_LIB_OBJ := $(patsubst %.c,$(B)/%.o,$(filter-out $(UNIT_SRC),$(sort $(wildcard test/unit/*.c))))

# A test runs once, so compiling it costs more than its running: it is not optimised. What it tests is
# built as everything is. (Without optimisation the fortified functions of the C library are none.)
TEST_CFLAGS = $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(NOT_OPTIMISED)
NOT_OPTIMISED := -O0 -U_FORTIFY_SOURCE

# ghostchatd without its main.
$(B)/libgchost.a: $(HOST_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/test/unit/libgctest.a: $(UNIT_LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

# A noun of base, wire or proto is tested with those three alone, so its test cannot come to need the
# client, the server or a host. Of a host's there is only the crypto table of tests that hash.
NOUN_SRC := $(filter $(patsubst %,test/unit/%_test.c,$(notdir $(basename $(wildcard \
        core/base/*.[ch] core/wire/*.[ch] core/proto/*.[ch])))),$(UNIT_SRC))
NOUN_BIN := $(NOUN_SRC:test/unit/%.c=$(B)/test/unit/%)
$(B)/libgcproto.a: $(filter $(B)/core/base/% $(B)/core/wire/% $(B)/core/proto/%,$(CORE_OBJ))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(NOUN_BIN): $(B)/%: %.c $(B)/libgcproto.a $(B)/host/crypto.o $(STAMP)
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(TEST_CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/libgcproto.a $(B)/host/crypto.o -lcmocka $(shell $(PKG_CONFIG) --libs libsodium)

UNIT_LIBS := $(B)/test/unit/libgctest.a $(B)/libgcserver.a $(B)/libgcpeer.a $(B)/libgchost.a \
        $(B)/libgcrtc.a $(B)/libgccore.a
$(B)/test/unit/%_test: test/unit/%_test.c $(UNIT_LIBS) $(STAMP)
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(TEST_CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(UNIT_LIBS) -lcmocka $(PEER_LDLIBS)

# ICE and SCTP know no limit of the core (`room64` looks), so a larger room is nothing to their tests.
ROOMLESS := ice% sctp%
ROOMLESS_D = $(patsubst %.c,$(B)-room64/%.d,$(wildcard rtc/ice*.c rtc/sctp*.c))
UNIT_RUN := $(if $(ROOM),$(filter-out $(ROOMLESS:%=$(B)/test/unit/%),$(UNIT_BIN)),$(UNIT_BIN))

#: make unit            unit tests
unit: $(UNIT_RUN)
	$(Q)B=$(B) sh test/unit/run.sh $(UNIT_RUN)

# npm packages of the tests, and of the bench too, by their lock file. npm dates its own list itself.
%/node_modules/.package-lock.json: %/package-lock.json
	$(call say,NPM,$*)
	$(Q)cd $* && $(NPM) ci --silent && touch node_modules/.package-lock.json

# The layers that need no browser, and those of them that sanitizers watch.
#: make check           gates, unit tests, fuzzers, simulator and core.wasm: the layers that need no socket
check:
	$(Q)B=$(B) test/run gates unit fuzz sim wasm

#: make asan            unit tests under ASan and UBSan
asan:
	$(Q)$(MAKE) $(ASAN_BUILD) unit
# sim-trace uses what is built so.
ASAN_BUILD = B=$(B)-asan SAN=address,undefined CC='$(CLANG)' CFLAGS='-O1 -g'

#: make hostile-sctp    what a peer that keeps to no rule costs our SCTP, for each kind of packet, beside an honest one
.PHONY: hostile-sctp
hostile-sctp: $(B)/test/unit/sctp_hostile_test
	$(Q)GC_HOSTILE_PACKETS=100000 $<

# Sanitizers see what is compiled with them; valgrind sees the libraries too.
VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
VALGRIND_BIN := $(filter $(B)/test/unit/rtc_test $(B)/test/unit/ice_test $(B)/test/unit/ice_consent_test \
        $(B)/test/unit/ice_hostile_test $(B)/test/unit/dtls_test $(B)/test/unit/dtls_early_test \
        $(B)/test/unit/dtls_garbage_test $(B)/test/unit/dtls_session_test $(B)/test/unit/dtls_timer_test \
        $(B)/test/unit/sctp_%,$(UNIT_BIN))
.PHONY: check-valgrind
#: make check-valgrind  unit tests of links, ICE, DTLS and SCTP, and two terminals, under valgrind (package valgrind); minutes
check-valgrind: $(VALGRIND_BIN) server ghostchat test/node_modules/.package-lock.json
	$(Q)B=$(B) EMULATOR='$(VALGRIND)' sh test/unit/run.sh $(VALGRIND_BIN)
	$(Q)B=$(B) test/netns $(NODE) test/native/valgrind.mjs

#: make crypto-differential  the native and the page's libsodium against another implementation, 100,000 cases (CASES, SEED); minutes
.PHONY: crypto-differential
crypto-differential: $(B)/test/unit/crypto_test web test/node_modules/.package-lock.json
	$(Q)seed=$(or $(SEED),$$(date +%s)); echo "seed $$seed"; \
	    $(NODE) test/vectors/make-crypto.mjs $(or $(CASES),100000) $$seed >$(B)/crypto-cases.json
	$(Q)GC_CRYPTO_VECTORS=$(B)/crypto-cases.json $(B)/test/unit/crypto_test
	$(Q)B=$(B) GC_CRYPTO_VECTORS=$(CURDIR)/$(B)/crypto-cases.json $(NODE) --test test/wasm/crypto.test.mjs

#: make room64          with rooms of 64: unit tests, a world of 40 people under UBSan, core.wasm
# A larger room is one number, ROOM; what is built with another one wants a folder of its own.
.PHONY: room64
room64: test/node_modules/.package-lock.json
	$(Q)$(MAKE) B=$(B)-room64 ROOM=64 SAN=undefined CC='$(CLANG)' CFLAGS='-O1 -g' unit sim-native wasm
	$(Q)known=$$(grep -l 'core/base/limits\.h' $(B)-room64/rtc/rtc.d $(ROOMLESS_D)); \
	    [ "$$known" = $(B)-room64/rtc/rtc.d ] || { echo "room64: ROOMLESS is no longer true: $$known"; exit 1; }
	$(Q)$(B)-room64/sim/sim --scenario room-of-40 --seed 1
	$(Q)B=$(B)-room64 ROOM=64 $(NODE) test/wasm/core.test.mjs

#: make red             end-to-end tests with every variant that must fail, not only the first of a file
.PHONY: red
red:
	$(Q)B=$(B) GC_RED=all test/run wire peerjs browsers

#: make peerjs-20       applications with stock PeerJS, 20 times (RUNS); prints how many runs failed
.PHONY: peerjs-20
peerjs-20: server test/node_modules/.package-lock.json
	$(Q)B=$(B) sh test/peerjs/repeat.sh $(or $(RUNS),20)

#: make check-recipes   the recipes of ARCHITECTURE.md: a patch adds one of each, builds and passes
# In a folder of its own: below $(B) its lists of headers would count as those of this tree.
.PHONY: check-recipes
check-recipes: $(B)/include/jsmn.h test/node_modules/.package-lock.json
	$(Q)$(NODE) test/recipes/check.mjs . $(B)-recipes
