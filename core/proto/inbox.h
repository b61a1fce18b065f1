/* Inbox: the messages that one sender sent us over the current link and that we have not shown yet.
 * It restores the order of its messages (their channel has none), drops duplicates and marks gaps.
 *
 * `shown` is the last seq that is settled: shown, or declared never to come. A message is given
 * out by gc_inbox_next() and counts as shown only by gc_inbox_shown(): then it may be acknowledged.
 * Before START of a link has come nothing is given out and nothing is known to be a duplicate.
 *
 * Holds GC_WINDOW_BYTES of text and GC_WINDOW_MESSAGES messages; a sender that keeps the window of
 * ghostchat-protocol.7 never needs more. When the link ends, the messages held are dropped: they
 * were not acknowledged, so they come again. */
#ifndef GC_PROTO_INBOX_H
#define GC_PROTO_INBOX_H

#include "core/base/limits.h"
#include "core/base/span.h"

typedef struct gc_inbox_entry {
    uint64_t seq;
    uint32_t at; /* in bytes */
    uint32_t len;
} gc_inbox_entry;

typedef struct gc_inbox_store {
    gc_inbox_entry entries[GC_WINDOW_MESSAGES]; /* in order of arrival, so `at` rises */
    uint8_t bytes[GC_WINDOW_BYTES];
} gc_inbox_store;

typedef struct gc_inbox {
    gc_inbox_store *store; /* the owner's memory */
    uint64_t shown;
    uint64_t base;    /* nothing below it can come any more */
    uint64_t showing; /* given out, not yet said to be shown; 0 = none */
    uint32_t count;
    uint32_t held_bytes;
    uint32_t end;        /* first free byte after all entries */
    uint64_t lost_first; /* messages of a plain sender that never come, its link is over */
    uint64_t lost;       /* how many; 0 = none that is not reported */
    bool started;        /* START came on the current link */
    bool plain;          /* its sender repeats nothing on a new link */
    bool ack_due;        /* `shown` or a duplicate is to be acknowledged */
} gc_inbox;

enum gc_inbox_item { GC_INBOX_NOTHING, GC_INBOX_MESSAGE, GC_INBOX_GAP };

/* Empties the inbox; store: the owner's, for as long as the inbox is used. */
void gc_inbox_init(gc_inbox *in, gc_inbox_store *store);
/* Takes START of an unknown session, whose first message is base (1..). */
void gc_inbox_begin(gc_inbox *in, uint64_t base);
/* Takes START of the known session, which sends nothing below base any more. */
void gc_inbox_resume(gc_inbox *in, uint64_t base);
/* Starts a sender that numbers nothing, so that its owner does as messages come: the next one
 * follows the last, or is the first. anew: numbers start from 1, which they must where the sender
 * itself numbered before, because it may have used the largest number there is. */
void gc_inbox_begin_plain(gc_inbox *in, bool anew);
/* Drops the messages held, because the link ended or a new one takes its place. Messages of a plain
 * sender that were not shown become a gap, which is reported although no link is there. */
void gc_inbox_unlink(gc_inbox *in);
/* Takes BASE: nothing below base can come any more. */
void gc_inbox_raise(gc_inbox *in, uint64_t base);
/* Gives out all messages held, with gaps, because no more will come. */
void gc_inbox_finish(gc_inbox *in);
/* Takes a message, seq 1..GC_SEQ_MAX; the text is copied. Returns 0 (also for a duplicate), or
 * GC_E_REFUSED when it breaks the window. */
int gc_inbox_put(gc_inbox *in, uint64_t seq, gc_span text);
/* Takes the next item to show. A message: seq and text, valid until the next call; it is taken only
 * by gc_inbox_shown(). A gap: seq is the first missing message and *missing the number; this call
 * settles it. */
enum gc_inbox_item gc_inbox_next(gc_inbox *in, uint64_t *seq, uint64_t *missing, gc_span *text);
/* Tells whether gc_inbox_next() would give something. */
bool gc_inbox_has_next(const gc_inbox *in);
/* Notes that the message which gc_inbox_next() gave was shown: it may be acknowledged. */
void gc_inbox_shown(gc_inbox *in);
/* Takes the duty to acknowledge: returns whether it was there. */
bool gc_inbox_take_ack(gc_inbox *in);
/* Asserts the invariants. */
void gc_inbox_check(const gc_inbox *in);

#endif
