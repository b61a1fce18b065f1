# The page. $(B)/web holds every file that ghostchatd embeds, flat: the page's own modules,
# core.wasm and what comes from npm. A test build takes another module for the socket, nothing else
# differs.
WEB_OWN := $(filter-out web/test-signaling.js,$(sort $(wildcard web/*.js))) \
           $(sort $(wildcard web/*.html web/*.css web/*.svg))
WEB_NPM := $(B)/npm/node_modules/.package-lock.json
WEB_STAMP := $(B)/web.stamp
WEB_SOCKET := web/$(if $(filter 1,$(USE_LOCALSTORAGE_FOR_TESTING)),test-signaling,socket).js
# Loaded only when somebody scans a QR code, or not by the page at all.
WEB_LATER := jsqr.js example.html example.js
.PHONY: web-size static

#: make web             the files of the page; web-size: what a first chat loads
web: $(WEB_STAMP)

$(WEB_NPM): web/package.json web/package-lock.json web/.npmrc
	$(call say,NPM,web/package-lock.json)
	$(Q)mkdir -p $(B)/npm && cp $^ $(B)/npm/ && cd $(B)/npm && $(NPM) ci --silent && \
	    touch node_modules/.package-lock.json

# libsodium's wrapper imports a bare name, which a browser does not resolve. jsqr is no module.
$(WEB_STAMP): $(WEB_OWN) $(WEB_SOCKET) $(WEB_NPM) $(B)/wasm/core.wasm $(STAMP) mk/web.mk
	$(call say,WEB,$(B)/web)
	$(Q)rm -rf $(B)/web && mkdir -p $(B)/web && cp $(WEB_OWN) $(B)/wasm/core.wasm $(B)/web/
	$(Q)cp $(WEB_SOCKET) $(B)/web/socket.js
	$(Q)m=$(B)/npm/node_modules w=$(B)/web && \
	    sed 's|from"libsodium-sumo"|from"./libsodium-sumo.js"|' \
	        $$m/libsodium-wrappers-sumo/dist/modules-sumo-esm/libsodium-wrappers.mjs \
	        >$$w/sodium.js && \
	    grep -q 'from"./libsodium-sumo.js"' $$w/sodium.js && \
	    cp $$m/libsodium-sumo/dist/modules-sumo-esm/libsodium-sumo.mjs $$w/libsodium-sumo.js && \
	    cp $$m/qrcode-generator/dist/qrcode.mjs $$w/qrcode.js && \
	    { cat $$m/jsqr/dist/jsQR.js && printf '\nexport default globalThis.jsQR;\n'; } \
	        >$$w/jsqr.js && \
	    for l in libsodium-sumo libsodium-wrappers-sumo jsqr; do \
	        printf '%s\n\n' "$$l"; cat $$m/$$l/LICENSE; printf '\n'; done >$$w/licenses.txt && \
	    printf 'qrcode-generator: MIT, see the head of qrcode.js\n' >>$$w/licenses.txt && \
	    chmod 644 $$w/* && touch $@

# Everything that is loaded for a first chat, gzip: at most 300 KiB.
web-size: $(WEB_STAMP)
	$(Q)cd $(B)/web && sum=0 && for f in $(filter-out $(WEB_LATER),$(notdir $(WEB_OWN))) \
	        core.wasm sodium.js libsodium-sumo.js qrcode.js; do \
	    n=$$(gzip -9nc $$f | wc -c); sum=$$((sum + n)); printf '%8d  %s\n' $$n $$f; done && \
	    printf '%8d  bytes in all, gzip (at most 307200)\n' $$sum && test $$sum -le 307200

PEER_SERVER ?= https://0.peerjs.com/
PEER_KEY ?= peerjs
STUN ?=
#: make static          the page for any static host; PEER_SERVER=URL PEER_KEY=KEY STUN='stun:HOST:PORT ...'
static: $(WEB_STAMP)
	$(call say,STATIC,$(B)/static)
	$(Q)sh tools/static.sh $(B)/web $(B)/static '$(PEER_SERVER)' '$(PEER_KEY)' $(STUN)
