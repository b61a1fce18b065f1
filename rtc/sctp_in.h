/* SCTP in: the DATA that came. It puts fragments together, delivers whole messages (those of a
 * stream in order, unordered ones at once), and says what is acknowledged. The sequence of TSNs,
 * which sctp_arrivals.h has:
 *
 *         done          | a message that is not whole |  holes, chunks, done    | nothing
 *   ... cumulative or floor                      cumulative               highest
 *
 * Fragments that came as I-DATA (RFC 8260) are put together by sctp_assembly.h; here they are done.
 *
 * Bounds: GC_SCTP_IN_TSNS places from floor on; blocks_max blocks of the pool, which the chunk
 * after the cumulative TSN alone may exceed, and that by one message. Chunks that leave a hole use
 * only half of the share of the pool that is guaranteed: whatever a peer has done with the rest of
 * the pool, the chunk that fills the hole finds room in the other half. Work: GC_SCTP_IN_STEPS from
 * chunk to chunk for all chunks of a packet, and one walk over the places.
 * Source: RFC 9260 6.2, 6.5-6.7, 6.9; RFC 3758 3.6. */
#ifndef GC_RTC_SCTP_IN_H
#define GC_RTC_SCTP_IN_H

#include "rtc/sctp_ack_time.h"
#include "rtc/sctp_arrivals.h"
#include "rtc/sctp_assembly.h"
#include "rtc/sctp_ready.h"

/* Places for TSNs: a power of 2. The widest window, of 16 MiB, has about 15,000 chunks on an
 * ordinary path (asserted in peer_connection.c). */
#define GC_SCTP_IN_TSNS 16384
/* A chunk that joins others of its message costs a walk over them, to see whether the message is
 * whole. When the chunks of a packet have cost so many steps its other chunks are dropped, as if
 * they were lost: two walks over the longest message. The last walk may go beyond the bound. */
#define GC_SCTP_IN_STEPS (2 * GC_SCTP_FRAGMENTS_MAX)
/* Streams, each way: 0..GC_SCTP_STREAMS_MAX - 1. */
#define GC_SCTP_STREAMS_MAX 1024

typedef struct gc_sctp_in {
    gc_sctp_pool *pool;
    gc_sctp_arrivals arrivals; /* and the block of each chunk that is held, from floor on */
    uint16_t *next_ssn;        /* by stream */
    uint32_t floor;
    gc_sctp_share share; /* blocks held, those of whole messages included */
    uint32_t blocks_max;
    gc_sctp_ready ready;
    uint32_t blocked; /* whole messages that wait for earlier ones of their stream */
    bool release_due; /* the turn of one of these may have come */
    uint32_t steps;   /* from chunk to chunk of messages, for this packet */
    uint32_t partial_bytes;
    bool partial; /* floor is the first fragment of a message that is not whole */
    gc_sctp_ack_time ack_time;
    bool wide;
    bool interleaves; /* the peer sends I-DATA, of which nothing is held here but in `assembly` */
    gc_sctp_assembly assembly;
} gc_sctp_in;

/* Takes the tables from the arena, which they stay in; touches none of them. */
void gc_sctp_in_place(gc_sctp_in *in, gc_sctp_pool *pool, gc_arena *a);
/* Begins with the peer's first TSN. Nothing may be held (gc_sctp_in_end()). */
void gc_sctp_in_begin(gc_sctp_in *in, uint32_t first_tsn, uint32_t window_bytes);
/* Notes that the peer is of this program, and gets this window. */
void gc_sctp_in_widen(gc_sctp_in *in, uint32_t window_bytes);
/* Notes that I-DATA comes, and no DATA. */
void gc_sctp_in_interleave(gc_sctp_in *in);
/* Gives all blocks back. */
void gc_sctp_in_end(gc_sctp_in *in);
/* Takes one DATA chunk, or I-DATA where it is agreed on. Returns a gc_sctp_in_result. */
uint32_t gc_sctp_in_data(gc_sctp_in *in, const gc_sctp_data *d);
/* Takes FORWARD-TSN, or I-FORWARD-TSN where I-DATA is: what is missing up to this TSN does not come
 * any more. skips: as gc_sctp_forward_read() gives them. Returns a gc_sctp_in_result. */
uint32_t gc_sctp_in_forward(gc_sctp_in *in, uint32_t cumulative, gc_span skips);
/* Expects the number 0 of the next message of this stream (RFC 6525 5.2.2). */
void gc_sctp_in_restart(gc_sctp_in *in, uint16_t stream);
/* Gives the next whole message; false when there is none. */
bool gc_sctp_in_take(gc_sctp_in *in, gc_sctp_in_message *out);
/* Returns the window for the peer: the bytes for which there are blocks, in the pool too. */
uint32_t gc_sctp_in_window(const gc_sctp_in *in);

/* Returns true when this chunk, which is not taken yet, must be acknowledged at once: it says so
 * (RFC 7053), it opens or fills a hole, or one is open and the peer counts SACKs (RFC 9260 6.7). */
bool gc_sctp_in_hurries(const gc_sctp_in *in, const gc_sctp_data *d);
/* Notes that a packet with DATA was read. at_once: gc_sctp_in_hurries() of a chunk of it, or one
 * came again. */
void gc_sctp_in_packet_read(gc_sctp_in *in, uint64_t now_ms, bool at_once);
/* Returns true when holes are open. */
bool gc_sctp_in_has_holes(const gc_sctp_in *in);
/* Returns when the next SACK is due; GC_NEVER: nothing came that was not acknowledged. */
uint64_t gc_sctp_in_sack_at(const gc_sctp_in *in);
/* Writes the SACK chunk, of at most `room` bytes (at least GC_SCTP_SACK_BYTES, asserted); none is
 * due after it. */
void gc_sctp_in_sack(gc_sctp_in *in, gc_writer *w, uint32_t room);

#endif
