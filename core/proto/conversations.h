/* Conversations: the messages to all peers and from them: our outbox, and a conversation with each
 * peer, under the peer's index. Which of them are open, for whom messages of ours are open, and who
 * holds up the others is kept in sets, so that nothing looks through the table for it. Source:
 * ghostchat-protocol.7, "START and the conversation", "PeerJS peers". */
#ifndef GC_PROTO_CONVERSATIONS_H
#define GC_PROTO_CONVERSATIONS_H

#include "core/proto/budget.h"
#include "core/proto/mesh.h"
#include "core/proto/people.h"
#include "core/proto/plain.h"
#include "core/proto/tombs.h"

/* Large buffers, never cleared whole and written before they are read. */
typedef struct gc_conversations_store {
    gc_outbox_store outbox;
    gc_inbox_store inboxes[GC_PEERS_MAX];
    gc_data_store data[GC_MESH_DATA_MAX];
    uint8_t frame[GC_FRAME_BYTES_MAX];           /* of LINK_SEND */
    uint8_t text[3 * GC_TEXT_BYTES_MAX];         /* of MESSAGE: each byte may become U+FFFD */
    uint8_t data_frame[GC_DATA_FRAME_BYTES_MAX]; /* of LINK_SEND; or joined of chunks */
} gc_conversations_store;

_Static_assert(GC_DATA_FRAME_BYTES_MAX >= GC_DATA_BYTES_MAX, "a joined message fits");
_Static_assert(3 * GC_TEXT_BYTES_MAX >= GC_DATA_TEXT_BYTES_MAX, "a value's text fits");

typedef struct gc_conversations {
    gc_conversations_store *store;
    gc_set open;          /* live peers with whom the user can talk */
    gc_set behind;        /* live peers for whom messages of ours are open */
    gc_set stuck;         /* live peers with a range given up that is not reported yet */
    gc_set paused;        /* peers to which nothing goes until paused_ms: we sent them much */
    uint32_t showing;     /* peer whose message was polled last; GC_NONE */
    uint32_t blocked_len; /* text refused by GC_E_FULL, 0 = none */
    uint8_t session[GC_SESSION_BYTES];
    uint8_t nick[GC_NICK_BYTES_MAX];
    uint32_t nick_len;
    gc_outbox outbox;
    gc_tombs tombs;
    gc_conversation conversations[GC_PEERS_MAX];
    gc_budget budgets[GC_PEERS_MAX]; /* the work that each of these peers may still cause */
    gc_budget paces[GC_PEERS_MAX];   /* our account of the budget that each keeps for us */
    uint64_t paused_ms[GC_PEERS_MAX];
    gc_plain plains[GC_MESH_DATA_MAX];
    uint32_t plain_peers[GC_MESH_DATA_MAX]; /* the peer that each belongs to */
} gc_conversations;

/* Starts with nothing said and nobody known. store: the owner's, for the client's life. */
void gc_conversations_init(gc_conversations *t, gc_conversations_store *store);
/* Begins a life: a fresh session, and our name (copied, cleaned). */
void gc_conversations_enter(gc_conversations *t, const gc_step *s, gc_span nick);
/* Ends a life: forgets session, name, tombs and texts. All conversations were ended before. */
void gc_conversations_leave(gc_conversations *t);
/* Changes our name; the caller tells the links. nick: valid UTF-8. */
void gc_conversations_rename(gc_conversations *t, gc_span nick);

/* --- the conversation with one peer ----------------------------------------------------------- */
/* Reads the conversation with a peer (0..GC_PEERS_MAX-1). */
const gc_conversation *gc_conversations_with(const gc_conversations *t, uint32_t peer);
/* Tells whether the user can talk with a live peer. */
bool gc_conversations_is_open(const gc_conversations *t, uint32_t peer);
/* Begins a fresh conversation, with a peer that became known or in a place that became free. */
void gc_conversations_add(gc_conversations *t, uint32_t peer);
/* Notes that the peer's link l opened, or took the place of the one before. id: the peer's. */
void gc_conversations_link(gc_conversations *t, const gc_step *s, uint32_t peer, const gc_link *l,
                           gc_span id);
/* Notes that the peer's link is about to end. */
void gc_conversations_unlink(gc_conversations *t, const gc_step *s, uint32_t peer);
/* Notes that another link follows the peer's at once: only what a stock peer left half done
 * ends. */
void gc_conversations_replace(gc_conversations *t, uint32_t peer);
/* Ends the conversation for `reason`. final: the peer's messages after a gap are still shown. */
void gc_conversations_end(gc_conversations *t, const gc_step *s, uint32_t peer, uint32_t reason,
                          bool final);
/* Remembers what was shown of a peer that is forgotten. id: the peer's. */
void gc_conversations_bury(gc_conversations *t, uint32_t peer, gc_span id);
/* Writes BYE, the last frame of a link, with its reason, and returns its channel. */
uint8_t gc_conversations_bye(gc_writer *w, uint32_t reason);
/* Notes that the transport has what was polled for the peer's link. */
void gc_conversations_taken(gc_conversations *t, const gc_step *s, uint32_t peer);

/* --- our messages ----------------------------------------------------------------------------- */
/* Takes a text (1..GC_TEXT_BYTES_MAX bytes of UTF-8) for the peers that are `live`, as
 * *seq. Returns 0, or GC_E_FULL: too much is not yet acknowledged, SENDABLE says when to try again.
 */
int gc_conversations_send(gc_conversations *t, const gc_step *s, const gc_set *live, gc_span text,
                          uint64_t *seq);
/* Notes that a text of this length was refused: SENDABLE is to be reported. */
void gc_conversations_block(gc_conversations *t, uint32_t len);
/* Gives up messages that are older than GC_UNDELIVERED_MS, and ends the pauses that are over. */
void gc_conversations_tick(gc_conversations *t, const gc_step *s);
/* Returns when gc_conversations_tick(), or a look at who holds up the others, is due; GC_NEVER. */
uint64_t gc_conversations_deadline(const gc_conversations *t, uint64_t now_ms);

/* --- for the outputs -------------------------------------------------------------------------- */
/* Notes what follows from a change of a live peer's conversation; marks the peer. */
void gc_conversations_note(gc_conversations *t, const gc_step *s, uint32_t peer);
/* Returns the peer's data connection; NULL when its link is not one to a stock PeerJS peer. */
gc_plain *gc_conversations_plain(gc_conversations *t, uint32_t peer);
/* Tells whether a text of len bytes can be taken at now_ms. */
bool gc_conversations_can_send(const gc_conversations *t, uint32_t len, uint64_t now_ms);
/* Fills our START to a peer: our session and name, and what the conversation says. */
void gc_conversations_introduce(gc_conversations *t, uint32_t peer, gc_frame *f);
/* Fills *out with the next message or gap of a peer, whose text is valid until the next call.
 * Returns false when there is none. */
bool gc_conversations_show(gc_conversations *t, uint32_t peer, gc_client_output *out);
/* Fills *out with the fate of our next message for a peer. Returns false when there is none. */
bool gc_conversations_tell(gc_conversations *t, uint32_t peer, gc_client_output *out);
/* Takes the message that was polled last as shown: now it may be acknowledged. */
void gc_conversations_shown(gc_conversations *t, const gc_step *s);
/* Returns a scratch of GC_FRAME_BYTES_MAX bytes that is free between two frames. */
uint8_t *gc_conversations_scratch(gc_conversations *t);
/* Asserts the invariants: `live` peers have conversations, and the ready list misses nothing. */
void gc_conversations_check(const gc_conversations *t, const gc_step *s, const gc_people *pp,
                            const gc_mesh *m);

#endif
