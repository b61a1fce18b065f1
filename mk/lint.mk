# The part of the house rules that a machine can check.
#: make check-rule      the dependency rule, and planted violations; check-core, check-direction, check-fields: a part
check-rule: check-core check-direction check-fields
.PHONY: check-core check-direction check-fields
check-core: $(B)/libgccore.a $(B)/libgcrtc.a
	$(Q)sh tools/check-core.sh . $(B)/core $(B)/rtc
	$(Q)sh tools/check-core-test.sh "$(CC)"
check-direction: $(B)/libgccore.a $(HOST_OBJ) $(SERVER_OBJ) $(RTC_OBJ) $(PEER_OBJ) $(B)/cli/main.o
	$(Q)$(NODE) tools/check-direction.mjs . $(B)
	$(Q)NODE='$(NODE)' sh tools/check-direction-test.sh "$(CC)" $(B)
FIELDS_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(HOST_LIBS) $(PEER_LIBS))
check-fields: $(B)/include/jsmn.h
	$(Q)$(NODE) tools/check-fields.mjs . $(B)/include "$(CC) $(FIELDS_CFLAGS)"
	$(Q)NODE='$(NODE)' sh tools/check-fields-test.sh "$(CC) $(FIELDS_CFLAGS)" $(B)/include

# The code that composes (all of the core above core/proto) is at most SHARE_MAX per cent of the lines
# of the core, and none of its files has more than LINES_MAX lines.
SHARE_MAX ?= 30
LINES_MAX ?= 400

# The files that people read, in which the habits of STYLE.md ("Language") are looked for.
READ_BY_PEOPLE := web/texts.js core/base/reason.h $(wildcard man/*.[0-9] docs/*.md) \
    README.md ARCHITECTURE.md SECURITY.md CONTRIBUTING.md CHANGELOG.md
# The same habits are looked for in the comments of these.
COMMENTED := $(wildcard core/*.[ch] core/*/*.[ch] host/*.[ch] server/*.[ch] rtc/*.[ch] peer/*.[ch] cli/*.[ch] web/*.js test/harness/*.mjs tools/*.mjs)

# Banned everywhere; time and randomness only in host/ (sim/openssl.c defines gettimeofday, and reads no
# clock).
BANNED := strcpy|strcat|sprintf|vsprintf|gets|atoi|strtok|alloca
#: make lint            house rules: banned functions, form of C, types of the page, longest functions
lint: check-rule lint-house
.PHONY: lint-house
lint-house: lint-web lint-form
	$(Q)! grep -nE '\b($(BANNED))[[:space:]]*\(' -r core host server $(wildcard rtc peer cli) sim tools fuzz bench --include='*.c' --include='*.h' || { echo 'lint: banned function'; exit 1; }
	$(Q)! grep -nE '\b(time|rand|random|gettimeofday|clock_gettime)\(' -r core server $(wildcard rtc peer cli) sim --include='*.c' | grep -v '^sim/openssl\.c:' || { echo 'lint: clock or randomness outside host/'; exit 1; }
	$(Q)! grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|[[:space:]]style=|[[:space:]]on[a-z]+=' -r web --include='*.js' --include='*.html' --exclude-dir=node_modules || { echo 'lint: banned in web/'; exit 1; }
	$(Q)sh tools/check-tests.sh && sh tools/check-tests-test.sh
	$(Q)sh tools/check-walks.sh && sh tools/check-walks-test.sh
	$(Q)$(NODE) tools/check-language.mjs $(READ_BY_PEOPLE) && $(NODE) tools/check-language.mjs --comments $(COMMENTED) && NODE='$(NODE)' sh tools/check-language-test.sh
	$(Q)sh tools/longest.sh
	$(Q)SHARE_MAX=$(SHARE_MAX) LINES_MAX=$(LINES_MAX) sh tools/share.sh
	$(Q)! SHARE_MAX=1 sh tools/share.sh >/dev/null && ! LINES_MAX=50 sh tools/share.sh >/dev/null || { echo 'lint: tools/share.sh sees nothing'; exit 1; }

# Form of C. A clang-format that would decide otherwise (config.mk) counts as none.
FORM := $(sort $(wildcard core/*.[ch] core/*/*.[ch] host/*.[ch] server/*.[ch] rtc/*.[ch] peer/*.[ch] cli/*.[ch] sim/*.[ch] test/unit/*.[ch] fuzz/*.[ch] bench/*.[ch] tools/*.[ch] test/musl/*.[ch]))
FORMAT = format='$(CLANG_FORMAT)'; [ -n "$$format" ] || { \
    echo 'lint: the form of C needs a clang-format of version 14 to 19' >&2; exit 1; }; "$$format"
.PHONY: lint-form format
lint-form:
	$(Q)$(FORMAT) -n -Werror $(FORM)

#: make format          gives all C files the form of .clang-format
format:
	$(Q)$(FORMAT) -i $(FORM)

# Types of the page's modules, written as JSDoc.
TSC := test/node_modules/.bin/tsc
.PHONY: lint-web
lint-web: test/node_modules/.package-lock.json
	$(Q)$(NODE) $(TSC) -p web/tsconfig.json

# Each in a folder of its own, so that neither build disturbs the other or the one in use.
.PHONY: compiled warnings-gcc warnings-clang
compiled: $(CORE_OBJ) $(HOST_OBJ) $(SERVER_OBJ) $(RTC_OBJ) $(PEER_OBJ) $(B)/cli/main.o
#: make warnings-gcc    core, host, server, rtc, peer and cli compile without a warning; warnings-clang too
warnings-gcc:
	$(Q)$(MAKE) B=$(B)-gcc CC=gcc WERROR=1 CFLAGS=-O1 compiled
warnings-clang:
	$(Q)$(MAKE) B=$(B)-clang CC='$(CLANG)' WERROR=1 CFLAGS=-O1 compiled
