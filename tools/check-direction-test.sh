#!/bin/sh
# Proves that check-direction.mjs goes red: plants one violation of each kind into a copy and looks.
# usage: check-direction-test.sh CC OBJECT-FOLDER  ends with `check-direction: N passed, N failed`
set -u
cc=${1:-cc} objects=${2:-build} node=${NODE:-node}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

fresh() {
    rm -rf "$work/tree" "$work/obj"
    mkdir -p "$work/tree/tools" "$work/obj"
    for folder in core host server rtc peer cli; do
        [ -d "$here/$folder" ] || continue
        cp -R "$here/$folder" "$work/tree/$folder"
        cp -R "$objects/$folder" "$work/obj/$folder"
    done
    cp "$here"/tools/*.allow "$work/tree/tools/"
}

plant() { # file, text
    mkdir -p "$work/tree/$(dirname "$1")"
    printf '%s\n' "$2" >>"$work/tree/$1"
    case $1 in
    *.c)
        mkdir -p "$work/obj/$(dirname "$1")"
        (cd "$work/tree" && "$cc" -std=c11 -I. -c "$1" -o "$work/obj/${1%.c}.o") ;;
    esac
}

expect() { # name, expected status, word that the complaint must hold
    out=$("$node" "$here/tools/check-direction.mjs" "$work/tree" "$work/obj" 2>&1)
    if [ $? -eq "$2" ] && printf '%s\n' "$out" | grep -q -e "$3"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not caught: %s\n%s\n' "$1" "$out"
    fi
}

call() { # file, function defined, function called
    plant "$1" "void $2(void); void $3(void); void $2(void) { $3(); }"
}

fresh
expect 'the tree as it is' 0 ''
for folder in core/proto core/client core/server host server rtc peer cli; do
    fresh
    call "$folder/planted_a.c" planted_a planted_b
    call "$folder/planted_b.c" planted_b planted_c
    call "$folder/planted_c.c" planted_c planted_a
    # As long as a wildcard of the list allows circles in a folder, none can be planted there.
    if grep '^[^#]*\*' "$here/tools/direction.allow" | grep -q "^${folder}[*/]"; then
        continue
    fi
    expect "a circle by calls in $folder" 1 "circle of files: $folder/planted_a, $folder/planted_b, $folder/planted_c"
done
fresh
plant core/wire/planted_a.h '#include "core/wire/planted_b.h"'
plant core/wire/planted_b.h '#include "core/wire/planted_a.h"'
expect 'a circle by includes' 1 'circle of files: core/wire/planted_a, core/wire/planted_b'
fresh
plant core/wire/planted_a.h 'struct planted;'
plant core/wire/planted_b.h '#include "core/wire/planted_a.h"'
plant core/wire/planted_b.c 'void planted_b(void); void planted_b(void) {}'
call core/wire/planted_a.c planted_a planted_b
expect 'a circle of one include and one call' 1 'circle of files: core/wire/planted_a, core/wire/planted_b'
fresh
call core/base/planted_a.c planted_a planted_b
plant core/proto/planted_b.c 'void planted_b(void); void planted_b(void) {}'
expect 'a call upwards' 1 'core/base/planted_a needs the higher core/proto/planted_b'
fresh
plant core/proto/planted.h '#include "core/gc_client.h"'
expect 'a noun of proto includes what composes' 1 'core/proto/planted needs the higher core/gc_client'
for pair in 'rtc/planted host/log' 'rtc/planted core/gc_client' 'host/planted server/route' \
    'server/planted peer/planted_b' 'peer/planted cli/planted_b' 'cli/planted rtc/planted_b'; do
    fresh
    [ -e "$work/tree/${pair#* }.h" ] || plant "${pair#* }.h" 'struct planted;'
    plant "${pair% *}.h" "#include \"${pair#* }.h\""
    expect "folders: $pair" 1 "${pair% *} may not know ${pair#* }"
done
fresh
plant core/planted.h 'struct planted;'
expect 'a file of no layer' 1 'core/planted belongs to no layer'
fresh
plant core/proto/planted.h 'struct planted { int a; struct { int (*planted_call)(int, void *); } in; };'
expect 'a function pointer in a struct' 1 'function pointer planted_call'
fresh
plant server/planted.h 'typedef void (*planted_type)(int); typedef struct planted { planted_type planted_call; } planted;'
expect 'a function pointer by its type' 1 'function pointer planted_call'
fresh
plant host/planted.h 'typedef void planted_type(int); struct planted { planted_type *planted_call[3]; };'
expect 'an array of pointers to a function type' 1 'function pointer planted_call'
fresh
plant tools/direction.allow 'core/base/ring core/base/map known: planted'
plant tools/function-pointers.allow 'core/base/ring.h planted planted'
expect 'a line that nothing needs' 1 'nothing needs "core/base/ring core/base/map known: planted"'
expect 'a pointer that is gone' 1 'nothing needs "core/base/ring.h planted planted"'
fresh
call server/planted_a.c planted_a planted_b
call server/planted_b.c planted_b planted_a
call host/planted_c.c planted_c planted_d
call host/planted_d.c planted_d planted_c
plant tools/direction.allow 'server/planted_a server/planted_b one reason
host/planted_c host/planted_d another reason'
expect 'a second pair that is to stay' 1 'one pair of host/ or server/ may stay'
printf 'check-direction: %s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
