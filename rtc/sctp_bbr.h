/* SCTP BBR: the algorithm of the congestion control (sctp_congestion.h) on one path, which sets a
 * window and a rate. It follows BBR version 3 (draft-ietf-ccwg-bbr): a model of the path
 * (sctp_model.h) instead of a loss as the sign of a full queue. So random losses below
 * GC_SCTP_MODEL_LOSS_PERMILLE do not slow it down, a long path is filled, and the queue that it
 * makes is bounded by its window, which is twice what fills the path.
 *
 *   startup --rate grows no more, or a queue, or losses--> drain --queue gone--> cruise <--> ...
 *
 *   cruise --2 to 3 s--> refill --a round--> up --a quarter more is in flight, or losses--> down
 *      ^______________________________queue gone___________________________________________/
 *   any but startup --5 s without a least round trip--> probe of the round trip, 200 ms --> down
 *
 * Beside the draft's rule (three rounds in which the rate grew by less than a quarter) startup ends
 * after one such round whose round trips show a queue by the threshold of HyStart++ (RFC 9406 4.2):
 * the delay alone would end it on paths whose delay varies. Left out of the draft: the short-term
 * bound of the flight (the bound of the rate does its work), and the estimate of acknowledgements
 * that come in heaps (GC_SCTP_BBR_SPARE_MS of the rate is added to the window instead).
 *
 * Bounds: the window is GC_SCTP_BBR_PACKETS_MIN packets to GC_SCTP_MODEL_BYTES_MAX, but for one
 * packet after a timeout; work: constant for each call. All bytes are those of the user, and all
 * times monotonic milliseconds.
 * Source: draft-ietf-ccwg-bbr 5; RFC 9260 7.2; RFC 9406 4.2. */
#ifndef GC_RTC_SCTP_BBR_H
#define GC_RTC_SCTP_BBR_H

#include "rtc/sctp_model.h"

/* A probe for more begins so long after the last one, and so much later by chance; on short paths
 * after as many rounds as CUBIC or Reno would need to fill it again (the draft, 5.3.3.8). */
#define GC_SCTP_BBR_PROBE_MS        2000
#define GC_SCTP_BBR_PROBE_CHANCE_MS 1000
#define GC_SCTP_BBR_PROBE_ROUNDS    63
/* The round trip is measured again, with half of the path filled. */
#define GC_SCTP_BBR_RTT_EVERY_MS 5000
#define GC_SCTP_BBR_RTT_MS       200
/* Where a round trip is shorter nothing is paced: a window is no more than what a millisecond of
 * the clock lets out at once. */
#define GC_SCTP_BBR_PACED_RTT_MS 2
/* At least so many packets are in flight. */
#define GC_SCTP_BBR_PACKETS_MIN 4
/* The bytes of this time are added to the window: acknowledgements and timers come in whole
 * milliseconds. */
#define GC_SCTP_BBR_SPARE_MS 3

enum gc_sctp_bbr_phase {
    GC_SCTP_BBR_STARTUP,
    GC_SCTP_BBR_DRAIN,
    GC_SCTP_BBR_DOWN,
    GC_SCTP_BBR_CRUISE,
    GC_SCTP_BBR_REFILL,
    GC_SCTP_BBR_UP,
    GC_SCTP_BBR_PROBE_RTT,
};

typedef struct gc_sctp_bbr {
    gc_sctp_model model;
    uint32_t packet_bytes;
    uint32_t cwnd_bytes; /* may be in flight (RFC 9260 7.2.1); `window_bytes` elsewhere is a_rwnd */
    uint32_t saved_bytes;   /* the window before a probe of the round trip */
    uint32_t ceiling_bytes; /* of the flight, after losses; UINT32_MAX */
    uint32_t undo_bytes;    /* the ceiling before the last losses */
    bool undo_startup;      /* they ended startup */
    uint32_t up_packets;    /* what the ceiling rises by with the next round */
    uint64_t rate_bytes_s;  /* of sending; 0: any. Ask gc_sctp_bbr_rate() */
    uint8_t phase;          /* gc_sctp_bbr_phase */
    uint32_t phase_rounds;  /* that ended in this phase */
    uint32_t rounds;        /* since the last probe for more */
    uint64_t probe_at_ms;   /* the next probe for more */
    uint64_t full_rate;     /* startup: the rate that did not grow */
    uint32_t full_rounds;   /* and how many rounds it has not */
    uint64_t low_ms;        /* probe of the round trip: since when little is in flight; 0 */
    uint32_t low_rtt_ms;    /* and the least since then */
    uint32_t chance;
} gc_sctp_bbr;

/* Begins in startup, with nothing known of the path and the window of RFC 9260 7.2.1. packet_bytes:
 * longest packet of the path. chance: any number, from which the times of the probes follow. */
void gc_sctp_bbr_begin(gc_sctp_bbr *b, uint32_t packet_bytes, uint64_t now_ms, uint32_t chance);
/* Begins anew on another path, with packets as long as before. delivered: bytes so far
 * (sctp_rate.h). */
void gc_sctp_bbr_moved(gc_sctp_bbr *b, uint32_t delivered, uint64_t now_ms);
/* Takes that packets are at most so many bytes long from now on. The window stays. */
void gc_sctp_bbr_size(gc_sctp_bbr *b, uint32_t packet_bytes);
/* Takes a SACK that acknowledges anything new (s->acked_bytes is not 0), all of it sent on this
 * path, and sets the window, the rate and the phase by it. s: borrowed for the call. */
void gc_sctp_bbr_acked(gc_sctp_bbr *b, const gc_sctp_sample *s);
/* Counts bytes that were lost, before the SACK that told it is taken: a round that has lost much of
 * what it sent lowers the window when it ends. */
void gc_sctp_bbr_lost(gc_sctp_bbr *b, uint32_t bytes);
/* Undoes what the last losses did: one of them was none (the draft, 5.5.10.4). */
void gc_sctp_bbr_spurious(gc_sctp_bbr *b);
/* Leaves a window of one packet (RFC 9260 7.2.3); the model stays. */
void gc_sctp_bbr_timed_out(gc_sctp_bbr *b);
/* Returns the rate of sending in bytes a second; 0: as fast as the window allows, before the first
 * sample and where a round trip is shorter than GC_SCTP_BBR_PACED_RTT_MS. */
uint64_t gc_sctp_bbr_rate(const gc_sctp_bbr *b);

#endif
