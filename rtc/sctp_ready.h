/* SCTP ready: the whole messages that wait to be taken, in the order in which they became whole. A
 * message is a chain of its chunks' blocks by `next`; messages are chained by the `prev` of their
 * first block. The message that was taken last may still lie in its block.
 *
 *   put --> waiting --take--> given, one at a time --the next take--> its blocks are the pool's
 * again
 *
 * Bounds: those of whoever puts. */
#ifndef GC_RTC_SCTP_READY_H
#define GC_RTC_SCTP_READY_H

#include "rtc/sctp_pool.h"

typedef struct gc_sctp_ready {
    gc_sctp_pool *pool; /* borrowed */
    uint32_t first;     /* blocks, or GC_SCTP_NO_BLOCK */
    uint32_t last;
    uint32_t given;
} gc_sctp_ready;

typedef struct gc_sctp_in_message {
    gc_span bytes; /* valid until the next call for any association of the pool */
    uint32_t ppid;
    uint16_t stream;
    bool unordered;
} gc_sctp_in_message;

/* Begins with no message. */
void gc_sctp_ready_begin(gc_sctp_ready *r, gc_sctp_pool *pool);
/* Appends a whole message, of at most GC_SCTP_MESSAGE_BYTES_MAX: its first block, to whose chain
 * the list has the only right from now on. */
void gc_sctp_ready_put(gc_sctp_ready *r, uint32_t first);
/* Gives back the message that was taken before. share: the account of its blocks, here and below.
 */
void gc_sctp_ready_let_go(gc_sctp_ready *r, gc_sctp_share *share);
/* Takes the first message; false when there is none. The one before must have been given back
 * (asserted). A message of several blocks is put together in the memory of the pool. */
bool gc_sctp_ready_take(gc_sctp_ready *r, gc_sctp_share *share, gc_sctp_in_message *out);
/* Gives all blocks back. */
void gc_sctp_ready_end(gc_sctp_ready *r, gc_sctp_share *share);

#endif
