# core.wasm: the client core for the page, and nothing else of the tree.
# Compiled and linked apart: clang's one-step link runs whatever wasm-opt is on PATH. Memory is
# fixed: views of it in JavaScript never detach. How much it is follows from the size of the client: a
# first link, with one page, fails and says how many bytes are needed. Everybody who opens the page
# loads core.wasm, so it is made for size, and as a whole: -flto makes it 14 % smaller.
# The client's half of the core; --gc-sections drops what it does not call.
WASM_SRC := core/wasm.c core/crypto_wasm.c core/base/mem_wasm.c \
    $(filter-out core/gc_server.c core/server/%.c,$(CORE_SRC))
WASM_OBJ := $(WASM_SRC:%.c=$(B)/wasm/%.o)
WASM_FLAGS := --target=wasm32 -std=c11 $(LIMITS) -Oz -flto -ffreestanding -I. -I$(B)/include -MMD -MP \
    $(WARN) -ffile-prefix-map=$(CURDIR)=.

WASM_LINK = $(WASM_LD) --no-entry --gc-sections --strip-all --stack-first -z stack-size=262144

.PHONY: wasm check-wasm
#: make wasm            core.wasm for the page
wasm: $(B)/wasm/core.wasm $(B)/wasm/mem.wasm $(B)/wasm/trust.wasm

# Exports are called by no C file, so they have no prototypes.
$(B)/wasm/core/wasm.o: WASM_FLAGS += -Wno-missing-prototypes
# -fno-builtin: the file that defines memcpy must not be compiled into calls of memcpy; and such
# calls are made after the whole is optimised, so it is no part of that.
$(B)/wasm/core/base/mem_wasm.o: WASM_FLAGS += -fno-builtin -fno-lto

$(B)/wasm/%.o: %.c $(B)/include/jsmn.h mk/wasm.mk $(STAMP)
	$(call say,WASMCC,$<)
	$(Q)mkdir -p $(@D) && $(WASM_CC) $(WASM_FLAGS) -c $< -o $@

$(B)/wasm/core.wasm: $(WASM_OBJ)
	$(call say,WASMLD,$@)
	$(Q)needed=$$($(WASM_LINK) --initial-memory=65536 $^ -o $@ 2>&1 | \
	        sed -n 's/.*initial memory too small, \([0-9]*\) bytes needed.*/\1/p') && \
	    memory=$$(((needed + 65535) / 65536 * 65536)) && \
	    $(WASM_LINK) --initial-memory=$$memory --max-memory=$$memory $^ -o $@

# The four memory functions by themselves, for test/wasm/mem.test.mjs: core.wasm does not export them.
$(B)/wasm/mem.wasm: $(B)/wasm/core/base/mem_wasm.o
	$(call say,WASMLD,$@)
	$(Q)$(WASM_LD) --no-entry $(addprefix --export=,memcpy memmove memset memcmp) $^ -o $@

# What test/wasm/trust.test.mjs calls: nouns that core.wasm does not export.
$(B)/wasm/test/wasm/trust.o: WASM_FLAGS += -Wno-missing-prototypes
$(B)/wasm/trust.wasm: $(B)/wasm/test/wasm/trust.o $(filter-out $(B)/wasm/core/wasm.o,$(WASM_OBJ))
	$(call say,WASMLD,$@)
	$(Q)$(WASM_LINK) --initial-memory=1048576 $^ -o $@

#: make check-wasm      its tests in node
# Imports, exports, size, the vectors of the C tests and clients that talk, in plain node.
check-wasm: wasm web $(B)/tools/room-name test/node_modules/.package-lock.json
	$(Q)B='$(B)' $(NODE) --test test/wasm/*.test.mjs
