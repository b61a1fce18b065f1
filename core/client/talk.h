/* Talk: what is said, to all peers and by them: our outbox, a conversation with each peer, what
 * each frame of a link means, and which frame goes out next. It does not end links or peers: it
 * reports what it heard (gc_heard), and the owner draws the consequence.
 * Source: ghostchat-protocol.7, "Link frames", "START and the conversation", "PeerJS peers". */
#ifndef GC_CLIENT_TALK_H
#define GC_CLIENT_TALK_H

#include "core/proto/mesh.h"
#include "core/proto/people.h"
#include "core/proto/plain.h"
#include "core/proto/tombs.h"

/* Large buffers, never cleared whole and written before they are read. */
typedef struct gc_talk_store {
    gc_outbox_store outbox;
    gc_inbox_store inboxes[GC_PEERS_MAX];
    gc_data_store data[GC_MESH_DATA_MAX];
    uint8_t frame[GC_FRAME_BYTES_MAX];           /* of LINK_SEND */
    uint8_t text[3 * GC_TEXT_BYTES_MAX];         /* of MESSAGE: each byte may become U+FFFD */
    uint8_t data_frame[GC_DATA_FRAME_BYTES_MAX]; /* of LINK_SEND; or joined of chunks */
} gc_talk_store;

_Static_assert(GC_DATA_FRAME_BYTES_MAX >= GC_DATA_BYTES_MAX, "a joined message fits");
_Static_assert(3 * GC_TEXT_BYTES_MAX >= GC_DATA_TEXT_BYTES_MAX, "a value's text fits");

typedef struct gc_talk {
    gc_talk_store *store;
    gc_set open;          /* live peers with whom the user can talk */
    gc_set behind;        /* live peers for whom messages of ours are open */
    gc_set stuck;         /* live peers whose last given-up messages were not told yet */
    uint32_t showing;     /* peer whose message was polled last; GC_NONE */
    uint32_t blocked_len; /* text refused by GC_E_FULL, 0 = none */
    uint8_t session[GC_SESSION_BYTES];
    uint8_t nick[GC_NICK_BYTES_MAX];
    uint32_t nick_len;
    gc_outbox outbox;
    gc_tombs tombs;
    gc_conversation conversations[GC_PEERS_MAX];
    gc_plain plains[GC_MESH_DATA_MAX];
    uint32_t plain_peers[GC_MESH_DATA_MAX]; /* whose each is */
} gc_talk;

/* What came on a link, for its owner. */
enum gc_heard {
    GC_HEARD_OK,
    GC_HEARD_BROKEN, /* the peer broke the protocol: end the link */
    GC_HEARD_BYE,    /* the peer left: end it; what it sent after a gap is still shown */
    GC_HEARD_CLOSED, /* the application of a stock peer closed its connection */
};

/* Starts empty. store: the owner's, for the client's life. */
void gc__talk_init(gc_talk *t, gc_talk_store *store);
/* Begins a life: a fresh session, and our name (copied, cleaned). */
void gc__talk_enter(gc_talk *t, const gc_step *s, gc_span nick);
/* Ends a life: forgets session, name, tombs and texts. All conversations were ended before. */
void gc__talk_leave(gc_talk *t);
/* Changes our name; the caller tells the links. nick: valid UTF-8. */
void gc__talk_rename(gc_talk *t, gc_span nick);

/* --- the conversation with one peer ----------------------------------------------------------- */
const gc_conversation *gc__talk_with(const gc_talk *t, uint32_t peer);
/* Tells whether the user can talk with a live peer. */
bool gc__talk_is_open(const gc_talk *t, uint32_t peer);
/* Begins with a peer that became known. */
void gc__talk_add(gc_talk *t, uint32_t peer);
/* Notes that the peer's link l opened, or took the place of the one before. id: the peer's. */
void gc__talk_link(gc_talk *t, const gc_step *s, uint32_t peer, const gc_link *l, gc_span id);
/* Notes that the peer's link is about to end. */
void gc__talk_unlink(gc_talk *t, const gc_step *s, uint32_t peer);
/* The same when another link follows at once: only what a stock peer left half done ends. */
void gc__talk_replace(gc_talk *t, uint32_t peer);
/* Ends the conversation for `reason`. final: what the peer sent after a gap is still shown. */
void gc__talk_end(gc_talk *t, const gc_step *s, uint32_t peer, uint32_t reason, bool final);
/* Remembers what was shown of a peer that is forgotten. id: the peer's. */
void gc__talk_bury(gc_talk *t, uint32_t peer, gc_span id);
/* Takes a frame of a peer's open link l, which knows that something came. */
enum gc_heard gc__talk_hear(gc_talk *t, const gc_step *s, gc_people *pp, uint32_t peer, gc_link *l,
                            uint8_t channel, gc_span message);
/* Writes BYE, the last frame of a link, and returns its channel. */
uint8_t gc__talk_bye(gc_writer *w);
/* Notes that the transport has what was polled for the peer's link. */
void gc__talk_taken(gc_talk *t, const gc_step *s, uint32_t peer);

/* --- our messages ------------------------------------------------------------------------------
 */
/* Takes a text (1..GC_TEXT_BYTES_MAX bytes of UTF-8) for the `readers` peers that are live, as
 * *seq. Returns 0, or GC_E_FULL: too much is not yet acknowledged, SENDABLE says when to try again.
 */
int gc__talk_send(gc_talk *t, const gc_step *s, const gc_set *live, gc_span text, uint64_t *seq);
/* Notes that a text of this length was refused: SENDABLE is to be told. */
void gc__talk_block(gc_talk *t, uint32_t len);
/* Gives up messages that are older than GC_UNDELIVERED_MS. */
void gc__talk_tick(gc_talk *t, const gc_step *s);
uint64_t gc__talk_deadline(const gc_talk *t, uint64_t now_ms);

/* --- for the outputs (talk_poll.h) ---------------------------------------------------------------
 */
/* Notes what follows from a change of a live peer's conversation; marks the peer. */
void gc__talk_note(gc_talk *t, const gc_step *s, uint32_t peer);
/* Gives the peer's data connection; NULL when its link is not one to a stock PeerJS peer. */
gc_plain *gc__talk_plain(gc_talk *t, uint32_t peer);
/* Tells whether a text of len bytes can be taken at now_ms. */
bool gc__talk_can_send(const gc_talk *t, uint32_t len, uint64_t now_ms);
/* Takes the message that was polled last as shown: now it may be acknowledged. */
void gc__talk_shown(gc_talk *t, const gc_step *s);
/* Returns a scratch of GC_FRAME_BYTES_MAX bytes that is free between two frames. */
uint8_t *gc__talk_scratch(gc_talk *t);
/* Asserts the invariants: `live` peers have conversations, and the ready list misses nothing. */
void gc__talk_check(const gc_talk *t, const gc_step *s, const gc_people *pp, const gc_mesh *m);

#endif
