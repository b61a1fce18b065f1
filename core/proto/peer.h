/* Peer: somebody we know, by the id that signaling addresses.
 *
 *   connecting --link started--> open --link lost--> lost --link started--> open
 *       |  server: nobody there      |                |  BYE, or nothing for 60 s
 *       +------> away (join link)    +-- BYE ---------+--> closed, and forgotten once polled
 *
 * At most one open link and one that is being set up (its attempt). */
#ifndef GC_PROTO_PEER_H
#define GC_PROTO_PEER_H

#include "core/base/timers.h"
#include "core/proto/client_output.h"
#include "core/proto/conversation.h"

#define GC_PEER_DIALS_MAX 8 /* remembered, so that an old OFFER is not taken again */
/* Offers of one peer that are answered within GC_PEER_OFFERS_MS: each costs a connection of the
 * transport. A peer that redials needs 4, and one more for each time that its server restarts. */
#define GC_PEER_OFFERS_MAX 8
#define GC_PEER_OFFERS_MS  10000
/* One that is known from lists alone and never answered is dialled so often before it is forgotten:
 * a list may name ids that never were. */
#define GC_PEER_HEARSAY_DIALS 3
/* A link that lived so long was a good one: the next dial follows at once. */
#define GC_PEER_GOOD_LINK_MS 10000

enum gc_peer_use { GC_PEER_FREE, GC_PEER_LIVE, GC_PEER_ENDED /* to be told, then free */ };

/* What was last told to the user. */
typedef struct gc_peer_view {
    uint32_t state; /* gc_peer_state */
    uint32_t reason;
    uint32_t path;
    uint32_t rtt_ms;
} gc_peer_view;

typedef struct gc_peer {
    uint8_t use;
    bool present; /* the server has, as far as we know, a socket of it */
    bool member;  /* of our room */
    bool target;  /* the one our join link names: never forgotten */
    bool absent;  /* the server said that nobody holds its id */
    bool vouched; /* by a slot message with proof: of its own, or one that names it */
    bool hearsay; /* a list named it, and nothing has come from it */
    bool opened_once;
    bool renewing; /* the open link took the place of a started one and awaits its START */
    bool told;     /* `view` was polled at least once */
    bool renamed;  /* nick to be told */
    bool stock;    /* its last link was a PeerJS data connection */
    bool has_tag;
    uint8_t tag[GC_TAG_BYTES]; /* under which it is dialled */
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t id_len;
    uint8_t nick[GC_NICK_BYTES_MAX]; /* cleaned */
    uint32_t nick_len;
    uint32_t link;       /* slot of the open link, or GC_NONE */
    uint32_t attempt;    /* slot of the link being set up, or GC_NONE */
    uint32_t reason;     /* why it is not open */
    uint32_t gap_reason; /* why the last message that never comes does not; 0 */
    uint32_t redial_ms;
    uint64_t dial_ms;    /* when to dial; GC_NEVER */
    uint64_t forget_ms;  /* when to forget; GC_NEVER */
    uint64_t knocked_ms; /* when it knocked at our slot; GC_NEVER */
    uint8_t dials[GC_PEER_DIALS_MAX][GC_DIAL_BYTES];
    uint32_t dials_count; /* ever */
    uint32_t failures;    /* dials of a hearsay that came to nothing */
    uint32_t offers;      /* answered since offers_ms */
    uint64_t offers_ms;
    gc_peer_view view;
    gc_conversation conversation;
} gc_peer;

void gc_peer_begin(gc_peer *p, gc_span id, gc_inbox_store *store, uint64_t next_seq);
gc_span gc_peer_id(const gc_peer *p);
/* True when own sorts before the peer's id, byte by byte: then we dial first, and our offer wins.
 */
bool gc_peer_after(const gc_peer *p, gc_span own);
/* Under which tag it is dialled; NULL: none. */
void gc_peer_set_tag(gc_peer *p, const uint8_t *tag);
/* Remembers a dial; false when it was there already. */
bool gc_peer_remember(gc_peer *p, const uint8_t dial[GC_DIAL_BYTES]);
/* Counts an offer that is to be answered; false when there were too many: ignore it. */
bool gc_peer_take_offer(gc_peer *p, uint64_t now_ms);
/* The next dial after a failed one: doubling, 4 s later on the side with the larger id. */
void gc_peer_redial(gc_peer *p, gc_span own, uint64_t now_ms);
/* The name is a stranger's: cleaned, and told when it changed. nick must be valid UTF-8. */
void gc_peer_rename(gc_peer *p, gc_span nick);
/* It ends: no more links, its open messages are given up with this reason. */
void gc_peer_end(gc_peer *p, const gc_outbox *o, uint32_t reason);

#endif
