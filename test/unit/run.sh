#!/bin/sh
# Runs unit test programs and ends with `unit: N passed, N failed`. A program that dies counts as
# failed, also when it printed nothing.
passed=0 failed=0
for program in "$@"; do
    out=$(CMOCKA_MESSAGE_OUTPUT=TAP "$program" 2>&1)
    status=$?
    ok=$(printf '%s\n' "$out" | grep -c '^ok ')
    bad=$(printf '%s\n' "$out" | grep -c '^not ok ')
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    if [ "$bad" -ne 0 ] || [ "$ok" -eq 0 ]; then
        printf '%s\n' "$out"
        printf 'FAILED: %s (status %s)\n' "$program" "$status"
        [ "$bad" -ne 0 ] || bad=1
    fi
    passed=$((passed + ok)) failed=$((failed + bad))
done
printf 'unit: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
