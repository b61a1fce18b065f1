#!/bin/sh
# The way through the core of one chat frame that comes in, is shown and acknowledged, and of one
# OFFER that the server relays: how many calls, and how many of them change file.
#   tools/way.sh [TREE]        TREE: a folder with a checkout; default: this one
# The core is built with -O0 -finstrument-functions and driven by bench/way.c, by its public inputs
# and outputs alone. A .c and the .h of its name are one file. A call into core/base/ or into the
# scanning of JSON is not a change of file. A call goes up when the layer called is higher than the
# caller's: base < wire < proto < parts of client and server < gc_client, gc_server.
# Environment: CC, B, and FRAME_MAX, OFFER_MAX: more changes of file than that end with 1, and so
# does a call that goes up. With V=1 each call that changes file is shown.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
tree=$(cd "${1:-$here}" && pwd)
cc=${CC:-cc} v=${V:-0}
case ${B:-build} in /*) work=$B/way ;; *) work=$here/${B:-build}/way ;; esac
rm -rf "$work"
mkdir -p "$work/include"
cp /usr/include/jsmn.h "$work/include/"
flags="-std=c11 -O0 -gdwarf-4 -w -fno-pie -I. -I$here -I$work/include -fdebug-prefix-map=$tree=."
cd "$tree"
find core -name '*.c' ! -name '*wasm.c' | sort | while IFS= read -r file; do
    object=$work/$(printf '%s' "${file%.c}" | tr / -).o
    # shellcheck disable=SC2086
    $cc $flags -ffreestanding -finstrument-functions -c "$file" -o "$object"
done
# shellcheck disable=SC2086
$cc $flags -D_GNU_SOURCE "$here/bench/way.c" host/crypto.c "$work"/*.o -no-pie -lsodium -o "$work/way"

failed=0
for what in frame offer; do
    (cd "$here" && "$work/way" "$what") >"$work/$what.calls"
    tr ' ' '\n' <"$work/$what.calls" | grep -v '^0$' | sort -u >"$work/addresses"
    addr2line -f -e "$work/way" <"$work/addresses" | paste - - | paste -d ' ' "$work/addresses" - |
        sed 's|/\./|/|; s|[^ 	]*/core/|core/|' | tr '\t' ' ' >"$work/names"
    case $what in frame) max=${FRAME_MAX:-0} ;; *) max=${OFFER_MAX:-0} ;; esac
    awk -v what="$what" -v max="$max" -v all="$v" -v names="$work/names" '
        function layer(f) {
            if (f ~ /^core\/(base|wire|proto)\//) { return index("bwp", substr(f, 6, 1)) - 1 }
            return f ~ /^core\/gc_/ ? 4 : 3
        }
        BEGIN {
            while ((getline line < names) > 0) {
                split(line, f, " ")
                sub(/:.*/, "", f[3])
                sub(/^\.\//, "", f[3])
                sub(/\.[ch]$/, "", f[3])
                name[f[1]] = f[2]
                file[f[1]] = f[3]
            }
        }
        {
            calls++
            functions += !($2 in seen)
            seen[$2] = 1
            to = file[$2]
            files += !(to in known)
            known[to] = 1
            if ($1 == "0") { inputs++; next }
            from = file[$1]
            if (from == to) { next }
            every++
            if (layer(to) > layer(from)) {
                up++
                print what ": up: " from " " name[$1] "() calls " to " " name[$2] "()"
            }
            if (to ~ /^core\/base\// || to ~ /^core\/wire\/json/) { next }
            changes++
            if (all == 1) { print what ": " from " " name[$1] "() -> " to " " name[$2] "()" }
        }
        END {
            printf "%s: %d changes of file (%d with core/base and JSON), %d calls up; %d calls of %d functions in %d files, %d inputs and polls of the host\n",
                what, changes, every, up, calls, functions, files, inputs
            if (max > 0 && changes > max) {
                printf "%s: more than %d changes of file\n", what, max
                exit 1
            }
            exit calls == 0 || (max > 0 && up > 0)
        }' "$work/$what.calls" || failed=1
done
exit $failed
