/* SCTP rate: how fast data are delivered, measured for each chunk. A chunk keeps what had been
 * delivered when it was sent (its stamp); when it is acknowledged, what was delivered since then,
 * divided by the time that took, is a sample of the path's rate.
 *
 *   sent: stamp --> acknowledged: counted --> sample (bytes a second, limited by the application?)
 *
 * The clock has whole milliseconds, so a sample covers at least GC_SCTP_RATE_MS, for which it looks
 * back further than its chunk on short paths, and takes its time one millisecond longer than it
 * measured: it is never too high, and on a path of less than a millisecond not ten times too low.
 * Source: draft-cheng-iccrg-delivery-rate-estimation-02. */
#ifndef GC_RTC_SCTP_RATE_H
#define GC_RTC_SCTP_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* A sample covers at least this time. */
#define GC_SCTP_RATE_MS 10
/* No path is taken for faster, whatever a peer acknowledges: 32 Gbit/s. */
#define GC_SCTP_RATE_BYTES_S_MAX 4000000000u

/* The part of it that a chunk keeps. Times and bytes are modulo 2^32. */
typedef struct gc_sctp_rate_stamp {
    uint32_t delivered;     /* bytes, when the chunk was sent */
    uint32_t delivered_ms;  /* when the last of them were */
    uint32_t first_sent_ms; /* of the chunks that the sample covers, when the first was sent */
    bool limited;           /* the application gave too little to send */
} gc_sctp_rate_stamp;

/* The bytes that were delivered up to a time. */
typedef struct gc_sctp_rate_mark {
    uint32_t delivered;
    uint32_t ms;
} gc_sctp_rate_mark;

typedef struct gc_sctp_rate {
    uint32_t delivered; /* bytes that were acknowledged */
    uint32_t delivered_ms;
    uint32_t first_sent_ms;
    uint32_t limited_until; /* `delivered` when the chunks of a pause are acknowledged */
    bool limited;
    bool paused;                /* nothing is in flight because there was nothing to send */
    gc_sctp_rate_mark marks[2]; /* at least GC_SCTP_RATE_MS apart; [1] is the later one */
} gc_sctp_rate;

typedef struct gc_sctp_rate_sample {
    uint64_t bytes_s;   /* 0: there is none */
    uint32_t delivered; /* the stamp's, and */
    uint32_t total;     /* what is delivered now: for counting round trips */
    bool limited;       /* the path may carry more */
} gc_sctp_rate_sample;

/* Begins with nothing delivered. */
void gc_sctp_rate_begin(gc_sctp_rate *r, uint64_t now_ms);
/* Stamps a chunk that goes out now. */
void gc_sctp_rate_sent(gc_sctp_rate *r, uint64_t now_ms, gc_sctp_rate_stamp *stamp);
/* Notes that the application has nothing to send though it could be sent, with so many bytes in
 * flight. */
void gc_sctp_rate_limited(gc_sctp_rate *r, uint32_t flight_bytes);
/* Notes that packets go another way from now on: the time before the next chunk is none of it. */
void gc_sctp_rate_moved(gc_sctp_rate *r);
/* Counts what a SACK acknowledged, and returns the sample of the chunk that was sent last of those.
 * sent_ms: when it was. */
gc_sctp_rate_sample gc_sctp_rate_acked(gc_sctp_rate *r, uint64_t now_ms, uint32_t bytes,
                                       const gc_sctp_rate_stamp *stamp, uint64_t sent_ms);

#endif
