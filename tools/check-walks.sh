#!/bin/sh
# The client never looks through a whole table for what it has to do (make lint): loops up to
# GC_PEERS_MAX or GC_LINKS_MAX are in functions that init, check, wipe or leave, and loops over the
# members of a set are in functions that tools/walks.allow names with a reason.
#   tools/check-walks.sh [ROOT]      prints each violation; exit status 1 if any
cd "${1:-.}" || exit 1
# shellcheck disable=SC2046
awk '
    FNR == 1 { name = "" }
    FILENAME == "tools/walks.allow" { if ($1 !~ /^#/ && NF > 1) { reason[$1] = 1 } next }
    /^[A-Za-z_].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
    /GC_(PEERS|LINKS)_MAX/ && /(for|while) \(/ && name !~ /(^|_)(init|check|wipe|leave)/ {
        printf "%s:%d: %s walks over a whole table\n", FILENAME, FNR, name; bad = 1
    }
    /gc_set_next\(/ && name !~ /(^|_)(init|check|wipe|leave)/ {
        seen[name] = 1
        if (!(name in reason)) {
            printf "%s:%d: %s walks over a set without a reason in tools/walks.allow\n", FILENAME, FNR, name
            bad = 1
        }
    }
    END {
        for (name in reason) {
            if (!(name in seen)) {
                printf "tools/walks.allow: %s walks over no set any more: take the line out\n", name; bad = 1
            }
        }
        exit bad
    }' tools/walks.allow core/gc_client*.c core/client/*.c core/proto/people.c core/proto/mesh.c \
    core/proto/link.c core/proto/outbox.c core/proto/conversation.c core/proto/conversations.c
