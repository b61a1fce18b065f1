/* SCTP out: the DATA that is to go out, in chunks, until the peer has acknowledged it. A chunk is
 * in one list, and in the table of TSNs once it has one:
 *
 *   put --> unsent --sent--> flight --lost--> lost --sent again--> flight
 *   flight, lost --acknowledged behind a hole--> acked --the peer lets go of it--> lost
 *   lost --its message is given up--> given up
 *   unsent --its message is given up--> freed, or given up (the last chunk of one that was begun)
 *   flight, lost, acked, given up --cumulative TSN--> freed
 *
 * A message with a limit is given up as a whole when a chunk of it would have to be sent beyond
 * that limit. Its chunks that are in flight may still be acknowledged, but are not sent again. A
 * message that was begun has a TSN for its last chunk too, so that there is always a hole of which
 * the peer can be informed (sctp_forward.h). A message that was not begun has neither TSN nor
 * number, and leaves no trace.
 *
 * `unsent` has bounds of its own (sctp_unsent.h). `flight` is in the order of transmission, the
 * earliest first. Bounds: GC_SCTP_OUT_TSNS chunks that were sent and not acknowledged cumulatively,
 * and what the pool has.
 * Source: RFC 9260 6.1, 6.2.1, 6.9; RFC 3758 3.5, 4.1; RFC 7496 3.2. */
#ifndef GC_RTC_SCTP_OUT_H
#define GC_RTC_SCTP_OUT_H

#include "rtc/sctp_tsns.h"
#include "rtc/sctp_unsent.h"

/* Chunks that are sent and not acknowledged: a power of 2. */
#define GC_SCTP_OUT_TSNS 16384
/* A peer may report fewer gaps than there are (Chromium's stack: at most 20). A SACK with at least
 * so many says nothing of what is beyond the last. */
#define GC_SCTP_OUT_GAPS_FEW 16

typedef struct gc_sctp_out {
    gc_sctp_pool *pool;  /* borrowed */
    gc_sctp_share share; /* the account of all blocks here */
    gc_sctp_unsent unsent;
    gc_sctp_list flight;
    gc_sctp_list lost;
    gc_sctp_tsns tsns; /* blocks, from acked_tsn + 1 to next_tsn - 1 */
    uint32_t acked_tsn;
    uint32_t next_tsn;
    uint32_t told_tsn; /* the last SACK tells of TSNs up to here */
    uint32_t changes;  /* counts SACKs and chunks that were given up; never 0 */
    bool interleaves;  /* chunks are I-DATA */
} gc_sctp_out;

enum gc_sctp_fate {
    GC_SCTP_FATE_FLIGHT, /* nothing is known of the last transmission */
    GC_SCTP_FATE_LOST,   /* and given up, perhaps */
    GC_SCTP_FATE_ACKED,
};

/* The result of a SACK. */
typedef struct gc_sctp_acked {
    bool violation;     /* it acknowledges a TSN that was never sent; nothing has changed */
    bool old;           /* a later one came before it; nothing has changed */
    bool advanced;      /* the cumulative TSN has */
    uint32_t bytes;     /* newly, of the user */
    uint64_t newest_ms; /* of these, when the chunk that was sent last was sent, and its stamp */
    gc_sctp_rate_stamp newest_stamp;
    uint32_t newest_tsn;
    uint8_t newest_tries; /* its transmissions; 0: no chunk was acknowledged newly */
} gc_sctp_acked;

/* Takes tables for `streams` streams from the arena, which they stay in. */
void gc_sctp_out_place(gc_sctp_out *o, gc_sctp_pool *pool, gc_arena *a, uint32_t streams);
/* Begins with our first TSN. Nothing may be held (gc_sctp_out_end()). */
void gc_sctp_out_begin(gc_sctp_out *o, uint32_t first_tsn, uint32_t queue_bytes);
/* Chunks are I-DATA from now on: before the first is sent. */
void gc_sctp_out_interleave(gc_sctp_out *o);
/* Returns how many bytes a chunk has beside those of the user. */
uint32_t gc_sctp_out_head_bytes(const gc_sctp_out *o);
/* Gives all blocks back. */
void gc_sctp_out_end(gc_sctp_out *o);

/* Queues a message in chunks of at most chunk_bytes of user bytes. d: stream (checked by the
 * caller), ppid, bytes (not empty), GC_SCTP_FLAG_UNORDERED or 0. Returns 0 or GC_E_FULL. */
int gc_sctp_out_put(gc_sctp_out *o, const gc_sctp_data *d, const gc_sctp_limit *limit,
                    uint32_t chunk_bytes);
/* Returns how many blocks a message may take now: what the queue and the pool have. */
uint32_t gc_sctp_out_room(const gc_sctp_out *o);
/* Gives up the messages that are over, as far as their chunks would be sent next. Call it before
 * gc_sctp_out_next(), if the peer takes FORWARD-TSN; work: each chunk once. */
void gc_sctp_out_give_up(gc_sctp_out *o, uint64_t now_ms);
/* Returns true when this chunk may be sent once more, though it may be in flight. */
bool gc_sctp_out_may_repeat(const gc_sctp_out *o, uint32_t block, uint64_t now_ms);
/* Returns the chunk to send next: a lost one first, else, when `fresh`, one that was never sent and
 * for whose TSN there is a place; GC_SCTP_NO_BLOCK: none. */
uint32_t gc_sctp_out_next(const gc_sctp_out *o, bool fresh);
/* Writes this chunk, and notes that it is sent now. flags: added to its own. */
void gc_sctp_out_send(gc_sctp_out *o, uint32_t block, uint64_t now_ms, uint8_t flags, gc_writer *w);
/* Notes that this chunk of `flight` is lost. */
void gc_sctp_out_lose(gc_sctp_out *o, uint32_t block);
/* Notes that all of `flight` is lost, but for chunks that were sent for the last time after
 * before_ms: to lose one is to give its message up, and its acknowledgement may be under way. The
 * earliest TSN of all goes out first (RFC 9260 6.3.3 E3): a peer without room takes that one alone.
 * Source: RFC 8985 6.3. */
void gc_sctp_out_lose_all(gc_sctp_out *o, uint64_t before_ms);
/* Takes what a SACK says. */
gc_sctp_acked gc_sctp_out_ack(gc_sctp_out *o, const gc_sctp_sack *sack);
/* Returns the chunk with this TSN, which was sent and is not acknowledged cumulatively (asserted).
 */
const gc_sctp_block *gc_sctp_out_chunk(const gc_sctp_out *o, uint32_t tsn);
/* Returns true when the peer need not wait for this chunk (asserted as above): its message is given
 * up, and no chunk of it is under way. A chunk that arrived after the FORWARD-TSN would stay with
 * the peer as part of a message that never becomes whole. */
bool gc_sctp_out_is_given_up(const gc_sctp_out *o, uint32_t tsn);
/* Returns what has become of a chunk that was sent, a gc_sctp_fate. */
uint32_t gc_sctp_out_fate(const gc_sctp_out *o, uint32_t tsn);
/* Gives the next message of this stream the number 0 (RFC 6525 5.1.2). */
void gc_sctp_out_restart(gc_sctp_out *o, uint16_t stream);
/* Returns true when nothing is queued or unacknowledged. */
bool gc_sctp_out_is_empty(const gc_sctp_out *o);

#endif
