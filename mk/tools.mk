# Small programs of the tree itself; nothing here is installed.
$(B)/tools/invite: tools/invite.c $(B)/libgccore.a $(STAMP)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/libgccore.a $(shell $(PKG_CONFIG) --libs qrcodegen)
