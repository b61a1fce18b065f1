# Figures, as ratios in alternating runs (bench/compare.mjs). Not tests: a machine's noise fails none.
$(B)/bench/%: bench/%.c $(B)/libgccore.a $(STAMP)
	$(call say,BENCH,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS) $< -o $@ $(LDFLAGS_ALL) $(B)/libgccore.a

# ROUNDS and ONLY=relay|connect|flood narrow it down.
bench/node_modules/.package-lock.json: bench/package-lock.json
	$(call say,NPM,bench)
	$(Q)cd bench && $(NPM) ci --silent

bench: bench/node_modules/.package-lock.json $(B)/bench/load $(B)/bench/echo $(B)/ghostchatd
	$(Q)B=$(B) $(NODE) bench/compare.mjs
