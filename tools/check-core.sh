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
say() { # lines, each a violation
    [ -z "$1" ] || { printf '%s\n' "$1" | sed 's/^/check-core: /'; bad=1; }
}

allowed='stdint.h stddef.h stdbool.h jsmn.h'
# Each include of a folder as a line `FILE NAME`.
includes() { # folder
    [ -d "$root/$1" ] || return 0
    (cd "$root" && grep -E '^[[:space:]]*#[[:space:]]*include' -r "$1" --include='*.c' --include='*.h') |
        sed -E 's/^([^:]*):.*include[[:space:]]*[<"]([^>"]*)[>"].*/\1 \2/'
}

# rank: position of a file in these arrows; it may include its own rank or a lower one.
# side: client or server, for what belongs to one of them above proto.
say "$(includes core | awk -v allowed="$allowed" '
    function rank(file) {
        if (file ~ /^core\/base\//) { return 0 }
        if (file ~ /^core\/wire\//) { return 1 }
        if (file ~ /^core\/proto\//) { return 2 }
        if (file ~ /^core\/(client|server)\//) { return 3 }
        return file ~ /^core\/[^\/]*$/ ? 4 : 9
    }
    function side(file) {
        if (file ~ /^core\/(client[\/_]|client\.h$|gc_client\.|wasm\.c$)/) { return "client" }
        return file ~ /^core\/(server[\/_]|server\.h$|gc_server\.)/ ? "server" : ""
    }
    $2 ~ /^core\// {
        if (rank($2) > rank($1)) { print $1 " includes " $2 ": against the arrows" }
        if (side($1) != "" && side($2) != "" && side($1) != side($2)) {
            print $1 " includes " $2 ": client and server do not know each other"
        }
        next
    }
    index(" " allowed " ", " " $2 " ") == 0 {
        print $1 " includes <" $2 ">: not on the list (" allowed ")"
    }
    $2 == "jsmn.h" && $1 != "core/wire/json.c" {
        print $1 " includes jsmn.h: only core/wire/json.c may"
    }')"

# rtc/ knows the core (check-direction.mjs says which part of it) and itself. OpenSSL is known to
# these nouns alone.
over_openssl='certificate dtls_bio dtls_context dtls_proof dtls_session integrity'
say "$(includes rtc | awk -v over_openssl="$over_openssl" '
    $2 ~ /^(core|rtc)\// || $2 ~ /^(stdint|stddef|stdbool|arm_acle|nmmintrin)\.h$/ { next }
    $2 ~ /^openssl\// {
        noun = $1
        sub(/.*\//, "", noun)
        sub(/\.[ch]$/, "", noun)
        if (index(" " over_openssl " ", " " noun " ") == 0) {
            print $1 " includes <" $2 ">: only these nouns may: " over_openssl
        }
        next
    }
    { print $1 " includes <" $2 ">: rtc/ knows core/, rtc/ and no system" }')"

# Objects of files that have moved stay in the build folder: only those of today's files count.
live_objects() { # folder of objects, folder of sources
    find "$1" -name '*.o' | while IFS= read -r object; do
        source=${object#"$1"/}
        [ ! -e "$root/$2/${source%.o}.c" ] || printf '%s\n' "$object"
    done
}

# What objects define: names alone.
defined() {
    nm --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u
}

# What objects need, one line `NOUN SYMBOL` each: what is defined in none of those given first is
# from outside.
needed() { # file with the names that are defined, object...
    known=$1
    shift
    nm -A -u "$@" | sed -E 's/^([^:]*\/)?([^:\/]*)\.o:/\2 /' | awk -v known="$known" '
        BEGIN {
            while ((getline name <known) > 0) { inside[name] = 1 }
            split("memcpy memmove memset memcmp __stack_chk_fail _GLOBAL_OFFSET_TABLE_", free)
            for (i in free) { inside[free[i]] = 1 }
        }
        $2 == "U" && !($3 in inside) && !seen[$1, $3]++ { print $1, $3 }' | sort
}

# Mutable file-scope state: .data or .bss of any size. Constant tables with pointers are "d" in
# position-independent code: their section, .data.rel.ro, says that they are constant.
mutable() { # object...
    names=$(nm --defined-only "$@" | awk 'NF == 3 && $2 ~ /^[bBdDC]$/ { print $3 }' | sort -u)
    [ -z "$names" ] || objdump -t "$@" | awk -v names="$names" '
        BEGIN { split(names, list, "\n"); for (i in list) { wanted[list[i]] = 1 } }
        $NF in wanted && $(NF-2) !~ /^\.data\.rel\.ro(\.local)?$/ { print $NF " (" $(NF-2) ")" }' | sort -u
}

if [ -n "$objects" ]; then
    names=$(mktemp)
    trap 'rm -f "$names"' EXIT
    live=$(live_objects "$objects" core)
    # shellcheck disable=SC2086
    {
        defined $live >"$names"
        say "$(needed "$names" $live | sed -E 's/.* (.*)/core needs \1 from outside/' | sort -u)"
        say "$(mutable $live | sed 's/^/mutable state in core: /')"
    }
fi

# What only the nouns over OpenSSL may need, and what not even they may. Compilers and sanitizers add
# calls of their own.
if [ -n "$rtc_objects" ] && [ -d "$root/rtc" ]; then
    live=$(live_objects "$rtc_objects" rtc)
    # shellcheck disable=SC2086
    {
        defined $live >>"$names"
        say "$(needed "$names" $live | awk -v over_openssl="$over_openssl" '
            $2 ~ /^__(cpu_model|cpu_indicator_init|asan_.*|ubsan_.*|.*_chk)$/ { next }
            index(" " over_openssl " ", " " $1 " ") == 0 {
                print "rtc/" $1 " needs " $2 " from outside"
                next
            }
            $2 ~ /^(malloc|calloc|realloc|free|time|gettimeofday|clock_gettime|rand|random)$/ {
                print "rtc/" $1 " needs " $2
            }')"
        say "$(mutable $live | sed 's/^/mutable state in rtc: /')"
    }
fi
exit $bad
