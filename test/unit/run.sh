#!/bin/sh
# Runs unit test programs, as many at a time as there are cores, and ends with
# `unit: N passed, N failed`. A program that dies counts as failed, also when it printed nothing.
# EMULATOR: what runs them, for programs of another machine, and for valgrind.
if [ "${1:-}" = --one ]; then
    out=$(CMOCKA_MESSAGE_OUTPUT=TAP ${EMULATOR:-} "$2" 2>&1)
    status=$?
    ok=$(printf '%s\n' "$out" | grep -c '^ok ')
    bad=$(printf '%s\n' "$out" | grep -c '^not ok ')
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    if [ "$bad" -ne 0 ] || [ "$ok" -eq 0 ]; then
        [ "$bad" -ne 0 ] || bad=1
        out=$(printf '%s\nFAILED: %s (status %s)' "$out" "$2" "$status")
    else
        out=
    fi
    # One write, so that programs which end together do not mix their lines.
    printf '%s\ncounted: %s %s\n' "$out" "$ok" "$bad"
    exit 0
fi

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
printf '%s\n' "$@" | xargs -P "$jobs" -I PROGRAM sh "$0" --one PROGRAM | awk '
    /^counted: / { passed += $2; failed += $3; next }
    $0 != "" { print }
    END {
        printf "unit: %d passed, %d failed\n", passed, failed
        exit failed > 0 || passed == 0
    }'
