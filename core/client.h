/* The inside of gc_client, shared by its parts and by tests:
 *   core/gc_client.c         inputs of the user and of the sockets, ticks, deadlines, checks
 *   core/client_transport.c  inputs of the transport: descriptions, candidates, frames, ends
 *   core/client_links.c      peers and links: dialling, answering, ending, forgetting
 *   core/client_signals.c    what the server says
 *   core/client_slots.c      rooms on a server that knows none
 *   core/client_setup.c      what a peer says through the server: offers, answers, candidates
 *   core/client_frames.c     what a peer says on its link
 *   core/client_peerjs.c     stock PeerJS peers: their offers, what they say
 *   core/client_poll.c       outputs
 * Nothing here decides what a noun can decide alone; the parts join nouns.
 * Functions assume that gc__client_ready() was true at the start of the input. */
#ifndef GC_CLIENT_INSIDE_H
#define GC_CLIENT_INSIDE_H

#include "core/gc_client.h"
#include "core/proto/data_connection.h"
#include "core/proto/link.h"
#include "core/proto/membership.h"
#include "core/proto/peer.h"
#include "core/proto/signaling_client.h"
#include "core/proto/slots.h"

/* What was shown of sessions whose peer was forgotten: nothing is shown twice when it comes back.
 * A session alone proves nothing, all whom its owner met know it: it counts with its owner's id,
 * which the server vouches for. */
#define GC_CLIENT_TOMBS_MAX 32
/* A room that was full when we came back to it, with chats still open, is asked again. */
#define GC_CLIENT_REJOIN_MS 8000
/* Who knocked is named to others before it is linked with us, for so long. */
#define GC_CLIENT_KNOCKED_MS 10000

typedef struct gc_client_tomb {
    uint8_t session[GC_SESSION_BYTES];
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t id_len;
    uint64_t shown;
} gc_client_tomb;

/* Stock PeerJS peers that may be linked at once: each may fill a reassembly of 64 KiB. */
#define GC_CLIENT_DATA_MAX 4

typedef struct gc_client_data {
    gc_data_connection connection; /* its store is NULL: free */
    uint32_t slot;                 /* of its link, which is open */
    uint64_t received;             /* number of the last message that came, or never will */
} gc_client_data;

/* Large buffers, never cleared whole and written before they are read. */
typedef struct gc_client_bulk {
    gc_output_store output;
    gc_outbox_store outbox;
    gc_inbox_store inboxes[GC_PEERS_MAX];
    gc_link_store links[GC_LINKS_MAX];
    gc_signal_in signal;
    uint8_t frame[GC_FRAME_BYTES_MAX];   /* of LINK_SEND */
    uint8_t text[3 * GC_TEXT_BYTES_MAX]; /* of MESSAGE: each byte may become U+FFFD */
    uint8_t sdp[GC_SDP_BYTES_MAX];
    gc_data_store data[GC_CLIENT_DATA_MAX];
    uint8_t data_frame[GC_DATA_FRAME_BYTES_MAX]; /* of LINK_SEND; or joined of chunks */
} gc_client_bulk;

_Static_assert(GC_DATA_FRAME_BYTES_MAX >= GC_DATA_BYTES_MAX, "a joined message fits");
_Static_assert(3 * GC_TEXT_BYTES_MAX >= GC_DATA_TEXT_BYTES_MAX, "a value's text fits");

struct gc_client {
    gc_crypto crypto;
    gc_drbg drbg;
    uint64_t now_ms;
    bool joined;          /* between a join and a leave */
    bool entered;         /* the server has let us in since the join */
    bool target_left;     /* the peer of our join link said BYE */
    bool dirty;           /* texts may stand in buffers */
    uint32_t failed;      /* reason why nothing more is tried; 0 */
    uint64_t rejoin_ms;   /* when to ask again for a room that was full; GC_NEVER */
    uint32_t blocked_len; /* text refused by GC_E_FULL, 0 = none */
    uint32_t showing;     /* peer whose message was polled last; GC_NONE */
    uint32_t told_state, told_signaling, told_reason;
    uint64_t ignored; /* malformed, unexpected or refused signaling messages */
    uint8_t session[GC_SESSION_BYTES];
    uint8_t nick[GC_NICK_BYTES_MAX];
    uint32_t nick_len;
    gc_output_queue queue;
    gc_signaling_client signaling;
    gc_slots slots;
    uint32_t slots_open; /* bits: members that were linked with us when `slots` was told last */
    gc_membership membership;
    gc_outbox outbox;
    gc_peer peers[GC_PEERS_MAX];
    gc_link links[GC_LINKS_MAX];
    gc_client_data data[GC_CLIENT_DATA_MAX];
    uint32_t serialization; /* of a bare join link that a stock PeerJS peer answers */
    gc_client_tomb tombs[GC_CLIENT_TOMBS_MAX];
    uint32_t tombs_count; /* ever */
    gc_client_bulk bulk;
};

/* Begin and end an input: the clock never goes back, and there must be room for what it causes.
 * Returns 0 or GC_E_FULL. */
int gc__client_begin(gc_client *c, uint64_t now_ms);
int gc__client_end(gc_client *c);
/* True when an input can complete: its outputs fit, and fates of messages were polled. */
bool gc__client_ready(const gc_client *c);
gc_span gc__client_own(const gc_client *c);
enum gc_client_state gc__client_state(const gc_client *c);
bool gc__client_can_send(const gc_client *c, uint32_t len);

/* --- client_links.c --- */
/* Index of a live peer, or GC_NONE. */
uint32_t gc__client_find(const gc_client *c, gc_span id);
/* The same, made known if it is not; GC_NONE for oneself and when the table is full. */
uint32_t gc__client_know(gc_client *c, gc_span id);
void gc__client_dial(gc_client *c, uint32_t peer);
/* Takes an offer: the new attempt answers it. */
void gc__client_answer(gc_client *c, uint32_t peer, const gc_signal_in *in, gc_span sdp);
/* Ends the attempt; the host is told, if it does not know. */
void gc__client_drop_attempt(gc_client *c, uint32_t peer, bool tell);
/* What it waits for may have been lost: it gets GC_DIAL_EXPECT_MS more. */
void gc__client_hurry(gc_client *c, uint32_t slot);
void gc__client_attempt_failed(gc_client *c, uint32_t peer, uint32_t reason, bool tell);
void gc__client_link_opened(gc_client *c, uint32_t slot);
void gc__client_link_lost(gc_client *c, uint32_t peer, uint32_t reason, bool tell);
/* The peer is gone for good. bye: tell it so; final: what it sent behind a gap is still shown. */
void gc__client_end_peer(gc_client *c, uint32_t peer, uint32_t reason, bool bye, bool final);
/* After each input: timers of peers follow from what is known, and old messages are dropped. */
void gc__client_settle(gc_client *c);
/* Drops those messages of the outbox whose fate is settled for all. */
void gc__client_drop_settled(gc_client *c);
/* As the user sees it: one can talk, or a link has just been replaced by another. */
bool gc__client_is_open(const gc_peer *p);
bool gc__client_reachable(const gc_client *c, const gc_peer *p);

/* --- client_signals.c --- */
void gc__client_signal(gc_client *c, gc_span text);
/* A member of our room is there: known, present, dialled under the room's tag. */
uint32_t gc__client_know_member(gc_client *c, gc_span id);
/* It comes to us, and we dial it ourselves only if it does not. */
void gc__client_expect(gc_client *c, uint32_t peer);
/* Nothing more is tried at the server. */
void gc__client_fail(gc_client *c, uint32_t reason, bool bye);

/* --- client_slots.c --- */
void gc__client_slots_start(gc_client *c);
/* A message at the socket of our slot. */
void gc__client_slot_signal(gc_client *c, gc_span text);
/* A slot message (in->slot >= 0) at either socket. False: not taken. */
bool gc__client_slot_message(gc_client *c, const gc_signal_in *in, uint32_t socket);
bool gc__client_is_echo(const gc_signal_in *in, gc_span own);
/* The proof of an OFFER between two members; false where none is needed, the server has rooms. */
bool gc__client_prove_offer(const gc_client *c, gc_span from, gc_span to,
                            const uint8_t dial[GC_DIAL_BYTES], uint8_t proof[GC_PROOF_BYTES]);
/* After each input: what follows from who is linked, and what is due to be sent. */
void gc__client_slots_settle(gc_client *c);

/* --- client_setup.c --- */
/* True when the message was taken; false: ignored, and to be counted. */
bool gc__client_on_offer(gc_client *c, const gc_signal_in *in);
bool gc__client_on_answer(gc_client *c, const gc_signal_in *in);
bool gc__client_on_candidate(gc_client *c, const gc_signal_in *in);
/* The transport knows the other side's description: held candidates go to it. */
void gc__client_release_remote(gc_client *c, uint32_t slot);

/* --- client_frames.c --- */
/* What is remembered of this peer's session, or NULL. */
const gc_client_tomb *gc__client_tomb(const gc_client *c, gc_span id,
                                      const uint8_t session[GC_SESSION_BYTES]);
void gc__client_frame(gc_client *c, uint32_t slot, uint8_t channel, gc_span message);
/* Remembers it. (client_poll.c) */
void gc__client_bury(gc_client *c, const gc_peer *p);
bool gc__client_next_frame(gc_client *c, gc_client_output *out);
/* What became of a message of ours. (client_poll.c) */
bool gc__client_next_fate(gc_client *c, gc_client_output *out);

/* --- client_peerjs.c --- */
/* Whether an offer of a stock peer can be taken: there is room for its data connection. */
bool gc__client_takes_data(const gc_client *c, gc_span from);
/* A bare dial: made for either kind of peer. Returns the label of its in-band channel. */
gc_span gc__client_dial_either(const gc_client *c, gc_link *l);
/* The link answers the offer of a stock peer. */
void gc__client_answer_data(gc_link *l, const gc_signal_in *in);
/* An answer says which kind of peer it is; false: it cannot be taken. */
bool gc__client_settle_kind(gc_client *c, uint32_t slot, const gc_signal_in *in);
/* OFFER or ANSWER, and CANDIDATE, in the form that the other side reads. */
void gc__client_write_description(gc_client *c, const gc_link *l, gc_writer *w, gc_span sdp);
void gc__client_write_candidate(gc_client *c, const gc_link *l, gc_writer *w, gc_span candidate,
                                gc_span mid, uint32_t index);
void gc__client_data_opened(gc_client *c, uint32_t slot);
void gc__client_data_ended(gc_client *c, uint32_t slot);
/* The host says that its transport has what was polled for this link. */
void gc__client_data_taken(gc_client *c, uint32_t slot);
void gc__client_data_frame(gc_client *c, uint32_t slot, uint8_t channel, gc_span message);
/* The application on the other side closed the connection. tell: the transport does not know. */
void gc__client_data_left(gc_client *c, uint32_t peer, bool tell);
bool gc__client_next_data(gc_client *c, gc_peer *p, gc_client_output *out);
void gc__client_data_check(const gc_client *c);

#endif
