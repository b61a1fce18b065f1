# Unit tests: one file beside each source file, found by wildcard. cmocka prints TAP.
# Archives (all of ghostchatd but its main), so that a test which includes its .c (to reach statics) links no second copy.
$(B)/libgchost.a: $(HOST_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$(B)/test/unit/%: test/unit/%.c $(B)/libgccore.a $(B)/libgchost.a $(B)/libgcserver.a $(wildcard test/unit/*.h) $(STAMP)
	$(call say,TEST,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) \
	    $(B)/libgcserver.a $(B)/libgchost.a $(B)/libgccore.a -lcmocka $(HOST_LDLIBS)

unit: $(UNIT_BIN)
	$(Q)B=$(B) sh test/unit/run.sh $(UNIT_BIN)

# The layers that need no browser, and those of them that sanitizers watch.
check:
	$(Q)B=$(B) test/run gates unit fuzz sim wasm

asan:
	$(Q)$(MAKE) B=$(B)-asan SAN=address,undefined CC=clang-14 CFLAGS='-O1 -g' unit
