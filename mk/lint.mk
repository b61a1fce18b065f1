# What machines can see of the house rules.
check-rule: $(B)/libgccore.a
	$(Q)sh tools/check-core.sh . $(B)/core
	$(Q)sh tools/check-core-test.sh "$(CC)"

# Banned everywhere; time and randomness only in host/.
BANNED := strcpy|strcat|sprintf|vsprintf|gets|atoi|strtok|alloca
lint: check-rule lint-web
	$(Q)! grep -nE '\b($(BANNED))[[:space:]]*\(' -r core host server sim tools fuzz bench --include='*.c' --include='*.h' || { echo 'lint: banned function'; exit 1; }
	$(Q)! grep -nE '\b(time|rand|random|gettimeofday|clock_gettime)[[:space:]]*\(' -r core server sim --include='*.c' || { echo 'lint: clock or randomness outside host/'; exit 1; }
	$(Q)! grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|[[:space:]]style=|[[:space:]]on[a-z]+=' -r web --include='*.js' --include='*.html' --exclude-dir=node_modules || { echo 'lint: banned in web/'; exit 1; }
	$(Q)sh tools/longest.sh

# Types of the page's modules, written as JSDoc.
TSC := test/node_modules/.bin/tsc
.PHONY: lint-web
lint-web:
	$(Q)[ -x $(TSC) ] || (cd test && $(NPM) ci --silent)
	$(Q)$(NODE) $(TSC) -p web/tsconfig.json
