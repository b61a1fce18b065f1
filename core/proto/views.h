/* Views: the state of each peer that the user has seen, and whether a new one is to be reported. A
 * view follows from the person (people), the way to the peer (mesh) and whether we can talk
 * (conversations).
 *
 *   connecting --open--> open --link lost--> lost --open--> open
 *       |  the server: nobody there            |  BYE, or nothing for 60 s
 *       '------> away (join link)              '--> closed, and forgotten once reported */
#ifndef GC_PROTO_VIEWS_H
#define GC_PROTO_VIEWS_H

#include "core/proto/conversations.h"

typedef struct gc_view {
    uint32_t state;  /* gc_peer_state */
    uint32_t reason; /* gc_reason: why it is not open */
    uint32_t path;   /* gc_path */
    uint32_t rtt_ms;
} gc_view;

/* All zero: nothing was reported. */
typedef struct gc_views {
    gc_view told[GC_PEERS_MAX];
} gc_views;

/* Returns what is to be seen of a peer, live or ended. */
gc_view gc_views_now(const gc_people *pp, const gc_mesh *m, const gc_conversations *t,
                     uint32_t peer);
/* Tells whether the user has seen this view of the peer, with its name. */
bool gc_views_are_told(const gc_views *vs, const gc_people *pp, uint32_t peer, const gc_view *v);
/* Fills GC_CLIENT_PEER with a view and notes that the user has seen it. Texts are borrowed from the
 * person.
 */
void gc_views_tell(gc_views *vs, gc_people *pp, const gc_conversations *t, uint32_t peer,
                   const gc_view *v, gc_client_output *out);

#endif
