/* Tombs: how far the messages of forgotten peers' sessions were shown, so that nothing is shown
 * twice when a peer comes back. A session alone proves nothing, for all whom its owner met know it:
 * it counts with its owner's id, which the server vouches for. The GC_TOMBS_MAX newest are kept.
 * Source: ghostchat-protocol.7, "START and the conversation". */
#ifndef GC_PROTO_TOMBS_H
#define GC_PROTO_TOMBS_H

#include "core/base/limits.h"
#include "core/base/span.h"

#define GC_TOMBS_MAX (2 * GC_ROOM_MEMBERS_MAX) /* a room that left, and one that left after it */

typedef struct gc_tomb {
    uint8_t session[GC_SESSION_BYTES];
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t id_len;
    uint64_t shown;
} gc_tomb;

/* All zero: nothing is remembered. */
typedef struct gc_tombs {
    gc_tomb tombs[GC_TOMBS_MAX];
    uint32_t count; /* ever */
} gc_tombs;

/* Forgets and overwrites everything. */
void gc_tombs_wipe(gc_tombs *t);
/* Remembers that all messages up to `shown` of this session of id (1..GC_ID_BYTES_MAX bytes,
 * copied) were shown; replaces what was known of the session. */
void gc_tombs_bury(gc_tombs *t, gc_span id, const uint8_t session[GC_SESSION_BYTES],
                   uint64_t shown);
/* Finds up to which message this session of id was shown; 0 when nothing is known. */
uint64_t gc_tombs_shown(const gc_tombs *t, gc_span id, const uint8_t session[GC_SESSION_BYTES]);

#endif
