# Figures, as ratios in alternating runs (bench/compare.mjs). Not tests: a machine's noise fails none.
$(B)/bench/%: bench/%.c $(B)/libgccore.a $(STAMP)
	$(call say,BENCH,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) $(B)/libgccore.a

# ROUNDS and ONLY=relay|connect|flood|stun narrow it down.
#: make bench           figures of the server against npm peer and coturn (ROUNDS, ONLY)
bench: test/node_modules/.package-lock.json $(B)/bench/load $(B)/bench/echo $(B)/bench/stun $(B)/ghostchatd
	$(Q)B=$(B) $(NODE) bench/compare.mjs

.PHONY: bench-stun
#: make bench-stun      CPU of a STUN request against coturn (ROUNDS)
bench-stun: $(B)/bench/stun $(B)/ghostchatd
	$(Q)B=$(B) ONLY=stun $(NODE) bench/compare.mjs

# Figures of the page in Chromium (bench/browser.mjs), in a network of its own.
# ONLY=load|join|absent|crash|rooms|stock|room16, RUNS=20, ROOMS=5, TRACE=1.
.PHONY: bench-browser
#: make bench-browser   figures of the page in Chromium
bench-browser: test/node_modules/.package-lock.json $(B)/ghostchatd
	$(Q)B=$(B) test/netns $(NODE) bench/browser.mjs

# The longest task of a page while a member of its room sends what it likes (bench/hostile.mjs).
# ONLY=profile,texts,all+,..., SECONDS=5, TRACE=1.
.PHONY: bench-hostile
#: make bench-hostile   what a hostile member does to the pages of others in Chromium
bench-hostile: test/node_modules/.package-lock.json $(B)/ghostchatd
	$(Q)B=$(B) test/netns $(NODE) bench/hostile.mjs

.PHONY: bench-peerjs
#: make bench-peerjs    stock PeerJS that leaves and comes back at once (ROUNDS), and npm peer
bench-peerjs: test/node_modules/.package-lock.json $(B)/ghostchatd
	$(Q)B=$(B) test/netns $(NODE) bench/peerjs.mjs

# At most so many changes of file on the two ways; the way of the tree as it is must stay below.
FRAME_MAX ?= 36
OFFER_MAX ?= 60
.PHONY: way
#: make way             counts calls that change file, for one chat frame and one relayed OFFER
way:
	$(Q)B=$(B) CC='$(CC)' V=$(V) FRAME_MAX=$(FRAME_MAX) OFFER_MAX=$(OFFER_MAX) sh tools/way.sh

# OLD and NEW: a folder with a checkout, or a commit; NEW is the tree as it is if not named.
.PHONY: figures
#: make figures OLD=..  instructions and sizes of two states of this project, and their ratios
figures:
	$(Q)CC='$(CC)' sh tools/figures.sh '$(OLD)' '$(or $(NEW),.)'

# Programs over the native peer: a rule that is more special than the one above.
NATIVE_BENCH := $(addprefix $(B)/bench/,bulk floor dtls)
$(NATIVE_BENCH): $(B)/bench/%: bench/%.c bench/cpu.h $(B)/libgcpeer.a $(B)/libgchost.a \
    $(B)/libgcrtc.a $(B)/libgccore.a $(STAMP)
	$(call say,BENCH,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/libgchost.a $(B)/libgcrtc.a $(B)/libgccore.a $(PEER_LDLIBS)

# ONLY=bulk|start|memory, ROUNDS=5, MEGABYTES=200, RUNS=100 (1000: the deep form), IDLE_S=5.
.PHONY: bench-native
#: make bench-native    figures of the native peer beside AES, the kernel and OpenSSL alone
bench-native: test/node_modules/.package-lock.json $(NATIVE_BENCH) $(B)/ghostchatd $(B)/ghostchat
	$(Q)B=$(B) test/netns $(NODE) bench/native.mjs

# Two native peers over modelled paths, in virtual time: OpenSSL's clock is the simulator's.
PATHS_SRC := bench/paths.c bench/path.c bench/path_pair.c bench/tcp.c
$(B)/bench/paths: $(PATHS_SRC) $(wildcard bench/path*.h) bench/tcp.h $(B)/sim/openssl.o $(B)/sim/rng.o \
    $(B)/libgcrtc.a $(B)/libgccore.a $(STAMP)
	$(call say,BENCH,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(PATHS_SRC) -o $@ $(LDFLAGS_ALL) \
	    $(B)/sim/openssl.o $(B)/sim/rng.o $(B)/libgcrtc.a $(B)/libgccore.a $(SIM_LDLIBS) -lm

# ONLY="long lossy beside queue worst" narrows it down.
.PHONY: bench-paths
#: make bench-paths     the native peer on long, lossy and shared paths, beside NewReno and CUBIC (ONLY)
bench-paths: $(B)/bench/paths
	$(Q)$< $(ONLY)

ROUND_TRIPS_SRC := bench/round_trips.c bench/path.c
$(B)/bench/round_trips: $(ROUND_TRIPS_SRC) bench/path.h $(B)/sim/openssl.o $(B)/sim/rng.o \
    $(B)/libgcrtc.a $(B)/libgccore.a $(STAMP)
	$(call say,BENCH,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(ROUND_TRIPS_SRC) -o $@ $(LDFLAGS_ALL) \
	    $(B)/sim/openssl.o $(B)/sim/rng.o $(B)/libgcrtc.a $(B)/libgccore.a $(SIM_LDLIBS) -lm

# Of two native links in virtual time, and of one with Chromium in a network of its own (RUNS=5).
.PHONY: bench-round-trips
#: make bench-round-trips  round trips of the path until the first message, native and with Chromium
bench-round-trips: $(B)/bench/round_trips $(B)/test/interop/rtc_peer test/node_modules/.package-lock.json
	$(Q)$<
	$(Q)B=$(B) test/netns $(NODE) bench/first_message.mjs
