#!/bin/sh
# Runs every seed that once found something: sim/seeds/*.txt, lines "SCENARIO SEED  what it was".
set -eu
sim=$1
count=0
failed=0
for file in sim/seeds/*.txt; do
    while read -r scenario seed what; do
        case $scenario in '' | '#'*) continue ;; esac
        count=$((count + 1))
        if ! "$sim" --scenario "$scenario" --seed "$seed" >"$(dirname "$sim")/seed.log" 2>&1; then
            failed=$((failed + 1))
            echo "sim: $scenario $seed is red again ($what)"
            cat "$(dirname "$sim")/seed.log"
        fi
    done <"$file"
done
echo "sim: $((count - failed)) old seeds passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
