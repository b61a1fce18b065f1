# The page. $(B)/web holds every file that ghostchatd embeds, flat: the page's own modules,
# core.wasm and what comes from npm. A test build takes another module for the socket, nothing else
# differs.
WEB_OWN := $(filter-out web/test-signaling.js,$(sort $(wildcard web/*.js))) \
           $(sort $(wildcard web/*.html web/*.css web/*.svg))
WEB_NPM := $(B)/npm/node_modules/.package-lock.json
WEB_STAMP := $(B)/web.stamp
WEB_SOCKET := web/$(if $(filter 1,$(USE_LOCALSTORAGE_FOR_TESTING)),test-signaling,socket).js
# Loaded only with their dialog (as qrcode.js and jsqr.js are), or not by the page at all.
WEB_LATER := qr.js example.html example.js
.PHONY: web-size static

#: make web             the files of the page; web-size: what a first chat loads
web: $(WEB_STAMP)

$(WEB_NPM): web/package.json web/package-lock.json web/.npmrc
	$(call say,NPM,web/package-lock.json)
	$(Q)mkdir -p $(B)/npm && cp $^ $(B)/npm/ && cd $(B)/npm && $(NPM) ci --silent && \
	    touch node_modules/.package-lock.json

# libsodium comes as wasm in base64, jsqr is not a module. Comments of our own modules are left out, line
# for line.
$(WEB_STAMP): $(WEB_OWN) $(WEB_SOCKET) $(WEB_NPM) $(B)/wasm/core.wasm $(STAMP) mk/web.mk \
        tools/split-sodium.mjs tools/strip-comments.awk
	$(call say,WEB,$(B)/web)
	$(Q)rm -rf $(B)/web && mkdir -p $(B)/web && cp $(WEB_OWN) $(B)/wasm/core.wasm $(B)/web/
	$(Q)for f in $(filter %.js,$(WEB_OWN)); do \
	    awk -f tools/strip-comments.awk $$f >$(B)/web/$${f#web/} || exit 1; done
	$(Q)awk -f tools/strip-comments.awk $(WEB_SOCKET) >$(B)/web/socket.js
	$(Q)m=$(B)/npm/node_modules w=$(B)/web && \
	    $(NODE) tools/split-sodium.mjs $$m/libsodium-sumo/dist/modules-sumo-esm/libsodium-sumo.mjs \
	        $$w/libsodium-sumo.js $$w/libsodium-sumo.wasm && \
	    cp $$m/qrcode-generator/dist/qrcode.mjs $$w/qrcode.js && \
	    { cat $$m/jsqr/dist/jsQR.js && printf '\nexport default globalThis.jsQR;\n'; } \
	        >$$w/jsqr.js && \
	    for l in libsodium-sumo jsqr; do \
	        printf '%s\n\n' "$$l"; cat $$m/$$l/LICENSE; printf '\n'; done >$$w/licenses.txt && \
	    printf 'qrcode-generator: MIT, see the head of qrcode.js\n' >>$$w/licenses.txt && \
	    chmod 644 $$w/* && touch $@

# Everything that is loaded for a first chat and in the seconds after it, gzip: at most 230 KiB.
WEB_BYTES_MAX := 235520
web-size: $(WEB_STAMP)
	$(Q)cd $(B)/web && sum=0 && for f in $(filter-out $(WEB_LATER),$(notdir $(WEB_OWN))) \
	        core.wasm libsodium-sumo.js libsodium-sumo.wasm; do \
	    n=$$(gzip -9nc $$f | wc -c); sum=$$((sum + n)); printf '%8d  %s\n' $$n $$f; done && \
	    printf '%8d  bytes in all, gzip (at most $(WEB_BYTES_MAX))\n' $$sum && \
	    test $$sum -le $(WEB_BYTES_MAX)

PEER_SERVER ?= https://0.peerjs.com/
PEER_KEY ?= peerjs
STUN ?=
#: make static          the page for any static host; PEER_SERVER=URL PEER_KEY=KEY STUN='stun:HOST:PORT ...'
static: $(WEB_STAMP)
	$(call say,STATIC,$(B)/static)
	$(Q)sh tools/static.sh $(B)/web $(B)/static '$(PEER_SERVER)' '$(PEER_KEY)' $(STUN)
