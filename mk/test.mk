# Unit tests: one file beside each source file, found by wildcard. cmocka prints TAP.
$(B)/test/unit/%: test/unit/%.c $(B)/libgccore.a $(HOST_OBJ) $(wildcard test/unit/*.h) $(STAMP)
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(HOST_OBJ) $(B)/libgccore.a -lcmocka $(HOST_LDLIBS)

unit: $(UNIT_BIN)
	$(Q)B=$(B) sh test/unit/run.sh $(UNIT_BIN)
