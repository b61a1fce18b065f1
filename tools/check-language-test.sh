#!/bin/sh
# Plants one habit of each kind of file and expects tools/check-language.mjs to find exactly it.
# Environment: NODE.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

# planted FILE EXPECTED TEXT [OPTION]: the tool must find so many habits in a file of that name.
planted() {
    printf '%s\n' "$3" >"$work/$1"
    # shellcheck disable=SC2086 # no option is no word
    found=$(${NODE:-node} tools/check-language.mjs ${4-} "$work/$1" | sed -n 's/^language: \([0-9]*\) .*/\1/p') || true
    if [ "$found" != "$2" ]; then
        echo "check-language-test: $1: found ${found:-nothing} instead of $2 in: $3"
        exit 1
    fi
    count=$((count + 1))
}

planted texts.js 1 "export const texts = { bad: 'This is no invite ' +
    'link.' };"
planted texts.js 0 "/** Who reads a comment? This is no text. */ export const a = 'There is no relay.';"
planted reason.h 1 'X(GC_REASON_ABSENT, 5, "absent", "You are connected by "
    "itself when they are back.")'
planted page.8 2 '.It Fl -key
What stands there
.Ar counts .'
planted page.8 0 '.Sh WHAT IT DOES
It serves the page behind a proxy.'
planted page.md 1 'A value follows
behind options.'
planted page.md 0 '# What people see
Who is there? `is no code`'
planted page.md 1 'The user is told so.'
planted page.md 1 'No connection came about.'
planted noun.h 1 '/* What a peer sent, in order. */' --comments
planted noun.c 1 '    uint32_t len; /* the bytes
                     behind those before */' --comments
planted noun.c 1 'static int x; // The host is
// told to write.' --comments
planted noun.h 0 '/* The host writes what is unsent.
 *
 *   empty --What is told--> stands in here
 */
static const char *const text = "Who /* is told */ stands here";' --comments
echo "check-language-test: $count passed"
