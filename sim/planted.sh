#!/bin/sh
# Each planted bug in a copy of the sources: it must apply, build, and be caught within 10,000 seeds.
set -eu
failed=0
count=0
for patch in sim/planted/*.patch; do
    name=$(basename "$patch" .patch)
    tree=$B/planted/$name
    log=$B/planted/$name.log
    count=$((count + 1))
    rm -rf "$tree"
    mkdir -p "$tree"
    cp -R Makefile config.mk mk core sim "$tree"
    if ! patch -d "$tree" -p1 -s --no-backup-if-mismatch <"$patch" >"$log" 2>&1; then
        echo "sim: $name: the patch no longer applies"
        cat "$log"
        failed=$((failed + 1))
        continue
    fi
    if ! $MAKE -C "$tree" --no-print-directory -s sim-native B=build SAN= >"$log" 2>&1; then
        echo "sim: $name: does not build"
        cat "$log"
        failed=$((failed + 1))
        continue
    fi
    if "$tree/build/sim/sim" --seeds 1-10000 --stop >"$log" 2>&1; then
        echo "sim: $name: NOT caught within 10000 seeds"
        failed=$((failed + 1))
    else
        echo "sim: $name: caught: $(sed -n 's/^FAILED //p' "$log" | head -n 1)"
    fi
    rm -rf "$tree"
done
echo "sim: $((count - failed)) planted bugs caught, $failed not"
[ "$failed" -eq 0 ] && [ "$count" -ge 10 ]
