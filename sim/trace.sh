#!/bin/sh
# One list of trace hashes from each build of the simulator; all must be the same.
set -eu
dir=$B/trace
mkdir -p "$dir"
hashes() { # simulator
    "$1" --hashes --seeds "$SEEDS"
    "$1" --hashes --seeds 1-2 --scenario glare
    "$1" --hashes --seeds 1-2 --scenario burst
}
$MAKE --no-print-directory -s sim-native B="$dir/O0" CFLAGS='-O0 -g' SAN=
$MAKE --no-print-directory -s sim-native B="$dir/asan" CFLAGS='-O1 -g' SAN=address,undefined
hashes "$B/sim/sim" >"$dir/native.txt"
hashes "$B/sim/sim" >"$dir/twice.txt"
hashes "$dir/O0/sim/sim" >"$dir/O0.txt"
hashes "$dir/asan/sim/sim" >"$dir/asan.txt"
$NODE test/wasm/sim.mjs "$B/wasm/sim.wasm" "$SEEDS" >"$dir/wasm.txt"
failed=0
for build in twice O0 asan wasm; do
    if ! cmp -s "$dir/native.txt" "$dir/$build.txt"; then
        failed=$((failed + 1))
        echo "sim: the trace of $build differs from native:"
        diff "$dir/native.txt" "$dir/$build.txt" | head -n 6
    fi
done
# A hash that does not depend on the seed would always be equal.
lines=$(wc -l <"$dir/native.txt")
different=$(awk '{ print $3 }' "$dir/native.txt" | sort -u | wc -l)
if [ "$lines" -ne "$different" ] || [ "$lines" -lt 10 ]; then
    failed=$((failed + 1))
    echo "sim: $lines runs gave $different hashes"
fi
echo "sim: traces of $lines runs in 5 builds, $failed differ"
[ "$failed" -eq 0 ]
