#!/bin/sh
# One school of unit tests (make lint). Tests and fuzzers include headers only, and of the client and
# the server only what a host sees: their inside is known to test/unit/*_inside.c alone, so that it
# can be rebuilt without touching tests. Each noun of base, wire, proto and rtc/ has a test of its
# name, and that test includes none of the client, the server or the host but its crypto table (mk/test.mk
# links it without them). check-tests.sh [ROOT]
cd "${1:-.}" || exit 1
bad=$(
    grep -nE '^#include "[^"]*\.c"|^#include "core/(client|server)(\.h|/)' \
        test/unit/*_test.c fuzz/*.c
    grep -nE '^static void test_' test/unit/*_test.c)
[ -z "$bad" ] || { printf '%s\nlint: a test includes a source or an inner header, or is named test_ and not by a sentence\n' "$bad"; exit 1; }
# *_wasm.c exist for wasm alone: test/wasm has theirs.
for source in core/base/*.c core/wire/*.c core/proto/*.c rtc/*.c; do
    [ -e "$source" ] || continue
    noun=$(basename "$source" .c)
    test=test/unit/${noun}_test.c
    case $noun in *_wasm) continue ;; esac
    [ -e "$test" ] || { printf 'lint: %s has no %s\n' "$source" "$test"; exit 1; }
    above=$(grep -nE '^#include "(core/(client|server|gc_)|host/|server/|test/unit/(client|server)_)' "$test" | grep -v '"host/crypto.h"')
    [ -z "$above" ] || { printf '%s:%s\nlint: the test of a noun needs what is above core/proto\n' "$test" "$above"; exit 1; }
done
