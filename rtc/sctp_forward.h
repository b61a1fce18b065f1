/* SCTP forward: tells the peer not to wait for chunks that were given up (sctp_out.h), by
 * FORWARD-TSN, or I-FORWARD-TSN where messages are interleaved, until the peer's cumulative TSN is
 * beyond them.
 *
 *         acknowledged cumulatively | given up, delivered, given up | others
 *   ...                       acked                             point
 *
 *   idle --the chunk after the acknowledged ones is given up--> due --written--> told
 *    ^                                    ^        no answer in time, or further chunks       |
 *    |                                    |___________________________________________________|
 *    |_______the peer acknowledges up to the point____________________________________________|
 *
 * The point (Advanced.Peer.Ack.Point) passes chunks that were given up, and whole messages after
 * them that the peer has delivered by now. The point stops before any other chunk that the peer
 * holds beyond a hole, because a peer throws away the chunks below the new cumulative TSN.
 *
 * Bounds: the point is at most GC_SCTP_FORWARD_TSNS_MAX ahead, a chunk names at most
 * GC_SCTP_FORWARD_SKIPS_MAX streams, and the rest follows after the acknowledgement. Work: one walk
 * up to the point for each SACK. A peer that never acknowledges ends the association by
 * GC_SCTP_STALL_MS.
 * Source: RFC 3758 3.2, 3.5, RFC 8260 2.3. */
#ifndef GC_RTC_SCTP_FORWARD_H
#define GC_RTC_SCTP_FORWARD_H

#include "rtc/sctp_out.h"

#define GC_SCTP_FORWARD_TSNS_MAX  1024
#define GC_SCTP_FORWARD_SKIPS_MAX 32
/* The longest chunk: that of I-FORWARD-TSN. */
#define GC_SCTP_FORWARD_BYTES_MAX (GC_SCTP_CHUNK_BYTES + 4 + 8 * GC_SCTP_FORWARD_SKIPS_MAX)
/* RFC 3758 3.5 C5: it is sent again like data: here after the time of a probe, doubled to this. */
#define GC_SCTP_FORWARD_MS_MAX 4000

typedef struct gc_sctp_forward {
    uint32_t point;
    uint32_t seen; /* the changes of gc_sctp_out that the point follows from */
    bool due;
    uint32_t doubled;
    uint64_t again_at_ms; /* of one that is not answered; GC_NEVER */
    uint32_t skip_count;
    gc_sctp_skip skips[GC_SCTP_FORWARD_SKIPS_MAX]; /* up to the point */
} gc_sctp_forward;

/* Begins with nothing to tell. acked_tsn: of gc_sctp_out, as it begins. */
void gc_sctp_forward_begin(gc_sctp_forward *f, uint32_t acked_tsn);
/* Finds the point. Call it after whatever may have lost, given up or acknowledged chunks, if the
 * peer takes FORWARD-TSN. */
void gc_sctp_forward_step(gc_sctp_forward *f, const gc_sctp_out *o);
/* Makes one due that was not answered by now. */
void gc_sctp_forward_tick(gc_sctp_forward *f, uint64_t now_ms);
/* Returns when gc_sctp_forward_tick() is due; GC_NEVER. */
uint64_t gc_sctp_forward_deadline(const gc_sctp_forward *f);
/* Returns true when a chunk went out that the peer has not acknowledged. */
bool gc_sctp_forward_awaits(const gc_sctp_forward *f);
/* Returns true when a chunk should go out. */
bool gc_sctp_forward_due(const gc_sctp_forward *f);
/* Writes it, of at most GC_SCTP_FORWARD_BYTES_MAX. One must be due, and nothing have happened since
 * gc_sctp_forward_step() (asserted). timeout_ms: an answer should have come by then. */
void gc_sctp_forward_write(gc_sctp_forward *f, const gc_sctp_out *o, gc_writer *w, uint64_t now_ms,
                           uint32_t timeout_ms);

#endif
