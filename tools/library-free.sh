#!/bin/sh
# Prints the files of core/, rtc/ and test/unit/ that need no library and no host, directly or
# through a header of another one: with a C library alone they build for any machine. host/crypto.h
# counts as none, test/musl has a crypto of its own.
set -eu
grep -HE '^#include ["<]' core/*.[ch] core/*/*.[ch] rtc/*.[ch] test/unit/*.[ch] | awk '
    {
        file = $0; sub(/:.*/, "", file)
        wants = $0; sub(/.*#include ["<]/, "", wants); sub(/[">].*/, "", wants)
        unit = file; sub(/\.[ch]$/, "", unit)
        files[file] = unit
        if (wants ~ /^openssl\// || (wants ~ /^(host|server|peer|cli|sim)\// && wants != "host/crypto.h")) {
            bad[unit] = 1
        }
        sub(/\.h$/, "", wants)
        edge[++edges] = unit SUBSEP wants
    }
    END {
        do {
            changed = 0
            for (i = 1; i <= edges; i++) {
                split(edge[i], pair, SUBSEP)
                if (!(pair[1] in bad) && (pair[2] in bad)) {
                    bad[pair[1]] = 1
                    changed = 1
                }
            }
        } while (changed)
        for (file in files) {
            if (file ~ /\.c$/ && !(files[file] in bad)) {
                print file
            }
        }
    }' | sort
