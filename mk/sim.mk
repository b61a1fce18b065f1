# The simulator. Its library is as freestanding as the core; only sim/main.c sees an OS, and only
# sim/openssl.c OpenSSL.
SIM_OBJ := $(SIM_LIB_SRC:%.c=$(B)/%.o) $(SIM_NATIVE_SRC:%.c=$(B)/%.o)
SIM_LDLIBS = -Wl,--as-needed $(shell $(PKG_CONFIG) --libs openssl)
SIM := $(B)/sim/sim

$(B)/sim/%.o: sim/%.c $(STAMP)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CORE_FLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/sim/main.o: sim/main.c $(STAMP)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(BASE) -D_GNU_SOURCE -fPIE $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(SIM): $(SIM_OBJ) $(B)/sim/main.o $(B)/peer/bridge.o $(B)/libgcrtc.a $(B)/libgccore.a
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ $(LDFLAGS_ALL) $(SIM_LDLIBS)

# The one part of it that has a unit test.
$(B)/test/unit/sim_crypto_test: test/unit/sim_crypto_test.c $(B)/sim/crypto.o $(B)/sim/rng.o $(STAMP)
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(TEST_CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/sim/crypto.o $(B)/sim/rng.o -lcmocka

# wasm: compiled and linked apart, as mk/wasm.mk says; no import at all (never --allow-undefined), a
# stated stack below the data, fixed memory.
SIM_WASM := $(B)/wasm/sim.wasm
SIM_WASM_SRC := $(CORE_SRC) core/base/mem_wasm.c $(SIM_LIB_SRC) sim/wasm.c
SIM_WASM_OBJ := $(SIM_WASM_SRC:%.c=$(B)/wasm-sim/%.o)
$(B)/wasm-sim/core/base/mem_wasm.o: SIM_WASM_EXTRA := -fno-builtin
$(B)/wasm-sim/%.o: %.c $(B)/include/jsmn.h $(STAMP)
	$(call say,WASMCC,$<)
	$(Q)mkdir -p $(@D) && $(WASM_CC) --target=wasm32 -std=c11 $(LIMITS) -I. -I$(B)/include -Os -ffreestanding \
	    $(SIM_WASM_EXTRA) -Wall -Wextra -MMD -MP -c $< -o $@
$(SIM_WASM): $(SIM_WASM_OBJ)
	$(call say,WASMLD,$@)
	$(Q)mkdir -p $(@D) && $(WASM_LD) --no-entry --gc-sections --strip-all --stack-first \
	    -z stack-size=262144 --initial-memory=369098752 --max-memory=369098752 $^ -o $@

.PHONY: sim-native sim-wasm sim-check sim-short sim-links sim-stock sim-trace sim-asan sim-planted sim-deep
#: make sim             the simulator, native and wasm; sim-native, sim-wasm: one of them; sim-asan: a sanitized one
sim: $(SIM) $(SIM_WASM)
sim-native: $(SIM)
sim-wasm: $(SIM_WASM)

# 1,000 seeds, every row of the scenario table, and every seed that once found something.
#: make sim-check       1,000 simulated worlds; sim-deep: SEEDS of them; sim-trace, sim-planted
sim-check: $(SIM)
	$(Q)$(SIM) --seeds 1-1000
	$(Q)$(SIM) --scenario stock --seeds 1-500
	$(Q)$(SIM) --scenario hostile --seeds 1-500
	$(Q)$(SIM) --scenario native --seeds 1-200
	$(Q)$(SIM) --scenario native-nat --seeds 1-200
	$(Q)$(SIM) --scenario native-partial --seeds 1-50
	$(Q)$(SIM) --scenario all --seeds 1-3
	$(Q)sh sim/seeds.sh $(SIM)

# Seconds, for the one who is writing.
#: make sim-short       100 simulated worlds, 100 over a stock PeerServer, 100 with a hostile member, 90 with native links, kept seeds
sim-short: $(SIM)
	$(Q)$(SIM) --seeds 1-100
	$(Q)$(SIM) --scenario stock --seeds 1-100
	$(Q)$(SIM) --scenario hostile --seeds 1-100
	$(Q)$(SIM) --scenario native --seeds 1-40
	$(Q)$(SIM) --scenario native-nat --seeds 1-40
	$(Q)$(SIM) --scenario native-partial --seeds 1-10
	$(Q)sh sim/seeds.sh $(SIM)

# Links of rtc/: ICE, DTLS and SCTP, datagram by datagram.
LINK_SEEDS ?= 1-10000
#: make sim-links       20,000 worlds whose links are the whole native stack, half of them behind NATs
sim-links: $(SIM)
	$(Q)$(SIM) --scenario native --seeds $(LINK_SEEDS)
	$(Q)$(SIM) --scenario native-nat --seeds $(LINK_SEEDS)

# Whoever has no key, from any address: in the simulator and, with raw sockets in a namespace, at two
# terminals (test/native/spoofed.test.mjs, of which `./dev test` has the short form).
.PHONY: hostile-links
#: make hostile-links   strangers against native links: 300 worlds of 100,000 datagrams each, 2,000,000 at two terminals
hostile-links: $(SIM) server ghostchat $(B)/test/native/spoof test/node_modules/.package-lock.json
	$(Q)$(SIM) --scenario native-spoofed --seeds 1-300
	$(Q)GC_SPOOFS=1000000 B=$(B) test/netns $(NODE) test/native/spoofed.test.mjs

# Rooms over an unmodified PeerServer: all are linked within 15 s of the last change, 90 s when a
# holder of a slot crashed.
STOCK_SEEDS ?= 1-10000
#: make sim-stock       10,000 worlds of rooms over a stock PeerServer, with its figures
sim-stock: $(SIM)
	$(Q)$(SIM) --scenario stock --seeds $(STOCK_SEEDS)

SEEDS ?= 100000
sim-deep: $(SIM)
	$(Q)$(SIM) --seeds 1-$(SEEDS)

# Over the objects of `make asan`. Another compiler too: it evaluates arguments in another order.
sim-asan:
	$(Q)$(MAKE) $(ASAN_BUILD) sim-native

# The same seeds give the same worlds in every build: one list of hashes from each, compared.
TRACE_SEEDS ?= 1-25
sim-trace: $(SIM) $(SIM_WASM) sim-asan
	$(Q)B='$(B)' MAKE='$(MAKE)' NODE='$(NODE)' SEEDS='$(TRACE_SEEDS)' sh sim/trace.sh

# Planted bugs: each patch must be caught within 10,000 seeds.
sim-planted: $(SIM)
	$(Q)B='$(B)' COMPILE='$(CC) $(CORE_FLAGS) -D_GNU_SOURCE $(CPPFLAGS) $(CFLAGS) -w' LINK='$(CC)' \
	    LINK_FLAGS='$(LDFLAGS_ALL) $(SIM_LDLIBS)' sh sim/planted.sh
