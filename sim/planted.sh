#!/bin/sh
# Planted bugs: each patch changes a few lines of the core or of rtc/, and the simulator must notice
# it within 10,000 seeds and rows of the table. Only the patched files are compiled again. A patch may name the
# world that is red with it, in a line `Seen in: SCENARIO SEEDS`: they are tried first, because a
# bug that only one world in thousands shows costs a minute to find. When the simulator draws other
# worlds the search finds it again and says which one to name.
# Environment: B (the build with the simulator in it), COMPILE (the command that
# compiles core/ and rtc/).
set -eu
failed=0
count=0
objects="$(ls "$B"/sim/*.o) $B/peer/bridge.o"
run() { # scenario, seeds
    "$tree/sim" --scenario "$1" --seeds "$2" --stop >"$log" 2>&1
}
for patch in sim/planted/*.patch; do
    name=$(basename "$patch" .patch)
    tree=$B/planted/$name
    log=$tree.log
    count=$((count + 1))
    rm -rf "$tree"
    patched=
    for file in $(sed -n 's|^+++ b/||p' "$patch"); do
        mkdir -p "$tree/$(dirname "$file")"
        cp "$file" "$tree/$file"
        patched="$patched $tree/$file"
    done
    if ! patch -d "$tree" -p1 -s -F1 --no-backup-if-mismatch <"$patch" >"$log" 2>&1; then
        echo "sim: $name: the patch no longer applies"
        cat "$log"
        failed=$((failed + 1))
        continue
    fi
    made=
    for file in $patched; do
        $COMPILE -c "$file" -o "${file%.c}.o"
        made="$made ${file%.c}.o"
    done
    # Linked before the archive, the patched objects take the place of its members.
    # shellcheck disable=SC2086
    $LINK -o "$tree/sim" $made $objects "$B/libgcrtc.a" "$B/libgccore.a" $LINK_FLAGS
    # Rooms over a stock server have worlds of their own.
    worlds=random
    case $name in stock-*) worlds=stock ;; native-*) worlds=native ;; esac
    seen=$(sed -n 's/^Seen in: //p' "$patch")
    # shellcheck disable=SC2086
    if run ${seen:-all 1-2} && run $worlds 1-300 && run all 1-2 && run $worlds 301-10000; then
        echo "sim: planted $name: NOT caught within 10000 seeds"
        failed=$((failed + 1))
    else
        caught=$(sed -n 's/^FAILED //p' "$log" | head -n 1)
        if [ -z "$caught" ]; then
            echo "sim: planted $name: the simulator did not run"
            cat "$log"
            failed=$((failed + 1))
        else
            echo "sim: planted $name: caught: $caught"
        fi
    fi
    rm -rf "$tree"
done
echo "sim: $((count - failed)) planted bugs caught, $failed not"
[ "$failed" -eq 0 ] && [ "$count" -ge 10 ]
