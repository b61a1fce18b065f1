/* SCTP assembly: messages whose fragments came interleaved with those of other messages (I-DATA,
 * RFC 8260), until they are whole and it is their turn. Each stream has two rows of them, in the
 * order of their numbers:
 *
 *   ordered:    next number | fragments of messages, whole ones among them
 *   unordered:              | fragments of messages
 *
 * A fragment is one chunk in the pool; a message is known in its row by its earliest arrival.
 * Bounds: GC_SCTP_FRAGMENTS_MAX fragments and GC_SCTP_MESSAGE_BYTES_MAX bytes of a message,
 * GC_SCTP_ASSEMBLY_STEPS of searching between two calls of gc_sctp_assembly_rested(), whatever the
 * order in which a peer sends; how many chunks there are is the caller's business. */
#ifndef GC_RTC_SCTP_ASSEMBLY_H
#define GC_RTC_SCTP_ASSEMBLY_H

#include "rtc/sctp_chunk.h"
#include "rtc/sctp_pool.h"

/* Of one message: 262,144 bytes in chunks of 256. */
#define GC_SCTP_FRAGMENTS_MAX 1024
/* Fragments and messages that a search passes: as many as there are places for TSNs. */
#define GC_SCTP_ASSEMBLY_STEPS 16384

enum gc_sctp_in_result {
    GC_SCTP_IN_TAKEN,
    GC_SCTP_IN_AGAIN,     /* was there */
    GC_SCTP_IN_DROPPED,   /* no place: the peer sends it again */
    GC_SCTP_IN_VIOLATION, /* of the protocol, by the peer */
    GC_SCTP_IN_EXCESS,    /* a message of too many bytes or fragments */
};

typedef struct gc_sctp_row {
    uint32_t first; /* messages, chained by `later`; GC_SCTP_NO_BLOCK */
    uint32_t last;
} gc_sctp_row;

typedef struct gc_sctp_assembly_stream {
    gc_sctp_row rows[2]; /* ordered, unordered */
    uint32_t next;       /* number of the ordered message whose turn it is */
} gc_sctp_assembly_stream;

typedef struct gc_sctp_assembly {
    gc_sctp_pool *pool;
    gc_sctp_assembly_stream *streams;
    uint32_t streams_max;
    uint32_t touched; /* streams below it have been used, and their entries are valid */
    uint32_t steps;
} gc_sctp_assembly;

/* Takes the table for so many streams from the arena, where it stays; touches nothing of it. */
void gc_sctp_assembly_place(gc_sctp_assembly *a, gc_sctp_pool *pool, gc_arena *arena,
                            uint32_t streams);
/* Begins with nothing; gc_sctp_assembly_end() before it, if anything is held. */
void gc_sctp_assembly_begin(gc_sctp_assembly *a);
/* Gives all fragments back on this account. */
void gc_sctp_assembly_end(gc_sctp_assembly *a, gc_sctp_share *share);
/* Notes that another packet came: searches may begin anew. */
void gc_sctp_assembly_rested(gc_sctp_assembly *a);

/* Takes a chunk, which is the caller's again unless the result is GC_SCTP_IN_TAKEN. block: with the
 * stream (checked by the caller), mid, fsn and flags that came. *whole: the first fragment of the
 * message that it made whole and whose turn it is, chained by `next`, which is the caller's;
 * GC_SCTP_NO_BLOCK: none. Returns a gc_sctp_in_result; GC_SCTP_IN_AGAIN: of a message that was
 * given out, or given up. */
uint32_t gc_sctp_assembly_put(gc_sctp_assembly *a, uint32_t block, uint32_t *whole);
/* Returns the next whole message of the stream whose turn it is, as above. */
uint32_t gc_sctp_assembly_next(gc_sctp_assembly *a, uint32_t stream);
/* Gives up the messages of a stream up to a number, that are not whole (RFC 8260 2.3.1), on this
 * account. Whole ordered ones before it are given by gc_sctp_assembly_next(). */
void gc_sctp_assembly_skip(gc_sctp_assembly *a, gc_sctp_share *share, uint32_t stream,
                           bool unordered, uint32_t mid);
/* Expects the number 0 of the next ordered message of this stream (RFC 8260 2.3). */
void gc_sctp_assembly_restart(gc_sctp_assembly *a, uint32_t stream);

#endif
