#!/bin/sh
# One list of trace hashes from each build of the simulator; all must be the same.
# Environment: B (the build with the simulator in it; $B-asan has the sanitized one), MAKE, NODE, SEEDS.
set -eu
dir=$B/trace
mkdir -p "$dir"
hashes() { # simulator
    "$1" --hashes --seeds "$SEEDS"
    "$1" --hashes --seeds 1-2 --scenario glare
    "$1" --hashes --seeds 1-2 --scenario burst
    "$1" --hashes --seeds 1-12 --scenario stock
    "$1" --hashes --seeds 1-2 --scenario stun
}
$MAKE --no-print-directory -s sim-native B="$dir/O0" CFLAGS='-O0 -g' SAN= >"$dir/O0.log" 2>&1 || {
    cat "$dir/O0.log"
    exit 1
}
hashes "$B/sim/sim" >"$dir/native.txt"
# Worlds with native links need OpenSSL, so they are not in wasm.
cp "$dir/native.txt" "$dir/messages.txt"
links() { # simulator
    "$1" --hashes --seeds 1-12 --scenario native
    "$1" --hashes --seeds 1-6 --scenario native-nat
    "$1" --hashes --seeds 1-2 --scenario native-spoofed
    "$1" --hashes --seeds 1-2 --scenario native-names
    "$1" --hashes --seeds 1-3 --scenario native-partial
}
links "$B/sim/sim" >>"$dir/native.txt"
# One process for each seed: nothing of the world before may matter.
sed 's/\([^ ]*\) \([^ ]*\) .*/--scenario \1 --seed \2/' "$dir/native.txt" | while read -r run; do
    # shellcheck disable=SC2086
    "$B/sim/sim" --hashes $run
done >"$dir/alone.txt"
both() { # simulator
    hashes "$1"
    links "$1"
}
both "$dir/O0/sim/sim" >"$dir/O0.txt"
both "$B-asan/sim/sim" >"$dir/asan.txt"
$NODE test/wasm/sim.mjs "$B/wasm/sim.wasm" "$SEEDS" >"$dir/wasm.txt"
failed=0
compare() { # a build, the list that its own must equal
    if ! cmp -s "$dir/$2.txt" "$dir/$1.txt"; then
        failed=$((failed + 1))
        echo "sim: the trace of $1 differs from native:"
        diff "$dir/$2.txt" "$dir/$1.txt" | head -n 6
    fi
}
for build in alone O0 asan; do
    compare "$build" native
done
compare wasm messages
# A hash that does not depend on the seed would always be equal.
lines=$(wc -l <"$dir/native.txt")
different=$(awk '{ print $3 }' "$dir/native.txt" | sort -u | wc -l)
if [ "$lines" -ne "$different" ] || [ "$lines" -lt 10 ]; then
    failed=$((failed + 1))
    echo "sim: $lines runs gave $different hashes"
fi
echo "sim: traces of $lines runs in 5 builds, $failed differ"
[ "$failed" -eq 0 ]
