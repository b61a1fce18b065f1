#!/bin/sh
# Makes the page a folder for any static host: addresses relative, links after "#/" (data-host), and
# config.json beside it. The page itself holds the headers that ghostchatd sends. Which servers
# it may reach is left open there, because config.json is written by hand; once the page has read
# it, it narrows its policy to the server that is named there (web/config.js).
#   static.sh WEB OUT PEER-SERVER KEY [ICE-SERVER...]     WEB: what `make web` made
set -eu
web=$1 out=$2 url=$3 key=$4
shift 4
policy="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
connect-src 'self' https: wss: http: ws:; img-src 'self' blob:; style-src 'self'; \
base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
meta="<meta http-equiv=\"Content-Security-Policy\" content=\"$policy\">"

rm -rf "$out"
mkdir -p "$out/assets"
for file in "$web"/*; do
    case $file in
    *.html | */example.js) ;;
    *) cp "$file" "$out/assets/" ;;
    esac
done
sed -e 's|{{base}}|./|g' -e 's|^<html |<html data-host="static" |' \
    -e "s|^<meta charset=.*|&\\n$meta|" "$web/index.html" >"$out/index.html"
grep -q 'data-host="static"' "$out/index.html" && grep -q 'http-equiv' "$out/index.html"

# One line each, for people who write it by hand; no character of ours needs an escape.
for word in "$url" "$key" "$@"; do
    case $word in
    *[\"\\]* | *[[:cntrl:]]*)
        echo "static.sh: no JSON string: $word" >&2
        exit 1
        ;;
    esac
done
{
    printf '{\n  "peerServer": { "url": "%s", "key": "%s" },\n  "iceServers": [' "$url" "$key"
    between=
    for server in "$@"; do
        printf '%s\n    { "urls": "%s" }' "$between" "$server"
        between=,
    done
    [ $# -eq 0 ] || printf '\n  '
    printf ']\n}\n'
} >"$out/config.json"
