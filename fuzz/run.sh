#!/bin/sh
# run.sh SECONDS TARGET...: replays the corpus of each fuzz target, then fuzzes it for SECONDS
# (0: replay only), as many at a time as there are cores. Ends with `fuzz: N passed, N failed`.
# A target without seeds counts as failed.
one() { # seconds, program
    name=${2##*/fuzz_}
    seeds=fuzz/corpus/$name
    found=${2%/*}/corpus/$name
    log=${2%/*}/$name.log
    mkdir -p "$found"
    if [ ! -d "$seeds" ] || [ -z "$(ls "$seeds")" ]; then
        printf 'FAILED: %s has no seeds in %s\n' "$2" "$seeds"
        return
    fi
    if [ "$1" -eq 0 ]; then
        set -- "$1" "$2" -runs=0
    else
        set -- "$1" "$2" -max_total_time="$1" "$found"
    fi
    [ ! -f "fuzz/$name.dict" ] || set -- "$@" -dict="fuzz/$name.dict"
    program=$2
    shift 2
    "$program" -timeout=5 -rss_limit_mb=512 -artifact_prefix="${program%/*}/$name-" \
        -print_final_stats=1 "$@" "$seeds" >"$log" 2>&1
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$status" -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
        printf '  %-12s %s runs\n' "$name" "$runs"
    else
        printf '%s\nFAILED: %s (status %s)\n' "$(tail -n 40 "$log")" "$program" "$status"
    fi
}

if [ "${1:-}" = --one ]; then
    one "$2" "$3"
    exit 0
fi

seconds=$1
shift
export ASAN_OPTIONS="quarantine_size_mb=16:${ASAN_OPTIONS:-}"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
printf '%s\n' "$@" | xargs -P "$jobs" -I TARGET sh "$0" --one "$seconds" TARGET | awk '
    { print }
    /^  [^ ]+ +[0-9]+ runs$/ { passed++ }
    /^FAILED: / { failed++ }
    END {
        printf "fuzz: %d passed, %d failed\n", passed, failed
        exit failed > 0 || passed == 0
    }'
