/* SCTP limit: how long a message is worth sending, and what becomes of its chunks when it is over
 * (RFC 3758, RFC 7496). The chunks of a message with a limit are a ring; those of a message without
 * one are in no ring, and cost nothing here.
 *
 *   within its limit --a chunk would go out beyond it--> over --ended as a whole--> ended
 *
 * The last chunk of an ended message, which is freed last, counts those of its chunks that are
 * under way: the peer must not skip them before that is 0 (sctp_forward.h). Work: one
 * walk over the message when it ends, else constant. Source: RFC 3758 3.5 A, RFC 7496 3.2. */
#ifndef GC_RTC_SCTP_LIMIT_H
#define GC_RTC_SCTP_LIMIT_H

#include "rtc/sctp_pool.h"

/* Where a chunk that goes out is: gc_sctp_block's `state` (sctp_out.h has the diagram and sets it).
 */
enum gc_sctp_out_state {
    GC_SCTP_OUT_UNSENT,
    GC_SCTP_OUT_FLIGHT,
    GC_SCTP_OUT_LOST,
    GC_SCTP_OUT_ACKED,
    GC_SCTP_OUT_GIVEN_UP, /* in no list */
};

typedef struct gc_sctp_limit {
    uint64_t dies_ms;   /* no chunk goes out from then on; 0: no limit */
    uint16_t tries_max; /* transmissions of each chunk, the first included; 0 or over 255: none */
} gc_sctp_limit;

/* Sets the limit of a chunk. earlier: the block of the chunk before it in its message;
 * GC_SCTP_NO_BLOCK: it is the first. */
void gc_sctp_limit_set(gc_sctp_pool *p, uint32_t block, const gc_sctp_limit *limit,
                       uint32_t earlier);
/* Takes a chunk out of the ring of its message, if it is in one: before its block is given back. */
void gc_sctp_limit_leave(gc_sctp_pool *p, uint32_t block);
/* Returns true when a chunk was sent as often as it may be. */
bool gc_sctp_limit_is_used_up(const gc_sctp_block *b);
/* Returns true when a chunk must not be sent from now_ms on. */
bool gc_sctp_limit_is_over(const gc_sctp_block *b, uint64_t now_ms);
/* Ends the message of a chunk: all of its chunks are over. A message that has ended stays so. */
void gc_sctp_limit_end(gc_sctp_pool *p, uint32_t block);
/* Returns true when the message of a chunk has ended. */
bool gc_sctp_limit_has_ended(const gc_sctp_block *b);
/* Notes that a chunk of a message that has ended is not under way any more: it was in flight, or is
 * the last one and had no TSN. */
void gc_sctp_limit_landed(gc_sctp_pool *p, const gc_sctp_block *b);
/* Returns true when the message of a chunk has ended, and no chunk of it is under way. */
bool gc_sctp_limit_is_settled(const gc_sctp_pool *p, const gc_sctp_block *b);

#endif
