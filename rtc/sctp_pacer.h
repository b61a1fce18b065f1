/* SCTP pacer: when the next chunk may go out, so that a window of data leaves at the rate of the
 * path instead of all at once. Chunks whose time falls into one millisecond of the clock leave
 * together: a burst is what a millisecond at that rate carries, and an end wakes at most once a
 * millisecond however fast it sends.
 *
 *   free (no rate) --rate--> paced: chunk, its time at the rate, chunk, ...
 */
#ifndef GC_RTC_SCTP_PACER_H
#define GC_RTC_SCTP_PACER_H

#include <stdbool.h>
#include <stdint.h>

/* An end that wakes so much too late, or had nothing to send, makes up for this much of it. */
#define GC_SCTP_PACER_LATE_MS 2

typedef struct gc_sctp_pacer {
    uint64_t ready_ns; /* when the next chunk may go out */
} gc_sctp_pacer;

/* Begins free. */
void gc_sctp_pacer_begin(gc_sctp_pacer *p);
/* Notes that `bytes` go out now. bytes_s: the rate; 0: any. */
void gc_sctp_pacer_sent(gc_sctp_pacer *p, uint64_t now_ms, uint32_t bytes, uint64_t bytes_s);
/* Returns the millisecond in which the next chunk may go out: it may when that is not after now. */
uint64_t gc_sctp_pacer_at_ms(const gc_sctp_pacer *p);

#endif
