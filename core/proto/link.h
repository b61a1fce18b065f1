/* Link: one dial and the connection that comes of it, to one peer.
 *
 *   free --dial--------> offering --description: OFFER--> offered --ANSWER----+
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
#include "core/wire/frame.h"

enum gc_link_step {
    GC_LINK_STEP_FREE,
    GC_LINK_STEP_OFFERING,
    GC_LINK_STEP_OFFERED,
    GC_LINK_STEP_ANSWERING,
    GC_LINK_STEP_CONNECTING,
    GC_LINK_STEP_OPEN,
};

/* Candidates held by one link until the other side's description is known. A candidate that does
 * not fit is dropped, as any datagram of ICE may be. */
typedef struct gc_link_store {
    uint8_t bytes[GC_LINK_HELD_BYTES];
} gc_link_store;

enum gc_link_side { GC_LINK_SIDE_LOCAL, GC_LINK_SIDE_REMOTE };

typedef struct gc_link {
    gc_link_store *store; /* the owner's memory */
    uint32_t generation;
    uint8_t step;   /* gc_link_step */
    bool start_due; /* frames to be sent */
    bool ping_due;
    bool pong_due;
    bool profile_due;
    bool started;          /* the peer's START came on it */
    bool probing;          /* the server said that the peer's socket went */
    bool offered;          /* by us */
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

/* Makes a link free for the first time. store: the owner's, for as long as the link is used. */
void gc_link_init(gc_link *l, gc_link_store *store);
/* Takes a free link into use, for peer (an index) and this dial; now_ms + GC_LINK_OPEN_MS is its
 * deadline. step: GC_LINK_STEP_OFFERING or _ANSWERING. */
void gc_link_begin(gc_link *l, enum gc_link_step step, uint32_t peer,
                   const uint8_t dial[GC_DIAL_BYTES], uint64_t now_ms);
/* Frees the link and moves its generation on. */
void gc_link_end(gc_link *l);
/* Returns the number of the link in a slot (0..GC_LINKS_MAX-1) for the host. */
uint32_t gc_link_number(const gc_link *l, uint32_t slot);
/* Returns the slot of a number: that of the link in it, or of one that has ended since. More than
 * GC_LINKS_MAX - 1 when it is the number of no link. */
uint32_t gc_link_slot(uint32_t number);
/* Finds among the GC_LINKS_MAX links of a table the slot of the one in use that has this number;
 * GC_NONE when the number is stale. */
uint32_t gc_link_find(const gc_link *links, uint32_t number);

/* --- what it consists of ---------------------------------------------------------------------- */
/* Makes an offering link one for either kind of peer; serialization: of its in-band channel, whose
 * label is the dial. */
void gc_link_offer_either(gc_link *l, uint32_t serialization);
/* Makes an answering link a PeerJS data connection of this name (up to
 * GC_CONNECTION_ID_BYTES_MAX, copied) and serialization. */
void gc_link_answer_data(gc_link *l, gc_span connection, uint32_t serialization);
/* Notes of which kind the peer is that answered: a link for either kind becomes it. */
void gc_link_be(gc_link *l, enum gc_link_kind kind);
/* Returns PeerJS's name of the connection, borrowed; empty when the link is native. */
gc_span gc_link_connection(const gc_link *l);

/* --- setting up ------------------------------------------------------------------------------- */
/* Notes that our description was sent: offered, or connecting after an answer. */
void gc_link_describe(gc_link *l);
/* Takes the peer's answer to our offer: connecting, with at least half of GC_LINK_OPEN_MS left from
 * now_ms, because gc_link_hurry() may have left little time although the offer has arrived. */
void gc_link_accept(gc_link *l, uint64_t now_ms);
/* Leaves the setting up at most GC_DIAL_EXPECT_MS from now_ms: our offer or the peer's answer may
 * have gone to a dead socket. */
void gc_link_hurry(gc_link *l, uint64_t now_ms);
/* Counts n candidates of one side. Returns false when there were enough: drop them. */
bool gc_link_count(gc_link *l, enum gc_link_side side, uint32_t n);
/* Holds a counted candidate; mid up to 255 bytes, candidate up to 65,535, index up to 255. Returns
 * false when it does not fit. */
bool gc_link_hold(gc_link *l, enum gc_link_side side, gc_span candidate, gc_span mid,
                  uint32_t index);
/* Reads the next held candidate of a side: *at starts with 0. Returns false at the end. They stay,
 * and what is read is valid, until gc_link_release(). */
bool gc_link_held(const gc_link *l, enum gc_link_side side, uint32_t *at, gc_span *candidate,
                  gc_span *mid, uint32_t *index);
/* Drops the held candidates of a side. */
void gc_link_release(gc_link *l, enum gc_link_side side);

/* Returns why the setting up led nowhere (gc_reason), where `reason` says only that no way was
 * found (GC_REASON_TIMEOUT, GC_REASON_ICE_FAILED): one side has no candidate, or somebody with whom
 * we were linked before (met) has not answered our offer and is away. Any other reason stays. */
uint32_t gc_link_trouble(const gc_link *l, uint32_t reason, bool met);

/* --- open ------------------------------------------------------------------------------------- */
/* Notes that the transport is through: the channels are open, START is due. */
void gc_link_open(gc_link *l, uint64_t now_ms);
/* Notes that a frame came at now_ms. */
void gc_link_heard(gc_link *l, uint64_t now_ms);
/* Notes that START of the peer came. */
void gc_link_start(gc_link *l);
/* Takes PING: PONG with the same token is due. A second PING before it was sent replaces it. */
void gc_link_asked(gc_link *l, uint32_t token);
/* Asks whether the peer is still there, for its socket at the server went. One that answers no PING
 * (a stock PeerJS peer) is not asked. */
void gc_link_probe(gc_link *l, uint64_t now_ms);
/* Notes that our own name changed: PROFILE is due. */
void gc_link_rename(gc_link *l);
/* Notes how many bytes the transport has queued. */
void gc_link_buffer(gc_link *l, uint32_t bytes);
/* Notes the path in use (gc_path) and the round trip in ms (0: not known). */
void gc_link_measure(gc_link *l, uint32_t path, uint32_t rtt_ms);
/* Takes the next frame that is due: START (its type alone is set; it says our name as well), PONG,
 * PING, PROFILE (without the name). Returns false when none is. */
bool gc_link_next(gc_link *l, gc_frame *f);

/* --- time ------------------------------------------------------------------------------------- */
/* Moves the link on to now_ms. Returns false when the link is dead: too late, silent. Else a PING
 * may have become due. A stock PeerJS peer may be silent for ever: the transport reports the end of
 * its connection. */
bool gc_link_tick(gc_link *l, uint64_t now_ms);
/* Returns when to tick next; GC_NEVER: not at all. */
uint64_t gc_link_deadline(const gc_link *l);

#endif
