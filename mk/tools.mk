# Small programs of the tree itself; nothing here is installed.
$(B)/tools/invite: tools/invite.c $(B)/cli/qr.o $(B)/libgccore.a $(STAMP)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/cli/qr.o $(B)/libgccore.a $(shell $(PKG_CONFIG) --libs qrcodegen)

$(B)/tools/room-name: tools/room-name.c $(B)/host/normalize.o $(B)/libgccore.a $(STAMP)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/host/normalize.o $(B)/libgccore.a $(shell $(PKG_CONFIG) --libs libutf8proc)

#: make screenshot      docs/screenshot.png, by a story in a browser
.PHONY: screenshot
screenshot: server
	$(Q)B=$(B) test/netns $(NODE) test/e2e/screenshot.mjs docs/screenshot.png
