#!/bin/sh
# Makes the files that are linked into ghostchatd out of a folder of web files.
#   tools/embed.sh FOLDER OUT
# writes OUT/assets.S (the bytes, by .incbin) and OUT/embedded.c (the table), sorted by name, and
# OUT/gz/ with the files that gzip makes smaller. Files that would not change are left alone, so that
# make rebuilds only what must be. Same folder, same bytes.
set -eu
folder=$1
out=$2
LC_ALL=C
export LC_ALL

[ -f "$folder/index.html" ] || {
    echo "embed: $folder/index.html is missing: make web" >&2
    exit 1
}
mkdir -p "$out/gz"
names=$(cd "$folder" && find . -type f ! -name '.*' | sed 's,^\./,,' | sort)

for name in $names; do
    case $name in
    *[!A-Za-z0-9._/-]*)
        echo "embed: cannot embed a file of the name $name" >&2
        exit 1
        ;;
    esac
done

type_of() {
    case $1 in
    *.html) echo 'text/html; charset=utf-8' ;;
    *.js | *.mjs) echo 'text/javascript; charset=utf-8' ;;
    *.css) echo 'text/css; charset=utf-8' ;;
    *.wasm) echo 'application/wasm' ;;
    *.svg) echo 'image/svg+xml' ;;
    *.png) echo 'image/png' ;;
    *.ico) echo 'image/x-icon' ;;
    *.json) echo 'application/json; charset=utf-8' ;;
    *.webmanifest) echo 'application/manifest+json' ;;
    *.txt) echo 'text/plain; charset=utf-8' ;;
    *.woff2) echo 'font/woff2' ;;
    *) echo 'application/octet-stream' ;;
    esac
}

replace_if_changed() {
    cmp -s "$1" "$2" && rm -f "$1" || mv "$1" "$2"
}

assembly=$out/assets.S.new
table=$out/embedded.c.new
{
    echo '/* Made by tools/embed.sh. The sums make this file change with the assets. */'
    echo '    .section .rodata'
} >"$assembly"
{
    echo '/* Made by tools/embed.sh. */'
    echo '#include "server/assets.h"'
    echo
} >"$table"
rows=
n=0
for name in $names; do
    file=$folder/$name
    gz=$out/gz/$(printf %s "$name" | tr / _).gz
    sum=$(sha256sum <"$file" | cut -c 1-32)
    bytes=$(wc -c <"$file")
    gzip -9n <"$file" >"$gz"
    packed=$(wc -c <"$gz")
    if [ "$packed" -ge "$bytes" ] || [ "${name%.html}" != "$name" ]; then
        packed=0 # no gain; pages are templates, written anew at each start
    fi
    {
        printf '    .balign 16\n    .globl gc_asset_raw_%d\ngc_asset_raw_%d: /* %s */\n' \
            $n $n "$sum"
        printf '    .incbin "%s"\n' "$file"
        if [ "$packed" -gt 0 ]; then
            printf '    .balign 16\n    .globl gc_asset_gzip_%d\ngc_asset_gzip_%d:\n' $n $n
            printf '    .incbin "%s"\n' "$gz"
        fi
    } >>"$assembly"
    {
        printf 'extern const uint8_t gc_asset_raw_%d[];\n' $n
        [ "$packed" -eq 0 ] || printf 'extern const uint8_t gc_asset_gzip_%d[];\n' $n
    } >>"$table"
    gzip_name=NULL
    [ "$packed" -eq 0 ] || gzip_name=gc_asset_gzip_$n
    rows="$rows    {\"$name\", \"$(type_of "$name")\", \"$sum\", gc_asset_raw_$n, $gzip_name, $((bytes)), $((packed))},
"
    n=$((n + 1))
done
printf '    .section .note.GNU-stack, "", %%progbits\n' >>"$assembly"
printf '\nconst gc_asset gc_embedded[] = {\n%s};\nconst uint32_t gc_embedded_count = %d;\n' "$rows" \
    "$n" >>"$table"
replace_if_changed "$assembly" "$out/assets.S"
replace_if_changed "$table" "$out/embedded.c"
