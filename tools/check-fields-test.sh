#!/bin/sh
# Proves that check-fields.mjs goes red: plants one violation of each kind into a copy and looks.
# CC: also with the flags that find the headers of OpenSSL.
# usage: check-fields-test.sh CC INCLUDE-FOLDER    ends with `check-fields: N passed, N failed`
set -u
cc=${1:-cc} include=${2:-build/include} node=${NODE:-node}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
mkdir -p "$work/core/proto" "$work/core/base" "$work/rtc" "$work/tools"
echo 'core/proto/known.c 1 planted' >"$work/tools/fields.allow"
printf 'gc_noun core/proto/noun\ngc_inner core/proto/inner\ngc_outer rtc/outer\n' >"$work/tools/nouns.list"
cat >"$work/core/proto/inner.h" <<'END'
typedef struct gc_inner { int count; } gc_inner;
static inline void gc_inner_add(gc_inner *i) { i->count++; } /* its own header writes its fields */
END
cat >"$work/core/proto/inner.c" <<'END'
#include "core/proto/inner.h"
END
cat >"$work/core/proto/noun.h" <<'END'
#include "core/proto/inner.h"
/* A noun { with; braces; in its comment. */
typedef struct gc_noun {
    unsigned char step, due : 1; /* a comment; with a semicolon */
    int *store;
    int list[3];
    struct {
        int deep;
    } in;
    gc_inner inner;
} gc_noun;
END
printf '#include "core/proto/noun.h"\nvoid own(gc_noun *n);\nvoid own(gc_noun *n) { n->step = 1; n->due = 1; n->in.deep = 2; n->store = 0; n->list[1] = 3; }\n' >"$work/core/proto/noun.c"
printf '#include "core/proto/noun.h"\nvoid known(gc_noun *n);\nvoid known(gc_noun *n) { n->step = 1; }\n' >"$work/core/proto/known.c"

# Outside of the core a noun may hold what a library gave it.
cat >"$work/rtc/outer.h" <<'END'
#include "core/proto/noun.h"
#include <openssl/ssl.h>
typedef struct gc_outer {
    SSL *ssl;
    SSL_CTX **contexts;
    gc_inner inner;
    int step;
} gc_outer;
END
printf '#include "rtc/outer.h"\nvoid outer(gc_outer *o);\nvoid outer(gc_outer *o) { o->ssl = 0; o->step = strdup("") != 0; }\n' >"$work/rtc/outer.c"

judge() { # name, expected status, any, word that the complaint must hold
    out=$("$node" "$here/tools/check-fields.mjs" "$work" "$include" "$cc" 2>&1)
    if [ $? -eq "$2" ] && printf '%s\n' "$out" | grep -q -e "$4"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not as it should be: %s\n%s\n' "$1" "$out"
    fi
}

expect() { # name, expected status, statement in another file, word that the complaint must hold
    rm -f "$work/rtc/planted.c"
    printf '#include "core/proto/noun.h"\nvoid take(int *p);\nvoid planted(gc_noun *n, gc_noun *m);\nvoid planted(gc_noun *n, gc_noun *m) {\n(void)n, (void)m;\n%s\n}\n' "$3" >"$work/core/planted.c"
    judge "$@"
}

expect_outside() { # the same in a file outside of the core
    printf '' >"$work/core/planted.c"
    printf '#include "rtc/outer.h"\nvoid take(int *p);\nvoid planted(gc_outer *o, gc_noun *n);\nvoid planted(gc_outer *o, gc_noun *n) {\n(void)o, (void)n;\n%s\n}\n' "$3" >"$work/rtc/planted.c"
    judge "$@"
}

expect 'reading, and a verb of a noun within' 0 'gc_inner_add(&n->inner); int a = n->step + n->list[2]; *n->store = a;' ''
expect 'a field set' 1 'n->step = 3;' 'core/planted.c:6: .*step'
expect 'a bit' 1 'n->due = 1;' 'core/planted.c:6: .*due'
expect 'a pointer' 1 'n->store = n->list;' 'core/planted.c:6: .*store'
expect 'an item of a list' 1 'n->list[1]++;' 'core/planted.c:6: '
expect 'a field of an unnamed struct' 1 'n->in.deep -= 1;' 'core/planted.c:6: .*deep'
expect 'a field of a noun within' 1 'n->inner.count = 7;' 'core/planted.c:6: .*count'
expect 'the whole' 1 '*n = *m;' 'core/planted.c:6: '
expect 'the whole, made anew' 1 '*n = (gc_noun){0};' 'core/planted.c:6: '
expect 'an address given away' 1 'take(&n->list[2]);' 'core/planted.c:6: '
expect_outside 'reading outside of the core, and verbs' 0 'gc_inner_add(&o->inner); int a = o->step + n->step; *o->contexts = a ? SSL_get_SSL_CTX(o->ssl) : 0;' ''
expect_outside 'a field of a noun outside of the core' 1 'o->step = 3;' 'rtc/planted.c:6: .*step'
expect_outside 'a pointer to what a library has' 1 'o->ssl = 0;' 'rtc/planted.c:6: .*ssl'
expect_outside 'a noun of the core within, from outside' 1 'o->inner.count = 1;' 'rtc/planted.c:6: .*count'
expect_outside 'a noun of the core, from outside' 1 'take(&n->list[1]);' 'rtc/planted.c:6: '
rm "$work/rtc/planted.c"
printf 'core/proto/known.c 0 planted\n' >"$work/tools/fields.allow"
expect 'one more than the list allows' 1 '' 'core/proto/known.c: 1 writes'
printf 'core/proto/known.c 1 planted\n' >"$work/tools/fields.allow"
printf 'gc_gone core/proto/gone\n' >>"$work/tools/nouns.list"
expect 'a noun that is gone' 1 '' 'core/proto/gone.h has no struct gc_gone'
printf 'check-fields: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
