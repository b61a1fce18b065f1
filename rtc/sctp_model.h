/* SCTP model: what is known of the path: the rate of its narrowest place, the round trip without
 * queues, and what was lost in the last round trip.
 *
 *   SACK --> sample --> rate: the greatest of two cycles of probing
 *                   \-> round trip: the least, until the next probe for it
 *                    \-> round: over when what was sent at its start is acknowledged
 *
 * Source: draft-ietf-ccwg-bbr (BBR version 3), 5.5. */
#ifndef GC_RTC_SCTP_MODEL_H
#define GC_RTC_SCTP_MODEL_H

#include "rtc/sctp_rate.h"

/* Losses of a round that are more than this share of it are congestion; fewer are the path's own
 * (the draft, 2.7: 2 %). So many packets must be lost, too: one of ten is chance. */
#define GC_SCTP_MODEL_LOSS_PERMILLE 20
#define GC_SCTP_MODEL_LOST_PACKETS  3
/* Round trips of at least this time are reckoned with: whole milliseconds, timers and the scheduler
 * of the other machine make a shorter one meaningless, and a window of it would stand still. */
#define GC_SCTP_MODEL_RTT_MS_MIN 5
/* No window is larger: four times what the largest window of a receiver is. */
#define GC_SCTP_MODEL_BYTES_MAX (1u << 26)

/* One SACK, as the sender sees it. */
typedef struct gc_sctp_sample {
    uint64_t now_ms;
    uint32_t acked_bytes;  /* newly */
    uint32_t flight_bytes; /* after it */
    uint32_t rtt_ms;       /* of a chunk that was sent once; UINT32_MAX: none */
    gc_sctp_rate_sample rate;
} gc_sctp_sample;

typedef struct gc_sctp_model {
    uint32_t packet_bytes;
    uint64_t rates[2]; /* the greatest, of this cycle and of the one before */
    uint64_t bound;    /* of the rate, after losses; UINT64_MAX: none */
    uint32_t rtt_ms;   /* UINT32_MAX: not known */
    uint64_t rtt_at_ms;
    /* The round that is going on. */
    uint32_t round_end; /* delivered */
    uint64_t round_at_ms;
    uint64_t round_acked, round_lost;
    uint64_t round_rate;
    uint32_t round_rtt_ms;
    bool round_limited;
    /* The last one. */
    uint32_t last_rtt_ms;
    uint64_t last_rate;
    bool last_limited;
    uint8_t last_lost; /* gc_sctp_model_losses */
} gc_sctp_model;

enum gc_sctp_model_losses {
    GC_SCTP_MODEL_LOST_LITTLE,
    GC_SCTP_MODEL_LOST_MUCH, /* over GC_SCTP_MODEL_LOSS_PERMILLE and _PACKETS */
};

/* Begins with nothing known. packet_bytes: longest packet of the path. */
void gc_sctp_model_begin(gc_sctp_model *m, uint32_t packet_bytes, uint64_t now_ms);
/* Begins anew on another path, when so much was delivered (sctp_rate.h). */
void gc_sctp_model_moved(gc_sctp_model *m, uint32_t delivered, uint64_t now_ms);
/* Takes a SACK. Returns true when a round ended with it, whose figures are the last_ ones. */
bool gc_sctp_model_acked(gc_sctp_model *m, const gc_sctp_sample *s);
/* Counts bytes that were lost. */
void gc_sctp_model_lost(gc_sctp_model *m, uint32_t bytes);
/* Returns the rate in bytes a second; 0: not known. */
uint64_t gc_sctp_model_rate(const gc_sctp_model *m);
/* Returns how many bytes fill the path so many thousandths of once: rate times round trip. */
uint32_t gc_sctp_model_fill(const gc_sctp_model *m, uint32_t permille);
/* Returns true when the round trips of the last round were longer than without a queue, by the
 * threshold of HyStart++ (RFC 9406 4.2). */
bool gc_sctp_model_is_delayed(const gc_sctp_model *m);
/* Bounds the rate until the next probe because of the losses of the last round: by 15 % each time,
 * and below half of the greatest rate only as far as less than that came through. The draft
 * (5.5.10) does not go below what came through at all, and so leaves a loss-based neighbour on a
 * short queue too little. */
void gc_sctp_model_bind(gc_sctp_model *m);
/* Removes that bound: a new probe begins. */
void gc_sctp_model_unbind(gc_sctp_model *m);
/* Forgets the greatest rate of the cycle before the last: a probe for the rate is over. */
void gc_sctp_model_next_cycle(gc_sctp_model *m);
/* Sets the round trip that was measured while nearly nothing was in flight. */
void gc_sctp_model_set_rtt(gc_sctp_model *m, uint32_t rtt_ms, uint64_t now_ms);

#endif
