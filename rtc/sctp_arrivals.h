/* SCTP arrivals: which TSNs of the peer have come, and what a SACK says of them.
 *
 *        all came, or were given up  | holes, and what came behind them | nothing
 *                            cumulative                              highest
 *
 * Each TSN has a slot, for the value that the caller keeps with it. Slots begin at the caller's
 * floor, which is at most cumulative + 1, so that it may keep more than what a SACK tells of.
 * Bounds: as many slots as are placed; GC_SCTP_DUPLICATES_MAX and GC_SCTP_GAPS_MAX in a SACK. Work:
 * constant, but for a SACK: one walk from the cumulative TSN to the highest.
 * Source: RFC 9260 3.3.4, 6.2, 6.7. */
#ifndef GC_RTC_SCTP_ARRIVALS_H
#define GC_RTC_SCTP_ARRIVALS_H

#include "rtc/sctp_chunk.h"
#include "rtc/sctp_tsns.h"

/* The value of a TSN that has not come. */
#define GC_SCTP_ARRIVALS_NONE UINT32_MAX

typedef struct gc_sctp_arrivals {
    gc_sctp_tsns tsns; /* values, from the floor to highest */
    uint32_t cumulative;
    uint32_t highest;
    uint32_t duplicates[GC_SCTP_DUPLICATES_MAX]; /* for the next SACK */
    uint32_t duplicate_count;
} gc_sctp_arrivals;

/* Takes `slots` slots (a power of 2, at most UINT16_MAX + 1: a SACK names TSNs by 16 bits) from the
 * arena, where they stay; touches none. */
void gc_sctp_arrivals_place(gc_sctp_arrivals *a, gc_arena *arena, uint32_t slots);
/* Begins before the first TSN of the peer: nothing has come. */
void gc_sctp_arrivals_begin(gc_sctp_arrivals *a, uint32_t first_tsn);
/* Notes that a TSN came, or is to have a slot, which is written next. floor: the first TSN whose
 * slot is in use; the slots from there to tsn must be no more than are placed (asserted). Those
 * between the highest TSN before and this one have the value GC_SCTP_ARRIVALS_NONE. */
void gc_sctp_arrivals_raise(gc_sctp_arrivals *a, uint32_t floor, uint32_t tsn);
/* Notes a TSN that came again. Beyond GC_SCTP_DUPLICATES_MAX it is not reported. */
void gc_sctp_arrivals_again(gc_sctp_arrivals *a, uint32_t tsn);
/* Moves the cumulative TSN one on, to one that has come; false: it has not, and nothing changes. */
bool gc_sctp_arrivals_advance(gc_sctp_arrivals *a);
/* Moves the cumulative TSN to this one, which is after it: TSNs up to there do not come any more
 * (RFC 3758 3.6). Slots up to there are in use by nobody from now on. */
void gc_sctp_arrivals_forward(gc_sctp_arrivals *a, uint32_t cumulative);
/* Writes a SACK chunk of at most `room` bytes (at least GC_SCTP_SACK_BYTES, asserted), with as many
 * gaps, and then TSNs that came again, as fit. window_bytes: what else the peer may send. Each
 * duplicate is reported once. */
void gc_sctp_arrivals_sack(gc_sctp_arrivals *a, uint32_t window_bytes, gc_writer *w, uint32_t room);

/* Returns the slot of a TSN from the floor to highest (not checked), valid until the next raise. */
static inline uint32_t *gc_sctp_arrivals_at(const gc_sctp_arrivals *a, uint32_t tsn) {
    return gc_sctp_tsns_at(&a->tsns, tsn);
}

/* Returns true when a TSN has come, or was given up. */
static inline bool gc_sctp_arrivals_has(const gc_sctp_arrivals *a, uint32_t tsn) {
    return !gc_sctp_after(tsn, a->cumulative) ||
           (!gc_sctp_after(tsn, a->highest) &&
            *gc_sctp_arrivals_at(a, tsn) != GC_SCTP_ARRIVALS_NONE);
}

/* Returns true when TSNs before the highest one are missing. */
static inline bool gc_sctp_arrivals_has_holes(const gc_sctp_arrivals *a) {
    return a->highest != a->cumulative;
}

#endif
