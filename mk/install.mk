# ghostchatd and its unit, ghostchat and the manual pages below $(DESTDIR)$(PREFIX). The page is inside the program.
INSTALL ?= install
BIN_DIR := $(DESTDIR)$(PREFIX)/bin
MAN_DIR := $(DESTDIR)$(PREFIX)/share/man
UNIT_DIR := $(DESTDIR)$(PREFIX)/lib/systemd/system
MAN_PAGES := $(sort $(wildcard man/*.[1-8]))
MAN_INSTALLED := $(foreach page,$(MAN_PAGES),$(MAN_DIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

#: make install         programs, manual pages and systemd unit below DESTDIR and PREFIX; uninstall
install: $(B)/ghostchatd $(B)/ghostchat $(MAN_PAGES) packaging/ghostchatd.service
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)$(INSTALL) -d $(BIN_DIR) $(UNIT_DIR) $(sort $(dir $(MAN_INSTALLED)))
	$(Q)$(INSTALL) -m 755 $(B)/ghostchatd $(B)/ghostchat $(BIN_DIR)/
	$(Q)sed 's|/usr/local/bin/|$(PREFIX)/bin/|' packaging/ghostchatd.service >$(B)/ghostchatd.service
	$(Q)$(INSTALL) -m 644 $(B)/ghostchatd.service $(UNIT_DIR)/ghostchatd.service
	$(Q)for page in $(MAN_PAGES); do \
	    $(INSTALL) -m 644 "$$page" "$(MAN_DIR)/man$${page##*.}/" || exit 1; done

# Removes the files that install put there, but no folder: others may have files in it.
uninstall:
	$(Q)rm -f $(BIN_DIR)/ghostchatd $(BIN_DIR)/ghostchat $(UNIT_DIR)/ghostchatd.service $(MAN_INSTALLED)

#: make man             the manual pages, checked by mandoc
man: $(MAN_PAGES)
	$(Q)for page in $(MAN_PAGES); do mandoc -T lint -W error "$$page" || exit 1; done
