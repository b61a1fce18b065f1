/* Link: one dial and the connection that comes of it, to one peer.
 *
 *   free --dial--------> offering --description: OFFER--> offered --ANSWER--+
 *     ^  --OFFER came--> answering --description: ANSWER----------------------+--> connecting
 *     |                                                                              | opened
 *     |                                                                              v
 *     '-- any step: not open within 15 s, closed by the transport, silent, replaced - open
 *
 * A link is named to the host by a number: its slot and a generation, so that a late report about
 * an ended link is noticed. Candidates that cannot be used yet are held here, at most
 * GC_CANDIDATES_MAX in each direction. Source: ghostchat-protocol.7, "Setting up a link", "Life".
 */
#ifndef GC_PROTO_LINK_H
#define GC_PROTO_LINK_H

#include "core/base/limits.h"
#include "core/base/span.h"
#include "core/proto/client_output.h"

enum gc_link_step {
    GC_LINK_FREE,
    GC_LINK_OFFERING,
    GC_LINK_OFFERED,
    GC_LINK_ANSWERING,
    GC_LINK_CONNECTING,
    GC_LINK_OPEN,
};

/* Candidates held by one link until the other side's description is known: 20 of the usual
 * 100-150 bytes. What does not fit is dropped, as any datagram of ICE may be. */
#define GC_LINK_HELD_BYTES 3072

typedef struct gc_link_store {
    uint8_t bytes[GC_LINK_HELD_BYTES];
} gc_link_store;

enum gc_link_side { GC_LINK_LOCAL, GC_LINK_REMOTE };

typedef struct gc_link {
    gc_link_store *store; /* the owner's memory */
    uint32_t generation;
    uint8_t step;   /* gc_link_step */
    bool start_due; /* frames to be sent */
    bool ping_due;
    bool pong_due;
    bool profile_due;
    bool probing;          /* the server said that the peer's socket went */
    uint8_t kind;          /* gc_link_kind */
    uint8_t serialization; /* gc_serialization of the in-band channel */
    uint32_t connection_len;
    uint8_t connection[GC_CONNECTION_ID_BYTES_MAX]; /* PeerJS's name of it; empty when native */
    uint32_t peer;                                  /* index */
    uint8_t dial[GC_DIAL_BYTES];
    uint64_t deadline_ms; /* of the setting up; when open, of the peer's START */
    uint64_t opened_ms;
    uint64_t heard_ms; /* last frame */
    uint64_t ping_ms;  /* last PING since then, 0 = none */
    uint32_t pong_token;
    uint32_t ping_token;
    uint32_t buffered; /* bytes that the transport has queued */
    uint32_t path;
    uint32_t rtt_ms;
    uint32_t candidates[2]; /* taken for this dial, by gc_link_side */
    uint32_t held_len;
} gc_link;

/* Takes a free link into use; now_ms + GC_LINK_OPEN_MS is its deadline. */
void gc_link_begin(gc_link *l, enum gc_link_step step, uint32_t peer,
                   const uint8_t dial[GC_DIAL_BYTES], uint64_t now_ms);
/* Frees it and moves its generation on. */
void gc_link_end(gc_link *l);
/* The number for the host, and back to a slot (0..GC_LINKS_MAX-1, or more when it is none). */
uint32_t gc_link_number(const gc_link *l, uint32_t slot);
uint32_t gc_link_slot(uint32_t number);

/* Counts a candidate; false when there were enough. */
bool gc_link_count(gc_link *l, enum gc_link_side side);
/* Holds a counted candidate; false when it does not fit. */
bool gc_link_hold(gc_link *l, enum gc_link_side side, gc_span candidate, gc_span mid,
                  uint32_t index);
/* The next held one of a side: *at starts with 0. They stay until gc_link_release(). */
bool gc_link_held(const gc_link *l, enum gc_link_side side, uint32_t *at, gc_span *candidate,
                  gc_span *mid, uint32_t *index);
void gc_link_release(gc_link *l, enum gc_link_side side);

/* Both channels are open. */
void gc_link_open(gc_link *l, uint64_t now_ms);
/* A frame came. */
void gc_link_heard(gc_link *l, uint64_t now_ms);
/* The peer's socket went: is the peer still there? One that answers no PING is not asked. */
void gc_link_probe(gc_link *l, uint64_t now_ms);

/* started: the peer's START came. Returns false when the link is dead: too late, silent.
 * Else a PING may have become due. A stock PeerJS peer may be silent for ever: the end of its
 * connection is told by the transport. */
bool gc_link_tick(gc_link *l, bool started, uint64_t now_ms);
uint64_t gc_link_deadline(const gc_link *l, bool started);

#endif
