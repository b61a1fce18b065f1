#!/bin/sh
# run.sh SECONDS TARGET...: replays the corpus of each fuzz target, then fuzzes it for SECONDS
# (0: replay only). Ends with `fuzz: N passed, N failed`. A target without seeds counts as failed.
seconds=$1
shift
passed=0 failed=0
export ASAN_OPTIONS="quarantine_size_mb=16:${ASAN_OPTIONS:-}"
for program in "$@"; do
    name=${program##*/fuzz_}
    seeds=fuzz/corpus/$name
    found=${program%/*}/corpus/$name
    log=${program%/*}/$name.log
    mkdir -p "$found"
    set -- -timeout=5 -rss_limit_mb=512 -artifact_prefix="${program%/*}/$name-" -print_final_stats=1
    [ ! -f "fuzz/$name.dict" ] || set -- "$@" -dict="fuzz/$name.dict"
    if [ ! -d "$seeds" ] || [ -z "$(ls "$seeds")" ]; then
        printf 'FAILED: %s has no seeds in %s\n' "$program" "$seeds"
        failed=$((failed + 1))
        continue
    fi
    if [ "$seconds" -eq 0 ]; then
        "$program" "$@" -runs=0 "$seeds" >"$log" 2>&1
    else
        "$program" "$@" -max_total_time="$seconds" "$found" "$seeds" >"$log" 2>&1
    fi
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$status" -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
        printf '  %-12s %s runs\n' "$name" "$runs"
        passed=$((passed + 1))
    else
        tail -n 40 "$log"
        printf 'FAILED: %s (status %s)\n' "$program" "$status"
        failed=$((failed + 1))
    fi
done
printf 'fuzz: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
