#!/bin/sh
# One list of trace hashes from each build of the simulator; all must be the same.
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
build() { # name, variables...
    name=$1
    shift
    $MAKE --no-print-directory -s sim-native B="$dir/$name" "$@" >"$dir/$name.log" 2>&1 || {
        cat "$dir/$name.log"
        exit 1
    }
}
build O0 CFLAGS='-O0 -g' SAN=
# Another compiler too: it evaluates arguments in another order.
build asan CC="$WASM_CC" CFLAGS='-O1 -g' SAN=address,undefined
hashes "$B/sim/sim" >"$dir/native.txt"
# Worlds with native links need OpenSSL, so they are not in wasm.
cp "$dir/native.txt" "$dir/messages.txt"
links() { # simulator
    "$1" --hashes --seeds 1-12 --scenario native
    "$1" --hashes --seeds 1-6 --scenario native-nat
    "$1" --hashes --seeds 1-2 --scenario native-spoofed
    "$1" --hashes --seeds 1-2 --scenario native-names
}
links "$B/sim/sim" >>"$dir/native.txt"
# One process for each seed: nothing of the world before may matter.
sed 's/\([^ ]*\) \([^ ]*\) .*/--scenario \1 --seed \2/' "$dir/native.txt" | while read -r run; do
    # shellcheck disable=SC2086
    "$B/sim/sim" --hashes $run
done >"$dir/alone.txt"
for name in O0 asan; do
    hashes "$dir/$name/sim/sim" >"$dir/$name.txt"
    links "$dir/$name/sim/sim" >>"$dir/$name.txt"
done
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
