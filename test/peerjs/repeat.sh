#!/bin/sh
# Runs all files of this folder again and again, and says how many runs had a failed test.
#   B=build test/peerjs/repeat.sh [runs]
set -u
cd "$(dirname "$0")/../.."
B=${B:-build}
export B
runs=${1:-20}
logs=$B/test-logs
mkdir -p "$logs"
test/netns true || {
    echo 'This machine gives no network namespace.'
    exit 1
}
run=1 failed=0
while [ "$run" -le "$runs" ]; do
    log=$logs/peerjs-$run.log
    : >"$log"
    began=$(date +%s) good=1
    for file in test/peerjs/*.test.mjs; do
        test/netns node --test-reporter=tap "$file" >>"$log" 2>&1 || good=0
    done
    seconds=$(($(date +%s) - began))
    if [ "$good" = 1 ]; then
        echo "run $run: passed ($seconds s)"
    else
        failed=$((failed + 1))
        echo "run $run: FAILED ($seconds s), see $log"
        grep '^not ok ' "$log"
    fi
    run=$((run + 1))
done
echo "peerjs: $failed of $runs runs failed"
[ "$failed" -eq 0 ]
