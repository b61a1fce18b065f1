/* Views: what the user was told of each peer, and what is to be told anew. A view follows from who
 * the peer is (people), the way to it (mesh) and whether one can talk (conversations).
 *
 *   connecting --open--> open --link lost--> lost --open--> open
 *       |  the server: nobody there            |  BYE, or nothing for 60 s
 *       '------> away (join link)              '--> closed, and forgotten once told */
#ifndef GC_PROTO_VIEWS_H
#define GC_PROTO_VIEWS_H

#include "core/proto/conversations.h"

typedef struct gc_view {
    uint32_t state;  /* gc_peer_state */
    uint32_t reason; /* gc_reason: why it is not open */
    uint32_t path;   /* gc_path */
    uint32_t rtt_ms;
} gc_view;

/* All zero: nothing was told. */
typedef struct gc_views {
    gc_view told[GC_PEERS_MAX];
} gc_views;

/* Returns what is to be seen of a peer, live or ended. */
gc_view gc_views_now(const gc_people *pp, const gc_mesh *m, const gc_conversations *t,
                     uint32_t peer);
/* Tells whether the user was told this of the peer, with its name. */
bool gc_views_are_told(const gc_views *vs, const gc_people *pp, uint32_t peer, const gc_view *v);
/* Fills GC_CLIENT_PEER with a view and notes that it is told. Texts are borrowed from the person.
 */
void gc_views_tell(gc_views *vs, gc_people *pp, const gc_conversations *t, uint32_t peer,
                   const gc_view *v, gc_client_output *out);

#endif
