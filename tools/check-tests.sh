#!/bin/sh
# One school of unit tests (make lint). Tests and fuzzers include headers only, and of the client and
# the server only what a host sees: their inside is known to test/unit/*_inside.c alone, so that it
# can be rebuilt without touching tests. check-tests.sh [ROOT]
cd "${1:-.}" || exit 1
bad=$(grep -nE '^#include "[^"]*\.c"|^#include "core/(client|server)(\.h|/)' \
    test/unit/*_test.c fuzz/*.c
    grep -nE '^static void test_' test/unit/*_test.c)
[ -z "$bad" ] || { printf '%s\nlint: a test includes a source or an inner header, or is named test_ and not by a sentence\n' "$bad"; exit 1; }
