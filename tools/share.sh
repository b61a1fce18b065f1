#!/bin/sh
# How much of the core composes (all above core/proto), in lines of code: neither blank nor comment.
#   tools/share.sh [TREE]     ends with 1 above SHARE_MAX per cent, or when one of these files has
#                             more than LINES_MAX lines, comments included (environment; 0: any)
set -eu
cd "${1:-$(dirname "$0")/..}"
# shellcheck disable=SC2046
awk -v share_max="${SHARE_MAX:-0}" -v lines_max="${LINES_MAX:-0}" '
    function end_file() {
        if (file != "" && composes && lines > most) { most = lines; largest = file }
        if (file != "" && composes && lines_max > 0 && lines > lines_max) {
            printf "share: %s has %d lines, more than %d\n", file, lines, lines_max
            bad = 1
        }
    }
    FNR == 1 {
        end_file()
        file = FILENAME
        lines = open = 0
        composes = file !~ /^core\/(base|wire|proto)\//
        kind = composes ? "composition" : substr(file, 6, index(substr(file, 6), "/") - 1)
    }
    {
        lines++
        text = $0
        code = ""
        while (text != "") { # comments out; texts that hold /* are not found in this tree
            if (open) {
                at = index(text, "*/")
                if (at == 0) { break }
                text = substr(text, at + 2)
                open = 0
            } else {
                at = index(text, "/*")
                slashes = index(text, "//")
                if (slashes > 0 && (at == 0 || slashes < at) && text !~ /"[^"]*\/\//) { text = substr(text, 1, slashes - 1); at = 0 }
                if (at == 0) { code = code text; break }
                code = code substr(text, 1, at - 1)
                text = substr(text, at + 2)
                open = 1
            }
        }
        if (code ~ /[^ \t]/) { count[kind]++; all++ }
    }
    END {
        end_file()
        share = 100 * count["composition"] / all
        printf "share: %.1f %% of %d lines of code of the core compose (%d; base %d, wire %d, proto %d); the largest of these files: %s, %d lines\n",
            share, all, count["composition"], count["base"], count["wire"], count["proto"], largest, most
        if (share_max > 0 && share > share_max) {
            printf "share: more than %s %%\n", share_max
            bad = 1
        }
        exit bad
    }' $(find core -name '*.c' | sort)
