#!/bin/sh
# Plants what tools/check-tests.sh must find into a small tree, one by one. check-tests-test.sh
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

tree() {
    rm -rf "$work/t"
    mkdir -p "$work/t/test/unit" "$work/t/fuzz" "$work/t/core/base" "$work/t/core/wire" "$work/t/core/proto"
    for at in base/ink wire/ink_text proto/pen; do
        : >"$work/t/core/$at.c"
        printf '#include "core/%s.h"\n#include "host/crypto.h"\n' "$at" >"$work/t/test/unit/${at#*/}_test.c"
    done
    : >"$work/t/core/base/ink_wasm.c"
    : >"$work/t/fuzz/fuzz_ink.c"
}

expect() { # green or red, what
    if sh "$here/check-tests.sh" "$work/t" >"$work/out" 2>&1; then got=green; else got=red; fi
    if [ "$got" = "$1" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s is %s\n' "$2" "$got"
        cat "$work/out"
    fi
}

tree; expect green 'a tree in order'
tree; rm "$work/t/test/unit/pen_test.c"; expect red 'a noun without a test'
tree; : >"$work/t/core/wire/new.c"; expect red 'a new noun of wire without a test'
tree; mkdir "$work/t/rtc"; : >"$work/t/rtc/reed.c"; expect red 'a noun of rtc/ without a test'
for header in core/gc_client.h core/client/talk.h host/net.h test/unit/client_script.h test/unit/server_inside.h; do
    tree; echo "#include \"$header\"" >>"$work/t/test/unit/pen_test.c"; expect red "a noun's test that includes $header"
done
tree; echo '#include "core/proto/pen.c"' >>"$work/t/test/unit/pen_test.c"; expect red 'a test that includes a source'
tree; echo '#include "core/server/rooms.h"' >>"$work/t/fuzz/fuzz_ink.c"; expect red 'a fuzzer that includes an inner header'
tree; echo 'static void test_pen(void **state) {' >>"$work/t/test/unit/pen_test.c"; expect red 'a test named test_'
printf 'check-tests: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
