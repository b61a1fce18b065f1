#!/bin/sh
# The dependency rule, checked by a machine (ARCHITECTURE.md, "The one rule"):
#   core/ includes only its own headers and the allowed ones, and may not know host, server, page or
#   simulator; inside core/ the arrows are
#   base <- wire <- proto <- parts (client/, server/) <- gc_client, gc_server, wasm;
#   its objects need nothing from outside but four memory functions. rtc/ keeps the same rule, but
#   for the nouns over OpenSSL.
# usage: check-core.sh FOLDER-WITH-core/ [OBJECTS-OF-core/ [OBJECTS-OF-rtc/]]
#        prints each violation; exit status 1 if any
set -u
root=$1 objects=${2:-} rtc_objects=${3:-}
bad=0
say() { printf 'check-core: %s\n' "$1"; bad=1; }

allowed='stdint.h stddef.h stdbool.h jsmn.h'
rank() { # position of a file in these arrows; it may include its own rank or a lower one
    case $1 in
    core/base/*) echo 0 ;; core/wire/*) echo 1 ;; core/proto/*) echo 2 ;;
    core/client/* | core/server/*) echo 3 ;;
    core/*/*) echo 9 ;; core/*) echo 4 ;; *) echo 9 ;;
    esac
}
side() { # client or server, for what belongs to one of them above proto
    case $1 in
    core/client/* | core/client_* | core/client.h | core/gc_client.*) echo client ;;
    core/server/* | core/server_* | core/server.h | core/gc_server.*) echo server ;;
    core/wasm.c) echo client ;;
    esac
}

includes=$(cd "$root" && grep -nE '^[[:space:]]*#[[:space:]]*include' -r core --include='*.c' --include='*.h')
while IFS= read -r line; do
    [ -n "$line" ] || continue
    file=${line%%:*}
    name=$(printf '%s\n' "$line" | sed -E 's/.*include[[:space:]]*[<"]([^>"]*)[>"].*/\1/')
    case $name in
    core/*)
        [ "$(rank "$name")" -le "$(rank "$file")" ] || say "$file includes $name: against the arrows"
        case $(side "$file"):$(side "$name") in
        client:server | server:client)
            say "$file includes $name: client and server do not know each other" ;;
        esac ;;
    *)
        case " $allowed " in
        *" $name "*) ;;
        *) say "$file includes <$name>: not on the list ($allowed)" ;;
        esac
        if [ "$name" = jsmn.h ] && [ "$file" != core/wire/json.c ]; then
            say "$file includes jsmn.h: only core/wire/json.c may"
        fi ;;
    esac
done <<EOF
$includes
EOF

# rtc/ knows the core (check-direction.mjs says which part of it) and itself. OpenSSL is known to
# these nouns alone.
over_openssl='certificate dtls dtls_bio integrity'
includes=
if [ -d "$root/rtc" ]; then
    includes=$(cd "$root" && grep -nE '^[[:space:]]*#[[:space:]]*include' -r rtc --include='*.c' --include='*.h')
fi
while IFS= read -r line; do
    [ -n "$line" ] || continue
    file=${line%%:*}
    name=$(printf '%s\n' "$line" | sed -E 's/.*include[[:space:]]*[<"]([^>"]*)[>"].*/\1/')
    noun=$(basename "${file%.[ch]}")
    case $name in
    core/* | rtc/* | stdint.h | stddef.h | stdbool.h | arm_acle.h | nmmintrin.h) ;;
    openssl/*)
        case " $over_openssl " in
        *" $noun "*) ;;
        *) say "$file includes <$name>: only these nouns may: $over_openssl" ;;
        esac ;;
    *) say "$file includes <$name>: rtc/ knows core/, rtc/ and no system" ;;
    esac
done <<EOF
$includes
EOF

# Objects of files that have moved stay in the build folder: only those of today's files count.
live_objects() { # folder of objects, folder of sources
    find "$1" -name '*.o' | while IFS= read -r object; do
        source=${object#"$1"/}
        [ ! -e "$root/$2/${source%.o}.c" ] || printf '%s\n' "$object"
    done
}

if [ -n "$rtc_objects" ] && [ -d "$root/rtc" ]; then
    # shellcheck disable=SC2046
    core_defined=$(nm --defined-only $(live_objects "$objects" core) | awk 'NF==3{print $3}' | sort -u)
    live=$(live_objects "$rtc_objects" rtc)
    # shellcheck disable=SC2086
    rtc_defined=$(nm --defined-only $live | awk 'NF==3{print $3}' | sort -u)
    for object in $live; do
        noun=$(basename "$object" .o)
        for symbol in $(nm -u "$object" | awk '$1=="U"{print $2}' | sort -u); do
            case $symbol in
            memcpy | memmove | memset | memcmp | __stack_chk_fail | _GLOBAL_OFFSET_TABLE_) continue ;;
            __cpu_model | __cpu_indicator_init | __*_chk | __asan_* | __ubsan_*) continue ;;
            esac
            printf '%s\n%s\n' "$core_defined" "$rtc_defined" | grep -qxF "$symbol" && continue
            case " $over_openssl " in
            *" $noun "*) case $symbol in
                malloc | calloc | realloc | free | time | gettimeofday | clock_gettime | rand | random)
                    say "rtc/$noun needs $symbol" ;;
                esac ;;
            *) say "rtc/$noun needs $symbol from outside" ;;
            esac
        done
    done
    # shellcheck disable=SC2086
    for symbol in $(nm --defined-only $live | awk 'NF==3 && $2 ~ /^[bBdDC]$/{print $3}' | sort -u); do
        # shellcheck disable=SC2086
        section=$(objdump -t $live | awk -v s="$symbol" '$NF==s{print $(NF-2)}' | sort -u | tr '\n' ' ')
        case $section in
        '.data.rel.ro.local ' | '.data.rel.ro ') ;;
        *) say "mutable state in rtc: $symbol ($section)" ;;
        esac
    done
fi

if [ -n "$objects" ]; then
    live=$(live_objects "$objects" core)
    # shellcheck disable=SC2086
    defined=$(nm --defined-only $live | awk 'NF==3{print $3}' | sort -u)
    # shellcheck disable=SC2086
    needed=$(nm -u $live | awk '$1=="U"{print $2}' | sort -u)
    for symbol in $needed; do
        case $symbol in
        memcpy | memmove | memset | memcmp | __stack_chk_fail | _GLOBAL_OFFSET_TABLE_) continue ;;
        esac
        printf '%s\n' "$defined" | grep -qxF "$symbol" || say "core needs $symbol from outside"
    done
    # Mutable file-scope state: .data or .bss of any size. (.data.rel.ro holds constant tables.)
    # shellcheck disable=SC2086
    writable=$(nm --defined-only $live | awk 'NF==3 && $2 ~ /^[bBdDC]$/{print $3}' | sort -u)
    for symbol in $writable; do
        # Constant tables with pointers are "d" in position-independent code: look at their section.
        # shellcheck disable=SC2086
        section=$(objdump -t $live | awk -v s="$symbol" '$NF==s{print $(NF-2)}' | sort -u | tr '\n' ' ')
        case $section in
        '.data.rel.ro.local ' | '.data.rel.ro ') ;;
        *) say "mutable state in core: $symbol ($section)" ;;
        esac
    done
fi
exit $bad
