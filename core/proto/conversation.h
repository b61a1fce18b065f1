/* Conversation: what we and one peer have said to each other, over all links between us.
 *
 *   new --link opened--> linked --START--> started --link lost--> waiting --link opened--> linked
 *
 * Our own messages stand once in the outbox; here is what this peer has of them:
 *
 *   told ... floor ................ next_send ............ outbox.next
 *            = max(acked + 1, base)   sent on this link,      not sent
 *                                     not acknowledged
 *
 * Everything below `floor` is settled: acknowledged, or given up (lost_from..lost_to-1). `told`
 * runs behind it: the fate of what is below was polled by the user.
 * Source: ghostchat-protocol.7, "START and the conversation". */
#ifndef GC_PROTO_CONVERSATION_H
#define GC_PROTO_CONVERSATION_H

#include "core/proto/inbox.h"
#include "core/proto/outbox.h"
#include "core/wire/frame.h"

typedef struct gc_conversation {
    uint64_t base;      /* first of our messages that this peer can get */
    uint64_t acked;     /* last one it has shown; >= the base it began with, less one */
    uint64_t next_send; /* on the current link */
    uint64_t told;
    uint64_t lost_from; /* given up and not told yet, or told: the latest such range */
    uint64_t lost_to;
    uint64_t progress_ms; /* when it last acknowledged something new */
    uint64_t ghost_last;  /* last one given up although it was sent on this link; 0 = none */
    uint32_t ghost_bytes; /* those still fill the peer's window until it acknowledges them */
    uint32_t ghost_count;
    uint32_t flight_bytes; /* sent on this link behind the last ack, ghosts included */
    uint32_t flight_count;
    uint32_t window; /* bytes of text that the peer can hold */
    uint32_t lost_reason;
    bool known;                        /* a START has ever come: session is set */
    bool started;                      /* a START came on the current link */
    bool base_due;                     /* BASE is to be sent */
    uint8_t session[GC_SESSION_BYTES]; /* the peer's */
    gc_inbox inbox;
} gc_conversation;

/* A conversation with a peer that became known now: it begins with the outbox's next message. */
void gc_conversation_init(gc_conversation *v, gc_inbox_store *store, uint64_t next_seq);

/* First of our messages whose fate is open. */
uint64_t gc_conversation_floor(const gc_conversation *v);

/* The current link ended, or a new one takes its place. */
void gc_conversation_unlink(gc_conversation *v);

/* START came. own: our session. remembered: what was shown of this session before the peer was
 * forgotten, or 0. Returns 0, or GC_E_SYNTAX when its numbers cannot be true. */
int gc_conversation_start(gc_conversation *v, const gc_outbox *o, const gc_frame *start,
                          const uint8_t own[GC_SESSION_BYTES], uint64_t remembered);
/* The link is one on which START is never sent (a stock PeerJS peer): its messages are numbered
 * here as they come, the caller acknowledges what its host has sent, and there is no window. */
void gc_conversation_start_plain(gc_conversation *v);
/* ACK came. Returns 0, or GC_E_SYNTAX when it acknowledges what was not sent. */
int gc_conversation_ack(gc_conversation *v, const gc_outbox *o, uint64_t ack, uint64_t now_ms);

/* Gives up all of our messages below `to` that are open, for this peer. The last range given up
 * must have been told: gc_conversation_can_give_up(). */
bool gc_conversation_can_give_up(const gc_conversation *v);
void gc_conversation_give_up(gc_conversation *v, const gc_outbox *o, uint64_t to, uint32_t reason);

/* True when our next message may be sent now: started, not empty, window open. */
bool gc_conversation_sendable(const gc_conversation *v, const gc_outbox *o);
/* It was sent: returns its seq. */
uint64_t gc_conversation_sent(gc_conversation *v, const gc_outbox *o);

/* The next of our messages whose fate is to be told. False when there is none. */
bool gc_conversation_tell(gc_conversation *v, uint64_t *seq, bool *delivered);

/* When a peer that acknowledges nothing stops to hold up others; GC_NEVER when nothing is open. */
uint64_t gc_conversation_stalled_at(const gc_conversation *v, const gc_outbox *o);

void gc_conversation_check(const gc_conversation *v, const gc_outbox *o);

#endif
