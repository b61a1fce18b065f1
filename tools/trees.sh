# Two states of this project beside each other, for tools/compare-trees.sh and tools/figures.sh, which
# set `here` (this checkout), `work` (where the copies are built) and `me` (a name for messages).
# shellcheck shell=sh disable=SC2154

# Puts the sources of a folder or commit into a folder, and keeps the times of files that are as
# before, for make.
copy() { # folder or commit, name
    stage=$work/$2.stage
    rm -rf "$stage"
    mkdir -p "$stage" "$work/$2"
    if [ -d "$1" ]; then
        # shellcheck disable=SC2046
        (cd "$1" && tar cf - Makefile $(ls -d config.mk mk core sim host tools 2>/dev/null)) | tar xf - -C "$stage"
    else
        git -C "$here" archive "$1" | tar xf - -C "$stage"
    fi
    take "$stage" "$work/$2"
    rm -rf "$stage"
}

take() { # from, to: files that differ are copied, files that are gone are removed
    (cd "$1" && find . -type f) | while IFS= read -r file; do
        if ! cmp -s "$1/$file" "$2/$file"; then
            mkdir -p "$2/$(dirname "$file")"
            cp "$1/$file" "$2/$file"
            touch "$2/$file"
        fi
    done
    (cd "$2" && find . -name build -prune -o -type f -print) | while IFS= read -r file; do
        [ -e "$1/$file" ] || rm -f "$2/$file"
    done
}

build() { # name, target...; MAKEFLAGS of a calling make would bring its variables with them
    (cd "$work/$1" && shift && unset MAKEFLAGS MFLAGS B && make -s -j2 "$@") >"$work/$1.log" 2>&1
}

fail() { # name, what
    cat "$work/$1.log" >&2
    echo "$me: $2" >&2
    exit 2
}
