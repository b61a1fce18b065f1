# ghostchatd. The page is built into it: `make web` fills $(B)/web, tools/embed.sh turns that into
# an object file. Whether something changed there is embed.sh's business, so it always runs.
EMBED := $(B)/embed
SERVER_LIB_OBJ := $(filter-out $(B)/server/main.o,$(SERVER_OBJ))
VERSION := $(shell sed -n 's/^## \[*\([0-9][0-9.]*[^] ]*\).*/\1/p' CHANGELOG.md 2>/dev/null | head -n 1)
$(B)/server/%.o: HOST_CFLAGS += -DGC_VERSION='"$(or $(VERSION),0.1.0)"'

.PHONY: embed
embed: web
	$(Q)sh tools/embed.sh $(B)/web $(EMBED)
$(EMBED)/assets.S $(EMBED)/embedded.c: embed ;

$(EMBED)/assets.o: $(EMBED)/assets.S
	$(call say,AS,$<)
	$(Q)$(CC) -c $< -o $@
$(EMBED)/embedded.o: $(EMBED)/embedded.c server/assets.h $(STAMP)
	$(call say,CC,$<)
	$(Q)$(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/libgcserver.a: $(SERVER_LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

# Archives and --as-needed: a library that nothing of ours uses costs no memory.
$(B)/ghostchatd: $(B)/server/main.o $(B)/libgcserver.a $(EMBED)/embedded.o $(EMBED)/assets.o \
    $(B)/libgchost.a $(B)/libgccore.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -Wl,--as-needed -o $@ $(B)/server/main.o $(B)/libgcserver.a \
	    $(EMBED)/embedded.o $(EMBED)/assets.o $(B)/libgchost.a $(B)/libgccore.a $(HOST_LDLIBS)

#: make server          ghostchatd with its page
server: $(B)/ghostchatd
