/* SCTP stream reset: closing a direction of a stream, after which its numbers begin anew (RFC 6525,
 * used by RFC 8831 6.7). Ours, for each stream:
 *
 *   open --want--> wanted --its last chunk was sent--> asked --response--> done --taken--> open
 *
 * One request at a time is under way, for up to GC_SCTP_RESETS_MAX streams; it is sent again until
 * it is answered. Of the peer's requests the one with the expected number is carried out, and the
 * last one is answered again. Requests that no data channel makes are denied. */
#ifndef GC_RTC_SCTP_RESETS_H
#define GC_RTC_SCTP_RESETS_H

#include "rtc/sctp_in.h"
#include "rtc/sctp_out.h"

#define GC_SCTP_RESETS_MAX 64
/* Without a response the request is sent again after this time. */
#define GC_SCTP_RESET_MS 500

/* A set of streams. */
typedef struct gc_sctp_streams {
    uint32_t count;
    uint64_t bits[GC_SCTP_STREAMS_MAX / 64];
} gc_sctp_streams;

typedef struct gc_sctp_resets {
    gc_sctp_streams wanted;
    gc_sctp_streams asked;
    gc_sctp_streams done; /* to be taken: ours */
    gc_sctp_streams came; /* to be taken: the peer's */
    uint32_t number;      /* of our request that is under way or comes next */
    uint32_t last_tsn;
    bool request_due;
    uint64_t again_at_ms; /* GC_NEVER: no request is under way */
    uint32_t peer_number; /* of the peer's next request */
    uint32_t result;      /* of its last one */
    bool response_due;
    uint32_t response_number;
    uint32_t response;
} gc_sctp_resets;

/* Begins with no reset. own_tsn: our first TSN, which is the first number of our requests, too. */
void gc_sctp_resets_begin(gc_sctp_resets *r, uint32_t own_tsn);
/* Takes the first TSN of the peer, the first number of its requests. */
void gc_sctp_resets_know(gc_sctp_resets *r, uint32_t peer_tsn);
/* Asks for the reset of our direction. */
void gc_sctp_resets_want(gc_sctp_resets *r, uint16_t stream);
/* Returns true from gc_sctp_resets_want() until the reset is done. */
bool gc_sctp_resets_holds(const gc_sctp_resets *r, uint16_t stream);
/* Takes a RE-CONFIG chunk. */
void gc_sctp_resets_chunk(gc_sctp_resets *r, gc_sctp_in *in, gc_sctp_out *out, uint64_t now_ms,
                          const gc_sctp_chunk *c);
/* Makes a request of the streams that are wanted and have nothing unsent, and sends an unanswered
 * one again. can: the peer knows RE-CONFIG; else the streams are done without it. */
void gc_sctp_resets_step(gc_sctp_resets *r, const gc_sctp_out *out, bool can, uint64_t now_ms);
/* The longest chunk that gc_sctp_resets_write() writes. */
#define GC_SCTP_RESET_BYTES_MAX (32 + 2 * GC_SCTP_RESETS_MAX)
/* Returns true when a chunk is due. */
bool gc_sctp_resets_due(const gc_sctp_resets *r);
/* Writes the chunk that is due. */
void gc_sctp_resets_write(gc_sctp_resets *r, gc_writer *w);
/* Takes a stream that the peer reset (*ours: false) or whose reset is done; false: none. */
bool gc_sctp_resets_take(gc_sctp_resets *r, uint16_t *stream, bool *ours);

#endif
