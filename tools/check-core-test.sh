#!/bin/sh
# Proves that check-core.sh goes red: plants one violation of each kind into a copy and looks.
# usage: check-core-test.sh CC       ends with `check-core: N passed, N failed`
set -u
cc=${1:-cc}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
compile="$cc -std=c11 -ffreestanding -fPIC -O1 -I. -c"

expect_red() { # name, file, text to append, word that the complaint must hold, `object`: compile it
    rm -rf "$work/tree" "$work/obj"
    mkdir -p "$work/tree/${2%/*}" "$work/obj/core/base" "$work/obj/rtc"
    cp -R "$here/core" "$work/tree/"
    printf '%s\n' "$3" >>"$work/tree/$2"
    if [ "${5:-}" = object ]; then
        (cd "$work/tree" && $compile core/base/writer.c -o "$work/obj/core/base/writer.o" &&
            $compile "$2" -o "$work/obj/${2%.c}.o") || {
            failed=$((failed + 1))
            return
        }
        out=$(sh "$here/tools/check-core.sh" "$work/tree" "$work/obj/core" "$work/obj/rtc")
    else
        out=$(sh "$here/tools/check-core.sh" "$work/tree")
    fi
    if printf '%s\n' "$out" | grep -q "$4"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not caught: %s\n%s\n' "$1" "$out"
    fi
}

expect_red 'system header' core/base/reader.c '#include <stdio.h>' 'stdio.h'
expect_red 'host header' core/gc_server.c '#include "host/log.h"' 'host/log.h'
expect_red 'base includes wire' core/base/reader.c '#include "core/wire/json.h"' 'against the arrows'
expect_red 'wire includes proto' core/wire/http.c '#include "core/proto/room.h"' 'against the arrows'
expect_red 'client includes server' core/gc_client.c '#include "core/gc_server.h"' 'do not know each other'
expect_red 'proto includes a part' core/proto/link.c '#include "core/client/planted.h"' 'against the arrows'
expect_red 'part includes the whole client' core/client/planted.c '#include "core/gc_client.h"' 'against the arrows'
expect_red 'part of the server includes client' core/server/planted.c '#include "core/client/planted.h"' 'do not know each other'
expect_red 'jsmn elsewhere' core/wire/http.c '#include "jsmn.h"' 'only core/wire/json.c'
expect_red 'call of malloc' core/base/reader.c \
    'void *malloc(size_t); void *planted(void); void *planted(void) { return malloc(3); }' 'malloc' object
expect_red 'mutable global' core/base/reader.c \
    'int planted_counter; int planted(void); int planted(void) { return planted_counter++; }' 'planted_counter' object
expect_red 'system header in rtc' rtc/planted.c '#include <stdio.h>' 'rtc/ knows core/, rtc/ and no system'
expect_red 'host header in rtc' rtc/planted.h '#include "host/log.h"' 'rtc/ knows core/, rtc/ and no system'
expect_red 'OpenSSL elsewhere in rtc' rtc/planted.c '#include <openssl/ssl.h>' 'only these nouns may'
expect_red 'call of the system in rtc' rtc/planted.c \
    'int socket(int); int planted(void); int planted(void) { return socket(3); }' 'rtc/planted needs socket from outside' object
expect_red 'clock over OpenSSL' rtc/dtls_session.c \
    'long time(long *); long planted(void); long planted(void) { return time(0); }' 'rtc/dtls_session needs time' object
expect_red 'mutable global in rtc' rtc/planted.c \
    'int planted_counter; int planted(void); int planted(void) { return planted_counter++; }' 'mutable state in rtc: planted_counter' object
expect_red 'mutable state of one file' rtc/planted.c \
    'int planted(void); int planted(void) { static int hidden = 7; return hidden++; }' 'mutable state in rtc: hidden' object
printf 'check-core: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
