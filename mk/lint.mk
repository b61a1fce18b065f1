# What machines can see of the house rules.
#: make check-rule      the dependency rule of ARCHITECTURE.md, and planted violations of it
check-rule: $(B)/libgccore.a $(HOST_OBJ) $(SERVER_OBJ)
	$(Q)sh tools/check-core.sh . $(B)/core
	$(Q)sh tools/check-core-test.sh "$(CC)"
	$(Q)$(NODE) tools/check-direction.mjs . $(B)
	$(Q)NODE='$(NODE)' sh tools/check-direction-test.sh "$(CC)" $(B)

# Banned everywhere; time and randomness only in host/.
BANNED := strcpy|strcat|sprintf|vsprintf|gets|atoi|strtok|alloca
#: make lint            house rules: banned functions, form of C, types of the page, longest functions
lint: check-rule lint-web lint-form
	$(Q)! grep -nE '\b($(BANNED))[[:space:]]*\(' -r core host server sim tools fuzz bench --include='*.c' --include='*.h' || { echo 'lint: banned function'; exit 1; }
	$(Q)! grep -nE '\b(time|rand|random|gettimeofday|clock_gettime)\(' -r core server sim --include='*.c' || { echo 'lint: clock or randomness outside host/'; exit 1; }
	$(Q)! grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|[[:space:]]style=|[[:space:]]on[a-z]+=' -r web --include='*.js' --include='*.html' --exclude-dir=node_modules || { echo 'lint: banned in web/'; exit 1; }
	$(Q)sh tools/longest.sh

# Form of C, where clang-format 14 is installed (another version decides otherwise).
FORM := $(sort $(wildcard core/*.[ch] core/*/*.[ch] host/*.[ch] server/*.[ch] sim/*.[ch] test/unit/*.[ch] fuzz/*.[ch] bench/*.[ch] tools/*.[ch]))
.PHONY: lint-form format
lint-form:
	$(Q)if command -v $(CLANG_FORMAT) >/dev/null; then $(CLANG_FORMAT) -n -Werror $(FORM); \
	    else echo 'lint: no $(CLANG_FORMAT) here: the form of C was not looked at'; fi

#: make format          gives all C files the form of .clang-format
format:
	$(Q)$(CLANG_FORMAT) -i $(FORM)

# Types of the page's modules, written as JSDoc.
TSC := test/node_modules/.bin/tsc
.PHONY: lint-web
lint-web: test/node_modules/.package-lock.json
	$(Q)$(NODE) $(TSC) -p web/tsconfig.json
