/* Outbox: one's own messages, kept until everybody has acknowledged them or they were given up.
 * One copy for all receivers. Sequence numbers rise by one from 1; the kept ones are
 * first..next-1.
 *
 * At most GC_OUTBOX_BYTES_MAX bytes of text and GC_OUTBOX_MESSAGES_MAX messages. */
#ifndef GC_PROTO_OUTBOX_H
#define GC_PROTO_OUTBOX_H

#include "core/base/limits.h"
#include "core/base/ring.h"

typedef struct gc_outbox_entry {
    uint64_t sent_ms; /* when the user sent it */
    uint64_t at;      /* bytes of all texts before it, ever */
    uint32_t len;
    uint32_t zero;
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

void gc_outbox_init(gc_outbox *o, gc_outbox_store *store);
/* The smallest seq such that a text of len bytes (1..GC_TEXT_BYTES_MAX) fits once all messages
 * below it are dropped; <= first when it fits now. */
uint64_t gc_outbox_room_at(const gc_outbox *o, uint32_t len);
/* Keeps a copy; it must fit (asserted). Returns its seq. */
uint64_t gc_outbox_add(gc_outbox *o, gc_span text, uint64_t now_ms);
/* A kept message; asserts first <= seq < next. */
const gc_outbox_entry *gc_outbox_get(const gc_outbox *o, uint64_t seq);
/* Copies the text of a kept message; out has room for GC_TEXT_BYTES_MAX. Returns its length. */
uint32_t gc_outbox_copy(const gc_outbox *o, uint64_t seq, uint8_t *out);
/* Forgets all messages below seq (seq <= next). */
void gc_outbox_drop_below(gc_outbox *o, uint64_t seq);
/* Forgets and overwrites all texts; numbers start again from 1. */
void gc_outbox_wipe(gc_outbox *o);
void gc_outbox_check(const gc_outbox *o);

#endif
