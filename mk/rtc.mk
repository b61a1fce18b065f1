# The native peer: rtc/ (ICE, DTLS, SCTP), peer/ over host/, and the program ghostchat of cli/.
RTC_SRC := $(sort $(wildcard rtc/*.c))
RTC_OBJ := $(RTC_SRC:%.c=$(B)/%.o)
PEER_SRC := $(filter-out cli/main.c,$(sort $(wildcard peer/*.c cli/*.c)))
PEER_OBJ := $(PEER_SRC:%.c=$(B)/%.o)

# Without the host: OpenSSL is all that rtc/ needs beside the core.
$(B)/libgcrtc.a: $(RTC_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/libgcpeer.a: $(PEER_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

.PHONY: ghostchat
#: make ghostchat       the terminal client
ghostchat: $(B)/ghostchat

$(B)/cli/%.o: HOST_CFLAGS += -DGC_VERSION='"$(or $(VERSION),0.1.0)"'
$(B)/ghostchat: $(B)/cli/main.o $(B)/libgcpeer.a $(B)/libgchost.a $(B)/libgcrtc.a $(B)/libgccore.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,--as-needed -o $@ $(B)/cli/main.o $(B)/libgcpeer.a \
	    $(B)/libgchost.a $(B)/libgcrtc.a $(B)/libgccore.a $(PEER_LDLIBS)

# Several peers in one process, for test/native.
$(B)/test/native/peers: test/native/peers.c $(B)/libgcpeer.a $(B)/libgchost.a $(B)/libgcrtc.a $(B)/libgccore.a $(STAMP)
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/libgcpeer.a $(B)/libgchost.a $(B)/libgcrtc.a $(B)/libgccore.a $(PEER_LDLIBS)

# A link end for the tests with browsers (test/interop).
$(B)/test/interop/rtc_peer: test/interop/rtc_peer.c $(B)/libgcrtc.a $(B)/libgccore.a $(STAMP)
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    -Wl,--wrap=gc_sctp_packet -Wl,--as-needed $(B)/libgcrtc.a $(B)/libgccore.a $(shell $(PKG_CONFIG) --libs openssl)

# Datagrams of strangers for a real socket: those that the simulator draws (test/native).
SPOOF_SRC := test/native/spoof.c sim/spoof.c sim/rng.c
$(B)/test/native/spoof: $(SPOOF_SRC) $(B)/libgccore.a $(STAMP)
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(SPOOF_SRC) -o $@ $(LDFLAGS_ALL) $(B)/libgccore.a

#: make interop-bulk    100 MB each way between a native end and Chromium, and Firefox: hashes and rates
.PHONY: interop-bulk
interop-bulk: $(B)/test/interop/rtc_peer test/node_modules/.package-lock.json
	$(Q)GC_BULK_MB=100 B=$(B) test/netns $(NODE) --test --test-reporter=tap --test-name-pattern='MB each way' test/interop/browsers.test.mjs

#: make interop-usrsctp our SCTP against libusrsctp, in one process (needs libusrsctp-dev)
.PHONY: interop-usrsctp
interop-usrsctp: $(B)/test/interop/usrsctp
	$(Q)$<
$(B)/test/interop/usrsctp: test/interop/usrsctp.c $(B)/libgcrtc.a $(B)/libgccore.a $(STAMP)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/libgcrtc.a $(B)/libgccore.a -lusrsctp

#: make interop-libnice our ICE against libnice, in one process (needs libnice-dev)
.PHONY: interop-libnice
interop-libnice: $(B)/test/interop/libnice
	$(Q)test/netns $<
$(B)/test/interop/libnice: test/interop/libnice.c $(B)/libgcrtc.a $(B)/libgccore.a $(STAMP)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(shell $(PKG_CONFIG) --cflags nice) $(CPPFLAGS) $(CFLAGS) $< \
	    -o $@ $(LDFLAGS_ALL) $(B)/libgcrtc.a $(B)/libgccore.a $(shell $(PKG_CONFIG) --libs nice openssl)
