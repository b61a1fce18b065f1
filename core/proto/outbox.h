/* Outbox: our own messages, kept until everybody has acknowledged them or they were given up. One
 * copy for all receivers. Sequence numbers rise by one from 1; the kept ones are first..next-1.
 * Each message counts its readers: the conversations in which its fate is open. So the oldest ones
 * go as soon as nobody waits for them, and no walk over all peers finds that out.
 *
 * At most GC_OUTBOX_BYTES_MAX bytes of text and GC_OUTBOX_MESSAGES_MAX messages.
 * Source: ghostchat-protocol.7, "START and the conversation". */
#ifndef GC_PROTO_OUTBOX_H
#define GC_PROTO_OUTBOX_H

#include "core/base/limits.h"
#include "core/base/ring.h"

typedef struct gc_outbox_entry {
    uint64_t sent_ms; /* when the user sent it */
    uint64_t at;      /* bytes of all texts before it, ever */
    uint32_t len;
    uint32_t readers; /* conversations in which its fate is open */
} gc_outbox_entry;

typedef struct gc_outbox_store {
    gc_outbox_entry entries[GC_OUTBOX_MESSAGES_MAX]; /* by seq % GC_OUTBOX_MESSAGES_MAX */
    uint8_t bytes[GC_OUTBOX_BYTES_MAX];
} gc_outbox_store;

typedef struct gc_outbox {
    gc_outbox_store *store; /* the owner's memory */
    gc_ring ring;           /* over store->bytes */
    uint64_t first;         /* oldest kept seq; == next when empty */
    uint64_t next;          /* seq of the next message: 1.. */
    uint64_t dropped;       /* bytes of all texts before `first`, ever */
} gc_outbox;

/* Empties the outbox; numbers start from 1. store: the owner's, for as long as the outbox is used.
 */
void gc_outbox_init(gc_outbox *o, gc_outbox_store *store);
/* Returns the smallest seq such that a text of len bytes (1..GC_TEXT_BYTES_MAX) fits once all
 * messages below it are dropped; at most `first` when it fits now. */
uint64_t gc_outbox_room_at(const gc_outbox *o, uint32_t len);
/* Keeps a copy of text, which must fit (asserted); now_ms: when the user sent it; readers: how many
 * conversations wait for it. Returns its seq. */
uint64_t gc_outbox_add(gc_outbox *o, gc_span text, uint64_t now_ms, uint32_t readers);
/* Reads a kept message, valid until it is dropped; asserts first <= seq < next. */
const gc_outbox_entry *gc_outbox_get(const gc_outbox *o, uint64_t seq);
/* Copies the text of a kept message; out has room for GC_TEXT_BYTES_MAX. Returns its length. */
uint32_t gc_outbox_copy(const gc_outbox *o, uint64_t seq, uint8_t *out);
/* Notes that in one conversation the fate of the kept messages from..to-1 is settled; forgets the
 * oldest messages as long as nobody waits for them. */
void gc_outbox_settle(gc_outbox *o, uint64_t from, uint64_t to);
/* Forgets and overwrites all texts; numbers start again from 1. */
void gc_outbox_wipe(gc_outbox *o);
/* Asserts the invariants. */
void gc_outbox_check(const gc_outbox *o);

#endif
