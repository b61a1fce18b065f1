/* Conversation: the messages between us and one peer, over all links between us.
 *
 *   apart --link opened--> linked --START--> started --link opened--> renewing --START--> started
 *     ^                       |                 |                        |
 *     '------- link lost -----+-----------------+------------------------'
 *
 * A conversation is open, for the user, when it is started or renewing: a link that took the place
 * of a started one interrupts nothing that the user can see.
 *
 * The outbox keeps one copy of our own messages; this is how far this peer is with them:
 *
 *   told ... floor ................ next_send ............ outbox.next
 *            = max(acked + 1, base)   sent on this link,      not sent
 *                                     not acknowledged
 *
 * Everything below `floor` is settled: acknowledged, or given up (lost_from..lost_to-1). `told`
 * follows it: the fates of all messages below it were polled by the user.
 *
 * A message that we gave up may have been shown all the same. acked+1..base-1 is given up; when a
 * later acknowledgement covers some of it, its fate is reported once more (late_from..late_to-1).
 * The later report is right because the peer passes over a message only when a BASE says so, and a
 * BASE is sent only when everything that was sent on this link is acknowledged: nothing from `said`
 * on was ever passed over. Source: ghostchat-protocol.7, "START and the conversation". */
#ifndef GC_PROTO_CONVERSATION_H
#define GC_PROTO_CONVERSATION_H

#include "core/proto/inbox.h"
#include "core/proto/outbox.h"
#include "core/wire/frame.h"

enum gc_conversation_step {
    GC_CONVERSATION_APART,
    GC_CONVERSATION_LINKED,   /* a link is open, START has not come on it */
    GC_CONVERSATION_RENEWING, /* the same, and the link before it was started */
    GC_CONVERSATION_STARTED,
};

typedef struct gc_conversation {
    uint8_t step;       /* gc_conversation_step */
    bool known;         /* a START has ever come: session is set */
    bool met;           /* it was started at least once */
    bool plain;         /* the last link was to a stock PeerJS peer, which acknowledges nothing */
    bool base_due;      /* BASE is to be sent, as soon as no ghost is left */
    uint64_t base;      /* first of our messages that this peer can get */
    uint64_t said;      /* the highest base that START or BASE has said, or is bound to say */
    uint64_t acked;     /* last one it has shown; >= the base it began with, less one */
    uint64_t next_send; /* on the current link */
    uint64_t told;      /* fates of all below it were polled */
    uint64_t lost_from; /* the latest range given up, reported or not */
    uint64_t lost_to;
    uint64_t late_from; /* given up, but shown as we know now: not reported yet */
    uint64_t late_to;
    uint64_t progress_ms; /* when it last acknowledged something new */
    uint64_t ghost_last;  /* last one given up although it was sent on this link; 0 = none */
    uint32_t ghost_bytes; /* those still fill the peer's window until it acknowledges them */
    uint32_t ghost_count;
    uint32_t flight_bytes; /* sent on this link after the last ack, ghosts included */
    uint32_t flight_count;
    uint32_t window; /* bytes of text that the peer can hold */
    uint32_t lost_reason;
    uint32_t gap_reason; /* plain: why the last message that never comes does not; 0 */
    uint8_t session[GC_SESSION_BYTES]; /* the peer's */
    gc_inbox inbox;
} gc_conversation;

/* Begins a conversation with a peer that became known now: next_seq, the outbox's next message, is
 * the first for it. store: the owner's, for as long as the conversation is used. */
void gc_conversation_init(gc_conversation *v, gc_inbox_store *store, uint64_t next_seq);

/* Returns the first of our messages whose fate is open. */
uint64_t gc_conversation_floor(const gc_conversation *v);
/* Tells whether the user can talk: started or renewing. */
bool gc_conversation_is_open(const gc_conversation *v);

/* --- links ------------------------------------------------------------------------------------ */
/* Notes that a link opened, or took the place of the one before. */
void gc_conversation_link(gc_conversation *v);
/* Notes that the link ended. */
void gc_conversation_unlink(gc_conversation *v);
/* Ends the conversation for good: all of our open messages are given up for `reason`; the peer's
 * messages after a gap are still shown. gc_conversation_can_give_up() must hold. */
void gc_conversation_end(gc_conversation *v, gc_outbox *o, uint32_t reason);

/* --- what came -------------------------------------------------------------------------------- */
/* Takes START of the current link, as gc_frame_parse() gave it (its base is in its range). own: our
 * session. remembered: the last message of this session that was shown before the peer was
 * forgotten, or 0. Returns 0, GC_E_SYNTAX when its numbers cannot be true or it came already, or
 * GC_E_FULL when fates of an earlier session were not polled: end the link. */
int gc_conversation_start(gc_conversation *v, gc_outbox *o, const gc_frame *start,
                          const uint8_t own[GC_SESSION_BYTES], uint64_t remembered);
/* Starts a link on which START is never sent (a stock PeerJS peer): its messages are numbered as
 * they come, from 1 if the peer numbered any itself before; the owner acknowledges what its host
 * has sent, and there is no window. */
void gc_conversation_start_plain(gc_conversation *v);
/* Takes ACK of a started link, at now_ms. Returns 0, or GC_E_SYNTAX when it acknowledges what was
 * not sent. */
int gc_conversation_ack(gc_conversation *v, gc_outbox *o, uint64_t ack, uint64_t now_ms);
/* Takes BASE: no message of the peer below `base` (1..GC_SEQ_MAX) can come any more. */
void gc_conversation_raise(gc_conversation *v, uint64_t base);
/* Takes a message of the peer, seq 1..GC_SEQ_MAX; the text is copied. Returns 0 (also for a
 * duplicate), or GC_E_REFUSED when it breaks the window. */
int gc_conversation_put(gc_conversation *v, uint64_t seq, gc_span text);
/* Notes that the peer's messages below `base` that did not come never will, for `reason`. */
void gc_conversation_lose(gc_conversation *v, uint64_t base, uint32_t reason);

/* --- what goes -------------------------------------------------------------------------------- */
/* Tells whether gc_conversation_give_up() may be called: the last range given up was reported. */
bool gc_conversation_can_give_up(const gc_conversation *v);
/* Tells whether the user must poll a report before more can happen. */
bool gc_conversation_is_stuck(const gc_conversation *v);
/* Gives up all of our messages below `to` that are open, for this peer and for `reason`. */
void gc_conversation_give_up(gc_conversation *v, gc_outbox *o, uint64_t to, uint32_t reason);
/* Tells whether our next message may be sent now: started, not empty, window open. */
bool gc_conversation_sendable(const gc_conversation *v, const gc_outbox *o);
/* Takes our next message, which must be sendable, as sent. Returns its seq. */
uint64_t gc_conversation_sent(gc_conversation *v, const gc_outbox *o);
/* Tells whether ACK or BASE is due on the control channel. */
bool gc_conversation_has_next(const gc_conversation *v);
/* Takes the next of them. Returns false when none is due. START says both:
 * gc_conversation_introduce(). */
bool gc_conversation_next(gc_conversation *v, gc_frame *f);
/* Fills what our START says of this conversation: base, window, and of the peer its session and
 * what was shown of it. */
void gc_conversation_introduce(gc_conversation *v, gc_frame *start);

/* --- reports ---------------------------------------------------------------------------------- */
/* Takes the next item to show: gc_inbox_next(). */
enum gc_inbox_item gc_conversation_show(gc_conversation *v, uint64_t *seq, uint64_t *missing,
                                        gc_span *text);
/* Notes that the message taken last was shown, if one is being shown. */
void gc_conversation_shown(gc_conversation *v);
/* Tells whether the fate of one of our messages is to be reported. */
bool gc_conversation_has_fate(const gc_conversation *v);
/* Takes the next of our messages whose fate is to be reported; one that was reported as given up
 * may come once more, as delivered. Returns false when there is none. */
bool gc_conversation_tell(gc_conversation *v, uint64_t *seq, bool *delivered);
/* Returns when a peer that acknowledges nothing stops to hold up others; GC_NEVER when nothing is
 * open. */
uint64_t gc_conversation_stalled_at(const gc_conversation *v, const gc_outbox *o);

/* Asserts the invariants of a conversation that was not ended. */
void gc_conversation_check(const gc_conversation *v, const gc_outbox *o);

#endif
