/* SCTP unsent: the messages that wait for their first transmission, in chunks, in the order in
 * which these go out: that of their messages or, where chunks of several messages may be
 * interleaved (RFC 8260), that of their turns (sctp_turns.h).
 *
 *   message --put--> chunks, from first to last --sent, or taken out--> the caller's
 *
 * Bounds: blocks_max blocks, and UINT16_MAX chunks of each stream. Work: constant for each chunk
 * and, where turns decide, one walk over what is queued for each chunk that is not the last one.
 * Source: RFC 9260 6.1, 6.9; RFC 8260 3. */
#ifndef GC_RTC_SCTP_UNSENT_H
#define GC_RTC_SCTP_UNSENT_H

#include "rtc/sctp_chunk.h"
#include "rtc/sctp_limit.h"
#include "rtc/sctp_list.h"
#include "rtc/sctp_turns.h"

typedef struct gc_sctp_unsent {
    gc_sctp_pool *pool; /* borrowed */
    gc_sctp_list list;
    gc_sctp_turns turns;
    uint16_t *waiting;   /* by stream: its chunks in the list */
    uint32_t streams;    /* that the tables have */
    uint32_t blocks;     /* of all chunks in the list */
    uint32_t blocks_max; /* that it may have */
    bool by_turn;        /* chunks are put in the order of turns */
} gc_sctp_unsent;

/* Takes tables for streams 0 to `streams` - 1 from the arena, where they stay. pool: borrowed as
 * long as the noun is used. */
void gc_sctp_unsent_place(gc_sctp_unsent *u, gc_sctp_pool *pool, gc_arena *a, uint32_t streams);
/* Begins with no message, and numbers of 0. blocks_max: of the pool, that may wait. */
void gc_sctp_unsent_begin(gc_sctp_unsent *u, uint32_t blocks_max);
/* Orders chunks by their turns from now on, those that are queued, too. Work: one walk over what is
 * queued for each chunk of it. */
void gc_sctp_unsent_order_by_turn(gc_sctp_unsent *u);
/* Returns how many blocks a message of `bytes` takes in chunks of at most chunk_bytes user bytes;
 * neither is 0. */
uint32_t gc_sctp_unsent_need(uint32_t bytes, uint32_t chunk_bytes);
/* Returns how many blocks a message may take now: what the queue and the pool have. share: the
 * account of the blocks, here and below. */
uint32_t gc_sctp_unsent_room(const gc_sctp_unsent *u, const gc_sctp_share *share);
/* Queues a copy of a message in chunks of at most chunk_bytes user bytes. d: stream (one of the
 * tables', asserted), ppid, bytes (not empty, asserted), GC_SCTP_FLAG_UNORDERED or 0; its other
 * fields are not read. Returns 0, or GC_E_FULL: no room now, and nothing has changed. */
int gc_sctp_unsent_put(gc_sctp_unsent *u, gc_sctp_share *share, const gc_sctp_data *d,
                       const gc_sctp_limit *limit, uint32_t chunk_bytes);
/* Takes a chunk of the list out, which is the caller's from now on. */
void gc_sctp_unsent_take(gc_sctp_unsent *u, uint32_t block);
/* Takes a chunk of the list out because it is sent: turns go on from its turn. */
void gc_sctp_unsent_sent(gc_sctp_unsent *u, uint32_t block);
/* Sets the number of the message (`mid`) of a chunk that was taken out and gets a TSN: chunks of a
 * stream in their order, so that no number is missing. */
void gc_sctp_unsent_number(gc_sctp_unsent *u, uint32_t block);
/* Gives the next messages of this stream, ordered and unordered ones, the number 0 (RFC 6525
 * 5.1.2, RFC 8260 2.3). */
void gc_sctp_unsent_restart(gc_sctp_unsent *u, uint16_t stream);

#endif
