#!/bin/sh
# The check of walks sees planted ones. Prints `check-walks: N passed, N failed`.
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
expect() { # green|red, what, file, text to append
    rm -rf "$work/tree" && mkdir -p "$work/tree/tools"
    cp -R "$here/core" "$work/tree/core"
    cp "$here/tools/walks.allow" "$work/tree/tools/"
    printf '%s\n' "$4" >>"$work/tree/$3"
    got=red
    sh "$here/tools/check-walks.sh" "$work/tree" >"$work/said" && got=green
    if [ "$got" = "$1" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "check-walks: $2 is $got:" && cat "$work/said"
    fi
}
expect green 'the tree as it is' core/client/talk.c ''
expect red 'a walk over all peers' core/client/talk.c 'static void planted(void) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
    }
}'
expect green 'a check that walks' core/client/talk.c 'static void check_planted(void) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
    }
}'
expect red 'a walk over a set without a reason' core/client/peers.c 'static void planted(gc_set *s) {
    for (uint32_t i = 0; i != GC_SET_END; i = gc_set_next(s, i + 1)) {
    }
}'
expect red 'a reason without a walk' tools/walks.allow 'nobody         reads this'
echo "check-walks: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
