#!/bin/sh
# Compares two states of this project by their simulators: are they the same, or do they at least
# treat their users alike?
#   tools/compare-trees.sh OLD NEW [traces|outcomes] [SEEDS]
#     OLD, NEW    a folder with a checkout, or a commit of this repository; `.` is the tree as it is
#     traces      (the default) every event, byte and time is equal: what moves alone must keep
#     outcomes    the verdict of the oracle and who got what, in which order of each sender, is equal
#     SEEDS       A-B (default: 1-200 for traces, 1-1000 for outcomes)
# Prints the seeds that differ (the first ten), then `N seeds: N equal, N different`, and ends with
# 1 when any differs. Each tree is built in $COMPARE/old and $COMPARE/new (default build/compare of
# the repository), so a second call compiles only what has changed.
# An OLD whose simulator knows no --outcome gets it in the copy that is built: by the commit that
# added it, or, where there is no history, by the simulator of NEW as long as that compiles.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 2 ] || { sed -n '4,8s/^# *//p' "$0" >&2; exit 2; }
old=$1 new=$2 what=${3:-traces}
case $what in
traces) seeds=${4:-1-200} form=--hashes ;;
outcomes) seeds=${4:-1-1000} form=--outcome ;;
*) echo "compare-trees: traces or outcomes, not $what" >&2; exit 2 ;;
esac
work=${COMPARE:-$here/build/compare}
me=compare-trees
mkdir -p "$work"
# shellcheck source=tools/trees.sh
. "$here/tools/trees.sh"

run() { # name; a seed that breaks an invariant is a line like any other
    "$work/$1/build/sim/sim" "$form" --seeds "$seeds" >"$work/$1.lines" 2>"$work/$1.log" || [ -s "$work/$1.lines" ]
}

copy "$old" old
copy "$new" new
build new sim-native || fail new "$new does not build"
if [ "$what" = outcomes ] && ! grep -q -e '"--outcome"' "$work/old/sim/main.c"; then
    add=$(git -C "$here" log -1 --format=%H --grep '^sim: who got what, as one number of a seed$' 2>/dev/null || true)
    if [ -z "$add" ] || ! git -C "$here" show "$add" -- sim | patch -d "$work/old" -p1 -s -f --no-backup-if-mismatch >"$work/old.log"; then
        rm -rf "$work/old/sim"
        cp -R "$work/new/sim" "$work/old/sim"
    fi
    build old sim-native || fail old "$old has no --outcome, and a simulator that has it does not compile there"
else
    build old sim-native || fail old "$old does not build"
fi
run old || fail old "the simulator of $old does not run"
run new || fail new "the simulator of $new does not run"
awk -v old="$work/old.lines" '
    BEGIN { while ((getline line < old) > 0) { split(line, f, " "); if (line ~ /^[a-z0-9-]+ [0-9]+ /) { was[f[1] " " f[2]] = line; expected++ } } }
    !/^[a-z0-9-]+ [0-9]+ / { next } # what failed, as the simulator tells it
    {
        seeds++
        if (was[$1 " " $2] == $0) { equal++; next }
        if (++different <= 10) { print "was " was[$1 " " $2] "\nnow " $0 }
    }
    END {
        printf "%d seeds: %d equal, %d different\n", seeds, equal, different
        exit !(seeds > 0 && equal == seeds && seeds == expected)
    }' "$work/new.lines"
