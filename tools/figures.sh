#!/bin/sh
# Measures the cost of a change of structure: figures of two states of this project, and their ratios.
#   tools/figures.sh OLD NEW      a folder with a checkout, or a commit; `.` is the tree as it is
# Instructions are counted by valgrind (callgrind), so they are the same in each run: of the core
# alone while 20 fixed seeds are simulated, of that simulator as a whole, and of the core while
# 1,000 OFFERs are relayed by bench/way.c. Then the bytes of core.wasm and of a client, and the share
# of the core that composes. Builds in $COMPARE/figures-old and -new (default build/compare).
# Ends with 1 when instructions of the core are over INSTRUCTIONS_MAX (default 105) per cent of
# OLD's, or core.wasm or a client is larger.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
[ $# -eq 2 ] || { sed -n '3s/^# *//p' "$0" >&2; exit 2; }
me=figures
work=${COMPARE:-$here/build/compare}
mkdir -p "$work"
# shellcheck source=tools/trees.sh
. "$here/tools/trees.sh"

# Instructions of a command: `ALL CORE`, CORE being those of functions of core/, without what they
# call elsewhere.
instructions() { # name, command...
    out=$work/$1.callgrind
    shift
    rm -f "$out"
    valgrind --tool=callgrind --callgrind-out-file="$out" "$@" >"$out.log" 2>&1 || {
        cat "$out.log" >&2
        echo "figures: callgrind failed" >&2
        exit 2
    }
    awk '
        function name_of(text,    id, rest) { # "(7) name" names 7; "(7)" stands for that name
            id = text
            sub(/\).*/, ")", id)
            rest = substr(text, length(id) + 2)
            if (rest != "") { name[id] = rest }
            return name[id]
        }
        /^(fl|fi|fe)=/ { core = name_of(substr($0, 4)) ~ /(^|\/)core\// ; next }
        /^(cfi|cfl)=/ { name_of(substr($0, 5)); next }
        /^calls=/ { skip = 1; next }
        /^[0-9+*-]/ { if (skip) { skip = 0; next } all += $2; if (core) { own += $2 } }
        END { printf "%.0f %.0f\n", all, own }' "$out"
}

way() { # name: bench/way.c of this checkout with the core of that tree
    (cd "$work/figures-$1" &&
        ${CC:-cc} -std=c11 -O2 -g -w -D_GNU_SOURCE -I. -I"$here" -Ibuild/include "$here/bench/way.c" \
            host/crypto.c build/libgccore.a -lsodium -o "$work/$1.way") >"$work/figures-$1.log" 2>&1 ||
        fail "figures-$1" "bench/way.c does not compile with $1"
}

measure() { # old or new; one line of figures
    build "figures-$1" sim-native core wasm || fail "figures-$1" "$1 does not build"
    way "$1"
    tree=$work/figures-$1
    sim=$(instructions "$1-sim" "$tree/build/sim/sim" --seeds 1-20)
    some=$(cd "$here" && instructions "$1-0" "$work/$1.way" relays 0)
    more=$(cd "$here" && instructions "$1-1000" "$work/$1.way" relays 1000)
    share=$(SHARE_MAX=0 LINES_MAX=0 sh "$here/tools/share.sh" "$tree" | sed 's/^share: \([0-9.]*\).*compose (\([0-9]*\);.*files: \(.*\), \([0-9]*\) lines$/\1 \3 \4/')
    echo "$sim $((${more#* } - ${some#* })) $(wc -c <"$tree/build/wasm/core.wasm") $("$work/$1.way" size) $share"
}

copy "$1" figures-old
copy "$2" figures-new
measure old >"$work/figures.old"
measure new >"$work/figures.new"
cat "$work/figures.old" "$work/figures.new" | awk -v max="${INSTRUCTIONS_MAX:-105}" '
    NR == 1 { for (i = 1; i <= NF; i++) { old[i] = $i } next }
    function line(i, what, limit,    ratio, over) {
        ratio = 100 * $i / old[i]
        over = limit && ratio - limit > 0
        printf "%-46s %14.0f %14.0f  %6.1f %%%s\n", what, old[i], $i, ratio, over ? "  too many" : ""
        bad += over
    }
    {
        printf "%-46s %14s %14s  %8s\n", "", "old", "new", "new/old"
        line(2, "instructions of the core, 20 seeds", max)
        line(1, "instructions of the simulator, 20 seeds", 0)
        line(3, "instructions of the core, 1000 relays", max)
        line(4, "bytes of core.wasm", 100)
        line(5, "bytes of a client", 100)
        printf "%-46s %14s %14s\n", "share of the core that composes, per cent", old[6], $6
        printf "%-46s %14s %14s\n", "lines of the largest file that composes", old[8], $8
        exit !!bad
    }'
