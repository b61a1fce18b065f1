/* SCTP congestion control: how many bytes may be in flight. Slow start and congestion avoidance of
 * RFC 9260 7.2 for now; whoever calls it gives samples that a model of the path needs, too.
 *
 *   slow start --cwnd > ssthresh--> avoidance
 *        ^  \________lost: half_______^
 *        |_________timeout: one packet */
#ifndef GC_RTC_SCTP_CONGESTION_H
#define GC_RTC_SCTP_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct gc_sctp_congestion {
    uint32_t window_bytes;    /* cwnd */
    uint32_t threshold_bytes; /* ssthresh */
    uint32_t partial_bytes;   /* acknowledged since the window grew, in avoidance */
    uint32_t packet_bytes;
} gc_sctp_congestion;

/* One SACK, as the sender sees it. */
typedef struct gc_sctp_sample {
    uint64_t now_ms;
    uint32_t acked_bytes;  /* newly */
    uint32_t flight_bytes; /* before it */
    bool advanced;         /* the cumulative TSN has */
    bool recovering;       /* a loss of this window is being repaired */
} gc_sctp_sample;

/* Starts in slow start. packet_bytes: longest packet of the path. */
void gc_sctp_congestion_begin(gc_sctp_congestion *c, uint32_t packet_bytes);
/* Returns true when one more chunk may be sent beside so many bytes in flight: a chunk may exceed
 * the window when it was not full (RFC 9260 6.1 B). */
bool gc_sctp_congestion_allows(const gc_sctp_congestion *c, uint32_t flight_bytes);
void gc_sctp_congestion_acked(gc_sctp_congestion *c, const gc_sctp_sample *s);
/* Notes a loss, once for each window of data (RFC 9260 7.2.3). */
void gc_sctp_congestion_lost(gc_sctp_congestion *c);
/* Notes that nothing was acknowledged for a whole retransmission time (RFC 9260 7.2.3). */
void gc_sctp_congestion_timed_out(gc_sctp_congestion *c);

#endif
